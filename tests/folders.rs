//! What lies in the folders of a project beside its files, and commands that are run in the wrong folder.

use crate::support::{Project, Server};
use std::process::Command;

#[cfg(unix)]
#[test]
fn what_editors_and_file_systems_hide_is_no_part_of_the_project() {
    let project = Project::from_template("blog");
    // As Emacs locks a file and as macOS keeps what other file systems cannot hold.
    for name in ["schema/.#posts.yaml", "migrations/.#V20260101000000__a.sql", "seeds/.#10_users.yaml"] {
        std::os::unix::fs::symlink("dev@host.1234:1700000000", project.file(name)).expect("a link");
    }
    for name in ["schema/._posts.yaml", "migrations/._V20260101000000__a.sql", "seeds/._10_users.yaml"] {
        std::fs::write(project.file(name), b"\x00\x05\x16\x07\xff").expect("a file");
    }
    project.pbr("schema validate").succeeds().stdout_contains("4 collections");
    project.pbr("migrate check").succeeds();
    project.pbr("migrate").succeeds();
    project.pbr("seed").succeeds();
}

#[test]
fn a_schema_file_that_is_not_read_is_named() {
    let project = Project::from_template("blank");
    let notes = "version: 1\ncollection: notes\nfields:\n  title: text\n";
    project.write("schema/more/notes.yaml", notes);
    project.write("schema/LOUD.YAML", &notes.replace("notes", "loud"));
    let run = project.pbr("schema validate").succeeds();
    run.stdout_contains("2 collections").stderr_contains("warning: schema/more/notes.yaml is not read");
    project.pbr("migrate diff loud").succeeds().stderr_contains("schema/more/notes.yaml is not read");
}

#[test]
fn below_a_project_the_project_is_named() {
    let project = Project::from_template("blank");
    let below = |arguments: &str| {
        let mut command = project.command(arguments);
        command.current_dir(project.file("schema"));
        crate::support::Run::of(arguments, command)
    };
    below("schema validate").exits(2).stderr_contains("../pbr.yaml").stderr_contains("next: cd ..");
    let run = below("serve --http 127.0.0.1:0").exits(2);
    run.stderr_contains("pbr --config ../pbr.yaml").stderr_contains("pbr --dir pb_data");
    assert!(!project.file("schema/pb_data").exists());
    // Both ways out work.
    below("schema validate --config ../pbr.yaml").succeeds();
    let mut command = project.command("serve --http 127.0.0.1:0 --dir pb_data");
    command.current_dir(project.file("schema"));
    assert!(Server::start(command).stop().success());
}

#[test]
fn what_is_no_address_is_refused_before_anything_is_written() {
    let project = Project::from_template("blank");
    project.write("schema/notes.yaml", "version: 1\ncollection: notes\nfields:\n  title: text\n");
    let before = project.list("migrations");
    for command in ["dev --http foo", "serve --http foo", "dev --http 127.0.0.1:99999"] {
        let error = project.pbr(&format!("{command} --json")).exits(2).json();
        assert_eq!(error["error"]["code"], "PBR-SERVE-0001", "{error}");
    }
    assert_eq!(project.list("migrations"), before);
    assert!(!project.file("pb_data").exists());
    let empty = Project::empty();
    empty.pbr("init app --http foo").exits(2).stderr_contains("a host and a port");
    assert!(!empty.file("app").exists());
    empty.pbr("records list users --url 127.0.0.1:1 --token x").exits(2).stderr_contains("http://127.0.0.1:1");
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_that_goes_away_stops_as_other_signals_do() {
    let project = Project::from_template("blank");
    for line in ["serve --http 127.0.0.1:0", "dev --http 127.0.0.1:0"] {
        // Whoever runs the tests may have been told to outlive the terminal.
        let plain = project.command(line);
        let mut command = Command::new("env");
        command.arg("--default-signal=HUP").arg(plain.get_program()).args(plain.get_args()).current_dir(project.path());
        let server = Server::start(command);
        Command::new("kill").args(["-HUP", &server.pid().to_string()]).status().expect("kill");
        let output = server.wait_for_end();
        assert!(output.0.success() && output.1.contains("stopped"), "{line}: {output:?}");
    }
    // Under nohup it stays.
    let plain = project.command("serve --http 127.0.0.1:0");
    let mut command = Command::new("nohup");
    command.arg(plain.get_program()).args(plain.get_args()).current_dir(project.path());
    let server = Server::start(command);
    Command::new("kill").args(["-HUP", &server.pid().to_string()]).status().expect("kill");
    std::thread::sleep(std::time::Duration::from_millis(300));
    server.client().get("/api/health").is(200);
    assert!(server.stop().success());
}

#[test]
fn migrations_that_are_written_at_once_get_a_version_each() {
    let project = Project::from_template("blank");
    let before = project.list("migrations").len();
    let children: Vec<_> = (0..8)
        .map(|number| project.command(&format!("migrate new by_hand_{number}")).spawn().expect("pbr starts"))
        .collect();
    for mut child in children {
        assert!(child.wait().expect("an end").success());
    }
    assert_eq!(project.list("migrations").len(), before + 8);
    project.pbr("migrate check").succeeds();
}

#[test]
fn an_editor_without_a_terminal_is_refused_before_the_migration_is_written() {
    let project = Project::from_template("blank");
    project.write("schema/notes.yaml", "version: 1\ncollection: notes\nfields:\n  title: text\n");
    let before = project.list("migrations");
    project.pbr("migrate diff notes --edit").exits(2).stderr_contains("nothing was written");
    assert_eq!(project.list("migrations"), before);
}

#[test]
fn what_init_says_next_can_be_pasted() {
    let project = Project::empty();
    let run = project.pbr_args(&["init", "it's blank", "--yes"]).succeeds();
    run.stdout_contains(r"cd 'it'\''s blank'");
    project.pbr("init plain --yes").succeeds().stdout_contains("cd plain\n");
    assert!(!project.read("plain/pbr.yaml").contains("sdk"));
    let project = Project::from_template("blank");
    project.pbr("migrate up --steps 0").exits(2).stderr_contains("from 1 on");
}

#[cfg(target_os = "linux")]
#[test]
fn half_a_project_is_taken_away_again() {
    let project = Project::empty();
    // As on a full disk: no byte can be written to a file.
    let line = r#"trap '' XFSZ; ulimit -f 0; exec "$0" init app --yes"#;
    let mut command = Command::new("sh");
    command.current_dir(project.path()).args(["-c", line, env!("CARGO_BIN_EXE_pbr")]);
    crate::support::Run::of(line, command).exits(1);
    assert!(!project.file("app").exists());
    project.pbr("init app --yes").succeeds();
}

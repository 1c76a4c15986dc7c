//! What every command has in common.

use crate::support::{Project, root};
use std::process::Stdio;

const COMMANDS: [&str; 10] =
    ["init", "schema", "migrate", "seed", "serve", "token", "superuser", "explain", "completions", "schema validate"];

#[test]
fn pbr_alone_shows_short_help_and_where_to_begin() {
    let run = Project::empty().pbr("").succeeds();
    run.stdout_contains("pbr init").stdout_contains("pbr migrate").stdout_contains("pbr serve");
}

#[test]
fn help_and_version_touch_nothing() {
    let project = Project::empty();
    project.pbr("--help").succeeds().stdout_contains("Examples:");
    let version = project.pbr("--version").succeeds().stdout();
    assert_eq!(version, format!("pbr {}\n", env!("CARGO_PKG_VERSION")));
    let json = project.pbr("--version --json").succeeds().json();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    for command in COMMANDS {
        project.pbr(&format!("{command} --help")).succeeds().stdout_contains("Usage:");
    }
    assert!(project.list(".").is_empty());
}

#[test]
fn unknown_words_and_flags_exit_2_with_a_suggestion() {
    let project = Project::empty();
    project.pbr("migrat").exits(2).stderr_contains("migrate");
    project.pbr("serve --htpp x").exits(2).stderr_contains("--http");
    let error = project.pbr("migrat --json").exits(2).json();
    assert_eq!(error["ok"], false);
}

#[test]
fn commands_of_a_project_say_that_there_is_none() {
    let project = Project::empty();
    for command in ["schema validate", "migrate", "seed"] {
        project.pbr(command).exits(2).stderr_contains("pbr.yaml");
    }
}

#[test]
fn piped_output_has_no_colours_and_errors_have_their_json_form() {
    let project = Project::from_template("blank");
    project.write("schema/broken.yaml", "collection: broken\nfields: { a: tekst }\n");
    let run = project.pbr("schema validate").exits(9);
    assert!(!run.stderr().contains('\u{1b}'), "{}", run.stderr());
    run.stderr_contains("schema/broken.yaml:2:").stderr_contains("did you mean `text`?");
    let error = project.pbr("schema validate --json").exits(9).json();
    assert_eq!((&error["ok"], &error["error"]["where"]["line"]), (&false.into(), &2.into()), "{error}");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let project = Project::empty();
    let mut child = project.command("explain").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("pbr");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("an end");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn completions_in_the_repository_are_fresh() {
    for (shell, file) in
        [("bash", "pbr.bash"), ("elvish", "pbr.elv"), ("fish", "pbr.fish"), ("powershell", "_pbr.ps1"), ("zsh", "_pbr")]
    {
        let fresh = Project::empty().pbr(&format!("completions {shell}")).succeeds().stdout();
        let path = root().join("completions").join(file);
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed.trim_end() == fresh.trim_end(),
            "completions/{file} is stale: pbr completions {shell} > completions/{file}"
        );
    }
}

#[test]
fn a_missing_argument_is_named_in_json_too() {
    let error = Project::empty().pbr("data import --json").exits(2).json();
    let message = error["error"]["message"].as_str().expect("a message");
    assert!(message.contains("<COLLECTION>") && message.contains("<FILE>"), "{message}");
}

#[test]
fn mistakes_come_with_a_command_that_works() {
    let project = Project::from_template("blank");
    project.pbr("migrate").succeeds();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    let token = project.pbr("token issue root@example.com").succeeds().stdout().trim().to_owned();
    project.pbr("token revoke root@example.com").succeeds();
    let inspect = format!("token inspect {token}");
    project.write("posts.csv", "");
    // Some ask, stay or leave a word to whoever reads them.
    for (mistake, next) in [
        ("superuser create new@example.com short", "pbr superuser create new@example.com"),
        ("superuser create root@example.com secret12345", "pbr superuser update root@example.com"),
        ("superuser create nobody secret12345", "pbr superuser create admin@example.com"),
        ("superuser otp root@example.com", "pbr serve --schema-edits allow"),
        ("superuser otp nobody@example.com", "pbr superuser create nobody@example.com"),
        (&inspect, "pbr token issue"),
        ("token inspect nothing", "pbr token inspect TOKEN"),
        ("serve --http 127.0.0.1:99999", "pbr serve --http 127.0.0.1:8090"),
        ("serve --http 192.0.2.1:8090", "pbr serve --http 127.0.0.1:0"),
    ] {
        let run = project.pbr(mistake);
        assert!(run.code() != Some(0), "{mistake}");
        run.stderr_contains(&format!("next: {next}"));
    }
    for (mistake, next) in [
        ("schema show nothing", "pbr schema show"),
        ("schema show user", "pbr schema show users"),
        ("records list nothing", "pbr data query \"SELECT name FROM _collections\""),
        ("data export nothing", "pbr data query \"SELECT name FROM _collections\""),
        ("init other --template nothing", "pbr init other --template blank"),
        ("init another --template blgo", "pbr init another --template blog"),
        ("seed --group prod", "pbr seed --group dev"),
        ("seed --group dmeo", "pbr seed --group demo"),
        ("explain schema-3", "pbr explain PBR-SCHEMA-0003"),
        ("explain nonsense", "pbr explain"),
        ("data import users post.csv", "ls ."),
        ("schema fmt schema/post.yaml", "ls schema"),
        ("init third --from nothing/pb_data", "ls ."),
    ] {
        let run = project.pbr(mistake);
        assert!(run.code() != Some(0), "{mistake}");
        run.stderr_contains(&format!("next: {next}\n"));
        project.sh(next).succeeds();
    }
    project.write("sp ace/posts.csv", "");
    let run = project.pbr_args(&["data", "import", "users", "sp ace/nothing.csv"]).exits(1);
    run.stderr_contains("next: ls 'sp ace'\n");
    let spaces = project.pbr_args(&["migrate", "new", "fill slugs!"]).exits(2);
    spaces.stderr_contains("next: pbr migrate new fill_slugs\n");
    project.pbr_args(&["migrate", "diff", "fill slugs"]).exits(2).stderr_contains("pbr migrate diff fill_slugs\n");
    project.pbr("data import users post.csv").exits(1).stderr_contains("did you mean `posts.csv`?");
    project.write("a/rather/deep/folder/posts.csv", "");
    let similar = project.pbr("data import users a/rather/deep/folder/post.csv").exits(1);
    similar.stderr_contains("did you mean `a/rather/deep/folder/posts.csv`?");
    let other = project.pbr("data import users a/rather/deep/folder/users.json").exits(1);
    assert!(!other.stderr().contains("did you mean"), "{}", other.stderr());
}

#[test]
fn one_time_passwords_of_superusers_are_switched_on_as_the_error_says() {
    let project = Project::from_template("blank");
    project.pbr("migrate").succeeds();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    let json = project.pbr("superuser otp root@example.com --json").exits(2).json();
    let command = json["error"]["next"][1]["command"].as_str().expect("a command").to_owned();
    let server = project.serve_with("--schema-edits allow");
    let token = project.pbr("token issue root@example.com").succeeds().stdout();
    let command = command.replace("http://127.0.0.1:8090", server.url());
    let command = command.replace("$(pbr token issue root@example.com)", token.trim());
    let done = std::process::Command::new("sh").args(["-c", &command]).output().expect("a shell");
    assert!(done.status.success());
    project.pbr("superuser otp root@example.com").succeeds().stdout_contains("Pass:");
}

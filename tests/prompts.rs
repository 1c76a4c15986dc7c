//! Every prompt on a real terminal: asked there only, answered by a flag elsewhere, and harmless when interrupted.

use crate::support::Project;
use crate::support::terminal::{DOWN, ENTER, INTERRUPT, exits, expect, send, terminal};

/// A project whose schema renamed a field and dropped nothing else.
fn renamed() -> Project {
    let project = Project::from_template("blank");
    project.write("schema/notes.yaml", "version: 1\ncollection: notes\nfields:\n  title: text\n");
    project.pbr("migrate diff notes").succeeds();
    project.pbr("migrate").succeeds();
    project.database().execute_batch("INSERT INTO notes (id, title) VALUES ('n1', 'First')").expect("a row");
    project.write("schema/notes.yaml", "version: 1\ncollection: notes\nfields:\n  headline: text\n");
    project
}

#[test]
fn init_asks_for_name_and_template_and_both_have_flags() {
    let project = Project::empty();
    let mut session = terminal(&project, "init shop");
    expect(&mut session, "Name of the project");
    send(&mut session, ENTER);
    expect(&mut session, "Start from");
    send(&mut session, ENTER);
    expect(&mut session, "made shop from the template blank");
    exits(session, 0);
    project.pbr("init other --name other --template blog").succeeds();
}

#[test]
fn a_rename_is_asked_for_and_its_data_stays() {
    let project = renamed();
    let mut session = terminal(&project, "migrate diff");
    expect(&mut session, "Where does notes.headline come from?");
    expect(&mut session, "renamed from notes.title, its data stays");
    send(&mut session, ENTER);
    expect(&mut session, "wrote ");
    exits(session, 0);
    project.pbr("migrate").succeeds();
    let title: String =
        project.database().query_row("SELECT headline FROM notes", [], |row| row.get(0)).expect("a row");
    assert_eq!(title, "First");
}

#[test]
fn two_open_renames_name_every_way_out_once() {
    let project = renamed();
    project.write("schema/notes.yaml", "version: 1\ncollection: notes\nfields:\n  headline: text\n  lead: text\n");
    let text = project.pbr("migrate diff").exits(5).stderr();
    assert_eq!(text.matches("--drop notes.title").count(), 1, "{text}");
    assert_eq!(text.matches("--rename notes.title=").count(), 2, "{text}");
}

#[test]
fn a_new_field_is_the_other_answer_and_the_loss_needs_a_yes_that_is_meant() {
    let project = renamed();
    let mut session = terminal(&project, "migrate diff");
    expect(&mut session, "Where does notes.headline come from?");
    send(&mut session, DOWN);
    send(&mut session, ENTER);
    expect(&mut session, "wrote ");
    exits(session, 0);

    // Enter alone is no.
    let mut session = terminal(&project, "migrate up");
    expect(&mut session, "1 row has values in notes.title, which will be lost");
    expect(&mut session, "Apply and lose them?");
    send(&mut session, ENTER);
    exits(session, 3);
    // --yes is no consent to the loss of data.
    project.pbr("migrate up --yes").exits(5).stderr_contains("--confirm V");
    let mut session = terminal(&project, "migrate up");
    expect(&mut session, "Apply and lose them?");
    send(&mut session, "y");
    expect(&mut session, "applied ");
    exits(session, 0);
}

#[test]
fn the_bare_command_offers_to_write_the_migration() {
    let project = renamed();
    project.replace("schema/notes.yaml", "headline: text", "title: text\n  more: text");
    let before = project.list("migrations");
    let mut session = terminal(&project, "migrate");
    expect(&mut session, "add text field notes.more");
    expect(&mut session, "Write this migration?");
    send(&mut session, "n");
    exits(session, 3);
    assert_eq!(project.list("migrations"), before, "a no changes nothing");
    let mut session = terminal(&project, "migrate");
    expect(&mut session, "Write this migration?");
    send(&mut session, "y");
    expect(&mut session, "applied ");
    exits(session, 0);
    project.pbr("migrate --yes").succeeds();
}

#[test]
fn a_password_is_asked_for_without_being_shown() {
    let project = Project::empty();
    let mut session = terminal(&project, "superuser create root@example.com");
    expect(&mut session, "assword");
    send(&mut session, "secret12345\r");
    expect(&mut session, "The same again");
    send(&mut session, "secret12345\r");
    let rest = session.exp_eof().expect("an end");
    assert!(!rest.contains("secret12345"), "{rest}");
    project.pbr("superuser create two@example.com").exits(2).stderr_contains("--password-stdin");
    project.pbr_with_input("superuser create two@example.com --password-stdin", "secret12345\n").succeeds();
}

/// Whether there is an escape sequence that ends in `m`; others move the cursor.
fn is_coloured(text: &str) -> bool {
    text.split("\u{1b}[")
        .skip(1)
        .any(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').starts_with('m'))
}

#[test]
fn help_mistakes_and_questions_have_no_colours_where_none_are_wanted() {
    let project = renamed();
    for arguments in
        ["--color never --help", "--color=never nope", "migrate diff --color never", "help schema --color never"]
    {
        let mut session = terminal(&project, arguments);
        if arguments.starts_with("migrate") {
            expect(&mut session, "Where does");
            send(&mut session, ENTER);
        }
        let text = session.exp_eof().expect("an end");
        assert!(!is_coloured(&text), "{arguments}: {text:?}");
    }
    let mut session = terminal(&project, "--help");
    assert!(is_coloured(&session.exp_eof().expect("an end")));
}

#[test]
fn an_interrupt_at_a_prompt_shows_the_cursor_again_and_changes_nothing() {
    let project = renamed();
    let before = project.list("migrations");
    let mut session = terminal(&project, "migrate diff");
    expect(&mut session, "Where does notes.headline come from?");
    send(&mut session, INTERRUPT);
    let rest = session.exp_eof().expect("an end");
    assert!(rest.contains("\u{1b}[?25h"), "{rest:?}");
    assert_eq!(project.list("migrations"), before);
}

#[test]
fn an_interrupt_puts_the_terminal_back() {
    let project = Project::empty();
    let mut session = terminal(&project, "superuser create root@example.com");
    expect(&mut session, "assword");
    send(&mut session, INTERRUPT);
    exits(session, 130);
    let mut session = terminal(&project, "init shop --name shop");
    expect(&mut session, "Start from");
    send(&mut session, INTERRUPT);
    let rest = session.exp_eof().expect("an end");
    assert!(rest.contains("\u{1b}[?25h"), "{rest:?}");
    assert!(!project.file("shop").exists());
    // The shell's own terminal, after an interrupt of what ran on it.
    let mut command = std::process::Command::new("bash");
    let pbr = env!("CARGO_BIN_EXE_pbr");
    let script = format!("stty echo; {pbr} superuser create root@example.com; echo exit $?; stty -a");
    command.args(["-c", &script]).current_dir(project.path()).env_remove("CI");
    let mut session = rexpect::session::spawn_command(command, Some(30_000)).expect("a shell");
    expect(&mut session, "assword");
    send(&mut session, INTERRUPT);
    let rest = session.exp_eof().expect("an end");
    assert!(rest.contains("exit 130") && rest.contains(" echo "), "{rest}");
}

#[test]
fn what_destroys_is_not_done_for_enter_alone() {
    let project = Project::empty();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    project.pbr("superuser create other@example.com secret12345").succeeds();
    project.pbr("backup create one.zip").succeeds();
    for (command, question) in [
        ("backup delete one.zip", "Delete the backup"),
        ("backup restore one.zip", "Replace the data"),
        ("superuser delete root@example.com", "Delete the superuser"),
    ] {
        let mut session = terminal(&project, command);
        expect(&mut session, question);
        send(&mut session, ENTER);
        exits(session, 3);
    }
    project.pbr("backup list").succeeds().stdout_contains("one.zip");
    project.pbr("superuser list").succeeds().stdout_contains("root@example.com");
    exits(terminal(&project, "superuser delete root@example.com --yes"), 0);
    assert_eq!(project.pbr("superuser list").succeeds().stdout(), "other@example.com\n");
}

#[test]
fn without_a_terminal_or_with_ci_nothing_is_asked() {
    let project = renamed();
    project.pbr("migrate diff").exits(5);
    let mut command = std::process::Command::new("script");
    // A terminal, but on a build server.
    command.args(["-qec", &format!("{} migrate diff", env!("CARGO_BIN_EXE_pbr")), "/dev/null"]);
    command.current_dir(project.path()).env("CI", "1").stdin(std::process::Stdio::null());
    let output = command.output().expect("script runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("--rename notes.title=notes.headline") && !text.contains("Where does"), "{text}");
    project.pbr("migrate diff --no-input").exits(5);
}

#[test]
fn a_no_to_the_loss_says_that_the_migration_was_written() {
    let project = renamed();
    project.write("schema/notes.yaml", "version: 1\ncollection: notes\nfields: {}\n");
    let mut session = terminal(&project, "migrate");
    expect(&mut session, "Write this migration?");
    send(&mut session, "y");
    expect(&mut session, "Apply and lose them?");
    send(&mut session, "n");
    expect(&mut session, "and pbr.sum were written, the database was not changed");
    exits(session, 3);
    let file = project.list("migrations").into_iter().rfind(|name| name.contains("drop_title")).expect("the file");
    // The way back that the message names.
    std::fs::remove_file(project.file(&format!("migrations/{file}"))).expect("a removed file");
    project.pbr("migrate hash").succeeds();
    project.pbr("migrate diff --check").exits(4);
}

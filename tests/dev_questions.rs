//! `pbr dev` on a terminal: what it asks, and what an answer is worth.

use crate::support::Project;
use crate::support::terminal::{ENTER, INTERRUPT, exits, expect, send, terminal};
use rexpect::process::Signal;

const COMMENTS: &str = "version: 1\ncollection: comments\nfields:\n  text: text\n";

/// Notes and comments, with three rows each.
fn talkative() -> Project {
    let project = Project::from_template("blank");
    project.write("schema/notes.yaml", "version: 1\ncollection: notes\nfields:\n  title: text\n");
    project.write("schema/comments.yaml", COMMENTS);
    project.pbr("migrate diff start").succeeds();
    project.pbr("migrate").succeeds();
    for name in ["notes (id, title)", "comments (id, text)"] {
        let sql = format!("INSERT INTO {name} VALUES ('a1', 'One'), ('a2', 'Two'), ('a3', 'Three')");
        project.database().execute_batch(&sql).expect("rows");
    }
    project
}

fn count(project: &Project, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    project.database().query_row(&sql, [], |row| row.get(0)).expect("a count")
}

#[test]
fn an_interrupt_after_a_question_stops_as_one_without_a_question_does() {
    let project = talkative();
    let mut session = terminal(&project, "dev --http 127.0.0.1:0");
    expect(&mut session, "Server started at");
    project.replace("schema/notes.yaml", "  title:", "  headline:");
    expect(&mut session, "Where does notes.headline come from?");
    send(&mut session, ENTER);
    expect(&mut session, "rename field notes.title to headline; live after");
    send(&mut session, INTERRUPT);
    expect(&mut session, "stopped");
    exits(session, 0);
    let left = project.file("pb_data/data.db-wal").metadata().map_or(0, |metadata| metadata.len());
    assert_eq!(left, 0, "the databases are closed");
}

#[test]
fn an_interrupt_at_a_question_stops_and_leaves_nothing_behind() {
    let project = talkative();
    let before = project.list("migrations");
    let mut session = terminal(&project, "dev --http 127.0.0.1:0");
    expect(&mut session, "Server started at");
    std::fs::remove_file(project.file("schema/comments.yaml")).expect("a removed file");
    expect(&mut session, "Drop them from this database?");
    send(&mut session, INTERRUPT);
    expect(&mut session, "stopped");
    exits(session, 0);
    assert_eq!(project.list("migrations"), before);
    assert_eq!(count(&project, "comments"), 3);
}

#[test]
fn a_signal_ends_a_question_that_nobody_will_answer() {
    let project = talkative();
    let before = project.list("migrations");
    let mut session = terminal(&project, "dev --http 127.0.0.1:0");
    expect(&mut session, "Server started at");
    std::fs::remove_file(project.file("schema/comments.yaml")).expect("a removed file");
    expect(&mut session, "Drop them from this database?");
    session.process_mut().signal(Signal::SIGTERM).expect("a signal");
    exits(session, 0);
    assert_eq!(project.list("migrations"), before);
    assert_eq!(count(&project, "comments"), 3);
}

#[test]
fn an_answer_to_a_question_that_the_files_no_longer_ask_drops_nothing() {
    let project = talkative();
    let mut session = terminal(&project, "dev --http 127.0.0.1:0");
    expect(&mut session, "Server started at");
    std::fs::remove_file(project.file("schema/comments.yaml")).expect("a removed file");
    expect(&mut session, "Drop them from this database?");
    project.write("schema/comments.yaml", COMMENTS);
    send(&mut session, "y");
    expect(&mut session, "the files changed meanwhile: nothing was dropped");
    project.replace("schema/notes.yaml", "  title: text\n", "  title: text\n  more: text\n");
    expect(&mut session, "add text field notes.more; live after");
    assert_eq!(count(&project, "comments"), 3);

    // One that is still asked is taken at its word, after a copy.
    std::fs::remove_file(project.file("schema/comments.yaml")).expect("a removed file");
    expect(&mut session, "Drop them from this database?");
    send(&mut session, "y");
    expect(&mut session, "the database as it was before is in pb_data/backups/");
    expect(&mut session, "drop collection comments; live after");
    send(&mut session, INTERRUPT);
    expect(&mut session, "stopped");
    exits(session, 0);
    project.pbr("migrate drift").succeeds();
}

//! `pbr dev`: what is typed is live in a moment, and what is broken changes nothing.

use crate::support::{Project, Server};
use serde_json::json;
use std::process::Command;
use std::time::{Duration, Instant};

fn git(project: &Project, arguments: &[&str]) {
    let output = Command::new("git").current_dir(project.path()).args(arguments).output().expect("git runs");
    assert!(output.status.success(), "git {arguments:?}");
}

/// A blog in a repository, and `pbr dev` in it.
fn blog() -> (Project, Server) {
    let project = Project::from_template("blog");
    git(&project, &["init", "--quiet"]);
    git(&project, &["config", "user.email", "dev@example.com"]);
    git(&project, &["config", "user.name", "dev"]);
    git(&project, &["add", "--all"]);
    git(&project, &["commit", "--quiet", "-m", "start"]);
    let server = Server::start(project.command("dev --http 127.0.0.1:0"));
    (project, server)
}

/// Waits for a line of `pbr dev`; a hang is what it bounds.
#[track_caller]
fn says(server: &Server, text: &str) {
    let started = Instant::now();
    while !server.output().contains(text) {
        assert!(started.elapsed() < Duration::from_secs(30), "no {text:?} in\n{}", server.output());
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn migrations(project: &Project) -> Vec<String> {
    project.list("migrations").into_iter().filter(|name| name.ends_with(".sql")).collect()
}

#[test]
fn a_change_is_live_and_one_draft_holds_them_all() {
    let (project, server) = blog();
    says(&server, "seeded the new database");
    let client = server.client();
    assert!(client.get("/api/collections/posts/records").ok()["totalItems"].as_i64().is_some_and(|count| count > 0));

    project.replace("schema/posts.yaml", "fields:\n", "fields:\n  subtitle: text\n");
    says(&server, "add text field posts.subtitle; live after");
    let posts = client.get("/api/collections/posts/records?perPage=1").ok();
    assert_eq!(posts["items"][0]["subtitle"], "", "{posts}");
    project.replace("schema/posts.yaml", "  subtitle: text\n", "  subtitle: text\n  mood: text\n");
    says(&server, "add text field posts.mood; live after");
    assert_eq!(migrations(&project).len(), 2, "one draft beside the committed one");

    // What is taken back leaves nothing.
    project.replace("schema/posts.yaml", "  subtitle: text\n  mood: text\n", "");
    says(&server, "drop field posts.subtitle");
    assert_eq!(migrations(&project).len(), 1);

    // What is committed is not rewritten.
    project.replace("schema/posts.yaml", "fields:\n", "fields:\n  kept: text\n");
    says(&server, "add text field posts.kept");
    git(&project, &["add", "--all"]);
    git(&project, &["commit", "--quiet", "-m", "kept"]);
    project.replace("schema/posts.yaml", "fields:\n", "fields:\n  later: text\n");
    says(&server, "add text field posts.later");
    assert_eq!(migrations(&project).len(), 3);
    assert!(server.stop().success());
    project.pbr("migrate status --check").succeeds();
    project.pbr("migrate drift").succeeds();
    project.pbr("migrate check").succeeds();
}

#[test]
fn a_taken_port_is_told_with_the_command_that_was_given() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address");
    let run = Project::from_template("blank").pbr(&format!("dev --http {address}"));
    run.exits(1).stderr_contains("pbr dev --http 127.0.0.1:0");
}

#[test]
fn a_migration_that_fails_names_no_file_that_is_gone() {
    let (project, server) = blog();
    let before = migrations(&project);
    let fields = "fields:\n  word: text\n";
    project.write("schema/words.yaml", &format!("version: 1\ncollection: words\n{fields}"));
    crate::support::eventually(|| migrations(&project) != before);
    crate::support::eventually(|| project.database().prepare("SELECT word FROM words").is_ok());
    project.database().execute_batch("INSERT INTO words (id, word) VALUES ('a', 'x'), ('b', 'x')").expect("rows");
    let indexes = "indexes:\n  - unique: [word]\n";
    project.write("schema/words.yaml", &format!("version: 1\ncollection: words\n{fields}{indexes}"));
    says(&server, "the migration is written anew then");
    let text = server.output();
    assert!(!text.contains("$EDITOR") && !text.contains("= at: migrations"), "{text}");
}

#[test]
fn a_broken_file_and_an_open_question_keep_the_last_schema() {
    let (project, server) = blog();
    let good = project.read("schema/tags.yaml");
    project.write("schema/tags.yaml", &format!("{good}broken: [\n"));
    says(&server, "schema/tags.yaml:");
    assert_eq!(server.client().get("/api/collections/tags/records").status, 200);
    project.write("schema/tags.yaml", &good);
    says(&server, "the schema is valid again");

    project.replace("schema/posts.yaml", "  body:", "  text:");
    says(&server, "--rename posts.body=posts.text");
    let posts = server.client().get("/api/collections/posts/records?perPage=1").ok();
    assert!(posts["items"][0].get("body").is_some(), "{posts}");
    assert_eq!(migrations(&project).len(), 1);
    project.replace("schema/posts.yaml", "  text: { ", "  text: { renamedFrom: body, ");
    says(&server, "rename field posts.body to text");
    assert!(server.stop().success());
}

#[test]
fn what_the_api_changes_is_written_back() {
    let (project, server) = blog();
    project.pbr("superuser upsert root@example.com secret12345").succeeds();
    let root = server.root();
    root.patch("/api/collections/tags", json!({ "listRule": "name != ''" })).ok();
    says(&server, "change the list rule of tags");
    says(&server, "written to schema/");
    let started = Instant::now();
    while !project.read("schema/tags.yaml").contains("list: name != ''") {
        assert!(started.elapsed() < Duration::from_secs(10));
    }
    assert!(server.stop().success());
    project.pbr("migrate diff --check").succeeds();
    project.pbr("migrate drift").succeeds();
}

#[test]
fn the_server_ends_with_dev_however_dev_ends() {
    let (project, server) = blog();
    let url = server.url().to_owned();
    server.kill();
    let started = Instant::now();
    while reqwest::blocking::get(format!("{url}/api/health")).is_ok() {
        assert!(started.elapsed() < Duration::from_secs(30), "the server lives on");
        std::thread::sleep(Duration::from_millis(50));
    }
    drop(project);
}

#[test]
fn what_was_changed_while_nobody_watched_is_kept_beside_what_is_typed() {
    let (project, server) = blog();
    project.pbr("superuser upsert root@example.com secret12345").succeeds();
    says(&server, "Server started at");
    assert!(server.stop().success());
    {
        let bare = project.serve_with("--schema-edits allow");
        let root = bare.root();
        let mut tags = root.get("/api/collections/tags").ok();
        tags["fields"].as_array_mut().expect("fields").push(json!({ "type": "text", "name": "dash" }));
        root.patch("/api/collections/tags", tags).ok();
        root.post("/api/collections/tags/records", json!({ "name": "kept", "slug": "kept", "dash": "precious" })).ok();
    }
    project.replace("schema/tags.yaml", "fields:\n", "fields:\n  mine: text\n");
    let server = Server::start(project.command("dev --http 127.0.0.1:0"));
    says(&server, "add text field tags.dash");
    says(&server, "add text field tags.mine");
    let tags = server.client().get("/api/collections/tags/records?filter=(name='kept')").ok();
    assert_eq!((&tags["items"][0]["dash"], &tags["items"][0]["mine"]), (&json!("precious"), &json!("")), "{tags}");
    assert!(project.read("schema/tags.yaml").contains("dash: text"));
    assert!(server.stop().success());
    project.pbr("migrate diff --check").succeeds();
    project.pbr("migrate drift").succeeds();
}

#[test]
fn what_another_terminal_writes_is_applied() {
    let (project, server) = blog();
    says(&server, "seeded the new database");
    project.replace("schema/posts.yaml", "fields:\n", "fields:\n  sub: text\n");
    says(&server, "add text field posts.sub; live after");
    project.database().execute("UPDATE posts SET sub = 'kept'", []).expect("values");
    project.replace("schema/posts.yaml", "  sub: text\n", "  subtitle: text\n");
    says(&server, "pbr migrate diff --rename posts.sub=posts.subtitle");
    project.pbr("migrate diff --rename posts.sub=posts.subtitle").succeeds();
    says(&server, "rename_sub_to_subtitle_in_posts.sql; live after");
    project.pbr("migrate status --check").succeeds();
    let posts = server.client().get("/api/collections/posts/records?perPage=1").ok();
    assert_eq!(posts["items"][0]["subtitle"], "kept", "{posts}");
    // It goes on with a draft of its own.
    let files = migrations(&project).len();
    project.replace("schema/posts.yaml", "fields:\n", "fields:\n  later: text\n");
    says(&server, "add text field posts.later; live after");
    assert_eq!(migrations(&project).len(), files + 1);
    project.pbr("migrate new by_hand").succeeds();
    says(&server, "by_hand.sql; live after");
    assert!(server.stop().success());
    project.pbr("migrate drift").succeeds();
    project.pbr("migrate check").succeeds();
}

/// Waits until a text has come so many times.
#[track_caller]
fn says_times(server: &Server, text: &str, times: usize) {
    let started = Instant::now();
    while server.output().matches(text).count() < times {
        assert!(started.elapsed() < Duration::from_secs(30), "not {times} times {text:?} in\n{}", server.output());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_draft_that_was_thrown_away_is_told_at_every_edit_and_can_be_taken_back() {
    let (project, server) = blog();
    says(&server, "seeded the new database");
    project.replace("schema/posts.yaml", "fields:\n", "fields:\n  subtitle: text\n");
    says(&server, "add text field posts.subtitle; live after");
    git(&project, &["checkout", "--quiet", "."]);
    git(&project, &["clean", "--quiet", "-fd", "migrations"]);
    let lost = "git does not know its file";
    says(&server, lost);
    let edits = server.output().matches(lost).count();
    project.replace("schema/tags.yaml", "fields:\n", "fields:\n  mood: text\n");
    says_times(&server, lost, edits + 1);
    project.replace("schema/tags.yaml", "  mood: text\n", "  mood: text\n  tone: text\n");
    says_times(&server, lost, edits + 2);

    let error = project.pbr("migrate status --check --json").json();
    let error = if error["ok"] == true { project.pbr("migrate up --json").exits(6).json() } else { error };
    let line = error["error"]["next"][0]["command"].as_str().expect("a next step").to_owned();
    for command in line.split("    (").next().unwrap_or_default().split(" && ") {
        project.pbr(command.trim_start_matches("pbr ")).succeeds();
    }
    says(&server, "add text field tags.mood, add text field tags.tone; live after");
    assert!(server.stop().success());
    project.pbr("migrate drift").succeeds();
    project.pbr("migrate diff --check").succeeds();
}

#[cfg(unix)]
#[test]
fn a_broken_file_that_is_removed_lets_the_waiting_edit_through() {
    let (project, server) = blog();
    says(&server, "seeded the new database");
    std::os::unix::fs::symlink("nowhere", project.file("schema/broken.yaml")).expect("a link");
    says(&server, "cannot read schema/broken.yaml");
    project.replace("schema/tags.yaml", "fields:\n", "fields:\n  mood: text\n");
    says_times(&server, "cannot read schema/broken.yaml", 2);
    std::fs::remove_file(project.file("schema/broken.yaml")).expect("a removed link");
    says(&server, "add text field tags.mood; live after");
    assert!(server.stop().success());
}

#[test]
fn a_rename_that_is_taken_back_is_no_question() {
    let (project, server) = blog();
    says(&server, "seeded the new database");
    let before = project.read("schema/posts.yaml");
    project.replace("schema/posts.yaml", "  title: {", "  headline: { renamedFrom: title,");
    says(&server, "rename field posts.title to headline; live after");
    project.write("schema/posts.yaml", &before);
    says(&server, "rename field posts.headline to title; live after");
    assert_eq!(migrations(&project).len(), 1, "nothing is left of it");
    let posts = server.client().get("/api/collections/posts/records?perPage=1&sort=id").ok();
    assert_ne!(posts["items"][0]["title"], "", "{posts}");
}

#[test]
fn findings_of_the_draft_are_told_as_warnings() {
    let (project, server) = blog();
    says(&server, "Server started");
    project.replace("schema/tags.yaml", "max: 50, presentable", "max: 40, presentable");
    says(&server, "warning[DS103]: tags.name allows less than before");
}

#[test]
fn seeds_are_followed_and_a_changed_configuration_is_told() {
    let (project, server) = blog();
    says(&server, "Server started");
    project.replace("seeds/20_tags.yaml", "name: Rust", "name: Ferris");
    says(&server, "seeded the changed seeds");
    let tags = server.client().get("/api/collections/tags/records?filter=name='Ferris'").ok();
    assert_eq!(tags["totalItems"], 1, "{tags}");
    let config = project.read("pbr.yaml");
    project.write("pbr.yaml", &format!("{config}\n# a comment\n"));
    std::thread::sleep(Duration::from_millis(400));
    project.write("pbr.yaml", &format!("{config}\nnonsense: 1\n"));
    says(&server, "nonsense");
    assert!(!server.output().contains("pbr.yaml changed"), "{}", server.output());
    project.write("pbr.yaml", &format!("{config}\nschemaEdits: allow\n"));
    says(&server, "pbr.yaml changed: start pbr dev again to apply it");
}

#[test]
fn a_question_that_waits_at_the_start_is_one_error() {
    let (project, server) = blog();
    says(&server, "seeded the new database");
    assert!(server.stop().success());
    project.replace("schema/posts.yaml", "  body:", "  text:");
    let server = Server::start(project.command("dev --http 127.0.0.1:0"));
    says(&server, "--rename posts.body=posts.text");
    assert_eq!(server.output().matches("the schema stays as it was").count(), 1, "{}", server.output());
    project.replace("schema/posts.yaml", "  text: { type: text,", "  text: { type: text, renamedFrom: bodi,");
    says(&server, "did you mean `body`?");
}

//! Migrations from the command line: data is kept, and every refusal has its exit code.

use crate::support::Project;
use std::time::Duration;

const NOTES: &str = "version: 1\ncollection: notes\nfields:\n  title: { type: text, required: true }\n  count: number\n  kind: { type: select, values: [a, b], maxSelect: 1 }\nindexes:\n  - fields: [title]\nrules:\n  list: public\n  create: public\n";

/// A migrated project with one collection and one row.
fn notes() -> Project {
    let project = Project::from_template("blank");
    for name in project.list("schema") {
        if name != "users.yaml" {
            std::fs::remove_file(project.file(&format!("schema/{name}"))).expect("a removed file");
        }
    }
    for name in project.list("migrations") {
        std::fs::remove_file(project.file(&format!("migrations/{name}"))).expect("a removed file");
    }
    project.write("schema/notes.yaml", NOTES);
    project.pbr("migrate diff init").succeeds();
    project.pbr("migrate").succeeds();
    project
        .database()
        .execute("INSERT INTO notes (id, title, count, kind) VALUES ('n1', 'First', 3, 'a')", [])
        .expect("a row");
    project
}

fn cell(project: &Project, sql: &str) -> String {
    project.database().query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

fn newest(project: &Project) -> String {
    newest_in(project, "migrations")
}

fn newest_in(project: &Project, folder: &str) -> String {
    let names = project.list(folder);
    names.into_iter().rfind(|name| name.ends_with(".sql")).expect("a migration")
}

#[test]
fn adding_renaming_and_widening_keep_the_data() {
    let project = notes();
    project.replace(
        "schema/notes.yaml",
        "  title: { type: text, required: true }",
        "  headline: { type: text, required: true, renamedFrom: title }\n  note: editor",
    );
    project.replace("schema/notes.yaml", "fields: [title]", "fields: [headline]");
    project.replace("schema/notes.yaml", "maxSelect: 1", "maxSelect: 2");
    project.pbr("migrate diff").succeeds();
    project.pbr("migrate up").succeeds();
    assert_eq!(cell(&project, "SELECT headline || note || kind FROM notes"), "First[\"a\"]");
    project.pbr("migrate diff --check").succeeds();
}

#[test]
fn an_ambiguous_rename_asks_and_without_a_terminal_writes_nothing() {
    let project = notes();
    project.replace("schema/notes.yaml", "  title: {", "  headline: {").replace(
        "schema/notes.yaml",
        "[title]",
        "[headline]",
    );
    let before = project.list("migrations");
    let run = project.pbr("migrate diff").exits(5);
    run.stderr_contains("--rename notes.title=notes.headline").stderr_contains("--drop notes.title");
    let open = project.pbr("migrate diff --json").exits(5).json();
    assert_eq!(open["error"]["meta"]["open"][0]["new"], "notes.headline", "{open}");
    assert_eq!(project.list("migrations"), before);

    project.pbr("migrate diff --rename notes.title=notes.headline").succeeds();
    project.pbr("migrate up").succeeds();
    assert_eq!(cell(&project, "SELECT headline FROM notes"), "First");
}

#[test]
fn a_drop_that_loses_rows_needs_the_token_of_that_file() {
    let project = notes();
    project.replace("schema/notes.yaml", "  count: number\n", "");
    project.pbr("migrate diff --drop notes.count").succeeds();
    let refused = project.pbr("migrate up --json").exits(5).json();
    let token = refused["error"]["meta"]["token"].as_str().expect("a token").to_owned();
    assert_eq!(cell(&project, "SELECT cast(count as text) FROM notes"), "3");
    project.pbr("migrate up --yes").exits(5);
    project.pbr("migrate up --confirm V1-00000000").exits(5);
    project.pbr("serve --http 127.0.0.1:0").exits(5);
    project.pbr(&format!("migrate up --confirm {token}")).succeeds();
    assert!(project.database().prepare("SELECT count FROM notes").is_err());
}

#[test]
fn two_fields_can_swap_their_names() {
    let project = notes();
    project.replace("schema/notes.yaml", "  count: number\n", "  count: number\n  other: { type: text }\n");
    project.pbr("migrate diff").succeeds();
    project.pbr("migrate").succeeds();
    project.database().execute("UPDATE notes SET other = 'Second'", []).expect("an update");
    project.pbr("migrate diff --rename notes.title=notes.other --rename notes.other=notes.title").succeeds();
    project.pbr("migrate").succeeds();
    assert_eq!(cell(&project, "SELECT title || '/' || other FROM notes"), "Second/First");
}

#[test]
fn the_bare_command_is_the_one_line_for_ci() {
    let project = notes();
    project.pbr("migrate").succeeds();
    project.replace("schema/notes.yaml", "  count: number", "  count: number\n  extra: bool");
    project.pbr("migrate").exits(4).stderr_contains("pbr migrate diff");
    project.pbr("migrate diff").succeeds();
    project.pbr("migrate status --check").exits(4);
    project.pbr("migrate").succeeds();
    project.pbr("migrate status --check").succeeds();
}

#[test]
fn edited_missing_and_badly_named_files_are_integrity_errors() {
    let project = notes();
    let file = format!("migrations/{}", newest(&project));
    let text = project.read(&file);
    project.write(&file, &format!("{text}\n-- edited\n"));
    project.pbr("migrate up").exits(6).stderr_contains(&newest(&project));
    project.pbr("migrate check").exits(6);
    // A line ending is no edit.
    project.write(&file, &text.replace('\n', "\r\n"));
    project.pbr("migrate check").succeeds();
    project.write(&file, &text);
    project.write("migrations/V2__add-users.sql", "SELECT 1;");
    project.pbr("migrate check").exits(6).stderr_contains("V2__add-users.sql");
    std::fs::remove_file(project.file("migrations/V2__add-users.sql")).expect("a removed file");
    project.pbr("migrate check").succeeds();
}

#[test]
fn advice_names_the_folder_that_the_project_has_its_migrations_in() {
    let project = notes();
    std::fs::rename(project.file("migrations"), project.file("my sql")).expect("a renamed folder");
    let configured = project.read("pbr.yaml");
    project.write("pbr.yaml", &format!("{configured}\ndirs:\n  migrations: my sql\n"));
    let file = newest_in(&project, "my sql");
    let text = project.read(&format!("my sql/{file}"));
    std::fs::remove_file(project.file(&format!("my sql/{file}"))).expect("a removed file");
    project.pbr("migrate check").exits(6).stderr_contains(&format!("git restore 'my sql/{file}'"));
    project.write(&format!("my sql/{file}"), &text);
    project.pbr("migrate new broken").succeeds();
    let broken = newest_in(&project, "my sql");
    project.write(&format!("my sql/{broken}"), "-- pbr:data\nNO SQL;\n-- pbr:end\n");
    project.pbr("migrate hash").succeeds();
    project.pbr("migrate up").exits(7).stderr_contains(&format!("$EDITOR 'my sql/{broken}', then"));
}

#[test]
fn hash_forgets_no_applied_file_and_says_what_it_takes_out() {
    let project = notes();
    project.replace("schema/notes.yaml", "  count: number\n", "  count: number\n  more: text\n");
    project.pbr("migrate diff more").succeeds();
    project.pbr("migrate up").succeeds();
    let file = newest(&project);
    let version = file.trim_start_matches('V').split("__").next().expect("a version").to_owned();
    let text = project.read(&format!("migrations/{file}"));
    let sums = project.read("migrations/pbr.sum");
    std::fs::remove_file(project.file(&format!("migrations/{file}"))).expect("a removed file");
    project
        .pbr("migrate check")
        .exits(6)
        .stderr_contains(&format!("git restore migrations/{file}"))
        .stderr_contains(&format!("pbr migrate repair {version} --as reverted && pbr migrate hash"));
    project
        .pbr("migrate hash")
        .exits(6)
        .stderr_contains(&format!("pbr migrate repair {version} --as reverted && pbr migrate hash"));
    assert_eq!(project.read("migrations/pbr.sum"), sums);
    // The way that the message names.
    project.pbr(&format!("migrate repair {version} --as reverted")).succeeds();
    project.pbr("migrate hash").succeeds().stdout_contains(&format!("took {file} out of pbr.sum"));
    project.pbr("migrate drift").exits(4).stderr_contains("add text field notes.more");
    project.write(&format!("migrations/{file}"), &text);
    project.pbr("migrate hash").succeeds().stdout_contains(&format!("renewed the hashes of {file}"));
}

#[test]
fn a_file_that_is_taken_out_of_the_sums_is_brought_back_as_is_said() {
    let project = notes();
    let sh = |script: &str| {
        let mut command = std::process::Command::new("bash");
        command.args(["-ec", script]).current_dir(project.path());
        crate::support::Run::of(script, command).succeeds()
    };
    project.pbr("migrate new later").succeeds();
    let file = newest(&project);
    let take_out = || {
        std::fs::remove_file(project.file(&format!("migrations/{file}"))).expect("a removed file");
        project.pbr("migrate hash").succeeds().stdout()
    };
    let text = project.read(&format!("migrations/{file}"));
    assert_eq!(take_out(), format!("took {file} out of pbr.sum\n"), "there is no git to bring it back");
    project.write(&format!("migrations/{file}"), &text);
    project.pbr("migrate hash").succeeds();
    sh("git init -q && git add . && git -c user.name=a -c user.email=a@example.com commit -qm start");
    let said = take_out();
    let undo = said.trim().split_once("; undo: ").expect("how to take it back").1;
    let (restore, hash) = undo.split_once(" && pbr ").expect("two commands");
    sh(restore);
    project.pbr(hash).succeeds();
    sh("git diff --exit-code");
    project.pbr("migrate check").succeeds();
}

#[test]
fn an_edited_applied_file_is_led_back_or_repaired() {
    let project = notes();
    let file = newest(&project);
    let version = file.trim_start_matches('V').split("__").next().expect("a version").to_owned();
    let text = project.read(&format!("migrations/{file}"));
    project.write(&format!("migrations/{file}"), &format!("{text}-- a word more\n"));
    let repair = format!("pbr migrate repair {version} --as edited");
    project.pbr("migrate check").exits(6).stderr_contains(&repair);
    project.pbr("migrate hash").exits(6).stderr_contains(&repair).stderr_contains("git restore migrations/");
    project.pbr(&repair["pbr ".len()..]).succeeds();
    project.pbr("migrate up").succeeds();
}

#[test]
fn a_version_that_is_no_time_is_refused() {
    let project = notes();
    for name in ["V1__x.sql", "V20269901000000__x.sql"] {
        project.write(&format!("migrations/{name}"), "SELECT 1;\n");
        project.pbr("migrate hash").exits(6).stderr_contains(name).stderr_contains("V20261122061500__name.sql");
        std::fs::remove_file(project.file(&format!("migrations/{name}"))).expect("a removed file");
    }
}

#[test]
fn a_failing_migration_leaves_database_and_history_as_they_were() {
    let project = notes();
    project.replace("schema/notes.yaml", "  - fields: [title]", "  - fields: [title]\n  - unique: [kind]");
    project.database().execute("INSERT INTO notes (id, title, kind) VALUES ('n2', 'x', 'a')", []).expect("a row");
    project.pbr("migrate diff").succeeds();
    let indexes =
        "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'notes' AND sql NOTNULL";
    let before = cell(&project, indexes);
    project.pbr("migrate up").exits(7).stderr_contains("UNIQUE constraint failed");
    assert_eq!(cell(&project, indexes), before);
    assert!(project.pbr("migrate status --json").json().to_string().contains("pending"));
    project.database().execute("DELETE FROM notes WHERE id = 'n2'", []).expect("a delete");
    project.pbr("migrate up").succeeds();
}

#[test]
fn a_dry_run_runs_everything_and_changes_nothing() {
    let project = notes();
    project.replace("schema/notes.yaml", "  count: number", "  count: number\n  extra: bool");
    project.pbr("migrate diff").succeeds();
    project.pbr("migrate up --dry-run").succeeds();
    assert!(project.database().prepare("SELECT extra FROM notes").is_err());
    project.pbr("migrate status --check").exits(4);
}

#[test]
fn two_at_once_apply_each_file_once() {
    for _ in 0..5 {
        let project = Project::from_template("blog");
        let children: Vec<_> = (0..3)
            .map(|_| {
                let mut command = project.command("migrate up");
                command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
                command.spawn().expect("pbr")
            })
            .collect();
        for child in children {
            let output = child.wait_with_output().expect("an end");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        let applied = cell(&project, "SELECT cast(count(*) as text) FROM refinery_schema_history");
        assert_eq!(applied, "1");
    }
}

#[test]
fn a_lock_that_is_held_is_waited_for_and_then_reported() {
    let project = notes();
    let lock = std::fs::File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(project.file("pb_data/data.db.migrate.lock"))
        .expect("the lock file");
    lock.lock().expect("the lock");
    project.pbr("migrate up --lock-timeout 1s").exits(8).stderr_contains("--lock-timeout");
    std::thread::sleep(Duration::from_millis(10));
    drop(lock);
    project.pbr("migrate up").succeeds();
}

#[test]
fn a_database_with_collections_of_its_own_is_not_migrated_over() {
    let project = Project::empty();
    crate::support::pocketbase::run(&project, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    let server = crate::support::pocketbase::serve(&project);
    let root = server.client().login("_superusers", "root@example.com", "secret12345");
    root.post("/api/collections", serde_json::json!({ "name": "own", "type": "base", "fields": [] })).ok();
    server.stop();
    project.pbr("init --yes").succeeds();
    project.pbr("migrate").exits(6).stderr_contains("PBR-MIGRATE-0013");
}

#[test]
fn all_errors_of_all_files_come_at_once_with_their_places() {
    let project = notes();
    project.write("schema/notes.yaml", "version: 1\ncollection: notes\nfields:\n  title: { type: text, maxx: 3 }\n  title: bool\n  who: { type: relation, collection: usres }\nrules:\n  list: nope = 1\n  view: id = \n");
    project.write("schema/other.yaml", "collection: other\nfields: { x: tekst }\n");
    let run = project.pbr("schema validate").exits(9);
    for text in [
        "schema/notes.yaml:4:",
        "did you mean `max`?",
        "the key `title` appears twice",
        "schema/notes.yaml:6:",
        "did you mean `users`?",
        "unknown field \"nope\"",
        "schema/notes.yaml:9:",
        "schema/other.yaml:2:",
    ] {
        assert!(run.stderr().contains(text), "no {text:?} in\n{}", run.stderr());
    }
    project.write("schema/other.yaml", "collection: other\nfields:\n\tx: text\n");
    project.pbr("schema validate").exits(9).stderr_contains("schema/other.yaml:3:").stderr_contains("tabs");
}

#[test]
fn a_failing_statement_is_shown_with_its_line_and_what_to_do() {
    let project = notes();
    project.pbr("migrate new twice").succeeds();
    let file = format!("migrations/{}", newest(&project));
    let sql =
        "-- pbr:data\nUPDATE notes\n  SET count = 4;\n\nINSERT INTO notes (id, title)\n  VALUES ('n1', 'Again');\n";
    project.replace(&file, "-- pbr:data\n", sql);
    project.pbr("migrate hash").succeeds();
    let line = project.read(&file).lines().position(|line| line.starts_with("INSERT")).expect("the line") + 1;
    let failed = project.pbr("migrate up").exits(7).stderr_contains(&format!("line {line}: UNIQUE constraint failed"));
    failed.stderr_contains(&format!("at: {file}:{line}:1")).stderr_contains(&format!("$EDITOR {file}"));
    assert_eq!(cell(&project, "SELECT CAST(count AS TEXT) FROM notes"), "3");

    // What fails without rows too has its place as well.
    project.replace(&file, "-- pbr:end\n", "-- pbr:end\n\nUPDATE notes SET title = nowhere;\n");
    let line = project.read(&file).lines().position(|line| line.contains("nowhere")).expect("the line") + 1;
    project.pbr("migrate hash").exits(6).stderr_contains(&format!("at: {file}:{line}:1"));
}

#[test]
fn the_file_that_leads_back_is_named_when_it_is_written() {
    let project = notes();
    project.replace("schema/notes.yaml", "  count: number\n", "  count: number\n  more: text\n");
    project
        .pbr("migrate diff more --down")
        .succeeds()
        .stdout_contains("__more.down.sql")
        .stdout_contains("delete both");
}

#[test]
fn what_leads_back_begins_where_an_edited_migration_ends() {
    let project = notes();
    project.replace("schema/notes.yaml", "  count: number\n", "  count: number\n  more: text\n");
    project.pbr("migrate diff more --down").succeeds();
    let file = project.list("migrations").into_iter().find(|name| name.ends_with("__more.sql")).expect("a file");
    project.replace(&format!("migrations/{file}"), "'notes',\n  '',", "'notes',\n  'title != 1',");
    project.pbr("migrate hash").succeeds().stdout_contains(&file.replace(".sql", ".down.sql"));
    project.pbr("migrate up").succeeds();
    project.pbr("migrate down").succeeds();
    project.pbr("migrate drift").succeeds();
}

#[test]
fn outside_a_project_nobody_is_sent_to_its_migrations() {
    let project = Project::empty();
    let run = project.pbr_args(&["data", "query", "SELECT 1"]).exits(2);
    let stderr = run.stderr();
    assert!(stderr.contains("pbr --dir") && !stderr.contains("pbr migrate"), "{stderr}");
}

#[test]
fn a_variable_that_is_no_value_is_refused_in_plain_lines() {
    let project = notes();
    let mut command = project.command("migrate status");
    command.env("PBR_ENVIRONMENT", "x");
    let run = crate::support::Run::of("migrate status", command).exits(9);
    assert!(run.stderr().lines().all(|line| line.trim() != "|"), "{}", run.stderr());
}

#[test]
fn the_history_has_one_form_of_time_and_knows_who_edited_it() {
    let project = notes();
    let status = |project: &Project| {
        let json = project.pbr("migrate status --json").succeeds().json();
        let entry = &json["migrations"][0];
        (entry["version"].as_i64().expect("a version"), entry["appliedOn"].as_str().expect("a time").to_owned())
    };
    let (version, applied) = status(&project);
    assert!(applied.ends_with('Z'), "{applied}");
    project.pbr(&format!("migrate repair {version} --as reverted")).succeeds();
    let mut command = project.command(&format!("migrate repair {version} --as applied"));
    for name in ["USER", "LOGNAME", "USERNAME"] {
        command.env_remove(name);
    }
    crate::support::Run::of("migrate repair", command).succeeds();
    assert!(status(&project).1.ends_with('Z'));
    let sql = "UPDATE refinery_schema_history SET applied_on = '2026-01-01T00:00:00+00:00'";
    project.database().execute(sql, []).expect("a former time");
    assert_eq!(status(&project).1, "2026-01-01T00:00:00Z");
    let who = cell(&project, "SELECT \"by\" FROM _pbr_history_edits WHERE action = 'applied'");
    assert!(who != "unknown" && !who.is_empty(), "{who}");
    assert!(cell(&project, "SELECT at FROM _pbr_history_edits WHERE action = 'applied'").ends_with('Z'));
}

#[test]
fn views_that_lead_to_themselves_are_told_at_their_places() {
    let project = notes();
    let view = |name: &str, query: &str| {
        project.write(&format!("schema/{name}.yaml"), &format!("collection: {name}\ntype: view\nquery: {query}\n"));
    };
    view("a", "select id, title from b");
    view("b", "select id, title from a");
    for command in ["schema validate", "migrate diff"] {
        let run = project.pbr(command).exits(9);
        run.stderr_contains("schema/a.yaml:3").stderr_contains("schema/b.yaml:3").stderr_contains("circularly defined");
    }
    view("a", "select id, title from a");
    view("b", "select id, title from notes");
    project.pbr("schema validate").exits(9).stderr_contains("view a is circularly defined");
    view("a", "(select (id), [[title]] from {{b}})");
    project.pbr("migrate diff").succeeds();
    project.pbr("migrate up").succeeds();
    assert_eq!(cell(&project, "SELECT id || title FROM a"), "n1First");
}

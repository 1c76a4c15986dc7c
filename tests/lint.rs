//! `pbr migrate lint`: every code, found where it should be and nowhere else.

use crate::support::Project;
use serde_json::Value as Json;

const NOTES: &str = "version: 1\ncollection: notes\nfields:\n  title: { type: text, max: 100 }\n  kind: { type: select, values: [a, b], maxSelect: 2 }\n  owner: { type: relation, collection: users, maxSelect: 1 }\nrules:\n  list: title != \"\"\n  view: public\n";

fn notes() -> Project {
    let project = Project::from_template("blank");
    project.write("schema/notes.yaml", NOTES);
    project.pbr("migrate diff notes").succeeds();
    project.pbr("migrate").succeeds();
    project
        .database()
        .execute_batch("INSERT INTO notes (id, title, kind) VALUES ('a', 'x', '[\"a\",\"b\"]'), ('b', 'x', '[]')")
        .expect("rows");
    project
}

/// The codes and subjects of the latest migration.
fn found(project: &Project, arguments: &str) -> Vec<(String, String)> {
    let run = project.pbr(&format!("migrate lint --json {arguments}"));
    let json = run.json();
    let findings = json.get("findings").or(json["error"]["meta"].get("findings")).and_then(Json::as_array).cloned();
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    findings.unwrap_or_default().iter().map(|finding| (text(&finding["code"]), text(&finding["subject"]))).collect()
}

#[track_caller]
fn finds(project: &Project, from: &str, to: &str, arguments: &str, expected: &[(&str, &str)]) {
    project.replace("schema/notes.yaml", from, to);
    project.pbr(&format!("migrate diff {arguments}")).succeeds();
    let expected: Vec<(String, String)> =
        expected.iter().map(|(code, subject)| ((*code).to_owned(), (*subject).to_owned())).collect();
    assert_eq!(found(project, ""), expected);
}

#[test]
fn what_is_found_is_told_as_warnings_where_a_migration_is_written() {
    let project = notes();
    project.replace("schema/notes.yaml", "max: 100", "max: 50");
    let text = project.pbr("migrate diff").succeeds().stdout();
    assert!(text.contains(": warning[DS103]: notes.title allows less than before"), "{text}");
    project.replace("schema/notes.yaml", "  title: { type: text, max: 50 }\n", "");
    project.replace("schema/notes.yaml", "list: title", "list: kind");
    let json = project.pbr("migrate diff --drop notes.title --json").succeeds().json();
    assert_eq!(json["findings"][0]["code"], "DS102", "{json}");
    assert_eq!(json["findings"][0]["level"], "warning", "{json}");
}

#[test]
fn lost_and_narrowed_data() {
    let project = notes();
    finds(&project, "max: 100", "max: 50", "", &[("DS103", "notes.title")]);
    finds(&project, "maxSelect: 2", "maxSelect: 1", "", &[("DS103", "notes.kind")]);
    project.replace("schema/notes.yaml", "list: title", "list: kind");
    finds(&project, "  title: { type: text, max: 50 }\n", "", "--drop notes.title", &[("DS102", "notes.title")]);
}

#[test]
fn a_field_that_takes_less_is_found_whatever_its_limit_is() {
    let project = notes();
    project.replace("schema/notes.yaml", "max: 100", "max: 100000");
    project.pbr("migrate diff").succeeds();
    assert_eq!(found(&project, ""), []);
    // Without a limit it is 5000.
    finds(&project, ", max: 100000", "", "", &[("DS103", "notes.title")]);
    finds(&project, "type: text", "type: text, max: 6000", "", &[]);
    finds(&project, "max: 6000", "max: 6000, min: 5", "", &[("DS103", "notes.title")]);
    let rows =
        |project: &Project| project.pbr("migrate lint --db pb_data --json").json()["error"]["meta"]["findings"].clone();
    assert_eq!(rows(&project)[0]["rows"], 2, "{}", rows(&project));
    project.pbr("migrate").succeeds();
    finds(&project, "max: 6000, min: 5", "pattern: \"^x$\"", "", &[("DS103", "notes.title")]);
    project.pbr("migrate lint --db pb_data").succeeds();
    project.pbr("migrate").succeeds();
    finds(&project, "^x$", "^y$", "", &[("DS103", "notes.title")]);
    assert_eq!(rows(&project)[0]["rows"], 2, "{}", rows(&project));
}

#[test]
fn a_dropped_collection() {
    let project = notes();
    std::fs::remove_file(project.file("schema/notes.yaml")).expect("a removed file");
    project.pbr("migrate diff --drop notes").succeeds();
    assert_eq!(found(&project, ""), [("DS101".to_owned(), "notes".to_owned())]);
}

#[test]
fn stricter_fields_and_indexes() {
    let project = notes();
    finds(&project, "max: 100", "max: 100, required: true", "", &[("MF102", "notes.title")]);
    finds(&project, "rules:", "indexes:\n  - unique: [title]\nrules:", "", &[("MF101", "notes.idx_notes_title")]);
    finds(&project, "  title:", "  Fresh: text\n  title:", "", &[("NM101", "notes.Fresh")]);
}

#[test]
fn a_unique_index_is_on_other_values_once_two_fields_have_swapped_their_names() {
    let project = notes();
    project.replace("schema/notes.yaml", "  kind:", "  code: text\n  kind:");
    project.replace("schema/notes.yaml", "rules:", "indexes:\n  - unique: [code]\nrules:");
    project.pbr("migrate diff code").succeeds();
    project.database().execute("UPDATE notes SET title = id", []).expect("unique titles");
    let text = project.read("schema/notes.yaml");
    let swapped = text
        .replace("  title: {", "  other: {")
        .replace("  code: text", "  title: text")
        .replace("  other: {", "  code: {");
    project.write("schema/notes.yaml", &swapped);
    project.pbr("migrate diff swap --rename notes.title=notes.code --rename notes.code=notes.title").succeeds();
    let codes: Vec<String> = found(&project, "").into_iter().map(|(code, _)| code).collect();
    assert!(codes.contains(&"MF101".to_owned()), "{codes:?}");
}

#[test]
fn renames_are_seen_by_clients() {
    let project = notes();
    project.replace("schema/notes.yaml", "list: title", "list: headline");
    finds(&project, "  title:", "  headline:", "--rename notes.title=notes.headline", &[("BC101", "notes.title")]);
}

#[test]
fn rules_that_open_and_close() {
    let project = notes();
    finds(&project, "list: title != \"\"", "list: title != \"\" && kind != \"a\"", "", &[("BC102", "notes.list")]);
    finds(&project, "view: public", "view: title = \"a\"", "", &[("BC102", "notes.view")]);
    finds(&project, "  view:", "  delete: public\n  view:", "", &[("SEC101", "notes.delete")]);
    finds(
        &project,
        "list: title != \"\" && kind != \"a\"",
        "list: owner = @request.auth.id",
        "",
        &[("LT104", "notes.owner")],
    );
    project.write("schema/loose.yaml", "version: 1\ncollection: loose\nrules: { list: public, update: public }\n");
    project.pbr("migrate diff").succeeds();
    assert_eq!(found(&project, ""), [("SEC101".to_owned(), "loose.update".to_owned())]);
    let users = project.read("schema/users.yaml");
    project.write("schema/users.yaml", &users.replace("rules:\n", "rules:\n  manage: verified = true\n"));
    project.pbr("migrate diff").succeeds();
    assert_eq!(found(&project, ""), [("SEC102".to_owned(), "users.manage".to_owned())]);
}

#[test]
fn sql_that_breaks_the_runner() {
    let project = notes();
    project.pbr("migrate new by_hand").succeeds();
    let name = project.list("migrations").into_iter().find(|name| name.ends_with("by_hand.sql")).expect("a file");
    let file = format!("migrations/{name}");
    let sql = "-- pbr:data\nPRAGMA foreign_keys=OFF;\nBEGIN;\nCREATE TABLE fresh AS SELECT * FROM notes;\nDROP TABLE notes;\nALTER TABLE fresh RENAME TO notes;\nCOMMIT;\nUPDATE _collections SET options = '{\n  \"clientSecret\": \"hunter2\"\n}' WHERE 0;\n";
    project.replace(&file, "-- pbr:data\n", sql);
    project.pbr("migrate hash").succeeds();
    let codes: Vec<String> = found(&project, "").into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["LT102", "LT103", "LT101", "LT103", "SEC103"]);
    project.pbr("migrate lint").exits(4).stderr_contains("error[LT102]").stderr_contains("error[LT103]");
    project.pbr("migrate up").exits(7);
    let sarif: Json =
        serde_json::from_str(&project.pbr("migrate lint --format sarif").exits(4).stdout()).expect("JSON");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "LT102");
    assert_eq!(sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"], 9);
}

#[test]
fn with_a_database_only_what_concerns_rows_is_reported_with_their_number() {
    let project = notes();
    project.replace("schema/notes.yaml", "rules:", "  empty: text\nrules:");
    project.pbr("migrate diff").succeeds();
    project.pbr("migrate").succeeds();
    project.replace("schema/notes.yaml", "  empty: text\n", "");
    project.pbr("migrate diff --drop notes.empty").succeeds();
    project.pbr("migrate lint").exits(4);
    project.pbr("migrate lint --db pb_data").succeeds();
    project.replace("schema/notes.yaml", "  title: { type: text, max: 100 }\n", "").replace(
        "schema/notes.yaml",
        "title != \"\"",
        "kind != \"\"",
    );
    project.pbr("migrate diff --drop notes.title").succeeds();
    let findings = project.pbr("migrate lint --db pb_data/data.db --json").exits(4).json();
    let first = &findings["error"]["meta"]["findings"][0];
    assert_eq!((&first["code"], &first["rows"]), (&"DS102".into(), &2.into()), "{findings}");
}

#[test]
fn a_finding_is_accepted_with_a_reason_and_strict_stops_at_warnings() {
    let project = notes();
    project.replace("schema/notes.yaml", "view: public", "view: title = \"a\"");
    project.pbr("migrate diff").succeeds();
    project.pbr("migrate lint").succeeds().stdout_contains("warning[BC102]").stdout_contains("1 warning");
    project.pbr("migrate lint --strict").exits(4).stderr_contains("-- pbr:nolint BC102 REASON");
    let name = project.list("migrations").into_iter().rfind(|name| name.ends_with(".sql")).expect("a file");
    let file = format!("migrations/{name}");
    let text = project.read(&file);
    project.write(&file, &format!("{text}-- pbr:nolint BC102\n"));
    project.pbr("migrate hash").succeeds();
    project.pbr("migrate lint --strict").exits(4);
    project.write(&file, &format!("{text}-- pbr:nolint BC102 notes.view nobody reads them\n"));
    project.pbr("migrate hash").succeeds();
    project.pbr("migrate lint --strict").succeeds().stdout_contains("nobody reads them");
}

#[test]
fn a_unique_index_counts_the_rows_that_share_a_value() {
    let project = notes();
    project.replace("schema/notes.yaml", "rules:", "  n: text\nrules:");
    project.pbr("migrate diff n").succeeds();
    project.pbr("migrate").succeeds();
    let sql = "UPDATE notes SET n = id; INSERT INTO notes (id, title, n) VALUES ('c', 'y', 'c')";
    project.database().execute_batch(sql).expect("distinct values");
    project.replace("schema/notes.yaml", "rules:", "indexes:\n  - unique: [n]\nrules:");
    project.pbr("migrate diff unique").succeeds();
    project.pbr("migrate lint --db pb_data").succeeds().stdout_contains("nothing found");
    project.database().execute("UPDATE notes SET n = 'a' WHERE id = 'b'", []).expect("a duplicate");
    let findings = project.pbr("migrate lint --db pb_data --json").exits(4).json();
    let first = &findings["error"]["meta"]["findings"][0];
    assert_eq!((&first["code"], &first["rows"]), (&"MF101".into(), &2.into()), "{findings}");
}

#[test]
fn narrowing_counts_the_rows_that_have_more() {
    let project = notes();
    project.replace("schema/notes.yaml", "rules:", "  one: { type: select, values: [a, b, c], maxSelect: 1 }\nrules:");
    project.pbr("migrate diff one").succeeds();
    project.pbr("migrate").succeeds();
    project.database().execute("UPDATE notes SET one = 'a' WHERE id = 'a'", []).expect("a value");
    let rows = |from: &str, to: &str| {
        let before = project.read("schema/notes.yaml");
        project.replace("schema/notes.yaml", from, to);
        project.pbr("migrate diff narrow").succeeds();
        let run = project.pbr("migrate lint --db pb_data --json");
        let json = run.json();
        let name = project.list("migrations").into_iter().rfind(|name| name.ends_with("narrow.sql")).expect("a file");
        std::fs::remove_file(project.file(&format!("migrations/{name}"))).expect("a removed file");
        project.pbr("migrate hash").succeeds();
        project.write("schema/notes.yaml", &before);
        let findings = json.get("findings").or(json["error"]["meta"].get("findings")).cloned().unwrap_or_default();
        let findings = findings.as_array().cloned().unwrap_or_default();
        findings.iter().map(|finding| (finding["code"].clone(), finding["rows"].clone())).collect::<Vec<_>>()
    };
    let narrowed = |rows: i64| vec![(Json::from("DS103"), Json::from(rows))];
    assert_eq!(rows("values: [a, b, c]", "values: [a, b]"), []);
    assert_eq!(rows("values: [a, b, c]", "values: [b, c]"), narrowed(1));
    assert_eq!(rows("values: [a, b], maxSelect: 2", "values: [a, b, c], maxSelect: 3"), []);
    assert_eq!(rows("values: [a, b], maxSelect: 2", "values: [a, c], maxSelect: 2"), narrowed(1));
    assert_eq!(rows("max: 100", "max: 50"), []);
    project.database().execute("UPDATE notes SET title = 'long enough'", []).expect("titles");
    assert_eq!(rows("max: 100", "max: 5"), narrowed(2));
}

#[test]
fn a_rule_of_an_auth_collection_that_admits_more_is_seen() {
    let project = notes();
    let list = "rules:\n  list: id = @request.auth.id\n  view: id = @request.auth.id && verified = true\n";
    let users = project.read("schema/users.yaml");
    let rules = users.find("rules:\n").expect("rules");
    project.write("schema/users.yaml", &format!("{}{list}", &users[..rules]));
    project.pbr("migrate diff start").succeeds();
    let admits = |from: &str, to: &str, expected: &[&str]| {
        project.replace("schema/users.yaml", from, to);
        project.pbr("migrate diff").succeeds();
        let codes: Vec<String> = found(&project, "").into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes, expected, "{from} -> {to}");
    };
    admits("list: id = @request.auth.id\n", "list: id != \"\"\n", &["SEC102"]);
    admits("view: id = @request.auth.id && verified = true", "view: verified = true && @request.auth.id = id", &[]);
    admits("view: verified = true && @request.auth.id = id", "view: '@request.auth.id = id'", &["SEC102"]);
    admits("view: '@request.auth.id = id'", "view: '@request.auth.id = id || id != \"\"'", &["SEC102"]);
    admits("view: '@request.auth.id = id || id != \"\"'", "view: '@request.auth.id = id'", &["BC102"]);
}

#[test]
fn a_rename_that_is_answered_can_go_from_the_schema() {
    let project = notes();
    project.replace("schema/notes.yaml", "  title: { type: text,", "  headline: { type: text, renamedFrom: title,");
    project.replace("schema/notes.yaml", "list: title", "list: headline");
    project.pbr("migrate lint").succeeds().stdout_contains("nothing found");
    project.pbr("migrate diff").succeeds();
    let lint = project.pbr("migrate lint").succeeds();
    lint.stdout_contains("schema/notes.yaml:4: warning[NM102]: the migrations have renamed notes.headline");
    project.pbr("migrate lint --strict").exits(4);
    project.pbr("schema fmt").succeeds();
    assert!(!project.pbr("migrate lint").succeeds().stdout().contains("NM102"));
}

#[test]
fn the_first_migration_of_every_template_is_clean() {
    for template in ["blank", "blog", "chat", "saas", "todo"] {
        let lint = Project::from_template(template).pbr("migrate lint").succeeds();
        lint.stdout_contains("1 migration");
    }
}

#[test]
fn what_up_refuses_cannot_be_accepted() {
    let project = notes();
    project.pbr("migrate new by_hand").succeeds();
    let name = project.list("migrations").into_iter().find(|name| name.ends_with("by_hand.sql")).expect("a file");
    let file = format!("migrations/{name}");
    let sql =
        "-- pbr:nolint LT102 because\n-- pbr:nolint LT103 because\n-- pbr:data\nPRAGMA foreign_keys=OFF;\nCOMMIT;\n";
    project.replace(&file, "-- pbr:data\n", sql);
    project.pbr("migrate hash").succeeds();
    let run = project.pbr("migrate lint").exits(4).stderr_contains("error[LT102]").stderr_contains("error[LT103]");
    run.stderr_contains(&format!("take line 11 out of {file}, then pbr migrate hash"));
    assert!(!project.pbr("migrate lint").stderr().contains("-- pbr:nolint"));
}

#[test]
fn a_finding_in_an_applied_migration_is_accepted_as_the_error_says() {
    let project = notes();
    project.replace("schema/notes.yaml", "view: public", "view: public\n  delete: public");
    project.pbr("migrate diff").succeeds();
    project.pbr("migrate").succeeds();
    let json = project.pbr("migrate lint --json").exits(4).json();
    let advice = json["error"]["next"][0]["command"].as_str().expect("a command").to_owned();
    let (edit, command) = advice.split_once(", then pbr ").expect("two steps");
    let file = edit.split_once("add a line to ").and_then(|(_, rest)| rest.split_once(':')).expect("a file").0;
    let text = project.read(file);
    project.write(file, &format!("{text}-- pbr:nolint SEC101 everybody cleans up\n"));
    project.pbr(command).succeeds();
    project.pbr("migrate lint").succeeds();
    project.pbr("migrate up").succeeds();
}

#[test]
fn a_finding_is_accepted_where_another_database_has_applied_the_migration() {
    let project = notes();
    project.replace("schema/notes.yaml", "view: public", "view: public\n  delete: public");
    project.pbr("migrate diff").succeeds();
    project.pbr("--dir other migrate").succeeds();
    for database in ["other", "other/data.db"] {
        let run = project.pbr(&format!("migrate lint --latest 1 --db {database}")).exits(4);
        run.stderr_contains(&format!(" --as edited --db {database}\n"));
    }
    // The other way round.
    project.pbr("migrate lint --all --db pb_data").exits(4).stderr_contains(", then pbr migrate hash\n");
}

#[test]
fn a_baseline_records_what_is_live_and_is_no_new_exposure() {
    let old = Project::empty();
    old.pbr("superuser create root@example.com secret12345").succeeds();
    let server = old.serve();
    let open = serde_json::json!({ "name": "walls", "type": "base", "updateRule": "", "deleteRule": "", "fields": [] });
    server.root().post("/api/collections", open).ok();
    let users = serde_json::json!({ "manageRule": "verified = true" });
    server.root().patch("/api/collections/users", users).ok();
    let export = server.root().get("/api/collections").ok()["items"].to_string();
    server.stop();
    old.write("pb_schema.json", &export);
    for source in ["pb_data", "pb_schema.json"] {
        let target = old.file("taken");
        old.pbr(&format!("init taken --from {source}")).succeeds();
        old.pbr("--config taken/pbr.yaml migrate lint").succeeds().stdout_contains("warning[SEC101]");
        // What is opened later is seen.
        old.write("taken/schema/more.yaml", "version: 1\ncollection: more\nrules: { delete: public }\n");
        old.pbr("--config taken/pbr.yaml migrate diff").succeeds();
        old.pbr("--config taken/pbr.yaml migrate lint").exits(4).stderr_contains("more");
        std::fs::remove_dir_all(target).expect("a folder that goes");
    }
}

//! `x-default`: what a new record has when the request does not say.

use crate::support::Project;
use serde_json::json;

const NOTES: &str = "version: 1\ncollection: notes\nfields:\n  title: text\n  status: { type: select, values: [draft, done], maxSelect: 1, required: true, x-default: draft }\n  labels: { type: select, values: [a, b], maxSelect: 2, x-default: [b] }\n  rank: { type: number, x-default: 7 }\n  open: { type: bool, x-default: true }\n  due: { type: date, x-default: 2030-01-01 }\n  meta: { type: json, x-default: { tags: [x] } }\n  inner: { type: text, hidden: true, x-default: secret }\nrules:\n  list: public\n  view: public\n  create: status = \"draft\" && @request.body.status:isset = false\n  update: public\n";

fn notes() -> Project {
    let project = Project::from_template("blank");
    project.write("schema/notes.yaml", NOTES);
    project.pbr("migrate diff notes").succeeds();
    project.pbr("migrate").succeeds();
    project
}

#[test]
fn absent_keys_take_the_default_and_null_does_not() {
    let project = notes();
    let server = project.serve();
    let client = server.client();
    let made = client.post("/api/collections/notes/records", json!({ "title": "x" })).ok();
    assert_eq!(made["status"], "draft");
    assert_eq!((&made["labels"], &made["rank"], &made["open"]), (&json!(["b"]), &json!(7), &json!(true)));
    assert_eq!((&made["due"], &made["meta"]), (&json!("2030-01-01 00:00:00.000Z"), &json!({ "tags": ["x"] })));
    let inner: String = project.database().query_row("SELECT inner FROM notes", [], |row| row.get(0)).expect("a row");
    assert_eq!(inner, "secret");

    let given = client
        .post(
            "/api/collections/notes/records",
            json!({ "rank": null, "open": false, "labels": [], "meta": null, "due": "" }),
        )
        .ok();
    assert_eq!(
        (&given["rank"], &given["open"], &given["labels"], &given["meta"], &given["due"]),
        (&json!(0), &json!(false), &json!([]), &json!(null), &json!(""))
    );
    let added = client.post("/api/collections/notes/records", json!({ "rank+": 3, "labels+": "a" })).ok();
    assert_eq!((&added["rank"], &added["labels"]), (&json!(10), &json!(["b", "a"])));
    client.post("/api/collections/notes/records", json!({ "status": "draft" })).is(400);

    let form = reqwest::blocking::multipart::Form::new().text("title", "form");
    let sent = client.send(client.request("POST", "/api/collections/notes/records").multipart(form)).ok();
    assert_eq!((&sent["status"], &sent["rank"]), (&json!("draft"), &json!(7)));

    // An update is no create.
    let id = made["id"].as_str().expect("an id");
    let changed = client.patch(&format!("/api/collections/notes/records/{id}"), json!({ "open": false })).ok();
    let again = client.patch(&format!("/api/collections/notes/records/{id}"), json!({ "title": "y" })).ok();
    assert_eq!((&changed["open"], &again["open"]), (&json!(false), &json!(false)));
}

#[test]
fn defaults_survive_renames_the_dashboard_and_the_way_back() {
    let project = notes();
    project.replace("schema/notes.yaml", "  rank: {", "  weight: {");
    project.pbr("migrate diff --rename notes.rank=notes.weight").succeeds();
    project.pbr("migrate").succeeds();
    project.replace("schema/notes.yaml", "x-default: 7", "x-default: 8");
    project.pbr("migrate diff --check").exits(4).stderr_contains("change field notes.weight: x-default 7 -> 8");
    project.pbr("migrate diff").succeeds();
    project.pbr("migrate").succeeds();
    project.pbr("migrate drift").succeeds();
    project.pbr("superuser upsert root@example.com secret12345").succeeds();
    {
        let server = project.serve_with("--schema-edits allow");
        let root = server.root();
        let mut notes = root.get("/api/collections/notes").ok();
        assert!(!notes.to_string().contains("x-default"), "{notes}");
        for field in notes["fields"].as_array_mut().expect("fields") {
            if field["name"] == "weight" {
                field["name"] = json!("mass");
            }
        }
        root.patch("/api/collections/notes", notes).ok();
        let made = root.post("/api/collections/notes/records", json!({})).ok();
        assert_eq!(made["mass"], json!(8));
    }
    project.pbr("migrate pull").succeeds();
    assert!(
        project.read("schema/notes.yaml").contains("mass: { type: number, x-default: 8 }"),
        "{}",
        project.read("schema/notes.yaml")
    );
    project.pbr("migrate drift").succeeds();
    project.replace("schema/notes.yaml", ", x-default: 8", "");
    project.pbr("migrate diff").succeeds();
    project.pbr("migrate").succeeds();
    project.pbr("migrate drift").succeeds();
    let exported = project.pbr("schema export").succeeds().stdout();
    assert!(!exported.contains("x-default"));
    project.write("export.json", &exported);
    project.pbr("schema import export.json").succeeds().stdout_contains("has it all already");
}

#[test]
fn a_default_that_no_record_could_have_is_refused_at_its_place() {
    for (field, reason) in [
        ("{ type: number, x-default: many }", "is no value of a `number` field"),
        ("{ type: select, values: [a], x-default: b }", "the default of `f` is refused"),
        ("{ type: text, max: 3, x-default: long }", "no more than 3 character(s)"),
        ("{ type: file, x-default: a.png }", "a field of type `file` has no default"),
        ("{ type: bool, x-default: maybe }", "is no value of a `bool` field"),
        ("{ type: text, x-index: true }", "`x-index` is not supported yet"),
    ] {
        let project = Project::from_template("blank");
        project.write("schema/a.yaml", &format!("version: 1\ncollection: a\nfields:\n  f: {field}\n"));
        project.pbr("schema validate").exits(9).stderr_contains(reason).stderr_contains("schema/a.yaml:4:");
    }
}

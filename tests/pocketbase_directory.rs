//! One data directory, two servers: what one writes the other reads.

use crate::support::{Project, pocketbase};
use serde_json::{Value as Json, json};

/// A list without what differs from server to server by design.
fn items(reply: Json) -> Vec<Json> {
    reply["items"].as_array().expect("items").clone()
}

#[test]
fn pocketbase_opens_a_directory_that_pbr_made_and_reads_the_same_records() {
    let project = Project::from_template("blog");
    project.replace("pbr.yaml", "environment: development", "environment: development\npasswordHash: bcrypt");
    project.pbr("migrate").succeeds();
    project.pbr("seed").succeeds();
    project.pbr("superuser create root@example.com secret12345").succeeds();

    let collections = ["users", "posts", "tags", "comments"];
    let read = |client: &crate::support::Client| -> Vec<Vec<Json>> {
        let root = client.login("_superusers", "root@example.com", "secret12345");
        let list = |name: &&str| items(root.get(&format!("/api/collections/{name}/records?sort=id")).ok());
        collections.iter().map(list).collect()
    };
    let server = project.serve();
    let from_pbr = read(&server.client());
    assert!(server.stop().success());
    let server = pocketbase::serve(&project);
    assert_eq!(read(&server.client()), from_pbr);

    let root = server.client().login("_superusers", "root@example.com", "secret12345");
    root.post("/api/collections/tags/records", json!({ "name": "Go", "slug": "go" })).ok();
    // A user of pbr logs in there, too, since the project hashes with bcrypt.
    server.client().login("users", "alice@example.com", "secret123");
    server.stop();

    let server = project.serve();
    let found = server.client().get("/api/collections/tags/records?filter=slug='go'").ok();
    assert_eq!(found["items"][0]["name"], "Go");
}

#[test]
fn pbr_opens_a_directory_that_pocketbase_made() {
    let project = Project::empty();
    pocketbase::run(&project, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    let server = pocketbase::serve(&project);
    let root = server.client().login("_superusers", "root@example.com", "secret12345");
    let notes = json!({ "name": "notes", "type": "base", "listRule": "", "createRule": "", "fields": [
        { "name": "text", "type": "text" }, { "name": "n", "type": "number" }, { "name": "extra", "type": "json" },
        { "name": "where", "type": "geoPoint" }, { "name": "kinds", "type": "select", "values": ["a", "b"], "maxSelect": 2 },
    ]});
    root.post("/api/collections", notes).ok();
    let note =
        json!({ "text": "x", "n": 1.5, "extra": { "b": [1, 2] }, "where": { "lon": 1, "lat": 2 }, "kinds": ["b"] });
    root.post("/api/collections/notes/records", note).ok();
    let user = json!({ "email": "u@example.com", "password": "password1", "passwordConfirm": "password1" });
    root.post("/api/collections/users/records", user).ok();
    let before = items(root.get("/api/collections/notes/records").ok());
    server.stop();

    let server = project.serve();
    assert_eq!(items(server.client().get("/api/collections/notes/records").ok()), before);
    let user = server.client().login("users", "u@example.com", "password1");
    user.post("/api/collections/users/auth-refresh", json!({})).ok();
    server.client().post("/api/collections/notes/records", json!({ "text": "from pbr" })).ok();
    server.stop();

    let server = pocketbase::serve(&project);
    assert_eq!(items(server.client().get("/api/collections/notes/records").ok()).len(), 2);
    server.client().login("users", "u@example.com", "password1");
}

#[test]
fn passwords_are_hashed_for_whoever_will_read_them() {
    let bare = Project::empty();
    bare.pbr("superuser create root@example.com secret12345").succeeds();
    let hash = |project: &Project| -> String {
        project.database().query_row("SELECT password FROM _superusers", [], |row| row.get(0)).expect("a hash")
    };
    assert!(hash(&bare).starts_with("$2a$10$"));
    let project = Project::from_template("blank");
    project.pbr("migrate").succeeds();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    assert!(hash(&project).starts_with("$argon2id$"));
}

#[test]
fn a_change_by_another_process_is_seen_by_the_running_server() {
    let project = Project::from_template("blog");
    project.pbr("migrate").succeeds();
    let server = project.serve();
    assert_eq!(server.client().get("/api/collections/tags/records").ok()["totalItems"], 0);
    project.pbr("seed").succeeds();
    assert_eq!(server.client().get("/api/collections/tags/records").ok()["totalItems"], 4);

    project.replace("schema/tags.yaml", "fields:\n", "fields:\n  colour: text\n");
    project.pbr("migrate diff add_colour").succeeds();
    project.pbr("migrate up").succeeds();
    crate::support::eventually(|| {
        let page = server.client().get("/api/collections/tags/records").ok();
        page["items"][0].get("colour") == Some(&json!(""))
    });
}

/// Every field type, a view, files and an account, made by an older PocketBase.
fn older_app(server: &crate::support::Server) -> Vec<Json> {
    let root = server.client().login("_superusers", "root@example.com", "secret12345");
    let every = json!({ "name": "every", "type": "base", "listRule": "", "viewRule": "", "createRule": "", "fields": [
        { "name": "text", "type": "text" }, { "name": "number", "type": "number" }, { "name": "bool", "type": "bool" },
        { "name": "email", "type": "email" }, { "name": "url", "type": "url" }, { "name": "editor", "type": "editor" },
        { "name": "date", "type": "date" }, { "name": "created", "type": "autodate", "onCreate": true },
        { "name": "one", "type": "select", "values": ["a", "b"], "maxSelect": 1 },
        { "name": "some", "type": "select", "values": ["a", "b"], "maxSelect": 2 },
        { "name": "json", "type": "json" }, { "name": "file", "type": "file", "maxSelect": 1 },
        { "name": "user", "type": "relation", "collectionId": "_pb_users_auth_", "maxSelect": 1 },
        { "name": "secret", "type": "password" },
    ]});
    root.post("/api/collections", every).ok();
    let view = json!({ "name": "totals", "type": "view", "listRule": "", "viewQuery": "SELECT id, text, (number * 2) as twice FROM every" });
    root.post("/api/collections", view).ok();
    let user = json!({ "email": "u@example.com", "password": "password1", "passwordConfirm": "password1" });
    let user = root.post("/api/collections/users/records", user).ok();
    let form = reqwest::blocking::multipart::Form::new()
        .text("@jsonPayload", json!({
            "text": "x", "number": 1.5, "bool": true, "email": "a@b.co", "url": "https://example.com", "editor": "<p>x</p>",
            "date": "2024-01-02 03:04:05.678Z", "one": "a", "some": ["a", "b"], "json": { "b": [1, null], "a": "ü" },
            "user": user["id"], "secret": "password1",
        }).to_string())
        .part("file", reqwest::blocking::multipart::Part::bytes(b"contents".as_slice()).file_name("a.txt"));
    let request = root.request("POST", "/api/collections/every/records").multipart(form);
    let made = root.send(request).ok();
    vec![made]
}

#[test]
fn directories_of_older_pocketbases_open_in_place_and_go_back() {
    let Some(older) = pocketbase::older() else { panic!("tests/run.sh puts PocketBase 0.39.11 in place") };
    let project = Project::empty();
    pocketbase::run_with(&older, &project, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    let server = pocketbase::serve_with(&older, &project);
    let made = older_app(&server);
    server.stop();

    let server = project.serve();
    let client = server.client();
    assert_eq!(items(client.get("/api/collections/every/records").ok()), made);
    assert_eq!(client.get("/api/collections/totals/records").ok()["items"][0]["twice"], 3);
    let id = made[0]["id"].as_str().expect("an id");
    let file = made[0]["file"].as_str().expect("a name");
    assert_eq!(client.get(&format!("/api/files/every/{id}/{file}")).body, "contents");
    client.login("users", "u@example.com", "password1");
    client.post("/api/collections/every/records", json!({ "text": "from pbr", "json": [1] })).ok();
    let all = items(client.get("/api/collections/every/records?sort=created").ok());
    server.stop();

    for program in [older.as_str(), "pocketbase"] {
        let server = pocketbase::serve_with(program, &project);
        assert_eq!(items(server.client().get("/api/collections/every/records?sort=created").ok()), all, "{program}");
        server.client().login("users", "u@example.com", "password1");
        server.stop();
    }
}

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

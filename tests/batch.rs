//! Batch requests, side by side with PocketBase.

use crate::support::{Client, Project, Server, http::Reply, pocketbase};
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value as Json, json};
use std::path::Path;

const BATCH: &str = "/api/batch";
const TAGS: &str = "/api/collections/tags/records";

/// Batches on, and a collection to write to.
fn prepare(root: &Client, settings: Json) {
    root.patch("/api/settings", json!({ "batch": settings })).ok();
    let tags = json!({ "name": "tags", "createRule": "@request.auth.id = '' && n < 10", "updateRule": "n < 5",
        "listRule": "", "fields": [{ "name": "name", "type": "text", "required": true }, { "name": "n", "type": "number" },
        { "name": "files", "type": "file", "maxSelect": 3 }] });
    root.post("/api/collections", tags).ok();
}

fn served(settings: Json) -> (Project, Server, Client) {
    let (project, server, root) = Project::bare();
    prepare(&root, settings);
    (project, server, root)
}

fn item(method: &str, url: &str, body: Json) -> Json {
    json!({ "method": method, "url": url, "body": body })
}

fn batch(client: &Client, items: Json) -> Reply {
    client.post(BATCH, json!({ "requests": items }))
}

/// Ids that PocketBase draws at random are left out by `fields`.
fn same_answers(requests: impl IntoIterator<Item = Json>) {
    let (_own, _server, pbr) = served(json!({ "enabled": true, "maxRequests": 6 }));
    let project = Project::empty();
    pocketbase::run(&project, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    let server = pocketbase::serve(&project);
    let peer = server.root();
    prepare(&peer, json!({ "enabled": true, "maxRequests": 6 }));
    for body in requests {
        let answers = [&pbr, &peer].map(|client| {
            let reply = client.post(BATCH, body.clone());
            (reply.status, reply.json())
        });
        assert_eq!(answers[0], answers[1], "{body}");
        let list = |client: &Client| client.get(&format!("{TAGS}?fields=items.name,items.n,totalItems")).json();
        assert_eq!(list(&pbr), list(&peer), "{body}");
    }
}

#[test]
fn items_see_each_other_and_answer_as_in_pocketbase() {
    let named = format!("{TAGS}?fields=id,name");
    let (one, two) = ("aaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbb");
    same_answers([
        json!({ "requests": [
            item("POST", &named, json!({ "id": one, "name": "one" })),
            item("PATCH", &format!("{TAGS}/{one}?fields=id,name"), json!({ "name": "changed" })),
            item("PUT", &named, json!({ "id": two, "name": "new" })),
            item("PUT", &named, json!({ "id": two, "name": "newer" })),
            { "method": "DELETE", "url": format!("{TAGS}/{one}") },
        ] }),
        json!({ "REQUESTS": [{ "METHOD": "POST", "URL": named, "BODY": { "id": one, "name": "007", "n": "5" } }] }),
    ]);
}

#[test]
fn one_refused_item_undoes_the_batch_as_in_pocketbase() {
    let good = item("POST", TAGS, json!({ "id": "aaaaaaaaaaaaaaa", "name": "good" }));
    let bad = [
        good.clone(),
        item("POST", TAGS, json!({})),
        item("PATCH", &format!("{TAGS}/nope"), json!({})),
        item("DELETE", &format!("{TAGS}/nope"), Json::Null),
        item("POST", "/api/collections/nope/records", json!({})),
    ];
    // Unless they come first, PocketBase answers these with a panic.
    let unknown = [
        item("GET", TAGS, Json::Null),
        item("PUT", &format!("{TAGS}/aaaaaaaaaaaaaaa"), json!({})),
        item("POST", &format!("{TAGS}/"), json!({})),
    ];
    let unknown = unknown.into_iter().map(|unknown| json!({ "requests": [unknown, good] }));
    same_answers(bad.iter().map(|bad| json!({ "requests": [good, bad] })).chain(unknown));
}

#[test]
fn malformed_batches_are_refused_as_in_pocketbase() {
    let long = "/".repeat(2001);
    same_answers([
        json!({}),
        json!({ "requests": 5 }),
        json!({ "requests": [5] }),
        json!({ "requests": [{ "method": "POST", "url": TAGS, "body": 5 }] }),
        json!({ "requests": [{ "method": "POST", "url": TAGS, "headers": { "a": 5 } }] }),
        json!({ "requests": [{}, { "method": "post", "url": long }] }),
        json!({ "requests": vec![item("POST", TAGS, json!({ "name": "x" })); 7] }),
    ]);
}

#[test]
fn batches_are_off_until_they_are_allowed_and_bounded_then() {
    let (_project, _server, root) = served(json!({ "enabled": false }));
    let items = || json!([item("POST", TAGS, json!({ "name": "x".repeat(100) }))]);
    assert_eq!(batch(&root, items()).is(403).json()["message"], "Batch requests are not allowed.");
    root.patch("/api/settings", json!({ "batch": { "enabled": true, "maxBodySize": 50 } })).ok();
    batch(&root, items()).is(413);
    root.patch("/api/settings", json!({ "batch": { "maxBodySize": 0 } })).ok();
    batch(&root, items()).is(200);
}

#[test]
fn rules_hold_for_every_item() {
    let (_project, server, root) = served(json!({ "enabled": true }));
    let guest = server.client();
    let create = |n: i64| item("POST", TAGS, json!({ "name": "x", "n": n }));
    batch(&guest, json!([create(1), create(9)])).is(200);
    let reply = batch(&guest, json!([create(1), create(10)])).is(400).json();
    assert_eq!(reply["data"]["requests"]["1"]["response"]["status"], 400);
    assert_eq!(root.get(TAGS).ok()["totalItems"], 2);
    // What the first item made is judged by the rule of the second.
    let id = "ccccccccccccccc";
    let change = |n: i64| item("PATCH", &format!("{TAGS}/{id}"), json!({ "n": n }));
    let first = item("POST", TAGS, json!({ "id": id, "name": "y", "n": 1 }));
    let reply = batch(&guest, json!([first, change(7), change(8)])).is(400).json();
    assert_eq!(reply["data"]["requests"]["2"]["response"]["status"], 404);
    let reply = batch(
        &guest,
        json!([{ "method": "DELETE", "url": format!("{TAGS}/{id}"), "headers": { "Authorization": "x" } }]),
    );
    assert_eq!(reply.is(400).json()["data"]["requests"]["0"]["response"]["status"], 403);
}

fn with_files(client: &Client, items: Json, files: &[&str]) -> Reply {
    let mut form = Form::new().text("@jsonPayload", json!({ "requests": items }).to_string());
    for key in files {
        form = form.part((*key).to_owned(), Part::bytes(key.as_bytes().to_vec()).file_name("a.txt"));
    }
    client.send(client.request("POST", BATCH).multipart(form))
}

fn stored_files(dir: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(dir) else { return 0 };
    let entries = entries.map(|entry| entry.expect("an entry").path());
    entries.map(|path| if path.is_dir() { stored_files(&path) } else { 1 }).sum()
}

#[test]
fn files_come_with_their_item_and_go_with_the_batch() {
    let (project, server, root) = served(json!({ "enabled": true }));
    let items = |second: Json| json!([item("POST", TAGS, json!({ "name": "one" })), item("POST", TAGS, second)]);
    let keys = ["requests.0.files", "requests[1].files+", "requests[1].files+", "requests.7.files", "requests.0.name"];
    let reply = with_files(&root, items(json!({ "name": "two" })), &keys).ok();
    let names = |at: usize| reply[at]["body"]["files"].as_array().expect("a list").clone();
    assert_eq!((names(0).len(), names(1).len()), (1, 2));
    let url = format!(
        "/api/files/tags/{}/{}",
        reply[0]["body"]["id"].as_str().expect("an id"),
        names(0)[0].as_str().expect("a name")
    );
    assert_eq!(server.client().get(&url).body, "requests.0.files");
    let before = stored_files(&project.file("pb_data/storage"));
    with_files(&root, items(json!({})), &keys).is(400);
    assert_eq!(stored_files(&project.file("pb_data/storage")), before);
}

#[test]
fn a_record_that_comes_again_in_the_same_batch_has_the_files_it_came_with() {
    let (project, server, root) = served(json!({ "enabled": true }));
    let id = "same00000000001";
    let create = || item("POST", TAGS, json!({ "id": id, "name": "a" }));
    with_files(&root, json!([create()]), &["requests.0.files"]).ok();
    let items = json!([item("DELETE", &format!("{TAGS}/{id}"), json!({})), create()]);
    let reply = with_files(&root, items, &["requests.1.files"]).ok();
    let name = reply[1]["body"]["files"][0].as_str().expect("a name").to_owned();
    assert_eq!(server.client().get(&format!("/api/files/tags/{id}/{name}")).body, "requests.1.files");
    // The file and what is known of it.
    assert_eq!(stored_files(&project.file("pb_data/storage")), 2);
}

#[test]
fn a_batch_that_takes_too_long_is_undone_and_holds_nobody_up() {
    let (_project, server, root) = served(json!({ "enabled": true, "timeout": 1, "maxRequests": 500 }));
    // Each password takes its time to hash.
    let users: Vec<Json> = (0..500)
        .map(|n| {
            let body = json!({ "email": format!("u{n}@example.com"), "password": "password1", "passwordConfirm": "password1" });
            item("POST", "/api/collections/users/records", body)
        })
        .collect();
    let reply = batch(&root, json!(users));
    assert_eq!(reply.is(400).json(), json!({ "data": {}, "message": "Batch transaction failed.", "status": 400 }));
    assert_eq!(root.get("/api/collections/users/records").ok()["totalItems"], 0);
    server.client().post(TAGS, json!({ "name": "after", "n": 1 })).ok();
}

#[test]
fn hooks_that_follow_a_write_wait_for_the_whole_batch() {
    use pbr::records::{BatchAction, BatchError, BatchItem, WriteRequest};
    use std::sync::{Arc, Mutex};
    let project = Project::from_template("blog");
    project.pbr("migrate").succeeds();
    let app = pbr::App::builder(project.file("pb_data")).open().expect("an app");
    let trace = Arc::new(Mutex::new(Vec::new()));
    let hooks = &app.hooks().record;
    for (hook, name) in
        [(&hooks.create, "create"), (&hooks.after_create_success, "success"), (&hooks.after_create_error, "error")]
    {
        let (trace, reader) = (Arc::clone(&trace), app.clone());
        hook.bind(&["tags"], move |event, next| {
            // Only what is committed can be read from outside.
            let stored = name == "success" && reader.record("tags", event.record.id(&event.collection)).is_ok();
            trace.lock().expect("no panic while held").push(if stored { "stored" } else { name });
            next.run(event)
        });
    }
    let run = |bodies: &[Json]| {
        let item = |body: &Json| {
            let collection = app.collection("tags").expect("tags");
            let request = Arc::new(pbr::query::RequestInfo::of_operator());
            let write = WriteRequest { collection, request, expand: String::new() };
            let action = BatchAction::Create(body.as_object().expect("an object").clone().into());
            Ok(BatchItem { write, action, answerable: true })
        };
        let done = app.records().batch(bodies.iter().map(item).collect(), std::time::Duration::from_secs(10));
        (done.map(|answers| answers.len()), std::mem::take(&mut *trace.lock().expect("no panic while held")))
    };
    let (a, b) = (json!({ "name": "A", "slug": "a" }), json!({ "name": "B", "slug": "b" }));
    let (done, seen) = run(&[a, b]);
    assert_eq!(done.expect("both"), 2);
    assert_eq!(seen, ["create", "create", "stored", "stored"]);
    let (done, seen) = run(&[json!({ "name": "C", "slug": "c" }), json!({})]);
    assert!(matches!(done, Err(BatchError::Item(1, _))), "{done:?}");
    assert_eq!(seen.iter().filter(|seen| **seen == "error").count(), 2, "{seen:?}");
    assert!(!seen.contains(&"stored") && !seen.contains(&"success"), "{seen:?}");
}

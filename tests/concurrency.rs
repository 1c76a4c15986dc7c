//! Requests that meet: what two of them change at the same time, and what one of them makes of thousands of records.

use crate::support::http::Reply;
use crate::support::sse::Stream;
use crate::support::{Client, Project, Server, eventually};
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value as Json, json};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const NOTES: &str = "/api/collections/notes/records";
const NOTE: &str = "note00000000001";

fn notes(root: &Client) {
    let make = |fields: Json, name: &str| {
        let rules = json!({ "listRule": "", "viewRule": "", "createRule": "", "updateRule": "", "deleteRule": "" });
        let mut collection = json!({ "name": name, "type": "base", "fields": fields });
        collection.as_object_mut().expect("an object").extend(rules.as_object().expect("an object").clone());
        root.post("/api/collections", collection).ok()["id"].clone()
    };
    let texts = make(json!([{ "name": "text", "type": "editor" }]), "texts");
    make(
        json!([
            { "name": "n", "type": "number" }, { "name": "at", "type": "date" }, { "name": "title", "type": "text" },
            { "name": "text", "type": "relation", "collectionId": texts },
            { "name": "docs", "type": "file", "maxSelect": 99 },
        ]),
        "notes",
    );
}

fn served() -> (Project, Server, Client) {
    let (project, server, root) = Project::bare();
    notes(&root);
    (project, server, root)
}

/// Runs the same work on so many threads at once.
fn at_once(times: usize, work: impl Fn(usize) + Sync) {
    std::thread::scope(|scope| {
        for at in 0..times {
            let work = &work;
            scope.spawn(move || work(at));
        }
    });
}

/// Adds a file to a note.
fn upload(client: &Client, path: &str, at: usize) -> Reply {
    let part = Part::bytes(b"content".to_vec()).file_name(format!("f{at}.txt"));
    client.send(client.request("PATCH", path).multipart(Form::new().part("docs+", part)))
}

/// Says that something has ended, even by a panic.
struct Ended<'a>(&'a AtomicBool);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn lists_under_way_while_a_collection_changes_spoil_no_later_one() {
    let (_project, server, root) = served();
    let collection = format!("/api/collections/{}", root.get("/api/collections/notes").ok()["id"].as_str().unwrap());
    let list = format!("{collection}/records");
    let hidden = format!("{list}?filter=(title='secret')");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for path in [&list, &hidden, &list, &hidden] {
            let (client, done) = (server.client(), &done);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    client.get(path);
                }
            });
        }
        let _ended = Ended(&done);
        for round in 0..40 {
            let hide = round % 2 == 0;
            let mut changed = root.get(&collection).ok();
            changed["name"] = json!(if hide { "notes" } else { "renamed" });
            let fields = changed["fields"].as_array_mut().expect("fields");
            fields.iter_mut().find(|field| field["name"] == "title").expect("a title")["hidden"] = json!(hide);
            root.patch(&collection, changed).ok();
            let guest = server.client();
            guest.get(&list).is(200);
            guest.get(&hidden).is(if hide { 400 } else { 200 });
        }
    });
}

/// Renames the field `title` sixty times, to `title59` at last.
fn rename_title(root: &Client, collection: &str) {
    for round in 0..60 {
        let mut changed = root.get(collection).ok();
        let fields = changed["fields"].as_array_mut().expect("fields");
        let title =
            fields.iter_mut().find(|field| field["name"].as_str().is_some_and(|name| name.starts_with("title")));
        title.expect("a title")["name"] = json!(format!("title{round}"));
        root.patch(collection, changed).ok();
    }
}

#[test]
fn readers_find_their_records_while_a_field_is_renamed() {
    let (_project, server, root) = served();
    let collection = format!("/api/collections/{}", root.get("/api/collections/notes").ok()["id"].as_str().unwrap());
    let list = format!("{collection}/records");
    let id = root.post(&list, json!({ "title": "here" })).ok()["id"].as_str().expect("an id").to_owned();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for path in [list.clone(), format!("{list}/{id}"), format!("{list}?sort=n"), format!("{list}/{id}?expand=x")] {
            let (client, done) = (server.client(), &done);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    client.get(&path).is(200);
                }
            });
        }
        let _ended = Ended(&done);
        rename_title(&root, &collection);
    });
}

#[test]
fn writes_step_by_step_are_not_refused_while_a_field_is_renamed() {
    let (_project, server, root) = served();
    let collection = format!("/api/collections/{}", root.get("/api/collections/notes").ok()["id"].as_str().unwrap());
    let list = format!("{collection}/records");
    let id = root.post(&list, json!({ "title": "here" })).ok()["id"].as_str().expect("an id").to_owned();
    let path = format!("{list}/{id}");
    let done = AtomicBool::new(false);
    let expanded = |path: &str| format!("{path}?expand=text");
    let works: [&(dyn Fn(&Client) -> Reply + Sync); 3] = [
        &|client| client.patch(&expanded(&path), json!({ "n+": 1 })),
        &|client| client.post(&expanded(&list), json!({ "n": 1 })),
        &|client| {
            let part = Part::bytes(b"content".to_vec()).file_name("f.txt");
            client.send(client.request("PATCH", &path).multipart(Form::new().part("docs", part)))
        },
    ];
    std::thread::scope(|scope| {
        for work in works {
            let (client, done) = (server.client(), &done);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    work(&client).ok();
                }
            });
        }
        let _ended = Ended(&done);
        rename_title(&root, &collection);
    });
    assert_eq!(root.get(&path).ok()["title59"], "here");
}

#[test]
fn reads_that_fail_do_not_hold_up_a_change_of_a_collection() {
    let (_project, server, root) = served();
    let list = format!("{NOTES}?filter=(nothing='x')");
    let missing = format!("{NOTES}/missing00000000");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // More than there are readers.
        for at in 0..100 {
            let (path, status) = if at % 2 == 0 { (&list, 400) } else { (&missing, 404) };
            let (client, done) = (server.client(), &done);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    client.get(path).is(status);
                }
            });
        }
        let _ended = Ended(&done);
        for round in 0..10 {
            root.patch("/api/collections/notes", json!({ "listRule": format!("n != {round} || n = {round}") })).ok();
            server.client().get("/api/health").ok();
        }
    });
}

#[test]
fn of_additions_at_the_same_time_none_is_lost() {
    let (_project, server, root) = served();
    root.post(NOTES, json!({ "id": NOTE, "title": "old" })).ok();
    let path = format!("{NOTES}/{NOTE}");
    at_once(12, |at| {
        let guest = server.client();
        for _ in 0..5 {
            guest.patch(&format!("{path}?expand=text"), json!({ "n+": 1 })).ok();
        }
        upload(&guest, &path, at).ok();
    });
    let note = root.get(&path).ok();
    assert_eq!((&note["n"], &note["title"]), (&json!(60), &json!("old")));
    let docs = note["docs"].as_array().expect("names");
    assert_eq!(docs.len(), 12, "{docs:?}");
    for name in docs {
        let name = name.as_str().expect("a name");
        root.get(&format!("/api/files/notes/{NOTE}/{name}")).is(200);
    }
}

#[test]
fn an_update_of_what_is_deleted_meanwhile_is_refused_and_leaves_no_file() {
    let (project, server, root) = served();
    let collection = root.get("/api/collections/notes").ok()["id"].as_str().expect("an id").to_owned();
    for round in 0..25 {
        let id = format!("note{round:011}");
        root.post(NOTES, json!({ "id": id })).ok();
        let path = format!("{NOTES}/{id}");
        at_once(4, |at| {
            let guest = server.client();
            if at == 3 {
                guest.delete(&path).is(204);
            } else {
                let status = upload(&guest, &path, at).status;
                assert!([200, 400, 404].contains(&status), "{status}");
            }
        });
        root.get(&path).is(404);
        let folder = format!("pb_data/storage/{collection}/{id}");
        eventually(|| !project.file(&folder).exists() || project.list(&folder).is_empty());
    }
}

#[test]
fn a_truncate_tells_of_all_records_and_opens_no_database_for_each() {
    let (project, server, root) = served();
    drop((server, root));
    let mut command = Command::new("sh");
    let script = "ulimit -n 150; exec \"$0\" serve --http 127.0.0.1:0";
    command.current_dir(project.path()).args(["-c", script, env!("CARGO_BIN_EXE_pbr")]);
    let server = Server::start(command);
    let root = server.root();
    root.patch("/api/settings", json!({ "batch": { "enabled": true, "maxRequests": 500 } })).ok();
    let create = |n: usize| json!({ "method": "POST", "url": NOTES, "body": { "id": format!("note{n:011}") } });
    let requests = |range: std::ops::Range<usize>| json!({ "requests": range.map(create).collect::<Vec<_>>() });
    root.post("/api/batch", requests(0..400)).ok();
    let stream = Stream::open(&server.client());
    stream.subscribe(&["notes/*"]);
    root.delete("/api/collections/notes/truncate").is(204);
    let ids: Vec<String> = (0..400).map(|_| record_id(&stream.next().data)).collect();
    assert_eq!(ids, (0..400).map(|n| format!("note{n:011}")).collect::<Vec<_>>());
    root.post("/api/batch", requests(0..300)).ok();
    (0..300).for_each(|_| drop(stream.next()));
    let delete = |n: usize| json!({ "method": "DELETE", "url": format!("{NOTES}/note{n:011}") });
    root.post("/api/batch", json!({ "requests": (0..300).map(delete).collect::<Vec<_>>() })).ok();
    for n in 0..300 {
        assert_eq!(record_id(&stream.next().data), format!("note{n:011}"));
    }
}

fn record_id(data: &Json) -> String {
    data["record"]["id"].as_str().expect("an id").to_owned()
}

#[test]
fn a_total_that_the_clock_decides_is_counted_each_time() {
    let (_project, server, root) = served();
    let query = "SELECT id FROM notes WHERE at > strftime('%Y-%m-%d %H:%M:%fZ', 'now')";
    root.post("/api/collections", json!({ "name": "coming", "type": "view", "listRule": "", "viewQuery": query })).ok();
    let soon = chrono::Utc::now() + chrono::Duration::seconds(4);
    root.post(NOTES, json!({ "at": soon.format("%Y-%m-%d %H:%M:%S%.3fZ").to_string() })).ok();
    let guest = server.client();
    let filter = "filter=at%20%3E%20strftime(%27%25Y-%25m-%25d%20%25H%3A%25M%3A%25fZ%27%2C%27now%27)";
    let totals = || {
        ["/api/collections/coming/records".to_owned(), format!("{NOTES}?{filter}")].map(|path| {
            let page = guest.get(&path).ok();
            assert_eq!(page["items"].as_array().map(Vec::len), page["totalItems"].as_u64().map(|total| total as usize));
            page["totalItems"].as_i64().expect("a total")
        })
    };
    // Often enough for every connection to know the totals of before.
    for _ in 0..8 {
        if chrono::Utc::now() < soon - chrono::Duration::seconds(1) {
            totals();
        }
    }
    while chrono::Utc::now() <= soon {
        std::thread::sleep(Duration::from_millis(50));
    }
    (0..8).for_each(|_| assert_eq!(totals(), [0, 0]));
}

#[test]
fn a_manager_sees_the_addresses_of_those_he_is_shown() {
    let (project, server, root) = Project::bare();
    let rules = json!({ "listRule": "", "manageRule": "@request.auth.id != ''" });
    root.patch("/api/collections/users", rules).ok();
    let rows = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 299)
        INSERT INTO users (id, email, tokenKey, password)
            SELECT printf('user%011d', i), printf('u%d@example.com', i), printf('key%d', i), 'x' FROM n";
    project.database().execute_batch(rows).expect("rows");
    let made = json!({ "email": "m@example.com", "password": "12345678", "passwordConfirm": "12345678" });
    root.post("/api/collections/users/records", made).ok();
    let manager = server.client().login("users", "m@example.com", "12345678");
    for expand in ["", "&expand=none"] {
        let page = manager.get(&format!("/api/collections/users/records?sort=@random&perPage=30{expand}")).ok();
        let items = page["items"].as_array().expect("items");
        assert_eq!((items.len(), items.iter().filter(|item| item["email"].is_string()).count()), (30, 30));
    }
}

#[test]
fn an_expansion_reads_no_more_than_it_may_hang_in() {
    let (project, server, root) = Project::bare();
    let open = |name: &str, fields: Json| {
        let body = json!({ "name": name, "type": "base", "listRule": "", "viewRule": "", "fields": fields });
        root.post("/api/collections", body).ok()["id"].clone()
    };
    let posts = open("posts", json!([]));
    let post = json!({ "name": "post", "type": "relation", "collectionId": posts });
    open("replies", json!([post, { "name": "text", "type": "text" }]));
    let rows = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
        INSERT INTO replies (id, post, text)
            SELECT printf('reply%010d', i), printf('post%011d', i / 250), hex(zeroblob(500)) FROM n;
        INSERT INTO posts (id) SELECT DISTINCT post FROM replies;
        CREATE INDEX by_post ON replies (post);";
    project.database().execute_batch(rows).expect("rows");
    let guest = server.client();
    let list = |path: &str| guest.get(&format!("/api/collections/posts/records?perPage=1000&expand={path}"));
    let (grown, page) = server.growth(|| list("replies_via_post.post.replies_via_post").ok());
    assert_eq!(page["items"].as_array().map(Vec::len), Some(400));
    assert!(grown < 300 << 10, "{grown} KiB more");
    let (grown, page) = server.growth(|| list("replies_via_post").ok());
    assert!(grown < 350 << 10, "{grown} KiB more");
    let expanded = |item: &&Json| item["expand"]["replies_via_post"].as_array().is_some_and(|all| all.len() == 250);
    let given = page["items"].as_array().expect("items").iter().filter(expanded).count();
    assert_eq!(given, 200, "as many as 50 000 records are the replies of");
}

#[test]
fn an_expansion_grows_only_so_large() {
    let (_project, server, root) = served();
    let text = "x".repeat(3 << 20);
    let text = root.post("/api/collections/texts/records", json!({ "text": text })).ok()["id"].clone();
    (0..30).for_each(|_| drop(root.post(NOTES, json!({ "text": text })).ok()));
    let expanded = |count: usize| {
        let page = server.client().get(&format!("{NOTES}?perPage={count}&expand=text&skipTotal=1")).ok();
        page["items"].as_array().expect("items").iter().filter(|item| item.get("expand").is_some()).count()
    };
    assert_eq!((expanded(10), expanded(30)), (10, 21));
}

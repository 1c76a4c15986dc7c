//! Realtime on the wire, side by side with PocketBase where the order of messages does not matter to it.

use crate::support::sse::Stream;
use crate::support::{Client, Project, Server, eventually, pocketbase};
use serde_json::{Value as Json, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const POSTS: &str = "/api/collections/posts/records";
const USER: &str = "/api/collections/users/records/user00000000001";
const REALTIME: &str = "/api/realtime";

/// Collections with every kind of rule, and two users.
fn prepare(root: &Client) {
    root.patch("/api/settings", json!({ "batch": { "enabled": true } })).ok();
    let rules = json!({ "listRule": "", "viewRule": "", "createRule": "", "updateRule": "", "deleteRule": "" });
    let make = |name: &str, own: Json, fields: Json| {
        let mut collection = rules.clone();
        let object = collection.as_object_mut().expect("an object");
        object.insert("name".into(), name.into());
        object.insert("type".into(), "base".into());
        object.insert("fields".into(), fields);
        object.extend(own.as_object().expect("an object").clone());
        root.post("/api/collections", collection).ok()
    };
    let users = root.get("/api/collections/users").ok()["id"].clone();
    root.patch("/api/collections/users", json!({ "listRule": "", "viewRule": "", "updateRule": "" })).ok();
    let text = |name: &str| json!({ "name": name, "type": "text" });
    let posts = make(
        "posts",
        json!({}),
        json!([
            text("title"), { "name": "n", "type": "number" }, { "name": "secret", "type": "text", "hidden": true },
            { "name": "owner", "type": "relation", "collectionId": users },
        ]),
    );
    make(
        "private",
        json!({ "listRule": "owner = @request.auth.id", "viewRule": "owner = @request.auth.id" }),
        json!([
            text("title"), { "name": "owner", "type": "relation", "collectionId": users },
        ]),
    );
    make("locked", json!({ "listRule": null, "viewRule": null }), json!([text("title")]));
    make(
        "shown",
        json!({ "listRule": "show = true && @request.query.key = 'k' && @request.headers.x_tok = 't'" }),
        json!([
            text("title"), { "name": "show", "type": "bool" },
        ]),
    );
    make(
        "comments",
        json!({}),
        json!([
            text("text"), { "name": "post", "type": "relation", "collectionId": posts["id"], "cascadeDelete": true },
        ]),
    );
    for (id, email) in [("user00000000001", "a@example.com"), ("user00000000002", "b@example.com")] {
        let user = json!({ "id": id, "email": email, "password": "secret123", "passwordConfirm": "secret123", "verified": true });
        root.post("/api/collections/users/records", user).ok();
    }
}

fn served() -> (Project, Server, Client) {
    let (project, server, root) = Project::bare();
    prepare(&root);
    (project, server, root)
}

fn peer() -> (Project, Server, Client) {
    let project = Project::empty();
    pocketbase::run(&project, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    let server = pocketbase::serve(&project);
    let root = server.root();
    prepare(&root);
    (project, server, root)
}

fn user(server: &Server, name: &str) -> Client {
    server.client().login("users", &format!("{name}@example.com"), "secret123")
}

/// What a scenario made a client hear, in an order of its own.
fn heard(stream: &Stream) -> Vec<String> {
    let mut lines: Vec<String> =
        stream.rest().into_iter().map(|event| format!("{} {}", event.name, event.data)).collect();
    lines.sort();
    lines
}

/// Runs a scenario on both servers; both clients must hear the same. Names of events with options are left as they are.
fn same(scenario: impl Fn(&Server, &Client) -> Vec<String>) -> Vec<String> {
    let (_project, server, root) = served();
    let (_peer_project, peer_server, peer_root) = peer();
    let mine = scenario(&server, &root);
    assert_eq!(mine, scenario(&peer_server, &peer_root));
    mine
}

fn options(topic: &str, options: Json) -> String {
    format!("{topic}?options={}", form_urlencoded::byte_serialize(options.to_string().as_bytes()).collect::<String>())
}

#[test]
fn every_form_of_a_topic_hears_what_its_rule_lets_it() {
    let lines = same(|server, root| {
        let guest = server.client();
        let id = root.get("/api/collections/posts").ok()["id"].as_str().expect("an id").to_owned();
        let stream = Stream::open(&guest);
        stream.subscribe(&[
            "posts/*",
            "posts",
            &format!("{id}/*"),
            "posts/post00000000001",
            "POSTS/*",
            "locked/*",
            "private/*",
            "other",
            "",
        ]);
        guest.post(POSTS, json!({ "id": "post00000000001", "title": "one" })).ok();
        guest.post(POSTS, json!({ "id": "post00000000002", "title": "two", "secret": "s" })).ok();
        guest.patch(&format!("{POSTS}/post00000000001"), json!({ "title": "changed" })).ok();
        guest.patch(&format!("{POSTS}/post00000000001"), json!({ "title": "changed" })).ok();
        guest.delete(&format!("{POSTS}/post00000000001")).is(204);
        guest.post("/api/collections/locked/records", json!({ "title": "x" }));
        heard(&stream)
    });
    assert_eq!(lines.len(), 5 * 3 + 4, "{lines:#?}");
}

#[test]
fn superusers_see_hidden_fields_and_locked_collections() {
    let lines = same(|_server, root| {
        let stream = Stream::open(root);
        stream.subscribe(&["posts/*", "locked/*"]);
        root.post(POSTS, json!({ "id": "post00000000001", "title": "one", "secret": "s" })).ok();
        root.post("/api/collections/locked/records", json!({ "id": "lock00000000001", "title": "x" })).ok();
        heard(&stream)
    });
    assert!(lines.iter().any(|line| line.contains("\"secret\":\"s\"")) && lines.len() == 2, "{lines:#?}");
}

#[test]
fn rules_see_the_client_and_the_options_of_its_subscription() {
    let lines = same(|server, _root| {
        let (a, b) = (user(server, "a"), user(server, "b"));
        let stream = Stream::open(&server.client());
        let shown = options("shown/*", json!({ "query": { "key": "k" }, "headers": { "X-Tok": "t" } }));
        let not_shown = options("shown/*", json!({ "query": { "key": "k" } }));
        stream.subscribe_as(&a, &["private/*", &shown, &not_shown]);
        for (id, owner) in [("priv00000000001", "user00000000001"), ("priv00000000002", "user00000000002")] {
            b.post("/api/collections/private/records", json!({ "id": id, "title": "x", "owner": owner }));
        }
        b.patch("/api/collections/private/records/priv00000000001", json!({ "owner": "user00000000002" }));
        let shown = "/api/collections/shown/records";
        b.post(shown, json!({ "id": "show00000000001", "title": "x", "show": true }));
        b.post(shown, json!({ "id": "show00000000002", "title": "x", "show": false }));
        b.delete(&format!("{shown}/show00000000001"));
        heard(&stream)
    });
    assert_eq!(lines.len(), 3, "{lines:#?}");
}

#[test]
fn filter_expand_and_fields_apply_to_messages() {
    let lines = same(|server, root| {
        let stream = Stream::open(&server.client());
        let of = |query: Json| options("comments/*", json!({ "query": query }));
        let keys = [
            of(json!({ "filter": "text ~ 'yes'", "fields": "text" })),
            of(json!({ "filter": "post.title = 'one'", "expand": "post", "fields": "id,expand.post.title" })),
            of(json!({ "filter": "post.secret = 's'", "fields": "text,id" })),
            of(json!({ "filter": "@request.auth.id = ''", "fields": "id,text" })),
            of(json!({ "filter": "nonsense(", "fields": "text,post" })),
            of(json!({ "expand": "post", "fields": "*,text:excerpt(3,true)" })),
        ];
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        stream.subscribe(&keys);
        root.post(POSTS, json!({ "id": "post00000000001", "title": "one", "secret": "s" })).ok();
        let comments = "/api/collections/comments/records";
        for (id, text) in [("comm00000000001", "yes, please"), ("comm00000000002", "no")] {
            root.post(comments, json!({ "id": id, "text": text, "post": "post00000000001" })).ok();
        }
        heard(&stream)
    });
    assert_eq!(lines.len(), 1 + 2 + 2, "{lines:#?}");
}

#[test]
fn cascades_tell_of_every_record_and_unset_references_are_updates() {
    let lines = same(|server, root| {
        root.post(POSTS, json!({ "id": "post00000000001", "title": "one", "owner": "user00000000002" })).ok();
        let comment = json!({ "id": "comm00000000001", "text": "x", "post": "post00000000001" });
        root.post("/api/collections/comments/records", comment).ok();
        let second = json!({ "id": "post00000000002", "title": "two", "owner": "user00000000002" });
        root.post(POSTS, second).ok();
        let stream = Stream::open(&server.client());
        stream.subscribe(&["posts/*", "comments/*"]);
        root.delete(&format!("{POSTS}/post00000000001")).is(204);
        root.delete("/api/collections/users/records/user00000000002").is(204);
        heard(&stream)
    });
    assert_eq!(lines.len(), 3, "{lines:#?}");
}

#[test]
fn batches_tell_everything_after_the_commit_and_nothing_when_they_are_undone() {
    let lines = same(|server, _root| {
        let client = server.client();
        let stream = Stream::open(&client);
        stream.subscribe(&["posts/*", "shown/*"]);
        let item = |method: &str, url: &str, body: Json| json!({ "method": method, "url": url, "body": body });
        let one = format!("{POSTS}/post00000000001");
        let good = json!({ "requests": [
            item("POST", POSTS, json!({ "id": "post00000000001", "title": "one" })),
            item("PATCH", &one, json!({ "title": "two" })),
            item("DELETE", &one, json!({})),
            item("POST", "/api/collections/shown/records", json!({ "id": "show00000000001", "show": true })),
        ] });
        client.post("/api/batch", good).is(200);
        let bad = json!({ "requests": [
            item("POST", POSTS, json!({ "id": "post00000000002", "title": "one" })),
            item("PATCH", &format!("{POSTS}/missing00000000"), json!({ "title": "two" })),
        ] });
        client.post("/api/batch", bad).is(400);
        heard(&stream)
    });
    assert_eq!(lines.len(), 3, "{lines:#?}");
}

#[test]
fn addresses_are_shown_as_in_the_api() {
    let lines = same(|server, _root| {
        let (a, b) = (user(server, "a"), user(server, "b"));
        let (own, other) = (Stream::open(&a), Stream::open(&b));
        own.subscribe(&["users/*"]);
        other.subscribe(&["users/*"]);
        let fields = |lines: Vec<String>| {
            lines.iter().map(|line| line.contains("a@example.com").to_string()).collect::<Vec<_>>().join(" ")
        };
        a.patch(USER, json!({ "name": "A" })).ok();
        vec![fields(heard(&own)), fields(heard(&other))]
    });
    assert_eq!(lines, ["true", "false"]);
}

#[test]
fn what_ends_with_a_password_is_told() {
    let lines = same(|server, root| {
        let owner = user(server, "a");
        let stream = Stream::open(&owner);
        stream.subscribe(&["_authOrigins/*"]);
        let password = json!({ "password": "another123", "passwordConfirm": "another123" });
        root.patch(USER, password).ok();
        let told = stream.rest().into_iter().map(|event| format!("{} {}", event.name, event.data["action"]));
        told.collect()
    });
    assert_eq!(lines, ["_authOrigins/* \"delete\""]);
}

#[test]
fn what_ends_with_an_account_is_told() {
    let lines = same(|server, root| {
        user(server, "a");
        let streams = [root.clone(), user(server, "b")].map(|client| {
            let stream = Stream::open(&client);
            stream.subscribe(&["_authOrigins/*", "users/*"]);
            stream
        });
        root.delete(USER).is(204);
        let told = |stream: &Stream| {
            let told = stream.rest().into_iter().map(|event| format!("{} {}", event.name, event.data["action"]));
            // PocketBase tells them in either order.
            let mut told: Vec<_> = told.collect();
            told.sort();
            told.join(", ")
        };
        streams.iter().map(told).collect()
    });
    assert_eq!(lines, ["_authOrigins/* \"delete\", users/* \"delete\"", "users/* \"delete\""]);
}

#[test]
fn what_ends_with_a_verification_is_told() {
    let lines = same(|_, root| {
        let users = root.get("/api/collections/users").ok()["id"].clone();
        root.patch(USER, json!({ "verified": false })).ok();
        let own = json!({ "collectionRef": users, "recordRef": "user00000000001" });
        for (table, more) in [
            ("_externalAuths", json!({ "provider": "github", "providerId": "1" })),
            ("_otps", json!({ "password": "12345678" })),
        ] {
            let mut row = own.clone();
            row.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            root.post(&format!("/api/collections/{table}/records"), row).ok();
        }
        let stream = Stream::open(root);
        stream.subscribe(&["_externalAuths/*", "_otps/*", "_authOrigins/*", "users/*"]);
        root.patch(USER, json!({ "verified": true })).ok();
        let told = stream.rest().into_iter().map(|event| format!("{} {}", event.name, event.data["action"]));
        let mut told: Vec<String> = told.collect();
        told.sort();
        told
    });
    assert_eq!(lines, ["_externalAuths/* \"delete\"", "_otps/* \"delete\"", "users/* \"update\""]);
}

#[test]
fn writes_with_passwords_and_expansions_are_told_as_well() {
    let lines = same(|server, root| {
        let stream = Stream::open(&server.client());
        stream.subscribe(&["users/*", "posts/*"]);
        let password = json!({ "password": "another123", "passwordConfirm": "another123" });
        root.patch(USER, password).ok();
        root.post(&format!("{POSTS}?expand=owner"), json!({ "id": "post00000000001", "title": "x" })).ok();
        heard(&stream).iter().map(|line| line.split(' ').next().unwrap_or_default().to_owned()).collect()
    });
    assert_eq!(lines, ["posts/*", "users/*"]);
}

#[test]
fn a_filter_through_a_relation_finds_what_each_client_may_see_there() {
    let lines = same(|server, root| {
        let users = root.get("/api/collections/users").ok()["id"].clone();
        let teams = json!({ "name": "teams", "type": "base", "listRule": "members.id ?= @request.auth.id",
            "viewRule": "members.id ?= @request.auth.id", "fields": [{ "name": "t", "type": "text" },
            { "name": "members", "type": "relation", "collectionId": users, "maxSelect": 9 }] });
        let teams = root.post("/api/collections", teams).ok()["id"].clone();
        let tasks = json!({ "name": "tasks", "type": "base", "listRule": "", "viewRule": "", "fields": [
            { "name": "n", "type": "number" }, { "name": "team", "type": "relation", "collectionId": teams }] });
        root.post("/api/collections", tasks).ok();
        let team = json!({ "id": "team00000000001", "t": "secret", "members": ["user00000000001"] });
        root.post("/api/collections/teams/records", team).ok();
        let task = json!({ "id": "task00000000001", "team": "team00000000001" });
        root.post("/api/collections/tasks/records", task).ok();
        let filter = options("tasks/*", json!({ "query": { "filter": "team.t = 'secret'" } }));
        let hear = |client: &Client| {
            let stream = Stream::open(client);
            stream.subscribe_as(client, &[&filter]);
            stream
        };
        let (member, other, guest) = (user(server, "a"), user(server, "b"), server.client());
        let streams = [&guest, &other, &member, &other, &guest].map(hear);
        for n in 1..=5 {
            root.patch("/api/collections/tasks/records/task00000000001", json!({ "n": n })).ok();
        }
        streams.iter().map(|stream| stream.rest().len().to_string()).collect()
    });
    assert_eq!(lines, ["0", "0", "5", "0", "0"]);
}

#[test]
fn truncating_tells_of_every_record() {
    let lines = same(|server, root| {
        for n in 1..=3 {
            root.post(POSTS, json!({ "id": format!("post0000000000{n}"), "title": "x" })).ok();
        }
        let stream = Stream::open(&server.client());
        stream.subscribe(&["posts/*"]);
        root.delete("/api/collections/posts/truncate").is(204);
        heard(&stream)
    });
    assert_eq!(lines.len(), 3, "{lines:#?}");
}

#[test]
fn all_of_a_burst_reaches_a_client_that_reads() {
    const MANY: usize = 3000;
    let (_project, server, root) = served();
    root.patch("/api/settings", json!({ "batch": { "enabled": true, "maxRequests": MANY, "timeout": 60 } })).ok();
    let stream = Stream::open(&server.client());
    stream.subscribe(&["posts/*"]);
    let item = json!({ "method": "POST", "url": POSTS, "body": { "title": "x".repeat(200) } });
    root.post("/api/batch", json!({ "requests": vec![item; MANY] })).is(200);
    root.delete("/api/collections/posts/truncate").is(204);
    let actions: Vec<Json> = (0..2 * MANY).map(|_| stream.next().data["action"].clone()).collect();
    assert!(actions[..MANY].iter().all(|action| action == "create"));
    assert!(actions[MANY..].iter().all(|action| action == "delete"));
}

#[test]
fn a_client_that_does_not_read_is_cut_for_what_it_leaves() {
    let (_project, server, root) = served();
    let mut unread = unread_stream(&server, &root);
    large_messages(&root, 60);
    // Of 60 MB that were sent to it.
    let received = std::io::copy(&mut unread, &mut std::io::sink()).expect("the end of the stream");
    assert!((1 << 20..55 << 20).contains(&received), "{received}");
}

#[test]
fn bad_subscriptions_are_refused_as_in_pocketbase() {
    let (_project, server, _root) = served();
    let (_peer_project, peer_server, _peer_root) = peer();
    let answers = |server: &Server| {
        let (guest, a, b) = (server.client(), user(server, "a"), user(server, "b"));
        let stream = Stream::open(&guest);
        let ask = |client: &Client, body: Json| {
            let reply = client.post(REALTIME, body);
            (reply.status, reply.body.replace(&stream.id, "ID"))
        };
        let with = |keys: Json| json!({ "clientId": stream.id, "subscriptions": keys });
        let many: Vec<String> = (0..1001).map(|n| n.to_string()).collect();
        let mut all = vec![
            ask(&guest, json!({})),
            ask(&guest, json!([])),
            ask(&guest, json!({ "clientId": 1 })),
            ask(&guest, json!({ "clientId": "x".repeat(256) })),
            ask(&guest, json!({ "clientId": "unknown" })),
            ask(&guest, with(json!("posts/*"))),
            ask(&guest, with(json!({ "a": 1 }))),
            ask(&guest, with(json!(many))),
            ask(&guest, with(json!(["ok", "x".repeat(2501)]))),
            ask(&guest, with(json!(["ok", "x".repeat(2500)]))),
            ask(&guest, with(json!(null))),
            ask(&guest, with(json!(["posts/*"]))),
            ask(&a, with(json!(["posts/*"]))),
            ask(&a, with(json!(["posts/*"]))),
            ask(&guest, with(json!(["posts/*"]))),
            ask(&b, with(json!(["posts/*"]))),
            ask(&a.with_token("nonsense"), with(json!([]))),
            ask(&a, with(json!([]))),
        ];
        let form = guest
            .request("POST", REALTIME)
            .header("content-type", "application/x-www-form-urlencoded")
            .body("clientId=unknown&subscriptions=a&subscriptions=b");
        let reply = guest.send(form);
        all.push((reply.status, reply.body));
        all
    };
    let (mine, theirs) = (answers(&server), answers(&peer_server));
    for (at, (mine, theirs)) in mine.iter().zip(&theirs).enumerate() {
        assert_eq!(mine, theirs, "request {at}");
    }
}

#[test]
fn messages_of_a_topic_come_in_the_order_of_their_commits() {
    let (_project, server, root) = served();
    let guest = server.client();
    let stream = Stream::open(&guest);
    stream.subscribe(&["posts/*"]);
    root.post(POSTS, json!({ "id": "post00000000001", "n": 0 })).ok();
    for n in 1..=100 {
        guest.patch(&format!("{POSTS}/post00000000001"), json!({ "n": n })).ok();
    }
    // Writers side by side: what is stored last is told last.
    let writers: Vec<_> = (0..4)
        .map(|_| {
            let guest = guest.clone();
            std::thread::spawn(move || {
                for _ in 0..25 {
                    guest.patch(&format!("{POSTS}/post00000000001"), json!({ "n+": 1 })).ok();
                }
            })
        })
        .collect();
    writers.into_iter().for_each(|writer| writer.join().expect("a writer"));
    let numbers: Vec<i64> = (0..=200).map(|_| stream.next().data["record"]["n"].as_i64().expect("a number")).collect();
    assert_eq!(numbers, (0..=200).collect::<Vec<i64>>());
}

#[test]
fn a_client_follows_its_record_and_loses_it_with_its_sessions() {
    let (project, server, root) = served();
    let a = user(&server, "a");
    let stream = Stream::open(&server.client());
    stream.subscribe_as(&a, &["private/*", "posts/*"]);
    let write = |n: u8| {
        let private = json!({ "id": format!("priv0000000000{n}"), "owner": "user00000000001" });
        root.post("/api/collections/private/records", private).ok();
        root.post(POSTS, json!({ "id": format!("post0000000000{n}") })).ok();
    };
    let names =
        |events: Vec<crate::support::sse::Event>| events.into_iter().map(|event| event.name).collect::<Vec<_>>();
    write(1);
    assert_eq!(names(stream.rest()), ["private/*", "posts/*"]);
    let password = json!({ "password": "another123", "passwordConfirm": "another123", "oldPassword": "secret123" });
    a.patch(USER, password).ok();
    write(2);
    assert_eq!(names(stream.rest()), ["posts/*"]);
    // A guest now, it may become anybody; and another process may end that too.
    let b = user(&server, "b");
    stream.subscribe_as(&b, &["private/*", "posts/*"]);
    let private = json!({ "id": "priv00000000003", "owner": "user00000000002" });
    root.post("/api/collections/private/records", private).ok();
    assert_eq!(names(stream.rest()), ["private/*"]);
    project.pbr("token revoke b@example.com --collection users").succeeds();
    eventually(|| {
        let id = pbr::schema::random_string(15, pbr::schema::LOWER_ALPHANUMERIC);
        root.post("/api/collections/private/records", json!({ "id": id, "owner": "user00000000002" })).ok();
        stream.rest().is_empty()
    });
    // And a new secret of the collection ends all.
    let c = server.client().login("users", "b@example.com", "secret123");
    stream.subscribe_as(&c, &["private/*"]);
    root.patch("/api/collections/users", json!({ "authToken": { "secret": "x".repeat(40) } })).ok();
    root.post("/api/collections/private/records", json!({ "owner": "user00000000002" })).ok();
    assert_eq!(names(stream.rest()), [""; 0]);
}

#[test]
fn a_stopping_server_waits_for_no_stream_that_is_not_read() {
    let (_project, server, root) = served();
    let _unread = unread_stream(&server, &root);
    large_messages(&root, 20);
    let started = std::time::Instant::now();
    assert!(server.stop().success());
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

/// A stream with a subscription to large records, of which nothing more is read.
fn unread_stream(server: &Server, root: &Client) -> TcpStream {
    let large = json!({ "name": "large", "listRule": "", "fields": [{ "name": "text", "type": "editor" }] });
    root.post("/api/collections", large).ok();
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    stream.write_all(b"GET /api/realtime HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("a request");
    let mut head = String::new();
    while !head.contains("\n\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("the first event");
        head.push(char::from(byte[0]));
    }
    let id = head.split("id:").nth(1).and_then(|rest| rest.lines().next()).expect("an id");
    root.post("/api/realtime", json!({ "clientId": id, "subscriptions": ["large/*"] })).is(204);
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    stream
}

/// Messages of a megabyte each.
fn large_messages(root: &Client, count: usize) {
    for _ in 0..count {
        root.post("/api/collections/large/records", json!({ "text": "x".repeat(1 << 20) })).ok();
    }
}

#[test]
fn a_stopping_server_ends_its_streams() {
    let (_project, server, _root) = served();
    let stream = Stream::open(&server.client());
    stream.subscribe(&["posts/*"]);
    assert!(server.stop().success());
    assert!(stream.is_over());
}

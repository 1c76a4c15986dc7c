//! The collections API, side by side with PocketBase and over a restart.

use crate::support::{Client, Project, pocketbase};
use serde_json::{Value as Json, json};
use std::time::{Duration, Instant};

const COLLECTIONS: &str = "/api/collections";

fn text(name: &str) -> Json {
    json!({ "name": name, "type": "text" })
}

/// A reply without what differs from one run to the next.
fn normalised(body: &str) -> Json {
    fn walk(value: &mut Json) {
        match value {
            Json::Object(object) => {
                for (key, value) in object.iter_mut() {
                    if matches!(key.as_str(), "created" | "updated") && value != "" {
                        *value = json!("MOMENT");
                    } else if value.as_str().is_some_and(|id| key == "id" && id.starts_with("_clone_")) {
                        *value = json!("_clone_");
                    } else {
                        walk(value);
                    }
                }
            }
            Json::Array(items) => items.iter_mut().for_each(walk),
            _ => {}
        }
    }
    let mut json = serde_json::from_str(body).unwrap_or(Json::Null);
    walk(&mut json);
    json
}

/// Sends the same requests to both servers and compares the answers.
fn same_answers(requests: &[(&str, &str, Json)]) {
    let (_own, _server, pbr) = Project::bare();
    let project = Project::empty();
    pocketbase::run(&project, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    let server = pocketbase::serve(&project);
    let peer = server.root();
    for (method, path, body) in requests {
        let ask = |client: &Client| {
            let request = client.request(method, path);
            let reply = client.send(if body.is_null() { request } else { request.json(body) });
            (reply.status, normalised(&reply.body))
        };
        assert_eq!(ask(&pbr), ask(&peer), "{method} {path} {body}");
    }
}

#[test]
fn a_collection_is_created_changed_and_deleted_with_the_answers_of_pocketbase() {
    let notes = json!({ "name": "notes", "fields": [text("title"), { "name": "n", "type": "number" }],
        "indexes": ["create index idx_t on notes (title)"], "listRule": "" });
    let renamed = json!({ "name": "memos", "fields": [{ "name": "heading", "type": "text", "id": "text724990059" }],
        "indexes": ["CREATE INDEX idx_h ON notes (heading, id)"] });
    same_answers(&[
        ("POST", COLLECTIONS, notes),
        ("POST", "/api/collections/notes/records", json!({ "id": "aaaaaaaaaaaaaaa", "title": "kept", "n": 1 })),
        ("PATCH", "/api/collections/notes", renamed),
        ("GET", "/api/collections/memos/records", Json::Null),
        ("GET", "/api/collections?sort=-name&filter=system=false", Json::Null),
        ("GET", "/api/collections?perPage=2&page=2", Json::Null),
        ("GET", "/api/collections?filter=nope=1", Json::Null),
        ("GET", "/api/collections/meta/scaffolds?fields=base,view", Json::Null),
        ("GET", "/api/collections/meta/oauth2-providers?fields=name,displayName", Json::Null),
        ("DELETE", "/api/collections/memos/truncate", Json::Null),
        ("GET", "/api/collections/memos/records", Json::Null),
        ("DELETE", "/api/collections/memos", Json::Null),
        ("GET", "/api/collections/memos", Json::Null),
    ]);
}

#[test]
fn what_cannot_be_a_collection_is_refused_with_the_codes_of_pocketbase() {
    let create = |body: Json| ("POST", COLLECTIONS, body);
    let fields = |fields: Json| ("POST", COLLECTIONS, json!({ "name": "bad", "fields": fields }));
    same_answers(&[
        create(json!({})),
        create(json!({ "name": "a b" })),
        create(json!({ "name": "USERS" })),
        create(json!({ "name": "sqlite_x" })),
        create(json!({ "name": "ok", "type": "nope" })),
        create(json!({ "name": "ok", "type": 5 })),
        create(json!({ "name": "ok", "id": "_pb_users_auth_" })),
        create(json!({ "name": "ok", "listRule": "nope = 1" })),
        create(json!({ "name": "ok", "indexes": ["CREATE INDEX i ON ok (nope)"] })),
        create(json!({ "name": "ok", "indexes": ["nope"] })),
        create(json!({ "name": "ok", "type": "auth", "fileToken": null })),
        create(json!({ "name": "ok", "type": "auth", "mfa": { "enabled": true } })),
        fields(json!([text("a"), text("A")])),
        fields(json!([{ "name": "a", "type": "Text" }])),
        fields(json!([{ "name": "a", "type": "text", "min": "1" }])),
        fields(json!([{ "name": "id2", "type": "text", "primaryKey": true }])),
        fields(json!([{ "name": "r", "type": "relation", "collectionId": "users" }])),
        ("PATCH", "/api/collections/users", json!({ "id": "other" })),
        ("PATCH", "/api/collections/users", json!({ "type": "nope" })),
        ("PATCH", "/api/collections/_superusers", json!({ "name": "x", "listRule": "" })),
        ("DELETE", "/api/collections/_superusers", Json::Null),
        ("DELETE", "/api/collections/_superusers/truncate", Json::Null),
        ("DELETE", "/api/collections/nope", Json::Null),
    ]);
}

#[test]
fn views_follow_their_tables_as_in_pocketbase() {
    let view =
        |name: &str, query: &str| ("POST", COLLECTIONS, json!({ "name": name, "type": "view", "viewQuery": query }));
    let dry = |query: &str| ("POST", "/api/collections/meta/dry-run-view?fields=fields", json!({ "query": query }));
    let base = |n: Json| json!({ "name": "base", "fields": [text("title"), n] });
    same_answers(&[
        ("POST", COLLECTIONS, base(json!({ "name": "n", "type": "number" }))),
        ("POST", "/api/collections/base/records", json!({ "id": "aaaaaaaaaaaaaaa", "title": "x", "n": 2 })),
        view("v", "SELECT id, title, n, (n + 1) AS m, count(id) AS c FROM base GROUP BY id"),
        ("GET", "/api/collections/v/records", Json::Null),
        view("w", "SELECT * FROM base"),
        view("w", "SELECT title FROM base"),
        view("w", "SELECT 1 AS id FROM nope"),
        view("w", "SELECT id, title AS a_via_b FROM base"),
        view("w", "SELECT id; SELECT 1"),
        dry("SELECT id, n FROM base"),
        dry("SELECT title FROM base"),
        dry(""),
        ("PATCH", "/api/collections/base", base(json!({ "name": "n", "type": "number", "required": true }))),
        ("GET", "/api/collections/v", Json::Null),
        ("PATCH", "/api/collections/base", json!({ "fields": [text("title")] })),
        ("DELETE", "/api/collections/base", Json::Null),
        ("DELETE", "/api/collections/v", Json::Null),
        ("DELETE", "/api/collections/base", Json::Null),
    ]);
}

#[test]
fn a_view_with_bad_rows_holds_up_no_other_as_in_pocketbase() {
    let view = |name: &str, query: &str| {
        ("POST", COLLECTIONS, json!({ "name": name, "type": "view", "viewQuery": query, "listRule": "" }))
    };
    let secrets = |hidden: bool| json!({ "fields": [{ "name": "s", "type": "text", "hidden": hidden }] });
    let row = |id: &str| ("POST", "/api/collections/p/records", json!({ "id": id, "x": "d" }));
    same_answers(&[
        ("POST", COLLECTIONS, json!({ "name": "p", "fields": [text("x")] })),
        view("twice", "select x as id from p"),
        view("broken", "select id, json_extract(x, char(36, 46, 97)) as j from p"),
        ("POST", COLLECTIONS, json!({ "name": "secrets", "fields": secrets(false)["fields"] })),
        view("open", "select id, s from secrets"),
        view("around", "select id, s from open"),
        ("POST", "/api/collections/secrets/records", json!({ "id": "r00000000000001", "s": "top secret" })),
        row("p00000000000001"),
        row("p00000000000002"),
        ("PATCH", "/api/collections/secrets", secrets(true)),
        ("GET", "/api/collections/open", Json::Null),
        ("GET", "/api/collections/around", Json::Null),
        ("POST", COLLECTIONS, json!({ "name": "other" })),
        ("DELETE", "/api/collections/other", Json::Null),
        ("DELETE", "/api/collections/twice", Json::Null),
        ("DELETE", "/api/collections/broken", Json::Null),
    ]);
}

#[test]
fn a_view_whose_query_lost_a_column_hides_what_is_hidden() {
    let (_project, server, root) = Project::bare();
    let field =
        |id: &str, name: &str, hidden: bool| json!({ "id": id, "name": name, "type": "text", "hidden": hidden });
    let people = |second: &str, hidden: bool| json!({ "name": "people", "fields": [field("a1", "name", hidden), field("b2", second, false)] });
    root.post(COLLECTIONS, people("nick", false)).ok();
    for (name, id) in [("plain", "id"), ("cast", "lower(id) AS id")] {
        let query = format!("SELECT {id}, name, nick AS called FROM people");
        root.post(COLLECTIONS, json!({ "name": name, "type": "view", "viewQuery": query, "listRule": "" })).ok();
    }
    root.post("/api/collections/people/records", json!({ "name": "secret", "nick": "known" })).ok();
    root.patch(&format!("{COLLECTIONS}/people"), people("alias", false)).ok();
    root.patch(&format!("{COLLECTIONS}/people"), people("alias", true)).ok();
    for name in ["plain", "cast"] {
        let shown = server.client().get(&format!("/api/collections/{name}/records")).ok().to_string();
        assert!(shown.contains("known") && !shown.contains("secret"), "{name}: {shown}");
        let sorted = server.client().get(&format!("/api/collections/{name}/records?sort=name"));
        sorted.is(400);
    }
}

#[test]
fn imports_are_all_or_nothing_as_in_pocketbase() {
    let import = |body: Json| ("PUT", "/api/collections/import", body);
    let tree = json!({ "id": "treeid", "name": "tree", "fields": [text("name"),
        { "name": "parent", "type": "relation", "collectionId": "treeid", "maxSelect": 1 }] });
    let leaves = json!({ "name": "leaves", "type": "view", "viewQuery": "SELECT id, name FROM tree" });
    same_answers(&[
        import(json!({})),
        import(json!({ "collections": [5] })),
        import(json!({ "collections": [leaves, tree] })),
        ("GET", "/api/collections/leaves", Json::Null),
        import(json!({ "collections": [{ "name": "good" }, { "name": "a b" }] })),
        ("GET", "/api/collections/good", Json::Null),
        import(json!({ "collections": [{ "name": "tree", "fields": [text("extra")] }] })),
        ("GET", "/api/collections/tree", Json::Null),
        import(json!({ "collections": [{ "name": "only" }], "deleteMissing": true })),
        ("GET", "/api/collections?fields=items.name,totalItems", Json::Null),
    ]);
}

#[test]
fn only_superusers_see_and_change_collections() {
    let (_project, server, root) = Project::bare();
    let user = json!({ "email": "u@example.com", "password": "password1", "passwordConfirm": "password1" });
    root.post("/api/collections/users/records", user).ok();
    let user = server.client().login("users", "u@example.com", "password1");
    for (method, path) in [
        ("GET", COLLECTIONS),
        ("POST", COLLECTIONS),
        ("PATCH", "/api/collections/users"),
        ("DELETE", "/api/collections/users"),
        ("DELETE", "/api/collections/users/truncate"),
        ("PUT", "/api/collections/import"),
        ("GET", "/api/collections/meta/scaffolds"),
        ("POST", "/api/collections/meta/dry-run-view"),
    ] {
        let guest = server.client();
        let reply = guest.send(guest.request(method, path));
        assert_eq!(reply.is(401).json()["message"], "The request requires valid record authorization token.");
        let reply = user.send(user.request(method, path));
        assert_eq!(reply.is(403).json()["message"], "The authorized record is not allowed to perform this action.");
    }
}

#[test]
fn a_new_auth_rule_ends_every_session() {
    let (_project, server, root) = Project::bare();
    let user = json!({ "email": "u@example.com", "password": "password1", "passwordConfirm": "password1" });
    root.post("/api/collections/users/records", user).ok();
    let user = server.client().login("users", "u@example.com", "password1");
    let refresh = || user.post("/api/collections/users/auth-refresh", json!({})).status;
    root.patch("/api/collections/users", json!({ "authRule": null })).ok();
    root.patch("/api/collections/users", json!({ "authRule": "" })).ok();
    assert_eq!(refresh(), 200);
    root.patch("/api/collections/users", json!({ "authRule": "email != ''" })).ok();
    assert_eq!(refresh(), 401);
}

#[test]
fn providers_merge_by_name_and_keep_their_secret() {
    let (project, _server, root) = Project::bare();
    let providers = json!([
        { "name": "github", "clientId": "a", "clientSecret": "hush" },
        { "name": "google", "clientId": "b", "clientSecret": "hush2", "displayName": "G" },
    ]);
    root.patch("/api/collections/users", json!({ "oauth2": { "enabled": true, "providers": providers } })).ok();
    let reply = root.patch("/api/collections/users", json!({ "oauth2": { "providers": [{ "name": "google" }] } })).ok();
    assert_eq!(reply["oauth2"]["providers"][0]["displayName"], "G");
    assert_eq!(reply["oauth2"]["providers"][0].get("clientSecret"), None);
    let stored: String = project
        .database()
        .query_row(
            "SELECT options ->> '$.oauth2.providers[0].clientSecret' FROM _collections WHERE name = 'users'",
            [],
            |row| row.get(0),
        )
        .expect("a secret");
    assert_eq!(stored, "hush2");
    let cleared = json!({ "oauth2": { "providers": [{ "name": "google", "clientSecret": "" }] } });
    let reply = root.patch("/api/collections/users", cleared).is(400).json();
    assert_eq!(reply["data"]["oauth2"]["providers"]["0"]["clientSecret"]["code"], "validation_required");
}

#[test]
fn values_survive_the_change_from_one_to_many_and_back() {
    let (_project, _server, root) = Project::bare();
    let select =
        |max: i64| json!({ "fields": [{ "name": "s", "type": "select", "values": ["a", "b"], "maxSelect": max }] });
    let mut body = select(1);
    body["name"] = json!("picks");
    root.post(COLLECTIONS, body).ok();
    root.post("/api/collections/picks/records", json!({ "s": "b" })).ok();
    let value = || root.get("/api/collections/picks/records").ok()["items"][0]["s"].clone();
    root.patch("/api/collections/picks", select(2)).ok();
    assert_eq!(value(), json!(["b"]));
    root.patch("/api/collections/picks", select(1)).ok();
    assert_eq!(value(), json!("b"));
}

#[test]
fn an_import_that_brings_a_field_under_another_id_keeps_its_values() {
    let (_project, _server, root) = Project::bare();
    let fields = |id: &str, max: u32, of: &str| {
        json!([
            { "id": format!("t{id}"), "name": "title", "type": "text", "max": max },
            { "id": format!("s{id}"), "name": "state", "type": "select", "values": ["a", "b"], "maxSelect": max.min(2) },
            { "id": format!("k{id}"), "name": of, "type": of },
        ])
    };
    let docs = root.post(COLLECTIONS, json!({ "name": "docs", "fields": fields("1", 1, "number") })).ok();
    let records = format!("{COLLECTIONS}/docs/records");
    root.post(&records, json!({ "id": "aaaaaaaaaaaaaaa", "title": "x", "state": "b", "number": 5 })).ok();
    let imported = json!({ "id": docs["id"], "name": "docs", "fields": fields("2", 9, "email") });
    let import = json!({ "collections": [imported], "deleteMissing": true });
    root.send(root.request("PUT", &format!("{COLLECTIONS}/import")).json(&import)).is(204);
    let kept = root.get(&format!("{records}/aaaaaaaaaaaaaaa")).ok();
    assert_eq!((&kept["title"], &kept["state"], &kept["email"]), (&json!("x"), &json!(["b"]), &json!("")), "{kept}");
    let stored = root.get(&format!("{COLLECTIONS}/docs")).ok();
    let ids: Vec<&str> = stored["fields"].as_array().unwrap().iter().filter_map(|field| field["id"].as_str()).collect();
    assert_eq!(ids[..3], ["t2", "s2", "k2"], "{stored}");
}

#[test]
fn what_pbr_changed_pocketbase_reads_and_the_other_way_round() {
    let (project, server, root) = Project::bare();
    let posts = json!({ "name": "posts", "listRule": "", "fields": [text("title"),
        { "name": "tags", "type": "select", "values": ["x", "y"], "maxSelect": 2 }], "indexes": ["CREATE INDEX i ON posts (title)"] });
    root.post(COLLECTIONS, posts).ok();
    root.post("/api/collections/posts/records", json!({ "title": "one", "tags": ["y"] })).ok();
    let rename = json!({ "name": "articles", "fields": [{ "name": "heading", "type": "text", "id": "text724990059" },
        { "name": "tags", "type": "select", "values": ["x", "y"] }], "indexes": ["CREATE INDEX i ON articles (heading)"] });
    let tags = root.get("/api/collections/posts").ok()["fields"][2]["id"].clone();
    let mut rename = rename;
    rename["fields"][1]["id"] = tags;
    root.patch("/api/collections/posts", rename).ok();
    let view =
        json!({ "name": "heads", "type": "view", "listRule": "", "viewQuery": "SELECT id, heading FROM articles" });
    root.post(COLLECTIONS, view).ok();
    assert!(server.stop().success());

    let server = pocketbase::serve(&project);
    let root = server.root();
    let records =
        |client: &Client, name: &str| client.get(&format!("/api/collections/{name}/records")).ok()["items"].clone();
    assert_eq!(records(&root, "articles")[0]["heading"], "one");
    assert_eq!(records(&root, "articles")[0]["tags"], "y");
    assert_eq!(records(&root, "heads")[0]["heading"], "one");
    root.patch("/api/collections/articles", json!({ "name": "stories" })).ok();
    root.post("/api/collections/stories/records", json!({ "heading": "two" })).ok();
    server.stop();

    let server = project.serve();
    let root = server.root();
    assert_eq!(records(&root, "stories").as_array().expect("a list").len(), 2);
    root.patch("/api/collections/stories", json!({ "listRule": null })).ok();
    root.delete("/api/collections/heads").is(204);
    root.delete("/api/collections/stories").is(204);
}

#[test]
fn a_project_keeps_its_schema_in_git() {
    let project = Project::from_template("blank");
    project.pbr("migrate").succeeds();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    let server = project.serve();
    let reply = server.root().post(COLLECTIONS, json!({ "name": "notes" }));
    assert!(reply.is(403).json()["message"].as_str().is_some_and(|text| text.contains("--schema-edits allow")));
    server.stop();
    let server = project.serve_with("--schema-edits allow");
    server.root().post(COLLECTIONS, json!({ "name": "notes" })).ok();
    server.stop();
    project.replace("pbr.yaml", "environment: development", "environment: development\nschemaEdits: allow");
    let server = project.serve();
    server.root().delete("/api/collections/notes").is(204);
}

#[test]
fn a_rename_takes_the_rate_limit_rules_along() {
    let (project, _server, root) = Project::bare();
    root.post(COLLECTIONS, json!({ "name": "posts" })).ok();
    project
        .database()
        .execute(
            "UPDATE _params SET value = json_set(CAST(value AS TEXT), '$.rateLimits.rules[1].label', 'posts:create')",
            [],
        )
        .expect("changed settings");
    let label = || -> String {
        let sql = "SELECT CAST(value AS TEXT) ->> '$.rateLimits.rules[1].label' FROM _params";
        project.database().query_row(sql, [], |row| row.get(0)).expect("a label")
    };
    // The server has to notice the other process first.
    std::thread::sleep(std::time::Duration::from_millis(400));
    root.patch("/api/collections/posts", json!({ "name": "articles" })).ok();
    assert_eq!(label(), "articles:create");

    let rule = |label: &str| json!({ "label": label, "duration": 1, "maxRequests": 1 });
    let rules = json!({ "rateLimits": { "rules": [rule("articles:create"), rule("reports:create")] } });
    root.patch("/api/settings", rules).ok();
    let refused = root.patch("/api/collections/articles", json!({ "name": "reports" }));
    assert_eq!(refused.status, 400);
    let error = &refused.json()["data"]["rateLimits"]["rules"]["1"]["label"];
    assert_eq!(error["code"], "validation_conflicting_rate_limit_rule", "{}", refused.body);
    root.get("/api/collections/articles").ok();
    root.patch("/api/settings", json!({ "meta": { "appName": "Still valid" } })).ok();
}

/// SQLite does not look whether such a view has changed; PocketBase answers with the old or the new records.
#[test]
fn a_view_that_reads_no_table_follows_its_query() {
    let (_project, server, root) = Project::bare();
    let view = |name: &str, query: &str| json!({ "name": name, "type": "view", "listRule": "", "viewRule": "", "viewQuery": query });
    root.post("/api/collections", view("constant", "SELECT 1 AS id, 10 AS n")).ok();
    root.post("/api/collections", view("above", "SELECT id, n FROM constant")).ok();
    let guest = server.client();
    let numbers = |name: &str| {
        let page = guest.get(&format!("/api/collections/{name}/records")).ok();
        page["items"].as_array().expect("items").iter().map(|item| item["n"].clone()).collect::<Vec<_>>()
    };
    (0..8).for_each(|_| assert_eq!([numbers("constant"), numbers("above")], [[json!(10)], [json!(10)]]));
    root.patch("/api/collections/constant", json!({ "viewQuery": "SELECT 2 AS id, 20 AS n" })).ok();
    (0..8).for_each(|_| assert_eq!([numbers("constant"), numbers("above")], [[json!(20)], [json!(20)]]));
    guest.get("/api/collections/constant/records/1").is(404);
    assert_eq!(guest.get("/api/collections/constant/records/2").ok()["n"], 20);
}

/// PocketBase refuses such a view with `context deadline exceeded`, after its 30 seconds.
#[test]
fn a_slow_view_is_refused_in_time_and_holds_up_no_write() {
    let (project, _server, _root) = Project::bare();
    let server = project.serve_with("--query-timeout 2");
    let root = server.root();
    root.post("/api/collections", json!({ "name": "t", "type": "base", "fields": [text("n")] })).ok();
    let query = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT t.id, max(i) AS k FROM t, n";
    root.post("/api/collections/t/records", json!({ "n": "a" })).ok();
    let started = Instant::now();
    let saving = std::thread::spawn({
        let root = root.clone();
        move || root.post("/api/collections", json!({ "name": "v", "type": "view", "viewQuery": query }))
    });
    std::thread::sleep(Duration::from_millis(500));
    let write = Instant::now();
    root.post("/api/collections/t/records", json!({ "n": "b" })).ok();
    assert!(write.elapsed() < Duration::from_secs(1), "{:?}", write.elapsed());
    let saved = saving.join().expect("an answer");
    assert_eq!(saved.status, 400, "{}", saved.body);
    let reason = &saved.json()["data"]["viewQuery"]["message"];
    assert!(reason.as_str().is_some_and(|reason| reason.contains("--query-timeout")), "{reason}");
    let import = json!({ "collections": [{ "name": "v", "type": "view", "viewQuery": query }] });
    root.send(root.request("PUT", "/api/collections/import").json(&import)).is(400);
    let dry = root.post("/api/collections/meta/dry-run-view", json!({ "query": query }));
    assert!(dry.status == 400 && dry.body.contains("--query-timeout"), "{} {}", dry.status, dry.body);
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
}

/// A body that is parsed has its members in no order, so the text itself is looked at.
#[test]
fn a_dry_run_shows_values_as_records_have_them() {
    let (_project, _server, root) = Project::bare();
    let fields = json!([{ "name": "place", "type": "geoPoint" }, { "name": "extra", "type": "json" }]);
    root.post("/api/collections", json!({ "name": "t", "type": "base", "fields": fields })).ok();
    let record = json!({ "place": { "lat": 2, "lon": 1.5 }, "extra": "{\"z\":1,\"a\":2}" });
    root.post("/api/collections/t/records", record).ok();
    let dry = root.post("/api/collections/meta/dry-run-view", json!({ "query": "SELECT id, place, extra FROM t" }));
    for piece in [r#""place":{"lon":1.5,"lat":2}"#, r#""extra":{"z":1,"a":2}"#] {
        assert!(dry.body.contains(piece), "{}", dry.body);
    }
}

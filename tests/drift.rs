//! Databases that were changed past their migrations: seen, taken over, taken back; and the surgery on histories.

use crate::support::{Client, Project, pocketbase};
use serde_json::{Value as Json, json};

/// A migrated blog, committed to nothing.
fn blog() -> Project {
    let project = Project::from_template("blog");
    project.pbr("migrate").succeeds();
    project
}

/// Changes collections as a dashboard does, over the API of a running server.
fn edit(project: &Project, change: impl Fn(&Client)) {
    project.pbr("superuser upsert root@example.com secret12345").succeeds();
    let server = project.serve_with("--schema-edits allow");
    change(&server.root());
}

fn collection(root: &Client, name: &str) -> Json {
    root.get(&format!("/api/collections/{name}")).ok()
}

/// Renames a field, narrows another, adds one and a collection.
fn redecorate(root: &Client) {
    let mut posts = collection(root, "posts");
    for field in posts["fields"].as_array_mut().expect("fields") {
        match field["name"].as_str() {
            Some("slug") => field["name"] = json!("permalink"),
            Some("title") => field["max"] = json!(300),
            _ => {}
        }
    }
    posts["fields"]
        .as_array_mut()
        .expect("fields")
        .push(json!({ "type": "select", "name": "mood", "values": ["a b", "c,d"] }));
    posts["viewRule"] = json!("@request.auth.id != \"\" && title != 'x'");
    posts["deleteRule"] = Json::Null;
    let text = posts.to_string().replace("`slug`", "`permalink`");
    root.patch("/api/collections/posts", serde_json::from_str(&text).expect("JSON")).ok();
    let relation = json!({ "type": "relation", "name": "post", "collectionId": posts["id"], "maxSelect": 1 });
    root.post("/api/collections", json!({ "name": "extra", "type": "base", "fields": [relation], "listRule": "" }))
        .ok();
    root.patch("/api/collections/users", json!({ "otp": { "enabled": true } })).ok();
}

#[test]
fn what_the_dashboard_changed_is_pulled_and_comments_stay() {
    let project = blog();
    project.replace("schema/posts.yaml", "  title: {", "  # shown in the list\n  title: {");
    edit(&project, redecorate);
    let drift = project.pbr("migrate drift --json").exits(4).json();
    assert!(drift["error"]["meta"]["drift"].to_string().contains("rename field posts.slug to permalink"), "{drift}");

    let before = project.read("schema/posts.yaml");
    project.pbr("migrate pull --dry-run").succeeds().stdout_contains("would have written");
    assert_eq!(project.read("schema/posts.yaml"), before);
    project.pbr("migrate pull").succeeds().stdout_contains("schema/extra.yaml");
    let posts = project.read("schema/posts.yaml");
    assert!(posts.contains("  # shown in the list\n  title: {") && posts.contains("max: 300"), "{posts}");
    assert!(posts.contains("  permalink:\n") && posts.contains("x-seed: { key: permalink }"), "{posts}");
    assert!(posts.contains("mood: { type: select, values: [a b, \"c,d\"] }"), "{posts}");

    // All three agree now, and on a new database too.
    project.pbr("migrate drift").succeeds();
    project.pbr("migrate diff --check").succeeds();
    project.pbr("migrate up").succeeds().stdout_contains("nothing to do");
    project.pbr("schema fmt --check").succeeds();
    project.pbr("migrate pull").succeeds().stdout_contains("has nothing");
    std::fs::remove_dir_all(project.file("pb_data")).expect("a removed directory");
    project.pbr("migrate").succeeds();
    project.pbr("migrate drift").succeeds();
}

#[test]
fn a_pull_can_be_taken_back_as_it_says() {
    let project = blog();
    let sh = |script: &str| project.sh(script);
    sh("git init -q && git add . && git -c user.name=a -c user.email=a@example.com commit -qm start").succeeds();
    edit(&project, redecorate);
    let text = project.pbr("migrate pull").succeeds().stdout();
    let undo =
        text.lines().find_map(|line| line.strip_prefix("undo, to what is committed: ")).expect("how to take it back");
    sh(undo).succeeds();
    assert_eq!(sh("git status --porcelain").succeeds().stdout(), "", "{undo}");
    project.pbr("migrate diff --check").succeeds();
    project.pbr("migrate status").succeeds();
    project.pbr("migrate drift").exits(4).stderr_contains("extra");
    // Where git has nothing to go back to, nothing is removed.
    std::fs::remove_dir_all(project.file(".git")).expect("a removed folder");
    let run = project.pbr("migrate pull").succeeds().stdout_contains("schema/extra.yaml");
    assert!(!run.stdout().contains("undo"), "{}", run.stdout());
}

#[test]
fn one_collection_can_be_pulled_alone() {
    let project = blog();
    edit(&project, redecorate);
    project.pbr("migrate pull --collection users").succeeds();
    assert!(project.read("schema/users.yaml").contains("otp:"));
    assert!(!project.file("schema/extra.yaml").exists());
    project.pbr("migrate drift").exits(4).stderr_contains("create base collection extra");
    project.pbr("migrate pull --collection nobody").exits(2).stderr_contains("no collection `nobody`");
    project.pbr("migrate pull").succeeds();
    project.pbr("migrate drift").succeeds();
}

#[test]
fn schema_files_with_changes_of_their_own_are_not_mixed_with_those_of_the_database() {
    let project = blog();
    edit(&project, redecorate);
    project.replace("schema/tags.yaml", "fields:\n", "fields:\n  own: text\n");
    project.pbr("migrate pull").exits(4).stderr_contains("add text field tags.own").stderr_contains("pbr migrate diff");
}

#[test]
fn drift_is_taken_back_only_where_it_is() {
    let project = blog();
    let elsewhere = project.duplicate();
    project
        .database()
        .execute_batch("CREATE INDEX by_hand ON posts (title); ALTER TABLE posts ADD COLUMN hand TEXT; DROP INDEX idx_posts_slug; CREATE TABLE mine (a)")
        .expect("changes by hand");
    edit(&project, |root| {
        root.patch("/api/collections/tags", json!({ "listRule": null })).ok();
    });
    project
        .pbr("migrate drift --fix")
        .succeeds()
        .stdout_contains("DS102 posts.hand")
        .stdout_contains("left alone: table mine");
    let name = project.list("migrations").into_iter().find(|name| name.contains("repair_drift")).expect("a repair");

    // Elsewhere it is noted and not run.
    for file in [name.as_str(), "pbr.sum"] {
        elsewhere.write(&format!("migrations/{file}"), &project.read(&format!("migrations/{file}")));
    }
    elsewhere.pbr("migrate up").succeeds();
    elsewhere.pbr("migrate drift").succeeds();

    project.pbr("migrate up").succeeds();
    let left = project.pbr("migrate drift --json").exits(4).json();
    assert_eq!(left["error"]["meta"]["drift"], json!(["table mine is in no migration"]));
    project.database().execute_batch("DROP TABLE mine").expect("a dropped table");
    project.pbr("migrate drift").succeeds();
}

#[test]
fn nothing_is_applied_onto_drift() {
    let project = blog();
    edit(&project, |root| {
        root.patch("/api/collections/tags", json!({ "listRule": null })).ok();
    });
    project.replace("schema/posts.yaml", "fields:\n", "fields:\n  more: text\n");
    project.pbr("migrate diff").succeeds();
    project.pbr("migrate up").exits(6).stderr_contains("change the list rule of tags").stderr_contains("--allow-drift");
    project.pbr("migrate status --check").exits(4);
    project.pbr("migrate up --allow-drift").succeeds();
}

#[test]
fn a_down_file_takes_a_migration_back_and_without_one_the_copy_is_named() {
    let project = blog();
    project.pbr("seed").succeeds();
    project.replace("schema/posts.yaml", "fields:\n", "fields:\n  more: text\n");
    project.pbr("migrate diff more --down").succeeds();
    project.pbr("migrate up").succeeds();
    project.database().execute_batch("UPDATE posts SET more = 'x'").expect("values");
    let refused = project.pbr("migrate down --json").exits(5).json();
    let token = refused["error"]["meta"]["token"].as_str().expect("a token").to_owned();
    project.pbr(&format!("migrate down --dry-run --confirm {token}")).succeeds().stdout_contains("would run");
    project.pbr(&format!("migrate down --confirm {token}")).succeeds();
    project.pbr("migrate status --check").exits(4).stderr_contains("1 pending");
    project.pbr("migrate drift").succeeds();
    project.pbr("migrate up").succeeds();

    // The first has no file that leads back; nothing is taken back at all.
    let text = project.read(&format!("migrations/{}", project.list("migrations")[1]));
    assert!(text.contains("-- pbr:"), "{text}");
    project.pbr("migrate down --to 0").exits(2).stderr_contains("nothing was changed");

    let copies = project.list("pb_data/backups");
    assert!(copies.is_empty(), "nothing was at risk: {copies:?}");
    project.replace("schema/posts.yaml", "  more: text\n", "");
    project.pbr("migrate diff less --drop posts.more").succeeds();
    project.pbr("migrate up").succeeds().stdout_contains("undo: the database from before is pb_data/backups/before_V");
    let copy = project.list("pb_data/backups").pop().expect("a copy");
    project.pbr("migrate down").exits(2).stderr_contains(&copy);
    let columns: i64 = rusqlite::Connection::open(project.file(&format!("pb_data/backups/{copy}")))
        .and_then(|copy| {
            copy.query_row("SELECT count(*) FROM pragma_table_info('posts') WHERE name = 'more'", [], |row| row.get(0))
        })
        .expect("a readable copy");
    assert_eq!(columns, 1);
}

#[test]
fn a_copy_from_before_is_never_overwritten() {
    let project = blog();
    project.pbr("seed").succeeds();
    let hidden = |copy: &str| -> i64 {
        let copy = rusqlite::Connection::open(project.file(&format!("pb_data/backups/{copy}"))).expect("a copy");
        copy.query_row("SELECT count(*) FROM posts WHERE body = 'keep me'", [], |row| row.get(0)).expect("a count")
    };
    project.database().execute_batch("UPDATE posts SET body = 'keep me'").expect("values");
    project.replace("schema/posts.yaml", "  body: { type: text, max: 50000 }\n", "");
    project.pbr("migrate diff less --down --drop posts.body").succeeds();
    let up = || {
        let refused = project.pbr("migrate up --json").exits(5).json();
        let token = refused["error"]["meta"]["token"].as_str().expect("a token").to_owned();
        project.pbr(&format!("migrate up --confirm {token}")).succeeds();
    };
    up();
    project.pbr("migrate down").succeeds();
    project.pbr("migrate up").succeeds();
    let copies = project.list("pb_data/backups");
    assert_eq!(copies.len(), 2, "{copies:?}");
    assert!(hidden(&copies[0]) > 0 || hidden(&copies[1]) > 0, "{copies:?}");

    project.pbr("migrate down").succeeds();
    project.write("keep.txt", "precious");
    project.pbr("migrate up --backup keep.txt").exits(1).stderr_contains("no copy is overwritten");
    assert_eq!(project.read("keep.txt"), "precious");
    project.pbr("migrate status --check").exits(4);
}

#[test]
fn values_are_not_lost_because_a_line_is() {
    let project = blog();
    project.pbr("seed").succeeds();
    let file = |end: &str| {
        let names = project.list("migrations");
        format!("migrations/{}", names.iter().find(|name| name.ends_with(end)).expect("the file"))
    };
    project.replace("schema/tags.yaml", "fields:\n", "fields:\n  colour: text\n");
    project.pbr("migrate diff colour").succeeds();
    project.pbr("migrate up").succeeds();
    project.database().execute_batch("UPDATE tags SET colour = 'red'").expect("values");
    project.replace("schema/tags.yaml", "  colour: text\n", "");
    project.pbr("migrate diff grey --drop tags.colour").succeeds();
    let text = project.read(&file("__grey.sql"));
    let silent: String =
        text.lines().filter(|line| !line.starts_with("-- pbr:data-loss")).map(|line| format!("{line}\n")).collect();
    assert_ne!(text, silent);
    project.write(&file("__grey.sql"), &silent);
    project.pbr("migrate hash").succeeds();
    project.pbr("migrate up").exits(5).stderr_contains("tags.colour (DS102)");
    for words in ["DROP", "DROP  COLUMN", "DROP /* the */"] {
        project.write(&file("__grey.sql"), &silent.replace("DROP COLUMN", words));
        project.pbr("migrate hash").succeeds();
        project.pbr("migrate up").exits(5).stderr_contains("tags.colour (DS102)");
    }
}

#[test]
fn a_busy_database_is_no_failed_migration() {
    let project = blog();
    project.pbr("migrate new more").succeeds();
    let mut other = project.database();
    let writing = other.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).expect("the write lock");
    let run = project.pbr("migrate up --lock-timeout 300ms").exits(8);
    run.stderr_contains("another process was writing").stderr_contains("--lock-timeout");
    writing.rollback().expect("an end");
    project.pbr("migrate up --lock-timeout 300ms").succeeds();
}

#[test]
fn files_are_applied_together_or_not_at_all() {
    let project = blog();
    project.pbr("migrate new good").succeeds();
    project.pbr("migrate new bad").succeeds();
    let names = project.list("migrations");
    let file = |end: &str| format!("migrations/{}", names.iter().find(|name| name.ends_with(end)).expect("the file"));
    project.replace(&file("__good.sql"), "-- pbr:data\n", "-- pbr:data\nUPDATE posts SET title = 'x';\n");
    project.replace(&file("__bad.sql"), "-- pbr:data\n", "-- pbr:data\nUPDATE nowhere SET title = 'x';\n");
    project.pbr("migrate hash").succeeds();
    project.pbr("migrate up --tx all").exits(7).stderr_contains("__bad.sql failed");
    let pending = project.pbr("migrate status --json").succeeds().json();
    assert_eq!(pending["pending"], 2);
    project.pbr("migrate up --tx file --backup before.db").exits(7);
    assert!(project.file("before.db").exists());
    assert_eq!(project.pbr("migrate status --json").succeeds().json()["pending"], 1);
}

#[test]
fn a_history_is_begun_and_corrected_with_a_record_of_it() {
    let project = blog();
    let version = project.pbr("migrate status --json").succeeds().json()["current"].as_i64().expect("a version");
    project.database().execute_batch("DROP TABLE refinery_schema_history").expect("a dropped table");
    project.pbr("migrate up").exits(6).stderr_contains(&format!("pbr migrate baseline {version}"));
    project.pbr("migrate baseline 7").exits(2).stderr_contains("no migration has the version 7");
    project.pbr(&format!("migrate baseline {version}")).succeeds();
    project.pbr("migrate status --check").succeeds();
    project.pbr(&format!("migrate baseline {version}")).exits(2).stderr_contains("a history already");

    project.pbr(&format!("migrate repair {version} --as reverted")).succeeds();
    project.pbr("migrate status --check").exits(4);
    project.pbr(&format!("migrate repair {version} --as applied")).succeeds();
    let name = project.list("migrations").into_iter().find(|name| name.ends_with(".sql")).expect("a file");
    let text = project.read(&format!("migrations/{name}"));
    project.write(&format!("migrations/{name}"), &format!("{text}-- a word more\n"));
    project.pbr("migrate hash").exits(6).stderr_contains("is not the file that was applied");
    project.pbr(&format!("migrate repair {version} --as edited")).succeeds();
    project.pbr("migrate status --check").succeeds();
    let actions: String = project
        .database()
        .query_row(
            "SELECT group_concat(action, ' ') FROM _pbr_history_edits WHERE \"by\" <> '' AND at <> ''",
            [],
            |row| row.get(0),
        )
        .expect("the record");
    assert_eq!(actions, "baseline reverted applied edited");
}

/// An app on the real PocketBase with everything that YAML has to tell.
fn pocketbase_app() -> Project {
    let project = Project::empty();
    pocketbase::run(&project, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    let server = pocketbase::serve(&project);
    let root = server.root();
    let books = json!({ "name": "Books", "type": "base", "listRule": " @request.auth.id != \"\" ", "viewRule": "title = \"x\"",
        "fields": [
            { "type": "text", "name": "title", "max": 100, "required": true }, { "type": "number", "name": "pages", "min": 1.5 },
            { "type": "file", "name": "cover", "maxSelect": 1, "thumbs": ["100x100"] }, { "type": "json", "name": "meta", "maxSize": 1234 },
            { "type": "date", "name": "when", "min": "2020-01-01 00:00:00.000Z" }, { "type": "geoPoint", "name": "place" },
            { "type": "relation", "name": "owner", "collectionId": "_pb_users_auth_", "cascadeDelete": true, "maxSelect": 1 },
            { "type": "autodate", "name": "made", "onCreate": true }],
        "indexes": ["create index if not exists idx_b on Books (title collate nocase desc) where title != ''"] });
    let mut books = root.post("/api/collections", books).ok();
    books["fields"][2]["name"] = json!("page_count");
    root.patch("/api/collections/Books", json!({ "fields": books["fields"] })).ok();
    root.post("/api/collections", json!({ "name": "stats", "type": "view", "listRule": "",
        "viewQuery": "  select (ROW_NUMBER() OVER()) as id, count(*) as n, max(title) as t from Books group by owner " })).ok();
    root.post("/api/collections", json!({ "name": "staff", "type": "auth", "manageRule": "@request.auth.nick = \"boss\"",
        "fields": [{ "type": "text", "name": "nick" }, { "name": "email", "type": "email", "required": false, "onlyDomains": ["x.com"] }],
        "indexes": ["CREATE UNIQUE INDEX `idx_nick` ON `staff` (`nick`)"],
        "passwordAuth": { "enabled": true, "identityFields": ["email", "nick"] }, "otp": { "enabled": true },
        "oauth2": { "enabled": true, "providers": [{ "name": "github", "clientId": "abc", "clientSecret": "topsecret" }] },
        "verificationTemplate": { "subject": "Hi", "body": "<p>Hello\n  {TOKEN}</p>\n" } })).ok();
    for at in 0..20 {
        root.post("/api/collections/Books/records", json!({ "title": format!("t{at}"), "page_count": at + 2 })).ok();
    }
    let exported = root.get("/api/collections?perPage=100").ok()["items"].to_string();
    project.write("pb_schema.json", &exported);
    project
}

/// Collections without what belongs to one installation.
fn comparable(items: &Json) -> Vec<Json> {
    let mut items: Vec<Json> =
        items.as_array().expect("a list").iter().filter(|item| item["system"] == false).cloned().collect();
    for item in &mut items {
        for key in ["created", "updated"] {
            item.as_object_mut().expect("an object").remove(key);
        }
        if let Some(oauth2) = item.get_mut("oauth2").and_then(Json::as_object_mut) {
            oauth2.remove("providers");
        }
        for key in ["listRule", "viewRule", "viewQuery"] {
            if let Some(text) = item[key].as_str() {
                item[key] = json!(text.trim());
            }
        }
        if item["type"] == "view" {
            item.as_object_mut().expect("an object").remove("fields");
        }
    }
    items.sort_by_key(|item| item["name"].to_string());
    items
}

#[test]
fn a_pocketbase_app_becomes_a_project_with_its_data() {
    let app = pocketbase_app();
    app.pbr("init project --from pb_data")
        .succeeds()
        .stdout_contains("schema/Books.yaml")
        .stderr_contains("STAFF_GITHUB_SECRET");
    for check in [
        "schema validate",
        "migrate check",
        "migrate diff --check",
        "migrate status --check",
        "migrate drift",
        "schema fmt --check",
    ] {
        app.pbr(&format!("--config project {check}")).succeeds();
    }
    let database = rusqlite::Connection::open(app.file("project/pb_data/data.db")).expect("a database");
    let rows: i64 = database.query_row("SELECT count(*) FROM Books", [], |row| row.get(0)).expect("a count");
    let secret: String = database
        .query_row(
            "SELECT json_extract(options, '$.oauth2.providers[0].clientSecret') FROM _collections WHERE name = 'staff'",
            [],
            |row| row.get(0),
        )
        .expect("a secret");
    assert_eq!((rows, secret.as_str()), (20, "topsecret"));
    let written = app
        .list("project/migrations")
        .iter()
        .map(|name| app.read(&format!("project/migrations/{name}")))
        .collect::<String>();
    assert!(!written.contains("topsecret") && written.contains("${env:STAFF_GITHUB_SECRET}"));
    app.pbr("init again --from project/pb_data").succeeds();
    app.pbr("--config again migrate status --check").succeeds();
    app.pbr("init twice --from nowhere").exits(1);
    app.pbr("init twice --from project").exits(2).stderr_contains("pbr init --from project/pb_data");
}

#[test]
fn a_database_without_a_history_is_no_drift_and_the_baseline_is_named() {
    let app = pocketbase_app();
    app.pbr("init project --from pb_data").succeeds();
    // What runs in production has the schema already, and no history.
    std::fs::remove_dir_all(app.file("project/pb_data")).expect("the copy");
    std::fs::rename(app.file("pb_data"), app.file("project/pb_data")).expect("the data of before");
    let pbr = |command: &str| app.pbr(&format!("--config project {command}"));
    let baseline = app.list("project/migrations").into_iter().find(|name| name.ends_with(".sql")).expect("a baseline");
    let version = baseline[1..].split("__").next().expect("a version").to_owned();
    let way = format!("pbr migrate baseline {version}");
    let files = app.list("project/migrations");
    for command in ["migrate up", "migrate drift", "migrate drift --fix", "migrate pull"] {
        pbr(command).exits(6).stderr_contains("PBR-MIGRATE-0013").stderr_contains(&way);
    }
    pbr("doctor").succeeds().stdout_contains(&way);
    assert_eq!(app.list("project/migrations"), files);
    pbr(&format!("migrate baseline {version}")).succeeds();
    pbr("migrate drift").succeeds();
    pbr("migrate status --check").succeeds();
}

#[test]
fn a_directory_from_elsewhere_is_taken_over_before_anything_is_migrated() {
    let app = pocketbase_app();
    app.write("pbr.yaml", "version: 1\n");
    app.write("schema/.keep", "");
    app.pbr("migrate").exits(6).stderr_contains("pbr migrate pull");
    assert!(app.list("migrations").is_empty());
    app.pbr("migrate pull").succeeds();
    app.pbr("migrate").succeeds();
}

#[test]
fn a_statement_that_changes_the_schema_is_told_of() {
    let project = blog();
    let query = |sql: &str| project.pbr_with_input("data query --write -", sql).succeeds().stderr();
    assert!(!query("update tags set name = name").contains("warning"));
    assert!(query("alter table tags add column colour").contains("see pbr migrate drift"));
    project.pbr("migrate drift").exits(4);
}

#[test]
fn an_export_of_pocketbase_becomes_a_project_and_goes_back() {
    let app = pocketbase_app();
    app.pbr("init project --from pb_schema.json").succeeds();
    let readme = app.read("project/README.md");
    assert!(readme.contains("made of an app that was there before") && !readme.contains("pbr seed"), "{readme}");
    app.pbr("--config project migrate").succeeds();
    app.pbr("--config project migrate drift").succeeds();
    app.pbr("--config project schema import pb_schema.json").succeeds().stdout_contains("has it all already");
    app.pbr("--config project schema export --out back.json").succeeds();
    // An export tells nothing of providers, so it takes none away.
    app.pbr("--config project schema import back.json").succeeds().stdout_contains("has it all already");
    assert!(app.read("project/schema/staff.yaml").contains("STAFF_GITHUB_SECRET"));

    let other = Project::empty();
    pocketbase::run(&other, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    let server = pocketbase::serve(&other);
    let root = server.root();
    let collections: Json = serde_json::from_str(&app.read("back.json")).expect("JSON");
    let body = json!({ "collections": collections, "deleteMissing": false });
    let imported = root.send(root.request("PUT", "/api/collections/import").json(&body));
    assert_eq!(imported.status, 204, "{}", imported.body);
    let first: Json = serde_json::from_str(&app.read("pb_schema.json")).expect("JSON");
    let second = root.get("/api/collections?perPage=100").ok();
    let (first, second) = (comparable(&first), comparable(&second["items"]));
    assert_eq!(first.len(), second.len());
    for (first, second) in first.iter().zip(&second) {
        assert_eq!(first, second);
    }
}

#[test]
fn an_export_has_views_behind_those_that_they_read() {
    let project = Project::from_template("blank");
    project.write("schema/things.yaml", "version: 1\ncollection: things\nfields:\n  title: text\n");
    for (name, from) in [("v2", "v_things"), ("v_things", "things"), ("v1", "v2")] {
        let view = format!("version: 1\ncollection: {name}\ntype: view\nquery: SELECT id, title FROM {from}\n");
        project.write(&format!("schema/{name}.yaml"), &view);
    }
    let collections: Json = serde_json::from_str(&project.pbr("schema export").succeeds().stdout()).expect("JSON");
    let names: Vec<&str> =
        collections.as_array().expect("a list").iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(names[names.len() - 3..], ["v_things", "v2", "v1"]);

    let other = Project::empty();
    pocketbase::run(&other, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    let server = pocketbase::serve(&other);
    let root = server.root();
    let body = json!({ "collections": collections, "deleteMissing": false });
    let imported = root.send(root.request("PUT", "/api/collections/import").json(&body));
    assert_eq!(imported.status, 204, "{}", imported.body);
}

#[test]
fn an_import_changes_files_in_place() {
    let project = blog();
    let mut exported: Json = serde_json::from_str(&project.pbr("schema export").succeeds().stdout()).expect("JSON");
    let tags = exported.as_array_mut().expect("a list").iter_mut().find(|item| item["name"] == "tags").expect("tags");
    tags["listRule"] = json!("@request.auth.id != ''");
    project.write("changed.json", &json!([tags]).to_string());
    project.pbr("schema import changed.json").succeeds().stdout_contains("change the list rule of tags");
    project.pbr("migrate diff --check").exits(4).stderr_contains("change the list rule of tags");
    project.write("broken.json", "[{\"name\": 1}]");
    project.pbr("schema import broken.json").exits(9).stderr_contains("name must be a string");
    project.write("old.json", "[{\"name\": \"a\", \"schema\": []}]");
    project.pbr("schema import old.json").exits(9).stderr_contains("before 0.23");
}

#[test]
fn an_import_that_makes_a_field_another_type_takes_its_default() {
    let project = Project::from_template("blank");
    let things = "version: 1\ncollection: things\nfields:\n  kept: { type: text, x-default: a }\n  other: { type: text, x-default: a }\n";
    project.write("schema/things.yaml", things);
    project.pbr("migrate diff things").succeeds();
    project.write("view.json", "[{ \"name\": \"v\", \"type\": \"view\", \"viewQuery\": \"SELECT id FROM nowhere\" }]");
    let refused = project.pbr("schema import view.json").exits(9);
    refused.stderr_contains("no such table: main.nowhere").stderr_contains("nothing was written");
    assert!(!project.file("schema/v.yaml").exists());

    let fields = json!([{ "name": "kept", "type": "text" }, { "name": "other", "type": "number" }]);
    project.write("things.json", &json!([{ "name": "things", "type": "base", "fields": fields }]).to_string());
    project.pbr("schema import things.json").succeeds();
    let written = project.read("schema/things.yaml");
    assert!(
        written.contains("kept: { type: text, x-default: a }") && written.contains("other: { type: number }"),
        "{written}"
    );
}

#[test]
fn the_graph_names_relations_and_what_views_read() {
    let project = Project::from_template("blog");
    project.pbr("schema graph").succeeds().stdout_contains("author -> users");
    project
        .pbr("schema graph --format mermaid")
        .succeeds()
        .stdout_contains("erDiagram")
        .stdout_contains("posts }o--|| users : author");
    project.pbr("schema graph --format dot").succeeds().stdout_contains("\"posts\" -> \"users\" [label=\"author\"];");
}

#[test]
fn what_was_changed_past_the_migrations_is_never_overwritten_unseen() {
    let project = blog();
    edit(&project, |root| {
        let mut tags = collection(root, "tags");
        tags["fields"].as_array_mut().expect("fields").push(json!({ "type": "text", "name": "dash" }));
        tags["listRule"] = Json::Null;
        root.patch("/api/collections/tags", tags).ok();
        root.post("/api/collections/tags/records", json!({ "name": "kept", "slug": "kept", "dash": "precious" })).ok();
    });
    project.replace("schema/tags.yaml", "fields:\n", "fields:\n  mine: text\n");
    project.pbr("migrate pull").exits(4).stderr_contains("add text field tags.mine");
    project.pbr("migrate diff mine").succeeds();
    // It would write the whole collection as it was.
    project.pbr("migrate up --allow-drift").exits(6).stderr_contains("pull --merge");
    let name = project.list("migrations").into_iter().find(|name| name.ends_with("__mine.sql")).expect("the file");
    std::fs::remove_file(project.file(&format!("migrations/{name}"))).expect("a removed file");
    project.pbr("migrate hash").succeeds();
    project.pbr("migrate pull --merge").succeeds();
    project.pbr("migrate diff --check").exits(4).stderr_contains("add text field tags.mine");
    project.pbr("migrate diff mine").succeeds();
    project.pbr("migrate up").succeeds();
    project.pbr("migrate drift").succeeds();
    let value: String = project
        .database()
        .query_row("SELECT dash || mine FROM tags WHERE name = 'kept'", [], |row| row.get(0))
        .expect("a row");
    assert_eq!(value, "precious");
}

#[test]
fn a_repair_that_loses_values_asks_for_consent() {
    let project = blog();
    project.pbr("seed").succeeds();
    project
        .database()
        .execute_batch("ALTER TABLE tags ADD COLUMN hand TEXT; UPDATE tags SET hand = 'x'")
        .expect("a column");
    project.pbr("migrate drift --fix").succeeds();
    let refused = project.pbr("migrate up --json").exits(5).json();
    let token = refused["error"]["meta"]["token"].as_str().expect("a token").to_owned();
    project.pbr(&format!("migrate up --confirm {token}")).succeeds();
    project.pbr("migrate drift").succeeds();
}

#[test]
fn a_migration_that_takes_a_table_from_its_collection_is_rolled_back() {
    let project = blog();
    project.pbr("migrate new bad").succeeds();
    let name = project.list("migrations").into_iter().find(|name| name.ends_with("__bad.sql")).expect("a file");
    project.replace(
        &format!("migrations/{name}"),
        "-- pbr:data\n",
        "-- pbr:data\nDELETE FROM comments;\nDROP TABLE comments;\n",
    );
    project.pbr("migrate hash").succeeds();
    let findings = project.pbr("migrate lint --json").exits(4).json();
    assert_eq!(findings["error"]["meta"]["findings"][1]["code"], "DS101", "{findings}");
    project.pbr("migrate up --dry-run").exits(7).stderr_contains("the collection comments has no table any more");
    project.pbr("migrate up").exits(7);
    project.pbr("migrate drift").succeeds();
}

#[test]
fn fields_in_another_order_keep_their_comments() {
    let project = Project::from_template("blank");
    project.write(
        "schema/things.yaml",
        "version: 1\ncollection: things\nfields:\n  # first\n  a: text # trailing a\n  # second\n  b: text # trailing b\n# rules\nrules:\n  # everyone\n  list: public\n",
    );
    project.pbr("migrate diff things").succeeds();
    project.pbr("migrate").succeeds();
    edit(&project, |root| {
        let mut things = collection(root, "things");
        let fields = things["fields"].as_array_mut().expect("fields");
        fields.swap(1, 2);
        fields.insert(1, json!({ "type": "bool", "name": "zero" }));
        root.patch("/api/collections/things", things).ok();
    });
    project.pbr("migrate pull").succeeds();
    assert_eq!(
        project.read("schema/things.yaml"),
        "version: 1\ncollection: things\nfields:\n  zero: bool\n  # second\n  b: text # trailing b\n  # first\n  a: text # trailing a\n# rules\nrules:\n  # everyone\n  list: public\n"
    );
    project.pbr("migrate diff --check").succeeds();
    project.pbr("migrate drift").succeeds();
}

/// A blog whose database has drifted in `tags`, which a pending migration of that version changes too.
fn drifted_before_pending(after: i64) -> (Project, String) {
    let project = blog();
    project.replace("schema/tags.yaml", "fields:\n", "fields:\n  mine: text\n");
    let current = project.pbr("migrate status --json").succeeds().json()["current"].as_i64().expect("a version");
    project.pbr("migrate diff mine").succeeds();
    let file = project.list("migrations").into_iter().find(|name| name.ends_with("__mine.sql")).expect("the file");
    let moved = format!("V{}__mine.sql", current + after);
    let text = project.read(&format!("migrations/{file}"));
    std::fs::remove_file(project.file(&format!("migrations/{file}"))).expect("a removed file");
    project.write(&format!("migrations/{moved}"), &text);
    project.pbr("migrate hash").succeeds();
    project.database().execute("UPDATE _collections SET listRule = NULL WHERE name = 'tags'", []).expect("a rule");
    (project, moved)
}

#[test]
fn drift_before_a_pending_file_is_taken_back_and_then_the_file_is_applied() {
    let (project, pending) = drifted_before_pending(100);
    let way = "pbr migrate drift --fix && pbr migrate up";
    project.pbr("migrate up").exits(6).stderr_contains(way);
    project.pbr("migrate up --allow-drift").exits(6).stderr_contains(way).stderr_contains("pull --merge");
    project.pbr("migrate pull").exits(2).stderr_contains("drift --fix");
    project.pbr("migrate drift").exits(4).stderr_contains("pbr migrate drift --fix").stderr_contains("pull --merge");
    let elsewhere = project.duplicate();
    elsewhere.pbr("migrate drift --fix").succeeds();
    let repair = elsewhere.list("migrations").into_iter().find(|name| name.contains("repair_drift")).expect("a repair");
    assert!(repair < pending, "{repair} {pending}");

    project.pbr("migrate drift --fix").succeeds();
    project.pbr("migrate up").succeeds().stdout_contains(&repair).stdout_contains(&pending);
    project.pbr("migrate drift").succeeds();
    project.pbr("migrate diff --check").succeeds();
}

#[test]
fn a_repair_is_only_noted_where_later_files_are_applied_already() {
    let (project, _) = drifted_before_pending(100);
    let ahead = project.duplicate();
    ahead
        .database()
        .execute_batch("UPDATE _collections SET listRule = '' WHERE name = 'tags'")
        .expect("the rule that it had");
    project.pbr("migrate drift --fix").succeeds();
    ahead.pbr("migrate drift").succeeds();
    ahead.pbr("migrate up").succeeds();
    for file in project.list("migrations") {
        ahead.write(&format!("migrations/{file}"), &project.read(&format!("migrations/{file}")));
    }
    ahead.pbr("migrate up").succeeds().stdout_contains("repair_drift");
    ahead.pbr("migrate status --check").succeeds();
    ahead.pbr("migrate drift").succeeds();
}

#[test]
fn a_repair_that_has_no_room_says_how_to_make_some() {
    let (project, pending) = drifted_before_pending(1);
    let refused = project.pbr("migrate drift --fix --json").exits(2).json();
    let next = refused["error"]["next"].as_array().cloned().expect("next steps");
    let commands: Vec<&str> = next.iter().filter_map(|next| next["command"].as_str()).collect();
    let words: Vec<&str> = commands[0].split(' ').collect();
    assert_eq!(words[..2], ["mv", &format!("migrations/{pending}")]);
    std::fs::rename(project.file(words[1]), project.file(words[2])).expect("a moved file");
    assert_eq!(commands[1], "pbr migrate hash && pbr migrate drift --fix");
    project.pbr("migrate hash").succeeds();
    project.pbr("migrate drift --fix").succeeds();
    project.pbr("migrate up").succeeds();
    project.pbr("migrate drift").succeeds();
}

#[test]
fn a_table_that_no_migration_knows_is_adopted_or_dropped_by_name() {
    let project = blog();
    let sql = "CREATE TABLE foo (a); CREATE INDEX foo_a ON foo (a); INSERT INTO foo VALUES (1)";
    project.database().execute_batch(sql).expect("a table");
    for command in ["migrate drift", "migrate drift --fix", "migrate pull"] {
        project
            .pbr(command)
            .exits(4)
            .stderr_contains("table foo is in no migration")
            .stderr_contains("pbr migrate new NAME    (with CREATE TABLE IF NOT EXISTS foo")
            .stderr_contains("pbr migrate drift --fix --drop foo");
    }
    let adopting = project.duplicate();
    adopting.pbr("migrate new foo").succeeds();
    let file = adopting.list("migrations").into_iter().find(|name| name.ends_with("__foo.sql")).expect("the file");
    let create = "CREATE TABLE IF NOT EXISTS foo (a);\nCREATE INDEX IF NOT EXISTS foo_a ON foo (a);\n\n-- pbr:data";
    adopting.replace(&format!("migrations/{file}"), "-- pbr:data", create);
    adopting.pbr("migrate hash").succeeds();
    adopting.pbr("migrate up").succeeds();
    adopting.pbr("migrate drift").succeeds();

    project.pbr("migrate drift --fix --drop posts").exits(2).stderr_contains("`posts` is no table");
    project.pbr("migrate drift --fix --drop foo").succeeds().stdout_contains("DS101 foo");
    let refused = project.pbr("migrate up --json").exits(5).json();
    let token = refused["error"]["meta"]["token"].as_str().expect("a token").to_owned();
    project.pbr(&format!("migrate up --confirm {token}")).succeeds();
    project.pbr("migrate drift").succeeds();
}

#[test]
fn a_full_text_index_of_somebody_is_one_table() {
    let project = blog();
    let sql = "CREATE VIRTUAL TABLE search USING fts5 (title); INSERT INTO search VALUES ('x')";
    project.database().execute_batch(sql).expect("a virtual table");
    let drift = project.pbr("migrate drift --json").exits(4).json();
    assert_eq!(drift["error"]["meta"]["drift"], json!(["table search is in no migration"]));
    project.pbr("migrate drift --fix").exits(4);
    project.pbr("migrate drift --fix --drop search").succeeds();
    project.pbr("migrate drift --fix").exits(2).stderr_contains("waits to take the drift back");
    let refused = project.pbr("migrate up --json").exits(5).json();
    let token = refused["error"]["meta"]["token"].as_str().expect("a token").to_owned();
    project.pbr(&format!("migrate up --confirm {token}")).succeeds();
    project.pbr("migrate drift").succeeds();
}

#[test]
fn a_pull_tells_what_it_leaves_alone() {
    let project = blog();
    project
        .database()
        .execute_batch("CREATE TABLE foo (a); UPDATE _collections SET listRule = NULL WHERE name = 'tags'")
        .expect("drift");
    project.pbr("migrate pull").succeeds().stdout_contains("left alone: table foo is in no migration");
}

#[test]
fn an_empty_database_file_is_called_one() {
    let project = Project::from_template("blank");
    project.write("pb_data/data.db", "");
    for command in ["migrate drift", "migrate drift --fix", "migrate pull"] {
        project.pbr(command).exits(2).stderr_contains("has no collections").stderr_contains("next: pbr migrate");
    }
    project.pbr("migrate").succeeds();
    project.pbr("migrate drift").succeeds();
}

#[test]
fn a_table_that_was_dropped_by_hand_is_made_again() {
    let project = blog();
    project.database().execute_batch("DROP TABLE comments").expect("a drop");
    project.pbr("migrate drift").exits(4).stderr_contains("table comments is missing");
    project.pbr("migrate drift --fix").succeeds();
    project.pbr("migrate up").succeeds();
    project.pbr("migrate drift").succeeds();
    project.pbr("seed").succeeds();
}

#[test]
fn a_collection_whose_row_is_gone_is_listed_again_with_its_rows() {
    let project = blog();
    project.pbr("seed").succeeds();
    let count = || -> i64 {
        project.database().query_row("SELECT count(*) FROM comments", [], |row| row.get(0)).expect("a count")
    };
    let rows = count();
    assert!(rows > 0);
    project.database().execute_batch("DELETE FROM _collections WHERE name = 'comments'").expect("a delete");
    let drift = project.pbr("migrate drift").exits(4);
    drift.stderr_contains("the row of comments in _collections is missing");
    assert!(!project.pbr("migrate drift").stderr().contains("drop collection"));
    let refused = project.pbr("migrate pull").exits(6);
    refused.stderr_contains("though the table is there").stderr_contains("pbr migrate drift --fix");
    assert!(project.file("schema/comments.yaml").exists());
    project.pbr("migrate drift --fix").succeeds();
    project.pbr("migrate up").succeeds();
    project.pbr("migrate drift").succeeds();
    assert_eq!(count(), rows);
    let reply = project.serve().client().get("/api/collections/comments/records");
    assert_eq!(reply.ok()["totalItems"].as_i64(), Some(rows));
}

#[test]
fn a_collection_that_was_made_anew_keeps_its_file() {
    for kind in ["view", "auth"] {
        let project = Project::from_template("blank");
        project.write("schema/things.yaml", "version: 1\ncollection: things\nfields:\n  title: text\n");
        project.pbr("migrate diff things").succeeds();
        project.pbr("migrate").succeeds();
        edit(&project, |root| {
            root.delete("/api/collections/things").is(204);
            let query = "SELECT id, email FROM users";
            root.post("/api/collections", json!({ "name": "things", "type": kind, "viewQuery": query })).ok();
        });
        let pulled = project.pbr("migrate pull").succeeds().stdout();
        assert!(pulled.contains("written") && !pulled.contains("removed schema"), "{pulled}");
        assert!(project.read("schema/things.yaml").contains(&format!("type: {kind}")));
        project.pbr("migrate diff --check").succeeds();
        project.pbr("migrate drift").succeeds();
        std::fs::remove_dir_all(project.file("pb_data")).expect("a removed directory");
        project.pbr("migrate").succeeds();
        project.pbr("migrate drift").succeeds();
    }
}

#[test]
fn a_rename_in_letter_case_alone_is_a_change_of_the_collection_and_not_of_its_table() {
    let things =
        |name: &str| format!("version: 1\ncollection: {name}\nfields:\n  title: text\nindexes:\n  - fields: [title]\n");
    let of = |name: &str| {
        let project = Project::from_template("blank");
        project.write("schema/things.yaml", &things(name));
        project.pbr("migrate diff things").succeeds();
        project.pbr("migrate").succeeds();
        project.database().execute("INSERT INTO things (id, title) VALUES ('t1', 'kept')", []).expect("a row");
        project
    };
    let agrees = |project: &Project, name: &str| {
        project.pbr("migrate diff --check").succeeds();
        project.pbr("migrate drift").succeeds();
        project.pbr("migrate drift --fix").succeeds().stdout_contains("no drift");
        let server = project.serve();
        let records = server.root().get(&format!("/api/collections/{name}/records")).ok();
        assert_eq!(records["items"][0]["title"], "kept", "{records}");
    };

    let project = of("Things");
    project.write("schema/things.yaml", &things("things"));
    project.pbr("migrate diff lower --rename Things=things --down").succeeds();
    project.pbr("migrate up").succeeds();
    project.pbr("superuser upsert root@example.com secret12345").succeeds();
    agrees(&project, "things");
    project.pbr("migrate down").succeeds();
    project.pbr("migrate up").succeeds();

    let project = of("things");
    edit(&project, |root| {
        root.patch("/api/collections/things", json!({ "name": "Things" })).ok();
    });
    let elsewhere = Project::empty();
    let data = project.file("pb_data").display().to_string();
    elsewhere.pbr(&format!("init . --from {data}")).succeeds();
    agrees(&elsewhere, "Things");
    let taken_back = project.duplicate();
    taken_back.pbr("migrate drift --fix").succeeds();
    taken_back.pbr("migrate up").succeeds();
    agrees(&taken_back, "things");
    project.pbr("migrate pull").succeeds();
    agrees(&project, "Things");
    std::fs::remove_dir_all(project.file("pb_data")).expect("a removed directory");
    project.pbr("migrate").succeeds();
    project.pbr("migrate drift").succeeds();
}

/// A rule that would be more than a comment, if the lines of a comment did not all begin with dashes.
const LINES: &str = "title != \"x\nDELETE FROM tags;\r\n-- pbr:data\n--\" &&\n  title != \"a\rb\"";

#[test]
fn rules_of_several_lines_are_taken_over_and_taken_back() {
    let project = blog();
    project.pbr("seed").succeeds();
    let tags =
        || -> i64 { project.database().query_row("SELECT count(*) FROM tags", [], |row| row.get(0)).expect("a count") };
    let before = tags();
    edit(&project, |root| {
        root.patch("/api/collections/tags", json!({ "listRule": LINES.replace("title", "name") })).ok();
    });
    let taken_over = project.duplicate();
    project.pbr("migrate drift --fix").succeeds();
    project.pbr("migrate up").succeeds();
    project.pbr("migrate drift").succeeds();
    assert_eq!(tags(), before);

    taken_over.pbr("migrate pull").succeeds();
    taken_over.pbr("migrate diff --check").succeeds();
    taken_over.pbr("migrate check").succeeds();
    taken_over.pbr("migrate drift").succeeds();
    taken_over.pbr("migrate pull").succeeds().stdout_contains("has nothing");
    std::fs::remove_dir_all(taken_over.file("pb_data")).expect("a removed directory");
    taken_over.pbr("migrate").succeeds();
    taken_over.pbr("migrate drift").succeeds();
    pocketbase::run(&taken_over, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    let server = pocketbase::serve(&taken_over);
    let rule = collection(&server.root(), "tags")["listRule"].clone();
    assert_eq!(rule, LINES.replace("title", "name"));
}

#[test]
fn a_rule_with_line_ends_of_any_kind_converges_from_the_schema_file_too() {
    let project = Project::from_template("blank");
    let rule = json!(LINES).to_string();
    let text = format!("version: 1\ncollection: things\nfields:\n  title: text\nrules:\n  list: {rule}\n");
    project.write("schema/things.yaml", &text);
    project.pbr("migrate diff things --down").succeeds();
    project.pbr("migrate diff --check").succeeds();
    project.pbr("migrate check").succeeds();
    project.pbr("migrate up").succeeds();
    project.pbr("migrate drift").succeeds();
    let stored: String = project
        .database()
        .query_row("SELECT listRule FROM _collections WHERE name = 'things'", [], |row| row.get(0))
        .expect("a rule");
    assert_eq!(stored, LINES);
}

#[test]
fn nothing_leads_back_from_a_schema_that_is_not_there() {
    let project = blog();
    project.replace("schema/tags.yaml", "fields:\n", "fields:\n  more: text\n");
    project.pbr("migrate diff more --down").succeeds();
    project.pbr("migrate up").succeeds();
    edit(&project, |root| {
        let mut tags = collection(root, "tags");
        tags["fields"].as_array_mut().expect("fields").push(json!({ "type": "text", "name": "dash" }));
        root.patch("/api/collections/tags", tags).ok();
    });
    for line in ["migrate down --dry-run", "migrate down"] {
        project.pbr(line).exits(7).stderr_contains("does not have the schema that it leads back from");
    }
    project.pbr("migrate drift").exits(4).stderr_contains("add text field tags.dash");
    project.pbr("migrate drift --fix").succeeds();
    project.pbr("migrate up").succeeds();
    project.pbr("migrate drift").succeeds();
}

#[test]
fn the_copy_that_was_announced_is_there() {
    let project = blog();
    let announced = |run: crate::support::Run| {
        let text = run.succeeds().stdout();
        let path = text.lines().find_map(|line| line.strip_prefix("undo: the database from before is "));
        let path = path.unwrap_or_else(|| panic!("no copy in {text}")).to_owned();
        assert!(project.file(&path).exists(), "{path} of {:?}", project.list("pb_data/backups"));
    };
    for number in 1..=6 {
        project.pbr(&format!("migrate new data{number} --down")).succeeds();
        announced(project.pbr("migrate up"));
    }
    assert_eq!(project.list("pb_data/backups").len(), 5);
    project.pbr("migrate down --steps 6").succeeds();
    announced(project.pbr("migrate up"));
    assert_eq!(project.list("pb_data/backups").len(), 5);
}

#[test]
fn a_view_that_reads_what_was_renamed_is_not_pulled_as_it_is() {
    let project = Project::from_template("blank");
    project.write("schema/posts.yaml", "version: 1\ncollection: posts\nfields:\n  title: text\n");
    project.write(
        "schema/titles.yaml",
        "version: 1\ncollection: titles\ntype: view\nquery: SELECT id, title FROM posts\n",
    );
    project.pbr("migrate diff init").succeeds();
    project.pbr("migrate").succeeds();
    // SQLite lets the view follow; its query stays what it was, in PocketBase too.
    edit(&project, |root| {
        root.patch("/api/collections/posts", json!({ "name": "articles" })).ok();
    });
    let before = project.list("migrations");
    let refused = project.pbr("migrate pull").exits(9);
    refused.stderr_contains("no such table: main.posts").stderr_contains("in the dashboard");
    assert_eq!(project.list("migrations"), before);
    assert!(project.read("schema/posts.yaml").contains("collection: posts"));
    let from = format!("init . --from {}", project.file("pb_data").display());
    Project::empty().pbr(&from).exits(9).stderr_contains("next: pbr init --from");
    edit(&project, |root| {
        root.patch("/api/collections/titles", json!({ "viewQuery": "SELECT id, title FROM articles" })).ok();
    });
    project.pbr("migrate pull").succeeds();
    project.pbr("migrate check").succeeds();
    project.pbr("migrate diff --check").succeeds();
    Project::empty().pbr(&from).succeeds();

    project.write(
        "schema/titles.yaml",
        "version: 1\ncollection: titles\ntype: view\nquery: SELECT id, title FROM posts\n",
    );
    project.pbr("migrate check").exits(9).stderr_contains("no such table: main.posts");
}

#[test]
fn a_drop_that_is_pending_and_taken_back_loses_nothing() {
    let project = blog();
    project.database().execute("INSERT INTO comments (id) VALUES ('a')", []).expect("a row");
    let yaml = project.read("schema/comments.yaml");
    std::fs::remove_file(project.file("schema/comments.yaml")).expect("a file");
    project.pbr("migrate diff").succeeds();
    project.write("schema/comments.yaml", &yaml);
    project.pbr("migrate diff").succeeds();
    let refused = project.pbr("migrate up --json").exits(5).json();
    let next = refused["error"]["next"][0]["command"].as_str().expect("what to do").to_owned();
    let command =
        next.split("    (").next().expect("a command").replace("pbr ", &format!("{} ", env!("CARGO_BIN_EXE_pbr")));
    let done = std::process::Command::new("sh").current_dir(project.path()).args(["-c", &command]).output();
    let done = done.expect("a shell");
    assert!(done.status.success(), "{command}: {}", String::from_utf8_lossy(&done.stderr));
    project.pbr("migrate up").succeeds();
    let rows: i64 =
        project.database().query_row("SELECT count(*) FROM comments", [], |row| row.get(0)).expect("a count");
    assert_eq!(rows, 1);
    project.pbr("migrate drift").succeeds();
}

#[test]
fn a_repair_that_fits_only_after_other_files_asks_for_consent_too() {
    let project = blog();
    project
        .database()
        .execute_batch("ALTER TABLE tags ADD COLUMN junk TEXT; INSERT INTO tags (id, junk) VALUES ('a', 'kept')")
        .expect("a column of somebody");
    let behind = project.duplicate();
    project.replace("schema/posts.yaml", "fields:\n", "fields:\n  more: text\n");
    project.pbr("migrate diff more").succeeds();
    project.pbr("migrate up").succeeds();
    project.pbr("migrate drift --fix").succeeds();
    for file in project.list("migrations") {
        behind.write(&format!("migrations/{file}"), &project.read(&format!("migrations/{file}")));
    }
    behind.write("schema/posts.yaml", &project.read("schema/posts.yaml"));
    let refused = behind.pbr("migrate up --json").exits(5).json();
    assert!(refused["error"]["why"].as_str().is_some_and(|why| why.contains("tags.junk")), "{refused}");
    let kept = || behind.database().query_row("SELECT junk FROM tags", [], |row| row.get::<_, String>(0));
    assert_eq!(kept().expect("a value"), "kept");
    let token = refused["error"]["meta"]["token"].as_str().expect("a token");
    behind.pbr(&format!("migrate up --confirm {token}")).succeeds();
    assert!(kept().is_err());
    behind.pbr("migrate drift").succeeds();
}

//! The hook bus and the embedding API: order, vetoes, and what a handler changes.

use crate::support::{Client, Embedded, Project, Server};
use pbr::App;
use pbr::events::{EventError, Hook, Lifecycle, RecordEvent};
use pbr::records::ListParams;
use pbr::schema::fields::Value;
use serde_json::json;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Trace = Arc<Mutex<Vec<String>>>;

const POSTS: &str = "/api/collections/posts/records";

/// A seeded blog, opened in this process.
fn blog() -> (Project, App) {
    let project = Project::from_template("blog");
    project.pbr("migrate").succeeds();
    project.pbr("seed").succeeds();
    let app = App::builder(project.file("pb_data")).open().expect("an app");
    (project, app)
}

fn note(trace: &Trace, text: String) {
    trace.lock().expect("no panic while held").push(text);
}

fn taken(trace: &Trace) -> Vec<String> {
    std::mem::take(&mut *trace.lock().expect("no panic while held"))
}

fn follow<E: 'static>(hook: &Hook<E>, name: &'static str, trace: &Trace) {
    let trace = Arc::clone(trace);
    hook.bind(&["tags"], move |event, next| {
        note(&trace, format!("{name} in"));
        next.run(event)?;
        note(&trace, format!("{name} out"));
        Ok(())
    });
}

fn follow_creates(app: &App, trace: &Trace) {
    follow_life(&app.hooks().record, ["record.create", "record.validate", "record.execute", "record.after"], trace);
    follow_life(&app.hooks().model, ["model.create", "model.validate", "model.execute", "model.after"], trace);
}

fn follow_life<E: 'static>(life: &Lifecycle<E>, names: [&'static str; 4], trace: &Trace) {
    let hooks = [&life.create, &life.validate, &life.create_execute, &life.after_create_success];
    for (hook, name) in hooks.into_iter().zip(names) {
        follow(hook, name, trace);
    }
}

#[test]
fn record_handlers_wrap_model_handlers_and_validation_comes_before_the_statement() {
    let (_project, app) = blog();
    let trace = Trace::default();
    follow_creates(&app, &trace);
    app.create_record("tags", json!({ "name": "Go", "slug": "go" })).expect("a tag");
    let expected = [
        "record.create in",
        "model.create in",
        "record.validate in",
        "model.validate in",
        "model.validate out",
        "record.validate out",
        "record.execute in",
        "model.execute in",
        "model.execute out",
        "record.execute out",
        "model.create out",
        "record.create out",
        "record.after in",
        "model.after in",
        "model.after out",
        "record.after out",
    ];
    assert_eq!(taken(&trace), expected);
    // Another collection is none of their business.
    let user =
        json!({ "email": "x@example.com", "name": "X", "password": "password1", "passwordConfirm": "password1" });
    app.create_record("users", user).expect("a user");
    assert!(taken(&trace).is_empty());
}

#[test]
fn an_invalid_record_reaches_the_error_hook_and_no_statement() {
    let (_project, app) = blog();
    let trace = Trace::default();
    follow(&app.hooks().record.create_execute, "execute", &trace);
    let errors = Arc::clone(&trace);
    app.hooks().record.after_create_error.bind(&[], move |event, next| {
        note(&errors, format!("error: {}", event.error.as_deref().unwrap_or_default()));
        next.run(event)
    });
    let error = app.create_record("tags", json!({ "slug": "go" })).expect_err("a name is required");
    assert_eq!(error.to_string(), "Failed to create record.");
    assert_eq!(taken(&trace), ["error: Failed to create record."]);
}

#[test]
fn a_handler_changes_what_is_stored_and_a_veto_stores_nothing() {
    let (_project, app) = blog();
    app.hooks().record.create.bind(&["tags"], |event, next| {
        let collection = event.collection.clone();
        if event.record.text(&collection, "name") == "forbidden" {
            return Err(EventError::forbidden("not this one"));
        }
        event.record.set(&collection, "name", Value::Text("changed".into()));
        next.run(event)
    });
    let made = app.create_record("tags", json!({ "name": "x", "slug": "a" })).expect("a tag");
    assert_eq!(made["name"], "changed");
    let error = app.create_record("tags", json!({ "name": "forbidden", "slug": "b" })).expect_err("a veto");
    assert_eq!(error.to_string(), "not this one");
    let page = app.list_records("tags", ListParams { filter: "slug = 'b'".into(), ..ListParams::default() });
    assert_eq!(page.expect("a page")["totalItems"], 0);
}

#[test]
fn an_error_after_the_statement_reaches_the_caller_and_the_record_stays() {
    let (_project, app) = blog();
    app.hooks().record.create.bind(&["tags"], |event, next| {
        next.run(event)?;
        Err(EventError::bad_request("too late"))
    });
    app.create_record("tags", json!({ "name": "x", "slug": "late" })).expect_err("an error");
    let params = ListParams { filter: "slug = 'late'".into(), ..ListParams::default() };
    assert_eq!(app.list_records("tags", params).expect("a page")["totalItems"], 1);
}

#[test]
fn generated_ids_are_there_before_the_statement_and_dates_only_with_it() {
    let (_project, app) = blog();
    let seen = Trace::default();
    let inner = Arc::clone(&seen);
    app.hooks().record.create.bind(&["comments"], move |event, next| {
        let at = |event: &RecordEvent| event.record.text(&event.collection, "created").to_owned();
        note(&inner, format!("id {} created {:?}", event.record.id(&event.collection).len(), at(event)));
        next.run(event)?;
        note(&inner, format!("created {}", at(event).len()));
        Ok(())
    });
    let post = app.list_records("posts", ListParams::default()).expect("posts")["items"][0].clone();
    let comment = json!({ "post": post["id"], "author": post["author"], "text": "x" });
    app.create_record("comments", comment).expect("a comment");
    assert_eq!(taken(&seen), ["id 15 created \"\"", "created 24"]);
}

#[test]
fn an_update_shows_what_was_stored_and_a_delete_runs_the_hooks_of_its_cascade() {
    let (_project, app) = blog();
    let trace = Trace::default();
    let updates = Arc::clone(&trace);
    app.hooks().record.after_update_success.bind(&["posts"], move |event, next| {
        let original = event.original.as_ref().expect("an update has an original");
        let title = |record: &pbr::events::Record| record.text(&event.collection, "title").to_owned();
        note(&updates, format!("{} → {}", title(original), title(&event.record)));
        next.run(event)
    });
    let deletes = Arc::clone(&trace);
    app.hooks().record.after_delete_success.bind(&[], move |event, next| {
        note(&deletes, format!("deleted {}", event.collection.name));
        next.run(event)
    });
    let params = ListParams { filter: "slug = 'hello-world'".into(), ..ListParams::default() };
    let id = app.list_records("posts", params).expect("posts")["items"][0]["id"].as_str().expect("an id").to_owned();
    app.update_record("posts", &id, json!({ "title": "Hi" })).expect("an update");
    app.delete_record("posts", &id).expect("a delete");
    let expected = ["Hello, world → Hi", "deleted comments", "deleted comments", "deleted posts"];
    assert_eq!(taken(&trace), expected);
}

#[test]
fn a_vetoed_cascade_takes_everything_back() {
    let (_project, app) = blog();
    app.hooks().record.delete.bind(&["comments"], |_event, _next| Err(EventError::bad_request("comments stay")));
    let params = ListParams { filter: "slug = 'hello-world'".into(), ..ListParams::default() };
    let id = app.list_records("posts", params).expect("posts")["items"][0]["id"].as_str().expect("an id").to_owned();
    app.delete_record("posts", &id).expect_err("a veto");
    app.record("posts", &id).expect("the post is still there");
    // The connection is back in order.
    app.create_record("tags", json!({ "name": "x", "slug": "after" })).expect("a tag");
}

/// Saves the name of the application as another process would.
fn rename_elsewhere(project: &Project, name: &str) {
    let other = App::builder(project.file("pb_data")).open().expect("an app beside the first");
    other.save_settings(app_name(name).as_object().expect("an object")).expect("settings");
}

fn app_name(name: &str) -> serde_json::Value {
    json!({ "meta": { "appName": name } })
}

fn in_log(project: &Project, like: &str) -> bool {
    let log = rusqlite::Connection::open(project.file("pb_data/auxiliary.db")).expect("a log");
    let sql = "SELECT count(*) FROM _logs WHERE message || data LIKE ?1";
    log.query_row(sql, [like], |row| row.get::<_, i64>(0)).expect("a count") > 0
}

#[test]
fn handlers_of_settings_that_another_process_saves_hurt_no_writes() {
    let (project, app) = blog();
    let (go, wait) = crossbeam_channel::unbounded::<()>();
    let outer = app.clone();
    app.hooks().settings_reload.bind(&[], move |event, next| match event.new.meta.app_name.as_str() {
        "panic" => panic!("on purpose"),
        "write" => {
            next.run(event)?;
            let tag = json!({ "name": "from a handler", "slug": "handler" });
            outer.create_record("tags", tag).map(drop).map_err(EventError::from)
        }
        "slow" => {
            let _ = wait.recv();
            next.run(event)
        }
        _ => next.run(event),
    });
    let tag = |slug: &str| app.create_record("tags", json!({ "name": slug, "slug": slug })).expect("a tag");
    let taken_in = |name: &str| crate::support::eventually(|| app.settings().meta.app_name == name);
    rename_elsewhere(&project, "panic");
    crate::support::eventually(|| {
        app.logs().flush(Duration::from_secs(5));
        in_log(&project, "A handler of settings_reload panicked%on purpose%")
    });
    tag("after-panic");
    rename_elsewhere(&project, "write");
    taken_in("write");
    let params = || ListParams { filter: "slug = 'handler'".into(), ..ListParams::default() };
    crate::support::eventually(|| app.list_records("tags", params()).expect("tags")["totalItems"] == 1);
    rename_elsewhere(&project, "slow");
    tag("beside-slow");
    rename_elsewhere(&project, "last");
    tag("beside-slow-still");
    assert_eq!(app.settings().meta.app_name, "write");
    drop(go);
    taken_in("last");
}

#[test]
fn a_handler_that_saves_settings_inside_a_save_is_refused_instead_of_waiting_for_itself() {
    let (_project, app) = blog();
    let save = |app: &App, name: &str| app.save_settings(app_name(name).as_object().expect("an object"));
    let outer = app.clone();
    app.hooks().requests.settings_update.bind(&[], move |event, next| {
        if event.new.meta.app_name == "nested" {
            save(&outer, "inner")?;
        }
        next.run(event)
    });
    // A handler of something else that runs inside it.
    let (outer, writer) = (app.clone(), app.clone());
    app.hooks().record.create.bind(&["tags"], move |event, next| {
        save(&outer, "from a record")?;
        next.run(event)
    });
    app.hooks().model.after_update_success.bind(&["_params"], move |event, next| {
        let nested = writer.create_record("tags", json!({ "name": "x", "slug": "x" }));
        assert!(nested.is_err());
        next.run(event)
    });
    let refused = save(&app, "nested").expect_err("a nested save");
    assert!(matches!(refused, pbr::SaveSettingsError::Nested), "{refused}");
    save(&app, "plain").expect("settings").expect("a save");
    assert_eq!(app.settings().meta.app_name, "plain");
}

#[test]
fn passwords_are_hashed_as_in_a_bare_directory_unless_the_program_chooses() {
    use pbr::passwords::Scheme;
    let project = Project::empty();
    let dir = project.file("pb_data");
    for (builder, beginning) in
        [(App::builder(&dir), "$2a$"), (App::builder(&dir).password_hash(Scheme::Argon2id), "$argon2id$")]
    {
        let app = builder.open().expect("an app");
        assert!(app.records().passwords.hash("secret12345", 0).expect("a hash").starts_with(beginning));
    }
}

#[test]
fn an_app_that_its_own_handlers_hold_can_be_closed() {
    let (project, app) = blog();
    let held = app.clone();
    app.hooks().record.create.bind(&["tags"], move |event, next| {
        held.logs().message(pbr::logs::Level::WARN, "from a handler", json!({}));
        next.run(event)
    });
    app.create_record("tags", json!({ "name": "x", "slug": "x" })).expect("a tag");
    let other = app.clone();
    app.close(Duration::ZERO);
    assert!(in_log(&project, "from a handler%"));
    for file in ["data.db-wal", "auxiliary.db-wal"] {
        let left = std::fs::metadata(project.file("pb_data").join(file)).map_or(0, |file| file.len());
        assert_eq!(left, 0, "{file}");
    }
    other.create_record("tags", json!({ "name": "y", "slug": "y" })).expect_err("a closed app");
    drop(other);
    let again = App::builder(project.file("pb_data")).open().expect("the app again");
    again.create_record("tags", json!({ "name": "y", "slug": "y" })).expect("a tag");
}

#[test]
fn one_app_writes_inside_the_transaction_of_another() {
    let ((_one, first), (_two, second)) = (blog(), blog());
    let tag = |app: &App, slug: &str| app.create_record("tags", json!({ "name": slug, "slug": slug }));
    first
        .transaction(|_| {
            tag(&first, "a")?;
            second.transaction(|_| {
                tag(&second, "b")?;
                // Takes part in the outermost one.
                tag(&first, "c")
            })?;
            tag(&second, "d")?;
            tag(&first, "e")
        })
        .expect("both");
    let mine = |app: &App| {
        let filter = "name = 'a' || name = 'b' || name = 'c' || name = 'd' || name = 'e'".to_owned();
        let params = ListParams { filter, sort: "name".into(), ..ListParams::default() };
        let page = app.list_records("tags", params).expect("a page");
        page["items"].as_array().expect("items").iter().map(|tag| tag["name"].to_string()).collect::<String>()
    };
    assert_eq!((mine(&first).as_str(), mine(&second).as_str()), ("\"a\"\"c\"\"e\"", "\"b\"\"d\""));
}

#[test]
fn a_panic_in_what_follows_a_commit_stops_no_write() {
    let (_project, app) = blog();
    let watched = Arc::clone(app.records());
    let followed = watched.db.writer().run(|tx| {
        tx.after_commit(|| panic!("on purpose"));
        Ok::<_, pbr::db::DbError>(())
    });
    assert!(followed.is_ok());
    app.create_record("tags", json!({ "name": "x", "slug": "x" })).expect("a tag");
}

#[test]
fn handlers_of_logins_see_what_was_sent_with_them() {
    let (_project, app) = blog();
    app.hooks().requests.record_auth_with_password.bind(&[], |event, next| {
        let (header, query) = (event.request.headers.get("x_captcha"), event.request.query.get("from"));
        if header.map(String::as_str) != Some("solved") || query.map(String::as_str) != Some("form") {
            return Err(EventError::forbidden("no robots"));
        }
        next.run(event)
    });
    let user =
        json!({ "email": "eve@example.com", "password": "12345678", "passwordConfirm": "12345678", "name": "Eve" });
    app.create_record("users", user).expect("a user");
    let served = Embedded::serve(app);
    let login = |captcha: &str| {
        let client = served.client();
        let request = client.request("POST", "/api/collections/users/auth-with-password?from=form");
        let body = json!({ "identity": "eve@example.com", "password": "12345678" });
        client.send(request.header("X-Captcha", captcha).json(&body))
    };
    login("solved").is(200);
    login("guessed").is(403);
}

#[test]
fn pages_without_rows_are_empty() {
    let (_project, app) = blog();
    let params = ListParams { per_page: 0, ..ListParams::default() };
    let page = app.list_records("tags", params).expect("a page");
    assert_eq!(page["items"], json!([]));
}

/// Runs an example program on the data of a seeded blog.
fn example(name: &str, test: impl FnOnce(&Server, Client)) {
    let project = Project::from_template("blog");
    project.pbr("migrate").succeeds();
    project.pbr("seed").succeeds();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    let alice = project.pbr("token issue alice@example.com --collection users").succeeds().stdout();
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_pbr")).with_file_name("examples").join(name);
    let mut command = Command::new(binary);
    command.current_dir(project.path()).args(["pb_data", "127.0.0.1:0"]);
    let server = Server::start(command);
    let client = server.client().with_token(alice.trim());
    test(&server, client);
}

/// Alice writes a post.
fn post(client: &Client, title: &str) -> crate::support::http::Reply {
    let me = client.post("/api/collections/users/auth-refresh", json!({})).ok();
    let author = me["record"]["id"].clone();
    client.post(POSTS, json!({ "title": title, "body": "x", "status": "draft", "author": author }))
}

#[test]
fn the_example_that_makes_slugs_runs() {
    example("slugs", |_, client| {
        assert_eq!(post(&client, "A Title, With Commas").ok()["slug"], "a-title-with-commas");
        let refused = post(&client, "…");
        assert_eq!(refused.is(400).json()["message"], "The title has no letters to make a slug of.");
    });
}

#[test]
fn the_example_that_audits_changes_runs() {
    example("audit", |server, client| {
        let me = client.post("/api/collections/users/auth-refresh", json!({})).ok();
        let author = &me["record"]["id"];
        let body = json!({ "title": "T", "slug": "t", "body": "x", "status": "draft", "author": author });
        let made = client.post(POSTS, body.clone()).ok();
        let id = made["id"].as_str().expect("an id");
        crate::support::eventually(|| server.output().contains(&format!("create posts/{id} by {author}")));
        // The slug is taken: neither a post nor a row.
        client.post(POSTS, body).is(400);
        client.delete(&format!("{POSTS}/{id}")).is(204);
        let root = client.login("_superusers", "root@example.com", "secret12345");
        let rows = root.get("/api/collections/audit/records?filter=(collection='posts')&sort=@rowid").ok();
        let actions: Vec<_> = rows["items"].as_array().expect("items").iter().map(|row| &row["action"]).collect();
        assert_eq!(actions, ["create", "delete"]);
    });
}

#[test]
fn handlers_of_the_end_run_once_around_it_and_cannot_prevent_it() {
    let (project, app) = blog();
    let trace = Trace::default();
    let (ends, held) = (Arc::clone(&trace), app.clone());
    app.hooks().terminate.bind(&[], move |event, next| {
        let tag = |slug: &str| held.create_record("tags", json!({ "name": slug, "slug": slug })).is_ok();
        note(&ends, format!("restart {} before {}", event.is_restart, tag("before")));
        next.run(event)?;
        note(&ends, format!("after {}", tag("after")));
        Err(EventError::failed("too late"))
    });
    let other = app.clone();
    app.close(Duration::ZERO);
    other.close(Duration::ZERO);
    assert_eq!(taken(&trace), ["restart false before true", "after false"]);
    assert!(in_log(&project, "A handler of terminate failed%too late%"));

    let app = App::builder(project.file("pb_data")).open().expect("the app again");
    app.hooks().terminate.bind(&[], |_, _| panic!("on purpose"));
    let other = app.clone();
    app.close(Duration::ZERO);
    other.create_record("tags", json!({ "name": "y", "slug": "y" })).expect_err("a closed app");
}

#[test]
fn the_example_with_routes_of_its_own_runs() {
    example("own_routes", |_, client| {
        assert_eq!(client.get("/hello").body, "Hello from a backend with 2 users.\n");
        client.get("/api/health").is(200);
        let root = client.login("_superusers", "root@example.com", "secret12345");
        let known = "/api/logs?filter=data.url~'health'%26%26data.remoteIP='127.0.0.1'";
        crate::support::eventually(|| root.get(known).ok()["totalItems"] == 1);
    });
}

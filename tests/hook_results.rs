//! What PocketBase's hooks were seen to do, handler by handler, held against the bus: the same handlers in Rust, the same
//! requests over HTTP, the same answers and the same order (spec 05 §10; the numbers are the scripts' there).

use crate::support::{Client, Embedded, Project};
use pbr::App;
use pbr::events::{EventError, Hook, ModelEvent, Next, RecordEvent};
use pbr::records::{Body, Pending, Room, WriteRequest};
use pbr::schema::fields::Value;
use pbr::schema::{ErrorTree, FieldError};
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value as Json, json};
use std::sync::{Arc, Mutex};

pub const NOTES: &str = "/api/collections/notes/records";
pub const TAGS: &str = "/api/collections/tags/records";
pub const NOTE: &str = "note00000000001";

/// An app with `notes` and `tags`, served in this process.
pub struct Fixture {
    pub app: App,
    pub guest: Client,
    pub root: Client,
    lines: Arc<Mutex<Vec<String>>>,
    _served: Embedded,
    pub project: Project,
}

impl Fixture {
    pub fn new() -> Self {
        let project = Project::empty();
        project.pbr("superuser create root@example.com secret12345").succeeds();
        let app = App::builder(project.file("pb_data")).open().expect("an app");
        let open = json!({ "listRule": "", "viewRule": "", "createRule": "", "updateRule": "", "deleteRule": "" });
        for (name, fields) in [("tags", tag_fields()), ("notes", note_fields())] {
            let mut collection = open.clone();
            collection["name"] = name.into();
            collection["type"] = "base".into();
            collection["fields"] = fields;
            create_collection(&app, collection);
        }
        app.create_record("tags", json!({ "id": "tag000000000001", "label": "one" })).expect("a tag");
        let note = json!({ "id": NOTE, "title": "First", "n": 1, "tag": "tag000000000001", "secret": "s3", "meta": { "a": 1 } });
        app.create_record("notes", note).expect("a note");
        app.save_settings(json!({ "batch": { "enabled": true } }).as_object().expect("an object")).expect("settings");

        let served = Embedded::serve(app.clone());
        let guest = served.client();
        let root = guest.login("_superusers", "root@example.com", "secret12345");
        Self { app, guest, root, lines: Arc::default(), _served: served, project }
    }

    /// What a handler says.
    pub fn say(&self) -> impl Fn(String) + Clone + Send + Sync + 'static {
        let lines = Arc::clone(&self.lines);
        move |line| lines.lock().expect("no panic while held").push(line)
    }

    /// What was said since the last question.
    pub fn said(&self) -> String {
        std::mem::take(&mut *self.lines.lock().expect("no panic while held")).join(" ¦ ")
    }

    /// A handler that says its name on the way in and on the way out.
    pub fn follow<E: 'static>(&self, hook: &Hook<E>, tags: &[&str], name: &'static str) {
        let say = self.say();
        hook.bind(tags, move |event, next| {
            say(format!("{name} in"));
            next.run(event)?;
            say(format!("{name} out"));
            Ok(())
        });
    }
}

pub fn create_collection(app: &App, collection: Json) {
    let made = app.create_collection(collection.as_object().expect("an object"));
    assert!(made.expect("a collection").is_some());
}

fn tag_fields() -> Json {
    json!([{ "name": "label", "type": "text", "required": true }])
}

fn note_fields() -> Json {
    let tags = pbr::schema::collection_id("base", "tags");
    json!([
        { "name": "title", "type": "text", "required": true, "max": 40 },
        { "name": "n", "type": "number" },
        { "name": "done", "type": "bool" },
        { "name": "meta", "type": "json" },
        { "name": "secret", "type": "text", "hidden": true },
        { "name": "tag", "type": "relation", "collectionId": tags, "cascadeDelete": true },
        { "name": "created", "type": "autodate", "onCreate": true },
    ])
}

pub fn text(event: &RecordEvent, field: &str) -> String {
    event.record.text(&event.collection, field).to_owned()
}

pub fn set(event: &mut RecordEvent, field: &str, value: String) {
    let collection = Arc::clone(&event.collection);
    event.record.set(&collection, field, Value::Text(value));
}

fn end<E>(_event: &mut E, _next: Next<'_, E>) -> Result<(), EventError> {
    Ok(())
}

fn note(id: &str) -> Json {
    json!({ "title": "x", "id": id })
}

const PICK: &str = "?fields=id,title,n";

#[test]
fn t01_handlers_run_in_order_of_registration_and_record_handlers_wrap_model_handlers() {
    let fixture = Fixture::new();
    fixture.follow(&fixture.app.hooks().model.create, &["notes"], "M");
    fixture.follow(&fixture.app.hooks().record.create, &["notes"], "A");
    fixture.follow(&fixture.app.hooks().record.create, &[], "B");
    let made = fixture.guest.post(&format!("{NOTES}{PICK}"), note("t01000000000001")).ok();
    assert_eq!(made, json!({ "id": "t01000000000001", "n": 0, "title": "x" }));
    assert_eq!(fixture.said(), "A in ¦ B in ¦ M in ¦ M out ¦ B out ¦ A out");
}

#[test]
fn t02_a_request_handler_that_ends_the_chain_answers_with_an_empty_200_and_stores_nothing() {
    let fixture = Fixture::new();
    fixture.app.hooks().requests.record_create.bind(&["notes"], end);
    let reply = fixture.guest.post(NOTES, note("t02000000000001"));
    assert_eq!((reply.status, reply.body.as_str()), (200, ""));
    fixture.guest.get(&format!("{NOTES}/t02000000000001")).is(404);
}

#[test]
fn t03_a_record_handler_that_ends_the_chain_answers_with_a_record_that_was_not_stored() {
    let fixture = Fixture::new();
    fixture.app.hooks().record.create.bind(&["notes"], end);
    fixture.follow(&fixture.app.hooks().record.after_create_success, &["notes"], "after");
    let made = fixture.guest.post(&format!("{NOTES}{PICK}"), note("t03000000000001")).ok();
    assert_eq!(made, json!({ "id": "t03000000000001", "n": 0, "title": "x" }));
    assert_eq!(fixture.said(), "after in ¦ after out");
    fixture.guest.get(&format!("{NOTES}/t03000000000001")).is(404);
}

#[test]
fn t04_without_the_rest_of_validate_nothing_is_validated() {
    let fixture = Fixture::new();
    fixture.app.hooks().record.validate.bind(&["notes"], end);
    let made = fixture.guest.post(&format!("{NOTES}{PICK}"), json!({ "title": "", "id": "t04000000000001" })).ok();
    assert_eq!(made, json!({ "id": "t04000000000001", "n": 0, "title": "" }));
}

#[test]
fn t05_a_failure_after_the_statement_is_a_400_and_the_row_stays() {
    let fixture = Fixture::new();
    fixture.app.hooks().record.create.bind(&["notes"], |event, next| {
        next.run(event)?;
        Err(EventError::failed("late"))
    });
    let say = fixture.say();
    fixture.app.hooks().record.after_create_error.bind(&["notes"], move |event, next| {
        say(format!("err {}", event.error.as_deref().unwrap_or_default()));
        next.run(event)
    });
    fixture.follow(&fixture.app.hooks().record.after_create_success, &["notes"], "never");
    let reply = fixture.guest.post(NOTES, note("t05000000000001"));
    assert_eq!(reply.is(400).json(), json!({ "data": {}, "message": "Failed to create record.", "status": 400 }));
    assert_eq!(fixture.said(), "err late");
    fixture.guest.get(&format!("{NOTES}/t05000000000001")).is(200);
}

#[test]
fn t06_a_failure_after_the_commit_is_a_400_too_and_no_error_handler_hears_of_it() {
    let fixture = Fixture::new();
    fixture.app.hooks().record.after_create_success.bind(&["notes"], |_, _| Err(EventError::failed("x")));
    fixture.follow(&fixture.app.hooks().record.after_create_error, &["notes"], "never");
    let reply = fixture.guest.post(NOTES, note("t06000000000001"));
    assert_eq!(reply.is(400).json()["message"], "Failed to create record.");
    assert_eq!(fixture.said(), "");
    fixture.guest.get(&format!("{NOTES}/t06000000000001")).is(200);
}

#[test]
fn t07_a_failure_after_the_answer_is_only_logged() {
    let fixture = Fixture::new();
    let requests = &fixture.app.hooks().requests;
    for hook in [&requests.record_create, &requests.record_update, &requests.record_view, &requests.record_delete] {
        hook.bind(&["notes"], |event, next| {
            next.run(event)?;
            Err(EventError::bad_request("late"))
        });
    }
    requests.records_list.bind(&["notes"], |event, next| {
        next.run(event)?;
        Err(EventError::failed("late"))
    });
    requests.settings_update.bind(&[], |event, next| {
        next.run(event)?;
        Err(EventError::failed("late"))
    });
    let made = fixture.guest.post(&format!("{NOTES}{PICK}"), note("t07000000000001")).ok();
    assert_eq!(made, json!({ "id": "t07000000000001", "n": 0, "title": "x" }));
    let path = format!("{NOTES}/t07000000000001");
    assert_eq!(fixture.guest.get(&path).ok()["title"], "x");
    assert_eq!(fixture.guest.get(NOTES).ok()["totalItems"], 2);
    assert_eq!(fixture.guest.patch(&path, json!({ "title": "y" })).ok()["title"], "y");
    fixture.guest.delete(&path).is(204);
    fixture.root.patch("/api/settings", json!({ "meta": { "appName": "New" } })).ok();
    fixture.app.logs().flush(std::time::Duration::from_secs(5));
    let logged = fixture.root.get("/api/logs?filter=message~'after the request was answered'").ok();
    assert_eq!(logged["totalItems"], 6, "{logged}");
    // What a batch answers is sent when all of it is committed.
    let request = json!({ "method": "POST", "url": NOTES, "body": note("t07000000000002") });
    fixture.guest.post("/api/batch", json!({ "requests": [request] })).is(400);
    fixture.guest.get(&format!("{NOTES}/t07000000000002")).is(404);
}

#[test]
fn t08_a_refusal_keeps_its_status_message_and_data_and_a_failure_tells_nothing() {
    let fixture = Fixture::new();
    fixture.app.hooks().record.create.bind(&["notes"], |event, _| match event.record.get(&event.collection, "n") {
        Some(Value::Number(n)) if *n == 1.0 => {
            let data = ErrorTree::single("n", FieldError::new("n_small", "Use 2."));
            Err(EventError::bad_request("too small").with_data(data))
        }
        Some(Value::Number(n)) if *n == 2.0 => Err(EventError::forbidden("not you")),
        Some(Value::Number(n)) if *n == 4.0 => Err(EventError::forbidden("")),
        Some(Value::Number(n)) if *n > 4.0 => Err(EventError::refused(*n as u16, "odd")),
        _ => Err(EventError::failed("secret detail")),
    });
    let create = |n: i32| fixture.guest.post(NOTES, json!({ "title": "a", "n": n }));
    let small = create(1);
    let expected =
        json!({ "data": { "n": { "code": "n_small", "message": "Use 2." } }, "message": "Too small.", "status": 400 });
    assert_eq!(small.is(400).json(), expected);
    assert_eq!(create(2).is(403).json(), json!({ "data": {}, "message": "Not you.", "status": 403 }));
    assert_eq!(create(3).is(400).json(), json!({ "data": {}, "message": "Failed to create record.", "status": 400 }));
    assert_eq!(create(4).is(403).json()["message"], "You are not allowed to perform this request.");
    for no_error in [101, 204, 304, 999] {
        assert_eq!(create(no_error).is(400).json(), json!({ "data": {}, "message": "Odd.", "status": 400 }));
    }
}

#[test]
fn t10_each_stage_sees_what_the_one_before_made_and_after_the_chain_only_the_answer_changes() {
    let fixture = Fixture::new();
    let append = |suffix: &'static str| {
        move |event: &mut RecordEvent, next: Next<'_, RecordEvent>| {
            let label = text(event, "label") + suffix;
            set(event, "label", label);
            next.run(event)
        }
    };
    let hooks = fixture.app.hooks();
    hooks.requests.record_create.bind(&["tags"], append("-req"));
    hooks.record.create.bind(&["tags"], |event, next| {
        let label = text(event, "label") + "-create";
        set(event, "label", label);
        next.run(event)?;
        set(event, "label", "shown".into());
        Ok(())
    });
    hooks.record.validate.bind(&["tags"], append("-val"));
    hooks.record.create_execute.bind(&["tags"], append("-exec"));
    let made =
        fixture.guest.post(&format!("{TAGS}?fields=label"), json!({ "label": "x", "id": "t10000000000001" })).ok();
    assert_eq!(made, json!({ "label": "shown" }));
    let stored = fixture.guest.get(&format!("{TAGS}/t10000000000001?fields=label")).ok();
    assert_eq!(stored, json!({ "label": "x-req-create-val-exec" }));
}

#[test]
fn t11_tags_are_names_or_ids_in_their_exact_case() {
    let fixture = Fixture::new();
    let id = fixture.app.collection("tags").expect("tags").id.clone();
    fixture.follow(&fixture.app.hooks().record.create, &[&id], "by id");
    fixture.follow(&fixture.app.hooks().record.create, &["notes", "tags"], "multi");
    fixture.follow(&fixture.app.hooks().record.create, &["TAGS"], "wrong case");
    let say = fixture.say();
    fixture.app.hooks().model.create.bind(&["tags"], move |event, next| {
        say(format!("model {}", event.table()));
        next.run(event)
    });
    fixture.guest.post(TAGS, json!({ "label": "q" })).ok();
    assert_eq!(fixture.said(), "by id in ¦ multi in ¦ model tags ¦ multi out ¦ by id out");
}

#[test]
fn t12_the_stored_state_is_there_after_an_update() {
    let fixture = Fixture::new();
    let say = fixture.say();
    fixture.app.hooks().record.after_update_success.bind(&["notes"], move |event, next| {
        let old = event.original.as_ref().map(|record| record.text(&event.collection, "title")).unwrap_or_default();
        say(format!("{old} -> {}", text(event, "title")));
        next.run(event)
    });
    let updated = fixture.guest.patch(&format!("{NOTES}/{NOTE}?fields=title"), json!({ "title": "Second" })).ok();
    assert_eq!(updated, json!({ "title": "Second" }));
    assert_eq!(fixture.said(), "First -> Second");
}

#[test]
fn t15_each_request_of_a_batch_runs_inside_the_handler_of_the_one_before() {
    let fixture = Fixture::new();
    let say = fixture.say();
    fixture.app.hooks().requests.batch.bind(&[], move |event, next| {
        say(format!("{} {}", event.requests.len(), event.requests[0].method));
        event.requests[0].body.insert("label".into(), "forced".into());
        next.run(event)
    });
    let say = fixture.say();
    fixture.app.hooks().requests.record_create.bind(&["tags"], move |event, next| {
        let context = event.request.as_ref().map(|request| request.context.clone()).unwrap_or_default();
        say(format!("> {} {context}", text(event, "label")));
        next.run(event)?;
        say(format!("< {}", text(event, "label")));
        Ok(())
    });
    let say = fixture.say();
    fixture.app.hooks().record.after_create_success.bind(&["tags"], move |event, next| {
        say(format!("saved {}", text(event, "label")));
        next.run(event)
    });
    let url = format!("{TAGS}?fields=label");
    let request = |label: &str| json!({ "method": "POST", "url": url, "body": { "label": label } });
    let answers = fixture.guest.post("/api/batch", json!({ "requests": [request("a"), request("b")] })).ok();
    assert_eq!(
        answers,
        json!([{ "body": { "label": "forced" }, "status": 200 }, { "body": { "label": "b" }, "status": 200 }])
    );
    assert_eq!(fixture.said(), "2 POST ¦ > forced batch ¦ > b batch ¦ < b ¦ < forced ¦ saved forced ¦ saved b");

    // The first refusal is the one that is told, and nothing is saved.
    let refused = fixture.guest.post("/api/batch", json!({ "requests": [request("a"), request("")] }));
    let told = refused.is(400).json();
    assert_eq!(told["data"]["requests"]["1"]["response"]["data"]["label"]["code"], "validation_required", "{told}");
    assert_eq!(told["data"]["requests"].as_object().expect("an object").len(), 1, "{told}");
    assert_eq!(fixture.guest.get(&format!("{TAGS}?filter=(label='forced')")).ok()["totalItems"], 1);
}

#[test]
fn files_of_a_batch_stay_with_their_request_whatever_a_handler_makes_of_the_others() {
    let fixture = Fixture::new();
    create_collection(
        &fixture.app,
        json!({ "name": "papers", "type": "base", "createRule": "", "fields": [
        { "name": "file", "type": "file", "maxSelect": 1 },
    ] }),
    );
    fixture.app.hooks().requests.batch.bind(&[], |event, next| {
        event.requests.remove(0);
        let mut made = event.requests[0].clone();
        made.uploads.clear();
        event.requests.insert(0, made);
        next.run(event)
    });
    let request = json!({ "method": "POST", "url": "/api/collections/papers/records" });
    let file = |name: &str| Part::bytes(name.as_bytes().to_vec()).file_name(format!("{name}.txt"));
    let form = Form::new()
        .text("@jsonPayload", json!({ "requests": [request, request, request] }).to_string())
        .part("requests.0.file", file("first"))
        .part("requests.1.file", file("second"))
        .part("requests.2.file", file("third"));
    let answers = fixture.root.send(fixture.root.request("POST", "/api/batch").multipart(form)).ok();
    let names: Vec<&str> = (0..3).map(|at| answers[at]["body"]["file"].as_str().expect("a name")).collect();
    assert!(names[0].is_empty() && names[1].starts_with("second_") && names[2].starts_with("third_"), "{names:?}");
}

#[test]
fn a_batch_with_many_nested_requests_has_the_stack_it_needs() {
    let fixture = Fixture::new();
    let settings = json!({ "batch": { "enabled": true, "maxRequests": 3000, "timeout": 120 } });
    fixture.app.save_settings(settings.as_object().expect("an object")).expect("settings");
    fixture.app.hooks().requests.record_create.bind(&[], |event, next| next.run(event));
    let requests: Vec<Json> =
        (0..1500).map(|n| json!({ "method": "POST", "url": TAGS, "body": { "label": n.to_string() } })).collect();
    let answers = fixture.guest.post("/api/batch", json!({ "requests": requests })).ok();
    assert_eq!(answers.as_array().expect("answers").len(), 1500);
}

#[test]
fn t16_a_transaction_is_all_or_nothing_and_what_follows_a_write_waits_for_its_end() {
    let fixture = Fixture::new();
    fixture.follow(&fixture.app.hooks().record.create_execute, &["tags"], "exec");
    fixture.follow(&fixture.app.hooks().record.after_create_success, &["tags"], "ok");
    fixture.follow(&fixture.app.hooks().record.after_create_error, &["tags"], "failed");
    let say = fixture.say();
    let kept = fixture.app.transaction(|tx| {
        tx.create_record("tags", json!({ "label": "keep", "id": "t14000000000001" }))?;
        say("end".into());
        Ok(5)
    });
    assert_eq!(kept.expect("a result"), 5);
    assert_eq!(fixture.said(), "exec in ¦ exec out ¦ end ¦ ok in ¦ ok out");
    let undone = fixture.app.transaction(|tx| {
        tx.create_record("tags", json!({ "label": "undo", "id": "t14000000000002" }))?;
        tx.update_record("tags", "tag000000000001", json!({ "label": "changed" }))?;
        tx.delete_record("notes", "missing00000000")
    });
    assert_eq!(undone.expect_err("there is no such note").to_string(), "The requested resource wasn't found.");
    assert_eq!(fixture.said(), "exec in ¦ exec out ¦ failed in ¦ failed out");
    fixture.guest.get(&format!("{TAGS}/t14000000000002")).is(404);
    assert_eq!(fixture.guest.get(&format!("{TAGS}/tag000000000001")).ok()["label"], "one");
}

#[test]
fn a_failure_after_a_transaction_is_told_and_logged_and_keeps_no_other_handler_from_running() {
    let fixture = Fixture::new();
    let hooks = fixture.app.hooks();
    fixture.follow(&hooks.model.after_create_success, &["tags"], "after");
    hooks.record.after_create_success.bind(&["tags"], |event, next| match text(event, "label").as_str() {
        "refused" => Err(EventError::forbidden("too late")),
        "failed" => Err(EventError::failed("the cause")),
        _ => next.run(event),
    });
    let create = |label: &str| {
        fixture.app.transaction(|tx| {
            tx.create_record("tags", json!({ "label": label }))?;
            tx.create_record("tags", json!({ "label": "other" }))
        })
    };
    assert_eq!(create("refused").expect_err("a failure").to_string(), "too late");
    assert_eq!(fixture.said(), "after in ¦ after out");
    let request = |label: &str| json!({ "method": "POST", "url": TAGS, "body": { "label": label } });
    let batch =
        |label: &str| fixture.guest.post("/api/batch", json!({ "requests": [request(label), request("other")] }));
    assert_eq!(batch("refused").is(403).json()["message"], "Too late.");
    let failed = json!({ "data": {}, "message": "Batch transaction failed.", "status": 400 });
    assert_eq!(batch("failed").is(400).json(), failed);
    assert_eq!(fixture.said(), "after in ¦ after out ¦ after in ¦ after out");
    // One that was there before, and three times two.
    assert_eq!(fixture.guest.get(TAGS).ok()["totalItems"], 7);
    fixture.app.logs().flush(std::time::Duration::from_secs(5));
    let logged = fixture.root.get("/api/logs?filter=message~'after a transaction'").ok();
    assert_eq!(logged["totalItems"], 3, "{logged}");
}

#[test]
fn a_failure_after_a_cascade_keeps_no_other_handler_or_message_back() {
    let fixture = Fixture::new();
    fixture.app.hooks().record.after_delete_success.bind(&["notes"], |_, _| Err(EventError::failed("x")));
    fixture.follow(&fixture.app.hooks().record.after_delete_success, &["tags"], "gone");
    let stream = crate::support::sse::Stream::open(&fixture.guest);
    stream.subscribe(&["tags/*"]);
    fixture.guest.delete(&format!("{TAGS}/tag000000000001")).is(400);
    assert_eq!(fixture.said(), "gone in ¦ gone out");
    assert_eq!(stream.next().data["action"], "delete");
    fixture.guest.get(&format!("{TAGS}/tag000000000001")).is(404);
}

#[test]
fn t17_a_delete_is_vetoed() {
    let fixture = Fixture::new();
    fixture.app.hooks().record.delete.bind(&["notes"], |_, _| Err(EventError::bad_request("locked")));
    let reply = fixture.guest.delete(&format!("{NOTES}/{NOTE}"));
    assert_eq!(reply.is(400).json(), json!({ "data": {}, "message": "Locked.", "status": 400 }));
}

#[test]
fn t18_a_delete_is_replaced_by_another_write() {
    let fixture = Fixture::new();
    let app = fixture.app.clone();
    fixture.app.hooks().requests.record_delete.bind(&["notes"], move |event, _| {
        let id = event.record.id(&event.collection).to_owned();
        app.update_record("notes", &id, json!({ "done": true })).map_err(EventError::from)?;
        Ok(())
    });
    fixture.guest.delete(&format!("{NOTES}/{NOTE}"));
    assert_eq!(fixture.guest.get(&format!("{NOTES}/{NOTE}?fields=done")).ok(), json!({ "done": true }));
}

#[test]
fn t19_a_cascade_deletes_inside_the_statement_of_its_parent() {
    let fixture = Fixture::new();
    for (hook, verb) in
        [(&fixture.app.hooks().record.delete, "del"), (&fixture.app.hooks().record.after_delete_success, "gone")]
    {
        let say = fixture.say();
        hook.bind(&[], move |event, next| {
            say(format!("{verb} {}", event.collection.name));
            next.run(event)
        });
    }
    fixture.guest.delete(&format!("{TAGS}/tag000000000001")).is(204);
    assert_eq!(fixture.said(), "del tags ¦ del notes ¦ gone notes ¦ gone tags");
}

fn enrich_notes(fixture: &Fixture) {
    let say = fixture.say();
    fixture.app.hooks().enrich.bind(&["notes"], move |event, next| {
        event.hidden.insert("meta".into());
        let who = event.request.auth.as_ref().map_or("guest", |auth| &auth.collection_name).to_owned();
        event.custom.insert("who".into(), who.into());
        say(format!("note {}", event.request.context));
        next.run(event)
    });
    let say = fixture.say();
    fixture.app.hooks().enrich.bind(&["tags"], move |event, next| {
        say(format!("tag {}", event.request.context));
        next.run(event)
    });
}

#[test]
fn t20_answers_get_computed_members_and_superusers_see_everything() {
    let fixture = Fixture::new();
    enrich_notes(&fixture);
    let fields = "fields=meta,who,secret,expand.tag.label";
    let seen = fixture.guest.get(&format!("{NOTES}/{NOTE}?expand=tag&{fields}")).ok();
    assert_eq!(seen, json!({ "expand": { "tag": { "label": "one" } }, "who": "guest" }));
    assert_eq!(fixture.said(), "note default ¦ tag expand");
    let seen = fixture.root.get(&format!("{NOTES}/{NOTE}?fields=meta,who,secret")).ok();
    assert_eq!(seen, json!({ "meta": { "a": 1 }, "secret": "s3", "who": "_superusers" }));
    assert_eq!(fixture.said(), "note default");
    // The answers to writes are enriched as well.
    let made = fixture.guest.post(&format!("{NOTES}?fields=title,who"), json!({ "title": "new" })).ok();
    assert_eq!(made, json!({ "title": "new", "who": "guest" }));
}

#[test]
fn t21_the_records_of_a_list_are_entered_one_after_the_other() {
    let fixture = Fixture::new();
    fixture.app.create_record("tags", json!({ "label": "two" })).expect("a tag");
    let say = fixture.say();
    fixture.app.hooks().enrich.bind(&["tags"], move |event, next| {
        let label = event.record.text(&event.collection, "label").to_owned();
        say(format!("in {label}"));
        next.run(event)?;
        say(format!("out {label}"));
        Ok(())
    });
    let page = fixture.guest.get(&format!("{TAGS}?fields=label&sort=label&skipTotal=1")).ok();
    let expected = json!({
        "items": [{ "label": "one" }, { "label": "two" }], "page": 1, "perPage": 30, "totalItems": -1, "totalPages": -1,
    });
    assert_eq!(page, expected);
    assert_eq!(fixture.said(), "in one ¦ in two ¦ out two ¦ out one");
}

#[test]
fn many_records_that_are_expanded_have_the_stack_that_their_handlers_need() {
    let fixture = Fixture::new();
    fixture.follow(&fixture.app.hooks().enrich, &["notes"], "note");
    let rows = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
        INSERT INTO notes (id, tag) SELECT printf('many%011d', i), printf('tag%012d', i / 1000) FROM n;
        INSERT INTO tags (id) SELECT DISTINCT tag FROM notes WHERE tag NOT IN (SELECT id FROM tags)";
    fixture.project.database().execute_batch(rows).expect("rows");
    let page = fixture.guest.get(&format!("{TAGS}?perPage=1000&expand=notes_via_tag&fields=expand.notes_via_tag.id"));
    let page = page.ok();
    let expanded = |item: &Json| item["expand"]["notes_via_tag"].as_array().map_or(0, Vec::len);
    let items = page["items"].as_array().expect("items");
    assert_eq!(items.iter().map(expanded).max(), Some(1000));
    assert!(items.iter().map(expanded).sum::<usize>() >= 10_000);
}

#[test]
fn what_a_handler_puts_in_the_place_of_an_expansion_stands_there_alone() {
    let fixture = Fixture::new();
    fixture.app.hooks().enrich.bind(&["notes"], |event, next| {
        next.run(event)?;
        event.custom.insert("expand".into(), "own".into());
        Ok(())
    });
    let seen = fixture.guest.get(&format!("{NOTES}/{NOTE}?expand=tag"));
    assert_eq!((&seen.json()["expand"], seen.body.matches("\"expand\":").count()), (&json!("own"), 1), "{}", seen.body);
}

#[test]
fn deletes_that_no_handler_takes_part_in_share_a_transaction_whoever_enriches_answers() {
    let fixture = Fixture::new();
    fixture.follow(&fixture.app.hooks().enrich, &[], "any");
    let leases = || fixture.app.records().db.writer().leases();
    let before = leases();
    fixture.guest.delete(&format!("{NOTES}/{NOTE}")).is(204);
    fixture.app.delete_record("tags", "tag000000000001").expect("a delete");
    assert_eq!(leases(), before);
}

#[test]
fn a_truncate_ends_where_a_handler_keeps_records() {
    let fixture = Fixture::new();
    fixture.app.hooks().record.delete.bind(&["notes"], |event, next| {
        if event.record.id(&event.collection) == NOTE { Ok(()) } else { next.run(event) }
    });
    for title in ["a", "b"] {
        fixture.app.create_record("notes", json!({ "title": title })).expect("a note");
    }
    fixture.root.delete("/api/collections/notes/truncate").is(204);
    let left = fixture.guest.get(&format!("{NOTES}?fields=id")).ok();
    assert_eq!(left["items"], json!([{ "id": NOTE }]));
}

#[test]
fn t22_enriching_may_refuse_an_answer_and_fails_an_expansion_silently() {
    let fixture = Fixture::new();
    fixture.app.hooks().enrich.bind(&["tags"], |event, _| {
        let plain = event.request.query.contains_key("p");
        Err(if plain { EventError::failed("x") } else { EventError::forbidden("no view") })
    });
    let tag = format!("{TAGS}/tag000000000001");
    let refused = fixture.guest.get(&tag);
    assert_eq!(refused.is(403).json(), json!({ "data": {}, "message": "No view.", "status": 403 }));
    let failed = fixture.guest.get(&format!("{tag}?p=1"));
    assert_eq!(failed.is(500).json(), json!({ "data": {}, "message": "Failed to enrich record.", "status": 500 }));
    let failed = fixture.guest.get(&format!("{TAGS}?p=1"));
    assert_eq!(failed.is(500).json()["message"], "Failed to enrich records.");
    let expanded = fixture.guest.get(&format!("{NOTES}/{NOTE}?expand=tag&fields=id,expand"));
    assert_eq!(expanded.ok()["id"], NOTE);
    assert!(expanded.ok().get("expand").is_none_or(|expand| expand == &json!({})), "{}", expanded.body);
}

#[test]
fn t23_the_page_of_a_list_can_be_edited() {
    let fixture = Fixture::new();
    let say = fixture.say();
    fixture.app.hooks().requests.records_list.bind(&["notes"], move |event, next| {
        say(format!("{} {} {}", event.records.len(), event.page, event.per_page));
        event.total_items = 99;
        let collection = Arc::clone(&event.collection);
        event.records[0].set(&collection, "title", Value::Text("patched".into()));
        next.run(event)
    });
    let page = fixture.guest.get(&format!("{NOTES}?fields=title")).ok();
    let expected =
        json!({ "items": [{ "title": "patched" }], "page": 1, "perPage": 30, "totalItems": 99, "totalPages": 1 });
    assert_eq!(page, expected);
    assert_eq!(fixture.said(), "1 1 30");
}

#[test]
fn t24_a_view_that_a_handler_ends_is_empty_and_a_refused_view_never_reaches_it() {
    let fixture = Fixture::new();
    fixture.follow(&fixture.app.hooks().requests.record_view, &["notes"], "view");
    fixture.guest.get(&format!("{NOTES}/missing00000000")).is(404);
    assert_eq!(fixture.said(), "");
    fixture.guest.get(&format!("{NOTES}/{NOTE}")).is(200);
    assert_eq!(fixture.said(), "view in ¦ view out");
    fixture.app.hooks().requests.record_view.bind(&["notes"], end);
    assert_eq!(fixture.guest.get(&format!("{NOTES}/{NOTE}")).is(200).body, "");
}

#[test]
fn t26_the_body_of_an_update_is_resolved_before_the_handlers_see_it() {
    let fixture = Fixture::new();
    let say = fixture.say();
    fixture.app.hooks().requests.record_update.bind(&["notes"], move |event, next| {
        let body = event.request.as_ref().map(|request| Json::Object((*request.body).clone())).unwrap_or_default();
        let old = event.original.as_ref().and_then(|record| record.get(&event.collection, "n")).map(Value::to_json);
        say(format!("{body} {}", old.unwrap_or_default()));
        next.run(event)
    });
    let updated = fixture.guest.patch(&format!("{NOTES}/{NOTE}?fields=n"), json!({ "n+": 5 })).ok();
    assert_eq!(updated, json!({ "n": 6 }));
    assert_eq!(fixture.said(), "{\"n\":6} 1");
}

#[test]
fn t32_settings_show_old_and_new_values_and_are_reloaded_after_a_save() {
    let fixture = Fixture::new();
    let start = json!({ "meta": { "appName": "Acme" } });
    fixture.app.save_settings(start.as_object().expect("an object")).expect("settings");
    let hooks = fixture.app.hooks();
    let say = fixture.say();
    hooks.requests.settings_update.bind(&[], move |event, next| {
        say(format!("{} {}", event.old.meta.app_name, event.new.meta.app_name));
        event.new.meta.sender_name = "hooked".into();
        next.run(event)
    });
    let say = fixture.say();
    hooks.model.update.bind(&["_params"], move |event, next| {
        say(format!("{} {}", event.table(), event.id()));
        next.run(event)
    });
    let (say, app) = (fixture.say(), fixture.app.clone());
    hooks.settings_reload.bind(&[], move |event, next| {
        let before = app.settings().meta.app_name.clone();
        next.run(event)?;
        say(format!("reload {before} {}", app.settings().meta.app_name));
        Ok(())
    });
    hooks.requests.settings_list.bind(&[], |event, next| {
        event.settings.meta.app_name = "masked".into();
        next.run(event)
    });
    let path = "/api/settings?fields=meta.appName,meta.senderName";
    let saved = fixture.root.patch(path, json!({ "meta": { "appName": "New" } })).ok();
    assert_eq!(saved, json!({ "meta": { "appName": "New", "senderName": "hooked" } }));
    assert_eq!(fixture.said(), "Acme New ¦ _params settings ¦ reload Acme New");
    let listed = fixture.root.get("/api/settings?fields=meta.appName").ok();
    assert_eq!(listed, json!({ "meta": { "appName": "masked" } }));
}

#[test]
fn t33_collections_gain_fields_are_vetoed_by_name_and_are_tagged_with_their_present_name() {
    let fixture = Fixture::new();
    let hooks = fixture.app.hooks();
    hooks.collection.create.bind(&[], |event, next| {
        let kind = pbr::schema::FieldKind::named("bool").expect("a type");
        event.collection.fields.push(pbr::schema::Field::new("flag", kind));
        next.run(event)
    });
    hooks.collection.validate.bind(&[], |event, next| {
        if event.collection.name.starts_with("x_") {
            return Err(EventError::bad_request("bad prefix"));
        }
        next.run(event)
    });
    let say = fixture.say();
    hooks.collection.update.bind(&["keepme"], move |event, next| {
        say("update of keepme".into());
        next.run(event)
    });
    let say = fixture.say();
    hooks.model.after_create_success.bind(&["_collections"], move |event, next| {
        if let ModelEvent::Collection(event) = event {
            say(format!("made {}", event.collection.name));
        }
        next.run(event)
    });
    let collections = "/api/collections";
    let made = fixture
        .root
        .post(&format!("{collections}?fields=name,fields.name"), json!({ "name": "keepme", "type": "base" }))
        .ok();
    assert_eq!(made, json!({ "fields": [{ "name": "id" }, { "name": "flag" }], "name": "keepme" }));
    assert_eq!(fixture.said(), "made keepme");
    let vetoed = fixture.root.post(collections, json!({ "name": "x_a", "type": "base" }));
    let message = "Failed to create collection. Raw error: \nBad prefix.";
    assert_eq!(vetoed.is(400).json(), json!({ "data": {}, "message": message, "status": 400 }));
    for (from, to) in [("keepme", "renamed"), ("renamed", "keepme")] {
        let path = format!("{collections}/{from}?fields=name");
        assert_eq!(fixture.root.patch(&path, json!({ "name": to })).ok(), json!({ "name": to }));
    }
    assert_eq!(fixture.said(), "update of keepme");
    // A record of the new field can be made, so the table has it.
    fixture.root.post("/api/collections/keepme/records", json!({ "flag": true })).ok();
}

#[test]
fn requests_about_collections_pass_their_hooks() {
    let fixture = Fixture::new();
    let requests = &fixture.app.hooks().requests;
    fixture.follow(&requests.collections_list, &[], "list");
    fixture.follow(&requests.collection_view, &["tags"], "view");
    fixture.follow(&requests.collection_create, &[], "create");
    fixture.follow(&requests.collection_update, &[], "update");
    fixture.follow(&requests.collection_delete, &[], "delete");
    fixture.follow(&requests.collections_import, &[], "import");
    let root = &fixture.root;
    root.get("/api/collections").is(200);
    root.get("/api/collections/tags").is(200);
    root.get("/api/collections/notes").is(200);
    root.post("/api/collections", json!({ "name": "more", "type": "base" })).ok();
    root.patch("/api/collections/more", json!({ "listRule": "" })).ok();
    let list =
        json!({ "collections": [{ "name": "more", "type": "base", "fields": [{ "name": "a", "type": "text" }] }] });
    root.send(root.request("PUT", "/api/collections/import").json(&list)).is(204);
    root.delete("/api/collections/more").is(204);
    let names = ["list", "view", "create", "update", "import", "delete"];
    let expected: Vec<String> = names.iter().flat_map(|name| [format!("{name} in"), format!("{name} out")]).collect();
    assert_eq!(fixture.said(), expected.join(" ¦ "));

    fixture.app.hooks().requests.collection_delete.bind(&[], end);
    assert_eq!(root.delete("/api/collections/tags").is(200).body, "");
    root.get("/api/collections/tags").is(200);
}

#[test]
fn handlers_after_a_commit_change_or_keep_back_what_subscribers_hear() {
    let fixture = Fixture::new();
    let hooks = fixture.app.hooks();
    hooks.record.after_create_success.bind(&["tags"], |event, next| {
        if text(event, "label") == "quiet" {
            return Ok(());
        }
        set(event, "label", "shown".into());
        next.run(event)
    });
    // Too late for the message: it is sent between the hooks of records and those of models.
    hooks.model.after_create_success.bind(&["tags"], end);
    hooks.requests.realtime_subscribe.bind(&[], |event, next| {
        event.subscriptions.push("news".into());
        next.run(event)
    });
    hooks.requests.realtime_message.bind(&[], |event, next| {
        event.data = event.data.replace("shown", "seen");
        next.run(event)
    });
    let stream = crate::support::sse::Stream::open(&fixture.guest);
    stream.subscribe(&["tags/*"]);
    fixture.guest.post(TAGS, json!({ "label": "quiet" })).ok();
    fixture.guest.post(TAGS, json!({ "label": "loud" })).ok();
    fixture.app.realtime().publish("news", &json!({ "text": "hello" }));
    let heard: Vec<String> = stream.rest().into_iter().map(|event| format!("{} {}", event.name, event.data)).collect();
    assert_eq!(heard.len(), 2, "{heard:?}");
    assert!(heard.iter().any(|line| line.starts_with("tags/*") && line.contains("seen")), "{heard:?}");
    assert!(heard.contains(&"news {\"text\":\"hello\"}".to_owned()), "{heard:?}");
}

fn body(values: Json) -> Body {
    Body::from(values.as_object().expect("an object").clone())
}

#[test]
fn what_is_large_is_read_and_written_where_it_keeps_nobody_waiting() {
    let fixture = Fixture::new();
    let (records, notes) = (fixture.app.records(), fixture.app.collection("notes").expect("notes"));
    let large = json!({ "id": "large0000000001", "title": "large", "meta": "x".repeat(1 << 16) });
    fixture.app.create_record("notes", large.clone()).expect("a note");
    let view = |id: &str| records.view(notes.clone(), Arc::default(), id.to_owned(), String::new());
    assert!(matches!(view(NOTE), Pending::Ready(Ok(_))));
    assert!(matches!(view("missing00000000"), Pending::Ready(Err(_))));
    let pending = view("large0000000001");
    assert!(matches!(pending, Pending::Queued(_)));
    let seen: Json = serde_json::from_slice(&pending.wait().expect("an answer")).expect("JSON");
    assert_eq!((&seen["title"], &seen["meta"]), (&large["title"], &large["meta"]));

    let write = || WriteRequest { collection: notes.clone(), request: Arc::default(), expand: String::new() };
    let small = records.create(write(), body(json!({ "title": "small" })));
    assert!(matches!(small, Pending::Queued(_)) && small.wait().is_ok());
    let room: Option<Room> = Some(Arc::new(()));
    let bodies =
        [Body { room: room.clone(), ..body(json!({ "title": "new" })) }, Body { room, ..body(json!({ "n+": 2 })) }];
    let [new, change] = bodies;
    let made = records.create(write(), new);
    assert!(matches!(made, Pending::Blocking(_)) && made.wait().is_ok());
    let changed = records.update(write(), NOTE.to_owned(), change);
    assert!(matches!(changed, Pending::Blocking(_)));
    let n = |changed: Pending<Vec<u8>>| -> Json {
        let changed: Json = serde_json::from_slice(&changed.wait().expect("an answer")).expect("JSON");
        changed["n"].clone()
    };
    assert_eq!(n(changed), 3);
    // Only in the database it is seen that a record is large.
    let changed = records.update(write(), NOTE.to_owned(), body(json!({ "n+": 1, "meta": "x".repeat(1 << 19) })));
    let Pending::Tried(tried, stepwise) = changed else { panic!("a job") };
    assert!(pbr::db::wait(tried).expect("a job").expect("an answer").is_none());
    assert_eq!(n(Pending::Blocking(stepwise)), 4);
    assert_eq!(n(records.update(write(), NOTE.to_owned(), body(json!({ "n+": 1, "meta": 0 })))), 5);
}

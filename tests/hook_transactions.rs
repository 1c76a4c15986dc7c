//! What handlers write and read while a transaction is open: it is part of that transaction, and undone with it (spec 05
//! §1.4 and §1.5; the orders are those that PocketBase was seen to keep).

use crate::hook_results::{Fixture, NOTE, NOTES, TAGS, create_collection, text};
use pbr::App;
use pbr::events::{Binding, EventError, RecordEvent};
use pbr::records::{ListParams, RecordError};
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value as Json, json};
use std::sync::{Arc, Mutex};

const TAG: &str = "tag000000000001";

/// A fixture with a second note of the same tag, a collection for what handlers write, and `pins`, whose references to
/// tags are required.
fn fixture() -> Fixture {
    let fixture = Fixture::new();
    let app = &fixture.app;
    let what = json!([{ "name": "what", "type": "text", "max": 40 }]);
    create_collection(app, json!({ "name": "audit", "type": "base", "listRule": "", "fields": what }));
    let tags = pbr::schema::collection_id("base", "tags");
    let fields = json!([{ "name": "tag", "type": "relation", "collectionId": tags, "required": true }]);
    create_collection(app, json!({ "name": "pins", "type": "base", "fields": fields }));
    app.create_record("notes", json!({ "id": "note00000000002", "title": "Second", "tag": TAG })).expect("a note");
    fixture
}

fn record(app: &App, what: &str) -> Result<Json, RecordError> {
    app.create_record("audit", json!({ "what": what }))
}

/// What was written to `audit`, in that order.
fn audit(app: &App) -> Vec<String> {
    let params = ListParams { sort: "@rowid".into(), ..ListParams::default() };
    let page = app.list_records("audit", params).expect("a page");
    let items = page["items"].as_array().expect("items");
    items.iter().map(|item| item["what"].as_str().expect("a text").to_owned()).collect()
}

fn exists(app: &App, collection: &str, id: &str) -> bool {
    app.record(collection, id).is_ok()
}

/// Says of every record what follows its writes.
fn follow_ends(fixture: &Fixture) {
    let life = &fixture.app.hooks().record;
    for (hook, verb) in [
        (&life.after_create_success, "made"),
        (&life.after_create_error, "not made"),
        (&life.after_delete_success, "gone"),
        (&life.after_delete_error, "not gone"),
    ] {
        let say = fixture.say();
        hook.bind(&[], move |event: &mut RecordEvent, next| {
            let error = event.error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
            let field = if event.collection.name == "audit" { "what" } else { "id" };
            say(format!("{verb} {} {}{error}", event.collection.name, text(event, field)));
            next.run(event)
        });
    }
}

fn in_batch(fixture: &Fixture, labels: &[&str]) -> crate::support::http::Reply {
    let request = |label: &&str| json!({ "method": "POST", "url": TAGS, "body": { "id": label, "label": "x" } });
    let requests: Vec<Json> = labels.iter().map(request).collect();
    fixture.guest.post("/api/batch", json!({ "requests": requests }))
}

#[test]
fn what_a_handler_writes_in_a_batch_is_undone_with_it() {
    let fixture = fixture();
    follow_ends(&fixture);
    let app = fixture.app.clone();
    fixture.app.hooks().record.create.bind(&["tags"], move |event, next| {
        record(&app, event.record.id(&event.collection))?;
        next.run(event)
    });
    in_batch(&fixture, &["aaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbb"]).is(200);
    assert_eq!(audit(&fixture.app), ["aaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbb"]);
    let told = "made audit aaaaaaaaaaaaaaa ¦ made tags aaaaaaaaaaaaaaa ¦ \
        made audit bbbbbbbbbbbbbbb ¦ made tags bbbbbbbbbbbbbbb";
    assert_eq!(fixture.said(), told);

    // The second is there already.
    in_batch(&fixture, &["ccccccccccccccc", "aaaaaaaaaaaaaaa"]).is(400);
    assert_eq!(audit(&fixture.app).len(), 2);
    assert!(!exists(&fixture.app, "tags", "ccccccccccccccc"));
    let failed = "Failed to create record.";
    let told = format!(
        "not made tags aaaaaaaaaaaaaaa: {failed} ¦ not made audit ccccccccccccccc: {failed} ¦ \
        not made tags ccccccccccccccc: {failed} ¦ not made audit aaaaaaaaaaaaaaa: {failed}"
    );
    assert_eq!(fixture.said(), told);
}

#[test]
fn what_a_handler_writes_in_a_cascade_is_undone_with_it() {
    let fixture = fixture();
    follow_ends(&fixture);
    let app = fixture.app.clone();
    fixture.app.hooks().record.delete.bind(&["notes"], move |event, next| {
        record(&app, event.record.id(&event.collection))?;
        next.run(event)
    });
    let pin = fixture.app.create_record("pins", json!({ "tag": TAG })).expect("a pin");
    fixture.said();
    let reply = fixture.guest.delete(&format!("{TAGS}/{TAG}"));
    assert!(reply.is(400).json()["message"].as_str().expect("a message").contains("required relation reference"));
    assert!(audit(&fixture.app).is_empty());
    assert!(exists(&fixture.app, "tags", TAG) && exists(&fixture.app, "notes", NOTE));
    let error = reply.json()["message"].as_str().expect("a message").to_owned();
    let told = [
        format!("not made audit {NOTE}"),
        format!("not gone notes {NOTE}"),
        "not made audit note00000000002".into(),
        "not gone notes note00000000002".into(),
        format!("not gone tags {TAG}"),
    ];
    assert_eq!(fixture.said(), told.map(|told| format!("{told}: {error}")).join(" ¦ "));

    fixture.app.delete_record("pins", pin["id"].as_str().expect("an id")).expect("a delete");
    fixture.said();
    fixture.guest.delete(&format!("{TAGS}/{TAG}")).is(204);
    assert_eq!(audit(&fixture.app), [NOTE, "note00000000002"]);
    let told = format!(
        "made audit {NOTE} ¦ gone notes {NOTE} ¦ made audit note00000000002 ¦ gone notes note00000000002 ¦ gone tags {TAG}"
    );
    assert_eq!(fixture.said(), told);
}

#[test]
fn a_long_cascade_has_the_stack_that_its_handlers_need() {
    const LENGTH: usize = 2_000;
    let fixture = fixture();
    let links = pbr::schema::collection_id("base", "links");
    let fields = json!([{ "name": "after", "type": "relation", "collectionId": links, "cascadeDelete": true }]);
    let app = &fixture.app;
    create_collection(app, json!({ "name": "links", "type": "base" }));
    let update = json!({ "fields": fields });
    app.update_collection("links", update.as_object().expect("an object")).expect("a field");
    let id = |at: usize| format!("link{at:011}");
    let chain = app.transaction(|app| {
        (0..LENGTH).try_for_each(|at| {
            let after = if at == 0 { String::new() } else { id(at - 1) };
            app.create_record("links", json!({ "id": id(at), "after": after })).map(drop)
        })
    });
    chain.expect("a chain");
    let writer = app.clone();
    app.hooks().record.delete_execute.bind(&["links"], move |event, next| {
        writer.transaction(|app| {
            record(app, event.record.id(&event.collection))?;
            Ok(next.run(event)?)
        })?;
        Ok(())
    });
    app.delete_record("links", &id(0)).expect("a delete");
    let left = |name: &str| app.list_records(name, ListParams::default()).expect("a page")["totalItems"].clone();
    assert_eq!((left("links"), left("audit")), (json!(0), json!(LENGTH)));
}

#[test]
fn a_nested_transaction_that_fails_undoes_only_its_own_part() {
    let fixture = fixture();
    follow_ends(&fixture);
    let say = fixture.say();
    let done = fixture.app.transaction(|app| {
        record(app, "before")?;
        let inner = app.transaction(|app| {
            record(app, "inside")?;
            app.transaction(|app| record(app, "inside that"))?;
            app.delete_record("notes", NOTE)?;
            Err::<(), _>(RecordError::bad_request("no"))
        });
        say(format!("inner {}", inner.expect_err("a refusal")));
        record(app, "after")
    });
    done.expect("the outer transaction");
    assert_eq!(audit(&fixture.app), ["before", "after"]);
    assert!(exists(&fixture.app, "notes", NOTE));
    let told = format!(
        "not made audit inside: no ¦ not made audit inside that: no ¦ not gone notes {NOTE}: no ¦ inner no ¦ \
        made audit before ¦ made audit after"
    );
    assert_eq!(fixture.said(), told);
}

#[test]
fn a_write_that_failed_may_be_swallowed_and_leaves_nothing_half_done() {
    let fixture = fixture();
    fixture.app.create_record("pins", json!({ "tag": TAG })).expect("a pin");
    let swallowed = |app: &App| {
        record(app, &"too long".repeat(9)).expect_err("an invalid field");
        app.create_record("tags", json!({ "id": TAG, "label": "again" })).expect_err("an id that is taken");
        // Notes go before the pin refuses.
        app.delete_record("tags", TAG).expect_err("a required reference");
        app.record("notes", NOTE).map(drop)
    };
    fixture.app.transaction(swallowed).expect("a transaction");
    let app = fixture.app.clone();
    fixture.app.hooks().record.create.bind(&["tags"], move |event, next| {
        // Not for what this writes itself.
        if event.record.id(&event.collection) != TAG {
            swallowed(&app)?;
            record(&app, "kept")?;
        }
        next.run(event)
    });
    in_batch(&fixture, &["aaaaaaaaaaaaaaa"]).is(200);
    assert_eq!(audit(&fixture.app), ["kept"]);
    assert!(exists(&fixture.app, "notes", NOTE) && exists(&fixture.app, "notes", "note00000000002"));
}

#[test]
fn a_failure_after_the_statement_leaves_its_row_to_the_transaction() {
    let fixture = fixture();
    fixture.app.hooks().record.create.bind(&["audit"], |event, next| {
        next.run(event)?;
        Err(EventError::bad_request("late"))
    });
    let done = fixture.app.transaction(|app| {
        record(app, "row").expect_err("a late refusal");
        Ok(())
    });
    done.expect("a transaction");
    assert_eq!(audit(&fixture.app), ["row"]);
}

#[test]
fn a_handler_reads_what_the_transaction_did_so_far_and_nobody_else_does() {
    let fixture = fixture();
    let (app, say) = (fixture.app.clone(), fixture.say());
    fixture.app.hooks().record.create_execute.bind(&["tags"], move |event, next| {
        next.run(event)?;
        let id = event.record.id(&event.collection).to_owned();
        let seen = |app: &App| {
            let count = app.list_records("tags", ListParams::default()).expect("a page")["totalItems"].clone();
            format!("{} {count}", exists(app, "tags", &id))
        };
        let elsewhere = std::thread::scope(|scope| scope.spawn(|| seen(&app)).join().expect("no panic"));
        say(format!("here {} there {elsewhere}", seen(&app)));
        Ok(())
    });
    in_batch(&fixture, &["aaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbb"]).is(200);
    assert_eq!(fixture.said(), "here true 2 there false 1 ¦ here true 3 there false 1");
    // A lone create has no transaction around it.
    fixture.guest.post(TAGS, json!({ "id": "ccccccccccccccc", "label": "x" })).ok();
    assert_eq!(fixture.said(), "here true 4 there true 4");
}

#[test]
fn another_thread_waits_with_its_write_for_the_end_of_the_transaction() {
    let fixture = fixture();
    let (app, threads) = (fixture.app.clone(), Arc::new(Mutex::new(Vec::new())));
    let started = Arc::clone(&threads);
    fixture.app.hooks().model.delete_execute.bind(&["tags"], move |event, next| {
        let other = app.clone();
        let write = std::thread::spawn(move || record(&other, "from another thread").map(drop));
        started.lock().expect("no panic while held").push(write);
        record(&app, "from the handler")?;
        next.run(event)
    });
    let pin = fixture.app.create_record("pins", json!({ "tag": TAG })).expect("a pin");
    fixture.guest.delete(&format!("{TAGS}/{TAG}")).is(400);
    let join = || threads.lock().expect("no panic while held").pop().expect("a thread").join().expect("no panic");
    join().expect("a write");
    assert_eq!(audit(&fixture.app), ["from another thread"]);
    fixture.app.delete_record("pins", pin["id"].as_str().expect("an id")).expect("a delete");
    fixture.guest.delete(&format!("{TAGS}/{TAG}")).is(204);
    join().expect("a write");
    assert_eq!(audit(&fixture.app), ["from another thread", "from the handler", "from another thread"]);
}

#[test]
fn the_outer_hooks_of_a_delete_run_outside_its_transaction() {
    let fixture = fixture();
    let app = fixture.app.clone();
    let hooks = fixture.app.hooks();
    hooks.record.delete.bind(&["tags"], move |event, next| {
        let other = app.clone();
        let written = std::thread::spawn(move || record(&other, "another thread").map(drop)).join();
        written.expect("no panic")?;
        record(&app, "the handler")?;
        next.run(event)
    });
    let pin = fixture.app.create_record("pins", json!({ "tag": TAG })).expect("a pin");
    fixture.guest.delete(&format!("{TAGS}/{TAG}")).is(400);
    assert_eq!(audit(&fixture.app), ["another thread", "the handler"]);
    fixture.app.delete_record("pins", pin["id"].as_str().expect("an id")).expect("a delete");

    // As outside as these: the row is gone although the handler refuses.
    hooks.record.delete_execute.bind(&["tags"], |event, next| {
        next.run(event)?;
        Err(EventError::bad_request("late"))
    });
    follow_ends(&fixture);
    fixture.guest.delete(&format!("{TAGS}/{TAG}")).is(400);
    assert!(!exists(&fixture.app, "tags", TAG));
    let told = format!(
        "made audit another thread ¦ made audit the handler ¦ gone notes {NOTE} ¦ gone notes note00000000002 ¦ \
        not gone tags {TAG}: late"
    );
    assert_eq!(fixture.said(), told);
}

#[test]
fn a_delete_that_a_handler_refuses_reaches_the_error_hooks_of_all_that_it_touched() {
    let fixture = fixture();
    follow_ends(&fixture);
    let hooks = fixture.app.hooks();
    hooks.record.delete.bind(&["notes"], |event, next| match event.record.id(&event.collection) {
        "note00000000002" => Err(EventError::bad_request("locked")),
        _ => next.run(event),
    });
    fixture.guest.delete(&format!("{TAGS}/{TAG}")).is(400);
    let told =
        format!("not gone notes note00000000002: locked ¦ not gone notes {NOTE}: locked ¦ not gone tags {TAG}: locked");
    assert_eq!(fixture.said(), told);

    // One that does not go on has deleted nothing, and no failure either.
    hooks.record.delete.bind(&["tags"], |_, _| Ok(()));
    fixture.guest.delete(&format!("{TAGS}/{TAG}")).is(204);
    assert_eq!(fixture.said(), format!("gone tags {TAG}"));
    assert!(exists(&fixture.app, "tags", TAG));
}

#[test]
fn t14_a_request_wrapped_in_a_transaction_is_undone_with_it() {
    let fixture = fixture();
    follow_ends(&fixture);
    let app = fixture.app.clone();
    fixture.app.hooks().requests.record_create.bind(&["notes"], move |event, next| {
        let done = app.transaction(|app| {
            next.run(event)?;
            record(app, "inside")?;
            if text(event, "title") == "undo" {
                return Err(RecordError::bad_request("Rolled back."));
            }
            Ok(())
        });
        Ok(done?)
    });
    // Once the transaction is committed, the answer stands.
    fixture.app.hooks().requests.record_create.bind_with(
        Binding { priority: -1, ..Binding::default() },
        &[],
        |event, next| {
            next.run(event)?;
            if text(event, "title") == "keep" { Err(EventError::bad_request("late")) } else { Ok(()) }
        },
    );
    let create = |id: &str, title: &str| fixture.guest.post(NOTES, json!({ "id": id, "title": title }));
    assert_eq!(create("t14000000000001", "keep").ok()["title"], "keep");
    assert_eq!(fixture.said(), "made notes t14000000000001 ¦ made audit inside");
    let undone = create("t14000000000002", "undo");
    assert_eq!(undone.is(400).json(), json!({ "data": {}, "message": "Rolled back.", "status": 400 }));
    let told = "not made notes t14000000000002: Rolled back. ¦ not made audit inside: Rolled back.";
    assert_eq!(fixture.said(), told);
    assert!(exists(&fixture.app, "notes", "t14000000000001") && !exists(&fixture.app, "notes", "t14000000000002"));
    assert_eq!(audit(&fixture.app), ["inside"]);
}

#[test]
fn files_go_and_come_with_the_transaction() {
    let fixture = fixture();
    let fields = json!([{ "name": "file", "type": "file", "maxSelect": 1 }, { "name": "undo", "type": "bool" }]);
    create_collection(&fixture.app, json!({ "name": "papers", "type": "base", "createRule": "", "fields": fields }));
    let app = fixture.app.clone();
    fixture.app.hooks().requests.record_create.bind(&["papers"], move |event, next| {
        let inner = app.transaction(|app| {
            next.run(event)?;
            if event.record.flag(&event.collection, "undo") {
                return Err(RecordError::bad_request("undone"));
            }
            // Deleted and brought back.
            let id = event.record.id(&event.collection).to_owned();
            let deleted = app.transaction(|app| {
                app.delete_record("papers", &id)?;
                Err::<(), _>(RecordError::bad_request("not this"))
            });
            deleted.expect_err("a refusal");
            Ok(())
        });
        Ok(inner?)
    });
    let create = |undo: &str| {
        let part = Part::bytes(b"content".to_vec()).file_name("paper.txt");
        let form = Form::new().text("undo", undo.to_owned()).part("file", part);
        fixture.guest.send(fixture.guest.request("POST", "/api/collections/papers/records").multipart(form))
    };
    let kept = create("false").ok();
    create("true").is(400);
    let folder = format!("pb_data/storage/{}", kept["collectionId"].as_str().expect("an id"));
    let records: Vec<_> = std::fs::read_dir(fixture.project.file(&folder)).expect("a folder").flatten().collect();
    let (id, name) = (kept["id"].as_str().expect("an id"), kept["file"].as_str().expect("a name"));
    assert_eq!(records.iter().map(|record| record.file_name()).collect::<Vec<_>>(), [id]);
    assert!(records[0].path().join(name).exists());
}

#[test]
fn what_was_undone_is_shown_to_no_subscriber() {
    let fixture = fixture();
    let stream = crate::support::sse::Stream::open(&fixture.guest);
    stream.subscribe(&["audit/*", "notes/*"]);
    let done = fixture.app.transaction(|app| {
        let undone = app.transaction(|app| {
            record(app, "undone")?;
            app.delete_record("notes", NOTE)?;
            Err::<(), _>(RecordError::bad_request("no"))
        });
        undone.expect_err("a refusal");
        record(app, "kept")
    });
    done.expect("a transaction");
    let heard: Vec<String> = stream.rest().into_iter().map(|event| event.data.to_string()).collect();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(heard[0].contains("kept"), "{heard:?}");
}

#[test]
fn collections_and_settings_are_no_part_of_a_transaction_of_records() {
    let fixture = fixture();
    let done = fixture.app.transaction(|app| {
        let collection = json!({ "name": "more", "type": "base" });
        let refused = app.create_collection(collection.as_object().expect("an object")).expect_err("a refusal");
        assert!(refused.to_string().contains("do it before or after"), "{refused}");
        let settings = json!({ "meta": { "appName": "inside" } });
        app.save_settings(settings.as_object().expect("an object")).expect_err("a refusal");
        record(app, "kept")
    });
    done.expect("a transaction");
    assert!(fixture.app.collection("more").is_none());
    assert_ne!(fixture.app.settings().meta.app_name, "inside");
    let app = fixture.app.clone();
    fixture.app.hooks().collection.create_execute.bind(&[], move |event, next| {
        let refused = record(&app, "inside").expect_err("a refusal");
        assert!(refused.to_string().contains("do it before or after"), "{refused}");
        next.run(event)
    });
    create_collection(&fixture.app, json!({ "name": "more", "type": "base" }));
    assert_eq!(audit(&fixture.app), ["kept"]);
}

#[test]
fn a_handler_that_panics_undoes_the_transaction_and_leaves_the_next_one_in_order() {
    let fixture = fixture();
    follow_ends(&fixture);
    let app = fixture.app.clone();
    fixture.app.hooks().model.delete_execute.bind(&["notes"], move |_, _| {
        record(&app, "inside")?;
        panic!("on purpose")
    });
    fixture.guest.delete(&format!("{NOTES}/{NOTE}")).is(500);
    assert_eq!(fixture.said(), "not made audit inside: a handler panicked");
    let done = fixture.app.transaction(|app| {
        let delete = || app.delete_record("notes", NOTE);
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(delete));
        assert!(panicked.is_err());
        record(app, "after")
    });
    done.expect("a transaction");
    assert_eq!(audit(&fixture.app), ["after"]);
    assert!(exists(&fixture.app, "notes", NOTE));
}

#[test]
fn a_panic_after_a_transaction_is_logged_and_keeps_no_other_handler_from_running() {
    let fixture = fixture();
    fixture.app.hooks().record.after_create_success.bind(&["audit"], |event, next| {
        match text(event, "what").as_str() {
            "panic" => panic!("on purpose"),
            _ => next.run(event),
        }
    });
    follow_ends(&fixture);
    let done = fixture.app.transaction(|app| {
        record(app, "panic")?;
        record(app, "other")
    });
    done.expect_err("a failure after the commit");
    assert_eq!(fixture.said(), "made audit other");
    assert_eq!(audit(&fixture.app), ["panic", "other"]);
    fixture.app.logs().flush(std::time::Duration::from_secs(5));
    let logged = fixture.root.get("/api/logs?filter=message~'after a transaction'").ok();
    assert_eq!(logged["items"][0]["data"]["error"], "a handler panicked: on purpose", "{logged}");
    // The same after a write of its own.
    record(&fixture.app, "panic").expect_err("a failure after the statement");
    assert_eq!(audit(&fixture.app), ["panic", "other", "panic"]);
}

#[test]
fn after_the_end_of_a_transaction_handlers_write_on_their_own() {
    let fixture = fixture();
    let app = fixture.app.clone();
    fixture.app.hooks().record.after_delete_success.bind(&[], move |event, next| {
        let other = app.clone();
        let name = event.collection.name.clone();
        std::thread::spawn(move || record(&other, &name).map(drop)).join().expect("no panic")?;
        record(&app, "here")?;
        next.run(event)
    });
    fixture.guest.delete(&format!("{TAGS}/{TAG}")).is(204);
    assert_eq!(audit(&fixture.app), ["notes", "here", "notes", "here", "tags", "here"]);
}

#[test]
fn handlers_that_call_each_other_without_end_fail_and_the_server_lives() {
    let fixture = fixture();
    let (app, reader, counter) = (fixture.app.clone(), fixture.app.clone(), fixture.app.clone());
    let hooks = fixture.app.hooks();
    hooks.record.create.bind(&["audit"], move |event, next| {
        record(&app, "again")?;
        next.run(event)
    });
    hooks.requests.records_list.bind(&["pins"], move |event, next| {
        reader.list_records("pins", ListParams::default())?;
        next.run(event)
    });
    let audits = "/api/collections/audit/records";
    let request = json!({ "method": "POST", "url": audits, "body": { "what": "first" } });
    for refused in [
        fixture.root.post(audits, json!({ "what": "first" })),
        fixture.root.get("/api/collections/pins/records"),
        fixture.root.post("/api/batch", json!({ "requests": [request] })),
    ] {
        assert!(refused.status >= 400 && refused.body.contains("more than 64 levels deep"), "{refused:?}");
    }
    let refused = fixture.app.transaction(|app| record(app, "first")).expect_err("too deep");
    assert!(refused.to_string().contains("more than 64 levels deep"), "{refused}");
    assert_eq!(audit(&fixture.app), [""; 0]);

    // What comes to an end does, deep as it is.
    hooks.record.create.bind(&["tags"], move |event, next| {
        let label: u32 = text(event, "label").parse().expect("a number");
        if label > 0 {
            counter.create_record("tags", json!({ "label": (label - 1).to_string() }))?;
        }
        next.run(event)
    });
    fixture.root.post(TAGS, json!({ "label": "60" })).is(200);
}

#[test]
fn handlers_that_change_collections_without_end_fail_too() {
    let fixture = fixture();
    let (app, reader) = (fixture.app.clone(), fixture.app.clone());
    let hooks = fixture.app.hooks();
    hooks.collection.after_update_success.bind(&["audit"], move |event, next| {
        app.update_collection("audit", json!({ "listRule": "id != ''" }).as_object().expect("an object"))?;
        next.run(event)
    });
    hooks.requests.collection_view.bind(&["pins"], move |event, next| {
        reader.view_collection("pins")?;
        next.run(event)
    });
    for refused in [
        fixture.root.patch("/api/collections/audit", json!({ "viewRule": "id != ''" })),
        fixture.root.get("/api/collections/pins"),
    ] {
        assert!(refused.status >= 400 && refused.body.contains("more than 64 levels deep"), "{refused:?}");
    }
    fixture.root.get("/api/collections/tags").is(200);
}

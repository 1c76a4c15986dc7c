//! What changes between the beginning of a request and its end: a handler changes it at the worst moment.

use crate::support::sse::Stream;
use crate::support::{Client, Embedded, Project};
use pbr::App;
use pbr::auth::tokens::{self, Grant, Kind};
use pbr::events::EventError;
use pbr::records::RecordError;
use serde_json::{Value as Json, json};
use std::sync::Arc;

const USERS: &str = "/api/collections/users";
const ANN: &str = "annannannannann";

struct Fixture {
    app: App,
    guest: Client,
    _served: Embedded,
    _project: Project,
}

impl Fixture {
    /// An app with the user `ann@example.com`.
    fn new() -> Self {
        let project = Project::empty();
        project.pbr("superuser create root@example.com secret12345").succeeds();
        let app = App::builder(project.file("pb_data")).open().expect("an app");
        let user = json!({
            "id": ANN, "email": "ann@example.com", "password": "12345678", "passwordConfirm": "12345678",
        });
        app.create_record("users", user).expect("a user");
        let served = Embedded::serve(app.clone());
        Self { guest: served.client(), app, _served: served, _project: project }
    }

    fn user(&self) -> Json {
        self.app.record("users", ANN).expect("a user")
    }

    fn options(&self, changes: Json) {
        self.app.update_collection("users", changes.as_object().expect("an object")).expect("options");
    }

    /// Changes the email at this moment, as another request may.
    fn change_email(&self) -> impl Fn() -> Result<(), EventError> + Send + Sync + 'static {
        let app = self.app.clone();
        move || {
            let changed = app.update_record("users", ANN, json!({ "email": "other@example.com" }));
            changed.map(drop).map_err(EventError::failed)
        }
    }
}

#[test]
fn a_link_does_not_prove_an_email_that_has_just_become_another() {
    let fixture = Fixture::new();
    let (users, wanted) = (fixture.app.collection("users").expect("users"), ANN.to_owned());
    let collection = Arc::clone(&users);
    let found = fixture.app.records().on_reader(Arc::default(), move |scope| {
        Ok::<_, RecordError>(pbr::records::find(scope.connection, &collection, &wanted)?)
    });
    let record = found.wait().expect("a read").expect("a user");
    let token = tokens::issue(&users, &record, Kind::Verification, Grant::default()).expect("a token");
    let change = fixture.change_email();
    fixture.app.hooks().requests.record_confirm_verification.bind(&[], move |event, next| {
        change()?;
        next.run(event)
    });
    let refused = fixture.guest.post(&format!("{USERS}/confirm-verification"), json!({ "token": token }));
    assert_eq!(refused.is(400).json()["data"]["token"]["code"], "validation_invalid_token");
    let user = fixture.user();
    assert_eq!((&user["email"], &user["verified"]), (&json!("other@example.com"), &json!(false)));
}

#[test]
fn a_code_does_not_prove_an_email_that_has_just_become_another() {
    let fixture = Fixture::new();
    fixture.options(json!({ "otp": { "enabled": true } }));
    let users = fixture.app.collection("users").expect("users");
    let id = fixture.app.accounts().save_otp(&users, ANN, "12345678").expect("a code");
    fixture.app.update_record("_otps", &id, json!({ "sentTo": "ann@example.com" })).expect("a marked code");
    let change = fixture.change_email();
    fixture.app.hooks().record.after_delete_success.bind(&["_otps"], move |event, next| {
        change()?;
        next.run(event)
    });
    let body = json!({ "otpId": id, "password": "12345678" });
    fixture.guest.post(&format!("{USERS}/auth-with-otp"), body).is(400);
    let user = fixture.user();
    assert_eq!((&user["email"], &user["verified"]), (&json!("other@example.com"), &json!(false)));
}

#[test]
fn settings_that_are_saved_while_a_collection_is_renamed_keep_its_new_name() {
    let fixture = Fixture::new();
    let docs = json!({ "name": "docs", "type": "base" });
    fixture.app.create_collection(docs.as_object().expect("an object")).expect("a collection");
    let save = |changes: Json| {
        fixture.app.save_settings(changes.as_object().expect("an object")).expect("settings");
    };
    save(json!({ "rateLimits": { "rules": [{ "label": "docs:create", "maxRequests": 5, "duration": 10 }] } }));
    let app = fixture.app.clone();
    fixture.app.hooks().requests.settings_update.bind(&[], move |event, next| {
        let renamed = json!({ "name": "papers" });
        app.update_collection("docs", renamed.as_object().expect("an object")).map_err(EventError::failed)?;
        next.run(event)
    });
    save(json!({ "meta": { "appName": "new" } }));
    let check = || {
        let settings = fixture.app.settings();
        assert_eq!(
            (settings.meta.app_name.as_str(), settings.rate_limits.rules[0].label.as_str()),
            ("new", "papers:create")
        );
    };
    check();
    fixture.app.reload();
    check();
}

#[test]
fn a_client_is_nobody_whose_sessions_end_while_it_subscribes() {
    let fixture = Fixture::new();
    let ann = fixture.guest.login("users", "ann@example.com", "12345678");
    let app = fixture.app.clone();
    fixture.app.hooks().requests.realtime_subscribe.bind(&[], move |event, next| {
        app.update_record("users", ANN, json!({ "password": "87654321", "passwordConfirm": "87654321" }))
            .map_err(EventError::failed)?;
        // The change is told before the client is somebody.
        std::thread::sleep(std::time::Duration::from_millis(200));
        next.run(event)
    });
    let stream = Stream::open(&ann);
    stream.subscribe(&["users/*"]);
    let client = fixture.app.realtime().registry().client(&stream.id).expect("a client");
    assert!(client.has_subscription("users/*") && client.auth().is_none());
}

#[test]
fn a_manager_who_is_none_any_more_when_the_password_is_stored_needs_the_old_one() {
    const BOSS: &str = "bossbossbossbos";
    let fixture = Fixture::new();
    let bosses = json!({ "name": "bosses", "type": "base", "fields": [{ "name": "user", "type": "text" }] });
    fixture.app.create_collection(bosses.as_object().expect("an object")).expect("a collection");
    fixture.options(json!({ "updateRule": "", "manageRule": "@collection.bosses.user ?= @request.auth.id" }));
    let boss = json!({
        "id": BOSS, "email": "boss@example.com", "password": "12345678", "passwordConfirm": "12345678",
    });
    fixture.app.create_record("users", boss).expect("a user");
    fixture.app.create_record("bosses", json!({ "id": BOSS, "user": BOSS })).expect("a manager");
    let boss = fixture.guest.login("users", "boss@example.com", "12345678");
    let path = format!("{USERS}/records/{ANN}");
    let password = json!({ "password": "87654321", "passwordConfirm": "87654321" });
    boss.patch(&path, password.clone()).ok();
    let app = fixture.app.clone();
    fixture.app.hooks().record.update_execute.bind(&["users"], move |event, next| {
        if event.record.id(&event.collection) == ANN {
            app.delete_record("bosses", BOSS).map_err(EventError::failed)?;
        }
        next.run(event)
    });
    let password = json!({ "password": "abcdefgh", "passwordConfirm": "abcdefgh" });
    let refused = boss.patch(&path, password);
    assert_eq!(refused.is(400).json()["data"]["oldPassword"]["code"], "validation_required");
    fixture.guest.login("users", "ann@example.com", "87654321");
}

//! The order of the hooks around logins and account requests (spec 03 §13).

use crate::support::http::Client;
use crate::support::{Embedded, MailServer, Project, Provider, eventually};
use pbr::App;
use pbr::auth::tokens::{self, Grant, Kind};
use pbr::events::{EventError, Hook, Lifecycle, Next, RecordEvent};
use pbr::query::RequestInfo;
use pbr::schema::fields::Value;
use serde_json::{Value as Json, json};
use std::sync::{Arc, Mutex};

const USERS: &str = "/api/collections/users";

type Lines = Arc<Mutex<Vec<String>>>;

struct Fixture {
    app: App,
    guest: Client,
    mails: MailServer,
    lines: Lines,
    id: String,
    _served: Embedded,
    _project: Project,
}

impl Fixture {
    /// An app with the user `ann@example.com`, and a handler on every hook of the test.
    fn new() -> Self {
        let project = Project::empty();
        project.pbr("superuser create root@example.com secret12345").succeeds();
        let app = App::builder(project.file("pb_data")).open().expect("an app");
        let mails = MailServer::start();
        let settings = json!({ "smtp": mails.settings() });
        app.save_settings(settings.as_object().expect("an object")).expect("settings");
        let user = json!({ "email": "ann@example.com", "password": "12345678", "passwordConfirm": "12345678" });
        let id = app.create_record("users", user).expect("a user")["id"].as_str().expect("an id").to_owned();
        let lines = Lines::default();
        follow_all(&app, &lines);
        let served = Embedded::serve(app.clone());
        let guest = served.client();
        Self { app, guest, mails, lines, id, _served: served, _project: project }
    }

    fn said(&self) -> String {
        std::mem::take(&mut *self.lines.lock().expect("no panic while held")).join(" ")
    }

    #[track_caller]
    fn says(&self, expected: &str) {
        let expected = expected.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(self.said(), expected);
    }

    /// Waits for the mail and what comes after it, and says what the request and the mail said.
    fn said_with_mail(&self, end: &str) -> String {
        self.mails.next();
        eventually(|| self.lines.lock().expect("no panic while held").last().is_some_and(|line| line == end));
        self.said()
    }

    fn options(&self, changes: Json) {
        let lines = self.said();
        assert!(lines.is_empty(), "{lines}");
        self.app.update_collection("users", changes.as_object().expect("an object")).expect("options");
    }

    fn token(&self, kind: Kind, grant: Grant<'_>) -> String {
        let users = self.app.collection("users").expect("users");
        let (collection, id) = (users.clone(), self.id.clone());
        let record = self
            .app
            .records()
            .on_reader(Arc::new(RequestInfo::default()), move |scope| {
                Ok(pbr::records::find(scope.connection, &collection, &id)?)
            })
            .wait()
            .expect("a read")
            .expect("a user");
        tokens::issue(&users, &record, kind, grant).expect("a token")
    }

    fn login(&self, agent: &str) -> u16 {
        let request = self.guest.request("POST", &format!("{USERS}/auth-with-password")).header("User-Agent", agent);
        self.guest.send(request.json(&json!({ "identity": "ann@example.com", "password": "12345678" }))).status
    }
}

fn follow<E: 'static>(hook: &Hook<E>, name: &'static str, lines: &Lines) {
    let lines = Arc::clone(lines);
    let say = move |text: String| lines.lock().expect("no panic while held").push(text);
    hook.bind(&[], move |event: &mut E, next: Next<'_, E>| {
        say(format!("{name}{{"));
        let done = next.run(event);
        say("}".to_owned());
        done
    });
}

/// The same with the name of the collection.
fn follow_life(life: &Lifecycle<RecordEvent>, lines: &Lines) {
    let hooks = [
        (&life.create, "create"),
        (&life.update, "update"),
        (&life.delete, "delete"),
        (&life.update_execute, "execute"),
        (&life.after_create_success, "created"),
        (&life.after_update_success, "updated"),
        (&life.after_delete_success, "deleted"),
    ];
    for (hook, name) in hooks {
        let lines = Arc::clone(lines);
        let say = move |text: String| lines.lock().expect("no panic while held").push(text);
        hook.bind(&[], move |event: &mut RecordEvent, next: Next<'_, RecordEvent>| {
            say(format!("{name}({}){{", event.collection.name));
            let done = next.run(event);
            say("}".to_owned());
            done
        });
    }
}

fn follow_all(app: &App, lines: &Lines) {
    let (requests, mails) = (&app.hooks().requests, &app.hooks().mails);
    follow(&requests.record_auth, "Auth", lines);
    follow(&requests.record_auth_with_password, "AuthWithPassword", lines);
    follow(&requests.record_auth_with_otp, "AuthWithOTP", lines);
    follow(&requests.record_auth_with_oauth2, "AuthWithOAuth2", lines);
    follow(&requests.record_auth_refresh, "AuthRefresh", lines);
    follow(&requests.record_request_otp, "RequestOTP", lines);
    follow(&requests.record_request_verification, "RequestVerification", lines);
    follow(&requests.record_confirm_verification, "ConfirmVerification", lines);
    follow(&requests.record_request_password_reset, "RequestPasswordReset", lines);
    follow(&requests.record_confirm_password_reset, "ConfirmPasswordReset", lines);
    follow(&requests.record_request_email_change, "RequestEmailChange", lines);
    follow(&requests.record_confirm_email_change, "ConfirmEmailChange", lines);
    follow(&requests.file_token, "FileToken", lines);
    follow(&mails.send, "Send", lines);
    follow(&mails.verification, "VerificationMail", lines);
    follow(&mails.password_reset, "PasswordResetMail", lines);
    follow(&mails.email_change, "EmailChangeMail", lines);
    follow(&mails.otp, "OTPMail", lines);
    follow(&mails.auth_alert, "AlertMail", lines);
    follow(&app.hooks().enrich, "Enrich", lines);
    follow_life(&app.hooks().record, lines);
}

#[test]
fn a_login_by_password_and_from_a_new_place() {
    let fixture = Fixture::new();
    assert_eq!(fixture.login("a"), 200);
    fixture.says("AuthWithPassword{ Auth{ Enrich{ } create(_authOrigins){ } created(_authOrigins){ } } }");
    assert_eq!(fixture.login("b"), 200);
    fixture.says(
        "AuthWithPassword{ Auth{ Enrich{ } AlertMail{ Send{ } } create(_authOrigins){ } created(_authOrigins){ } } }",
    );
    assert_eq!(fixture.login("b"), 200);
    fixture.says("AuthWithPassword{ Auth{ Enrich{ } update(_authOrigins){ execute(_authOrigins){ } } updated(_authOrigins){ } } }");
    // The hook of passwords runs before the password is looked at, also for nobody's; no hook for what is no form.
    let refused = |body: Json| fixture.guest.post(&format!("{USERS}/auth-with-password"), body).is(400).clone();
    refused(json!({ "identity": "nobody", "password": "x" }));
    fixture.says("AuthWithPassword{ }");
    refused(json!({ "identity": "" }));
    fixture.says("");
}

#[test]
fn logins_with_accounts_elsewhere() {
    let fixture = Fixture::new();
    let provider = Provider::start();
    let create = Arc::clone(&fixture.lines);
    fixture.app.hooks().requests.record_create.bind(&[], move |event, next| {
        create.lock().expect("no panic while held").push("CreateRequest{".into());
        let done = next.run(event);
        create.lock().expect("no panic while held").push("}".into());
        done
    });
    fixture.options(json!({ "oauth2": { "enabled": true, "providers": [provider.config("oidc")] } }));
    let login = |code: &str| {
        let body = json!({ "provider": "oidc", "code": code });
        fixture.guest.post(&format!("{USERS}/auth-with-oauth2"), body).clone()
    };
    login("sub=new;email=new@example.com;email_verified=true").ok();
    fixture.says(
        "AuthWithOAuth2{ CreateRequest{ create(users){ } Enrich{ } } update(users){ execute(users){ } }
         create(_externalAuths){ } created(users){ } updated(users){ } created(_externalAuths){ }
         Auth{ Enrich{ } create(_authOrigins){ } created(_authOrigins){ } } }",
    );
    login("sub=new;email=new@example.com;email_verified=true").ok();
    fixture.says(
        "AuthWithOAuth2{ Auth{ Enrich{ } update(_authOrigins){ execute(_authOrigins){ } } updated(_authOrigins){ } } }",
    );
    // An unverified account with a place and a link of its own.
    assert_eq!(fixture.login("a"), 200);
    let users = fixture.app.collection("users").expect("users").id.clone();
    let link = json!({ "collectionRef": users, "recordRef": fixture.id, "provider": "github", "providerId": "1" });
    fixture.app.create_record("_externalAuths", link).expect("a link");
    fixture.said();
    login("sub=ann;email=ann@example.com;email_verified=true").ok();
    fixture.says(
        "AuthWithOAuth2{ delete(_externalAuths){ }
         update(users){ execute(users){ } delete(_authOrigins){ } }
         create(_externalAuths){ } deleted(_externalAuths){ } deleted(_authOrigins){ } updated(users){ }
         created(_externalAuths){ } Auth{ Enrich{ } create(_authOrigins){ } created(_authOrigins){ } } }",
    );
    // No hook for a code that the provider refuses.
    login("!token=400").is(400);
    fixture.says("");
}

#[test]
fn refreshing_and_impersonating() {
    let fixture = Fixture::new();
    let token = fixture.token(Kind::Auth, Grant { refreshable: true, ..Grant::default() });
    fixture.guest.with_token(&token).post(&format!("{USERS}/auth-refresh"), json!({})).is(200);
    fixture.says("AuthRefresh{ Auth{ Enrich{ } } }");
    let session = fixture.guest.with_token(&token);
    fixture.app.hooks().requests.file_token.bind(&["users"], |event, next| {
        event.token = format!("mine-{}", event.record.text(&event.collection, "email"));
        next.run(event)
    });
    assert_eq!(session.post("/api/files/token", json!({})).ok()["token"], "mine-ann@example.com");
    fixture.says("FileToken{ }");
    let root = fixture.guest.login("_superusers", "root@example.com", "secret12345");
    fixture.said();
    root.post(&format!("{USERS}/impersonate/{}", fixture.id), json!({})).is(200);
    fixture.says("Auth{ Enrich{ } }");
}

#[test]
fn codes_and_two_factors() {
    let fixture = Fixture::new();
    fixture.options(json!({ "otp": { "enabled": true }, "mfa": { "enabled": true } }));
    let asked = fixture.guest.post(&format!("{USERS}/request-otp"), json!({ "email": "ann@example.com" })).ok();
    let code = fixture.mails.next().text.split("password is: ").nth(1).expect("a code")[..8].to_owned();
    eventually(|| fixture.lines.lock().expect("no panic while held").len() == 16);
    // The mail goes its own way beside the end of the request, but each in its order.
    let said = fixture.said();
    let lines: Vec<_> = said.split(' ').filter(|line| *line != "}").collect();
    let order = |names: &[&str]| {
        let at: Vec<_> = names.iter().map(|name| lines.iter().position(|line| line == name).expect(name)).collect();
        assert!(at.is_sorted(), "{said}");
    };
    order(&[
        "RequestOTP{",
        "create(_otps){",
        "created(_otps){",
        "OTPMail{",
        "Send{",
        "update(_otps){",
        "updated(_otps){",
    ]);
    assert_eq!(fixture.login("a"), 401);
    fixture.says("AuthWithPassword{ Auth{ create(_mfas){ } created(_mfas){ } } }");
    let sessions = fixture.app.list_records("_mfas", pbr::records::ListParams::default()).expect("sessions");
    fixture.said();
    let body = json!({ "otpId": asked["otpId"], "password": code, "mfaId": sessions["items"][0]["id"] });
    fixture.guest.post(&format!("{USERS}/auth-with-otp"), body).ok();
    fixture.says(
        "AuthWithOTP{ delete(_otps){ } deleted(_otps){ } update(users){ execute(users){ } } updated(users){ }
         Auth{ delete(_mfas){ } deleted(_mfas){ } Enrich{ } create(_authOrigins){ } created(_authOrigins){ } } }",
    );
}

#[test]
fn verification() {
    let fixture = Fixture::new();
    fixture.guest.post(&format!("{USERS}/request-verification"), json!({ "email": "nobody@example.com" })).is(204);
    fixture.says("");
    fixture.guest.post(&format!("{USERS}/request-verification"), json!({ "email": "ann@example.com" })).is(204);
    let said = fixture.said_with_mail("}");
    assert!(said.contains("RequestVerification{") && said.contains("VerificationMail{"), "{said}");
    eventually(|| true);
    fixture.said();
    // A linked account goes when the email is proved.
    let users = fixture.app.collection("users").expect("users").id.clone();
    let link = json!({ "collectionRef": users, "recordRef": fixture.id, "provider": "github", "providerId": "1" });
    fixture.app.create_record("_externalAuths", link).expect("a link");
    fixture.said();
    let token = fixture.token(Kind::Verification, Grant::default());
    fixture.guest.post(&format!("{USERS}/confirm-verification"), json!({ "token": token })).is(204);
    fixture.says(
        "ConfirmVerification{ update(users){ execute(users){ delete(_externalAuths){ } deleted(_externalAuths){ } } }
         updated(users){ } }",
    );
    // That ended all sessions, this token too.
    fixture.guest.post(&format!("{USERS}/confirm-verification"), json!({ "token": token })).is(400);
    fixture.says("");
}

#[test]
fn a_password_reset_forgets_codes_places_and_begun_logins() {
    let fixture = Fixture::new();
    assert_eq!(fixture.login("a"), 200);
    let users = fixture.app.collection("users").expect("users").id.clone();
    for (collection, mut row) in [("_otps", json!({ "password": "1" })), ("_mfas", json!({ "method": "otp" }))] {
        row["collectionRef"] = json!(users);
        row["recordRef"] = json!(fixture.id);
        fixture.app.create_record(collection, row).expect("a row");
    }
    fixture.said();
    let token = fixture.token(Kind::PasswordReset, Grant::default());
    let body = json!({ "token": token, "password": "abcdefgh", "passwordConfirm": "abcdefgh" });
    fixture.guest.post(&format!("{USERS}/confirm-password-reset"), body).is(204);
    fixture.says(
        "ConfirmPasswordReset{ update(users){ execute(users){ delete(_otps){ } deleted(_otps){ } }
         delete(_authOrigins){ } deleted(_authOrigins){ } delete(_mfas){ } deleted(_mfas){ } } updated(users){ } }",
    );
}

#[test]
fn an_email_change() {
    let fixture = Fixture::new();
    let session = fixture.token(Kind::Auth, Grant::default());
    let body = json!({ "newEmail": "ann2@example.com" });
    fixture.guest.with_token(&session).post(&format!("{USERS}/request-email-change"), body).is(204);
    fixture.says("RequestEmailChange{ EmailChangeMail{ Send{ } } }");
    let token = fixture.token(Kind::EmailChange, Grant { new_email: Some("ann2@example.com"), ..Grant::default() });
    let body = json!({ "token": token, "password": "12345678" });
    fixture.guest.post(&format!("{USERS}/confirm-email-change"), body).is(204);
    fixture.says("ConfirmEmailChange{ update(users){ execute(users){ } } updated(users){ } }");
}

#[test]
fn handlers_take_part() {
    let fixture = Fixture::new();
    let hooks = fixture.app.hooks();
    // A code for somebody who has no account yet, which a handler makes.
    fixture.options(json!({ "otp": { "enabled": true } }));
    let app = fixture.app.clone();
    hooks.requests.record_request_otp.bind(&["users"], move |event, next| {
        if event.record.is_none() {
            let user = json!({ "email": "new@example.com", "password": "12345678", "passwordConfirm": "12345678" });
            let made = app.create_record("users", user).map_err(EventError::failed)?;
            let (collection, id) = (Arc::clone(&event.collection), made["id"].as_str().expect("an id").to_owned());
            let found = app
                .records()
                .on_reader(Arc::default(), move |scope| Ok(pbr::records::find(scope.connection, &collection, &id)?));
            event.record = found.wait().map_err(EventError::failed)?;
        }
        next.run(event)
    });
    hooks.mails.otp.bind(&["users"], |event, next| {
        event.message.subject = format!("Code {}", event.meta["password"].as_str().unwrap_or_default());
        next.run(event)
    });
    let asked = fixture.guest.post(&format!("{USERS}/request-otp"), json!({ "email": "new@example.com" })).ok();
    let mail = fixture.mails.next();
    let code = mail.subject.strip_prefix("Code ").expect("the handler's subject").to_owned();
    assert_eq!(mail.to, ["new@example.com"]);
    // The answer carries what a handler adds.
    hooks.requests.record_auth.bind(&["users"], |event, next| {
        event.meta = json!({ "method": event.method });
        let collection = Arc::clone(&event.collection);
        event.record.set(&collection, "name", Value::Text("by a handler".into()));
        next.run(event)
    });
    let body = json!({ "otpId": asked["otpId"], "password": code });
    let answer = fixture.guest.post(&format!("{USERS}/auth-with-otp"), body);
    assert!(
        answer.ok().is_object() && answer.body.starts_with("{\"meta\":{\"method\":\"otp\"},\"record\":"),
        "{answer:?}"
    );
    assert_eq!(answer.json()["record"]["name"], "by a handler");
    // A refusal is an answer, a failure hides behind a general one.
    hooks.requests.record_auth_with_password.bind(&["users"], |event, next| match event.identity.as_str() {
        "forbidden" => Err(EventError::forbidden("not you")),
        "broken" => Err(EventError::failed("secret detail")),
        _ => next.run(event),
    });
    let login = |identity: &str| {
        let body = json!({ "identity": identity, "password": "x" });
        fixture.guest.post(&format!("{USERS}/auth-with-password"), body)
    };
    assert_eq!(login("forbidden").is(403).json()["message"], "Not you.");
    assert!(!login("broken").is(400).body.contains("secret"));
    // A mail that a handler keeps back is not sent, and nobody is the wiser.
    fixture.said();
    hooks.mails.send.bind(&[], |_event, _next| Ok(()));
    fixture.guest.post(&format!("{USERS}/request-password-reset"), json!({ "email": "ann@example.com" })).is(204);
    fixture.mails.nothing();
}

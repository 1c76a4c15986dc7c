//! What somebody tries who wants into an account that is not theirs.

use crate::parity::tokens::token;
use crate::support::http::{Client, Reply};
use crate::support::{MailServer, Project, Server};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};
use std::time::{Duration, Instant};

const USERS: &str = "/api/collections/users";

/// A server with `annannannannann` and `bobbobbobbobbob` among its users and among `others`.
fn server() -> (Project, Server, Client) {
    let (project, server, root) = Project::bare();
    root.post("/api/collections", json!({ "name": "others", "type": "auth" })).is(200);
    root.patch("/api/collections/users", json!({ "otp": { "enabled": true }, "listRule": "", "viewRule": "" })).is(200);
    for (collection, name) in [("users", "ann"), ("users", "bob"), ("others", "eve")] {
        let user = json!({
            "id": name.repeat(5), "email": format!("{name}@example.com"),
            "password": "12345678", "passwordConfirm": "12345678",
        });
        root.post(&format!("/api/collections/{collection}/records"), user).is(200);
    }
    (project, server, root)
}

fn refresh(client: &Client, token: &str) -> Reply {
    client.with_token(token).post(&format!("{USERS}/auth-refresh"), json!({}))
}

#[test]
fn only_tokens_signed_as_they_should_be_are_believed() {
    let (project, server, _root) = server();
    let guest = server.client();
    let made = |more: &str| token(&project, format!("auth users annannannannann refreshable=true {more}").trim_end());
    refresh(&guest, &made("")).is(200);
    for wrong in [
        "exp=-1",
        "alg=HS384",
        "alg=HS512",
        "key=x",
        "type=file",
        "type=verification",
        "type=passwordReset",
        "type=",
        "id=bobbobbobbobbob",
        "id=",
        "collectionId=others",
        "collectionId=_superusers",
        "collectionId=",
        "nbf=soon",
    ] {
        refresh(&guest, &made(wrong)).is(401);
    }
    // A token of another kind, signed with its own key, is no session.
    for kind in ["file", "verification", "passwordReset", "emailChange"] {
        refresh(&guest, &token(&project, &format!("{kind} users annannannannann new=x@example.com"))).is(401);
    }
    // A token signed with the secret alone: as for a record that does not exist and so has no key.
    refresh(&guest, &token(&project, "auth users zzzzzzzzzzzzzzz")).is(401);
    let good = made("");
    let [_, claims, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!("{good}") };
    let header = |text: &str| URL_SAFE_NO_PAD.encode(text);
    for (header, signature) in [
        (header(r#"{"alg":"none","typ":"JWT"}"#), ""),
        (header(r#"{"alg":"none","typ":"JWT"}"#), signature),
        (header(r#"{"alg":"None"}"#), ""),
        (header(r#"{"alg":"RS256","typ":"JWT"}"#), signature),
        (header(r#"{"typ":"JWT"}"#), signature),
        (header(r#"{"alg":"HS256","typ":"JWT","kid":"../../x"}"#), signature),
        (header("{}"), signature),
        (String::new(), signature),
    ] {
        refresh(&guest, &format!("{header}.{claims}.{signature}")).is(401);
    }
    refresh(&guest, &good[..good.len() - 1]).is(401);
}

#[test]
fn tokens_end_with_the_password_the_email_and_the_record() {
    let (project, server, root) = server();
    let guest = server.client();
    let change = |id: &str, body: Json| root.patch(&format!("{USERS}/records/{id}"), body).is(200).clone();
    let kinds = ["auth", "file", "verification", "passwordReset", "emailChange"];
    let all = |id: &str| {
        kinds.map(|kind| token(&project, &format!("{kind} users {id} new=new@example.com refreshable=true")))
    };
    let inspect = |token: &str| project.pbr_args(&["token", "inspect", token]).code();

    let [session, rest @ ..] = all("annannannannann");
    refresh(&guest, &session).is(200);
    change("annannannannann", json!({ "password": "12345678", "passwordConfirm": "12345678" }));
    refresh(&guest, &session).is(401);
    assert!(rest.iter().all(|token| inspect(token) == Some(4)), "the same password is a new one");

    let [session, rest @ ..] = all("annannannannann");
    change("annannannannann", json!({ "email": "ann2@example.com" }));
    refresh(&guest, &session).is(401);
    assert!(rest.iter().all(|token| inspect(token) == Some(4)));

    let [session, _, verification, reset, _] = all("bobbobbobbobbob");
    root.delete(&format!("{USERS}/records/bobbobbobbobbob")).is(204);
    refresh(&guest, &session).is(401);
    for (action, body) in [
        ("confirm-verification", json!({ "token": verification })),
        ("confirm-password-reset", json!({ "token": reset, "password": "abcdefgh", "passwordConfirm": "abcdefgh" })),
    ] {
        let refused = guest.post(&format!("{USERS}/{action}"), body);
        assert_eq!(refused.is(400).json()["data"]["token"]["code"], "validation_invalid_token");
    }
}

#[test]
fn a_reset_token_works_once_even_at_the_same_moment() {
    let (project, server, _root) = server();
    let reset = token(&project, "passwordReset users annannannannann");
    let confirm = |password: &str| {
        let body = json!({ "token": reset, "password": password, "passwordConfirm": password });
        server.client().post(&format!("{USERS}/confirm-password-reset"), body).status
    };
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|n| scope.spawn(move || confirm(&format!("password {n}")))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 1, "{statuses:?}");
    assert_eq!(confirm("abcdefgh"), 400);
}

#[test]
fn a_code_works_once_even_at_the_same_moment_and_only_five_may_be_tried() {
    let (_project, server, root) = server();
    let users = root.get("/api/collections/users").ok()["id"].clone();
    let otp = |code: &str, record: &str| {
        let row = json!({ "collectionRef": users, "recordRef": record, "password": code });
        root.post("/api/collections/_otps/records", row).ok()["id"].as_str().unwrap().to_owned()
    };
    let all = |attempts: Vec<(String, String)>| -> Vec<u16> {
        std::thread::scope(|scope| {
            let attempt = |(id, code): (String, String)| {
                let body = json!({ "otpId": id, "password": code });
                let client = server.client();
                scope.spawn(move || client.post(&format!("{USERS}/auth-with-otp"), body).status)
            };
            let threads: Vec<_> = attempts.into_iter().map(attempt).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    };
    let id = otp("111111", "annannannannann");
    let statuses = all((0..5).map(|_| (id.clone(), "111111".to_owned())).collect());
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");

    let id = otp("222222", "bobbobbobbobbob");
    let statuses = all((0..30).map(|n| (id.clone(), format!("{n:06}"))).collect());
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 5, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 25, "{statuses:?}");
    assert_eq!(all(vec![(id, "222222".into())]), [429], "the right code comes too late");
}

#[test]
fn a_session_of_the_first_factor_is_used_once_and_only_by_its_owner() {
    let (_project, server, root) = server();
    root.patch("/api/collections/users", json!({ "mfa": { "enabled": true } })).is(200);
    let users = root.get("/api/collections/users").ok()["id"].clone();
    let session = |record: &str| {
        let row = json!({ "collectionRef": users, "recordRef": record, "method": "otp" });
        root.post("/api/collections/_mfas/records", row).ok()["id"].as_str().unwrap().to_owned()
    };
    let login = |mfa: &str| {
        let body = json!({ "identity": "ann@example.com", "password": "12345678", "mfaId": mfa });
        server.client().post(&format!("{USERS}/auth-with-password"), body).status
    };
    let own = session("annannannannann");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(|| login(&own))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(login(&session("bobbobbobbobbob")), 400);
}

#[test]
fn the_links_in_mails_are_those_of_the_settings_whatever_a_request_says() {
    let mails = MailServer::start();
    let (_project, server, root) = server();
    let settings = json!({ "smtp": mails.settings(), "meta": { "appURL": "https://app.example.com" } });
    root.patch("/api/settings", settings).is(200);
    let guest = server.client();
    let request = guest.request("POST", &format!("{USERS}/request-password-reset"));
    let request = ["Host", "X-Forwarded-Host", "Forwarded", "Origin", "Referer"]
        .into_iter()
        .fold(request, |request, name| request.header(name, "evil.example.net"));
    guest.send(request.json(&json!({ "email": "ann@example.com" }))).is(204);
    let mail = mails.next();
    assert!(mail.text.contains("https://app.example.com/_/#/auth/confirm-password-reset/"), "{}", mail.text);
    assert!(!mail.raw.contains("evil"), "{}", mail.raw);
}

#[test]
fn nobody_learns_from_an_answer_who_has_an_account() {
    let (_project, server, _root) = server();
    let guest = server.client();
    for action in ["request-verification", "request-password-reset", "request-otp"] {
        let ask = |email: &str| guest.post(&format!("{USERS}/{action}"), json!({ "email": email }));
        let (known, unknown) = (ask("ann@example.com"), ask("nobody@example.com"));
        assert_eq!(known.status, unknown.status);
        let shape = |reply: &Reply| reply.body.chars().filter(|c| !c.is_ascii_alphanumeric()).collect::<String>();
        assert_eq!(shape(&known), shape(&unknown));
        assert_eq!(known.body.len(), unknown.body.len());
    }
    let login = |identity: &str| {
        let body = json!({ "identity": identity, "password": "wrong" });
        guest.post(&format!("{USERS}/auth-with-password"), body).is(400).body.clone()
    };
    assert_eq!(login("ann@example.com"), login("nobody@example.com"));
}

#[test]
fn nobody_learns_from_the_time_of_an_answer_who_has_an_account() {
    let (_project, server, _root) = server();
    let guest = server.client();
    let times = |email: &str| -> Duration {
        let mut times: Vec<Duration> = (0..9)
            .map(|_| {
                let started = Instant::now();
                let body = json!({ "identity": email, "password": "wrong" });
                guest.post(&format!("{USERS}/auth-with-password"), body).is(400);
                started.elapsed()
            })
            .collect();
        times.sort();
        times[times.len() / 2]
    };
    let (known, unknown) = (times("ann@example.com"), times("nobody@example.com"));
    let ratio = known.as_secs_f64() / unknown.as_secs_f64();
    // A hash takes tens of milliseconds; leaving it out would be ten times faster.
    assert!((0.4..2.5).contains(&ratio), "{known:?} {unknown:?}");
}

#[test]
fn nobody_verifies_himself_or_sets_his_own_token_key() {
    let (project, server, _root) = server();
    let guest = server.client();
    let ann = guest.login("users", "ann@example.com", "12345678");
    let me = format!("{USERS}/records/annannannannann");
    let key = "k".repeat(40);
    for body in [json!({ "verified": true }), json!({ "email": "x@example.com" }), json!({ "password": "abcdefgh" })] {
        ann.patch(&me, body).is(400);
    }
    ann.patch(&me, json!({ "tokenKey": key, "tokenKey:autogenerate": "", "name": "x" })).is(200);
    let stored: String = project
        .database()
        .query_row("SELECT tokenKey FROM users WHERE id = 'annannannannann'", [], |row| row.get(0))
        .unwrap();
    assert_ne!(stored, key);
    refresh(&guest, &token(&project, "auth users annannannannann refreshable=true")).is(200);
    ann.post(&format!("{USERS}/auth-refresh"), json!({ "verified": true, "tokenKey": key })).is(200);
    let sign_up = json!({
        "email": "new@example.com", "password": "12345678", "passwordConfirm": "12345678", "verified": true, "tokenKey": key,
    });
    guest.post(&format!("{USERS}/records"), sign_up).is(400);
    for collection in ["_otps", "_mfas", "_authOrigins", "_externalAuths", "_superusers"] {
        ann.post(&format!("/api/collections/{collection}/records"), json!({})).is(403);
    }
}

#[test]
fn a_token_of_one_collection_opens_nothing_in_another() {
    let (project, server, _root) = server();
    let guest = server.client();
    let eve = guest.login("others", "eve@example.com", "12345678");
    eve.post(&format!("{USERS}/auth-refresh"), json!({})).is(403);
    eve.post(&format!("{USERS}/request-email-change"), json!({ "newEmail": "x@example.com" })).is(403);
    for (kind, action) in [
        ("verification", "confirm-verification"),
        ("passwordReset", "confirm-password-reset"),
        ("emailChange", "confirm-email-change"),
    ] {
        let token = token(&project, &format!("{kind} others eveeveeveeveeve new=x@example.com"));
        let body = json!({ "token": token, "password": "12345678", "passwordConfirm": "12345678" });
        let refused = guest.post(&format!("{USERS}/{action}"), body);
        assert_eq!(refused.is(400).json()["data"]["token"]["code"], "validation_token_collection_mismatch", "{action}");
    }
}

#[test]
fn secrets_stay_out_of_the_log() {
    let (project, server, root) = server();
    let guest = server.client();
    let reset = token(&project, "passwordReset users annannannannann");
    let body = json!({ "token": reset, "password": "hidden-password", "passwordConfirm": "hidden-password" });
    guest.post(&format!("{USERS}/confirm-password-reset"), body).is(204);
    guest.login("users", "ann@example.com", "hidden-password");
    guest
        .post(&format!("{USERS}/auth-with-password"), json!({ "identity": "x", "password": "hidden-password" }))
        .is(400);
    root.patch("/api/settings", json!({ "smtp": { "password": "hidden-password" } })).is(200);
    let output = server.output();
    server.stop();
    let database = rusqlite::Connection::open(project.file("pb_data/auxiliary.db")).unwrap();
    let mut statement = database.prepare("SELECT message || data FROM _logs").unwrap();
    let rows: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(rows.len() > 5);
    for text in rows.iter().chain([&output]) {
        assert!(!text.contains("hidden-password") && !text.contains(&reset), "{text}");
    }
}

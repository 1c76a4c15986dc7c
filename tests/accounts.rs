//! What accounts can ask for, with a real mail server.

use crate::support::http::{Client, Reply};
use crate::support::{MailServer, Project, Server, eventually};
use serde_json::{Value as Json, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const USERS: &str = "/api/collections/users";

/// A server that mails, its superuser, and the user `ann@example.com`.
fn with_mail(options: Json) -> (Project, Server, Client, MailServer, String) {
    let mails = MailServer::start_with(options);
    let (project, server, root) = Project::bare();
    root.patch("/api/settings", json!({ "smtp": mails.settings() })).is(200);
    let user = json!({ "email": "ann@example.com", "password": "12345678", "passwordConfirm": "12345678" });
    let id = root.post(&format!("{USERS}/records"), user).ok()["id"].as_str().unwrap().to_owned();
    (project, server, root, mails, id)
}

fn login(client: &Client, agent: &str, password: &str) -> Reply {
    let request = client.request("POST", &format!("{USERS}/auth-with-password")).header("User-Agent", agent);
    client.send(request.json(&json!({ "identity": "ann@example.com", "password": password })))
}

fn total(root: &Client, collection: &str) -> i64 {
    root.get(&format!("/api/collections/{collection}/records")).ok()["totalItems"].as_i64().unwrap()
}

#[test]
fn a_verification_mail_is_sent_once_in_two_minutes_and_not_to_the_verified() {
    let (_project, server, root, mails, id) = with_mail(json!({}));
    let ask = || server.client().post(&format!("{USERS}/request-verification"), json!({ "email": "ann@example.com" }));
    ask().is(204);
    let mail = mails.next();
    assert_eq!((mail.from.as_str(), mail.to.as_slice()), ("support@example.com", &["ann@example.com".to_owned()][..]));
    ask().is(204);
    mails.nothing();
    server.client().post(&format!("{USERS}/confirm-verification"), json!({ "token": mail.token() })).is(204);
    ask().is(204);
    mails.nothing();
    // The confirmation has cleared the pause.
    root.patch(&format!("{USERS}/records/{id}"), json!({ "verified": false })).is(200);
    ask().is(204);
    mails.next();
}

#[test]
fn a_reset_mail_that_was_not_sent_may_be_asked_for_again_at_once() {
    let (_project, server, root, refusing, _) = with_mail(json!({ "refuse": "no such user" }));
    let ask =
        || server.client().post(&format!("{USERS}/request-password-reset"), json!({ "email": "ann@example.com" }));
    ask().is(204);
    eventually(|| server_logs(&_project).contains("Failed to send password reset email"));
    drop(refusing);
    let mails = MailServer::start();
    root.patch("/api/settings", json!({ "smtp": mails.settings() })).is(200);
    ask().is(204);
    mails.next();
    ask().is(204);
    mails.nothing();
}

/// Messages of the log, once it has written them.
fn server_logs(project: &Project) -> String {
    let database = rusqlite::Connection::open(project.file("pb_data/auxiliary.db")).unwrap();
    let mut statement = database.prepare("SELECT message || data FROM _logs").unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.map(Result::unwrap).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_code_by_mail_logs_in_verifies_and_replaces_a_password_that_anybody_may_have_set() {
    let (_project, server, root, mails, _) = with_mail(json!({}));
    root.patch("/api/collections/users", json!({ "otp": { "enabled": true } })).is(200);
    let guest = server.client();
    let asked = guest.post(&format!("{USERS}/request-otp"), json!({ "email": "ann@example.com" })).ok();
    let code = mails.next().text.split("password is: ").nth(1).unwrap()[..8].to_owned();
    assert!(code.bytes().all(|digit| digit.is_ascii_digit()), "{code}");
    let otp = |root: &Client| root.get("/api/collections/_otps/records").ok()["items"][0].clone();
    eventually(|| otp(&root)["sentTo"] == "ann@example.com");
    assert_eq!(otp(&root)["id"], asked["otpId"]);

    let body = json!({ "otpId": asked["otpId"], "password": code });
    let answer = guest.post(&format!("{USERS}/auth-with-otp"), body.clone()).ok();
    assert_eq!(answer["record"]["verified"], true);
    guest.with_token(answer["token"].as_str().unwrap()).post(&format!("{USERS}/auth-refresh"), json!({})).is(200);
    guest.post(&format!("{USERS}/auth-with-otp"), body).is(400);
    login(&guest, "a", "12345678").is(400);
}

#[test]
fn a_code_that_could_not_be_mailed_is_worth_nothing() {
    let (_project, server, root, _refusing, _) = with_mail(json!({ "refuse": "no" }));
    root.patch("/api/collections/users", json!({ "otp": { "enabled": true } })).is(200);
    server.client().post(&format!("{USERS}/request-otp"), json!({ "email": "ann@example.com" })).is(200);
    eventually(|| total(&root, "_otps") == 0);
}

#[test]
fn ten_codes_may_be_alive_and_the_newest_is_given_again() {
    let (_project, server, root, mails, _) = with_mail(json!({}));
    root.patch("/api/collections/users", json!({ "otp": { "enabled": true } })).is(200);
    let ask = || {
        let asked = server.client().post(&format!("{USERS}/request-otp"), json!({ "email": "ann@example.com" }));
        asked.ok()["otpId"].as_str().unwrap().to_owned()
    };
    let ids: Vec<_> = (0..10).map(|_| ask()).collect();
    (0..10).for_each(|_| drop(mails.next()));
    assert_eq!(ask(), ids[9]);
    mails.nothing();
    assert_eq!(total(&root, "_otps"), 10);
}

#[test]
fn a_second_factor_is_asked_for_whichever_comes_first() {
    let (_project, server, root, mails, _) = with_mail(json!({}));
    root.patch("/api/collections/users", json!({ "otp": { "enabled": true }, "mfa": { "enabled": true } })).is(200);
    let guest = server.client();
    let first = login(&guest, "a", "12345678");
    assert_eq!(first.is(401).json().as_object().unwrap().keys().collect::<Vec<_>>(), ["mfaId"]);
    let asked = guest.post(&format!("{USERS}/request-otp"), json!({ "email": "ann@example.com" })).ok();
    let code = mails.next().text.split("password is: ").nth(1).unwrap()[..8].to_owned();
    let body = json!({ "otpId": asked["otpId"], "password": code, "mfaId": first.json()["mfaId"] });
    guest.post(&format!("{USERS}/auth-with-otp"), body).ok();
    assert_eq!((total(&root, "_mfas"), total(&root, "_otps")), (0, 0));
    // With a second factor the password stays what it was.
    login(&guest, "a", "12345678").is(401);
}

#[test]
fn a_login_from_a_new_place_is_told_by_mail() {
    let (_project, server, root, mails, id) = with_mail(json!({}));
    let guest = server.client();
    login(&guest, "first", "12345678").is(200);
    login(&guest, "first", "12345678").is(200);
    mails.nothing();
    login(&guest, "second <b>", "12345678").is(200);
    let mail = mails.next();
    assert!(mail.html.contains("127.0.0.1 second &lt;b&gt;"), "{}", mail.html);
    for n in 0..5 {
        login(&guest, &format!("agent {n}"), "12345678").is(200);
        mails.next();
    }
    assert_eq!(total(&root, "_authOrigins"), 5 + 1, "five of the user and one of the superuser");
    // A new password forgets them all, so the next login is the first.
    let body = json!({ "password": "abcdefgh", "passwordConfirm": "abcdefgh" });
    root.patch(&format!("{USERS}/records/{id}"), body).is(200);
    assert_eq!(total(&root, "_authOrigins"), 1);
    login(&guest, "second", "abcdefgh").is(200);
    mails.nothing();
}

#[test]
fn a_place_whose_alert_was_not_sent_is_new_the_next_time_too() {
    let (_project, server, root, _refusing, _) = with_mail(json!({ "refuse": "no" }));
    let guest = server.client();
    login(&guest, "first", "12345678").is(200);
    login(&guest, "second", "12345678").is(200);
    assert_eq!(total(&root, "_authOrigins"), 2, "the first of the user and that of the superuser");
    // Without alerts nothing is remembered.
    root.patch("/api/collections/users", json!({ "authAlert": { "enabled": false } })).is(200);
    login(&guest, "third", "12345678").is(200);
    assert_eq!(total(&root, "_authOrigins"), 2);
}

#[test]
fn superusers_come_only_from_the_addresses_of_the_settings() {
    let (_project, server, root) = Project::bare();
    let proxy = json!({ "headers": ["X-Forwarded-For"], "useLeftmostIP": false });
    root.patch("/api/settings", json!({ "trustedProxy": proxy, "superuserIPs": ["10.1.0.0/16"] })).is(200);
    let from = |ip: &str, method: &str, path: &str, body: Json| {
        root.send(root.request(method, path).header("X-Forwarded-For", ip).json(&body)).status
    };
    assert_eq!(from("10.1.2.3", "GET", "/api/settings", json!({})), 200);
    assert_eq!(from("10.2.2.3", "GET", "/api/settings", json!({})), 403);
    assert_eq!(from("10.2.2.3", "GET", "/api/health", json!({})), 403);
    let credentials = json!({ "identity": "root@example.com", "password": "secret12345" });
    let guest = server.client();
    let login = |ip: &str| {
        let request = guest.request("POST", "/api/collections/_superusers/auth-with-password");
        guest.send(request.header("X-Forwarded-For", ip).json(&credentials)).status
    };
    assert_eq!((login("10.1.9.9"), login("127.0.0.1")), (200, 403));
}

#[test]
fn expired_codes_and_factors_are_cleaned_up_by_the_clock() {
    let (project, _server, root, _mails, id) = with_mail(json!({}));
    let users = root.get("/api/collections/users").ok()["id"].as_str().unwrap().to_owned();
    for (collection, more) in [("_otps", json!({ "password": "1" })), ("_mfas", json!({ "method": "otp" }))] {
        for _ in 0..2 {
            let mut row = json!({ "collectionRef": users, "recordRef": id });
            row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            root.post(&format!("/api/collections/{collection}/records"), row).is(200);
        }
        let sql = format!("UPDATE {collection} SET created = '2020-01-01 00:00:00.000Z' WHERE rowid = 1");
        assert_eq!(project.database().execute(&sql, []).unwrap(), 1);
    }
    for job in ["__pbOTPCleanup__", "__pbMFACleanup__"] {
        root.post(&format!("/api/crons/{job}"), json!({})).is(204);
    }
    eventually(|| total(&root, "_otps") == 1 && total(&root, "_mfas") == 1);
}

#[test]
fn nobody_gets_a_reset_mail_for_the_account_of_the_first_start() {
    let mails = MailServer::start();
    let project = Project::empty();
    let settings = json!({ "smtp": mails.settings() });
    project.pbr("superuser create root@example.com secret12345").succeeds();
    let server = project.serve();
    server.root().patch("/api/settings", settings).is(200);
    server.stop();
    project.database().execute("DELETE FROM _superusers", []).unwrap();
    let server = project.serve();
    let ask = |email: &str| {
        let path = "/api/collections/_superusers/request-password-reset";
        server.client().post(path, json!({ "email": email })).is(204);
    };
    ask("__pbinstaller@example.com");
    mails.nothing();
}

#[test]
fn a_mail_server_that_says_nothing_does_not_hold_up_logins() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let (_project, server, root) = Project::bare();
    root.patch("/api/settings", json!({ "smtp": { "enabled": true, "host": "127.0.0.1", "port": port } })).is(200);
    let user = json!({ "email": "ann@example.com", "password": "12345678", "passwordConfirm": "12345678" });
    root.post(&format!("{USERS}/records"), user).ok();
    let ann = server.client().login("users", "ann@example.com", "12345678");
    // More than may log in at once. Nobody waits for their answers; they end with the server.
    for n in 0..20 {
        let ann = ann.clone();
        std::thread::spawn(move || {
            let body = json!({ "newEmail": format!("ann{n}@example.com") });
            drop(ann.request("POST", &format!("{USERS}/request-email-change")).json(&body).send());
        });
    }
    let waiting = silent.accept().expect("a mail on its way");
    std::thread::sleep(Duration::from_millis(500));
    server.client().login("users", "ann@example.com", "12345678");
    drop(waiting);
}

/// Threads of a process.
fn threads(pid: u32) -> usize {
    std::fs::read_dir(format!("/proc/{pid}/task")).expect("a process").count()
}

#[test]
fn sign_ups_wait_for_their_turn_and_take_no_threads_meanwhile() {
    const SIGN_UPS: usize = 150;
    let (_project, server, root) = Project::bare();
    let before = threads(server.pid());
    let sign_up = |n: usize| {
        let body = json!({
            "email": format!("user{n}@example.com"), "password": "12345678", "passwordConfirm": "12345678",
        })
        .to_string();
        let mut stream = TcpStream::connect(server.address()).expect("a connection");
        let length = body.len();
        write!(
            stream,
            "POST {USERS}/records HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        )
        .expect("a written request");
        stream
    };
    let waiting: Vec<TcpStream> = (0..SIGN_UPS).map(sign_up).collect();
    for mut stream in waiting {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    // Threads that have nothing to do stay for a while, and a busy machine has up to 64 readers.
    let more = threads(server.pid()).saturating_sub(before);
    assert!(more < SIGN_UPS / 2, "{more} threads more");
    assert_eq!(total(&root, "users"), SIGN_UPS as i64);
    // A batch with sign-ups waits as well, and is done.
    root.patch("/api/settings", json!({ "batch": { "enabled": true } })).ok();
    let request = json!({ "method": "POST", "url": format!("{USERS}/records"), "body": {
        "email": "last@example.com", "password": "12345678", "passwordConfirm": "12345678",
    } });
    root.post("/api/batch", json!({ "requests": [request] })).ok();
}

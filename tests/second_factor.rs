//! What logins can do beyond PocketBase's: authenticator apps, and pauses after wrong passwords.

use crate::support::http::{Client, Reply};
use crate::support::{Project, eventually};
use serde_json::{Value as Json, json};
use std::io::Write;
use std::process::Command;
use std::time::{Duration, Instant};

const USERS: &str = "/api/collections/users";

fn served(project: &Project, arguments: &str) -> (crate::support::Server, Client) {
    let server = project.serve_with(arguments);
    let root = server.root();
    (server, root)
}

fn project() -> Project {
    let project = Project::empty();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    project
}

fn sign_up(root: &Client) -> String {
    let user = json!({ "email": "ann@example.com", "password": "12345678", "passwordConfirm": "12345678" });
    root.post(&format!("{USERS}/records"), user).ok()["id"].as_str().expect("an id").to_owned()
}

fn login(client: &Client, password: &str) -> Reply {
    let body = json!({ "identity": "ann@example.com", "password": password });
    client.post(&format!("{USERS}/auth-with-password"), body)
}

/// The code of an authenticator app, worked out by node.
fn code(secret: &str, steps_ahead: i64) -> String {
    let script = r#"
        const [secret, ahead] = process.argv.slice(1);
        const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
        const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
        const step = Buffer.alloc(8);
        step.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30000) + Number(ahead)));
        const digest = require("node:crypto").createHmac("sha1", key).update(step).digest();
        const number = digest.readUInt32BE(digest.at(-1) & 15) & 0x7fffffff;
        process.stdout.write(String(number % 1000000).padStart(6, "0"));
    "#;
    let run = Command::new("node").args(["-e", script, secret, &steps_ahead.to_string()]).output().expect("node");
    String::from_utf8(run.stdout).expect("digits")
}

#[test]
fn an_authenticator_app_is_needed_after_the_password_once_it_was_confirmed() {
    let project = project();
    let (server, root) = served(&project, "--totp");
    let id = sign_up(&root);
    let guest = server.client();
    let ann = guest.login("users", "ann@example.com", "12345678");
    let request = |password: &str| ann.post(&format!("{USERS}/request-totp"), json!({ "password": password }));
    request("wrong").is(400);
    let enrolment = request("12345678").ok();
    let secret = enrolment["secret"].as_str().expect("a secret");
    let uri = enrolment["uri"].as_str().expect("a URI");
    assert!(uri.starts_with("otpauth://totp/Acme:ann%40example.com?secret="), "{uri}");
    // Before it is confirmed nothing has changed.
    login(&guest, "12345678").ok();
    ann.post(&format!("{USERS}/confirm-totp"), json!({ "code": "000000" })).is(400);
    let used = code(secret, 0);
    ann.post(&format!("{USERS}/confirm-totp"), json!({ "code": used })).is(204);

    let first = login(&guest, "12345678");
    let mfa = first.is(401).json()["mfaId"].clone();
    login(&guest, "wrong").is(400);
    let second = |code: &str| guest.post(&format!("{USERS}/auth-with-totp"), json!({ "mfaId": mfa, "code": code }));
    second("000000").is(400);
    // The code of the confirmation is used up.
    second(&used).is(400);
    // A change of the settings starts the counters anew.
    root.patch("/api/settings", json!({})).is(200);
    let next = code(secret, 1);
    let answer = second(&next).ok();
    let session = guest.with_token(answer["token"].as_str().expect("a token"));
    session.post(&format!("{USERS}/auth-refresh"), json!({})).is(200);
    // A code counts once, and so does the session of the first factor.
    second(&next).is(400);
    let mfa = login(&guest, "12345678").is(401).json()["mfaId"].clone();
    guest.post(&format!("{USERS}/auth-with-totp"), json!({ "mfaId": mfa, "code": next })).is(400);
    guest
        .post(
            &format!("{USERS}/auth-with-password"),
            json!({
                "identity": "ann@example.com", "password": "12345678", "mfaId": mfa,
            }),
        )
        .is(400);

    // Others cannot take it away; the owner needs the password, superusers do not.
    let path = format!("{USERS}/totp/{id}");
    let delete = |client: &Client, body: Json| client.send(client.request("DELETE", &path).json(&body));
    delete(&guest, json!({})).is(401);
    delete(&session, json!({ "password": "wrong" })).is(400);
    delete(&root, json!({})).is(204);
    login(&guest, "12345678").ok();
    delete(&root, json!({})).is(404);
}

#[test]
fn too_many_codes_are_refused_and_the_app_goes_with_its_account() {
    let project = project();
    let (server, root) = served(&project, "--totp");
    let id = sign_up(&root);
    let guest = server.client();
    let ann = guest.login("users", "ann@example.com", "12345678");
    let enrolment = ann.post(&format!("{USERS}/request-totp"), json!({ "password": "12345678" })).ok();
    let secret = enrolment["secret"].as_str().expect("a secret").to_owned();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let attempt = |n: u32| {
            let ann = ann.clone();
            scope
                .spawn(move || ann.post(&format!("{USERS}/confirm-totp"), json!({ "code": format!("{n:06}x") })).status)
        };
        let threads: Vec<_> = (0..12).map(attempt).collect();
        threads.into_iter().map(|thread| thread.join().expect("a status")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 5, "{statuses:?}");
    ann.post(&format!("{USERS}/confirm-totp"), json!({ "code": code(&secret, 0) })).is(429);
    root.delete(&format!("{USERS}/records/{id}")).is(204);
    let left: i64 = project.database().query_row("SELECT count(*) FROM _pbr_totp", [], |row| row.get(0)).expect("rows");
    assert_eq!(left, 0);
}

#[test]
fn secrets_of_apps_are_encrypted_where_the_settings_are() {
    let project = project();
    let mut command = project.command("serve --http 127.0.0.1:0 --totp --encryption-env SETTINGS_KEY");
    command.env("SETTINGS_KEY", "0123456789abcdef0123456789abcdef");
    let server = crate::support::Server::start(command);
    let root = server.root();
    sign_up(&root);
    let ann = server.client().login("users", "ann@example.com", "12345678");
    let enrolment = ann.post(&format!("{USERS}/request-totp"), json!({ "password": "12345678" })).ok();
    let secret = enrolment["secret"].as_str().expect("a secret");
    let stored: String =
        project.database().query_row("SELECT pending FROM _pbr_totp", [], |row| row.get(0)).expect("a row");
    assert!(!stored.contains(secret) && stored.len() > secret.len());
    ann.post(&format!("{USERS}/confirm-totp"), json!({ "code": code(secret, 0) })).is(204);
}

#[test]
fn without_the_option_there_are_no_apps() {
    let (_project, server, root) = Project::bare();
    sign_up(&root);
    let ann = server.client().login("users", "ann@example.com", "12345678");
    for action in ["request-totp", "confirm-totp", "auth-with-totp"] {
        ann.post(&format!("{USERS}/{action}"), json!({ "password": "12345678" })).is(404);
    }
}

#[test]
fn a_project_asks_for_them_in_its_file() {
    let project = Project::from_template("blog");
    let mut file = std::fs::OpenOptions::new().append(true).open(project.file("pbr.yaml")).expect("pbr.yaml");
    file.write_all(b"\nlogins:\n  totp: true\n  backOff: true\n").expect("a written file");
    project.pbr("migrate").succeeds();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    let server = project.serve();
    let guest = server.client();
    guest.post(&format!("{USERS}/auth-with-totp"), json!({})).is(400);
    project.replace("pbr.yaml", "backOff: true", "backof: true");
    project.pbr("serve").exits(9).stderr_contains("did you mean `backOff`?");
}

#[test]
fn wrong_passwords_make_the_next_ones_wait_whoever_they_are_for() {
    let project = project();
    let (server, root) = served(&project, "--login-back-off");
    sign_up(&root);
    let guest = server.client();
    let body = |identity: &str, password: &str| json!({ "identity": identity, "password": password });
    let attempt =
        |identity: &str, password: &str| guest.post(&format!("{USERS}/auth-with-password"), body(identity, password));
    // The same for somebody and nobody, in whatever case.
    for identity in ["ann@example.com", "nobody@example.com"] {
        for n in 0..5 {
            let spelled = if n % 2 == 0 { identity.to_owned() } else { identity.to_uppercase() };
            attempt(&spelled, "wrong").is(400);
        }
        let refused = attempt(identity, "12345678");
        assert!(refused.is(429).body.contains("Too many failed attempts"), "{refused:?}");
    }
    root.get("/api/collections/users").is(200);
    // Others are not affected, and after the pause the right password ends it.
    guest.login("_superusers", "root@example.com", "secret12345");
    let started = Instant::now();
    eventually(|| attempt("ann@example.com", "12345678").status == 200);
    assert!(started.elapsed() < Duration::from_secs(10));
    for _ in 0..4 {
        attempt("ann@example.com", "wrong").is(400);
    }
    attempt("ann@example.com", "12345678").is(200);
}

#[test]
fn wrong_passwords_and_codes_of_an_account_make_the_next_ones_wait() {
    let project = project();
    let (server, root) = served(&project, "--login-back-off --totp");
    let id = sign_up(&root);
    let guest = server.client();
    let ann = guest.login("users", "ann@example.com", "12345678");
    let waits = |attempt: &dyn Fn() -> Reply| {
        for _ in 0..5 {
            attempt().is(400);
        }
        let refused = attempt();
        assert!(refused.is(429).body.contains("Too many failed attempts"), "{refused:?}");
    };
    let change = |old: &str| {
        let new = json!({ "oldPassword": old, "password": "password2", "passwordConfirm": "password2" });
        ann.patch(&format!("{USERS}/records/{id}"), new)
    };
    waits(&|| change("wrong"));
    change("12345678").is(429);
    // Another door of the same lock.
    ann.post(&format!("{USERS}/request-totp"), json!({ "password": "12345678" })).is(429);
    let enrolled = || ann.post(&format!("{USERS}/request-totp"), json!({ "password": "12345678" }));
    eventually(|| enrolled().status == 200);
    let secret = enrolled().ok()["secret"].as_str().expect("a secret").to_owned();
    ann.post(&format!("{USERS}/confirm-totp"), json!({ "code": code(&secret, 0) })).is(204);
    // A change of the settings starts anew what is counted for some minutes.
    root.patch("/api/settings", json!({})).is(200);
    let mfa = login(&guest, "12345678").is(401).json()["mfaId"].clone();
    waits(&|| guest.post(&format!("{USERS}/auth-with-totp"), json!({ "mfaId": mfa, "code": "000000" })));

    let token =
        project.pbr(&format!("token issue {id} --collection users --kind email-change --new-email ann2@example.com"));
    let token = token.succeeds().stdout().trim().to_owned();
    let confirm = |password: &str| {
        let body = json!({ "token": token, "password": password });
        guest.post(&format!("{USERS}/confirm-email-change"), body)
    };
    waits(&|| confirm("wrong"));
    eventually(|| confirm("12345678").status == 204);
}

#[test]
fn by_default_no_login_waits() {
    let (_project, server, root) = Project::bare();
    sign_up(&root);
    for _ in 0..8 {
        login(&server.client(), "wrong").is(400);
    }
    login(&server.client(), "12345678").is(200);
}

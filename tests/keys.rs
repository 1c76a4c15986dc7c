//! Superusers and tokens from the command line.

use crate::support::Project;
use serde_json::json;

fn blog() -> Project {
    let project = Project::from_template("blog");
    project.pbr("migrate").succeeds();
    project.pbr("seed").succeeds();
    project
}

#[test]
fn superusers_come_change_and_go() {
    let project = Project::empty();
    let run = project.pbr("superuser create a@example.com secret12345").succeeds();
    run.stdout_contains("Successfully created new superuser \"a@example.com\"!");
    project.pbr("superuser create a@example.com secret12345").exits(2).stderr_contains("email: Value must be unique.");
    project.pbr("superuser upsert a@example.com short").exits(2).stderr_contains("Must be at least 8 character(s).");
    project.pbr("superuser update b@example.com secret12345").exits(2).stderr_contains("doesn't exist");
    project.pbr("superuser create nonsense secret12345").exits(2).stderr_contains("invalid email address");
    project
        .pbr("superuser delete a@example.com")
        .exits(2)
        .stderr_contains("You can't delete the only existing superuser.");
    project.pbr_with_input("superuser upsert b@example.com --password-stdin", "secret12345\n").succeeds();
    assert_eq!(project.pbr("superuser list").succeeds().stdout(), "a@example.com\nb@example.com\n");
    project.pbr("superuser delete a@example.com").succeeds();
    project.pbr("superuser delete a@example.com").succeeds().stdout_contains("missing or already deleted");
    let server = project.serve();
    server.client().login("_superusers", "b@example.com", "secret12345");
}

#[test]
fn a_missing_password_is_not_waited_for_without_a_terminal() {
    let project = Project::empty();
    project.pbr("superuser create a@example.com").exits(2).stderr_contains("--password-stdin");
}

#[test]
fn a_token_for_scripts_is_alone_on_stdout_and_works_until_it_is_revoked() {
    let project = blog();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    let token = project.pbr("token issue root@example.com").succeeds().stdout();
    assert_eq!(token.trim().split('.').count(), 3, "{token}");

    let server = project.serve();
    let root = server.client().with_token(token.trim());
    root.get("/api/collections/posts/records").ok();
    assert_eq!(root.get("/api/collections/posts/records").ok()["totalItems"], 5);
    project.pbr_args(&["token", "inspect", token.trim()]).succeeds().stdout_contains("root@example.com");

    project.pbr("token revoke root@example.com").succeeds();
    project.pbr_args(&["token", "inspect", token.trim()]).exits(4).stderr_contains("signature");
    crate::support::eventually(|| root.get("/api/collections/posts/records").ok()["totalItems"] == 3);
}

#[test]
fn tokens_of_users_last_as_long_as_asked_and_come_in_every_format() {
    let project = blog();
    let issue = "token issue alice@example.com --collection users --duration 1h";
    let issued = project.pbr(&format!("{issue} --json")).succeeds().json();
    assert_eq!((&issued["ok"], &issued["collection"]), (&json!(true), &json!("users")));
    project.pbr(&format!("{issue} --format header")).succeeds().stdout_contains("Authorization: ");
    project.pbr(&format!("{issue} --format env")).succeeds().stdout_contains("PBR_TOKEN=");
    let token = issued["token"].as_str().expect("a token");
    let server = project.serve();
    let alice = server.client().with_token(token);
    // A token for scripts stays the same when it is refreshed.
    let refreshed = alice.post("/api/collections/users/auth-refresh", json!({})).ok();
    assert_eq!(refreshed["token"], token);
}

#[test]
fn mistakes_with_tokens_are_explained() {
    let project = blog();
    let issue = |rest: &str| project.pbr(&format!("token issue {rest}"));
    issue("nobody@example.com").exits(2).stderr_contains("pbr superuser create nobody@example.com");
    issue("alice@example.com").exits(2).stderr_contains("pbr token issue alice@example.com --collection users");
    let revoke = |rest: &str| project.pbr(&format!("token revoke {rest}")).exits(2);
    revoke("alice@example.com").stderr_contains("pbr token revoke alice@example.com --collection users");
    assert!(!revoke("nobody@example.com").stderr().contains("create"));
    issue("alice@example.com --collection user").exits(2).stderr_contains("did you mean `users`?");
    issue("alice@example.com --collection posts").exits(2).stderr_contains("no auth collection");
    issue("alice@example.com --collection users --duration soon").exits(2).stderr_contains("30m, 1h, 7d");
    project.pbr("token inspect nonsense").exits(4).stderr_contains("three parts");
    Project::empty().pbr("token issue a@example.com").exits(2).stderr_contains("there is no database");
}

#[test]
fn every_kind_of_token_can_be_issued_and_does_what_the_mailed_one_would() {
    let project = blog();
    let issue = |more: &str| {
        let line = format!("token issue alice@example.com --collection users {more}");
        project.pbr(&line).succeeds().stdout().trim().to_owned()
    };
    let kinds = ["static", "auth", "file", "verification", "password-reset"];
    for (kind, claim) in kinds.iter().zip(["auth", "auth", "file", "verification", "passwordReset"]) {
        let token = issue(&format!("--kind {kind}"));
        let inspected = project.pbr_args(&["token", "inspect", "--json", &token]).succeeds().json();
        assert_eq!((&inspected["type"], &inspected["email"]), (&json!(claim), &json!("alice@example.com")));
        assert_eq!(inspected["refreshable"], *kind == "auth");
    }
    let server = project.serve();
    let guest = server.client();
    let users = "/api/collections/users";
    guest.post(&format!("{users}/confirm-verification"), json!({ "token": issue("--kind verification") })).is(204);
    let body =
        json!({ "token": issue("--kind password-reset"), "password": "abcdefgh", "passwordConfirm": "abcdefgh" });
    guest.post(&format!("{users}/confirm-password-reset"), body).is(204);
    let token = issue("--kind email-change --new-email alice2@example.com");
    guest.post(&format!("{users}/confirm-email-change"), json!({ "token": token, "password": "abcdefgh" })).is(204);
    guest.login("users", "alice2@example.com", "abcdefgh");
    let issue = |more: &str| project.pbr(&format!("token issue alice2@example.com --collection users {more}"));
    issue("--kind email-change").exits(2).stderr_contains("--new-email");
    issue("--kind email-change --new-email bad").exits(2).stderr_contains("no email address");
    issue("--kind file --new-email a@example.com").exits(2);
}

#[test]
fn a_superuser_with_codes_gets_one_on_the_command_line_and_logs_in_with_both() {
    let project = Project::empty();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    let otp = || project.pbr("superuser otp root@example.com");
    otp().exits(2).stderr_contains("OTP auth is not enabled for the _superusers collection");
    let server = project.serve();
    server.root().patch("/api/collections/_superusers", json!({ "otp": { "enabled": true } })).is(200);
    project.pbr("superuser otp nobody@example.com").exits(2).stderr_contains("doesn't exist");
    let text = otp().succeeds().stdout();
    let value =
        |name: &str| text.split(name).nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap().to_owned();
    let guest = server.client();
    let superusers = "/api/collections/_superusers";
    let password = json!({ "identity": "root@example.com", "password": "secret12345" });
    let first = guest.post(&format!("{superusers}/auth-with-password"), password);
    let mfa = first.is(401).json()["mfaId"].clone();
    let body = json!({ "otpId": value("Id:"), "password": value("Pass:"), "mfaId": mfa });
    guest.post(&format!("{superusers}/auth-with-otp"), body).ok();
}

#[test]
fn the_addresses_of_superusers_are_set_for_the_running_server_too() {
    let (project, server, root) = Project::bare();
    project.pbr("superuser ips 10.0.0.1 nonsense").exits(2).stderr_contains("nvalid IP or CIDR subnet.");
    let run = project.pbr("superuser ips 10.0.0.1 10.1.0.0/16").succeeds();
    assert_eq!(run.stdout(), "Successfully updated SuperuserIPs setting:\n├─ 10.0.0.1\n└─ 10.1.0.0/16\n");
    crate::support::eventually(|| root.get("/api/settings").status == 403);
    project.pbr("superuser ips").succeeds().stdout_contains("Successfully cleared SuperuserIPs setting!");
    crate::support::eventually(|| root.get("/api/settings").status == 200);
    drop(server);
}

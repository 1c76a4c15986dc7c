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
    project.pbr("superuser create a@example.com secret12345").exits(1).stderr_contains("email: Value must be unique.");
    project.pbr("superuser upsert a@example.com short").exits(1).stderr_contains("Must be at least 8 character(s).");
    project.pbr("superuser update b@example.com secret12345").exits(1).stderr_contains("doesn't exist");
    project.pbr("superuser create nonsense secret12345").exits(2).stderr_contains("invalid email address");
    project
        .pbr("superuser delete a@example.com")
        .exits(1)
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
    issue("nobody@example.com").exits(1).stderr_contains("pbr superuser create nobody@example.com");
    issue("alice@example.com --collection user").exits(2).stderr_contains("did you mean `users`?");
    issue("alice@example.com --collection posts").exits(2).stderr_contains("no auth collection");
    issue("alice@example.com --collection users --duration soon").exits(2).stderr_contains("30m, 1h, 7d");
    project.pbr("token inspect nonsense").exits(4).stderr_contains("three parts");
    Project::empty().pbr("token issue a@example.com").exits(2).stderr_contains("there is no database");
}

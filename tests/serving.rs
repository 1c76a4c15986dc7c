//! The running server: start, stop, headers, errors.

use crate::support::{Project, Server, eventually};
use serde_json::json;
use std::net::TcpListener;

fn blank() -> Project {
    let project = Project::from_template("blank");
    project.pbr("migrate").succeeds();
    project
}

#[test]
fn the_server_starts_answers_and_stops_cleanly() {
    let project = blank();
    let server = project.serve();
    assert!(server.output().contains("REST API:"), "{}", server.output());
    let health = server.client().get("/api/health");
    assert_eq!(health.body, r#"{"message":"API is healthy.","code":200,"data":{}}"#);
    assert!(server.stop().success());
    assert!(!project.file("pb_data/data.db-wal").exists(), "the log files are gone after a clean stop");
}

#[test]
fn pending_migrations_are_applied_or_refused_as_asked() {
    let project = Project::from_template("blank");
    project.pbr("serve --http 127.0.0.1:0 --migrate check").exits(4).stderr_contains("pbr migrate up");
    let server = project.serve();
    assert!(server.output().contains("applied V"), "{}", server.output());
}

/// Waits until a server has said something.
#[track_caller]
fn says(server: &Server, text: &str) {
    eventually(|| server.output().contains(text));
}

#[test]
fn a_schema_that_is_ahead_and_a_database_that_drifted_are_told() {
    let project = blank();
    project.write("schema/notes.yaml", "version: 1\ncollection: notes\nfields:\n  title: text\n  body: text\n");
    says(&project.serve(), "warning: the schema files are ahead of the migrations (create base collection notes");
    let quiet = project.serve_with("--migrate off");
    let json = project.serve_with("--log-format json");
    says(&json, r#""level":"warn","message":"the schema files are ahead"#);
    assert!(!quiet.output().contains("ahead"), "{}", quiet.output());
    drop((quiet, json));
    project.pbr("migrate diff").succeeds();
    project.pbr("migrate up").succeeds();
    project.database().execute_batch("CREATE TABLE extra (a TEXT)").expect("a table");
    let server = project.serve();
    says(&server, "is not what its migrations lead to (");
    assert!(!server.output().contains("ahead"), "{}", server.output());
    project.write("schema/notes.yaml", "version: 1\nnonsense: 1\n");
    says(
        &project.serve(),
        "warning: the schema files have errors, which change nothing here; next: pbr schema validate",
    );
}

#[test]
fn a_second_server_on_a_directory_is_told_of_the_first_even_if_one_was_killed() {
    let project = blank();
    let first = project.serve();
    let second = project.serve();
    says(&second, "warning: another pbr serves pb_data too");
    assert!(!first.output().contains("another pbr"), "{}", first.output());
    drop(second);
    first.kill();
    let third = project.serve();
    third.client().get("/api/health").is(200);
    assert!(!third.output().contains("another pbr"), "{}", third.output());
}

#[test]
fn a_port_in_use_is_named() {
    let project = blank();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let run = project.pbr(&format!("serve --http {address}")).exits(1);
    run.stderr_contains(&address).stderr_contains("another program listens there");
    project.pbr("serve --http nonsense").exits(2).stderr_contains("127.0.0.1:8090");
}

#[test]
fn javascript_hooks_stop_the_start_unless_they_are_to_be_ignored() {
    let project = Project::empty();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    project.write("pb_hooks/main.pb.js", "onRecordCreate((e) => e.next())");
    project.pbr("serve --http 127.0.0.1:0").exits(2).stderr_contains("pb_hooks").stderr_contains("--hooks ignore");
    project.serve_with("--hooks ignore");

    let migrated = Project::empty();
    migrated.pbr("superuser create root@example.com secret12345").succeeds();
    migrated.write("pb_migrations/1_x.js", "migrate((app) => {})");
    migrated.pbr("serve --http 127.0.0.1:0").exits(2).stderr_contains("not applied");
}

#[test]
fn browsers_of_allowed_origins_may_call() {
    let project = blank();
    let server = project.serve_with("--origins https://*.example.com");
    let client = server.client();
    let from = |origin: &str, method: &str| client.send(client.request(method, "/api/health").header("Origin", origin));
    let allowed = from("https://app.example.com", "GET");
    assert_eq!(allowed.headers["access-control-allow-origin"], "https://app.example.com");
    assert!(from("https://example.org", "GET").headers.get("access-control-allow-origin").is_none());
    let preflight = from("https://app.example.com", "OPTIONS");
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.headers["access-control-allow-methods"], "GET,HEAD,PUT,PATCH,POST,DELETE");
    for header in ["x-content-type-options", "x-frame-options", "cross-origin-opener-policy"] {
        assert!(allowed.headers.contains_key(header), "{header}");
    }
}

#[test]
fn unknown_paths_and_methods_answer_404_in_the_error_form() {
    let project = blank();
    let client = project.serve();
    let client = client_of(&client);
    for (method, path, message) in [
        ("GET", "/api/nope", "File not found."),
        ("PUT", "/api/health", "The requested resource wasn't found."),
        ("GET", "/api/collections/nope/records", "Missing collection context."),
    ] {
        let reply = client.send(client.request(method, path));
        assert_eq!(reply.json(), json!({ "data": {}, "message": message, "status": 404 }), "{method} {path}");
    }
}

fn client_of(server: &Server) -> crate::support::Client {
    server.client()
}

#[test]
fn requests_are_logged_after_they_are_answered() {
    let project = blank();
    let server = project.serve();
    server.client().get("/api/collections/nope/records").is(404);
    server.stop();
    let logs = rusqlite::Connection::open(project.file("pb_data/auxiliary.db")).expect("the log");
    let row: (i64, String, String) = logs
        .query_row("SELECT level, message, data FROM _logs WHERE message LIKE '%nope%'", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .expect("a logged request");
    assert_eq!((row.0, row.1.as_str()), (8, "GET /api/collections/nope/records"));
    let data: serde_json::Value = serde_json::from_str(&row.2).expect("JSON");
    assert_eq!((&data["status"], &data["type"]), (&json!(404), &json!("request")));
}

#[test]
fn the_project_says_what_no_flag_does() {
    let project = blank();
    project.write(
        "pbr.yaml",
        "server:\n  http: 127.0.0.1:0\n  indexFallback: false\n  metrics: true\n  metricsTokenFile: token\n  queryTimeout: 1m\n  domains: [localhost]\n  https: 127.0.0.1:0\n  tls: { certificate: chain.pem, key: key.pem }\ndirs: { public: site }\n",
    );
    project.write("token", "12345678901234567890").write("site/index.html", "start").write("site/a.txt", "a");
    let list = project.pbr("config list --origin").succeeds();
    let list = list.stdout_contains("server.queryTimeout").stdout_contains("60  (pbr.yaml:6)");
    list.stdout_contains("chain.pem  (pbr.yaml:9)").stdout_contains("auto  (default)");
    // A certificate that is not there is missed where the project is, wherever the command runs.
    project.pbr("serve").exits(9).stderr_contains("chain.pem");
    let server = Server::start(project.command("serve --plain"));
    let client = server.client();
    client.get("/a.txt").is(200);
    client.get("/missing").is(404);
    client.get("/metrics").is(401);
    let token = "Bearer 12345678901234567890";
    client.send(client.request("GET", "/metrics").header("authorization", token)).is(200);
    let again = Server::start(project.command("serve --plain --index-fallback true"));
    assert_eq!(again.client().get("/missing").body, "start");
}

#[test]
fn a_write_that_cannot_have_the_database_is_told_to_come_again() {
    let (project, _server, root) = Project::bare();
    let user = json!({ "email": "a@x.io", "password": "12345678", "passwordConfirm": "12345678" });
    let other = project.database();
    other.execute_batch("BEGIN IMMEDIATE").expect("the lock");
    let reply = root.post("/api/collections/users/records", user.clone());
    reply.is(503);
    assert!(reply.body.contains("Another program is writing"), "{}", reply.body);
    other.execute_batch("ROLLBACK").expect("the lock is back");
    root.post("/api/collections/users/records", user).is(200);
}

//! `POST /api/sql`: what it must not do. What it answers is compared with PocketBase in the parity suite.

use crate::support::{Client, Project};
use serde_json::json;

#[track_caller]
fn sql(root: &Client, query: &str) -> crate::support::http::Reply {
    root.post("/api/sql", json!({ "query": query }))
}

#[test]
fn what_a_text_leaves_behind_ends_with_it() {
    let (_project, _server, root) = Project::bare();
    sql(&root, "BEGIN").is(200);
    sql(&root, "SAVEPOINT a").is(200);
    sql(&root, "CREATE TEMP TABLE t(a); INSERT INTO t VALUES (1)").is(200);
    sql(&root, "SELECT * FROM t").is(400);
    sql(&root, "CREATE TABLE t(a)").is(200);
    // Half of it fails, so nothing of it stays.
    sql(&root, "INSERT INTO t VALUES (1); INSERT INTO nope VALUES (1)").is(400);
    sql(&root, "INSERT INTO t VALUES (2)").is(200);
    assert_eq!(sql(&root, "SELECT a FROM t").ok()["rows"], json!([["2"]]));
    for maintenance in ["VACUUM", "ANALYZE", "REINDEX"] {
        sql(&root, maintenance).is(200);
    }
    root.post("/api/collections/_superusers/records", json!({ "email": "b@x.io" })).is(400);
}

#[test]
fn other_files_of_the_machine_are_out_of_reach() {
    let (project, _server, root) = Project::bare();
    for query in [
        format!("ATTACH '{}' AS o", project.file("other.db").display()),
        format!("VACUUM INTO '{}'", project.file("other.db").display()),
        "SELECT load_extension('x')".to_owned(),
        "SELECT readfile('/etc/hostname')".to_owned(),
    ] {
        sql(&root, &query).is(400);
    }
    assert!(!project.file("other.db").exists());
}

#[test]
fn the_schema_of_a_project_is_not_changed_by_sql_unless_allowed() {
    let project = Project::from_template("blank");
    project.pbr("migrate").succeeds();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    let server = project.serve();
    let root = server.root();
    let refused = sql(&root, "CREATE TABLE t(a)");
    assert!(refused.is(403).body.contains("kept in git"), "{}", refused.body);
    for table in ["_collections", "_COLLECTIONS", "_migrations", "refinery_schema_history"] {
        sql(&root, &format!("DELETE FROM {table}")).is(403);
        sql(&root, &format!("WITH t AS (SELECT 1) UPDATE {table} SET rowid = rowid")).is(403);
        sql(&root, &format!("SELECT * FROM {table}")).is(200);
    }
    for allowed in
        ["UPDATE _superusers SET emailVisibility = emailVisibility", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"]
    {
        sql(&root, allowed).is(200);
    }
    server.stop();
    let server = project.serve_with("--schema-edits allow");
    sql(&server.root(), "CREATE TABLE t(a)").is(200);
}

#[test]
fn rows_changed_by_sql_are_served_at_once_and_sessions_with_them() {
    let (_project, server, root) = Project::bare();
    root.post(
        "/api/collections/_superusers/records",
        json!({ "email": "b@x.io", "password": "secret12345", "passwordConfirm": "secret12345" }),
    )
    .is(200);
    let other = server.client().login("_superusers", "b@x.io", "secret12345");
    other.get("/api/settings").is(200);
    sql(&root, "UPDATE _superusers SET tokenKey = tokenKey || 'x' WHERE email = 'b@x.io'").is(200);
    crate::support::eventually(|| other.get("/api/settings").status == 401);
}

//! The official JavaScript SDK, unchanged.

use crate::support::{Project, Server, root};
use std::process::Command;

#[test]
fn the_official_sdk_signs_up_logs_in_reads_and_writes() {
    let project = Project::from_template("blog");
    project.pbr("migrate").succeeds();
    project.pbr("seed").succeeds();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    run("blog.mjs", &project.serve());
}

#[test]
fn the_official_sdk_finishes_every_flow_around_an_account() {
    let (_project, server, _root) = Project::bare();
    run("accounts.mjs", &server);
}

#[test]
fn the_official_sdk_follows_changes_and_loads_files() {
    let (_project, server, _root) = Project::bare();
    run("realtime.mjs", &server);
}

#[track_caller]
fn run(script: &str, server: &Server) {
    let output = Command::new("node")
        .current_dir(root().join("tests/sdk"))
        .args(["--test", script])
        .env("PBR_URL", server.url())
        .env("PBR_SUPERUSER_EMAIL", "root@example.com")
        .env("PBR_SUPERUSER_PASSWORD", "secret12345")
        .output()
        .expect("node");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("# fail 0") && text.contains("# skipped 0"), "{text}");
}

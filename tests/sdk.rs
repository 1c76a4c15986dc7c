//! The official JavaScript SDK, unchanged, against the seeded blog.

use crate::support::{Project, root};
use std::process::Command;

#[test]
fn the_official_sdk_signs_up_logs_in_reads_and_writes() {
    let project = Project::from_template("blog");
    project.pbr("migrate").succeeds();
    project.pbr("seed").succeeds();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    let server = project.serve();
    let output = Command::new("node")
        .current_dir(root().join("tests/sdk"))
        .args(["--test", "blog.mjs"])
        .env("PBR_URL", server.url())
        .env("PBR_SUPERUSER_EMAIL", "root@example.com")
        .env("PBR_SUPERUSER_PASSWORD", "secret12345")
        .output()
        .expect("node");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("# fail 0") && text.contains("# skipped 0"), "{text}");
}

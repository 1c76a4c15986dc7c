//! `pbr logs`, `pbr cron` and `--dev`: what whoever runs a server looks at.

use crate::support::{Project, Server, eventually};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

fn with_rows() -> (Project, Server) {
    let project = Project::empty();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    let server = project.serve();
    let client = server.client();
    client.get("/api/health?mark=one").is(200);
    client.get("/api/collections/nope/records?mark=two").is(404);
    client.get("/api/health?mark=%1b%5B2J").is(200);
    eventually(|| project.pbr("logs").stdout().matches("mark=").count() == 3);
    (project, server)
}

#[test]
fn the_log_is_read_beside_a_running_server() {
    let (project, _server) = with_rows();
    let all = project.pbr("logs").succeeds().stdout();
    let place = |text: &str| all.find(text).unwrap_or_else(|| panic!("{text} in {all}"));
    assert!(place("mark=one") < place("mark=two"), "oldest first");
    assert!(all.lines().any(|line| line.contains(" ERROR GET /api/collections/nope/records?mark=two 404 ")), "{all}");
    let errors = project.pbr("logs --level error").succeeds().stdout();
    assert!(errors.contains("mark=two") && !errors.contains("mark=one"), "{errors}");
    let args = ["logs", "--filter", "data.status = 200 && data.url ~ 'mark=one' || id = 'x'", "--level", "info"];
    assert_eq!(project.pbr_args(&args).succeeds().stdout().lines().count(), 1);
    assert_eq!(project.pbr("logs -n 2").succeeds().stdout().lines().count(), 2);
    assert_eq!(project.pbr("logs -n 0").succeeds().stdout(), "");
    assert_eq!(project.pbr("logs --since 2100-01-01").succeeds().stdout(), "");
    assert_eq!(project.pbr("logs --since 1h").succeeds().stdout(), all);
    for line in project.pbr("logs --json").succeeds().stdout().lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("a row a line");
        assert!(row["data"]["url"].is_string() && row["id"].is_string(), "{line}");
    }
    project.pbr("logs --filter nope=1").exits(2).stderr_contains("makes no sense");
    project.pbr("logs --since yesterday").exits(2).stderr_contains("no time");
    Project::empty().pbr("logs").exits(2).stderr_contains("no log");
}

#[test]
fn the_log_is_followed_until_nobody_reads() {
    let (project, server) = with_rows();
    let mut following = project.command("logs --follow -n 1").stdout(Stdio::piped()).spawn().expect("pbr starts");
    let mut lines = BufReader::new(following.stdout.take().expect("a pipe")).lines();
    let mut next = || lines.next().expect("a line").expect("text");
    assert!(next().contains("mark="));
    for mark in ["four", "five"] {
        server.client().get(&format!("/api/health?mark={mark}")).is(200);
        let line = next();
        assert!(line.contains(&format!("mark={mark}")), "{line}");
    }
    drop(lines);
    server.client().get("/api/health?mark=six").is(200);
    eventually(|| following.try_wait().expect("a process").is_some_and(|status| status.success()));
}

#[test]
fn jobs_are_listed_and_run_here_and_in_a_server() {
    let (project, server) = with_rows();
    let listed = project.pbr("cron list").succeeds().stdout();
    assert!(listed.contains("__pbLogsCleanup__  0 */6 * * *\n"), "{listed}");
    assert_eq!(project.pbr("cron run __pbLogsCleanup__").succeeds().stdout(), "ran __pbLogsCleanup__\n");
    project.pbr("cron run nope").exits(2).stderr_contains("no job").stderr_contains("pbr cron list");
    let token = project.pbr("token issue root@example.com --format raw").succeeds().stdout().trim().to_owned();
    let remote = |arguments: &str, token: &str| {
        let mut command = project.command(&format!("{arguments} --url {}/", server.url()));
        command.env("PBR_TOKEN", token);
        crate::support::Run::of(arguments, command)
    };
    assert_eq!(remote("cron list", &token).succeeds().stdout(), listed);
    assert_eq!(remote("cron run __pbDBOptimize__", &token).succeeds().stdout(), "started __pbDBOptimize__\n");
    remote("cron run no/pe", &token).exits(2).stderr_contains("Missing or invalid cron job.");
    // The variable may stay set for commands that ask no server.
    let mut local = project.command("cron list");
    local.env("PBR_TOKEN", &token);
    assert_eq!(crate::support::Run::of("cron list", local).succeeds().stdout(), listed);
    remote("cron list", "x").exits(2).stderr_contains("401").stderr_contains("pbr token issue");
    server.stop();
    project.pbr("cron list --url http://127.0.0.1:1").exits(1).stderr_contains("does not answer");
}

#[test]
fn development_shows_statements_without_values_and_the_log() {
    let project = Project::empty();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    let server = project.serve_with("--dev");
    let root = server.root();
    let account = serde_json::json!({ "email": "b@x.io", "password": "s3cretpass", "passwordConfirm": "s3cretpass" });
    root.post("/api/collections/_superusers/records", account).is(200);
    eventually(|| server.output().contains("INFO POST /api/collections/_superusers/records"));
    let output = server.output();
    let statement = output.lines().find(|line| line.contains("ms] INSERT INTO `_superusers`"));
    assert!(statement.is_some_and(|line| line.starts_with('[') && line.contains("VALUES (?, ?")), "{output}");
    for secret in ["s3cretpass", "$2a$", "b@x.io"] {
        assert!(!output.contains(secret), "{secret} in {output}");
    }
}

//! What was acknowledged stays: power cuts, full disks, directories that cannot be written.

use crate::support::{Client, Project, Server};
use serde_json::json;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A project with one public collection of notes.
fn notes() -> Project {
    let project = Project::from_template("blank");
    project.write(
        "schema/lines.yaml",
        "version: 1\ncollection: lines\nfields:\n  text: { type: text, max: 100000 }\nrules:\n  list: public\n  create: public\n",
    );
    project.pbr("migrate diff lines").succeeds();
    project.pbr("migrate").succeeds();
    project
}

fn create(client: &Client, text: &str) -> Option<String> {
    let request = client.request("POST", "/api/collections/lines/records").json(&json!({ "text": text }));
    let response = request.send().ok()?;
    if response.status() != 200 {
        return None;
    }
    let body: serde_json::Value = response.json().ok()?;
    Some(body["id"].as_str()?.to_owned())
}

fn stored(project: &Project) -> Vec<String> {
    let database = project.database();
    let mut statement = database.prepare("SELECT id FROM lines").expect("a statement");
    let ids = statement.query_map([], |row| row.get(0)).expect("rows");
    ids.collect::<Result<_, _>>().expect("ids")
}

#[test]
fn a_killed_server_has_every_acknowledged_write() {
    let project = notes();
    let mut acknowledged = Vec::new();
    for _ in 0..3 {
        let server = project.serve();
        let stop = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = (0..8)
            .map(|_| {
                let (client, stop) = (server.client(), Arc::clone(&stop));
                std::thread::spawn(move || {
                    let mut ids = Vec::new();
                    while !stop.load(Ordering::Relaxed) {
                        match create(&client, "x") {
                            Some(id) => ids.push(id),
                            None => break,
                        }
                    }
                    ids
                })
            })
            .collect();
        std::thread::sleep(std::time::Duration::from_millis(700));
        server.kill();
        stop.store(true, Ordering::Relaxed);
        for writer in writers {
            acknowledged.extend(writer.join().expect("a writer"));
        }
    }
    assert!(acknowledged.len() > 50, "{} writes in all rounds", acknowledged.len());
    let server = project.serve();
    assert!(server.client().get("/api/collections/lines/records").ok()["totalItems"].as_u64() >= Some(1));
    let stored = stored(&project);
    let lost: Vec<_> = acknowledged.iter().filter(|id| !stored.contains(id)).collect();
    assert!(lost.is_empty(), "{} of {} acknowledged writes are lost", lost.len(), acknowledged.len());
    let check: String = project.database().query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
    assert_eq!(check, "ok");
}

#[test]
fn a_killed_server_has_every_acknowledged_file() {
    let project = Project::from_template("blank");
    project.write(
        "schema/papers.yaml",
        "version: 1\ncollection: papers\nfields:\n  scan: { type: file, maxSelect: 1, required: true }\nrules:\n  view: public\n  create: public\n",
    );
    project.pbr("migrate diff papers").succeeds();
    project.pbr("migrate").succeeds();
    let server = project.serve();
    let client = server.client();
    let uploader = std::thread::spawn(move || {
        let mut acknowledged = Vec::new();
        for number in 0..10_000 {
            let content = format!("paper {number}");
            let part = reqwest::blocking::multipart::Part::bytes(content.clone().into_bytes()).file_name("scan.txt");
            let form = reqwest::blocking::multipart::Form::new().part("scan", part);
            let request = client.request("POST", "/api/collections/papers/records").multipart(form);
            let Ok(response) = request.send() else { break };
            let Ok(body) = response.json::<serde_json::Value>() else { break };
            let (Some(id), Some(name)) = (body["id"].as_str(), body["scan"].as_str()) else { break };
            acknowledged.push((format!("/api/files/papers/{id}/{name}"), content));
        }
        acknowledged
    });
    std::thread::sleep(std::time::Duration::from_millis(500));
    server.kill();
    let acknowledged = uploader.join().expect("an uploader");
    assert!(acknowledged.len() > 5, "{} files", acknowledged.len());
    let server = project.serve();
    for (path, content) in acknowledged {
        assert_eq!(server.client().get(&path).body, content, "{path}");
    }
}

/// A server whose files may not grow beyond some blocks of 512 bytes, as on a disk that is almost full.
fn serve_with_file_limit(project: &Project, blocks: u32) -> Server {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" serve --http 127.0.0.1:0");
    let mut command = Command::new("sh");
    command.current_dir(project.path()).args(["-c", &script, env!("CARGO_BIN_EXE_pbr")]);
    Server::start(command)
}

#[test]
fn a_full_disk_refuses_writes_serves_reads_and_loses_nothing() {
    let project = notes();
    let server = serve_with_file_limit(&project, 2048);
    let text = "y".repeat(20_000);
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    for _ in 0..300 {
        match create(&server.client(), &text) {
            Some(id) => acknowledged.push(id),
            None => refused += 1,
        }
        if refused == 5 {
            break;
        }
    }
    assert!(refused == 5 && !acknowledged.is_empty(), "{refused} refused, {} written", acknowledged.len());
    let reply = server.client().post("/api/collections/lines/records", json!({ "text": text }));
    assert_eq!(reply.status, 400, "{}", reply.body);
    assert!(reply.json()["message"].is_string());
    server.client().get("/api/health").is(200);
    server.client().get("/api/collections/lines/records").is(200);
    server.stop();

    let server = project.serve();
    assert!(create(&server.client(), "room again").is_some());
    let stored = stored(&project);
    assert!(acknowledged.iter().all(|id| stored.contains(id)), "an acknowledged write is lost");
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let project = notes();
    // root may write anywhere, so it steps down to somebody who may not.
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let binary = project.file("pbr");
    std::fs::copy(env!("CARGO_BIN_EXE_pbr"), &binary).expect("a copy");
    Command::new("chmod").args(["-R", "a+rX,u-w"]).arg(project.path()).status().expect("chmod");
    let mut command = if root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&binary);
        command
    } else {
        Command::new(&binary)
    };
    command.current_dir(project.path()).args(["superuser", "create", "a@example.com", "secret12345"]);
    let run = crate::support::Run::of("superuser create", command);
    Command::new("chmod").args(["-R", "u+w"]).arg(project.path()).status().expect("chmod");
    run.exits(1).stderr_contains("pb_data").stderr_contains("read and write");
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let project = Project::empty();
    project.write("pb_data/data.db", &"this is not a database\n".repeat(100));
    let before = project.read("pb_data/data.db");
    project.pbr("serve --http 127.0.0.1:0").exits(1).stderr_contains("data.db").stderr_contains("no SQLite database");
    assert_eq!(project.read("pb_data/data.db"), before);
}

//! What was acknowledged stays: power cuts, full disks, directories that cannot be written.

use crate::support::{Client, Project, Run, Server, eventually, skipped};
use reqwest::blocking::multipart::{Form, Part};
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

/// A server with a superuser whose data directory is a small disk of its own; `None` where this user may make none.
fn serve_on_small_disk(project: &Project, arguments: &str) -> Option<Server> {
    let may = Command::new("unshare").args(["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    if !may.is_ok_and(|output| output.status.success()) {
        return None;
    }
    std::fs::create_dir(project.file("pb_data")).expect("a folder");
    let script = format!(
        "mount -t tmpfs -o size=4m tmpfs pb_data && \"$0\" superuser create root@example.com secret12345 \
         && exec \"$0\" serve --http 127.0.0.1:0 {arguments}"
    );
    let mut command = Command::new("unshare");
    command.current_dir(project.path()).args(["-m", "sh", "-c", &script, env!("CARGO_BIN_EXE_pbr")]);
    Some(Server::start(command))
}

#[test]
fn a_full_disk_is_told_to_clients_and_to_whoever_runs_the_server() {
    let project = Project::empty();
    let Some(server) = serve_on_small_disk(&project, "") else {
        return skipped("a small disk cannot be mounted here");
    };
    let root = server.root();
    let docs = json!({ "name": "docs", "type": "base", "fields": [
        { "name": "text", "type": "text", "max": 100_000 },
        { "name": "file", "type": "file", "maxSelect": 1, "maxSize": 5_000_000 },
    ] });
    root.post("/api/collections", docs).ok();
    let records = "/api/collections/docs/records";
    let upload = |size: usize| {
        let form = Form::new().part("file", Part::bytes(vec![7; size]).file_name("a.bin"));
        root.send(root.request("POST", records).multipart(form))
    };
    upload(4_500_000).is(507);
    let last = (0..500).map(|_| upload(20_000)).find(|reply| reply.status != 200).expect("an end of the disk");
    assert!(last.status == 507 && last.body.contains("no space left"), "{} {}", last.status, last.body);
    let text = "y".repeat(50_000);
    let write = || root.post(records, json!({ "text": text }));
    let last = (0..500).map(|_| write()).find(|reply| reply.status != 200).expect("an end of the disk");
    assert!(last.status == 507 && last.body.contains("no space left"), "{} {}", last.status, last.body);
    root.post("/api/backups", json!({ "name": "a.zip" })).is(507);
    root.get(records).is(200);
    let told = |text: &str| server.output().contains(text);
    eventually(|| told("The data directory cannot be used") && told("Failed to create a backup"));
    assert!(!told("ZipWriter"), "{}", server.output());
    let lines = server.output().matches("The data directory cannot be used").count();
    assert!(lines <= 3, "{lines} lines of the same:\n{}", server.output());
    eventually(|| told("Log rows cannot be stored"));
}

#[track_caller]
fn refuses_with(run: &Run, text: &str) {
    let output = run.stdout() + &run.stderr();
    assert!(run.code() != Some(0) && output.contains(text), "exit {:?}: {output}", run.code());
}

/// Runs a command as somebody who may read the project and change nothing in it.
fn as_somebody_else(project: &Project, arguments: &str) -> Run {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let binary = project.file("pbr");
    // Not by this process: whatever it starts meanwhile would have the copy open for writing.
    Command::new("cp").arg(env!("CARGO_BIN_EXE_pbr")).arg(&binary).status().expect("cp");
    let mut command = if root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&binary);
        command
    } else {
        Command::new(&binary)
    };
    command.current_dir(project.path()).args(arguments.split(' '));
    Run::of(arguments, command)
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let project = notes();
    Command::new("chmod").args(["-R", "a+rX,u-w"]).arg(project.path()).status().expect("chmod");
    let run = as_somebody_else(&project, "superuser create a@example.com secret12345");
    Command::new("chmod").args(["-R", "u+w"]).arg(project.path()).status().expect("chmod");
    run.exits(1).stderr_contains("pb_data").stderr_contains("read and write");
}

#[test]
fn a_server_that_could_not_write_does_not_start_beside_one_that_can() {
    // With its log files, without which SQLite itself would refuse.
    let (project, _server, _root) = Project::bare();
    Command::new("chmod").args(["-R", "a+rX,go-w"]).arg(project.path()).status().expect("chmod");
    let run = as_somebody_else(&project, "serve --http 127.0.0.1:0");
    run.exits(1).stderr_contains("pb_data").stderr_contains("read and write");
}

#[test]
fn a_directory_that_may_not_be_entered_is_told_from_an_empty_one() {
    let project = notes();
    let data = project.file("pb_data");
    Command::new("chmod").arg("a+rX").arg(project.path()).status().expect("chmod");
    Command::new("chmod").arg("0").arg(&data).status().expect("chmod");
    let runs = [
        "superuser list --dir pb_data",
        "init other --from pb_data --yes",
        "data query --dir pb_data SELECT",
        "doctor",
    ]
    .map(|arguments| as_somebody_else(&project, arguments));
    Command::new("chmod").arg("700").arg(&data).status().expect("chmod");
    for run in runs {
        refuses_with(&run, "ermission denied");
    }
}

#[test]
fn commands_leave_nothing_in_the_log_of_the_database() {
    for at in 0..8 {
        let project = Project::empty();
        project.pbr("superuser upsert root@example.com secret12345").succeeds();
        let log = std::fs::metadata(project.file("pb_data/data.db-wal")).map_or(0, |log| log.len());
        assert_eq!(log, 0, "run {at}");
    }
}

#[test]
fn a_log_that_is_no_database_is_found_and_moved_aside() {
    let project = notes();
    project.serve().stop();
    project.write("pb_data/auxiliary.db", &"this is not a database\n".repeat(100));
    for arguments in ["doctor", "serve --http 127.0.0.1:0"] {
        refuses_with(&project.pbr(arguments), "auxiliary.db* aside: it holds the log only");
    }
    std::fs::remove_file(project.file("pb_data/auxiliary.db")).expect("a file");
    project.serve();
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let project = Project::empty();
    project.write("pb_data/data.db", &"this is not a database\n".repeat(100));
    let before = project.read("pb_data/data.db");
    project.pbr("serve --http 127.0.0.1:0").exits(1).stderr_contains("data.db").stderr_contains("no SQLite database");
    assert_eq!(project.read("pb_data/data.db"), before);
}

#[test]
fn a_delete_that_a_damaged_table_prevents_is_not_blamed_on_references() {
    let (project, server, root) = Project::bare();
    let docs = root.post("/api/collections", json!({ "name": "docs", "type": "base" })).ok()["id"].clone();
    let doc = json!({ "name": "doc", "type": "relation", "collectionId": docs });
    root.post("/api/collections", json!({ "name": "notes", "type": "base", "fields": [doc] })).ok();
    let path = "/api/collections/docs/records";
    let id = root.post(path, json!({})).ok()["id"].as_str().expect("an id").to_owned();
    server.stop();
    let database = project.database();
    database.pragma_update(None, "wal_checkpoint", "TRUNCATE").expect("all of it in one file");
    let number = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a number") as usize;
    let page = number("SELECT rootpage FROM sqlite_schema WHERE name = 'notes'");
    let size = number("PRAGMA page_size");
    drop(database);
    let mut bytes = std::fs::read(project.file("pb_data/data.db")).expect("a database");
    bytes[(page - 1) * size..page * size].fill(0);
    std::fs::write(project.file("pb_data/data.db"), bytes).expect("a damaged one");
    let server = project.serve();
    let failed = server.root().delete(&format!("{path}/{id}"));
    let message = "Something went wrong while processing your request.";
    assert_eq!(failed.is(400).json()["message"], message);
    eventually(|| server.output().contains("malformed"));
}

//! Backups on their way back: over the API of either server, on the command line, and cut short.

use crate::support::{
    Client, Embedded, MailServer, Project, S3Server, Server, eventually, http::Reply, pocketbase, server::PATIENCE,
};
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value as Json, json};
use std::net::TcpListener;
use std::time::{Duration, Instant};

const BACKUPS: &str = "/api/backups";
const USERS: &str = "/api/collections/users/records";

/// pbr on a port that stays the same when the program starts anew.
fn serve(project: &Project) -> Server {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|probe| probe.local_addr()).expect("a port").port();
    Server::start(project.command(&format!("serve --http 127.0.0.1:{port}")))
}

fn bare() -> (Project, Server, Client) {
    let project = Project::empty();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    let server = serve(&project);
    let root = server.root();
    (project, server, root)
}

#[track_caller]
fn add_user(root: &Client, name: &str, avatar: &str) -> Json {
    let form = Form::new()
        .text("email", format!("{name}@example.com"))
        .text("password", "12345678")
        .text("passwordConfirm", "12345678")
        .part("avatar", Part::bytes(avatar.as_bytes().to_vec()).file_name("a.svg"));
    root.send(root.request("POST", USERS).multipart(form)).ok()
}

fn users(root: &Client) -> Vec<String> {
    let list = root.get(&format!("{USERS}?sort=email&fields=email")).ok();
    let emails = list["items"].as_array().expect("items").iter();
    emails.map(|user| user["email"].as_str().expect("an email").trim_end_matches("@example.com").to_owned()).collect()
}

fn download(root: &Client, key: &str) -> Vec<u8> {
    let token = root.post("/api/files/token", json!({})).ok()["token"].as_str().expect("a token").to_owned();
    let reply = root.request("GET", &format!("{BACKUPS}/{key}?token={token}")).send().expect("an answer");
    assert_eq!(reply.status(), 200);
    reply.bytes().expect("a body").to_vec()
}

fn upload(root: &Client, name: &str, content: Vec<u8>) -> Reply {
    let form = Form::new().part("file", Part::bytes(content).file_name(name.to_owned()));
    root.send(root.request("POST", &format!("{BACKUPS}/upload")).multipart(form))
}

/// Waits until the server has started so many times.
#[track_caller]
fn started(server: &Server, times: usize) {
    eventually(|| server.output().matches("Server started at").count() >= times);
    eventually(|| server.client().request("GET", "/api/health").send().is_ok());
}

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>";

#[test]
fn either_server_restores_what_the_other_has_backed_up() {
    let (ours, server, root) = bare();
    let ann = add_user(&root, "ann", SVG);
    root.post(BACKUPS, json!({ "name": "ours.zip" })).is(204);
    let made_here = download(&root, "ours.zip");

    let theirs = Project::empty();
    pocketbase::run(&theirs, &["superuser", "create", "root@example.com", "secret12345"]).succeeds();
    let other = pocketbase::serve(&theirs);
    let other_root = other.root();
    let bob = add_user(&other_root, "bob", SVG);
    other_root.post(BACKUPS, json!({ "name": "theirs.zip" })).is(204);
    let made_there = download(&other_root, "theirs.zip");

    upload(&other_root, "ours.zip", made_here).is(204);
    other_root.post(&format!("{BACKUPS}/ours.zip/restore"), json!({})).is(204);
    started(&other, 2);
    assert_eq!(users(&other.root()), ["ann"]);
    let avatar = |user: &Json| {
        format!("/api/files/users/{}/{}", user["id"].as_str().expect("an id"), user["avatar"].as_str().expect("a name"))
    };
    assert_eq!(other.client().get(&avatar(&ann)).body, SVG);

    upload(&root, "theirs.zip", made_there).is(204);
    root.post(&format!("{BACKUPS}/theirs.zip/restore"), json!({})).is(204);
    let pid = server.pid();
    started(&server, 2);
    assert_eq!(server.pid(), pid);
    let root = server.root();
    assert_eq!(users(&root), ["bob"]);
    assert_eq!(server.client().get(&avatar(&bob)).body, SVG);
    server.client().get(&avatar(&ann)).is(404);
    // Backups are not part of what is replaced.
    let keys: Vec<Json> =
        root.get(BACKUPS).ok().as_array().expect("a list").iter().map(|item| item["key"].clone()).collect();
    assert_eq!(keys, ["ours.zip", "theirs.zip"]);
    root.post(&format!("{BACKUPS}/ours.zip/restore"), json!({})).is(204);
    started(&server, 3);
    assert_eq!(users(&server.root()), ["ann"]);
    assert!(!ours.file("pb_data/.pbr_restore").exists());
}

/// An archive with that main database.
fn archive(database: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("data.db", zip::write::SimpleFileOptions::default()).expect("an entry");
    std::io::Write::write_all(&mut zip, database).expect("a written entry");
    zip.finish().expect("an archive").into_inner()
}

#[test]
fn a_restore_that_fails_changes_nothing_and_is_in_the_log() {
    let (project, server, root) = bare();
    add_user(&root, "ann", SVG);
    let other = project.file("other.db");
    rusqlite::Connection::open(&other).and_then(|other| other.execute_batch("CREATE TABLE t (x)")).expect("a database");
    let foreign = std::fs::read(&other).expect("a database");
    upload(&root, "damaged.zip", archive(b"no database")).is(204);
    upload(&root, "foreign.zip", archive(&foreign)).is(204);
    upload(&root, "empty.zip", archive(b"")).is(204);
    for name in ["damaged", "foreign", "empty"] {
        root.post(&format!("{BACKUPS}/{name}.zip/restore"), json!({})).is(204);
        let failed = || root.get("/api/logs?perPage=100&filter=message~'restore'").body.contains(name);
        eventually(failed);
        assert_eq!(users(&root), ["ann"]);
    }
    assert!(!project.file("pb_data/.pbr_restore").exists());
    assert_eq!(server.output().matches("Server started at").count(), 1);
    root.post(&format!("{BACKUPS}/nope.zip/restore"), json!({})).is(400);
}

#[test]
fn a_restore_that_is_killed_leaves_the_old_data_or_the_new_ones() {
    let (project, server, root) = bare();
    add_user(&root, "old", SVG);
    root.post(BACKUPS, json!({ "name": "old.zip" })).is(204);
    add_user(&root, "new", SVG);
    let files = project.file("pb_data/storage/x/y");
    std::fs::create_dir_all(&files).expect("a folder");
    for at in 0..200 {
        std::fs::write(files.join(format!("{at}.txt")), "some file").expect("a file");
    }
    root.post(BACKUPS, json!({ "name": "new.zip" })).is(204);
    let mut server = Some(server);
    // The restore begins after a second; it is killed ever later.
    for (round, delay) in [1000, 1010, 1030, 1060, 1100, 1150, 1250].into_iter().enumerate() {
        let wanted = if round % 2 == 0 { "old.zip" } else { "new.zip" };
        let running = server.take().expect("a server");
        let root = running.root();
        let before = users(&root);
        root.post(&format!("{BACKUPS}/{wanted}/restore"), json!({})).is(204);
        std::thread::sleep(Duration::from_millis(delay));
        running.kill();
        let next = serve(&project);
        let after = users(&next.root());
        let restored: &[&str] = if wanted == "old.zip" { &["old"] } else { &["new", "old"] };
        assert!(after == before || after == restored, "{wanted} after {delay} ms: {before:?}, then {after:?}");
        let all = project.file("pb_data/storage/x/y").read_dir().map_or(0, Iterator::count);
        assert!(all == 200 || all == 0, "{all} files");
        assert!(!project.file("pb_data/.pbr_restore").exists());
        server = Some(next);
    }
}

#[test]
fn backups_are_made_by_the_clock_and_the_newest_are_kept() {
    let bucket = S3Server::start();
    let mail = MailServer::start();
    let (_project, server, root) = Project::bare();
    let job = || root.get("/api/crons").body.contains("__pbAutoBackup__");
    assert!(!job());
    let backups = json!({ "cron": "0 3 * * *", "cronMaxKeep": 2 });
    root.patch("/api/settings", json!({ "backups": backups, "smtp": mail.settings() })).ok();
    assert!(job() && root.get("/api/crons").body.contains("0 3 * * *"));
    root.post(BACKUPS, json!({ "name": "by_hand.zip" })).is(204);
    let keys = || -> Vec<String> {
        let list = root.get(BACKUPS).ok();
        list.as_array().expect("a list").iter().map(|item| item["key"].as_str().expect("a key").to_owned()).collect()
    };
    let run = || {
        let before = keys();
        root.post("/api/crons/__pbAutoBackup__", json!({})).is(204);
        eventually(|| keys() != before && root.get("/api/health").ok()["data"]["canBackup"] == true);
        // Names have seconds.
        std::thread::sleep(Duration::from_millis(1100));
    };
    run();
    let first = keys().into_iter().find(|key| key.starts_with("@auto_pb_backup_acme_")).expect("a backup");
    run();
    run();
    eventually(|| keys().iter().filter(|key| key.starts_with("@auto_pb_backup_")).count() == 2);
    assert!(!keys().contains(&first) && keys().contains(&"by_hand.zip".to_owned()), "{:?}", keys());

    // In a bucket, which has its own.
    root.patch("/api/settings", json!({ "backups": { "s3": bucket.settings() } })).ok();
    assert!(keys().is_empty());
    run();
    run();
    run();
    eventually(|| bucket.keys().len() == 2);
    assert_eq!(keys(), bucket.keys());
    let other = pocketbase_on(&bucket);
    assert_eq!(other.1.get(BACKUPS).ok(), root.get(BACKUPS).ok());
    assert_eq!(download(&other.1, &bucket.keys()[0]), download(&root, &bucket.keys()[0]));

    // One that cannot be made is told.
    drop(bucket);
    root.post("/api/crons/__pbAutoBackup__", json!({})).is(204);
    let told = mail.next();
    assert_eq!(told.to, ["root@example.com"]);
    assert!(told.subject.contains("backup") && told.text.contains("@auto_pb_backup_"), "{told:?}");
    root.patch("/api/settings", json!({ "backups": { "cron": "" } })).ok();
    assert!(!job());
    drop(server);
}

/// PocketBase with its backups in the bucket.
fn pocketbase_on(bucket: &S3Server) -> (Server, Client, Project) {
    let project = Project::empty();
    pocketbase::run(&project, &["superuser", "create", "root@example.com", "secret12345"]).succeeds();
    let server = pocketbase::serve(&project);
    let root = server.root();
    root.patch("/api/settings", json!({ "backups": { "s3": bucket.settings() } })).ok();
    (server, root, project)
}

#[test]
fn backups_in_a_bucket_are_uploaded_restored_and_deleted() {
    let bucket = S3Server::start();
    let (_project, server, root) = bare();
    root.patch("/api/settings", json!({ "backups": { "s3": bucket.settings() } })).ok();
    add_user(&root, "ann", SVG);
    root.post(BACKUPS, json!({ "name": "one.zip" })).is(204);
    root.post(BACKUPS, json!({ "name": "one.zip" })).is(400);
    upload(&root, "two.zip", download(&root, "one.zip")).is(204);
    assert_eq!(bucket.keys(), ["one.zip", "two.zip"]);
    add_user(&root, "bob", SVG);
    root.post(&format!("{BACKUPS}/two.zip/restore"), json!({})).is(204);
    started(&server, 2);
    let root = server.root();
    assert_eq!(users(&root), ["ann"]);
    root.delete(&format!("{BACKUPS}/one.zip")).is(204);
    root.delete(&format!("{BACKUPS}/one.zip")).is(204);
    assert_eq!(bucket.keys(), ["two.zip"]);
}

#[test]
fn what_cannot_be_unpacked_is_not_whole() {
    let (project, server, _root) = bare();
    project.pbr("backup create one.zip").succeeds();
    server.stop();
    let long = "n".repeat(300);
    for entries in [vec!["storage/p", "storage/p/q"], vec!["storage/p/q", "storage/p"], vec![&*long]] {
        let path = project.file("odd/one.zip");
        std::fs::create_dir_all(project.file("odd")).expect("a folder");
        std::fs::copy(project.file("pb_data/backups/one.zip"), &path).expect("a copy");
        let file = std::fs::File::options().read(true).write(true).open(&path).expect("an archive");
        let mut zip = zip::ZipWriter::new_append(file).expect("an archive");
        for entry in &entries {
            zip.start_file(*entry, zip::write::SimpleFileOptions::default()).expect("an entry");
        }
        zip.finish().expect("an archive");
        let named = entries.iter().find(|entry| **entry == long).unwrap_or(&"storage/p");
        project.pbr("backup verify odd/one.zip").exits(6).stderr_contains(named);
        project.pbr("backup restore odd/one.zip --dir other --yes").exits(6).stderr_contains(named);
    }
}

#[test]
fn what_a_killed_backup_left_goes_with_the_next_start() {
    let (project, server, _root) = bare();
    let scratch = "pb_data/.pb_temp_to_delete/pb_backup_dead0000";
    let rest = "pb_data/backups/one.zip.1f2e3d4c5b6a7980.tmp";
    project.write(&format!("{scratch}/data.db"), "a copy").write(&format!("{scratch}/lock"), "");
    project.write(rest, "half an archive").write("pb_data/backups/mine.tmp", "of somebody else");
    // What is younger may be just at its beginning.
    std::thread::sleep(Duration::from_millis(1100));
    project.pbr("backup create two.zip").succeeds();
    assert!(!project.file(scratch).exists() && !project.file(rest).exists());
    project.write(&format!("{scratch}/lock"), "");
    server.stop();
    let _server = serve(&project);
    eventually(|| !project.file(scratch).exists());
    assert_eq!(project.list("pb_data/backups"), ["mine.tmp", "two.zip", "two.zip.attrs"]);
}

#[test]
fn commands_make_check_restore_and_delete_backups() {
    let (project, server, root) = bare();
    add_user(&root, "ann", SVG);
    // Beside the server.
    let made = project.pbr("backup create one.zip --json").succeeds().json();
    assert_eq!(made["name"], "one.zip");
    project.pbr("backup create one.zip").exits(2);
    project.pbr("backup create One.zip").exits(2);
    project.pbr(&format!("backup create {}.zip", "a".repeat(150))).exits(2).stderr_contains("at most 150");
    // The copy of a database that a migration leaves is no archive that could be restored.
    project.write("pb_data/backups/before_V20260101000000.db", "");
    project.pbr("backup create").succeeds().stdout_contains("pb_backup_acme_");
    let listed = project.pbr("backup list --json").succeeds().json();
    assert_eq!(listed["backups"].as_array().map(Vec::len), Some(2));
    project.pbr("backup list").succeeds().stdout_contains("one.zip");
    project.pbr("backup verify one.zip").succeeds();
    for command in ["backup verify before_V20260101000000.db", "backup restore before_V20260101000000.db --yes"] {
        project.pbr(command).exits(2).stderr_contains("stop the server, then cp pb_data/backups/before_V");
    }
    project.pbr("backup verify nope.zip").exits(2);
    add_user(&root, "bob", SVG);
    project.pbr("backup restore one.zip --yes").exits(8).stderr_contains("another process");
    assert_eq!(users(&root), ["ann", "bob"]);
    server.stop();

    project.pbr("backup restore one.zip").exits(5).stderr_contains("--yes");
    project.pbr("backup restore nope.zip --yes").exits(2);
    project.pbr("backup restore one.zip --yes").succeeds();
    assert!(!project.file("pb_data/.pbr_restore").exists());
    let server = serve(&project);
    assert_eq!(users(&server.root()), ["ann"]);
    server.stop();

    // A path, into a new directory.
    project.pbr("backup restore pb_data/backups/one.zip --dir other --yes").succeeds();
    assert!(project.file("other/data.db").exists());

    let path = project.file("pb_data/backups/one.zip");
    let mut bytes = std::fs::read(&path).expect("an archive");
    bytes[5000..5100].fill(0);
    std::fs::write(&path, bytes).expect("a damaged archive");
    project.pbr("backup verify one.zip").exits(6);
    project.pbr("backup verify pb_data/backups/one.zip").exits(6);
    project.pbr("backup restore one.zip --yes").exits(6);
    let server = serve(&project);
    assert_eq!(users(&server.root()), ["ann"]);
    server.stop();
    project.pbr("backup delete one.zip").exits(5);
    project.pbr("backup delete one.zip --yes").succeeds();
    project.pbr("backup delete one.zip --yes").exits(2);
}

#[test]
fn writes_that_were_answered_during_a_restore_are_those_before_it() {
    let (_project, server, root) = bare();
    root.post(BACKUPS, json!({ "name": "empty.zip" })).is(204);
    root.post(&format!("{BACKUPS}/empty.zip/restore"), json!({})).is(204);
    let started_at = Instant::now();
    let collection = "/api/collections/_superusers/records";
    let mut answered = 0;
    // Until the connection breaks.
    while started_at.elapsed() < PATIENCE {
        let body = json!({ "email": format!("a{answered}@example.com"), "password": "12345678", "passwordConfirm": "12345678" });
        match root.request("POST", collection).json(&body).send() {
            Ok(reply) if reply.status() == 200 => answered += 1,
            _ => break,
        }
    }
    started(&server, 2);
    assert!(answered > 0);
    assert_eq!(server.root().get(collection).ok()["totalItems"], 1);
}

#[test]
fn handlers_take_part_in_backups() {
    let project = Project::empty();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    project.write("pb_data/extra.txt", "extra");
    let app = pbr::App::builder(project.file("pb_data")).open().expect("an app");
    app.hooks().backup_create.bind(&[], |event, next| {
        assert!(event.excluded.contains(&".pb_temp_to_delete".to_owned()));
        match event.name.as_str() {
            "refused.zip" => return Err(pbr::events::EventError::refused(403, "not now")),
            "skipped.zip" => return Ok(()),
            _ => event.excluded.push("extra.txt".into()),
        }
        next.run(event)
    });
    app.hooks().backup_restore.bind(&[], |event, next| {
        if event.name == "one.zip" {
            return Err(pbr::events::EventError::failed("never"));
        }
        next.run(event)
    });
    let served = Embedded::serve(app.clone());
    let root = served.client().login("_superusers", "root@example.com", "secret12345");
    let answers = ["one.zip", "refused.zip", "skipped.zip"].map(|name| {
        let reply = root.post(BACKUPS, json!({ "name": name }));
        (reply.status, reply.body)
    });
    assert_eq!((answers[0].0, answers[1].0, answers[2].0), (204, 400, 204), "{answers:?}");
    assert!(answers[1].1.contains("Failed to create backup."), "{answers:?}");
    assert_eq!(root.get(BACKUPS).ok().as_array().map(Vec::len), Some(1));
    let archive = zip::ZipArchive::new(std::io::Cursor::new(download(&root, "one.zip"))).expect("an archive");
    assert!(!archive.file_names().any(|name| name.is_ok_and(|name| name == "extra.txt")));
    assert!(app.restore_backup("one.zip").is_err_and(|error| error.to_string().contains("never")));
    assert!(app.restore_backup("nope.zip").is_err_and(|error| error.to_string().contains("no backup")));
}

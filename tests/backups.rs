//! Backups over the API, beside PocketBase and opened by it.

use crate::support::{Client, Project, pocketbase};
use serde_json::{Value as Json, json};

const BACKUPS: &str = "/api/backups";

fn download(root: &Client, key: &str) -> Vec<u8> {
    let token = root.post("/api/files/token", json!({})).ok()["token"].as_str().expect("a token").to_owned();
    let reply = root.request("GET", &format!("{BACKUPS}/{key}?token={token}")).send().expect("an answer");
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.headers()["content-type"], "application/zip");
    assert_eq!(reply.headers()["content-disposition"], format!("attachment; filename=\"{key}\""));
    assert_eq!(reply.headers()["x-frame-options"], "SAMEORIGIN");
    reply.bytes().expect("a body").to_vec()
}

#[test]
fn pocketbase_serves_what_a_backup_holds() {
    let (project, server, root) = Project::bare();
    let user = json!({ "email": "ann@example.com", "password": "12345678", "passwordConfirm": "12345678" });
    root.post("/api/collections/users/records", user).is(200);
    project.write("pb_data/storage/c/r/note.txt", "kept");
    root.post(BACKUPS, json!({ "name": "one.zip" })).is(204);
    assert_eq!(root.get("/api/health").ok()["data"]["canBackup"], true);
    let listed = root.get(BACKUPS).ok();
    let bytes = download(&root, "one.zip");
    assert_eq!((&listed[0]["key"], &listed[0]["size"]), (&json!("one.zip"), &json!(bytes.len())));
    assert!(!project.list("pb_data/.pb_temp_to_delete").iter().any(|name| name.starts_with("pb_backup_")));

    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("an archive");
    let names: Vec<String> = archive.file_names().map(|name| name.expect("a name").into_owned()).collect();
    assert_eq!(names[..2], ["data.db", "auxiliary.db"]);
    assert!(!names.iter().any(|name| name.starts_with("backups/") || name.ends_with("-wal")), "{names:?}");
    let restored = Project::empty();
    archive.extract(restored.file("pb_data")).expect("unpacked");
    assert_eq!(restored.read("pb_data/storage/c/r/note.txt"), "kept");
    let other = pocketbase::serve(&restored);
    let users = other.root().get("/api/collections/users/records").ok();
    assert_eq!(users["items"][0]["email"], "ann@example.com");
    drop(server);
}

#[test]
fn backups_are_refused_as_pocketbase_refuses_them() {
    let (_project, server, root) = Project::bare();
    let theirs = Project::empty();
    pocketbase::run(&theirs, &["superuser", "create", "root@example.com", "secret12345"]).succeeds();
    let other = pocketbase::serve(&theirs);
    let other_root = other.root();
    let answers = |root: &Client, guest: &Client| -> Vec<(u16, Json)> {
        let long = format!("{}.zip", "a".repeat(150));
        let names = ["one.zip", "one.zip", "One.zip", "../x.zip", ".zip", "a.tar", &long];
        let mut replies: Vec<_> = names.iter().map(|name| root.post(BACKUPS, json!({ "name": name }))).collect();
        replies.push(root.post(BACKUPS, json!({ "name": 1 })));
        replies.push(guest.get(BACKUPS));
        replies.push(guest.post(BACKUPS, json!({})));
        replies.push(guest.delete(&format!("{BACKUPS}/one.zip")));
        replies.push(root.get(&format!("{BACKUPS}/one.zip")));
        replies.push(root.get(&format!("{BACKUPS}/one.zip?token=no")));
        replies.push(root.delete(&format!("{BACKUPS}/one.zip")));
        replies.push(root.get(BACKUPS));
        replies.into_iter().map(|reply| (reply.status, serde_json::from_str(&reply.body).unwrap_or_default())).collect()
    };
    assert_eq!(answers(&root, &server.client()), answers(&other_root, &other.client()));
    let missing = root.delete(&format!("{BACKUPS}/nope.zip"));
    missing.is(400);
    let text = missing.json()["message"].as_str().expect("a message").to_owned();
    assert!(text.starts_with("Invalid or already deleted backup file."), "{text}");
}

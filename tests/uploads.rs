//! Uploads on their way in: what they cost while they arrive, and what is left when they end early.

use crate::support::{Client, Project, Server, eventually, server::PATIENCE, skipped};
use reqwest::blocking::Body;
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value as Json, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

const DOCS: &str = "/api/collections/docs/records";
const UPLOADS: &str = "pb_data/storage/.uploads";

fn served() -> (Project, Server, Client) {
    let (project, server, root) = Project::bare();
    collection(&root);
    (project, server, root)
}

fn collection(root: &Client) {
    let docs = json!({ "name": "docs", "type": "base", "createRule": "", "viewRule": "", "fields": [
        { "name": "title", "type": "text", "max": 5 },
        { "name": "f", "type": "file", "maxSelect": 9, "maxSize": 400_000_000 },
        { "name": "pic", "type": "file", "maxSelect": 1, "maxSize": 400_000_000, "mimeTypes": ["image/png"] },
        { "name": "small", "type": "file", "maxSelect": 1, "maxSize": 300_000 },
    ] });
    root.post("/api/collections", docs).ok();
}

/// A content that is made while it is sent.
struct Made {
    left: u64,
}

impl Read for Made {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        buffer[..length].fill(b'm');
        self.left -= length as u64;
        Ok(length)
    }
}

fn large(size: u64) -> Part {
    Part::reader_with_length(Made { left: size }, size).file_name("large.bin")
}

#[track_caller]
fn nothing_waits(project: &Project) {
    eventually(|| project.list(UPLOADS).is_empty());
}

#[test]
fn a_large_upload_does_not_go_through_memory() {
    const SIZE: u64 = 300 << 20;
    let (project, server, root) = served();
    root.send(
        root.request("POST", DOCS).multipart(Form::new().part("f", Part::bytes(vec![1; 100]).file_name("a.bin"))),
    )
    .ok();
    let request = root.request("POST", DOCS).timeout(PATIENCE * 4).multipart(Form::new().part("f", large(SIZE)));
    let (grown, record) = server.growth(|| root.send(request).ok());
    assert!(grown < 40 << 10, "{grown} KiB more");

    let name = record["f"][0].as_str().expect("a name");
    let at =
        format!("{}/{}/{name}", record["collectionId"].as_str().expect("an id"), record["id"].as_str().expect("an id"));
    let stored = project.file(&format!("pb_data/storage/{at}"));
    assert_eq!(std::fs::metadata(&stored).expect("a file").len(), SIZE);
    let mut end =
        root.request("GET", &format!("/api/files/{at}")).header("Range", "bytes=-3").send().expect("an answer");
    let mut bytes = Vec::new();
    end.read_to_end(&mut bytes).expect("a body");
    assert_eq!(bytes, b"mmm");
    let sum = Command::new("md5sum").arg(&stored).output().expect("md5sum");
    let sidecar: Json = serde_json::from_str(&project.read(&format!("pb_data/storage/{at}.attrs"))).expect("JSON");
    assert_eq!(sidecar["user.content_type"], "text/plain; charset=utf-8");
    let md5 = base64_hex(sidecar["md5"].as_str().expect("a sum"));
    assert!(String::from_utf8_lossy(&sum.stdout).starts_with(&md5), "{md5}");
    nothing_waits(&project);
}

fn base64_hex(text: &str) -> String {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).expect("base64");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn uploads_that_are_refused_leave_nothing() {
    let (project, _server, root) = served();
    let count = || project.list("pb_data/storage").into_iter().filter(|name| !name.starts_with('.')).count();
    let send = |form: Form| root.send(root.request("POST", DOCS).multipart(form));
    send(Form::new().part("f", large(1 << 20)).text("title", "too long a title")).is(400);
    let refused = send(Form::new().part("pic", large(1 << 20)));
    assert_eq!(refused.is(400).json()["data"]["pic"]["code"], "validation_invalid_mime_type");
    let refused = send(Form::new().part("small", large(1 << 20)));
    assert_eq!(refused.is(400).json()["data"]["small"]["code"], "validation_file_size_limit");
    assert_eq!(send(Form::new().part("unknown", large(1 << 20)).text("title", "kept")).ok()["title"], "kept");
    // A malformed end, after a file that was taken in whole.
    let mut body = b"--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\n".to_vec();
    body.extend(vec![7; 1 << 20]);
    body.extend(b"\r\n--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nno end");
    let request =
        root.request("POST", DOCS).header("Content-Type", "multipart/form-data; boundary=x").body(Body::from(body));
    root.send(request).is(400);
    nothing_waits(&project);
    assert_eq!(count(), 0);
}

#[test]
fn a_body_beyond_the_limit_is_refused_while_it_is_read() {
    let (project, server, root) = Project::bare();
    let docs = json!({ "name": "docs", "type": "base", "createRule": "", "fields": [
        { "name": "f", "type": "file", "maxSelect": 1, "maxSize": 1_000_000 },
    ] });
    root.post("/api/collections", docs).ok();
    // Announced, and not announced.
    root.send(root.request("POST", DOCS).multipart(Form::new().part("f", large(45 << 20)))).is(413);
    let unknown = Part::reader(Made { left: 40 << 20 }).file_name("large.bin");
    root.send(root.request("POST", DOCS).multipart(Form::new().part("f", unknown))).is(413);
    nothing_waits(&project);
    drop(server);
}

#[test]
fn only_files_may_be_as_large_as_file_fields_allow() {
    let (_project, server, root) = served();
    let send = |form: Form| root.send(root.request("POST", DOCS).timeout(PATIENCE * 4).multipart(form)).status;
    let text = |size: u64| Part::reader_with_length(Made { left: size }, size);
    let (grown, ()) = server.growth(|| {
        assert_eq!(send(Form::new().part("unknown", text(90 << 20))), 400);
        let json = root.request("POST", DOCS).header("Content-Type", "application/json");
        root.send(json.body(Body::sized(Made { left: 60 << 20 }, 60 << 20))).is(413);
    });
    assert!(grown < 120 << 10, "{grown} KiB more");
    // As much as PocketBase takes.
    assert_eq!(send(Form::new().part("unknown", text(25 << 20))), 200);
}

#[test]
fn the_head_of_a_part_has_an_end() {
    let (_project, server, _root) = served();
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    let head = format!(
        "POST {DOCS} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 30000000\r\n\r\n--x\r\nX-A: "
    );
    stream.write_all(head.as_bytes()).expect("a written head");
    stream.write_all(&vec![b'a'; 200 << 10]).expect("a written part");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).expect("an answer before the end of the body");
    assert_eq!(&answer, b"HTTP/1.1 400");
}

/// Begins an upload and leaves it in the middle of its file.
fn begin(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    let part = "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\n";
    let head = format!(
        "POST {DOCS} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 20000000\r\n\r\n{part}"
    );
    stream.write_all(head.as_bytes()).expect("a written head");
    stream.write_all(&vec![7; 2_000_000]).expect("a written part");
    stream
}

#[test]
fn a_client_that_breaks_off_and_a_server_that_is_killed_leave_nothing() {
    let (project, server, _root) = served();
    let stream = begin(&server);
    eventually(|| project.list(UPLOADS).len() == 1);
    drop(stream);
    nothing_waits(&project);

    let _stream = begin(&server);
    eventually(|| project.list(UPLOADS).len() == 1);
    // Commands open the directory while the server takes something in.
    project.pbr("superuser list").succeeds();
    assert_eq!(project.list(UPLOADS).len(), 1);
    server.kill();
    assert_eq!(project.list(UPLOADS).len(), 1);
    let _server = project.serve();
    assert!(project.list(UPLOADS).is_empty());
}

#[test]
fn what_a_killed_server_was_storing_is_removed_at_the_next_start() {
    let (project, server, root) = served();
    let form = Form::new().part("f", Part::bytes(vec![7; 1000]).file_name("a.bin"));
    let record = root.send(root.request("POST", DOCS).multipart(form)).ok();
    nothing_waits(&project);
    let text = |name: &str| record[name].as_str().expect("a text").to_owned();
    let (collection, id) = (text("collectionId"), text("id"));
    server.kill();
    // As a process leaves it that ends between writing a file and putting it in its place. Its number is no one's.
    for folder in [&id, "unfinished"] {
        let temporary = format!("{collection}/{folder}/b_1234567890.bin.1f.tmp");
        project.write(&format!("pb_data/storage/{temporary}"), "half");
        project.write(&format!("pb_data/storage/{temporary}.attrs"), "{}");
        project.write(&format!("{UPLOADS}/4294967290-{folder}.mark"), &temporary);
    }
    project.write("pb_data/data.mark", "kept");
    project.write(&format!("{UPLOADS}/4294967290-outside.mark"), "../../data.mark");
    // What was made a moment ago may not be locked yet.
    std::thread::sleep(Duration::from_millis(1200));
    let _server = project.serve();
    assert!(project.list(UPLOADS).is_empty());
    assert_eq!(project.list(&format!("pb_data/storage/{collection}")), [id.as_str()]);
    assert_eq!(
        project.list(&format!("pb_data/storage/{collection}/{id}")).len(),
        2,
        "the file and what is known of it"
    );
    assert_eq!(project.read("pb_data/data.mark"), "kept");
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing() {
    let project = Project::empty();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    let storage = project.file("pb_data/storage");
    std::fs::create_dir_all(&storage).expect("a folder");
    let mount = |arguments: &[&str]| Command::new(arguments[0]).args(&arguments[1..]).arg(&storage).output();
    let mounted = mount(&["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs"]);
    if !mounted.as_ref().is_ok_and(|output| output.status.success()) {
        return skipped(format_args!("a small disk cannot be mounted here: {mounted:?}"));
    }
    let outcome = std::panic::catch_unwind(|| {
        let server = project.serve();
        let root = server.root();
        collection(&root);
        let send = |size: u64| {
            let form = Form::new().part("f", Part::bytes(vec![7; size as usize]).file_name("a.bin"));
            root.send(root.request("POST", DOCS).multipart(form))
        };
        let refused = send(5 << 20);
        assert_eq!(refused.is(507).json()["message"], "There is no space left on the disk of the server.");
        nothing_waits(&project);
        assert!(!project.list("pb_data/storage").iter().any(|name| !name.starts_with('.')));
        send(1 << 20).is(200);
        server.stop();
    });
    mount(&["umount"]).expect("umount");
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

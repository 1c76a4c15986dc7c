//! Files of records in a bucket of a real S3 server, beside PocketBase on the same bucket.

use crate::support::{Client, Project, S3Server, Server, eventually, http::Reply, pocketbase, s3};
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value as Json, json};
use std::io::Cursor;
use std::net::TcpListener;
use std::time::{Duration, Instant};

const DOCS: &str = "/api/collections/docs/records";

/// A server with a collection of files, kept in the bucket.
fn served(bucket: &S3Server) -> (Project, Server, Client) {
    let (project, server, root) = Project::bare();
    keep(&root, bucket.settings());
    let docs = json!({ "name": "docs", "type": "base", "listRule": "", "viewRule": "", "createRule": "", "fields": [
        { "name": "title", "type": "text", "max": 5 },
        { "name": "f", "type": "file", "maxSelect": 1, "maxSize": 50_000_000, "thumbs": ["20x20"] },
    ] });
    root.post("/api/collections", docs).ok();
    (project, server, root)
}

#[track_caller]
fn keep(root: &Client, settings: Json) {
    root.patch("/api/settings", json!({ "s3": settings })).ok();
}

fn form(name: &str, content: &[u8]) -> Form {
    Form::new().part("f", Part::bytes(content.to_vec()).file_name(name.to_owned()))
}

#[track_caller]
fn upload(root: &Client, name: &str, content: &[u8]) -> Json {
    root.send(root.request("POST", DOCS).multipart(form(name, content))).ok()
}

fn text<'a>(record: &'a Json, name: &str) -> &'a str {
    record[name].as_str().unwrap_or_else(|| panic!("no {name} in {record}"))
}

fn key(record: &Json) -> String {
    format!("{}/{}/{}", text(record, "collectionId"), text(record, "id"), text(record, "f"))
}

fn path(record: &Json) -> String {
    format!("/api/files/{}", key(record))
}

/// An answer as far as servers agree about it, and its bytes.
fn ask(client: &Client, method: &str, path: &str, range: &str) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let mut request = client.request(method, path);
    if !range.is_empty() {
        request = request.header("Range", range);
    }
    let response = request.send().expect("an answer");
    let mut headers: Vec<(String, String)> = response
        .headers()
        .iter()
        .filter(|(name, _)| *name != "date" && *name != "connection")
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().expect("a text").to_owned()))
        .collect();
    headers.sort();
    (response.status().as_u16(), headers, response.bytes().expect("a body").to_vec())
}

fn picture() -> Vec<u8> {
    let image = RgbaImage::from_fn(120, 90, |x, y| Rgba([x as u8, y as u8, 7, 255]));
    let mut out = Cursor::new(Vec::new());
    DynamicImage::ImageRgba8(image).write_to(&mut out, ImageFormat::Png).expect("an image");
    out.into_inner()
}

#[test]
fn both_servers_serve_what_either_stored() {
    let bucket = S3Server::start();
    let (project, server, root) = served(&bucket);
    // In one request, and in parts.
    let large: Vec<u8> = (0..13_000_000_u32).map(|at| (at % 251) as u8).collect();
    let mut records = vec![
        upload(&root, "Zwölf grüße.txt", b"hello world"),
        upload(&root, "large.bin", &large),
        upload(&root, "empty.txt", b""),
        upload(&root, "picture.png", &picture()),
    ];
    assert_eq!(bucket.keys().len(), 4, "{:?}", bucket.keys());
    assert_eq!(bucket.content(&key(&records[1])), large);
    assert!(!project.list("pb_data/storage").iter().any(|name| !name.starts_with('.')));
    let thumb = format!("{}?thumb=20x20", path(&records[3]));
    root.get(&thumb).is(200);
    server.stop();

    let theirs = pocketbase::serve(&project);
    let their_root = theirs.root();
    for (name, content) in [("theirs.txt", &b"from the other"[..]), ("theirs.png", &picture()), ("theirs.bin", &large)]
    {
        records.push(upload(&their_root, name, content));
    }
    let mut requests: Vec<(String, String, String)> = Vec::new();
    for record in &records {
        for (method, range) in [
            ("GET", ""),
            ("HEAD", ""),
            ("GET", "bytes=0-3"),
            ("GET", "bytes=5-"),
            ("GET", "bytes=-4"),
            ("GET", "bytes=99999999-"),
        ] {
            requests.push((method.into(), path(record), range.into()));
        }
        requests.push(("GET".into(), format!("{}?thumb=20x20", path(record)), String::new()));
        requests.push(("GET".into(), format!("{}?thumb=100x100&download=1", path(record)), String::new()));
        requests.push(("GET".into(), format!("{}x", path(record)), String::new()));
    }
    let answers = |client: &Client| -> Vec<_> {
        requests.iter().map(|(method, path, range)| ask(client, method, path, range)).collect()
    };
    let expected = answers(&theirs.client());
    drop(theirs);
    let ours = project.serve();
    for ((request, expected), answered) in requests.iter().zip(expected).zip(answers(&ours.client())) {
        assert_eq!((answered.0, &answered.1), (expected.0, &expected.1), "{request:?}");
        assert!(answered.2 == expected.2, "{request:?}: the bodies differ");
    }
    // One thumb each of two sizes, whoever made it.
    assert_eq!(bucket.keys().iter().filter(|key| key.contains("/thumbs_")).count(), 4);
}

#[test]
fn what_no_record_names_any_more_leaves_the_bucket() {
    let bucket = S3Server::start();
    let (_project, _server, root) = served(&bucket);
    let refused = root.request("POST", DOCS).multipart(form("a.txt", b"a").text("title", "too long a title"));
    root.send(refused).is(400);
    assert!(bucket.keys().is_empty());

    let record = upload(&root, "picture.png", &picture());
    root.get(&format!("{}?thumb=20x20", path(&record))).is(200);
    // A thumb is sent before it is stored.
    eventually(|| bucket.keys().len() == 2);
    let at = format!("{DOCS}/{}", text(&record, "id"));
    let replaced = root.send(root.request("PATCH", &at).multipart(form("b.txt", b"b"))).ok();
    eventually(|| bucket.keys() == [key(&replaced)]);
    root.get(&path(&record)).is(404);
    assert_eq!(root.get(&path(&replaced)).body, "b");

    let gone = upload(&root, "gone.png", &picture());
    root.get(&format!("{}?thumb=20x20", path(&gone))).is(200);
    root.delete(&format!("{DOCS}/{}", text(&gone, "id"))).is(204);
    eventually(|| bucket.keys() == [key(&replaced)]);

    // A batch that fails at its end.
    root.patch("/api/settings", json!({ "batch": { "enabled": true } })).ok();
    let requests = json!({ "requests": [
        { "method": "POST", "url": DOCS, "body": {} },
        { "method": "POST", "url": DOCS, "body": { "title": "too long a title" } },
    ] });
    let batch = Form::new()
        .text("@jsonPayload", requests.to_string())
        .part("requests.0.f", Part::bytes(b"c".to_vec()).file_name("c.txt"));
    root.send(root.request("POST", "/api/batch").multipart(batch)).is(400);
    eventually(|| bucket.keys() == [key(&replaced)]);

    root.delete("/api/collections/docs").is(204);
    eventually(|| bucket.keys().is_empty());
}

#[test]
fn uploads_in_parts_are_done_whatever_the_server_calls_it() {
    let bucket = S3Server::answering("CompleteMultipartUploadResponse");
    let (_project, _server, root) = served(&bucket);
    let large = vec![7; 13_000_000];
    let record = upload(&root, "large.bin", &large);
    assert_eq!(bucket.content(&key(&record)), large);
}

#[test]
fn what_comes_again_under_the_same_id_keeps_its_files() {
    let bucket = S3Server::start();
    let (_project, _server, root) = served(&bucket);
    let form = || form("a.txt", b"a").text("id", "same00000000001");
    let create = || root.send(root.request("POST", DOCS).multipart(form())).ok();
    let mut record = create();
    for _ in 0..10 {
        root.delete(&format!("{DOCS}/same00000000001")).is(204);
        record = create();
    }
    // Those before it go, and it stays.
    eventually(|| bucket.keys().len() == 1);
    assert_eq!(bucket.keys(), [key(&record)]);

    let docs = root.get("/api/collections/docs").ok();
    root.delete("/api/collections/docs").is(204);
    root.post("/api/collections", docs).ok();
    let record = create();
    eventually(|| bucket.keys().len() == 1);
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(bucket.keys(), [key(&record)]);
}

#[test]
fn a_server_that_stops_deletes_first_what_is_to_be_deleted() {
    let bucket = S3Server::start();
    let (_project, server, root) = served(&bucket);
    let records: Vec<Json> = (0..20).map(|at| upload(&root, &format!("{at}.txt"), b"x")).collect();
    for record in &records {
        root.delete(&format!("{DOCS}/{}", text(record, "id"))).is(204);
    }
    server.stop();
    assert!(bucket.keys().is_empty(), "{:?}", bucket.keys());
}

#[test]
fn settings_are_followed_while_the_server_runs() {
    let bucket = S3Server::start();
    let (project, server, root) = served(&bucket);
    let inside = upload(&root, "inside.txt", b"in the bucket");
    let mut off = bucket.settings();
    off["enabled"] = false.into();
    keep(&root, off);
    root.get(&path(&inside)).is(404);
    let outside = upload(&root, "outside.txt", b"on disk");
    assert_eq!(root.get(&path(&outside)).body, "on disk");
    assert_eq!(bucket.keys().len(), 1);
    keep(&root, bucket.settings());
    root.get(&path(&outside)).is(404);
    assert_eq!(root.get(&path(&inside)).body, "in the bucket");
    assert!(project.file(&format!("pb_data/storage/{}", key(&outside))).exists());
    assert!(!server.output().contains("s3"), "{}", server.output());
}

/// The answer of both servers to everything that needs the bucket.
fn failures(root: &Client, record: &Json) -> Vec<(u16, Json)> {
    let tests = ["storage", "backups", "", "nothing"];
    let mut replies: Vec<Reply> = tests
        .iter()
        .map(|filesystem| root.post("/api/settings/test/s3", json!({ "filesystem": filesystem })))
        .collect();
    replies.push(root.post("/api/settings/test/s3", json!({})));
    replies.push(root.get(&path(record)));
    replies.push(root.send(root.request("POST", DOCS).multipart(form("a.txt", b"abc"))));
    replies.into_iter().map(|reply| (reply.status, reply.json())).collect()
}

#[test]
fn a_bucket_that_cannot_be_used_is_answered_as_pocketbase_answers_it() {
    let bucket = S3Server::start();
    let (project, server, root) = served(&bucket);
    let record = upload(&root, "a.txt", b"a");
    server.stop();
    let copy = project.duplicate();
    let (theirs, ours) = (pocketbase::serve(&project), copy.serve());
    let roots = [theirs.root(), ours.root()];
    let good = bucket.settings();
    let with = |name: &str, value: Json| {
        let mut settings = good.clone();
        settings[name] = value;
        settings
    };
    for settings in
        [with("accessKey", "nobody".into()), with("bucket", "nowhere".into()), with("enabled", false.into())]
    {
        let [expected, answered] = [&roots[0], &roots[1]].map(|root| {
            keep(root, settings.clone());
            failures(root, &record)
                .into_iter()
                .map(|(status, mut body)| {
                    // The folder of the test is a random one.
                    if let Some(message) = body["message"].as_str() {
                        let end = message.find("pb_settings_test_").map(|at| at + "pb_settings_test_".len());
                        let message =
                            end.map_or(message.to_owned(), |end| format!("{}{}", &message[..end], &message[end + 5..]));
                        body["message"] = message.into();
                    }
                    // Records are stored under random ids.
                    if status == 200 { (status, Json::Null) } else { (status, body) }
                })
                .collect::<Vec<_>>()
        });
        assert_eq!(answered, expected, "{settings}");
    }
    // With nobody there the answers are the same but for the words of the network.
    for root in &roots {
        keep(root, with("endpoint", "http://127.0.0.1:1".into()));
    }
    let [expected, answered] = [&roots[0], &roots[1]].map(|root| failures(root, &record));
    for ((status, body), (other_status, other_body)) in answered.iter().zip(&expected) {
        assert_eq!(status, other_status);
        let start = |body: &Json| {
            text(body, "message").split("] ").next().expect("a start").replace(|c: char| c.is_alphanumeric(), "")
        };
        assert_eq!(start(body), start(other_body));
    }
    let logged = || ours_log(&roots[1]);
    eventually(|| logged().contains("Failed to store a file") && logged().contains("Failed to open a file"));
    assert!(!logged().contains("\"secret\""));
}

fn ours_log(root: &Client) -> String {
    root.get("/api/logs?perPage=200").body
}

#[test]
fn a_server_that_says_nothing_or_nonsense_ends_in_an_error_soon() {
    let bucket = S3Server::start();
    let (_project, server, root) = served(&bucket);
    let record = upload(&root, "a.txt", b"a");

    let nonsense = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = nonsense.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in nonsense.incoming().map_while(Result::ok) {
            answer(stream, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\n<<<not it");
        }
    });
    keep(&root, s3::settings(&format!("http://{address}")));
    let tested = root.post("/api/settings/test/s3", json!({ "filesystem": "storage" }));
    tested.is(400);
    assert!(text(&tested.json(), "message").contains("failed to delete a test file"), "{}", tested.body);

    let rubbish = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = rubbish.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in rubbish.incoming().map_while(Result::ok) {
            answer(stream, "this is no HTTP at all\r\n\r\n");
        }
    });
    keep(&root, s3::settings(&format!("http://{address}")));
    root.post("/api/settings/test/s3", json!({ "filesystem": "storage" })).is(400);
    root.get(&path(&record)).is(404);

    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    keep(&root, s3::settings(&format!("http://{}", silent.local_addr().expect("an address"))));
    let started = Instant::now();
    root.get(&path(&record)).is(404);
    assert!(started.elapsed() < Duration::from_secs(25), "{:?}", started.elapsed());
    assert!(!server.output().contains("panicked"), "{}", server.output());
    server.client().get("/api/health").is(200);
}

/// Reads the head of a request and answers it.
fn answer(mut stream: std::net::TcpStream, text: &str) {
    use std::io::{Read, Write};
    let mut buffer = [0; 64 << 10];
    let _ = stream.read(&mut buffer);
    let _ = stream.write_all(text.as_bytes());
}

#[test]
fn files_are_copied_into_the_bucket_and_back_and_served_from_where_the_switch_points() {
    let bucket = S3Server::start();
    let (project, server, root) = served(&bucket);
    let mut off = bucket.settings();
    off["enabled"] = false.into();
    keep(&root, off);
    let large = vec![7; 7_000_000];
    let records = [
        upload(&root, "a.txt", b"hello"),
        upload(&root, "Zwölf.bin", &large),
        upload(&root, "picture.png", &picture()),
    ];
    let thumb = format!("{}?thumb=20x20", path(&records[2]));
    root.get(&thumb).is(200);
    let before: Vec<_> = records.iter().map(|record| ask(&root, "GET", &path(record), "")).collect();

    let planned = project.pbr("files migrate --to s3 --dry-run --json").succeeds().json();
    assert_eq!((&planned["copied"]["files"], &planned["switched"]), (&json!(4), &json!(false)));
    assert!(bucket.keys().is_empty());
    project.pbr("files migrate --to s3").succeeds().stdout_contains("4 files").stdout_contains("Nothing is switched");
    assert_eq!(bucket.keys().len(), 4);
    assert_eq!(bucket.content(&key(&records[1])), large);

    // A copy that was broken off: one is missing, another was cut.
    bucket.replace(&key(&records[0]), None);
    bucket.replace(&key(&records[1]), Some(b"cut"));
    let again = project.pbr("files migrate --to s3 --switch --json").succeeds().json();
    assert_eq!((&again["copied"]["files"], &again["present"]["files"]), (&json!(2), &json!(2)), "{again}");
    assert_eq!((&again["switched"], &again["s3Enabled"]), (&json!(true), &json!(true)));
    let moved = project.file("pb_data/storage.away");
    std::fs::rename(project.file("pb_data/storage"), &moved).expect("a renamed folder");
    // The running server follows.
    eventually(|| root.get(&path(&records[0])).status == 200);
    for (record, before) in records.iter().zip(&before) {
        let after = ask(&root, "GET", &path(record), "");
        assert_eq!((after.0, &after.2), (before.0, &before.2));
        let content_type =
            |headers: &[(String, String)]| headers.iter().find(|(name, _)| name == "content-type").cloned();
        assert_eq!(content_type(&after.1), content_type(&before.1));
    }

    let back = project.pbr("files migrate --to local --switch --json").succeeds().json();
    assert_eq!((&back["copied"]["files"], &back["s3Enabled"]), (&json!(4), &json!(false)));
    for name in records.iter().map(key) {
        let sidecar = |folder: &str| project.read(&format!("pb_data/{folder}/{name}.attrs"));
        assert_eq!(sidecar("storage"), sidecar("storage.away"));
    }
    drop(bucket);
    eventually(|| ask(&root, "GET", &path(&records[1]), "").2 == before[1].2);
    assert_eq!(project.pbr("files migrate --to s3 --json").exits(1).json()["error"]["code"], "PBR-FILES-0002");
    drop(server);
}

#[test]
fn a_copy_needs_a_bucket_and_a_project_switches_in_its_own_file() {
    let project = Project::empty();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    project.pbr("files migrate --to s3").exits(2).stderr_contains("endpoint");
    let project = Project::from_template("blank");
    project.pbr("migrate").succeeds();
    project.replace(
        "pbr.yaml",
        "settings:\n",
        "settings:\n  s3: { enabled: false, bucket: b, region: r, endpoint: 'http://127.0.0.1:1' }\n",
    );
    project.pbr("files migrate --to local --switch").exits(2).stderr_contains("pbr.yaml");
}

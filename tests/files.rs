//! Downloads, thumbs and protected files, side by side with PocketBase.

use crate::support::{Client, Project, Server, http::Reply, pocketbase};
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::net::TcpStream;

/// A served collection with one record that has one of every kind of file.
struct Served {
    _project: Project,
    server: Server,
    root: Client,
    record: Json,
}

const DOCS: &str = "/api/collections/docs/records";
const THUMBS: [&str; 14] = [
    "60x30", "60x30t", "60x30b", "60x30f", "30x60", "30x60f", "60x0", "0x60", "400x400", "400x400f", "400x0", "1x1",
    "1x0", "60x0f",
];

/// A smooth image with a transparent corner.
fn picture(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let alpha = if x < width / 4 && y < height / 4 { (x * 7 % 256) as u8 } else { 255 };
        Rgba([(x * 255 / width) as u8, (y * 255 / height) as u8, ((x + y) % 256) as u8, alpha])
    })
}

fn encoded(image: RgbaImage, format: ImageFormat) -> Vec<u8> {
    let image = DynamicImage::ImageRgba8(image);
    let image = if format == ImageFormat::Jpeg { DynamicImage::ImageRgb8(image.into_rgb8()) } else { image };
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, format).expect("an image");
    out.into_inner()
}

/// A JPEG whose EXIF data say that it lies on its side.
fn turned(width: u32, height: u32) -> Vec<u8> {
    let jpeg = encoded(picture(width, height), ImageFormat::Jpeg);
    let exif =
        [&b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01"[..], &b"\0\x06\0\0\0\0\0\0"[..]]
            .concat();
    [&jpeg[..2], &exif, &jpeg[2..]].concat()
}

fn contents() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("large.png", encoded(picture(200, 150), ImageFormat::Png)),
        ("small.png", encoded(picture(50, 40), ImageFormat::Png)),
        ("photo.jpg", encoded(picture(200, 150), ImageFormat::Jpeg)),
        ("turned.jpg", turned(200, 100)),
        ("web.webp", encoded(picture(120, 160), ImageFormat::WebP)),
        ("moving.gif", encoded(picture(64, 64), ImageFormat::Gif)),
        ("broken.png", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", &[7; 40][..]].concat()),
        ("notes.txt", b"0123456789".repeat(30)),
        ("page.html", b"<!DOCTYPE html><html><body>hi</body></html>".to_vec()),
        ("drawing.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>".to_vec()),
        ("style.css", b"a { color: red }".to_vec()),
        ("script.js", b"let a = 1;".to_vec()),
        ("empty.txt", Vec::new()),
    ]
}

fn served(server: (Project, Server, Client)) -> Served {
    let (project, server, root) = server;
    let users = json!({ "email": "a@example.com", "password": "secret123", "passwordConfirm": "secret123" });
    root.post("/api/collections/users/records", users).ok();
    let docs = json!({ "name": "docs", "type": "base", "viewRule": "@request.auth.email = 'a@example.com'", "fields": [
        { "name": "files", "type": "file", "maxSelect": 99, "maxSize": 5_000_000, "thumbs": THUMBS },
        { "name": "secret", "type": "file", "maxSelect": 1, "protected": true },
    ] });
    root.post("/api/collections", docs).ok();
    let mut form = Form::new();
    for (name, content) in contents() {
        form = form.part("files", Part::bytes(content).file_name(name));
    }
    form = form.part("secret", Part::bytes(b"top secret".to_vec()).file_name("secret.txt"));
    let reply = root.send(root.request("POST", DOCS).multipart(form));
    let record = reply.ok();
    Served { _project: project, server, root, record }
}

fn pair() -> [Served; 2] {
    let project = Project::empty();
    pocketbase::run(&project, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    let server = pocketbase::serve(&project);
    let root = server.root();
    [served(Project::bare()), served((project, server, root))]
}

impl Served {
    /// The stored name of an uploaded file.
    fn name(&self, original: &str) -> String {
        let (stem, extension) = original.split_once('.').expect("an extension");
        let names = self.record["files"].as_array().expect("files").iter().filter_map(Json::as_str);
        let mut found = names.filter(|name| name.starts_with(&format!("{stem}_")) && name.ends_with(extension));
        found.next().unwrap_or_else(|| panic!("no {original} in {}", self.record)).to_owned()
    }

    fn path(&self, name: &str) -> String {
        format!("/api/files/docs/{}/{name}", self.record["id"].as_str().expect("an id"))
    }

    fn get(&self, original: &str, query: &str, headers: &[(&str, &str)]) -> (Reply, Vec<u8>) {
        self.ask("GET", &format!("{}{query}", self.path(&self.name(original))), headers)
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> (Reply, Vec<u8>) {
        let client = self.server.client();
        let mut request = client.request(method, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().expect("a body").to_vec();
        (Reply { status, headers, body: String::from_utf8_lossy(&bytes).into_owned() }, bytes)
    }
}

/// Status, the headers that clients look at, and the body without what is drawn at random.
fn shape(reply: &Reply, served: &Served, original: &str) -> (u16, BTreeMap<String, String>, String) {
    let name = served.name(original);
    let boundary = reply.headers.get("content-type").and_then(|value| value.to_str().ok()?.split_once("boundary="));
    let boundary = boundary.map_or("\u{0}", |(_, boundary)| boundary);
    let clean = |text: &str| text.replace(&name, original).replace(boundary, "BOUNDARY");
    let kept = [
        "accept-ranges",
        "cache-control",
        "content-disposition",
        "content-security-policy",
        "content-type",
        "content-range",
        "x-frame-options",
        "content-length",
    ];
    let headers = kept.iter().filter_map(|name| {
        let value = reply.headers.get(*name)?.to_str().ok()?;
        Some(((*name).to_owned(), clean(value)))
    });
    let mut headers: BTreeMap<String, String> = headers.collect();
    if boundary != "\u{0}" {
        headers.remove("content-length");
    }
    (reply.status, headers, clean(&reply.body))
}

#[test]
fn files_are_served_with_the_headers_of_pocketbase() {
    let both = pair();
    let same = |original: &str, query: &str, headers: &[(&str, &str)]| {
        let [mine, theirs] =
            both.each_ref().map(|served| shape(&served.get(original, query, headers).0, served, original));
        assert_eq!(mine, theirs, "{original}{query} {headers:?}");
        mine.0
    };
    for (original, _) in contents() {
        same(original, "", &[]);
        same(original, "?download=1", &[]);
    }
    for query in [
        "?download=t",
        "?download=yes",
        "?download=",
        "?download=True",
        "?thumb=nonsense",
        "?thumb=61x31",
        "?thumb=60x30",
    ] {
        same("notes.txt", query, &[]);
    }
    let ranges = [
        ("bytes=0-9", 206),
        ("bytes=5-", 206),
        ("bytes=-5", 206),
        ("bytes=0-1,5-6", 206),
        ("bytes=0-1, 500-", 206),
        ("bytes=300-", 416),
        ("bytes=300-5", 416),
        ("bytes=300-x", 416),
        ("bytes=9-5", 416),
        ("lines=0-1", 416),
        ("bytes=", 200),
        ("bytes=0-,0-", 200),
    ];
    for (range, status) in ranges {
        assert_eq!(same("notes.txt", "", &[("range", range)]), status, "{range}");
    }
    let (future, past) = ("Mon, 01 Jan 2035 00:00:00 GMT", "Mon, 01 Jan 2001 00:00:00 GMT");
    let conditions: [(&[(&str, &str)], u16); 9] = [
        (&[("if-modified-since", future)], 304),
        (&[("if-modified-since", past)], 200),
        (&[("if-modified-since", "nonsense")], 200),
        (&[("if-none-match", "*")], 304),
        (&[("if-none-match", "\"a\"")], 200),
        (&[("if-unmodified-since", past)], 412),
        (&[("if-unmodified-since", future)], 200),
        (&[("range", "bytes=0-1"), ("if-range", past)], 200),
        (&[("range", "bytes=0-1"), ("if-range", "\"tag\"")], 200),
    ];
    for (headers, status) in conditions {
        assert_eq!(same("notes.txt", "", headers), status, "{headers:?}");
    }
    for served in &both {
        let head = served.ask("HEAD", &served.path(&served.name("notes.txt")), &[]).0;
        assert_eq!(
            (head.status, head.body.as_str(), &head.headers["content-length"]),
            (200, "", &"300".parse().unwrap())
        );
        for condition in [("if-none-match", "*"), ("if-unmodified-since", past)] {
            let head = served.ask("HEAD", &served.path(&served.name("notes.txt")), &[condition]).0;
            assert_eq!(head.headers.get("content-length"), None, "{condition:?}");
        }
    }
}

#[test]
fn what_no_record_names_is_not_served() {
    let both = pair();
    for path in ["", ".attrs", "/x", "?thumb=60x30"] {
        let statuses = both.each_ref().map(|served| {
            let name = served.name("large.png");
            let paths = match path {
                "" => format!("/api/files/docs/missing00000000/{name}"),
                "/x" => format!("/api/files/nothing/{}/{name}", served.record["id"].as_str().expect("an id")),
                "?thumb=60x30" => served.path(&format!("thumbs_{name}/60x30_{name}")),
                end => served.path(&format!("{name}{end}")),
            };
            let reply = served.server.client().get(&paths);
            (reply.status, reply.body)
        });
        assert_eq!(statuses[0], statuses[1], "{path}");
        assert_eq!(statuses[0].0, 404);
    }
}

#[test]
fn thumbs_look_like_those_of_pocketbase() {
    let both = pair();
    for original in ["large.png", "small.png", "web.webp", "photo.jpg", "turned.jpg", "moving.gif"] {
        for size in THUMBS.iter().chain(["100x100"].iter()) {
            let answers = both.each_ref().map(|served| served.get(original, &format!("?thumb={size}"), &[]));
            let headers = |at: usize| shape(&answers[at].0, &both[at], original).1;
            let (mut mine, mut theirs) = (headers(0), headers(1));
            let mine_length = mine.remove("content-length");
            assert!(mine_length.is_some() && theirs.remove("content-length").is_some());
            assert_eq!(mine, theirs, "{original} {size}");
            let [mine, theirs] =
                answers.map(|(_, bytes)| image::load_from_memory(&bytes).expect("an image").into_rgba8());
            assert_eq!(mine.dimensions(), theirs.dimensions(), "{original} {size}");
            // Nobody sees the colour of what is nearly transparent.
            let seen = mine.pixels().flat_map(|pixel| [f64::from(pixel[3]) / 255.0; 4]);
            let pairs = mine.as_raw().iter().zip(theirs.as_raw()).zip(seen);
            let differences: Vec<f64> = pairs.map(|((a, b), seen)| f64::from(a.abs_diff(*b)) * seen).collect();
            let mean = differences.iter().sum::<f64>() / differences.len() as f64;
            let most = differences.iter().copied().fold(0.0, f64::max);
            // Palettes and JPEG coders differ; what is kept without loss is the same up to how sums are rounded.
            let tiny = mine.width() * mine.height() < 16;
            let (mean_allowed, most_allowed) = match original {
                "photo.jpg" | "turned.jpg" if tiny => (24.0, 255.0),
                "photo.jpg" | "turned.jpg" => (4.0, 255.0),
                "moving.gif" => (16.0, 255.0),
                _ if tiny => (1.0, 2.0),
                _ => (0.25, 2.0),
            };
            assert!(mean <= mean_allowed && most <= most_allowed, "{original} {size}: {mean}, at most {most}");
        }
    }
}

#[test]
fn an_image_that_cannot_be_read_is_served_as_it_is_and_logged() {
    let both = pair();
    let answers = both.each_ref().map(|served| {
        let (reply, bytes) = served.get("broken.png", "?thumb=60x30", &[]);
        (shape(&reply, served, "broken.png").1, bytes)
    });
    assert_eq!(answers[0], answers[1]);
}

/// Memory of a process in KiB: as large as it has been since the last reset.
fn peak_memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("its memory");
    line.split_whitespace().nth(1).expect("a number").parse().expect("a number")
}

#[test]
fn clients_that_hang_up_do_not_make_room_for_more_thumbs() {
    let (_project, server, root) = Project::bare();
    // All of the image is decoded, and few of its columns are scaled.
    let sizes: Vec<String> = (500..510).map(|height| format!("1x{height}")).collect();
    let docs = json!({ "name": "docs", "type": "base", "viewRule": "", "fields": [
        { "name": "file", "type": "file", "maxSelect": 1, "maxSize": 5_000_000, "thumbs": sizes },
    ] });
    root.post("/api/collections", docs).ok();
    // More than half of the pixels that may be worked on at once.
    let mut png = Cursor::new(Vec::new());
    image::GrayImage::new(10_000, 6_500).write_to(&mut png, ImageFormat::Png).expect("a PNG");
    let form = Form::new().part("file", Part::bytes(png.into_inner()).file_name("a.png"));
    let record = root.send(root.request("POST", DOCS).multipart(form)).ok();
    let path = format!(
        "/api/files/docs/{}/{}",
        record["id"].as_str().expect("an id"),
        record["file"].as_str().expect("a name")
    );
    let reset = || std::fs::write(format!("/proc/{}/clear_refs", server.pid()), "5").expect("the peak starts anew");
    reset();
    let before = peak_memory(server.pid());
    root.get(&format!("{path}?thumb={}", sizes[0])).is(200);
    let one = peak_memory(server.pid()) - before;
    reset();
    for size in &sizes[1..9] {
        let mut stream = TcpStream::connect(server.address()).expect("a connection");
        write!(stream, "GET {path}?thumb={size} HTTP/1.1\r\nHost: x\r\n\r\n").expect("a written request");
        // Long enough for it to be taken up.
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    // Its turn comes after all of those.
    root.get(&format!("{path}?thumb={}", sizes[9])).is(200);
    let all = peak_memory(server.pid()) - before;
    assert!(all < one * 2, "{one} KiB for one, {all} KiB for all");
}

#[test]
fn one_thumb_is_made_however_many_ask_for_it() {
    let served = served(Project::bare());
    let name = served.name("large.png");
    let folder = served._project.file("pb_data/storage");
    let readers: Vec<_> = (0..16)
        .map(|_| {
            let (client, path) = (served.server.client(), format!("{}?thumb=60x30", served.path(&name)));
            std::thread::spawn(move || client.request("GET", &path).send().expect("an answer").bytes().expect("bytes"))
        })
        .collect();
    let answers: Vec<_> = readers.into_iter().map(|reader| reader.join().expect("a reader")).collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    let collection = served.root.get("/api/collections/docs").ok()["id"].as_str().expect("an id").to_owned();
    let record = served.record["id"].as_str().expect("an id");
    let thumbs = folder.join(collection).join(record).join(format!("thumbs_{name}"));
    let mut stored: Vec<String> = thumbs
        .read_dir()
        .expect("thumbs")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect();
    stored.sort();
    assert_eq!(stored, [format!("60x30_{name}"), format!("60x30_{name}.attrs")]);
    // They go with their file.
    served.root.patch(&format!("{DOCS}/{record}"), json!({ "files-": name })).ok();
    assert!(!thumbs.exists());
}

#[test]
fn protected_files_ask_for_a_file_token_of_who_may_see_the_record() {
    for served in pair() {
        let client = served.server.client();
        let user = client.login("users", "a@example.com", "secret123");
        client.post("/api/files/token", json!({})).is(401);
        let token = |client: &Client| {
            client.post("/api/files/token", json!({})).ok()["token"].as_str().expect("a token").to_owned()
        };
        let path = served.path(served.record["secret"].as_str().expect("a name"));
        let ask = |client: &Client, token: &str| {
            let query = if token.is_empty() { String::new() } else { format!("?token={token}") };
            client.get(&format!("{path}{query}")).status
        };
        let auth = client.post(
            "/api/collections/users/auth-with-password",
            json!({ "identity": "a@example.com", "password": "secret123" }),
        );
        let auth = auth.ok()["token"].as_str().expect("a token").to_owned();
        let other = json!({ "email": "b@example.com", "password": "secret123", "passwordConfirm": "secret123" });
        served.root.post("/api/collections/users/records", other).ok();
        let other = client.login("users", "b@example.com", "secret123");
        let statuses = [
            ask(&client, ""),
            ask(&user, ""),
            ask(&client, &token(&user)),
            ask(&client, &token(&other)),
            ask(&client, &token(&served.root)),
            ask(&client, &auth),
            ask(&client, "nonsense"),
            client.with_token(&token(&user)).post("/api/collections/users/auth-refresh", json!({})).status,
        ];
        assert_eq!(statuses, [404, 404, 200, 404, 200, 404, 404, 401]);
    }
}

#[test]
fn files_of_views_are_those_of_the_records_they_come_from() {
    for served in pair() {
        let view = json!({ "name": "shown", "type": "view", "viewQuery": "SELECT (d.id || '_v') AS id, d.files AS attached FROM docs d" });
        served.root.post("/api/collections", view).ok();
        let nested = json!({ "name": "again", "type": "view", "viewQuery": "SELECT id, attached FROM shown" });
        served.root.post("/api/collections", nested).ok();
        let id = served.record["id"].as_str().expect("an id");
        for view in ["shown", "again"] {
            let path = format!("/api/files/{view}/{id}_v/{}", served.name("notes.txt"));
            assert_eq!(served.server.client().get(&path).is(200).body.len(), 300, "{view}");
            served.server.client().get(&format!("/api/files/{view}/{id}/{}", served.name("notes.txt"))).is(404);
        }
    }
}

#[test]
fn a_large_file_is_streamed_whole() {
    let (_project, server, root) = Project::bare();
    let docs = json!({ "name": "docs", "type": "base", "fields": [{ "name": "file", "type": "file", "maxSelect": 1, "maxSize": 50_000_000 }] });
    root.post("/api/collections", docs).ok();
    let content: Vec<u8> = (0..9_000_001_u32).map(|n| (n % 251) as u8).collect();
    let form = Form::new().part("file", Part::bytes(content.clone()).file_name("large.bin"));
    let record = root.send(root.request("POST", DOCS).multipart(form)).ok();
    let path = format!("/api/files/docs/{}/{}", record["id"].as_str().unwrap(), record["file"].as_str().unwrap());
    let client = server.client();
    let bytes = client.request("GET", &path).send().expect("an answer").bytes().expect("bytes");
    assert!(bytes == content);
    let range = client.request("GET", &path).header("range", "bytes=8000000-").send().expect("an answer");
    assert!(range.bytes().expect("bytes") == content[8_000_000..]);
}

#[test]
fn a_file_that_is_gone_from_the_storage_is_missing_for_both() {
    let [ours, theirs] = pair();
    let path = ours.path(&ours.name("notes.txt"));
    let other = theirs.path(&theirs.name("notes.txt"));
    for served in [&ours, &theirs] {
        std::fs::remove_dir_all(served._project.file("pb_data/storage")).expect("a removed folder");
    }
    let (answered, expected) = (ours.ask("GET", &path, &[]).0, theirs.ask("GET", &other, &[]).0);
    assert_eq!((answered.status, &answered.body), (expected.status, &expected.body));
    let frames = |reply: &Reply| reply.headers.contains_key("x-frame-options");
    assert_eq!(frames(&answered), frames(&expected));
}

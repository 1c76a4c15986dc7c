//! How a server ends that still has something to do.

use crate::support::{Client, Project, Server, s3};
use serde_json::{Value as Json, json};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";

/// Sends a request whose answer nobody waits for, and gives it time to arrive.
fn begin(root: &Client, path: &'static str, body: Json) {
    let root = root.clone();
    std::thread::spawn(move || root.request("POST", path).json(&body).send());
    std::thread::sleep(Duration::from_millis(500));
}

/// Ends with the write-ahead log in the database.
#[track_caller]
fn ends_within(seconds: u64, project: &Project, server: Server) {
    let started = Instant::now();
    assert!(server.stop().success());
    assert!(started.elapsed() < Duration::from_secs(seconds), "{:?}", started.elapsed());
    let log = std::fs::metadata(project.file("pb_data/data.db-wal")).map_or(0, |log| log.len());
    assert_eq!(log, 0, "bytes are left in the write-ahead log");
}

#[test]
fn queries_that_would_go_on_are_interrupted() {
    for query in
        [format!("{ENDLESS} SELECT max(i) FROM n"), format!("CREATE TABLE x AS {ENDLESS} SELECT max(i) AS i FROM n")]
    {
        let (project, server, root) = Project::bare();
        begin(&root, "/api/sql", json!({ "query": query }));
        ends_within(16, &project, server);
    }
}

#[test]
fn a_view_that_is_being_checked_is_interrupted() {
    let (project, server, root) = Project::bare();
    let query = format!("{ENDLESS} SELECT max(i) AS id FROM n");
    begin(&root, "/api/collections", json!({ "name": "v", "type": "view", "viewQuery": query }));
    ends_within(16, &project, server);
}

#[test]
fn a_second_signal_ends_the_server_at_once() {
    let (project, server, root) = Project::bare();
    begin(&root, "/api/sql", json!({ "query": format!("{ENDLESS} SELECT max(i) FROM n") }));
    Command::new("kill").args(["-INT", &server.pid().to_string()]).status().expect("kill");
    std::thread::sleep(Duration::from_millis(800));
    ends_within(4, &project, server);
}

#[test]
fn nobody_is_waited_for_who_has_not_finished_to_ask() {
    let (project, server, _root) = Project::bare();
    let mut half = TcpStream::connect(server.address()).expect("a connection");
    half.write_all(b"GET /api/hea").expect("half a request");
    std::thread::sleep(Duration::from_millis(100));
    ends_within(4, &project, server);
}

/// A server that answers every request of a list with a page that leads to itself.
fn endless_bucket() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let page = "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>a</NextContinuationToken></ListBucketResult>";
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; 64 << 10]);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", page.len());
            let _ = stream.write_all((head + page).as_bytes());
        }
    });
    format!("http://{address}")
}

#[test]
fn a_list_that_leads_back_to_itself_comes_to_an_end() {
    let (project, server, root) = Project::bare();
    root.patch("/api/settings", json!({ "backups": { "s3": s3::settings(&endless_bucket()) } })).ok();
    let list = root.get("/api/backups");
    assert!(list.status == 400 && list.body.contains("leads"), "{} {}", list.status, list.body);
    ends_within(5, &project, server);
}

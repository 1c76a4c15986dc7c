//! What outsiders send: every answer is a clear 4xx, and the server goes on.

use crate::support::{Client, Project, Server, pocketbase};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

fn blog() -> (Project, Server) {
    let project = Project::from_template("blog");
    project.pbr("migrate").succeeds();
    project.pbr("seed").succeeds();
    let server = project.serve();
    (project, server)
}

const USERS: &str = "/api/collections/users/records";
const POSTS: &str = "/api/collections/posts/records";

fn raw(client: &Client, body: &[u8]) -> crate::support::http::Reply {
    client.send(client.request("POST", USERS).header("Content-Type", "application/json").body(body.to_vec()))
}

#[test]
fn malformed_bodies_are_refused_with_the_generic_400() {
    let (_project, server) = blog();
    let client = server.client();
    let deep = "[".repeat(100_000);
    let bodies: [&[u8]; 8] = [
        b"{",
        b"[1]",
        b"\"x\"",
        br#"{"email":"a@b.co","email":"c@d.co"}"#,
        br#"{"name":{"a":1,"a":2}}"#,
        b"{\"name\":\"\xff\"}",
        br#"{"name":"\ud800"}"#,
        deep.as_bytes(),
    ];
    for body in bodies {
        let reply = raw(&client, body);
        let expected =
            json!({ "data": {}, "message": "Something went wrong while processing your request.", "status": 400 });
        assert_eq!(reply.json(), expected, "{}", String::from_utf8_lossy(&body[..body.len().min(60)]));
    }
    client.get("/api/health").is(200);
}

#[test]
fn targets_are_taken_as_people_type_them_and_bodies_as_they_are() {
    let (_project, server) = blog();
    let body = "{\"title\":\"GET /<b>\"}";
    let patch = format!(
        "PATCH {POSTS}/none?fields=<> HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let list = |filter: &str| format!("GET {POSTS}?fields=slug&filter={filter} HTTP/1.1\r\nHost: x\r\n\r\n");
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let mut answer = |request: &str| {
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = Vec::new();
        let mut piece = [0; 4096];
        // An answer here ends with the brace of its body.
        while !answer.ends_with(b"}") {
            let read = stream.read(&mut piece).expect("an answer");
            assert!(read > 0, "{}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&piece[..read]);
        }
        String::from_utf8_lossy(&answer).into_owned()
    };
    for filter in ["(slug=\"hello-world\")", "(slug=\"hello-world\"%26%26created>\"2020\")", "slug>`", "(created<@now)"]
    {
        let reply = answer(&list(filter));
        let expected = if filter.contains('`') { " 400 " } else { " 200 " };
        assert!(reply.contains(expected), "{filter}: {reply}");
        assert_eq!(reply.contains("hello-world"), expected == " 200 ", "{filter}: {reply}");
    }
    assert!(answer(&format!("{patch}{body}")).contains(" 404 "));
    let created = "POST /api/collections/_superusers/auth-with-password HTTP/1.1\r\nHost: x\r\n\
                   Content-Type: application/json\r\nContent-Length: 24\r\n\r\nGET /<\r\nGET /<\r\nGET /<\r\n";
    assert!(answer(created).contains(" 400 "), "a body is no target");
    server.client().get("/api/health").is(200);
}

#[test]
fn an_answer_does_not_wait_for_what_follows_the_request() {
    let (_project, server) = blog();
    let request = "GET /api/health HTTP/1.1\r\nHost: x\r\n";
    let posted =
        format!("{request}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}").replace("GET", "POST");
    for bytes in [format!("{request}\r\n\r\n"), format!("{request}\r\nGE"), format!("{posted}\r\n")] {
        let mut stream = TcpStream::connect(server.address()).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        stream.write_all(bytes.as_bytes()).expect("a request");
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap_or_else(|error| panic!("{bytes:?}: {error}"));
        assert!(answer.starts_with(b"HTTP/1.1 "), "{bytes:?}");
    }
}

#[test]
fn unknown_content_types_are_named() {
    let (_project, server) = blog();
    let client = server.client();
    let request = client.request("POST", USERS).header("Content-Type", "text/plain").body("x");
    assert_eq!(client.send(request).json()["message"], "Unsupported Content-Type.");
}

/// The answer to a request that is sent as it is and asks for the end of the connection.
fn first_text(server: &Server, request: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

/// The first line of the answer to a request that is sent as it is.
fn first_line(server: &Server, request: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap_or_else(|error| panic!("{request:?}: {error}"));
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn heads_that_others_may_read_differently_are_refused_as_in_pocketbase() {
    let (_project, server) = blog();
    let beside = Project::empty();
    let theirs = pocketbase::serve(&beside);
    let sent = "Content-Type: application/json\r\nTransfer-Encoding:";
    let requests = [
        ("GET /api/health HTTP/1.1\r\n\r\n".to_owned(), 400),
        ("GET /api/health HTTP/1.0\r\n\r\n".to_owned(), 200),
        ("GET /api/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".to_owned(), 400),
        (format!("POST {USERS} HTTP/1.1\r\nHost: a\r\n{sent} gzip, chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n"), 501),
        (format!("POST {USERS} HTTP/1.1\r\nHost: a\r\n{sent} Chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n"), 400),
    ];
    for (request, status) in requests {
        for server in [&server, &theirs] {
            assert!(first_line(server, &request).ends_with(&format!(" {status}")), "{request:?}");
        }
    }
}

#[test]
fn a_target_that_is_too_long_is_answered() {
    let (_project, server) = blog();
    let request = |length: usize| format!("GET /api/health?a={} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(length));
    assert!(first_line(&server, &request(65_000)).ends_with(" 200"));
    for length in [65_510, 65_550, 70_000, 900_000] {
        let mut stream = TcpStream::connect(server.address()).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        stream.write_all(request(length).as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer, and the end of the connection");
        assert!(answer.contains(" 414 ") && answer.ends_with("\"status\":414}"), "{length}: {answer}");
    }
    server.client().get("/api/health").is(200);
}

#[test]
fn oversized_bodies_are_refused_before_they_are_read() {
    let (_project, server) = blog();
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let head = format!(
        "POST {USERS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("a request");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 413");
    server.client().get("/api/health").is(200);
}

#[test]
fn many_small_values_do_not_take_many_times_their_bytes() {
    let (_project, server, root) = Project::bare();
    let json = json!({ "name": "data", "type": "json" });
    let related = json!({ "name": "related", "type": "relation", "collectionId": "_pb_users_auth_", "maxSelect": 9 });
    for (name, fields) in [("plain", json!([])), ("docs", json!([json, related]))] {
        root.post("/api/collections", json!({ "name": name, "type": "base", "createRule": "", "fields": fields })).ok();
    }
    root.patch("/api/settings", json!({ "batch": { "enabled": true } })).ok();
    let client = server.client();
    let send = |path: &str, content_type: &str, body: &str| {
        let request = client.request("POST", path).timeout(Duration::from_secs(120));
        client.send(request.header("Content-Type", content_type).body(body.to_owned()))
    };
    let message = |path: &str, content_type: &str, body: &str| {
        let reply = send(path, content_type, body);
        assert_eq!(reply.status, 400, "{path}: {}", &reply.body[..reply.body.len().min(200)]);
        reply.json()["message"].as_str().expect("a message").to_owned()
    };
    let (values, keys) = ("The request body has too many values.", "The request body has too many keys.");
    let (json, form) = ("application/json", "application/x-www-form-urlencoded");
    let record = |collection: &str| format!("/api/collections/{collection}/records");
    let zeros = |count: usize| format!("[{}0]", "0,".repeat(count - 1));
    let many_keys = |count: usize| {
        let keys: Vec<String> = (0..count).map(|n| format!("\"{n:x}\":0")).collect();
        format!("{{{}}}", keys.join(","))
    };

    let (grown, ()) = server.growth(|| {
        let login = format!("{{\"identity\":{}}}", zeros(8_000_000));
        message("/api/collections/_superusers/auth-with-password", json, &login);
        message("/api/realtime", json, &format!("{{\"subscriptions\":{}}}", zeros(8_000_000)));
        let unknown = format!("{{\"x\":{}}}", zeros(8_000_000));
        assert_eq!(message(&record("plain"), json, &unknown), values);
        assert_eq!(message(&record("docs"), form, &"related=&".repeat(3_000_000)), values);
        assert_eq!(message(&record("docs"), form, &format!("@jsonPayload={unknown}")), values);
        assert_eq!(message(&record("plain"), json, &many_keys(1_000_000)), values);
        let list = format!("{{\"related\":\"{}\"}}", zeros(8_000_000).replace('0', "\\\"\\\""));
        send(&record("docs"), json, &list);
        let objects = format!("{{\"data\":[{}0]}}", "{\"a\":0},".repeat(60_000));
        std::thread::scope(|scope| {
            let sent: Vec<_> = (0..16).map(|_| scope.spawn(|| send(&record("docs"), json, &objects).status)).collect();
            sent.into_iter().for_each(|status| assert_eq!(status.join().expect("an answer"), 200));
        });
    });
    assert!(grown < 700 << 10, "{grown} KiB more");

    assert_eq!(message(&record("plain"), json, &many_keys(20_000)), keys);
    let pairs: Vec<String> = (0..20_000).map(|n| format!("k{n}=1")).collect();
    assert_eq!(message(&record("plain"), form, &pairs.join("&")), keys);
    // What a field has room for is taken.
    let stored = send(&record("docs"), json, &format!("{{\"data\":{}}}", zeros(400_000)));
    assert_eq!(stored.ok()["data"].as_array().expect("a list").len(), 400_000);
    let item = json!({ "method": "POST", "url": record("docs"), "body": { "data": vec![0; 200_000] } });
    client.post("/api/batch", json!({ "requests": [item, item] })).ok();
    assert_eq!(root.get(&format!("{}?fields=id", record("docs"))).ok()["totalItems"], 16 + 3);
}

#[test]
fn hostile_filters_sorts_and_expands_are_bounded() {
    let (_project, server) = blog();
    let client = server.client();
    let list = |key: &str, value: &str| {
        let request = client.request("GET", POSTS).query(&[(key, value)]);
        client.send(request).status
    };
    let many = (0..1000).map(|n| format!("id='{n}'")).collect::<Vec<_>>().join("||");
    let long = format!("title='{}'", "x".repeat(10_000));
    let brackets = "(".repeat(1500) + "id='x'" + &")".repeat(1500);
    for filter in [
        many.as_str(),
        &long,
        "title = 'a\0b'",
        "title =",
        "')--",
        "title ~ '%' ; DROP TABLE posts",
        "id='x' UNION SELECT 1",
    ] {
        assert_eq!(list("filter", filter), 400, "{}", &filter[..filter.len().min(60)]);
    }
    assert!(matches!(list("filter", &brackets), 200 | 400));
    assert_eq!(list("filter", "@collection.users.id != ''"), 403);
    assert_eq!(list("filter", "author.tokenKey != ''"), 400);
    for sort in ["nope", "id,", "--id", "a,b,c,d,e,f,g,h,i,j", "author.password"] {
        assert_eq!(list("sort", sort), 400, "{sort}");
    }
    let fields = (0..6000).map(|n| format!("x{n:x}")).collect::<Vec<_>>().join(",");
    assert_eq!(list("fields", &fields), 200);
    let expands = (0..1000).map(|n| format!("author.x{n}")).collect::<Vec<_>>().join(",");
    assert_eq!(list("expand", &expands), 200);
    assert_eq!(list("page", "99999999999999999999"), 400);
    assert_eq!(list("page", "9223372036854775807"), 200);
    client.get("/api/health").is(200);
}

#[test]
fn odd_ids_names_and_paths_find_nothing() {
    let (_project, server) = blog();
    let client = server.client();
    for path in [&format!("{POSTS}/%ff"), "/api/files/posts/x/%ff", "/api/collections/%ff/records"] {
        assert_eq!(client.get(path).json()["status"], 404, "{path}");
    }
    let redirect = first_text(&server, "GET /./\\evil.example HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert!(redirect.contains("location: /%5Cevil.example\r\n"), "{redirect}");
    for path in ["%00", "..%2f..%2fdata.db", "%ff", "a%20b", "'; --", "%27%20OR%201=1"] {
        let reply = client.get(&format!("{POSTS}/{path}"));
        assert!(matches!(reply.status, 400 | 404), "{path}: {}", reply.status);
        let reply = client.get(&format!("/api/files/posts/x/{path}"));
        assert!(matches!(reply.status, 400 | 404), "{path}: {}", reply.status);
    }
}

#[test]
fn nobody_gives_himself_what_is_not_his() {
    let (_project, server) = blog();
    let client = server.client();
    let sign_up = |extra: serde_json::Value| {
        let mut body = json!({ "email": "eve@example.com", "name": "Eve", "password": "password1", "passwordConfirm": "password1" });
        body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        client.post(USERS, body)
    };
    let verified = sign_up(json!({ "verified": true }));
    assert_eq!(verified.json()["data"]["verified"]["code"], "validation_values_mismatch", "{}", verified.body);
    sign_up(json!({ "tokenKey": "x".repeat(40) })).ok();
    let eve = client.login("users", "eve@example.com", "password1");
    let id = eve.post("/api/collections/users/auth-refresh", json!({})).ok()["record"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let change = |body| eve.patch(&format!("{USERS}/{id}"), body);
    change(json!({ "email": "other@example.com" })).is(400);
    change(json!({ "password": "password2", "passwordConfirm": "password2" })).is(400);
    let wrong = change(json!({ "password": "password2", "passwordConfirm": "password2", "oldPassword": "nope" }));
    assert_eq!(wrong.json()["data"]["oldPassword"]["code"], "validation_invalid_old_password");
    let right = change(json!({ "password": "password2", "passwordConfirm": "password2", "oldPassword": "password1" }));
    right.is(200);
    eve.post("/api/collections/users/auth-refresh", json!({})).is(401);
    let eve = client.login("users", "eve@example.com", "password2");
    eve.delete(&format!("{USERS}/{id}")).is(204);
    eve.delete(&format!("{USERS}/{id}")).is(404);
}

#[test]
fn forged_tokens_are_guests() {
    let (project, server) = blog();
    let client = server.client();
    let token = project.pbr("token issue alice@example.com --collection users").succeeds().stdout();
    let parts: Vec<&str> = token.trim().split('.').collect();
    // {"alg":"none","typ":"JWT"}
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{}.", parts[1]);
    let cut = format!("{}.{}.{}", parts[0], parts[1], &parts[2][1..]);
    for forged in [unsigned.as_str(), &cut, "x.y.z", "Bearer", "Basic YTpi", ""] {
        let reply = client.with_token(forged).post("/api/collections/users/auth-refresh", json!({}));
        assert_eq!(reply.status, 401, "{forged}");
    }
    client.with_token(token.trim()).post("/api/collections/users/auth-refresh", json!({})).is(200);
    client
        .with_token(&format!("Bearer {}", token.trim()))
        .post("/api/collections/users/auth-refresh", json!({}))
        .is(200);
}

#[test]
fn paths_with_thousands_of_dots_do_not_exhaust_the_stack() {
    let (_project, server) = blog();
    let client = server.client();
    let dots = vec!["a"; 20_000].join(".");
    for name in ["fields", "expand", "sort", "filter"] {
        let request = client.request("GET", POSTS).query(&[(name, &dots)]);
        let status = client.send(request).status;
        assert!(matches!(status, 200 | 400), "{name}: {status}");
    }
    client.get("/api/health").is(200);
}

#[test]
fn long_lists_from_guests_do_not_hold_up_writers() {
    let (_project, server) = blog();
    let client = server.client();
    // Work that grows with the square of the length would not end within the patience of the test.
    let ids: Vec<String> = (0..300_000).map(|n| format!("x{n}")).collect();
    client.post(POSTS, json!({ "title": "x", "slug": "x", "tags": ids })).is(400);
    let expands = vec!["a"; 10_000].join(",");
    client.send(client.request("GET", POSTS).query(&[("expand", &expands)])).is(200);
    let distinct = (0..5_000).map(|n| format!("a{n}")).collect::<Vec<_>>().join(",");
    client.send(client.request("GET", POSTS).query(&[("expand", &distinct)])).is(200);
}

#[test]
fn relations_that_lead_back_and_forth_expand_to_a_bounded_answer() {
    let (project, server) = blog();
    let database = project.database();
    let tags: String =
        database.query_row("SELECT json_group_array(id) FROM tags", [], |row| row.get(0)).expect("the tags");
    let author: String = database.query_row("SELECT id FROM users LIMIT 1", [], |row| row.get(0)).expect("a user");
    for number in 0..60 {
        let id = format!("many{number:011}");
        let row = [&id, &id, &author, &tags];
        let sql = "INSERT INTO posts (id, slug, title, status, author, tags) VALUES (?1, ?2, 'x', 'published', ?3, ?4)";
        database.execute(sql, row).expect("a post");
    }
    let path = "posts_via_tags.tags.posts_via_tags.tags.posts_via_tags.tags";
    let reply = server.client().get(&format!("/api/collections/tags/records?expand={path}"));
    assert_eq!(reply.status, 200);
    assert!(reply.body.len() < 64 << 20, "{} bytes", reply.body.len());
}

#[test]
fn a_token_that_is_revoked_while_a_body_arrives_writes_nothing() {
    let (project, server) = blog();
    let token = project.pbr("token issue alice@example.com --collection users").succeeds().stdout();
    let alice = server.client().with_token(token.trim());
    let me = alice.post("/api/collections/users/auth-refresh", json!({})).ok();
    let id = me["record"]["id"].as_str().expect("an id");
    let body = br#"{"name":"too late"}"#;
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let head = format!(
        "PATCH {USERS}/{id} HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        token.trim(),
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("a head");
    stream.write_all(&body[..1]).expect("a byte");
    std::thread::sleep(Duration::from_millis(200));
    let new = json!({ "oldPassword": "secret123", "password": "password2", "passwordConfirm": "password2" });
    alice.patch(&format!("{USERS}/{id}"), new).is(200);
    stream.write_all(&body[1..]).expect("the rest");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 401");
    let alice = server.client().login("users", "alice@example.com", "password2");
    assert_eq!(alice.get(&format!("{USERS}/{id}")).ok()["name"], "Alice");
}

#[test]
fn uploads_to_a_locked_collection_are_not_taken_in() {
    let (_project, server) = blog();
    let client = server.client();
    let large = "x".repeat(2 << 20);
    let request = client.request("POST", "/api/collections/tags/records").json(&json!({ "name": large }));
    let status = client.send(request).status;
    assert_eq!(status, 413);
    client.post("/api/collections/tags/records", json!({ "name": "x" })).is(403);
}

#[test]
fn a_form_has_at_most_a_thousand_parts() {
    let (_project, server) = blog();
    let client = server.client();
    let mut form = reqwest::blocking::multipart::Form::new();
    for number in 0..1001 {
        form = form.text(format!("k{number}"), "x");
    }
    client.send(client.request("POST", USERS).multipart(form)).is(400);
}

#[test]
fn a_slow_query_does_not_hold_up_the_others() {
    let project = Project::from_template("blank");
    project.write(
        "schema/endless.yaml",
        "version: 1\ncollection: endless\ntype: view\nquery: |\n  SELECT cast(x as text) as id FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 20) SELECT x FROM n)\nrules:\n  list: public\n",
    );
    project.pbr("migrate diff endless").succeeds();
    project.pbr("migrate").succeeds();
    // The schema refuses what does not end; the database gets it by hand.
    project
        .database()
        .execute_batch(
            "DROP VIEW endless; CREATE VIEW endless AS SELECT * FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT cast(x as text) AS id FROM n WHERE x < 0);",
        )
        .expect("a view");
    let server = project.serve_with("--query-timeout 3");
    let slow: Vec<_> = (0..4)
        .map(|_| {
            let client = server.client();
            std::thread::spawn(move || client.get("/api/collections/endless/records").status)
        })
        .collect();
    std::thread::sleep(Duration::from_millis(300));
    server.client().get("/api/health").is(200);
    server.client().get("/api/collections/users/records").is(200);
    assert!(slow.iter().any(|request| !request.is_finished()), "the fast requests came after the slow ones");
    for request in slow {
        assert_eq!(request.join().expect("an answer"), 400);
    }
}

#[test]
fn a_long_chain_of_records_that_go_with_each_other_ends_no_server() {
    let (project, server, root) = Project::bare();
    let tags = json!({ "id": "tagsid", "name": "tags", "deleteRule": "", "fields": [
        { "name": "parent", "type": "relation", "collectionId": "tagsid", "maxSelect": 1, "cascadeDelete": true } ],
        "indexes": ["CREATE INDEX idx_parent ON tags (parent)"] });
    root.post("/api/collections", tags).ok();
    let chain = |name: &str, length: usize| {
        let rows = format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {length}) \
             INSERT INTO tags (id, parent) SELECT '{name}' || i, CASE i WHEN 1 THEN '' ELSE '{name}' || (i - 1) END FROM n"
        );
        project.database().execute_batch(&rows).expect("a chain");
    };
    let count =
        || -> i64 { project.database().query_row("SELECT count(*) FROM tags", [], |row| row.get(0)).expect("a count") };
    let client = server.client();
    chain("a", 5_000);
    client.delete("/api/collections/tags/records/a1").is(204);
    assert_eq!(count(), 0);
    chain("b", 20_001);
    let refused = client.delete("/api/collections/tags/records/b1").is(400).json();
    assert!(refused["message"].as_str().is_some_and(|text| text.contains("in a row")), "{refused}");
    assert_eq!(count(), 20_001);
    client.delete("/api/collections/tags/records/b2").is(204);
    assert_eq!(count(), 1);
}

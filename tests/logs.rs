//! The log API, side by side with PocketBase where the rows allow it.

use crate::support::{Client, Project, Server, eventually, pocketbase};
use serde_json::{Value as Json, json};

const LOGS: &str = "/api/logs";

fn peer() -> (Project, Server, Client) {
    let project = Project::empty();
    pocketbase::run(&project, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    let server = pocketbase::serve(&project);
    let root = server.root();
    (project, server, root)
}

/// Three requests that are told apart by their paths.
fn make_rows(server: &Server, root: &Client) {
    let client = server.client();
    client
        .request("GET", "/api/health?mark=one")
        .header("User-Agent", "tester")
        .header("Referer", "here")
        .send()
        .expect("an answer");
    client.get("/api/collections/nope/records?mark=two");
    root.get("/api/collections?mark=three").is(200);
    let marked = format!("{LOGS}?filter=(data.url~'mark=')&skipTotal=1");
    eventually(|| root.get(&marked).ok()["items"].as_array().is_some_and(|items| items.len() == 3));
}

fn rows(root: &Client, query: &str) -> Vec<Json> {
    let page = root.get(&format!("{LOGS}?{query}")).ok();
    page["items"].as_array().expect("items").clone()
}

#[test]
fn rows_are_those_of_pocketbase_and_can_be_filtered_and_sorted() {
    let (_project, server, root) = Project::bare();
    let (_peer_project, peer_server, peer_root) = peer();
    let shapes = [(&server, &root), (&peer_server, &peer_root)].map(|(server, root)| {
        make_rows(server, root);
        let mut marked = rows(root, "filter=(data.url~'mark=')&sort=created,@rowid");
        for row in &mut marked {
            assert!(row["data"]["execTime"].is_number() && row["created"].is_string());
            row["id"] = "".into();
            row["created"] = "".into();
            let data = row["data"].as_object_mut().expect("data");
            data.remove("execTime");
            // What the client was told is in both; what else is known of the cause is each program's own.
            data.remove("details");
            data.remove("error");
        }
        // Requests that end in one moment are written in either order.
        marked.sort_by_key(|row| row["message"].to_string());
        marked
    });
    assert_eq!(shapes[0], shapes[1]);
    assert_eq!(rows(&root, "filter=(level>0%26%26data.url~'mark=')").len(), 1);
    assert_eq!(rows(&root, "filter=(data.status=404)&fields=message").len(), 1);
    assert_eq!(rows(&root, "filter=(data.userAgent='tester')&sort=-level,message,@random").len(), 1);
    let id = rows(&root, "filter=(data.url~'mark=one')")[0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(root.get(&format!("{LOGS}/{id}")).ok()["message"], "GET /api/health?mark=one");
    for (path, status) in
        [("/missing00000000", 404), ("?filter=(nope=1)", 400), ("?sort=nope", 400), ("?filter=(data.url~'", 400)]
    {
        let answers = [&root, &peer_root].map(|root| {
            let reply = root.get(&format!("{LOGS}{path}"));
            (reply.status, reply.body)
        });
        assert_eq!(answers[0], answers[1], "{path}");
        assert_eq!(answers[0].0, status, "{path}");
    }
    let stats = root.get(&format!("{LOGS}/stats?filter=(data.url~'mark=')")).ok();
    assert_eq!(stats[0]["total"], 3);
    assert!(stats[0]["date"].as_str().is_some_and(|date| date.ends_with(":00:00.000Z")), "{stats}");
    let refused = [&root, &peer_root].map(|root| root.get(&format!("{LOGS}/stats?filter=(nope")).body);
    assert_eq!(refused[0], refused[1]);
    for (method, path) in [("GET", LOGS), ("GET", "/api/logs/stats"), ("DELETE", LOGS)] {
        let guest = server.client();
        guest.send(guest.request(method, path)).is(401);
    }
}

#[test]
fn addresses_are_cut_and_some_successes_left_out_as_in_pocketbase() {
    let (_project, server, root) = Project::bare();
    let (_peer_project, peer_server, peer_root) = peer();
    let messages = [(&server, &root), (&peer_server, &peer_root)].map(|(server, root)| {
        let client = server.client();
        root.delete(LOGS).is(204);
        root.patch("/api/settings", json!({ "logs": { "minLevel": -4 } })).ok();
        client.with_token("bad").get("/api/health?mark=bad");
        eventually(|| rows(root, "filter=(message='loadAuthToken failure'%26%26level=-4)").len() == 1);
        client.get("/_/").is(200);
        client.get("/api/oauth2-redirect");
        client.delete(LOGS).is(401);
        for length in [2980, 4000] {
            client.get(&format!("/api/health?mark=%41{}%41{}", "x".repeat(length), "y".repeat(20)));
        }
        let wanted = "filter=(data.url~'mark='||data.url='/_/'||data.method='DELETE')&fields=message";
        eventually(|| rows(root, wanted).len() >= 4);
        let mut messages: Vec<String> = rows(root, wanted).iter().map(|row| row["message"].to_string()).collect();
        messages.sort();
        messages
    });
    assert!(
        messages[0] == messages[1],
        "{:?}",
        messages.map(|messages| messages.iter().map(String::len).collect::<Vec<_>>())
    );
}

#[test]
fn clearing_leaves_nothing_and_settings_decide_what_is_kept() {
    let (_project, server, root) = Project::bare();
    make_rows(&server, &root);
    // Looking at the log is not logged.
    assert!(rows(&root, "filter=(data.url~'/api/logs')").is_empty());
    root.delete(LOGS).is(204);
    assert!(rows(&root, "filter=(data.url~'mark=')").is_empty());
    root.patch("/api/settings", json!({ "logs": { "minLevel": 8, "logAuthId": true, "logIP": false } })).is(200);
    root.get("/api/health?mark=four").is(200);
    root.get("/api/collections/nope/records?mark=five").is(404);
    eventually(|| rows(&root, "filter=(data.url~'mark=five')").len() == 1);
    assert!(rows(&root, "filter=(data.url~'mark=four')").is_empty());
    let row = &rows(&root, "filter=(data.url~'mark=five')")[0];
    assert!(row["data"]["authId"].is_string() && row["data"].get("userIP").is_none(), "{row}");
    root.patch("/api/settings", json!({ "logs": { "maxDays": 0 } })).is(200);
    eventually(|| rows(&root, "").is_empty());
}

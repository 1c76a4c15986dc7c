//! Rate limits, side by side with PocketBase: the same requests, the same ones refused.

use crate::support::{Client, Project, Server, pocketbase};
use serde_json::{Value as Json, json};

const POSTS: &str = "/api/collections/posts/records";
const LOGIN: &str = "/api/collections/users/auth-with-password";

fn prepare(root: &Client) {
    let open = json!({ "listRule": "", "viewRule": "", "createRule": "", "updateRule": "", "deleteRule": "" });
    for name in ["posts", "tags"] {
        let mut collection = open.clone();
        collection["name"] = name.into();
        collection["type"] = "base".into();
        collection["fields"] = json!([{ "name": "title", "type": "text" }]);
        root.post("/api/collections", collection).ok();
    }
    let user = json!({ "email": "a@example.com", "password": "secret123", "passwordConfirm": "secret123" });
    root.post("/api/collections/users/records", user).ok();
}

/// The statuses of a scenario under some rules, the same on both servers.
fn same(limits: Json, scenario: impl Fn(&Server, &Client) -> Vec<u16>) -> Vec<u16> {
    let (_project, server, root) = Project::bare();
    let peer = Project::empty();
    pocketbase::run(&peer, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    let peer_server = pocketbase::serve(&peer);
    let peer_root = peer_server.root();
    let statuses = [(&server, &root), (&peer_server, &peer_root)].map(|(server, root)| {
        prepare(root);
        let settings = json!({ "rateLimits": limits, "batch": { "enabled": true } });
        root.patch("/api/settings", settings).is(200);
        scenario(server, root)
    });
    assert_eq!(statuses[0], statuses[1]);
    statuses[0].clone()
}

fn limits(rules: &[(&str, &str, u32)]) -> Json {
    let rules: Vec<Json> = rules
        .iter()
        .map(|(label, audience, most)| json!({ "label": label, "audience": audience, "duration": 600, "maxRequests": most }))
        .collect();
    json!({ "enabled": true, "rules": rules })
}

fn times(n: usize, ask: impl Fn() -> u16) -> Vec<u16> {
    (0..n).map(|_| ask()).collect()
}

#[test]
fn collections_have_an_allowance_each_and_superusers_have_no_limit() {
    let rules = limits(&[("*:list", "", 2), ("posts:view", "", 1), ("*:create", "", 2)]);
    let statuses = same(rules, |server, root| {
        let client = server.client();
        let id = root.get("/api/collections/posts").ok()["id"].as_str().expect("an id").to_owned();
        let mut all = times(3, || client.get(POSTS).status);
        all.push(client.get(&format!("/api/collections/{id}/records")).status);
        all.push(client.get("/api/collections/tags/records").status);
        all.extend(times(2, || client.get(&format!("{POSTS}/missing00000000")).status));
        all.extend(times(3, || client.post(POSTS, json!({ "title": "x" })).status));
        all.extend(times(4, || root.get(POSTS).status));
        // A change of the settings starts over.
        root.patch("/api/settings", json!({ "meta": { "appName": "New" } })).is(200);
        all.push(client.get(POSTS).status);
        all
    });
    assert_eq!(statuses, [200, 200, 429, 429, 200, 404, 429, 200, 200, 429, 200, 200, 200, 200, 200]);
}

#[test]
fn paths_prefixes_methods_and_audiences_choose_the_rule() {
    let rules = limits(&[
        ("/api/", "@guest", 4),
        ("/api/health", "", 2),
        ("POST /api/realtime", "", 1),
        ("users:authWithPassword", "", 2),
        ("*:auth", "", 9),
    ]);
    same(rules, |server, _root| {
        let client = server.client();
        let mut all = times(3, || client.get("/api/health").status);
        all.extend(times(2, || client.post("/api/realtime", json!({ "clientId": "x" })).status));
        all.extend(times(3, || client.post(LOGIN, json!({ "identity": "a@example.com", "password": "wrong" })).status));
        all.extend(times(3, || client.get("/api/nope").status));
        all.extend(times(3, || client.get("/api/settings").status));
        // No rule counts what is about no collection.
        all.extend(times(5, || client.get("/api/collections/nope/records").status));
        all.extend(times(5, || client.post("/api/collections/nope/auth-with-password", json!({})).status));
        all.extend(times(5, || client.get("/api/files/nope/x/y").status));
        all.extend(times(3, || client.get("/elsewhere").status));
        all
    });
}

#[test]
fn a_batch_counts_itself_and_each_of_its_requests() {
    let rules = limits(&[("/api/batch", "", 4), ("posts:create", "", 3)]);
    let statuses = same(rules, |server, _root| {
        let client = server.client();
        let batch = |n: usize| {
            let requests: Vec<Json> =
                (0..n).map(|_| json!({ "method": "POST", "url": POSTS, "body": { "title": "x" } })).collect();
            let reply = client.post("/api/batch", json!({ "requests": requests }));
            let inner = reply.json()["data"]["requests"]
                .as_object()
                .and_then(|failed| failed.values().next()?["response"]["status"].as_u64());
            inner.map_or(reply.status, |status| u16::try_from(status).expect("a status"))
        };
        let mut all = vec![batch(2), batch(2)];
        // Those that come alone have an allowance of their own.
        all.extend(times(4, || client.post(POSTS, json!({ "title": "x" })).status));
        all.extend(times(3, || batch(0)));
        all
    });
    assert_eq!(statuses[..6], [200, 429, 200, 200, 200, 429]);
}

#[test]
fn proxies_tell_clients_apart_and_some_addresses_are_free() {
    same(limits(&[("/api/health", "", 1)]), |server, root| {
        root.patch(
            "/api/settings",
            json!({
                "trustedProxy": { "headers": ["X-Real-IP"] }, "rateLimits": { "excludedIPs": ["10.0.0.0/8"] },
            }),
        )
        .is(200);
        let client = server.client();
        let from = |ip: &str| client.send(client.request("GET", "/api/health").header("X-Real-IP", ip)).status;
        ["1.1.1.1", "2.2.2.2", "1.1.1.1", "10.1.2.3", "10.1.2.3", "2.2.2.2"].map(from).to_vec()
    });
}

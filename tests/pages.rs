//! The page that mails link to, in a real browser, with a real mail server.

use crate::support::{MailServer, Project, pocketbase, root};
use serde_json::json;
use std::process::Command;

#[test]
fn a_browser_finishes_every_flow_that_a_mail_began() {
    let mails = MailServer::start();
    let project = Project::empty();
    let server = project.serve();
    let output = server.output();
    let install = output.lines().find(|line| line.contains("/_/#/pbinstall/")).expect("a link").trim().to_owned();
    let browse = |step: &str, url: &str| {
        let output = Command::new("node")
            .current_dir(root().join("tests/sdk"))
            .args(["pages.mjs", step, url])
            .output()
            .expect("node starts");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{step}: {text}{}", String::from_utf8_lossy(&output.stderr));
        text
    };
    browse("install", &install);
    let root = server.root();
    let settings = json!({ "smtp": mails.settings(), "meta": { "appURL": server.url() } });
    root.patch("/api/settings", settings).is(200);
    let user = json!({ "email": "ann@example.com", "password": "12345678", "passwordConfirm": "12345678" });
    let id = root.post("/api/collections/users/records", user).ok()["id"].as_str().unwrap().to_owned();
    // The installer's link is worth nothing any more.
    browse("install-again", &install);

    let guest = server.client();
    let link = |route: &str, token: &str| format!("{}/_/#/{route}/{token}", server.url());
    guest.post("/api/collections/users/request-verification", json!({ "email": "ann@example.com" })).is(204);
    let token = mails.next().token();
    browse("verify", &link("auth/confirm-verification", &token));
    let stored = root.get(&format!("/api/collections/users/records/{id}")).ok();
    assert_eq!(stored["verified"], true);

    guest.post("/api/collections/users/request-password-reset", json!({ "email": "ann@example.com" })).is(204);
    let token = mails.next().token();
    browse("reset", &link("auth/confirm-password-reset", &token));
    browse("reset-again", &link("auth/confirm-password-reset", &token));
    let ann = guest.login("users", "ann@example.com", "new password of ann");

    ann.post("/api/collections/users/request-email-change", json!({ "newEmail": "ann2@example.com" })).is(204);
    let mail = mails.next();
    assert_eq!(mail.to, ["ann2@example.com"]);
    browse("change", &link("auth/confirm-email-change", &mail.token()));
    guest.login("users", "ann2@example.com", "new password of ann");

    browse("broken", &link("auth/confirm-verification", "x"));
    browse("oauth2", &format!("{}/_/#/auth/oauth2-redirect-", server.url()));
    browse("landing", &format!("{}/_", server.url()));
}

#[test]
fn the_page_loads_nothing_from_elsewhere_and_stands_in_no_frame() {
    let (_project, server, _root) = Project::bare();
    let guest = server.client();
    for path in ["/_/", "/_/pages.css", "/_/pages.js"] {
        let reply = guest.get(path);
        let policy = reply.is(200).headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!reply.body.contains("http://") && !reply.body.contains("https://"), "{path}");
        assert_eq!(reply.headers["referrer-policy"], "no-referrer");
    }
    let redirect = guest.get("/_");
    assert_eq!((redirect.status, redirect.headers["location"].to_str().unwrap()), (307, "/_/"));
}

/// The content differs on purpose, what is said about it does not.
#[test]
fn the_pages_are_compressed_as_pocketbases_are() {
    let (_project, server, _root) = Project::bare();
    let peer = Project::empty();
    pocketbase::run(&peer, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    let peer = pocketbase::serve(&peer);
    for (method, path, accepted) in [
        ("GET", "/_/", "gzip"),
        ("GET", "/_/", "deflate, gzip;q=0.5"),
        ("GET", "/_/", ""),
        ("GET", "/_/", "br"),
        ("HEAD", "/_/", ""),
        ("GET", "/_", "gzip"),
        ("GET", "/_/missing", "gzip"),
        ("GET", "/api/health", "gzip"),
    ] {
        let answers = [&server, &peer].map(|server| {
            let reply = server.client().send(server.client().request(method, path).header("accept-encoding", accepted));
            let of =
                |name: &str| reply.headers.get_all(name).iter().map(|v| v.to_str().unwrap().to_lowercase()).collect();
            let [encoding, mut vary]: [Vec<String>; 2] = ["content-encoding", "vary"].map(of);
            vary.sort();
            // Of redirects and errors PocketBase says other things than of pages.
            (reply.status, encoding, if reply.status == 200 { vary } else { Vec::new() })
        });
        assert_eq!(answers[0], answers[1], "{method} {path} {accepted}");
    }
    let script = server.client().request("GET", "/_/pages.js").header("accept-encoding", "gzip");
    assert_eq!(server.client().send(script).headers["content-encoding"], "gzip");
    let refused = server.client().request("GET", "/_/").header("accept-encoding", "gzip;q=0");
    assert!(server.client().send(refused).headers.get("content-encoding").is_none());
}

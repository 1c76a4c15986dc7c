//! Mails on their way to a real mail server, and what they look like beside PocketBase's.

use crate::support::http::Client;
use crate::support::smtp::{Mail, certificate};
use crate::support::{MailServer, Project, Server, pocketbase};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use regex::Regex;
use serde_json::{Value as Json, json};

fn server() -> (Project, Server, Client) {
    Project::bare()
}

fn use_smtp(root: &Client, smtp: Json) {
    root.patch("/api/settings", json!({ "smtp": smtp })).is(200);
}

fn try_out(root: &Client, template: &str) -> crate::support::http::Reply {
    let body = json!({ "template": template, "email": "to@example.com", "collection": "users" });
    root.post("/api/settings/test/email", body)
}

/// A mail without what differs every time.
fn normal(mail: &Mail) -> (String, String, String, Vec<String>, Vec<String>) {
    let replace =
        |pattern: &str, text: &str, with: &str| Regex::new(pattern).unwrap().replace_all(text, with).into_owned();
    let text = replace(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{43}", &mail.text, "<token>");
    let text = replace(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z", &text, "<time>");
    let frame = mail.raw.split("\r\n\r\n").filter(|part| part.contains("Content-Type") || part.starts_with("From"));
    let frame = frame.collect::<Vec<_>>().join("\n");
    let frame = replace(r"Date: [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000", &frame, "Date: <date>");
    let frame = replace(r"Message-ID: <\w{15}@", &frame, "Message-ID: <id@");
    let frame = replace(r"[0-9a-f]{60}", &frame, "<boundary>");
    // What stands before a boundary is the end of a body.
    let is_header = |line: &&str| line.starts_with(|c: char| c.is_ascii_uppercase()) && line.contains(": ");
    let frame =
        frame.lines().filter(|line| is_header(line) || line.contains("boundary")).collect::<Vec<_>>().join("\n");
    (mail.subject.clone(), text, frame, mail.to.clone(), tokens_of(&mail.text))
}

/// Header and claims of the tokens in a text, byte for byte, with their lifetime in minutes for the time of their end.
fn tokens_of(text: &str) -> Vec<String> {
    let pattern = Regex::new(r"(eyJ[\w-]+)\.(eyJ[\w-]+)\.[\w-]{43}").unwrap();
    let decoded = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let shown = |token: regex::Captures<'_>| {
        let (header, claims) = (decoded(&token[1]), decoded(&token[2]));
        let exp: Json = serde_json::from_str(&claims).unwrap();
        let exp = exp["exp"].as_i64().unwrap();
        let minutes = (exp - chrono::Utc::now().timestamp() + 5) / 60;
        format!("{header} {}", claims.replace(&exp.to_string(), &format!("<{minutes} min>")))
    };
    pattern.captures_iter(text).map(shown).collect()
}

#[test]
fn tokens_of_logins_are_like_pocketbases() {
    let project = Project::empty();
    pocketbase::run(&project, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    let copy = project.duplicate();
    let (theirs, ours) = (pocketbase::serve(&project), copy.serve());
    let issued = |server: &Server| {
        let root = server.root();
        let login = json!({ "identity": "root@example.com", "password": "secret12345" });
        let login = server.client().post("/api/collections/_superusers/auth-with-password", login).ok();
        let id = login["record"]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/collections/_superusers/impersonate/{id}");
        let other = root.post(&path, json!({ "duration": 3600 })).ok();
        let file = root.post("/api/files/token", json!({})).ok();
        [login, other, file].map(|answer| tokens_of(answer["token"].as_str().unwrap()))
    };
    assert_eq!(issued(&theirs), issued(&ours));
}

#[test]
fn every_mail_is_like_pocketbases() {
    let mails = MailServer::start();
    let project = Project::empty();
    pocketbase::run(&project, &["superuser", "upsert", "root@example.com", "secret12345"]).succeeds();
    let settings = json!({
        "smtp": mails.settings(),
        "meta": { "appName": "Acmé <&\"> ", "senderName": "Sénder", "appURL": "https://example.com/x" },
    });
    let template = json!({
        "subject": "{APP_NAME} {RECORD:email} {RECORD:verified} {RECORD:tokenKey} {nothing} é",
        "body": "<p>{RECORD:id} <a href=\"{APP_URL}\">{RECORD:name}</a> { {OTP} {TOKEN}</p>{RECORD:created}",
    });
    let sent = |server: &Server| {
        let root = server.root();
        root.patch("/api/settings", settings.clone()).is(200);
        let mut all: Vec<_> = ["verification", "password-reset", "email-change", "otp", "login-alert"]
            .map(|template| {
                try_out(&root, template).is(204);
                normal(&mails.next())
            })
            .into();
        root.patch("/api/collections/users", json!({ "verificationTemplate": template })).is(200);
        try_out(&root, "verification").is(204);
        all.push(normal(&mails.next()));
        all
    };
    let copy = project.duplicate();
    let (theirs, ours) = (pocketbase::serve(&project), copy.serve());
    for (theirs, ours) in sent(&theirs).into_iter().zip(sent(&ours)) {
        assert_eq!(theirs, ours);
    }
}

#[test]
fn credentials_go_by_plain_or_login() {
    for method in ["PLAIN", "LOGIN"] {
        let mails = MailServer::start_with(json!({ "user": "me", "password": "p w", "methods": [method] }));
        let (_project, _server, root) = server();
        let mut smtp = mails.settings();
        smtp["username"] = json!("me");
        smtp["password"] = json!("wrong");
        smtp["authMethod"] = json!(method);
        smtp["localName"] = json!("mail.example.com");
        use_smtp(&root, smtp);
        let refused = try_out(&root, "otp");
        assert!(refused.is(400).body.contains("Failed to send the test email. Raw error: \\n"), "{refused:?}");
        assert!(!refused.body.contains("p w") && !refused.body.contains("wrong\""), "{refused:?}");
        use_smtp(&root, json!({ "password": "p w" }));
        try_out(&root, "otp").is(204);
        let mail = mails.next();
        assert_eq!((mail.user.as_str(), mail.method.as_str(), mail.hello.as_str()), ("me", method, "mail.example.com"));
    }
}

#[test]
fn connections_are_encrypted_from_the_first_byte_or_by_starttls() {
    for options in [json!({ "tls": true }), json!({ "starttls": true })] {
        let project = Project::empty();
        project.pbr("superuser create root@example.com secret12345").succeeds();
        let (key, cert) = certificate(project.path());
        let mut with_key = options.clone();
        with_key["key"] = json!(key);
        with_key["cert"] = json!(cert);
        let mails = MailServer::start_with(with_key);
        let mut smtp = mails.settings();
        smtp["tls"] = json!(options["tls"] == true);

        let strict = project.serve();
        let root = strict.root();
        use_smtp(&root, smtp);
        // Nobody vouches for that certificate.
        try_out(&root, "otp").is(400);
        drop(strict);

        let mut command = project.command("serve --http 127.0.0.1:0");
        command.env("SSL_CERT_FILE", &cert);
        let trusting = Server::start(command);
        try_out(&trusting.root(), "otp").is(204);
        assert!(mails.next().secure, "{options}");
    }
}

#[test]
fn credentials_never_go_unencrypted_to_another_machine() {
    let (_project, _server, root) = server();
    let mails = MailServer::start_with(json!({ "user": "me", "password": "secret-of-mine" }));
    // The same machine by an address that does not say so.
    use_smtp(
        &root,
        json!({
            "enabled": true, "host": "127.0.0.2", "port": mails.port(), "username": "me", "password": "secret-of-mine",
        }),
    );
    let refused = try_out(&root, "otp");
    refused.is(400);
    mails.nothing();
}

#[test]
fn without_smtp_the_mail_program_of_the_machine_sends() {
    let project = Project::empty();
    project.pbr("superuser create root@example.com secret12345").succeeds();
    project.write("bin/sendmail", "#!/bin/sh\necho \"$@\" > sent.args\ncat > sent.txt\n");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(project.file("bin/sendmail"), mode).unwrap();
    let mut command = project.command("serve --http 127.0.0.1:0");
    let path = format!("{}:{}", project.file("bin").display(), std::env::var("PATH").unwrap());
    command.env("PATH", path);
    let server = Server::start(command);
    try_out(&server.root(), "otp").is(204);
    assert_eq!(project.read("sent.args"), "-i -t\n");
    let sent = project.read("sent.txt");
    let expected = "Content-Type: text/html; charset=UTF-8\r\nFrom: \"Support\" <support@example.com>\r\n\
                    Subject: OTP for Acme\r\nTo: to@example.com\r\n\r\n";
    assert!(sent.starts_with(expected), "{sent}");
    assert!(sent.contains("<strong>123456</strong>"), "{sent}");
}

#[test]
fn a_mail_server_that_hangs_holds_up_nobody() {
    // Takes connections and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (_project, server, root) = server();
    use_smtp(&root, json!({ "enabled": true, "host": "127.0.0.1", "port": silent.local_addr().unwrap().port() }));
    for n in 0..20 {
        let email = format!("u{n}@example.com");
        let user = json!({ "email": email, "password": "12345678", "passwordConfirm": "12345678" });
        root.post("/api/collections/users/records", user).is(200);
        let started = std::time::Instant::now();
        let guest = server.client();
        guest.post("/api/collections/users/request-verification", json!({ "email": email })).is(204);
        guest.post("/api/collections/users/request-password-reset", json!({ "email": email })).is(204);
        assert!(started.elapsed().as_secs() < 5);
    }
    server.client().get("/api/health").is(200);
}

//! A real mail server beside the tests.

use super::server::PATIENCE;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A running mail server; it is killed when the test is done with it.
pub struct MailServer {
    child: Child,
    port: u16,
    mails: Receiver<Mail>,
}

/// A mail that has arrived.
#[derive(Clone, Debug, Deserialize)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    /// What the client called itself.
    pub hello: String,
    pub secure: bool,
    pub user: String,
    pub method: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The message as it was sent.
    pub raw: String,
}

impl MailServer {
    /// A server that takes everything.
    pub fn start() -> Self {
        Self::start_with(json!({}))
    }

    /// A server with options of `tests/sdk/smtp.mjs`.
    #[track_caller]
    pub fn start_with(options: Json) -> Self {
        let mut child = Command::new("node")
            .current_dir(super::root().join("tests/sdk"))
            .args(["smtp.mjs", &options.to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .spawn()
            .expect("node starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let port = lines.next().expect("a port").expect("a readable port").parse().expect("a port");
        let (sender, mails) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mail = serde_json::from_str(&line).expect("a mail as JSON");
                if sender.send(mail).is_err() {
                    return;
                }
            }
        });
        Self { child, port, mails }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Settings that send mail here.
    pub fn settings(&self) -> Json {
        json!({ "enabled": true, "host": "127.0.0.1", "port": self.port })
    }

    /// The next mail.
    #[track_caller]
    pub fn next(&self) -> Mail {
        self.mails.recv_timeout(PATIENCE).expect("a mail arrives")
    }

    /// Nothing arrives for a while.
    #[track_caller]
    pub fn nothing(&self) {
        let mail = self.mails.recv_timeout(Duration::from_millis(400));
        assert!(mail.is_err(), "{mail:?}");
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Mail {
    /// What follows `marker` in the link of the mail: a token.
    #[track_caller]
    pub fn token(&self) -> String {
        let (_, rest) = self.text.split_once("/_/#/").expect("a link in the mail");
        let route = rest.split(')').next().expect("the end of the link");
        route.rsplit('/').next().expect("a token").to_owned()
    }
}

/// A key and a certificate for 127.0.0.1 and localhost, signed by itself.
#[track_caller]
pub fn certificate(folder: &Path) -> (String, String) {
    let (key, cert) = (folder.join("key.pem"), folder.join("cert.pem"));
    let run = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&cert)
        .output()
        .expect("openssl starts");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    (key.display().to_string(), cert.display().to_string())
}

//! A stand-in for OAuth2 providers, see `tests/sdk/provider.mjs`: the code says what it answers.

use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A running provider; it is killed when the test is done with it.
pub struct Provider {
    child: Child,
    pub url: String,
}

impl Provider {
    #[track_caller]
    pub fn start() -> Self {
        Self::run("provider.mjs", &[])
    }

    /// A script of `tests/sdk` that prints its port.
    #[track_caller]
    pub fn run(script: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new("node")
            .current_dir(super::root().join("tests/sdk"))
            .arg(script)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .spawn()
            .expect("node starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let port = lines.next().expect("a port").expect("a readable port");
        // What it prints later must go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url: format!("http://127.0.0.1:{port}") }
    }

    /// The configuration of a provider that is reached here.
    pub fn config(&self, name: &str) -> Json {
        json!({
            "name": name, "clientId": "client", "clientSecret": "s&cret/1", "authURL": format!("{}/auth", self.url),
            "tokenURL": format!("{}/token", self.url), "userInfoURL": format!("{}/user", self.url),
        })
    }

    /// The requests since the last look.
    pub fn seen(&self) -> Vec<Json> {
        let seen = reqwest::blocking::get(format!("{}/seen", self.url)).and_then(reqwest::blocking::Response::json);
        seen.expect("the requests")
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

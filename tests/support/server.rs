//! A server process of a test.

use super::Client;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long a server may take to start or stop before a test gives up; a hang, not a speed, is what it bounds.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A running server; it is killed when the test is done with it.
pub struct Server {
    child: Child,
    url: String,
    output: Arc<Mutex<String>>,
}

impl Server {
    /// Starts a server whose banner says `Server started at URL`.
    #[track_caller]
    pub fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()
            .expect("the server program starts");
        let output = Arc::<Mutex<String>>::default();
        let stdout = child.stdout.take().expect("a pipe");
        collect(BufReader::new(stdout), Arc::clone(&output));
        collect(BufReader::new(child.stderr.take().expect("a pipe")), Arc::clone(&output));
        let mut server = Self { child, url: String::new(), output };
        server.url = server.wait_for_url();
        server
    }

    #[track_caller]
    fn wait_for_url(&mut self) -> String {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            let text = self.output();
            if let Some((_, rest)) = text.split_once("Server started at ")
                && let Some(url) = rest.split(['"', ' ', '\n']).next()
                && rest.contains('\n')
            {
                return url.to_owned();
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("the server ended with {status}:\n{}", self.output());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("the server did not start:\n{}", self.output());
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// `host:port`.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// What it has printed so far.
    pub fn output(&self) -> String {
        self.output.lock().expect("no panic while held").clone()
    }

    pub fn client(&self) -> Client {
        Client::new(&self.url)
    }

    /// The superuser of [`super::Project::bare`], logged in.
    #[track_caller]
    pub fn root(&self) -> Client {
        self.client().login("_superusers", "root@example.com", "secret12345")
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How many KiB more memory the server takes at its peak while something is done than before.
    pub fn growth<T>(&self, work: impl FnOnce() -> T) -> (u64, T) {
        let peak = || {
            let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("a process");
            let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("its memory");
            line.split_whitespace().nth(1).expect("a number").parse::<u64>().expect("a number")
        };
        std::fs::write(format!("/proc/{}/clear_refs", self.pid()), "5").expect("the peak starts anew");
        let before = peak();
        let done = work();
        (peak().saturating_sub(before), done)
    }

    /// Asks it to stop, as a service manager does, and returns how it ended.
    #[track_caller]
    pub fn stop(mut self) -> ExitStatus {
        Command::new("kill").args(["-TERM", &self.pid().to_string()]).status().expect("kill");
        self.wait()
    }

    /// Waits for an end that was asked for otherwise, and returns how it ended and all that it printed.
    #[track_caller]
    pub fn wait_for_end(mut self) -> (ExitStatus, String) {
        let status = self.wait();
        // What it printed last may be on its way through the pipe.
        std::thread::sleep(Duration::from_millis(100));
        (status, self.output())
    }

    /// Kills it at once, as a power cut does.
    pub fn kill(mut self) {
        self.child.kill().expect("a running server");
        self.child.wait().expect("a killed server");
    }

    #[track_caller]
    fn wait(&mut self) -> ExitStatus {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Ok(Some(status)) = self.child.try_wait() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("the server did not stop:\n{}", self.output());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(mut from: BufReader<impl Read + Send + 'static>, into: Arc<Mutex<String>>) {
    std::thread::spawn(move || {
        let mut line = String::new();
        while from.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
            into.lock().expect("no panic while held").push_str(&line);
            line.clear();
        }
    });
}

//! A folder and the commands run in it.

use super::{Client, Server};
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A temporary folder that commands run in.
pub struct Project {
    dir: TempDir,
}

impl Project {
    /// An empty folder.
    pub fn empty() -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A bare data directory with a superuser, served by pbr, and the superuser logged in.
    pub fn bare() -> (Self, Server, Client) {
        let project = Self::empty();
        project.pbr("superuser create root@example.com secret12345").succeeds();
        let server = project.serve();
        let root = server.root();
        (project, server, root)
    }

    /// What `pbr init --template NAME` makes.
    pub fn from_template(name: &str) -> Self {
        let project = Self::empty();
        project.pbr(&format!("init --template {name} --yes")).succeeds();
        project
    }

    /// A copy of a folder of `schema-examples/`.
    pub fn from_example(name: &str) -> Self {
        let project = Self::empty();
        copy(&super::root().join("schema-examples").join(name), project.path());
        project
    }

    /// The same folder once more.
    pub fn duplicate(&self) -> Self {
        let project = Self::empty();
        copy(self.path(), project.path());
        project
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn read_bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Writes a file, making its folders.
    pub fn write(&self, name: &str, text: &str) -> &Self {
        let file = self.file(name);
        std::fs::create_dir_all(file.parent().expect("a file has a folder")).expect("folders");
        std::fs::write(file, text).expect("a written file");
        self
    }

    /// Replaces a text that occurs exactly once.
    pub fn replace(&self, name: &str, from: &str, to: &str) -> &Self {
        let text = self.read(name);
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {name}:\n{text}");
        self.write(name, &text.replace(from, to))
    }

    /// Files of a folder by name, sorted.
    pub fn list(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.file(folder)) else { return Vec::new() };
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// A command that has not run yet; the arguments are split at spaces.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pbr"));
        command.current_dir(self.path()).args(arguments.split_whitespace()).stdin(Stdio::null());
        for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CI", "PBR_DIR", "PBR_COLOR", "RUST_BACKTRACE"] {
            command.env_remove(name);
        }
        // Not the file of whoever runs the tests.
        command.env("XDG_CONFIG_HOME", self.file(".config-home"));
        command
    }

    /// Runs `pbr` with arguments that are split at spaces, without a terminal.
    pub fn pbr(&self, arguments: &str) -> Run {
        Run::of(arguments, self.command(arguments))
    }

    /// Runs `pbr` with arguments as they are.
    pub fn pbr_args<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Run {
        let mut command = self.command("");
        command.args(arguments);
        let line: Vec<_> = arguments.iter().map(|argument| argument.as_ref().to_string_lossy()).collect();
        Run::of(&line.join(" "), command)
    }

    /// Runs commands as somebody would in a shell, who finds `pbr` by its name.
    pub fn sh(&self, script: &str) -> Run {
        let mut command = self.command("");
        let program = Path::new(env!("CARGO_BIN_EXE_pbr"));
        let found = program.parent().expect("a folder").display();
        let path = format!("{found}:{}", std::env::var("PATH").unwrap_or_default());
        let mut shell = Command::new("bash");
        shell.args(["-ec", script]).current_dir(self.path()).stdin(Stdio::null());
        for (name, value) in command.env("PATH", path).get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        Run::of(script, shell)
    }

    /// Runs `pbr` with a text on standard input.
    pub fn pbr_with_input(&self, arguments: &str, input: &str) -> Run {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("pbr starts");
        child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("input is read");
        Run { line: arguments.to_owned(), output: child.wait_with_output().expect("pbr ends") }
    }

    /// Starts `pbr serve` on a free port and waits until it is healthy.
    pub fn serve(&self) -> Server {
        self.serve_with("")
    }

    pub fn serve_with(&self, arguments: &str) -> Server {
        Server::start(self.command(&format!("serve --http 127.0.0.1:0 {arguments}")))
    }

    /// The main database, opened beside whatever serves it.
    pub fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.file("pb_data/data.db")).expect("a database")
    }
}

/// A command that has ended.
pub struct Run {
    line: String,
    output: Output,
}

impl Run {
    pub fn of(line: &str, mut command: Command) -> Self {
        Self { line: line.to_owned(), output: command.output().expect("the command starts") }
    }

    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    pub fn code(&self) -> Option<i32> {
        self.output.status.code()
    }

    fn describe(&self) -> String {
        format!(
            "pbr {}\n--- exit {:?}\n--- stdout\n{}\n--- stderr\n{}",
            self.line,
            self.output.status,
            self.stdout(),
            self.stderr()
        )
    }

    #[track_caller]
    pub fn succeeds(self) -> Self {
        self.exits(0)
    }

    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code(), Some(code), "{}", self.describe());
        self
    }

    #[track_caller]
    pub fn stdout_contains(self, text: &str) -> Self {
        assert!(self.stdout().contains(text), "no {text:?} on stdout of\n{}", self.describe());
        self
    }

    #[track_caller]
    pub fn stderr_contains(self, text: &str) -> Self {
        assert!(self.stderr().contains(text), "no {text:?} on stderr of\n{}", self.describe());
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.output.stdout).unwrap_or_else(|error| panic!("{error}\n{}", self.describe()))
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder to copy") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copied file");
        }
    }
}

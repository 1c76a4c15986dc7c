//! pbr on a terminal of its own, with somebody who reads and types.

use super::Project;
use rexpect::process::WaitStatus;
use rexpect::session::{PtySession, spawn_command};

pub const ENTER: &str = "\r";
pub const DOWN: &str = "\u{1b}[B";
pub const INTERRUPT: &str = "\u{3}";

/// A hang, not a speed, is what it bounds.
const PATIENCE: u64 = 30_000;

/// Runs pbr on a terminal of its own.
#[track_caller]
pub fn terminal(project: &Project, arguments: &str) -> PtySession {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_pbr"));
    command.current_dir(project.path()).args(arguments.split_whitespace()).env("TERM", "xterm");
    for name in ["NO_COLOR", "FORCE_COLOR", "CI", "PBR_DIR"] {
        command.env_remove(name);
    }
    spawn_command(command, Some(PATIENCE)).expect("a terminal")
}

#[track_caller]
pub fn expect(session: &mut PtySession, text: &str) {
    if let Err(error) = session.exp_string(text) {
        panic!("no {text:?}: {error}");
    }
}

#[track_caller]
pub fn send(session: &mut PtySession, keys: &str) {
    session.send(keys).and_then(|_| session.flush()).expect("keys are taken");
}

#[track_caller]
pub fn exits(session: PtySession, code: i32) {
    let mut session = session;
    // What is left on the terminal has to be read, or the process waits for it.
    let _ = session.exp_eof();
    match session.process().wait() {
        Ok(WaitStatus::Exited(_, found)) => assert_eq!(found, code),
        other => panic!("{other:?}"),
    }
}

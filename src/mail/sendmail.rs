//! The machine's own mail program.

use super::{MailError, Message};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long the program may take.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn send(message: &Message) -> Result<(), MailError> {
    let program = locate().ok_or(MailError::NoSendmail)?;
    let failed = |error: std::io::Error| MailError::Sendmail(error.to_string());
    let mut child = Command::new(program)
        .args(["-i", "-t"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let mut input = child.stdin.take().expect("standard input was asked to be a pipe");
    let content = message.to_sendmail();
    // Written from a thread: a program that does not read must not hold this one for ever.
    let writing = std::thread::spawn(move || input.write_all(&content));
    let started = Instant::now();
    loop {
        match child.try_wait().map_err(failed)? {
            Some(status) if status.success() => {
                return writing.join().map_err(|_| MailError::TimedOut)?.map_err(failed);
            }
            Some(status) => return Err(MailError::Sendmail(status.to_string())),
            None if started.elapsed() > PATIENCE => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(MailError::TimedOut);
            }
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}

fn locate() -> Option<PathBuf> {
    let fixed = ["/usr/sbin/sendmail", "/usr/bin/sendmail"].map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let searched = std::env::split_paths(&path).map(|folder| folder.join("sendmail"));
    fixed.into_iter().chain(searched).find(|program| program.is_file())
}

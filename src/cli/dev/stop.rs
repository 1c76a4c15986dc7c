//! How `pbr dev` is told to stop, even in the middle of a question.

use super::super::signals::StopSignals;
use super::super::{CliError, CliResult, interrupt, questions};
use crate::diagnostic::code;
use crate::migrate::{self, ProjectPaths};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

/// What a signal does: the loop ends, and lets the server end.
pub struct Stop {
    now: AtomicBool,
    /// The version of a migration that waits for the answer to a question, or 0.
    asked: AtomicI64,
}

impl Stop {
    /// Listens for the signals from now on.
    ///
    /// # Errors
    /// The system refuses to tell of signals.
    pub fn listen(paths: &ProjectPaths) -> CliResult<Arc<Self>> {
        let failed =
            |error: std::io::Error| CliError::new(code::INTERNAL, 1, format!("cannot listen for signals: {error}"));
        interrupt::leave_to_command();
        let stop = Arc::new(Self { now: AtomicBool::new(false), asked: AtomicI64::new(0) });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let guard = runtime.enter();
        let mut signals = StopSignals::listen();
        drop(guard);
        let (shared, paths) = (Arc::clone(&stop), paths.clone());
        std::thread::spawn(move || {
            runtime.block_on(signals.next());
            shared.now.store(true, Ordering::Relaxed);
            // An interrupt on the terminal ends a question. Another signal leaves it open, and nobody will answer.
            std::thread::sleep(Duration::from_millis(500));
            if questions::is_open() {
                questions::show_cursor();
                let asked = shared.asked.load(Ordering::Relaxed);
                if asked != 0 {
                    let _ = migrate::discard(&paths, asked);
                }
                // The server ends with the pipe that it reads.
                std::process::exit(0);
            }
        });
        Ok(stop)
    }

    pub fn is_now(&self) -> bool {
        self.now.load(Ordering::Relaxed)
    }

    /// Asks while a migration of this version waits for the answer.
    pub fn while_asking<T>(&self, version: Option<i64>, ask: impl FnOnce() -> T) -> T {
        self.asked.store(version.unwrap_or_default(), Ordering::Relaxed);
        let answer = ask();
        self.asked.store(0, Ordering::Relaxed);
        answer
    }
}

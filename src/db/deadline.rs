//! When the statements of a connection end that may not take as long as they like.

use super::STEPS_PER_CHECK;
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Set when the process is about to end: whatever has a deadline ends then.
pub(super) type Closing = Arc<AtomicBool>;

const NONE: u64 = u64::MAX;

/// The deadline of one connection. Clones are about the same connection.
#[derive(Clone)]
pub struct Deadline {
    base: Instant,
    /// Milliseconds after `base`.
    at: Arc<AtomicU64>,
    closing: Closing,
}

impl Deadline {
    /// Watches a connection, whose statements may take as long as they need until [`Deadline::set`] says otherwise.
    pub(super) fn watch(connection: &mut Connection, closing: &Closing) -> rusqlite::Result<Self> {
        let at = Arc::new(AtomicU64::new(NONE));
        let deadline = Self { base: Instant::now(), at, closing: Arc::clone(closing) };
        let watched = deadline.clone();
        connection.progress_handler(STEPS_PER_CHECK, Some(move || watched.is_over()))?;
        Ok(deadline)
    }

    /// From now on statements end at that time, until another is set.
    pub(super) fn set(&self, timeout: Duration) {
        let end = u64::try_from(self.base.elapsed().saturating_add(timeout).as_millis());
        self.at.store(end.unwrap_or(NONE).min(NONE - 1), Ordering::Relaxed);
    }

    /// The same for as long as what is returned lives.
    pub fn hold(&self, timeout: Duration) -> Held {
        self.set(timeout);
        Held(self.clone())
    }

    fn is_over(&self) -> bool {
        let at = self.at.load(Ordering::Relaxed);
        at != NONE && (self.base.elapsed().as_millis() as u64 > at || self.closing.load(Ordering::Relaxed))
    }
}

/// A deadline that ends with this.
pub struct Held(Deadline);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.at.store(NONE, Ordering::Relaxed);
    }
}

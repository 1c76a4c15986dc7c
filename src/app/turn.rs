//! Whose turn it is to save settings.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

/// One thread has it at a time. Handlers run while it is held, and one that wants it again would wait for itself.
#[derive(Default)]
pub struct Turn {
    lock: Mutex<()>,
    holder: Mutex<Option<ThreadId>>,
}

/// The turn, until it is dropped.
pub struct Held<'t> {
    turn: &'t Turn,
    _lock: MutexGuard<'t, ()>,
}

impl Turn {
    /// Waits for the turn; `None` on the thread that has it.
    pub fn take(&self) -> Option<Held<'_>> {
        let this = std::thread::current().id();
        if *self.holder() == Some(this) {
            return None;
        }
        let lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        *self.holder() = Some(this);
        Some(Held { turn: self, _lock: lock })
    }

    fn holder(&self) -> MutexGuard<'_, Option<ThreadId>> {
        self.holder.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        *self.turn.holder() = None;
    }
}

//! When the statements of a connection end that may not take as long as they like.

use super::STEPS_PER_CHECK;
use rusqlite::Connection;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Set when the process is about to end: whatever has a deadline ends then.
pub(super) type Closing = Arc<AtomicBool>;

const NONE: u64 = u64::MAX;

/// Whoever waits for what a thread reads.
trait Caller {
    fn is_gone(&self) -> bool;
}

impl<T> Caller for oneshot::Sender<T> {
    fn is_gone(&self) -> bool {
        self.is_closed()
    }
}

thread_local! {
    static CALLER: RefCell<Option<Rc<dyn Caller>>> = const { RefCell::new(None) };
}

/// The thread has no caller any more when this is dropped.
struct Called;

impl Drop for Called {
    fn drop(&mut self) {
        CALLER.set(None);
    }
}

/// Runs a read for somebody and replies to him. Its statements end when he does not wait any more, and nothing begins
/// where he has gone already.
pub(super) fn reply_with<T: 'static>(reply: oneshot::Sender<T>, read: impl FnOnce() -> T) {
    if reply.is_closed() {
        return;
    }
    let reply = Rc::new(reply);
    CALLER.set(Some(Rc::clone(&reply) as Rc<dyn Caller>));
    let called = Called;
    let done = read();
    drop(called);
    if let Some(reply) = Rc::into_inner(reply) {
        let _ = reply.send(done);
    }
}

fn is_abandoned() -> bool {
    CALLER.with_borrow(|caller| caller.as_ref().is_some_and(|caller| caller.is_gone()))
}

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
        let late = || self.base.elapsed().as_millis() as u64 > at || self.closing.load(Ordering::Relaxed);
        at != NONE && (late() || is_abandoned())
    }
}

/// A deadline that ends with this.
pub struct Held(Deadline);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.at.store(NONE, Ordering::Relaxed);
    }
}

//! What waits for a client, and how much of it may.
//!
//! A client that reads is not cut for what the server sends in one go; one that does not is, and what waits for it is let
//! go. Messages are shared: each is counted once, and a little for each client that it waits for.

use bytes::Bytes;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Bytes that may wait for a client as long as its connection lasts.
const FREE: usize = 256 << 10;
/// How long a client may take nothing for which more than that waits.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes beyond which no more may wait for one client, and for all of them those who have more than is free.
const MOST: usize = 32 << 20;
const MOST_OF_ALL: usize = 256 << 20;
/// Bytes that a message takes for each client that it waits for, beside its own.
const PLACE: usize = 64;

/// Bytes that wait for clients of this process.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// A message, counted as long as it waits for anybody.
pub fn message(bytes: Vec<u8>) -> Bytes {
    WAITING.fetch_add(bytes.len(), Ordering::Relaxed);
    Bytes::from_owner(Message(bytes))
}

struct Message(Vec<u8>);

impl AsRef<[u8]> for Message {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        WAITING.fetch_sub(self.0.len(), Ordering::Relaxed);
    }
}

/// The messages that wait for one client.
pub struct Queue {
    messages: VecDeque<Bytes>,
    bytes: usize,
    /// When one was taken last, or the first of them came.
    moved: Instant,
}

impl Default for Queue {
    fn default() -> Self {
        Self { messages: VecDeque::new(), bytes: 0, moved: Instant::now() }
    }
}

impl Queue {
    /// Adds a message; `false` where too much waits already.
    pub fn push(&mut self, message: Bytes) -> bool {
        if self.messages.is_empty() {
            self.moved = Instant::now();
        }
        let is_full = || self.bytes > MOST || WAITING.load(Ordering::Relaxed) > MOST_OF_ALL;
        if self.bytes > FREE && (is_full() || self.is_stalled()) {
            return false;
        }
        self.bytes += PLACE + message.len();
        WAITING.fetch_add(PLACE, Ordering::Relaxed);
        self.messages.push_back(message);
        true
    }

    pub fn pop(&mut self) -> Option<Bytes> {
        let message = self.messages.pop_front()?;
        self.moved = Instant::now();
        self.bytes -= PLACE + message.len();
        WAITING.fetch_sub(PLACE, Ordering::Relaxed);
        if self.messages.is_empty() {
            // The room that a burst took.
            self.messages = VecDeque::new();
        }
        Some(message)
    }

    /// Whether much waits and nothing was taken for a while.
    pub fn is_stalled(&self) -> bool {
        self.bytes > FREE && self.moved.elapsed() >= PATIENCE
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        WAITING.fetch_sub(PLACE * self.messages.len(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_may_wait_for_a_client_that_reads_and_for_no_other() {
        let mut queue = Queue::default();
        let small = message(vec![b'x'; 200]);
        assert!((0..10_000).all(|_| queue.push(small.clone())));
        queue.moved -= PATIENCE;
        assert!(queue.is_stalled() && !queue.push(small.clone()));
        assert!(queue.pop().is_some() && !queue.is_stalled() && queue.push(small));

        let mut little = Queue::default();
        assert!((0..500).all(|_| little.push(message(vec![b'x'; 200]))));
        little.moved -= PATIENCE;
        assert!(!little.is_stalled());
    }

    #[test]
    fn what_waits_is_counted_once_however_many_wait_for_it() {
        let before = WAITING.load(Ordering::Relaxed);
        let large = message(vec![b'x'; 20 << 20]);
        let mut queues: Vec<Queue> = (0..100).map(|_| Queue::default()).collect();
        for queue in &mut queues {
            assert!(queue.push(large.clone()) && queue.push(large.clone()) && !queue.push(large.clone()));
        }
        drop(large);
        // Other tests have messages too, but fewer bytes.
        let waiting = || WAITING.load(Ordering::Relaxed).abs_diff(before);
        assert!((15 << 20..25 << 20).contains(&waiting()), "{}", waiting());
        drop(queues);
        assert!(waiting() < 5 << 20, "{}", waiting());
    }
}

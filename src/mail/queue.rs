//! Threads that send mail, apart from those that answer requests: a mail server that hangs holds up nobody else.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const THREADS: usize = 4;
/// Mails that may wait; beyond them none is taken.
const WAITING: usize = 1000;
const IDLE: Duration = Duration::from_secs(10);

type Work = Box<dyn FnOnce() + Send>;

/// Work in the background, at most four pieces at once. Threads are started when there is work, and end without it.
#[derive(Clone, Default)]
pub struct Queue {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Work>,
    threads: usize,
    idle: usize,
}

impl Queue {
    /// Hands over work; `false` when too much is waiting already.
    pub fn submit(&self, work: impl FnOnce() + Send + 'static) -> bool {
        let mut state = self.shared.lock();
        if state.waiting.len() >= WAITING {
            return false;
        }
        state.waiting.push_back(Box::new(work));
        if state.idle < state.waiting.len() && state.threads < THREADS {
            let shared = Arc::clone(&self.shared);
            let started = std::thread::Builder::new().name("pbr-mail".into()).spawn(move || shared.run());
            if started.is_ok() {
                state.threads += 1;
            } else if state.threads == 0 {
                state.waiting.pop_back();
                return false;
            }
        }
        drop(state);
        self.shared.changed.notify_all();
        true
    }

    /// Hands over work and waits for its result; `None` when it takes longer, is not taken or panics. Work that takes
    /// longer goes on alone.
    pub fn wait<T: Send + 'static>(&self, limit: Duration, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (reply, result) = crossbeam_channel::bounded(1);
        let taken = self.submit(move || {
            let _ = reply.send(work());
        });
        taken.then(|| result.recv_timeout(limit))?.ok()
    }

    /// Waits until everything handed over is done, or the time is up.
    pub fn drain(&self, limit: Duration) {
        let deadline = Instant::now() + limit;
        let mut state = self.shared.lock();
        while state.threads > state.idle || !state.waiting.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state = self.shared.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        let mut state = self.lock();
        loop {
            if let Some(work) = state.waiting.pop_front() {
                drop(state);
                // Somebody's handler may panic; the others' mails are still to be sent.
                let _ = catch_unwind(AssertUnwindSafe(work));
                state = self.lock();
                continue;
            }
            state.idle += 1;
            self.changed.notify_all();
            let (woken, waited) = self.changed.wait_timeout(state, IDLE).unwrap_or_else(PoisonError::into_inner);
            state = woken;
            state.idle -= 1;
            if waited.timed_out() && state.waiting.is_empty() {
                state.threads -= 1;
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn all_work_is_done_even_after_a_panic() {
        let (queue, done) = (Queue::default(), Arc::new(AtomicUsize::new(0)));
        assert!(queue.submit(|| panic!("on purpose")));
        for _ in 0..50 {
            let done = Arc::clone(&done);
            assert!(queue.submit(move || {
                done.fetch_add(1, Ordering::Relaxed);
            }));
        }
        queue.drain(Duration::from_secs(10));
        assert_eq!(done.load(Ordering::Relaxed), 50);
    }

    #[test]
    fn whoever_waits_is_let_go_in_time() {
        let queue = Queue::default();
        assert_eq!(queue.wait(Duration::from_secs(10), || 5), Some(5));
        assert_eq!(queue.wait(Duration::from_millis(10), || std::thread::sleep(Duration::from_millis(300))), None);
    }
}

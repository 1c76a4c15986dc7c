//! Counters in memory: how soon a mail may follow another, how often a code may be tried.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Entries from which old ones are looked for.
const CROWDED: usize = 10_000;

/// At most one of something in a time, for each key.
pub struct Throttle {
    pause: Duration,
    last: Mutex<HashMap<String, Instant>>,
}

impl Throttle {
    pub fn new(pause: Duration) -> Self {
        Self { pause, last: Mutex::default() }
    }

    pub fn is_closed(&self, key: &str) -> bool {
        self.lock().get(key).is_some_and(|last| last.elapsed() < self.pause)
    }

    pub fn close(&self, key: &str) {
        let mut last = self.lock();
        if last.len() >= CROWDED {
            last.retain(|_, last| last.elapsed() < self.pause);
        }
        last.insert(key.to_owned(), Instant::now());
    }

    pub fn open(&self, key: &str) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// At most so many of something in a window of time that begins with the first, for each key.
pub struct Attempts {
    allowed: u32,
    window: Duration,
    counts: Mutex<HashMap<String, (Instant, u32)>>,
}

impl Attempts {
    pub fn new(allowed: u32, window: Duration) -> Self {
        Self { allowed, window, counts: Mutex::default() }
    }

    /// Counts one; `false` when it is one too many. Counting and comparing are one step, so that attempts side by side
    /// do not all pass.
    pub fn take(&self, key: &str) -> bool {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= CROWDED {
            counts.retain(|_, (start, _)| start.elapsed() < self.window);
        }
        let entry = counts.entry(key.to_owned()).or_insert_with(|| (Instant::now(), 0));
        if entry.0.elapsed() >= self.window {
            *entry = (Instant::now(), 0);
        }
        entry.1 += 1;
        entry.1 <= self.allowed
    }

    pub fn reset(&self) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_count_for_a_window_and_each_key() {
        let attempts = Attempts::new(2, Duration::from_millis(50));
        assert!(attempts.take("a") && attempts.take("a") && !attempts.take("a") && attempts.take("b"));
        std::thread::sleep(Duration::from_millis(60));
        assert!(attempts.take("a"));
        attempts.reset();
        assert!(attempts.take("a") && attempts.take("a") && !attempts.take("a"));
    }

    #[test]
    fn a_throttle_opens_again() {
        let throttle = Throttle::new(Duration::from_millis(50));
        throttle.close("a");
        assert!(throttle.is_closed("a") && !throttle.is_closed("b"));
        std::thread::sleep(Duration::from_millis(60));
        assert!(!throttle.is_closed("a"));
        throttle.close("a");
        throttle.open("a");
        assert!(!throttle.is_closed("a"));
    }
}

//! Pauses after wrong passwords, longer each time, for each identity: whether it exists or not makes no difference.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Wrong passwords that cost nothing.
const FREE: u32 = 5;
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// Identities that are remembered; whoever floods the table forgets the oldest, not the newest.
const REMEMBERED: usize = 50_000;

#[derive(Default)]
pub struct BackOff {
    failures: Mutex<HashMap<String, Failures>>,
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    until: Instant,
    last: Instant,
}

impl BackOff {
    /// Counts an attempt as failed until it is known better.
    ///
    /// # Errors
    /// The pause that is left of the last failure.
    pub fn begin(&self, identity: &str) -> Result<(), Duration> {
        let now = Instant::now();
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= REMEMBERED && !failures.contains_key(identity) {
            failures.retain(|_, entry| now.duration_since(entry.last) < LONGEST);
            if failures.len() >= REMEMBERED {
                let mut ages: Vec<Instant> = failures.values().map(|entry| entry.last).collect();
                ages.sort_unstable();
                let median = ages[ages.len() / 2];
                failures.retain(|_, entry| entry.last > median);
            }
        }
        let fresh = Failures { count: 0, until: now, last: now };
        let entry = failures.entry(identity.to_owned()).or_insert(fresh);
        if now.duration_since(entry.last) > LONGEST * 2 {
            *entry = fresh;
        }
        let left = entry.until.saturating_duration_since(now);
        if !left.is_zero() {
            return Err(left);
        }
        entry.count += 1;
        entry.last = now;
        if entry.count >= FREE {
            entry.until = now + pause(entry.count - FREE);
        }
        Ok(())
    }

    /// The attempt was right: everything is forgotten.
    pub fn succeed(&self, identity: &str) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(identity);
    }
}

/// 1 s, 2 s, 4 s, …
fn pause(beyond: u32) -> Duration {
    Duration::from_secs(1 << beyond.min(10)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_with_a_success() {
        let back_off = BackOff::default();
        for _ in 0..FREE {
            assert!(back_off.begin("ann").is_ok());
        }
        assert!(back_off.begin("ann").is_err() && back_off.begin("bob").is_ok());
        back_off.succeed("ann");
        assert!(back_off.begin("ann").is_ok());
        assert_eq!((pause(0), pause(3), pause(40)), (Duration::from_secs(1), Duration::from_secs(8), LONGEST));
    }

    #[test]
    fn a_flood_of_identities_does_not_grow_without_end() {
        let back_off = BackOff::default();
        for n in 0..REMEMBERED + 10 {
            assert!(back_off.begin(&n.to_string()).is_ok());
        }
        assert!(back_off.failures.lock().unwrap().len() <= REMEMBERED);
    }
}

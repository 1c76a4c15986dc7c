//! Pauses after wrong passwords and codes, longer each time, for whatever is guessed at: whether it exists or not makes no
//! difference.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Wrong guesses that cost nothing.
const FREE: u32 = 5;
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// What is remembered of those that were guessed at; whoever floods the table forgets the oldest, not the newest.
const REMEMBERED: usize = 50_000;

/// Counts wrong guesses, where it is asked for; without, nobody waits.
#[derive(Default)]
pub struct BackOff {
    enabled: bool,
    failures: Mutex<HashMap<String, Failures>>,
}

/// What somebody guesses at. The keys of different kinds never meet, so that a login under a strange name locks no other
/// door.
#[derive(Clone, Copy)]
pub enum Guess<'a> {
    /// The password behind an identity, as it was typed.
    Login { collection: &'a str, identity: &'a str },
    /// The password of a record, by somebody who has come to it without.
    Password { collection: &'a str, record: &'a str },
    /// The code of an authenticator app.
    Code { collection: &'a str, record: &'a str },
}

/// A guess that counts as wrong until it is known better.
#[must_use]
pub struct Attempt<'b> {
    back_off: &'b BackOff,
    key: String,
}

/// What is left of a pause.
#[derive(Debug)]
pub struct Pause(Duration);

impl fmt::Display for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs() + 1;
        let unit = if seconds == 1 { "second" } else { "seconds" };
        write!(f, "Too many failed attempts, please try again in {seconds} {unit}.")
    }
}

impl Guess<'_> {
    fn key(self) -> String {
        match self {
            Self::Login { collection, identity } => format!("login {collection} {}", identity.to_lowercase()),
            Self::Password { collection, record } => format!("password {collection} {record}"),
            Self::Code { collection, record } => format!("code {collection} {record}"),
        }
    }
}

impl Attempt<'_> {
    /// The guess was right: everything is forgotten.
    pub fn succeed(&self) {
        self.back_off.lock().remove(&self.key);
    }
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    until: Instant,
    last: Instant,
}

impl BackOff {
    pub fn new(enabled: bool) -> Self {
        Self { enabled, ..Self::default() }
    }

    /// Counts a guess as wrong until it is known better.
    ///
    /// # Errors
    /// The pause that is left of the last wrong one.
    pub fn begin(&self, guess: Guess<'_>) -> Result<Attempt<'_>, Pause> {
        let attempt = Attempt { back_off: self, key: guess.key() };
        if self.enabled {
            self.count(&attempt.key)?;
        }
        Ok(attempt)
    }

    fn count(&self, key: &str) -> Result<(), Pause> {
        let now = Instant::now();
        let mut failures = self.lock();
        if failures.len() >= REMEMBERED && !failures.contains_key(key) {
            failures.retain(|_, entry| now.duration_since(entry.last) < LONGEST);
            if failures.len() >= REMEMBERED {
                let mut ages: Vec<Instant> = failures.values().map(|entry| entry.last).collect();
                ages.sort_unstable();
                let median = ages[ages.len() / 2];
                failures.retain(|_, entry| entry.last > median);
            }
        }
        let fresh = Failures { count: 0, until: now, last: now };
        let entry = failures.entry(key.to_owned()).or_insert(fresh);
        if now.duration_since(entry.last) > LONGEST * 2 {
            *entry = fresh;
        }
        let left = entry.until.saturating_duration_since(now);
        if !left.is_zero() {
            return Err(Pause(left));
        }
        entry.count += 1;
        entry.last = now;
        if entry.count >= FREE {
            entry.until = now + pause(entry.count - FREE);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Failures>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 1 s, 2 s, 4 s, …
fn pause(beyond: u32) -> Duration {
    Duration::from_secs(1 << beyond.min(10)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(identity: &str) -> Guess<'_> {
        Guess::Login { collection: "users", identity }
    }

    #[test]
    fn pauses_grow_and_end_with_a_success() {
        let back_off = BackOff::new(true);
        let first = back_off.begin(login("ann")).unwrap();
        for _ in 1..FREE {
            assert!(back_off.begin(login("Ann")).is_ok());
        }
        assert!(back_off.begin(login("ann")).is_err() && back_off.begin(login("bob")).is_ok());
        for other in
            [Guess::Password { collection: "users", record: "ann" }, Guess::Code { collection: "users", record: "ann" }]
        {
            assert!(back_off.begin(other).is_ok());
        }
        first.succeed();
        assert!(back_off.begin(login("ann")).is_ok());
        assert_eq!((pause(0), pause(3), pause(40)), (Duration::from_secs(1), Duration::from_secs(8), LONGEST));
    }

    #[test]
    fn a_flood_of_identities_does_not_grow_without_end() {
        let back_off = BackOff::new(true);
        for n in 0..REMEMBERED + 10 {
            assert!(back_off.begin(login(&n.to_string())).is_ok());
        }
        assert!(back_off.failures.lock().unwrap().len() <= REMEMBERED);
    }
}

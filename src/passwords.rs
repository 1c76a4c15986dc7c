//! Password hashing: argon2id or bcrypt for new hashes, either verified. Slow by design, so the work is bounded and gives
//! way to everything else.

use crate::schema::fields::BCRYPT_BYTES;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use crossbeam_channel::{Receiver, Sender};
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

/// What new passwords are hashed with. Stored hashes keep their scheme until the password changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// What the commands use in a project.
    Argon2id,
    /// What they use in a bare PocketBase directory: PocketBase verifies nothing else.
    #[default]
    Bcrypt,
}

impl std::str::FromStr for Scheme {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "argon2id" => Ok(Self::Argon2id),
            "bcrypt" => Ok(Self::Bcrypt),
            other => Err(format!("`{other}` is not a password hash; use argon2id or bcrypt")),
        }
    }
}

/// bcrypt's cost where the field sets none.
const DEFAULT_COST: u32 = 10;
/// A login flood waits for these instead of taking every core and all memory.
const THREADS: usize = 2;
/// How far the threads step back behind all others where the system lets them: of 19.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 5;

type Job = Box<dyn FnOnce() + Send>;

/// Hashes and verifies passwords, two at a time.
pub struct Passwords {
    scheme: Scheme,
    /// The way to the threads, which start with the first password and end with this.
    queue: OnceLock<Sender<Job>>,
    /// Compared against when there is no account, so that both answers take the same time.
    decoy: OnceLock<String>,
}

#[derive(Debug, thiserror::Error)]
#[error("the password cannot be hashed: {0}")]
pub struct HashError(String);

impl Passwords {
    pub fn new(scheme: Scheme) -> Self {
        Self { scheme, queue: OnceLock::new(), decoy: OnceLock::new() }
    }

    /// Hashes with the configured scheme; `cost` is bcrypt's, 0 for the default. Blocks until a thread has done it.
    ///
    /// # Errors
    /// More than 72 bytes for bcrypt, or a cost out of range.
    pub fn hash(&self, plain: &str, cost: i64) -> Result<String, HashError> {
        let (scheme, plain) = (self.scheme, plain.to_owned());
        self.run(move || hash(scheme, &plain, cost)).unwrap_or_else(|| Err(HashError("the work was abandoned".into())))
    }

    /// The hash of each password that can be hashed, two at a time. Blocks until all are done.
    pub fn hash_all(&self, plains: HashSet<String>) -> HashMap<String, String> {
        let (reply, results) = crossbeam_channel::unbounded();
        for plain in plains {
            let (scheme, reply) = (self.scheme, reply.clone());
            self.submit(Box::new(move || {
                if let Ok(hash) = hash(scheme, &plain, 0) {
                    let _ = reply.send((plain, hash));
                }
            }));
        }
        drop(reply);
        results.into_iter().collect()
    }

    /// Whether the password belongs to the hash; a text that is no hash matches nothing. Blocks until a thread has compared
    /// them.
    pub fn verify(&self, plain: &str, hash: &str) -> bool {
        let (plain, hash) = (plain.to_owned(), hash.to_owned());
        self.run(move || verify(&plain, &hash)).unwrap_or(false)
    }

    /// Takes as long as verifying a real password.
    pub fn verify_decoy(&self, plain: &str) {
        let decoy = self.decoy.get_or_init(|| self.hash("no account has this password", 0).unwrap_or_default());
        self.verify(plain, decoy);
    }

    /// Waits for work on one of the threads; `None` when it panicked.
    fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (reply, result) = crossbeam_channel::bounded(1);
        self.submit(Box::new(move || {
            let _ = reply.send(work());
        }));
        result.recv().ok()
    }

    fn submit(&self, job: Job) {
        // Without any thread the caller's own has to do.
        if let Err(refused) = self.queue.get_or_init(start_threads).send(job) {
            (refused.0)();
        }
    }
}

fn start_threads() -> Sender<Job> {
    let (queue, jobs) = crossbeam_channel::unbounded();
    for _ in 0..THREADS {
        let jobs = jobs.clone();
        let started = std::thread::Builder::new().name("pbr-passwords".into()).spawn(move || work_off(&jobs));
        drop(started);
    }
    queue
}

fn work_off(jobs: &Receiver<Job>) {
    // A thread has a priority of its own on Linux; elsewhere this would be the whole process.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICENESS);
    for job in jobs {
        // A panic drops the reply, which the caller sees; the thread goes on.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

fn hash(scheme: Scheme, plain: &str, cost: i64) -> Result<String, HashError> {
    match scheme {
        Scheme::Argon2id => Argon2::default()
            .hash_password(plain.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| HashError(error.to_string())),
        Scheme::Bcrypt => {
            let cost = if cost == 0 { DEFAULT_COST } else { u32::try_from(cost).unwrap_or(DEFAULT_COST) };
            let salt: [u8; 16] = rand::random();
            if plain.len() > BCRYPT_BYTES {
                return Err(HashError(format!("more than {BCRYPT_BYTES} bytes")));
            }
            bcrypt::hash_with_salt(plain, cost, salt)
                .map(|parts| parts.format_for_version(bcrypt::Version::TwoA))
                .map_err(|error| HashError(error.to_string()))
        }
    }
}

fn verify(plain: &str, hash: &str) -> bool {
    if hash.starts_with("$argon2") {
        return PasswordHash::new(hash)
            .is_ok_and(|hash| Argon2::default().verify_password(plain.as_bytes(), &hash).is_ok());
    }
    let plain = plain.as_bytes();
    bcrypt::verify(&plain[..plain.len().min(BCRYPT_BYTES)], hash).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scheme_verifies_its_own_hashes_and_the_others() {
        let (argon, bcrypt) = (Passwords::new(Scheme::Argon2id), Passwords::new(Scheme::Bcrypt));
        let (a, b) = (argon.hash("secret", 0).unwrap(), bcrypt.hash("secret", 4).unwrap());
        assert!(a.starts_with("$argon2id$") && b.starts_with("$2a$04$"), "{a} {b}");
        for hash in [&a, &b] {
            assert!(argon.verify("secret", hash) && bcrypt.verify("secret", hash));
            assert!(!argon.verify("Secret", hash));
        }
        assert!(!argon.verify("", "") && !argon.verify("x", "not a hash"));
    }

    #[test]
    fn many_are_hashed_at_once_and_what_cannot_be_is_left_out() {
        let passwords = Passwords::new(Scheme::Bcrypt);
        let hashes = passwords.hash_all(["one".into(), "two".into(), "x".repeat(73)].into());
        assert_eq!(hashes.len(), 2);
        assert!(hashes.iter().all(|(plain, hash)| passwords.verify(plain, hash)));
        assert!(passwords.hash_all(HashSet::new()).is_empty());
    }

    #[test]
    fn bcrypt_refuses_what_it_would_cut() {
        assert!(Passwords::new(Scheme::Bcrypt).hash(&"x".repeat(73), 4).is_err());
    }
}

//! Password hashing: argon2id or bcrypt for new hashes, either verified. Slow by design, so the work is bounded.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use std::sync::{Condvar, Mutex};

/// What new passwords are hashed with. Stored hashes keep their scheme until the password changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// The default of a project.
    #[default]
    Argon2id,
    /// The default of a bare PocketBase directory: PocketBase verifies nothing else.
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
/// Bytes that bcrypt looks at.
const BCRYPT_BYTES: usize = 72;
/// A login flood waits here instead of taking every core and all memory.
const SLOTS: usize = 2;

/// Hashes and verifies passwords, two at a time.
pub struct Passwords {
    scheme: Scheme,
    free: Mutex<usize>,
    released: Condvar,
    /// Compared against when there is no account, so that both answers take the same time.
    decoy: std::sync::OnceLock<String>,
}

#[derive(Debug, thiserror::Error)]
#[error("the password cannot be hashed: {0}")]
pub struct HashError(String);

impl Passwords {
    pub fn new(scheme: Scheme) -> Self {
        Self { scheme, free: Mutex::new(SLOTS), released: Condvar::new(), decoy: std::sync::OnceLock::new() }
    }

    /// Hashes with the configured scheme; `cost` is bcrypt's, 0 for the default. Blocks for a free slot.
    ///
    /// # Errors
    /// More than 72 bytes for bcrypt, or a cost out of range.
    pub fn hash(&self, plain: &str, cost: i64) -> Result<String, HashError> {
        let _slot = self.slot();
        match self.scheme {
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

    /// Whether the password belongs to the hash; a text that is no hash matches nothing. Blocks for a free slot.
    pub fn verify(&self, plain: &str, hash: &str) -> bool {
        let _slot = self.slot();
        if hash.starts_with("$argon2") {
            return PasswordHash::new(hash)
                .is_ok_and(|hash| Argon2::default().verify_password(plain.as_bytes(), &hash).is_ok());
        }
        let plain = plain.as_bytes();
        bcrypt::verify(&plain[..plain.len().min(BCRYPT_BYTES)], hash).unwrap_or(false)
    }

    /// Takes as long as verifying a real password.
    pub fn verify_decoy(&self, plain: &str) {
        let decoy = self.decoy.get_or_init(|| self.hash("no account has this password", 0).unwrap_or_default());
        self.verify(plain, decoy);
    }

    fn slot(&self) -> Slot<'_> {
        let mut free = self.free.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        while *free == 0 {
            free = self.released.wait(free).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
        *free -= 1;
        Slot(self)
    }
}

struct Slot<'a>(&'a Passwords);

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += 1;
        self.0.released.notify_one();
    }
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
    fn bcrypt_refuses_what_it_would_cut() {
        assert!(Passwords::new(Scheme::Bcrypt).hash(&"x".repeat(73), 4).is_err());
    }
}

//! AES-GCM over the stored settings (spec 01 §1.5).

use super::SettingsError;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::aes::{Aes128, Aes192, Aes256};
use aes_gcm::{AesGcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const NONCE: usize = 12;

/// The key of the settings and the environment variable that it came from.
#[derive(Clone)]
pub struct Encryption {
    variable: String,
    key: Option<Key>,
}

#[derive(Clone)]
enum Key {
    Bits128(Box<AesGcm<Aes128, U12>>),
    Bits192(Box<AesGcm<Aes192, U12>>),
    Bits256(Box<AesGcm<Aes256, U12>>),
}

impl std::fmt::Debug for Encryption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encryption").field("variable", &self.variable).finish_non_exhaustive()
    }
}

impl Encryption {
    /// Stores settings as plain JSON.
    pub fn none() -> Self {
        Self { variable: String::new(), key: None }
    }

    /// The bytes of a variable's value are the key; an unset or empty one is none.
    ///
    /// # Errors
    /// The value is not 16, 24 or 32 bytes long.
    pub fn new(variable: &str, value: Option<&str>) -> Result<Self, SettingsError> {
        let bytes = value.unwrap_or_default().as_bytes();
        let size = |_| SettingsError::KeySize(bytes.len());
        let key = match bytes.len() {
            0 => None,
            16 => Some(Key::Bits128(Box::new(AesGcm::new_from_slice(bytes).map_err(size)?))),
            24 => Some(Key::Bits192(Box::new(AesGcm::new_from_slice(bytes).map_err(size)?))),
            32 => Some(Key::Bits256(Box::new(AesGcm::new_from_slice(bytes).map_err(size)?))),
            length => return Err(SettingsError::KeySize(length)),
        };
        Ok(Self { variable: variable.to_owned(), key })
    }

    /// There is a key.
    pub fn is_on(&self) -> bool {
        self.key.is_some()
    }

    /// Base64 of nonce, ciphertext and tag; `None` without a key.
    pub fn encrypt(&self, plain: &[u8]) -> Option<String> {
        let key = self.key.as_ref()?;
        let bytes: [u8; NONCE] = rand::random();
        let nonce = Nonce::<U12>::from(bytes);
        let sealed = match key {
            Key::Bits128(cipher) => cipher.encrypt(&nonce, plain),
            Key::Bits192(cipher) => cipher.encrypt(&nonce, plain),
            Key::Bits256(cipher) => cipher.encrypt(&nonce, plain),
        };
        let sealed = sealed.expect("settings are far below the limit of the cipher");
        Some(STANDARD.encode([&bytes[..], &sealed].concat()))
    }

    /// The inverse of [`Encryption::encrypt`].
    ///
    /// # Errors
    /// There is no key, or it is another one.
    pub fn decrypt(&self, stored: &[u8]) -> Result<Vec<u8>, SettingsError> {
        let missing = || SettingsError::MissingKey(self.variable.clone());
        let key = self.key.as_ref().ok_or_else(missing)?;
        let bytes = STANDARD.decode(stored).map_err(|_| SettingsError::WrongKey)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or(SettingsError::WrongKey)?;
        let nonce = Nonce::<U12>::from(*nonce);
        let plain = match key {
            Key::Bits128(cipher) => cipher.decrypt(&nonce, sealed),
            Key::Bits192(cipher) => cipher.decrypt(&nonce, sealed),
            Key::Bits256(cipher) => cipher.decrypt(&nonce, sealed),
        };
        plain.map_err(|_| SettingsError::WrongKey)
    }
}

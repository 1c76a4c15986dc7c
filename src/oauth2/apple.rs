//! What only Apple needs: a client secret that is a token, and a name that comes but once, with the redirect.

use crate::schema::{ErrorTree, FieldError};
use chrono::Utc;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const LONGEST: i64 = 15_777_000;
const REMEMBERED: Duration = Duration::from_secs(60);
const MOST_NAMES: usize = 1_000;

/// What a client secret is made of.
#[derive(Clone, Default)]
pub struct Secret {
    pub client_id: String,
    pub team_id: String,
    pub key_id: String,
    /// PKCS #8 in PEM.
    pub private_key: String,
    /// Seconds.
    pub duration: i64,
}

impl Secret {
    /// The errors of the form.
    pub fn check(&self) -> ErrorTree {
        let mut errors = ErrorTree::new();
        let texts = [
            ("clientId", &self.client_id),
            ("teamId", &self.team_id),
            ("keyId", &self.key_id),
            ("privateKey", &self.private_key),
        ];
        for (name, text) in texts {
            if text.is_empty() {
                errors.insert(name, FieldError::required());
            } else if matches!(name, "teamId" | "keyId") && text.chars().count() != 10 {
                let error = FieldError::new("validation_length_invalid", "The length must be exactly 10.");
                errors.insert(name, error.with("max", 10).with("min", 10));
            } else if name == "privateKey" && !is_pem(text) {
                errors.insert(name, FieldError::match_invalid());
            }
        }
        if self.duration == 0 {
            errors.insert("duration", FieldError::required());
        } else if self.duration < 1 {
            errors.insert("duration", FieldError::min_threshold(1));
        } else if self.duration > LONGEST {
            errors.insert("duration", FieldError::max_threshold(LONGEST));
        }
        errors
    }

    /// Signs the secret.
    ///
    /// # Errors
    /// The key is none of an elliptic curve.
    pub fn sign(&self) -> Result<String, String> {
        let key = EncodingKey::from_ec_pem(self.private_key.trim().as_bytes()).map_err(|error| error.to_string())?;
        let header = Header { kid: Some(self.key_id.clone()), ..Header::new(Algorithm::ES256) };
        let now = Utc::now().timestamp();
        let claims: Json = json!({
            "aud": ["https://appleid.apple.com"],
            "exp": now + self.duration,
            "iat": now,
            "iss": self.team_id,
            "sub": self.client_id,
        });
        jsonwebtoken::encode(&header, &claims, &key).map_err(|error| error.to_string())
    }
}

fn is_pem(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("-----BEGIN PRIVATE KEY-----") && text.ends_with("-----END PRIVATE KEY-----")
}

/// Names that came with a redirect, by the code that came with them, for a minute.
#[derive(Default)]
pub struct Names {
    known: Mutex<HashMap<String, (Instant, String)>>,
}

impl Names {
    /// Remembers the name in Apple's `user`; one that is empty or too long is none.
    pub fn remember(&self, code: &str, user: &str) {
        const LONGEST_NAME: usize = 150;
        let user: Json = serde_json::from_str(user).unwrap_or_default();
        let part = |name: &str| user["name"][name].as_str().unwrap_or_default();
        let name = format!("{} {}", part("firstName"), part("lastName")).trim().to_owned();
        if name.is_empty() || name.len() > LONGEST_NAME || code.is_empty() {
            return;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (since, _)| since.elapsed() < REMEMBERED);
        if known.len() < MOST_NAMES {
            known.insert(code.to_owned(), (Instant::now(), name));
        }
    }

    /// The name that came with a code, once.
    pub fn take(&self, code: &str) -> Option<String> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(code).filter(|(since, _)| since.elapsed() < REMEMBERED).map(|(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_once() {
        let names = Names::default();
        names.remember("c", r#"{"name":{"firstName":"Ann","lastName":""}}"#);
        names.remember("d", "no json");
        assert_eq!(names.take("c").as_deref(), Some("Ann"));
        assert_eq!((names.take("c"), names.take("d")), (None, None));
    }
}

//! Application settings: the JSON of `_params` row `settings` (spec 01 §5).
//!
//! Knows the error tree and the text checks of the schema, schedules, how mistyped words are found, and no other room.

mod addresses;
mod encryption;
mod merge;
mod model;
mod public;
mod validate;

pub use addresses::contains_ip;
pub use encryption::Encryption;
pub use merge::apply;
pub use model::{Backups, Batch, Logs, Meta, RateLimitRule, RateLimits, S3, Settings, Smtp, TrustedProxy};
pub use public::Redacted;
pub use validate::validate;

use crate::diagnostic::did_you_mean;
use rusqlite::types::{Value as SqlValue, ValueRef};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value as Json};

#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("crypto/aes: invalid key size {0}")]
    KeySize(usize),
    #[error("invalid settings db data or missing encryption key {0:?}")]
    MissingKey(String),
    #[error("cipher: message authentication failed")]
    WrongKey,
    #[error("the decrypted settings in _params are no JSON")]
    Unreadable,
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// Reads the stored settings; `None` when there are none yet.
///
/// # Errors
/// The value is neither plain JSON nor encrypted with this key.
pub fn load(connection: &Connection, encryption: &Encryption) -> Result<Option<Settings>, SettingsError> {
    let stored = connection
        .query_row("SELECT value FROM _params WHERE id = 'settings'", [], |row| match row.get_ref(0)? {
            ValueRef::Blob(bytes) | ValueRef::Text(bytes) => Ok(bytes.to_vec()),
            _ => Ok(Vec::new()),
        })
        .optional()?;
    let Some(stored) = stored else { return Ok(None) };
    // Plain first: a key may have been given to a directory that had none.
    if let Ok(settings) = serde_json::from_slice(&stored) {
        return Ok(Some(settings));
    }
    let plain = encryption.decrypt(&stored)?;
    serde_json::from_slice(&plain).map(Some).map_err(|_| SettingsError::Unreadable)
}

/// Stores the settings, secrets included.
///
/// # Errors
/// SQLite fails.
pub fn save(
    connection: &Connection,
    encryption: &Encryption,
    settings: &Settings,
    now: &str,
) -> Result<(), SettingsError> {
    let json = serde_json::to_vec(settings).expect("settings are plain data");
    // Plain settings are a BLOB, as PocketBase writes them, encrypted ones a text.
    let value = match encryption.encrypt(&json) {
        Some(text) => SqlValue::Text(text),
        None => SqlValue::Blob(json),
    };
    connection.execute(
        "INSERT INTO _params (id, value, created, updated) VALUES ('settings', ?1, ?2, ?2) \
         ON CONFLICT (id) DO UPDATE SET value = excluded.value, updated = excluded.updated",
        params![value, now],
    )?;
    Ok(())
}

/// The settings with some of their keys replaced; objects merge, and texts of the form `${env:NAME}` are looked up.
///
/// # Errors
/// An unknown key, a value of the wrong type, or a variable that is not set.
pub fn overlay(
    settings: &Settings,
    changes: &Map<String, Json>,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Settings, String> {
    let mut merged = serde_json::to_value(settings).expect("settings are plain data");
    merge(&mut merged, &Json::Object(changes.clone()), "", env)?;
    serde_json::from_value(merged).map_err(|error| error.to_string())
}

/// The dotted keys whose values are not the defaults, but for those that `named` names.
pub fn changed_keys(settings: &Settings, named: &Map<String, Json>) -> Vec<String> {
    let json = |settings: &Settings| serde_json::to_value(settings).expect("settings are plain data");
    let mut keys = Vec::new();
    differing(&json(&Settings::default()), &json(settings), Some(&Json::Object(named.clone())), "", &mut keys);
    keys
}

fn differing(default: &Json, value: &Json, named: Option<&Json>, path: &str, keys: &mut Vec<String>) {
    match (default, value) {
        (Json::Object(default), Json::Object(members)) => {
            for (key, value) in members {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                let named = named.and_then(|named| named.get(key));
                differing(default.get(key).unwrap_or(&Json::Null), value, named, &path, keys);
            }
        }
        _ if default != value && named.is_none() => keys.push(path.to_owned()),
        _ => {}
    }
}

fn merge(target: &mut Json, change: &Json, path: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<(), String> {
    match (target, change) {
        (Json::Object(target), Json::Object(change)) => {
            for (key, value) in change {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                // Empty secrets are not written out, so they are unknown only by their absence.
                let known = target.contains_key(key) || key == "secret";
                if !known {
                    let meant = did_you_mean(key, target.keys()).map(|known| format!("; did you mean `{known}`?"));
                    return Err(format!("there is no setting `{path}`{}", meant.unwrap_or_default()));
                }
                merge(target.entry(key.clone()).or_insert(Json::Null), value, &path, env)?;
            }
        }
        (target, Json::String(text)) => {
            let variable = text.strip_prefix("${env:").and_then(|rest| rest.strip_suffix('}'));
            let value = match variable {
                Some(name) => env(name).ok_or_else(|| format!("`{path}`: the variable {name} is not set"))?,
                None => text.clone(),
            };
            *target = Json::String(value);
        }
        (target, value) => *target = value.clone(),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_serialise_like_the_peer() {
        let json = serde_json::to_string(&Settings::default()).unwrap();
        assert!(json.starts_with(r#"{"superuserIPs":[],"smtp":{"enabled":false,"port":587,"host":"smtp.example.com""#));
        assert!(
            json.contains(r#""rateLimits":{"rules":[{"label":"*:auth","audience":"","duration":3,"maxRequests":2}"#)
        );
        assert!(json.ends_with(r#""logs":{"maxDataSize":0,"maxDays":5,"minLevel":0,"logIP":true,"logAuthId":false}}"#));
    }

    #[test]
    fn overlays_merge_and_refuse_what_they_do_not_know() {
        let overlay = |change: Json| {
            overlay(&Settings::default(), change.as_object().unwrap(), &|name| (name == "PW").then(|| "x".to_owned()))
        };
        let settings = overlay(serde_json::json!({"smtp": {"password": "${env:PW}"}})).unwrap();
        assert_eq!((settings.smtp.password.as_str(), settings.smtp.port), ("x", 587));
        assert!(overlay(serde_json::json!({"smtp": {"prt": 1}})).unwrap_err().contains("smtp.prt"));
        assert!(overlay(serde_json::json!({"smtp": {"port": "x"}})).is_err());
    }

    #[test]
    fn missing_keys_keep_their_defaults() {
        let settings: Settings = serde_json::from_str(r#"{"meta":{"appName":"Blog"}}"#).unwrap();
        assert_eq!(settings.meta.app_name, "Blog");
        assert_eq!(settings.batch.max_requests, 50);
    }
}

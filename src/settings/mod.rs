//! Application settings: the JSON of `_params` row `settings` (spec 01 §5). Knows no other room.

mod model;

pub use model::{Backups, Batch, Logs, Meta, RateLimitRule, RateLimits, S3, Settings, Smtp, TrustedProxy};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, params};

#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("the settings in _params are no JSON: they are encrypted (start with --encryptionEnv) or damaged")]
    Unreadable,
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// Reads the stored settings; `None` when there are none yet.
///
/// # Errors
/// The value is not plain JSON.
pub fn load(connection: &Connection) -> Result<Option<Settings>, SettingsError> {
    let stored = connection
        .query_row("SELECT value FROM _params WHERE id = 'settings'", [], |row| match row.get_ref(0)? {
            ValueRef::Blob(bytes) | ValueRef::Text(bytes) => Ok(bytes.to_vec()),
            _ => Ok(Vec::new()),
        })
        .optional()?;
    match stored {
        None => Ok(None),
        Some(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|_| SettingsError::Unreadable),
    }
}

/// Stores the settings, secrets included.
///
/// # Errors
/// SQLite fails.
pub fn save(connection: &Connection, settings: &Settings, now: &str) -> Result<(), SettingsError> {
    let json = serde_json::to_vec(settings).expect("settings are plain data");
    connection.execute(
        "INSERT INTO _params (id, value, created, updated) VALUES ('settings', ?1, ?2, ?2) \
         ON CONFLICT (id) DO UPDATE SET value = excluded.value, updated = excluded.updated",
        params![json, now],
    )?;
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
    fn missing_keys_keep_their_defaults() {
        let settings: Settings = serde_json::from_str(r#"{"meta":{"appName":"Blog"}}"#).unwrap();
        assert_eq!(settings.meta.app_name, "Blog");
        assert_eq!(settings.batch.max_requests, 50);
    }
}

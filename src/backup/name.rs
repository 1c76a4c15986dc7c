//! Names of new backups.

use super::{BackupError, Backups};

const MOST: usize = 150;

/// Why a new backup cannot have a name.
#[derive(Debug)]
pub enum BadName {
    /// More than 150 characters.
    Long,
    /// Names consist of small letters, digits, `_` and `-`, and end in `.zip`.
    Malformed,
    Taken,
    /// Nobody knows whether there is one of that name.
    Unknown(BackupError),
}

impl Backups {
    /// Checks a name that somebody has chosen.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check_name(&self, name: &str) -> Result<(), BadName> {
        let stem = name.strip_suffix(".zip").unwrap_or_default();
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
        if name.chars().count() > MOST {
            return Err(BadName::Long);
        }
        if stem.is_empty() || !stem.bytes().all(fits) {
            return Err(BadName::Malformed);
        }
        match self.open(name) {
            Ok(None) => Ok(()),
            Ok(Some(_)) => Err(BadName::Taken),
            Err(error) => Err(BadName::Unknown(error)),
        }
    }
}

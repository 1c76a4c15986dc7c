//! Folders for work in progress, inside the data directory: what comes of it is moved, not copied.

use super::TEMPORARY;
use crate::schema::{LOWER_ALPHANUMERIC, random_string};
use std::io;
use std::path::{Path, PathBuf};

const PREFIX: &str = "pb_backup_";

/// A folder that is removed however the work ends.
pub struct Scratch(PathBuf);

impl Scratch {
    /// A new folder of a data directory.
    pub fn new(dir: &Path) -> io::Result<Self> {
        let random = random_string(8, LOWER_ALPHANUMERIC);
        let folder = dir.join(TEMPORARY).join(format!("{PREFIX}{random}"));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Removes old ones, and what a restore replaced. Another process may be at work in a new one.
pub fn clean_up(dir: &Path) {
    const AGE: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);
    let entries = std::fs::read_dir(dir.join(TEMPORARY)).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let old = || {
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            modified.is_ok_and(|moment| moment.elapsed().is_ok_and(|age| age > AGE))
        };
        if name.starts_with(super::restore::REPLACED) || name.starts_with(PREFIX) && old() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

//! Folders for work in progress, inside the data directory: what comes of it is moved, not copied.

use super::TEMPORARY;
use crate::schema::{LOWER_ALPHANUMERIC, random_string};
use std::fs::{self, DirEntry, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

const PREFIX: &str = "pb_backup_";

/// In each of them, locked by the process that works there.
const LOCK: &str = "lock";
/// A folder without a lock may be one that is just being made.
const AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// A folder that is removed however the work ends.
pub struct Scratch {
    folder: PathBuf,
    _lock: File,
}

impl Scratch {
    /// A new folder of a data directory.
    pub fn new(dir: &Path) -> io::Result<Self> {
        let random = random_string(8, LOWER_ALPHANUMERIC);
        let folder = dir.join(TEMPORARY).join(format!("{PREFIX}{random}"));
        fs::create_dir_all(&folder)?;
        let lock = File::create(folder.join(LOCK))?;
        // Where there are no locks, others go by the age.
        let _ = lock.try_lock();
        Ok(Self { folder, _lock: lock })
    }

    pub fn path(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Removes those whose processes are gone.
pub fn remove_abandoned(dir: &Path) {
    remove(dir, |entry, name| name.starts_with(PREFIX) && is_abandoned(entry));
}

/// Removes what a restore replaced.
pub fn remove_replaced(dir: &Path) {
    remove(dir, |_, name| name.starts_with(super::restore::REPLACED));
}

fn remove(dir: &Path, unwanted: impl Fn(&DirEntry, &str) -> bool) {
    for entry in fs::read_dir(dir.join(TEMPORARY)).into_iter().flatten().flatten() {
        if unwanted(&entry, &entry.file_name().to_string_lossy()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_abandoned(entry: &DirEntry) -> bool {
    match File::open(entry.path().join(LOCK)) {
        Ok(lock) => lock.try_lock().is_ok(),
        Err(_) => {
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            modified.is_ok_and(|moment| moment.elapsed().is_ok_and(|age| age > AGE))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_process_works_in_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let scratch = Scratch::new(dir.path()).unwrap();
        let folder = dir.path().join(TEMPORARY);
        for name in ["pb_backup_dead", "pb_backup_begun", "old_pb_data_x"] {
            fs::create_dir(folder.join(name)).unwrap();
        }
        fs::write(folder.join("pb_backup_dead").join(LOCK), "").unwrap();
        remove_abandoned(dir.path());
        assert!(scratch.path().exists());
        let left = |name: &str| folder.join(name).exists();
        assert!(!left("pb_backup_dead") && left("pb_backup_begun") && left("old_pb_data_x"));
        remove_replaced(dir.path());
        assert!(!left("old_pb_data_x"));
        drop(scratch);
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
    }
}

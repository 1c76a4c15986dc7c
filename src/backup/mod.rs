//! Backups of a data directory: zip archives in its `backups` folder, as PocketBase writes and reads them.
//!
//! This room knows a directory, its two databases and zip. It knows neither HTTP nor settings.

mod create;
mod error;
mod verify;

pub use error::BackupError;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

/// A stored archive; `size` in bytes.
#[derive(Clone, Debug)]
pub struct Backup {
    pub key: String,
    pub size: u64,
    pub modified: SystemTime,
}

/// The backups of one data directory. One is made at a time.
pub struct Backups {
    dir: PathBuf,
    /// Name of the one that is being made.
    active: Mutex<Option<String>>,
}

impl Backups {
    /// The backups of a data directory.
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), active: Mutex::default() }
    }

    /// Removes what was left of attempts that ended with their process. Another process may be at one just now, so only
    /// what is older than a day goes.
    pub fn clean_up(&self) {
        const AGE: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);
        let entries = std::fs::read_dir(self.dir.join(create::TEMPORARY)).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("pb_backup_")) {
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            if modified.is_ok_and(|moment| moment.elapsed().is_ok_and(|age| age > AGE)) {
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
    }

    /// Whether none is being made.
    pub fn is_idle(&self) -> bool {
        self.lock().is_none()
    }

    /// All stored ones by name.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn list(&self) -> Result<Vec<Backup>, BackupError> {
        let entries = match std::fs::read_dir(self.folder()) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            let (Ok(key), Ok(meta)) = (entry.file_name().into_string(), entry.metadata()) else { continue };
            if meta.is_file() && !key.ends_with(".attrs") {
                found.push(Backup { key, size: meta.len(), modified: meta.modified()? });
            }
        }
        found.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(found)
    }

    /// A stored one with its content, `None` where there is none of that name.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open(&self, key: &str) -> Result<Option<(Backup, File)>, BackupError> {
        let Some(backup) = self.list()?.into_iter().find(|backup| backup.key == key) else { return Ok(None) };
        Ok(Some((backup, File::open(self.folder().join(key))?)))
    }

    /// Removes a stored one.
    ///
    /// # Errors
    /// [`BackupError::InUse`] while it is being made, [`BackupError::Missing`] where there is none of that name.
    pub fn delete(&self, key: &str) -> Result<(), BackupError> {
        if self.lock().as_deref() == Some(key) {
            return Err(BackupError::InUse);
        }
        // Names are compared with those in the folder, so none leads out of it.
        if !self.list()?.iter().any(|backup| backup.key == key) {
            return Err(BackupError::Missing(self.folder().join(key)));
        }
        std::fs::remove_file(self.folder().join(key))?;
        match std::fs::remove_file(self.folder().join(format!("{key}.attrs"))) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn folder(&self) -> PathBuf {
        self.dir.join("backups")
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        // A name is whole whoever panicked while holding it.
        self.active.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

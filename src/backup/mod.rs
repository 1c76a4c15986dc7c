//! Backups of a data directory: zip archives as PocketBase writes and reads them, in its `backups` folder or in a bucket.
//!
//! This room knows a directory, its two databases and zip. It does not know HTTP, nor what the databases hold.

mod create;
mod error;
mod name;
mod restore;
mod scratch;
mod verify;

pub use error::BackupError;
pub use name::BadName;
pub use restore::{Staged, is_in_use, recover};
pub use verify::file as verify_file;

use crate::files::{About, Incoming, Key, LocalStorage, RecordFiles, S3Storage, Source, Storage, StoredFile};
use crate::settings::S3;
use arc_swap::ArcSwapOption;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

pub(crate) const CONTENT_TYPE: &str = "application/zip";
/// What both servers remove when they start.
const TEMPORARY: &str = ".pb_temp_to_delete";
/// Top-level names that stay out of backups.
const EXCLUDED: [&str; 6] = ["backups", TEMPORARY, ".notify", ".autocert_cache", "lost+found", restore::FOLDER];
const DATABASES: [&str; 2] = ["data.db", "auxiliary.db"];

/// A stored archive; `size` in bytes.
#[derive(Clone, Debug)]
pub struct Backup {
    pub key: String,
    pub size: u64,
    pub modified: SystemTime,
}

/// The backups of one data directory. One is made or restored at a time.
pub struct Backups {
    dir: PathBuf,
    local: LocalStorage,
    /// The bucket, while the settings name one.
    bucket: ArcSwapOption<S3Storage>,
    /// Name of the one that is being made or restored.
    active: Mutex<Option<String>>,
}

/// Lets the next one begin.
struct Active<'a>(&'a Backups);

impl Drop for Active<'_> {
    fn drop(&mut self) {
        *self.0.lock() = None;
    }
}

/// Whether a name is that of a copy of the main database from before a migration. Those lie in the same folder, but they
/// are no archives: nothing here could check or restore them.
pub fn is_database_copy(name: &str) -> bool {
    name.starts_with("before_V") && name.ends_with(".db")
}

impl Backups {
    /// The backups of a data directory, in its own folder until [`Backups::follow`] says otherwise.
    pub fn new(dir: &Path) -> Self {
        let local = LocalStorage::at(dir.join("backups"));
        Self { dir: dir.to_owned(), local, bucket: ArcSwapOption::empty(), active: Mutex::default() }
    }

    /// Takes in settings. Backups that lie elsewhere are not moved.
    pub fn follow(&self, settings: &S3) {
        let bucket = settings.enabled.then(|| Arc::new(S3Storage::new(settings)));
        let current = self.bucket.load();
        if current.as_ref().map(|bucket| bucket.settings()) != bucket.as_ref().map(|bucket| bucket.settings()) {
            self.bucket.store(bucket);
        }
    }

    /// The top-level names of the data directory that backups leave out.
    pub fn excluded() -> Vec<String> {
        EXCLUDED.map(str::to_owned).to_vec()
    }

    /// Makes a backup and returns when it is stored and checked. Writes go on meanwhile: SQLite copies from a snapshot,
    /// and files of records that are deleted meanwhile stay until they are in.
    ///
    /// # Errors
    /// [`BackupError::Busy`] while another is made or restored. After any other error nothing is left of the attempt.
    pub fn create(&self, name: &str, excluded: &[String], files: &RecordFiles) -> Result<(), BackupError> {
        let _active = self.begin(name)?;
        let _held = files.hold();
        // The room may be needed.
        self.remove_abandoned();
        let scratch = scratch::Scratch::new(&self.dir)?;
        let archive = scratch.path().join("archive.zip");
        create::write(&self.dir, scratch.path(), &archive, excluded)?;
        verify::archive(&archive)?;
        self.put(name, Source::Move(&archive))
    }

    /// Stores an archive that somebody brought.
    ///
    /// # Errors
    /// The name is no file name, or it cannot be stored.
    pub fn upload(&self, name: &str, content: &Incoming) -> Result<(), BackupError> {
        self.put(name, content.source())
    }

    fn put(&self, name: &str, source: Source<'_>) -> Result<(), BackupError> {
        let about = About { content_type: CONTENT_TYPE, original_name: Some(name) };
        Ok(self.storage().put(&Key::of(&[name])?, source, &about)?)
    }

    /// Removes what was left of attempts that ended with their process, and what a restore replaced. What another process
    /// is at stays.
    pub fn clean_up(&self) {
        self.remove_abandoned();
        scratch::remove_replaced(&self.dir);
    }

    fn remove_abandoned(&self) {
        scratch::remove_abandoned(&self.dir);
        self.local.remove_abandoned();
    }

    /// Whether none is being made or restored.
    pub fn is_idle(&self) -> bool {
        self.lock().is_none()
    }

    /// All stored ones by name, without the copies of databases beside them.
    ///
    /// # Errors
    /// The folder cannot be read, or the server refuses.
    pub fn list(&self) -> Result<Vec<Backup>, BackupError> {
        let mut found = Vec::new();
        self.storage().list(&mut |entry| {
            if !is_database_copy(&entry.key) {
                found.push(Backup { key: entry.key, size: entry.size, modified: entry.modified });
            }
            Ok(())
        })?;
        found.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(found)
    }

    /// A stored one with its content, `None` where there is none of that name.
    ///
    /// # Errors
    /// It cannot be opened, or the server refuses.
    pub fn open(&self, key: &str) -> Result<Option<StoredFile>, BackupError> {
        match Key::of(&[key]) {
            Ok(key) => Ok(self.storage().open(&key)?),
            Err(_) => Ok(None),
        }
    }

    /// Removes a stored one. A bucket does not tell whether there was one.
    ///
    /// # Errors
    /// [`BackupError::InUse`] while it is being made or restored, [`BackupError::Missing`] where there is none of that
    /// name.
    pub fn delete(&self, key: &str) -> Result<(), BackupError> {
        if self.lock().as_deref() == Some(key) {
            return Err(BackupError::InUse);
        }
        let missing = || self.missing(key);
        let name = Key::of(&[key]).map_err(|_| missing())?;
        if self.bucket.load().is_none() && self.local.open(&name)?.is_none() {
            return Err(missing());
        }
        Ok(self.storage().delete(&name)?)
    }

    /// Reads all of a stored archive and asks SQLite about both databases in it.
    ///
    /// # Errors
    /// [`BackupError::Missing`] where there is none of that name; what is wrong with it.
    pub fn verify(&self, key: &str) -> Result<(), BackupError> {
        let scratch = scratch::Scratch::new(&self.dir)?;
        let archive = self.fetch(key, scratch.path())?;
        verify::backup(&archive, scratch.path())
    }

    /// The path of an archive, brought into a folder where it lies elsewhere.
    fn fetch(&self, key: &str, folder: &Path) -> Result<PathBuf, BackupError> {
        let missing = || self.missing(key);
        let stored = self.open(key)?.ok_or_else(missing)?;
        if self.bucket.load().is_none() {
            return Ok(self.local.root().join(key));
        }
        let path = folder.join("archive.zip");
        let mut content = stored.content.reader(0..stored.size)?;
        std::io::copy(&mut content, &mut std::fs::File::create(&path)?)?;
        Ok(path)
    }

    fn missing(&self, key: &str) -> BackupError {
        let path = self.local.root().join(key);
        BackupError::Missing(std::path::absolute(&path).unwrap_or(path))
    }

    fn storage(&self) -> Arc<dyn Storage> {
        match self.bucket.load_full() {
            Some(bucket) => bucket,
            None => Arc::new(self.local.clone()),
        }
    }

    fn begin(&self, name: &str) -> Result<Active<'_>, BackupError> {
        let mut active = self.lock();
        if active.is_some() {
            return Err(BackupError::Busy);
        }
        *active = Some(name.to_owned());
        Ok(Active(self))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        // A name is whole whoever panicked while holding it.
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

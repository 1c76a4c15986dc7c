//! Copies of the database from before a migration, in `backups/` of the data directory.

use super::MigrateError;
use crate::backup::is_database_copy;
use rusqlite::Connection;
use std::cmp::Reverse;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Older copies are removed.
const KEPT: usize = 5;

/// Whether to copy the database before applying.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CopyBefore {
    /// When a pending file loses values or was written by hand.
    #[default]
    Auto,
    Never,
    /// Always, to this file.
    To(PathBuf),
}

/// The names that copies from before a version have, in their order: one that was applied, taken back and applied again
/// has several, of which the first holds the most.
fn paths(data: &Path, version: i64) -> impl Iterator<Item = PathBuf> {
    let folder = data.join("backups");
    (1..).map(move |nth: u32| match nth {
        1 => folder.join(format!("before_V{version}.db")),
        _ => folder.join(format!("before_V{version}_{nth:02}.db")),
    })
}

/// Where the next copy from before a version goes by itself.
pub fn default_path(data: &Path, version: i64) -> PathBuf {
    paths(data, version).find(|path| !path.exists()).expect("endless")
}

/// The newest copy from before a version, if there is one still.
pub fn find(data: &Path, version: i64) -> Option<PathBuf> {
    // There are no more than are kept and a new one, and any of them may have been removed.
    let present = paths(data, version).take(KEPT + 1).filter(|path| path.exists());
    present.max_by_key(|path| (modified(path), path.clone()))
}

/// Writes a whole copy of the database; it appears when it is complete.
///
/// # Errors
/// The file cannot be written, or is there: what a copy was made for cannot be told from its name.
pub fn write(connection: &Connection, target: &Path) -> Result<(), MigrateError> {
    let io = |error| MigrateError::Io { path: target.to_owned(), error };
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(io)?;
    if target.exists() {
        return Err(io(std::io::Error::new(
            ErrorKind::AlreadyExists,
            "it is there already, and no copy is overwritten",
        )));
    }
    let mut temporary = target.as_os_str().to_owned();
    temporary.push(".tmp");
    let temporary = PathBuf::from(temporary);
    let _ = std::fs::remove_file(&temporary);
    copy_database(connection, &temporary)?;
    std::fs::rename(&temporary, target).map_err(io)
}

/// Copies a database page by page, whoever else reads or writes it.
///
/// # Errors
/// SQLite cannot read the one or write the other.
pub fn copy_database(from: &Connection, to: &Path) -> Result<(), MigrateError> {
    const PAGES: i32 = 4096;
    let mut target = Connection::open(to)?;
    rusqlite::backup::Backup::new(from, &mut target)?.run_to_completion(PAGES, Duration::ZERO, None)?;
    Ok(())
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|metadata| metadata.modified()).ok()
}

/// Removes all but the newest copies. `newest` stays whatever its time: it has just been announced.
pub fn tidy(data: &Path, newest: &Path) {
    let Ok(entries) = std::fs::read_dir(data.join("backups")) else { return };
    let is_copy = |path: &PathBuf| is_database_copy(&path.file_name().unwrap_or_default().to_string_lossy());
    let mut copies: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_copy).collect();
    copies.sort_by_cached_key(|path| Reverse((path == newest, modified(path), path.clone())));
    for old in copies.iter().skip(KEPT) {
        let _ = std::fs::remove_file(old);
    }
}

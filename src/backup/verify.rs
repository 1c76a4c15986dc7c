//! Checks of an archive and of the databases in it.

use super::{BackupError, DATABASES, restore};
use crate::db::{Access, open, system};
use rusqlite::{Connection, OpenFlags};
use std::collections::HashSet;
use std::fs::File;
use std::path::Path;
use zip::ZipArchive;

/// Reads every entry, which compares its CRC.
pub fn archive(path: &Path) -> Result<(), BackupError> {
    let mut archive = ZipArchive::new(File::open(path)?)?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let name = entry.name().map(std::borrow::Cow::into_owned).unwrap_or_default();
        std::io::copy(&mut entry, &mut std::io::sink()).map_err(|error| BackupError::of_entry(&name, error))?;
    }
    Ok(())
}

/// Reads all of an archive that lies anywhere, and asks SQLite about the databases in it.
///
/// # Errors
/// What is wrong with it.
pub fn file(path: &Path) -> Result<(), BackupError> {
    let folder = std::env::temp_dir().join(format!("pbr-verify-{:x}", rand::random::<u64>()));
    std::fs::create_dir(&folder)?;
    let checked = backup(path, &folder);
    std::fs::remove_dir_all(&folder)?;
    checked
}

/// Reads every entry, and asks SQLite about the databases, which are unpacked into a folder.
pub fn backup(path: &Path, folder: &Path) -> Result<(), BackupError> {
    archive(path)?;
    let mut archive = ZipArchive::new(File::open(path)?)?;
    places(&mut archive)?;
    for name in DATABASES {
        let Ok(mut entry) = archive.by_name(name) else { continue };
        std::io::copy(&mut entry, &mut File::create(folder.join(name))?)?;
    }
    databases(folder)
}

/// Whether every entry can be unpacked: no folder is a file too, and no name is longer than systems take.
fn places(archive: &mut ZipArchive<File>) -> Result<(), BackupError> {
    const LONGEST: usize = 255;
    let (mut files, mut folders) = (HashSet::new(), HashSet::new());
    for index in 0..archive.len() {
        let entry = archive.by_index(index)?;
        let Some(path) = restore::place(&entry) else { continue };
        let refused = |reason: &str| BackupError::Damaged(path.to_string_lossy().into_owned(), reason.to_owned());
        if path.components().any(|part| part.as_os_str().len() > LONGEST) {
            return Err(refused("the name is too long"));
        }
        folders.extend(path.ancestors().skip(usize::from(entry.is_file())).map(Path::to_owned));
        if entry.is_file() {
            files.insert(path);
        }
    }
    match files.intersection(&folders).next() {
        Some(path) => {
            Err(BackupError::Damaged(path.to_string_lossy().into_owned(), "it is a file and a folder".to_owned()))
        }
        None => Ok(()),
    }
}

/// Checks the databases of an unpacked backup; the main one must be there.
pub fn databases(folder: &Path) -> Result<(), BackupError> {
    let [main, auxiliary] = DATABASES.map(|name| folder.join(name));
    if !main.is_file() {
        return Err(BackupError::Damaged(DATABASES[0].to_owned(), "it is not in the archive".to_owned()));
    }
    database(&main)?;
    let foreign = || BackupError::Damaged(DATABASES[0].to_owned(), "it is not the database of an app".to_owned());
    if !open(&main, Access::ReadOnly).is_ok_and(|connection| system::is_installed(&connection).unwrap_or(false)) {
        return Err(foreign());
    }
    if auxiliary.is_file() { database(&auxiliary) } else { Ok(()) }
}

/// Asks SQLite whether the copy of a database is whole.
pub fn database(path: &Path) -> Result<(), BackupError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let verdict = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .and_then(|connection| connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)));
    match verdict {
        Ok(verdict) if verdict == "ok" => Ok(()),
        Ok(verdict) => Err(BackupError::Damaged(name, verdict)),
        Err(error) => Err(BackupError::Damaged(name, error.to_string())),
    }
}

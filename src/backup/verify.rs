//! Checks of an archive after it was written.

use super::BackupError;
use rusqlite::{Connection, OpenFlags};
use std::fs::File;
use std::path::Path;
use zip::ZipArchive;

/// Reads every entry, which compares its CRC.
pub fn archive(path: &Path) -> Result<(), BackupError> {
    let mut archive = ZipArchive::new(File::open(path)?)?;
    for index in 0..archive.len() {
        std::io::copy(&mut archive.by_index(index)?, &mut std::io::sink())?;
    }
    Ok(())
}

/// Asks SQLite whether the copy of a database is whole.
pub fn database(path: &Path) -> Result<(), BackupError> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if verdict == "ok" { Ok(()) } else { Err(BackupError::Damaged(name, verdict)) }
}

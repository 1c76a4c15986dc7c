//! Writing an archive: copies of the databases, then everything else.

use super::{BackupError, DATABASES, verify};
use crate::db::{Access, open};
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Writes the archive of a data directory, without some of its top-level names.
pub fn write(dir: &Path, scratch: &Path, archive: &Path, excluded: &[String]) -> Result<(), BackupError> {
    let mut zip = ZipWriter::new(File::create(archive)?);
    for name in DATABASES {
        let copy = scratch.join(name);
        let target = copy.to_string_lossy();
        open(&dir.join(name), Access::ReadOnly)?.execute("VACUUM INTO ?1", [&*target])?;
        verify::database(&copy)?;
        add(&mut zip, name, &copy)?;
        std::fs::remove_file(&copy)?;
    }
    add_folder(&mut zip, dir, "", excluded)?;
    zip.finish()?.sync_all()?;
    Ok(())
}

/// Adds what is in a folder, named relative to the data directory and ending in `/` unless it is that itself.
fn add_folder(zip: &mut ZipWriter<File>, dir: &Path, prefix: &str, excluded: &[String]) -> Result<(), BackupError> {
    let entries = match std::fs::read_dir(dir.join(prefix)) {
        // Records go on being deleted.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if prefix.is_empty() && left_out(&name, excluded) || prefix == "storage/" && name.starts_with('.') {
            continue;
        }
        let kind = entry.file_type()?;
        if kind.is_dir() {
            add_folder(zip, dir, &format!("{prefix}{name}/"), excluded)?;
        } else if kind.is_file() {
            add(zip, &format!("{prefix}{name}"), &entry.path())?;
        }
    }
    Ok(())
}

fn left_out(name: &str, excluded: &[String]) -> bool {
    let database = DATABASES.iter().any(|database| {
        name.strip_prefix(database).is_some_and(|rest| matches!(rest, "" | "-wal" | "-shm" | "-journal"))
    });
    database || excluded.iter().any(|excluded| excluded == name)
}

fn add(zip: &mut ZipWriter<File>, name: &str, path: &Path) -> Result<(), BackupError> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        file => file?,
    };
    let large = file.metadata()?.len() >= u64::from(u32::MAX);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(large);
    zip.start_file(name, options)?;
    std::io::copy(&mut file, zip)?;
    Ok(())
}

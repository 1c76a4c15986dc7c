//! Writing an archive: copies of the databases, then everything else.

use super::{BackupError, DATABASES, verify};
use crate::db::{Access, open};
use std::cell::Cell;
use std::fs::File;
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::Path;
use std::rc::Rc;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Writes the archive of a data directory, without some of its top-level names.
pub fn write(dir: &Path, scratch: &Path, archive: &Path, excluded: &[String]) -> Result<(), BackupError> {
    let given_up = Rc::<Cell<bool>>::default();
    let mut zip = ZipWriter::new(Target { file: File::create(archive)?, given_up: Rc::clone(&given_up) });
    if let Err(error) = fill(&mut zip, dir, scratch, excluded) {
        given_up.set(true);
        return Err(error);
    }
    zip.finish()?.file.sync_all()?;
    Ok(())
}

/// The file of an archive. Once that is given up, the rest is taken and goes nowhere: it is ended all the same, and would
/// complain on stderr that it cannot be.
struct Target {
    file: File,
    given_up: Rc<Cell<bool>>,
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.given_up.get() {
            return Ok(bytes.len());
        }
        let written = self.file.write(bytes);
        if written.as_ref().is_err_and(|error| error.kind() != ErrorKind::Interrupted) {
            self.given_up.set(true);
        }
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Target {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.file.seek(place)
    }
}

fn fill(zip: &mut ZipWriter<Target>, dir: &Path, scratch: &Path, excluded: &[String]) -> Result<(), BackupError> {
    for name in DATABASES {
        let copy = scratch.join(name);
        let target = copy.to_string_lossy();
        open(&dir.join(name), Access::ReadOnly)?.execute("VACUUM INTO ?1", [&*target])?;
        verify::database(&copy)?;
        add(zip, name, &copy)?;
        std::fs::remove_file(&copy)?;
    }
    add_folder(zip, dir, "", excluded)
}

/// Adds what is in a folder, named relative to the data directory and ending in `/` unless it is that itself.
fn add_folder(zip: &mut ZipWriter<Target>, dir: &Path, prefix: &str, excluded: &[String]) -> Result<(), BackupError> {
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

fn add(zip: &mut ZipWriter<Target>, name: &str, path: &Path) -> Result<(), BackupError> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        file => file?,
    };
    let large = file.metadata()?.len() >= u64::from(u32::MAX);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(large);
    zip.start_file(name, options)?;
    io::copy(&mut file, zip)?;
    Ok(())
}

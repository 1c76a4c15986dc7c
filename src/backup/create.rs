//! Making a backup: copies of the databases, then everything else, into an archive that appears when it is whole.

use super::{BackupError, Backups, verify};
use crate::db::{Access, open};
use crate::schema::{LOWER_ALPHANUMERIC, random_string};
use base64::Engine;
use md5::{Digest, Md5};
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub(super) const TEMPORARY: &str = ".pb_temp_to_delete";
const DATABASES: [&str; 2] = ["data.db", "auxiliary.db"];
/// Top-level names that stay out.
const EXCLUDED: [&str; 5] = ["backups", TEMPORARY, ".notify", ".autocert_cache", "lost+found"];

/// Removes the scratch folder however the making ends.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Lets the next one begin.
struct Active<'a>(&'a Backups);

impl Drop for Active<'_> {
    fn drop(&mut self) {
        *self.0.lock() = None;
    }
}

impl Backups {
    /// Makes a backup and returns when it is stored and checked. Writes go on meanwhile: SQLite copies from a snapshot.
    ///
    /// # Errors
    /// [`BackupError::Busy`] while another is made. After any other error nothing is left of the attempt.
    pub fn create(&self, name: &str) -> Result<(), BackupError> {
        {
            let mut active = self.lock();
            if active.is_some() {
                return Err(BackupError::Busy);
            }
            *active = Some(name.to_owned());
        }
        let _active = Active(self);
        let random = random_string(8, LOWER_ALPHANUMERIC);
        let scratch = Scratch(self.dir.join(TEMPORARY).join(format!("pb_backup_{random}")));
        std::fs::create_dir_all(&scratch.0)?;
        let archive = scratch.0.join("archive.zip");
        self.write(&scratch.0, &archive)?;
        verify::archive(&archive)?;
        let attributes = scratch.0.join("archive.attrs");
        let mut file = File::create(&attributes)?;
        file.write_all(sidecar(name, &archive)?.as_bytes())?;
        file.sync_all()?;
        std::fs::create_dir_all(self.folder())?;
        // The sidecar first: an archive without it would have no content type.
        std::fs::rename(&attributes, self.folder().join(format!("{name}.attrs")))?;
        std::fs::rename(&archive, self.folder().join(name))?;
        File::open(self.folder())?.sync_all()?;
        Ok(())
    }

    fn write(&self, scratch: &Path, archive: &Path) -> Result<(), BackupError> {
        let mut zip = ZipWriter::new(File::create(archive)?);
        for name in DATABASES {
            let copy = scratch.join(name);
            let target = copy.to_string_lossy();
            open(&self.dir.join(name), Access::ReadOnly)?.execute("VACUUM INTO ?1", [&*target])?;
            verify::database(&copy)?;
            add(&mut zip, name, &copy)?;
            std::fs::remove_file(&copy)?;
        }
        self.add_folder(&mut zip, "")?;
        zip.finish()?.sync_all()?;
        Ok(())
    }

    /// Adds what is in a folder, named relative to the data directory and ending in `/` unless it is that itself.
    fn add_folder(&self, zip: &mut ZipWriter<File>, prefix: &str) -> Result<(), BackupError> {
        let entries = match std::fs::read_dir(self.dir.join(prefix)) {
            // Records go on being deleted.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let Ok(name) = entry.file_name().into_string() else { continue };
            if prefix.is_empty() && left_out(&name) {
                continue;
            }
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.add_folder(zip, &format!("{prefix}{name}/"))?;
            } else if kind.is_file() {
                add(zip, &format!("{prefix}{name}"), &entry.path())?;
            }
        }
        Ok(())
    }
}

fn left_out(name: &str) -> bool {
    let database = DATABASES.iter().any(|database| {
        name.strip_prefix(database).is_some_and(|rest| matches!(rest, "" | "-wal" | "-shm" | "-journal"))
    });
    database || EXCLUDED.contains(&name)
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

/// What PocketBase keeps beside a stored file.
fn sidecar(name: &str, archive: &Path) -> Result<String, BackupError> {
    let (mut file, mut digest, mut buffer) = (File::open(archive)?, Md5::new(), vec![0; 64 << 10]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        digest.update(&buffer[..read]);
    }
    let sum = base64::engine::general_purpose::STANDARD.encode(digest.finalize());
    let empty = r#""user.cache_control":"","user.content_disposition":"","user.content_encoding":"","user.content_language":"""#;
    let metadata = serde_json::json!({ "original-filename": name });
    Ok(format!(r#"{{{empty},"user.content_type":"application/zip","user.metadata":{metadata},"md5":"{sum}"}}"#))
}

//! Files on disk in PocketBase's layout: `storage/<collection>/<record>/<name>` and a sidecar `<name>.attrs`.

use super::mime;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The `storage` folder of a data directory.
#[derive(Clone, Debug)]
pub struct LocalStorage {
    root: PathBuf,
}

impl LocalStorage {
    pub fn new(data_dir: &Path) -> Self {
        Self { root: data_dir.join("storage") }
    }

    /// Stores a file durably: a reader sees all of it or nothing.
    ///
    /// # Errors
    /// The disk is full or not writable.
    pub fn put(&self, collection: &str, record: &str, name: &str, original: &str, content: &[u8]) -> io::Result<()> {
        let target = self.path(collection, record, name)?;
        let folder = target.parent().expect("a record's file has a folder");
        fs::create_dir_all(folder)?;
        let cut: String = original.chars().take(255).collect();
        let attributes = serde_json::json!({
            "user.cache_control": "",
            "user.content_disposition": "",
            "user.content_encoding": "",
            "user.content_language": "",
            "user.content_type": mime::header(content),
            "user.metadata": { "original-filename": cut },
            "md5": STANDARD.encode(Md5::digest(content)),
        });
        let sidecar = target.with_file_name(format!("{name}.attrs"));
        let temporary = target.with_file_name(format!("{name}.{:x}.tmp", rand::random::<u64>()));
        let written = (|| {
            let mut file = fs::File::create(&temporary)?;
            file.write_all(content)?;
            file.sync_all()?;
            fs::write(&sidecar, attributes.to_string())?;
            fs::rename(&temporary, &target)?;
            fs::File::open(folder)?.sync_all()
        })();
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
            let _ = fs::remove_file(&sidecar);
        }
        written
    }

    /// Reads a file and its content type; `None` when there is none.
    ///
    /// # Errors
    /// The file exists and cannot be read.
    pub fn get(&self, collection: &str, record: &str, name: &str) -> io::Result<Option<(Vec<u8>, String)>> {
        let path = self.path(collection, record, name)?;
        let content = match fs::read(&path) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let attributes = fs::read(path.with_file_name(format!("{name}.attrs"))).unwrap_or_default();
        let attributes: serde_json::Value = serde_json::from_slice(&attributes).unwrap_or_default();
        let content_type = attributes["user.content_type"].as_str().unwrap_or("application/octet-stream").to_owned();
        Ok(Some((content, content_type)))
    }

    /// Deletes a file with its sidecar and thumbs; a missing one is no error.
    pub fn delete(&self, collection: &str, record: &str, name: &str) {
        let Ok(path) = self.path(collection, record, name) else { return };
        let _ = fs::remove_file(&path);
        let _ = fs::remove_file(path.with_file_name(format!("{name}.attrs")));
        let _ = fs::remove_dir_all(path.with_file_name(format!("thumbs_{name}")));
        // Folders that are empty now; one that is not stays.
        for folder in path.ancestors().skip(1).take(2) {
            let _ = fs::remove_dir(folder);
        }
    }

    /// Deletes all files of a record.
    pub fn delete_record(&self, collection: &str, record: &str) {
        if let (Ok(collection), Ok(record)) = (segment(collection), segment(record)) {
            let _ = fs::remove_dir_all(self.root.join(collection).join(record));
        }
    }

    /// Deletes all files of a collection.
    pub fn delete_collection(&self, collection: &str) {
        if let Ok(collection) = segment(collection) {
            let _ = fs::remove_dir_all(self.root.join(collection));
        }
    }

    /// Moves the folder of a collection out of the way at once, and returns where to: a collection of the same id may
    /// come back while the files are still being deleted.
    pub fn set_aside(&self, collection: &str) -> Option<String> {
        let collection = segment(collection).ok()?;
        let aside = format!("{collection}.deleted-{:x}", rand::random::<u64>());
        fs::rename(self.root.join(collection), self.root.join(&aside)).ok()?;
        Some(aside)
    }

    fn path(&self, collection: &str, record: &str, name: &str) -> io::Result<PathBuf> {
        Ok(self.root.join(segment(collection)?).join(segment(record)?).join(segment(name)?))
    }
}

/// A path segment that stays inside its folder.
fn segment(text: &str) -> io::Result<&str> {
    let safe = !text.is_empty()
        && text != "."
        && text != ".."
        && !text.contains(['/', '\\', '\0'])
        && !text.chars().any(char::is_control);
    if safe { Ok(text) } else { Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file name")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_back_and_paths_cannot_escape() {
        let dir = tempfile::tempdir().unwrap();
        let storage = LocalStorage::new(dir.path());
        storage.put("c", "r", "a.txt", "A.txt", b"hello").unwrap();
        let (content, content_type) = storage.get("c", "r", "a.txt").unwrap().unwrap();
        assert_eq!((content.as_slice(), content_type.as_str()), (&b"hello"[..], "text/plain; charset=utf-8"));
        for name in ["..", "../a", "a/b", "", "a\0b"] {
            assert!(storage.put("c", "r", name, "x", b"").is_err(), "{name:?}");
            assert!(storage.get("c", name, "a.txt").is_err(), "{name:?}");
        }
        storage.delete_record("c", "r");
        assert!(storage.get("c", "r", "a.txt").unwrap().is_none());
    }
}

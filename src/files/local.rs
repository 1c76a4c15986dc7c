//! Files on disk in PocketBase's layout: `storage/<collection>/<record>/<name>` and a sidecar `<name>.attrs`.

use super::key::{Key, segment};
use super::mime;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde_json::{Value as Json, json};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file that was found, opened for reading.
#[derive(Debug)]
pub struct StoredFile {
    pub content_type: String,
    /// Bytes.
    pub size: u64,
    pub modified: SystemTime,
    pub file: fs::File,
}

/// The `storage` folder of a data directory.
#[derive(Clone, Debug)]
pub struct LocalStorage {
    root: PathBuf,
}

impl LocalStorage {
    pub fn new(data_dir: &Path) -> Self {
        Self { root: data_dir.join("storage") }
    }

    /// Stores the file of a record durably: a reader sees all of it or nothing.
    ///
    /// # Errors
    /// The disk is full or not writable.
    pub fn put(&self, collection: &str, record: &str, name: &str, original: &str, content: &[u8]) -> io::Result<()> {
        let cut: String = original.chars().take(255).collect();
        let metadata = json!({ "original-filename": cut });
        self.write(&Key::file(collection, record, name)?, &mime::header(content), &metadata, content)
    }

    /// Stores a thumb.
    ///
    /// # Errors
    /// The disk is full or not writable.
    pub fn put_thumb(&self, key: &Key, content_type: &str, content: &[u8]) -> io::Result<()> {
        self.write(key, content_type, &json!({}), content)
    }

    fn write(&self, key: &Key, content_type: &str, metadata: &Json, content: &[u8]) -> io::Result<()> {
        let target = self.root.join(key.path());
        let folder = target.parent().expect("a record's file has a folder");
        fs::create_dir_all(folder)?;
        let attributes = json!({
            "user.cache_control": "",
            "user.content_disposition": "",
            "user.content_encoding": "",
            "user.content_language": "",
            "user.content_type": content_type,
            "user.metadata": metadata,
            "md5": STANDARD.encode(Md5::digest(content)),
        });
        let sidecar = sidecar(&target);
        let temporary = target.with_file_name(format!("{}.{:x}.tmp", key.name(), rand::random::<u64>()));
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

    /// Opens a file; `None` when there is none, or when what is known of it cannot be read.
    ///
    /// # Errors
    /// The file exists and cannot be opened.
    pub fn open(&self, key: &Key) -> io::Result<Option<StoredFile>> {
        let path = self.root.join(key.path());
        let file = match fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Ok(None);
        }
        let content_type = match fs::read(sidecar(&path)) {
            Err(_) => "application/octet-stream".to_owned(),
            Ok(attributes) => match serde_json::from_slice::<Json>(&attributes) {
                Ok(attributes) => attributes["user.content_type"].as_str().unwrap_or_default().to_owned(),
                Err(_) => return Ok(None),
            },
        };
        let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        Ok(Some(StoredFile { content_type, size: metadata.len(), modified, file }))
    }

    /// Deletes a file with its sidecar and thumbs; a missing one is no error.
    pub fn delete(&self, collection: &str, record: &str, name: &str) {
        let Ok(key) = Key::file(collection, record, name) else { return };
        let path = self.root.join(key.path());
        let _ = fs::remove_file(&path);
        let _ = fs::remove_file(sidecar(&path));
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
}

fn sidecar(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!("{name}.attrs"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn files_come_back_and_paths_cannot_escape() {
        let dir = tempfile::tempdir().unwrap();
        let storage = LocalStorage::new(dir.path());
        storage.put("c", "r", "a.txt", "A.txt", b"hello").unwrap();
        let open = |name: &str| storage.open(&Key::file("c", "r", name).unwrap()).unwrap();
        let mut stored = open("a.txt").unwrap();
        let mut content = String::new();
        stored.file.read_to_string(&mut content).unwrap();
        assert_eq!((content.as_str(), stored.content_type.as_str()), ("hello", "text/plain; charset=utf-8"));
        for name in ["..", "../a", "a/b", "", "a\0b"] {
            assert!(storage.put("c", "r", name, "x", b"").is_err(), "{name:?}");
            assert!(Key::file("c", name, "a.txt").is_err(), "{name:?}");
        }
        storage.delete_record("c", "r");
        assert!(open("a.txt").is_none());
    }
}

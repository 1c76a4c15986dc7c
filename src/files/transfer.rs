//! Copying all files of records from one storage to another.

use super::Key;
use super::storage::{About, Source, Storage, StorageError};
use md5::{Digest, Md5};
use std::io::{self, Read};

/// What happens to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Copied,
    /// One of the same size is there already.
    Present,
}

/// One file after the other, as it is done; `size` in bytes.
pub struct Step<'a> {
    pub key: &'a str,
    pub size: u64,
    pub outcome: Result<Outcome, StorageError>,
}

/// Files and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Total {
    pub files: u64,
    pub bytes: u64,
}

impl Total {
    pub fn add(&mut self, size: u64) {
        self.files += 1;
        self.bytes += size;
    }
}

/// All files of records in a storage.
///
/// # Errors
/// The storage cannot be read.
pub fn total(storage: &dyn Storage) -> Result<Total, StorageError> {
    let mut total = Total::default();
    storage.list(&mut |entry| {
        if belongs_to_a_record(&entry.key) {
            total.add(entry.size);
        }
        Ok(())
    })?;
    Ok(total)
}

/// Copies the files of records, with their thumbs. A file that is there in the same size is left alone, so a copy that was
/// broken off goes on where it ended. Each copy is read back and compared.
///
/// Files that cannot be copied are told with their error and keep none of the others. With `dry_run` nothing is written,
/// and what would be copied is told as copied.
///
/// # Errors
/// The source cannot be listed.
pub fn copy_all(
    from: &dyn Storage,
    to: &dyn Storage,
    dry_run: bool,
    each: &mut dyn FnMut(Step<'_>),
) -> Result<(), StorageError> {
    from.list(&mut |entry| {
        if belongs_to_a_record(&entry.key) {
            let outcome = copy(from, to, &entry.key, entry.size, dry_run);
            each(Step { key: &entry.key, size: entry.size, outcome });
        }
        Ok(())
    })
}

fn copy(from: &dyn Storage, to: &dyn Storage, key: &str, size: u64, dry_run: bool) -> Result<Outcome, StorageError> {
    let key = Key::parse(key)?;
    if to.open(&key)?.is_some_and(|present| present.size == size) {
        return Ok(Outcome::Present);
    }
    if dry_run {
        return Ok(Outcome::Copied);
    }
    let gone = || StorageError::Io(io::Error::new(io::ErrorKind::NotFound, "it has gone meanwhile"));
    let found = from.open(&key)?.ok_or_else(gone)?;
    let mut reader = Summed { reader: found.content.reader(0..found.size)?, digest: Md5::new() };
    let about = About { content_type: &found.content_type, original_name: found.original_name.as_deref() };
    to.put(&key, Source::Reader(&mut reader, found.size), &about)?;
    let expected = reader.digest.finalize();
    let copied = to.open(&key)?.ok_or_else(gone)?;
    let mut check = Summed { reader: copied.content.reader(0..copied.size)?, digest: Md5::new() };
    io::copy(&mut check, &mut io::sink())?;
    if copied.size == found.size && check.digest.finalize() == expected {
        return Ok(Outcome::Copied);
    }
    to.delete(&key)?;
    Err(StorageError::Io(io::Error::new(io::ErrorKind::InvalidData, "the copy differs from the original")))
}

/// `<collection>/<record>/<name>` and thumbs; a bucket may hold other things, and a folder what is being deleted or
/// written.
fn belongs_to_a_record(key: &str) -> bool {
    let segments: Vec<&str> = key.split('/').collect();
    let depth = match segments[..] {
        [_, _, _] => true,
        [_, _, folder, _] => folder.starts_with("thumbs_"),
        _ => false,
    };
    depth && !segments[0].starts_with('.') && !segments[0].contains(".deleted-") && !key.ends_with(".tmp")
}

/// A reader that sums up what passes.
struct Summed<'a> {
    reader: Box<dyn Read + Send + 'a>,
    digest: Md5,
}

impl Read for Summed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.digest.update(&buffer[..read]);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::super::LocalStorage;
    use super::*;

    fn put(storage: &LocalStorage, key: &str, content: &str) {
        let about = About { content_type: "text/plain", original_name: Some("Ä.txt") };
        storage.put(&Key::parse(key).unwrap(), Source::Bytes(content.as_bytes()), &about).unwrap();
    }

    #[test]
    fn a_copy_goes_on_where_it_ended_and_leaves_alone_what_is_no_record_file() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (LocalStorage::at(dir.path().join("from")), LocalStorage::at(dir.path().join("to")));
        for key in
            ["c/r/a.txt", "c/r/thumbs_a.txt/1x1_a.txt", "c.deleted-1/r/b.txt", "x.zip", "c/r/x/y", ".uploads/r/z"]
        {
            put(&from, key, "content");
        }
        put(&to, "c/r/a.txt", "other");
        assert_eq!(total(&from).unwrap(), Total { files: 2, bytes: 14 });
        let run = |dry_run| {
            let mut steps = Vec::new();
            copy_all(&from, &to, dry_run, &mut |step| steps.push((step.key.to_owned(), step.outcome.unwrap())))
                .unwrap();
            steps.sort_by(|one, other| one.0.cmp(&other.0));
            steps.into_iter().map(|(_, outcome)| outcome).collect::<Vec<_>>()
        };
        assert_eq!(run(true), [Outcome::Copied, Outcome::Copied]);
        assert_eq!(total(&to).unwrap().files, 1);
        assert_eq!(run(false), [Outcome::Copied, Outcome::Copied]);
        assert_eq!(run(false), [Outcome::Present, Outcome::Present]);
        let stored = to.open(&Key::parse("c/r/a.txt").unwrap()).unwrap().unwrap();
        assert_eq!((stored.size, stored.original_name.as_deref()), (7, Some("Ä.txt")));
    }
}

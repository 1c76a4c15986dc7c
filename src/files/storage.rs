//! What every place for blobs can do, and what is known of a blob.

use super::Key;
use super::s3::Remote;
use bytes::Bytes;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::time::SystemTime;

/// A place where blobs lie under keys: a folder, or a bucket. All of it waits for the disk or the network, so async code
/// calls it from a thread that may.
pub trait Storage: Send + Sync {
    /// Stores a blob durably, over one that is there: a reader sees all of it or nothing.
    ///
    /// # Errors
    /// It could not be stored; nothing is left then.
    fn put(&self, key: &Key, source: Source<'_>, about: &About<'_>) -> Result<(), StorageError>;

    /// Finds a blob and what is known of it; `None` where there is none.
    ///
    /// # Errors
    /// The place cannot be asked.
    fn open(&self, key: &Key) -> Result<Option<StoredFile>, StorageError>;

    /// Deletes a blob and what is kept beside it. A missing one is no error.
    ///
    /// # Errors
    /// It is still there.
    fn delete(&self, key: &Key) -> Result<(), StorageError>;

    /// Deletes everything below a folder, named by its segments. A missing one is no error.
    ///
    /// # Errors
    /// Some of it may still be there.
    fn delete_folder(&self, folder: &Key) -> Result<(), StorageError>;

    /// Deletes from the folder of a record the files of these names with their thumbs, and all else that has lain there
    /// since before a moment: what comes anew while they are deleted stays. A missing folder is no error.
    ///
    /// # Errors
    /// Some of it may still be there.
    fn clear(&self, folder: &Key, files: &Gone) -> Result<(), StorageError>;

    /// Shows every blob to `each`, in no order, with all folders. What is kept beside blobs is not shown.
    ///
    /// # Errors
    /// The place cannot be read, or `each` refuses.
    fn list(&self, each: &mut dyn FnMut(Entry) -> Result<(), StorageError>) -> Result<(), StorageError>;
}

/// What goes with a record that is deleted.
#[derive(Clone, Debug)]
pub struct Gone {
    pub names: Vec<String>,
    /// Files of other names go too where they have not changed since: those of fields that are gone, and what a crash left.
    pub before: SystemTime,
}

impl Gone {
    /// Whether an entry of the record's folder goes: a file, or the folder of the thumbs of one.
    pub(super) fn takes(&self, entry: &str, modified: impl FnOnce() -> Option<SystemTime>) -> bool {
        let is = |name: &String| entry == name || entry.strip_prefix("thumbs_") == Some(name);
        self.names.iter().any(is) || modified().is_some_and(|modified| modified < self.before)
    }
}

/// Where the content of a new blob comes from.
pub enum Source<'a> {
    Bytes(&'a [u8]),
    /// A file that stays where it is.
    File(&'a Path),
    /// A finished file that may be moved away.
    Move(&'a Path),
    /// Exactly so many bytes.
    Reader(&'a mut dyn Read, u64),
}

impl<'a> Source<'a> {
    /// The content as a stream, and its size in bytes.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn reader(self) -> io::Result<(Box<dyn Read + 'a>, u64)> {
        Ok(match self {
            Self::Bytes(bytes) => (Box::new(bytes), bytes.len() as u64),
            Self::File(path) | Self::Move(path) => {
                let file = File::open(path)?;
                let size = file.metadata()?.len();
                (Box::new(file), size)
            }
            Self::Reader(reader, size) => (Box::new(reader), size),
        })
    }
}

/// What is kept with a blob.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    pub content_type: &'a str,
    /// The client's file name; thumbs have none.
    pub original_name: Option<&'a str>,
}

impl About<'_> {
    /// The client's file name in the 255 characters that are kept of it.
    pub(super) fn kept_name(&self) -> Option<String> {
        self.original_name.map(|name| name.chars().take(255).collect())
    }
}

/// A blob in a listing; `size` in bytes.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: String,
    pub size: u64,
    pub modified: SystemTime,
}

/// A blob that was found.
#[derive(Debug)]
pub struct StoredFile {
    pub content_type: String,
    /// The client's file name, where it is known.
    pub original_name: Option<String>,
    /// Bytes.
    pub size: u64,
    pub modified: SystemTime,
    pub content: Content,
}

impl StoredFile {
    /// Whether the content is this one. What cannot be read is not.
    pub fn holds(&self, content: &[u8]) -> bool {
        let mut known = Vec::new();
        self.size == content.len() as u64
            && self.content.reader(0..self.size).and_then(|mut reader| reader.read_to_end(&mut known)).is_ok()
            && known == content
    }
}

/// The content of a blob, read only as it is asked for.
#[derive(Debug)]
pub enum Content {
    Local(File),
    /// What was made a moment ago.
    Memory(Bytes),
    Remote(Remote),
}

impl Content {
    /// A second handle to the same content.
    ///
    /// # Errors
    /// The process has too many open files.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(match self {
            Self::Local(file) => Self::Local(file.try_clone()?),
            Self::Memory(bytes) => Self::Memory(bytes.clone()),
            Self::Remote(remote) => Self::Remote(remote.clone()),
        })
    }

    /// The beginning of a range, where the system has it in memory: `None` where reading would wait for the disk.
    pub fn read_cached(&self, range: &Range<u64>) -> Option<Bytes> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Local(file) => {
                use rustix::io::{ReadWriteFlags, preadv2};
                let mut chunk = vec![0; usize::try_from(range.end.saturating_sub(range.start)).ok()?];
                let places = &mut [io::IoSliceMut::new(&mut chunk)];
                let read = preadv2(file, places, range.start, ReadWriteFlags::NOWAIT).ok()?;
                chunk.truncate(read);
                (read > 0).then(|| chunk.into())
            }
            Self::Memory(bytes) => part(bytes, range),
            _ => None,
        }
    }

    /// Some of the content. Not for async code.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn reader(&self, range: Range<u64>) -> io::Result<Box<dyn Read + Send>> {
        let length = range.end.saturating_sub(range.start);
        Ok(match self {
            Self::Local(file) => {
                let mut file = file.try_clone()?;
                file.seek(SeekFrom::Start(range.start))?;
                Box::new(file.take(length))
            }
            Self::Memory(bytes) => Box::new(io::Cursor::new(part(bytes, &range).unwrap_or_default())),
            Self::Remote(remote) => Box::new(remote.read(range)),
        })
    }
}

/// The bytes of a range, where it lies within them and is not empty.
fn part(bytes: &Bytes, range: &Range<u64>) -> Option<Bytes> {
    let (start, end) = (usize::try_from(range.start).ok()?, usize::try_from(range.end).ok()?);
    (start < end && end <= bytes.len()).then(|| bytes.slice(start..end))
}

/// Why a storage did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error(transparent)]
    Io(#[from] io::Error),
    /// What a server answered, or why it was not reached.
    #[error("{0}")]
    Remote(String),
}

impl StorageError {
    /// Whether what was to be stored, or the place for it, was taken away meanwhile.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }

    /// Whether the disk is full.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Io(error) if is_full(error))
    }
}

/// Whether it is an error of a disk that is full, or of whoever may not use more of it.
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

//! Why a backup was not made, found, restored or removed.

use crate::files::{StorageError, is_full};
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("another backup is being made or restored")]
    Busy,
    #[error("the backup is being used")]
    InUse,
    #[error("there is no backup {0}")]
    Missing(PathBuf),
    #[error("{0} fails its check: {1}")]
    Damaged(String, String),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
    #[error(transparent)]
    Open(#[from] crate::db::DbError),
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
    /// A handler refused.
    #[error("{0}")]
    Refused(String),
    /// The old content is out of the way and the new one is not in place; the next start goes on.
    #[error("the new content could not be moved into its place: {0}")]
    Unfinished(std::io::Error),
}

impl BackupError {
    /// Whether the disk is full.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Io(error) | Self::Zip(zip::result::ZipError::Io(error)) => is_full(error),
            Self::Storage(error) => error.is_full(),
            Self::Database(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull),
            Self::Open(error) => error.is_full(),
            _ => false,
        }
    }

    /// The error of unpacking an entry: the disk's, or else that of an archive that is damaged.
    pub(super) fn of_entry(name: &str, error: std::io::Error) -> Self {
        use std::io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded | ReadOnlyFilesystem | PermissionDenied => error.into(),
            _ => Self::Damaged(name.to_owned(), error.to_string()),
        }
    }
}

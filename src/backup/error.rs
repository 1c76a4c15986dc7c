//! Why a backup was not made, found or removed.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("another backup is being made")]
    Busy,
    #[error("the backup is being made")]
    InUse,
    #[error("there is no backup {0}")]
    Missing(PathBuf),
    #[error("{0} fails its check: {1}")]
    Damaged(String, String),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
    #[error(transparent)]
    Open(#[from] crate::db::DbError),
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
}

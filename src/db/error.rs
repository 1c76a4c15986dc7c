//! What can go wrong below the records.

use rusqlite::ErrorCode;
use std::io::ErrorKind;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error("cannot use the data directory {}: {error}", dir.display())]
    Directory { dir: PathBuf, error: std::io::Error },
    #[error("{}: {error}", file.display())]
    Open { file: PathBuf, error: rusqlite::Error },
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("{file} holds an unreadable collection {name:?}: {reason}", file = "_collections")]
    Collection { name: String, reason: String },
    #[error("the directory was made by PocketBase before 0.23: open it once with PocketBase 0.23 or later")]
    TooOld,
    #[error("the transaction was rolled back: {0}")]
    RolledBack(String),
    /// The end of a transaction failed, and with it all that was done in it.
    #[error("the transaction was rolled back: {reason}")]
    NotCommitted { code: Option<ErrorCode>, reason: String },
    #[error("no thread can be started: {0}")]
    Thread(std::io::Error),
    #[error("a write inside a write of another kind would wait for itself: do it before or after")]
    NestedWrite,
    #[error("the database is closed")]
    Closed,
    #[error("a database job panicked")]
    Panicked,
}

/// What stands in the way of using a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// Another process kept it locked for longer than a connection waits.
    Busy,
    /// The file is no database, or a damaged one.
    NoDatabase,
    /// The file or its directory may not be read or written.
    Access,
    /// The disk is full.
    Space,
}

impl Obstacle {
    pub fn of(error: &rusqlite::Error) -> Option<Self> {
        Self::of_code(error.sqlite_error_code()?)
    }

    fn of_code(code: ErrorCode) -> Option<Self> {
        Some(match code {
            ErrorCode::DatabaseBusy => Self::Busy,
            ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt => Self::NoDatabase,
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen => Self::Access,
            ErrorCode::DiskFull => Self::Space,
            _ => return None,
        })
    }
}

impl DbError {
    /// Whether another process kept the database locked for longer than a connection waits.
    pub fn is_busy(&self) -> bool {
        self.obstacle() == Some(Obstacle::Busy)
    }

    /// Whether the disk is full.
    pub fn is_full(&self) -> bool {
        self.obstacle() == Some(Obstacle::Space)
    }

    /// Whether the disk, its rights or the file is to blame, and no request.
    pub fn is_fault(&self) -> bool {
        let broken = || self.code() == Some(ErrorCode::SystemIoFailure);
        self.obstacle().map_or_else(broken, |obstacle| obstacle != Obstacle::Busy)
    }

    /// Whether a value is larger than may be read there.
    pub fn is_too_big(&self) -> bool {
        self.code() == Some(ErrorCode::TooBig)
    }

    /// What stands in the way, where somebody can do something about it.
    pub fn obstacle(&self) -> Option<Obstacle> {
        match self {
            Self::Directory { error, .. } => match error.kind() {
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Some(Obstacle::Access),
                ErrorKind::StorageFull => Some(Obstacle::Space),
                _ => None,
            },
            _ => Obstacle::of_code(self.code()?),
        }
    }

    /// SQLite's code, where it is SQLite that failed.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Sqlite(error) | Self::Open { error, .. } => error.sqlite_error_code(),
            Self::NotCommitted { code, .. } => *code,
            _ => None,
        }
    }

    /// The columns of a violated UNIQUE constraint or primary key, as `table.column`.
    ///
    /// Empty for another error and for an index on an expression.
    pub fn unique_columns(&self) -> Vec<String> {
        let Self::Sqlite(rusqlite::Error::SqliteFailure(failure, Some(message))) = self else { return Vec::new() };
        if failure.code != ErrorCode::ConstraintViolation {
            return Vec::new();
        }
        let Some((_, columns)) = message.split_once("UNIQUE constraint failed: ") else { return Vec::new() };
        if columns.starts_with("index ") {
            return Vec::new();
        }
        columns.split(", ").map(str::to_owned).collect()
    }
}

//! What can go wrong below the records.

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
    #[error("no thread can be started: {0}")]
    Thread(std::io::Error),
    #[error("a write inside a write would wait for itself; use the transaction at hand")]
    NestedWrite,
    #[error("the database is closed")]
    Closed,
    #[error("a database job panicked")]
    Panicked,
}

impl DbError {
    /// Whether another process kept the database locked for longer than a connection waits.
    pub fn is_busy(&self) -> bool {
        let Self::Sqlite(error) = self else { return false };
        error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
    }

    /// The columns of a violated UNIQUE constraint or primary key, as `table.column`.
    ///
    /// Empty for another error and for an index on an expression.
    pub fn unique_columns(&self) -> Vec<String> {
        let Self::Sqlite(rusqlite::Error::SqliteFailure(failure, Some(message))) = self else { return Vec::new() };
        if failure.code != rusqlite::ErrorCode::ConstraintViolation {
            return Vec::new();
        }
        let Some((_, columns)) = message.split_once("UNIQUE constraint failed: ") else { return Vec::new() };
        if columns.starts_with("index ") {
            return Vec::new();
        }
        columns.split(", ").map(str::to_owned).collect()
    }
}

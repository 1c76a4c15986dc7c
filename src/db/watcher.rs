//! Noticing that somebody else wrote to a database.

use super::{Access, DbError, open};
use rusqlite::Connection;
use std::path::Path;

/// A connection that only asks whether the database has changed.
pub struct ChangeWatcher {
    connection: Connection,
    version: i64,
}

impl ChangeWatcher {
    /// # Errors
    /// There is no database, or it cannot be read.
    pub fn open(database: &Path) -> Result<Self, DbError> {
        let connection = open(database, Access::ReadOnly)?;
        let mut watcher = Self { connection, version: 0 };
        watcher.moved();
        Ok(watcher)
    }

    /// Whether there was a commit since the last call.
    pub fn moved(&mut self) -> bool {
        let version = self.connection.query_row("PRAGMA data_version", [], |row| row.get(0));
        version.is_ok_and(|version| version != std::mem::replace(&mut self.version, version))
    }
}

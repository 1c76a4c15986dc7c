//! The database as it was at one moment, for readers that come later.

use super::connections::{Connections, Reader};
use super::{Counts, DbError};
use rusqlite::Connection;
use std::ops::Deref;

/// A read-only connection in a transaction that began at the moment. SQLite keeps what it reads until it is dropped, so
/// it should not live long.
pub struct Snapshot {
    /// Present until it is dropped.
    reader: Option<Reader>,
    connections: Connections,
}

impl Snapshot {
    pub(super) fn begin(reader: Reader, connections: Connections) -> Result<Self, DbError> {
        // The first read fixes the moment, not the BEGIN.
        reader.prepare_cached("BEGIN")?.execute([])?;
        let snapshot = Self { reader: Some(reader), connections };
        snapshot.prepare_cached("SELECT 1 FROM sqlite_schema LIMIT 1")?.query_row([], |_| Ok(()))?;
        Ok(snapshot)
    }

    /// Counts that were worked out on this connection.
    pub fn counts(&self) -> &Counts {
        self.reader().counts()
    }

    fn reader(&self) -> &Reader {
        self.reader.as_ref().expect("the reader is there until the snapshot is dropped")
    }
}

impl Deref for Snapshot {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.reader()
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        let Some(reader) = self.reader.take() else { return };
        let ended = reader.prepare_cached("COMMIT").and_then(|mut statement| statement.execute([]));
        if ended.is_ok() {
            self.connections.put(reader);
        }
    }
}

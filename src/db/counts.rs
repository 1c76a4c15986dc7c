//! Counts that one connection has worked out and that still hold.

use super::prepare;
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, params_from_iter};
use std::cell::RefCell;
use std::collections::HashMap;

/// Counts that are remembered; further ones start over.
const MAX_KNOWN: usize = 512;
/// Bytes of a query and its values beyond which a count is not remembered.
const MAX_KEY: usize = 4096;

/// The counts of one connection. They hold until any other connection, of this process or another, commits: SQLite says so
/// by a number that differs from connection to connection, so what one has counted is of no use to another.
#[derive(Default)]
pub struct Counts {
    known: RefCell<Known>,
}

#[derive(Default)]
struct Known {
    version: i64,
    counts: HashMap<String, i64>,
}

impl Counts {
    /// The number that a `SELECT COUNT` returns, on the connection that these counts belong to.
    ///
    /// # Errors
    /// SQLite fails.
    pub fn get(&self, connection: &Connection, sql: &str, params: &[SqlValue]) -> rusqlite::Result<i64> {
        // Asked first: a commit between this and the count makes the count look older than it is, never newer.
        let version = connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        let key = format!("{sql}\0{params:?}");
        let mut known = self.known.borrow_mut();
        if known.version != version || known.counts.len() >= MAX_KNOWN {
            known.version = version;
            known.counts.clear();
        }
        if let Some(count) = known.counts.get(&key) {
            return Ok(*count);
        }
        let count = prepare(connection, sql)?.query_row(params_from_iter(params), |row| row.get(0))?;
        if key.len() <= MAX_KEY {
            known.counts.insert(key, count);
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_holds_until_another_connection_commits() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("data.db");
        let writer = Connection::open(&file).unwrap();
        writer.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)").unwrap();
        let reader = Connection::open(&file).unwrap();
        let counts = Counts::default();
        let count = |least: i64| {
            counts.get(&reader, "SELECT COUNT(*) FROM t WHERE a >= ?1", &[SqlValue::Integer(least)]).unwrap()
        };
        assert_eq!((count(1), count(2), count(1)), (2, 1, 2));
        writer.execute_batch("BEGIN; INSERT INTO t VALUES (3)").unwrap();
        assert_eq!(count(1), 2);
        writer.execute_batch("COMMIT").unwrap();
        assert_eq!((count(1), count(2)), (3, 2));
    }
}

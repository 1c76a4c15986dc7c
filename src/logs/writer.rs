//! The thread that writes what the log is told of.

use super::bound::bounded;
use super::entry::{Entry, Row};
use super::mirror::Line;
use super::{Level, Shared};
use crate::db::rest;
use crate::schema::fields::format_datetime;
use crate::schema::{LOWER_ALPHANUMERIC, random_string};
use chrono::{DateTime, Utc};
use crossbeam_channel::{Receiver, RecvTimeoutError};
use rusqlite::Connection;
use serde_json::json;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Rows that are written together, and how long a row may wait for others. Many rows touch each page once, and in one
/// statement those that belong at the end of an index follow each other there without looking for it again.
const BATCH: usize = 4096;
const GATHER: Duration = Duration::from_millis(10);
const FLUSH_INTERVAL: Duration = Duration::from_secs(3);

/// Until the last handle to the log is gone.
pub(super) fn write_batches(connection: &Connection, entries: &Receiver<Entry>, shared: &Shared) {
    let mut batch = Vec::new();
    let mut due = Instant::now() + FLUSH_INTERVAL;
    // Whether its memory has been given back since the last row.
    let mut rested = true;
    loop {
        let closed = match entries.recv_deadline(due) {
            Ok(entry) => {
                // Under load one wake-up takes what has come meanwhile; a wake-up for each row would cost more than the row.
                std::thread::sleep(GATHER);
                let come = std::iter::once(entry).chain(entries.try_iter().take(BATCH));
                batch.extend(come.filter(|entry| show(entry, shared)));
                false
            }
            Err(RecvTimeoutError::Timeout) => {
                if batch.is_empty() && !rested {
                    rest(connection);
                    rested = true;
                }
                false
            }
            Err(RecvTimeoutError::Disconnected) => true,
        };
        rested &= batch.is_empty();
        let hurry = batch.iter().any(|entry| matches!(entry, Entry::Clear(_) | Entry::Flush(_)));
        while batch.len() >= BATCH {
            let next = batch.split_off(BATCH);
            store(connection, std::mem::replace(&mut batch, next), shared);
            due = Instant::now() + FLUSH_INTERVAL;
        }
        if closed || hurry || Instant::now() >= due {
            store(connection, std::mem::take(&mut batch), shared);
            due = Instant::now() + FLUSH_INTERVAL;
        }
        if closed {
            return;
        }
    }
}

/// A full disk loses log rows, not requests.
fn store(connection: &Connection, batch: Vec<Entry>, shared: &Shared) {
    let stored = flush(connection, &batch, shared.max_data.load(Ordering::Relaxed));
    match &stored {
        Ok(()) => tell_of_lost(connection, shared),
        Err(error) => {
            show_loss(shared, error);
            shared.lose(batch.iter().filter(|entry| entry.is_row()).count() as u64);
        }
    }
    for entry in batch {
        if let Entry::Flush(tell) = entry {
            let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            let _ = tell.try_send(());
        } else if let Entry::Clear(tell) = entry {
            let cleared = stored.as_ref().map_err(ToString::to_string).copied();
            let shrunk = |()| connection.execute_batch("VACUUM").map_err(|error| error.to_string());
            let _ = tell.try_send(cleared.and_then(shrunk));
        }
    }
}

/// In a row of its own, once rows can be stored again.
fn tell_of_lost(connection: &Connection, shared: &Shared) {
    let lost = shared.dropped.swap(0, Ordering::Relaxed);
    if lost == 0 {
        return;
    }
    let message = format!("{lost} log rows were dropped: they came faster than they can be stored, or storing failed");
    let told = Entry::Message(Utc::now(), Level::WARN, message, json!({ "dropped": lost }));
    if insert(connection, &[told], usize::MAX).is_err() {
        shared.dropped.fetch_add(lost, Ordering::Relaxed);
    }
}

/// Says where rows are shown that they cannot be stored.
fn show_loss(shared: &Shared, error: &rusqlite::Error) {
    const LOST: &str = "Log rows cannot be stored, and are lost";
    let level = Level::ERROR;
    if let Some(mirror) = shared.mirror.get().filter(|_| shared.may_tell(LOST)) {
        let data = json!({ "error": error.to_string() }).to_string();
        mirror.show(&Line { moment: Utc::now(), level, message: LOST, data: &data });
    }
}

/// Shows an entry where it is to be shown; whether it is also to be stored.
fn show(entry: &Entry, shared: &Shared) -> bool {
    let (level, request) = match entry {
        Entry::Request(_, request) => (request.level(), true),
        Entry::Message(_, level, ..) => (*level, false),
        Entry::DeleteBefore(_) | Entry::DeleteBelow(_) | Entry::Clear(_) | Entry::Flush(_) => return true,
    };
    if let Some(mirror) = shared.mirror.get().filter(|mirror| mirror.wants(level, request))
        && let Some(Row { moment, level, message, data }) = entry.row()
    {
        mirror.show(&Line { moment, level, message: &message, data: &data });
    }
    shared.stores(level)
}

fn flush(connection: &Connection, batch: &[Entry], max_data: usize) -> rusqlite::Result<()> {
    if batch.is_empty() {
        return Ok(());
    }
    if batch.len() == BATCH && batch.iter().all(Entry::is_row) {
        // Without a transaction around it SQLite needs not remember how the pages were before this statement.
        return insert(connection, batch, max_data);
    }
    let tx = connection.unchecked_transaction()?;
    for entry in batch {
        match entry {
            Entry::DeleteBefore(moment) => {
                tx.execute("DELETE FROM _logs WHERE created < ?1", [format_datetime(*moment)])?;
            }
            Entry::DeleteBelow(level) => {
                tx.execute("DELETE FROM _logs WHERE level < ?1", [level.0])?;
            }
            Entry::Clear(_) => {
                tx.execute("DELETE FROM _logs", [])?;
            }
            Entry::Flush(_) => {}
            row => insert(&tx, std::slice::from_ref(row), max_data)?,
        }
    }
    tx.commit()
}

/// Inserts rows with one statement.
fn insert(connection: &Connection, entries: &[Entry], max_data: usize) -> rusqlite::Result<()> {
    let rows = vec!["(?, ?, ?, ?, ?)"; entries.len()].join(", ");
    let sql = format!("INSERT INTO _logs (id, level, message, data, created) VALUES {rows}");
    let mut statement = connection.prepare_cached(&sql)?;
    for (row, Row { moment, level, message, data }) in entries.iter().filter_map(Entry::row).enumerate() {
        let at = row * 5;
        statement.raw_bind_parameter(at + 1, row_id(moment))?;
        statement.raw_bind_parameter(at + 2, level.0)?;
        statement.raw_bind_parameter(at + 3, message)?;
        statement.raw_bind_parameter(at + 4, bounded(data, max_data))?;
        statement.raw_bind_parameter(at + 5, format_datetime(moment))?;
    }
    statement.raw_execute().map(drop)
}

/// 15 letters and digits that begin with the time: rows that follow each other go to the same page of the index.
fn row_id(moment: DateTime<Utc>) -> String {
    const TIME_LENGTH: usize = 8;
    let mut left = moment.timestamp_millis().unsigned_abs();
    let mut time = [b'0'; TIME_LENGTH];
    for place in time.iter_mut().rev() {
        *place = b"0123456789abcdefghijklmnopqrstuvwxyz"[(left % 36) as usize];
        left /= 36;
    }
    let mut id = String::from_utf8(time.to_vec()).expect("letters and digits");
    id.push_str(&random_string(15 - TIME_LENGTH, LOWER_ALPHANUMERIC));
    id
}

#[cfg(test)]
mod tests {
    use super::super::Logs;
    use super::*;
    use crate::db::{Access, open};

    fn log() -> (tempfile::TempDir, Connection, Logs) {
        let dir = tempfile::tempdir().unwrap();
        let connection = open(&dir.path().join("auxiliary.db"), Access::ReadWrite).unwrap();
        let table = "CREATE TABLE _logs (id TEXT, level INTEGER, message TEXT, data JSON, created TEXT)";
        connection.execute_batch(table).unwrap();
        let logs = Logs::open(dir.path()).unwrap();
        (dir, connection, logs)
    }

    #[test]
    fn ids_come_in_the_order_of_time() {
        let (earlier, later) = (Utc::now(), Utc::now() + chrono::Duration::milliseconds(5));
        assert!(row_id(earlier) < row_id(later) && row_id(earlier).len() == 15);
    }

    #[test]
    fn rows_are_written_when_the_log_is_flushed_or_closes() {
        let (_dir, connection, logs) = log();
        logs.message(Level::WARN, "hello", json!({ "a": 1 }));
        for days in [1, i64::from(i32::MAX), i64::MAX] {
            logs.delete_older(days);
        }
        let count = || connection.query_row("SELECT count(*) FROM _logs", [], |row| row.get::<_, i64>(0)).unwrap();
        logs.flush(Duration::from_secs(10));
        assert_eq!(count(), 1);
        drop(logs);
        let row: (i64, String) =
            connection.query_row("SELECT level, message FROM _logs", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(row, (4, "hello".to_owned()));
    }

    #[test]
    fn rows_beyond_a_batch_are_written_in_their_order() {
        let (_dir, connection, logs) = log();
        let rows = 2 * BATCH + 5;
        for number in 0..rows {
            logs.message(Level::WARN, number.to_string(), json!({ "number": number }));
        }
        drop(logs);
        let mut statement = connection.prepare("SELECT message, data FROM _logs ORDER BY rowid").unwrap();
        let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let found: Vec<(String, String)> = found.collect::<rusqlite::Result<_>>().unwrap();
        let expected: Vec<_> =
            (0..rows).map(|number| (number.to_string(), format!("{{\"number\":{number}}}"))).collect();
        assert!(found == expected, "{} rows", found.len());
    }

    #[test]
    fn rows_that_cannot_be_stored_are_counted() {
        let (_dir, connection, logs) = log();
        connection.execute_batch("ALTER TABLE _logs RENAME TO other").unwrap();
        for _ in 0..3 {
            logs.message(Level::WARN, "hello", json!({}));
        }
        // It waits until the rows before it were tried, and fails with them.
        assert!(logs.clear().is_err());
        assert_eq!(logs.dropped(), 3);
        connection.execute_batch("ALTER TABLE other RENAME TO _logs").unwrap();
        drop(logs);
        let told: String = connection.query_row("SELECT message FROM _logs", [], |row| row.get(0)).unwrap();
        assert!(told.starts_with("3 log rows were dropped"), "{told}");
    }
}

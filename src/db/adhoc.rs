//! SQL that somebody types at a shell: any number of rows, read-only unless asked otherwise.
//!
//! Unlike [`super::console`] this speaks SQLite's own language and values, with the place of a mistake.

use super::{Access, DbError, STEPS_PER_CHECK, open};
pub use rusqlite::types::Value;
use rusqlite::{Batch, Connection, ErrorCode};
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

/// What comes out of the statements, in order.
#[derive(Debug)]
pub enum Output {
    /// A statement with rows begins; names of columns.
    Columns(Vec<String>),
    Row(Vec<Value>),
}

/// Why the statements did not run to their end. Nothing that they wrote stays.
#[derive(Debug, thiserror::Error)]
pub enum AdhocError<E> {
    /// SQLite's words, and the part of the text that it points at.
    #[error("{message}")]
    Sql { message: String, place: Option<Range<usize>> },
    /// A statement wants to write on a connection that only reads.
    #[error("the statement writes")]
    ReadOnly,
    #[error("the statements did not end in time")]
    Timeout,
    #[error(transparent)]
    Db(#[from] DbError),
    /// Whoever takes the rows.
    #[error("the rows were not taken")]
    Taker(E),
}

/// Runs a text of statements on a connection of its own and returns how many rows they changed. With `write` all of them
/// are one transaction, during which nobody else writes.
///
/// # Errors
/// What SQLite has against it, or the taker's own.
pub fn run<E>(
    file: &Path,
    text: &str,
    write: bool,
    timeout: Duration,
    take: &mut dyn FnMut(Output) -> Result<(), E>,
) -> Result<u64, AdhocError<E>> {
    let mut connection = open(file, if write { Access::ReadWrite } else { Access::ReadOnly })?;
    let deadline = Instant::now() + timeout;
    connection.progress_handler(STEPS_PER_CHECK, Some(move || Instant::now() > deadline)).map_err(DbError::from)?;
    if !write {
        each(&connection, text, take)?;
        return Ok(0);
    }
    let batch = |sql: &str| connection.execute_batch(sql).map_err(|error| failure(error, text));
    batch("BEGIN IMMEDIATE")?;
    let before = connection.total_changes();
    // An error on the way closes the connection, which undoes everything.
    each(&connection, text, take)?;
    let changed = connection.total_changes() - before;
    if connection.is_autocommit() {
        let message = "the statements end the transaction that they run in".to_owned();
        return Err(AdhocError::Sql { message, place: None });
    }
    batch("COMMIT")?;
    Ok(changed)
}

fn each<E>(
    connection: &Connection,
    text: &str,
    take: &mut dyn FnMut(Output) -> Result<(), E>,
) -> Result<(), AdhocError<E>> {
    use rusqlite::fallible_iterator::FallibleIterator as _;
    let failed = |error| failure(error, text);
    let mut batch = Batch::new(connection, text);
    while let Some(mut statement) = batch.next().map_err(failed)? {
        if statement.parameter_count() > 0 {
            let message = "the statement has a parameter, which nothing is bound to".to_owned();
            return Err(AdhocError::Sql { message, place: None });
        }
        let columns = statement.column_count();
        if columns > 0 {
            let names = statement.column_names().map(str::to_owned).collect();
            take(Output::Columns(names)).map_err(AdhocError::Taker)?;
        }
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(failed)? {
            let values = (0..columns).map(|at| row.get(at)).collect::<rusqlite::Result<_>>().map_err(failed)?;
            take(Output::Row(values)).map_err(AdhocError::Taker)?;
        }
    }
    Ok(())
}

fn failure<E>(error: rusqlite::Error, text: &str) -> AdhocError<E> {
    match error.sqlite_error_code() {
        Some(ErrorCode::ReadOnly) => return AdhocError::ReadOnly,
        Some(ErrorCode::OperationInterrupted) => return AdhocError::Timeout,
        _ => {}
    }
    match error {
        rusqlite::Error::SqlInputError { msg, sql, offset, .. } => {
            // SQLite was given the rest of the text, and counts from there.
            let begun = text.len().saturating_sub(sql.len());
            let start = usize::try_from(offset).ok().map(|offset| begun + offset);
            let start = start.filter(|start| *start < text.len() && text.is_char_boundary(*start));
            let place = start.map(|start| start..start + token(&text[start..]));
            AdhocError::Sql { message: msg, place }
        }
        rusqlite::Error::SqliteFailure(_, Some(message)) => AdhocError::Sql { message, place: None },
        other => AdhocError::Sql { message: other.to_string(), place: None },
    }
}

/// Bytes of the word that a text begins with, at least of one character.
fn token(text: &str) -> usize {
    let word = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    if word == 0 { text.chars().next().map_or(0, char::len_utf8) } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> (String, Option<String>) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("data.db");
        drop(open(&file, Access::ReadWrite).unwrap());
        match run::<()>(&file, text, false, Duration::from_secs(10), &mut |_| Ok(())) {
            Err(AdhocError::Sql { message, place }) => (message, place.map(|place| text[place].to_owned())),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn mistakes_have_a_place_in_the_whole_text() {
        assert_eq!(error("SELECT 1;\nSELEC 2"), ("near \"SELEC\": syntax error".into(), Some("SELEC".into())));
        assert_eq!(error("SELECT nix"), ("no such column: nix".into(), Some("nix".into())));
        assert_eq!(error("SELECT 'é', é"), ("no such column: é".into(), Some("é".into())));
        assert_eq!(error("SELECT ?1").1, None);
    }

    #[test]
    fn readers_cannot_write_and_statements_end_in_time() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("data.db");
        let second = Duration::from_secs(1);
        let run = |text, write, timeout| run::<()>(&file, text, write, timeout, &mut |_| Ok(()));
        assert_eq!(run("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)", true, second).unwrap(), 2);
        assert!(matches!(run("DELETE FROM t", false, second), Err(AdhocError::ReadOnly)));
        assert!(matches!(run("DELETE FROM t; SELECT * FROM u", true, second), Err(AdhocError::Sql { .. })));
        assert!(matches!(run("COMMIT", true, second), Err(AdhocError::Sql { .. })));
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
        assert!(matches!(run(endless, false, Duration::from_millis(50)), Err(AdhocError::Timeout)));
        assert_eq!(run("DELETE FROM t", true, second).unwrap(), 2, "what failed was undone");
    }
}

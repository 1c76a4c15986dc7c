//! refinery over one connection, made atomic: one transaction a file, with its history row inside it.
//!
//! Measured on refinery 0.10: ungrouped runs commit the text and the history row apart; `PRAGMA foreign_keys=OFF`
//! inside a transaction is ignored and lets a table rebuild delete its children. Hence the wrapper.

use super::MigrateError;
use super::file::MigrationFile;
use super::guard::Guard;
use super::secrets::Secrets;
use crate::db::{DbError, collections, forget_orphaned_totp};
use crate::schema::hash::schema_hash;
use chrono::SecondsFormat;
use refinery_core::error::Kind;
use refinery_core::traits::sync::{Migrate, Query, Transaction};
use refinery_core::{Migration, Runner, Target};
use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior, ffi, params};

/// The connection as refinery sees it.
struct Migrating<'a, 'e> {
    connection: &'a mut Connection,
    secrets: &'a mut Secrets<'e>,
    /// Queries that ran; each file is two, its text and its row of the history.
    done: usize,
}

impl<'a, 'e> Migrating<'a, 'e> {
    fn new(connection: &'a mut Connection, secrets: &'a mut Secrets<'e>) -> Self {
        Self { connection, secrets, done: 0 }
    }
}

impl Transaction for Migrating<'_, '_> {
    type Error = rusqlite::Error;

    fn execute<'a, T: Iterator<Item = &'a str>>(&mut self, queries: T) -> Result<usize, Self::Error> {
        self.done = 0;
        without_foreign_keys(self.connection, |transaction, guard| {
            let mut migrates = false;
            for query in queries {
                self.secrets.remember(transaction)?;
                guard.run(transaction, query)?;
                self.done += 1;
                migrates |= !query.starts_with(HISTORY_TABLE);
            }
            // The table of the history comes first, and has to be made where a repair is to bring a table back.
            if migrates {
                check_tables(transaction)?;
            }
            self.secrets.put_back(transaction)?;
            Ok(self.done)
        })
    }
}

/// How the statement begins by which refinery makes the table of its history.
const HISTORY_TABLE: &str = "CREATE TABLE IF NOT EXISTS refinery_schema_history";

/// One transaction with the foreign keys off outside. The work has to check them inside.
fn without_foreign_keys<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Connection, &Guard) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.execute_batch("PRAGMA foreign_keys=OFF")?;
    let result = Guard::watch(connection, |connection, guard| {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = work(&transaction, guard)?;
        // No migration can do so, since not every database has that table.
        forget_orphaned_totp(&transaction)?;
        transaction.commit()?;
        Ok(result)
    });
    connection.execute_batch("PRAGMA foreign_keys=ON")?;
    result
}

/// What must hold at the end of every migration: each collection has its table, and references lead somewhere.
///
/// # Errors
/// A constraint, with what is wrong.
pub fn check_tables(connection: &Connection) -> rusqlite::Result<()> {
    let missing = connection
        .query_row(
            "SELECT name FROM _collections WHERE name COLLATE NOCASE NOT IN \
             (SELECT name FROM sqlite_schema WHERE type IN ('table', 'view'))",
            [],
            |row| row.get::<_, String>(0),
        )
        .optional()?;
    if let Some(name) = missing {
        let failure = ffi::Error::new(ffi::SQLITE_CONSTRAINT);
        return Err(rusqlite::Error::SqliteFailure(
            failure,
            Some(format!("the collection {name} has no table any more")),
        ));
    }
    check_foreign_keys(connection)
}

/// Dangling references would stay unnoticed, because the keys were off.
fn check_foreign_keys(connection: &Connection) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else { return Ok(()) };
    let table: String = row.get(0)?;
    let failure = ffi::Error { code: ErrorCode::ConstraintViolation, extended_code: ffi::SQLITE_CONSTRAINT_FOREIGNKEY };
    Err(rusqlite::Error::SqliteFailure(failure, Some(format!("rows of {table} refer to rows that do not exist"))))
}

impl Query<Vec<Migration>> for Migrating<'_, '_> {
    fn query(&mut self, query: &str) -> Result<Vec<Migration>, Self::Error> {
        Query::query(self.connection, query)
    }
}

impl Migrate for Migrating<'_, '_> {}

/// An entry of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    pub version: i64,
    pub name: String,
    /// RFC 3339.
    pub applied_on: String,
    pub checksum: String,
}

/// The history, oldest first; empty when there is none.
pub fn history(connection: &Connection) -> Result<Vec<Applied>, MigrateError> {
    let exists: bool = connection.query_row(
        "SELECT count(*) > 0 FROM sqlite_schema WHERE type = 'table' AND name = 'refinery_schema_history'",
        [],
        |row| row.get(0),
    )?;
    if !exists {
        return Ok(Vec::new());
    }
    let mut statement = connection
        .prepare("SELECT version, name, applied_on, checksum FROM refinery_schema_history ORDER BY version")?;
    let rows = statement.query_map([], |row| {
        // pbr used to write +00:00 where refinery writes Z.
        let applied_on = row.get::<_, String>(2)?.replace("+00:00", "Z");
        Ok(Applied { version: row.get(0)?, name: row.get(1)?, applied_on, checksum: row.get(3)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// refinery's form of a file.
fn migration(file: &MigrationFile) -> Result<Migration, MigrateError> {
    let bad = |reason: String| MigrateError::BadName { file: file.file_name.clone(), reason };
    Migration::unapplied(file.stem(), &file.sql).map_err(|error| bad(error.to_string()))
}

/// The checksum that the history holds once a file is applied.
pub fn checksum(file: &MigrationFile) -> Result<String, MigrateError> {
    Ok(migration(file)?.checksum().to_string())
}

/// All files in refinery's form.
///
/// # Errors
/// [`MigrateError::BadName`] for a name that refinery does not take.
pub fn migrations(files: &[MigrationFile]) -> Result<Vec<Migration>, MigrateError> {
    files.iter().map(migration).collect()
}

/// Applies files in one transaction: each with its row of the history, and with the client secrets that it cannot name.
///
/// # Errors
/// [`MigrateError::Failed`] with the file that failed; the database is as before.
pub fn apply(
    connection: &mut Connection,
    all: &[Migration],
    files: &[&MigrationFile],
    secrets: &mut Secrets<'_>,
) -> Result<(), MigrateError> {
    let Some(last) = files.last() else { return Ok(()) };
    let mut migrating = Migrating::new(connection, secrets);
    let result = runner(all, Target::Version(last.version)).run(&mut migrating);
    let failed = files.get(migrating.done / 2).unwrap_or(last).file_name.clone();
    result.map(drop).map_err(|error| match is_busy(&error) {
        true => {
            MigrateError::Db(DbError::Sqlite(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_BUSY), None)))
        }
        false => MigrateError::Failed { file: failed, reason: root_cause(&error) },
    })
}

/// Notes one file as applied without running it, and makes the table of the history where there is none.
///
/// # Errors
/// SQLite fails.
pub fn note(connection: &Connection, file: &MigrationFile) -> Result<(), MigrateError> {
    connection.execute_batch(&Migrating::assert_migrations_table_query("refinery_schema_history"))?;
    insert(connection, file)
}

/// Adds a file to the history.
///
/// # Errors
/// SQLite fails; there is no history.
pub fn insert(connection: &Connection, file: &MigrationFile) -> Result<(), MigrateError> {
    connection.execute(
        "INSERT INTO refinery_schema_history (version, name, applied_on, checksum) VALUES (?1, ?2, ?3, ?4)",
        params![file.version, file.name, now(), checksum(file)?],
    )?;
    Ok(())
}

/// The time in the form of the history: RFC 3339, in UTC with `Z`.
pub fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Notes everything up to a version as applied without running it.
///
/// # Errors
/// The history does not fit the files.
pub fn record(connection: &mut Connection, all: &[Migration], version: i64) -> Result<(), MigrateError> {
    let mut secrets = Secrets::new(&|_| None);
    let result = runner(all, Target::FakeVersion(version)).run(&mut Migrating::new(connection, &mut secrets));
    result.map(drop).map_err(|error| MigrateError::Failed { file: format!("V{version}"), reason: root_cause(&error) })
}

fn runner(all: &[Migration], target: Target) -> Runner {
    Runner::new(all).set_grouped(true).set_target(target).set_abort_divergent(true).set_abort_missing(true)
}

/// Runs the text that leads back from a version and takes its row out of the history, in one transaction.
///
/// # Errors
/// [`MigrateError::Failed`]; the database is as before.
pub fn revert(
    connection: &mut Connection,
    down: &MigrationFile,
    secrets: &mut Secrets<'_>,
) -> Result<(), MigrateError> {
    without_foreign_keys(connection, |transaction, guard| {
        secrets.remember(transaction)?;
        lead_back(transaction, guard, down)?;
        secrets.put_back(transaction)?;
        check_tables(transaction)?;
        transaction.execute("DELETE FROM refinery_schema_history WHERE version = ?1", [down.version])
    })
    .map(drop)
    .map_err(|error| MigrateError::of_file(&down.file_name, error))
}

/// Runs the text that leads back, from the schema that it announces to the one that it announces. It writes whole rows of
/// `_collections`, so that from another schema it would undo more than its migration did.
///
/// # Errors
/// A constraint, where either is another schema.
pub fn lead_back(connection: &Connection, guard: &Guard, down: &MigrationFile) -> rusqlite::Result<()> {
    let expect = |key: &'static str, wrong: &str| {
        let hash = || collections::load(connection).map(|all| schema_hash(&all)).ok();
        if down.header(key).is_none_or(|expected| hash().as_deref() == Some(expected)) {
            return Ok(());
        }
        Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_CONSTRAINT), Some(wrong.to_owned())))
    };
    expect("from", "the database does not have the schema that it leads back from; see pbr migrate drift")?;
    guard.run(connection, &down.sql)?;
    expect("to", "it does not lead back to the schema before the migration")
}

/// SQLite's words, with the line and the statement instead of the whole text.
pub fn reason(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqlInputError { msg, sql, offset, .. } => {
            let at = usize::try_from(*offset).unwrap_or(0).min(sql.len());
            let before = sql.get(..at).unwrap_or_default();
            let line = sql.lines().nth(before.matches('\n').count()).unwrap_or_default().trim();
            if line.is_empty() { msg.clone() } else { format!("{msg}, in `{line}`") }
        }
        other => other.to_string(),
    }
}

fn root_cause(error: &refinery_core::Error) -> String {
    match error.kind() {
        Kind::Connection(_, source) => of_sqlite(error).map_or_else(|| source.to_string(), reason),
        other => other.to_string(),
    }
}

fn is_busy(error: &refinery_core::Error) -> bool {
    of_sqlite(error).and_then(rusqlite::Error::sqlite_error_code) == Some(ErrorCode::DatabaseBusy)
}

fn of_sqlite(error: &refinery_core::Error) -> Option<&rusqlite::Error> {
    match error.kind() {
        Kind::Connection(_, source) => source.downcast_ref(),
        _ => None,
    }
}

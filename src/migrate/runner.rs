//! refinery over one connection, made atomic: one transaction a file, with its history row inside it.
//!
//! Measured on refinery 0.10: ungrouped runs commit the text and the history row apart; `PRAGMA foreign_keys=OFF`
//! inside a transaction is ignored and lets a table rebuild delete its children. Hence the wrapper.

use super::MigrateError;
use super::file::MigrationFile;
use super::guard::Guard;
use refinery_core::error::Kind;
use refinery_core::traits::sync::{Migrate, Query, Transaction};
use refinery_core::{Migration, Runner, Target};
use rusqlite::{Connection, ErrorCode, TransactionBehavior, ffi};

/// The connection as refinery sees it.
struct Migrating<'a>(&'a mut Connection);

impl Transaction for Migrating<'_> {
    type Error = rusqlite::Error;

    fn execute<'a, T: Iterator<Item = &'a str>>(&mut self, queries: T) -> Result<usize, Self::Error> {
        self.0.execute_batch("PRAGMA foreign_keys=OFF")?;
        let result = Guard::watch(self.0, |connection, guard| execute_immediately(connection, guard, queries));
        self.0.execute_batch("PRAGMA foreign_keys=ON")?;
        result
    }
}

fn execute_immediately<'a>(
    connection: &mut Connection,
    guard: &Guard,
    queries: impl Iterator<Item = &'a str>,
) -> rusqlite::Result<usize> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut count = 0;
    for query in queries {
        guard.run(&transaction, query)?;
        count += 1;
    }
    check_foreign_keys(&transaction)?;
    transaction.commit()?;
    Ok(count)
}

/// Dangling references would stay unnoticed, because the keys were off.
pub fn check_foreign_keys(connection: &Connection) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else { return Ok(()) };
    let table: String = row.get(0)?;
    let failure = ffi::Error { code: ErrorCode::ConstraintViolation, extended_code: ffi::SQLITE_CONSTRAINT_FOREIGNKEY };
    Err(rusqlite::Error::SqliteFailure(failure, Some(format!("rows of {table} refer to rows that do not exist"))))
}

impl Query<Vec<Migration>> for Migrating<'_> {
    fn query(&mut self, query: &str) -> Result<Vec<Migration>, Self::Error> {
        Query::query(self.0, query)
    }
}

impl Migrate for Migrating<'_> {}

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
        Ok(Applied { version: row.get(0)?, name: row.get(1)?, applied_on: row.get(2)?, checksum: row.get(3)? })
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

/// Applies one file: the text and the history row in one transaction.
///
/// # Errors
/// [`MigrateError::Failed`]; the database is as before.
pub fn apply(connection: &mut Connection, all: &[Migration], file: &MigrationFile) -> Result<(), MigrateError> {
    let runner = Runner::new(all)
        .set_grouped(true)
        .set_target(Target::Version(file.version))
        .set_abort_divergent(true)
        .set_abort_missing(true);
    runner
        .run(&mut Migrating(connection))
        .map_err(|error| MigrateError::Failed { file: file.file_name.clone(), reason: root_cause(&error) })?;
    Ok(())
}

fn root_cause(error: &refinery_core::Error) -> String {
    match error.kind() {
        Kind::Connection(_, source) => source.to_string(),
        other => other.to_string(),
    }
}

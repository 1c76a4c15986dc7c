//! Surgery on the history of a database, with a record of who did it and when.

use super::drift::{open_existing, open_filled};
use super::file::MigrationFile;
use super::file_form::tidy;
use super::lock::Lock;
use super::runner::{self, checksum, history};
use super::status::{State, Status, status_of};
use super::{DriftAt, MigrateError, ProjectPaths, folder, replay};
use crate::db::{Access, collections, open};
use crate::schema::diff::{diff, is_untouched_default};
use crate::schema::hash::schema_hash;
use rusqlite::{Connection, params};
use std::path::Path;
use std::time::Duration;

/// What really happened to a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepairAs {
    /// It was run by hand: note it as applied.
    Applied,
    /// It was taken back by hand: take it out of the history.
    Reverted,
    /// Its file was changed without changing what it did: note the new checksum.
    Edited,
}

impl RepairAs {
    fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Reverted => "reverted",
            Self::Edited => "edited",
        }
    }
}

const LOCK_TIMEOUT: Duration = Duration::from_secs(30);

/// Notes everything up to a version as applied, for a database that has that schema already. Returns the versions.
///
/// # Errors
/// The database has a history, or its collections are not what the migrations lead to ([`MigrateError::Drift`],
/// unless `allow_drift`).
pub fn baseline(paths: &ProjectPaths, version: i64, allow_drift: bool, who: &str) -> Result<Vec<i64>, MigrateError> {
    drop(open_filled(paths)?);
    let _lock = Lock::acquire(&paths.database(), LOCK_TIMEOUT)?;
    let files = folder::read(&paths.migrations)?;
    find(&files, version)?;
    let mut connection = open(&paths.database(), Access::ReadWrite)?;
    if let Some(current) = status_of(&connection, &files)?.current() {
        return Err(MigrateError::Decision(format!("the database has a history already; it is at {current}")));
    }
    let applied: Vec<MigrationFile> = files.iter().filter(|file| file.version <= version).cloned().collect();
    let expected = replay::replay(&applied)?.collections;
    let live: Vec<_> = collections::load(&connection)?.into_iter().map(tidy).collect();
    let differences: Vec<String> = diff(&user(&expected), &user(&live)).iter().map(ToString::to_string).collect();
    if !differences.is_empty() && !allow_drift {
        return Err(MigrateError::Drift { database: paths.database(), differences, at: DriftAt::Baseline });
    }
    runner::record(&mut connection, &runner::migrations(&files)?, version)?;
    note(&connection, version, "baseline", who)?;
    Ok(applied.iter().map(|file| file.version).collect())
}

/// Refuses a database whose collections no migration is known to have made: somebody made them elsewhere, or the
/// history was lost. Compared with no migration at all, every one of them would be too much.
///
/// # Errors
/// [`MigrateError::NoHistory`], or the database cannot be read.
pub(super) fn require_history(
    connection: &Connection,
    status: &Status,
    files: &[MigrationFile],
    paths: &ProjectPaths,
) -> Result<(), MigrateError> {
    if status.current().is_some() {
        return Ok(());
    }
    let live = collections::load(connection)?;
    let collections: Vec<String> = live
        .iter()
        .filter(|collection| !collection.system && !is_untouched_default(collection))
        .map(|collection| collection.name.clone())
        .collect();
    if collections.is_empty() {
        return Ok(());
    }
    let hash = schema_hash(&live.into_iter().map(tidy).collect::<Vec<_>>());
    let leads_here = |file: &&MigrationFile| file.header("to") == Some(hash.as_str());
    let next = match files.iter().rev().find(leads_here) {
        Some(file) => format!("pbr migrate baseline {}", file.version),
        None if files.is_empty() => "pbr migrate pull".to_owned(),
        None => {
            "pbr migrate baseline VERSION --allow-drift && pbr migrate drift    (the newest that it has)".to_owned()
        }
    };
    Err(MigrateError::NoHistory { database: paths.database(), collections, next })
}

fn user(collections: &[crate::schema::Collection]) -> Vec<crate::schema::Collection> {
    collections.iter().filter(|collection| !collection.system).cloned().collect()
}

/// Corrects what the history says of one migration; the schema is not touched.
///
/// # Errors
/// The history says so already, or the migration has no file.
pub fn repair(paths: &ProjectPaths, version: i64, state: RepairAs, who: &str) -> Result<(), MigrateError> {
    drop(open_existing(paths)?);
    let _lock = Lock::acquire(&paths.database(), LOCK_TIMEOUT)?;
    let files = folder::read_unchecked(&paths.migrations)?;
    let connection = open(&paths.database(), Access::ReadWrite)?;
    let entry = history(&connection)?.into_iter().find(|applied| applied.version == version);
    let refuse = |reason: &str| Err(MigrateError::Decision(format!("V{version} {reason}")));
    match (state, &entry) {
        (RepairAs::Applied, Some(_)) => return refuse("is applied already"),
        (RepairAs::Reverted | RepairAs::Edited, None) => return refuse("is not applied"),
        (RepairAs::Applied, None) => {
            let file = find(&files, version)?;
            runner::note(&connection, file)?;
        }
        (RepairAs::Reverted, Some(_)) => {
            connection.execute("DELETE FROM refinery_schema_history WHERE version = ?1", [version])?;
        }
        (RepairAs::Edited, Some(applied)) => {
            let file = find(&files, version)?;
            let same = status_of(&connection, &files)?
                .entries
                .iter()
                .any(|entry| entry.version == version && entry.state == State::Applied);
            if same && applied.name == file.name {
                return refuse("is the file that was applied");
            }
            connection.execute(
                "UPDATE refinery_schema_history SET name = ?2, checksum = ?3 WHERE version = ?1",
                params![version, file.name, checksum(file)?],
            )?;
            folder::replace(&paths.migrations, &files, &files)?;
        }
    }
    note(&connection, version, state.name(), who)
}

/// Forgets which migrations a database has had: those of another project are none of this one's.
///
/// # Errors
/// SQLite fails.
pub fn forget_history(database: &Path) -> Result<(), MigrateError> {
    Ok(open(database, Access::ReadWrite)?.execute_batch("DROP TABLE IF EXISTS refinery_schema_history")?)
}

fn find(files: &[MigrationFile], version: i64) -> Result<&MigrationFile, MigrateError> {
    files.iter().find(|file| file.version == version).ok_or(MigrateError::UnknownVersion(version))
}

/// The record, which nothing reads but people.
fn note(connection: &Connection, version: i64, action: &str, who: &str) -> Result<(), MigrateError> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS `_pbr_history_edits` (\
         `version` INTEGER NOT NULL, `action` TEXT NOT NULL, `by` TEXT NOT NULL, `at` TEXT NOT NULL)",
    )?;
    connection.execute(
        "INSERT INTO `_pbr_history_edits` VALUES (?1, ?2, ?3, ?4)",
        params![version, action, who, runner::now()],
    )?;
    Ok(())
}

//! Files against the history of a database.

use super::file::MigrationFile;
use super::runner::{Applied, checksum, history};
use super::{MigrateError, ProjectPaths, drift, folder};
use crate::db::{Access, open};
use rusqlite::Connection;

/// How a migration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Applied,
    Pending,
    /// Applied, but the file is another now.
    Divergent,
    /// Applied, but there is no file.
    Missing,
    /// Not applied, though newer ones are.
    OutOfOrder,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Pending => "pending",
            Self::Divergent => "divergent",
            Self::Missing => "missing",
            Self::OutOfOrder => "out of order",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub version: i64,
    pub name: String,
    pub state: State,
    /// RFC 3339.
    pub applied_on: Option<String>,
}

/// All migrations, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    pub entries: Vec<Entry>,
}

impl Status {
    pub fn count(&self, state: State) -> usize {
        self.entries.iter().filter(|entry| entry.state == state).count()
    }

    /// The newest applied version.
    pub fn current(&self) -> Option<i64> {
        let applied = |entry: &&Entry| entry.applied_on.is_some();
        self.entries.iter().filter(applied).map(|entry| entry.version).max()
    }

    /// The first entry that is neither applied nor simply pending, as an error. Files that are missing come before those
    /// that are too old: on another branch both are, and only the first says why.
    pub fn integrity(&self) -> Result<(), MigrateError> {
        let file = |entry: &Entry| format!("V{}__{}.sql", entry.version, entry.name);
        let first = |state: State| self.entries.iter().find(|entry| entry.state == state);
        if let Some(entry) = first(State::Divergent) {
            return Err(MigrateError::Divergent { file: file(entry) });
        }
        let missing = self.entries.iter().filter(|entry| entry.state == State::Missing);
        let migrations: Vec<String> = missing.map(|entry| format!("V{}__{}", entry.version, entry.name)).collect();
        if !migrations.is_empty() {
            return Err(MigrateError::Missing { migrations });
        }
        if let Some(entry) = first(State::OutOfOrder) {
            let current = self.current().unwrap_or_default();
            return Err(MigrateError::OutOfOrder { file: file(entry), current });
        }
        Ok(())
    }
}

/// The status of a project's database; without a database everything is pending.
///
/// # Errors
/// Bad names, a wrong `pbr.sum`, or a database that cannot be read.
pub fn status(paths: &ProjectPaths) -> Result<Status, MigrateError> {
    let files = folder::read(&paths.migrations)?;
    let database = paths.database();
    if !database.exists() {
        return compare(&files, &[]);
    }
    status_of(&open(&database, Access::ReadOnly)?, &files)
}

pub(super) fn status_of(connection: &Connection, files: &[MigrationFile]) -> Result<Status, MigrateError> {
    compare(files, &history(connection)?)
}

fn compare(files: &[MigrationFile], history: &[Applied]) -> Result<Status, MigrateError> {
    let newest = history.last().map(|applied| applied.version);
    let mut entries = Vec::new();
    for file in files {
        let applied = history.iter().find(|applied| applied.version == file.version);
        let state = match applied {
            // A repair that another database needed before what was pending there does nothing here.
            None if newest.is_some_and(|newest| file.version < newest) && !drift::is_repair(file) => State::OutOfOrder,
            None => State::Pending,
            Some(applied) if applied.name == file.name && applied.checksum == checksum(file)? => State::Applied,
            Some(_) => State::Divergent,
        };
        let applied_on = applied.map(|applied| applied.applied_on.clone());
        entries.push(Entry { version: file.version, name: file.name.clone(), state, applied_on });
    }
    for applied in history.iter().filter(|applied| files.iter().all(|file| file.version != applied.version)) {
        let applied_on = Some(applied.applied_on.clone());
        entries.push(Entry { version: applied.version, name: applied.name.clone(), state: State::Missing, applied_on });
    }
    entries.sort_by_key(|entry| entry.version);
    Ok(Status { entries })
}

//! The state that the migration files lead to, found by running them on an empty database in memory.

use super::MigrateError;
use super::file::MigrationFile;
use super::guard::Guard;
use crate::db::{add_missing_math, collections, system};
use crate::schema::Collection;
use crate::schema::hash::schema_hash;
use rusqlite::Connection;

/// A database in memory at the state of the last file.
pub struct Replay {
    pub connection: Connection,
    pub collections: Vec<Collection>,
    pub hash: String,
}

/// Runs the files one after the other and checks that each starts where the one before it ends.
///
/// # Errors
/// [`MigrateError::Replay`] for a file that fails, [`MigrateError::Chain`] for one that does not fit.
pub fn replay(files: &[MigrationFile]) -> Result<Replay, MigrateError> {
    let mut replay = Replay::fresh()?;
    let mut previous = "the empty database";
    for file in files {
        replay.step(file, previous)?;
        previous = &file.file_name;
    }
    replay.refresh()?;
    Ok(replay)
}

impl Replay {
    /// A database in memory as a fresh data directory has it.
    pub fn fresh() -> Result<Self, MigrateError> {
        let connection = Connection::open_in_memory()?;
        add_missing_math(&connection)?;
        connection.execute_batch("BEGIN")?;
        system::install(&connection)?;
        connection.execute_batch("COMMIT")?;
        let mut replay = Self { connection, collections: Vec::new(), hash: String::new() };
        replay.refresh()?;
        Ok(replay)
    }

    /// Runs the next file. [`Replay::refresh`] is the caller's.
    ///
    /// # Errors
    /// As for [`replay`].
    pub fn step(&mut self, file: &MigrationFile, previous: &str) -> Result<(), MigrateError> {
        self.check_start(file, previous)?;
        self.run(file)
    }

    fn check_start(&mut self, file: &MigrationFile, previous: &str) -> Result<(), MigrateError> {
        let Some(from) = file.header("from") else { return Ok(()) };
        self.refresh()?;
        if from == self.hash {
            return Ok(());
        }
        Err(MigrateError::Chain { file: file.file_name.clone(), previous: previous.to_owned() })
    }

    /// Runs a file without asking whether it fits.
    ///
    /// # Errors
    /// [`MigrateError::Replay`].
    pub fn run(&mut self, file: &MigrationFile) -> Result<(), MigrateError> {
        let fail = |reason: String| MigrateError::Replay { file: file.file_name.clone(), reason };
        if !file.has_whole_blocks() {
            return Err(fail("every `-- pbr:data` needs its `-- pbr:end`".to_owned()));
        }
        let run = Guard::watch(&mut self.connection, |connection, guard| {
            connection.execute_batch("BEGIN")?;
            guard.run(connection, &file.without_data())?;
            connection.execute_batch("COMMIT")
        });
        run.map_err(|error| fail(super::runner::reason(&error)))
    }

    /// Runs the statements of a plan that has no file yet.
    pub fn apply(&mut self, sql: &str) -> Result<(), MigrateError> {
        self.connection.execute_batch(&format!("BEGIN;\n{sql}\nCOMMIT;"))?;
        self.refresh()
    }

    /// Reads the collections and their hash anew.
    ///
    /// # Errors
    /// A row of `_collections` that does not decode.
    pub fn refresh(&mut self) -> Result<(), MigrateError> {
        self.collections = collections::load(&self.connection)?;
        self.hash = schema_hash(&self.collections);
        Ok(())
    }
}

//! Applying what is pending.

use super::file::MigrationFile;
use super::guard::Guard;
use super::lock::Lock;
use super::loss::count_rows;
use super::status::{State, Status, status_of};
use super::{Consent, MigrateError, ProjectPaths, folder, replay, runner, secrets};
use crate::db::{Access, Changed, DbError, collections, notify, open, system};
use crate::schema::diff::is_untouched_default;
use rusqlite::{Connection, TransactionBehavior};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Looks up an environment variable.
pub type Env = Box<dyn Fn(&str) -> Option<String>>;

/// How far to go and what is allowed.
pub struct UpOptions {
    /// Stop after this version.
    pub to: Option<i64>,
    /// Apply at most so many files.
    pub steps: Option<usize>,
    /// Run everything in a transaction that is rolled back.
    pub dry_run: bool,
    pub lock_timeout: Duration,
    /// Tokens that consent to the data loss of one file each.
    pub confirm: Vec<String>,
    /// Where `${env:NAME}` is looked up.
    pub env: Env,
}

impl Default for UpOptions {
    fn default() -> Self {
        Self {
            to: None,
            steps: None,
            dry_run: false,
            lock_timeout: Duration::from_secs(30),
            confirm: Vec::new(),
            env: Box::new(|name| std::env::var(name).ok()),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedFile {
    pub file: String,
    pub version: i64,
    pub took: Duration,
}

/// What `up` did, or would do.
#[derive(Clone, Debug)]
pub struct UpReport {
    pub database: PathBuf,
    pub applied: Vec<AppliedFile>,
    /// Files that are still pending because of `to` or `steps`.
    pub pending: usize,
    /// Environment variables that the schema names and that are not set.
    pub missing_env: Vec<String>,
    pub dry_run: bool,
}

/// Applies pending migrations, creating the database if there is none.
///
/// # Errors
/// Integrity errors, [`MigrateError::DataLoss`] without consent, [`MigrateError::Failed`], [`MigrateError::Locked`].
/// A failing file is rolled back; files before it stay applied.
pub fn up(paths: &ProjectPaths, options: &UpOptions) -> Result<UpReport, MigrateError> {
    let database = paths.database();
    let fresh = !database.exists();
    let files = || folder::read(&paths.migrations);
    if options.dry_run && fresh {
        let mut state = replay::Replay::fresh()?;
        return run(&mut state.connection, &files()?, paths, options);
    }
    std::fs::create_dir_all(&paths.data).map_err(|error| DbError::Directory { dir: paths.data.clone(), error })?;
    // Waiting first and reading then: whoever comes second sees what the first one did.
    let _lock = Lock::acquire(&database, options.lock_timeout)?;
    let files = files()?;
    let mut connection = open(&database, Access::ReadWrite)?;
    install(&mut connection)?;
    run(&mut connection, &files, paths, options)
}

fn install(connection: &mut Connection) -> Result<(), MigrateError> {
    if system::is_installed(connection)? {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if !system::is_installed(&transaction)? {
        system::install(&transaction)?;
    }
    Ok(transaction.commit()?)
}

fn run(
    connection: &mut Connection,
    files: &[MigrationFile],
    paths: &ProjectPaths,
    options: &UpOptions,
) -> Result<UpReport, MigrateError> {
    let status = status_of(connection, files)?;
    status.integrity()?;
    refuse_foreign(connection, &status, paths)?;
    let expected = replay::replay(files)?.collections;
    let pending = select(files, &status, options)?;
    let left = status.count(State::Pending) - pending.len();
    if options.dry_run || pending.iter().any(|file| file.data_losses().next().is_some()) {
        rehearse(connection, &pending, options)?;
    }
    let before = secrets::remember(connection)?;
    let migrations = runner::migrations(files)?;
    let mut applied = Vec::new();
    for file in &pending {
        let started = Instant::now();
        if !options.dry_run {
            runner::apply(connection, &migrations, file)?;
        }
        applied.push(AppliedFile { file: file.file_name.clone(), version: file.version, took: started.elapsed() });
    }
    let mut missing_env = Vec::new();
    if !options.dry_run {
        let env = options.env.as_ref();
        missing_env = secrets::fill(connection, if left == 0 { &expected } else { &[] }, &before, env)?;
        if !applied.is_empty() {
            // As PocketBase does after every change of a table.
            connection.execute_batch("PRAGMA optimize")?;
            notify(&paths.data, Changed::Collections);
        }
    }
    Ok(UpReport { database: paths.database(), applied, pending: left, missing_env, dry_run: options.dry_run })
}

/// Collections that somebody made elsewhere are not ours to migrate.
fn refuse_foreign(connection: &Connection, status: &Status, paths: &ProjectPaths) -> Result<(), MigrateError> {
    if status.current().is_some() {
        return Ok(());
    }
    let foreign: Vec<String> = collections::load(connection)?
        .into_iter()
        .filter(|collection| !collection.system && !is_untouched_default(collection))
        .map(|collection| collection.name)
        .collect();
    if foreign.is_empty() {
        return Ok(());
    }
    Err(MigrateError::NoHistory { database: paths.database(), collections: foreign })
}

fn select<'a>(
    files: &'a [MigrationFile],
    status: &Status,
    options: &UpOptions,
) -> Result<Vec<&'a MigrationFile>, MigrateError> {
    if let Some(to) = options.to {
        let current = status.current().unwrap_or(i64::MIN);
        if !files.iter().any(|file| file.version == to) {
            return Err(MigrateError::UnknownVersion(to));
        }
        // refinery would do nothing and say nothing.
        if to < current {
            return Err(MigrateError::Behind { to, current });
        }
    }
    let pending = |file: &&MigrationFile| {
        status.entries.iter().any(|entry| entry.version == file.version && entry.state == State::Pending)
    };
    let wanted = files.iter().filter(pending).filter(|file| options.to.is_none_or(|to| file.version <= to));
    Ok(wanted.take(options.steps.unwrap_or(usize::MAX)).collect())
}

/// Runs the files in a transaction that is rolled back, counting before each what it would destroy.
fn rehearse(connection: &mut Connection, pending: &[&MigrationFile], options: &UpOptions) -> Result<(), MigrateError> {
    connection.execute_batch("PRAGMA foreign_keys=OFF")?;
    let mut result = Ok(Vec::new());
    Guard::watch(connection, |connection, guard| {
        result = rehearse_in_transaction(connection, guard, pending, options);
        Ok(())
    })?;
    connection.execute_batch("PRAGMA foreign_keys=ON")?;
    let consents = result?;
    if consents.is_empty() { Ok(()) } else { Err(MigrateError::DataLoss(consents)) }
}

fn rehearse_in_transaction(
    connection: &mut Connection,
    guard: &Guard,
    pending: &[&MigrationFile],
    options: &UpOptions,
) -> Result<Vec<Consent>, MigrateError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut consents = Vec::new();
    for file in pending {
        let losses: Vec<(String, String, i64)> = file
            .data_losses()
            .map(|(code, subject)| (code.to_owned(), subject.to_owned(), count_rows(&transaction, code, subject)))
            .filter(|(_, _, rows)| *rows > 0)
            .collect();
        let token = file.token();
        if !losses.is_empty() && !options.confirm.contains(&token) {
            consents.push(Consent { file: file.file_name.clone(), token, losses });
        }
        let run = || {
            guard.run(&transaction, &file.sql)?;
            runner::check_foreign_keys(&transaction)
        };
        run().map_err(|error| MigrateError::Failed { file: file.file_name.clone(), reason: error.to_string() })?;
    }
    transaction.rollback()?;
    Ok(consents)
}

//! Applying what is pending.

use super::copy::{self, CopyBefore};
use super::drift::{self, is_repair};
use super::file::MigrationFile;
use super::history::require_history;
use super::lock::Lock;
use super::rehearse::rehearse;
use super::secrets::Secrets;
use super::status::{State, Status, status_of};
use super::{Consent, MigrateError, ProjectPaths, folder, replay, runner};
use crate::db::{Access, Changed, DbError, notify, open, system};
use crate::schema::Collection;
use rusqlite::{Connection, TransactionBehavior};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Looks up an environment variable.
pub type Env = Box<dyn Fn(&str) -> Option<String>>;
/// Takes a file, how many are done and how many there are.
pub type Applied = Box<dyn Fn(&AppliedFile, usize, usize)>;

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
    /// All files in one transaction instead of one each. A repair of drift has one of its own.
    pub together: bool,
    pub copy: CopyBefore,
    /// Apply although the database is not what its migrations lead to.
    pub allow_drift: bool,
    /// Where `${env:NAME}` is looked up.
    pub env: Env,
    /// Told of each file that is applied, and how many of how many are.
    pub applied: Applied,
}

impl Default for UpOptions {
    fn default() -> Self {
        Self {
            to: None,
            steps: None,
            dry_run: false,
            lock_timeout: Duration::from_secs(30),
            confirm: Vec::new(),
            together: false,
            copy: CopyBefore::Auto,
            allow_drift: false,
            env: Box::new(|name| std::env::var(name).ok()),
            applied: Box::new(|_, _, _| {}),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedFile {
    pub file: String,
    pub version: i64,
    /// Of its transaction.
    pub took: Duration,
}

impl AppliedFile {
    fn new(file: &MigrationFile, took: Duration) -> Self {
        Self { file: file.file_name.clone(), version: file.version, took }
    }
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
    /// The copy of the database from before.
    pub copy: Option<PathBuf>,
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
    connection.busy_timeout(options.lock_timeout)?;
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
    require_history(connection, &status, files, paths)?;
    let pending = select(files, &status, options)?;
    if !pending.is_empty() {
        drift::refuse(connection, files, &status, paths, options.allow_drift)?;
    }
    // All files are replayed, since any of them may break the chain, although `to` and `steps` may stop before the end.
    let mut expected = replay::replay(files)?.collections;
    let left = status.count(State::Pending) - pending.len();
    if left > 0 {
        let last = pending.last().map(|file| file.version).or(status.current()).unwrap_or(i64::MIN);
        let reached: Vec<MigrationFile> = files.iter().filter(|file| file.version <= last).cloned().collect();
        expected = replay::replay(&reached)?.collections;
    }
    let mut report = UpReport {
        database: paths.database(),
        applied: Vec::new(),
        pending: left,
        missing_env: Vec::new(),
        copy: None,
        dry_run: options.dry_run,
    };
    let mut rehearsed = Vec::new();
    if options.dry_run || pending.iter().any(|file| file.may_drop()) {
        // A repair runs only on the database that it was written for.
        for file in &pending {
            if !drift::is_made_good(connection, files, file).unwrap_or(true) {
                rehearsed.push(*file);
            }
        }
        rehearse(connection, &rehearsed, &options.confirm).map_err(|error| match error {
            MigrateError::DataLoss(mut consents) => {
                consents.iter_mut().for_each(|consent| consent.anew = brought_back(consent, &rehearsed, &expected));
                MigrateError::DataLoss(consents)
            }
            error => error,
        })?;
    }
    if options.dry_run {
        let file = |file: &&MigrationFile| AppliedFile::new(file, Duration::ZERO);
        report.applied = pending.iter().map(file).collect();
        return Ok(report);
    }
    let mut secrets = Secrets::new(options.env.as_ref());
    report.copy = copy_before(connection, &status, &pending, paths, options)?;
    let migrations = runner::migrations(files)?;
    // Whether a repair is run is asked of the database as it is then.
    let belong = |a: &&MigrationFile, b: &&MigrationFile| options.together && !is_repair(a) && !is_repair(b);
    for group in pending.chunk_by(belong) {
        let started = Instant::now();
        match group {
            [repair] if drift::is_made_good(connection, files, repair)? => {
                runner::note(connection, repair)?;
            }
            _ => {
                // It was not rehearsed where it did not fit the database as that was before.
                if is_repair(group[0]) && !rehearsed.contains(&group[0]) {
                    rehearse(connection, group, &options.confirm)?;
                }
                runner::apply(connection, &migrations, group, &mut secrets)?;
            }
        }
        for file in group {
            let file = AppliedFile::new(file, started.elapsed());
            (options.applied)(&file, report.applied.len() + 1, pending.len());
            report.applied.push(file);
        }
    }
    report.missing_env = secrets.fill(connection, &expected)?;
    if !report.applied.is_empty() {
        // As PocketBase does after every change of a table.
        connection.execute_batch("PRAGMA optimize")?;
        notify(&paths.data, Changed::Collections);
    }
    Ok(report)
}

/// The pending files from the one that drops something on, if what it drops is there again in the end. None if one of
/// them was written by hand.
fn brought_back(consent: &Consent, pending: &[&MigrationFile], end: &[Collection]) -> Vec<String> {
    let is_there = |subject: &str| {
        let (name, field) = subject.split_once('.').map_or((subject, None), |(name, field)| (name, Some(field)));
        let collection = end.iter().find(|collection| collection.name == name);
        collection.is_some_and(|collection| field.is_none_or(|field| collection.field(field).is_some()))
    };
    let drops =
        |(code, subject, _): &(String, String, i64)| ["DS101", "DS102"].contains(&code.as_str()) && is_there(subject);
    let from = pending.iter().position(|file| file.file_name == consent.file);
    let files = from.map_or(&[][..], |from| &pending[from..]);
    match consent.losses.iter().any(drops) && !files.iter().any(|file| file.is_by_hand() || is_repair(file)) {
        true => files.iter().map(|file| file.file_name.clone()).collect(),
        false => Vec::new(),
    }
}

fn copy_before(
    connection: &Connection,
    status: &Status,
    pending: &[&MigrationFile],
    paths: &ProjectPaths,
    options: &UpOptions,
) -> Result<Option<PathBuf>, MigrateError> {
    let Some(first) = pending.first() else { return Ok(None) };
    let risky = |file: &&MigrationFile| file.may_drop() || file.is_by_hand() || !file.data_blocks().is_empty();
    let target = match &options.copy {
        CopyBefore::Never => return Ok(None),
        CopyBefore::To(path) => path.clone(),
        CopyBefore::Auto if status.current().is_some() && pending.iter().any(risky) => {
            copy::default_path(&paths.data, first.version)
        }
        CopyBefore::Auto => return Ok(None),
    };
    copy::write(connection, &target)?;
    copy::tidy(&paths.data, &target);
    Ok(Some(target))
}

/// Refuses a database whose collections somebody made elsewhere, before anything is written for it.
///
/// # Errors
/// [`MigrateError::NoHistory`], or the database cannot be read.
pub fn check_history(paths: &ProjectPaths) -> Result<(), MigrateError> {
    if !paths.database().exists() {
        return Ok(());
    }
    let connection = open(&paths.database(), Access::ReadOnly)?;
    if !system::is_installed(&connection)? {
        return Ok(());
    }
    let files = folder::read(&paths.migrations)?;
    require_history(&connection, &status_of(&connection, &files)?, &files, paths)
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

//! Taking migrations back with the `V…__name.down.sql` beside them.

use super::file::MigrationFile;
use super::lock::Lock;
use super::rehearse::rehearse;
use super::replay::Replay;
use super::secrets::{self, Secrets};
use super::status::{State, status_of};
use super::up::Env;
use super::{MigrateError, ProjectPaths, copy, folder, plan, runner};
use crate::db::{Access, Changed, notify, open};
use crate::schema::Collection;
use crate::schema::hash::schema_hash;
use std::path::PathBuf;
use std::time::Duration;

/// How far to go back and what is allowed.
pub struct DownOptions {
    /// Take back everything newer than this version; 0 takes back everything.
    pub to: Option<i64>,
    /// Take back so many; 1 when neither is given.
    pub steps: Option<usize>,
    /// Run everything in a transaction that is rolled back.
    pub dry_run: bool,
    pub lock_timeout: Duration,
    /// Tokens that consent to the data loss of one file each.
    pub confirm: Vec<String>,
    /// Where `${env:NAME}` is looked up, for providers that come back.
    pub env: Env,
}

/// What `down` did, or would do.
#[derive(Clone, Debug)]
pub struct DownReport {
    pub database: PathBuf,
    /// Names of the files that led back, in the order in which they ran.
    pub reverted: Vec<String>,
    /// The newest version that is still applied.
    pub current: Option<i64>,
    /// Environment variables that the schema names and that are not set.
    pub missing_env: Vec<String>,
    pub dry_run: bool,
}

/// Takes applied migrations back, the newest first; each in one transaction with its row of the history.
///
/// # Errors
/// [`MigrateError::NoDown`] before anything ran, [`MigrateError::DataLoss`] without consent,
/// [`MigrateError::Failed`], [`MigrateError::Locked`], integrity errors.
pub fn down(paths: &ProjectPaths, options: &DownOptions) -> Result<DownReport, MigrateError> {
    let database = paths.database();
    if !database.exists() {
        return Err(MigrateError::NoDatabase { database });
    }
    let _lock = Lock::acquire(&database, options.lock_timeout)?;
    let files = folder::read(&paths.migrations)?;
    let mut connection = open(&database, Access::ReadWrite)?;
    connection.busy_timeout(options.lock_timeout)?;
    let status = status_of(&connection, &files)?;
    status.integrity()?;
    let current = status.current().unwrap_or(0);
    if let Some(to) = options.to {
        if to != 0 && !files.iter().any(|file| file.version == to) {
            return Err(MigrateError::UnknownVersion(to));
        }
        if to > current {
            let message = format!("the database is at {current}, which is before {to}");
            return Err(MigrateError::Decision(message));
        }
    }
    let applied = |file: &&MigrationFile| {
        status.entries.iter().any(|entry| entry.version == file.version && entry.state == State::Applied)
    };
    let newest = files.iter().rev().filter(applied).filter(|file| options.to.is_none_or(|to| file.version > to));
    let steps = options.steps.unwrap_or(if options.to.is_some() { usize::MAX } else { 1 });
    let chosen: Vec<&MigrationFile> = newest.take(steps).collect();
    let downs: Vec<MigrationFile> = chosen.iter().map(|file| read_down(paths, file)).collect::<Result<_, _>>()?;
    rehearse(&mut connection, &downs.iter().collect::<Vec<_>>(), &options.confirm)?;
    let mut report = DownReport {
        database,
        reverted: Vec::new(),
        current: status.current(),
        missing_env: Vec::new(),
        dry_run: options.dry_run,
    };
    let mut secrets = Secrets::new(options.env.as_ref());
    for down in &downs {
        if !options.dry_run {
            runner::revert(&mut connection, down, &mut secrets)?;
        }
        report.reverted.push(down.file_name.clone());
    }
    if !options.dry_run && !downs.is_empty() {
        report.current = status_of(&connection, &files)?.current();
        report.missing_env = secrets::missing(&connection)?;
        notify(&paths.data, Changed::Collections);
    }
    Ok(report)
}

fn read_down(paths: &ProjectPaths, file: &MigrationFile) -> Result<MigrationFile, MigrateError> {
    folder::down_of(&paths.migrations, file)?.ok_or_else(|| {
        let backup = copy::find(&paths.data, file.version);
        MigrateError::NoDown { file: file.file_name.clone(), backup }
    })
}

/// The text that leads from the state of a replay back to `before`; it has been run once when this returns.
///
/// # Errors
/// [`MigrateError::Unplannable`] when SQLite refuses it.
pub fn plan_back(state: &mut Replay, before: &[Collection]) -> Result<String, MigrateError> {
    let plan = plan(&state.collections, before);
    state.apply(&plan.sql()).map_err(|error| MigrateError::Unplannable { reason: format!("back: {error}") })?;
    if state.hash != schema_hash(before) {
        let reason = "the statements back do not lead to the schema before; this is a bug".to_owned();
        return Err(MigrateError::Unplannable { reason });
    }
    Ok(super::file::normalise(&plan.file()))
}

//! From the schema in git to the database: difference, plan, SQL files, replay, run.
//!
//! Knows SQL and files; does not know HTTP, and asks nobody anything: open questions are returned as errors.

mod copy;
mod down;
mod drift;
mod error;
mod file;
mod file_form;
mod fold;
mod folder;
mod guard;
mod history;
mod import;
mod lint;
mod lock;
mod loss;
mod merge;
mod new;
mod plan;
#[cfg(test)]
mod properties;
mod pull;
mod rebase;
mod rehearse;
mod replay;
mod restamp;
mod runner;
mod secrets;
mod sql;
mod statements;
mod status;
mod structure;
mod tables;
#[cfg(test)]
mod tests;
mod undo;
mod up;
mod verify;
mod write_back;

pub use copy::{CopyBefore, copy_database};
pub use down::{DownOptions, DownReport, down};
pub use drift::{Drift, Repair, drift, fix as fix_drift};
pub use error::{Consent, DriftAt, MigrateError, SumFault};
pub use file::{MigrationFile, is_word};
pub use fold::{Folded, fold};
pub use folder::{SUM_FILE, write_whole};
pub use history::{RepairAs, baseline, forget_history, repair};
pub use import::{Exported, ImportReport, import};
pub use lint::{Finding, LintOptions, Selection, lint};
pub use loss::Loss;
pub use new::{NewFile, new_file};
pub use plan::{Plan, plan};
pub use pull::{PullOptions, PullReport, pull};
pub use rebase::{Rebased, rebase};
pub use restamp::{Restamped, restamp};
pub use status::{Entry, State, Status, status};
pub use tables::{Alteration, TableSync, sync};
pub use up::{AppliedFile, Env, UpOptions, UpReport, check_history, up};
pub use write_back::Parse;

pub use verify::verify;

use crate::schema::diff::{Change, Decisions, ReconcileError, find, reconcile};
use crate::schema::yaml::{Project, check_update};
use crate::schema::{Catalog, Collection};
use replay::replay;
use std::path::PathBuf;
use std::sync::Arc;

/// Where a project keeps its things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectPaths {
    pub schema: PathBuf,
    pub migrations: PathBuf,
    /// The data directory; the database is `data.db` in it.
    pub data: PathBuf,
    /// Another file than `data.db`.
    pub database: Option<PathBuf>,
}

impl ProjectPaths {
    pub fn database(&self) -> PathBuf {
        self.database.clone().unwrap_or_else(|| self.data.join("data.db"))
    }
}

/// The name of a first migration that holds what was live before there were migrations.
pub const BASELINE: &str = "baseline";

/// Old and new names, as `collection` or `collection.field`.
pub type Renames = Vec<(String, String)>;

/// How a difference becomes a file.
#[derive(Clone, Debug, Default)]
pub struct DiffOptions {
    /// Of the file; made from the changes when absent.
    pub name: Option<String>,
    pub decisions: Decisions,
    /// Write the file and `pbr.sum`.
    pub write: bool,
    /// With a file that leads back.
    pub down: bool,
}

/// What the schema has that no migration leads to.
#[derive(Clone, Debug)]
pub struct DiffReport {
    pub file: MigrationFile,
    /// The text of the file that leads back, where one was wanted.
    pub down: Option<String>,
    pub changes: Vec<Change>,
    pub losses: Vec<Loss>,
    /// The file was written.
    pub written: bool,
}

/// Compares the schema with the state the migrations lead to; `None` when they agree.
///
/// # Errors
/// Integrity errors of the folder, [`MigrateError::Open`] when only a person can tell a rename from a drop,
/// [`MigrateError::Unplannable`] when SQLite refuses the result.
pub fn diff(
    paths: &ProjectPaths,
    project: &Project,
    options: &DiffOptions,
) -> Result<Option<DiffReport>, MigrateError> {
    if let Some(name) = options.name.as_deref().filter(|name| !is_word(name)) {
        let message = format!("`{name}` is no name for a migration: use letters, digits and underscores");
        return Err(MigrateError::Decision(message));
    }
    // Two that write at the same time would choose the same version.
    let _lock = options.write.then(|| lock::Lock::folder(&paths.migrations)).transpose()?;
    let files = folder::read(&paths.migrations)?;
    let mut state = replay(&files)?;
    let decisions = Decisions { made: renames_made(&files), ..options.decisions.clone() };
    refuse_renames(project, &state.collections, &decisions)?;
    let desired = reconcile(&state.collections, project, &decisions).map_err(|error| match error {
        ReconcileError::Open(questions) => MigrateError::Open(questions),
        ReconcileError::Decision(message) => MigrateError::Decision(message),
    })?;
    refuse_updates(project, &state.collections, &desired)?;
    let before = state.collections.clone();
    let plan = plan(&before, &desired);
    if plan.is_empty() {
        return Ok(None);
    }
    verify(project)?;
    // What is written has been run once: a file that fails on every database never leaves this function.
    let refused = |reason: String| MigrateError::Unplannable { reason };
    state.apply(&plan.sql()).map_err(|error| refused(error.to_string()))?;
    for view in desired.iter().filter(|collection| collection.is_view()) {
        let sql = format!("SELECT * FROM {} LIMIT 0", crate::schema::ddl::quote(&view.name));
        let run = || state.connection.prepare(&sql)?.query([])?.next().map(drop);
        run().map_err(|error| refused(format!("the view {}: {error}", view.name)))?;
    }
    if state.hash != plan.to {
        return Err(refused("the planned statements do not lead to the schema; this is a bug".into()));
    }
    let name = options.name.clone().unwrap_or_else(|| plan.name());
    let version = next_version(&files);
    let file = MigrationFile {
        version,
        file_name: format!("V{version}__{name}.sql"),
        name,
        sql: file::normalise(&plan.file()),
    };
    let down = options.down.then(|| down::plan_back(&mut state, &before)).transpose()?;
    if options.write {
        folder::add(&paths.migrations, &files, &file)?;
        if let Some(down) = &down {
            write_whole(&folder::down_path(&paths.migrations, &file), down)?;
        }
    }
    Ok(Some(DiffReport { file, down, changes: plan.changes, losses: plan.losses, written: options.write }))
}

/// The renames that one migration makes.
///
/// # Errors
/// Integrity errors of the folder.
pub fn renames_of(paths: &ProjectPaths, version: i64) -> Result<Renames, MigrateError> {
    let files = folder::read(&paths.migrations)?;
    let file = files.into_iter().find(|file| file.version == version);
    Ok(renames_made(file.as_slice()))
}

fn renames_made(files: &[MigrationFile]) -> Renames {
    let renames = files.iter().flat_map(|file| file.headers("rename"));
    renames.filter_map(|rename| rename.split_once('=')).map(|(old, new)| (old.to_owned(), new.to_owned())).collect()
}

/// A `renamedFrom` that names nothing would be a new field, and its values would be lost with the old one.
fn refuse_renames(project: &Project, state: &[Collection], decisions: &Decisions) -> Result<(), MigrateError> {
    let errors: Vec<_> =
        project.files.iter().flat_map(|file| file.unknown_renames(project, state, decisions)).collect();
    if errors.is_empty() { Ok(()) } else { Err(MigrateError::Schema(errors)) }
}

/// Changes that PocketBase would refuse to a collection that exists.
fn refuse_updates(project: &Project, state: &[Collection], desired: &[Collection]) -> Result<(), MigrateError> {
    let system = state.iter().filter(|collection| collection.system);
    let catalog = Catalog::new(system.chain(desired).cloned().map(Arc::new), 0);
    let mut errors = Vec::new();
    for (file, new) in project.files.iter().zip(desired) {
        if let Some(old) = find(state, new) {
            errors.extend(check_update(file, &catalog, new, old));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(MigrateError::Schema(errors)) }
}

/// The time in UTC as 14 digits, or one more than the newest file.
fn next_version(files: &[MigrationFile]) -> i64 {
    let now = chrono::Utc::now().format("%Y%m%d%H%M%S").to_string().parse().unwrap_or(0);
    files.last().map_or(now, |last| now.max(following(last.version)))
}

/// The version one second later.
fn following(version: i64) -> i64 {
    const FORM: &str = "%Y%m%d%H%M%S";
    let later = chrono::NaiveDateTime::parse_from_str(&version.to_string(), FORM)
        .ok()
        .and_then(|time| time.checked_add_signed(chrono::TimeDelta::seconds(1)))
        .and_then(|time| time.format(FORM).to_string().parse().ok());
    // One that counted on beyond its minute, as older ones do.
    later.unwrap_or(version + 1)
}

/// Takes a migration out of the folder again, which was just written and is not applied.
///
/// # Errors
/// Integrity errors of the folder, an I/O error.
pub fn discard(paths: &ProjectPaths, version: i64) -> Result<(), MigrateError> {
    let _lock = lock::Lock::folder(&paths.migrations)?;
    let files = folder::read(&paths.migrations)?;
    let kept: Vec<MigrationFile> = files.iter().filter(|file| file.version != version).cloned().collect();
    if kept.len() < files.len() { folder::replace(&paths.migrations, &files, &kept) } else { Ok(()) }
}

/// The hash of the schema that the migrations lead to.
///
/// # Errors
/// Integrity errors of the folder.
pub fn replayed_hash(paths: &ProjectPaths) -> Result<String, MigrateError> {
    Ok(replay(&folder::read(&paths.migrations)?)?.hash)
}

/// The hash of the schema that a database has, or `None` while there is none.
///
/// # Errors
/// The database cannot be read.
pub fn live_hash(paths: &ProjectPaths) -> Result<Option<String>, MigrateError> {
    if !paths.database().exists() {
        return Ok(None);
    }
    let connection = drift::open_existing(paths)?;
    Ok(Some(crate::schema::hash::schema_hash(&crate::db::collections::load(&connection)?)))
}

/// The collections that the migrations lead to, and the renames that they made.
///
/// # Errors
/// Integrity errors of the folder.
pub fn replayed(paths: &ProjectPaths) -> Result<(Vec<Collection>, Renames), MigrateError> {
    let files = folder::read(&paths.migrations)?;
    Ok((replay(&files)?.collections, renames_made(&files)))
}

/// Checks the folder alone: names, `pbr.sum`, the chain of hashes, and that every file runs. Returns the files.
///
/// # Errors
/// The first integrity error.
pub fn check(paths: &ProjectPaths) -> Result<Vec<MigrationFile>, MigrateError> {
    let files = folder::read(&paths.migrations)?;
    let state = replay(&files)?;
    if let Some(last) = files.last()
        && let Some(to) = last.header("to")
        && to != state.hash
    {
        let reason = format!("{} does not end in the schema that it announces", last.file_name);
        return Err(MigrateError::Sum { reason, fault: SumFault::Other });
    }
    Ok(files)
}

//! Taking over what was changed in a database: into the schema files, with a migration that counts as applied there.

use super::drift::{open_filled, unlisted};
use super::file::{MigrationFile, normalise};
use super::file_form::without_secrets;
use super::history::require_history;
use super::lock::Lock;
use super::merge::merge;
use super::replay::replay;
use super::runner;
use super::status::{State, status_of};
use super::structure::structure;
use super::undo::Undo;
use super::write_back::{Parse, WriteBack, correct_at, user};
use super::{BASELINE, MigrateError, ProjectPaths, SUM_FILE, folder, next_version, plan, renames_made};
use crate::db::{Access, Changed, collections, notify, open};
use crate::schema::Collection;
use crate::schema::diff::{Change, Decisions, diff, is_untouched_default, reconcile};
use crate::schema::hash::canonical;
use crate::schema::yaml::Project;
use rusqlite::{Connection, TransactionBehavior};
use std::path::PathBuf;
use std::time::Duration;

/// What is taken over.
#[derive(Clone, Debug, Default)]
pub struct PullOptions {
    /// Only these collections; all when empty.
    pub only: Vec<String>,
    /// Of the migration; made from the changes when absent.
    pub name: Option<String>,
    /// Write nothing.
    pub dry_run: bool,
    /// Although the schema files have changes of their own: both are kept, and those of the files get a migration later.
    pub merge: bool,
    pub lock_timeout: Duration,
}

/// What was taken over.
#[derive(Clone, Debug)]
pub struct PullReport {
    pub changes: Vec<Change>,
    /// Schema files that were written, and those that were removed.
    pub written: Vec<PathBuf>,
    /// Those of the written files that lost the comments inside, since their form cannot be patched.
    pub rewritten: Vec<PathBuf>,
    pub removed: Vec<PathBuf>,
    /// The migration; `None` when the migrations had it all already.
    pub migration: Option<MigrationFile>,
    /// Environment variables that the files now name in the place of secrets.
    pub secrets: Vec<String>,
}

/// Writes what the database has more than the migrations; `None` when it has nothing.
///
/// Nobody else writes to the database from the moment when its collections are read until the migration counts as
/// applied: what is taken over is all that there is.
///
/// # Errors
/// [`MigrateError::UnsavedChanges`] when the schema files are ahead of the migrations, integrity errors, pending
/// migrations, [`MigrateError::Schema`] when what the database has is no schema that SQLite would take anew,
/// [`MigrateError::RoundTrip`] when the files would say something else than the database, an I/O error. Files and
/// database are as before then.
pub fn pull(
    paths: &ProjectPaths,
    project: &Project,
    parse: Parse<'_>,
    options: &PullOptions,
) -> Result<Option<PullReport>, MigrateError> {
    drop(open_filled(paths)?);
    let _lock = Lock::acquire(&paths.database(), options.lock_timeout)?;
    let _folder = (!options.dry_run).then(|| Lock::folder(&paths.migrations)).transpose()?;
    let files = folder::read(&paths.migrations)?;
    let mut connection = open(&paths.database(), Access::ReadWrite)?;
    connection.busy_timeout(options.lock_timeout)?;
    let status = status_of(&connection, &files)?;
    status.integrity()?;
    if !files.is_empty() {
        require_history(&connection, &status, &files, paths)?;
    }
    if status.count(State::Pending) > 0 {
        let message = "a migration is pending: apply it (pbr migrate up), take the drift back before it (pbr migrate \
                       drift --fix), or delete its file, run pbr migrate hash and pbr migrate pull --merge";
        return Err(MigrateError::Decision(message.to_owned()));
    }
    let state = user(replay(&files)?.collections);
    let decisions = Decisions { made: renames_made(&files), ..Decisions::default() };
    let current = match options.merge {
        true => reconcile(&state, project, &decisions)
            .map_err(|_| MigrateError::UnsavedChanges(vec!["they leave a question open".to_owned()]))?,
        false => current(&state, project, &decisions, files.is_empty())?,
    };

    let behavior = if options.dry_run { TransactionBehavior::Deferred } else { TransactionBehavior::Immediate };
    let transaction = connection.transaction_with_behavior(behavior)?;
    let stored = user(collections::load(&transaction)?);
    let (live, secrets) = without_secrets(stored.clone(), &state);
    let lost = unlisted(&state, &live, &structure(&transaction)?);
    if !lost.is_empty() {
        let collections = lost.into_iter().map(|collection| collection.name).collect();
        return Err(MigrateError::Unlisted { collections });
    }
    let target = chosen(&state, &live, options)?;
    if plan(&state, &target).is_empty() && (options.merge || diff(&current, &target).is_empty()) {
        return Ok(None);
    }
    let in_files = match options.merge {
        true => merge(&state, &current, &target, &[&current]).map_err(MigrateError::Conflict)?,
        false => target.clone(),
    };
    let changes = diff(&current, &in_files);
    let write_back = WriteBack { project, current: &current, target: &in_files, parse };
    let written = write_back.texts(&paths.schema).map_err(|error| {
        correct_at(error, "the database has it like this: change it there first, in the dashboard", "pbr migrate pull")
    })?;
    // What the files have more is no part of the migration that counts as applied.
    let desired = if options.merge { target } else { written.collections };
    let plan = plan(&state, &desired);
    let name = options.name.clone().unwrap_or_else(|| if files.is_empty() { BASELINE.into() } else { plan.name() });
    let migration = (!plan.is_empty()).then(|| {
        let version = next_version(&files);
        let file_name = format!("V{version}__{name}.sql");
        MigrationFile { version, file_name, name, sql: normalise(&plan.file()) }
    });
    let report = PullReport {
        changes,
        written: written.files.changed(),
        rewritten: written.rewritten,
        removed: written.removed,
        migration,
        secrets,
    };
    if !options.dry_run {
        let migration = report.migration.iter().map(|file| file.file_name.as_str());
        let of_migration = migration.flat_map(|name| [name, SUM_FILE]).map(|name| paths.migrations.join(name));
        let undo = Undo::new(report.written.iter().chain(&report.removed).cloned().chain(of_migration))?;
        let write = || {
            written.files.write(&paths.schema, &report.removed)?;
            if let Some(file) = &report.migration {
                folder::add(&paths.migrations, &files, file)?;
                mark(&transaction, file, &desired, &live, &stored)?;
            }
            Ok(transaction.commit()?)
        };
        if let Err(error) = write() {
            undo.put_back();
            return Err(error);
        }
        notify(&paths.data, Changed::Collections);
    }
    Ok(Some(report))
}

/// The schema files with the ids of the migrated state. They must agree with the migrations, so that what is written
/// is what the database has.
pub(super) fn current(
    state: &[Collection],
    project: &Project,
    decisions: &Decisions,
    fresh: bool,
) -> Result<Vec<Collection>, MigrateError> {
    // A folder without files and migrations says nothing about `users`.
    if fresh && project.files.is_empty() {
        return Ok(Vec::new());
    }
    let current = reconcile(state, project, decisions)
        .map_err(|_| MigrateError::UnsavedChanges(vec!["they leave a question open".to_owned()]))?;
    let untouched = |collection: &&Collection| {
        is_untouched_default(collection) && !current.iter().any(|other| other.id == collection.id)
    };
    let known: Vec<Collection> = state.iter().filter(|collection| !untouched(collection)).cloned().collect();
    let ahead: Vec<String> = diff(&known, &current).iter().map(ToString::to_string).collect();
    if ahead.is_empty() { Ok(current) } else { Err(MigrateError::UnsavedChanges(ahead)) }
}

/// The state with the chosen collections as the database has them.
fn chosen(state: &[Collection], live: &[Collection], options: &PullOptions) -> Result<Vec<Collection>, MigrateError> {
    if options.only.is_empty() {
        return Ok(live.to_vec());
    }
    let known = |name: &String| live.iter().chain(state).any(|collection| collection.name == *name);
    if let Some(unknown) = options.only.iter().find(|name| !known(name)) {
        return Err(MigrateError::Decision(format!("there is no collection `{unknown}`")));
    }
    let wanted = |collection: &Collection| {
        let ids = live.iter().chain(state).filter(|other| options.only.contains(&other.name));
        ids.map(|other| &other.id).any(|id| *id == collection.id)
    };
    let mut target: Vec<Collection> = Vec::new();
    for collection in state {
        match live.iter().find(|other| other.id == collection.id) {
            Some(now) if wanted(collection) => target.push(now.clone()),
            None if wanted(collection) => {}
            _ => target.push(collection.clone()),
        }
    }
    let new = live.iter().filter(|new| wanted(new) && !state.iter().any(|old| old.id == new.id));
    target.extend(new.cloned());
    Ok(target)
}

/// Notes the migration as applied and evens out the rows (`stored`) that differ from the files in white space.
fn mark(
    connection: &Connection,
    file: &MigrationFile,
    desired: &[Collection],
    live: &[Collection],
    stored: &[Collection],
) -> Result<(), MigrateError> {
    for (collection, stored) in
        desired.iter().filter_map(|new| Some((new, stored.iter().find(|old| old.id == new.id)?)))
    {
        let taken_over = live.iter().any(|live| live.id == collection.id && canonical(live) == canonical(collection));
        if taken_over && canonical(stored) != canonical(collection) {
            let mut row = collection.clone();
            row.created.clone_from(&stored.created);
            row.updated.clone_from(&stored.updated);
            // Secrets stay as they are in the database.
            if let (Some(now), Some(mut former)) = (row.auth_mut(), stored.auth().cloned()) {
                now.oauth2.providers.clone_from(&former.oauth2.providers);
                for (now, former) in now.tokens_mut().into_iter().zip(former.tokens_mut()) {
                    now.secret.clone_from(&former.secret);
                }
            }
            collections::update(connection, &row)?;
        }
    }
    runner::note(connection, file)
}

//! Taking over what was changed in a database: into the schema files, with a migration that counts as applied there.

use super::drift::open_existing;
use super::file::{MigrationFile, normalise};
use super::lock::Lock;
use super::replay::replay;
use super::runner;
use super::status::{State, status_of};
use super::{MigrateError, ProjectPaths, folder, next_version, plan, renames_made, write_whole};
use crate::db::{Access, Changed, collections, notify, open};
use crate::schema::diff::{Change, Decisions, diff, is_untouched_default, reconcile};
use crate::schema::hash::canonical;
use crate::schema::yaml::{Project, is_placeholder, patch, rewrite, to_yaml};
use crate::schema::{Catalog, Collection, CollectionKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
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
    pub lock_timeout: Duration,
}

/// What was taken over.
#[derive(Clone, Debug)]
pub struct PullReport {
    pub changes: Vec<Change>,
    /// Schema files that were written, and those that were removed.
    pub written: Vec<PathBuf>,
    pub removed: Vec<PathBuf>,
    /// The migration; `None` when the migrations had it all already.
    pub migration: Option<MigrationFile>,
    /// Environment variables that the files now name in the place of secrets.
    pub secrets: Vec<String>,
}

/// Parses the schema files again, to see what they say.
pub type Parse<'a> = &'a dyn Fn(&[(String, String)]) -> Result<Project, Vec<crate::diagnostic::Diagnostic>>;

/// Writes what the database has more than the migrations; `None` when it has nothing.
///
/// # Errors
/// [`MigrateError::UnsavedChanges`] when the schema files are ahead of the migrations, integrity errors, pending
/// migrations, [`MigrateError::RoundTrip`] when the files would say something else than the database (nothing is
/// written then).
pub fn pull(
    paths: &ProjectPaths,
    project: &Project,
    parse: Parse<'_>,
    options: &PullOptions,
) -> Result<Option<PullReport>, MigrateError> {
    drop(open_existing(paths)?);
    let _lock = Lock::acquire(&paths.database(), options.lock_timeout)?;
    let files = folder::read(&paths.migrations)?;
    let mut connection = open(&paths.database(), Access::ReadWrite)?;
    let status = status_of(&connection, &files)?;
    status.integrity()?;
    if status.count(State::Pending) > 0 {
        let message = "apply what is pending first: pbr migrate up --allow-drift".to_owned();
        return Err(MigrateError::Decision(message));
    }
    let state = user(replay(&files)?.collections);
    let decisions = Decisions { made: renames_made(&files), ..Decisions::default() };
    let current = current(&state, project, &decisions, files.is_empty())?;

    let (live, secrets) = without_secrets(user(collections::load(&connection)?), &state);
    let target = chosen(&state, &live, options)?;
    let changes = diff(&current, &target);
    if changes.is_empty() && plan(&state, &target).is_empty() {
        return Ok(None);
    }
    let work = Work { project, current: &current, target: &target, catalog: catalog(&target) };
    let (texts, removed) = work.texts(paths, parse)?;
    let desired = work.reread(&texts, parse, &decisions)?;
    let plan = plan(&state, &desired);
    let name = options.name.clone().unwrap_or_else(|| if files.is_empty() { "baseline".into() } else { plan.name() });
    let migration = (!plan.is_empty()).then(|| {
        let version = next_version(&files);
        let file_name = format!("V{version}__{name}.sql");
        MigrationFile { version, file_name, name, sql: normalise(&plan.file()) }
    });
    let report = PullReport {
        changes,
        written: texts.iter().filter(|(_, _, changed)| *changed).map(|(path, _, _)| path.clone()).collect(),
        removed,
        migration,
        secrets,
    };
    if !options.dry_run {
        write(paths, &files, &texts, &report)?;
        mark(&mut connection, paths, &report, &desired, &live)?;
    }
    Ok(Some(report))
}

fn user(collections: Vec<Collection>) -> Vec<Collection> {
    collections.into_iter().filter(|collection| !collection.system).collect()
}

fn catalog(target: &[Collection]) -> Catalog {
    let system = crate::schema::system::initial_collections().into_iter().filter(|collection| collection.system);
    Catalog::new(system.chain(target.iter().cloned()).map(Arc::new), 0)
}

/// The schema files with the ids of the migrated state. They must agree with the migrations, so that what is written
/// is what the database has.
fn current(
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

/// Puts `${env:NAME}` where secrets are: the name that the migrations have, else one from the collection and provider.
fn without_secrets(mut live: Vec<Collection>, state: &[Collection]) -> (Vec<Collection>, Vec<String>) {
    let mut names = Vec::new();
    for collection in &mut live {
        let former = state.iter().find(|former| former.id == collection.id).cloned();
        let upper = |text: &str| text.to_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        let collection_name = upper(&collection.name);
        let Some(options) = collection.auth_mut() else { continue };
        for provider in &mut options.oauth2.providers {
            if provider.client_secret.is_empty() || is_placeholder(&provider.client_secret) {
                continue;
            }
            let known = former.as_ref().and_then(|former| former.auth()).and_then(|former| {
                let same = former.oauth2.providers.iter().find(|other| other.name == provider.name)?;
                is_placeholder(&same.client_secret).then(|| same.client_secret.clone())
            });
            provider.client_secret = known.unwrap_or_else(|| {
                let name = format!("{collection_name}_{}_SECRET", upper(&provider.name));
                names.push(name.clone());
                format!("${{env:{name}}}")
            });
        }
    }
    (live.into_iter().map(tidy).collect(), names)
}

/// White space around rules and queries says nothing, and YAML does not keep it.
fn tidy(mut collection: Collection) -> Collection {
    let trim = |rule: &mut Option<String>| {
        if let Some(rule) = rule {
            *rule = rule.trim().to_owned();
        }
    };
    let rules = &mut collection.rules;
    [&mut rules.list, &mut rules.view, &mut rules.create, &mut rules.update, &mut rules.delete]
        .into_iter()
        .for_each(trim);
    match &mut collection.kind {
        CollectionKind::Auth(options) => [&mut options.auth_rule, &mut options.manage_rule].into_iter().for_each(trim),
        CollectionKind::View { query } => *query = query.trim().to_owned(),
        CollectionKind::Base => {}
    }
    for index in &mut collection.indexes {
        *index = index.trim().trim_end_matches(';').to_owned();
    }
    collection
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

/// Path, text, and whether the text is another than before.
type Texts = Vec<(PathBuf, String, bool)>;

struct Work<'a> {
    project: &'a Project,
    current: &'a [Collection],
    target: &'a [Collection],
    catalog: Catalog,
}

impl Work<'_> {
    fn texts(&self, paths: &ProjectPaths, parse: Parse<'_>) -> Result<(Texts, Vec<PathBuf>), MigrateError> {
        let (mut texts, mut removed) = (Texts::new(), Vec::new());
        for (file, current) in self.project.files.iter().zip(self.current) {
            let path = PathBuf::from(&file.source.path);
            let Some(target) = self.target.iter().find(|target| target.id == current.id) else {
                removed.push(path);
                continue;
            };
            if diff(std::slice::from_ref(current), std::slice::from_ref(target)).is_empty() {
                texts.push((path, file.source.text.clone(), false));
                continue;
            }
            let patched = patch(file, current, target, &self.catalog);
            texts.push((path, patched, true));
        }
        for target in self.target {
            if !self.current.iter().any(|current| current.id == target.id) {
                texts.push((free_path(&paths.schema, &target.name, &texts), to_yaml(target, &self.catalog), true));
            }
        }
        self.rewrite_misread(&mut texts, parse);
        Ok((texts, removed))
    }

    /// Files whose form cannot be patched are written anew, each by itself.
    fn rewrite_misread(&self, texts: &mut Texts, parse: Parse<'_>) {
        let mut safe = texts.clone();
        let mut changed: Vec<(usize, &Collection)> = Vec::new();
        for (file, current) in self.project.files.iter().zip(self.current) {
            let Some(target) = self.target.iter().find(|target| target.id == current.id) else { continue };
            let path = PathBuf::from(&file.source.path);
            if let Some(at) = texts.iter().position(|(known, _, changed)| *known == path && *changed) {
                safe[at].1 = rewrite(file, target, &self.catalog);
                changed.push((at, target));
            }
        }
        let says = |texts: &Texts, target: &Collection| {
            let project = parse(&pairs(texts)).ok();
            project.and_then(|project| project.file(&target.name).map(|file| same_but_ids(&file.collection, target)))
        };
        if changed.iter().all(|(_, target)| says(texts, target) == Some(true)) {
            return;
        }
        for (at, target) in changed {
            let mut one = safe.clone();
            one[at].1.clone_from(&texts[at].1);
            if says(&one, target) != Some(true) {
                texts[at].1.clone_from(&safe[at].1);
            }
        }
    }

    /// What the files say now, with the ids of the database.
    fn reread(
        &self,
        texts: &Texts,
        parse: Parse<'_>,
        decisions: &Decisions,
    ) -> Result<Vec<Collection>, MigrateError> {
        let project = parse(&pairs(texts)).map_err(MigrateError::Schema)?;
        // Against the target, names are ids; renames that the database made are no questions.
        let desired = reconcile(self.target, &project, decisions)
            .map_err(|error| MigrateError::RoundTrip(vec![error.to_string()]))?;
        let differences: Vec<String> = diff(self.target, &desired).iter().map(ToString::to_string).collect();
        if differences.is_empty() { Ok(desired) } else { Err(MigrateError::RoundTrip(differences)) }
    }
}

fn pairs(texts: &Texts) -> Vec<(String, String)> {
    texts.iter().map(|(path, text, _)| (path.display().to_string(), text.clone())).collect()
}

/// Ids come from the migrated state, so a file alone may have others.
fn same_but_ids(read: &Collection, target: &Collection) -> bool {
    let neutral = |collection: &Collection| {
        let mut collection = collection.clone();
        let id = std::mem::take(&mut collection.id);
        for field in &mut collection.fields {
            field.id.clear();
        }
        for index in &mut collection.indexes {
            *index = index.replace(&id, "");
        }
        let mut json = canonical(&collection);
        // Relations are compared by the caller, who knows the ids of their targets.
        for field in json["fields"].as_array_mut().into_iter().flatten() {
            if let Some(field) = field.as_object_mut() {
                field.remove("collectionId");
            }
        }
        json
    };
    neutral(read) == neutral(target)
}

fn free_path(schema: &Path, name: &str, texts: &Texts) -> PathBuf {
    let taken = |path: &PathBuf| texts.iter().any(|(known, _, _)| known == path);
    std::iter::once(schema.join(format!("{name}.yaml")))
        .chain((2..).map(|n| schema.join(format!("{name}_{n}.yaml"))))
        .find(|path| !taken(path))
        .expect("the sequence of candidates is endless")
}

fn write(
    paths: &ProjectPaths,
    files: &[MigrationFile],
    texts: &Texts,
    report: &PullReport,
) -> Result<(), MigrateError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |error| MigrateError::Io { path: path.clone(), error }
    };
    std::fs::create_dir_all(&paths.schema).map_err(io(&paths.schema))?;
    for (path, text, _) in texts.iter().filter(|(_, _, changed)| *changed) {
        write_whole(path, text)?;
    }
    for path in &report.removed {
        std::fs::remove_file(path).map_err(io(path))?;
    }
    if let Some(file) = &report.migration {
        folder::add(&paths.migrations, files, file)?;
    }
    Ok(())
}

/// Notes the migration as applied and evens out the rows that differ from the files in white space.
fn mark(
    connection: &mut rusqlite::Connection,
    paths: &ProjectPaths,
    report: &PullReport,
    desired: &[Collection],
    live: &[Collection],
) -> Result<(), MigrateError> {
    let Some(file) = &report.migration else { return Ok(()) };
    let stored = user(collections::load(connection)?);
    for (collection, stored) in desired.iter().filter_map(|new| Some((new, stored.iter().find(|old| old.id == new.id)?))) {
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
    let files = folder::read(&paths.migrations)?;
    runner::record(connection, &runner::migrations(&files)?, file.version)?;
    notify(&paths.data, Changed::Collections);
    Ok(())
}

//! Writing planned rows: one transaction for all, every row validated, unchanged rows left alone.

use super::adapt::adapt;
use super::fingerprint::{self, FileKey};
use super::generate::{Counts as RowCounts, expand};
use super::made::{self, Ids};
use super::parse::{Group, SeedDocument};
use super::plan::{PlannedDocument, PlannedRow, SeedKeys, plan};
use super::value::fallback;
use crate::db::{DbError, WriteTx};
use crate::diagnostic::{Diagnostic, code};
use crate::events::Record;
use crate::files::stored_name;
use crate::query::RequestInfo;
use crate::records::{self, Body, Draft, RecordError, Records, Scope, Upload};
use crate::schema::Collection;
use crate::schema::fields::{FieldKind, Value, format_datetime};
use bytes::Bytes;
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// What to seed and how.
pub struct Options<'a> {
    /// Documents of other groups are left out.
    pub groups: &'a [Group],
    /// Only records of these collections; empty is all.
    pub only: &'a [String],
    /// Changes every derived id and generated value.
    pub seed: u64,
    /// Other numbers of generated rows, by collection.
    pub counts: &'a RowCounts,
    pub mode: Mode,
    /// Remove what former seeds made and these do not.
    pub prune: bool,
    /// Also write documents that are as they were when they were written last.
    pub force: bool,
    /// Roll everything back at the end.
    pub dry_run: bool,
    /// Where `!file` paths start.
    pub folder: &'a Path,
    /// Natural keys by collection.
    pub keys: &'a SeedKeys,
    /// The default of `${env:NAME:-default}` is no password for an account that exists.
    pub production: bool,
    /// Looks up `${env:NAME}`.
    pub env: &'a dyn Fn(&str) -> Option<String>,
}

/// What happens to a record that exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The fields of the seed are written, others left.
    #[default]
    Upsert,
    /// It stays as it is.
    Insert,
    /// Fields that the seed does not name get their default.
    Replace,
}

/// Rows by what happened to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    /// Rows of documents that are as they were when they were written last, and were not looked at.
    pub skipped: u64,
    pub pruned: u64,
}

/// Rows by collection, in the order in which they were written.
pub type Report = Vec<(String, Counts)>;

/// A row was written: its collection, how many of how many.
pub struct Progress<'a> {
    pub collection: &'a str,
    pub done: usize,
    pub total: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// Errors in the files, each at its place.
    #[error("{} errors in the seeds", .0.len())]
    Invalid(Vec<Diagnostic>),
    /// Records that other records require, by collection and id.
    #[error("{} cannot be removed, since other records require them", .0.join(", "))]
    Prune(Vec<String>),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("{}: {error}", path.display())]
    File { path: PathBuf, error: std::io::Error },
}

impl From<rusqlite::Error> for SeedError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Db(error.into())
    }
}

/// Writes the documents and reports what changed. With an error anywhere nothing stays.
///
/// # Errors
/// Errors in the files and records that do not validate; SQLite or a file to store fails.
pub fn run(
    records: &Arc<Records>,
    documents: &[SeedDocument],
    options: &Options<'_>,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Report, SeedError> {
    let catalog = records.catalog.load();
    let mut chosen = adapt(&catalog, documents).map_err(SeedError::Invalid)?;
    chosen.retain(|document| options.groups.contains(&document.group));
    let lease = records.db.writer().lease()?;
    let chosen = expand(&lease, &catalog, &chosen, options.seed, options.counts).map_err(SeedError::Invalid)?;
    made::install(&lease)?;
    let planned = plan(&lease, &catalog, &chosen, options.only, options.keys, options.seed, options.env)
        .map_err(SeedError::Invalid)?;
    let mut seeder = Seeder {
        records,
        options,
        request: RequestInfo::of_operator(),
        hashes: HashMap::new(),
        verified: HashMap::new(),
        planned_ids: Ids::new(),
        stored_files: Vec::new(),
        replaced_files: Vec::new(),
        now: format_datetime(chrono::Utc::now()),
    };
    let prints = fingerprint::all(&planned, &|path| seeder.content(path))?;
    let unchanged = match options.mode == REMEMBERED && !options.force {
        true => made::unchanged(&lease, &prints)?,
        false => HashSet::new(),
    };
    let is_written = |document: &&PlannedDocument<'_>| !unchanged.contains(&fingerprint::key(document));
    seeder.prepare_passwords(&lease, planned.iter().filter(is_written))?;
    seeder.planned_ids = ids(planned.iter().filter(is_written));
    let done = lease.transaction(|tx| seeder.write(tx, &planned, &prints, &unchanged, progress));
    if done.is_err() {
        seeder.remove_stored_files();
    }
    drop(lease);
    records.distrust();
    match done {
        Ok(report) | Err(Undone::OnPurpose(report)) => Ok(report),
        Err(Undone::Error(error)) => Err(error),
    }
}

/// The mode in which unchanged documents are skipped: the others are for records that somebody else may have changed.
const REMEMBERED: Mode = Mode::Upsert;

/// Why nothing of a transaction stays.
enum Undone {
    OnPurpose(Report),
    Error(SeedError),
}

impl From<SeedError> for Undone {
    fn from(error: SeedError) -> Self {
        Self::Error(error)
    }
}

impl From<DbError> for Undone {
    fn from(error: DbError) -> Self {
        Self::Error(error.into())
    }
}

impl From<rusqlite::Error> for Undone {
    fn from(error: rusqlite::Error) -> Self {
        Self::Error(error.into())
    }
}

fn ids<'a>(planned: impl Iterator<Item = &'a PlannedDocument<'a>>) -> Ids {
    let mut ids = Ids::new();
    for document in planned {
        let of_collection = ids.entry(document.collection.id.clone()).or_default();
        of_collection.extend(document.rows.iter().map(|row| row.id.clone()));
    }
    ids
}

struct Seeder<'a> {
    records: &'a Arc<Records>,
    options: &'a Options<'a>,
    request: RequestInfo,
    /// One hash for each distinct password of the run: hashing is slow by design.
    hashes: HashMap<String, String>,
    /// Whether a plain password belongs to a stored hash.
    verified: HashMap<(String, String), bool>,
    /// Records that this run writes: a relation may point to one that comes later.
    planned_ids: Ids,
    /// Collection, record and name of each stored file, to undo a failed transaction.
    stored_files: Vec<(String, String, String)>,
    /// Those that no row names any more, to be removed once that is committed.
    replaced_files: Vec<(String, String, String)>,
    now: String,
}

impl Seeder<'_> {
    /// Writes the documents that changed, in the order of their references, whatever file they stand in.
    fn write(
        &mut self,
        tx: &WriteTx<'_>,
        planned: &[PlannedDocument<'_>],
        prints: &BTreeMap<FileKey, String>,
        unchanged: &HashSet<FileKey>,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Report, Undone> {
        let mut report: Report = Vec::new();
        for document in planned {
            let counts = match unchanged.contains(&fingerprint::key(document)) {
                true => Counts { skipped: document.rows.len() as u64, ..Counts::default() },
                false => self.document(tx, document, progress)?,
            };
            report.push((document.collection.name.clone(), counts));
        }
        let mut effects = records::Effects::default();
        if self.options.prune {
            prune(self, tx, planned, &mut report, &mut effects)?;
        }
        if self.options.mode == REMEMBERED {
            made::remember(tx, prints)?;
        }
        if report.iter().any(|(_, counts)| counts.pruned > 0) {
            // What was removed may have taken records of other files with it.
            made::forget_prints(tx)?;
        }
        if self.options.dry_run {
            return Err(Undone::OnPurpose(report));
        }
        let (files, replaced) = (self.records.files.clone(), std::mem::take(&mut self.replaced_files));
        tx.after_commit(move || {
            for (collection, record, name) in replaced {
                files.delete(&collection, &record, &name);
            }
            for effect in effects.deleted() {
                let names = records::stored_files(&effect.collection, &effect.stored.record);
                files.delete_record(&effect.collection.id, &effect.stored.id, names);
            }
        });
        Ok(report)
    }

    fn document(
        &mut self,
        connection: &Connection,
        planned: &PlannedDocument<'_>,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Counts, SeedError> {
        let mut counts = Counts::default();
        let total = planned.rows.len();
        for (at, row) in planned.rows.iter().enumerate() {
            self.row(connection, planned, row, &mut counts)?;
            progress(Progress { collection: &planned.collection.name, done: at + 1, total });
        }
        Ok(counts)
    }

    fn row(
        &mut self,
        connection: &Connection,
        planned: &PlannedDocument<'_>,
        row: &PlannedRow<'_>,
        counts: &mut Counts,
    ) -> Result<(), SeedError> {
        let collection = &planned.collection;
        let original = records::find(connection, collection, &row.id)?;
        let mut body = Body::from(row.values.clone());
        body.values.insert("id".into(), row.id.clone().into());
        self.add_files(collection, original.as_ref(), row, &mut body)?;
        self.drop_known_passwords(collection, original.as_ref(), &mut body);

        match &original {
            None => made::note(connection, &collection.id, &row.id, planned.document.group)?,
            // Somebody else may have made it, and only what seeds made is pruned.
            Some(_) => made::regroup(connection, &collection.id, &row.id, planned.document.group)?,
        }
        if original.is_some() && self.options.mode == Mode::Insert {
            counts.unchanged += 1;
            return Ok(());
        }
        if original.is_some() && self.options.production {
            self.refuse_default_passwords(planned, row, &body)?;
        }
        if original.is_some() && self.options.mode == Mode::Replace {
            reset_others(collection, &mut body);
        }
        let mut draft = Draft::new(collection, original, &body, true);
        if draft.original.as_ref() == Some(&draft.record) {
            counts.unchanged += 1;
            return Ok(());
        }
        self.hash_passwords(collection, &mut draft);
        self.complete(collection, &mut draft, &body);
        self.validate(connection, planned, row, &draft, &body.uploads)?;
        for upload in body.uploads.iter().filter(|_| !self.options.dry_run) {
            let put = upload.store(&self.records.files, &collection.id, &row.id).map_err(std::io::Error::other);
            put.map_err(|error| SeedError::File { path: PathBuf::from(&upload.original_name), error })?;
            self.stored_files.push((collection.id.clone(), row.id.clone(), upload.stored_name.clone()));
        }
        match &draft.original {
            None => counts.created += 1,
            Some(original) => {
                counts.updated += 1;
                let replaced = records::removed_files(collection, original, &draft.record);
                self.replaced_files
                    .extend(replaced.into_iter().map(|name| (collection.id.clone(), row.id.clone(), name)));
            }
        }
        let stored = records::store_unchecked(connection, collection, &mut draft);
        stored.map_err(|error| match error {
            RecordError::Refused { data, message, .. } => refused(planned, row, &data, &message),
            other => other.into(),
        })
    }

    /// The place and the content of a `!file` path.
    fn content(&self, path: &str) -> Result<(PathBuf, Vec<u8>), SeedError> {
        let full = inside(self.options.folder, path)?;
        match std::fs::read(&full) {
            Ok(content) => Ok((full, content)),
            Err(error) => Err(SeedError::File { path: full, error }),
        }
    }

    /// Reads `!file` paths. A stored file with the same content stays as it is.
    fn add_files(
        &self,
        collection: &Collection,
        original: Option<&Record>,
        row: &PlannedRow<'_>,
        body: &mut Body,
    ) -> Result<(), SeedError> {
        for (field, paths) in &row.files {
            let stored: Vec<&str> =
                original.and_then(|record| record.get(collection, field)).map(Value::items).unwrap_or_default();
            let mut kept = Vec::new();
            for path in paths {
                let (full, content) = self.content(path)?;
                let same = stored.iter().find(|name| self.records.files.holds(&collection.id, &row.id, name, &content));
                if let Some(name) = same {
                    kept.push((*name).to_owned());
                    continue;
                }
                let original_name = full.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let stored_name = stored_name(&original_name, &content);
                body.uploads.push(Upload {
                    key: field.clone(),
                    original_name,
                    stored_name,
                    content: Bytes::from(content).into(),
                });
            }
            body.values.insert(field.clone(), kept.into());
        }
        Ok(())
    }

    /// Verifies and hashes the passwords of the rows before other writers have to wait for the transaction, on every
    /// core: that is slow by design.
    fn prepare_passwords<'p>(
        &mut self,
        connection: &Connection,
        planned: impl Iterator<Item = &'p PlannedDocument<'p>>,
    ) -> Result<(), SeedError> {
        let mut plains = HashSet::new();
        for document in planned {
            let collection = &document.collection;
            if !collection.fields.iter().any(|field| matches!(field.kind, FieldKind::Password(_))) {
                continue;
            }
            for row in &document.rows {
                let original = records::find(connection, collection, &row.id)?;
                if original.is_some() && self.options.mode == Mode::Insert {
                    continue;
                }
                let mut body = Body::from(row.values.clone());
                self.drop_known_passwords(collection, original.as_ref(), &mut body);
                let draft = Draft::new(collection, original, &body, true);
                plains.extend(draft.plain_passwords(collection).map(|(_, plain)| plain.to_owned()));
            }
        }
        self.hashes = self.records.passwords.hash_all(plains);
        Ok(())
    }

    /// A password that the stored hash already verifies is no change.
    fn drop_known_passwords(&mut self, collection: &Collection, original: Option<&Record>, body: &mut Body) {
        let Some(original) = original else { return };
        for field in collection.fields.iter().filter(|field| matches!(field.kind, FieldKind::Password(_))) {
            let Some(plain) = body.values.get(&field.name).and_then(|value| value.as_str()) else { continue };
            let key = (plain.to_owned(), original.password_hash(collection, &field.name).to_owned());
            let passwords = &self.records.passwords;
            let known = *self.verified.entry(key).or_insert_with_key(|(plain, hash)| passwords.verify(plain, hash));
            if known {
                body.values.remove(&field.name);
            }
        }
    }

    /// A default stands in a file that many can read.
    fn refuse_default_passwords(
        &self,
        planned: &PlannedDocument<'_>,
        row: &PlannedRow<'_>,
        body: &Body,
    ) -> Result<(), SeedError> {
        let collection = &planned.collection;
        let is_password =
            |name: &str| collection.field(name).is_some_and(|field| matches!(field.kind, FieldKind::Password(_)));
        for field in row.record.fields.iter().filter(|field| is_password(&field.name)) {
            if !body.values.contains_key(&field.name) {
                continue;
            }
            if let Some(variable) = fallback(&field.value, self.options.env) {
                let message = format!(
                    "`{}` of `{}.{}` would become the default of `{variable}`, which is not set",
                    field.name, collection.name, row.record.label
                );
                let mut error = Diagnostic::new(code::SEED_REFUSED, message);
                error.help = Some("in production an account that exists keeps its password: set the variable, or seed with --mode insert".to_owned());
                return Err(SeedError::Invalid(vec![error.at(&planned.document.source, field.value.span.clone())]));
            }
        }
        Ok(())
    }

    fn hash_passwords(&mut self, collection: &Collection, draft: &mut Draft) {
        let mut ready = HashMap::new();
        for (field, plain) in draft.plain_passwords(collection) {
            if !self.hashes.contains_key(plain) {
                // Too long to hash: validation reports it.
                let Ok(hash) = self.records.passwords.hash(plain, 0) else { continue };
                self.hashes.insert(plain.to_owned(), hash);
            }
            ready.insert(field.name.clone(), self.hashes[plain].clone());
        }
        records::set_hashes(collection, &mut draft.record, &ready);
    }

    /// Generated values and dates; a date that the seed gives stays.
    fn complete(&self, collection: &Collection, draft: &mut Draft, body: &Body) {
        draft.complete(collection, &self.now);
        records::rotate_token_key(collection, draft);
        for field in collection.fields.iter().filter(|field| matches!(field.kind, FieldKind::Autodate(_))) {
            let given = body.values.get(&field.name).and_then(|value| value.as_str());
            if let Some(moment) = given.and_then(crate::schema::fields::parse_datetime) {
                draft.record.set(collection, &field.name, Value::Text(moment));
            }
        }
    }

    fn validate(
        &self,
        connection: &Connection,
        planned: &PlannedDocument<'_>,
        row: &PlannedRow<'_>,
        draft: &Draft,
        uploads: &[Upload],
    ) -> Result<(), SeedError> {
        let catalog = self.records.catalog.load();
        let scope = Scope { bus: None, ..self.records.scope(connection, &catalog, &self.request) };
        let known = |collection: &str, id: &str| self.planned_ids.get(collection).is_some_and(|ids| ids.contains(id));
        let errors = records::validate(&scope, &planned.collection, draft, uploads, &known)?;
        if errors.is_empty() { Ok(()) } else { Err(refused(planned, row, &errors, "the record is not valid")) }
    }

    fn remove_stored_files(&mut self) {
        for (collection, record, name) in self.stored_files.drain(..) {
            self.records.files.delete(&collection, &record, &name);
        }
    }
}

/// Fields that the seed does not name get their default; what the server makes stays.
fn reset_others(collection: &Collection, body: &mut Body) {
    for field in &collection.fields {
        let made = matches!(field.kind, FieldKind::Autodate(_) | FieldKind::Password(_));
        if !made && !field.system && !body.values.contains_key(&field.name) {
            body.values.insert(field.name.clone(), field.default.clone().unwrap_or(serde_json::Value::Null));
        }
    }
}

/// Removes what former runs made and this one does not, with whatever hangs on it. Within the transaction of the run.
fn prune(
    seeder: &mut Seeder<'_>,
    connection: &Connection,
    planned: &[PlannedDocument<'_>],
    report: &mut Report,
    effects: &mut records::Effects,
) -> Result<(), SeedError> {
    let options = seeder.options;
    let catalog = seeder.records.catalog.load();
    let present = ids(planned.iter());
    let concerned = |id: &str| {
        let name = catalog.iter().find(|known| known.id == id).map(|known| known.name.clone());
        options.only.is_empty() || name.is_some_and(|name| options.only.contains(&name))
    };
    let mut left = made::left_over(connection, options.groups, concerned, &present)?;
    // What is required by something else that goes too can go after it.
    while !left.is_empty() {
        let before = left.len();
        let mut refused = Vec::new();
        for (collection, id) in left {
            let Some(known) = catalog.iter().find(|known| known.id == collection).cloned() else {
                made::forget(connection, &collection, &id)?;
                continue;
            };
            if let Some(record) = records::find(connection, &known, &id)? {
                let scope = Scope { bus: None, ..seeder.records.scope(connection, &catalog, &seeder.request) };
                connection.execute_batch("SAVEPOINT prune")?;
                let mut done = records::Effects::default();
                match records::delete(&scope, None, &known, record, &mut done) {
                    Ok(()) => connection.execute_batch("RELEASE prune")?,
                    Err(RecordError::Refused { .. }) => {
                        connection.execute_batch("ROLLBACK TO prune; RELEASE prune")?;
                        refused.push((collection, id));
                        continue;
                    }
                    Err(error) => return Err(error.into()),
                }
                for effect in done.deleted() {
                    report.push((effect.collection.name.clone(), Counts { pruned: 1, ..Counts::default() }));
                }
                effects.done.append(&mut done.done);
            }
            made::forget(connection, &collection, &id)?;
        }
        if refused.len() == before {
            let name = |(collection, id): &(String, String)| {
                let known = catalog.iter().find(|known| known.id == *collection);
                format!("{} {id}", known.map_or(collection.as_str(), |known| known.name.as_str()))
            };
            return Err(SeedError::Prune(refused.iter().map(name).collect()));
        }
        left = refused;
    }
    Ok(())
}

/// Field errors at the fields of the seed that caused them.
fn refused(
    planned: &PlannedDocument<'_>,
    row: &PlannedRow<'_>,
    errors: &crate::schema::ErrorTree,
    message: &str,
) -> SeedError {
    let label = &row.record.label;
    let at = |span: &std::ops::Range<usize>, message: String| {
        Diagnostic::new(code::SEED_REFUSED, message).at(&planned.document.source, span.clone())
    };
    let mut diagnostics: Vec<Diagnostic> = errors
        .leaves()
        .into_iter()
        .map(|(path, error)| {
            let name = path.split('.').next().unwrap_or_default();
            let span = row.record.fields.iter().find(|field| field.name == name).map(|field| &field.value.span);
            let message = format!("`{name}` of `{}.{label}`: {}", planned.collection.name, error.message);
            at(span.unwrap_or(&row.record.span), message)
        })
        .collect();
    if diagnostics.is_empty() {
        diagnostics.push(at(&row.record.span, format!("`{}.{label}`: {message}", planned.collection.name)));
    }
    SeedError::Invalid(diagnostics)
}

/// A path below the seeds folder.
fn inside(folder: &Path, path: &str) -> Result<PathBuf, SeedError> {
    let relative = Path::new(path);
    if relative.components().all(|component| matches!(component, Component::Normal(_) | Component::CurDir)) {
        return Ok(folder.join(relative));
    }
    let error = std::io::Error::new(std::io::ErrorKind::InvalidInput, "files of seeds lie below the seeds folder");
    Err(SeedError::File { path: relative.to_owned(), error })
}

/// Counts of all documents of a collection together.
pub fn by_collection(report: &Report) -> BTreeMap<&str, Counts> {
    let mut totals: BTreeMap<&str, Counts> = BTreeMap::new();
    for (name, counts) in report {
        let total = totals.entry(name).or_default();
        total.created += counts.created;
        total.updated += counts.updated;
        total.unchanged += counts.unchanged;
        total.skipped += counts.skipped;
        total.pruned += counts.pruned;
    }
    totals
}

//! Writing planned rows: one transaction for all, every row validated, unchanged rows left alone.

use super::adapt::adapt;
use super::fingerprint::{self, FileKey};
use super::generate::{Counts as RowCounts, expand};
use super::made::{self, Ids};
use super::parse::{Group, SeedDocument};
use super::plan::{PlannedDocument, SeedKeys, plan};
use crate::db::{DbError, WriteTx};
use crate::diagnostic::Diagnostic;
use crate::query::RequestInfo;
use crate::records::{self, RecordError, Records, Scope};
use crate::schema::fields::format_datetime;
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
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

/// A run.
pub struct Seeder<'a> {
    pub records: &'a Arc<Records>,
    pub options: &'a Options<'a>,
    pub request: RequestInfo,
    /// One hash for each distinct password of the run: hashing is slow by design.
    pub hashes: HashMap<String, String>,
    /// Whether a plain password belongs to a stored hash.
    pub verified: HashMap<(String, String), bool>,
    /// Records that this run writes: a relation may point to one that comes later.
    pub planned_ids: Ids,
    /// Collection, record and name of each stored file, to undo a failed transaction.
    pub stored_files: Vec<(String, String, String)>,
    /// Those that no row names any more, to be removed once that is committed.
    pub replaced_files: Vec<(String, String, String)>,
    pub now: String,
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

    fn remove_stored_files(&mut self) {
        for (collection, record, name) in self.stored_files.drain(..) {
            self.records.files.delete(&collection, &record, &name);
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

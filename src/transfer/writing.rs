//! Writing rows: validated one by one, in transactions that leave other writers their turn.

use super::TransferError;
use super::import::{Chunk, Import, Mode, OnFault, Progress, Report};
use super::row::{Fault, Row, RowFault};
use super::uploads::{self, Folder};
use crate::db::{DbError, WriteTx};
use crate::events::Record;
use crate::files::stored_name;
use crate::query::RequestInfo;
use crate::records::{self, Draft, RecordError, Records, Scope, Upload};
use crate::schema::fields::{FieldKind, Value, format_datetime};
use crate::schema::{Catalog, Collection, ErrorTree, ddl};
use bytes::Bytes;
use crossbeam_channel::{Receiver, RecvTimeoutError};
use rusqlite::Connection;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a transaction may keep other writers waiting.
const TURN: Duration = Duration::from_millis(50);
/// How long an open transaction waits for more rows.
const PATIENCE: Duration = Duration::from_millis(2);
/// Rows that refer to records of their own collection which may come later in the file.
const MAX_DEFERRED: usize = 10_000;
/// Distinct passwords that are remembered with their hashes.
const MAX_HASHES: usize = 10_000;

pub(super) struct Writing<'a> {
    records: &'a Arc<Records>,
    collection: Arc<Collection>,
    catalog: Arc<Catalog>,
    request: RequestInfo,
    options: &'a Import,
    folder: Option<Folder>,
    blank: Record,
    id: usize,
    has_passwords: bool,
    has_files: bool,
    /// One hash for each distinct password: hashing is slow by design.
    hashes: HashMap<String, String>,
    /// Whether a plain password belongs to a stored hash.
    verified: HashMap<(String, String), bool>,
    queue: VecDeque<Result<Row, Fault>>,
    deferred: Vec<Row>,
    now: String,
    /// Record and name of each file that the open transaction has stored.
    stored_files: Vec<(String, String)>,
    /// What the open transaction has come to.
    report: Report,
    /// What is committed.
    pub kept: Report,
}

/// Why a transaction was left.
enum Left {
    /// No more rows.
    Finished,
    /// It lasted long enough, or there is no row yet.
    Turn,
    /// The import ends here; what was written before stays.
    Ended(TransferError),
}

/// Why nothing of a transaction stays.
enum Undone {
    OnPurpose,
    Error(TransferError),
}

impl From<DbError> for Undone {
    fn from(error: DbError) -> Self {
        Self::Error(error.into())
    }
}

/// Why a row is not stored.
struct Refusal {
    message: String,
    /// A later row may bring what is missing.
    may_come: bool,
}

impl Refusal {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), may_come: false }
    }
}

type Tell<'t> = dyn FnMut(Progress<'_>) + 't;

impl<'a> Writing<'a> {
    pub fn new(
        records: &'a Arc<Records>,
        collection: Arc<Collection>,
        options: &'a Import,
        folder: Option<Folder>,
    ) -> Self {
        let has = |wanted: fn(&FieldKind) -> bool| collection.fields.iter().any(|field| wanted(&field.kind));
        Self {
            records,
            catalog: records.catalog.load_full(),
            request: RequestInfo::of_operator(),
            options,
            folder,
            blank: Record::blank(&collection),
            id: collection.fields.iter().position(|field| field.name == "id").unwrap_or_default(),
            has_passwords: has(|kind| matches!(kind, FieldKind::Password(_))),
            has_files: has(|kind| matches!(kind, FieldKind::File(_))),
            hashes: HashMap::new(),
            verified: HashMap::new(),
            queue: VecDeque::new(),
            deferred: Vec::new(),
            now: String::new(),
            stored_files: Vec::new(),
            report: Report::default(),
            kept: Report::default(),
            collection,
        }
    }

    /// Writes whatever comes.
    ///
    /// # Errors
    /// What ended the import early.
    pub fn run(&mut self, chunks: &Receiver<Chunk>, tell: &mut Tell<'_>) -> Result<(), TransferError> {
        loop {
            if self.queue.is_empty() && !self.options.atomic && !self.options.dry_run {
                // Outside of any transaction: this may take as long as the other end of a pipe likes.
                self.queue.extend(chunks.recv().unwrap_or_default());
            }
            let lease = self.records.db.writer().lease()?;
            self.prepare_passwords(&lease)?;
            self.report = self.kept;
            let left = lease.transaction(|tx| self.turn(tx, chunks, tell));
            drop(lease);
            if left.is_ok() {
                self.stored_files.clear();
            } else {
                self.remove_stored(0);
            }
            match left {
                Ok(left) => {
                    self.kept = self.report;
                    tell(Progress::At { rows: self.kept.rows(), bytes: 0 });
                    match left {
                        Left::Turn => {}
                        Left::Finished => return Ok(()),
                        Left::Ended(error) => return Err(error),
                    }
                }
                Err(Undone::OnPurpose) => {
                    self.kept = self.report;
                    return Ok(());
                }
                Err(Undone::Error(error)) => return Err(error),
            }
        }
    }

    /// One transaction.
    fn turn(&mut self, tx: &WriteTx<'_>, chunks: &Receiver<Chunk>, tell: &mut Tell<'_>) -> Result<Left, Undone> {
        self.now = format_datetime(chrono::Utc::now());
        let whole = self.options.atomic || self.options.dry_run;
        let (begun, mut written) = (Instant::now(), 0_usize);
        let left = loop {
            let Some(row) = self.queue.pop_front() else {
                match self.more(tx, chunks, whole)? {
                    None => continue,
                    Some(Left::Finished) => match self.write_deferred(tx, tell)? {
                        Some(error) => break Left::Ended(error),
                        None => break Left::Finished,
                    },
                    Some(left) => break left,
                }
            };
            let refused = match row {
                Ok(row) => self.write(tx, &row).map_err(Undone::Error)?.err().and_then(|refusal| {
                    if refusal.may_come && self.deferred.len() < MAX_DEFERRED {
                        self.deferred.push(row);
                        return None;
                    }
                    Some(RowFault::new(row.place, refusal.message))
                }),
                Err(Fault::Row(fault)) => Some(fault),
                Err(Fault::End(error)) => break Left::Ended(error),
            };
            if let Some(fault) = refused
                && let Some(error) = self.refuse(fault, tell)
            {
                break Left::Ended(error);
            }
            written += 1;
            if whole && written.is_multiple_of(1000) {
                tell(Progress::At { rows: self.report.rows(), bytes: 0 });
            }
            if !whole && (written >= self.options.batch || begun.elapsed() >= TURN) {
                break Left::Turn;
            }
        };
        match left {
            Left::Ended(error) if whole => Err(Undone::Error(error)),
            _ if self.options.dry_run => Err(Undone::OnPurpose),
            left => Ok(left),
        }
    }

    /// Fetches rows; else says why the transaction should be left.
    fn more(&mut self, tx: &WriteTx<'_>, chunks: &Receiver<Chunk>, whole: bool) -> Result<Option<Left>, Undone> {
        // A short transaction waits neither for the other end of a pipe nor for the hashes of passwords.
        let chunk = if whole {
            chunks.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else if self.has_passwords {
            if chunks.is_empty() { chunks.recv_timeout(PATIENCE) } else { Err(RecvTimeoutError::Timeout) }
        } else {
            chunks.recv_timeout(PATIENCE)
        };
        match chunk {
            Ok(chunk) => {
                self.queue.extend(chunk);
                self.prepare_passwords(tx).map_err(Undone::Error)?;
                Ok(None)
            }
            Err(RecvTimeoutError::Timeout) => Ok(Some(Left::Turn)),
            Err(RecvTimeoutError::Disconnected) => Ok(Some(Left::Finished)),
        }
    }

    /// Counts a row that is not stored; the error where it ends the import.
    fn refuse(&mut self, fault: RowFault, tell: &mut Tell<'_>) -> Option<TransferError> {
        tell(Progress::Fault(&fault));
        match self.options.on_fault {
            OnFault::Stop => Some(TransferError::Row(fault)),
            OnFault::Skip => {
                self.report.refused += 1;
                None
            }
        }
    }

    /// Rows whose relations led to nothing, now that everything else is there; again as long as that helps.
    fn write_deferred(&mut self, tx: &WriteTx<'_>, tell: &mut Tell<'_>) -> Result<Option<TransferError>, Undone> {
        loop {
            let waiting = std::mem::take(&mut self.deferred);
            let count = waiting.len();
            let mut refusals = Vec::new();
            for row in waiting {
                if let Err(refusal) = self.write(tx, &row).map_err(Undone::Error)? {
                    refusals.push((row, refusal));
                }
            }
            if refusals.len() == count {
                for (row, refusal) in refusals {
                    if let Some(error) = self.refuse(RowFault::new(row.place, refusal.message), tell) {
                        return Ok(Some(error));
                    }
                }
                return Ok(None);
            }
            self.deferred = refusals.into_iter().map(|(row, _)| row).collect();
        }
    }

    fn write(&mut self, tx: &WriteTx<'_>, row: &Row) -> Result<Result<(), Refusal>, TransferError> {
        let original = match self.stored(tx, row)? {
            Ok(original) => original,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if original.is_some() {
            match self.options.mode {
                Mode::Upsert => {}
                Mode::Insert => return Ok(Err(Refusal::new("the record exists"))),
                Mode::Skip => {
                    self.report.skipped += 1;
                    return Ok(Ok(()));
                }
            }
        }
        let mut record = original.clone().unwrap_or_else(|| self.blank.clone());
        for (at, value) in &row.values {
            record.values[*at] = value.clone();
        }
        let uploads = match self.uploads(row, original.as_ref(), &mut record) {
            Ok(uploads) => uploads,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if original.as_ref() == Some(&record) {
            self.report.unchanged += 1;
            return Ok(Ok(()));
        }
        let (resolved, uploaded) = (Arc::default(), BTreeSet::new());
        let mut draft = Draft { record, original, resolved, uploaded, random_password: false };
        self.complete(&mut draft, row);
        let scope = Scope { bus: None, ..self.records.scope(tx, &self.catalog, &self.request) };
        let errors = records::validate(&scope, &self.collection, &draft, &uploads, &|_, _| false)?;
        if !errors.is_empty() {
            return Ok(Err(self.refusal(&errors)));
        }
        let before = self.stored_files.len();
        if let Err(refusal) = self.store(&uploads, draft.record.id(&self.collection)) {
            self.remove_stored(before);
            return Ok(Err(refusal));
        }
        match records::store_unchecked(tx, &self.collection, &mut draft) {
            Ok(()) if draft.original.is_none() => self.report.created += 1,
            Ok(()) => {
                self.report.updated += 1;
                self.remove_files(tx, &draft);
            }
            Err(RecordError::Refused { data, message, .. }) => {
                self.remove_stored(before);
                let refusal = self.refusal(&data);
                return Ok(Err(if data.is_empty() { Refusal::new(message) } else { refusal }));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(Ok(()))
    }

    /// The record that the key of a row leads to.
    fn stored(&self, connection: &Connection, row: &Row) -> Result<Result<Option<Record>, Refusal>, TransferError> {
        let value = |at: usize| row.values.iter().rev().find(|(of, _)| *of == at).map(|(_, value)| value);
        let Some(at) = self.options.key.filter(|at| *at != self.id) else {
            let id = value(self.id).map(Value::as_text).unwrap_or_default();
            return Ok(Ok(if id.is_empty() { None } else { records::find(connection, &self.collection, id)? }));
        };
        let name = &self.collection.fields[at].name;
        let Some(key) = value(at).filter(|value| !value.is_zero()) else {
            return Ok(Err(Refusal::new(format!("`{name}`: the key is empty"))));
        };
        let condition = format!("{} = ?1 LIMIT 2", ddl::quote(name));
        let mut found = records::find_all(connection, &self.collection, &condition, [key.to_sql()])?;
        if found.len() > 1 {
            return Ok(Err(Refusal::new(format!("`{name}`: several records have this key"))));
        }
        Ok(Ok(found.pop()))
    }

    /// Generated values, hashes and dates; a date that the row gives stays.
    fn complete(&self, draft: &mut Draft, row: &Row) {
        draft.complete(&self.collection, &self.now);
        records::rotate_token_key(&self.collection, draft);
        for (at, value) in &row.values {
            if matches!(self.collection.fields[*at].kind, FieldKind::Autodate(_)) && !value.is_zero() {
                draft.record.values[*at] = value.clone();
            }
        }
    }

    fn refusal(&self, errors: &ErrorTree) -> Refusal {
        let own = |name: &str| {
            let field = self.collection.field(name);
            field.is_some_and(
                |field| matches!(&field.kind, FieldKind::Relation(relation) if relation.collection_id == self.collection.id),
            )
        };
        let leaves = errors.leaves();
        let messages: Vec<String> =
            leaves.iter().map(|(field, error)| format!("`{field}`: {}", error.message)).collect();
        let may_come = leaves.iter().all(|(field, error)| error.code == "validation_missing_rel_records" && own(field));
        Refusal { message: messages.join("; "), may_come: may_come && !leaves.is_empty() }
    }

    /// Hashes the plain passwords of the rows that wait; those that the stored hash verifies are no change.
    fn prepare_passwords(&mut self, connection: &Connection) -> Result<(), TransferError> {
        if !self.has_passwords {
            return Ok(());
        }
        let mut queue = std::mem::take(&mut self.queue);
        for row in queue.iter_mut().flatten() {
            if row.values.iter().any(|(_, value)| matches!(value, Value::Password { plain: Some(_), .. })) {
                let original = self.stored(connection, row)?.ok().flatten();
                self.prepare_row(row, original.as_ref());
            }
        }
        self.queue = queue;
        Ok(())
    }

    fn prepare_row(&mut self, row: &mut Row, original: Option<&Record>) {
        if self.hashes.len() > MAX_HASHES || self.verified.len() > MAX_HASHES {
            self.hashes.clear();
            self.verified.clear();
        }
        let passwords = &self.records.passwords;
        row.values.retain_mut(|(at, value)| {
            let Value::Password { hash, plain: Some(plain) } = value else { return true };
            if let Some(Value::Password { hash: stored, .. }) = original.map(|record| &record.values[*at]) {
                let known = self.verified.entry((plain.clone(), stored.clone()));
                if *known.or_insert_with_key(|(plain, hash)| passwords.verify(plain, hash)) {
                    return false;
                }
            }
            if !self.options.dry_run {
                if !self.hashes.contains_key(plain.as_str()) {
                    // Too long to hash: validation refuses it.
                    let Ok(ready) = passwords.hash(plain, 0) else { return true };
                    self.hashes.insert(plain.clone(), ready);
                }
                hash.clone_from(&self.hashes[plain.as_str()]);
            }
            true
        });
    }

    /// Reads the files that the row names and puts the names that they will have into the record. A name that the stored
    /// record has stays, and so does a stored file with the same content.
    fn uploads(&self, row: &Row, original: Option<&Record>, record: &mut Record) -> Result<Vec<Upload>, Refusal> {
        let Some(folder) = self.folder.as_ref().filter(|_| self.has_files) else { return Ok(Vec::new()) };
        let id = original.map(|record| record.id(&self.collection)).unwrap_or_default();
        let mut uploads = Vec::new();
        let named: BTreeSet<usize> = row.values.iter().map(|(at, _)| *at).collect();
        for at in named {
            let field = &self.collection.fields[at];
            let FieldKind::File(file) = &field.kind else { continue };
            let stored: Vec<&str> = original.map(|record| record.values[at].items()).unwrap_or_default();
            let mut names = Vec::new();
            for path in record.values[at].items() {
                if stored.contains(&path) {
                    names.push(path.to_owned());
                    continue;
                }
                let read = folder.read(path, file);
                let (original_name, content) =
                    read.map_err(|reason| Refusal::new(format!("`{}`: {reason}", field.name)))?;
                let files = &self.records.files;
                let same = stored.iter().find(|name| files.holds(&self.collection.id, id, name, &content));
                if let Some(name) = same {
                    names.push((*name).to_owned());
                    continue;
                }
                let stored_name = stored_name(&original_name, &content);
                names.push(stored_name.clone());
                let content = Bytes::from(content).into();
                uploads.push(Upload { key: field.name.clone(), original_name, stored_name, content });
            }
            record.values[at] = uploads::named(&record.values[at], names);
        }
        Ok(uploads)
    }

    fn store(&mut self, uploads: &[Upload], record: &str) -> Result<(), Refusal> {
        for upload in uploads.iter().filter(|_| !self.options.dry_run) {
            let stored = upload.store(&self.records.files, &self.collection.id, record);
            stored.map_err(|error| Refusal::new(format!("`{}`: {}: {error}", upload.key, upload.original_name)))?;
            self.stored_files.push((record.to_owned(), upload.stored_name.clone()));
        }
        Ok(())
    }

    /// Removes the files that were stored, from this one on.
    fn remove_stored(&mut self, from: usize) {
        for (record, name) in self.stored_files.drain(from..) {
            self.records.files.delete(&self.collection.id, &record, &name);
        }
    }

    fn remove_files(&self, tx: &WriteTx<'_>, draft: &Draft) {
        let Some(original) = draft.original.as_ref().filter(|_| self.has_files) else { return };
        let removed = records::removed_files(&self.collection, original, &draft.record);
        if !removed.is_empty() {
            let (files, collection) = (self.records.files.clone(), self.collection.id.clone());
            let id = original.id(&self.collection).to_owned();
            tx.after_commit(move || removed.iter().for_each(|name| files.delete(&collection, &id, name)));
        }
    }
}

//! Writing one row: its files and passwords, what the server completes, validation.

use super::apply::{Counts, Mode, SeedError, Seeder};
use super::made;
use super::plan::{PlannedDocument, PlannedRow};
use super::value::fallback;
use crate::diagnostic::{Diagnostic, code};
use crate::events::Record;
use crate::files::stored_name;
use crate::records::{self, Body, Draft, RecordError, Scope, Upload};
use crate::schema::Collection;
use crate::schema::fields::{FieldKind, Value};
use bytes::Bytes;
use rusqlite::Connection;
use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

impl Seeder<'_> {
    /// Writes a row, unless that would change nothing, and counts what was done.
    ///
    /// # Errors
    /// It does not validate; SQLite or a file to store fails.
    pub fn row(
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
    ///
    /// # Errors
    /// It leads out of the folder or cannot be read.
    pub fn content(&self, path: &str) -> Result<(PathBuf, Vec<u8>), SeedError> {
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
    ///
    /// # Errors
    /// SQLite fails.
    pub fn prepare_passwords<'p>(
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
}

/// Fields that the seed does not name get their default; what the server makes stays.
fn reset_others(collection: &Collection, body: &mut Body) {
    for field in &collection.fields {
        let made = field.kind.as_type().is_made_by_server();
        if !made && !field.system && !body.values.contains_key(&field.name) {
            body.values.insert(field.name.clone(), field.default.clone().unwrap_or(serde_json::Value::Null));
        }
    }
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

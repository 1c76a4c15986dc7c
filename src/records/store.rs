//! The write path, from a body to a committed record. Its steps, in this order:
//!
//! 1. *draft*: the body is applied to a blank record, or to the stored one (`draft.rs`);
//! 2. *rule*: whether the caller may, and how far he is trusted with an auth record (`admit.rs`);
//! 3. *form*: what auth records ask for beside their fields (`auth_form.rs`);
//! 4. *complete*: what the server sets itself: generated texts, dates, the token key;
//! 5. *validate*: every field by its type, then what only the database knows (`validate.rs`);
//! 6. *store*: the statement (`write.rs`), and what is to follow its commit.
//!
//! Where nothing takes long, a write is one *grouped job*: all steps run on the writer's connection, inside the group's
//! transaction. Where hooks listen, files are uploaded, a password must be hashed, relations are expanded or the body is
//! large, `stepwise.rs` runs them on the caller's thread, each with a connection of its own, so that slow work never holds up
//! others; only the last one goes to the writer, and asks the rule once more.

use super::auth_form;
use super::delete::{self, Effect, Effects};
use super::draft::{Body, Draft};
use super::validate::validate;
use super::write::{insert_unchecked, update_unchecked};
use super::{Pending, RecordError, Records, Scope, admit, find, list, sessions};
use crate::db::WriteTx;
use crate::events::{Operation, Record, Told};
use crate::query::RequestInfo;
use crate::schema::fields::{FieldKind, Value, format_datetime};
use crate::schema::{ALPHANUMERIC, Catalog, Collection, random_string};
use std::borrow::Cow;
use std::sync::Arc;

/// Bytes of a record from which it is not rendered on the writer.
const LARGE: usize = 256 << 10;

pub(super) const CREATE_FAILED: &str = "Failed to create record.";
pub(super) const UPDATE_FAILED: &str = "Failed to update record.";
pub(super) const DELETE_FAILED: &str =
    "Failed to delete record. Make sure that the record is not part of a required relation reference.";

/// A write request: the caller's view of it.
#[derive(Clone)]
pub struct WriteRequest {
    pub collection: Arc<Collection>,
    pub request: Arc<RequestInfo>,
    /// The `expand` of the answer.
    pub expand: String,
}

impl WriteRequest {
    /// The same for the collection as it is served now: it may have changed since the request came in.
    ///
    /// # Errors
    /// 404 where it is gone; 400 where it is a view now.
    pub(super) fn renewed(&self, catalog: &Catalog) -> Result<Self, RecordError> {
        let collection = catalog.by_id(&self.collection.id).cloned().ok_or_else(RecordError::not_found)?;
        if collection.is_view() {
            return Err(RecordError::unsupported_collection());
        }
        Ok(Self { collection, ..self.clone() })
    }
}

impl Records {
    /// Creates a record and returns it as the JSON of the response.
    pub fn create(self: &Arc<Self>, write: WriteRequest, body: Body) -> Pending<Vec<u8>> {
        let records = Arc::clone(self);
        if self.must_block(&write, &body) {
            return Pending::Blocking(Box::new(move || Ok(records.create_stepwise(&write, &body, &alone)?.0)));
        }
        // Digesting the body needs no database, so it does not hold up the writer.
        let fresh = Draft::new(&write.collection, None, &body, superuser(&write.request));
        Pending::Queued(self.db.writer().submit(move |tx| {
            let catalog = records.catalog.load();
            let (write, mut draft) = if catalog.holds(&write.collection) {
                (Cow::Borrowed(&write), fresh.clone())
            } else {
                let write = write.renewed(&catalog)?;
                let draft = Draft::new(&write.collection, None, &body, superuser(&write.request));
                (Cow::Owned(write), draft)
            };
            let request = draft.request(&write.request);
            let scope = Scope { bus: None, ..records.scope(tx, &catalog, &request) };
            let access = admit::create(&scope, &write.collection, &draft)?;
            refuse(CREATE_FAILED, auth_form::check(&write.collection, &draft, access, |_| false))?;
            draft.complete(&write.collection, &now());
            refuse(CREATE_FAILED, validate(&scope, &write.collection, &draft, &[], &nothing_more)?)?;
            records.store_create(tx, &write.collection, &draft.record, None)?;
            let id = draft.record.id(&write.collection);
            list::show(&scope, &write.collection, id, &write.expand)
        }))
    }

    /// Updates a record and returns it as the JSON of the response.
    pub fn update(self: &Arc<Self>, write: WriteRequest, id: String, body: Body) -> Pending<Vec<u8>> {
        let blocks = self.must_block(&write, &body);
        let body = Arc::new(body);
        let stepwise = {
            let (records, write, id, body) = (Arc::clone(self), write.clone(), id.clone(), Arc::clone(&body));
            Box::new(move || records.update_stepwise(&write, &id, &body, &alone))
        };
        if blocks {
            return Pending::Blocking(stepwise);
        }
        let records = Arc::clone(self);
        let grouped = self.db.writer().submit(move |tx| {
            let catalog = records.catalog.load();
            let write = write.renewed(&catalog)?;
            let (mut draft, request) = records.draft_update(tx, &write, &id, &body)?;
            if draft.record.bytes() > LARGE {
                return Ok(None);
            }
            let scope = Scope { bus: None, ..records.scope(tx, &catalog, &request) };
            let access = admit::update(&scope, &write.collection, &id)?;
            refuse(UPDATE_FAILED, auth_form::check(&write.collection, &draft, access, |_| false))?;
            draft.complete(&write.collection, &now());
            rotate_token_key(&write.collection, &mut draft);
            refuse(UPDATE_FAILED, validate(&scope, &write.collection, &draft, &[], &nothing_more)?)?;
            records.store_update(tx, &write.collection, &draft, None)?;
            list::show(&scope, &write.collection, &id, &write.expand).map(Some)
        });
        Pending::Tried(grouped, stepwise)
    }

    /// Deletes a record with all that its relations ask for.
    pub fn delete(self: &Arc<Self>, write: WriteRequest, id: String) -> Pending<()> {
        let records = Arc::clone(self);
        if !self.catalog.load().iter().any(|collection| self.bus.listens_to_deletes(collection)) {
            return Pending::Queued(self.db.writer().submit(move |tx| records.delete_in(tx, &write, &id)));
        }
        Pending::Blocking(Box::new(move || records.delete_stepwise(&write, &id, &alone)))
    }

    pub(super) fn delete_in(
        self: &Arc<Self>,
        tx: &WriteTx<'_>,
        write: &WriteRequest,
        id: &str,
    ) -> Result<(), RecordError> {
        let catalog = self.catalog.load();
        let scope = self.scope(tx, &catalog, &write.request);
        let collection = &scope.current(&write.collection)?;
        admit::stored(&scope, collection, &collection.rules.delete, id)?;
        let record = find(tx, collection, id)?.ok_or_else(RecordError::not_found)?;
        let mut effects = Effects::default();
        delete::delete(&scope, None, collection, record, &mut effects).map_err(|error| match error {
            RecordError::Db(error) if !error.is_fault() => RecordError::bad_request(DELETE_FAILED),
            other => other,
        })?;
        effects.done.into_iter().for_each(|effect| self.follow_effect(tx, effect, None));
        Ok(())
    }

    /// After the commit, removes the files of a deleted record, forgets identities that may be gone and tells who watches.
    pub(super) fn follow_effect(self: &Arc<Self>, tx: &WriteTx<'_>, effect: Effect, told: Option<Told>) {
        let Effect { operation, collection, stored } = effect;
        if operation == Operation::Delete && has_files(&collection) {
            let (files, collection_id, record) = (self.files.clone(), collection.id.clone(), stored.id.clone());
            let names = stored_files(&collection, &stored.record);
            tx.after_commit(move || files.delete_record(&collection_id, &record, names));
        }
        if collection.is_auth() {
            self.distrust_after(tx);
        }
        self.announce(tx, operation, &collection, &stored.record, stored.original.as_ref(), told);
    }

    /// Whether the write needs user code, files or slow hashing, none of which may run on the writer.
    fn must_block(&self, write: &WriteRequest, body: &Body) -> bool {
        let collection = &write.collection;
        let sets_password = collection
            .fields
            .iter()
            .any(|field| matches!(field.kind, FieldKind::Password(_)) && body.values.contains_key(&field.name));
        let confirms =
            collection.is_auth() && ["passwordConfirm", "oldPassword"].iter().any(|key| body.values.contains_key(*key));
        // An expansion may take its time, and readers have a deadline.
        let expands = !write.expand.is_empty();
        // Decoded or rendered on the writer, a large value would keep all other writes waiting.
        let large = body.room.is_some();
        sets_password
            || confirms
            || expands
            || large
            || self.forgets_with_handlers(collection)
            || !body.uploads.is_empty()
            || self.bus.listens_to_writes(collection)
    }

    /// The stored record with the body applied, and the request with the resolved body.
    pub(super) fn draft_update(
        &self,
        connection: &rusqlite::Connection,
        write: &WriteRequest,
        id: &str,
        body: &Body,
    ) -> Result<(Draft, RequestInfo), RecordError> {
        let collection = &write.collection;
        if collection.rules.update.is_none() && !superuser(&write.request) {
            return Err(RecordError::forbidden());
        }
        let original = find(connection, collection, id)?.ok_or_else(RecordError::not_found)?;
        let draft = Draft::new(collection, Some(original), body, superuser(&write.request));
        let request = draft.request(&write.request);
        Ok((draft, request))
    }

    pub(super) fn store_create(
        self: &Arc<Self>,
        tx: &WriteTx<'_>,
        collection: &Arc<Collection>,
        record: &Record,
        told: Option<Told>,
    ) -> Result<(), RecordError> {
        insert_unchecked(tx, collection, record, CREATE_FAILED)?;
        self.announce(tx, Operation::Create, collection, record, None, told);
        if collection.is_superusers() {
            // The first-start account may have gone with it.
            self.distrust_after(tx);
        }
        Ok(())
    }

    pub(super) fn store_update(
        self: &Arc<Self>,
        tx: &WriteTx<'_>,
        collection: &Arc<Collection>,
        draft: &Draft,
        told: Option<Told>,
    ) -> Result<Record, RecordError> {
        let mut record = draft.record.clone();
        let Some(original) = &draft.original else { return Ok(record) };
        if collection.is_auth() {
            self.announce_ended(tx, collection, original, &record)?;
            sessions::end(tx, collection, original, &mut record, &|table| self.listens_to_rows(table))?;
            self.distrust_after(tx);
        }
        update_unchecked(tx, collection, original, &record, UPDATE_FAILED)?;
        self.announce(tx, Operation::Update, collection, &record, Some(original), told);
        let removed = removed_files(collection, original, &draft.record);
        if !removed.is_empty() {
            let id = original.id(collection).to_owned();
            let (files, collection) = (self.files.clone(), collection.id.clone());
            tx.after_commit(move || removed.iter().for_each(|name| files.delete(&collection, &id, name)));
        }
        Ok(record)
    }

    /// Runs the statements of one write in a group of the writer, or as a part of the transaction that is open on this
    /// thread.
    pub(super) fn write<T, F>(&self, mut work: F) -> Result<T, RecordError>
    where
        T: Send + 'static,
        F: FnMut(&WriteTx<'_>) -> Result<T, RecordError> + Send + 'static,
    {
        match self.open() {
            None => self.db.writer().run(work),
            Some(transaction) => {
                let tx = transaction.tx();
                tx.nested(|| work(&tx))
            }
        }
    }
}

/// After a write that is no part of a batch nothing is to be done.
pub(super) fn alone() -> Result<(), RecordError> {
    Ok(())
}

pub(super) fn refuse(message: &str, errors: crate::schema::ErrorTree) -> Result<(), RecordError> {
    if errors.is_empty() { Ok(()) } else { Err(RecordError::invalid(message, errors)) }
}

/// No ids beside the stored ones.
pub(super) fn nothing_more(_collection: &str, _id: &str) -> bool {
    false
}

pub(super) fn superuser(request: &RequestInfo) -> bool {
    request.auth.as_ref().is_some_and(|auth| auth.is_superuser())
}

pub(super) fn now() -> String {
    format_datetime(chrono::Utc::now())
}

/// A new password or email ends every session of an auth record.
pub fn rotate_token_key(collection: &Collection, draft: &mut Draft) {
    let Some(original) = draft.original.as_ref().filter(|_| collection.is_auth()) else { return };
    let new_password = draft.plain_passwords(collection).any(|(field, _)| field.name == "password");
    let new_email = original.text(collection, "email") != draft.record.text(collection, "email");
    let key_set = original.text(collection, "tokenKey") != draft.record.text(collection, "tokenKey");
    if (new_password || new_email) && !key_set {
        draft.record.set(collection, "tokenKey", Value::Text(random_string(50, ALPHANUMERIC)));
    }
}

/// Whether records of a collection have files.
pub(super) fn has_files(collection: &Collection) -> bool {
    collection.fields.iter().any(|field| matches!(field.kind, FieldKind::File(_)))
}

/// Names of the stored files of a record.
pub fn stored_files(collection: &Collection, record: &Record) -> Vec<String> {
    let files =
        collection.fields.iter().zip(&record.values).filter(|(field, _)| matches!(field.kind, FieldKind::File(_)));
    files.flat_map(|(_, value)| value.items()).map(str::to_owned).collect()
}

/// Names of stored files that the changed record has no more.
pub fn removed_files(collection: &Collection, original: &Record, record: &Record) -> Vec<String> {
    let mut removed = Vec::new();
    for (at, field) in collection.fields.iter().enumerate() {
        if matches!(field.kind, FieldKind::File(_)) {
            let kept = record.values[at].items();
            removed
                .extend(original.values[at].items().into_iter().filter(|name| !kept.contains(name)).map(str::to_owned));
        }
    }
    removed
}

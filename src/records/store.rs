//! The write path, from a body to a committed record.
//!
//! Where nobody listens, a write is one *grouped job*: rule, validation and statement run on the writer's connection,
//! inside the group's transaction. Where hooks listen, files are uploaded or a password must be hashed, the same steps
//! run on the caller's thread, each with a connection of its own, so that slow work never holds up other writers.

use super::auth_form::{self, Access};
use super::delete::{self, Effects};
use super::draft::{Body, Draft, Upload};
use super::list::{self, ListParams};
use super::validate::validate;
use super::write::{insert_unchecked, update_unchecked};
use super::{Plans, RecordError, Scope};
use crate::db::{Database, DbError, WriteTx};
use crate::events::{Bus, Record, RecordEvent};
use crate::files::LocalStorage;
use crate::passwords::Passwords;
use crate::query::RequestInfo;
use crate::schema::fields::{FieldKind, Value, format_datetime};
use crate::schema::{ALPHANUMERIC, Catalog, Collection, FieldError, random_string};
use arc_swap::ArcSwap;
use rusqlite::params_from_iter;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::oneshot;

const CREATE_FAILED: &str = "Failed to create record.";
const UPDATE_FAILED: &str = "Failed to update record.";
const DELETE_FAILED: &str =
    "Failed to delete record. Make sure that the record is not part of a required relation reference.";

/// The records of one data directory.
pub struct Records {
    pub db: Database,
    pub catalog: ArcSwap<Catalog>,
    pub plans: Plans,
    pub bus: Bus,
    pub files: LocalStorage,
    pub passwords: Passwords,
    /// Moves whenever an auth record changes or goes: what was verified before must be verified again.
    pub auth_epoch: AtomicU64,
}

/// The result of an operation to come.
pub enum Pending<T> {
    /// A job of the writer or of a reader, to be awaited.
    Queued(oneshot::Receiver<Result<T, RecordError>>),
    /// Work that blocks, for a thread that may.
    Blocking(Box<dyn FnOnce() -> Result<T, RecordError> + Send>),
}

impl<T> Pending<T> {
    /// Waits for the result. Not for async code.
    pub fn wait(self) -> Result<T, RecordError> {
        match self {
            Self::Queued(result) => result.blocking_recv().unwrap_or_else(|_| Err(DbError::Closed.into())),
            Self::Blocking(work) => work(),
        }
    }
}

/// A write request: the caller's view of it.
#[derive(Clone)]
pub struct WriteRequest {
    pub collection: Arc<Collection>,
    pub request: Arc<RequestInfo>,
    /// The `expand` of the answer.
    pub expand: String,
}

impl Records {
    /// Runs a read on one of the readers.
    pub fn read<T, F>(self: &Arc<Self>, request: Arc<RequestInfo>, work: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce(&Scope<'_>) -> Result<T, RecordError> + Send + 'static,
    {
        let records = Arc::clone(self);
        Pending::Queued(self.db.readers().submit(move |connection| {
            let catalog = records.catalog.load();
            work(&Scope { connection, catalog: &catalog, plans: &records.plans, request: &request })
        }))
    }

    pub fn list(
        self: &Arc<Self>,
        collection: Arc<Collection>,
        request: Arc<RequestInfo>,
        params: ListParams,
    ) -> Pending<Vec<u8>> {
        self.read(request, move |scope| list::list(scope, &collection, &params))
    }

    pub fn view(
        self: &Arc<Self>,
        collection: Arc<Collection>,
        request: Arc<RequestInfo>,
        id: String,
        expand: String,
    ) -> Pending<Vec<u8>> {
        self.read(request, move |scope| list::view(scope, &collection, &id, &expand))
    }

    /// Creates a record and returns it as the JSON of the response.
    pub fn create(self: &Arc<Self>, write: WriteRequest, body: Body) -> Pending<Vec<u8>> {
        let records = Arc::clone(self);
        if self.must_block(&write.collection, &body) {
            return Pending::Blocking(Box::new(move || records.create_blocking(&write, &body)));
        }
        Pending::Queued(self.db.writer().submit(move |tx| {
            let mut draft = Draft::new(&write.collection, None, &body, superuser(&write.request));
            let request = draft.request(&write.request);
            let catalog = records.catalog.load();
            let scope = Scope { connection: tx, catalog: &catalog, plans: &records.plans, request: &request };
            let access = records.admit_create(&scope, &write.collection, &draft)?;
            refuse(CREATE_FAILED, auth_form::check(&write.collection, &draft, access, |_| false))?;
            draft.complete(&write.collection, &now());
            refuse(CREATE_FAILED, validate(&scope, &write.collection, &draft, &[], &nothing_more)?)?;
            insert_unchecked(tx, &write.collection, &draft.record, CREATE_FAILED)?;
            let id = draft.record.id(&write.collection);
            list::show(&scope, &write.collection, id, &write.expand)
        }))
    }

    fn create_blocking(self: &Arc<Self>, write: &WriteRequest, body: &Body) -> Result<Vec<u8>, RecordError> {
        let collection = &write.collection;
        let draft = Draft::new(collection, None, body, superuser(&write.request));
        let request = Arc::new(draft.request(&write.request));
        self.reading(&request, {
            let (records, collection, draft) = (Arc::clone(self), Arc::clone(collection), draft.clone());
            move |scope| {
                let access = records.admit_create(scope, &collection, &draft)?;
                refuse(CREATE_FAILED, auth_form::check(&collection, &draft, access, |_| false))
            }
        })?;
        let mut event = RecordEvent {
            collection: Arc::clone(collection),
            record: draft.record.clone(),
            original: None,
            request: Some(Arc::clone(&request)),
        };
        let tags = [collection.name.as_str(), collection.id.as_str()];
        self.bus.record_create.trigger(&tags, &mut event, &mut |event| {
            let mut draft = Draft { record: event.record.clone(), ..draft.clone() };
            draft.complete(collection, &now());
            event.record = draft.record.clone();
            self.validate_blocking(event, &mut draft, &request, &body.uploads, CREATE_FAILED)?;
            self.seal(collection, &mut draft, CREATE_FAILED)?;
            event.record = draft.record.clone();
            let id = draft.record.id(collection).to_owned();
            self.store_uploads(collection, &id, &draft.record, &body.uploads, CREATE_FAILED)?;
            let stored = self.write({
                let (records, write, request) = (Arc::clone(self), write.clone(), Arc::clone(&request));
                let draft = draft.clone();
                move |tx| {
                    // The rule again, for what may have changed since; then the statement.
                    let catalog = records.catalog.load();
                    let scope = Scope { connection: tx, catalog: &catalog, plans: &records.plans, request: &request };
                    records.admit_create(&scope, &write.collection, &draft)?;
                    insert_unchecked(tx, &write.collection, &draft.record, CREATE_FAILED)
                }
            });
            if stored.is_err() {
                self.drop_uploads(collection, &id, &body.uploads);
            }
            Ok(stored?)
        })?;
        self.bus.after_record_create.trigger(&tags, &mut event, &mut |_| Ok(()))?;
        let id = event.record.id(collection).to_owned();
        self.answer(write, id)
    }

    /// Updates a record and returns it as the JSON of the response.
    pub fn update(self: &Arc<Self>, write: WriteRequest, id: String, body: Body) -> Pending<Vec<u8>> {
        let records = Arc::clone(self);
        if self.must_block(&write.collection, &body) {
            return Pending::Blocking(Box::new(move || records.update_blocking(&write, &id, &body)));
        }
        Pending::Queued(self.db.writer().submit(move |tx| {
            let (mut draft, request) = records.draft_update(tx, &write, &id, &body)?;
            let catalog = records.catalog.load();
            let scope = Scope { connection: tx, catalog: &catalog, plans: &records.plans, request: &request };
            let access = records.admit_update(&scope, &write.collection, &id)?;
            refuse(UPDATE_FAILED, auth_form::check(&write.collection, &draft, access, |_| false))?;
            draft.complete(&write.collection, &now());
            rotate_token_key(&write.collection, &mut draft);
            refuse(UPDATE_FAILED, validate(&scope, &write.collection, &draft, &[], &nothing_more)?)?;
            records.store_update(tx, &write.collection, &draft)?;
            list::show(&scope, &write.collection, &id, &write.expand)
        }))
    }

    fn update_blocking(self: &Arc<Self>, write: &WriteRequest, id: &str, body: &Body) -> Result<Vec<u8>, RecordError> {
        let collection = &write.collection;
        let (draft, request, access) = self.reading(&write.request, {
            let (records, write, id, body) = (Arc::clone(self), write.clone(), id.to_owned(), body.clone());
            move |scope| {
                let (draft, request) = records.draft_update(scope.connection, &write, &id, &body)?;
                let request = Arc::new(request);
                let access = records.admit_update(&scope.with_request(&request), &write.collection, &id)?;
                Ok((draft, request, access))
            }
        })?;
        let stored_hash = draft.original.as_ref().map_or("", |record| record.password_hash(collection, "password"));
        let matches = |old: &str| self.passwords.verify(old, stored_hash);
        refuse(UPDATE_FAILED, auth_form::check(collection, &draft, access, matches))?;

        let mut event = RecordEvent {
            collection: Arc::clone(collection),
            record: draft.record.clone(),
            original: draft.original.clone(),
            request: Some(Arc::clone(&request)),
        };
        let tags = [collection.name.as_str(), collection.id.as_str()];
        self.bus.record_update.trigger(&tags, &mut event, &mut |event| {
            let mut draft = Draft { record: event.record.clone(), ..draft.clone() };
            draft.complete(collection, &now());
            rotate_token_key(collection, &mut draft);
            self.validate_blocking(event, &mut draft, &request, &body.uploads, UPDATE_FAILED)?;
            self.seal(collection, &mut draft, UPDATE_FAILED)?;
            event.record = draft.record.clone();
            self.store_uploads(collection, id, &draft.record, &body.uploads, UPDATE_FAILED)?;
            let stored = self.write({
                let (records, write, request) = (Arc::clone(self), write.clone(), Arc::clone(&request));
                let (draft, id) = (draft.clone(), id.to_owned());
                move |tx| {
                    let catalog = records.catalog.load();
                    let scope = Scope { connection: tx, catalog: &catalog, plans: &records.plans, request: &request };
                    records.admit_update(&scope, &write.collection, &id)?;
                    records.store_update(tx, &write.collection, &draft)
                }
            });
            if stored.is_err() {
                self.drop_uploads(collection, id, &body.uploads);
            }
            Ok(stored?)
        })?;
        self.bus.after_record_update.trigger(&tags, &mut event, &mut |_| Ok(()))?;
        self.answer(write, id.to_owned())
    }

    /// Deletes a record with all that its relations ask for.
    pub fn delete(self: &Arc<Self>, write: WriteRequest, id: String) -> Pending<()> {
        let records = Arc::clone(self);
        if !self.catalog.load().iter().any(|collection| self.bus.listens_to_writes(collection)) {
            return Pending::Queued(self.db.writer().submit(move |tx| records.delete_in(tx, &write, &id).map(drop)));
        }
        Pending::Blocking(Box::new(move || {
            let collection = &write.collection;
            let record = records.reading(&write.request, {
                let (collection, id) = (Arc::clone(collection), id.clone());
                move |scope| {
                    admit(scope, &collection, &collection.rules.delete, &id)?;
                    delete::find(scope.connection, &collection, &id)?.ok_or_else(RecordError::not_found)
                }
            })?;
            let mut event = RecordEvent {
                collection: Arc::clone(collection),
                record,
                original: None,
                request: Some(Arc::clone(&write.request)),
            };
            let tags = [collection.name.as_str(), collection.id.as_str()];
            records.bus.record_delete.trigger(&tags, &mut event, &mut |_| {
                let (records, write, id) = (Arc::clone(&records), write.clone(), id.clone());
                let inner = Arc::clone(&records);
                Ok(records.write(move |tx| inner.delete_in(tx, &write, &id).map(drop))?)
            })?;
            Ok(records.bus.after_record_delete.trigger(&tags, &mut event, &mut |_| Ok(()))?)
        }))
    }

    fn delete_in(self: &Arc<Self>, tx: &WriteTx<'_>, write: &WriteRequest, id: &str) -> Result<Effects, RecordError> {
        let collection = &write.collection;
        let catalog = self.catalog.load();
        let scope = Scope { connection: tx, catalog: &catalog, plans: &self.plans, request: &write.request };
        admit(&scope, collection, &collection.rules.delete, id)?;
        self.delete_unchecked(tx, &scope, collection, id)
    }

    /// Deletes a record with all that its relations ask for, its files after the commit. No rule is asked.
    ///
    /// # Errors
    /// There is no such record, or it is needed elsewhere.
    pub fn delete_unchecked(
        self: &Arc<Self>,
        tx: &WriteTx<'_>,
        scope: &Scope<'_>,
        collection: &Arc<Collection>,
        id: &str,
    ) -> Result<Effects, RecordError> {
        let record = delete::find(tx, collection, id)?.ok_or_else(RecordError::not_found)?;
        let mut effects = Effects::default();
        delete::delete(scope, collection, record, &mut effects).map_err(|error| match error {
            RecordError::Db(_) => RecordError::bad_request(DELETE_FAILED),
            other => other,
        })?;
        for (collection, stored) in &effects.deleted {
            if collection.fields.iter().any(|field| matches!(field.kind, FieldKind::File(_))) {
                let (files, collection, record) = (self.files.clone(), collection.id.clone(), stored.id.clone());
                tx.after_commit(move || files.delete_record(&collection, &record));
            }
        }
        if effects.deleted.iter().chain(&effects.updated).any(|(collection, _)| collection.is_auth()) {
            self.distrust_after(tx);
        }
        Ok(effects)
    }

    /// Whether the write needs user code, files or slow hashing, none of which may run on the writer.
    fn must_block(&self, collection: &Collection, body: &Body) -> bool {
        let sets_password = collection
            .fields
            .iter()
            .any(|field| matches!(field.kind, FieldKind::Password(_)) && body.values.contains_key(&field.name));
        let confirms =
            collection.is_auth() && ["passwordConfirm", "oldPassword"].iter().any(|key| body.values.contains_key(*key));
        sets_password || confirms || !body.uploads.is_empty() || self.bus.listens_to_writes(collection)
    }

    /// The create rule, against the record that would be, and then how far the caller is trusted.
    fn admit_create(&self, scope: &Scope<'_>, collection: &Collection, draft: &Draft) -> Result<Access, RecordError> {
        let rule = scope.rule(&collection.rules.create)?;
        let satisfies = |rule: &str| self.would_satisfy(scope, collection, rule, draft).unwrap_or(false);
        if rule.is_some_and(|rule| !satisfies(rule)) {
            return Err(RecordError::bad_request(CREATE_FAILED));
        }
        let manage = collection.auth().and_then(|options| options.manage_rule.as_deref());
        Ok(match manage {
            _ if scope.is_superuser() => Access::Superuser,
            Some(rule) if scope.request.auth.is_some() && satisfies(rule) => Access::Manager,
            _ => Access::Default,
        })
    }

    fn would_satisfy(
        &self,
        scope: &Scope<'_>,
        collection: &Collection,
        rule: &str,
        draft: &Draft,
    ) -> Result<bool, RecordError> {
        let names: Vec<&str> = collection.fields.iter().map(|field| field.name.as_str()).collect();
        let query = scope.plans.queries.get_create(scope.catalog, collection, rule, &names, scope.request)?;
        let mut params = scope.bind(&query);
        params.extend(collection.fields.iter().zip(&draft.record.values).map(|(field, value)| {
            match (field.name.as_str(), value) {
                ("id", Value::Text(id)) if id.is_empty() => {
                    Value::Text(format!("__temp_id__{}", random_string(6, ALPHANUMERIC))).to_sql()
                }
                ("verified", _) if collection.is_auth() => Value::Bool(false).to_sql(),
                _ => value.to_sql(),
            }
        }));
        let mut statement = scope.connection.prepare_cached(&query.exists_sql())?;
        Ok(statement.exists(params_from_iter(params))?)
    }

    fn admit_update(&self, scope: &Scope<'_>, collection: &Collection, id: &str) -> Result<Access, RecordError> {
        admit(scope, collection, &collection.rules.update, id)?;
        let manage = collection.auth().and_then(|options| options.manage_rule.as_deref());
        Ok(match manage {
            _ if scope.is_superuser() => Access::Superuser,
            Some(rule) if scope.request.auth.is_some() => {
                let managed = scope.satisfying(collection, rule, &[id]).unwrap_or_default();
                if managed.contains(id) { Access::Manager } else { Access::Default }
            }
            _ => Access::Default,
        })
    }

    /// The stored record with the body applied, and the request with the resolved body.
    fn draft_update(
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
        let original = delete::find(connection, collection, id)?.ok_or_else(RecordError::not_found)?;
        let draft = Draft::new(collection, Some(original), body, superuser(&write.request));
        let request = draft.request(&write.request);
        Ok((draft, request))
    }

    fn store_update(
        self: &Arc<Self>,
        tx: &WriteTx<'_>,
        collection: &Arc<Collection>,
        draft: &Draft,
    ) -> Result<(), RecordError> {
        let Some(original) = &draft.original else { return Ok(()) };
        update_unchecked(tx, collection, original, &draft.record, UPDATE_FAILED)?;
        if collection.is_auth() {
            self.distrust_after(tx);
        }
        let removed = removed_files(collection, original, &draft.record);
        if !removed.is_empty() {
            let id = original.id(collection).to_owned();
            let (files, collection) = (self.files.clone(), collection.id.clone());
            tx.after_commit(move || removed.iter().for_each(|name| files.delete(&collection, &id, name)));
        }
        Ok(())
    }

    fn distrust_after(self: &Arc<Self>, tx: &WriteTx<'_>) {
        let records = Arc::clone(self);
        tx.after_commit(move || records.distrust());
    }

    /// Makes every verified identity be verified again.
    pub fn distrust(&self) {
        self.auth_epoch.fetch_add(1, Ordering::AcqRel);
    }

    fn validate_blocking(
        self: &Arc<Self>,
        event: &mut RecordEvent,
        draft: &mut Draft,
        request: &Arc<RequestInfo>,
        uploads: &[Upload],
        message: &'static str,
    ) -> Result<(), RecordError> {
        let collection = Arc::clone(&event.collection);
        let tags = [collection.name.as_str(), collection.id.as_str()];
        event.record = draft.record.clone();
        self.bus.record_validate.trigger(&tags, event, &mut |event| {
            let (collection, uploads) = (Arc::clone(&event.collection), uploads.to_vec());
            let draft = Draft { record: event.record.clone(), ..draft.clone() };
            Ok(self.reading(request, move |scope| {
                refuse(message, validate(scope, &collection, &draft, &uploads, &nothing_more)?)
            })?)
        })?;
        draft.record = event.record.clone();
        Ok(())
    }

    /// Hashes the plain passwords of the draft.
    fn seal(&self, collection: &Collection, draft: &mut Draft, message: &'static str) -> Result<(), RecordError> {
        let mut hashes = HashMap::new();
        for (field, plain) in draft.plain_passwords(collection) {
            let cost = match &field.kind {
                FieldKind::Password(password) => password.cost,
                _ => 0,
            };
            match self.passwords.hash(plain, cost) {
                Ok(hash) => hashes.insert(field.name.clone(), hash),
                Err(_) => {
                    let data = crate::schema::ErrorTree::single(&field.name, FieldError::invalid_value());
                    return Err(RecordError::invalid(message, data));
                }
            };
        }
        draft.set_hashes(collection, &hashes);
        Ok(())
    }

    fn store_uploads(
        &self,
        collection: &Collection,
        id: &str,
        record: &Record,
        uploads: &[Upload],
        message: &'static str,
    ) -> Result<(), RecordError> {
        let kept: Vec<&str> = record.values.iter().flat_map(Value::items).collect();
        for upload in uploads.iter().filter(|upload| kept.contains(&upload.stored_name.as_str())) {
            let stored =
                self.files.put(&collection.id, id, &upload.stored_name, &upload.original_name, &upload.content);
            if stored.is_err() {
                self.drop_uploads(collection, id, uploads);
                return Err(RecordError::bad_request(message));
            }
        }
        Ok(())
    }

    fn drop_uploads(&self, collection: &Collection, id: &str, uploads: &[Upload]) {
        uploads.iter().for_each(|upload| self.files.delete(&collection.id, id, &upload.stored_name));
    }

    fn answer(self: &Arc<Self>, write: &WriteRequest, id: String) -> Result<Vec<u8>, RecordError> {
        let (collection, expand) = (Arc::clone(&write.collection), write.expand.clone());
        self.reading(&write.request, move |scope| list::show(scope, &collection, &id, &expand))
    }

    fn reading<T, F>(self: &Arc<Self>, request: &Arc<RequestInfo>, work: F) -> Result<T, RecordError>
    where
        T: Send + 'static,
        F: FnOnce(&Scope<'_>) -> Result<T, RecordError> + Send + 'static,
    {
        self.read(Arc::clone(request), work).wait()
    }

    fn write<T, F>(&self, work: F) -> Result<T, RecordError>
    where
        T: Send + 'static,
        F: FnMut(&WriteTx<'_>) -> Result<T, RecordError> + Send + 'static,
    {
        self.db.writer().run(work)
    }
}

/// Whether the stored record satisfies the rule; one that does not might as well not exist.
fn admit(scope: &Scope<'_>, collection: &Collection, rule: &Option<String>, id: &str) -> Result<(), RecordError> {
    let Some(rule) = scope.rule(rule)? else { return Ok(()) };
    match scope.satisfying(collection, rule, &[id]) {
        Ok(found) if found.contains(id) => Ok(()),
        _ => Err(RecordError::not_found()),
    }
}

fn refuse(message: &str, errors: crate::schema::ErrorTree) -> Result<(), RecordError> {
    if errors.is_empty() { Ok(()) } else { Err(RecordError::invalid(message, errors)) }
}

/// No ids beside the stored ones.
fn nothing_more(_id: &str) -> bool {
    false
}

fn superuser(request: &RequestInfo) -> bool {
    request.auth.as_ref().is_some_and(|auth| auth.is_superuser())
}

fn now() -> String {
    format_datetime(chrono::Utc::now())
}

/// A new password or email ends every session of an auth record.
fn rotate_token_key(collection: &Collection, draft: &mut Draft) {
    let Some(original) = draft.original.as_ref().filter(|_| collection.is_auth()) else { return };
    let new_password = draft.plain_passwords(collection).any(|(field, _)| field.name == "password");
    let new_email = original.text(collection, "email") != draft.record.text(collection, "email");
    let key_set = original.text(collection, "tokenKey") != draft.record.text(collection, "tokenKey");
    if (new_password || new_email) && !key_set {
        draft.record.set(collection, "tokenKey", Value::Text(random_string(50, ALPHANUMERIC)));
    }
}

fn removed_files(collection: &Collection, original: &Record, record: &Record) -> Vec<String> {
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

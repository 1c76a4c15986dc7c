//! The write path, from a body to a committed record.
//!
//! Where nobody listens, a write is one *grouped job*: rule, validation and statement run on the writer's connection,
//! inside the group's transaction. Where hooks listen, files are uploaded or a password must be hashed, `hooked.rs` runs
//! the same steps on the caller's thread, each with a connection of its own, so that slow work never holds up others.

use super::auth_form;
use super::batch::Place;
use super::delete::{self, Effect, Effects};
use super::draft::{Body, Draft};
use super::list::{self, ListParams};
use super::validate::validate;
use super::write::{insert_unchecked, update_unchecked};
use super::{Plans, RecordError, Scope, admit, sessions};
use crate::db::{Database, DbError, WriteTx};
use crate::events::{Bus, Hook, Operation, Record, RecordEvent, Told};
use crate::files::RecordFiles;
use crate::passwords::Passwords;
use crate::query::{Parts, RequestInfo};
use crate::schema::fields::{FieldKind, Value, format_datetime};
use crate::schema::{ALPHANUMERIC, Catalog, Collection, random_string};
use arc_swap::ArcSwap;
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::oneshot;

pub(super) const CREATE_FAILED: &str = "Failed to create record.";
pub(super) const UPDATE_FAILED: &str = "Failed to update record.";
pub(super) const DELETE_FAILED: &str =
    "Failed to delete record. Make sure that the record is not part of a required relation reference.";

/// The records of one data directory.
pub struct Records {
    pub db: Database,
    pub catalog: ArcSwap<Catalog>,
    pub plans: Plans,
    pub bus: Bus,
    pub files: RecordFiles,
    pub passwords: Passwords,
    /// Moves whenever an auth record changes or goes: what was verified before must be verified again.
    pub auth_epoch: AtomicU64,
}

/// The result of an operation to come.
pub enum Pending<T> {
    /// What took no longer than handing it to a thread would have.
    Ready(Result<T, RecordError>),
    /// A job of the writer or of a reader, to be awaited.
    Queued(oneshot::Receiver<Result<T, RecordError>>),
    /// Work that blocks, for a thread that may.
    Blocking(Box<dyn FnOnce() -> Result<T, RecordError> + Send>),
}

impl<T> Pending<T> {
    /// Waits for the result, on a thread that may.
    pub fn wait(self) -> Result<T, RecordError> {
        match self {
            Self::Ready(result) => result,
            Self::Queued(result) => crate::db::wait(result).unwrap_or_else(|| Err(DbError::Closed.into())),
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
    /// Runs a read on one of the readers.
    pub fn read<T, F>(self: &Arc<Self>, request: Arc<RequestInfo>, work: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce(&Scope<'_>) -> Result<T, RecordError> + Send + 'static,
    {
        let records = Arc::clone(self);
        Pending::Queued(self.db.readers().submit(move |reader| {
            let catalog = records.catalog.load();
            let counts = Some(reader.counts());
            work(&Scope { bus: None, counts, ..records.scope(reader, &catalog, &request) })
        }))
    }

    /// A view of the surroundings in which handlers take part.
    pub fn scope<'a>(
        &'a self,
        connection: &'a rusqlite::Connection,
        catalog: &'a Catalog,
        request: &'a RequestInfo,
    ) -> Scope<'a> {
        Scope { connection, catalog, plans: &self.plans, request, bus: Some(&self.bus), counts: None }
    }

    pub fn list(
        self: &Arc<Self>,
        collection: Arc<Collection>,
        request: Arc<RequestInfo>,
        params: ListParams,
    ) -> Pending<Vec<u8>> {
        if self.answers_hooked(&self.bus.requests.records_list, &collection, &params.expand) {
            let records = Arc::clone(self);
            return Pending::Blocking(Box::new(move || records.list_hooked(&collection, &request, &params)));
        }
        self.read(request, move |scope| list::list(scope, &scope.current(&collection)?, &params))
    }

    pub fn view(
        self: &Arc<Self>,
        collection: Arc<Collection>,
        request: Arc<RequestInfo>,
        id: String,
        expand: String,
    ) -> Pending<Vec<u8>> {
        if self.answers_hooked(&self.bus.requests.record_view, &collection, &expand) {
            let records = Arc::clone(self);
            return Pending::Blocking(Box::new(move || records.view_hooked(&collection, &request, &id, &expand)));
        }
        let rule = collection.rules.view.as_deref().unwrap_or_default();
        let quick = expand.is_empty() && self.is_look_up(&collection, rule, &request);
        let work = move |scope: &Scope<'_>| list::view(scope, &scope.current(&collection)?, &id, &expand);
        if quick { self.look_up(&request, work) } else { self.read(request, work) }
    }

    /// Whether to show a record under a rule is to find one row by its key and to look at nothing else. That takes less
    /// time than to wake a reader, so that the caller's thread may do it even where it must not wait.
    pub fn is_look_up(&self, collection: &Collection, rule: &str, request: &RequestInfo) -> bool {
        let superuser = superuser(request);
        let managed = collection.auth().is_some_and(|options| options.manage_rule.is_some());
        if collection.is_view() || (managed && !superuser) {
            return false;
        }
        let rule = Some(rule).filter(|rule| !superuser && !rule.is_empty());
        let parts = Parts { rule, filter: None, sort: None, superuser };
        let query = self.plans.queries.get(&self.catalog.load(), collection, &parts, request);
        query.is_ok_and(|query| query.stays_in_its_row())
    }

    /// Runs a read that [`Records::is_look_up`] on the calling thread.
    pub fn look_up<T>(
        &self,
        request: &RequestInfo,
        work: impl FnOnce(&Scope<'_>) -> Result<T, RecordError>,
    ) -> Pending<T> {
        let catalog = self.catalog.load();
        let found =
            self.db.readers().here(|reader| work(&Scope { bus: None, ..self.scope(reader, &catalog, request) }));
        Pending::Ready(found.unwrap_or_else(|error| Err(error.into())))
    }

    fn answers_hooked<E>(&self, hook: &Hook<E>, collection: &Collection, expand: &str) -> bool {
        hook.concerns(&RecordEvent::tags(collection))
            || self.bus.listens_to_answers(collection, &self.catalog.load(), !expand.is_empty())
    }

    /// Creates a record and returns it as the JSON of the response.
    pub fn create(self: &Arc<Self>, write: WriteRequest, body: Body) -> Pending<Vec<u8>> {
        let records = Arc::clone(self);
        if self.must_block(&write, &body) {
            return Pending::Blocking(Box::new(move || records.create_hooked(Place::Apart, &write, &body)));
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
        let records = Arc::clone(self);
        if self.must_block(&write, &body) {
            return Pending::Blocking(Box::new(move || records.update_hooked(Place::Apart, &write, &id, &body)));
        }
        Pending::Queued(self.db.writer().submit(move |tx| {
            let catalog = records.catalog.load();
            let write = write.renewed(&catalog)?;
            let (mut draft, request) = records.draft_update(tx, &write, &id, &body)?;
            let scope = Scope { bus: None, ..records.scope(tx, &catalog, &request) };
            let access = admit::update(&scope, &write.collection, &id)?;
            refuse(UPDATE_FAILED, auth_form::check(&write.collection, &draft, access, |_| false))?;
            draft.complete(&write.collection, &now());
            rotate_token_key(&write.collection, &mut draft);
            refuse(UPDATE_FAILED, validate(&scope, &write.collection, &draft, &[], &nothing_more)?)?;
            records.store_update(tx, &write.collection, &draft, None)?;
            list::show(&scope, &write.collection, &id, &write.expand)
        }))
    }

    /// Deletes a record with all that its relations ask for.
    pub fn delete(self: &Arc<Self>, write: WriteRequest, id: String) -> Pending<()> {
        let records = Arc::clone(self);
        if !self.catalog.load().iter().any(|collection| self.bus.listens_to_writes(collection)) {
            return Pending::Queued(self.db.writer().submit(move |tx| records.delete_in(tx, &write, &id).map(drop)));
        }
        Pending::Blocking(Box::new(move || records.delete_hooked(Place::Apart, &write, &id)))
    }

    pub(super) fn delete_in(
        self: &Arc<Self>,
        tx: &WriteTx<'_>,
        write: &WriteRequest,
        id: &str,
    ) -> Result<Effects, RecordError> {
        let catalog = self.catalog.load();
        let scope = self.scope(tx, &catalog, &write.request);
        let collection = &scope.current(&write.collection)?;
        admit::stored(&scope, collection, &collection.rules.delete, id)?;
        let record = delete::find(tx, collection, id)?.ok_or_else(RecordError::not_found)?;
        let mut effects = Effects::default();
        delete::delete(&scope, None, collection, record, &mut effects).map_err(|error| match error {
            RecordError::Db(_) => RecordError::bad_request(DELETE_FAILED),
            other => other,
        })?;
        self.clean_up_after(tx, &mut effects, false);
        Ok(effects)
    }

    /// After the commit, removes the files of deleted records, forgets identities that may be gone and tells who watches.
    pub(super) fn clean_up_after(self: &Arc<Self>, tx: &WriteTx<'_>, effects: &mut Effects, hooked: bool) {
        for Effect { collection, stored, .. } in effects.deleted() {
            if collection.fields.iter().any(|field| matches!(field.kind, FieldKind::File(_))) {
                let (files, collection, record) = (self.files.clone(), collection.id.clone(), stored.id.clone());
                tx.after_commit(move || files.delete_record(&collection, &record));
            }
        }
        if effects.done.iter().any(|effect| effect.collection.is_auth()) {
            self.distrust_after(tx);
        }
        self.announce_all(tx, effects, hooked);
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
        let forgets = collection.is_auth() && sessions::OWNED.iter().any(|name| self.listens_to_rows(name));
        sets_password
            || confirms
            || forgets
            || expands
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
        let original = delete::find(connection, collection, id)?.ok_or_else(RecordError::not_found)?;
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

    /// Whether somebody listens to deletes of one of the collections whose rows belong to auth records.
    pub(super) fn listens_to_rows(&self, name: &str) -> bool {
        self.catalog.load().get(name).is_some_and(|collection| self.bus.listens_to_writes(collection))
    }

    pub(super) fn distrust_after(self: &Arc<Self>, tx: &WriteTx<'_>) {
        let records = Arc::clone(self);
        tx.after_commit(move || records.distrust());
    }

    /// Makes every verified identity be verified again.
    pub fn distrust(&self) {
        self.auth_epoch.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn reading<T, F>(
        self: &Arc<Self>,
        place: Place<'_>,
        request: &Arc<RequestInfo>,
        work: F,
    ) -> Result<T, RecordError>
    where
        T: Send + 'static,
        F: FnOnce(&Scope<'_>) -> Result<T, RecordError> + Send + 'static,
    {
        match place {
            Place::Apart => self.read(Arc::clone(request), work).wait(),
            Place::Within(transaction) => {
                let catalog = self.catalog.load();
                work(&self.scope(transaction.tx, &catalog, request))
            }
        }
    }

    pub(super) fn write<T, F>(&self, place: Place<'_>, mut work: F) -> Result<T, RecordError>
    where
        T: Send + 'static,
        F: FnMut(&WriteTx<'_>) -> Result<T, RecordError> + Send + 'static,
    {
        match place {
            Place::Apart => self.db.writer().run(work),
            Place::Within(transaction) => work(transaction.tx),
        }
    }
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

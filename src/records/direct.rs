//! Records saved by the program itself: hooks and validation run, but no rule, no form and no request hook is asked.
//! These functions block. On a thread whose transaction is open they take part in it.

use super::draft::{Body, Draft, generate};
use super::here::level;
use super::sessions::{self, Change};
use super::stepwise::Save;
use super::store::{CREATE_FAILED, UPDATE_FAILED, WriteRequest, alone, rotate_token_key};
use super::{Owner, RecordError, Records};
use crate::events::Record;
use crate::query::RequestInfo;
use crate::schema::Collection;
use crate::schema::fields::Value;
use std::sync::Arc;

impl Records {
    /// Creates a record and returns it as stored.
    ///
    /// # Errors
    /// A field is invalid, or a handler refuses.
    pub fn create_directly(
        self: &Arc<Self>,
        collection: &Arc<Collection>,
        record: Record,
    ) -> Result<Record, RecordError> {
        let write = operator(collection);
        let mut draft = Draft { record, ..Draft::new(collection, None, &Body::default(), true) };
        generate(collection, &mut draft.record, true);
        let save = Save::new(&write, &draft, CREATE_FAILED);
        let mut event = save.event();
        level(|| Ok(self.create_saved(&save, &mut event)?))?;
        Ok(event.record)
    }

    /// Stores a changed record and returns it as stored.
    ///
    /// # Errors
    /// A field is invalid, or a handler refuses.
    pub fn update_directly(
        self: &Arc<Self>,
        collection: &Arc<Collection>,
        original: Record,
        record: Record,
    ) -> Result<Record, RecordError> {
        self.update_by_program(collection, original, record, false)
    }

    /// [`Records::update_directly`], unless the token key changed since the original was read: then the request that led
    /// here has lost its right to do so.
    ///
    /// # Errors
    /// 409 for such a change.
    pub fn update_with_key(
        self: &Arc<Self>,
        collection: &Arc<Collection>,
        original: Record,
        record: Record,
    ) -> Result<Record, RecordError> {
        self.update_by_program(collection, original, record, true)
    }

    fn update_by_program(
        self: &Arc<Self>,
        collection: &Arc<Collection>,
        original: Record,
        record: Record,
        same_key: bool,
    ) -> Result<Record, RecordError> {
        let write = operator(collection);
        let mut draft = Draft { record, ..Draft::new(collection, Some(original), &Body::default(), true) };
        generate(collection, &mut draft.record, false);
        rotate_token_key(collection, &mut draft);
        let save = Save { same_key, ..Save::new(&write, &draft, UPDATE_FAILED) };
        let mut event = save.event();
        level(|| Ok(self.update_saved(&save, &mut event)?))?;
        Ok(event.record)
    }

    /// Deletes a record with all that its relations ask for; `false` when somebody else did before.
    ///
    /// # Errors
    /// A required reference would be left empty, or a handler refuses.
    pub fn delete_directly(
        self: &Arc<Self>,
        collection: &Arc<Collection>,
        record: Record,
    ) -> Result<bool, RecordError> {
        let write = operator(collection);
        let listened = self.catalog.load().iter().any(|collection| self.bus.listens_to_deletes(collection));
        if listened || self.open().is_some() {
            return level(|| self.delete_saved(&write, record));
        }
        let (records, id) = (Arc::clone(self), record.id(collection).to_owned());
        self.db.writer().run(move |tx| match records.delete_in(tx, &write, &id) {
            Ok(()) => Ok(true),
            Err(RecordError::Refused { status: 404, .. }) => Ok(false),
            Err(error) => Err(error),
        })
    }

    /// Where somebody listens to their deletes, unlinks the accounts of a record that becomes verified, and gives it a
    /// new token key.
    pub(super) fn unlink_hooked(self: &Arc<Self>, save: &Save<'_>, record: &mut Record) -> Result<(), RecordError> {
        let collection = &save.write.collection;
        let Some(original) = save.draft.original.as_ref().filter(|_| collection.is_auth()) else { return Ok(()) };
        if Change::between(collection, original, record).verifies && self.delete_rows_hooked(save, "_externalAuths")? {
            sessions::rotate_key(collection, record, original);
        }
        Ok(())
    }

    /// Where somebody listens to their deletes, deletes rows that end with the change of an auth record.
    pub(super) fn forget_hooked(
        self: &Arc<Self>,
        save: &Save<'_>,
        record: &Record,
        tables: &[&str],
    ) -> Result<(), RecordError> {
        let collection = &save.write.collection;
        let Some(original) = save.draft.original.as_ref().filter(|_| collection.is_auth()) else { return Ok(()) };
        let forgets = Change::between(collection, original, record).forgets();
        for table in tables.iter().filter(|table| forgets.contains(table)) {
            self.delete_rows_hooked(save, table)?;
        }
        Ok(())
    }

    /// Deletes the rows of the saved record inside their hooks, where there are any; whether there were rows.
    fn delete_rows_hooked(self: &Arc<Self>, save: &Save<'_>, table: &str) -> Result<bool, RecordError> {
        if !self.listens_to_rows(table) {
            return Ok(false);
        }
        let Some(owned) = self.catalog.load().get(table).cloned() else { return Ok(false) };
        let rows = self.read_for_step(save.request, {
            let (owned, collection) = (Arc::clone(&owned), save.write.collection.id.clone());
            let id = save.draft.record.id(&save.write.collection).to_owned();
            move |scope| {
                let condition = "collectionRef = ?1 AND recordRef = ?2";
                Ok(super::find_all(scope.connection, &owned, condition, [&collection, &id])?)
            }
        })?;
        let any = !rows.is_empty();
        for row in rows {
            self.delete_saved(&operator(&owned), row)?;
        }
        Ok(any)
    }

    /// Creates a record as a request would, rule, form and request hook included, and returns it as stored; `None` when a
    /// handler ended the request.
    ///
    /// # Errors
    /// As the same request by itself.
    pub fn create_as_request(
        self: &Arc<Self>,
        write: &WriteRequest,
        body: &Body,
    ) -> Result<Option<Record>, RecordError> {
        let (answer, record) = self.create_stepwise(write, body, &alone)?;
        Ok((!answer.is_empty()).then_some(record))
    }

    /// A row of a system collection for an auth record, with more fields to be set.
    pub fn owned_row(&self, collection: &Collection, owner: Owner<'_>) -> Record {
        let mut record = Record::blank(collection);
        record.set(collection, "collectionRef", Value::Text(owner.collection.to_owned()));
        record.set(collection, "recordRef", Value::Text(owner.record.to_owned()));
        record
    }
}

fn operator(collection: &Arc<Collection>) -> WriteRequest {
    WriteRequest {
        collection: Arc::clone(collection),
        request: Arc::new(RequestInfo::of_operator()),
        expand: String::new(),
    }
}

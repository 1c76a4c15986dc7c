//! Deletes on the caller's thread, inside the hooks of every record that they touch.
//!
//! As in PocketBase, the transaction is around the statement of the first record and all that goes because of it: the
//! outer hooks of that record, up to `record.delete_execute`, run before it begins and after it has ended.

use super::delete::{self, Effects, Outcome};
use super::store::{DELETE_FAILED, WriteRequest};
use super::{RecordError, Records, admit, error, find};
use crate::events::{EventError, Operation, Record, RecordEvent, Stage};
use std::sync::Arc;

impl Records {
    /// [`Records::delete`] step by step. The `rest` of a batch runs inside the request hook.
    pub(super) fn delete_stepwise(
        self: &Arc<Self>,
        write: &WriteRequest,
        id: &str,
        rest: &dyn Fn() -> Result<(), RecordError>,
    ) -> Result<(), RecordError> {
        let (collection, record) = self.read_for_step(&write.request, {
            let (collection, id) = (Arc::clone(&write.collection), id.to_owned());
            move |scope| {
                let collection = scope.current(&collection)?;
                admit::stored(scope, &collection, &collection.rules.delete, &id)?;
                let record = find(scope.connection, &collection, &id)?.ok_or_else(RecordError::not_found)?;
                Ok((collection, record))
            }
        })?;
        let write = &WriteRequest { collection, ..write.clone() };
        let mut event = event(write, record);
        self.around_answer(
            &self.bus.requests.record_delete,
            &RecordEvent::tags(&write.collection),
            &mut event,
            &mut |event| {
                self.delete_saved(write, event.record.clone())?;
                Ok(rest()?)
            },
        )?;
        Ok(())
    }

    /// Everything of a delete that is the same whoever asks for it; whether this is what deleted the record.
    pub(super) fn delete_saved(self: &Arc<Self>, write: &WriteRequest, record: Record) -> Result<bool, RecordError> {
        if !write.collection.is_superusers() {
            return self.delete_with_handlers(write, record);
        }
        // Counted before any handler runs, and nobody else may go meanwhile.
        let (deleted, told) = self.together(None, |transaction| {
            delete::refuse_last(&transaction.tx(), &write.collection, &record)?;
            self.delete_with_handlers(write, record)
        })?;
        told.map_err(failed)?;
        Ok(deleted)
    }

    fn delete_with_handlers(self: &Arc<Self>, write: &WriteRequest, record: Record) -> Result<bool, RecordError> {
        let mut event = event(write, record);
        let mut told = Ok(());
        let deleted = self.around_delete(&mut event, &mut |event| {
            let done = self.together(None, |transaction| {
                let (catalog, tx) = (self.catalog.load(), transaction.tx());
                let scope = self.scope(&tx, &catalog, &write.request);
                delete::execute(&scope, transaction, event, &mut Effects::default())
            });
            let outcome;
            (outcome, told) = done?;
            Ok(outcome)
        });
        let deleted = deleted.map_err(|error| match RecordError::from(error) {
            RecordError::Db(error) if !error.is_fault() => RecordError::bad_request(DELETE_FAILED),
            other => other,
        })?;
        // All is committed, and the handlers of all have run.
        told.map_err(failed)?;
        Ok(deleted)
    }

    /// The hooks of one delete around its statement, and those that follow it; whether there was something to delete.
    pub(super) fn around_delete(
        &self,
        event: &mut RecordEvent,
        statement: &mut dyn FnMut(&mut RecordEvent) -> Result<Outcome, EventError>,
    ) -> Result<bool, EventError> {
        let mut outcome = Outcome::default();
        let done = self.bus.around(Stage::Whole(Operation::Delete), event, &mut |event| {
            let collection = Arc::clone(&event.collection);
            self.bus.record.delete_execute.trigger(&RecordEvent::tags(&collection), event, &mut |event| {
                outcome = statement(event)?;
                Ok(())
            })
        });
        let (deleted, tell) = match outcome {
            Outcome::Missing if done.is_ok() => return Ok(false),
            Outcome::Deleted(tell) => (true, tell),
            _ => (false, None),
        };
        self.follow(Operation::Delete, event, tell, done, DELETE_FAILED)?;
        Ok(deleted)
    }
}

fn failed(error: EventError) -> EventError {
    error::within(error, 400, DELETE_FAILED)
}

fn event(write: &WriteRequest, record: Record) -> RecordEvent {
    let (collection, request) = (Arc::clone(&write.collection), Some(Arc::clone(&write.request)));
    RecordEvent { collection, record, original: None, request, error: None }
}

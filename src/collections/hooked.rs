//! The hooks around a change of a collection. They run on the thread that holds the write connection.

use super::error::Failure;
use super::{Change, CollectionError};
use crate::events::{Bus, CollectionEvent, EventError, Operation, Stage, Subject};
use crate::records::Records;
use crate::schema::sentence;
use std::sync::Arc;

type Step<'s> = &'s mut dyn FnMut(&mut Change<'_>, &mut CollectionEvent) -> Result<(), Failure>;

impl Change<'_> {
    /// The whole operation. What follows its outcome waits for the end of the transaction.
    pub(super) fn around(
        &mut self,
        operation: Operation,
        event: &mut CollectionEvent,
        action: Step<'_>,
    ) -> Result<(), Failure> {
        let done = self.at(Stage::Whole(operation), event, action);
        let error = done.as_ref().err().map(Failure::text);
        self.told.push((operation, CollectionEvent { error, ..event.clone() }));
        done
    }

    /// One stage of it, innermost the action.
    pub(super) fn at(&mut self, stage: Stage, event: &mut CollectionEvent, action: Step<'_>) -> Result<(), Failure> {
        let records: &Arc<Records> = self.records;
        let mut failure = None;
        let done = records.bus.around(stage, event, &mut |event| {
            action(self, event).map_err(|reason| {
                let error = EventError::failed(reason.text());
                failure = Some(reason);
                error
            })
        });
        done.map_err(|error| failure.unwrap_or_else(|| Failure::Raw(words(&error))))
    }

    /// `collection.validate` around the built-in checks, `model.validate` after them.
    pub(super) fn validate(&mut self, event: &mut CollectionEvent, checks: Step<'_>) -> Result<(), Failure> {
        let records: &Arc<Records> = self.records;
        let tags = event.tags();
        let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
        let mut failure = None;
        let done = records.bus.collection.validate.trigger(&tags, event, &mut |event| {
            checks(self, event).map_err(|reason| {
                let error = EventError::failed(reason.text());
                failure = Some(reason);
                error
            })?;
            records.bus.around_model(Stage::Validate, &tags, event, &mut |_| Ok(()))
        });
        done.map_err(|error| failure.unwrap_or_else(|| Failure::Raw(words(&error))))
    }

    /// What the hooks that follow the end of the transaction are to be told.
    pub fn take_told(&mut self) -> Vec<(Operation, CollectionEvent)> {
        std::mem::take(&mut self.told)
    }
}

/// Runs the hooks that follow the end of a transaction, given the error of one that was undone.
///
/// # Errors
/// A handler failed, although the collection is saved.
pub fn tell(
    bus: &Bus,
    told: Vec<(Operation, CollectionEvent)>,
    failed: Option<&CollectionError>,
) -> Result<(), CollectionError> {
    let mut first = Ok(());
    for (operation, mut event) in told {
        let stage = match failed {
            None => Stage::AfterSuccess(operation),
            Some(error) => {
                event.error.get_or_insert_with(|| error.to_string());
                Stage::AfterError(operation)
            }
        };
        let done = EventError::caught(|| bus.around(stage, &mut event, &mut |_| Ok(())));
        first = first.and(done.map_err(|error| {
            let verb = match operation {
                Operation::Create => "create",
                Operation::Update => "update",
                Operation::Delete => return CollectionError::refused("Failed to delete collection."),
            };
            Failure::Raw(words(&error)).under(&format!("Failed to {verb} collection."))
        }));
    }
    first
}

/// A refusal is a sentence; an unexpected failure is quoted as it is.
fn words(error: &EventError) -> String {
    if error.status.is_some() { sentence(&error.message) } else { error.message.clone() }
}

//! The event bus: what happens to records, and who wants to take part. Knows nothing of its listeners.
//!
//! The names and the order are PocketBase's. For a record that is created:
//!
//! ```text
//! requests.record_create                    the request: rule passed, form not checked yet
//!   record.create → model.create            id and generated texts are there
//!     record.validate → model.validate      the built-in checks stand before model.validate
//!     record.create_execute → model.create_execute → INSERT
//!   record.after_create_success → model.after_create_success
//! ```
//!
//! A handler wraps what comes after it: code before [`Next::run`] runs on the way in, code after it on the way out, and
//! a handler that never runs the rest ends the chain silently.

mod hook;
mod record;

pub use hook::{EventError, Hook, Next};
pub use record::Record;

use crate::query::RequestInfo;
use crate::schema::Collection;
use std::sync::Arc;

/// A record that is created, updated or deleted.
#[derive(Clone)]
pub struct RecordEvent {
    pub collection: Arc<Collection>,
    /// The record as it will be, or as it is when it is deleted.
    pub record: Record,
    /// The stored record of an update.
    pub original: Option<Record>,
    /// The request that caused it; `None` for the command line and embedding code.
    pub request: Option<Arc<RequestInfo>>,
    /// Why it failed, in the `after_*_error` hooks.
    pub error: Option<String>,
}

impl RecordEvent {
    /// What handlers may be limited to: the name and the id of the collection.
    pub fn tags(collection: &Collection) -> [&str; 2] {
        [&collection.name, &collection.id]
    }
}

/// The hooks around the life of one kind of thing.
pub struct Lifecycle<E> {
    /// Around the built-in validation of a create or update.
    pub validate: Hook<E>,
    /// The whole operation, outermost.
    pub create: Hook<E>,
    /// The statement alone, after validation.
    pub create_execute: Hook<E>,
    /// After the commit. An error here reaches the caller although the data is stored.
    pub after_create_success: Hook<E>,
    /// After a failure, whatever caused it.
    pub after_create_error: Hook<E>,
    pub update: Hook<E>,
    pub update_execute: Hook<E>,
    pub after_update_success: Hook<E>,
    pub after_update_error: Hook<E>,
    pub delete: Hook<E>,
    pub delete_execute: Hook<E>,
    pub after_delete_success: Hook<E>,
    pub after_delete_error: Hook<E>,
}

impl<E> Default for Lifecycle<E> {
    fn default() -> Self {
        Self {
            validate: Hook::default(),
            create: Hook::default(),
            create_execute: Hook::default(),
            after_create_success: Hook::default(),
            after_create_error: Hook::default(),
            update: Hook::default(),
            update_execute: Hook::default(),
            after_update_success: Hook::default(),
            after_update_error: Hook::default(),
            delete: Hook::default(),
            delete_execute: Hook::default(),
            after_delete_success: Hook::default(),
            after_delete_error: Hook::default(),
        }
    }
}

impl<E> Lifecycle<E> {
    fn concerns(&self, tags: &[&str]) -> bool {
        [
            &self.validate,
            &self.create,
            &self.create_execute,
            &self.after_create_success,
            &self.after_create_error,
            &self.update,
            &self.update_execute,
            &self.after_update_success,
            &self.after_update_error,
            &self.delete,
            &self.delete_execute,
            &self.after_delete_success,
            &self.after_delete_error,
        ]
        .into_iter()
        .any(|hook| hook.concerns(tags))
    }
}

/// Hooks around requests that have passed their rule. A handler that does not go on answers with an empty 200.
#[derive(Default)]
pub struct Requests {
    pub record_create: Hook<RecordEvent>,
    pub record_update: Hook<RecordEvent>,
    pub record_delete: Hook<RecordEvent>,
}

/// All hooks of an app.
#[derive(Default)]
pub struct Bus {
    pub record: Lifecycle<RecordEvent>,
    /// Inside the record hooks of the same name.
    pub model: Lifecycle<RecordEvent>,
    pub requests: Requests,
}

impl Bus {
    /// Whether anything listens to writes of the collection: only then must a write run outside the writer's group,
    /// where listeners may take their time.
    pub fn listens_to_writes(&self, collection: &Collection) -> bool {
        let tags = RecordEvent::tags(collection);
        let requests = [&self.requests.record_create, &self.requests.record_update, &self.requests.record_delete];
        self.record.concerns(&tags) || self.model.concerns(&tags) || requests.iter().any(|hook| hook.concerns(&tags))
    }
}

/// Which hook of a [`Lifecycle`].
pub type Pick = fn(&Lifecycle<RecordEvent>) -> &Hook<RecordEvent>;

impl Bus {
    /// Runs a record hook, inside it the model hook of the same name, and inside that the action.
    ///
    /// # Errors
    /// The first refusal.
    pub fn around(
        &self,
        pick: Pick,
        event: &mut RecordEvent,
        action: &mut dyn FnMut(&mut RecordEvent) -> Result<(), EventError>,
    ) -> Result<(), EventError> {
        let collection = Arc::clone(&event.collection);
        let tags = RecordEvent::tags(&collection);
        pick(&self.record).trigger(&tags, event, &mut |event| pick(&self.model).trigger(&tags, event, action))
    }
}

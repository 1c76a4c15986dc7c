//! The event bus: what happens to records, and who wants to take part. Knows nothing of its listeners.

mod hook;
mod record;

pub use hook::{EventError, Hook, Next};
pub use record::Record;

use crate::query::RequestInfo;
use crate::schema::Collection;
use std::sync::Arc;

/// A record that is created, updated or deleted.
pub struct RecordEvent {
    pub collection: Arc<Collection>,
    /// The record as it will be, or as it is when it is deleted.
    pub record: Record,
    /// The stored record of an update.
    pub original: Option<Record>,
    /// The request that caused it; `None` for the command line and embedding code.
    pub request: Option<Arc<RequestInfo>>,
}

/// All hooks of an app.
///
/// `*_create`, `*_update` and `*_delete` wrap the whole operation, validation included; code before
/// [`Next::run`] sees the record unsaved. The `after_*` hooks follow the commit.
#[derive(Default)]
pub struct Bus {
    pub record_create: Hook<RecordEvent>,
    pub record_validate: Hook<RecordEvent>,
    pub record_update: Hook<RecordEvent>,
    pub record_delete: Hook<RecordEvent>,
    pub after_record_create: Hook<RecordEvent>,
    pub after_record_update: Hook<RecordEvent>,
    pub after_record_delete: Hook<RecordEvent>,
}

impl Bus {
    /// Whether anything listens to writes of the collection: only then must a write run outside the writer's group,
    /// where listeners may take their time.
    pub fn listens_to_writes(&self, collection: &Collection) -> bool {
        let tags = [collection.name.as_str(), collection.id.as_str()];
        [
            &self.record_create,
            &self.record_validate,
            &self.record_update,
            &self.record_delete,
            &self.after_record_create,
            &self.after_record_update,
            &self.after_record_delete,
        ]
        .into_iter()
        .any(|hook| hook.concerns(&tags))
    }
}

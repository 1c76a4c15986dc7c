//! Telling the feed what was committed.

use super::Records;
use crate::db::WriteTx;
use crate::events::{Change, Operation, Record, Told};
use crate::schema::Collection;
use std::sync::Arc;

impl Records {
    /// Announces what happened to a record once the transaction is committed. Where handlers follow, the change waits for
    /// what they make of it.
    pub(super) fn announce(
        self: &Arc<Self>,
        tx: &WriteTx<'_>,
        operation: Operation,
        collection: &Arc<Collection>,
        record: &Record,
        original: Option<&Record>,
        told: Option<Told>,
    ) {
        if !self.bus.feed.wants(collection) {
            return;
        }
        let change = Change {
            operation,
            collection: Arc::clone(collection),
            record: record.clone(),
            original: original.cloned(),
            told,
            before: if operation == Operation::Delete { self.bus.feed.before() } else { None },
        };
        let records = Arc::clone(self);
        tx.after_commit(move || records.bus.feed.changed(change));
    }
}

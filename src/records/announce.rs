//! Telling the feed what was committed.

use super::Records;
use super::delete::{Effect, Effects};
use crate::db::WriteTx;
use crate::events::{Change, Operation, Record, Told};
use crate::schema::Collection;
use std::sync::Arc;

impl Records {
    /// Announces a created or updated record once the transaction is committed.
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
            before: None,
        };
        let records = Arc::clone(self);
        tx.after_commit(move || records.bus.feed.changed(change));
    }

    /// Announces everything that a delete did. Where handlers follow, each change waits for what they make of it.
    pub(super) fn announce_all(self: &Arc<Self>, tx: &WriteTx<'_>, effects: &mut Effects, hooked: bool) {
        for Effect { operation, collection, stored, tell } in &mut effects.done {
            if !self.bus.feed.wants(collection) {
                continue;
            }
            let told = hooked.then(|| {
                let (hand, told) = Told::pair();
                *tell = Some(hand);
                told
            });
            let change = Change {
                operation: *operation,
                collection: Arc::clone(collection),
                record: stored.record.clone(),
                original: stored.original.clone(),
                told,
                before: if *operation == Operation::Delete { self.bus.feed.before() } else { None },
            };
            let records = Arc::clone(self);
            tx.after_commit(move || records.bus.feed.changed(change));
        }
    }
}

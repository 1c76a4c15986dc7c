//! Telling the feed what was committed.

use super::{Records, find_all, sessions};
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

    /// Announces the rows that are about to end with the change of an auth record, before the change itself: whoever hears
    /// of them as its owner is not logged in any more afterwards.
    pub(super) fn announce_ended(
        self: &Arc<Self>,
        tx: &WriteTx<'_>,
        collection: &Collection,
        original: &Record,
        record: &Record,
    ) -> rusqlite::Result<()> {
        let catalog = self.catalog.load();
        for table in sessions::Change::between(collection, original, record).ends() {
            // Where handlers listen, each row is deleted on its own.
            let watched = |owned: &&Arc<Collection>| self.bus.feed.wants(owned) && !self.bus.listens_to_writes(owned);
            let Some(owned) = catalog.get(table).filter(watched) else { continue };
            let owner = [collection.id.clone(), original.id(collection).to_owned()];
            for row in find_all(tx, owned, "collectionRef = ?1 AND recordRef = ?2", owner)? {
                self.announce(tx, Operation::Delete, owned, &row, None, None);
            }
        }
        Ok(())
    }
}

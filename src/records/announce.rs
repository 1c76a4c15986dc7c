//! Telling the feed what was committed.

use super::{Owner, Records, find_all, sessions};
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
        let change = sessions::Change::between(collection, original, record);
        let owner = Owner { collection: &collection.id, record: original.id(collection) };
        if change.verifies && !change.key && sessions::has_any(tx, "_externalAuths", owner)? {
            // With the accounts goes the token key.
            self.announce_rows(tx, "_otps", owner)?;
        }
        change.ends().into_iter().try_for_each(|table| self.announce_rows(tx, table, owner))
    }

    fn announce_rows(self: &Arc<Self>, tx: &WriteTx<'_>, table: &str, owner: Owner<'_>) -> rusqlite::Result<()> {
        let catalog = self.catalog.load();
        // Where handlers listen, each row is deleted on its own.
        let watched = |owned: &&Arc<Collection>| self.bus.feed.wants(owned) && !self.bus.listens_to_writes(owned);
        let Some(owned) = catalog.get(table).filter(watched) else { return Ok(()) };
        for row in find_all(tx, owned, "collectionRef = ?1 AND recordRef = ?2", [owner.collection, owner.record])? {
            self.announce(tx, Operation::Delete, owned, &row, None, None);
        }
        Ok(())
    }
}

//! Changes of records as they are committed, in that order, for whoever shows them to others while they happen.

use super::{Operation, Record};
use crate::db::Snapshot;
use crate::schema::Collection;
use crossbeam_channel::{Receiver, Sender};
use std::sync::{Arc, Mutex, OnceLock};

/// A committed change of one record.
pub struct Change {
    pub operation: Operation,
    pub collection: Arc<Collection>,
    /// The record as it was stored, or as it was before it was deleted.
    pub record: Record,
    /// The stored record before an update.
    pub original: Option<Record>,
    /// What the handlers that follow the commit make of the record; `None` where there are none.
    pub told: Option<Told>,
    /// The database before a delete.
    pub before: Option<Arc<Mutex<Snapshot>>>,
}

/// The place of a change in the order of commits, kept while handlers look at it.
#[derive(Clone)]
pub struct Told {
    answer: Receiver<Record>,
}

/// Gives a change the record that handlers made of it. Dropping it keeps the change from being shown.
pub struct Tell {
    answer: Sender<Record>,
}

impl Told {
    /// A place and the hand that fills it.
    pub fn pair() -> (Tell, Self) {
        let (tell, told) = crossbeam_channel::bounded(1);
        (Tell { answer: tell }, Self { answer: told })
    }

    /// The record to show: the one given where handlers take longer than `patience`, none where they showed nothing.
    pub fn wait(self, stored: Record, patience: std::time::Duration) -> Option<Record> {
        use crossbeam_channel::RecvTimeoutError;
        match self.answer.recv_timeout(patience) {
            Ok(record) => Some(record),
            Err(RecvTimeoutError::Timeout) => Some(stored),
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }
}

impl Tell {
    pub fn show(self, record: Record) {
        // Whoever waits no longer has shown the stored record.
        let _ = self.answer.try_send(record);
    }
}

/// Who is told of changes.
pub trait Watcher: Send + Sync {
    /// Whether changes of the collection matter to anybody just now. Asked for every write, so it must be quick.
    fn wants(&self, collection: &Collection) -> bool;
    /// The database as it was before the transaction that runs on this thread, shared by all deletes in it.
    fn before(&self) -> Option<Arc<Mutex<Snapshot>>>;
    /// Called on the thread that has just committed, in the order of the commits: while it waits, nobody writes.
    fn changed(&self, change: Change);
}

/// The place where one watcher may stand.
#[derive(Default)]
pub struct Feed {
    watcher: OnceLock<Arc<dyn Watcher>>,
}

impl Feed {
    /// Sets the watcher, once.
    pub fn watch(&self, watcher: Arc<dyn Watcher>) {
        let _ = self.watcher.set(watcher);
    }

    pub fn wants(&self, collection: &Collection) -> bool {
        self.watcher.get().is_some_and(|watcher| watcher.wants(collection))
    }

    pub fn before(&self) -> Option<Arc<Mutex<Snapshot>>> {
        self.watcher.get().and_then(|watcher| watcher.before())
    }

    pub fn changed(&self, change: Change) {
        if let Some(watcher) = self.watcher.get() {
            watcher.changed(change);
        }
    }
}

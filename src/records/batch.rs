//! Many writes in one transaction: all of them happen, or none (spec 02 §9).
//!
//! Each item takes the same steps as a request of its own; they run on the transaction's connection, so that it sees
//! what the items before it did. Hooks that follow a write wait for the end of the transaction.

use super::draft::Body;
use super::store::WriteRequest;
use super::{Owner, RecordError, Records, delete};
use crate::db::{DbError, WriteTx};
use crate::events::{EventError, Record};
use crate::query::RequestInfo;
use crate::schema::{Collection, ddl};
use serde_json::Value as Json;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Stack of a thread that runs items inside each other.
const STACK: usize = 2 << 20;
const STACK_PER_ITEM: usize = 128 << 10;

/// Where the steps of a write run.
#[derive(Clone, Copy)]
pub(super) enum Place<'t> {
    /// Each step by itself: reads on a reader, the statement in a group of the writer.
    Apart,
    /// All of them in one transaction.
    Within(&'t Transaction<'t>),
}

/// What is to be told when the transaction has ended, given the error of one that was undone.
type Told = Box<dyn FnOnce(&Records, Option<&str>) -> Result<(), EventError>>;

/// A transaction with what depends on its end.
pub struct Transaction<'t> {
    pub(super) tx: &'t WriteTx<'t>,
    /// Stored files, as collection, record and name, which go again if the transaction does.
    pub(super) files: RefCell<Vec<(String, String, String)>>,
    pub(super) told: RefCell<Vec<Told>>,
    run: Run,
}

/// The items of a batch on their way: each later one runs inside the request hook of the one before.
struct Run {
    /// When the time is over.
    end: Option<Instant>,
    waiting: RefCell<VecDeque<Result<BatchItem, RecordError>>>,
    /// One for each item that was begun; the inner `None` is a delete's.
    answers: RefCell<Vec<Option<Vec<u8>>>>,
    /// Place and reason of the first refusal.
    refused: RefCell<Option<(usize, RecordError)>>,
}

/// One write of a batch.
pub struct BatchItem {
    pub write: WriteRequest,
    pub action: BatchAction,
}

pub enum BatchAction {
    Create(Body),
    Update {
        id: String,
        body: Body,
    },
    /// Updates the record whose id is in the body, where there is one.
    Upsert(Body),
    Delete {
        id: String,
    },
}

/// Why a batch did not happen.
#[derive(Debug)]
pub enum BatchError {
    /// The item at this place was refused.
    Item(usize, RecordError),
    /// The database failed.
    Db(DbError),
    /// It took too long, or a handler failed.
    Failed(String),
    /// It did happen, and a handler that follows the commit failed.
    After(EventError),
}

impl From<DbError> for BatchError {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl Run {
    fn is_over(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() >= end)
    }
}

impl Transaction<'_> {
    /// A record as the transaction sees it.
    ///
    /// # Errors
    /// SQLite fails.
    pub fn find(&self, collection: &Collection, id: &str) -> Result<Option<Record>, RecordError> {
        Ok(delete::find(self.tx, collection, id)?)
    }

    /// Rows of a system collection that belong to an auth record.
    ///
    /// # Errors
    /// SQLite fails.
    pub fn owned(&self, collection: &Collection, owner: Owner<'_>) -> Result<Vec<Record>, RecordError> {
        let condition = "collectionRef = ?1 AND recordRef = ?2";
        Ok(delete::find_all(self.tx, collection, condition, [owner.collection, owner.record])?)
    }
}

impl Records {
    /// Runs the items in order and returns the JSON of each, `None` of a delete. Not for async code.
    ///
    /// An item that could not be understood is given as the error that it would have had alone.
    ///
    /// # Errors
    /// The first refusal, and nothing is changed then; or [`BatchError::After`].
    pub fn batch(
        self: &Arc<Self>,
        items: Vec<Result<BatchItem, RecordError>>,
        timeout: Duration,
    ) -> Result<Vec<Option<Vec<u8>>>, BatchError> {
        let items_len = items.len();
        let nests = self.catalog.load().iter().any(|collection| self.bus.listens_to_requests(collection));
        let run = || self.together(Some(timeout), |transaction| self.run_items(transaction, items.into()));
        if !nests {
            return run();
        }
        // Items run inside each other, as deep as there are items: the depth of the stack is theirs to say.
        let stack = STACK + STACK_PER_ITEM * items_len;
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().name("pbr-batch".into()).stack_size(stack);
            let failed = |reason: String| BatchError::Failed(reason);
            let thread = thread.spawn_scoped(scope, run).map_err(|error| failed(error.to_string()))?;
            thread.join().unwrap_or_else(|_| Err(failed("a handler panicked".into())))
        })
    }

    /// Deletes all records of a collection in one transaction, with all that each delete brings along. No rule is asked.
    /// Not for async code.
    ///
    /// # Errors
    /// A record is needed elsewhere, or a handler refuses, and nothing is deleted then; or [`BatchError::After`].
    pub fn truncate(
        self: &Arc<Self>,
        collection: &Arc<Collection>,
        request: &Arc<RequestInfo>,
    ) -> Result<(), BatchError> {
        const CHUNK: usize = 500;
        let (collection, request) = (Arc::clone(collection), Arc::clone(request));
        let write = WriteRequest { collection, request, expand: String::new() };
        let sql = format!("SELECT id FROM {} LIMIT {CHUNK}", ddl::quote(&write.collection.name));
        self.together(None, |transaction| {
            let ids = || -> rusqlite::Result<Vec<String>> {
                transaction.tx.prepare_cached(&sql)?.query_map([], |row| row.get(0))?.collect()
            };
            loop {
                let ids = ids().map_err(DbError::from)?;
                if ids.is_empty() {
                    return Ok(());
                }
                for id in ids {
                    // A cascade may have been there before.
                    if let Some(record) = delete::find(transaction.tx, &write.collection, &id).map_err(DbError::from)? {
                        let deleted = self.delete_within(transaction, &write, record);
                        deleted.map_err(|error| match error {
                            RecordError::Db(error) => BatchError::Db(error),
                            error => BatchError::Failed(error.to_string()),
                        })?;
                    }
                }
            }
        })
    }

    /// Runs writes in one transaction: all of them happen, or none. Hooks that follow a write wait for the end. Not for
    /// async code.
    ///
    /// # Errors
    /// What the work refused with, and nothing is changed then; or, everything being committed, the first failure of a
    /// handler that follows the commit.
    pub fn transaction<T>(
        self: &Arc<Self>,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, RecordError>,
    ) -> Result<T, RecordError> {
        let done = self.together(None, |transaction| work(transaction).map_err(|error| BatchError::Item(0, error)));
        done.map_err(|error| match error {
            BatchError::Item(_, error) => error,
            BatchError::Db(error) => error.into(),
            BatchError::Failed(reason) => DbError::RolledBack(reason).into(),
            BatchError::After(error) => error.into(),
        })
    }

    /// A write inside a transaction, as the JSON of its answer; `None` of a delete.
    ///
    /// # Errors
    /// As the same write by itself.
    pub fn write_within(
        self: &Arc<Self>,
        transaction: &Transaction<'_>,
        item: BatchItem,
    ) -> Result<Option<Vec<u8>>, RecordError> {
        self.run_item(transaction, item)
    }

    /// Runs work in one transaction on a lease, and then what was waiting for its end.
    fn together<T>(
        self: &Arc<Self>,
        timeout: Option<Duration>,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, BatchError>,
    ) -> Result<T, BatchError> {
        let writer = self.db.writer();
        let lease = writer.lease()?;
        let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        // Without one the statements may take as long as they need. Dropped before the lease.
        let held = timeout.map(|timeout| writer.deadline().hold(timeout));
        let (mut files, mut told) = (Vec::new(), Vec::new());
        let done = lease.transaction(|tx| {
            let run =
                Run { end, waiting: RefCell::default(), answers: RefCell::default(), refused: RefCell::default() };
            let transaction = Transaction { tx, files: RefCell::default(), told: RefCell::default(), run };
            let done = work(&transaction);
            files = transaction.files.into_inner();
            told = transaction.told.into_inner();
            done
        });
        drop((held, lease));
        let error = match &done {
            Ok(_) => None,
            Err(BatchError::Item(_, error)) => Some(error.to_string()),
            Err(BatchError::Db(error)) => Some(error.to_string()),
            Err(BatchError::Failed(reason)) => Some(reason.clone()),
            Err(BatchError::After(error)) => Some(error.to_string()),
        };
        if error.is_some() {
            files.iter().for_each(|(collection, record, name)| self.files.delete(collection, record, name));
        }
        // The transaction has ended: a handler that fails now changes nothing, and keeps no other from being told.
        let mut failed = None;
        for tell in told {
            if let Err(error) = tell(self, error.as_deref()) {
                (self.report)("A handler failed after a transaction", &error.message);
                failed.get_or_insert(error);
            }
        }
        match failed {
            Some(error) if done.is_ok() => Err(BatchError::After(error)),
            _ => done,
        }
    }

    fn run_items(
        self: &Arc<Self>,
        transaction: &Transaction<'_>,
        items: VecDeque<Result<BatchItem, RecordError>>,
    ) -> Result<Vec<Option<Vec<u8>>>, BatchError> {
        transaction.run.waiting.replace(items);
        while let Some(done) = self.run_next(transaction) {
            if transaction.run.is_over() {
                return Err(BatchError::Failed("the batch took too long".into()));
            }
            if done.is_err() {
                break;
            }
        }
        match transaction.run.refused.take() {
            Some((at, error)) => Err(BatchError::Item(at, error)),
            None => Ok(transaction.run.answers.take()),
        }
    }

    /// Runs the next item; `None` when all have run.
    fn run_next(self: &Arc<Self>, transaction: &Transaction<'_>) -> Option<Result<(), RecordError>> {
        let run = &transaction.run;
        let item = run.waiting.borrow_mut().pop_front()?;
        let at = run.answers.borrow().len();
        run.answers.borrow_mut().push(None);
        let done = item.and_then(|item| self.run_item(transaction, item));
        Some(match done {
            Ok(answer) => {
                run.answers.borrow_mut()[at] = answer;
                Ok(())
            }
            Err(error) => {
                // Told by the innermost item that was refused; those around it only pass it on.
                let passed_on = RecordError::bad_request(super::error::GENERIC);
                run.refused.borrow_mut().get_or_insert((at, error));
                Err(passed_on)
            }
        })
    }

    /// The rest of a batch, inside the request hook of one of its items.
    pub(super) fn go_on(self: &Arc<Self>, place: Place<'_>) -> Result<(), RecordError> {
        let Place::Within(transaction) = place else { return Ok(()) };
        if !self.catalog.load().iter().any(|collection| self.bus.listens_to_requests(collection)) {
            return Ok(());
        }
        while let Some(done) = self.run_next(transaction) {
            done?;
            if transaction.run.is_over() {
                break;
            }
        }
        Ok(())
    }

    fn run_item(
        self: &Arc<Self>,
        transaction: &Transaction<'_>,
        item: BatchItem,
    ) -> Result<Option<Vec<u8>>, RecordError> {
        let BatchItem { write, action } = item;
        let mut write = write.renewed(&self.catalog.load())?;
        let place = Place::Within(transaction);
        match action {
            BatchAction::Create(body) => self.create_hooked(place, &write, &body).map(Some),
            BatchAction::Update { id, body } => self.update_hooked(place, &write, &id, &body).map(Some),
            BatchAction::Delete { id } => self.delete_hooked(place, &write, &id).map(|()| None),
            BatchAction::Upsert(body) => {
                let id = match body.values.get("id") {
                    Some(Json::String(id)) => id.clone(),
                    Some(Json::Number(id)) => id.to_string(),
                    _ => String::new(),
                };
                let exists = !id.is_empty() && delete::find(transaction.tx, &write.collection, &id)?.is_some();
                let method = if exists { "PATCH" } else { "POST" };
                write.request =
                    Arc::new(RequestInfo { method: method.to_owned(), ..RequestInfo::clone(&write.request) });
                if exists {
                    self.update_hooked(place, &write, &id, &body).map(Some)
                } else {
                    self.create_hooked(place, &write, &body).map(Some)
                }
            }
        }
    }
}

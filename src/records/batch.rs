//! Many writes in one transaction: all of them happen, or none (spec 02 §9).
//!
//! Each item takes the same steps as a request of its own; they run on the transaction's connection, so that it sees
//! what the items before it did. Hooks that follow a write wait for the end of the transaction.

use super::draft::Body;
use super::store::WriteRequest;
use super::{RecordError, Records, find};
use crate::db::DbError;
use crate::events::EventError;
use crate::query::RequestInfo;
use crate::schema::{Collection, ddl};
use serde_json::Value as Json;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Stack of items that run inside each other.
const STACK: usize = 2 << 20;
const STACK_PER_ITEM: usize = 128 << 10;

/// The items of a batch on their way: each later one runs inside the request hook of the one before.
struct Run {
    /// When the time is over, once it has begun.
    end: Cell<Option<Instant>>,
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
    /// Whether what is written can be answered as it was asked for; otherwise the item is refused once it is written.
    pub answerable: bool,
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
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The item at this place was refused.
    #[error("{1}")]
    Item(usize, RecordError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// It took too long, or a handler failed.
    #[error("{0}")]
    Failed(String),
    /// It did happen, and a handler that follows the commit failed.
    #[error("{0}")]
    After(EventError),
}

impl Run {
    fn is_over(&self) -> bool {
        self.end.get().is_some_and(|end| Instant::now() >= end)
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
        // Items run inside each other, as deep as there are items: the depth of the stack is theirs to say.
        let nests = self.catalog.load().iter().any(|collection| self.bus.listens_to_requests(collection));
        let stack = STACK + STACK_PER_ITEM * items.len();
        let run = Run {
            end: Cell::default(),
            waiting: RefCell::new(items.into()),
            answers: RefCell::default(),
            refused: RefCell::default(),
        };
        let begin = || run.end.set(Instant::now().checked_add(timeout));
        // To wait for the connection takes none of its time.
        let run = || {
            self.together(Some(timeout), |_| {
                begin();
                self.run_items(&run)
            })
        };
        let (answers, told) = if nests { stacker::grow(stack, run) } else { run() }?;
        told.map_err(BatchError::After)?;
        Ok(answers)
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
        let table = ddl::quote(&write.collection.name);
        let sql = format!("SELECT _rowid_, id FROM {table} WHERE _rowid_ > ?1 ORDER BY _rowid_ LIMIT {CHUNK}");
        let ((), told) = self.together::<_, BatchError>(None, |transaction| {
            let after = |last: i64| -> rusqlite::Result<Vec<(i64, String)>> {
                transaction
                    .tx()
                    .prepare_cached(&sql)?
                    .query_map([last], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect()
            };
            // A record that a handler kept is not asked about twice.
            let mut last = i64::MIN;
            loop {
                let rows = after(last).map_err(DbError::from)?;
                let Some((end, _)) = rows.last() else { return Ok(()) };
                last = *end;
                for (_, id) in rows {
                    // A cascade may have been there before.
                    if let Some(record) = find(&transaction.tx(), &write.collection, &id).map_err(DbError::from)? {
                        self.delete_saved(&write, record).map_err(|error| match error {
                            RecordError::Db(error) => BatchError::Db(error),
                            error => BatchError::Failed(error.to_string()),
                        })?;
                    }
                }
            }
        })?;
        told.map_err(BatchError::After)
    }

    fn run_items(self: &Arc<Self>, run: &Run) -> Result<Vec<Option<Vec<u8>>>, BatchError> {
        while let Some(done) = self.run_next(run) {
            if run.is_over() {
                return Err(BatchError::Failed("the batch took too long".into()));
            }
            if done.is_err() {
                break;
            }
        }
        match run.refused.take() {
            Some((at, error)) => Err(BatchError::Item(at, error)),
            None => Ok(run.answers.take()),
        }
    }

    /// Runs the next item; `None` when all have run.
    fn run_next(self: &Arc<Self>, run: &Run) -> Option<Result<(), RecordError>> {
        let item = run.waiting.borrow_mut().pop_front()?;
        let at = run.answers.borrow().len();
        run.answers.borrow_mut().push(None);
        let done = item.and_then(|item| self.run_item(run, item));
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
    fn go_on(self: &Arc<Self>, run: &Run) -> Result<(), RecordError> {
        if !self.catalog.load().iter().any(|collection| self.bus.listens_to_requests(collection)) {
            return Ok(());
        }
        while let Some(done) = self.run_next(run) {
            done?;
            if run.is_over() {
                break;
            }
        }
        Ok(())
    }

    fn run_item(self: &Arc<Self>, run: &Run, item: BatchItem) -> Result<Option<Vec<u8>>, RecordError> {
        let BatchItem { write, action, answerable } = item;
        let mut write = write.renewed(&self.catalog.load())?;
        let rest = || if answerable { self.go_on(run) } else { Err(RecordError::bad_request(super::error::GENERIC)) };
        match action {
            BatchAction::Create(body) => self.create_stepwise(&write, &body, &rest).map(|(answer, _)| Some(answer)),
            BatchAction::Update { id, body } => self.update_stepwise(&write, &id, &Arc::new(body), &rest).map(Some),
            BatchAction::Delete { id } => self.delete_stepwise(&write, &id, &rest).map(|()| None),
            BatchAction::Upsert(body) => {
                let id = match body.values.get("id") {
                    Some(Json::String(id)) => id.clone(),
                    Some(Json::Number(id)) => id.to_string(),
                    _ => String::new(),
                };
                let exists = !id.is_empty() && self.exists(&write, &id)?;
                let method = if exists { "PATCH" } else { "POST" };
                write.request =
                    Arc::new(RequestInfo { method: method.to_owned(), ..RequestInfo::clone(&write.request) });
                if exists {
                    self.update_stepwise(&write, &id, &Arc::new(body), &rest).map(Some)
                } else {
                    self.create_stepwise(&write, &body, &rest).map(|(answer, _)| Some(answer))
                }
            }
        }
    }

    fn exists(self: &Arc<Self>, write: &WriteRequest, id: &str) -> Result<bool, RecordError> {
        let (collection, id) = (Arc::clone(&write.collection), id.to_owned());
        self.read_for_step(&write.request, move |scope| Ok(find(scope.connection, &collection, &id)?.is_some()))
    }
}

//! The transaction that is open on this thread, and what waits for its end.
//!
//! Handlers run on the thread that holds the write connection. What they read and write there takes part in its
//! transaction: whoever needs the database asks [`Records::open`] first. Other threads know nothing of it and wait.

use super::{Owner, RecordError, Records, find, find_all};
use crate::db::{DbError, Lease, WriteTx};
use crate::events::{EventError, Hook, Record};
use crate::schema::Collection;
use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

const PANICKED: &str = "a handler panicked";

thread_local! {
    /// No thread has two of one data directory: there is one write connection, and none waits for it while it has it.
    static OPEN: RefCell<Vec<Rc<Transaction>>> = const { RefCell::new(Vec::new()) };
}

/// A transaction with what depends on its end.
pub struct Transaction {
    pub(super) records: Arc<Records>,
    lease: Lease,
    waiting: RefCell<Waiting>,
}

/// What is to be told when the transaction has ended, given the error of one that was undone.
pub(super) type Tale = Box<dyn FnOnce(&Records, Option<&str>) -> Result<(), EventError>>;

/// What waits for the end of a transaction.
#[derive(Default)]
struct Waiting {
    /// Stored files, as collection, record and name, which go again if the transaction does.
    files: Vec<(String, String, String)>,
    tales: Vec<Tale>,
}

/// How much waited at some moment.
#[derive(Clone, Copy, Default)]
struct Mark {
    files: usize,
    tales: usize,
}

/// The transaction is the one of this thread until this is dropped.
struct Entered;

impl Records {
    /// The transaction that is open on this thread.
    pub(super) fn open(&self) -> Option<Rc<Transaction>> {
        // Another data directory's is none of these records' business.
        let own = |open: &&Rc<Transaction>| std::ptr::eq(Arc::as_ptr(&open.records), self);
        OPEN.with_borrow(|open| open.iter().find(own).cloned())
    }

    /// Runs the handlers of a request around what answers it. Once that is done, a handler that fails is too late, and its
    /// error goes to the log; but what was answered inside a transaction stands only with it.
    ///
    /// # Errors
    /// The first refusal, of a handler or of the action.
    pub fn around_answer<E>(
        &self,
        hook: &Hook<E>,
        tags: &[&str],
        event: &mut E,
        action: &mut dyn FnMut(&mut E) -> Result<(), EventError>,
    ) -> Result<(), EventError> {
        if !hook.is_bound() || self.open().is_some() {
            return hook.trigger(tags, event, action);
        }
        let answered = Rc::new(Cell::new(false));
        let done = hook.trigger(tags, event, &mut |event| {
            action(event)?;
            match self.open() {
                None => answered.set(true),
                Some(transaction) => {
                    let answered = Rc::clone(&answered);
                    transaction.tell_at_end(Box::new(move |_, error| {
                        answered.set(error.is_none());
                        Ok(())
                    }));
                }
            }
            Ok(())
        });
        match done {
            Err(error) if answered.get() => {
                (self.report)("A handler failed after the request was answered", &error.message);
                Ok(())
            }
            done => done,
        }
    }

    /// Runs writes in one transaction: all of them happen, or none. Hooks that follow a write wait for the end. Whatever
    /// the work reads or writes on this thread takes part; inside another transaction, this is a part of it that is undone
    /// by itself where the work fails. Not for async code.
    ///
    /// # Errors
    /// What the work refused with, and nothing is changed then; or, everything being committed, the first failure of a
    /// handler that follows the commit.
    pub fn transaction<T>(
        self: &Arc<Self>,
        work: impl FnOnce(&Transaction) -> Result<T, RecordError>,
    ) -> Result<T, RecordError> {
        let (done, told) = self.together(None, work)?;
        told?;
        Ok(done)
    }

    /// The same with a time that its statements may take; apart from the result, there is the first failure of a handler
    /// that followed the commit.
    pub(super) fn together<T, E: From<DbError> + Display>(
        self: &Arc<Self>,
        timeout: Option<Duration>,
        work: impl FnOnce(&Transaction) -> Result<T, E>,
    ) -> Result<(T, Result<(), EventError>), E> {
        if let Some(open) = self.open() {
            return open.nested(|| work(&open)).map(|done| (done, Ok(())));
        }
        let writer = self.db.writer();
        let transaction =
            Rc::new(Transaction { records: Arc::clone(self), lease: writer.lease()?, waiting: RefCell::default() });
        // Without one the statements may take as long as they need.
        let held = timeout.map(|timeout| writer.deadline().hold(timeout));
        let entered = Entered::new(&transaction);
        let done = catch_unwind(AssertUnwindSafe(|| transaction.lease.transaction(|_| work(&transaction))));
        drop(entered);
        let waiting = transaction.waiting.take();
        drop(held);
        // Gives the connection back: what is told from here on may write.
        drop(transaction);
        settle(self, waiting, done)
    }
}

impl Transaction {
    /// A record as the transaction sees it.
    ///
    /// # Errors
    /// SQLite fails.
    pub fn find(&self, collection: &Collection, id: &str) -> Result<Option<Record>, RecordError> {
        Ok(find(&self.tx(), collection, id)?)
    }

    /// Rows of a system collection that belong to an auth record.
    ///
    /// # Errors
    /// SQLite fails.
    pub fn owned(&self, collection: &Collection, owner: Owner<'_>) -> Result<Vec<Record>, RecordError> {
        let condition = "collectionRef = ?1 AND recordRef = ?2";
        Ok(find_all(&self.tx(), collection, condition, [owner.collection, owner.record])?)
    }

    pub(super) fn tx(&self) -> WriteTx<'_> {
        self.lease.tx()
    }

    /// Tells it when the transaction has ended.
    pub(super) fn tell_at_end(&self, tale: Tale) {
        self.waiting.borrow_mut().tales.push(tale);
    }

    /// Deletes a stored file of a record if the transaction is undone.
    pub(super) fn stored_file(&self, collection: &str, record: &str, name: &str) {
        self.waiting.borrow_mut().files.push((collection.to_owned(), record.to_owned(), name.to_owned()));
    }

    /// A part that is undone by itself where it fails.
    fn nested<T, E: From<DbError> + Display>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let mark = self.waiting.borrow().mark();
        let done = catch_unwind(AssertUnwindSafe(|| self.tx().nested(work)));
        if let Ok(Ok(done)) = done {
            return Ok(done);
        }
        let undone = self.waiting.borrow_mut().split_off(mark);
        settle(&self.records, undone, done).map(|(done, _)| done)
    }
}

impl Waiting {
    fn mark(&self) -> Mark {
        Mark { files: self.files.len(), tales: self.tales.len() }
    }

    fn split_off(&mut self, mark: Mark) -> Self {
        Self { files: self.files.split_off(mark.files), tales: self.tales.split_off(mark.tales) }
    }
}

impl Entered {
    fn new(transaction: &Rc<Transaction>) -> Self {
        OPEN.with_borrow_mut(|open| open.push(Rc::clone(transaction)));
        Self
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        // Each is entered inside the one before.
        OPEN.with_borrow_mut(Vec::pop);
    }
}

/// Tells what waited for an end how it was, and goes on panicking where that ended it. A handler that fails now changes
/// nothing, and keeps no other from being told.
fn settle<T, E: Display>(
    records: &Records,
    waiting: Waiting,
    done: std::thread::Result<Result<T, E>>,
) -> Result<(T, Result<(), EventError>), E> {
    let error = match &done {
        Ok(Ok(_)) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some(PANICKED.to_owned()),
    };
    if error.is_some() {
        waiting.files.iter().for_each(|(collection, record, name)| records.files.delete(collection, record, name));
    }
    let mut told = Ok(());
    for tale in waiting.tales {
        if let Err(failure) = tale(records, error.as_deref()) {
            (records.report)("A handler failed after a transaction", &failure.message);
            told = told.and(Err(failure));
        }
    }
    match done {
        Ok(done) => done.map(|done| (done, told)),
        Err(panic) => resume_unwind(panic),
    }
}

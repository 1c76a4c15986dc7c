//! Work for the writer: what runs in its transaction, and how whoever asked for it hears of the end.

use super::DbError;
use rusqlite::Connection;
use std::cell::RefCell;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot;

pub(super) type AfterCommit = Box<dyn FnOnce() + Send>;

/// Does what follows a commit. What panics now, and says so, changes nothing about what was committed.
pub(super) fn follow(actions: impl IntoIterator<Item: FnOnce()>) {
    for action in actions {
        let _ = catch_unwind(AssertUnwindSafe(action));
    }
}

/// The transaction that a job runs in, or that a lease has open.
#[derive(Clone, Copy)]
pub struct WriteTx<'a> {
    connection: &'a Connection,
    after_commit: &'a RefCell<Vec<AfterCommit>>,
}

impl<'a> WriteTx<'a> {
    /// For a transaction that has begun on the connection.
    pub(super) fn new(connection: &'a Connection, after_commit: &'a RefCell<Vec<AfterCommit>>) -> Self {
        Self { connection, after_commit }
    }

    /// Runs `action` once the transaction is committed, in commit order; never if it is rolled back.
    pub fn after_commit(&self, action: impl FnOnce() + Send + 'static) {
        self.after_commit.borrow_mut().push(Box::new(action));
    }

    /// Runs work that, where it fails, is undone by itself, along with what it asked to do after the commit.
    ///
    /// # Errors
    /// The work's own, or [`DbError::RolledBack`] where the transaction has ended already.
    pub fn nested<T, E: From<DbError>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let savepoint = Savepoint::begin(self)?;
        let done = work()?;
        savepoint.release()?;
        Ok(done)
    }
}

/// What is undone when this is dropped.
struct Savepoint<'t> {
    tx: &'t WriteTx<'t>,
    /// Actions that were there before.
    actions: usize,
    released: bool,
}

impl<'t> Savepoint<'t> {
    fn begin(tx: &'t WriteTx<'t>) -> Result<Self, DbError> {
        check_open(tx)?;
        execute(tx, "SAVEPOINT nested")?;
        Ok(Self { tx, actions: tx.after_commit.borrow().len(), released: false })
    }

    fn release(mut self) -> Result<(), DbError> {
        check_open(self.tx)?;
        execute(self.tx, "RELEASE nested")?;
        self.released = true;
        Ok(())
    }
}

impl Drop for Savepoint<'_> {
    fn drop(&mut self) {
        if self.released {
            return;
        }
        let tx = self.tx;
        tx.after_commit.borrow_mut().truncate(self.actions);
        let undone = execute(tx, "ROLLBACK TO nested").and_then(|_| execute(tx, "RELEASE nested"));
        if undone.is_err() && !tx.is_autocommit() {
            // What was done cannot be told from the rest any more, so all of it goes.
            let _ = tx.execute_batch("ROLLBACK");
        }
    }
}

/// SQLite ends a transaction by itself where the disk fails or a statement runs out of time. What came after that would
/// be part of none.
fn check_open(tx: &WriteTx<'_>) -> Result<(), DbError> {
    if tx.is_autocommit() { Err(DbError::RolledBack("it ended before all was done".into())) } else { Ok(()) }
}

fn execute(tx: &WriteTx<'_>, sql: &str) -> rusqlite::Result<usize> {
    tx.prepare_cached(sql)?.execute([])
}

impl Deref for WriteTx<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

pub(super) trait Job: Send {
    /// Runs inside the group's transaction; `false` asks to undo what it did.
    fn run(&mut self, connection: &Connection) -> bool;
    /// What it did is undone for another reason than its own.
    fn undone(&mut self, error: DbError);
    /// Delivers the result: the job's own, or the error of the commit.
    fn finish(self: Box<Self>, commit: Result<(), DbError>);
}

/// A closure whose result goes to a channel.
pub(super) struct TypedJob<T, E, F> {
    work: F,
    outcome: Option<Result<T, E>>,
    after_commit: Vec<AfterCommit>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> TypedJob<T, E, F> {
    pub fn new(work: F, reply: oneshot::Sender<Result<T, E>>) -> Self {
        Self { work, outcome: None, after_commit: Vec::new(), reply }
    }
}

impl<T, E, F> Job for TypedJob<T, E, F>
where
    T: Send,
    E: From<DbError> + Send,
    F: FnMut(&WriteTx<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, connection: &Connection) -> bool {
        let after_commit = RefCell::default();
        let tx = WriteTx::new(connection, &after_commit);
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.work)(&tx)));
        let outcome = outcome.unwrap_or_else(|_| Err(DbError::Panicked.into()));
        self.after_commit = after_commit.into_inner();
        let done = outcome.is_ok();
        self.outcome = Some(outcome);
        done
    }

    fn undone(&mut self, error: DbError) {
        self.outcome = Some(Err(error.into()));
        self.after_commit.clear();
    }

    fn finish(self: Box<Self>, commit: Result<(), DbError>) {
        let outcome = match (self.outcome, commit) {
            // Also of one that failed: what stood in its way may be what was undone now.
            (_, Err(error)) => Err(error.into()),
            (Some(Ok(value)), Ok(())) => {
                follow(self.after_commit);
                Ok(value)
            }
            (Some(Err(error)), Ok(())) => Err(error),
            (None, Ok(())) => Err(DbError::Closed.into()),
        };
        // A caller that went away does not undo its write.
        let _ = self.reply.send(outcome);
    }
}

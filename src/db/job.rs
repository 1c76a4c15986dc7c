//! Work for the writer: what runs in its transaction, and how whoever asked for it hears of the end.

use super::DbError;
use rusqlite::Connection;
use std::cell::RefCell;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot;

type AfterCommit = Box<dyn FnOnce() + Send>;

/// The transaction that a job runs in.
pub struct WriteTx<'a> {
    connection: &'a Connection,
    after_commit: RefCell<Vec<AfterCommit>>,
}

impl<'a> WriteTx<'a> {
    /// For a transaction that has begun on the connection.
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self { connection, after_commit: RefCell::default() }
    }

    /// Runs `action` once the transaction is committed, in commit order; never if it is rolled back.
    pub fn after_commit(&self, action: impl FnOnce() + Send + 'static) {
        self.after_commit.borrow_mut().push(Box::new(action));
    }

    /// What is to be run after the commit.
    pub(super) fn into_actions(self) -> Vec<AfterCommit> {
        self.after_commit.into_inner()
    }
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
        let tx = WriteTx::new(connection);
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.work)(&tx)));
        let outcome = outcome.unwrap_or_else(|_| Err(DbError::Panicked.into()));
        self.after_commit = tx.into_actions();
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
            (Some(Ok(value)), Ok(())) => {
                for action in self.after_commit {
                    action();
                }
                Ok(value)
            }
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(error.into()),
            (None, Ok(())) => Err(DbError::Closed.into()),
        };
        // A caller that went away does not undo its write.
        let _ = self.reply.send(outcome);
    }
}

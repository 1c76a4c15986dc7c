//! The write connection on loan, for work that takes long or runs other people's code.

use super::job::{AfterCommit, follow};
use super::{DbError, WriteTx};
use crossbeam_channel::Sender;
use rusqlite::Connection;
use std::cell::RefCell;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

thread_local! {
    /// Writers whose connection this thread holds: waiting for one of them would wait for itself.
    static HELD: RefCell<Vec<WriterId>> = const { RefCell::new(Vec::new()) };
}

/// Tells the writers of a process apart: it may have several databases open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WriterId(u64);

impl WriterId {
    pub fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// Whether this thread holds the writer's connection.
    pub fn is_held(self) -> bool {
        HELD.with_borrow(|held| held.contains(&self))
    }

    /// This thread holds it from now on.
    pub fn hold(self) {
        HELD.with_borrow_mut(|held| held.push(self));
    }

    fn release(self) {
        HELD.with_borrow_mut(|held| held.retain(|held| *held != self));
    }
}

/// The write connection on loan.
pub struct Lease {
    pub(super) writer: WriterId,
    pub(super) connection: Option<Connection>,
    pub(super) return_to: Sender<Connection>,
    pub(super) commits: Arc<AtomicU64>,
    pub(super) after_commit: RefCell<Vec<AfterCommit>>,
}

impl Lease {
    /// Runs work in a transaction; an error undoes all of it. What the work asked to do after the commit is done before
    /// the lease ends, so that no other write comes in between.
    ///
    /// # Errors
    /// The work's own, or that of the commit.
    pub fn transaction<T, E: From<DbError>>(&self, work: impl FnOnce(&WriteTx<'_>) -> Result<T, E>) -> Result<T, E> {
        let run = |sql: &str| self.execute_batch(sql).map_err(DbError::from);
        run("BEGIN IMMEDIATE")?;
        let outcome = work(&self.tx());
        let ended = self.is_autocommit();
        let done = match outcome {
            Ok(_) if ended => Err(DbError::RolledBack("the work ended the transaction".into()).into()),
            Ok(value) => run("COMMIT").map(|()| value).map_err(E::from),
            Err(error) => Err(error),
        };
        let after_commit = self.after_commit.take();
        if done.is_ok() {
            self.commits.fetch_add(1, Ordering::AcqRel);
            follow(after_commit);
        } else if !self.is_autocommit() {
            let _ = self.execute_batch("ROLLBACK");
        }
        done
    }

    /// The transaction, while one is open.
    pub fn tx(&self) -> WriteTx<'_> {
        WriteTx::new(self, &self.after_commit)
    }
}

impl Deref for Lease {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("a lease holds its connection until it is dropped")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.writer.release();
        if let Some(connection) = self.connection.take() {
            if !connection.is_autocommit() {
                let _ = connection.execute_batch("ROLLBACK");
            }
            let _ = self.return_to.send(connection);
        }
    }
}

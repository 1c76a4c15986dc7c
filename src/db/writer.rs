//! The one writer: a thread that drains its queue into one transaction, a savepoint per job (group commit).
//!
//! A reply leaves only after the commit that made it true is on disk.

use super::group_commit::{Loop, Work};
use super::job::{Job, TypedJob};
use super::lease::WriterId;
use super::{DbError, Deadline, Lease, WriteTx};
use crate::metrics::Histogram;
use crossbeam_channel::Sender;
use rusqlite::Connection;
use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// Bounds of the sizes that are told apart.
const GROUP_SIZES: [u64; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 256];
/// Connections of writers that are not closed yet.
static OPEN: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

/// Waits until no writer of this process has a connection, so that their logs are in the database files. Whoever has the
/// last handle to a database may be a thread that is just ending.
pub fn wait_until_closed(patience: Duration) {
    let (open, closed) = &OPEN;
    let open = open.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = closed.wait_timeout_while(open, patience, |open| *open > 0);
}

/// One of them.
struct Open;

impl Open {
    fn new() -> Self {
        *OPEN.0.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Self
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        *OPEN.0.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        OPEN.1.notify_all();
    }
}

/// Handle to the writer thread.
pub struct Writer {
    id: WriterId,
    queue: Option<Sender<Work>>,
    thread: Option<std::thread::JoinHandle<()>>,
    deadline: Deadline,
    /// Set by tests of power loss and by shutdown; no further work is taken.
    closed: Arc<AtomicBool>,
    commits: Arc<AtomicU64>,
    groups: Arc<Histogram>,
    leases: AtomicU64,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        deadline: Deadline,
        on_external_change: Box<dyn Fn() + Send>,
    ) -> Result<Self, DbError> {
        let (queue, work) = crossbeam_channel::unbounded();
        let closed = Arc::new(AtomicBool::new(false));
        let commits = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&commits);
        let groups = Arc::new(Histogram::new(&GROUP_SIZES));
        let sizes = Arc::clone(&groups);
        let thread_loop = Loop::new(connection, work, on_external_change, counter, sizes)?;
        let open = Open::new();
        let id = WriterId::next();
        let thread = std::thread::Builder::new()
            .name("pbr-writer".into())
            .spawn(move || {
                let _open = open;
                id.hold();
                thread_loop.run();
            })
            .map_err(DbError::Thread)?;
        let leases = AtomicU64::new(0);
        Ok(Self { id, queue: Some(queue), thread: Some(thread), deadline, closed, commits, groups, leases })
    }

    /// What of the work on its connection must not take long is given a time. Only for whoever has that.
    pub fn deadline(&self) -> &Deadline {
        &self.deadline
    }

    /// Ends the thread once what waits is done, and waits for that for a while.
    pub(super) fn close(&self, patience: Duration) {
        self.closed.store(true, Ordering::Release);
        let (closed, wait) = crossbeam_channel::bounded(1);
        if self.queue.as_ref().is_some_and(|queue| queue.send(Work::Close(closed)).is_ok()) {
            let _ = wait.recv_timeout(patience);
        }
    }

    /// Jobs and leases that wait.
    pub fn waiting(&self) -> usize {
        self.queue.as_ref().map_or(0, Sender::len)
    }

    /// How many jobs each group had.
    pub fn groups(&self) -> &Histogram {
        &self.groups
    }

    /// Leases so far.
    pub fn leases(&self) -> u64 {
        self.leases.load(Ordering::Relaxed)
    }

    /// How many transactions were committed so far. It moves before what follows a commit is done, so that all that
    /// follows the same commit sees the same number.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Acquire)
    }

    /// Queues a job for the next group and returns its result to come.
    ///
    /// The job may run twice (when another job of its group breaks the transaction), so it must not consume anything.
    /// It must be bounded and must not run user code; for that there is [`Writer::lease`].
    pub fn submit<T, E, F>(&self, work: F) -> oneshot::Receiver<Result<T, E>>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnMut(&WriteTx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, result) = oneshot::channel();
        let job = TypedJob::new(work, reply);
        match self.queue.as_ref().filter(|_| !self.closed.load(Ordering::Acquire)) {
            _ if self.id.is_held() => Box::new(job).finish(Err(DbError::NestedWrite)),
            Some(queue) => {
                if let Err(crossbeam_channel::SendError(Work::Job(job))) = queue.send(Work::Job(Box::new(job))) {
                    job.finish(Err(DbError::Closed));
                }
            }
            None => Box::new(job).finish(Err(DbError::Closed)),
        }
        result
    }

    /// [`Writer::submit`], waiting for the result.
    pub fn run<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnMut(&WriteTx<'_>) -> Result<T, E> + Send + 'static,
    {
        super::wait(self.submit(work)).unwrap_or_else(|| Err(DbError::Closed.into()))
    }

    /// # Errors
    /// [`DbError::NestedWrite`] on a thread that holds the write connection: it must wait for nobody who may want it.
    pub fn check_free(&self) -> Result<(), DbError> {
        if self.id.is_held() { Err(DbError::NestedWrite) } else { Ok(()) }
    }

    /// Lends the write connection to the calling thread; every other write waits until the lease is dropped.
    ///
    /// # Errors
    /// [`DbError::NestedWrite`] on a thread that holds the connection already, [`DbError::Closed`] after shutdown.
    pub fn lease(&self) -> Result<Lease, DbError> {
        self.check_free()?;
        let queue = self.queue.as_ref().ok_or(DbError::Closed)?;
        let (give, receive) = crossbeam_channel::bounded(1);
        let (return_to, take_back) = crossbeam_channel::bounded(1);
        queue.send(Work::Lease { give, take_back }).map_err(|_| DbError::Closed)?;
        let connection = receive.recv().map_err(|_| DbError::Closed)?;
        self.id.hold();
        self.leases.fetch_add(1, Ordering::Relaxed);
        let (connection, commits) = (Some(connection), Arc::clone(&self.commits));
        Ok(Lease { writer: self.id, connection, return_to, commits, after_commit: RefCell::default() })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Release);
        self.queue = None;
        // The writer thread itself may drop the last handle, from an after-commit action.
        if let Some(thread) = self.thread.take().filter(|thread| thread.thread().id() != std::thread::current().id()) {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_ends_its_savepoint_is_refused_and_undone_and_the_others_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("data.db");
        let mut connection = Connection::open(&file).unwrap();
        connection.execute_batch("CREATE TABLE t (n INTEGER)").unwrap();
        let deadline = Deadline::watch(&mut connection, &Arc::default()).unwrap();
        let writer = Writer::start(connection, deadline, Box::new(|| {})).unwrap();
        let followed = Arc::new(AtomicU64::new(0));
        let insert = |n: i64, more: &'static str| {
            let followed = Arc::clone(&followed);
            writer.submit(move |tx| {
                tx.execute("INSERT INTO t VALUES (?1)", [n])?;
                let followed = Arc::clone(&followed);
                tx.after_commit(move || _ = followed.fetch_add(1, Ordering::AcqRel));
                tx.execute_batch(more)?;
                Ok::<_, DbError>(())
            })
        };
        // Together in one group, unless this thread is slow.
        let (go, wait) = crossbeam_channel::bounded::<()>(0);
        let first = writer.submit(move |_| {
            let _ = wait.recv();
            Ok::<_, DbError>(())
        });
        let jobs = [insert(1, ""), insert(2, "RELEASE job"), insert(3, "ROLLBACK"), insert(4, "")];
        drop(go);
        assert!(crate::db::wait(first).unwrap().is_ok());
        let done = jobs.map(|job| crate::db::wait(job).unwrap().is_ok());
        assert_eq!(done, [true, false, false, true]);
        assert_eq!(followed.load(Ordering::Acquire), 2);
        let mut stored: Vec<i64> = Vec::new();
        let reader = Connection::open(&file).unwrap();
        let mut statement = reader.prepare("SELECT n FROM t ORDER BY n").unwrap();
        stored.extend(statement.query_map([], |row| row.get::<_, i64>(0)).unwrap().flatten());
        assert_eq!(stored, [1, 4]);
    }
}

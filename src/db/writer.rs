//! The one writer: a thread that drains its queue into one transaction, a savepoint per job (group commit).
//!
//! A reply leaves only after the commit that made it true is on disk.

use super::{DbError, Deadline};
use crate::metrics::Histogram;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use rusqlite::{Connection, ErrorCode};
use std::cell::{Cell, RefCell};
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Jobs of one transaction; a group also ends after [`GROUP_TIME`], so that other processes get their turn.
const GROUP_JOBS: usize = 256;
const GROUP_TIME: Duration = Duration::from_millis(50);
/// Bounds of the sizes that are told apart.
const GROUP_SIZES: [u64; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 256];
/// How often an idle writer looks for changes by other processes.
pub const WATCH_INTERVAL: Duration = Duration::from_millis(100);

thread_local! {
    /// Set while this thread holds the write connection: waiting for the writer then would wait for itself.
    static WRITING: Cell<bool> = const { Cell::new(false) };
}

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

type AfterCommit = Box<dyn FnOnce() + Send>;

/// Handle to the writer thread.
pub struct Writer {
    queue: Option<Sender<Work>>,
    thread: Option<std::thread::JoinHandle<()>>,
    deadline: Deadline,
    /// Set by tests of power loss and by shutdown; no further work is taken.
    closed: Arc<AtomicBool>,
    commits: Arc<AtomicU64>,
    groups: Arc<Histogram>,
    leases: AtomicU64,
}

enum Work {
    Job(Box<dyn Job>),
    Lease { give: Sender<Connection>, take_back: Receiver<Connection> },
    Close,
}

/// The transaction that a job runs in.
pub struct WriteTx<'a> {
    connection: &'a Connection,
    after_commit: RefCell<Vec<AfterCommit>>,
}

impl WriteTx<'_> {
    /// Runs `action` once the transaction is committed, in commit order; never if it is rolled back.
    pub fn after_commit(&self, action: impl FnOnce() + Send + 'static) {
        self.after_commit.borrow_mut().push(Box::new(action));
    }
}

impl Deref for WriteTx<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

trait Job: Send {
    /// Runs inside the group's transaction; `false` asks to undo what it did.
    fn run(&mut self, connection: &Connection) -> bool;
    /// What it did is undone for another reason than its own.
    fn undone(&mut self, error: DbError);
    /// Delivers the result: the job's own, or the error of the commit.
    fn finish(self: Box<Self>, commit: Result<(), DbError>);
}

struct TypedJob<T, E, F> {
    work: F,
    outcome: Option<Result<T, E>>,
    after_commit: Vec<AfterCommit>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for TypedJob<T, E, F>
where
    T: Send,
    E: From<DbError> + Send,
    F: FnMut(&WriteTx<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, connection: &Connection) -> bool {
        let tx = WriteTx { connection, after_commit: RefCell::default() };
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.work)(&tx)));
        let outcome = outcome.unwrap_or_else(|_| Err(DbError::Panicked.into()));
        self.after_commit = tx.after_commit.into_inner();
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

impl Writer {
    pub(super) fn start(
        connection: Connection,
        deadline: Deadline,
        on_external_change: Box<dyn Fn() + Send>,
    ) -> Result<Self, DbError> {
        let (queue, work) = crossbeam_channel::unbounded();
        let version = data_version(&connection)?;
        let closed = Arc::new(AtomicBool::new(false));
        let commits = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&commits);
        let groups = Arc::new(Histogram::new(&GROUP_SIZES));
        let sizes = Arc::clone(&groups);
        let open = Open::new();
        let thread = std::thread::Builder::new()
            .name("pbr-writer".into())
            .spawn(move || {
                let _open = open;
                WRITING.set(true);
                Loop {
                    connection: Some(connection),
                    work,
                    version,
                    on_external_change,
                    commits: counter,
                    groups: sizes,
                }
                .run();
            })
            .map_err(DbError::Thread)?;
        let leases = AtomicU64::new(0);
        Ok(Self { queue: Some(queue), thread: Some(thread), deadline, closed, commits, groups, leases })
    }

    /// What of the work on its connection must not take long is given a time. Only for whoever has that.
    pub fn deadline(&self) -> &Deadline {
        &self.deadline
    }

    /// Ends the thread once what waits is done.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        if let Some(queue) = &self.queue {
            let _ = queue.send(Work::Close);
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
        let job = TypedJob { work, outcome: None, after_commit: Vec::new(), reply };
        match self.queue.as_ref().filter(|_| !self.closed.load(Ordering::Acquire)) {
            _ if WRITING.get() => Box::new(job).finish(Err(DbError::NestedWrite)),
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

    /// Lends the write connection to the calling thread; every other write waits until the lease is dropped.
    ///
    /// # Errors
    /// [`DbError::NestedWrite`] on a thread that holds the connection already, [`DbError::Closed`] after shutdown.
    pub fn lease(&self) -> Result<Lease, DbError> {
        if WRITING.get() {
            return Err(DbError::NestedWrite);
        }
        let queue = self.queue.as_ref().ok_or(DbError::Closed)?;
        let (give, receive) = crossbeam_channel::bounded(1);
        let (return_to, take_back) = crossbeam_channel::bounded(1);
        queue.send(Work::Lease { give, take_back }).map_err(|_| DbError::Closed)?;
        let connection = receive.recv().map_err(|_| DbError::Closed)?;
        WRITING.set(true);
        self.leases.fetch_add(1, Ordering::Relaxed);
        Ok(Lease { connection: Some(connection), return_to, commits: Arc::clone(&self.commits) })
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

/// The write connection on loan.
pub struct Lease {
    connection: Option<Connection>,
    return_to: Sender<Connection>,
    commits: Arc<AtomicU64>,
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
        let tx = WriteTx { connection: self, after_commit: RefCell::default() };
        let outcome = work(&tx);
        let ended = self.is_autocommit();
        let done = match outcome {
            Ok(_) if ended => Err(DbError::RolledBack("the work ended the transaction".into()).into()),
            Ok(value) => run("COMMIT").map(|()| value).map_err(E::from),
            Err(error) => Err(error),
        };
        if done.is_ok() {
            self.commits.fetch_add(1, Ordering::AcqRel);
            tx.after_commit.into_inner().into_iter().for_each(|action| action());
        } else if !self.is_autocommit() {
            let _ = self.execute_batch("ROLLBACK");
        }
        done
    }
}

impl Deref for Lease {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("a lease holds its connection until it is dropped")
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("a lease holds its connection until it is dropped")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        WRITING.set(false);
        if let Some(connection) = self.connection.take() {
            if !connection.is_autocommit() {
                let _ = connection.execute_batch("ROLLBACK");
            }
            let _ = self.return_to.send(connection);
        }
    }
}

struct Loop {
    connection: Option<Connection>,
    work: Receiver<Work>,
    version: i64,
    on_external_change: Box<dyn Fn() + Send>,
    commits: Arc<AtomicU64>,
    groups: Arc<Histogram>,
}

impl Loop {
    fn run(mut self) {
        let mut next = None;
        loop {
            let work = match next.take() {
                Some(work) => work,
                None => match self.work.recv_timeout(WATCH_INTERVAL) {
                    Ok(work) => work,
                    Err(RecvTimeoutError::Timeout) => {
                        self.watch();
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => return self.close(),
                },
            };
            match work {
                Work::Close => return self.close(),
                Work::Job(job) => next = self.group(job),
                Work::Lease { give, take_back } => {
                    let Some(connection) = self.connection.take() else { return };
                    if let Err(crossbeam_channel::SendError(connection)) = give.send(connection) {
                        self.connection = Some(connection);
                    } else {
                        match take_back.recv() {
                            Ok(connection) => self.connection = Some(connection),
                            Err(_) => return,
                        }
                    }
                }
            }
        }
    }

    fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("the writer has its connection whenever no lease is out")
    }

    /// Runs jobs until the queue is empty or the group is full; returns work that is not a job.
    fn group(&mut self, first: Box<dyn Job>) -> Option<Work> {
        self.watch();
        if let Err(error) = self.connection().execute_batch("BEGIN IMMEDIATE") {
            fail(first, error);
            return None;
        }
        let started = Instant::now();
        let mut done: Vec<Box<dyn Job>> = Vec::new();
        let mut failed: Vec<Box<dyn Job>> = Vec::new();
        let mut other = None;
        let mut next = Some(first);
        while let Some(mut job) = next.take() {
            let kept = self.step(job.as_mut());
            if self.connection().is_autocommit() {
                // The job broke the transaction: its error stands, the others start over, one by one.
                job.finish(Err(DbError::RolledBack("the job ended the transaction".into())));
                for job in done {
                    self.single(job);
                }
                done = Vec::new();
                break;
            }
            if kept {
                done.push(job)
            } else {
                failed.push(job)
            }
            if done.len() + failed.len() >= GROUP_JOBS || started.elapsed() >= GROUP_TIME {
                break;
            }
            match self.work.try_recv() {
                Ok(Work::Job(job)) => next = Some(job),
                Ok(work) => other = Some(work),
                Err(_) => {}
            }
        }
        self.groups.observe((done.len() + failed.len()) as u64);
        if !self.connection().is_autocommit() {
            let commit = self.commit();
            for job in done {
                job.finish(commit.clone().map_err(DbError::from));
            }
        }
        for job in failed {
            job.finish(Ok(()));
        }
        other
    }

    /// A job in its savepoint; whether its changes stay.
    fn step(&self, job: &mut dyn Job) -> bool {
        let connection = self.connection();
        let execute = |sql: &str| connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
        if let Err(error) = execute("SAVEPOINT job") {
            job.undone(error.into());
            return false;
        }
        if job.run(connection) {
            match execute("RELEASE job") {
                Ok(_) => return true,
                Err(error) => job.undone(error.into()),
            }
        }
        if execute("ROLLBACK TO job").and_then(|_| execute("RELEASE job")).is_err() {
            // What the job did cannot be told from the rest any more, so all of it goes.
            let _ = execute("ROLLBACK");
        }
        false
    }

    /// A job in a transaction of its own.
    fn single(&self, mut job: Box<dyn Job>) {
        if let Err(error) = self.connection().execute_batch("BEGIN IMMEDIATE") {
            return fail(job, error);
        }
        let kept = self.step(job.as_mut());
        if self.connection().is_autocommit() {
            return job.finish(Err(DbError::RolledBack("the job ended the transaction".into())));
        }
        let commit = self.commit();
        job.finish(if kept { commit.map_err(DbError::from) } else { Ok(()) });
    }

    fn commit(&self) -> Result<(), Uncommitted> {
        let connection = self.connection();
        self.commits.fetch_add(1, Ordering::AcqRel);
        connection.execute_batch("COMMIT").map_err(|error| {
            if !connection.is_autocommit() {
                let _ = connection.execute_batch("ROLLBACK");
            }
            Uncommitted { code: error.sqlite_error_code(), reason: error.to_string() }
        })
    }

    /// Notices commits of other connections.
    fn watch(&mut self) {
        let Ok(version) = data_version(self.connection()) else { return };
        if version != self.version {
            self.version = version;
            (self.on_external_change)();
        }
    }

    /// Moves the log into the database file, as a clean stop does.
    fn close(self) {
        let _ = self.connection().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }
}

/// Why all jobs of a group failed.
#[derive(Clone)]
struct Uncommitted {
    code: Option<ErrorCode>,
    reason: String,
}

impl From<Uncommitted> for DbError {
    fn from(Uncommitted { code, reason }: Uncommitted) -> Self {
        Self::NotCommitted { code, reason }
    }
}

fn fail(job: Box<dyn Job>, error: rusqlite::Error) {
    job.finish(Err(error.into()));
}

fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached(super::connection::DATA_VERSION)?.query_row([], |row| row.get(0))
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

//! The writer's thread drains its queue into one transaction, a savepoint per job.

use super::DbError;
use super::connection::{DATA_VERSION, REST, rest};
use super::job::{Job, follow};
use crate::metrics::Histogram;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use rusqlite::{Connection, ErrorCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Jobs of one transaction; a group also ends after [`GROUP_TIME`], so that other processes get their turn.
const GROUP_JOBS: usize = 256;
const GROUP_TIME: Duration = Duration::from_millis(50);
/// How often an idle writer looks for changes by other processes.
pub const WATCH_INTERVAL: Duration = Duration::from_millis(100);

/// What the thread is asked for.
pub(super) enum Work {
    Job(Box<dyn Job>),
    Lease {
        give: Sender<Connection>,
        take_back: Receiver<Connection>,
    },
    /// Whoever waits sees its end disconnected once the connection is closed.
    Close(Sender<()>),
}

/// The writer's thread.
pub(super) struct Loop {
    connection: Option<Connection>,
    work: Receiver<Work>,
    version: i64,
    on_external_change: Box<dyn Fn() + Send>,
    commits: Arc<AtomicU64>,
    groups: Arc<Histogram>,
    /// The end of the last work, until the memory of it has been given back.
    worked: Option<Instant>,
}

impl Loop {
    pub fn new(
        connection: Connection,
        work: Receiver<Work>,
        on_external_change: Box<dyn Fn() + Send>,
        commits: Arc<AtomicU64>,
        groups: Arc<Histogram>,
    ) -> rusqlite::Result<Self> {
        let version = data_version(&connection)?;
        let connection = Some(connection);
        Ok(Self { connection, work, version, on_external_change, commits, groups, worked: None })
    }

    pub fn run(mut self) {
        let mut next = None;
        loop {
            let work = match next.take() {
                Some(work) => work,
                None => match self.work.recv_timeout(WATCH_INTERVAL) {
                    Ok(work) => work,
                    Err(RecvTimeoutError::Timeout) => {
                        self.watch();
                        if self.worked.is_some_and(|end| end.elapsed() > REST) {
                            self.worked = None;
                            rest(self.connection());
                        }
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => return self.close(),
                },
            };
            match work {
                Work::Close(_closed) => return self.close(),
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
            self.worked = Some(Instant::now());
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
        let commit = if self.connection().is_autocommit() { Ok(()) } else { self.commit() };
        for job in done.into_iter().chain(failed) {
            job.finish(commit.clone().map_err(DbError::from));
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
        self.step(job.as_mut());
        if self.connection().is_autocommit() {
            return job.finish(Err(DbError::RolledBack("the job ended the transaction".into())));
        }
        let commit = self.commit();
        job.finish(commit.map_err(DbError::from));
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
            follow([&*self.on_external_change]);
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
    connection.prepare_cached(DATA_VERSION)?.query_row([], |row| row.get(0))
}

//! A bounded pool of reader threads.
//!
//! Two threads serve the common load with the best tail latency; while slow queries occupy them, more are started,
//! so that a slow query never holds up a fast one. Two kinds of reads run on the caller's thread instead: those
//! that run handlers in between, since a handler may read too and must not wait for the thread that it runs on, and those
//! that take less time than waking a thread.

use super::connection::REST;
use super::connections::{Connections, Reader};
use super::deadline::reply_with;
use super::{DbError, Snapshot};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use rusqlite::limits::Limit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

const MIN_THREADS: usize = 2;
const MAX_THREADS: usize = 64;
/// A queue that stood still this long gets another thread.
const STALL: Duration = Duration::from_millis(20);
/// Bytes of a value that can be read and written to an answer in less time than a thread takes to wake.
const SMALL: i32 = 16 << 10;
/// How long a read waits for a connection where no more can be opened.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long nothing is queued before threads beyond the first end.
const IDLE: Duration = Duration::from_secs(10);

type Read = Box<dyn FnOnce(&Reader) + Send>;

/// Handle to the pool.
pub struct Readers {
    queue: Option<Sender<Read>>,
    shared: Arc<Shared>,
}

/// What the pool is doing.
#[derive(Clone, Copy, Debug)]
pub struct ReadersLoad {
    pub threads: usize,
    pub busy: u64,
    pub waiting: usize,
    /// Reads so far.
    pub begun: u64,
}

struct Shared {
    connections: Connections,
    work: Receiver<Read>,
    threads: AtomicUsize,
    /// Reads begun so far: when it moves, the pool is alive.
    begun: AtomicU64,
    done: AtomicU64,
    /// A connection is held to give its memory back.
    tidying: AtomicBool,
    closed: AtomicBool,
}

impl Readers {
    pub(super) fn start(connections: Connections) -> Result<Self, DbError> {
        // A database that cannot be read is told of now.
        connections.put(connections.take()?);
        let (queue, work) = crossbeam_channel::unbounded();
        let shared = Arc::new(Shared {
            connections,
            work,
            threads: AtomicUsize::new(0),
            begun: AtomicU64::new(0),
            done: AtomicU64::new(0),
            tidying: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        });
        for _ in 0..MIN_THREADS {
            Shared::spawn(&shared)?;
        }
        let watched = Arc::downgrade(&shared);
        std::thread::Builder::new()
            .name("pbr-readers".into())
            .spawn(move || {
                let mut seen = 0;
                loop {
                    std::thread::sleep(STALL);
                    let Some(shared) = watched.upgrade().filter(|shared| !shared.closed.load(Ordering::Acquire)) else {
                        return;
                    };
                    let begun = shared.begun.load(Ordering::Relaxed);
                    if begun == seen && !shared.work.is_empty() && shared.threads.load(Ordering::Relaxed) < MAX_THREADS
                    {
                        let _ = Shared::spawn(&shared);
                    }
                    seen = begun;
                    shared.tidying.store(true, Ordering::Release);
                    shared.connections.tidy(REST);
                    shared.tidying.store(false, Ordering::Release);
                }
            })
            .map_err(DbError::Thread)?;
        Ok(Self { queue: Some(queue), shared })
    }

    /// How long a read may take.
    pub fn timeout(&self) -> Duration {
        self.shared.connections.timeout()
    }

    pub fn load(&self) -> ReadersLoad {
        let shared = &self.shared;
        // In this order, so that no read is done before it has begun.
        let done = shared.done.load(Ordering::Relaxed);
        let begun = shared.begun.load(Ordering::Relaxed);
        let threads = shared.threads.load(Ordering::Relaxed);
        ReadersLoad { threads, busy: begun.saturating_sub(done), waiting: shared.work.len(), begun }
    }

    /// Queues a read and returns its result to come; the receiver fails if the read panicked. Who drops it asks for nothing
    /// any more, and the read ends.
    pub fn submit<T, F>(&self, read: F) -> oneshot::Receiver<T>
    where
        T: Send + 'static,
        F: FnOnce(&Reader) -> T + Send + 'static,
    {
        let (reply, result) = oneshot::channel();
        if let Some(queue) = &self.queue {
            // A closed queue drops the reply, which the receiver sees.
            let _ = queue.send(Box::new(move |reader| reply_with(reply, || read(reader))));
        }
        result
    }

    /// [`Readers::submit`], waiting for the result.
    ///
    /// # Errors
    /// The pool is closed or the read panicked.
    pub fn run<T, F>(&self, read: F) -> Result<T, DbError>
    where
        T: Send + 'static,
        F: FnOnce(&Reader) -> T + Send + 'static,
    {
        super::wait(self.submit(read)).ok_or(DbError::Closed)
    }

    /// Runs a read on the calling thread.
    ///
    /// # Errors
    /// No connection can be opened.
    pub fn here<T>(&self, read: impl FnOnce(&Reader) -> T) -> Result<T, DbError> {
        let reader = self.shared.connections.take()?;
        let done = read(&reader);
        self.shared.connections.put(reader);
        Ok(done)
    }

    /// [`Readers::here`] for what must not take long: it fails with an error that [`DbError::is_too_big`] where it meets a value
    /// of more than 16 KiB, which SQLite knows before it reads it.
    ///
    /// # Errors
    /// No connection can be opened.
    pub fn here_if_small<T>(&self, read: impl FnOnce(&Reader) -> T) -> Result<T, DbError> {
        self.here(|reader| {
            // A connection that a panic or a failure leaves like this is not put back.
            let usual = reader.set_limit(Limit::SQLITE_LIMIT_LENGTH, SMALL)?;
            let done = read(reader);
            reader.set_limit(Limit::SQLITE_LIMIT_LENGTH, usual)?;
            Ok(done)
        })?
    }

    /// The database as it is now, for later. On the writer's thread that is the state before the open transaction.
    ///
    /// # Errors
    /// No connection can be opened.
    pub fn snapshot(&self) -> Result<Snapshot, DbError> {
        Snapshot::begin(self.shared.connections.take()?, self.shared.connections.clone())
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue = None;
        self.shared.closed.store(true, Ordering::Release);
        // Connections must be closed before the writer's, so that the last one can remove the log files.
        self.shared.connections.close();
        let deadline = Instant::now() + Duration::from_millis(500);
        let in_use = || self.shared.threads.load(Ordering::Acquire) > 0 || self.shared.tidying.load(Ordering::Acquire);
        while in_use() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Shared {
    fn spawn(shared: &Arc<Self>) -> Result<(), DbError> {
        shared.threads.fetch_add(1, Ordering::AcqRel);
        let thread_shared = Arc::clone(shared);
        let spawned = std::thread::Builder::new().name("pbr-reader".into()).spawn(move || {
            let shared = thread_shared;
            loop {
                match shared.work.recv_timeout(IDLE) {
                    Ok(read) => shared.serve(read),
                    Err(RecvTimeoutError::Timeout) if shared.threads.load(Ordering::Relaxed) > MIN_THREADS => break,
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            shared.threads.fetch_sub(1, Ordering::AcqRel);
        });
        match spawned {
            Ok(_) => Ok(()),
            Err(error) => {
                shared.threads.fetch_sub(1, Ordering::AcqRel);
                Err(DbError::Thread(error))
            }
        }
    }

    fn serve(&self, read: Read) {
        self.begun.fetch_add(1, Ordering::Relaxed);
        // A read without a connection drops its reply, which the caller sees.
        if let Some(reader) = self.reader() {
            // So does a panic; the thread goes on.
            let _ = catch_unwind(AssertUnwindSafe(|| read(&reader)));
            self.connections.put(reader);
        }
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// While no file may be opened, another thread will put a connection back.
    fn reader(&self) -> Option<Reader> {
        let asked = Instant::now();
        loop {
            match self.connections.take() {
                Ok(reader) => return Some(reader),
                Err(_) if asked.elapsed() < PATIENCE && !self.closed.load(Ordering::Acquire) => {
                    std::thread::sleep(STALL)
                }
                Err(_) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readers() -> (tempfile::TempDir, Readers) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("data.db");
        rusqlite::Connection::open(&file).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
        let connections = Connections::new(file, Duration::from_secs(3600), Arc::default(), None);
        (dir, Readers::start(connections).unwrap())
    }

    const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

    fn count(reader: &Reader) -> rusqlite::Result<i64> {
        reader.query_row(ENDLESS, [], |row| row.get(0))
    }

    #[test]
    fn a_read_that_nobody_waits_for_any_more_ends() {
        let (_dir, readers) = readers();
        let (tell, told) = crossbeam_channel::unbounded();
        let begun = tell.clone();
        let result = readers.submit(move |reader| {
            begun.send(true).unwrap();
            tell.send(count(reader).is_ok()).unwrap();
        });
        assert!(told.recv().unwrap());
        drop(result);
        assert!(!told.recv_timeout(Duration::from_secs(60)).unwrap());
    }

    #[test]
    fn a_read_that_nobody_waits_for_any_more_does_not_begin() {
        let (_dir, readers) = readers();
        let ran = Arc::new(AtomicBool::new(false));
        let (begin, begun) = crossbeam_channel::bounded::<()>(0);
        let held: Vec<_> = (0..MIN_THREADS)
            .map(|_| {
                let begun = begun.clone();
                readers.submit(move |_| begun.recv().unwrap())
            })
            .collect();
        let abandoned = Arc::clone(&ran);
        drop(readers.submit(move |_| abandoned.store(true, Ordering::Relaxed)));
        (0..MIN_THREADS).for_each(|_| begin.send(()).unwrap());
        held.into_iter().for_each(|held| crate::db::wait(held).unwrap());
        // The queue is in order.
        readers.run(|_| ()).unwrap();
        assert!(!ran.load(Ordering::Relaxed));
    }

    #[test]
    fn large_values_are_not_read_where_only_small_ones_may_be() {
        let (_dir, readers) = readers();
        let text = |length: i32| {
            let sql = format!("SELECT length(hex(zeroblob({length})))");
            readers.here_if_small(|reader| reader.query_row(&sql, [], |row| row.get::<_, i64>(0))).unwrap()
        };
        assert_eq!(text(100).unwrap(), 200);
        assert!(DbError::from(text(SMALL).unwrap_err()).is_too_big());
        let large = readers.here(|reader| reader.query_row("SELECT hex(zeroblob(100000))", [], |row| row.get(0)));
        assert_eq!(large.unwrap().map(|text: String| text.len()), Ok(200_000));
    }
}

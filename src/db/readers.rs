//! A bounded pool of reader threads, each with its own read-only connection.
//!
//! Two threads serve the common load with the best tail latency; while slow queries occupy them, more are started,
//! so that a slow query never holds up a fast one. Two kinds of reads use a connection on the caller's thread instead: those
//! that run handlers in between, since a handler may read too and must not wait for the thread that it runs on, and those
//! that take less time than waking a thread.

use super::connection::trace;
use super::deadline::{Closing, Deadline};
use super::{Access, Counts, DbError, Snapshot, Trace, open};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use rusqlite::Connection;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

const MIN_THREADS: usize = 2;
const MAX_THREADS: usize = 64;
/// A queue that stood still this long gets another thread.
const STALL: Duration = Duration::from_millis(20);
/// Connections kept for reads on callers' threads, at least; one for each core, if there are more.
const MIN_SPARE: usize = 4;
static CORES: LazyLock<usize> = LazyLock::new(|| std::thread::available_parallelism().map_or(1, usize::from));
/// How long nothing is read before threads beyond the first end, and the memory of the others is given back.
const IDLE: Duration = Duration::from_secs(10);

type Read = Box<dyn FnOnce(&Reader) + Send>;

/// Handle to the pool.
pub struct Readers {
    queue: Option<Sender<Read>>,
    shared: Arc<Shared>,
    spare: Spare,
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

/// Connections that wait for the next read on a caller's thread.
#[derive(Clone, Default)]
pub(super) struct Spare {
    readers: Arc<Mutex<Vec<Reader>>>,
}

impl Spare {
    fn take(&self) -> Option<Reader> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    pub fn put(&self, reader: Reader) {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < MIN_SPARE.max(*CORES) {
            readers.push(reader);
        }
    }

    /// Gives back the memory of those that wait, which may be tens of megabytes.
    fn rest(readers: &Mutex<Vec<Reader>>) {
        readers.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(Reader::rest);
    }
}

/// A read-only connection whose statements end at a deadline.
pub struct Reader {
    connection: Connection,
    counts: Counts,
    deadline: Deadline,
}

struct Shared {
    file: PathBuf,
    timeout: Duration,
    closing: Closing,
    trace: Option<Trace>,
    work: Receiver<Read>,
    threads: AtomicUsize,
    /// Reads begun so far: when it moves, the pool is alive.
    begun: AtomicU64,
    done: AtomicU64,
    /// Connections lent so far.
    lent: AtomicU64,
    closed: AtomicBool,
}

impl Readers {
    pub(super) fn start(
        file: PathBuf,
        timeout: Duration,
        closing: Closing,
        trace: Option<Trace>,
    ) -> Result<Self, DbError> {
        let (queue, work) = crossbeam_channel::unbounded();
        let shared = Arc::new(Shared {
            file,
            timeout,
            closing,
            trace,
            work,
            threads: AtomicUsize::new(0),
            begun: AtomicU64::new(0),
            done: AtomicU64::new(0),
            lent: AtomicU64::new(0),
            closed: AtomicBool::new(false),
        });
        for _ in 0..MIN_THREADS {
            Shared::spawn(&shared)?;
        }
        let spare = Spare::default();
        let (watched, waiting) = (Arc::downgrade(&shared), Arc::downgrade(&spare.readers));
        std::thread::Builder::new()
            .name("pbr-readers".into())
            .spawn(move || {
                let mut seen = 0;
                // What was lent when, and whether the memory of it has been given back.
                let (mut lent, mut since, mut rested) = (0, Instant::now(), true);
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
                    if lent != shared.lent.load(Ordering::Relaxed) {
                        (lent, since, rested) = (shared.lent.load(Ordering::Relaxed), Instant::now(), false);
                    } else if !rested && since.elapsed() > IDLE {
                        rested = true;
                        waiting.upgrade().iter().for_each(|readers| Spare::rest(readers));
                    }
                }
            })
            .map_err(DbError::Thread)?;
        Ok(Self { queue: Some(queue), shared, spare })
    }

    /// How long a read may take.
    pub fn timeout(&self) -> Duration {
        self.shared.timeout
    }

    pub fn load(&self) -> ReadersLoad {
        let shared = &self.shared;
        // In this order, so that no read is done before it has begun.
        let done = shared.done.load(Ordering::Relaxed);
        let begun = shared.begun.load(Ordering::Relaxed);
        let threads = shared.threads.load(Ordering::Relaxed);
        ReadersLoad { threads, busy: begun.saturating_sub(done), waiting: shared.work.len(), begun }
    }

    /// Queues a read and returns its result to come; the receiver fails if the read panicked.
    pub fn submit<T, F>(&self, read: F) -> oneshot::Receiver<T>
    where
        T: Send + 'static,
        F: FnOnce(&Reader) -> T + Send + 'static,
    {
        let (reply, result) = oneshot::channel();
        if let Some(queue) = &self.queue {
            // A closed queue drops the reply, which the receiver sees.
            let _ = queue.send(Box::new(move |reader| {
                let _ = reply.send(read(reader));
            }));
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
        let reader = self.lend()?;
        let done = read(&reader);
        self.spare.put(reader);
        Ok(done)
    }

    /// The database as it is now, for later. On the writer's thread that is the state before the open transaction.
    ///
    /// # Errors
    /// No connection can be opened.
    pub fn snapshot(&self) -> Result<Snapshot, DbError> {
        Snapshot::begin(self.lend()?, self.spare.clone())
    }

    fn lend(&self) -> Result<Reader, DbError> {
        self.shared.lent.fetch_add(1, Ordering::Relaxed);
        let reader = match self.spare.take() {
            Some(reader) => reader,
            None => Reader::open(&self.shared)?,
        };
        reader.deadline.set(self.shared.timeout);
        Ok(reader)
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue = None;
        self.shared.closed.store(true, Ordering::Release);
        // Connections must be closed before the writer's, so that the last one can remove the log files.
        let deadline = Instant::now() + Duration::from_millis(500);
        while self.shared.threads.load(Ordering::Acquire) > 0 && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Deref for Reader {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl Reader {
    /// Empties the page cache. The next read fills it anew, from the memory of the system.
    fn rest(&self) {
        let _ = self.connection.execute_batch("PRAGMA shrink_memory");
    }

    /// Counts that were worked out on this connection.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    fn open(shared: &Shared) -> Result<Self, DbError> {
        let mut connection = open(&shared.file, Access::ReadOnly)?;
        trace(&mut connection, shared.trace.as_ref())?;
        let deadline = Deadline::watch(&mut connection, &shared.closing)?;
        Ok(Self { connection, counts: Counts::default(), deadline })
    }
}

impl Shared {
    fn spawn(shared: &Arc<Self>) -> Result<(), DbError> {
        let reader = Reader::open(shared)?;
        shared.threads.fetch_add(1, Ordering::AcqRel);
        let thread_shared = Arc::clone(shared);
        let spawned = std::thread::Builder::new().name("pbr-reader".into()).spawn(move || {
            let shared = thread_shared;
            let mut rested = true;
            loop {
                match shared.work.recv_timeout(IDLE) {
                    Ok(read) => {
                        shared.begun.fetch_add(1, Ordering::Relaxed);
                        reader.deadline.set(shared.timeout);
                        // A panic drops the reply, which the caller sees; the thread goes on.
                        let _ = catch_unwind(AssertUnwindSafe(|| read(&reader)));
                        shared.done.fetch_add(1, Ordering::Relaxed);
                        rested = false;
                    }
                    Err(RecvTimeoutError::Timeout) if shared.threads.load(Ordering::Relaxed) > MIN_THREADS => break,
                    Err(RecvTimeoutError::Timeout) if !rested => {
                        reader.rest();
                        rested = true;
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            drop(reader);
            shared.threads.fetch_sub(1, Ordering::AcqRel);
        });
        spawned.map(drop).map_err(DbError::Thread)
    }
}

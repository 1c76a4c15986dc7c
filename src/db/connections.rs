//! Read-only connections: whoever reads takes one, and the next takes the one that was put back last, so that as few as
//! possible are in use and their page caches are warm.

use super::connection::{rest, trace};
use super::deadline::{Closing, Deadline};
use super::{Access, Counts, DbError, Trace, open};
use rusqlite::Connection;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Connections that are kept however long nothing is read; one for each core, if there are more.
const KEPT: usize = 4;
static CORES: LazyLock<usize> = LazyLock::new(|| std::thread::available_parallelism().map_or(1, usize::from));

/// Those that wait for the next read, of one database. Clones are about the same ones.
#[derive(Clone)]
pub(super) struct Connections {
    shared: Arc<Shared>,
}

struct Shared {
    file: PathBuf,
    timeout: Duration,
    closing: Closing,
    trace: Option<Trace>,
    /// In the order in which they were put back.
    waiting: Mutex<Vec<Waiting>>,
    closed: AtomicBool,
}

struct Waiting {
    reader: Reader,
    since: Instant,
    /// Whether its memory has been given back.
    rested: bool,
}

/// A read-only connection whose statements end at a deadline.
pub struct Reader {
    connection: Connection,
    counts: Counts,
    deadline: Deadline,
}

impl Connections {
    pub fn new(file: PathBuf, timeout: Duration, closing: Closing, trace: Option<Trace>) -> Self {
        let (waiting, closed) = (Mutex::default(), AtomicBool::new(false));
        Self { shared: Arc::new(Shared { file, timeout, closing, trace, waiting, closed }) }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long the statements of one who takes a connection may take.
    pub fn timeout(&self) -> Duration {
        self.shared.timeout
    }

    /// A connection whose deadline has begun.
    ///
    /// # Errors
    /// None waits, and none can be opened.
    pub fn take(&self) -> Result<Reader, DbError> {
        let waiting = self.waiting().pop();
        let reader = match waiting {
            Some(waiting) => waiting.reader,
            None => Reader::open(&self.shared)?,
        };
        reader.deadline.set(self.shared.timeout);
        Ok(reader)
    }

    pub fn put(&self, reader: Reader) {
        let mut waiting = self.waiting();
        if !self.shared.closed.load(Ordering::Acquire) {
            waiting.push(Waiting { reader, since: Instant::now(), rested: false });
        }
    }

    /// Gives back the memory of one that has waited for long, and closes those of them that are too many.
    pub fn tidy(&self, rest_after: Duration) {
        let mut waiting = self.waiting();
        let long = waiting.partition_point(|waiting| waiting.since.elapsed() > rest_after);
        let many = waiting.len().saturating_sub(KEPT.max(*CORES));
        let unneeded: Vec<_> = waiting.drain(..long.min(many)).collect();
        // Those that are used least come first; they are out of reach for as long as it takes.
        let tired = waiting.iter().take(long - unneeded.len()).position(|waiting| !waiting.rested);
        let tired = tired.map(|place| (place, waiting.remove(place)));
        drop(waiting);
        drop(unneeded);
        if let Some((place, mut tired)) = tired {
            rest(&tired.reader);
            tired.rested = true;
            let mut waiting = self.waiting();
            if !self.shared.closed.load(Ordering::Acquire) {
                let place = place.min(waiting.len());
                waiting.insert(place, tired);
            }
        }
    }

    /// Closes those that wait, and from now on those that are put back.
    pub fn close(&self) {
        self.shared.closed.store(true, Ordering::Release);
        self.waiting().clear();
    }
}

impl Deref for Reader {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl Reader {
    fn open(shared: &Shared) -> Result<Self, DbError> {
        let mut connection = open(&shared.file, Access::ReadOnly)?;
        trace(&mut connection, shared.trace.as_ref())?;
        let deadline = Deadline::watch(&mut connection, &shared.closing)?;
        Ok(Self { connection, counts: Counts::default(), deadline })
    }

    /// Counts that were worked out on this connection.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections() -> (tempfile::TempDir, Connections) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("data.db");
        Connection::open(&file).unwrap().execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
        (dir, Connections::new(file, Duration::from_secs(10), Arc::default(), None))
    }

    fn total(reader: &Reader) -> i64 {
        reader.query_row("SELECT sum(a) FROM t", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn the_one_that_was_put_back_last_is_taken_first() {
        let (_dir, connections) = connections();
        let (first, second) = (connections.take().unwrap(), connections.take().unwrap());
        first.execute_batch("CREATE TEMP TABLE mine (a)").unwrap();
        connections.put(second);
        connections.put(first);
        let again = connections.take().unwrap();
        assert!(again.prepare("SELECT a FROM mine").is_ok());
        assert_eq!(connections.waiting().len(), 1);
    }

    #[test]
    fn those_at_rest_give_back_memory_and_can_still_be_read() {
        let (_dir, connections) = connections();
        let kept = KEPT.max(*CORES);
        let taken: Vec<_> = (0..kept + 2).map(|_| connections.take().unwrap()).collect();
        assert!(taken.iter().all(|reader| total(reader) == 1));
        taken.into_iter().for_each(|reader| connections.put(reader));
        connections.tidy(Duration::from_secs(60));
        assert_eq!(connections.waiting().len(), kept + 2);
        for rested in 1..=kept {
            connections.tidy(Duration::ZERO);
            let waiting = connections.waiting();
            assert_eq!((waiting.len(), waiting.iter().filter(|waiting| waiting.rested).count()), (kept, rested));
        }
        assert_eq!(total(&connections.take().unwrap()), 1);
    }

    #[test]
    fn none_is_kept_once_they_are_closed() {
        let (_dir, connections) = connections();
        let (first, second) = (connections.take().unwrap(), connections.take().unwrap());
        connections.put(first);
        connections.close();
        connections.put(second);
        assert!(connections.waiting().is_empty());
    }
}

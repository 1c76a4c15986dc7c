//! The request log in `auxiliary.db`, written in batches by a thread of its own, and read with the filter language.

mod bound;
mod entry;
mod mirror;
mod query;
mod writer;

pub use entry::RequestEntry;
pub use mirror::{Line, Mirror};
pub use query::{LogPage, LogQueryError, LogRow, LogTotal};

use crate::db::{Access, DbError, open};
use chrono::Utc;
use crossbeam_channel::Sender;
use entry::Entry;
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use writer::write_batches;

/// Rows that may wait; beyond them rows are counted instead of kept, so that a flood cannot fill the memory.
const QUEUE: usize = 16_384;
/// How often the same trouble of the machine is told of.
const TROUBLE: Duration = Duration::from_secs(10);

/// `debug` −4, `info` 0, `warn` 4, `error` 8, as PocketBase numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(pub i64);

impl Level {
    pub const DEBUG: Self = Self(-4);
    pub const INFO: Self = Self(0);
    pub const WARN: Self = Self(4);
    pub const ERROR: Self = Self(8);
}

/// Handle to the log. Cheap to clone; rows still queued are written when the last clone is dropped.
#[derive(Clone)]
pub struct Logs {
    inner: Arc<Inner>,
}

struct Inner {
    file: PathBuf,
    shared: Arc<Shared>,
    queue: Option<Sender<Entry>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// What callers and the thread that writes both look at.
#[derive(Default)]
struct Shared {
    /// Rows below this level are not stored.
    min_level: AtomicI64,
    /// Most bytes of the data of a row, 0 for the usual.
    max_data: AtomicUsize,
    /// Whether no row is stored.
    off: AtomicBool,
    /// Rows that were lost since the last one that told of them.
    dropped: AtomicU64,
    lost: AtomicU64,
    mirror: OnceLock<Mirror>,
    /// When troubles of the machine were told of.
    troubles: Mutex<HashMap<&'static str, Instant>>,
}

impl Shared {
    /// Counts rows that are not stored.
    fn lose(&self, rows: u64) {
        self.dropped.fetch_add(rows, Ordering::Relaxed);
        self.lost.fetch_add(rows, Ordering::Relaxed);
    }

    /// Whether a trouble is to be told of now: every request may meet the same one.
    fn may_tell(&self, what: &'static str) -> bool {
        let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        if troubles.get(what).is_some_and(|told| told.elapsed() < TROUBLE) {
            return false;
        }
        troubles.insert(what, Instant::now());
        true
    }

    fn stores(&self, level: Level) -> bool {
        !self.off.load(Ordering::Relaxed) && level.0 >= self.min_level.load(Ordering::Relaxed)
    }
}

impl Logs {
    /// Opens the log of a data directory.
    ///
    /// # Errors
    /// `auxiliary.db` cannot be opened.
    pub fn open(dir: &Path) -> Result<Self, DbError> {
        let file = dir.join("auxiliary.db");
        let connection = open(&file, Access::ReadWrite)?;
        // A lost log row is no lost write.
        // The index of messages is written all over: pages of it stay in memory, and go from the WAL to the file once for
        // several batches.
        connection
            .execute_batch("PRAGMA synchronous=NORMAL; PRAGMA cache_size=-8000; PRAGMA wal_autocheckpoint=8000")?;
        // Unbounded, because a bounded queue takes the memory of all its places at once.
        let (queue, entries) = crossbeam_channel::unbounded();
        let shared = Arc::<Shared>::default();
        let seen = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("pbr-logs".into())
            .spawn(move || write_batches(&connection, &entries, &seen))
            .map_err(DbError::Thread)?;
        let queue = Some(queue);
        Ok(Self { inner: Arc::new(Inner { file, shared, queue, thread: Some(thread) }) })
    }

    /// Shows rows elsewhere too, whether or not they are stored. Only the first call counts.
    pub fn mirror(&self, mirror: Mirror) {
        let _ = self.inner.shared.mirror.set(mirror);
    }

    /// Rows that wait for the thread that writes.
    pub fn waiting(&self) -> usize {
        self.inner.queue.as_ref().map_or(0, Sender::len)
    }

    /// Rows that were lost so far, because they came faster than they can be written or could not be.
    pub fn dropped(&self) -> u64 {
        self.inner.shared.lost.load(Ordering::Relaxed)
    }

    /// Whether rows of the level are stored or shown, that tell of a request or do not.
    pub fn keeps(&self, level: Level, request: bool) -> bool {
        let shared = &self.inner.shared;
        shared.stores(level) || shared.mirror.get().is_some_and(|mirror| mirror.wants(level, request))
    }

    pub fn request(&self, entry: RequestEntry) {
        if self.keeps(entry.level(), true) {
            self.push(Entry::Request(Utc::now(), entry));
        }
    }

    pub fn message(&self, level: Level, message: impl Into<String>, data: Json) {
        if self.keeps(level, false) {
            self.push(Entry::Message(Utc::now(), level, message.into(), data));
        }
    }

    /// Tells of a trouble of the machine, such as a full disk, once in a while.
    pub fn trouble(&self, what: &'static str, cause: &str) {
        if self.inner.shared.may_tell(what) {
            self.message(Level::ERROR, what, json!({ "error": cause }));
        }
    }

    /// Takes in how many days rows are kept, 0 for none, from which level on, and with how many bytes of data, 0 for the
    /// usual; what is stored and no longer wanted goes.
    pub fn configure(&self, days: i64, min_level: i64, max_data: i64) {
        self.inner.shared.max_data.store(usize::try_from(max_data).unwrap_or_default(), Ordering::Relaxed);
        self.inner.shared.off.store(days <= 0, Ordering::Relaxed);
        let was = self.inner.shared.min_level.swap(min_level, Ordering::Relaxed);
        self.delete_older(days);
        if was != min_level {
            self.push(Entry::DeleteBelow(Level(min_level)));
        }
    }

    /// Deletes all rows. Waits for the database.
    ///
    /// # Errors
    /// They cannot be deleted.
    pub fn clear(&self) -> Result<(), DbError> {
        let (tell, told) = crossbeam_channel::bounded(1);
        self.push(Entry::Clear(tell));
        told.recv().map_err(|_| DbError::Closed)?.map_err(DbError::RolledBack)
    }

    /// Waits until the rows so far are in `auxiliary.db`, for as long as there is patience.
    pub fn flush(&self, patience: Duration) {
        let (tell, told) = crossbeam_channel::bounded(1);
        if self.inner.queue.as_ref().is_some_and(|queue| queue.send(Entry::Flush(tell)).is_ok()) {
            let _ = told.recv_timeout(patience);
        }
    }

    /// Deletes the rows that are older than so many days, in the log's own time.
    pub fn delete_older(&self, days: i64) {
        // More days than there are behind every row keep them all.
        let moment = chrono::TimeDelta::try_days(days).and_then(|age| Utc::now().checked_sub_signed(age));
        if let Some(moment) = moment {
            self.push(Entry::DeleteBefore(moment));
        }
    }

    fn push(&self, entry: Entry) {
        let Some(queue) = &self.inner.queue else { return };
        if queue.len() >= QUEUE || queue.send(entry).is_err() {
            self.inner.shared.lose(1);
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

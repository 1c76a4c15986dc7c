//! The SQLite files of a data directory: connections, the writer, the readers and the system tables.
//!
//! This room promises atomicity and durability; it does not know what a request is or what a rule means.

pub mod adhoc;
pub mod collections;
mod connection;
mod connections;
pub mod console;
mod counts;
mod deadline;
mod error;
pub mod extras;
mod group_commit;
mod job;
mod lease;
mod notify;
mod owned;
mod reaches;
mod readers;
mod snapshot;
mod sqlite_text;
mod statement;
pub mod system;
mod upgrade;
mod wait;
mod watcher;
mod writer;

pub use connection::{Access, Trace, add_missing_math, open, rest, trace_all};
use connection::{STEPS_PER_CHECK, trace};
pub use connections::Reader;
pub use counts::Counts;
pub use deadline::{Deadline, Held};
pub use error::{DbError, Obstacle};
pub use group_commit::WATCH_INTERVAL;
pub use job::WriteTx;
pub use lease::Lease;
pub use notify::{Changed, notify};
pub use owned::{OWNED, forget_orphaned_totp, has_totp_table};
pub use reaches::{LOOK_UP, MAY_REACH, add_may_reach};
pub use readers::{Readers, ReadersLoad};
pub use snapshot::Snapshot;
pub use sqlite_text::sqlite_text;
pub use statement::{Prepared, prepare};
pub use system::applied_migrations as applied_system_migrations;
pub use wait::wait;
pub use watcher::ChangeWatcher;
pub use writer::{Writer, wait_until_closed};

use connections::Connections;
use deadline::Closing;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// The version of the SQLite library that is built in.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

/// What the library was built with, of what an application may rely on.
pub fn sqlite_features() -> Vec<&'static str> {
    let options = rusqlite::Connection::open_in_memory().ok().and_then(|connection| {
        let mut statement = connection.prepare("PRAGMA compile_options").ok()?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).ok()?;
        Some(rows.flatten().collect::<Vec<String>>())
    });
    let has = |name: &str| options.iter().flatten().any(|option| option == name);
    [("ENABLE_FTS5", "fts5"), ("ENABLE_MATH_FUNCTIONS", "math"), ("ENABLE_STAT4", "stat4"), ("ENABLE_RTREE", "rtree")]
        .into_iter()
        .filter(|(option, _)| has(option))
        .map(|(_, name)| name)
        .collect()
}

/// `data.db` of one data directory: one writer, many readers.
///
/// Cheap to clone; the threads end when the last clone is dropped.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    dir: PathBuf,
    closing: Closing,
    // Dropped in this order: SQLite tidies up its log files when the last connection, the writer's, is closed.
    readers: Readers,
    writer: Writer,
}

/// How a [`Database`] is opened.
pub struct Options {
    /// Reads that take longer are interrupted.
    pub query_timeout: Duration,
    /// Hears of every statement that has run, without the values of its parameters.
    pub trace: Option<Trace>,
    /// Runs on the writer thread when another process has changed the database.
    pub on_external_change: Box<dyn Fn() + Send>,
}

impl Default for Options {
    fn default() -> Self {
        Self { query_timeout: Duration::from_secs(30), trace: None, on_external_change: Box::new(|| {}) }
    }
}

impl Database {
    /// Opens a data directory, creating it and whatever system table is missing.
    ///
    /// # Errors
    /// The directory cannot be created or written, or a file in it is no SQLite database.
    pub fn open(dir: &Path, options: Options) -> Result<Self, DbError> {
        std::fs::create_dir_all(dir).map_err(|error| DbError::Directory { dir: dir.to_owned(), error })?;
        let file = dir.join("data.db");
        let mut connection = open(&file, Access::ReadWrite)?;
        system::install_files(&mut connection, &dir.join("auxiliary.db"))?;
        trace(&mut connection, options.trace.as_ref())?;
        let closing = Closing::default();
        let deadline = Deadline::watch(&mut connection, &closing)?;
        let writer = Writer::start(connection, deadline, options.on_external_change)?;
        let readers =
            Readers::start(Connections::new(file, options.query_timeout, Arc::clone(&closing), options.trace))?;
        Ok(Self { inner: Arc::new(Inner { dir: dir.to_owned(), closing, writer, readers }) })
    }

    /// Ends whatever statement has a deadline, and each one that begins: nobody will wait for them.
    pub fn interrupt(&self) {
        self.inner.closing.store(true, Ordering::Relaxed);
    }

    /// Closes the database as the last clone does that is dropped. Where others are still in use after some time, it only
    /// sees to it that what was written is in the database file and that nothing else is written or read; `writing` is the time for that.
    pub fn close(self, patience: Duration, writing: Duration) {
        self.interrupt();
        let end = Instant::now() + patience;
        while Arc::strong_count(&self.inner) > 1 && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(1));
        }
        if Arc::strong_count(&self.inner) > 1 {
            self.inner.writer.close(writing);
        }
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        &self.inner.dir
    }

    pub fn writer(&self) -> &Writer {
        &self.inner.writer
    }

    pub fn readers(&self) -> &Readers {
        &self.inner.readers
    }
}

//! The request log in `auxiliary.db`, written in batches by a thread of its own, and read with the filter language.

mod bound;
mod mirror;
mod query;

pub use mirror::{Line, Mirror};
pub use query::{LogPage, LogQueryError, LogRow, LogTotal};

use crate::db::{Access, DbError, open};
use crate::schema::fields::{format_datetime, write_json_string};
use crate::schema::{LOWER_ALPHANUMERIC, random_string};
use bound::bounded;
use chrono::{DateTime, Utc};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use percent_encoding::percent_decode_str;
use rusqlite::Connection;
use serde_json::{Value as Json, json};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// Rows that are written together, and how long a row may wait for others. Many rows touch each page once, and in one
/// statement those that belong at the end of an index follow each other there without looking for it again.
const BATCH: usize = 4096;
const GATHER: Duration = Duration::from_millis(10);
const FLUSH_INTERVAL: Duration = Duration::from_secs(3);
/// Rows that may wait; beyond them rows are counted instead of kept, so that a flood cannot fill the memory.
const QUEUE: usize = 16_384;
/// How often the same trouble of the machine is told of.
const TROUBLE: Duration = Duration::from_secs(10);
/// Bytes of texts that clients choose; what is longer is cut.
const MAX_METHOD: usize = 50;
const MAX_URL: usize = 3000;
const MAX_HEADER: usize = 2000;

/// `debug` −4, `info` 0, `warn` 4, `error` 8, as PocketBase numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(pub i64);

impl Level {
    pub const DEBUG: Self = Self(-4);
    pub const INFO: Self = Self(0);
    pub const WARN: Self = Self(4);
    pub const ERROR: Self = Self(8);
}

/// A served request.
#[derive(Clone, Debug)]
pub struct RequestEntry {
    pub method: String,
    pub url: String,
    pub status: u16,
    pub elapsed: Duration,
    /// Collection name of the caller, `""` for guests.
    pub auth: String,
    /// Id of the caller where the settings want it.
    pub auth_id: Option<String>,
    pub referer: String,
    pub user_agent: String,
    /// Address of the connection; `None` where the settings do not want it.
    pub remote_ip: Option<String>,
    /// Address of the client, behind trusted proxies.
    pub user_ip: String,
    /// The message of an error response.
    pub error: Option<String>,
}

enum Entry {
    Request(DateTime<Utc>, RequestEntry),
    Message(DateTime<Utc>, Level, String, Json),
    /// Rows from before this moment are to be deleted.
    DeleteBefore(DateTime<Utc>),
    /// Rows of a lower level are to be deleted.
    DeleteBelow(Level),
    /// All rows are to be deleted, and who asked is to be told.
    Clear(Sender<Result<(), String>>),
}

struct Row<'e> {
    moment: DateTime<Utc>,
    level: Level,
    message: Cow<'e, str>,
    data: String,
}

impl Entry {
    /// Whether it is to be stored as a row.
    fn is_row(&self) -> bool {
        matches!(self, Self::Request(..) | Self::Message(..))
    }

    fn row(&self) -> Option<Row<'_>> {
        match self {
            Self::Request(moment, entry) => {
                let message = entry.title().into();
                Some(Row { moment: *moment, level: entry.level(), message, data: request_data(entry) })
            }
            Self::Message(moment, level, message, data) => {
                Some(Row { moment: *moment, level: *level, message: message.into(), data: data.to_string() })
            }
            Self::DeleteBefore(_) | Self::DeleteBelow(_) | Self::Clear(_) => None,
        }
    }
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
            .execute_batch("PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=16000")?;
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

fn write_batches(connection: &Connection, entries: &Receiver<Entry>, shared: &Shared) {
    let mut batch = Vec::new();
    let mut due = Instant::now() + FLUSH_INTERVAL;
    // Whether its memory has been given back since the last row.
    let mut rested = true;
    loop {
        let closed = match entries.recv_deadline(due) {
            Ok(entry) => {
                // Under load one wake-up takes what has come meanwhile; a wake-up for each row would cost more than the row.
                std::thread::sleep(GATHER);
                let come = std::iter::once(entry).chain(entries.try_iter().take(BATCH));
                batch.extend(come.filter(|entry| show(entry, shared)));
                false
            }
            Err(RecvTimeoutError::Timeout) => {
                if batch.is_empty() && !rested {
                    let _ = connection.execute_batch("PRAGMA shrink_memory");
                    rested = true;
                }
                false
            }
            Err(RecvTimeoutError::Disconnected) => true,
        };
        rested &= batch.is_empty();
        let hurry = batch.iter().any(|entry| matches!(entry, Entry::Clear(_)));
        while batch.len() >= BATCH {
            let next = batch.split_off(BATCH);
            store(connection, std::mem::replace(&mut batch, next), shared);
            due = Instant::now() + FLUSH_INTERVAL;
        }
        if closed || hurry || Instant::now() >= due {
            store(connection, std::mem::take(&mut batch), shared);
            due = Instant::now() + FLUSH_INTERVAL;
        }
        if closed {
            return;
        }
    }
}

/// A full disk loses log rows, not requests.
fn store(connection: &Connection, batch: Vec<Entry>, shared: &Shared) {
    let stored = flush(connection, &batch, shared.max_data.load(Ordering::Relaxed));
    match &stored {
        Ok(()) => tell_of_lost(connection, shared),
        Err(error) => {
            show_loss(shared, error);
            shared.lose(batch.iter().filter(|entry| entry.is_row()).count() as u64);
        }
    }
    for entry in batch {
        if let Entry::Clear(tell) = entry {
            let cleared = stored.as_ref().map_err(ToString::to_string).copied();
            let shrunk = |()| connection.execute_batch("VACUUM").map_err(|error| error.to_string());
            let _ = tell.try_send(cleared.and_then(shrunk));
        }
    }
}

/// In a row of its own, once rows can be stored again.
fn tell_of_lost(connection: &Connection, shared: &Shared) {
    let lost = shared.dropped.swap(0, Ordering::Relaxed);
    if lost == 0 {
        return;
    }
    let message = format!("{lost} log rows were dropped: they came faster than they can be stored, or storing failed");
    let told = Entry::Message(Utc::now(), Level::WARN, message, json!({ "dropped": lost }));
    if insert(connection, &[told], usize::MAX).is_err() {
        shared.dropped.fetch_add(lost, Ordering::Relaxed);
    }
}

/// Says where rows are shown that they cannot be stored.
fn show_loss(shared: &Shared, error: &rusqlite::Error) {
    const LOST: &str = "Log rows cannot be stored, and are lost";
    let level = Level::ERROR;
    if let Some(mirror) = shared.mirror.get().filter(|_| shared.may_tell(LOST)) {
        let data = json!({ "error": error.to_string() }).to_string();
        mirror.show(&Line { moment: Utc::now(), level, message: LOST, data: &data });
    }
}

/// Shows an entry where it is to be shown; whether it is also to be stored.
fn show(entry: &Entry, shared: &Shared) -> bool {
    let (level, request) = match entry {
        Entry::Request(_, request) => (request.level(), true),
        Entry::Message(_, level, ..) => (*level, false),
        Entry::DeleteBefore(_) | Entry::DeleteBelow(_) | Entry::Clear(_) => return true,
    };
    if let Some(mirror) = shared.mirror.get().filter(|mirror| mirror.wants(level, request))
        && let Some(Row { moment, level, message, data }) = entry.row()
    {
        mirror.show(&Line { moment, level, message: &message, data: &data });
    }
    shared.stores(level)
}

fn flush(connection: &Connection, batch: &[Entry], max_data: usize) -> rusqlite::Result<()> {
    if batch.is_empty() {
        return Ok(());
    }
    if batch.len() == BATCH && batch.iter().all(Entry::is_row) {
        // Without a transaction around it SQLite needs not remember how the pages were before this statement.
        return insert(connection, batch, max_data);
    }
    let tx = connection.unchecked_transaction()?;
    for entry in batch {
        match entry {
            Entry::DeleteBefore(moment) => {
                tx.execute("DELETE FROM _logs WHERE created < ?1", [format_datetime(*moment)])?;
            }
            Entry::DeleteBelow(level) => {
                tx.execute("DELETE FROM _logs WHERE level < ?1", [level.0])?;
            }
            Entry::Clear(_) => {
                tx.execute("DELETE FROM _logs", [])?;
            }
            row => insert(&tx, std::slice::from_ref(row), max_data)?,
        }
    }
    tx.commit()
}

/// Inserts rows with one statement.
fn insert(connection: &Connection, entries: &[Entry], max_data: usize) -> rusqlite::Result<()> {
    let rows = vec!["(?, ?, ?, ?, ?)"; entries.len()].join(", ");
    let sql = format!("INSERT INTO _logs (id, level, message, data, created) VALUES {rows}");
    let mut statement = connection.prepare_cached(&sql)?;
    for (row, Row { moment, level, message, data }) in entries.iter().filter_map(Entry::row).enumerate() {
        let at = row * 5;
        statement.raw_bind_parameter(at + 1, row_id(moment))?;
        statement.raw_bind_parameter(at + 2, level.0)?;
        statement.raw_bind_parameter(at + 3, message)?;
        statement.raw_bind_parameter(at + 4, bounded(data, max_data))?;
        statement.raw_bind_parameter(at + 5, format_datetime(moment))?;
    }
    statement.raw_execute().map(drop)
}

impl RequestEntry {
    fn title(&self) -> String {
        [&cut(&self.method, MAX_METHOD), " ", &readable(&cut(&self.url, MAX_URL))].concat()
    }

    fn level(&self) -> Level {
        if self.error.is_some() { Level::ERROR } else { Level::INFO }
    }
}

/// A target as people write it. One with something else behind a `%` than a byte stays as it is, and so does one that
/// would be no text of one line.
fn readable(target: &str) -> Cow<'_, str> {
    let is_encoded = |rest: &str| rest.get(..2).is_some_and(|byte| byte.bytes().all(|digit| digit.is_ascii_hexdigit()));
    match percent_decode_str(target).decode_utf8() {
        Ok(text) if target.split('%').skip(1).all(is_encoded) && !text.contains(char::is_control) => text,
        _ => Cow::Borrowed(target),
    }
}

/// At most so many bytes, on a boundary of characters.
fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    Cow::Owned(format!("{}...", &text[..end]))
}

/// 15 letters and digits that begin with the time: rows that follow each other go to the same page of the index.
fn row_id(moment: DateTime<Utc>) -> String {
    const TIME_LENGTH: usize = 8;
    let mut left = moment.timestamp_millis().unsigned_abs();
    let mut time = [b'0'; TIME_LENGTH];
    for place in time.iter_mut().rev() {
        *place = b"0123456789abcdefghijklmnopqrstuvwxyz"[(left % 36) as usize];
        left /= 36;
    }
    let mut id: String = time.iter().map(|byte| char::from(*byte)).collect();
    id.push_str(&random_string(15 - TIME_LENGTH, LOWER_ALPHANUMERIC));
    id
}

/// Written without a value tree: this runs for every request. Keys are in alphabetical order.
fn request_data(entry: &RequestEntry) -> String {
    let mut out = Vec::with_capacity(256);
    let text = |out: &mut Vec<u8>, key: &str, value: &str| {
        out.extend_from_slice(key.as_bytes());
        write_json_string(value, out);
    };
    text(&mut out, "{\"auth\":", &entry.auth);
    if let Some(id) = &entry.auth_id {
        text(&mut out, ",\"authId\":", id);
    }
    if let Some(error) = &entry.error {
        text(&mut out, ",\"error\":", error);
    }
    let milliseconds = entry.elapsed.as_secs_f64() * 1000.0;
    let _ = write!(out, ",\"execTime\":{milliseconds}");
    text(&mut out, ",\"method\":", &cut(&entry.method, MAX_METHOD));
    text(&mut out, ",\"referer\":", &cut(&entry.referer, MAX_HEADER));
    if let Some(ip) = &entry.remote_ip {
        text(&mut out, ",\"remoteIP\":", ip);
    }
    let _ = write!(out, ",\"status\":{}", entry.status);
    text(&mut out, ",\"type\":\"request\",\"url\":", &cut(&entry.url, MAX_URL));
    text(&mut out, ",\"userAgent\":", &cut(&entry.user_agent, MAX_HEADER));
    if entry.remote_ip.is_some() {
        text(&mut out, ",\"userIP\":", &entry.user_ip);
    }
    out.push(b'}');
    String::from_utf8(out).expect("JSON is UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_shown_as_people_write_them() {
        let cases = [
            ("/a%20b?c=%C3%A9+x", "/a b?c=é+x"),
            ("/a?b=%zz%20", "/a?b=%zz%20"),
            ("/a%0AERROR", "/a%0AERROR"),
            ("/%ff", "/%ff"),
            ("/a%2", "/a%2"),
        ];
        for (target, shown) in cases {
            assert_eq!(readable(target), shown);
        }
    }

    #[test]
    fn request_rows_are_json_with_sorted_keys() {
        let entry = RequestEntry {
            method: "GET".into(),
            url: "/a?b=\"c\"".into(),
            status: 404,
            elapsed: Duration::from_micros(1500),
            auth: String::new(),
            auth_id: None,
            referer: String::new(),
            user_agent: "x".into(),
            remote_ip: Some("127.0.0.1".into()),
            user_ip: "127.0.0.1".into(),
            error: Some("no".into()),
        };
        let text = request_data(&entry);
        let parsed: Json = serde_json::from_str(&text).unwrap();
        assert_eq!(parsed.to_string(), text);
        assert_eq!((&parsed["url"], &parsed["execTime"]), (&json!("/a?b=\"c\""), &json!(1.5)));
        let (earlier, later) = (Utc::now(), Utc::now() + chrono::Duration::milliseconds(5));
        assert!(row_id(earlier) < row_id(later) && row_id(earlier).len() == 15);
    }

    #[test]
    fn rows_are_written_when_the_log_closes() {
        let dir = tempfile::tempdir().unwrap();
        let connection = open(&dir.path().join("auxiliary.db"), Access::ReadWrite).unwrap();
        connection
            .execute_batch("CREATE TABLE _logs (id TEXT, level INTEGER, message TEXT, data JSON, created TEXT)")
            .unwrap();
        let logs = Logs::open(dir.path()).unwrap();
        logs.message(Level::WARN, "hello", json!({ "a": 1 }));
        for days in [1, i64::from(i32::MAX), i64::MAX] {
            logs.delete_older(days);
        }
        drop(logs);
        let row: (i64, String) =
            connection.query_row("SELECT level, message FROM _logs", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(row, (4, "hello".to_owned()));
    }

    #[test]
    fn rows_beyond_a_batch_are_written_in_their_order() {
        let dir = tempfile::tempdir().unwrap();
        let connection = open(&dir.path().join("auxiliary.db"), Access::ReadWrite).unwrap();
        connection
            .execute_batch("CREATE TABLE _logs (id TEXT, level INTEGER, message TEXT, data JSON, created TEXT)")
            .unwrap();
        let logs = Logs::open(dir.path()).unwrap();
        let rows = 2 * BATCH + 5;
        for number in 0..rows {
            logs.message(Level::WARN, number.to_string(), json!({ "number": number }));
        }
        drop(logs);
        let mut statement = connection.prepare("SELECT message, data FROM _logs ORDER BY rowid").unwrap();
        let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let found: Vec<(String, String)> = found.collect::<rusqlite::Result<_>>().unwrap();
        let expected: Vec<_> =
            (0..rows).map(|number| (number.to_string(), format!("{{\"number\":{number}}}"))).collect();
        assert!(found == expected, "{} rows", found.len());
    }

    #[test]
    fn rows_that_cannot_be_stored_are_counted() {
        let dir = tempfile::tempdir().unwrap();
        let connection = Connection::open(dir.path().join("auxiliary.db")).unwrap();
        let table = "CREATE TABLE _logs (id TEXT, level INTEGER, message TEXT, data JSON, created TEXT)";
        connection.execute_batch(table).unwrap();
        let logs = Logs::open(dir.path()).unwrap();
        connection.execute_batch("ALTER TABLE _logs RENAME TO other").unwrap();
        for _ in 0..3 {
            logs.message(Level::WARN, "hello", json!({}));
        }
        // It waits until the rows before it were tried, and fails with them.
        assert!(logs.clear().is_err());
        assert_eq!(logs.dropped(), 3);
        connection.execute_batch("ALTER TABLE other RENAME TO _logs").unwrap();
        drop(logs);
        let told: String = connection.query_row("SELECT message FROM _logs", [], |row| row.get(0)).unwrap();
        assert!(told.starts_with("3 log rows were dropped"), "{told}");
    }
}

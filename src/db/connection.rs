//! Opening SQLite the way PocketBase does (spec 01 §1.2), with durable commits on the writer.

use super::{DbError, add_may_reach};
use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// What a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Creates the file if it is missing.
    ReadWrite,
    ReadOnly,
}

/// Asks whether another connection has written.
pub(super) const DATA_VERSION: &str = "PRAGMA data_version";
const SHRINK_MEMORY: &str = "PRAGMA shrink_memory";

/// Takes the text of a statement and the time that it took.
pub type Trace = Arc<dyn Fn(&str, Duration) + Send + Sync>;

static TRACE_ALL: OnceLock<Trace> = OnceLock::new();

/// Reports the statements of every connection to a file that this process opens from now on. Only the first call counts.
pub fn trace_all(trace: Trace) {
    let _ = TRACE_ALL.set(trace);
}

/// Reports the statements of a connection.
///
/// # Errors
/// SQLite refuses.
pub(super) fn trace(connection: &mut Connection, trace: Option<&Trace>) -> Result<(), DbError> {
    let Some(trace) = trace.cloned() else { return Ok(()) };
    Ok(report(connection, trace)?)
}

fn report(connection: &mut Connection, trace: Trace) -> rusqlite::Result<()> {
    let tell = move |event: TraceEvent<'_>| {
        if let TraceEvent::Profile(statement, time) = event {
            // As it was written: its values may be secrets. What runs unasked from time to time would hide all else.
            let sql = statement.sql();
            if ![DATA_VERSION, SHRINK_MEMORY].contains(&&*sql) {
                trace(&sql, time);
            }
        }
    };
    connection.trace_v2(TraceEventCodes::SQLITE_TRACE_PROFILE, Some(tell))
}

/// Virtual machine steps of a statement between looks at the clock, where it has a deadline.
pub const STEPS_PER_CHECK: i32 = 20_000;

type Unary = fn(f64) -> f64;
type Binary = fn(f64, f64) -> f64;

/// Page caches. The operating system caches the file too, so these save calls into it, not reads of the disk.
const WRITER_CACHE_KIB: i64 = 8000;
const READER_CACHE_KIB: i64 = 16000;
/// Statements; how large one may be is limited too.
const STATEMENT_CACHE: usize = 512;

/// How long a connection is not used before it rests.
pub const REST: Duration = Duration::from_secs(3);

/// Gives back the memory of a page cache, which may be tens of megabytes and fills anew from the memory of the system,
/// and of the statements that are kept prepared.
pub fn rest(connection: &Connection) {
    connection.flush_prepared_statement_cache();
    let _ = connection.execute_batch(SHRINK_MEMORY);
}

/// Opens a database file with the pragmas of the data directory format.
///
/// # Errors
/// The file cannot be opened, or it is no SQLite database.
pub fn open(file: &Path, access: Access) -> Result<Connection, DbError> {
    connect(file, access).map_err(|error| DbError::Open { file: file.to_owned(), error })
}

fn connect(file: &Path, access: Access) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX
        | match access {
            Access::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            Access::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
    let mut connection = Connection::open_with_flags(file, flags)?;
    if let Some(trace) = TRACE_ALL.get() {
        report(&mut connection, Arc::clone(trace))?;
    }
    connection.busy_timeout(Duration::from_secs(10))?;
    if access == Access::ReadWrite {
        // SQLite opens a file that may not be written all the same, and says so with the first write.
        if connection.is_readonly("main")? {
            return Err(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_READONLY),
                Some("attempt to write a readonly database".to_owned()),
            ));
        }
        // Every commit reaches the disk before it is acknowledged; commits are grouped, so this costs little.
        connection
            .execute_batch("PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=200000000; PRAGMA synchronous=FULL;")?;
    }
    connection.execute_batch("PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;")?;
    connection.pragma_update(
        None,
        "cache_size",
        -match access {
            Access::ReadWrite => WRITER_CACHE_KIB,
            Access::ReadOnly => READER_CACHE_KIB,
        },
    )?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    // Reading the schema also tells a database from any other file.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    add_missing_math(&connection)?;
    add_may_reach(&connection)?;
    Ok(connection)
}

/// Registers the math functions that filters and views may use where SQLite was built without them.
///
/// # Errors
/// SQLite refuses the registration.
pub fn add_missing_math(connection: &Connection) -> rusqlite::Result<()> {
    let built_in = connection.query_row("SELECT cos(0)", [], |row| row.get::<_, f64>(0)).is_ok();
    if built_in {
        return Ok(());
    }
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    let unary: [(&str, Unary); 18] = [
        ("acos", f64::acos),
        ("acosh", f64::acosh),
        ("asin", f64::asin),
        ("asinh", f64::asinh),
        ("atan", f64::atan),
        ("atanh", f64::atanh),
        ("ceil", f64::ceil),
        ("cos", f64::cos),
        ("cosh", f64::cosh),
        ("degrees", f64::to_degrees),
        ("exp", f64::exp),
        ("floor", f64::floor),
        ("ln", f64::ln),
        ("log10", f64::log10),
        ("radians", f64::to_radians),
        ("sin", f64::sin),
        ("sqrt", f64::sqrt),
        ("tan", f64::tan),
    ];
    for (name, function) in unary {
        connection.create_scalar_function(name, 1, flags, move |context| {
            Ok(context.get::<Option<f64>>(0)?.map(function).filter(|number| !number.is_nan()))
        })?;
    }
    let binary: [(&str, Binary); 2] = [("pow", f64::powf), ("atan2", f64::atan2)];
    for (name, function) in binary {
        connection.create_scalar_function(name, 2, flags, move |context| {
            let (a, b) = (context.get::<Option<f64>>(0)?, context.get::<Option<f64>>(1)?);
            Ok(a.zip(b).map(|(a, b)| function(a, b)))
        })?;
    }
    connection.create_scalar_function("pi", 0, flags, |_| Ok(std::f64::consts::PI))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn what_runs_unasked_is_not_traced() {
        let mut connection = Connection::open_in_memory().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let trace: Trace = {
            let seen = Arc::clone(&seen);
            Arc::new(move |sql, _| seen.lock().unwrap().push(sql.to_owned()))
        };
        report(&mut connection, trace).unwrap();
        connection.execute_batch("CREATE TABLE t (a)").unwrap();
        rest(&connection);
        connection.query_row(DATA_VERSION, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(*seen.lock().unwrap(), ["CREATE TABLE t (a)"]);
    }
}

//! Any SQL, as somebody who may do everything types it (spec 04 §5.5).
//!
//! Each run has a connection of its own: what a statement leaves open or attached ends with it. Writes hold the writer's
//! lease meanwhile, so that no other write waits inside SQLite.

use super::{Access, Database, DbError, Deadline, open, sqlite_text};
use chrono::{DateTime, NaiveDateTime, SecondsFormat};
use regex::{Captures, Regex};
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::ValueRef;
use rusqlite::{Batch, Connection, ErrorCode};
use std::sync::LazyLock;
use std::time::Duration;

/// Rows of an answer.
const MAX_ROWS: usize = 1000;
const TIMEOUT: Duration = Duration::from_secs(180);
/// First words of the statements that run in a transaction and tell how many rows they changed.
const WRITES: [&str; 8] = ["INSERT", "CREATE", "UPDATE", "DELETE", "DROP", "DETACH", "ALTER", "REPLACE"];

/// What the statements came to. Rows are those of the last one.
#[derive(Debug, Default, PartialEq)]
pub struct Outcome {
    pub affected_rows: u64,
    /// Names and declared types, the latter in capitals.
    pub columns: Vec<(String, String)>,
    /// Every value as a text, `None` for NULL.
    pub rows: Vec<Vec<Option<String>>>,
}

#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// In the words of PocketBase's driver.
    #[error("{0}")]
    Sql(String),
    /// A change of the schema where none is allowed.
    #[error("the schema is locked")]
    SchemaLocked,
    #[error(transparent)]
    Db(#[from] DbError),
}

enum Failure {
    Sqlite(rusqlite::Error),
    Text(String),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Failure {
    fn is(&self, wanted: ErrorCode) -> bool {
        matches!(self, Self::Sqlite(error) if error.sqlite_error_code() == Some(wanted))
    }
}

/// Runs a text of statements. Blocks for up to three minutes.
///
/// # Errors
/// What SQLite has against it; all changes of a text that begins with a write are undone then.
pub fn run(db: &Database, text: &str, schema_locked: bool) -> Result<Outcome, ConsoleError> {
    // C's texts end there.
    let text = text.split('\0').next().unwrap_or_default();
    let first = text.trim_start().to_uppercase();
    let writes = WRITES.iter().any(|word| first.starts_with(word));
    let text = quoted(text);
    let done = if writes {
        let _lease = db.writer().lease()?;
        let connection = connect(db, Access::ReadWrite, schema_locked)?;
        in_transaction(&connection, &text)
    } else {
        match query(&connect(db, Access::ReadOnly, schema_locked)?, &text) {
            // Something like `PRAGMA user_version = 1` or `WITH … DELETE`.
            // A checkpoint fails as if the disk did.
            Err(failure) if failure.is(ErrorCode::ReadOnly) || failure.is(ErrorCode::SystemIoFailure) => {
                let _lease = db.writer().lease()?;
                query(&connect(db, Access::ReadWrite, schema_locked)?, &text)
            }
            done => done,
        }
    };
    done.map_err(|failure| match failure {
        Failure::Text(text) => ConsoleError::Sql(text),
        failure if schema_locked && failure.is(ErrorCode::AuthorizationForStatementDenied) => {
            ConsoleError::SchemaLocked
        }
        Failure::Sqlite(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
            ConsoleError::Db(error.into())
        }
        Failure::Sqlite(error) => ConsoleError::Sql(sqlite_text(&error)),
    })
}

fn connect(db: &Database, access: Access, schema_locked: bool) -> Result<Connection, DbError> {
    let mut connection = open(&db.dir().join("data.db"), access)?;
    Deadline::watch(&mut connection, &db.inner.closing)?.set(TIMEOUT);
    connection.authorizer(Some(move |context: AuthContext<'_>| {
        // Not of the copy that VACUUM makes, nor of other tables in memory.
        let of_project = context.database_name.is_none_or(|name| name == "main");
        judge(&context.action, schema_locked && of_project)
    }))?;
    Ok(connection)
}

/// Tables that hold the schema and what was migrated.
const SCHEMA_TABLES: [&str; 5] =
    ["_collections", "_pbr_extras", "_migrations", "_pbr_history_edits", "refinery_schema_history"];

/// Other files of the machine are out of reach; VACUUM attaches a file without a name.
fn judge(action: &AuthAction<'_>, schema_locked: bool) -> Authorization {
    use AuthAction::{
        AlterTable, Attach, CreateIndex, CreateTable, CreateTrigger, CreateView, CreateVtable, Delete, DropIndex,
        DropTable, DropTrigger, DropView, DropVtable, Insert, Update,
    };
    let of_schema = |table: &str| SCHEMA_TABLES.iter().any(|name| name.eq_ignore_ascii_case(table));
    match action {
        Insert { table_name } | Delete { table_name } | Update { table_name, .. }
            if schema_locked && of_schema(table_name) =>
        {
            Authorization::Deny
        }
        Attach { filename } if !matches!(*filename, "" | ":memory:") => Authorization::Deny,
        AlterTable { .. }
        | CreateIndex { .. }
        | CreateTable { .. }
        | CreateTrigger { .. }
        | CreateView { .. }
        | CreateVtable { .. }
        | DropIndex { .. }
        | DropTable { .. }
        | DropTrigger { .. }
        | DropView { .. }
        | DropVtable { .. }
            if schema_locked =>
        {
            Authorization::Deny
        }
        _ => Authorization::Allow,
    }
}

/// PocketBase's query builder reads `[[column]]` and `{{table}}` everywhere, in texts too.
fn quoted(text: &str) -> String {
    static QUOTES: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\{\{((?-u:[\w\-. ])+)\}\}|\[\[((?-u:[\w\-. ])+)\]\]").expect("a valid pattern"));
    let quote = |found: &Captures<'_>| {
        let name = found.get(1).or(found.get(2)).map_or("", |name| name.as_str());
        name.split('.').map(|part| format!("`{part}`")).collect::<Vec<_>>().join(".")
    };
    QUOTES.replace_all(text, quote).into_owned()
}

fn in_transaction(connection: &Connection, text: &str) -> Result<Outcome, Failure> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    each(connection, text, |statement| {
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
        Ok(())
    })?;
    let affected_rows = connection.changes();
    // An error on the way closes the connection, which undoes everything.
    connection.execute_batch("COMMIT")?;
    Ok(Outcome { affected_rows, ..Outcome::default() })
}

fn query(connection: &Connection, text: &str) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::default();
    each(connection, text, |statement| {
        outcome.columns = statement
            .columns()
            .map(|column| (column.name().to_owned(), column.decl_type().unwrap_or_default().to_uppercase()))
            .collect();
        outcome.rows.clear();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            if outcome.rows.len() == MAX_ROWS {
                break;
            }
            let cells = outcome.columns.iter().enumerate();
            let cells = cells.map(|(at, (_, declared))| Ok(cell(row.get_ref(at)?, declared)));
            outcome.rows.push(cells.collect::<rusqlite::Result<_>>()?);
        }
        Ok(())
    })?;
    Ok(outcome)
}

fn each(
    connection: &Connection,
    text: &str,
    mut work: impl FnMut(&mut rusqlite::Statement<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut batch = Batch::new(connection, text);
    while let Some(mut statement) = fallible_next(&mut batch)? {
        if statement.parameter_count() > 0 {
            return Err(Failure::Text(match statement.parameter_name(1) {
                Some(name) => format!("missing named argument {:?}", &name[1..]),
                None => "missing argument with index 1".to_owned(),
            }));
        }
        work(&mut statement)?;
    }
    Ok(())
}

fn fallible_next<'c>(batch: &mut Batch<'c, '_>) -> rusqlite::Result<Option<rusqlite::Statement<'c>>> {
    rusqlite::fallible_iterator::FallibleIterator::next(batch)
}

/// A value as PocketBase's driver makes a text of it: what a column of dates holds is a date.
fn cell(value: ValueRef<'_>, declared: &str) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(real(number)),
        ValueRef::Text(bytes) => {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let dates = matches!(declared, "DATE" | "DATETIME" | "TIMESTAMP");
            Some(dates.then(|| date(&text)).flatten().unwrap_or(text))
        }
        ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
    }
}

/// The shortest digits that lead back to the number, with an exponent below 0.0001 and from a million on.
fn real(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').expect("a number in scientific notation has an exponent");
    let exponent: i32 = exponent.parse().expect("an exponent is a whole number");
    if !(-4..6).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    format!("{number}")
}

/// In RFC 3339, as the text says it: with the offset that is there, else in UTC.
fn date(text: &str) -> Option<String> {
    const WITH_OFFSET: [&str; 2] = ["%Y-%m-%d %H:%M:%S%.f%:z", "%Y-%m-%dT%H:%M:%S%.f%:z"];
    const WITHOUT: [&str; 4] = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"];
    let shape = |at: usize| text.as_bytes().get(at) == Some(&b'-');
    if !(shape(4) && shape(7)) {
        return None;
    }
    let text = text.strip_suffix('Z').unwrap_or(text);
    let offset = WITH_OFFSET.iter().find_map(|format| DateTime::parse_from_str(text, format).ok());
    let plain = || {
        let day = text.len() == 10;
        let text = if day { format!("{text} 00:00") } else { text.to_owned() };
        WITHOUT.iter().find_map(|format| NaiveDateTime::parse_from_str(&text, format).ok())
    };
    let moment = offset.or_else(|| plain().map(|moment| moment.and_utc().fixed_offset()))?;
    let spelled = moment.to_rfc3339_opts(SecondsFormat::Nanos, true);
    // No zeros at the end of the fraction.
    let (head, zone) = spelled.split_at(spelled.find(['Z', '+']).unwrap_or(spelled.len() - 6));
    Some(format!("{}{zone}", head.trim_end_matches('0').trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_dates_are_spelled_as_the_driver_spells_them() {
        for (number, text) in [
            (1.5, "1.5"),
            (1.0, "1"),
            (-0.0, "-0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (123_456.0, "123456"),
            (1_000_000.0, "1e+06"),
            (123_456_789.123, "1.23456789123e+08"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e-7, "1e-07"),
            (1e20, "1e+20"),
            (1e100, "1e+100"),
            (f64::NEG_INFINITY, "-Inf"),
        ] {
            assert_eq!(real(number), text);
        }
        for (stored, text) in [
            ("2020-01-01 00:00:00.123Z", Some("2020-01-01T00:00:00.123Z")),
            ("2020-01-02", Some("2020-01-02T00:00:00Z")),
            ("2020-01-03T10:11:12.5+02:00", Some("2020-01-03T10:11:12.5+02:00")),
            ("2020-01-01 00:00:00-07:00", Some("2020-01-01T00:00:00-07:00")),
            ("2020-01-01 00:00:00.120+00:00", Some("2020-01-01T00:00:00.12Z")),
            ("2020-01-01 10:20", Some("2020-01-01T10:20:00Z")),
            ("2020-13-01", None),
            ("2020-1-1", None),
            ("", None),
        ] {
            assert_eq!(date(stored).as_deref(), text, "{stored}");
        }
    }

    #[test]
    fn quotes_of_the_query_builder_are_read() {
        assert_eq!(
            quoted("'[[a.b]]' {{a b}} [[count(*)]] [[é]] {{x.*}}"),
            "'`a`.`b`' `a b` [[count(*)]] [[é]] {{x.*}}"
        );
    }
}

//! The INSERT and UPDATE of a record.

use super::draft::Draft;
use super::{RecordError, sessions};
use crate::db::DbError;
use crate::events::Record;
use crate::schema::fields::{FieldKind, Value};
use crate::schema::{Collection, ErrorTree, FieldError, ddl};
use rusqlite::{Connection, ErrorCode, params_from_iter};

/// The account behind PocketBase's first-start page.
const INSTALLER: &str = "__pbinstaller@example.com";

/// What a write did, for those who hear of it after the commit.
#[derive(Clone, Debug)]
pub struct Stored {
    pub id: String,
    pub record: Record,
    pub original: Option<Record>,
}

/// Inserts a record as it is. No rule, hook or validation is asked.
///
/// # Errors
/// A violated UNIQUE index, as field errors under `message`.
pub fn insert_unchecked(
    connection: &Connection,
    collection: &Collection,
    record: &Record,
    message: &'static str,
) -> Result<(), RecordError> {
    let columns: Vec<String> = collection.fields.iter().map(|field| ddl::quote(&field.name)).collect();
    let places = vec!["?"; columns.len()].join(", ");
    let sql = format!("INSERT INTO {} ({}) VALUES ({places})", ddl::quote(&collection.name), columns.join(", "));
    execute(connection, collection, &sql, record.values.iter().map(Value::to_sql), message)?;
    if collection.is_superusers() && record.text(collection, "email") != INSTALLER {
        // The first-start account has served its purpose.
        connection.execute("DELETE FROM _superusers WHERE email = ?1", [INSTALLER])?;
    }
    Ok(())
}

/// Updates the changed columns of a record. No rule, hook or validation is asked.
///
/// # Errors
/// A violated UNIQUE index, as field errors under `message`.
pub fn update_unchecked(
    connection: &Connection,
    collection: &Collection,
    original: &Record,
    record: &Record,
    message: &'static str,
) -> Result<(), RecordError> {
    let changed: Vec<usize> = (0..collection.fields.len())
        .filter(|at| {
            original.values[*at] != record.values[*at]
                && !matches!(&collection.fields[*at].kind, FieldKind::Text(text) if text.primary_key)
        })
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let assignments: Vec<String> =
        changed.iter().map(|at| format!("{} = ?", ddl::quote(&collection.fields[*at].name))).collect();
    let sql = format!("UPDATE {} SET {} WHERE id = ?", ddl::quote(&collection.name), assignments.join(", "));
    let id = Value::Text(record.id(collection).to_owned()).to_sql();
    let params = changed.iter().map(|at| record.values[*at].to_sql()).chain([id]);
    execute(connection, collection, &sql, params, message)
}

/// Creates or updates the record of a draft, and ends what the update of an account ends. No rule, hook or validation is
/// asked. Where it is refused nothing has changed; only within a transaction.
///
/// # Errors
/// A violated UNIQUE index, as field errors.
pub fn store_unchecked(connection: &Connection, collection: &Collection, draft: &mut Draft) -> Result<(), RecordError> {
    const REFUSED: &str = "the record cannot be updated";
    let Some(original) = &draft.original else {
        return insert_unchecked(connection, collection, &draft.record, "the record cannot be created");
    };
    if !collection.is_auth() {
        return update_unchecked(connection, collection, original, &draft.record, REFUSED);
    }
    // What ends may change the token key, so it comes first.
    connection.execute_batch("SAVEPOINT account")?;
    let done = sessions::end(connection, collection, original, &mut draft.record, &|_| false)
        .map_err(RecordError::from)
        .and_then(|()| update_unchecked(connection, collection, original, &draft.record, REFUSED));
    let ended = connection.execute_batch(match done {
        Ok(()) => "RELEASE account",
        Err(_) => "ROLLBACK TO account; RELEASE account",
    });
    done.and_then(|()| Ok(ended?))
}

fn execute(
    connection: &Connection,
    collection: &Collection,
    sql: &str,
    params: impl Iterator<Item = rusqlite::types::Value>,
    message: &'static str,
) -> Result<(), RecordError> {
    let done = connection.prepare_cached(sql).and_then(|mut statement| statement.execute(params_from_iter(params)));
    match done {
        // It was deleted meanwhile.
        Ok(0) => Err(RecordError::not_found()),
        Ok(_) => Ok(()),
        Err(error) => Err(refusal(collection, error.into(), message)),
    }
}

/// A violated constraint as field errors; any other failure hides behind the message.
fn refusal(collection: &Collection, error: DbError, message: &'static str) -> RecordError {
    let columns = error.unique_columns();
    match error.code() {
        Some(ErrorCode::ConstraintViolation) => {}
        // An index over an expression, for example, that cannot be computed.
        Some(ErrorCode::Unknown) => return RecordError::Failed { status: 400, message, cause: error.to_string() },
        _ if columns.is_empty() => return error.into(),
        _ => {}
    }
    let mut data = ErrorTree::new();
    for column in columns {
        let name = column.rsplit_once('.').map_or(column.as_str(), |(_, name)| name);
        if collection.field(name).is_some() {
            data.insert(name, FieldError::not_unique());
        }
    }
    RecordError::invalid(message, data)
}

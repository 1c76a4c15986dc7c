//! Rows of the system collections that belong to an auth record: pending factors, codes, linked accounts, known places.

use super::RecordError;
use crate::events::Record;
use crate::schema::fields::Value;
use crate::schema::{ALPHANUMERIC, Collection, ddl, random_string};
use rusqlite::{Connection, OptionalExtension};

/// The collections whose rows go with the auth record.
pub const OWNED: [&str; 4] = ["_mfas", "_otps", "_externalAuths", "_authOrigins"];

/// The auth record that a row belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    pub collection: &'a str,
    pub record: &'a str,
}

/// Deletes every row of one of [`OWNED`] that belongs to the record; how many there were.
///
/// # Errors
/// SQLite fails.
pub fn delete_all(connection: &Connection, table: &str, collection: &str, record: &str) -> rusqlite::Result<usize> {
    debug_assert!(OWNED.contains(&table));
    connection
        .prepare_cached(&format!("DELETE FROM {table} WHERE collectionRef = ?1 AND recordRef = ?2"))?
        .execute([collection, record])
}

/// What a change of an auth record means for its rows (spec 03 §1.4), and the record as it must be stored: an account
/// that somebody else may have linked before the address was verified loses its links and its sessions.
///
/// # Errors
/// SQLite fails.
pub fn update(
    connection: &Connection,
    collection: &Collection,
    original: &Record,
    record: &Record,
) -> Result<Record, RecordError> {
    let mut record = record.clone();
    let id = original.id(collection);
    let changed = |record: &Record, field| original.get(collection, field) != record.get(collection, field);
    let delete = |table| delete_all(connection, table, &collection.id, id);
    if !original.flag(collection, "verified")
        && record.flag(collection, "verified")
        && !collection.is_superusers()
        && delete("_externalAuths")? > 0
        && !changed(&record, "tokenKey")
    {
        record.set(collection, "tokenKey", Value::Text(random_string(50, ALPHANUMERIC)));
    }
    if changed(&record, "tokenKey") {
        delete("_otps")?;
    }
    if original.password_hash(collection, "password") != record.password_hash(collection, "password") {
        delete("_authOrigins")?;
        delete("_mfas")?;
    }
    Ok(record)
}

/// Whether the stored record still has the token key of the one that was read.
///
/// # Errors
/// SQLite fails.
pub fn has_key_of(connection: &Connection, collection: &Collection, read: Option<&Record>) -> rusqlite::Result<bool> {
    let Some(read) = read else { return Ok(false) };
    let sql = format!("SELECT tokenKey FROM {} WHERE id = ?1", ddl::quote(&collection.name));
    let stored: Option<String> =
        connection.prepare_cached(&sql)?.query_row([read.id(collection)], |row| row.get(0)).optional()?;
    Ok(stored.as_deref() == Some(read.text(collection, "tokenKey")))
}

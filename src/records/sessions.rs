//! Rows of the system collections that belong to an auth record: pending factors, codes, linked accounts, known places.

use crate::db::has_totp_table;
use crate::events::Record;
use crate::schema::fields::Value;
use crate::schema::{ALPHANUMERIC, Collection, ddl, random_string};
use rusqlite::{Connection, OptionalExtension};

pub use crate::db::OWNED;

/// The auth record that a row belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    pub collection: &'a str,
    pub record: &'a str,
}

/// Whether the record has a row in one of [`OWNED`].
///
/// # Errors
/// SQLite fails.
pub fn has_any(connection: &Connection, table: &str, owner: Owner<'_>) -> rusqlite::Result<bool> {
    debug_assert!(OWNED.contains(&table));
    connection
        .prepare_cached(&format!("SELECT 1 FROM {table} WHERE collectionRef = ?1 AND recordRef = ?2"))?
        .exists([owner.collection, owner.record])
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

/// Deletes every row that belongs to a record of an auth collection that goes.
///
/// # Errors
/// SQLite fails.
pub fn delete_of_collection(connection: &Connection, collection: &str) -> rusqlite::Result<()> {
    for table in OWNED {
        connection.execute(&format!("DELETE FROM {table} WHERE collectionRef = ?1"), [collection])?;
    }
    if has_totp_table(connection)? {
        connection.execute("DELETE FROM _pbr_totp WHERE collectionRef = ?1", [collection])?;
    }
    Ok(())
}

/// Forgets the authenticator app of a record, where the database has a table of them.
///
/// # Errors
/// SQLite fails.
pub fn delete_totp(connection: &Connection, collection: &str, record: &str) -> rusqlite::Result<()> {
    if has_totp_table(connection)? {
        connection
            .prepare_cached("DELETE FROM _pbr_totp WHERE collectionRef = ?1 AND recordRef = ?2")?
            .execute([collection, record])?;
    }
    Ok(())
}

/// What changes about an auth record, as far as its rows are concerned (spec 03 §1.4).
#[derive(Clone, Copy, Debug, Default)]
pub struct Change {
    /// The email is proved now. Accounts that somebody may have linked before are unlinked, and with them all sessions
    /// end.
    pub verifies: bool,
    /// The token key is another one: codes end.
    pub key: bool,
    /// The password is another one: known places and begun logins end.
    pub password: bool,
}

impl Change {
    pub fn between(collection: &Collection, original: &Record, record: &Record) -> Self {
        let changed = |field| original.get(collection, field) != record.get(collection, field);
        let hash = |record: &Record| record.password_hash(collection, "password").to_owned();
        Self {
            verifies: changed("verified") && record.flag(collection, "verified") && !collection.is_superusers(),
            key: changed("tokenKey"),
            password: hash(original) != hash(record),
        }
    }

    /// [`Change::forgets`], and the accounts that are unlinked.
    pub fn ends(self) -> Vec<&'static str> {
        let linked: &[&str] = if self.verifies { &["_externalAuths"] } else { &[] };
        [linked, &self.forgets()].concat()
    }

    /// Collections whose rows of the record are to be deleted.
    pub fn forgets(self) -> Vec<&'static str> {
        let codes: &[&str] = if self.key { &["_otps"] } else { &[] };
        let places: &[&str] = if self.password { &["_authOrigins", "_mfas"] } else { &[] };
        [codes, places].concat()
    }
}

/// Deletes what an update of an auth record ends, except rows of tables that are `spared` because somebody else does it.
/// The record gets a new token key where accounts were unlinked.
///
/// # Errors
/// SQLite fails.
pub fn end(
    connection: &Connection,
    collection: &Collection,
    original: &Record,
    record: &mut Record,
    spared: &dyn Fn(&str) -> bool,
) -> rusqlite::Result<()> {
    let id = original.id(collection);
    let change = Change::between(collection, original, record);
    if change.verifies && delete_all(connection, "_externalAuths", &collection.id, id)? > 0 {
        rotate_key(collection, record, original);
    }
    let change = Change::between(collection, original, record);
    for table in change.forgets().into_iter().filter(|table| !spared(table)) {
        delete_all(connection, table, &collection.id, id)?;
    }
    Ok(())
}

/// Gives the record a new token key, unless the same change sets one.
pub fn rotate_key(collection: &Collection, record: &mut Record, original: &Record) {
    if original.get(collection, "tokenKey") == record.get(collection, "tokenKey") {
        record.set(collection, "tokenKey", Value::Text(random_string(50, ALPHANUMERIC)));
    }
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

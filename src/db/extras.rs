//! What the rows of `_collections` cannot hold, in a table of our own: the defaults of fields (`x-default`).
//!
//! The table comes with the first collection that needs it. Fields are named by their ids, so that renames keep them.

use crate::schema::Collection;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;

/// Makes the table.
pub const CREATE: &str = "CREATE TABLE IF NOT EXISTS `_pbr_extras` (`collection` TEXT PRIMARY KEY NOT NULL, \
                          `extras` JSON NOT NULL);";

/// The stored form of what a collection has beyond its row; `None` when it has nothing.
pub fn to_json(collection: &Collection) -> Option<Json> {
    // The fields of a view are copies of others.
    if collection.is_view() {
        return None;
    }
    let defaults: Map<String, Json> =
        collection.fields.iter().filter_map(|field| Some((field.id.clone(), field.default.clone()?))).collect();
    (!defaults.is_empty()).then(|| json!({ "defaults": defaults }))
}

/// Adds what the table has to collections that were read from their rows.
///
/// # Errors
/// SQLite fails.
pub fn attach(connection: &Connection, collections: &mut [Collection]) -> rusqlite::Result<()> {
    if !exists(connection)? {
        return Ok(());
    }
    let mut statement = connection.prepare("SELECT collection, extras FROM _pbr_extras")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let extras: HashMap<String, String> = rows.collect::<rusqlite::Result<_>>()?;
    for collection in collections {
        // A row that somebody broke takes its defaults with it, not the collection.
        let Some(Ok(json)) = extras.get(&collection.id).map(|text| serde_json::from_str::<Json>(text)) else {
            continue;
        };
        for field in &mut collection.fields {
            field.default = json["defaults"].get(&field.id).cloned();
        }
    }
    Ok(())
}

/// Stores what a collection has, or that it has nothing.
///
/// # Errors
/// SQLite fails.
pub fn save(connection: &Connection, collection: &Collection) -> rusqlite::Result<()> {
    match to_json(collection) {
        None => delete(connection, &collection.id),
        Some(json) => {
            connection.execute_batch(CREATE)?;
            connection
                .execute(
                    "INSERT INTO _pbr_extras VALUES (?1, ?2) ON CONFLICT (collection) DO UPDATE SET extras = ?2",
                    params![collection.id, json.to_string()],
                )
                .map(drop)
        }
    }
}

/// Forgets a collection.
///
/// # Errors
/// SQLite fails.
pub fn delete(connection: &Connection, id: &str) -> rusqlite::Result<()> {
    if exists(connection)? {
        connection.execute("DELETE FROM _pbr_extras WHERE collection = ?1", [id])?;
    }
    Ok(())
}

fn exists(connection: &Connection) -> rusqlite::Result<bool> {
    let found = connection
        .query_row("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_pbr_extras'", [], |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

//! The rows of `_collections`.

use super::{DbError, extras};
use crate::schema::Collection;
use rusqlite::{Connection, Row};
use serde_json::{Map, Value as Json};

/// All collections in `rowid` order.
///
/// # Errors
/// A row that does not decode, with the name of the collection.
pub fn load(connection: &Connection) -> Result<Vec<Collection>, DbError> {
    let mut statement = connection.prepare(
        "SELECT id, system, type, name, fields, indexes, listRule, viewRule, createRule, updateRule, deleteRule, \
         options, created, updated FROM _collections ORDER BY rowid",
    )?;
    let mut rows = statement.query([])?;
    let mut collections = Vec::new();
    while let Some(row) = rows.next()? {
        collections.push(decode(row)?);
    }
    extras::attach(connection, &mut collections)?;
    Ok(collections)
}

fn decode(row: &Row<'_>) -> Result<Collection, DbError> {
    let name: String = row.get("name")?;
    let broken = |reason: String| DbError::Collection { name: name.clone(), reason };
    let parse = |column: &str| -> Result<Json, DbError> {
        let text: String = row.get(column)?;
        serde_json::from_str(&text).map_err(|error| broken(format!("{column}: {error}")))
    };
    let mut object: Map<String, Json> = match parse("options")? {
        Json::Object(options) => options,
        _ => Map::new(),
    };
    for column in ["id", "type", "name", "created", "updated"] {
        object.insert(column.into(), row.get::<_, String>(column)?.into());
    }
    for column in ["listRule", "viewRule", "createRule", "updateRule", "deleteRule"] {
        object.insert(column.into(), row.get::<_, Option<String>>(column)?.into());
    }
    object.insert("system".into(), row.get::<_, bool>("system")?.into());
    object.insert("fields".into(), parse("fields")?);
    object.insert("indexes".into(), parse("indexes")?);
    Collection::from_json(&object).map_err(|error| broken(error.to_string()))
}

/// Inserts the row of a collection. Its table is another matter.
///
/// # Errors
/// The id or name is taken.
pub fn insert(connection: &Connection, collection: &Collection) -> rusqlite::Result<()> {
    connection
        .execute(
            "INSERT INTO _collections (id, system, type, name, fields, indexes, listRule, viewRule, createRule, \
             updateRule, deleteRule, options, created, updated) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            row(collection),
        )
        .and_then(|_| extras::save(connection, collection))
}

/// Overwrites the row of a collection.
///
/// # Errors
/// The name is taken.
pub fn update(connection: &Connection, collection: &Collection) -> rusqlite::Result<()> {
    connection
        .execute(
            "UPDATE _collections SET system = ?2, type = ?3, name = ?4, fields = ?5, indexes = ?6, listRule = ?7, \
             viewRule = ?8, createRule = ?9, updateRule = ?10, deleteRule = ?11, options = ?12, created = ?13, \
             updated = ?14 WHERE id = ?1",
            row(collection),
        )
        .and_then(|_| extras::save(connection, collection))
}

/// Removes the row of a collection.
///
/// # Errors
/// SQLite fails.
pub fn delete(connection: &Connection, id: &str) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM _collections WHERE id = ?1", [id])?;
    extras::delete(connection, id)
}

/// The values of a row in the order of [`insert`].
fn row(collection: &Collection) -> impl rusqlite::Params {
    let rules = collection.rules.clone();
    (
        collection.id.clone(),
        collection.system,
        collection.kind.name(),
        collection.name.clone(),
        collection.fields_json(),
        collection.indexes_json(),
        rules.list,
        rules.view,
        rules.create,
        rules.update,
        rules.delete,
        collection.options_json(),
        collection.created.clone(),
        collection.updated.clone(),
    )
}

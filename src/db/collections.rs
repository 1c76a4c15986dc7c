//! The rows of `_collections`.

use super::DbError;
use crate::schema::Collection;
use rusqlite::{Connection, Row, params};
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
            params![
                collection.id,
                collection.system,
                collection.kind.name(),
                collection.name,
                collection.fields_json(),
                collection.indexes_json(),
                collection.rules.list,
                collection.rules.view,
                collection.rules.create,
                collection.rules.update,
                collection.rules.delete,
                collection.options_json(),
                collection.created,
                collection.updated,
            ],
        )
        .map(drop)
}

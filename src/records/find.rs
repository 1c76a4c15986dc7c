//! Records as they are stored, whoever may see them.

use crate::events::Record;
use crate::schema::{Collection, ddl};
use rusqlite::{Connection, OptionalExtension};

/// Reads a record by id, all columns.
pub fn find(connection: &Connection, collection: &Collection, id: &str) -> rusqlite::Result<Option<Record>> {
    let sql = format!("{} WHERE id = ?1", select_all(collection));
    connection.prepare_cached(&sql)?.query_row([id], |row| Record::read(collection, row)).optional()
}

/// Reads the records that satisfy an SQL condition, all columns.
pub fn find_all(
    connection: &Connection,
    collection: &Collection,
    condition: &str,
    params: impl rusqlite::Params,
) -> rusqlite::Result<Vec<Record>> {
    let mut statement = connection.prepare_cached(&format!("{} WHERE {condition}", select_all(collection)))?;
    statement.query_map(params, |row| Record::read(collection, row))?.collect()
}

fn select_all(collection: &Collection) -> String {
    let columns: Vec<String> = collection.fields.iter().map(|field| ddl::quote(&field.name)).collect();
    format!("SELECT {} FROM {}", columns.join(", "), ddl::quote(&collection.name))
}

//! Finding the file of a record, and the record that it really belongs to.

use super::{RecordError, Scope};
use crate::schema::fields::{Field, FieldKind, FileField};
use crate::schema::view::mentions;
use crate::schema::{Collection, CollectionKind, ddl};
use rusqlite::{Connection, OptionalExtension};
use std::sync::Arc;

/// Views that read views that read views.
const MAX_VIEWS: usize = 5;

/// A file that a record names.
pub struct FoundFile {
    pub field: Field,
    pub field_options: FileField,
    /// Whose folder it lies in: for a view the collection and the record that it was taken from.
    pub owner: Arc<Collection>,
    pub owner_record: String,
}

/// The file of that name among those of the record; `None` when there is no such record or it names no such file.
///
/// # Errors
/// SQLite fails.
pub fn find_file(
    scope: &Scope<'_>,
    collection: &Arc<Collection>,
    id: &str,
    name: &str,
) -> Result<Option<FoundFile>, RecordError> {
    let Some((field, field_options)) = naming(scope.connection, collection, id, name)? else { return Ok(None) };
    let owner = if collection.is_view() {
        origin(scope, collection, name, MAX_VIEWS)?
    } else {
        Some((Arc::clone(collection), id.to_owned()))
    };
    Ok(owner.map(|(owner, owner_record)| FoundFile { field, field_options, owner, owner_record }))
}

/// The field of the record that names the file. Whatever else the record holds is not read.
fn naming(
    connection: &Connection,
    collection: &Collection,
    id: &str,
    name: &str,
) -> rusqlite::Result<Option<(Field, FileField)>> {
    let files: Vec<(&Field, &FileField)> = collection.fields.iter().filter_map(file_field).collect();
    if files.is_empty() {
        return Ok(None);
    }
    let columns: Vec<String> = files.iter().map(|(field, _)| ddl::quote(&field.name)).collect();
    let sql = format!("SELECT {} FROM {} WHERE id = ?1", columns.join(", "), ddl::quote(&collection.name));
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    for (at, (field, options)) in files.into_iter().enumerate() {
        if field.kind.as_type().read(row.get_ref(at)?).items().contains(&name) {
            return Ok(Some((field.clone(), options.clone())));
        }
    }
    Ok(None)
}

fn file_field(field: &Field) -> Option<(&Field, &FileField)> {
    match &field.kind {
        FieldKind::File(options) => Some((field, options)),
        _ => None,
    }
}

/// The record that a file of a view was taken from. Names of files are never used twice, so the first record that names
/// it is the one.
fn origin(
    scope: &Scope<'_>,
    view: &Collection,
    name: &str,
    views: usize,
) -> Result<Option<(Arc<Collection>, String)>, RecordError> {
    let CollectionKind::View { query } = &view.kind else { return Ok(None) };
    for source in scope.catalog.iter().filter(|source| source.id != view.id && mentions(query, &source.name)) {
        if source.is_view() {
            if views > 1
                && let Some(found) = origin(scope, source, name, views - 1)?
            {
                return Ok(Some(found));
            }
            continue;
        }
        for field in source.fields.iter().filter(|field| matches!(field.kind, FieldKind::File(_))) {
            let table = ddl::quote(&source.name);
            // With its table, since `json_each` has columns of its own.
            let column = format!("{table}.{}", ddl::quote(&field.name));
            let condition = if field.kind.as_type().is_multiple() {
                format!("EXISTS (SELECT 1 FROM json_each({}) WHERE value = ?1)", ddl::as_list(&column))
            } else {
                format!("{column} = ?1")
            };
            let sql = format!("SELECT {table}.`id` FROM {table} WHERE {condition} LIMIT 1");
            let found = scope.connection.prepare_cached(&sql)?.query_row([name], |row| row.get(0)).optional()?;
            if let Some(id) = found {
                return Ok(Some((Arc::clone(source), id)));
            }
        }
    }
    Ok(None)
}

//! Finding the file of a record, and the record that it really belongs to.

use super::{RecordError, Scope, find};
use crate::events::Record;
use crate::schema::fields::{Field, FieldKind, FileField};
use crate::schema::view::mentions;
use crate::schema::{Collection, CollectionKind, ddl};
use rusqlite::OptionalExtension;
use std::sync::Arc;

/// Views that read views that read views.
const MAX_VIEWS: usize = 5;

/// A file that a record names.
pub struct FoundFile {
    pub record: Record,
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
    let Some(record) = find(scope.connection, collection, id)? else { return Ok(None) };
    let named = collection.fields.iter().zip(&record.values).find_map(|(field, value)| match &field.kind {
        FieldKind::File(options) if value.items().contains(&name) => Some((field.clone(), options.clone())),
        _ => None,
    });
    let Some((field, field_options)) = named else { return Ok(None) };
    let owner = if collection.is_view() {
        origin(scope, collection, name, MAX_VIEWS)?
    } else {
        Some((Arc::clone(collection), id.to_owned()))
    };
    Ok(owner.map(|(owner, owner_record)| FoundFile { record, field, field_options, owner, owner_record }))
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

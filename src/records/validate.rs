//! Validation of a whole record: each field by its type, then what only the database knows.

use super::draft::{Draft, Upload, check_file_names};
use super::{Scope, sessions};
use crate::schema::fields::{Field, FieldKind, TextField};
use crate::schema::validate::PROVIDERS;
use crate::schema::{Collection, ErrorTree, FieldError, ddl};
use rusqlite::OptionalExtension;

const DEFAULT_ID_PATTERN: &str = "^[a-z0-9]+$";

/// All errors of a record, by field. `known` tells of records, by the ids of their collection and their own, that count as
/// existing although they are not stored yet.
///
/// # Errors
/// SQLite fails.
pub fn validate(
    scope: &Scope<'_>,
    collection: &Collection,
    draft: &Draft,
    uploads: &[Upload],
    known: &dyn Fn(&str, &str) -> bool,
) -> rusqlite::Result<ErrorTree> {
    let mut errors = ErrorTree::new();
    check_file_names(collection, draft, uploads, &mut errors);
    for (at, field) in collection.fields.iter().enumerate() {
        let value = &draft.record.values[at];
        let checked = match &field.kind {
            FieldKind::Text(text) if text.primary_key => primary_key(scope, collection, field, text, draft)?,
            FieldKind::Relation(relation) => match field.kind.as_type().validate(field, value) {
                Ok(()) => related_records_exist(scope, &relation.collection_id, &value.items(), known)?,
                refused => refused,
            },
            FieldKind::File(file) => match field.kind.as_type().validate(field, value) {
                Ok(()) => new_files(file, uploads, &value.items()),
                refused => refused,
            },
            kind => kind.as_type().validate(field, value),
        };
        if let Err(error) = checked {
            errors.insert(&field.name, error);
        }
    }
    if collection.is_auth() && draft.original.is_none() && errors.is_empty() {
        let id = draft.record.id(collection);
        if used_in_another_auth_collection(scope, collection, id)? {
            let message = "Invalid or duplicated auth record id.";
            errors.insert("id", FieldError::new("validation_invalid_auth_id", message));
        }
    }
    if errors.is_empty()
        && sessions::OWNED.contains(&collection.name.as_str())
        && let Some((field, error)) = owner(scope, collection, draft)?
    {
        errors.insert(field, error);
    }
    Ok(errors)
}

/// What is wrong with the auth record that a row of a system collection belongs to; one error at a time.
fn owner(
    scope: &Scope<'_>,
    collection: &Collection,
    draft: &Draft,
) -> rusqlite::Result<Option<(&'static str, FieldError)>> {
    let text = |field| draft.record.text(collection, field);
    let Some(target) = scope.catalog.by_id(text("collectionRef")) else {
        let error = FieldError::new("validation_invalid_collection_id", "Missing or invalid collection.");
        return Ok(Some(("collectionRef", error)));
    };
    if !target.is_auth() {
        let message = "Invalid collection type - must be auth.";
        return Ok(Some(("collectionRef", FieldError::new("validation_invalid_collection_type", message))));
    }
    let sql = format!("SELECT 1 FROM {} WHERE id = ?1", ddl::quote(&target.name));
    if !scope.connection.prepare_cached(&sql)?.exists([text("recordRef")])? {
        let error = FieldError::new("validation_invalid_record", "Missing or invalid record.");
        return Ok(Some(("recordRef", error)));
    }
    let unknown = collection.field("provider").is_some() && !PROVIDERS.contains(&text("provider"));
    Ok(unknown.then(|| ("provider", FieldError::in_invalid())))
}

fn primary_key(
    scope: &Scope<'_>,
    collection: &Collection,
    field: &Field,
    text: &TextField,
    draft: &Draft,
) -> rusqlite::Result<Result<(), FieldError>> {
    let id = draft.record.id(collection);
    if let Some(original) = &draft.original {
        if original.id(collection) != id {
            let message = "The record primary key cannot be changed.";
            return Ok(Err(FieldError::new("validation_pk_change", message)));
        }
        return Ok(Ok(()));
    }
    let custom = text.pattern != DEFAULT_ID_PATTERN;
    if custom && !id.is_empty() && exists_ignoring_case(scope, collection, id)? {
        let message = "The record primary key is invalid or already exists.";
        return Ok(Err(FieldError::new("validation_pk_invalid", message)));
    }
    let value = draft.record.get(collection, "id").expect("every collection has an id");
    Ok(field.kind.as_type().validate(field, value).and_then(|()| if custom { safe_as_path(id) } else { Ok(()) }))
}

/// Ids become folder names in the storage.
fn safe_as_path(id: &str) -> Result<(), FieldError> {
    const FORBIDDEN: &str = "./\\|\"'`<>:?*%$\0\t\n\r ";
    const RESERVED: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];
    if let Some(c) = id.chars().find(|c| FORBIDDEN.contains(*c)) {
        let message = format!("'{c}' is not a valid primary key character.");
        return Err(FieldError::new("validation_forbidden_pk_character", message).with("ch", c.to_string()));
    }
    let upper = id.to_ascii_uppercase();
    let numbered = |prefix: &str| {
        upper
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.len() == 1 && ('1'..='9').contains(&char::from(rest.as_bytes()[0])))
    };
    if RESERVED.contains(&upper.as_str()) || numbered("COM") || numbered("LPT") {
        let message = format!("The primary key '{upper}' is reserved and cannot be used.");
        return Err(FieldError::new("validation_reserved_pk", message).with("reserved", upper));
    }
    Ok(())
}

fn exists_ignoring_case(scope: &Scope<'_>, collection: &Collection, id: &str) -> rusqlite::Result<bool> {
    let sql = format!("SELECT 1 FROM {} WHERE id = ?1 COLLATE NOCASE", ddl::quote(&collection.name));
    Ok(scope.connection.prepare_cached(&sql)?.query_row([id], |_| Ok(())).optional()?.is_some())
}

fn used_in_another_auth_collection(scope: &Scope<'_>, collection: &Collection, id: &str) -> rusqlite::Result<bool> {
    for other in scope.catalog.iter().filter(|other| other.is_auth() && other.id != collection.id) {
        let sql = format!("SELECT 1 FROM {} WHERE id = ?1", ddl::quote(&other.name));
        if scope.connection.prepare_cached(&sql)?.query_row([id], |_| Ok(())).optional()?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn related_records_exist(
    scope: &Scope<'_>,
    collection_id: &str,
    ids: &[&str],
    known: &dyn Fn(&str, &str) -> bool,
) -> rusqlite::Result<Result<(), FieldError>> {
    if ids.is_empty() {
        return Ok(Ok(()));
    }
    let Some(target) = scope.catalog.by_id(collection_id) else {
        let message = "Relation connection is missing or cannot be accessed.";
        return Ok(Err(FieldError::new("validation_missing_rel_collection", message)));
    };
    let sql = format!("SELECT 1 FROM {} WHERE id = ?1", ddl::quote(&target.name));
    let mut statement = scope.connection.prepare_cached(&sql)?;
    for id in ids.iter().filter(|id| !known(collection_id, id)) {
        if statement.query_row([id], |_| Ok(())).optional()?.is_none() {
            let message = "Failed to find all relation records with the provided ids.";
            return Ok(Err(FieldError::new("validation_missing_rel_records", message)));
        }
    }
    Ok(Ok(()))
}

fn new_files(file: &crate::schema::fields::FileField, uploads: &[Upload], names: &[&str]) -> Result<(), FieldError> {
    for upload in uploads.iter().filter(|upload| names.contains(&upload.stored_name.as_str())) {
        let limit = file.size_limit();
        if i64::try_from(upload.content.size()).unwrap_or(i64::MAX) > limit {
            let message =
                format!("Failed to upload {} - the maximum allowed file size is {limit} bytes.", upload.original_name);
            return Err(FieldError::new("validation_file_size_limit", message)
                .with("file", upload.original_name.clone())
                .with("maxSize", limit));
        }
        let is = |accepted: &String| crate::files::mime::is(upload.content.head(), accepted);
        if !file.mime_types.is_empty() && !file.mime_types.iter().any(is) {
            let message =
                format!("\"{}\" mime type must be one of: {}.", upload.stored_name, file.mime_types.join(", "));
            return Err(FieldError::new("validation_invalid_mime_type", message));
        }
    }
    Ok(())
}

//! Index lists (spec 01 §4.5).

use crate::schema::index::Index;
use crate::schema::{Catalog, Collection, ErrorTree, FieldError};
use std::sync::Arc;

pub fn check(catalog: &Catalog, new: &Collection, old: Option<&Collection>, errors: &mut ErrorTree) {
    if new.is_view() {
        if !new.indexes.is_empty() {
            let message = "View collections don't support indexes.";
            errors.insert("indexes", FieldError::new("validation_indexes_not_supported", message));
        }
        return;
    }
    if let Some((path, error)) = first_error(catalog, new, old) {
        errors.insert(&path, error);
    }
}

fn first_error(catalog: &Catalog, new: &Collection, old: Option<&Collection>) -> Option<(String, FieldError)> {
    let mut seen: Vec<Index> = Vec::new();
    for (at, text) in new.indexes.iter().enumerate() {
        let fail = |code: &str, message: String| Some((format!("indexes.{at}"), FieldError::new(code, message)));
        let Some(index) = Index::parse(text) else {
            return Some((format!("indexes.{at}"), FieldError::invalid_index()));
        };
        if seen.iter().any(|other| other.name.eq_ignore_ascii_case(&index.name)) {
            return fail("validation_duplicated_index_name", "The index name already exists.".into());
        }
        if let Some(table) = used_elsewhere(catalog, new, &index.name) {
            let message = format!("The index name is already used in {table} collection.");
            let (path, error) = fail("validation_existing_index_name", message)?;
            return Some((path, error.with("usedTableName", table)));
        }
        if seen.iter().any(|other| other.definition() == index.definition()) {
            return fail("validation_duplicated_index_definition", "The index definition already exists.".into());
        }
        seen.push(index);
    }
    if let Some(field) = old.and_then(|old| lost_system_index(old, &seen)) {
        let message = format!("Unique index definition on system fields ({field}) is invalid or missing.");
        let error = FieldError::new("validation_invalid_unique_system_field_index", message);
        return Some(("indexes".into(), error.with("fieldName", field)));
    }
    let required = if new.is_auth() { &["tokenKey", "email"][..] } else { &[] };
    let missing = required.iter().find(|column| !seen.iter().any(|index| index.is_unique_on(column)))?;
    let message = format!("Missing required unique index for field {missing:?}.");
    Some(("indexes".into(), FieldError::new("validation_missing_required_unique_index", message)))
}

fn used_elsewhere(catalog: &Catalog, new: &Collection, name: &str) -> Option<String> {
    // Parsing every index of every other collection takes long where there are many.
    let word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let first = name.bytes().next().unwrap_or_default();
    let may_have = |text: &str| {
        let mut parts = text.as_bytes().windows(name.len().max(1));
        !word || parts.any(|part| part[0].eq_ignore_ascii_case(&first) && part.eq_ignore_ascii_case(name.as_bytes()))
    };
    let has = |other: &Collection| {
        let texts = other.indexes.iter().filter(|text| may_have(text));
        texts.filter_map(|text| Index::parse(text)).any(|index| index.name.eq_ignore_ascii_case(name))
    };
    // One of the same name is refused for that.
    let elsewhere = |other: &&Arc<Collection>| other.id != new.id && !other.name.eq_ignore_ascii_case(&new.name);
    catalog.iter().filter(elsewhere).find(|other| has(other)).map(|other| other.name.clone())
}

/// The system field of a unique index that disappeared; name, collation, order and condition may change.
fn lost_system_index(old: &Collection, kept: &[Index]) -> Option<String> {
    old.indexes.iter().filter_map(|text| Index::parse(text)).filter(|index| index.unique).find_map(|index| {
        let field = index.columns.iter().find_map(|column| {
            old.fields.iter().find(|field| field.system && field.name.eq_ignore_ascii_case(&column.name))
        })?;
        let lost = !kept.iter().any(|other| other.uniqueness() == index.uniqueness());
        lost.then(|| field.name.clone())
    })
}

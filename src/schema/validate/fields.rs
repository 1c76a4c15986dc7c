//! Field lists (spec 01 §3.1): the checks of the whole list come first and stop at the first failure.

use super::{found_via, is_word};
use crate::schema::system::auth_fields;
use crate::schema::{Catalog, Collection, ErrorTree, Field, FieldError, FieldKind};

const RESERVED: [&str; 7] = ["null", "true", "false", "_rowid_", "collectionId", "collectionName", "expand"];

pub fn check(catalog: &Catalog, new: &Collection, old: Option<&Collection>, errors: &mut ErrorTree) {
    if let Some((path, error)) = check_list(new, old) {
        return errors.insert(&path, error);
    }
    let primary = |field: &&Field| matches!(&field.kind, FieldKind::Text(text) if text.primary_key);
    let composite = new.fields.iter().filter(primary).count() > 1;
    for (at, field) in new.fields.iter().enumerate() {
        let path = format!("fields.{at}");
        if composite && primary(&field) {
            let message = "Composite PKs are not supported and the collection must have only 1 PK.";
            let error = FieldError::new("validation_unsupported_composite_pk", message);
            errors.insert(&format!("{path}.primaryKey"), error);
        }
        check_common(field, &path, errors);
        let mut options = Vec::new();
        field.kind.as_type().check_options(field, &mut options);
        for (option, error) in options {
            errors.insert(&format!("{path}.{option}"), error);
        }
        let old_field = old.and_then(|old| old.field_by_id(&field.id));
        check_relation(catalog, new, field, old_field, &path, errors);
        check_autodate(field, old_field, &path, errors);
    }
}

fn check_list(new: &Collection, old: Option<&Collection>) -> Option<(String, FieldError)> {
    for (at, field) in new.fields.iter().enumerate() {
        if new.fields[..at].iter().any(|other| other.name.eq_ignore_ascii_case(&field.name)) {
            let message = format!("Duplicated or invalid field name {}.", field.name);
            let error = FieldError::new("validation_duplicated_field_name", message);
            return Some((format!("fields.{at}.name"), error.with("fieldName", field.name.as_str())));
        }
    }
    let whole = |code: &str, message: &str| Some(("fields".to_owned(), FieldError::new(code, message)));
    if new.fields.is_empty() {
        return Some(("fields".to_owned(), FieldError::required()));
    }
    if !has_primary_key(new) {
        return Some(("fields".to_owned(), missing_primary_key()));
    }
    if new.is_auth() {
        for default in auth_fields() {
            let good = new.field(&default.name).is_some_and(|field| field.kind.name() == default.kind.name());
            if !good {
                let code = format!("validation_missing_{}_field", default.name);
                return whole(&code, &format!("Missing or invalid system {} field.", default.name));
            }
        }
    }
    if let Some(old) = old {
        let changed = |field: &&Field| new.field_by_id(&field.id).is_none_or(|now| now.name != field.name);
        if !new.is_view() && old.fields.iter().filter(|field| field.system).any(|field| changed(&field)) {
            return whole("validation_system_field_change", "System fields cannot be deleted or renamed.");
        }
        for (at, field) in new.fields.iter().enumerate() {
            let kind = old.field_by_id(&field.id).map(|field| field.kind.name());
            if !new.is_view() && kind.is_some_and(|kind| kind != field.kind.name()) {
                let error = FieldError::new("validation_field_type_change", "Field type cannot be changed.");
                return Some((format!("fields.{at}"), error));
            }
        }
    }
    if new.is_auth() {
        let reserved = |field: &Field| matches!(field.name.as_str(), "passwordConfirm" | "oldPassword");
        if let Some(at) = new.fields.iter().position(reserved) {
            let error =
                FieldError::new("validation_reserved_field_name", "The field name is reserved and cannot be used.");
            return Some((format!("fields.{at}.name"), error));
        }
    }
    None
}

pub fn has_primary_key(collection: &Collection) -> bool {
    let primary = |field: &Field| matches!(&field.kind, FieldKind::Text(text) if text.primary_key);
    collection.field("id").is_some_and(primary)
}

pub fn missing_primary_key() -> FieldError {
    FieldError::new("validation_missing_primary_key", "Missing or invalid \"id\" PK field.")
}

fn check_common(field: &Field, path: &str, errors: &mut ErrorTree) {
    if field.id.is_empty() {
        errors.insert(&format!("{path}.id"), FieldError::required());
    } else if field.id.len() > 100 {
        errors.insert(&format!("{path}.id"), FieldError::length_out_of_range(1, 100));
    }
    if let Some(error) = field_name_error(&field.name) {
        errors.insert(&format!("{path}.name"), error);
    }
    if field.help.len() > 300 {
        errors.insert(&format!("{path}.help"), FieldError::length_out_of_range(1, 300));
    }
}

/// What is wrong with the name of a field.
pub fn field_name_error(name: &str) -> Option<FieldError> {
    if name.is_empty() {
        Some(FieldError::required())
    } else if name.len() > 100 {
        Some(FieldError::length_out_of_range(1, 100))
    } else if !is_word(name) {
        Some(FieldError::match_invalid())
    } else if RESERVED.contains(&name) {
        Some(FieldError::new("validation_not_in_invalid", "Must not be in list."))
    } else {
        found_via(name)
    }
}

fn check_relation(
    catalog: &Catalog,
    new: &Collection,
    field: &Field,
    old: Option<&Field>,
    path: &str,
    errors: &mut ErrorTree,
) {
    let FieldKind::Relation(relation) = &field.kind else { return };
    let path = format!("{path}.collectionId");
    if relation.collection_id.is_empty() {
        return;
    }
    if let Some(FieldKind::Relation(former)) = old.map(|old| &old.kind)
        && !new.is_view()
        && former.collection_id != relation.collection_id
    {
        let message = "The relation collection cannot be changed.";
        return errors.insert(&path, FieldError::new("validation_field_relation_change", message));
    }
    match catalog.by_id(&relation.collection_id) {
        None if relation.collection_id == new.id => {}
        None => {
            let message = "The relation collection doesn't exist.";
            errors.insert(&path, FieldError::new("validation_field_relation_missing_collection", message));
        }
        Some(target) if target.is_view() && !new.is_view() => {
            let message = "Only view collections are allowed to have relations to other views.";
            errors.insert(&path, FieldError::new("validation_relation_field_non_view_base_collection", message));
        }
        Some(_) => {}
    }
}

fn check_autodate(field: &Field, old: Option<&Field>, path: &str, errors: &mut ErrorTree) {
    let (FieldKind::Autodate(now), Some(FieldKind::Autodate(former))) = (&field.kind, old.map(|old| &old.kind)) else {
        return;
    };
    if !field.system {
        return;
    }
    let flags = [("onCreate", now.on_create != former.on_create), ("onUpdate", now.on_update != former.on_update)];
    for (name, _) in flags.into_iter().filter(|(_, changed)| *changed) {
        let error = FieldError::new("validation_values_mismatch", "Values don't match.");
        errors.insert(&format!("{path}.{name}"), error);
    }
}

//! What every collection gets when it is saved: its primary key, the fields and indexes of an auth collection, and
//! index statements that name the right table (spec 01 §2.4, §4.5).

use super::fields::{Field, FieldKind};
use super::index::Index;
use super::system::{auth_fields, auth_indexes, id_field};
use super::{Collection, CollectionKind, collection_id};

/// Completes a collection in place. Doing it twice changes nothing.
pub fn normalise(collection: &mut Collection) {
    if collection.id.is_empty() {
        collection.id = collection_id(collection.kind.name(), &collection.name);
    }
    if collection.is_view() {
        return;
    }
    complete_id(collection);
    if collection.is_auth() {
        complete_auth_fields(collection);
    }
    for text in &mut collection.indexes {
        if let Some(mut index) = Index::parse(text)
            && index.table != collection.name
            && !collection.name.is_empty()
        {
            index.table.clone_from(&collection.name);
            *text = index.build();
        }
    }
    if collection.is_auth() {
        complete_auth_indexes(collection);
        reset_unknown_mappings(collection);
    }
}

fn complete_id(collection: &mut Collection) {
    let found =
        collection.fields.iter_mut().find(|field| field.name == "id" && matches!(field.kind, FieldKind::Text(_)));
    let Some(field) = found else {
        let default = id_field();
        // A field that has taken its id takes its place too, and is found to be no primary key.
        if collection.field_by_id(&default.id).is_none() {
            collection.fields.insert(0, default);
        }
        return;
    };
    (field.system, field.required, field.hidden) = (true, true, false);
    if let FieldKind::Text(text) = &mut field.kind {
        text.primary_key = true;
        if text.pattern.is_empty() {
            text.pattern = "^[a-z0-9]+$".into();
        }
    }
}

fn complete_auth_fields(collection: &mut Collection) {
    for default in auth_fields() {
        match collection.fields.iter_mut().find(|field| field.name == default.name) {
            None => collection.fields.push(default),
            Some(field) => {
                if field.kind.name() != default.kind.name() {
                    *field = Field { id: field.id.clone(), ..default.clone() };
                }
                field.system = true;
                match default.name.as_str() {
                    "password" | "tokenKey" => (field.hidden, field.required) = (true, true),
                    "email" => field.hidden = false,
                    _ => {}
                }
            }
        }
    }
}

fn complete_auth_indexes(collection: &mut Collection) {
    let [token_key, email] = auth_indexes(&collection.id, &collection.name);
    for (column, statement) in [("tokenKey", token_key), ("email", email)] {
        let present = |text: &String| Index::parse(text).is_some_and(|index| index.is_unique_on(column));
        if !collection.indexes.iter().any(present) {
            collection.indexes.push(statement);
        }
    }
}

fn reset_unknown_mappings(collection: &mut Collection) {
    let names: Vec<String> = collection.fields.iter().map(|field| field.name.clone()).collect();
    let CollectionKind::Auth(options) = &mut collection.kind else { return };
    let mapped = &mut options.oauth2.mapped_fields;
    for name in [&mut mapped.id, &mut mapped.name, &mut mapped.username, &mut mapped.avatar_url] {
        if !names.contains(name) {
            name.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_auth_collection_is_completed_once() {
        let mut members = Collection::new("members", CollectionKind::Auth(Box::default()));
        normalise(&mut members);
        let names: Vec<_> = members.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["id", "password", "tokenKey", "email", "emailVisibility", "verified"]);
        assert_eq!(members.indexes.len(), 2);
        let once = members.clone();
        normalise(&mut members);
        assert_eq!(members, once);
    }
}

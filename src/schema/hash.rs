//! A hash of a schema that stays when nothing of meaning changes.
//!
//! Left out: system collections, defaults (so that a new option in a later pbr breaks no chain), timestamps, secrets,
//! and the fields of views, which follow from their query.

use super::{AuthOptions, Collection, CollectionKind, FieldKind};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

/// `h1:` and the SHA-256 of the canonical form of the user collections.
pub fn schema_hash<'a>(collections: impl IntoIterator<Item = &'a Collection>) -> String {
    let mut user: Vec<&Collection> = collections.into_iter().filter(|collection| !collection.system).collect();
    user.sort_by(|a, b| a.id.cmp(&b.id));
    let canonical: Vec<Json> = user.into_iter().map(canonical).collect();
    format!("h1:{}", sha256(Json::Array(canonical).to_string().as_bytes()))
}

/// Hexadecimal SHA-256.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The collection without defaults and secrets; keys are sorted.
pub fn canonical(collection: &Collection) -> Json {
    let mut object = Map::new();
    object.insert("id".into(), json!(collection.id));
    object.insert("name".into(), json!(collection.name));
    object.insert("type".into(), json!(collection.kind.name()));
    for (name, rule) in collection.rules.named() {
        if let Some(rule) = rule {
            object.insert(format!("{name}Rule"), json!(rule));
        }
    }
    match &collection.kind {
        CollectionKind::View { query } => {
            object.insert("viewQuery".into(), json!(query));
            return Json::Object(object);
        }
        CollectionKind::Auth(options) => {
            let options = json!(options.redacted());
            let defaults = json!(AuthOptions::default().redacted());
            object.insert("options".into(), difference(&options, &defaults).unwrap_or_else(|| json!({})));
        }
        CollectionKind::Base => {}
    }
    object
        .insert("fields".into(), collection.fields.iter().map(|field| canonical_field(&field.definition())).collect());
    object.insert("indexes".into(), json!(collection.indexes));
    Json::Object(object)
}

fn canonical_field(field: &Json) -> Json {
    let kind = field["type"].as_str().and_then(FieldKind::named);
    let defaults = kind.map(|kind| kind.options()).unwrap_or_default();
    let is_default = |key: &str, value: &Json| match defaults.get(key) {
        Some(default) => value == default,
        None => matches!(value, Json::Bool(false)) || value.as_str() == Some(""),
    };
    let object = field.as_object().into_iter().flatten();
    Json::Object(object.filter(|(key, value)| !is_default(key, value)).map(|(k, v)| (k.clone(), v.clone())).collect())
}

/// What differs from the defaults, objects compared key by key; a key that became null stays as null.
pub fn difference(value: &Json, default: &Json) -> Option<Json> {
    match (value, default) {
        (Json::Object(value), Json::Object(default)) => {
            let changed: Map<String, Json> = value
                .iter()
                .filter_map(|(key, value)| {
                    let changed = match default.get(key) {
                        Some(default) => difference(value, default)?,
                        None => value.clone(),
                    };
                    Some((key.clone(), changed))
                })
                .collect();
            (!changed.is_empty()).then_some(Json::Object(changed))
        }
        (value, default) => (value != default).then(|| value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::system::{initial_collections, users};

    #[test]
    fn secrets_timestamps_and_system_collections_do_not_count() {
        let mut later = users();
        later.created = "2026-01-01 00:00:00.000Z".into();
        assert_eq!(schema_hash(&[later.clone()]), schema_hash(&initial_collections()));
        later.auth_mut().unwrap().otp.length = 6;
        assert_ne!(schema_hash(&[later]), schema_hash(&initial_collections()));
    }
}

//! Everything that is checked when a collection is saved, with PocketBase's codes and paths (spec 01 §2.5, §2.8,
//! §3.1, §3.4, §4.5). The HTTP API and the YAML files share it.
//!
//! Pure: it sees the definitions, not the database. What only SQLite can tell (an index expression that does not
//! compile, rows that violate a new unique index) is found when the change is applied.

mod auth;
mod fields;
mod indexes;

pub use auth::PROVIDERS;
pub use fields::{field_name_error, has_primary_key, missing_primary_key};

use super::fields::ascii_regex;
use super::{Catalog, Collection, CollectionKind, ErrorTree, FieldError, sentence};
use regex::Regex;
use std::sync::LazyLock;

/// Compiles a rule against a collection of a catalog; the error is its reason.
pub type RuleCheck<'a> = &'a (dyn Fn(&Catalog, &Collection, &str) -> Result<(), String> + Sync);

/// Tables that no collection may be named after.
const INTERNAL_TABLES: [&str; 10] = [
    "_params",
    "_collections",
    "_migrations",
    "_pbr_extras",
    "_pbr_seeds",
    "_pbr_seeds_applied",
    "refinery_schema_history",
    "sqlite_schema",
    "sqlite_master",
    "sqlite_stat1",
];

/// Checks a normalised collection. `catalog` holds all collections, `new` among them or not; `old` is the stored
/// state of an update. Empty when all is well.
pub fn validate(catalog: &Catalog, new: &Collection, old: Option<&Collection>, check_rule: RuleCheck<'_>) -> ErrorTree {
    let mut errors = ErrorTree::new();
    if let Some(error) = check_name(catalog, new, old) {
        errors.insert("name", error);
    }
    check_identity(new, old, &mut errors);
    check_rules(catalog, new, old, check_rule, &mut errors);
    fields::check(catalog, new, old, &mut errors);
    indexes::check(catalog, new, old, &mut errors);
    match &new.kind {
        CollectionKind::Base => {}
        CollectionKind::Auth(options) => {
            auth::check(old, new, options, &|rule| check_rule(catalog, new, rule), &mut errors);
        }
        CollectionKind::View { query } => check_query(catalog, new, query, &mut errors),
    }
    errors
}

fn check_name(catalog: &Catalog, new: &Collection, old: Option<&Collection>) -> Option<FieldError> {
    let name = &new.name;
    if name.is_empty() {
        return Some(FieldError::required());
    }
    if name.len() > 255 {
        return Some(FieldError::length_out_of_range(1, 255));
    }
    if let Some(error) = found_via(name) {
        return Some(error);
    }
    if !is_word(name) {
        return Some(FieldError::match_invalid());
    }
    if old.is_some_and(|old| old.system && old.name != *name) {
        let message = "System collection name cannot be changed.";
        return Some(FieldError::new("validation_collection_system_name_change", message));
    }
    let others = || catalog.iter().filter(|other| other.id != new.id);
    if others().any(|other| other.name.eq_ignore_ascii_case(name)) {
        return Some(name_exists());
    }
    if catalog.by_id(name).is_some() || (old.is_some() && new.id == *name) {
        let message = "The name must not match an existing collection id.";
        return Some(FieldError::new("validation_collection_name_id_duplicate", message));
    }
    if INTERNAL_TABLES.iter().any(|table| table.eq_ignore_ascii_case(name)) {
        let message = "The name shouldn't match with an existing internal table.";
        return Some(FieldError::new("validation_collection_name_invalid", message));
    }
    None
}

pub fn name_exists() -> FieldError {
    FieldError::new("validation_collection_name_exists", "Collection name must be unique (case insensitive).")
}

fn check_identity(new: &Collection, old: Option<&Collection>, errors: &mut ErrorTree) {
    if !(1..=100).contains(&new.id.len()) {
        errors.insert("id", FieldError::length_out_of_range(1, 100));
    } else if !is_word(&new.id) {
        errors.insert("id", FieldError::match_invalid());
    }
    let Some(old) = old else { return };
    if old.kind.name() != new.kind.name() {
        errors.insert("type", kind_change());
    }
    if old.system != new.system {
        let message = "System collection state cannot be changed.";
        errors.insert("system", FieldError::new("validation_collection_system_flag_change", message));
    }
}

pub fn kind_change() -> FieldError {
    FieldError::new("validation_collection_type_change", "Collection type cannot be changed.")
}

fn check_rules(
    catalog: &Catalog,
    new: &Collection,
    old: Option<&Collection>,
    check_rule: RuleCheck<'_>,
    errors: &mut ErrorTree,
) {
    let old_rules = old.map(|old| &old.rules);
    let rules = [
        ("listRule", &new.rules.list, old_rules.map(|rules| &rules.list)),
        ("viewRule", &new.rules.view, old_rules.map(|rules| &rules.view)),
        ("createRule", &new.rules.create, old_rules.map(|rules| &rules.create)),
        ("updateRule", &new.rules.update, old_rules.map(|rules| &rules.update)),
        ("deleteRule", &new.rules.delete, old_rules.map(|rules| &rules.delete)),
    ];
    for (name, rule, old_rule) in rules {
        if new.is_view() && !matches!(name, "listRule" | "viewRule") {
            if rule.is_some() {
                errors.insert(name, FieldError::new("validation_nil", "Must be blank."));
            }
            continue;
        }
        if let Some(error) = rule_error(rule.as_deref(), &|rule| check_rule(catalog, new, rule)) {
            errors.insert(name, error);
        } else if old.is_some_and(|old| old.system) && old_rule.is_some_and(|old_rule| old_rule != rule) {
            errors.insert(name, system_rule_change());
        }
    }
}

fn system_rule_change() -> FieldError {
    FieldError::new("validation_collection_system_rule_change", "System collection API rule cannot be changed.")
}

/// The error of a rule that does not compile; null and empty rules are fine.
fn rule_error(rule: Option<&str>, check: &dyn Fn(&str) -> Result<(), String>) -> Option<FieldError> {
    let rule = rule.filter(|rule| !rule.is_empty())?;
    let reason = check(rule).err()?;
    let message = sentence(&format!("Invalid rule. Raw error: {reason}"));
    Some(FieldError::new("validation_invalid_rule", message))
}

fn check_query(catalog: &Catalog, new: &Collection, query: &str, errors: &mut ErrorTree) {
    if query.is_empty() {
        errors.insert("viewQuery", FieldError::required());
        return;
    }
    // What SQLite told of the query counts more than what its text tells.
    if new.field("id").is_some() {
        return;
    }
    let inferred = super::view::infer_fields(&new.name, query, catalog);
    let reason = inferred.err().unwrap_or_else(|| super::view::MISSING_ID.to_owned());
    let message = sentence(&format!("Invalid query - {reason}"));
    errors.insert("viewQuery", FieldError::new("validation_invalid_view_query", message));
}

/// `_via_` is the syntax of back-relations.
fn found_via(name: &str) -> Option<FieldError> {
    let message = "The value cannot contain \"_via_\".";
    name.to_lowercase().contains("_via_").then(|| FieldError::new("validation_found_via", message))
}

fn is_word(text: &str) -> bool {
    static WORD: LazyLock<Regex> = LazyLock::new(|| ascii_regex(r"^\w+$").expect("the word pattern is valid"));
    WORD.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::super::system::initial_collections;
    use super::*;
    use crate::schema::{Field, FieldKind, normalise};
    use std::sync::Arc;

    fn catalog() -> Catalog {
        Catalog::new(initial_collections().into_iter().map(Arc::new), 1)
    }

    fn accept(_: &Catalog, _: &Collection, _: &str) -> Result<(), String> {
        Ok(())
    }

    fn codes(new: &Collection, old: Option<&Collection>) -> Vec<(String, String)> {
        let errors = validate(&catalog(), new, old, &accept);
        errors.leaves().into_iter().map(|(path, error)| (path, error.code.clone())).collect()
    }

    fn posts(fields: &[(&str, &str, serde_json::Value)]) -> Collection {
        let list: Vec<_> = fields
            .iter()
            .map(|(name, kind, options)| {
                let mut json = options.clone();
                json["name"] = (*name).into();
                json["type"] = (*kind).into();
                json
            })
            .collect();
        let mut collection = Collection::new("posts", CollectionKind::Base);
        collection.fields = crate::schema::fields::decode_fields(&list.into()).unwrap();
        normalise(&mut collection);
        collection
    }

    #[test]
    fn the_initial_collections_are_valid() {
        for collection in initial_collections() {
            assert_eq!(codes(&collection, Some(&collection)), [], "{}", collection.name);
        }
    }

    #[test]
    fn options_are_checked_with_their_codes() {
        let empty = serde_json::json!({});
        let posts = posts(&[
            ("a", "text", serde_json::json!({"min": 5, "max": 2})),
            ("b", "text", serde_json::json!({"pattern": "["})),
            ("c", "select", empty.clone()),
            ("d", "relation", empty.clone()),
            ("e", "autodate", empty.clone()),
            ("f", "file", serde_json::json!({"thumbs": ["0x0", "1x"]})),
            ("null", "bool", empty.clone()),
            ("A", "bool", empty),
            ("n", "number", serde_json::json!({"min": 5, "max": 0})),
        ]);
        // A duplicate name stops the per-field checks.
        assert_eq!(codes(&posts, None), [("fields.8.name".into(), "validation_duplicated_field_name".into())]);
        let mut posts = posts;
        posts.fields[8].name = "z".into();
        insta::assert_debug_snapshot!(codes(&posts, None));
    }

    #[test]
    fn names_are_checked_in_order() {
        let name = |name: &str| {
            let mut collection = posts(&[("t", "text", serde_json::json!({}))]);
            collection.name = name.into();
            codes(&collection, None).into_iter().find(|(path, _)| path == "name").map(|(_, code)| code)
        };
        assert_eq!(name("").unwrap(), "validation_required");
        assert_eq!(name("a-b").unwrap(), "validation_match_invalid");
        assert_eq!(name("a_VIA_b").unwrap(), "validation_found_via");
        assert_eq!(name("Users").unwrap(), "validation_collection_name_exists");
        assert_eq!(name("_pb_users_auth_").unwrap(), "validation_collection_name_id_duplicate");
        assert_eq!(name("_Params").unwrap(), "validation_collection_name_invalid");
        assert_eq!(name("1ok"), None);
    }

    #[test]
    fn updates_protect_types_and_system_fields() {
        let old = posts(&[("t", "text", serde_json::json!({}))]);
        let mut new = old.clone();
        new.fields[1].kind = FieldKind::named("bool").unwrap();
        assert_eq!(codes(&new, Some(&old)), [("fields.1".into(), "validation_field_type_change".into())]);
        let users = initial_collections().pop().unwrap();
        let mut renamed = users.clone();
        renamed.fields[1].name = "pass".into();
        renamed.fields.push(Field::new("password", FieldKind::named("password").unwrap()));
        assert_eq!(codes(&renamed, Some(&users))[0].1, "validation_system_field_change");
    }
}

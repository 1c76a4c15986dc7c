//! From documents to rows that can be written: collections resolved, labels turned into ids, order settled.

use super::derived_id;
use super::parse::{SeedDocument, SeedField, SeedRecord};
use super::value::{Written, written};
use crate::diagnostic::{Diagnostic, code, did_you_mean};
use crate::schema::{Catalog, Collection, FieldKind, ddl};
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The rows of one document.
pub struct PlannedDocument<'a> {
    pub document: &'a SeedDocument,
    pub collection: Arc<Collection>,
    pub rows: Vec<PlannedRow<'a>>,
}

pub struct PlannedRow<'a> {
    pub record: &'a SeedRecord,
    pub id: String,
    /// Values with references filled in.
    pub values: Map<String, Json>,
    /// Paths by file field.
    pub files: BTreeMap<String, Vec<String>>,
}

/// Ids by name of the collection and label.
type Labels<'a> = HashMap<(&'a str, &'a str), String>;

/// Natural keys by collection name, from `x-seed` of the schema files.
pub type SeedKeys = HashMap<String, String>;

/// Plans adapted documents of one run, those of the collections `only`; empty is all. They may refer to labels of the others.
///
/// # Errors
/// Unknown collections, fields and labels, all of them at once.
pub fn plan<'a>(
    connection: &Connection,
    catalog: &Catalog,
    documents: &'a [SeedDocument],
    only: &[String],
    seed_keys: &SeedKeys,
    seed: u64,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<PlannedDocument<'a>>, Vec<Diagnostic>> {
    let mut errors = Vec::new();
    let mut known: Vec<(&SeedDocument, Arc<Collection>)> = Vec::new();
    for document in documents {
        match catalog.get(&document.collection) {
            Some(collection) if collection.is_view() => {
                let message = format!("`{}` is a view and has no records of its own", document.collection);
                errors.push(at(document, &document.collection_span, message));
            }
            Some(collection) => known.push((document, Arc::clone(collection))),
            None => {
                let message = format!("the database has no collection `{}`", document.collection);
                let names = catalog.iter().map(|collection| collection.name.as_str());
                errors.push(at(document, &document.collection_span, message).suggest(&document.collection, names));
            }
        }
    }
    let labels = labels(connection, &known, seed_keys, seed, env, &mut errors);
    let mut planned = Vec::new();
    known.retain(|(_, collection)| only.is_empty() || only.contains(&collection.name));
    for (document, collection) in known {
        let rows = document
            .records
            .iter()
            .map(|record| row(catalog, document, &collection, record, &labels, env, &mut errors))
            .collect();
        planned.push(PlannedDocument { document, collection, rows });
    }
    if errors.is_empty() { Ok(in_order(planned)) } else { Err(errors) }
}

fn at(document: &SeedDocument, span: &std::ops::Range<usize>, message: String) -> Diagnostic {
    Diagnostic::new(code::SEED_INVALID, message).at(&document.source, span.clone())
}

/// The id of every label: that of the stored record with the same natural key, else a derived one.
fn labels<'a>(
    connection: &Connection,
    documents: &[(&'a SeedDocument, Arc<Collection>)],
    seed_keys: &SeedKeys,
    seed: u64,
    env: &dyn Fn(&str) -> Option<String>,
    errors: &mut Vec<Diagnostic>,
) -> Labels<'a> {
    let mut labels: Labels<'a> = HashMap::new();
    let mut keys: HashMap<(String, String), &str> = HashMap::new();
    let mut explicit_ids: HashMap<(String, String), (&SeedDocument, &SeedRecord)> = HashMap::new();
    for (document, collection) in documents {
        let key = match &document.key {
            Some((key, span)) if collection.field(key).is_none() => {
                let fields = collection.fields.iter().map(|field| field.name.as_str());
                let message = format!("`{}` has no field `{key}`", collection.name);
                errors.push(at(document, span, message).suggest(key, fields));
                continue;
            }
            Some((key, _)) => Some(key.as_str()),
            None => seed_keys.get(&collection.name).map(String::as_str).filter(|key| collection.field(key).is_some()),
        };
        for record in &document.records {
            if let Some(value) = key.and_then(|key| key_text(key, record, env))
                && let Some(other) = keys.insert((collection.name.clone(), value), &record.label)
            {
                let message =
                    format!("`{other}` has the same `{}`, which tells records apart", key.unwrap_or_default());
                errors.push(at(document, &record.span, message));
            }
            let explicit = record.fields.iter().find(|field| field.name == "id");
            let explicit = explicit.and_then(|field| match written(&field.value, env) {
                Ok(Written::Plain(Json::String(id))) => Some(id),
                _ => None,
            });
            if let Some(id) = &explicit
                && let Some((place, other)) =
                    explicit_ids.insert((collection.name.clone(), id.clone()), (document, record))
            {
                let line = place.source.line_column(other.span.start).0;
                let message = format!("`{}` has the id `{id}` too, at {}:{line}", other.label, place.source.path);
                errors.push(at(document, &record.span, message));
            }
            let id = explicit
                .or_else(|| key.and_then(|key| stored_id(connection, collection, key, record, env)))
                .unwrap_or_else(|| derived_id(&collection.name, &record.label, seed));
            let place = (document.collection.as_str(), record.label.as_str());
            if labels.insert(place, id).is_some() {
                errors.push(at(document, &record.span, format!("the label `{}` is used twice", record.label)));
            }
        }
    }
    labels
}

/// The value of the natural key as text; nothing where it is empty.
fn key_text(key: &str, record: &SeedRecord, env: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let field = record.fields.iter().find(|field| field.name == key)?;
    match written(&field.value, env) {
        Ok(Written::Plain(Json::Null)) | Err(_) => None,
        Ok(Written::Plain(value)) if value.as_str() == Some("") => None,
        Ok(written) => Some(format!("{written:?}")),
    }
}

fn stored_id(
    connection: &Connection,
    collection: &Collection,
    key: &str,
    record: &SeedRecord,
    env: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    let field = record.fields.iter().find(|field| field.name == key)?;
    let Ok(Written::Plain(value)) = written(&field.value, env) else { return None };
    let value = collection.field(key)?.kind.as_type().normalise(&value).to_sql();
    let sql = format!("SELECT id FROM {} WHERE {} = ?1", ddl::quote(&collection.name), ddl::quote(key));
    connection.prepare_cached(&sql).ok()?.query_row([value], |row| row.get(0)).optional().ok()?
}

fn row<'a>(
    catalog: &Catalog,
    document: &SeedDocument,
    collection: &Collection,
    record: &'a SeedRecord,
    labels: &Labels<'_>,
    env: &dyn Fn(&str) -> Option<String>,
    errors: &mut Vec<Diagnostic>,
) -> PlannedRow<'a> {
    let id = labels.get(&(document.collection.as_str(), record.label.as_str())).cloned().unwrap_or_default();
    let mut row = PlannedRow { record, id, values: Map::new(), files: BTreeMap::new() };
    for field in &record.fields {
        let Some(target) = collection.field(&field.name) else {
            let message = format!("`{}` has no field `{}`", collection.name, field.name);
            let names = collection.fields.iter().map(|field| field.name.as_str());
            errors.push(at(document, &field.span, message).suggest(&field.name, names));
            continue;
        };
        match written(&field.value, env) {
            Ok(Written::Plain(value)) => {
                row.values.insert(field.name.clone(), value);
            }
            Ok(Written::Files(paths)) if matches!(target.kind, FieldKind::File(_)) => {
                row.files.insert(field.name.clone(), paths);
            }
            Ok(Written::Files(_)) => {
                errors.push(at(document, &field.value.span, format!("`{}` is no file field", field.name)));
            }
            Ok(Written::References(references)) => {
                let ids = references.iter().filter_map(|(name, label)| {
                    let name = catalog.get(name).map_or(name, |target| &target.name);
                    resolve(document, field, (name, label), labels, errors)
                });
                let value = ids.map(Json::from).collect();
                row.values.insert(field.name.clone(), Json::Array(value));
            }
            Err(message) => errors.push(at(document, &field.value.span, message)),
        }
    }
    row
}

fn resolve(
    document: &SeedDocument,
    field: &SeedField,
    (collection, label): (&str, &str),
    labels: &Labels<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<String> {
    let found = labels.get(&(collection, label));
    if found.is_none() {
        let message = format!("no seed of `{collection}` is labelled `{label}`");
        let known: Vec<&str> = labels.keys().filter(|(name, _)| *name == collection).map(|(_, label)| *label).collect();
        let mut error = at(document, &field.value.span, message);
        error.help = Some(match did_you_mean(label, &known) {
            Some(similar) => format!("did you mean `@{collection}.{similar}`?"),
            None if known.is_empty() => format!("no seeds of `{collection}` are in this run"),
            None => format!("there are {} labels of `{collection}`", known.len()),
        });
        errors.push(error);
    }
    found.cloned()
}

/// Documents after those that they refer to, otherwise in file order; a cycle keeps the file order.
fn in_order(mut planned: Vec<PlannedDocument<'_>>) -> Vec<PlannedDocument<'_>> {
    let mut ordered: Vec<PlannedDocument<'_>> = Vec::with_capacity(planned.len());
    while !planned.is_empty() {
        let waiting: BTreeSet<String> = planned.iter().map(|document| document.collection.id.clone()).collect();
        let free = planned.iter().position(|document| {
            let own = &document.collection.id;
            document.collection.relations().all(|(_, target)| target == own || !waiting.contains(target))
        });
        ordered.push(planned.remove(free.unwrap_or(0)));
    }
    ordered
}

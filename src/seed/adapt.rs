//! Documents as the database takes them: its names of collections, labels that only one list has, texts of text fields.

use super::parse::{GenerateEntry, SeedDocument, SeedField};
use crate::diagnostic::{Diagnostic, Source, code};
use crate::schema::yaml::node::{Node, Value, plain};
use crate::schema::{Catalog, Collection};
use std::collections::HashMap;
use std::sync::Arc;

/// Adapts the documents of all files and groups: what one of them gets does not depend on which others are seeded.
///
/// # Errors
/// Numbers and booleans of text fields of which nobody knows how they were written, each at its place.
pub fn adapt(catalog: &Catalog, documents: &[SeedDocument]) -> Result<Vec<SeedDocument>, Vec<Diagnostic>> {
    let mut documents = documents.to_vec();
    let mut errors = Vec::new();
    for document in &mut documents {
        // Unknown collections are reported by the plan.
        let Some(collection) = catalog.get(&document.collection) else { continue };
        document.collection.clone_from(&collection.name);
        let source = Arc::clone(&document.source);
        for record in &mut document.records {
            keep_texts(collection, &mut record.fields, &source, &mut errors);
        }
        for entry in &mut document.generate {
            adapt_entry(catalog, collection, entry, &source, &mut errors);
        }
    }
    label_lists(&mut documents);
    number_entries(&mut documents);
    if errors.is_empty() { Ok(documents) } else { Err(errors) }
}

fn adapt_entry(
    catalog: &Catalog,
    collection: &Collection,
    entry: &mut GenerateEntry,
    source: &Arc<Source>,
    errors: &mut Vec<Diagnostic>,
) {
    keep_texts(collection, &mut entry.with, source, errors);
    for (name, child) in &mut entry.each {
        if let Some(collection) = catalog.get(name) {
            name.clone_from(&collection.name);
            adapt_entry(catalog, collection, child, source, errors);
        }
    }
}

/// Tells the records of one list from those of the others of its collection. The first list has the labels `#0`, `#1` and
/// so on, as all of them once had; lists of `required` come first, since production has no others.
fn label_lists(documents: &mut [SeedDocument]) {
    let mut lists: Vec<&mut SeedDocument> = documents.iter_mut().filter(|document| document.lists > 0).collect();
    lists.sort_by_key(|document| document.group);
    let mut counts: HashMap<String, usize> = HashMap::new();
    for document in &mut lists {
        let number = counts.entry(document.collection.clone()).or_default();
        *number += 1;
        if *number > 1 {
            for (at, record) in document.records.iter_mut().enumerate() {
                record.label = format!("#{number}-{at}");
            }
        }
    }
    for document in lists {
        document.lists = counts[&document.collection];
    }
}

/// Tells the entries of a collection from each other, those of `required` first.
fn number_entries(documents: &mut [SeedDocument]) {
    let mut ordered: Vec<&mut SeedDocument> = documents.iter_mut().collect();
    ordered.sort_by_key(|document| document.group);
    let mut counts: HashMap<String, usize> = HashMap::new();
    for document in ordered {
        let count = counts.entry(document.collection.clone()).or_default();
        for entry in &mut document.generate {
            entry.number = *count;
            *count += 1;
        }
    }
}

fn keep_texts(collection: &Collection, fields: &mut [SeedField], source: &Arc<Source>, errors: &mut Vec<Diagnostic>) {
    for field in fields {
        if collection.field(&field.name).is_some_and(|known| known.kind.as_type().is_written_as_text()) {
            keep_text(&field.name, &mut field.value, source, errors);
        }
    }
}

/// A text without quotes that YAML takes for a number or boolean stays as it was written: `0012` is not 12.
fn keep_text(field: &str, node: &mut Node, source: &Arc<Source>, errors: &mut Vec<Diagnostic>) {
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| keep_text(field, item, source, errors)),
        // The values to choose from; other options of a generator are no texts of the field.
        Value::Map(entries) => {
            if let Some(pick) = entries.iter_mut().find(|entry| entry.key == "pick") {
                keep_text(field, &mut pick.value, source, errors);
            }
        }
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => match source.text.get(node.span.clone()) {
            Some(written) if plain(written) == node.value => node.value = Value::Text(written.to_owned()),
            // An alias.
            _ => {
                let message = format!("`{field}` is text, and this stands for {}", node.kind());
                let error = Diagnostic::new(code::SEED_INVALID, message).at(source, node.span.clone());
                errors.push(error.help("put it in quotes where it is written"));
            }
        },
        Value::Null | Value::Text(_) => {}
    }
}

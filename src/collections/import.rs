//! Many collections at once, all or nothing (spec 01 §4.8).

use super::error::Failure;
use super::save::{define, free_id, stamp, write};
use super::{Change, CollectionError, delete, view};
use crate::events::{CollectionEvent, Operation, Stage};
use crate::schema::index::Index;
use crate::schema::validate::kind_change;
use crate::schema::{Collection, CollectionKind, DecodeError, ErrorTree, Field, FieldError, FieldKind};
use serde_json::{Map, Value as Json};
use std::collections::HashSet;
use std::sync::Arc;

const FAILED: &str = "Failed to import collections.";

/// Creates and updates the collections of a list; `delete_missing` deletes every other one that is no system collection,
/// and every stored field that is not in the list.
///
/// # Errors
/// The first collection that cannot be, with the reasons; nothing is changed then.
pub fn import(
    change: &mut Change<'_>,
    items: &[Map<String, Json>],
    delete_missing: bool,
) -> Result<(), CollectionError> {
    if items.is_empty() {
        let message = "An error occurred while validating the submitted data.".to_owned();
        return Err(CollectionError::Refused {
            message,
            data: ErrorTree::single("collections", FieldError::required()),
        });
    }
    let mut imported = Vec::new();
    for item in items {
        imported.push(prepare(change, item, delete_missing)?);
    }
    // Views last: they read what the others define.
    imported
        .sort_by(|(a, _), (b, _)| (a.is_view(), &a.created, &a.updated).cmp(&(b.is_view(), &b.created, &b.updated)));
    run(change, imported, delete_missing).map_err(|failure| match failure {
        Failure::Raw(reason) => unimported(&reason).under(FAILED),
        other => other.under(FAILED),
    })
}

type Imported = (Collection, Option<Arc<Collection>>);

/// The item on top of what is stored under its id, or under its name where it has none.
fn prepare(change: &Change<'_>, item: &Map<String, Json>, delete_missing: bool) -> Result<Imported, CollectionError> {
    let text = |key: &str| item.get(key).and_then(Json::as_str).filter(|text| !text.is_empty());
    // An id is no name, or an item could take the place of a collection that is called like it.
    let stored = match text("id") {
        Some(id) => change.collections.iter().find(|stored| stored.id == id).cloned(),
        None => text("name").and_then(|name| change.find(name).ok()),
    };
    let undecoded = |error: &DecodeError| {
        let name = text("name").or(text("id")).unwrap_or_default();
        unimported(&format!("{name:?}: {error}")).under(FAILED)
    };
    let Some(old) = stored else {
        if !matches!(item.get("type"), None | Some(Json::Null | Json::String(_))) {
            return Err(undecoded(&DecodeError::WrongType { key: "type", expected: "a string" }));
        }
        let known = CollectionKind::named(text("type").unwrap_or("base"));
        let unknown = known.is_none();
        let mut new = Collection::new("", known.unwrap_or(CollectionKind::Base));
        decode(&mut new, item).map_err(|error| undecoded(&error))?;
        if new.id.is_empty() {
            new.id = free_id(change, &new);
        }
        if unknown {
            return Err(refusal(&new, &ErrorTree::single("type", FieldError::in_invalid())).under(FAILED));
        }
        return Ok((new, None));
    };
    let mut new = Collection::clone(&old);
    if delete_missing {
        new.fields.clear();
    }
    decode(&mut new, item).map_err(|error| undecoded(&error))?;
    new.id.clone_from(&old.id);
    if let Some(kind) = text("type").filter(|kind| *kind != old.kind.name()) {
        let error = if CollectionKind::named(kind).is_some() { kind_change() } else { FieldError::in_invalid() };
        return Err(refusal(&new, &ErrorTree::single("type", error)).under(FAILED));
    }
    let mut old = old;
    if !new.is_view() {
        keep_fields(Arc::make_mut(&mut old), &mut new.fields, delete_missing);
    }
    Ok((new, Some(old)))
}

fn decode(new: &mut Collection, item: &Map<String, Json>) -> Result<(), DecodeError> {
    new.apply_json(item)?;
    new.check_options_of_other_kinds(item)
}

/// A stored field wins over an imported one of its name and type, and one that is not imported stays. Where what is missing
/// may go, the imported one wins; it takes over the values that it can hold, and gives its id to the stored one for that.
fn keep_fields(old: &mut Collection, fields: &mut Vec<Field>, delete_missing: bool) {
    let ids: HashSet<String> = old.fields.iter().map(|field| field.id.clone()).collect();
    for stored in &mut old.fields {
        if fields.iter().any(|field| field.id == stored.id) {
            continue;
        }
        let is_twin = |field: &&mut Field| field.name == stored.name && field.kind.name() == stored.kind.name();
        match fields.iter_mut().find(is_twin) {
            Some(twin) if stored.system || !delete_missing => *twin = stored.clone(),
            None if stored.system || !delete_missing => fields.push(stored.clone()),
            // An id that another stored field has is that of a field that takes the name of this one.
            Some(twin) if !ids.contains(&twin.id) && leads_to(&twin.kind) == leads_to(&stored.kind) => {
                stored.id.clone_from(&twin.id);
            }
            Some(_) | None => {}
        }
    }
}

/// The collection that a relation leads to.
fn leads_to(kind: &FieldKind) -> Option<&str> {
    match kind {
        FieldKind::Relation(relation) => Some(&relation.collection_id),
        _ => None,
    }
}

fn run(change: &mut Change<'_>, imported: Vec<Imported>, delete_missing: bool) -> Result<(), Failure> {
    if delete_missing {
        let kept = |other: &Collection| imported.iter().any(|(new, _)| new.id == other.id);
        let gone: Vec<_> = change.collections.iter().filter(|c| !c.system && !kept(c)).cloned().collect();
        for old in gone {
            delete::remove_hooked(change, &old)?;
        }
    }
    let (mut saved, mut unfit_rows): (Vec<Imported>, _) = (Vec::new(), Vec::new());
    for (mut new, mut old) in imported {
        // Of what is named twice, the second starts from what the first has made of it.
        if old.is_some() && saved.iter().any(|(earlier, _)| earlier.id == new.id) {
            old = change.collections.iter().find(|stored| stored.id == new.id).cloned();
        }
        let name = new.name.clone();
        let unfit = define(change, &mut new);
        let unread = |text: &String| Index::parse(text).is_none();
        if let Some(at) = new.indexes.iter().position(unread) {
            return Err(Failure::field(&format!("indexes.{at}"), FieldError::invalid_index()));
        }
        let unsaved = |reason: &str| Failure::Raw(format!("failed to save collection {name:?}: {reason}"));
        match unfit.map(|unfit| (unfit.is_of_rows, view::invalid(&unfit.reason))) {
            None => {}
            Some((true, error)) => unfit_rows.push((new.id.clone(), error)),
            Some((false, error)) => return Err(unsaved(error.plain().trim_start_matches("Invalid query - "))),
        }
        let is_other = |other: &Arc<Collection>| old.is_none() || other.id != new.id;
        if change.collections.iter().any(|other| is_other(other) && other.name == name) {
            return Err(unsaved("constraint failed: UNIQUE constraint failed: _collections.name (2067)"));
        }
        let is_name = |other: &Arc<Collection>| other.id != new.id && other.name.eq_ignore_ascii_case(&new.id);
        if old.is_none() && change.collections.iter().any(is_name) {
            return Err(unsaved("primary key change is not allowed"));
        }
        let written = save_hooked(change, new, old.as_ref()).map_err(|failure| match failure {
            Failure::Raw(reason) => unsaved(&reason),
            invalid => invalid,
        });
        saved.extend(written?.map(|new| (Collection::clone(&new), old)));
    }
    for (new, old) in &saved {
        let old = old.as_deref().map(|old| with_options_of(old, new));
        let mut errors = change.errors(new, old.as_ref());
        for (_, error) in unfit_rows.iter().filter(|(id, _)| *id == new.id) {
            errors.insert("viewQuery", error.clone());
        }
        if !errors.is_empty() {
            return Err(refusal(new, &errors));
        }
    }
    let _ = view::refresh(change, "");
    Ok(())
}

/// The stored state with the new options of its fields: an import may change what an update may not, for example where
/// a relation leads.
fn with_options_of(old: &Collection, new: &Collection) -> Collection {
    let mut old = old.clone();
    for field in &mut old.fields {
        let now = new.field_by_id(&field.id).filter(|now| now.kind.name() == field.kind.name());
        field.kind = now.map_or_else(|| field.kind.clone(), |now| now.kind.clone());
    }
    old
}

/// Writes one collection inside its hooks; `None` where a handler kept it from being written. Nothing is validated before
/// all of them are there.
fn save_hooked(
    change: &mut Change<'_>,
    new: Collection,
    old: Option<&Arc<Collection>>,
) -> Result<Option<Arc<Collection>>, Failure> {
    let operation = if old.is_none() { Operation::Create } else { Operation::Update };
    let mut event = CollectionEvent { collection: new, original: old.cloned(), error: None };
    let mut saved = None;
    change.around(operation, &mut event, &mut |change, event| {
        stamp(&mut event.collection, old.map(Arc::as_ref));
        change.at(Stage::Execute(operation), event, &mut |change, event| {
            saved = Some(write(change, event.collection.clone(), old.map(Arc::as_ref))?);
            Ok(())
        })
    })?;
    Ok(saved)
}

fn unimported(reason: &str) -> Failure {
    let message = format!("Failed to import the collections configuration. Raw error:\n{reason}.");
    Failure::field("collections", FieldError::new("validation_collections_import_failure", message))
}

/// The validation errors of one collection as a text, the way PocketBase packs them into one message.
fn refusal(new: &Collection, errors: &ErrorTree) -> Failure {
    let texts = serde_json::to_string_pretty(&errors.to_plain()).expect("texts are plain data");
    let message = format!("Data validations failed for collection {:?} ({}):\n{texts}.", new.name, new.id);
    Failure::field("collections", FieldError::new("validation_collections_import_failure", message))
}

//! Creating and updating: decode, complete, validate, then the table and the row.

use super::error::Failure;
use super::{Change, CollectionError, table, view};
use crate::events::{CollectionEvent, Operation, Stage};
use crate::schema::fields::format_datetime;
use crate::schema::system::auth_indexes;
use crate::schema::validate::{has_primary_key, missing_primary_key, name_exists};
use crate::schema::{
    ALPHANUMERIC, Collection, CollectionKind, DecodeError, ErrorTree, FieldError, collection_id, normalise,
    random_string,
};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

const CREATE_FAILED: &str = "Failed to create collection.";
const UPDATE_FAILED: &str = "Failed to update collection.";
const LOADING_FAILED: &str = "Failed to load the submitted data due to invalid formatting.";
const TYPE_LOADING_FAILED: &str = "Failed to load the collection type data due to invalid formatting.";

/// A collection as it is wanted, with what of the wish cannot be decoded.
pub struct Draft {
    pub collection: Collection,
    errors: ErrorTree,
}

impl Draft {
    /// A new collection (spec 01 §4.2).
    ///
    /// # Errors
    /// A value of the wrong JSON type.
    pub fn new(object: &Map<String, Json>) -> Result<Self, CollectionError> {
        let kind = text_ignoring_case(object, "type")?;
        let name = text_ignoring_case(object, "name")?;
        let known = if kind.is_empty() { Some(CollectionKind::Base) } else { CollectionKind::named(&kind) };
        let mut errors = ErrorTree::new();
        if known.is_none() {
            errors.insert("type", FieldError::in_invalid());
        }
        let mut collection = Collection::new(name, known.unwrap_or(CollectionKind::Base));
        decode(&mut collection, object)?;
        if collection.is_auth() && !object.contains_key("indexes") {
            // Named before PocketBase looks at an id of the collection's own.
            let generated = collection_id(collection.kind.name(), &collection.name);
            if !collection.id.is_empty() && !collection.name.is_empty() {
                collection.indexes = auth_indexes(&generated, &collection.name).into();
            }
        }
        // Only the known types come with a primary key.
        if errors.contains("type") && object.contains_key("fields") && !has_primary_key(&collection) {
            let none = collection.fields.is_empty();
            errors.insert("fields", if none { FieldError::required() } else { missing_primary_key() });
        }
        collection.created.clear();
        Ok(Self { collection, errors })
    }

    /// A stored collection with an object laid over it (spec 01 §4.3).
    ///
    /// # Errors
    /// A value of the wrong JSON type.
    pub fn of(old: &Collection, object: &Map<String, Json>) -> Result<Self, CollectionError> {
        let mut collection = old.clone();
        let mut errors = ErrorTree::new();
        match object.get("type") {
            None | Some(Json::Null) => {}
            Some(Json::String(kind)) if kind == old.kind.name() || kind.is_empty() => {}
            Some(Json::String(kind)) => match CollectionKind::named(kind) {
                Some(kind) => collection.kind = kind,
                None => errors.insert("type", FieldError::in_invalid()),
            },
            Some(_) => return Err(CollectionError::refused(LOADING_FAILED)),
        }
        decode(&mut collection, object)?;
        Ok(Self { collection, errors })
    }

    /// The query, where it is a view.
    pub fn query(&self) -> Option<&str> {
        match &self.collection.kind {
            CollectionKind::View { query } => Some(query),
            _ => None,
        }
    }

    /// The same with the collection that handlers made of it.
    pub fn with(&self, collection: Collection) -> Self {
        Self { collection, errors: self.errors.clone() }
    }
}

/// Creates a collection with its table or view.
///
/// # Errors
/// What of it cannot be, with codes, or SQLite's reason.
pub fn create(change: &mut Change<'_>, draft: Draft) -> Result<Arc<Collection>, CollectionError> {
    let Draft { collection: mut new, mut errors } = draft;
    if new.id.is_empty() {
        new.id = free_id(change, &new);
    } else if let Some(other) = change.collections.iter().find(|other| other.id == new.id) {
        let message = "The model id is invalid or already exists.";
        errors.insert("id", FieldError::new("validation_invalid_or_existing_id", message));
        if other.name.eq_ignore_ascii_case(&new.name) {
            errors.insert("name", name_exists());
        }
    }
    save(change, new, None, errors).map_err(|failure| failure.under(CREATE_FAILED))
}

/// Brings a stored collection and its table to what is wanted.
///
/// # Errors
/// As for [`create`].
pub fn update(
    change: &mut Change<'_>,
    old: &Arc<Collection>,
    draft: Draft,
) -> Result<Arc<Collection>, CollectionError> {
    if draft.collection.id != old.id {
        let reason = "failed to retrieve old cached collection: sql: no rows in result set.";
        return Err(Failure::Raw(reason.to_owned()).under(UPDATE_FAILED));
    }
    save(change, draft.collection, Some(old), draft.errors).map_err(|failure| failure.under(UPDATE_FAILED))
}

fn save(
    change: &mut Change<'_>,
    mut new: Collection,
    old: Option<&Arc<Collection>>,
    mut errors: ErrorTree,
) -> Result<Arc<Collection>, Failure> {
    let operation = if old.is_none() { Operation::Create } else { Operation::Update };
    complete(change, &mut new, &mut errors);
    let completed = new.clone();
    let mut event = CollectionEvent { collection: new, original: old.cloned(), error: None };
    let mut saved = None;
    change.around(operation, &mut event, &mut |change, event| {
        if event.collection != completed {
            complete(change, &mut event.collection, &mut errors);
        }
        check(change, event, &mut errors)?;
        stamp(&mut event.collection, old.map(Arc::as_ref));
        change.at(Stage::Execute(operation), event, &mut |change, event| {
            saved = Some(write(change, event.collection.clone(), old.map(Arc::as_ref))?);
            Ok(())
        })
    })?;
    // Where a handler took the place of the statement, the collection is answered as it would have been.
    let Some(saved) = saved else { return Ok(Arc::new(event.collection)) };
    // Other views may show what has changed. One that cannot be mended keeps its old fields until it is edited.
    let _ = view::refresh(change, &saved.id);
    Ok(saved)
}

/// The built-in checks inside `collection.validate`, `model.validate` after them.
fn check(change: &mut Change<'_>, event: &mut CollectionEvent, errors: &mut ErrorTree) -> Result<(), Failure> {
    change.validate(event, &mut |change, event| {
        errors.merge(&change.errors(&event.collection, event.original.as_deref()));
        if errors.is_empty() { Ok(()) } else { Err(Failure::Invalid(errors.clone())) }
    })
}

fn complete(change: &Change<'_>, new: &mut Collection, errors: &mut ErrorTree) {
    if let Some(unfit) = define(change, new) {
        errors.insert("viewQuery", view::invalid(&unfit.reason));
    }
}

/// Normalises the definition; a view gets the fields of its query, unless that is none.
pub(super) fn define(change: &Change<'_>, new: &mut Collection) -> Option<view::Unfit> {
    normalise(new);
    if new.is_superusers() {
        keep_superusers_able_to_log_in(new);
    }
    let CollectionKind::View { query } = &new.kind else { return None };
    let derived = view::derive_within(change, &new.name, query);
    let unfit = derived.failure.filter(|_| !query.is_empty());
    new.fields = derived.fields;
    unfit
}

/// Sets what the server decides: moments, and a new secret when who may log in has changed.
pub(super) fn stamp(new: &mut Collection, old: Option<&Collection>) {
    let now = format_datetime(chrono::Utc::now());
    if old.is_none() && new.created.is_empty() {
        new.created.clone_from(&now);
    }
    new.updated = now;
    let rule =
        |collection: &Collection| collection.auth().and_then(|options| options.auth_rule.clone()).unwrap_or_default();
    let changed = old.is_some_and(|old| rule(old) != rule(new));
    if let Some(options) = new.auth_mut().filter(|_| changed) {
        options.auth_token.secret = random_string(50, ALPHANUMERIC);
    }
}

/// Brings the table and the row to the new state.
pub(super) fn write(
    change: &mut Change<'_>,
    new: Collection,
    old: Option<&Collection>,
) -> Result<Arc<Collection>, Failure> {
    match old {
        None => table::create(change.tx, &change.catalog(), &new)?,
        Some(old) => table::update(change.tx, &change.catalog(), old, &new)?,
    }
    if let Some(old) = old.filter(|old| old.name != new.name) {
        change.renames.push((old.name.clone(), new.name.clone()));
    }
    Ok(change.keep(new))
}

pub(super) fn decode(new: &mut Collection, object: &Map<String, Json>) -> Result<(), CollectionError> {
    let decoded = new.apply_json(object).and_then(|()| new.check_options_of_other_kinds(object));
    decoded.map_err(|_: DecodeError| CollectionError::refused(LOADING_FAILED))
}

/// The default id, or the first of its successors that is free.
pub(super) fn free_id(change: &Change<'_>, new: &Collection) -> String {
    let base = collection_id(new.kind.name(), &new.name);
    let taken = |id: &str| change.collections.iter().any(|other| other.id == id);
    std::iter::once(base.clone())
        .chain((2..).map(|n| format!("{base}{n}")))
        .find(|id| !taken(id))
        .expect("the sequence of candidates is endless")
}

/// `type` and `name` are looked for without regard to case before anything else is decoded.
fn text_ignoring_case(object: &Map<String, Json>, key: &str) -> Result<String, CollectionError> {
    let exact = object.get(key);
    let found = exact.or_else(|| object.iter().find(|(other, _)| other.eq_ignore_ascii_case(key)).map(|(_, v)| v));
    match found {
        None | Some(Json::Null) => Ok(String::new()),
        Some(Json::String(text)) => Ok(text.clone()),
        Some(_) => Err(CollectionError::refused(TYPE_LOADING_FAILED)),
    }
}

/// Superusers always have a password to log in with, and a code by mail only ever as a second factor.
fn keep_superusers_able_to_log_in(new: &mut Collection) {
    let Some(options) = new.auth_mut() else { return };
    options.oauth2.enabled = false;
    options.oauth2.providers.clear();
    options.password_auth.enabled = true;
    options.mfa.enabled |= options.otp.enabled;
}

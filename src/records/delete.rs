//! Deleting a record and mending what refers to it (spec 02 §7.7), all in one transaction.

use super::find::{find, find_all};
use super::store::{DELETE_FAILED, has_files};
use super::write::{Stored, update_unchecked};
use super::{RecordError, Scope, Transaction, sessions};
use crate::db::DbError;
use crate::events::{EventError, Operation, Record, RecordEvent, Stage, Tell};
use crate::schema::fields::{FieldKind, Value, format_datetime};
use crate::schema::{Collection, ddl};
use rusqlite::Connection;
use std::sync::Arc;

const TOO_DEEP: &str =
    "Failed to delete record. Too many records refer to each other in a row: delete the last ones first.";

/// Records in a row of which each goes because of the one before.
const MAX_DEPTH: usize = 20_000;
/// Bytes of stack that one delete may take, handlers included, and that are added where fewer are left.
const STACK_NEEDED: usize = 256 << 10;
const STACK_GROWTH: usize = 4 << 20;

/// What a delete touched.
#[derive(Default)]
pub struct Effects {
    /// In the order in which it is told: a record comes after those that refer to it, and before its sessions. Empty where handlers
    /// followed each of them.
    pub done: Vec<Effect>,
    /// Deletes that are under way, each because of the one before.
    depth: usize,
}

/// A record that was deleted, or lost a reference.
pub struct Effect {
    pub operation: Operation,
    pub collection: Arc<Collection>,
    pub stored: Stored,
}

impl Effects {
    pub fn deleted(&self) -> impl Iterator<Item = &Effect> {
        self.done.iter().filter(|effect| effect.operation == Operation::Delete)
    }

    /// Takes note of what was done, for later or, where handlers follow, for the end of the transaction; the place where
    /// watchers wait for what they make of it.
    fn note(
        &mut self,
        hooked: Option<&Transaction>,
        operation: Operation,
        collection: &Arc<Collection>,
        stored: Stored,
    ) -> Option<Tell> {
        let effect = Effect { operation, collection: Arc::clone(collection), stored };
        let Some(transaction) = hooked else {
            self.done.push(effect);
            return None;
        };
        let (tell, told) = transaction.records.keep_place(collection).unzip();
        transaction.records.follow_effect(&transaction.tx(), effect, told);
        tell
    }
}

/// How the statement of a delete ended.
#[derive(Default)]
pub(super) enum Outcome {
    /// A handler did not go on to it.
    #[default]
    NotAsked,
    /// A cascade or somebody else has been there before.
    Missing,
    /// Done, with the place where watchers wait for what handlers make of it.
    Deleted(Option<Tell>),
}

/// Deletes the record, then cascades or unsets every reference to it; in a transaction with handlers, inside the hooks of
/// each record.
///
/// # Errors
/// A required reference would be left empty, the record is the last superuser, a handler refuses, or more than
/// [`MAX_DEPTH`] records would go because of each other.
pub fn delete(
    scope: &Scope<'_>,
    hooked: Option<&Transaction>,
    collection: &Arc<Collection>,
    record: Record,
    effects: &mut Effects,
) -> Result<(), RecordError> {
    if effects.depth >= MAX_DEPTH {
        return Err(RecordError::bad_request(TOO_DEEP));
    }
    // How long a chain of references is, clients say.
    effects.depth += 1;
    let deleted =
        stacker::maybe_grow(STACK_NEEDED, STACK_GROWTH, || delete_one(scope, hooked, collection, record, effects));
    effects.depth -= 1;
    deleted
}

fn delete_one(
    scope: &Scope<'_>,
    hooked: Option<&Transaction>,
    collection: &Arc<Collection>,
    record: Record,
    effects: &mut Effects,
) -> Result<(), RecordError> {
    refuse_last(scope.connection, collection, &record)?;
    let Some(transaction) = hooked else { return delete_now(scope, None, collection, record, effects).map(drop) };
    let mut event = event(scope, collection, record, None);
    let records = &transaction.records;
    records.around_delete(&mut event, &mut |event| execute(scope, transaction, event, effects))?;
    Ok(())
}

/// The statement of a delete with its cascades, inside the hook of models around it.
///
/// # Errors
/// As [`delete`].
pub(super) fn execute(
    scope: &Scope<'_>,
    transaction: &Transaction,
    event: &mut RecordEvent,
    effects: &mut Effects,
) -> Result<Outcome, EventError> {
    let collection = Arc::clone(&event.collection);
    let mut outcome = Outcome::default();
    let stage = Stage::Execute(Operation::Delete);
    transaction.records.bus.around_model(stage, &RecordEvent::tags(&collection), event, &mut |event| {
        outcome = delete_now(scope, Some(transaction), &collection, event.record.clone(), effects)?;
        Ok(())
    })?;
    Ok(outcome)
}

/// # Errors
/// The record is the last superuser: there is nothing that a handler could change about it.
pub(super) fn refuse_last(
    connection: &Connection,
    collection: &Collection,
    record: &Record,
) -> Result<(), RecordError> {
    if collection.is_superusers() && is_the_last(connection, record.id(collection))? {
        return Err(RecordError::bad_request("You can't delete the only existing superuser."));
    }
    Ok(())
}

fn event(scope: &Scope<'_>, collection: &Arc<Collection>, record: Record, original: Option<Record>) -> RecordEvent {
    let request = Some(Arc::new(scope.request.clone()));
    RecordEvent { collection: Arc::clone(collection), record, original, request, error: None }
}

fn delete_now(
    scope: &Scope<'_>,
    hooked: Option<&Transaction>,
    collection: &Arc<Collection>,
    mut record: Record,
    effects: &mut Effects,
) -> Result<Outcome, RecordError> {
    let id = record.id(collection).to_owned();
    check_open(scope, hooked)?;
    // Where there are hooks, the record was read before this transaction, and may have other files by now.
    if hooked.is_some()
        && has_files(collection)
        && let Some(now) = find(scope.connection, collection, &id)?
    {
        let files = collection.fields.iter().enumerate().filter(|(_, field)| matches!(field.kind, FieldKind::File(_)));
        files.for_each(|(at, _)| record.values[at] = now.values[at].clone());
    }
    let sql = format!("DELETE FROM {} WHERE id = ?1", ddl::quote(&collection.name));
    if scope.connection.prepare_cached(&sql)?.execute([&id])? == 0 {
        return Ok(Outcome::Missing);
    }
    let mut referrers: Vec<&Arc<Collection>> = scope.catalog.iter().filter(|other| !other.is_view()).collect();
    referrers.sort_by(|a, b| a.name.cmp(&b.name));
    for referrer in referrers {
        for (at, field) in referrer.fields.iter().enumerate() {
            let FieldKind::Relation(relation) = &field.kind else { continue };
            if relation.collection_id != collection.id {
                continue;
            }
            for holder in referring(scope.connection, referrer, &field.name, &id)? {
                // What went before may have changed it, or taken it along.
                let holder = find(scope.connection, referrer, &holder)?;
                if let Some(holder) = holder.filter(|holder| holder.values[at].items().contains(&id.as_str())) {
                    unset(scope, hooked, referrer, at, holder, &id, effects)?;
                }
            }
        }
    }
    let stored = Stored { id: id.clone(), record, original: None };
    let told = effects.note(hooked, Operation::Delete, collection, stored);
    if collection.is_auth() {
        delete_sessions(scope, hooked, collection, &id, effects)?;
    }
    Ok(Outcome::Deleted(told))
}

/// A handler may have swallowed the error of a statement with which SQLite ended the transaction; what comes after that
/// would be part of none.
fn check_open(scope: &Scope<'_>, hooked: Option<&Transaction>) -> Result<(), RecordError> {
    match hooked {
        Some(_) if scope.connection.is_autocommit() => {
            Err(DbError::RolledBack("it ended before all was done".into()).into())
        }
        _ => Ok(()),
    }
}

/// Rows that only make sense with the auth record they belong to.
fn delete_sessions(
    scope: &Scope<'_>,
    hooked: Option<&Transaction>,
    collection: &Collection,
    id: &str,
    effects: &mut Effects,
) -> Result<(), RecordError> {
    sessions::delete_totp(scope.connection, &collection.id, id)?;
    for name in sessions::OWNED {
        let Some(owned) = scope.catalog.get(name) else { continue };
        let watched = scope.bus.is_some_and(|bus| bus.feed.wants(owned) || bus.listens_to_deletes(owned));
        if !watched {
            sessions::delete_all(scope.connection, name, &collection.id, id)?;
            continue;
        }
        let condition = "collectionRef = ?1 AND recordRef = ?2";
        for row in find_all(scope.connection, owned, condition, [collection.id.as_str(), id])? {
            delete(scope, hooked, owned, row, effects)?;
        }
    }
    Ok(())
}

fn is_the_last(connection: &Connection, id: &str) -> rusqlite::Result<bool> {
    connection.query_row("SELECT count(*) = 0 FROM _superusers WHERE id != ?1", [id], |row| row.get(0))
}

/// Ids of the rows of `collection` whose relation field holds the id.
fn referring(
    connection: &Connection,
    collection: &Collection,
    field: &str,
    id: &str,
) -> Result<Vec<String>, RecordError> {
    let table = ddl::quote(&collection.name);
    // With its table, since `json_each` has columns of its own.
    let column = format!("{table}.{}", ddl::quote(field));
    let multiple = collection.field(field).is_some_and(|field| field.kind.as_type().is_multiple());
    let condition = if multiple {
        format!("?1 IN (SELECT value FROM json_each({}))", ddl::as_list(&column))
    } else {
        format!("{column} = ?1")
    };
    let mut statement = connection.prepare_cached(&format!("SELECT {table}.`id` FROM {table} WHERE {condition}"))?;
    let rows = statement.query_map([id], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Takes the id out of one field of one record, deleting the record where that is what the field asks for.
fn unset(
    scope: &Scope<'_>,
    hooked: Option<&Transaction>,
    collection: &Arc<Collection>,
    at: usize,
    holder: Record,
    id: &str,
    effects: &mut Effects,
) -> Result<(), RecordError> {
    let field = &collection.fields[at];
    let FieldKind::Relation(relation) = &field.kind else { return Ok(()) };
    let left: Vec<String> =
        holder.values[at].items().into_iter().filter(|item| *item != id).map(str::to_owned).collect();
    if left.is_empty() && relation.cascade_delete {
        return delete(scope, hooked, collection, holder, effects);
    }
    if left.is_empty() && field.required {
        return Err(RecordError::bad_request(DELETE_FAILED));
    }
    let mut changed = holder.clone();
    changed.values[at] = match &holder.values[at] {
        Value::List(_) => Value::List(left),
        _ => Value::Text(String::new()),
    };
    let now = format_datetime(chrono::Utc::now());
    for (field, value) in collection.fields.iter().zip(&mut changed.values) {
        if matches!(&field.kind, FieldKind::Autodate(autodate) if autodate.on_update) {
            *value = Value::Text(now.clone());
        }
    }
    let mut tell = None;
    let mut store = |record: &Record| {
        check_open(scope, hooked)?;
        update_unchecked(scope.connection, collection, &holder, record, DELETE_FAILED)?;
        let id = record.id(collection).to_owned();
        let stored = Stored { id, record: record.clone(), original: Some(holder.clone()) };
        tell = effects.note(hooked, Operation::Update, collection, stored);
        Ok::<(), RecordError>(())
    };
    let Some(transaction) = hooked else { return store(&changed) };
    let records = &transaction.records;
    let mut event = event(scope, collection, changed, Some(holder.clone()));
    let done = records.bus.around(Stage::Whole(Operation::Update), &mut event, &mut |event| {
        records.bus.around(Stage::Execute(Operation::Update), event, &mut |event| Ok(store(&event.record)?))
    });
    Ok(records.follow(Operation::Update, &mut event, tell, done, DELETE_FAILED)?)
}

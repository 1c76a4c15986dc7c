//! Deleting a collection, and deleting all that is in it (spec 01 §4.4).

use super::error::Failure;
use super::{Change, CollectionError, table, view};
use crate::query::RequestInfo;
use crate::records::{RecordError, Scope};
use crate::schema::Collection;
use std::sync::Arc;

const FAILED: &str = "Failed to delete collection.";

/// Deletes a collection with its table, records and files.
///
/// # Errors
/// It is a system collection, others refer to it, or a view reads it.
pub fn delete(change: &mut Change<'_>, id_or_name: &str) -> Result<(), CollectionError> {
    let old = change.find(id_or_name)?;
    if old.system {
        return Err(CollectionError::refused(FAILED));
    }
    let refers = |other: &&Arc<Collection>| other.id != old.id && other.relations().any(|(_, id)| id == old.id);
    let referrers: Vec<&str> =
        change.collections.iter().filter(refers).map(|collection| collection.name.as_str()).collect();
    if !referrers.is_empty() {
        let names = referrers.join(", ");
        let message = format!("Failed to delete collection probably due to existing reference in {names}.");
        return Err(CollectionError::refused(message));
    }
    let mut done = remove(change, &old);
    if done.is_ok() {
        done = view::refresh(change, &old.id);
    }
    done.map_err(|_| CollectionError::refused(FAILED))
}

/// Drops the collection without asking who needs it.
pub(super) fn remove(change: &mut Change<'_>, old: &Arc<Collection>) -> Result<(), Failure> {
    table::drop(change.tx, old)?;
    change.collections.retain(|other| other.id != old.id);
    let (files, id) = (change.records.files.clone(), old.id.clone());
    change.tx.after_commit(move || {
        // There may be millions of files, and nobody needs to wait for them.
        let _ = std::thread::Builder::new().name("pbr-files".into()).spawn(move || files.delete_collection(&id));
    });
    Ok(())
}

/// Deletes all records, with all that each delete brings along.
///
/// # Errors
/// The collection is a view, or a record is needed elsewhere.
pub fn truncate(change: &mut Change<'_>, id_or_name: &str, request: &RequestInfo) -> Result<(), CollectionError> {
    const BATCH: usize = 500;
    let collection = change.find(id_or_name)?;
    if collection.is_view() {
        let message = "View collections cannot be truncated since they don't store their own records.";
        return Err(CollectionError::refused(message));
    }
    let catalog = change.catalog();
    let records = change.records;
    let scope = Scope { connection: change.tx, catalog: &catalog, plans: &records.plans, request };
    let delete_all = || -> Result<(), RecordError> {
        let sql = format!("SELECT id FROM {} LIMIT {BATCH}", crate::schema::ddl::quote(&collection.name));
        loop {
            let ids: Vec<String> =
                change.tx.prepare(&sql)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            if ids.is_empty() {
                return Ok(());
            }
            for id in ids {
                records.delete_unchecked(change.tx, &scope, &collection, &id)?;
            }
        }
    };
    delete_all().map_err(|_| {
        let message = "Failed to truncate collection (most likely due to required cascade delete record references).";
        CollectionError::refused(message)
    })
}

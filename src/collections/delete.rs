//! Deleting a collection (spec 01 §4.4).

use super::error::Failure;
use super::{Change, CollectionError, table, view};
use crate::events::{CollectionEvent, Operation, Stage};
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
    let mut done = remove_hooked(change, &old);
    if done.is_ok() {
        done = view::refresh(change, &old.id);
    }
    done.map_err(|failure| match failure {
        Failure::Db(error) => CollectionError::Db(error),
        failure => CollectionError::Failed { message: FAILED.to_owned(), cause: failure.text() },
    })
}

/// Drops the collection inside its hooks, without asking who needs it.
pub(super) fn remove_hooked(change: &mut Change<'_>, old: &Arc<Collection>) -> Result<(), Failure> {
    let mut event = CollectionEvent { collection: Collection::clone(old), original: None, error: None };
    change.around(Operation::Delete, &mut event, &mut |change, event| {
        change.at(Stage::Execute(Operation::Delete), event, &mut |change, _| remove(change, old))
    })
}

fn remove(change: &mut Change<'_>, old: &Arc<Collection>) -> Result<(), Failure> {
    table::drop(change.tx, old)?;
    if old.is_auth() {
        crate::records::delete_of_collection(change.tx, &old.id)?;
    }
    change.collections.retain(|other| other.id != old.id);
    let (files, id) = (change.records.files.clone(), old.id.clone());
    change.tx.after_commit(move || files.delete_collection(&id));
    Ok(())
}

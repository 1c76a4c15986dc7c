//! Collections and their tables, changed together: create, update, delete, import.
//!
//! Everything here is synchronous and works on a [`Change`]: one transaction with the collections as it sees them. The
//! room knows tables and rows; it does not know HTTP, and it does not decide who may change a schema.
//!
//! To read how a collection is saved, start at [`create`] in `save.rs` and follow it down.

mod delete;
mod error;
mod hooked;
mod import;
mod list;
mod save;
mod scaffold;
mod table;
mod view;

pub use delete::delete;
pub use error::CollectionError;
pub use hooked::tell;
pub use import::import;
pub use list::{Page, list};
pub use save::{Draft, create, update};
pub use scaffold::{Scaffolds, scaffolds};
pub use view::{Looked, dry_run};

use crate::db::{WriteTx, collections};
use crate::events::{CollectionEvent, Operation};
use crate::query::check_rule;
use crate::records::Records;
use crate::schema::validate::validate;
use crate::schema::{Catalog, Collection, ErrorTree};
use error::Failure;
use std::sync::Arc;

/// One transaction and the collections as it sees them.
pub struct Change<'a> {
    tx: &'a WriteTx<'a>,
    records: &'a Arc<Records>,
    collections: Vec<Arc<Collection>>,
    renames: Vec<(String, String)>,
    told: Vec<(Operation, CollectionEvent)>,
    looked: Looked,
}

impl<'a> Change<'a> {
    /// Reads the collections of the database, which may be newer than those that are served.
    ///
    /// # Errors
    /// A row that does not decode.
    pub fn begin(tx: &'a WriteTx<'a>, records: &'a Arc<Records>) -> Result<Self, CollectionError> {
        let collections = collections::load(tx)?.into_iter().map(Arc::new).collect();
        Ok(Self { tx, records, collections, renames: Vec::new(), told: Vec::new(), looked: Looked::default() })
    }

    /// Takes in what is known already of the queries of views.
    pub fn knowing(&mut self, looked: Looked) -> &mut Self {
        self.looked = looked;
        self
    }

    /// Old and new names of the collections that were renamed.
    pub fn renames(&self) -> &[(String, String)] {
        &self.renames
    }

    fn catalog(&self) -> Catalog {
        Catalog::new(self.collections.iter().cloned(), 0)
    }

    /// The first by id or by name without regard to case.
    ///
    /// # Errors
    /// There is none.
    pub fn find(&self, id_or_name: &str) -> Result<Arc<Collection>, CollectionError> {
        let fits = |collection: &&Arc<Collection>| {
            collection.id == id_or_name || collection.name.eq_ignore_ascii_case(id_or_name)
        };
        self.collections.iter().find(fits).cloned().ok_or(CollectionError::NotFound)
    }

    /// Takes a saved collection into the transaction's view.
    fn keep(&mut self, collection: Collection) -> Arc<Collection> {
        let collection = Arc::new(collection);
        match self.collections.iter_mut().find(|other| other.id == collection.id) {
            Some(stored) => *stored = Arc::clone(&collection),
            None => self.collections.push(Arc::clone(&collection)),
        }
        collection
    }

    /// What is wrong with a collection, given its stored state.
    fn errors(&self, new: &Collection, old: Option<&Collection>) -> ErrorTree {
        validate(&self.catalog(), new, old, &|catalog, collection, rule| {
            check_rule(catalog, collection, rule).map_err(|error| error.to_string())
        })
    }

    /// Runs work that is undone alone when it fails.
    fn attempt<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Failure>) -> Result<T, Failure> {
        let before = self.collections.clone();
        self.tx.execute_batch("SAVEPOINT attempt")?;
        let done = work(self);
        if done.is_err() {
            self.tx.execute_batch("ROLLBACK TO attempt")?;
            self.collections = before;
        }
        self.tx.execute_batch("RELEASE attempt")?;
        done
    }
}

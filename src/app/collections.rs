//! Changing collections: what the API and embedding programs call. Everything here waits for the database, so async code
//! calls it from a thread that may block.

use super::{App, Inner};
use crate::collections::{self, Change, CollectionError, Draft, Looked, Page};
use crate::db::{Changed, DbError, collections as stored, notify};
use crate::events::{CollectionEvent, CollectionsImportEvent, CollectionsListEvent, EventError, Hook, Subject};
use crate::logs::Level;
use crate::records::{self, ListParams};
use crate::schema::{Catalog, Collection};
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use std::time::Duration;

/// How long after a failed reload the next one is tried.
const RELOAD_AGAIN: Duration = Duration::from_secs(1);

impl App {
    /// A page of collections; `None` when a handler ended the request.
    ///
    /// # Errors
    /// A filter or sort that makes no sense, or a handler refuses.
    pub fn collections_page(&self, params: &ListParams) -> Result<Option<Page>, CollectionError> {
        let catalog = self.catalog();
        let page = {
            let (catalog, params) = (Arc::clone(&catalog), params.clone());
            self.records().db.readers().run(move |connection| collections::list(connection, &catalog, &params))??
        };
        let mut event: CollectionsListEvent = page.into();
        let mut shown = None;
        let done =
            self.records().around_answer(&self.hooks().requests.collections_list, &[], &mut event, &mut |event| {
                let collections = event.collections.clone();
                shown = Some(Page {
                    items: collections,
                    page: event.page,
                    per_page: event.per_page,
                    total_items: event.total_items,
                    total_pages: event.total_pages,
                });
                Ok(())
            });
        done.map_err(CollectionError::of_request)?;
        Ok(shown)
    }

    /// A collection by id, or by name without regard to case; `None` when a handler ended the request.
    ///
    /// # Errors
    /// There is no such collection, or a handler refuses.
    pub fn view_collection(&self, id_or_name: &str) -> Result<Option<Collection>, CollectionError> {
        let found = self.collection(id_or_name).ok_or(CollectionError::NotFound)?;
        let hook = &self.hooks().requests.collection_view;
        let mut shown = None;
        self.requested(hook, Collection::clone(&found), None, |event| {
            shown = Some(event.collection.clone());
            Ok(())
        })?;
        Ok(shown)
    }

    /// Creates a collection with its table or view; `None` when a handler ended the request.
    ///
    /// # Errors
    /// What of the object cannot be, with codes, or a handler refuses.
    pub fn create_collection(&self, object: &Map<String, Json>) -> Result<Option<Arc<Collection>>, CollectionError> {
        let draft = Draft::new(object)?;
        let mut saved = None;
        self.requested(&self.hooks().requests.collection_create, draft.collection.clone(), None, |event| {
            let draft = draft.with(event.collection.clone());
            let looked = self.look_at(draft.query())?;
            saved = Some(self.change_collections(move |change| collections::create(change.knowing(looked), draft))?);
            Ok(())
        })?;
        Ok(saved)
    }

    /// Lays an object over a collection and brings its table along; `None` when a handler ended the request.
    ///
    /// # Errors
    /// As [`App::create_collection`], and [`CollectionError::NotFound`].
    pub fn update_collection(
        &self,
        id_or_name: &str,
        object: &Map<String, Json>,
    ) -> Result<Option<Arc<Collection>>, CollectionError> {
        let stored = self.collection(id_or_name).ok_or(CollectionError::NotFound)?;
        let hook = &self.hooks().requests.collection_update;
        if !hook.concerns(&[&stored.id, &stored.name]) {
            let looked = self.look_at(Draft::of(&stored, object)?.query())?;
            // In one step, so that two changes at once are both kept.
            let change = |change: &mut Change<'_>| {
                let old = change.find(&stored.id)?;
                collections::update(change.knowing(looked), &old, Draft::of(&old, object)?)
            };
            return self.change_collections(change).map(Some);
        }
        let draft = Draft::of(&stored, object)?;
        let mut saved = None;
        self.requested(hook, draft.collection.clone(), Some(Arc::clone(&stored)), |event| {
            let draft = draft.with(event.collection.clone());
            let looked = self.look_at(draft.query())?;
            saved = Some(self.change_collections(|change| {
                let old = change.find(&stored.id)?;
                collections::update(change.knowing(looked), &old, draft)
            })?);
            Ok(())
        })?;
        Ok(saved)
    }

    /// Deletes a collection with its table, records and files; `false` when a handler ended the request.
    ///
    /// # Errors
    /// [`CollectionError::NotFound`], it is a system collection, others refer to it, or a handler refuses.
    pub fn delete_collection(&self, id_or_name: &str) -> Result<bool, CollectionError> {
        let stored = self.collection(id_or_name).ok_or(CollectionError::NotFound)?;
        let mut done = false;
        self.requested(&self.hooks().requests.collection_delete, Collection::clone(&stored), None, |_| {
            self.change_collections(|change| collections::delete(change, &stored.id))?;
            done = true;
            Ok(())
        })?;
        Ok(done)
    }

    /// Creates and updates many collections, all or none; `false` when a handler ended the request.
    ///
    /// # Errors
    /// The first collection that cannot be, with the reasons.
    pub fn import_collections(
        &self,
        items: Vec<Map<String, Json>>,
        delete_missing: bool,
    ) -> Result<bool, CollectionError> {
        let mut event = CollectionsImportEvent { collections: items, delete_missing };
        let mut done = false;
        let imported =
            self.records().around_answer(&self.hooks().requests.collections_import, &[], &mut event, &mut |event| {
                let (items, delete_missing) = (&event.collections, event.delete_missing);
                let queries = items.iter().filter_map(|item| item.get("viewQuery")?.as_str());
                let looked = self.look_at(queries)?;
                self.change_collections(|change| collections::import(change.knowing(looked), items, delete_missing))?;
                done = true;
                Ok(())
            });
        imported.map_err(CollectionError::of_request)?;
        Ok(done)
    }

    /// Changes collections in one transaction and serves the result.
    ///
    /// Every other write waits meanwhile, so that none meets a table that is not what its collection says.
    ///
    /// # Errors
    /// What the work refused with; nothing is changed then. A handler that fails after the commit.
    pub fn change_collections<T>(
        &self,
        work: impl FnOnce(&mut Change<'_>) -> Result<T, CollectionError>,
    ) -> Result<T, CollectionError> {
        level(|| self.change_on_level(work))
    }

    fn change_on_level<T>(
        &self,
        work: impl FnOnce(&mut Change<'_>) -> Result<T, CollectionError>,
    ) -> Result<T, CollectionError> {
        let records = self.records();
        let lease = records.db.writer().lease()?;
        let mut told = Vec::new();
        let mut changing = None;
        let done = lease.transaction(|tx| {
            let mut change = Change::begin(tx, records)?;
            let done = work(&mut change);
            told = change.take_told();
            let done = done?;
            self.inner.rename_in_settings(tx, change.renames())?;
            changing = Some(records.changing.write());
            Ok::<_, CollectionError>(done)
        });
        if done.is_ok() {
            self.inner.reload_collections();
        }
        drop(changing);
        if done.is_ok() {
            self.inner.reload_settings();
            // As PocketBase does after every change of a table.
            let _ = lease.execute_batch("PRAGMA optimize");
            notify(self.dir(), Changed::Collections);
        }
        drop(lease);
        let heard = collections::tell(self.hooks(), told, done.as_ref().err());
        let done = done?;
        heard?;
        Ok(done)
    }

    /// Looks at the first rows of views to be on a reader: inside the change every write would wait for them.
    fn look_at<'q>(&self, queries: impl IntoIterator<Item = &'q str>) -> Result<Looked, CollectionError> {
        let mut looked = Looked::default();
        for query in queries.into_iter().filter(|query| !query.is_empty()) {
            let catalog = self.catalog();
            self.records().db.readers().here(|reader| looked.look(reader, &catalog, query))?;
        }
        Ok(looked)
    }

    /// Runs a request hook around its action.
    fn requested(
        &self,
        hook: &Hook<CollectionEvent>,
        collection: Collection,
        original: Option<Arc<Collection>>,
        mut action: impl FnMut(&mut CollectionEvent) -> Result<(), CollectionError>,
    ) -> Result<(), CollectionError> {
        let mut event = CollectionEvent { collection, original, error: None };
        let tags = event.tags();
        let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
        let mut action = |event: &mut CollectionEvent| action(event).map_err(EventError::from);
        level(|| {
            let done = self.records().around_answer(hook, &tags, &mut event, &mut action);
            done.map_err(CollectionError::of_request)
        })
    }
}

impl Inner {
    /// Runs no handlers: readers may be waiting for this.
    pub(super) fn reload_collections(self: &Arc<Self>) {
        let records = &self.records;
        records.distrust();
        // On this thread: the pool may be full of those readers.
        match records.db.readers().here(|connection| stored::load(connection)) {
            Err(DbError::Closed) => {}
            // No connection can be opened now, and what is loaded may be stale.
            Err(error) => {
                self.logs.trouble("Failed to reload the collections", &error.to_string());
                self.reload_collections_later();
            }
            Ok(Ok(loaded)) => {
                let current = records.catalog.load();
                let same = current.len() == loaded.len()
                    && current.iter().zip(&loaded).all(|(current, loaded)| **current == *loaded);
                if !same {
                    let next = Catalog::new(loaded.into_iter().map(Arc::new), current.version() + 1);
                    records.catalog.store(Arc::new(next));
                }
            }
            // Half-written by another program: what was loaded before goes on serving.
            Ok(Err(error)) => {
                self.logs.message(Level::ERROR, error.to_string(), Json::Null);
            }
        }
    }

    fn reload_collections_later(self: &Arc<Self>) {
        let inner = Arc::downgrade(self);
        let reload = move || {
            std::thread::sleep(RELOAD_AGAIN);
            if let Some(inner) = inner.upgrade() {
                inner.reload_collections();
            }
        };
        if let Err(error) = std::thread::Builder::new().name("pbr-collections".into()).spawn(reload) {
            self.logs.trouble("Failed to reload the collections", &error.to_string());
        }
    }
}

/// [`records::level`] for collections.
fn level<T>(work: impl FnOnce() -> Result<T, CollectionError>) -> Result<T, CollectionError> {
    records::level(|| Ok(work())).map_err(|error| CollectionError::Event(error.into()))?
}

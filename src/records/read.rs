//! The read path: on a reader, on the caller's thread where that is quicker, or with handlers in between.

use super::list::{self, ListParams};
use super::store::superuser;
use super::{Pending, RecordError, Records, Scope};
use crate::db::Reader;
use crate::events::{Hook, RecordEvent};
use crate::query::{Parts, RequestInfo};
use crate::schema::{Catalog, Collection};
use std::sync::Arc;

impl Records {
    /// Runs a read on one of the readers.
    pub fn on_reader<T, F>(self: &Arc<Self>, request: Arc<RequestInfo>, work: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce(&Scope<'_>) -> Result<T, RecordError> + Send + 'static,
    {
        let records = Arc::clone(self);
        Pending::Queued(self.db.readers().submit(move |reader| {
            let catalog = records.catalog.load();
            let counts = Some(reader.counts());
            work(&Scope { bus: None, counts, ..records.scope(reader, &catalog, &request) })
        }))
    }

    pub fn list(
        self: &Arc<Self>,
        collection: Arc<Collection>,
        request: Arc<RequestInfo>,
        params: ListParams,
    ) -> Pending<Vec<u8>> {
        if self.answers_hooked(&self.bus.requests.records_list, &collection, &params.expand) {
            let records = Arc::clone(self);
            return Pending::Blocking(Box::new(move || records.list_hooked(&collection, &request, &params)));
        }
        self.on_reader_anew(request, move |scope| list::list(scope, &scope.current(&collection)?, &params))
    }

    pub fn view(
        self: &Arc<Self>,
        collection: Arc<Collection>,
        request: Arc<RequestInfo>,
        id: String,
        expand: String,
    ) -> Pending<Vec<u8>> {
        if self.answers_hooked(&self.bus.requests.record_view, &collection, &expand) {
            let records = Arc::clone(self);
            return Pending::Blocking(Box::new(move || records.view_hooked(&collection, &request, &id, &expand)));
        }
        let rule = collection.rules.view.as_deref().unwrap_or_default();
        let quick = expand.is_empty() && self.is_look_up(&collection, rule, &request);
        let work = move |scope: &Scope<'_>| list::view(scope, &scope.current(&collection)?, &id, &expand);
        if quick { self.on_this_thread(request, work) } else { self.on_reader_anew(request, work) }
    }

    /// Whether to show a record under a rule is to find one row by its key and to look at nothing else. That takes less
    /// time than to wake a reader, so that the caller's thread may do it even where it must not wait.
    pub fn is_look_up(&self, collection: &Collection, rule: &str, request: &RequestInfo) -> bool {
        let superuser = superuser(request);
        let managed = collection.auth().is_some_and(|options| options.manage_rule.is_some());
        if collection.is_view() || (managed && !superuser) {
            return false;
        }
        let rule = Some(rule).filter(|rule| !superuser && !rule.is_empty());
        let parts = Parts { rule, superuser, ..Parts::default() };
        let query = self.plans.queries.get(&self.catalog.load(), collection, &parts, request);
        query.is_ok_and(|query| query.stays_in_its_row())
    }

    /// Runs a read that [`Records::is_look_up`] on the calling thread. One that meets a large value, or fails while its table
    /// changes, is begun anew as [`Records::on_reader_anew`]; it must pass such an error on.
    pub fn on_this_thread<T, F>(self: &Arc<Self>, request: Arc<RequestInfo>, work: F) -> Pending<T>
    where
        T: Send + 'static,
        F: Fn(&Scope<'_>) -> Result<T, RecordError> + Send + 'static,
    {
        let catalog = self.catalog.load();
        let read = |reader: &Reader| work(&Scope { bus: None, ..self.scope(reader, &catalog, &request) });
        let found = self.db.readers().here_if_small(read);
        let found = found.unwrap_or_else(|error| Err(error.into()));
        let changed = || self.changing.try_read().is_err() || !Arc::ptr_eq(&catalog, &self.catalog.load());
        match found {
            Err(error) if error.is_too_big() || changed() => self.on_reader_anew(request, work),
            found => Pending::Ready(found),
        }
    }

    /// [`Records::on_reader`] of records, begun anew where their tables changed under it.
    pub fn on_reader_anew<T, F>(self: &Arc<Self>, request: Arc<RequestInfo>, work: F) -> Pending<T>
    where
        T: Send + 'static,
        F: Fn(&Scope<'_>) -> Result<T, RecordError> + Send + 'static,
    {
        let records = Arc::clone(self);
        Pending::Queued(self.db.readers().submit(move |reader| {
            records.with_current(|catalog| {
                let counts = Some(reader.counts());
                work(&Scope { bus: None, counts, ..records.scope(reader, catalog, &request) })
            })
        }))
    }

    /// Tables change a moment before the catalog does: what fails in between is tried with the next one.
    fn with_current<T>(&self, read: impl Fn(&Catalog) -> Result<T, RecordError>) -> Result<T, RecordError> {
        loop {
            let catalog = self.catalog.load();
            let done = read(&catalog);
            if done.is_ok() {
                return done;
            }
            drop(self.changing.read());
            if Arc::ptr_eq(&catalog, &self.catalog.load()) {
                return done;
            }
        }
    }

    fn answers_hooked<E>(&self, hook: &Hook<E>, collection: &Collection, expand: &str) -> bool {
        hook.concerns(&RecordEvent::tags(collection))
            || self.bus.listens_to_answers(collection, &self.catalog.load(), !expand.is_empty())
    }

    /// Runs the read of one step of a write and waits for it: as [`Records::on_reader_anew`], or in the transaction that is
    /// open on this thread.
    pub(super) fn read_for_step<T, F>(self: &Arc<Self>, request: &Arc<RequestInfo>, work: F) -> Result<T, RecordError>
    where
        T: Send + 'static,
        F: Fn(&Scope<'_>) -> Result<T, RecordError> + Send + 'static,
    {
        match self.open() {
            None => self.on_reader_anew(Arc::clone(request), work).wait(),
            Some(transaction) => work(&self.scope(&transaction.tx(), &self.catalog.load(), request)),
        }
    }
}

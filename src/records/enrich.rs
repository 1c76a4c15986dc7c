//! Answers where handlers take part: rows become records in memory, pass the enrich hooks, and only then become JSON.

use super::Records;
use super::expand::{self, Expansion};
use super::list::{self, ListParams, Page, viewer};
use super::projection::{Projection, Viewer};
use super::stepwise::Save;
use super::tree::{TreeRecord, write_all};
use super::{RecordError, Scope, error};
use crate::events::{Bus, EnrichEvent, EventError, Record, RecordEvent, RecordsListEvent};
use crate::query::RequestInfo;
use crate::schema::Collection;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const FAILED_ONE: &str = "Failed to enrich record.";
/// Bytes of stack that the handlers of one record may take, and that are added where fewer are left.
const STACK_NEEDED: usize = 256 << 10;
const STACK_GROWTH: usize = 4 << 20;
const FAILED_MANY: &str = "Failed to enrich records.";

impl Records {
    /// The hooked form of [`Records::list`]; empty when a handler ended the request.
    pub(super) fn list_hooked(
        self: &Arc<Self>,
        collection: &Arc<Collection>,
        request: &Arc<RequestInfo>,
        params: &ListParams,
    ) -> Result<Vec<u8>, RecordError> {
        self.on_this_thread_with_handlers(request, |scope| {
            let (records, page) = list::find_page(scope, collection, params)?;
            let mut event = RecordsListEvent {
                collection: Arc::clone(collection),
                request: Arc::clone(request),
                records,
                page: page.page,
                per_page: page.per_page,
                total_items: page.total_items,
                total_pages: page.total_pages,
            };
            let mut out = Vec::new();
            let expansion = Expansion::parse(&params.expand);
            let tags = RecordEvent::tags(collection);
            self.around_answer(&self.bus.requests.records_list, &tags, &mut event, &mut |event| {
                let shown = present(scope, collection, event.records.clone(), &expansion);
                let shown = shown.map_err(|error| error::within(error, 500, FAILED_MANY))?;
                let page = Page {
                    page: event.page,
                    per_page: event.per_page,
                    total_items: event.total_items,
                    total_pages: event.total_pages,
                };
                out = b"{\"items\":[".to_vec();
                write_all(&shown, &mut out);
                page.write_end(&mut out);
                Ok(())
            })?;
            Ok(out)
        })
    }

    /// The hooked form of [`Records::view`]; empty when a handler ended the request.
    pub(super) fn view_hooked(
        self: &Arc<Self>,
        collection: &Arc<Collection>,
        request: &Arc<RequestInfo>,
        id: &str,
        expand: &str,
    ) -> Result<Vec<u8>, RecordError> {
        self.on_this_thread_with_handlers(request, |scope| {
            let record = list::find_visible(scope, collection, id)?;
            let mut event = RecordEvent {
                collection: Arc::clone(collection),
                record,
                original: None,
                request: Some(Arc::clone(request)),
                error: None,
            };
            let mut out = Vec::new();
            let tags = RecordEvent::tags(collection);
            self.around_answer(&self.bus.requests.record_view, &tags, &mut event, &mut |event| {
                out = render(scope, collection, event.record.clone(), expand)?;
                Ok(())
            })?;
            Ok(out)
        })
    }

    /// A record in memory as the answer to a write. Rules that take part see the body of the write.
    pub(super) fn answer(self: &Arc<Self>, save: &Save<'_>, record: Record) -> Result<Vec<u8>, RecordError> {
        self.render(&save.write.collection, save.request, record, &save.write.expand)
    }

    /// A record in memory as the JSON of an answer, without asking any rule. Waits for the database.
    ///
    /// # Errors
    /// A handler refuses.
    pub fn render(
        self: &Arc<Self>,
        collection: &Arc<Collection>,
        request: &Arc<RequestInfo>,
        record: Record,
        expand: &str,
    ) -> Result<Vec<u8>, RecordError> {
        let listens = self.bus.listens_to_answers(collection, &self.catalog.load(), !expand.is_empty());
        if listens {
            return self.on_this_thread_with_handlers(request, |scope| Ok(render(scope, collection, record, expand)?));
        }
        let (collection, expand) = (Arc::clone(collection), expand.to_owned());
        self.read_for_step(request, move |scope| Ok(render(scope, &collection, record.clone(), &expand)?))
    }

    /// Runs a read with handlers in it on this thread, in the transaction that is open there or on a reader.
    fn on_this_thread_with_handlers<T>(
        self: &Arc<Self>,
        request: &RequestInfo,
        work: impl FnOnce(&Scope<'_>) -> Result<T, RecordError>,
    ) -> Result<T, RecordError> {
        let catalog = self.catalog.load_full();
        if let Some(transaction) = self.open() {
            return work(&self.scope(&transaction.tx(), &catalog, request));
        }
        self.db.readers().here(|reader| {
            let counts = Some(reader.counts());
            work(&Scope { counts, ..self.scope(reader, &catalog, request) })
        })?
    }
}

/// A record in memory as the JSON of an answer, without asking any rule.
///
/// # Errors
/// A handler refuses.
pub fn render(
    scope: &Scope<'_>,
    collection: &Arc<Collection>,
    record: Record,
    expand: &str,
) -> Result<Vec<u8>, EventError> {
    let shown = present(scope, collection, vec![record], &Expansion::parse(expand));
    let mut out = Vec::with_capacity(512);
    write_all(&shown.map_err(|error| error::within(error, 500, FAILED_ONE))?, &mut out);
    Ok(out)
}

/// Takes records through the enrich hooks, with the built-in work for all of them innermost: expansion, the addresses
/// that the viewer may see and, for superusers, the hidden fields.
///
/// # Errors
/// A handler refuses.
pub(super) fn present(
    scope: &Scope<'_>,
    collection: &Arc<Collection>,
    records: Vec<Record>,
    expansion: &Expansion,
) -> Result<Vec<TreeRecord>, EventError> {
    let request = Arc::new(scope.request.clone());
    let event = |record| EnrichEvent {
        collection: Arc::clone(collection),
        record,
        request: Arc::clone(&request),
        hidden: BTreeSet::new(),
        shown: BTreeSet::new(),
        custom: BTreeMap::new(),
    };
    let mut events: Vec<EnrichEvent> = records.into_iter().map(event).collect();
    let tags = RecordEvent::tags(collection);
    let mut nest = Nest {
        scope,
        collection,
        expansion,
        projection: scope.plans.projections.get(scope.connection, collection, true, true),
        trees: Vec::with_capacity(events.len()),
        viewer: None,
    };
    match scope.bus.filter(|bus| bus.enrich.concerns(&tags)) {
        Some(bus) => nest.enter(bus, &tags, &mut events)?,
        None => {
            for event in &events {
                nest.trees.push(TreeRecord::bare(&nest.projection, &event.record));
            }
            nest.finish();
            events.iter_mut().for_each(|event| nest.unhide(event));
        }
    }
    let unseen = Viewer::default();
    let mut shown = nest.trees;
    let viewer = nest.viewer.as_ref().unwrap_or(&unseen);
    for (at, event) in events.iter().enumerate() {
        // Behind a handler that did not go on nothing was prepared.
        if at == shown.len() {
            shown.push(TreeRecord::bare(&nest.projection, &event.record));
        }
        shown[at].fill(&nest.projection, event, viewer);
    }
    Ok(shown)
}

/// The records of one answer on their way through the hooks.
struct Nest<'a> {
    scope: &'a Scope<'a>,
    collection: &'a Arc<Collection>,
    expansion: &'a Expansion,
    projection: Arc<Projection>,
    /// Those that were entered.
    trees: Vec<TreeRecord>,
    /// Set once the built-in work is done.
    viewer: Option<Viewer<'a>>,
}

impl Nest<'_> {
    fn enter(&mut self, bus: &Bus, tags: &[&str], events: &mut [EnrichEvent]) -> Result<(), EventError> {
        let Some((event, rest)) = events.split_first_mut() else {
            self.finish();
            return Ok(());
        };
        bus.enrich.trigger(tags, event, &mut |event| {
            self.trees.push(TreeRecord::bare(&self.projection, &event.record));
            // How many records there are, clients say.
            stacker::maybe_grow(STACK_NEEDED, STACK_GROWTH, || self.enter(bus, tags, rest))?;
            self.unhide(event);
            Ok(())
        })
    }

    fn finish(&mut self) {
        let mut viewer = viewer(self.scope);
        let manage_rule = self.collection.auth().and_then(|options| options.manage_rule.as_deref());
        if let (Some(rule), false) = (manage_rule, viewer.superuser) {
            let ids: Vec<&str> = self.trees.iter().map(TreeRecord::id).collect();
            viewer.managed = self.scope.satisfying(self.collection, rule, &ids).unwrap_or_default();
        }
        self.viewer = Some(viewer);
        expand::expand(self.scope, self.collection, &mut self.trees, self.expansion);
    }

    /// Superusers see what was hidden so far.
    fn unhide(&self, event: &mut EnrichEvent) {
        if self.viewer.as_ref().is_some_and(|viewer| viewer.superuser) {
            event.hidden.clear();
            event.shown = self.collection.fields.iter().filter(|f| f.hidden).map(|f| f.name.clone()).collect();
        }
    }
}

//! Compiled queries, kept by the texts they came from.

use super::request::{Probe, RequestInfo, Shape};
use super::{Asked, Parts, Query, QueryError, compile_asking, compile_create_asking};
use crate::schema::{Catalog, Collection};
use foldhash::quality::RandomState;
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of one generation, roughly: what was used lately, and the generation before it, are kept. Counted in bytes because
/// anyone can send filters, and some of them compile to very long SQL.
const GENERATION_BYTES: usize = 2 << 20;
/// What a query takes besides its texts.
const ENTRY_BYTES: usize = 768;
/// Shapes of requests that one set of texts keeps a query for.
const MAX_VARIANTS: usize = 64;

/// Compiled queries that any number of threads share.
///
/// Texts are compiled once for every *shape* of request, that is once for guests and once for all logged-in users where a
/// rule compares `@request.auth.id`.
#[derive(Debug, Default)]
pub struct Cache {
    hasher: RandomState,
    /// A mutex, since a look-up takes far less time than compiling and nothing waits while it is held.
    generations: Mutex<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    recent: HashMap<u64, Vec<Entry>, foldhash::fast::RandomState>,
    /// What was used before `recent` filled up the last time; used again, it moves back.
    older: HashMap<u64, Vec<Entry>, foldhash::fast::RandomState>,
    /// Bytes of `recent`.
    size: usize,
}

#[derive(Debug)]
struct Entry {
    version: u64,
    collection: String,
    texts: [Option<String>; 3],
    superuser: bool,
    columns: Vec<String>,
    variants: Vec<(Asked, Arc<Query>)>,
}

/// What identifies an entry, borrowed: a hit allocates nothing.
#[derive(Clone, Copy, Hash)]
struct Key<'a> {
    version: u64,
    collection: &'a str,
    texts: [Option<&'a str>; 3],
    superuser: bool,
    /// Of a would-be row; empty for stored ones.
    columns: &'a [&'a str],
}

impl Entry {
    fn new(key: &Key, variant: (Asked, Arc<Query>)) -> Self {
        Self {
            version: key.version,
            collection: key.collection.to_owned(),
            texts: key.texts.map(|text| text.map(str::to_owned)),
            superuser: key.superuser,
            columns: key.columns.iter().map(|&column| column.to_owned()).collect(),
            variants: vec![variant],
        }
    }

    fn is(&self, key: &Key) -> bool {
        self.version == key.version
            && self.collection == key.collection
            && self.superuser == key.superuser
            && self.texts.iter().map(Option::as_deref).eq(key.texts)
            && self.columns == key.columns
    }

    fn size(&self) -> usize {
        let texts: usize = self.texts.iter().flatten().map(String::len).sum();
        texts + self.variants.iter().map(|(_, query)| ENTRY_BYTES + query.size()).sum::<usize>()
    }

    fn variant(&self, request: &RequestInfo) -> Option<Arc<Query>> {
        let answers = |(probe, shape): &(Probe, Shape)| probe.answers(request, shape);
        self.variants.iter().find(|(asked, _)| asked.iter().all(answers)).map(|(_, query)| query.clone())
    }
}

impl Generations {
    fn find(&mut self, hash: u64, key: &Key, request: &RequestInfo) -> Option<Arc<Query>> {
        let entry = self.recent.get(&hash).into_iter().flatten().find(|entry| entry.is(key));
        if let Some(entry) = entry {
            return entry.variant(request);
        }
        let bucket = self.older.get_mut(&hash)?;
        let entry = bucket.swap_remove(bucket.iter().position(|entry| entry.is(key))?);
        let query = entry.variant(request);
        self.insert(hash, entry);
        query
    }

    fn insert(&mut self, hash: u64, entry: Entry) {
        if self.size >= GENERATION_BYTES {
            self.older = std::mem::take(&mut self.recent);
            self.size = 0;
        }
        self.size += entry.size();
        self.recent.entry(hash).or_default().push(entry);
    }

    fn add(&mut self, hash: u64, key: &Key, variant: (Asked, Arc<Query>)) {
        let known = self.recent.get_mut(&hash).into_iter().flatten().find(|entry| entry.is(key));
        let Some(entry) = known else { return self.insert(hash, Entry::new(key, variant)) };
        if entry.variants.len() >= MAX_VARIANTS {
            entry.variants.remove(0);
        } else {
            self.size += ENTRY_BYTES + variant.1.size();
        }
        entry.variants.push(variant);
    }
}

impl Cache {
    pub fn new() -> Self {
        Self::default()
    }

    /// [`super::compile`], or what it returned for a request of the same shape. Only what was compiled for a collection of
    /// the catalog is kept: a request may have come in before the collection changed.
    ///
    /// # Errors
    /// As [`super::compile`]; errors are not kept.
    pub fn get(
        &self,
        catalog: &Catalog,
        collection: &Collection,
        parts: &Parts,
        request: &RequestInfo,
    ) -> Result<Arc<Query>, QueryError> {
        let key = Key {
            version: catalog.version(),
            collection: &collection.id,
            texts: [parts.rule, parts.filter, parts.sort],
            superuser: parts.superuser,
            columns: &[],
        };
        self.find_or(&key, request, catalog.holds(collection), || compile_asking(catalog, collection, parts, request))
    }

    /// [`super::compile_create`], or what it returned for a request of the same shape.
    ///
    /// # Errors
    /// As [`super::compile_create`]; errors are not kept.
    pub fn get_create(
        &self,
        catalog: &Catalog,
        collection: &Collection,
        rule: &str,
        columns: &[&str],
        request: &RequestInfo,
    ) -> Result<Arc<Query>, QueryError> {
        let key = Key {
            version: catalog.version(),
            collection: &collection.id,
            texts: [Some(rule), None, None],
            superuser: false,
            columns,
        };
        let compile = || compile_create_asking(catalog, collection, rule, columns, request);
        self.find_or(&key, request, catalog.holds(collection), compile)
    }

    fn find_or(
        &self,
        key: &Key,
        request: &RequestInfo,
        keep: bool,
        compile: impl FnOnce() -> Result<(Query, Asked), QueryError>,
    ) -> Result<Arc<Query>, QueryError> {
        if !keep {
            return Ok(Arc::new(compile()?.0));
        }
        let hash = self.hasher.hash_one(key);
        // A panic elsewhere cannot leave the maps half-changed in a way that matters: at worst an entry is missing.
        let lock = || self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(query) = lock().find(hash, key, request) {
            return Ok(query);
        }
        let (query, asked) = compile()?;
        let query = Arc::new(query);
        lock().add(hash, key, (asked, query.clone()));
        Ok(query)
    }
}

//! Expanding relations (spec 02 §8): `author`, `post.author`, `comments_via_post.user`.
//!
//! A path is walked for all records of the page together, one query a level. A path that fails anywhere leaves no
//! trace; it never fails the request.

use super::enrich::present;
use super::list::{all_columns, viewer};
use super::projection::{Projection, Viewer};
use super::{RecordError, Scope};
use crate::db::prepare;
use crate::events::{EnrichEvent, Record, RecordEvent};
use crate::query::FRESH;
use crate::schema::{Collection, FieldKind, ddl};
use indexmap::IndexSet;
use rusqlite::types::Value as SqlValue;
use rusqlite::{Row, params_from_iter};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

const MAX_DEPTH: usize = 6;
const MAX_BACK_RELATIONS: usize = 1000;
/// Paths of one request; further ones are ignored.
const MAX_PATHS: usize = 100;
/// What one request may hang in, counted as often as it appears: relations that lead back and forth multiply.
const MAX_ATTACHED: Size = Size { records: 50_000, bytes: 64 << 20 };

/// The `expand` parameter: paths of segments.
#[derive(Debug, Default, PartialEq)]
pub struct Expansion {
    paths: Vec<Vec<String>>,
}

impl Expansion {
    /// Blanks are dropped, and so is a path that another one continues.
    pub fn parse(text: &str) -> Self {
        if text.is_empty() {
            return Self::default();
        }
        let text: String = text.chars().filter(|c| *c != ' ').collect();
        let texts: Vec<&str> = text.split(',').map(|path| path.trim_matches('.')).filter(|p| !p.is_empty()).collect();
        // Every path that some other one continues.
        let continued: HashSet<&str> =
            texts.iter().flat_map(|path| path.match_indices('.').take(MAX_DEPTH).map(|(at, _)| &path[..at])).collect();
        let kept: IndexSet<&str> =
            texts.iter().copied().filter(|path| !continued.contains(path)).take(MAX_PATHS).collect();
        Self { paths: kept.into_iter().map(|path| path.split('.').map(str::to_owned).collect()).collect() }
    }

    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }
}

/// A record as an object that expanded records can be hung into.
#[derive(Clone)]
pub struct TreeRecord {
    id: String,
    members: BTreeMap<String, Box<RawValue>>,
    /// Ids by relation field, hidden fields included.
    relations: HashMap<String, Vec<String>>,
    expand: Option<BTreeMap<String, Expanded>>,
    /// What hangs in it.
    attached: Size,
}

/// What it takes to hang a record in: how many there are, and their JSON in bytes.
#[derive(Clone, Copy, Default)]
struct Size {
    records: usize,
    bytes: usize,
}

impl Size {
    fn plus(self, other: Self) -> Self {
        Self { records: self.records + other.records, bytes: self.bytes + other.bytes }
    }

    /// What is left of it; `None` where the other is larger.
    fn less(self, other: Self) -> Option<Self> {
        let [records, bytes] = [self.records.checked_sub(other.records)?, self.bytes.checked_sub(other.bytes)?];
        Some(Self { records, bytes })
    }
}

#[derive(Clone)]
enum Expanded {
    One(Box<TreeRecord>),
    Many(Vec<TreeRecord>),
}

impl TreeRecord {
    pub fn read(projection: &Projection, row: &Row<'_>, viewer: &Viewer<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: projection.id().map(|at| row.get(at)).transpose()?.unwrap_or_default(),
            members: projection.tree(row, viewer)?,
            relations: projection.related(row)?,
            expand: None,
            attached: Size::default(),
        })
    }

    /// A record in memory whose members come later.
    pub fn bare(projection: &Projection, record: &Record) -> Self {
        let columns = projection.columns_of(record);
        let text = |at: usize| match &columns[at] {
            SqlValue::Text(text) => text.clone(),
            _ => String::new(),
        };
        Self {
            id: projection.id().map(text).unwrap_or_default(),
            members: BTreeMap::new(),
            relations: projection.related(&columns).unwrap_or_default(),
            expand: None,
            attached: Size::default(),
        }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    fn size(&self) -> Size {
        let bytes = self.members.iter().map(|(name, json)| name.len() + json.get().len()).sum();
        self.attached.plus(Size { records: 1, bytes })
    }

    /// Sets the members from what handlers made of the record.
    pub fn fill(&mut self, projection: &Projection, event: &EnrichEvent, viewer: &Viewer<'_>) {
        self.members = projection.tree(&projection.columns_of(&event.record), viewer).unwrap_or_default();
        for field in event.collection.fields.iter().filter(|field| field.hidden) {
            if !event.shown.contains(&field.name) {
                self.members.remove(&field.name);
            }
        }
        for name in &event.hidden {
            self.members.remove(name);
            if name == "expand" {
                self.expand = None;
            }
        }
        for (name, value) in &event.custom {
            let json = serde_json::value::to_raw_value(value).expect("a value is JSON");
            self.members.insert(name.clone(), json);
        }
    }

    /// Appends the record as JSON, `expand` in its alphabetical place.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut separator = b'{';
        let mut key = |name: &str, out: &mut Vec<u8>| {
            out.push(separator);
            separator = b',';
            crate::schema::fields::write_json_string(name, out);
            out.push(b':');
        };
        let mut expand = self.expand.as_ref();
        for (name, json) in &self.members {
            if name.as_str() > "expand"
                && let Some(expand) = expand.take()
            {
                key("expand", out);
                write_expand(expand, out);
            }
            key(name, out);
            out.extend_from_slice(json.get().as_bytes());
        }
        if let Some(expand) = expand {
            key("expand", out);
            write_expand(expand, out);
        }
        out.push(b'}');
    }

    /// Hangs in what a path found; what an earlier path hung into the same record stays.
    fn attach(&mut self, segment: &str, found: Option<Expanded>) {
        let expand = self.expand.get_or_insert_default();
        match (expand.get_mut(segment), found) {
            (Some(Expanded::One(old)), Some(Expanded::One(new))) => old.merge(*new),
            (Some(Expanded::Many(old)), Some(Expanded::Many(new))) => {
                for (old, new) in old.iter_mut().zip(new) {
                    old.merge(new);
                }
            }
            (_, Some(found)) => {
                expand.insert(segment.to_owned(), found);
            }
            (_, None) => {}
        }
    }

    fn merge(&mut self, other: Self) {
        for (segment, found) in other.expand.into_iter().flatten() {
            self.attach(&segment, Some(found));
        }
    }
}

fn write_expand(expand: &BTreeMap<String, Expanded>, out: &mut Vec<u8>) {
    let mut separator = b'{';
    if expand.is_empty() {
        out.push(separator);
    }
    for (segment, found) in expand {
        out.push(separator);
        separator = b',';
        crate::schema::fields::write_json_string(segment, out);
        out.push(b':');
        match found {
            Expanded::One(record) => record.write(out),
            Expanded::Many(records) => {
                out.push(b'[');
                for (at, record) in records.iter().enumerate() {
                    if at > 0 {
                        out.push(b',');
                    }
                    record.write(out);
                }
                out.push(b']');
            }
        }
    }
    out.push(b'}');
}

/// The JSON of `expand` for each of these records; `None` where no path leads anywhere.
///
/// # Errors
/// SQLite fails.
pub fn expansions(
    scope: &Scope<'_>,
    collection: &Arc<Collection>,
    records: &[Record],
    expansion: &Expansion,
) -> Result<Vec<Option<Vec<u8>>>, RecordError> {
    let projection = scope.plans.projections.get(scope.connection, collection, true, true);
    let mut trees: Vec<TreeRecord> = records.iter().map(|record| TreeRecord::bare(&projection, record)).collect();
    expand(scope, collection, &mut trees, expansion)?;
    let json = |expand: &BTreeMap<String, Expanded>| {
        let mut out = Vec::new();
        write_expand(expand, &mut out);
        out
    };
    Ok(trees.iter().map(|tree| tree.expand.as_ref().map(json)).collect())
}

impl Expansion {
    /// The first step of a path that leads nowhere: the name of the collection that it would start from, and the step.
    pub fn wrong_step(&self, scope: &Scope<'_>, collection: &Arc<Collection>) -> Option<(String, String)> {
        self.paths.iter().find_map(|path| {
            let mut from = Arc::clone(collection);
            for segment in path {
                match resolve(scope, &from, segment) {
                    Some(hop) => from = hop.target,
                    None => return Some((from.name.clone(), segment.clone())),
                }
            }
            None
        })
    }
}

/// Expands every path on all records.
pub fn expand(
    scope: &Scope<'_>,
    collection: &Collection,
    records: &mut [TreeRecord],
    expansion: &Expansion,
) -> Result<(), RecordError> {
    if expansion.is_empty() || records.is_empty() {
        return Ok(());
    }
    let request = crate::query::RequestInfo { context: "expand".into(), ..scope.request.clone() };
    let scope = scope.with_request(&request);
    let mut budget = MAX_ATTACHED;
    for path in &expansion.paths {
        let path = &path[..path.len().min(MAX_DEPTH)];
        // A failing path is the client's mistake or none of its business: nothing is expanded for it.
        let _ = walk(&scope, collection, records, path, &mut budget);
    }
    Ok(())
}

/// A level of a path: where the related records are and how they are found.
struct Hop {
    target: Arc<Collection>,
    /// One related record at most.
    single: bool,
    /// The relation field of `target` that points back.
    back_field: Option<String>,
}

fn walk(
    scope: &Scope<'_>,
    collection: &Collection,
    records: &mut [TreeRecord],
    path: &[String],
    budget: &mut Size,
) -> Result<(), RecordError> {
    let Some((segment, rest)) = path.split_first() else { return Ok(()) };
    let hop = resolve(scope, collection, segment).ok_or_else(RecordError::not_found)?;
    let rule = scope.rule(&hop.target.rules.view)?;
    let ids = related_ids(scope, &hop, segment, records)?;
    let mut all: Vec<&str> = ids.iter().flatten().map(String::as_str).collect();
    all.sort_unstable();
    all.dedup();
    let mut related = fetch(scope, &hop.target, rule, &all)?;
    if !related.is_empty() {
        walk(scope, &hop.target, &mut related, rest, budget)?;
    }
    let by_id: HashMap<&str, (&TreeRecord, Size)> =
        related.iter().map(|record| (record.id.as_str(), (record, record.size()))).collect();
    for (record, ids) in records.iter_mut().zip(&ids) {
        let found = || ids.iter().filter_map(|id| by_id.get(id.as_str()));
        let size = found().fold(Size::default(), |sum, (_, size)| sum.plus(*size));
        *budget = budget.less(size).ok_or_else(RecordError::not_found)?;
        record.attached = record.attached.plus(size);
        let mut found = found().map(|(record, _)| (*record).clone());
        let found = if hop.single {
            found.next().map(|record| Expanded::One(Box::new(record)))
        } else {
            Some(found.collect::<Vec<_>>()).filter(|found| !found.is_empty()).map(Expanded::Many)
        };
        record.attach(segment, found);
    }
    Ok(())
}

fn resolve(scope: &Scope<'_>, collection: &Collection, segment: &str) -> Option<Hop> {
    if let Some(field) = collection.field(segment) {
        let FieldKind::Relation(relation) = &field.kind else { return None };
        let target = Arc::clone(scope.catalog.by_id(&relation.collection_id)?);
        return Some(Hop { target, single: relation.max_select <= 1, back_field: None });
    }
    let (name, field) = match segment.split_once("_via_") {
        Some(parts) => parts,
        // The legacy form `collection(field)`.
        None => segment.strip_suffix(')')?.split_once('(')?,
    };
    let target = Arc::clone(scope.catalog.get(name)?);
    let field = target.field(field)?;
    match &field.kind {
        FieldKind::Relation(relation) if relation.collection_id == collection.id => {
            let single = relation.max_select <= 1 && super::unique::has_unique_index(&target, &field.name);
            let back_field = Some(field.name.clone());
            Some(Hop { single, back_field, target })
        }
        _ => None,
    }
}

/// Ids of the related records, for each record in its order.
fn related_ids(
    scope: &Scope<'_>,
    hop: &Hop,
    segment: &str,
    records: &[TreeRecord],
) -> Result<Vec<Vec<String>>, RecordError> {
    let Some(field) = &hop.back_field else {
        return Ok(records.iter().map(|record| record.relations.get(segment).cloned().unwrap_or_default()).collect());
    };
    let (table, column) = (ddl::quote(&hop.target.name), ddl::quote(field));
    let multiple = hop.target.field(field).is_some_and(|field| field.kind.as_type().is_multiple());
    let condition = if multiple {
        format!("?1 IN (SELECT value FROM json_each({}))", ddl::as_list(&column))
    } else {
        format!("{column} = ?1")
    };
    let fresh = if hop.target.is_view() { format!(" AND {FRESH}") } else { String::new() };
    let sql = format!("SELECT id FROM {table} WHERE {condition}{fresh} LIMIT {MAX_BACK_RELATIONS}");
    let mut statement = prepare(scope.connection, &sql)?;
    records
        .iter()
        .map(|record| {
            let rows = statement.query_map([&record.id], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<Vec<String>>>()?)
        })
        .collect()
}

fn fetch(
    scope: &Scope<'_>,
    collection: &Arc<Collection>,
    rule: Option<&str>,
    ids: &[&str],
) -> Result<Vec<TreeRecord>, RecordError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = scope.rule_query(collection, rule)?;
    let mut params = scope.bind(&query);
    params.push(SqlValue::Text(serde_json::to_string(ids).expect("strings are JSON")));
    if scope.bus.is_some_and(|bus| bus.enrich.concerns(&RecordEvent::tags(collection))) {
        let mut statement = prepare(scope.connection, &query.by_ids_sql(&all_columns(scope.connection, collection)))?;
        let records = statement.query_map(params_from_iter(params), |row| Record::read(collection, row))?;
        let records = records.collect::<rusqlite::Result<_>>()?;
        return Ok(present(scope, collection, records, &Expansion::default())?);
    }
    let projection = scope.plans.projections.get(scope.connection, collection, scope.is_superuser(), true);
    let mut viewer = viewer(scope);
    let manage_rule = collection.auth().and_then(|options| options.manage_rule.as_deref());
    if let (Some(rule), false) = (manage_rule, viewer.superuser) {
        viewer.managed = scope.satisfying(collection, rule, ids).unwrap_or_default();
    }
    let mut statement = prepare(scope.connection, &query.by_ids_sql(projection.columns()))?;
    let mut rows = statement.query(params_from_iter(params))?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        records.push(TreeRecord::read(&projection, row, &viewer)?);
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::Expansion;

    #[test]
    fn a_continued_path_covers_its_prefix() {
        let paths = |text| Expansion::parse(text).paths.into_iter().map(|path| path.join(".")).collect::<Vec<_>>();
        assert_eq!(paths(" author, author.tags ,,.tags."), ["author.tags", "tags"]);
        assert_eq!(paths("a,a"), ["a"]);
    }
}

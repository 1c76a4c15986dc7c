//! Expanding relations (spec 02 §8): `author`, `post.author`, `comments_via_post.user`.
//!
//! A path is walked for all records of the page together, one query a step, and paths share the steps that they begin
//! with. A path that fails anywhere leaves no trace; it never fails the request. One that hangs in too much ends there.

use super::enrich::present;
use super::list::{all_columns, viewer};
use super::tree::{Expanded, Size, TreeRecord};
use super::{RecordError, Scope};
use crate::db::prepare;
use crate::events::{Record, RecordEvent};
use crate::query::FRESH;
use crate::schema::{Collection, FieldKind, ddl};
use indexmap::IndexSet;
use rusqlite::params_from_iter;
use rusqlite::types::Value as SqlValue;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

/// Steps of a path; further ones are ignored.
const MAX_DEPTH: usize = 6;
const MAX_BACK_RELATIONS: usize = 1000;
/// Paths of one request; further ones are ignored.
const MAX_PATHS: usize = 100;
/// What one request may hang in, counted as often as it appears: relations that lead back and forth multiply.
const MAX_ATTACHED: Size = Size { records: 50_000, bytes: 64 << 20 };

/// The `expand` parameter: where its paths lead.
#[derive(Debug, Default, PartialEq)]
pub struct Expansion {
    steps: Vec<Step>,
}

/// A segment of paths and how they go on.
#[derive(Debug, PartialEq)]
struct Step {
    segment: String,
    then: Vec<Step>,
}

impl Expansion {
    /// Blanks are dropped.
    pub fn parse(text: &str) -> Self {
        let mut expansion = Self::default();
        if text.is_empty() {
            return expansion;
        }
        let text: String = text.chars().filter(|c| *c != ' ').collect();
        let texts: Vec<&str> = text.split(',').map(|path| path.trim_matches('.')).filter(|p| !p.is_empty()).collect();
        // Every path that some other one continues.
        let continued: HashSet<&str> =
            texts.iter().flat_map(|path| path.match_indices('.').take(MAX_DEPTH).map(|(at, _)| &path[..at])).collect();
        let kept: IndexSet<&str> =
            texts.iter().copied().filter(|path| !continued.contains(path)).take(MAX_PATHS).collect();
        for path in kept {
            let mut steps = &mut expansion.steps;
            for segment in path.split('.').take(MAX_DEPTH) {
                let at = steps.iter().position(|step| step.segment == segment).unwrap_or_else(|| {
                    steps.push(Step { segment: segment.to_owned(), then: Vec::new() });
                    steps.len() - 1
                });
                steps = &mut steps[at].then;
            }
        }
        expansion
    }

    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The first step that leads nowhere: the name of the collection that it would start from, and its segment.
    pub fn wrong_step(&self, scope: &Scope<'_>, collection: &Collection) -> Option<(String, String)> {
        fn wrong(scope: &Scope<'_>, from: &Collection, steps: &[Step]) -> Option<(String, String)> {
            steps.iter().find_map(|step| match resolve(scope, from, &step.segment) {
                Some(hop) => wrong(scope, &hop.target, &step.then),
                None => Some((from.name.clone(), step.segment.clone())),
            })
        }
        wrong(scope, collection, &self.steps)
    }
}

/// The JSON of `expand` for each of these records; `None` where no path leads anywhere.
pub fn expansions(
    scope: &Scope<'_>,
    collection: &Arc<Collection>,
    records: &[Record],
    expansion: &Expansion,
) -> Vec<Option<Vec<u8>>> {
    let projection = scope.plans.projections.get(scope.connection, collection, true, true);
    let mut trees: Vec<TreeRecord> = records.iter().map(|record| TreeRecord::bare(&projection, record)).collect();
    expand(scope, collection, &mut trees, expansion);
    trees.iter().map(TreeRecord::expansion).collect()
}

/// Expands every path on all records.
pub fn expand(scope: &Scope<'_>, collection: &Collection, records: &mut [TreeRecord], expansion: &Expansion) {
    if expansion.is_empty() || records.is_empty() {
        return;
    }
    let request = crate::query::RequestInfo { context: "expand".into(), ..scope.request.clone() };
    let scope = scope.with_request(&request);
    let mut budget = MAX_ATTACHED;
    for step in &expansion.steps {
        // A failing path is the client's mistake or none of its business: nothing is expanded for it.
        let _ = walk(&scope, collection, records, step, &mut budget);
    }
}

/// Where the related records of a step are and how they are found.
struct Hop {
    target: Arc<Collection>,
    /// One related record at most.
    single: bool,
    link: Link,
}

enum Link {
    /// The number of the relation among those of the collection that the step starts from.
    Relation(usize),
    /// The relation field of the target that points back.
    Back(String),
}

/// Expands one step of a path with what follows it. The budget is spent in the order of the records; where it runs out,
/// those that were given theirs keep it.
fn walk(
    scope: &Scope<'_>,
    collection: &Collection,
    records: &mut [TreeRecord],
    step: &Step,
    budget: &mut Size,
) -> Result<(), RecordError> {
    let hop = resolve(scope, collection, &step.segment).ok_or_else(RecordError::not_found)?;
    let rule = scope.rule(&hop.target.rules.view)?;
    let mut waiting = records;
    let mut ids: Vec<Vec<String>> = Vec::new();
    // All at once, as long as they have room.
    let mut most = waiting.len();
    while !waiting.is_empty() {
        if ids.is_empty() {
            ids = related_ids(scope, &hop, waiting)?;
        }
        let round = ids.len().min(most);
        let mut all: Vec<&str> = ids[..round].iter().flatten().map(String::as_str).collect();
        all.sort_unstable();
        all.dedup();
        let (mut related, read) = match fetch(scope, &hop.target, rule, &all, !step.then.is_empty(), *budget)? {
            Fetched::All(related, size) => (related, size),
            Fetched::TooMuch if round == 1 => return Err(RecordError::not_found()),
            Fetched::TooMuch => {
                most = round / 2;
                continue;
            }
        };
        if !related.is_empty() {
            // What is here already takes its room, also while it is not hung in anywhere.
            let mut left = budget.less(read).ok_or_else(RecordError::not_found)?;
            let failed =
                step.then.iter().filter(|step| walk(scope, &hop.target, &mut related, step, &mut left).is_err());
            let all_failed = !step.then.is_empty() && failed.count() == step.then.len();
            *budget = left.plus(read);
            if all_failed {
                return Err(RecordError::not_found());
            }
        }
        let mut found: Vec<Option<Rc<TreeRecord>>> = all.iter().map(|_| None).collect();
        for record in related {
            if let Ok(at) = all.binary_search(&record.id()) {
                found[at] = Some(Rc::new(record));
            }
        }
        let (now, later) = waiting.split_at_mut(round);
        for (record, ids) in now.iter_mut().zip(&ids) {
            let those = ids.iter().filter_map(|id| found[all.binary_search(&id.as_str()).ok()?].clone());
            let those: Vec<Rc<TreeRecord>> = those.collect();
            let size = those.iter().fold(Size::default(), |sum, record| sum.plus(record.size()));
            *budget = budget.less(size).ok_or_else(RecordError::not_found)?;
            let expanded = if hop.single {
                those.into_iter().next().map(Expanded::One)
            } else {
                Some(those).filter(|those| !those.is_empty()).map(Expanded::Many)
            };
            record.attach(&step.segment, expanded, size);
        }
        ids.drain(..round);
        waiting = later;
    }
    Ok(())
}

fn resolve(scope: &Scope<'_>, collection: &Collection, segment: &str) -> Option<Hop> {
    if let Some(field) = collection.field(segment) {
        let FieldKind::Relation(relation) = &field.kind else { return None };
        let target = Arc::clone(scope.catalog.by_id(&relation.collection_id)?);
        let link = Link::Relation(collection.relations().position(|(relation, _)| relation.name == field.name)?);
        return Some(Hop { target, single: relation.max_select <= 1, link });
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
            let link = Link::Back(field.name.clone());
            Some(Hop { single, link, target })
        }
        _ => None,
    }
}

/// Ids of the related records, for each record in its order; for the first ones only, where they have very many.
fn related_ids(scope: &Scope<'_>, hop: &Hop, records: &mut [TreeRecord]) -> Result<Vec<Vec<String>>, RecordError> {
    let field = match &hop.link {
        Link::Relation(relation) => {
            return up_to_enough(records.iter_mut().map(|record| Ok(record.take_related(*relation))));
        }
        Link::Back(field) => field,
    };
    let table = ddl::quote(&hop.target.name);
    // With its table, since `json_each` has columns of its own.
    let column = format!("{table}.{}", ddl::quote(field));
    let multiple = hop.target.field(field).is_some_and(|field| field.kind.as_type().is_multiple());
    let condition = if multiple {
        format!("?1 IN (SELECT value FROM json_each({}))", ddl::as_list(&column))
    } else {
        format!("{column} = ?1")
    };
    let fresh = if hop.target.is_view() { format!(" AND {FRESH}") } else { String::new() };
    let sql = format!("SELECT {table}.`id` FROM {table} WHERE {condition}{fresh} LIMIT {MAX_BACK_RELATIONS}");
    let mut statement = prepare(scope.connection, &sql)?;
    up_to_enough(records.iter().map(|record| {
        let rows = statement.query_map([record.id()], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }))
}

/// Not one more than it takes for more ids than may be hung in.
fn up_to_enough(
    lists: impl Iterator<Item = Result<Vec<String>, RecordError>>,
) -> Result<Vec<Vec<String>>, RecordError> {
    let mut taken = Vec::new();
    let mut ids = 0;
    for list in lists {
        let list = list?;
        ids += list.len();
        taken.push(list);
        if ids > MAX_ATTACHED.records {
            break;
        }
    }
    Ok(taken)
}

/// What came of a question for records.
enum Fetched {
    /// Those that the caller may see, and what they take.
    All(Vec<TreeRecord>, Size),
    /// They take more than there is room for.
    TooMuch,
}

/// The records of these ids that the rule lets the caller see, with the ids of their relations where they are followed.
/// No more of them are read than there is room for.
fn fetch(
    scope: &Scope<'_>,
    collection: &Arc<Collection>,
    rule: Option<&str>,
    ids: &[&str],
    followed: bool,
    room: Size,
) -> Result<Fetched, RecordError> {
    let mut records = Vec::new();
    let mut size = Size::default();
    if ids.is_empty() {
        return Ok(Fetched::All(records, size));
    }
    let query = scope.rule_query(collection, rule)?;
    let mut params = scope.bind(&query);
    params.push(SqlValue::Text(serde_json::to_string(ids).expect("strings are JSON")));
    if scope.bus.is_some_and(|bus| bus.enrich.concerns(&RecordEvent::tags(collection))) {
        let mut statement = prepare(scope.connection, &query.by_ids_sql(&all_columns(scope.connection, collection)))?;
        let mut rows = statement.query(params_from_iter(params))?;
        let mut stored = Vec::new();
        while let Some(row) = rows.next()? {
            let record = Record::read(collection, row)?;
            size = size.plus(Size { records: 1, bytes: record.bytes() });
            if room.less(size).is_none() {
                return Ok(Fetched::TooMuch);
            }
            stored.push(record);
        }
        let shown = present(scope, collection, stored, &Expansion::default())?;
        let size = shown.iter().fold(Size::default(), |sum, record| sum.plus(record.size()));
        return Ok(Fetched::All(shown, size));
    }
    let projection = scope.plans.projections.get(scope.connection, collection, scope.is_superuser(), followed);
    let mut viewer = viewer(scope);
    let manage_rule = collection.auth().and_then(|options| options.manage_rule.as_deref());
    if let (Some(rule), false) = (manage_rule, viewer.superuser) {
        viewer.managed = scope.satisfying(collection, rule, ids).unwrap_or_default();
    }
    let mut statement = prepare(scope.connection, &query.by_ids_sql(projection.columns()))?;
    let mut rows = statement.query(params_from_iter(params))?;
    while let Some(row) = rows.next()? {
        let record = TreeRecord::read(&projection, row, &viewer)?;
        size = size.plus(record.size());
        if room.less(size).is_none() {
            return Ok(Fetched::TooMuch);
        }
        records.push(record);
    }
    Ok(Fetched::All(records, size))
}

#[cfg(test)]
mod tests {
    use super::{Expansion, Step};

    #[test]
    fn paths_share_the_steps_that_they_begin_with() {
        fn text(steps: &[Step]) -> String {
            steps.iter().map(|step| format!("{}({})", step.segment, text(&step.then))).collect()
        }
        let steps = |paths| text(&Expansion::parse(paths).steps);
        assert_eq!(steps(" author, author.tags ,,.tags."), "author(tags())tags()");
        assert_eq!(steps("a,a"), "a()");
        assert_eq!(steps("a.b,c,a.d.e,a.b"), "a(b()d(e()))c()");
        assert_eq!(steps("1.2.3.4.5.6.7.8"), "1(2(3(4(5(6())))))");
    }
}

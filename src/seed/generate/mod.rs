//! `generate:` of a seed document: rows made up, the same ones for the same seed, with children through relations.
//!
//! Generated rows become ordinary seed records before anything is planned, so labels, references, order, validation
//! and error places are those of written ones.

mod fakes;
mod limits;
mod random;
mod spec;
mod words;

use super::parse::{GenerateEntry, Group, SeedDocument, SeedField, SeedRecord};
use crate::diagnostic::{Diagnostic, Source, code};
use crate::schema::fields::Sample;
use crate::schema::index::Index;
use crate::schema::yaml::node::{Node, Value};
use crate::schema::yaml::reader::Reader;
use crate::schema::{Catalog, Collection, Field, FieldKind, ddl};
use random::Random;
use rusqlite::Connection;
use spec::{Options, Spec};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

pub use spec::range_of;

/// Other numbers of rows than the files say, by collection.
pub type Counts = HashMap<String, u64>;

/// The documents with all their rows written out.
///
/// # Errors
/// Generators that cannot be understood, each at its place.
pub fn expand(
    connection: &Connection,
    catalog: &Catalog,
    documents: &[SeedDocument],
    seed: u64,
    counts: &Counts,
) -> Result<Vec<SeedDocument>, Vec<Diagnostic>> {
    let mut work = Work {
        connection,
        catalog,
        seed,
        counts,
        labels: HashMap::new(),
        used: HashMap::new(),
        exhausted: HashSet::new(),
        errors: Vec::new(),
    };
    let mut expanded = documents.to_vec();
    for document in documents {
        for record in document.records.iter().filter(|record| !record.label.starts_with('#')) {
            work.add_label(&document.collection, &record.label);
        }
        work.note_written(document);
    }
    let mut waiting: Vec<(usize, &GenerateEntry)> = documents
        .iter()
        .enumerate()
        .flat_map(|(at, document)| document.generate.iter().map(move |entry| (at, entry)))
        .collect();
    let mut children = Vec::new();
    while !waiting.is_empty() {
        // What others pick from comes first; a cycle keeps the order of the files.
        let names: HashSet<String> = waiting.iter().map(|(at, _)| documents[*at].collection.clone()).collect();
        let free = waiting.iter().position(|(at, entry)| {
            let own = &documents[*at].collection;
            let needs = work.needs(&documents[*at], entry);
            needs.iter().all(|needed| needed == own || !names.contains(needed))
        });
        let (at, entry) = waiting.remove(free.unwrap_or(0));
        let rows = work.entry(&documents[at], entry, &mut children);
        expanded[at].records.extend(rows);
    }
    expanded.extend(children);
    if work.errors.is_empty() { Ok(expanded) } else { Err(work.errors) }
}

struct Work<'a> {
    connection: &'a Connection,
    catalog: &'a Catalog,
    seed: u64,
    counts: &'a Counts,
    /// References that can be picked, by collection.
    labels: HashMap<String, Vec<Value>>,
    /// Values of unique fields.
    used: HashMap<(String, String), HashSet<String>>,
    /// Unique fields that ran out of values.
    exhausted: HashSet<String>,
    errors: Vec<Diagnostic>,
}

/// Rows of one entry, which are all held in memory until they are written.
const MOST: i64 = 10_000_000;

/// How the fields of the rows of one entry are made.
struct Recipe {
    fields: Vec<(String, Range<usize>, Spec)>,
}

fn invalid(document: &SeedDocument, span: &Range<usize>, message: String) -> Diagnostic {
    Diagnostic::new(code::SEED_INVALID, message).at(&document.source, span.clone())
}

impl Work<'_> {
    fn error(&mut self, document: &SeedDocument, span: &Range<usize>, message: String) -> &mut Diagnostic {
        self.errors.push(invalid(document, span, message));
        self.errors.last_mut().expect("just pushed")
    }

    /// Whether so many rows of one entry can be made; reported where not.
    fn are_bearable(&mut self, document: &SeedDocument, entry: &GenerateEntry, count: i64) -> bool {
        if count > MOST {
            self.error(document, &entry.span, format!("{count} rows are too many for one entry")).help =
                Some(format!("{MOST} are the most; write several entries or a smaller `count`"));
        }
        count <= MOST
    }

    fn add_label(&mut self, collection: &str, label: &str) {
        self.labels.entry(collection.to_owned()).or_default().push(Value::Text(format!("@{collection}.{label}")));
    }

    /// Values that written records have in unique fields are taken.
    fn note_written(&mut self, document: &SeedDocument) {
        for field in document.records.iter().flat_map(|record| &record.fields) {
            if let Value::Text(text) = &field.value.value {
                let place = (document.collection.clone(), field.name.clone());
                self.used.entry(place).or_default().insert(text.clone());
            }
        }
    }

    /// Collections whose labels an entry picks from.
    fn needs(&self, document: &SeedDocument, entry: &GenerateEntry) -> Vec<String> {
        let Some(collection) = self.catalog.get(&document.collection) else { return Vec::new() };
        // Its errors are those of the entry, which reports them.
        let (recipe, _) = self.recipe(document, collection, &entry.with, None);
        recipe.fields.iter().filter_map(|(_, _, spec)| spec.needs().map(str::to_owned)).collect()
    }

    fn entry(
        &mut self,
        document: &SeedDocument,
        entry: &GenerateEntry,
        children: &mut Vec<SeedDocument>,
    ) -> Vec<SeedRecord> {
        // Unknown collections are reported by the plan.
        let Some(collection) = self.catalog.get(&document.collection).cloned() else { return Vec::new() };
        let count = match self.counts.get(&document.collection) {
            Some(count) => i64::try_from(*count).unwrap_or(i64::MAX),
            None => Random::new(self.seed, &document.collection, "count", &entry.span.start.to_string())
                .int(entry.count.clone()),
        };
        let (recipe, errors) = self.recipe(document, &collection, &entry.with, None);
        self.errors.extend(errors);
        if !self.are_bearable(document, entry, count) {
            return Vec::new();
        }
        let mut records = Vec::new();
        for row in 0..count.max(0) as usize {
            let label = format!("#g{}-{row}", entry.number);
            records.push(self.record(&document.source, &collection, &recipe, label, entry.span.clone(), row));
        }
        for record in &records {
            self.add_label(&document.collection, &record.label);
        }
        for (name, child) in &entry.each {
            self.children(document, &collection, name, child, &records, children);
        }
        records
    }

    /// Rows of another collection that point to each of the new ones.
    fn children(
        &mut self,
        document: &SeedDocument,
        parent: &Collection,
        name: &str,
        entry: &GenerateEntry,
        parents: &[SeedRecord],
        children: &mut Vec<SeedDocument>,
    ) {
        let Some(collection) = self.catalog.get(name).cloned() else {
            let names: Vec<String> = self.catalog.iter().map(|collection| collection.name.clone()).collect();
            let message = format!("the database has no collection `{name}`");
            self.errors.push(invalid(document, &entry.span, message).suggest(name, names));
            return;
        };
        let given: Vec<&str> = entry.with.iter().map(|field| field.name.as_str()).collect();
        let relations: Vec<String> = collection
            .relations()
            .filter(|(field, target)| *target == parent.id && !given.contains(&field.name.as_str()))
            .map(|(field, _)| field.name.clone())
            .collect();
        let [relation] = relations.as_slice() else {
            let message = match relations.len() {
                0 => format!("`{name}` has no relation to `{}`", parent.name),
                _ => format!("`{name}` has several relations to `{}`: {}", parent.name, relations.join(", ")),
            };
            self.error(document, &entry.span, message).help =
                Some("write the others under `with`, so that one is left".into());
            return;
        };
        let (recipe, errors) = self.recipe(document, &collection, &entry.with, Some(relation));
        self.errors.extend(errors);
        let count = |parent: &SeedRecord| {
            Random::new(self.seed, name, "count", &format!("each {}", parent.label)).int(entry.count.clone())
        };
        let counts: Vec<i64> = parents.iter().map(count).collect();
        if !self.are_bearable(document, entry, counts.iter().fold(0, |sum: i64, count| sum.saturating_add(*count))) {
            return;
        }
        let mut records = Vec::new();
        for (parent_record, count) in parents.iter().zip(counts) {
            for at in 0..count {
                let label = format!("#e-{}-{}-{at}", parent.name, parent_record.label.trim_start_matches('#'));
                let row = records.len();
                let mut record = self.record(&document.source, &collection, &recipe, label, entry.span.clone(), row);
                let reference = Value::Text(format!("@{}.{}", parent.name, parent_record.label));
                let value = Node { span: entry.span.clone(), value: reference };
                record.fields.push(SeedField { name: relation.clone(), span: entry.span.clone(), value });
                self.add_label(name, &record.label);
                records.push(record);
            }
        }
        let grandchildren: Vec<(String, GenerateEntry)> = entry.each.clone();
        let mut child = SeedDocument {
            collection: name.to_owned(),
            collection_span: entry.span.clone(),
            key: None,
            records: Vec::new(),
            lists: 0,
            generate: Vec::new(),
            ..document.clone()
        };
        for (name, entry) in &grandchildren {
            self.children(&child, &collection, name, entry, &records, children);
        }
        child.records = records;
        children.push(child);
    }

    /// The recipes of `with`, and of what else a record needs to be valid; with what is wrong with them.
    fn recipe(
        &self,
        document: &SeedDocument,
        collection: &Collection,
        with: &[SeedField],
        relation: Option<&String>,
    ) -> (Recipe, Vec<Diagnostic>) {
        let (mut fields, mut errors) = (Vec::new(), Vec::new());
        for field in with {
            let mut reader = Reader::new(&document.source);
            let spec = spec::read(&mut reader, &field.value);
            errors.append(&mut reader.errors);
            let Some(mut spec) = spec else { continue };
            if let spec::Source::AnyOf(name) = &mut spec.source {
                match self.catalog.get(name) {
                    Some(target) => name.clone_from(&target.name),
                    None => {
                        let message = format!("the database has no collection `{name}`");
                        errors.push(invalid(document, &field.value.span, message));
                    }
                }
            }
            spec.unique |= is_unique(collection, &field.name);
            fields.push((field.name.clone(), field.span.clone(), spec));
        }
        let given: HashSet<String> = fields.iter().map(|(name, _, _)| name.clone()).collect();
        let needed = |field: &&Field| {
            field.required
                && !matches!(&field.kind, FieldKind::Text(text) if !text.autogenerate_pattern.is_empty())
                && field.default.is_none()
                && !given.contains(&field.name)
                && relation != Some(&field.name)
                && !matches!(field.name.as_str(), "id" | "tokenKey")
        };
        // Production gets these rows too, and everybody knows the usual password.
        let guessable = |field: &Field| document.group == Group::Required && field.kind.as_type().is_secret();
        for field in collection.fields.iter().filter(needed) {
            match self.usual(field).filter(|_| !guessable(field)) {
                Some(mut spec) => {
                    spec.unique |= is_unique(collection, &field.name);
                    fields.push((field.name.clone(), document.collection_span.clone(), spec));
                }
                None => {
                    let message = format!("`{}` is required and cannot be made up", field.name);
                    let span = with.first().map_or(&document.collection_span, |field| &field.span).clone();
                    let help = format!("write under `with` what `{}` should be", field.name);
                    errors.push(invalid(document, &span, message).help(help));
                }
            }
        }
        (Recipe { fields }, errors)
    }

    /// A generator that fits a field that nobody spoke of.
    fn usual(&self, field: &Field) -> Option<Spec> {
        Some(match field.kind.as_type().sample(field)? {
            Sample::Fake(name, options) => {
                let options = options.into_iter().map(|(key, value)| (key.to_owned(), Value::Float(value)));
                Spec::fake(name, Options(options.collect()))
            }
            Sample::Text(text) => plain(spec::Source::Fixed(Value::Text(text.to_owned()))),
            Sample::EmptyObject => plain(spec::Source::Fixed(Value::Map(Vec::new()))),
            Sample::OneOf(values) => plain(spec::Source::OneOf(values.into_iter().map(Value::Text).collect())),
            Sample::RecordOf(id) => plain(spec::Source::AnyOf(self.catalog.by_id(&id)?.name.clone())),
        })
    }

    fn record(
        &mut self,
        source: &Arc<Source>,
        collection: &Collection,
        recipe: &Recipe,
        label: String,
        span: Range<usize>,
        row: usize,
    ) -> SeedRecord {
        let mut fields = Vec::with_capacity(recipe.fields.len());
        for (name, place, spec) in &recipe.fields {
            if let Some(target) = spec.needs() {
                self.load_labels(target);
            }
            let labels = spec.needs().and_then(|target| self.labels.get(target)).map_or(&[][..], Vec::as_slice);
            let mut random = Random::new(self.seed, &collection.name, name, &label);
            let mut value = spec.draw(&mut random, row, labels);
            if spec.unique
                && let Some(drawn) = value.take()
            {
                let used = self.used.entry((collection.name.clone(), name.clone())).or_default();
                value = unique(drawn, used, || spec.draw(&mut random, row, labels), spec.is_made_up());
                if value.is_none() && !self.exhausted.contains(name) {
                    self.exhausted.insert(name.clone());
                    self.errors.push(
                        Diagnostic::new(
                            code::SEED_INVALID,
                            format!("there are not enough different values of `{name}`"),
                        )
                        .at(source, place.clone())
                        .label(format!("row {} would repeat one", row + 1)),
                    );
                }
            }
            let Some(value) = value else { continue };
            let value = Node { span: place.clone(), value };
            fields.push(SeedField { name: name.clone(), span: place.clone(), value });
        }
        SeedRecord { label, span, fields }
    }

    /// Records that no seed of this run labels can be picked too, by their ids.
    fn load_labels(&mut self, collection: &str) {
        if self.labels.contains_key(collection) {
            return;
        }
        const MOST: usize = 10_000;
        let mut ids = Vec::new();
        if let Some(known) = self.catalog.get(collection) {
            let sql = format!("SELECT id FROM {} ORDER BY id LIMIT {MOST}", ddl::quote(&known.name));
            let read = || -> rusqlite::Result<Vec<String>> {
                self.connection.prepare(&sql)?.query_map([], |row| row.get(0))?.collect()
            };
            ids = read().unwrap_or_default().into_iter().map(Value::Text).collect();
        }
        self.labels.insert(collection.to_owned(), ids);
    }
}

fn plain(source: spec::Source) -> Spec {
    Spec { source, unique: false, empty: 0.0, several: None }
}

/// Another draw while the value is taken, then, where it was made up, the text with a number; `None` where there is no other.
fn unique(
    value: Value,
    used: &mut HashSet<String>,
    mut draw: impl FnMut() -> Option<Value>,
    made_up: bool,
) -> Option<Value> {
    let draws = if made_up { 8 } else { 200 };
    let key = |value: &Value| match value {
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    let mut value = value;
    for _ in 0..draws {
        if used.insert(key(&value)) {
            return Some(value);
        }
        match draw() {
            Some(next) => value = next,
            None => break,
        }
    }
    if !made_up {
        return None;
    }
    let numbered = |n: usize| match &value {
        Value::Text(text) => Value::Text(match text.split_once('@') {
            Some((name, domain)) => format!("{name}.{n}@{domain}"),
            None if text.contains(' ') => format!("{} {n}", text.trim_end_matches('.')),
            None => format!("{text}-{n}"),
        }),
        other => other.clone(),
    };
    // Counting on from where the set is keeps this from being quadratic.
    let mut n = used.len();
    loop {
        let candidate = numbered(n);
        if used.insert(key(&candidate)) || candidate == value {
            return (candidate != value).then_some(candidate);
        }
        n += 1;
    }
}

fn is_unique(collection: &Collection, field: &str) -> bool {
    collection.indexes.iter().filter_map(|text| Index::parse(text)).any(|index| index.is_unique_on(field))
}

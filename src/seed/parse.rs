//! Seed files: YAML to documents of labelled records, every error at its place.

use super::generate::range_of;
use crate::diagnostic::{Diagnostic, Source, code};
use crate::schema::yaml::node::{self, Node, Value};
use crate::schema::yaml::reader::Reader;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

/// When a document is seeded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Always, in production too.
    Required,
    #[default]
    Dev,
    Demo,
    Test,
}

impl Group {
    pub const NAMES: [&'static str; 4] = ["required", "dev", "demo", "test"];

    pub fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Dev => "dev",
            Self::Demo => "demo",
            Self::Test => "test",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "required" => Self::Required,
            "dev" => Self::Dev,
            "demo" => Self::Demo,
            "test" => Self::Test,
            _ => return None,
        })
    }
}

/// The records of one collection in one file.
#[derive(Clone, Debug)]
pub struct SeedDocument {
    pub source: Arc<Source>,
    pub group: Group,
    pub collection: String,
    pub collection_span: Range<usize>,
    /// The field by which an existing record is recognised.
    pub key: Option<(String, Range<usize>)>,
    pub records: Vec<SeedRecord>,
    /// 0 where the records have labels of their own; else how many lists of records the collection has, this one included.
    pub lists: usize,
    pub generate: Vec<GenerateEntry>,
}

/// An element of `generate`: so many rows of this kind, with children.
#[derive(Clone, Debug)]
pub struct GenerateEntry {
    pub span: Range<usize>,
    /// Tells its rows from those of the other entries of the collection.
    pub number: usize,
    pub count: RangeInclusive<i64>,
    /// How the values of fields are made.
    pub with: Vec<SeedField>,
    /// Children by collection.
    pub each: Vec<(String, GenerateEntry)>,
}

#[derive(Clone, Debug)]
pub struct SeedRecord {
    pub label: String,
    pub span: Range<usize>,
    pub fields: Vec<SeedField>,
}

#[derive(Clone, Debug)]
pub struct SeedField {
    pub name: String,
    pub span: Range<usize>,
    pub value: Node,
}

/// Nodes that a seed file may have: millions of values, but not endlessly many aliases.
const NODE_BUDGET: usize = 20_000_000;
/// The only version of the generators so far.
const GENERATOR: i64 = 1;
const KEYS: [&str; 7] = ["version", "generator", "group", "collection", "key", "records", "generate"];

/// Parses files in the given order.
///
/// # Errors
/// Every error of every file.
pub fn parse_files(files: &[(String, String)]) -> Result<Vec<SeedDocument>, Vec<Diagnostic>> {
    let (mut documents, mut errors) = (Vec::new(), Vec::new());
    for (path, text) in files {
        let source = Source::new(path.clone(), text.trim_start_matches('\u{feff}'));
        let roots = node::parse_documents(&source, NODE_BUDGET, &mut errors).unwrap_or_default();
        // A document without a group belongs to the group of the one before it.
        let mut group = Group::default();
        for root in roots.into_iter().filter(|root| root.value != Value::Null) {
            let mut reader = Reader::new(&source);
            documents.extend(document(&mut reader, root, &mut group));
            errors.append(&mut reader.errors);
        }
    }
    if errors.is_empty() { Ok(documents) } else { Err(errors) }
}

fn document(reader: &mut Reader<'_>, root: Node, group: &mut Group) -> Option<SeedDocument> {
    let span = root.span.clone();
    if !matches!(root.value, Value::Map(_)) {
        reader.map("a seed document", &root);
        return None;
    }
    let Value::Map(entries) = root.value else { return None };
    let (mut collection, mut key, mut records, mut generate) = (None, None, Vec::new(), Vec::new());
    let mut lists = 0;
    for entry in entries {
        match entry.key.as_str() {
            "version" => {
                if reader.int("version", &entry.value).is_some_and(|version| version != 1) {
                    reader.error(code::UNSUPPORTED_VERSION, "seed files have version 1", &entry.value.span);
                }
            }
            "group" => match reader.text("group", &entry.value).map(|name| (name, Group::named(name))) {
                Some((_, Some(named))) => *group = named,
                Some((name, None)) => {
                    let message = format!("unknown seed group `{name}`");
                    let groups = format!("the groups are {}", Group::NAMES.join(", "));
                    reader.error(code::SEED_INVALID, message, &entry.value.span).help = Some(groups);
                }
                None => {}
            },
            "collection" => {
                collection =
                    reader.text("collection", &entry.value).map(|name| (name.to_owned(), entry.value.span.clone()));
            }
            "key" => key = reader.text("key", &entry.value).map(|name| (name.to_owned(), entry.value.span.clone())),
            "records" => {
                lists = usize::from(matches!(entry.value.value, Value::List(_)));
                records = self::records(reader, entry.value);
            }
            "generator" => {
                if reader.int("generator", &entry.value).is_some_and(|version| version != GENERATOR) {
                    let message = format!("this pbr has generator {GENERATOR}");
                    reader.error(code::UNSUPPORTED_VERSION, message, &entry.value.span);
                }
            }
            "generate" => generate = generators(reader, &entry.value),
            _ => reader.unknown_key(&entry, "a seed document", &KEYS),
        }
    }
    let Some((collection, collection_span)) = collection else {
        reader.error(code::MISSING_KEY, "a seed document needs `collection`", &(span.start..span.start + 1));
        return None;
    };
    Some(SeedDocument {
        source: Arc::clone(reader.source),
        group: *group,
        collection,
        collection_span,
        key,
        records,
        lists,
        generate,
    })
}

/// `generate` is one entry or a list of them.
fn generators(reader: &mut Reader<'_>, node: &Node) -> Vec<GenerateEntry> {
    match &node.value {
        Value::List(items) => items.iter().filter_map(|item| generator(reader, item)).collect(),
        Value::Map(_) => generator(reader, node).into_iter().collect(),
        _ => {
            reader.list("generate", node);
            Vec::new()
        }
    }
}

fn generator(reader: &mut Reader<'_>, node: &Node) -> Option<GenerateEntry> {
    // `comments: 0..5` is short for `comments: { count: 0..5 }`.
    if let Some(count) = range_of(&node.value) {
        return Some(GenerateEntry { span: node.span.clone(), number: 0, count, with: Vec::new(), each: Vec::new() });
    }
    let mut generator =
        GenerateEntry { span: node.span.clone(), number: 0, count: 1..=1, with: Vec::new(), each: Vec::new() };
    let entries = reader.map("an entry of `generate`", node);
    if let Some(first) = entries.first() {
        generator.span = first.key_span.clone();
    }
    let mut counted = false;
    for entry in entries {
        match entry.key.as_str() {
            "count" => match range_of(&entry.value.value) {
                Some(count) => (generator.count, counted) = (count, true),
                None => {
                    reader.error(code::SEED_INVALID, "`count` is a number or a range", &entry.value.span).help =
                        Some("write for example `count: 100` or `count: 0..5`".into());
                    counted = true;
                }
            },
            "with" => generator.with = fields(reader, entry.value.clone()),
            "each" => {
                for child in reader.map("each", &entry.value) {
                    generator
                        .each
                        .extend(self::generator(reader, &child.value).map(|found| (child.key.clone(), found)));
                }
            }
            _ => reader.unknown_key(entry, "an entry of `generate`", &["count", "with", "each"]),
        }
    }
    if !counted && !entries.is_empty() {
        reader.error(code::MISSING_KEY, "an entry of `generate` needs `count`", &generator.span.clone());
    }
    (!entries.is_empty()).then_some(generator)
}

/// Records are a mapping of labels, or a list that gets its labels by position.
fn records(reader: &mut Reader<'_>, node: Node) -> Vec<SeedRecord> {
    match node.value {
        Value::Map(entries) => entries
            .into_iter()
            .map(|entry| SeedRecord { label: entry.key, span: entry.key_span, fields: fields(reader, entry.value) })
            .collect(),
        Value::List(items) => items
            .into_iter()
            .enumerate()
            .map(|(at, item)| {
                let span = item.span.start..item.span.start + 1;
                SeedRecord { label: format!("#{at}"), span, fields: fields(reader, item) }
            })
            .collect(),
        Value::Null => Vec::new(),
        _ => {
            reader.map("records", &node);
            Vec::new()
        }
    }
}

fn fields(reader: &mut Reader<'_>, node: Node) -> Vec<SeedField> {
    match node.value {
        Value::Map(entries) => entries
            .into_iter()
            .map(|entry| SeedField { name: entry.key, span: entry.key_span, value: entry.value })
            .collect(),
        Value::Null => Vec::new(),
        _ => {
            reader.map("a record", &node);
            Vec::new()
        }
    }
}

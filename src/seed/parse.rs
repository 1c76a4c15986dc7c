//! Seed files: YAML to documents of labelled records, every error at its place.

use crate::diagnostic::{Diagnostic, Source, code};
use crate::schema::yaml::node::{self, Node, Value};
use crate::schema::yaml::reader::Reader;
use std::ops::Range;
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
const KEYS: [&str; 5] = ["version", "group", "collection", "key", "records"];

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
    let (mut collection, mut key, mut records) = (None, None, Vec::new());
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
            "records" => records = self::records(reader, entry.value),
            "generate" => {
                let message = "`generate` is not supported yet";
                reader.error(code::UNSUPPORTED_EXTENSION, message, &entry.key_span).help =
                    Some("write the records out under `records`".into());
            }
            _ => reader.unknown_key(&entry, "a seed document", &KEYS),
        }
    }
    let Some((collection, collection_span)) = collection else {
        reader.error(code::MISSING_KEY, "a seed document needs `collection`", &(span.start..span.start + 1));
        return None;
    };
    Some(SeedDocument { source: Arc::clone(reader.source), group: *group, collection, collection_span, key, records })
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

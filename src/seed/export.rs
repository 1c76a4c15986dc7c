//! From records to a seed file that brings them back: labels instead of ids in relations, no secrets, and other values
//! where people would be recognised.

use super::parse::Group;
use super::plan::SeedKeys;
use crate::db::DbError;
use crate::events::Record;
use crate::query::{Parts, RequestInfo};
use crate::records::{self, RecordError, Records};
use crate::schema::fields::{Field, FieldKind, Value, write_json_string};
use crate::schema::{Catalog, Collection};
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, params_from_iter};
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt::Write as _;
use std::sync::Arc;

/// What to export.
pub struct ExportOptions<'a> {
    pub collections: &'a [Arc<Collection>],
    /// In the filter language, for those collections; empty is all.
    pub filter: &'a str,
    /// Records of each of those collections; what they refer to comes on top.
    pub limit: usize,
    /// Names of fields that get made-up values, in whatever collection.
    pub anonymize: &'a [String],
    pub group: Group,
    /// Natural keys by collection, which labels are made of.
    pub keys: &'a SeedKeys,
}

/// A seed file.
pub struct Exported {
    pub text: String,
    /// Records by collection, in the order of the file.
    pub counts: Vec<(String, usize)>,
    /// Stored files that the records have and the seeds do not.
    pub files: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("the records refer to more than {0} others; choose fewer with a filter or limit")]
    TooMany(usize),
    #[error("none of the exported collections has a field `{0}`")]
    UnknownField(String),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<rusqlite::Error> for ExportError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Db(error.into())
    }
}

const MAX_RECORDS: usize = 50_000;

/// Collects records with all that they refer to and writes them as seeds.
///
/// # Errors
/// A filter that cannot be compiled, an unknown field to anonymize, or too many records.
pub fn export(records: &Arc<Records>, options: &ExportOptions<'_>) -> Result<Exported, ExportError> {
    let catalog = records.catalog.load();
    let snapshot = records.db.readers().snapshot()?;
    let mut chosen = Chosen { catalog: &catalog, connection: &snapshot, found: Vec::new(), count: 0 };
    for collection in options.collections {
        let first = first_records(records, &catalog, &snapshot, collection, options)?;
        chosen.add_with_related(collection, first)?;
    }
    let found = chosen.found;
    let known = |name: &String| found.iter().any(|(collection, _)| collection.field(name).is_some());
    if let Some(unknown) = options.anonymize.iter().find(|name| !known(name)) {
        return Err(ExportError::UnknownField(unknown.clone()));
    }
    let mut labels = HashMap::new();
    for (collection, rows) in &found {
        label_all(collection, rows, options, &mut labels);
    }
    let mut exported = Exported { text: String::new(), counts: Vec::new(), files: 0 };
    // What is referred to was found later, and comes first.
    for (collection, rows) in found.iter().rev() {
        let text = &mut exported.text;
        if !text.is_empty() {
            text.push_str("---\n");
        }
        let _ = writeln!(text, "group: {}\ncollection: {}\nrecords:", options.group.name(), collection.name);
        for (at, row) in rows.iter().enumerate() {
            let label = &labels[&(collection.id.clone(), row.id(collection).to_owned())];
            let _ = writeln!(text, "  {label}:");
            exported.files += write_record(collection, row, at + 1, &catalog, &labels, options, text);
        }
        exported.counts.push((collection.name.clone(), rows.len()));
    }
    Ok(exported)
}

fn first_records(
    records: &Records,
    catalog: &Catalog,
    connection: &Connection,
    collection: &Collection,
    options: &ExportOptions<'_>,
) -> Result<Vec<Record>, ExportError> {
    let request = RequestInfo::of_operator();
    let filter = Some(options.filter).filter(|filter| !filter.is_empty());
    let parts = Parts { filter, superuser: true, ..Parts::default() };
    let query = records.plans.queries.get(catalog, collection, &parts, &request).map_err(RecordError::from)?;
    let mut bound = query.bind(&request, chrono::Utc::now());
    bound.push(SqlValue::Integer(0));
    let limit = i64::try_from(options.limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare(&query.list_sql(&records::all_columns(connection, collection), limit))?;
    let rows = statement.query_map(params_from_iter(bound), |row| Record::read(collection, row))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Records by collection, each once.
struct Chosen<'a> {
    catalog: &'a Catalog,
    connection: &'a Connection,
    found: Vec<(Arc<Collection>, Vec<Record>)>,
    count: usize,
}

impl Chosen<'_> {
    fn add_with_related(&mut self, collection: &Arc<Collection>, rows: Vec<Record>) -> Result<(), ExportError> {
        let mut seen: HashSet<(String, String)> = self
            .found
            .iter()
            .flat_map(|(of, rows)| rows.iter().map(|row| (of.id.clone(), row.id(of).to_owned())))
            .collect();
        let mut waiting: VecDeque<(Arc<Collection>, Record)> =
            rows.into_iter().map(|row| (Arc::clone(collection), row)).collect();
        while let Some((of, row)) = waiting.pop_front() {
            if !seen.insert((of.id.clone(), row.id(&of).to_owned())) {
                continue;
            }
            for (field, target) in of.relations() {
                let Some(target) = self.catalog.by_id(target).filter(|target| !target.is_view()) else { continue };
                for id in row.get(&of, &field.name).map(Value::items).unwrap_or_default() {
                    // A reference to nothing is left out below.
                    let related = records::find(self.connection, target, id)?;
                    waiting.extend(related.map(|related| (Arc::clone(target), related)));
                }
            }
            self.count += 1;
            if self.count > MAX_RECORDS {
                return Err(ExportError::TooMany(MAX_RECORDS));
            }
            match self.found.iter_mut().find(|(known, _)| known.id == of.id) {
                Some((_, rows)) => rows.push(row),
                None => self.found.push((of, vec![row])),
            }
        }
        Ok(())
    }
}

type Labels = HashMap<(String, String), String>;

/// Labels from the natural key or the field that presents a record; numbers where there is none.
fn label_all(collection: &Collection, rows: &[Record], options: &ExportOptions<'_>, labels: &mut Labels) {
    let open = |field: &&Field| {
        !options.anonymize.contains(&field.name) && field.kind.as_type().names_records() && field.name != "id"
    };
    let key = options.keys.get(&collection.name).and_then(|key| collection.field(key)).filter(open);
    let naming = key.or_else(|| collection.fields.iter().filter(|field| field.presentable).find(open));
    let mut taken = HashSet::new();
    for (at, row) in rows.iter().enumerate() {
        let text = naming.map(|field| word(row.text(collection, &field.name))).unwrap_or_default();
        let base = if text.is_empty() { format!("{}_{}", word(&collection.name), at + 1) } else { text };
        let numbered = (2..).map(|n| format!("{base}_{n}"));
        let mut names = std::iter::once(base.clone()).chain(numbered);
        let label = names.find(|name| !taken.contains(name)).expect("there is always another number");
        taken.insert(label.clone());
        labels.insert((collection.id.clone(), row.id(collection).to_owned()), label);
    }
}

/// What YAML reads as a plain text wherever it stands: small letters, digits and underscores after a letter.
fn word(text: &str) -> String {
    const LONGEST: usize = 40;
    const OTHERWISE: [&str; 10] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "inf"];
    let mut word = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            c if c.is_ascii_alphanumeric() => word.push(c),
            _ if !word.is_empty() && !word.ends_with('_') => word.push('_'),
            _ => {}
        }
        if word.len() >= LONGEST {
            break;
        }
    }
    let word = word.trim_end_matches('_');
    let plain = word.starts_with(|c: char| c.is_ascii_alphabetic()) && !OTHERWISE.contains(&word);
    if plain || word.is_empty() { word.to_owned() } else { format!("r_{word}") }
}

/// Appends the fields of a record and returns how many files were left out.
fn write_record(
    collection: &Collection,
    row: &Record,
    number: usize,
    catalog: &Catalog,
    labels: &Labels,
    options: &ExportOptions<'_>,
    out: &mut String,
) -> usize {
    let (mut files, owner) = (0, word(&collection.name));
    for (field, value) in collection.fields.iter().zip(&row.values) {
        if collection.is_auth() && field.name == "tokenKey" {
            continue;
        }
        let kind = field.kind.as_type();
        let written = match &field.kind {
            _ if value.is_zero() => continue,
            // Whoever has the seeds need not know anybody's password.
            _ if kind.is_secret() => "\"${env:SEED_PASSWORD}\"".to_owned(),
            FieldKind::File(_) => {
                files += value.items().len();
                continue;
            }
            _ if options.anonymize.contains(&field.name) => match kind.anonymous(field, &owner, number) {
                Some(anonymous) => json_text(&anonymous),
                None => continue,
            },
            FieldKind::Relation(relation) => match references(catalog, &relation.collection_id, value, labels) {
                Some(references) => references,
                None => continue,
            },
            // The seed's own reading of a text would make a number of "12".
            _ => match value {
                Value::Json(Some(text)) if text.starts_with('"') => json_text(&Json::from(escaped(text))),
                value => json_text(&escaped_within(value.to_json())),
            },
        };
        let _ = writeln!(out, "    {}: {written}", field.name);
    }
    files
}

fn references(catalog: &Catalog, target: &str, value: &Value, labels: &Labels) -> Option<String> {
    let target = catalog.by_id(target)?;
    let label = |id: &str| {
        let label = labels.get(&(target.id.clone(), id.to_owned()))?;
        Some(Json::from(format!("@{}.{label}", target.name)))
    };
    let mut found: Vec<Json> = value.items().into_iter().filter_map(label).collect();
    match value {
        Value::List(_) if !found.is_empty() => Some(json_text(&Json::Array(found))),
        _ => found.pop().map(|reference| json_text(&reference)),
    }
}

/// A text that the seed reads as itself: no reference, no file, no variable.
fn escaped(text: &str) -> String {
    // A variable that nobody sets has its default.
    let text = text.replace("${env:", "${env:__:-${env:}");
    if text.starts_with(['@', '!']) {
        format!("\\{text}")
    } else if text.starts_with("\\@") || text.starts_with("\\!") {
        format!("${{env:__:-}}{text}")
    } else {
        text
    }
}

fn escaped_within(value: Json) -> Json {
    match value {
        Json::String(text) => escaped(&text).into(),
        Json::Array(items) => items.into_iter().map(escaped_within).collect(),
        Json::Object(members) => members.into_iter().map(|(key, value)| (key, escaped_within(value))).collect(),
        other => other,
    }
}

/// JSON is YAML.
fn json_text(value: &Json) -> String {
    let mut out = Vec::new();
    match value {
        Json::String(text) => write_json_string(text, &mut out),
        other => out.extend_from_slice(other.to_string().as_bytes()),
    }
    String::from_utf8(out).expect("JSON is UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_plain_words() {
        for (text, label) in [
            ("Hello, world!", "hello_world"),
            ("  2024 in review ", "r_2024_in_review"),
            ("Über", "ber"),
            ("true", "r_true"),
            ("日本", ""),
        ] {
            assert_eq!(word(text), label, "{text}");
        }
    }
}

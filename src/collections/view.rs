//! Views: the fields of a query as SQLite sees it, and the views over what has changed.

use super::error::Failure;
use super::{Change, CollectionError, table};
use crate::db::{collections, sqlite_text};
use crate::schema::fields::{JsonField, write_json_string};
use crate::schema::validate::field_name_error;
use crate::schema::view::{MISSING_ID, as_table, infer_fields, readable_order, view_id};
use crate::schema::{Catalog, Collection, CollectionKind, ErrorTree, Field, FieldError, FieldKind, sentence};
use crate::schema::{LOWER_ALPHANUMERIC, collection_id, random_string};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Statement};
use serde::Serialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Rows of which the ids are looked at, and that a dry run shows.
const SAMPLE: usize = 10;
/// Characters of a dry run's query.
const MAX_QUERY: usize = 5000;
/// Bytes of a reason that are shown.
const MAX_REASON: usize = 500;

/// What is told of a query that was interrupted.
const TOO_SLOW: &str = "its first rows were not there in time; make it faster, or start the server with a longer \
                        --query-timeout";

/// Queries whose first rows were looked at before the change that saves them, and what was wrong with them.
#[derive(Default)]
pub struct Looked(HashMap<String, Result<(), String>>);

impl Looked {
    /// Looks at a query in the collections as they are. What else may be wrong with it the change itself finds, without
    /// waiting for rows.
    pub fn look(&mut self, connection: &Connection, catalog: &Catalog, query: &str) {
        let Ok((fields, mut statement)) = open(connection, catalog, "", query) else { return };
        let found = check_columns(&fields).and_then(|id| check_rows(id, &mut statement));
        if found.as_ref().err().is_none_or(|reason| reason == TOO_SLOW) {
            self.0.insert(query.to_owned(), found);
        }
    }
}

/// The fields of a view, and why it cannot be one.
pub(super) struct Derived {
    /// As far as they are known.
    pub fields: Vec<Field>,
    pub failure: Option<Unfit>,
}

/// Why a query cannot be a view.
pub(super) struct Unfit {
    /// In PocketBase's words, to be shown after "Invalid query - ".
    pub reason: String,
    /// Whether it is its rows that cannot be those of a view; SQLite would take it.
    pub is_of_rows: bool,
}

impl Derived {
    fn into_result(self) -> Result<Vec<Field>, String> {
        match self.failure {
            None => Ok(self.fields),
            Some(unfit) => Err(unfit.reason),
        }
    }
}

/// The fields of a view: what the text tells of each column, in the order in which SQLite returns them.
pub(super) fn derive(connection: &Connection, catalog: &Catalog, name: &str, query: &str) -> Derived {
    derive_with(connection, catalog, name, query, check_rows)
}

/// The same inside a change, where all other writes wait: rows are read only where nobody has looked at them before, and
/// not for longer than a read may take.
pub(super) fn derive_within(change: &Change<'_>, name: &str, query: &str) -> Derived {
    derive_with(change.tx, &change.catalog(), name, query, |id, statement| match change.looked.0.get(query) {
        Some(looked) => looked.clone(),
        None => {
            let db = &change.records.db;
            let _held = db.writer().deadline().hold(db.readers().timeout());
            check_rows(id, statement)
        }
    })
}

fn derive_with(
    connection: &Connection,
    catalog: &Catalog,
    name: &str,
    query: &str,
    rows: impl FnOnce(usize, &mut Statement<'_>) -> Result<(), String>,
) -> Derived {
    let (fields, mut statement) = match open(connection, catalog, name, query) {
        Ok(opened) => opened,
        Err(reason) => return Derived { fields: Vec::new(), failure: Some(Unfit { reason, is_of_rows: false }) },
    };
    let failure = match check_columns(&fields) {
        Ok(id) => rows(id, &mut statement).err().map(|reason| Unfit { reason, is_of_rows: true }),
        Err(reason) => Some(Unfit { reason, is_of_rows: false }),
    };
    Derived { fields, failure }
}

/// The fields and the statement of a query, of which no row has been read yet.
fn open<'c>(
    connection: &'c Connection,
    catalog: &Catalog,
    name: &str,
    query: &str,
) -> Result<(Vec<Field>, Statement<'c>), String> {
    let inferred = infer_fields(name, query, catalog)?;
    let statement = connection.prepare(&sample_sql(query)).map_err(|error| reason(&error))?;
    let columns = statement.column_names().map(|column| {
        let known = inferred.iter().find(|field| field.name == column);
        let unknown = || match column {
            "id" => view_id(),
            other => Field::new(other, FieldKind::Json(JsonField { max_size: 1 })),
        };
        known.cloned().unwrap_or_else(unknown)
    });
    Ok((columns.collect(), statement))
}

fn sample_sql(query: &str) -> String {
    format!("{} LIMIT {SAMPLE}", as_table(query))
}

/// Returns the place of the id.
fn check_columns(fields: &[Field]) -> Result<usize, String> {
    let id = fields.iter().position(|field| field.name == "id").ok_or(MISSING_ID)?;
    for (at, field) in fields.iter().enumerate() {
        if let Some(error) = field_name_error(&field.name) {
            return Err(format!("invalid field {:?} ({at}): name: {}.", field.name, error.plain()));
        }
    }
    Ok(id)
}

fn check_rows(id: usize, statement: &mut Statement<'_>) -> Result<(), String> {
    let mut seen = HashSet::new();
    let mut rows = statement.query([]).map_err(|error| reason(&error))?;
    while let Some(row) = rows.next().map_err(|error| reason(&error))? {
        let id = match row.get_ref(id).map_err(|error| reason(&error))? {
            ValueRef::Null => String::new(),
            ValueRef::Integer(number) => number.to_string(),
            ValueRef::Real(number) => number.to_string(),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        };
        if id.is_empty() {
            return Err("the query could return records with empty or invalid ids".into());
        }
        if !seen.insert(id) {
            return Err("the query could return records with non-unique ids".into());
        }
    }
    Ok(())
}

/// SQLite's error as it would be inside a view, where tables are named with their schema.
pub(super) fn reason(error: &rusqlite::Error) -> String {
    const MISSING: &str = "no such table: ";
    if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) {
        return TOO_SLOW.to_owned();
    }
    let text = sqlite_text(error);
    match text.split_once(MISSING) {
        Some((head, table)) if !table.contains('.') => format!("{head}{MISSING}main.{table}"),
        _ => text,
    }
}

/// The error of a query that cannot be a view.
pub(super) fn invalid(reason: &str) -> FieldError {
    let mut end = reason.len().min(MAX_REASON);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    let message = sentence(&format!("Invalid query - {}", &reason[..end]));
    FieldError::new("validation_invalid_view_query", message)
}

/// Saves every other view anew whose fields have changed. One that cannot be read keeps its fields, but for what is hidden
/// now, and holds up no other.
///
/// # Errors
/// Why the first of those that cannot be read cannot.
pub(super) fn refresh(change: &mut Change<'_>, except: &str) -> Result<(), Failure> {
    let known = change.collections.clone();
    let views = known.iter().map(Arc::as_ref).filter(|known| known.is_view() && known.id != except);
    let mut failure = None;
    for view in readable_order(views.collect()) {
        if let Err(reason) = change.attempt(|change| refresh_one(change, view)) {
            let hidden = change.attempt(|change| hide(change, view));
            failure = failure.or(Some(reason)).or(hidden.err());
        }
    }
    failure.map_or(Ok(()), Err)
}

/// Hides what is hidden by now of a view that SQLite can read and its query cannot tell of any more: after a rename,
/// SQLite knows the new name and the query has the old one.
fn hide(change: &mut Change<'_>, old: &Collection) -> Result<(), Failure> {
    const STORED: &str = "SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = ?1 COLLATE NOCASE";
    let sql: Option<String> = change.tx.query_row(STORED, [&old.name], |row| row.get(0)).optional()?;
    let Some(query) = sql.as_deref().and_then(inner_query) else { return Ok(()) };
    let Ok(fields) = infer_fields(&old.name, query, &change.catalog()) else { return Ok(()) };
    let is_hidden = |name: &str| fields.iter().any(|field| field.name == name && field.hidden);
    let mut new = old.clone();
    new.fields.iter_mut().for_each(|field| field.hidden |= is_hidden(&field.name));
    if new.fields != old.fields {
        collections::update(change.tx, &new)?;
        change.keep(new);
    }
    Ok(())
}

/// The query inside a `CREATE VIEW` of [`create_view`](crate::schema::view::create_view).
fn inner_query(sql: &str) -> Option<&str> {
    let query = sql.split_once(" AS SELECT * FROM (")?.1.strip_suffix(')')?;
    match query.split_once(" FROM (") {
        Some((columns, inner)) if columns.contains("CAST(`id` as TEXT) `id`") => inner.strip_suffix(')'),
        _ => Some(query),
    }
}

/// Looks at the columns only: what the rows are says nothing of a change elsewhere.
fn refresh_one(change: &mut Change<'_>, old: &Collection) -> Result<(), Failure> {
    let CollectionKind::View { query } = &old.kind else { return Ok(()) };
    let catalog = change.catalog();
    let (fields, _) = open(change.tx, &catalog, &old.name, query).map_err(Failure::Raw)?;
    if same(&fields, &old.fields) {
        return Ok(());
    }
    let new = Collection { fields, ..old.clone() };
    table::update(change.tx, &catalog, old, &new)?;
    change.keep(new);
    Ok(())
}

/// Ids of view fields are drawn anew at every save, so they say nothing.
fn same(a: &[Field], b: &[Field]) -> bool {
    let anonymous = |field: &Field| Field { id: String::new(), ..field.clone() };
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| anonymous(a) == anonymous(b))
}

/// Fields and first rows of a query, which is not stored (spec 01 §4.6).
///
/// # Errors
/// A blank, overlong or impossible query.
pub fn dry_run(connection: &Connection, catalog: &Catalog, query: &str) -> Result<DryRun, CollectionError> {
    let length = query.chars().count();
    let error = match length {
        0 => Some(FieldError::required()),
        _ if length > MAX_QUERY => {
            let message = format!("The length must be no more than {MAX_QUERY}.");
            Some(FieldError::new("validation_length_too_long", message).with("min", 0).with("max", MAX_QUERY))
        }
        _ => None,
    };
    if let Some(error) = error {
        let message = "An error occurred while validating the submitted data.".to_owned();
        return Err(CollectionError::Refused { message, data: ErrorTree::single("query", error) });
    }
    let name = format!("temp_view_{}", random_string(5, LOWER_ALPHANUMERIC));
    let refused = |reason: String| Failure::Raw(reason).under("Invalid view query.");
    let fields = derive(connection, catalog, &name, query).into_result().map_err(refused)?;
    let sample = sample(connection, &name, query, &fields).map_err(|error| refused(reason(&error)))?;
    Ok(DryRun { fields: fields.iter().map(Field::to_json).collect(), sample })
}

/// What a query would be as a view.
#[derive(Serialize)]
pub struct DryRun {
    fields: Vec<Json>,
    sample: Vec<Shown>,
}

/// A row by names, its values in their wire form.
type Shown = BTreeMap<String, Box<RawValue>>;

fn sample(connection: &Connection, name: &str, query: &str, fields: &[Field]) -> rusqlite::Result<Vec<Shown>> {
    let mut statement = connection.prepare(&sample_sql(query))?;
    let id = collection_id("view", name);
    let mut rows = statement.query([])?;
    let raw = |json: Vec<u8>| {
        let text = String::from_utf8(json).ok();
        text.and_then(|text| RawValue::from_string(text).ok()).unwrap_or_else(|| RawValue::NULL.to_owned())
    };
    let text = |text: &str| {
        let mut json = Vec::new();
        write_json_string(text, &mut json);
        raw(json)
    };
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        let mut record = Shown::new();
        record.insert("collectionId".into(), text(&id));
        record.insert("collectionName".into(), text(name));
        for (at, field) in fields.iter().enumerate().filter(|(_, field)| !field.hidden) {
            let mut json = Vec::new();
            field.kind.as_type().write_json(row.get_ref(at)?, &mut json);
            record.insert(field.name.clone(), raw(json));
        }
        records.push(record);
    }
    Ok(records)
}

//! Which columns a caller sees, and their way from a row to the bytes of the response.
//!
//! Keys come in alphabetical order, as PocketBase's do. No value tree is built: each column is appended in its wire
//! form as the statement steps.

use crate::events::Record;
use crate::schema::fields::{Value, write_json_string};
use crate::schema::{Collection, ddl};
use rusqlite::types::{Value as SqlValue, ValueRef};
use rusqlite::{Connection, Row};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

/// The columns of a collection for one kind of caller.
pub struct Projection {
    collection: Arc<Collection>,
    entries: Vec<Entry>,
    /// Indexes into `collection.fields` of the selected columns, in order.
    selected: Vec<usize>,
    /// The column list of a SELECT.
    columns: String,
    /// Numbers of the columns that expand starts from, in the order of the fields, hidden ones included.
    relations: Vec<usize>,
    id: Option<usize>,
    /// Entries before the place of `expand`.
    before_expand: usize,
    /// Columns for the decision about the email, in auth collections.
    email: Option<EmailColumns>,
}

struct Entry {
    key: String,
    /// `{"key":` or `,"key":`.
    prefix: String,
    source: Source,
}

/// Projections that were made before.
#[derive(Default)]
pub struct Projections {
    known: RwLock<HashMap<Key, Arc<Projection>, foldhash::fast::RandomState>>,
}

/// The address of a collection tells it apart: a projection keeps its collection alive.
type Key = (usize, bool, bool);

/// Collections come and go with every change of the schema; what is stale is dropped together.
const MAX_KNOWN: usize = 4096;

impl Projections {
    /// The projection of a collection, with the columns of its relations where they will be followed.
    pub fn get(
        &self,
        connection: &Connection,
        collection: &Arc<Collection>,
        superuser: bool,
        relations: bool,
    ) -> Arc<Projection> {
        let key = (Arc::as_ptr(collection) as usize, superuser, relations);
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(known);
        }
        let missing = if collection.is_view() { missing_columns(connection, collection) } else { HashSet::new() };
        let projection = Arc::new(Projection::new(collection, superuser, relations, &missing));
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_KNOWN {
            known.clear();
        }
        known.insert(key, Arc::clone(&projection));
        projection
    }
}

/// Fields of a view that its table has no column for: SQLite renames the columns of a view with those of its source.
pub fn missing_columns(connection: &Connection, view: &Collection) -> HashSet<String> {
    let columns = || -> rusqlite::Result<HashSet<String>> {
        let mut statement = connection.prepare("SELECT lower(name) FROM pragma_table_xinfo(?1)")?;
        statement.query_map([&view.name], |row| row.get(0))?.collect()
    };
    match columns() {
        Ok(columns) if !columns.is_empty() => {
            let names = view.fields.iter().map(|field| &field.name);
            names.filter(|name| !columns.contains(&name.to_lowercase())).cloned().collect()
        }
        // A view that cannot be read says why when it is.
        _ => HashSet::new(),
    }
}

enum Source {
    /// A JSON string that is the same for all rows.
    Constant(String),
    /// The selected column of that number.
    Column(usize),
    /// As `Column`, left out unless the viewer may see it.
    Email(usize),
}

#[derive(Clone, Copy)]
struct EmailColumns {
    id: usize,
    visibility: usize,
}

/// Who looks at the records.
#[derive(Default)]
pub struct Viewer<'a> {
    pub superuser: bool,
    /// Id of the authenticated record and of its collection.
    pub auth: Option<(&'a str, &'a str)>,
    /// Records whose email the viewer sees because the manage rule says so, or because they just logged in.
    pub managed: HashSet<String>,
}

impl Viewer<'_> {
    /// Whether any decision about an email is open: it is not when everything is visible anyway.
    fn sees_email(&self, collection: &Collection, id: &str) -> bool {
        self.superuser || self.auth == Some((id, &collection.id)) || self.managed.contains(id)
    }
}

/// The column as SQLite would give it back: one of numbers or JSON keeps what looks like a number as one.
fn as_stored(value: &Value) -> SqlValue {
    let number = match value {
        Value::Number(number) => Some(*number),
        Value::Json(Some(text)) => text.parse().ok(),
        _ => None,
    };
    match number {
        // Whole numbers that a double holds exactly.
        Some(number) if number.fract() == 0.0 && number.abs() < 9e15 => SqlValue::Integer(number as i64),
        Some(number) if number.is_finite() => SqlValue::Real(number),
        _ => value.to_sql(),
    }
}

/// Where the values of the selected columns are: in a row, or in the memory of a handler.
pub trait Columns {
    /// # Errors
    /// There is no such column.
    fn column(&self, at: usize) -> rusqlite::Result<ValueRef<'_>>;
}

impl Columns for Row<'_> {
    fn column(&self, at: usize) -> rusqlite::Result<ValueRef<'_>> {
        self.get_ref(at)
    }
}

impl Columns for Vec<SqlValue> {
    fn column(&self, at: usize) -> rusqlite::Result<ValueRef<'_>> {
        self.get(at).map(ValueRef::from).ok_or(rusqlite::Error::InvalidColumnIndex(at))
    }
}

/// A column of a SELECT from a collection.
pub fn column(collection: &Collection, field: &str, missing: &HashSet<String>) -> String {
    match missing.contains(field) {
        true => "NULL".to_owned(),
        false => format!("{}.{}", ddl::quote(&collection.name), ddl::quote(field)),
    }
}

impl Projection {
    /// All fields that the caller may see; those without a column are zero. Passwords and token keys of auth collections
    /// are never selected.
    fn new(collection: &Arc<Collection>, superuser: bool, relations: bool, missing: &HashSet<String>) -> Self {
        let secret = |name: &str| collection.is_auth() && matches!(name, "password" | "tokenKey");
        let mut names: Vec<usize> = (0..collection.fields.len())
            .filter(|at| {
                let field = &collection.fields[*at];
                (superuser || !field.hidden) && !secret(&field.name)
            })
            .collect();
        names.sort_by(|a, b| collection.fields[*a].name.cmp(&collection.fields[*b].name));

        let mut projection = Self {
            collection: Arc::clone(collection),
            entries: Vec::new(),
            selected: Vec::new(),
            columns: String::new(),
            relations: Vec::new(),
            id: None,
            before_expand: 0,
            email: None,
        };
        for (key, text) in [("collectionId", &collection.id), ("collectionName", &collection.name)] {
            let mut json = Vec::new();
            write_json_string(text, &mut json);
            let source = Source::Constant(String::from_utf8(json).expect("JSON is UTF-8"));
            projection.entries.push(Entry { key: key.to_owned(), prefix: String::new(), source });
        }
        for at in names {
            let column = projection.select(at);
            let name = &collection.fields[at].name;
            let email = collection.is_auth() && name == "email";
            let source = if email { Source::Email(column) } else { Source::Column(column) };
            projection.entries.push(Entry { key: name.clone(), prefix: String::new(), source });
        }
        projection.entries.sort_by(|a, b| a.key.cmp(&b.key));
        projection.before_expand = projection.entries.partition_point(|entry| entry.key.as_str() < "expand");
        for (at, entry) in projection.entries.iter_mut().enumerate() {
            // The first key is never the one that may be left out: `collectionId` sorts before `email`.
            entry.prefix = format!("{}\"{}\":", if at == 0 { '{' } else { ',' }, entry.key);
        }
        projection.id = projection.select_named("id");
        if relations {
            for (field, _) in collection.relations() {
                let at = projection.select_named(&field.name).expect("the field is the collection's own");
                projection.relations.push(at);
            }
        }
        if collection.is_auth() {
            projection.email = projection
                .select_named("id")
                .zip(projection.select_named("emailVisibility"))
                .map(|(id, visibility)| EmailColumns { id, visibility });
        }
        let column = |at: &usize| column(collection, &collection.fields[*at].name, missing);
        projection.columns = projection.selected.iter().map(column).collect::<Vec<_>>().join(", ");
        projection
    }

    fn select(&mut self, field: usize) -> usize {
        if let Some(at) = self.selected.iter().position(|other| *other == field) {
            return at;
        }
        self.selected.push(field);
        self.selected.len() - 1
    }

    /// Selects a column that may not be shown and returns its number.
    fn select_named(&mut self, name: &str) -> Option<usize> {
        let at = self.collection.fields.iter().position(|field| field.name == name)?;
        Some(self.select(at))
    }

    /// The column list of a SELECT.
    pub fn columns(&self) -> &str {
        &self.columns
    }

    /// The id of a row; empty where the collection has none.
    ///
    /// # Errors
    /// The row has other columns, or an id that is no text.
    pub fn id_of(&self, row: &impl Columns) -> rusqlite::Result<String> {
        let id = self.id.map(|at| Ok::<_, rusqlite::Error>(row.column(at)?.as_str()?.to_owned()));
        Ok(id.transpose()?.unwrap_or_default())
    }

    /// The selected columns of a row, to be kept.
    ///
    /// # Errors
    /// The row has other columns.
    pub fn keep(&self, row: &Row<'_>) -> rusqlite::Result<Vec<SqlValue>> {
        (0..self.selected.len()).map(|at| row.get(at)).collect()
    }

    /// The selected columns of a record in memory.
    pub fn columns_of(&self, record: &Record) -> Vec<SqlValue> {
        self.selected.iter().map(|at| as_stored(&record.values[*at])).collect()
    }

    /// Appends a row as a JSON object. Returns where `expand` would go into what is then appended to.
    ///
    /// # Errors
    /// The row has other columns.
    pub fn write(&self, row: &impl Columns, viewer: &Viewer<'_>, out: &mut Vec<u8>) -> rusqlite::Result<usize> {
        let (before, after) = self.entries.split_at(self.before_expand);
        self.write_entries(before, row, viewer, out)?;
        let expand_at = out.len();
        self.write_entries(after, row, viewer, out)?;
        out.push(b'}');
        Ok(expand_at)
    }

    fn write_entries(
        &self,
        entries: &[Entry],
        row: &impl Columns,
        viewer: &Viewer<'_>,
        out: &mut Vec<u8>,
    ) -> rusqlite::Result<()> {
        for entry in entries {
            if matches!(entry.source, Source::Email(_)) && !self.shows_email(row, viewer)? {
                continue;
            }
            out.extend_from_slice(entry.prefix.as_bytes());
            match &entry.source {
                Source::Constant(json) => out.extend_from_slice(json.as_bytes()),
                Source::Column(at) | Source::Email(at) => self.write_column(row, *at, out)?,
            }
        }
        Ok(())
    }

    /// A row as an object whose members can still be added to.
    pub fn tree(&self, row: &impl Columns, viewer: &Viewer<'_>) -> rusqlite::Result<BTreeMap<String, Box<RawValue>>> {
        let mut members = BTreeMap::new();
        for entry in &self.entries {
            let json = match &entry.source {
                Source::Email(_) if !self.shows_email(row, viewer)? => continue,
                Source::Constant(json) => json.clone(),
                Source::Column(at) | Source::Email(at) => {
                    let mut json = Vec::new();
                    self.write_column(row, *at, &mut json)?;
                    String::from_utf8(json).unwrap_or_else(|_| "null".to_owned())
                }
            };
            // A column that cannot be written as JSON does not spoil the others.
            if let Ok(json) = RawValue::from_string(json) {
                members.insert(entry.key.clone(), json);
            }
        }
        Ok(members)
    }

    /// Ids by relation, in the order of the fields, hidden ones included.
    ///
    /// # Errors
    /// The row has other columns.
    pub fn related(&self, row: &impl Columns) -> rusqlite::Result<Vec<Vec<String>>> {
        let ids = |at: usize| -> rusqlite::Result<Vec<String>> {
            let kind = self.collection.fields[self.selected[at]].kind.as_type();
            Ok(kind.read(row.column(at)?).items().into_iter().map(str::to_owned).collect())
        };
        self.relations.iter().map(|at| ids(*at)).collect()
    }

    fn write_column(&self, row: &impl Columns, at: usize, out: &mut Vec<u8>) -> rusqlite::Result<()> {
        self.collection.fields[self.selected[at]].kind.as_type().write_json(row.column(at)?, out);
        Ok(())
    }

    fn shows_email(&self, row: &impl Columns, viewer: &Viewer<'_>) -> rusqlite::Result<bool> {
        let Some(columns) = self.email else { return Ok(true) };
        if row.column(columns.visibility)?.as_i64() == Ok(1) {
            return Ok(true);
        }
        let id = row.column(columns.id)?.as_str()?;
        Ok(viewer.sees_email(&self.collection, id))
    }
}

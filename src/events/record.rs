//! A record in memory.

use crate::schema::{Collection, Field, fields::Value};
use rusqlite::Row;

/// The values of a record, in the order of the fields of its collection.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub values: Vec<Value>,
}

impl Record {
    /// Bytes of the texts that it holds.
    pub fn bytes(&self) -> usize {
        self.values.iter().map(Value::bytes).sum()
    }

    /// A new record: the defaults of its fields, else zero values.
    pub fn blank(collection: &Collection) -> Self {
        let value = |field: &Field| field.default_value().unwrap_or_else(|| field.kind.as_type().zero());
        Self { values: collection.fields.iter().map(value).collect() }
    }

    /// Reads a row whose columns are the fields of the collection, in order.
    ///
    /// # Errors
    /// The row has fewer columns.
    pub fn read(collection: &Collection, row: &Row<'_>) -> rusqlite::Result<Self> {
        let values = collection
            .fields
            .iter()
            .enumerate()
            .map(|(at, field)| Ok(field.kind.as_type().read(row.get_ref(at)?)))
            .collect::<rusqlite::Result<_>>()?;
        Ok(Self { values })
    }

    /// The value of a field; `None` for a name that is no field.
    pub fn get(&self, collection: &Collection, field: &str) -> Option<&Value> {
        position(collection, field).map(|at| &self.values[at])
    }

    /// Sets a field; a name that is no field is ignored.
    pub fn set(&mut self, collection: &Collection, field: &str, value: Value) {
        if let Some(at) = position(collection, field) {
            self.values[at] = value;
        }
    }

    /// The text of a field, `""` when it has none.
    pub fn text<'a>(&'a self, collection: &Collection, field: &str) -> &'a str {
        self.get(collection, field).map_or("", Value::as_text)
    }

    /// The id, `""` while there is none.
    pub fn id<'a>(&'a self, collection: &Collection) -> &'a str {
        self.text(collection, "id")
    }

    /// Whether a `bool` field is true; a name that is no such field is not.
    pub fn flag(&self, collection: &Collection, field: &str) -> bool {
        matches!(self.get(collection, field), Some(Value::Bool(true)))
    }

    /// The stored hash of a password field.
    pub fn password_hash<'a>(&'a self, collection: &Collection, field: &str) -> &'a str {
        match self.get(collection, field) {
            Some(Value::Password { hash, .. }) => hash,
            _ => "",
        }
    }
}

fn position(collection: &Collection, name: &str) -> Option<usize> {
    collection.fields.iter().position(|field| field.name == name)
}

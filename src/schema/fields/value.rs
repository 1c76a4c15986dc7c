//! The value of a field of a record.

use super::cast::number_json;
use super::geo_point::stored_point;
use rusqlite::types::Value as SqlValue;
use serde_json::{Value as Json, json};

/// A normalised value, in one of the shapes that columns hold.
#[derive(Clone, PartialEq)]
pub enum Value {
    Text(String),
    Number(f64),
    Bool(bool),
    /// Of a multiple select, file or relation: unique, no empty strings.
    List(Vec<String>),
    /// Compact JSON text, `None` for SQL NULL.
    Json(Option<String>),
    Point {
        lon: f64,
        lat: f64,
    },
    /// A hash as stored and, until it is saved, the plain text that was submitted.
    Password {
        hash: String,
        plain: Option<String>,
    },
}

/// A key of a request body that changes a value instead of replacing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modifier {
    /// `name+`
    Append,
    /// `+name`
    Prepend,
    /// `name-`
    Remove,
    /// `name:autogenerate`
    Autogenerate,
}

impl Value {
    /// The parameter that stores the value.
    pub fn to_sql(&self) -> SqlValue {
        match self {
            Self::Text(text) => SqlValue::Text(text.clone()),
            Self::Number(number) => SqlValue::Real(*number),
            Self::Bool(flag) => SqlValue::Integer(i64::from(*flag)),
            Self::List(items) => SqlValue::Text(serde_json::to_string(items).expect("strings are JSON")),
            Self::Json(None) => SqlValue::Null,
            Self::Json(Some(json)) => SqlValue::Text(json.clone()),
            Self::Point { lon, lat } => SqlValue::Text(stored_point(*lon, *lat)),
            Self::Password { hash, .. } => SqlValue::Text(hash.clone()),
        }
    }

    /// Bytes of the texts that it holds.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Text(text) | Self::Json(Some(text)) | Self::Password { hash: text, .. } => text.len(),
            Self::List(items) => items.iter().map(String::len).sum(),
            Self::Number(_) | Self::Bool(_) | Self::Json(None) | Self::Point { .. } => 0,
        }
    }

    /// The value as JSON, for rules and hooks; a password shows its plain text if there is one.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Text(text) => json!(text),
            Self::Number(number) => Json::Number(number_json(*number)),
            Self::Bool(flag) => json!(flag),
            Self::List(items) => json!(items),
            Self::Json(None) => Json::Null,
            Self::Json(Some(text)) => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
            Self::Point { lon, lat } => {
                json!({ "lon": number_json(*lon), "lat": number_json(*lat) })
            }
            Self::Password { plain, hash } => json!(plain.as_ref().unwrap_or(hash)),
        }
    }

    /// Whether `required` rejects it: empty text, 0, false, no items, JSON `null "" [] {}`, the point (0, 0).
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Number(number) => *number == 0.0,
            Self::Bool(flag) => !flag,
            Self::List(items) => items.is_empty(),
            Self::Json(json) => matches!(json.as_deref(), None | Some("" | "null" | "\"\"" | "[]" | "{}")),
            Self::Point { lon, lat } => *lon == 0.0 && *lat == 0.0,
            Self::Password { hash, plain } => hash.is_empty() && plain.is_none(),
        }
    }

    /// The strings of a text or list value: ids of a relation, names of files, options of a select.
    pub fn items(&self) -> Vec<&str> {
        match self {
            Self::Text(text) if !text.is_empty() => vec![text],
            Self::List(items) => items.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    pub fn as_text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Password { .. } => f.write_str("Password(…)"),
            value => write!(f, "{}", value.to_json()),
        }
    }
}

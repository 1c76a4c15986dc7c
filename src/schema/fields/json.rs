//! `json`: any JSON value. Text that is itself JSON is stored as written, other text as a JSON string.

use super::cast::{number_json, write_number};
use super::{Cast, Field, FieldKind, FieldType, MAX_SAFE, Sample, Value, check_range};
use crate::schema::errors::FieldError;
use rusqlite::types::ValueRef;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use serde_json::ser::Formatter;

/// `maxSize` is in bytes of the stored text; 0 means 1 MiB.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct JsonField {
    pub max_size: i64,
}

impl JsonField {
    /// Largest value in bytes.
    pub fn limit(&self) -> i64 {
        if self.max_size == 0 { 1 << 20 } else { self.max_size }
    }
}

impl FieldType for JsonField {
    fn column(&self) -> &'static str {
        "JSON DEFAULT NULL"
    }

    fn zero(&self) -> Value {
        Value::Json(None)
    }

    fn normalise(&self, input: &Json) -> Value {
        Value::Json(match input {
            Json::Null => None,
            Json::String(text) => Some(from_text(text)),
            value => Some(spelled(&doubles(value))),
        })
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), FieldError> {
        let Value::Json(json) = value else { return Err(FieldError::invalid_value()) };
        let size = json.as_ref().map_or(0, String::len) as i64;
        if size > self.limit() {
            let message = format!("The maximum allowed JSON size is {} bytes.", self.limit());
            return Err(FieldError::new("validation_json_size_limit", message).with("maxSize", self.limit()));
        }
        if let Some(text) = json
            && crate::json::check(text.as_bytes()).is_err()
        {
            return Err(FieldError::new("validation_invalid_json", "Must be a valid json value."));
        }
        if field.required && value.is_zero() { Err(FieldError::required()) } else { Ok(()) }
    }

    fn read(&self, column: ValueRef<'_>) -> Value {
        if matches!(column, ValueRef::Null) {
            return Value::Json(None);
        }
        let mut out = Vec::new();
        self.write_json(column, &mut out);
        Value::Json(String::from_utf8(out).ok())
    }

    fn write_json(&self, column: ValueRef<'_>, out: &mut Vec<u8>) {
        match column {
            ValueRef::Null => out.extend_from_slice(b"null"),
            ValueRef::Integer(number) => out.extend_from_slice(number.to_string().as_bytes()),
            ValueRef::Real(number) => write_number(number, out),
            ValueRef::Blob(b"") => out.extend_from_slice(b"null"),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                let text = String::from_utf8_lossy(bytes);
                if is_json(&text) {
                    crate::json::write_compact(&text, out);
                } else {
                    super::write_json_string(&text, out);
                }
            }
        }
    }

    fn check_options(&self, _field: &Field, errors: &mut Vec<(String, FieldError)>) {
        check_range("maxSize", self.max_size, 0, MAX_SAFE, errors);
    }

    fn body_allowance(&self) -> u64 {
        self.limit().unsigned_abs()
    }

    /// `[0,0,0]` has a value for every two bytes.
    fn values_allowance(&self) -> usize {
        usize::try_from(self.limit() / 2).unwrap_or_default()
    }

    fn has_members(&self) -> bool {
        true
    }

    fn is_any_json(&self) -> bool {
        true
    }

    fn cast(&self) -> Cast {
        Cast::Json
    }

    fn import_text(&self, text: &str) -> Result<Value, String> {
        let trimmed = text.trim();
        Ok(Value::Json(if trimmed.is_empty() {
            None
        } else if crate::json::check(trimmed.as_bytes()).is_ok() {
            let mut compact = Vec::with_capacity(trimmed.len());
            crate::json::write_compact(trimmed, &mut compact);
            String::from_utf8(compact).ok()
        } else {
            Some(Json::from(text).to_string())
        }))
    }

    fn write_cell(&self, column: ValueRef<'_>, out: &mut Vec<u8>) {
        self.write_json(column, out);
        if out == b"null" {
            out.clear();
        }
    }

    fn narrows(&self, former: &FieldKind) -> bool {
        matches!(former, FieldKind::Json(former) if self.limit() < former.limit())
    }

    fn sample(&self, _field: &Field) -> Option<Sample> {
        Some(Sample::EmptyObject)
    }
}

fn from_text(text: &str) -> String {
    if is_json(text) { text.to_owned() } else { Json::from(text).to_string() }
}

/// Whether a text stands for the JSON that it is, instead of for itself.
fn is_json(text: &str) -> bool {
    let looks_like_json = text.starts_with(|c: char| c.is_ascii_digit() || "-\"[{".contains(c));
    matches!(text, "null" | "true" | "false") || (looks_like_json && crate::json::is_valid(text.as_bytes()))
}

/// Numbers are spelled as everywhere in the API.
struct Spelling;

impl Formatter for Spelling {
    fn write_f64<W: ?Sized + std::io::Write>(&mut self, writer: &mut W, value: f64) -> std::io::Result<()> {
        let mut out = Vec::new();
        write_number(value, &mut out);
        writer.write_all(&out)
    }
}

fn spelled(value: &Json) -> String {
    let mut out = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, Spelling);
    value.serialize(&mut serializer).expect("writing to memory cannot fail");
    String::from_utf8(out).expect("JSON is UTF-8")
}

/// The value with every number as a double, the way PocketBase re-encodes bodies.
fn doubles(value: &Json) -> Json {
    match value {
        Json::Number(number) => Json::Number(number_json(number.as_f64().unwrap_or_default())),
        Json::Array(items) => items.iter().map(doubles).collect(),
        Json::Object(object) => object.iter().map(|(key, value)| (key.clone(), doubles(value))).collect(),
        value => value.clone(),
    }
}

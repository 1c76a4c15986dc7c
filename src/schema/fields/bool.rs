//! `bool`: true or false; `required` means that it must be true.

use super::cast::{json_to_bool, text_to_bool};
use super::{Field, FieldType, Sample, Value, shown};
use crate::schema::errors::FieldError;
use rusqlite::types::ValueRef;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BoolField {}

impl FieldType for BoolField {
    fn column(&self) -> &'static str {
        "BOOLEAN DEFAULT FALSE NOT NULL"
    }

    fn zero(&self) -> Value {
        Value::Bool(false)
    }

    fn normalise(&self, input: &Json) -> Value {
        Value::Bool(json_to_bool(input))
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), FieldError> {
        if field.required && value.is_zero() { Err(FieldError::required()) } else { Ok(()) }
    }

    fn read(&self, column: ValueRef<'_>) -> Value {
        Value::Bool(column_bool(column))
    }

    fn write_json(&self, column: ValueRef<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(if column_bool(column) { b"true" } else { b"false" });
    }

    fn import_text(&self, text: &str) -> Result<Value, String> {
        match text.trim().to_ascii_lowercase().as_str() {
            "true" | "t" | "1" | "yes" | "y" | "on" => Ok(Value::Bool(true)),
            "false" | "f" | "0" | "no" | "n" | "off" | "" => Ok(Value::Bool(false)),
            _ => Err(format!("`{}` is neither true nor false", shown(text.trim()))),
        }
    }

    fn import_json(&self, json: &Json) -> Result<Option<Value>, String> {
        match json {
            Json::Bool(flag) => Ok(Some(Value::Bool(*flag))),
            Json::Number(number) => self.import_text(&number.to_string()).map(Some),
            _ => Ok(None),
        }
    }

    fn sample(&self, _field: &Field) -> Option<Sample> {
        Some(Sample::Fake("bool", vec![("chance", 1.0)]))
    }
}

fn column_bool(column: ValueRef<'_>) -> bool {
    match column {
        ValueRef::Integer(number) => number == 1,
        ValueRef::Real(number) => number == 1.0,
        ValueRef::Text(text) => std::str::from_utf8(text).is_ok_and(text_to_bool),
        ValueRef::Null | ValueRef::Blob(_) => false,
    }
}

//! `bool`: true or false; `required` means that it must be true.

use super::cast::{json_to_bool, text_to_bool};
use super::{Field, FieldType, Value};
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
}

fn column_bool(column: ValueRef<'_>) -> bool {
    match column {
        ValueRef::Integer(number) => number == 1,
        ValueRef::Real(number) => number == 1.0,
        ValueRef::Text(text) => std::str::from_utf8(text).is_ok_and(text_to_bool),
        ValueRef::Null | ValueRef::Blob(_) => false,
    }
}

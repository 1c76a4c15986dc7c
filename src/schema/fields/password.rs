//! `password`: a hash in the column, plain text on the way in, nothing on the way out.

use super::cast::{column_text, json_to_string};
use super::text::{check_pattern, matches_pattern};
use super::{Field, FieldType, Sample, Value, check_range};
use crate::schema::errors::FieldError;
use rusqlite::types::ValueRef;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Lengths are in code points of the plain text; `max` 0 means 71. `cost` is bcrypt's, 0 means 10.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PasswordField {
    pub pattern: String,
    pub min: i64,
    pub max: i64,
    pub cost: i64,
}

/// Bytes that bcrypt looks at: a longer text cannot be hashed.
pub const BCRYPT_BYTES: usize = 72;

impl FieldType for PasswordField {
    fn column(&self) -> &'static str {
        "TEXT DEFAULT '' NOT NULL"
    }

    fn zero(&self) -> Value {
        Value::Password { hash: String::new(), plain: None }
    }

    fn normalise(&self, input: &Json) -> Value {
        let plain = json_to_string(input);
        Value::Password { hash: String::new(), plain: (!plain.is_empty()).then_some(plain) }
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), FieldError> {
        let Value::Password { plain, .. } = value else { return Err(FieldError::invalid_value()) };
        if field.required && value.is_zero() {
            return Err(FieldError::required());
        }
        let Some(plain) = plain else { return Ok(()) };
        if plain.len() > BCRYPT_BYTES {
            return Err(FieldError::invalid_value());
        }
        let length = plain.chars().count() as i64;
        if length < self.min {
            let message = format!("Must be at least {} character(s).", self.min);
            return Err(FieldError::new("validation_min_text_constraint", message));
        }
        let max = if self.max == 0 { 71 } else { self.max };
        if length > max {
            let message = format!("Must be less than {max} character(s).");
            return Err(FieldError::new("validation_max_text_constraint", message));
        }
        if !matches_pattern(&self.pattern, plain) {
            return Err(FieldError::new("validation_invalid_format", "Invalid value format."));
        }
        Ok(())
    }

    fn check_options(&self, _field: &Field, errors: &mut Vec<(String, FieldError)>) {
        check_range("min", self.min, 1, 71, errors);
        check_range("max", self.max, self.min, 71, errors);
        check_range("cost", self.cost, 4, 31, errors);
        check_pattern("pattern", &self.pattern, errors);
    }

    fn read(&self, column: ValueRef<'_>) -> Value {
        Value::Password { hash: column_text(column).into_owned(), plain: None }
    }

    fn write_json(&self, _column: ValueRef<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\"\"");
    }

    fn is_made_by_server(&self) -> bool {
        true
    }

    fn is_secret(&self) -> bool {
        true
    }

    fn import_text(&self, text: &str) -> Result<Value, String> {
        Ok(Value::Password { hash: String::new(), plain: Some(text.to_owned()) })
    }

    fn import_stored(&self, text: &str) -> Option<Value> {
        let is_hash = ["$argon2id$", "$2a$", "$2b$", "$2y$"].iter().any(|prefix| text.starts_with(prefix));
        is_hash.then(|| Value::Password { hash: text.to_owned(), plain: None })
    }

    fn is_written_as_text(&self) -> bool {
        true
    }

    fn sample(&self, _field: &Field) -> Option<Sample> {
        Some(Sample::Text("secret12345"))
    }
}

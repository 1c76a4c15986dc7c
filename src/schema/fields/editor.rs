//! `editor`: HTML text, stored as it comes.

use super::cast::{column_text, json_to_string, write_column_text};
use super::{Field, FieldKind, FieldType, MAX_SAFE, Sample, Value, check_range};
use crate::schema::errors::FieldError;
use rusqlite::types::ValueRef;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// `maxSize` is in bytes of UTF-8; 0 means 5 MiB.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EditorField {
    pub max_size: i64,
    /// A hint for the dashboard's editor.
    #[serde(rename = "convertURLs")]
    pub convert_urls: bool,
}

impl EditorField {
    /// Largest text in bytes.
    pub fn limit(&self) -> i64 {
        if self.max_size == 0 { 5 << 20 } else { self.max_size }
    }
}

impl FieldType for EditorField {
    fn column(&self) -> &'static str {
        "TEXT DEFAULT '' NOT NULL"
    }

    fn zero(&self) -> Value {
        Value::Text(String::new())
    }

    fn normalise(&self, input: &Json) -> Value {
        Value::Text(json_to_string(input))
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), FieldError> {
        let text = value.as_text();
        if field.required && text.is_empty() {
            return Err(FieldError::required());
        }
        if text.len() as i64 > self.limit() {
            let message = format!("The maximum allowed content size is {} bytes.", self.limit());
            return Err(FieldError::new("validation_content_size_limit", message).with("maxSize", self.limit()));
        }
        Ok(())
    }

    fn read(&self, column: ValueRef<'_>) -> Value {
        Value::Text(column_text(column).into_owned())
    }

    fn write_json(&self, column: ValueRef<'_>, out: &mut Vec<u8>) {
        write_column_text(column, out);
    }

    fn check_options(&self, _field: &Field, errors: &mut Vec<(String, FieldError)>) {
        check_range("maxSize", self.max_size, 0, MAX_SAFE, errors);
    }

    fn body_allowance(&self) -> u64 {
        self.limit().unsigned_abs()
    }

    fn import_text(&self, text: &str) -> Result<Value, String> {
        Ok(Value::Text(text.to_owned()))
    }

    fn import_json(&self, json: &Json) -> Result<Option<Value>, String> {
        Ok(matches!(json, Json::Number(_) | Json::Bool(_)).then(|| self.normalise(json)))
    }

    fn narrows(&self, former: &FieldKind) -> bool {
        matches!(former, FieldKind::Editor(former) if self.limit() < former.limit())
    }

    fn sample(&self, _field: &Field) -> Option<Sample> {
        Some(Sample::Fake("lorem.paragraph", Vec::new()))
    }

    fn anonymous(&self, field: &Field, _owner: &str, number: usize) -> Option<Json> {
        Some(format!("{} {number}", field.name).into())
    }
}

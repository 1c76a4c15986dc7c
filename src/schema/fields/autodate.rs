//! `autodate`: set to the current time on create, on update, or both; input is ignored.

use super::date::{import_date, read_date, write_date};
use super::{Field, FieldType, Value};
use crate::schema::errors::FieldError;
use rusqlite::types::ValueRef;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AutodateField {
    pub on_create: bool,
    pub on_update: bool,
}

impl FieldType for AutodateField {
    fn column(&self) -> &'static str {
        "TEXT DEFAULT '' NOT NULL"
    }

    fn zero(&self) -> Value {
        Value::Text(String::new())
    }

    fn normalise(&self, _input: &Json) -> Value {
        self.zero()
    }

    fn validate(&self, _field: &Field, _value: &Value) -> Result<(), FieldError> {
        Ok(())
    }

    fn read(&self, column: ValueRef<'_>) -> Value {
        Value::Text(read_date(column))
    }

    fn write_json(&self, column: ValueRef<'_>, out: &mut Vec<u8>) {
        write_date(column, out);
    }

    fn check_options(&self, _field: &Field, errors: &mut Vec<(String, FieldError)>) {
        if !self.on_create && !self.on_update {
            for name in ["onCreate", "onUpdate"] {
                let message = "Either onCreate or onUpdate must be enabled.";
                errors.push((name.into(), FieldError::new("validation_required", message)));
            }
        }
    }

    fn may_be_required(&self) -> bool {
        false
    }

    fn is_made_by_server(&self) -> bool {
        true
    }

    fn import_text(&self, text: &str) -> Result<Value, String> {
        import_date(text)
    }

    fn is_written_as_text(&self) -> bool {
        false
    }
}

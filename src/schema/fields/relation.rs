//! `relation`: ids of records of another collection.

use super::select::{
    count_items, import_list, list_column, modify_list, normalise_list, read_list, shrinks, write_list, zero_list,
};
use super::{Field, FieldKind, FieldType, Modifier, Sample, Value, check_range};
use crate::schema::errors::FieldError;
use rusqlite::types::ValueRef;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// `maxSelect` of 0 or 1 is a single id, more is a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RelationField {
    pub collection_id: String,
    /// Delete the record when the last record it points to is deleted.
    pub cascade_delete: bool,
    pub min_select: i64,
    pub max_select: i64,
}

impl FieldType for RelationField {
    fn column(&self) -> &'static str {
        list_column(self.is_multiple())
    }

    fn zero(&self) -> Value {
        zero_list(self.is_multiple())
    }

    fn normalise(&self, input: &Json) -> Value {
        normalise_list(input, self.is_multiple())
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), FieldError> {
        let count = count_items(value) as i64;
        if count == 0 {
            return if field.required { Err(FieldError::required()) } else { Ok(()) };
        }
        if count < self.min_select {
            let message = format!("Select at least {}.", self.min_select);
            return Err(FieldError::new("validation_not_enough_values", message).with("minSelect", self.min_select));
        }
        let max = self.max_select.max(1);
        if count > max {
            let message = format!("Select no more than {max}.");
            return Err(FieldError::new("validation_too_many_values", message).with("maxSelect", max));
        }
        Ok(())
    }

    fn read(&self, column: ValueRef<'_>) -> Value {
        read_list(column, self.is_multiple())
    }

    fn write_json(&self, column: ValueRef<'_>, out: &mut Vec<u8>) {
        write_list(column, self.is_multiple(), out);
    }

    fn modify(&self, current: &Value, modifier: Modifier, input: &Json) -> Option<Value> {
        modify_list(current, modifier, input, self.is_multiple())
    }

    fn check_options(&self, _field: &Field, errors: &mut Vec<(String, FieldError)>) {
        if self.collection_id.is_empty() {
            errors.push(("collectionId".into(), FieldError::required()));
        }
        check_range("minSelect", self.min_select, 0, i64::MAX, errors);
        if self.min_select > 0 && self.max_select == 0 {
            errors.push(("maxSelect".into(), FieldError::required()));
        }
        check_range("maxSelect", self.max_select, self.min_select, i64::MAX, errors);
    }

    fn is_multiple(&self) -> bool {
        self.max_select > 1
    }

    fn holds_items(&self) -> bool {
        true
    }

    fn import_text(&self, text: &str) -> Result<Value, String> {
        import_list(text, self.is_multiple())
    }

    fn import_json(&self, json: &Json) -> Result<Option<Value>, String> {
        Ok(json.is_array().then(|| self.normalise(json)))
    }

    fn narrows(&self, former: &FieldKind) -> bool {
        let FieldKind::Relation(former) = former else { return false };
        // No relation at all passes whatever the least number is.
        shrinks(former.max_select, self.max_select) || self.min_select.max(1) > former.min_select.max(1)
    }

    fn sample(&self, _field: &Field) -> Option<Sample> {
        Some(Sample::RecordOf(self.collection_id.clone()))
    }
}

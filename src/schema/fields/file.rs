//! `file`: names of uploaded files; the contents live in `files`.

use super::cast::json_to_list;
use super::select::{import_list, list_column, modify_list, normalise_list, read_list, shrinks, write_list, zero_list};
use super::{Field, FieldKind, FieldType, MAX_SAFE, Modifier, Value, check_range};
use crate::schema::errors::FieldError;
use rusqlite::types::ValueRef;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::borrow::Cow;

/// `maxSize` is in bytes, 0 means 5 MiB; `maxSelect` of 0 or 1 is a single file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FileField {
    pub max_select: i64,
    pub max_size: i64,
    /// Accepted content types, found by sniffing; empty accepts all.
    pub mime_types: Vec<String>,
    /// Sizes such as `100x100`, `0x300` or `50x50t` that may be requested.
    pub thumbs: Vec<String>,
    /// Downloads need a file token and the view rule.
    pub protected: bool,
}

impl FileField {
    /// Largest accepted upload in bytes.
    pub fn size_limit(&self) -> i64 {
        if self.max_size == 0 { 5 << 20 } else { self.max_size }
    }
}

impl FieldType for FileField {
    fn column(&self) -> &'static str {
        list_column(self.is_multiple())
    }

    fn zero(&self) -> Value {
        zero_list(self.is_multiple())
    }

    fn normalise(&self, input: &Json) -> Value {
        normalise_list(&unwrapped(input), self.is_multiple())
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), FieldError> {
        let count = value.items().len() as i64;
        if count == 0 {
            return if field.required { Err(FieldError::required()) } else { Ok(()) };
        }
        let max = self.max_select.max(1);
        if count > max {
            let message = format!("The maximum allowed files is {max}.");
            return Err(FieldError::new("validation_too_many_files", message).with("maxSelect", max));
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
        modify_list(current, modifier, &unwrapped(input), self.is_multiple())
    }

    fn is_multiple(&self) -> bool {
        self.max_select > 1
    }

    fn check_options(&self, _field: &Field, errors: &mut Vec<(String, FieldError)>) {
        check_range("maxSelect", self.max_select, 0, MAX_SAFE, errors);
        check_range("maxSize", self.max_size, 0, MAX_SAFE, errors);
        for (at, thumb) in self.thumbs.iter().enumerate().filter(|(_, thumb)| !thumb.is_empty()) {
            if matches!(thumb.as_str(), "0x0" | "0x0t" | "0x0b" | "0x0f") {
                let error = FieldError::new("validation_not_in_invalid", "Must not be in list.");
                errors.push((format!("thumbs.{at}"), error));
            } else if !is_thumb_size(thumb) {
                errors.push((format!("thumbs.{at}"), FieldError::match_invalid()));
            }
        }
    }

    fn body_allowance(&self) -> u64 {
        self.size_limit().unsigned_abs().saturating_mul(self.max_select.max(1).unsigned_abs())
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
        matches!(former, FieldKind::File(former) if shrinks(former.max_select, self.max_select))
    }

    /// A number is no path of a file.
    fn is_written_as_text(&self) -> bool {
        false
    }
}

/// The names of a list, in which a list of one name stands for that name and any other list for none.
fn unwrapped(input: &Json) -> Cow<'_, Json> {
    let Json::Array(items) = input else { return Cow::Borrowed(input) };
    let only = |item: &Json| {
        let mut names = json_to_list(&unwrapped(item));
        (names.len() == 1).then(|| names.remove(0))
    };
    Cow::Owned(items.iter().filter_map(only).map(Json::from).collect())
}

/// `WxH` with an optional `t`, `b` or `f`.
fn is_thumb_size(text: &str) -> bool {
    let text = text.strip_suffix(['t', 'b', 'f']).unwrap_or(text);
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('x').is_some_and(|(width, height)| number(width) && number(height))
}

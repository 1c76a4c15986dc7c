//! `select`: one or several of a fixed list of values.

use super::cast::{column_text, json_to_list, text_to_list, unique, write_json_string};
use super::{Field, FieldKind, FieldType, Modifier, Sample, Value, check_range, shown};
use crate::schema::errors::{FieldError, sentence};
use rusqlite::types::ValueRef;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::HashSet;

/// `maxSelect` of 0 or 1 is a single value, more is a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SelectField {
    pub values: Vec<String>,
    pub max_select: i64,
}

impl FieldType for SelectField {
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
        let chosen = value.items();
        if chosen.is_empty() {
            return if field.required { Err(FieldError::required()) } else { Ok(()) };
        }
        let max = self.max_select.max(1);
        if count_items(value) as i64 > max {
            let message = format!("Select no more than {max}.");
            return Err(FieldError::new("validation_too_many_values", message).with("maxSelect", max));
        }
        match chosen.into_iter().find(|item| !self.values.iter().any(|value| value == item)) {
            Some(item) => {
                let message = sentence(&format!("Invalid value {item}"));
                Err(FieldError::new("validation_invalid_value", message).with("value", item))
            }
            None => Ok(()),
        }
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
        if self.values.is_empty() {
            errors.push(("values".into(), FieldError::required()));
        }
        check_range("maxSelect", self.max_select, 0, (self.values.len() as i64).max(1), errors);
    }

    fn is_multiple(&self) -> bool {
        self.max_select > 1
    }

    fn holds_items(&self) -> bool {
        true
    }

    fn import_text(&self, text: &str) -> Result<Value, String> {
        // A value may begin or end with white space.
        if !self.is_multiple() && self.values.iter().any(|value| value == text) {
            return Ok(Value::Text(text.to_owned()));
        }
        import_list(text, self.is_multiple())
    }

    fn import_json(&self, json: &Json) -> Result<Option<Value>, String> {
        Ok(json.is_array().then(|| self.normalise(json)))
    }

    fn narrows(&self, former: &FieldKind) -> bool {
        let FieldKind::Select(former) = former else { return false };
        former.values.iter().any(|value| !self.values.contains(value)) || shrinks(former.max_select, self.max_select)
    }

    fn sample(&self, _field: &Field) -> Option<Sample> {
        Some(Sample::OneOf(self.values.clone()))
    }

    fn anonymous(&self, _field: &Field, _owner: &str, _number: usize) -> Option<Json> {
        self.values.first().map(|value| value.as_str().into())
    }

    fn names_records(&self) -> bool {
        true
    }
}

/// A single item; else a JSON array, or texts with `|` between them.
pub fn import_list(text: &str, multiple: bool) -> Result<Value, String> {
    let text = text.trim();
    if !multiple {
        return Ok(Value::Text(text.to_owned()));
    }
    let items = if text.starts_with('[') {
        serde_json::from_str(text).map_err(|error| format!("`{}` is no JSON array: {error}", shown(text)))?
    } else {
        Json::from(text.split('|').map(str::trim).filter(|item| !item.is_empty()).collect::<Vec<_>>())
    };
    Ok(normalise_list(&items, multiple))
}

/// Whether fewer items are allowed than before; `maxSelect` 0 means 1.
pub fn shrinks(former: i64, now: i64) -> bool {
    now.max(1) < former.max(1)
}

/// Items of a value; a single text may spell a list that is broken.
pub fn count_items(value: &Value) -> usize {
    match value {
        Value::Text(text) => text_to_list(text).len(),
        value => value.items().len(),
    }
}

pub fn list_column(multiple: bool) -> &'static str {
    if multiple { "JSON DEFAULT '[]' NOT NULL" } else { "TEXT DEFAULT '' NOT NULL" }
}

pub fn zero_list(multiple: bool) -> Value {
    from_items(Vec::new(), multiple)
}

/// A single value keeps the last item of a list.
fn from_items(mut items: Vec<String>, multiple: bool) -> Value {
    if multiple { Value::List(items) } else { Value::Text(items.pop().unwrap_or_default()) }
}

pub fn normalise_list(input: &Json, multiple: bool) -> Value {
    from_items(json_to_list(input), multiple)
}

pub fn read_list(column: ValueRef<'_>, multiple: bool) -> Value {
    from_items(text_to_list(&column_text(column)), multiple)
}

/// Arrays as pbr and PocketBase store them are copied; anything else is read first.
pub fn write_list(column: ValueRef<'_>, multiple: bool, out: &mut Vec<u8>) {
    let text = column_text(column);
    if !multiple && !text.contains('[') {
        return write_json_string(&text, out);
    }
    if multiple && is_stored_form(&text) {
        return out.extend_from_slice(text.as_bytes());
    }
    match from_items(text_to_list(&text), multiple) {
        Value::List(items) => serde_json::to_writer(out, &items).expect("writing to memory cannot fail"),
        value => write_json_string(value.as_text(), out),
    }
}

/// Whether a text is an array as pbr and PocketBase write it: strings without white space between them, none of them twice,
/// and nothing escaped in them. An array of many strings is none, since comparing each with each takes too long.
fn is_stored_form(text: &str) -> bool {
    const MOST: usize = 16;
    let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else { return false };
    if inner.is_empty() {
        return true;
    }
    let Some(joined) = inner.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return false };
    let mut items: [&str; MOST] = [""; MOST];
    for (at, item) in joined.split("\",\"").enumerate() {
        let plain = !item.is_empty() && !item.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\');
        if at == MOST || !plain || items[..at].contains(&item) {
            return false;
        }
        items[at] = item;
    }
    true
}

pub fn modify_list(current: &Value, modifier: Modifier, input: &Json, multiple: bool) -> Option<Value> {
    let current: Vec<String> = current.items().into_iter().map(str::to_owned).collect();
    let given = json_to_list(input);
    let items = match modifier {
        Modifier::Append => current.into_iter().chain(given).collect(),
        Modifier::Prepend => given.into_iter().chain(current).collect(),
        Modifier::Remove => {
            let given: HashSet<String> = given.into_iter().collect();
            current.into_iter().filter(|item| !given.contains(item)).collect()
        }
        Modifier::Autogenerate => return None,
    };
    Some(from_items(unique(items), multiple))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_in_their_stored_form_are_copied_and_others_read() {
        let written = |text: &str| {
            let mut out = Vec::new();
            write_list(ValueRef::Text(text.as_bytes()), true, &mut out);
            String::from_utf8(out).unwrap()
        };
        let many = serde_json::to_string(&(0..40).map(|at| at.to_string()).collect::<Vec<_>>()).unwrap();
        for text in ["[]", r#"["a"]"#, r#"["a","b c","]","ä"]"#, &many] {
            assert_eq!(written(text), text);
        }
        for text in ["[]", r#"["a"]"#, r#"["a","b c","]","ä"]"#] {
            assert!(is_stored_form(text), "{text}");
        }
        for (text, expected) in [
            (r#"["a","a"]"#, r#"["a"]"#),
            (r#"["a", "b"]"#, r#"["a","b"]"#),
            (r#"["a",""]"#, r#"["a"]"#),
            (r#"["\u0041"]"#, r#"["A"]"#),
            (r#"["a","#, r#"["a","[\"a\","]"#),
            ("a", r#"["a"]"#),
            ("", "[]"),
        ] {
            assert_eq!(written(text), expected, "{text}");
            assert!(!is_stored_form(text), "{text}");
        }
    }
}

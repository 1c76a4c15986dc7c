//! From what stands in a file to the value of a field.
//!
//! Stricter than the API, which makes 0 of a text that is no number and an empty date of one that is no date: whoever
//! imports a file has nobody to look at each of its rows.

use crate::schema::fields::{Field, Value};
use serde_json::Value as Json;
use serde_json::value::RawValue;

/// The value of a text; `None` where an empty text leaves the value to the server.
///
/// # Errors
/// What is wrong with it.
pub fn from_text(field: &Field, text: &str, hashed: bool) -> Result<Option<Value>, String> {
    let kind = field.kind.as_type();
    if text.is_empty() && kind.is_made_by_server() {
        return Ok(None);
    }
    match kind.import_stored(text).filter(|_| hashed) {
        Some(stored) => Ok(Some(stored)),
        None => kind.import_text(text).map(Some),
    }
}

/// The value of a JSON value; `None` where `null` leaves the value to the server.
///
/// # Errors
/// What is wrong with it.
pub fn from_json(field: &Field, raw: &RawValue, hashed: bool) -> Result<Option<Value>, String> {
    let kind = field.kind.as_type();
    let text = raw.get();
    if kind.is_any_json() && text != "null" {
        crate::json::check(text.as_bytes()).map_err(|error| error.to_string())?;
        return kind.import_text(text).map(Some);
    }
    match crate::json::parse(text.as_bytes()).map_err(|error| error.to_string())? {
        Json::Null if kind.is_made_by_server() => Ok(None),
        Json::Null => Ok(Some(kind.zero())),
        Json::String(text) => from_text(field, &text, hashed),
        value => {
            let other = || format!("{} where a {} is expected", named(&value), field.kind.name());
            kind.import_json(&value)?.ok_or_else(other).map(Some)
        }
    }
}

fn named(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a truth value",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "an array",
        Json::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn field(kind: &str, options: Json) -> Field {
        let mut object = json!({ "name": "f", "type": kind, "id": "f1" });
        object.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        crate::schema::fields::decode_fields(&json!([object])).unwrap().remove(0)
    }

    #[test]
    fn cells_become_values_or_say_why_not() {
        let no = json!({});
        for (kind, text, wanted) in [
            ("number", " 1.5 ", Ok(Some(Value::Number(1.5)))),
            ("number", "", Ok(Some(Value::Number(0.0)))),
            ("number", "NaN", Err("`NaN` is no number")),
            ("number", "1,5", Err("`1,5` is no number")),
            ("bool", "Yes", Ok(Some(Value::Bool(true)))),
            ("bool", "maybe", Err("`maybe` is neither true nor false")),
            ("date", "2024-02-03", Ok(Some(Value::Text("2024-02-03 00:00:00.000Z".into())))),
            ("date", "soon", Err("`soon` is no date")),
            ("autodate", "", Ok(None)),
            ("password", "", Ok(None)),
            ("json", "{ \"b\": 1, \"a\": [ ] }", Ok(Some(Value::Json(Some("{\"b\":1,\"a\":[]}".into()))))),
            ("json", "plain text", Ok(Some(Value::Json(Some("\"plain text\"".into()))))),
            ("json", "", Ok(Some(Value::Json(None)))),
            ("geoPoint", "1,2", Err("`1,2` is no point; write {\"lon\": 13.4, \"lat\": 52.5}")),
            ("text", " kept ", Ok(Some(Value::Text(" kept ".into())))),
        ] {
            let value = from_text(&field(kind, no.clone()), text, false);
            assert_eq!(value, wanted.map_err(str::to_owned), "{kind} {text:?}");
        }
        let tags = field("select", json!({ "values": ["a", "b"], "maxSelect": 2 }));
        for text in ["[\"a\",\"b\"]", "a|b", " a | b "] {
            assert_eq!(from_text(&tags, text, false), Ok(Some(Value::List(vec!["a".into(), "b".into()]))), "{text}");
        }
    }

    #[test]
    fn json_values_of_the_wrong_kind_are_refused() {
        for (kind, text, wanted) in [
            ("text", "[1]", "an array where a text is expected"),
            ("number", "true", "a truth value where a number is expected"),
            ("number", "\"x\"", "`x` is no number"),
            ("date", "12", "a number where a date is expected"),
        ] {
            let raw: &RawValue = serde_json::from_str(text).unwrap();
            assert_eq!(from_json(&field(kind, json!({})), raw, false), Err(wanted.to_owned()), "{kind} {text}");
        }
        let raw: &RawValue = serde_json::from_str("\"12\"").unwrap();
        let stored = from_json(&field("json", json!({})), raw, false);
        assert_eq!(stored, Ok(Some(Value::Json(Some("\"12\"".into())))), "a text stays one");
    }
}

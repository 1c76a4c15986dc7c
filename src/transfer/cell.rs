//! From what stands in a file to the value of a field.
//!
//! Stricter than the API, which makes 0 of a text that is no number and an empty date of one that is no date: whoever
//! imports a file has nobody to look at each of its rows.

use crate::schema::fields::{Field, FieldKind, Value, parse_datetime};
use serde_json::Value as Json;
use serde_json::value::RawValue;

/// The value of a text; `None` where an empty text leaves the value to the server.
///
/// # Errors
/// What is wrong with it.
pub fn from_text(field: &Field, text: &str, hashed: bool) -> Result<Option<Value>, String> {
    let kind = field.kind.as_type();
    let trimmed = text.trim();
    Ok(Some(match &field.kind {
        FieldKind::Text(_) | FieldKind::Editor(_) | FieldKind::Email(_) | FieldKind::Url(_) => {
            Value::Text(text.to_owned())
        }
        FieldKind::Autodate(_) | FieldKind::Password(_) if text.is_empty() => return Ok(None),
        FieldKind::Password(_) => password(text, hashed),
        FieldKind::Autodate(_) | FieldKind::Date(_) => date(trimmed)?,
        _ if trimmed.is_empty() => kind.zero(),
        FieldKind::Number(_) => Value::Number(number(trimmed)?),
        FieldKind::Bool(_) => Value::Bool(flag(trimmed)?),
        FieldKind::Json(_) if crate::json::check(trimmed.as_bytes()).is_ok() => json(trimmed),
        FieldKind::Json(_) => Value::Json(Some(Json::from(text).to_string())),
        FieldKind::GeoPoint(_) => point(field, trimmed)?,
        FieldKind::Select(_) | FieldKind::Relation(_) | FieldKind::File(_) if kind.is_multiple() => {
            list(field, trimmed)?
        }
        FieldKind::Select(select) if select.values.iter().any(|value| value == text) => Value::Text(text.to_owned()),
        FieldKind::Select(_) | FieldKind::Relation(_) | FieldKind::File(_) => Value::Text(trimmed.to_owned()),
    }))
}

/// The value of a JSON value; `None` where `null` leaves the value to the server.
///
/// # Errors
/// What is wrong with it.
pub fn from_json(field: &Field, raw: &RawValue, hashed: bool) -> Result<Option<Value>, String> {
    let kind = field.kind.as_type();
    let text = raw.get();
    if let FieldKind::Json(_) = field.kind {
        crate::json::check(text.as_bytes()).map_err(|error| error.to_string())?;
        return Ok(Some(if text == "null" { kind.zero() } else { json(text) }));
    }
    let value = crate::json::parse(text.as_bytes()).map_err(|error| error.to_string())?;
    Ok(Some(match (&field.kind, value) {
        (FieldKind::Autodate(_) | FieldKind::Password(_), Json::Null) => return Ok(None),
        (_, Json::Null) => kind.zero(),
        (FieldKind::Select(_) | FieldKind::Relation(_) | FieldKind::File(_), value @ Json::Array(_)) => {
            kind.normalise(&value)
        }
        (FieldKind::GeoPoint(_), Json::Object(_)) => point(field, text)?,
        (_, Json::String(text)) => return from_text(field, &text, hashed),
        (FieldKind::Number(_), Json::Number(number)) => Value::Number(number.as_f64().unwrap_or_default()),
        (FieldKind::Bool(_), Json::Bool(flag)) => Value::Bool(flag),
        (FieldKind::Bool(_), value @ Json::Number(_)) => return from_text(field, &value.to_string(), hashed),
        (FieldKind::Text(_) | FieldKind::Editor(_), value @ (Json::Number(_) | Json::Bool(_))) => {
            kind.normalise(&value)
        }
        (_, value) => return Err(format!("{} where a {} is expected", named(&value), field.kind.name())),
    }))
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

fn json(text: &str) -> Value {
    let mut compact = Vec::with_capacity(text.len());
    crate::json::write_compact(text, &mut compact);
    Value::Json(String::from_utf8(compact).ok())
}

fn number(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| format!("`{}` is no number", shown(text)))
}

fn flag(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "1" | "yes" | "y" | "on" => Ok(true),
        "false" | "f" | "0" | "no" | "n" | "off" => Ok(false),
        _ => Err(format!("`{}` is neither true nor false", shown(text))),
    }
}

fn date(text: &str) -> Result<Value, String> {
    if text.is_empty() {
        return Ok(Value::Text(String::new()));
    }
    parse_datetime(text).map(Value::Text).ok_or_else(|| format!("`{}` is no date", shown(text)))
}

fn point(field: &Field, text: &str) -> Result<Value, String> {
    let degrees = |object: &Json, key: &str| object.get(key).is_some_and(Json::is_number);
    match serde_json::from_str::<Json>(text) {
        Ok(object) if degrees(&object, "lon") && degrees(&object, "lat") => Ok(field.kind.as_type().normalise(&object)),
        _ => Err(format!("`{}` is no point; write {{\"lon\": 13.4, \"lat\": 52.5}}", shown(text))),
    }
}

/// A JSON array, else texts with `|` between them.
fn list(field: &Field, text: &str) -> Result<Value, String> {
    let items = if text.starts_with('[') {
        serde_json::from_str(text).map_err(|error| format!("`{}` is no JSON array: {error}", shown(text)))?
    } else {
        Json::from(text.split('|').map(str::trim).filter(|item| !item.is_empty()).collect::<Vec<_>>())
    };
    Ok(field.kind.as_type().normalise(&items))
}

fn password(text: &str, hashed: bool) -> Value {
    let is_hash = ["$argon2id$", "$2a$", "$2b$", "$2y$"].iter().any(|prefix| text.starts_with(prefix));
    if hashed && is_hash {
        return Value::Password { hash: text.to_owned(), plain: None };
    }
    Value::Password { hash: String::new(), plain: Some(text.to_owned()) }
}

/// Enough of a text to recognise it.
fn shown(text: &str) -> String {
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
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

//! What the bytes of a body say: JSON, multipart and form, decoded into one shape (spec 02 §7.3).

use super::ApiError;
use super::multipart::{self, Part};
use super::query::{QueryParams, flag};
use crate::files::stored_name;
use crate::records::{Body, Upload};
use crate::schema::fields::number_json;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use serde_json::{Map, Value as Json};

pub const UNSUPPORTED: &str = "Unsupported Content-Type.";
/// Keys of a body, those of its values not counted.
const MAX_KEYS: usize = 10_000;

pub fn content_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether the body is JSON by its header.
pub fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"application/json"))
}

/// How many values and keys a text may hold, before it is read.
pub fn values_at_most(text: &[u8]) -> usize {
    1 + text.iter().filter(|byte| matches!(byte, b',' | b':' | b'[' | b'{' | b'&')).count()
}

/// Decodes a body by its content type, without the files of a multipart body. It may have so many values.
///
/// # Errors
/// 400 for a content type that is not known, a body that does not parse and one of too many values.
pub async fn decode(
    headers: &HeaderMap,
    query: &QueryParams,
    bytes: Bytes,
    mut values: usize,
) -> Result<Body, ApiError> {
    let content_type = content_type(headers);
    if content_type.starts_with("application/json") {
        return Ok(object(&bytes, &mut values)?.into());
    }
    let mut builder = FormBuilder::of_at_most(values);
    if content_type.starts_with("multipart/form-data") {
        let (texts, body) = (bytes.len() as u64, futures_util::stream::iter([Ok(bytes)]));
        return form(query, multipart::read(content_type, body, texts, None, |_| false).await?, values);
    } else if content_type.starts_with("application/x-www-form-urlencoded") {
        if !bytes.split(|byte| *byte == b'&').all(super::query::is_well_formed) {
            return Err(ApiError::generic());
        }
        for (key, value) in form_urlencoded::parse(&bytes) {
            builder.add(&key, &value)?;
        }
        builder.add_query(query)?;
    } else if content_type.starts_with("text/xml") || content_type.starts_with("application/xml") {
        return Err(ApiError::generic());
    } else {
        return Err(ApiError::bad_request(UNSUPPORTED));
    }
    builder.finish()
}

/// A form of these parts. Forms take the values of the query string too; here they come first.
///
/// # Errors
/// 400 for one of too many values or keys and for a payload that is no object.
pub fn form(query: &QueryParams, parts: Vec<Part>, values: usize) -> Result<Body, ApiError> {
    let mut form = FormBuilder::of_at_most(values);
    form.add_query(query)?;
    for part in parts {
        match part {
            Part::Text { key, text } => form.add(&key, &text)?,
            Part::File { key, name, content } => {
                let stored_name = stored_name(&name, content.head());
                form.uploads.push(Upload { key, original_name: name, stored_name, content });
            }
        }
    }
    form.finish()
}

/// An object of what a form became. Its keys lead with dots into objects; each of its texts has the type of what `like` has
/// in that place, a list there being one of texts if it holds any, and what has no place in it is nothing. `None` where a
/// text is none of that type.
pub fn object_like(flat: Map<String, Json>, like: &Json) -> Option<Map<String, Json>> {
    let (mut object, mut whole) = (Map::new(), Map::new());
    for (key, value) in flat {
        // What is no text comes from `@jsonPayload`, which is laid over the rest.
        let Some(texts) = texts_of(&value) else {
            whole.insert(key, value);
            continue;
        };
        if let Some(like) = like.pointer(&format!("/{}", key.replace('.', "/"))) {
            nest(&mut object, &key, typed(&texts, like)?);
        }
    }
    for (key, value) in whole {
        lay_over(object.entry(key).or_insert(Json::Null), value);
    }
    Some(object)
}

/// Puts a value in the place of another, objects member by member.
fn lay_over(target: &mut Json, value: Json) {
    match (target, value) {
        (Json::Object(target), Json::Object(members)) => {
            for (key, value) in members {
                lay_over(target.entry(key).or_insert(Json::Null), value);
            }
        }
        (target, value) => *target = value,
    }
}

/// The texts of a form that became a value; `None` for what no form can say.
fn texts_of(value: &Json) -> Option<Vec<String>> {
    match value {
        Json::Array(items) if items.is_empty() => None,
        Json::Array(items) => items.iter().map(text_of).collect(),
        value => text_of(value).map(|text| vec![text]),
    }
}

/// The text that [`infer`] was given.
pub fn text_of(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(flag) => Some(flag.to_string()),
        Json::Number(number) => number.as_f64().map(|number| number.to_string()),
        _ => None,
    }
}

/// What the texts of a form are where something `like` this belongs. Of several the first counts where one is wanted.
fn typed(texts: &[String], like: &Json) -> Option<Json> {
    let first = texts.first()?;
    match like {
        Json::Null | Json::String(_) => Some(first.as_str().into()),
        Json::Bool(_) => flag(first).map(Json::Bool),
        Json::Number(_) if first.is_empty() => Some(0.into()),
        Json::Number(_) => first.parse::<i64>().ok().map(Json::from),
        Json::Array(items) if items.iter().any(Json::is_string) => Some(texts.into()),
        Json::Array(_) | Json::Object(_) => None,
    }
}

/// The text of a JSON document with `0` for `-0`: that is a whole number, of which serde makes a fraction.
pub fn with_plain_zeros(bytes: Bytes) -> Bytes {
    if !bytes.windows(2).any(|pair| pair == b"-0") {
        return bytes;
    }
    let mut out = Vec::with_capacity(bytes.len());
    let (mut quoted, mut escaped, mut before) = (false, false, b':');
    for (at, &byte) in bytes.iter().enumerate() {
        let digits = bytes[at + 1..].iter().take_while(|next| next.is_ascii_alphanumeric() || **next == b'.');
        let is_sign = !quoted && byte == b'-' && matches!(before, b':' | b',' | b'[');
        if !(is_sign && digits.eq(b"0")) {
            out.push(byte);
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    out.into()
}

/// Sets `a.b.c` inside the objects `a` and `b`.
fn nest(object: &mut Map<String, Json>, path: &str, value: Json) {
    match path.split_once('.') {
        None => {
            object.insert(path.to_owned(), value);
        }
        Some((head, rest)) => {
            let inner = object.entry(head.to_owned()).or_insert_with(|| Json::Object(Map::new()));
            if let Json::Object(inner) = inner {
                nest(inner, rest, value);
            }
        }
    }
}

/// The first JSON value as an object; `null` is an empty one.
fn object(bytes: &[u8], values: &mut usize) -> Result<Map<String, Json>, ApiError> {
    as_object(crate::json::parse_within(bytes, values), *values)
}

fn as_object(parsed: Result<Json, serde_json::Error>, values_left: usize) -> Result<Map<String, Json>, ApiError> {
    match parsed {
        Ok(Json::Object(object)) if object.len() > MAX_KEYS => Err(too_many("keys")),
        Ok(Json::Object(object)) => Ok(object),
        Ok(Json::Null) => Ok(Map::new()),
        Err(_) if values_left == 0 => Err(too_many("values")),
        _ => Err(ApiError::generic()),
    }
}

fn too_many(what: &str) -> ApiError {
    ApiError::bad_request(format!("The request body has too many {what}."))
}

#[derive(Default)]
struct FormBuilder {
    values: Map<String, Json>,
    /// `@jsonPayload`: laid over the values at the end, without inference.
    payload: Map<String, Json>,
    uploads: Vec<Upload>,
    /// Values that may still come.
    left: usize,
}

impl FormBuilder {
    fn of_at_most(values: usize) -> Self {
        Self { left: values, ..Self::default() }
    }

    fn add(&mut self, key: &str, value: &str) -> Result<(), ApiError> {
        if key == "@jsonPayload" {
            let parsed = crate::json::parse_whole_within(value.as_bytes(), &mut self.left);
            self.payload.extend(as_object(parsed, self.left)?);
            return Ok(());
        }
        self.left = self.left.checked_sub(1).ok_or_else(|| too_many("values"))?;
        let value = infer(value);
        let full = self.values.len() == MAX_KEYS;
        match self.values.get_mut(key) {
            None if full => return Err(too_many("keys")),
            None => {
                self.values.insert(key.to_owned(), value);
            }
            Some(Json::Array(items)) => items.push(value),
            Some(first) => *first = Json::Array(vec![first.take(), value]),
        }
        Ok(())
    }

    fn add_query(&mut self, query: &QueryParams) -> Result<(), ApiError> {
        query.iter().try_for_each(|(key, value)| self.add(key, value))
    }

    /// A list of the payload and one text of the form cannot both be the value of a key.
    fn finish(mut self) -> Result<Body, ApiError> {
        let is_one = |key: &String| self.values.get(key).is_some_and(|value| !value.is_array());
        if self.payload.iter().any(|(key, value)| value.is_array() && is_one(key)) {
            return Err(ApiError::generic());
        }
        self.values.extend(self.payload);
        Ok(Body { values: self.values, uploads: self.uploads, ..Body::default() })
    }
}

/// The type that a form text stands for: booleans, and numbers in their shortest spelling.
fn infer(text: &str) -> Json {
    match text {
        "true" => return Json::Bool(true),
        "false" => return Json::Bool(false),
        _ => {}
    }
    let numeric = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-' || byte == b'.');
    if numeric
        && let Ok(number) = text.parse::<f64>()
        && number.is_finite()
        && number.to_string() == text
    {
        return Json::Number(number_json(number));
    }
    Json::from(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_texts_are_typed_by_what_they_stand_for() {
        let like = serde_json::json!([null, "", true, 1, ["a"], [], {}]);
        let typed = |text: &str| {
            let texts = texts_of(&infer(text)).unwrap();
            like.as_array()
                .unwrap()
                .iter()
                .map(|like| typed(&texts, like).map(|json| json.to_string()))
                .collect::<Vec<_>>()
        };
        let json = |texts: [&str; 5]| texts.map(|text| Some(text.to_owned()).filter(|text| !text.is_empty()));
        for (text, expected) in [
            ("1", [r#""1""#, r#""1""#, "true", "1", r#"["1"]"#]),
            ("-0", [r#""-0""#, r#""-0""#, "", "0", r#"["-0"]"#]),
            ("true", [r#""true""#, r#""true""#, "true", "", r#"["true"]"#]),
            ("007", [r#""007""#, r#""007""#, "", "7", r#"["007"]"#]),
            ("", [r#""""#, r#""""#, "false", "0", r#"[""]"#]),
        ] {
            assert_eq!(typed(text)[..5], json(expected), "{text:?}");
            assert_eq!(typed(text)[5..], [None, None]);
        }
    }

    #[test]
    fn a_negative_zero_is_a_zero_where_it_is_whole() {
        let plain = |text: &'static str| with_plain_zeros(Bytes::from_static(text.as_bytes()));
        assert_eq!(
            plain(r#"{"a":-0,"b":[ -0 ,-0.0,-01,-0e1],"-0":"-0, \":-0"}"#),
            r#"{"a":0,"b":[ 0 ,-0.0,-01,-0e1],"-0":"-0, \":-0"}"#
        );
        assert_eq!(plain("[1-0,--0]"), "[1-0,--0]");
    }

    #[test]
    fn form_texts_are_inferred() {
        for (text, json) in [("5", "5"), ("-1.5", "-1.5"), ("true", "true")] {
            assert_eq!(infer(text).to_string(), json);
        }
        for text in ["007", "1.0", "1e3", "", "-", "1.5.2", "True"] {
            assert_eq!(infer(text), Json::from(text));
        }
    }

    #[test]
    fn repeated_keys_become_lists_and_the_payload_lies_on_top() {
        let mut form = FormBuilder::of_at_most(10);
        for (key, value) in [("a", "1"), ("a", "x"), ("b", "2"), ("@jsonPayload", r#"{"b":"007"}"#)] {
            form.add(key, value).unwrap();
        }
        let body = form.finish().unwrap();
        assert_eq!(Json::Object(body.values), serde_json::json!({"a": [1, "x"], "b": "007"}));
    }
}

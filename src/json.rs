//! JSON as PocketBase 0.40 reads it: one value, no duplicate keys, bounded depth. In memory it may take many times the
//! bytes that it was sent in, so whoever reads what strangers send says how many values there may be.

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Value as Json};
use std::cell::Cell;
use std::fmt;

/// Parses the first JSON value and ignores what follows.
///
/// # Errors
/// Invalid JSON or UTF-8, a lone surrogate, a duplicate key at any depth, or nesting beyond 128 levels.
pub fn parse(bytes: &[u8]) -> Result<Json, serde_json::Error> {
    let mut left = usize::MAX;
    parse_within(bytes, &mut left)
}

/// [`parse`], where only so many values and keys are left to be had, those of all levels together. The ones that were
/// found are taken off.
///
/// # Errors
/// As [`parse`], and more values: then none is left.
pub fn parse_within(bytes: &[u8], left: &mut usize) -> Result<Json, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    strictly(&mut deserializer, left)
}

/// Parses a text that is exactly one JSON value.
///
/// # Errors
/// As [`parse_within`], and anything that follows.
pub fn parse_whole_within(bytes: &[u8], left: &mut usize) -> Result<Json, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = strictly(&mut deserializer, left)?;
    deserializer.end().map(|()| value)
}

/// Checks that a text is exactly one JSON value without duplicate keys.
pub fn check(bytes: &[u8]) -> Result<(), serde_json::Error> {
    let mut left = usize::MAX;
    parse_whole_within(bytes, &mut left).map(drop)
}

fn strictly<'de, R: serde_json::de::Read<'de>>(
    deserializer: &mut serde_json::Deserializer<R>,
    left: &mut usize,
) -> Result<Json, serde_json::Error> {
    let counter = Cell::new(*left);
    let value = Strict { left: &counter }.deserialize(deserializer);
    *left = counter.get();
    value
}

/// Whether a text is exactly one JSON value; duplicate keys are not looked for.
pub fn is_valid(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

/// A list of texts as PocketBase reads one: `null` is an empty text.
pub fn texts(list: &mut Json) {
    for item in list.as_array_mut().into_iter().flatten().filter(|item| item.is_null()) {
        *item = "".into();
    }
}

/// Appends valid JSON without the white space between its tokens and with the shortest spelling of its strings.
pub fn write_compact(text: &str, out: &mut Vec<u8>) {
    out.reserve(text.len());
    let mut rest = text;
    while let Some(quote) = rest.find('"') {
        write_without_blanks(&rest[..quote], out);
        rest = &rest[quote..];
        let end = string_end(rest);
        write_string(&rest[..end], out);
        rest = &rest[end..];
    }
    write_without_blanks(rest, out);
}

fn write_without_blanks(text: &str, out: &mut Vec<u8>) {
    out.extend(text.bytes().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')));
}

/// Length of the string that a text starts with, quotes included.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn write_string(json: &str, out: &mut Vec<u8>) {
    match json.contains('\\').then(|| serde_json::from_str::<String>(json)) {
        Some(Ok(text)) => serde_json::to_writer(out, &text).expect("writing to memory cannot fail"),
        _ => out.extend_from_slice(json.as_bytes()),
    }
}

#[derive(Clone, Copy)]
struct Strict<'c> {
    /// Values and keys that may still come.
    left: &'c Cell<usize>,
}

impl Strict<'_> {
    fn take_one<E: serde::de::Error>(self) -> Result<(), E> {
        match self.left.get().checked_sub(1) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => Err(E::custom("too many values")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        self.take_one()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut object = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            self.take_one()?;
            match object.entry(key) {
                Entry::Occupied(known) => {
                    return Err(A::Error::custom(format!("duplicate key {:?}", known.key())));
                }
                Entry::Vacant(place) => _ = place.insert(access.next_value_seed(self)?),
            }
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_counts_and_keys_are_unique() {
        assert_eq!(parse(br#"{"a":1} rest"#).unwrap(), serde_json::json!({"a": 1}));
        for wrong in [&br#"{"a":1,"a":2}"#[..], br#"[{"b":{"c":1,"c":1}}]"#, b"\"\xff\"", br#""\ud800""#, b"", b"{"] {
            assert!(parse(wrong).is_err(), "{}", String::from_utf8_lossy(wrong));
        }
    }

    #[test]
    fn values_and_keys_are_counted_at_all_levels() {
        let text = br#"{"a":[1,[2]],"b":{}} rest"#;
        let mut left = 10;
        parse_within(text, &mut left).unwrap();
        assert_eq!(left, 2);
        left = 7;
        assert!(parse_within(text, &mut left).is_err());
        assert_eq!(left, 0);
        left = 10;
        assert!(parse_whole_within(text, &mut left).is_err());
    }

    #[test]
    fn deep_nesting_is_refused() {
        let deep = "[".repeat(100_000);
        assert!(parse(deep.as_bytes()).is_err());
    }

    #[test]
    fn compacting_keeps_strings() {
        let mut out = Vec::new();
        write_compact("{ \"a b\" : [ 1 , \"x \\\" y\" ] }\n", &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), r#"{"a b":[1,"x \" y"]}"#);
    }
}

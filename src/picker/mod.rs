//! The `fields` parameter: picks parts of any successful JSON response (spec 02 §7.8).
//!
//! Values that are not looked into are copied as they are written, byte for byte. Knows JSON and nothing else.

mod excerpt;

use excerpt::Excerpt;
use serde_json::value::RawValue;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A `fields` that cannot be read.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("the fields parameter has an unknown modifier, wrong arguments or an open bracket")]
pub struct InvalidFields;

/// Picked paths and what is done to their values. Keys may hold dots themselves, so a path is matched as text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields {
    paths: BTreeMap<String, Option<Excerpt>>,
}

/// The paths below one value, in their order.
#[derive(Clone, Copy)]
struct Paths<'a> {
    paths: &'a [(&'a str, Option<Excerpt>)],
    /// Bytes of every path that lead to the value.
    led: usize,
}

impl<'a> Paths<'a> {
    /// What is picked of the whole value, where it is.
    fn exactly(&self, key: &str) -> Option<Option<Excerpt>> {
        let found = self.paths.binary_search_by(|(path, _)| path[self.led..].cmp(key));
        found.ok().map(|at| self.paths[at].1)
    }

    /// The paths below a member of the value: those that go on with its key and a dot.
    fn below(&self, key: &str) -> Self {
        let start = self.paths.partition_point(|(path, _)| order(&path[self.led..], key).is_lt());
        let rest = &self.paths[start..];
        let end = rest.partition_point(|(path, _)| order(&path[self.led..], key).is_eq());
        Self { paths: &rest[..end], led: self.led + key.len() + 1 }
    }
}

/// Where a path stands, beside those that begin with the key and a dot.
fn order(path: &str, key: &str) -> Ordering {
    let (path, key) = (path.as_bytes(), key.as_bytes());
    let head = &path[..path.len().min(key.len())];
    head.cmp(key).then_with(|| path.get(key.len()).cmp(&Some(&b'.')))
}

impl Fields {
    /// `None` picks everything.
    ///
    /// # Errors
    /// An unknown modifier, wrong arguments or an open bracket.
    pub fn parse(text: &str) -> Result<Option<Self>, InvalidFields> {
        let mut paths = BTreeMap::new();
        for entry in split(text)? {
            let entry = entry.trim();
            if entry.is_empty() {
                continue;
            }
            match entry.split_once(':') {
                Some((path, modifier)) => paths.insert(path.to_owned(), Some(Excerpt::parse(modifier)?)),
                None => paths.insert(entry.to_owned(), None),
            };
        }
        Ok((!paths.is_empty()).then_some(Self { paths }))
    }

    /// Picks from a response. Of a list only its items are reduced.
    pub fn apply(&self, body: &[u8]) -> Vec<u8> {
        let paths: Vec<_> = self.paths.iter().map(|(path, excerpt)| (path.as_str(), *excerpt)).collect();
        let paths = Paths { paths: &paths, led: 0 };
        let Ok(raw) = serde_json::from_slice::<&RawValue>(body) else { return body.to_vec() };
        let mut out = Vec::with_capacity(body.len());
        match list_envelope(raw) {
            Some(envelope) => {
                let mut separator = b'{';
                for (key, value) in envelope {
                    write_key(&key, &mut separator, &mut out);
                    if key == "items" {
                        pick(paths, value, &mut out);
                    } else {
                        out.extend_from_slice(value.get().as_bytes());
                    }
                }
                out.push(b'}');
            }
            None => pick(paths, raw, &mut out),
        }
        out
    }
}

fn pick(paths: Paths<'_>, value: &RawValue, out: &mut Vec<u8>) {
    let text = value.get().trim_start();
    if text.starts_with('{')
        && let Ok(object) = serde_json::from_str::<BTreeMap<String, &RawValue>>(text)
    {
        return pick_members(paths, &object, out);
    }
    if text.starts_with('[')
        && let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(text)
        && items.first().is_some_and(|first| first.get().trim_start().starts_with('{'))
    {
        for (at, item) in items.iter().enumerate() {
            out.push(if at == 0 { b'[' } else { b',' });
            pick(paths, item, out);
        }
        return out.push(b']');
    }
    out.extend_from_slice(text.as_bytes());
}

fn pick_members(paths: Paths<'_>, object: &BTreeMap<String, &RawValue>, out: &mut Vec<u8>) {
    let others = paths.exactly("*");
    let mut separator = b'{';
    for (key, value) in object {
        let below = paths.below(key);
        // A path that ends with the dot picks the whole too.
        let whole = below.exactly("").or_else(|| paths.exactly(key));
        let whole = whole.or(others.filter(|_| below.paths.is_empty()));
        if whole.is_none() && below.paths.is_empty() {
            continue;
        }
        write_key(key, &mut separator, out);
        match whole {
            Some(excerpt) => write_whole(excerpt, value, out),
            None => pick(below, value, out),
        }
    }
    if separator == b'{' {
        out.push(b'{');
    }
    out.push(b'}');
}

fn write_whole(excerpt: Option<Excerpt>, value: &RawValue, out: &mut Vec<u8>) {
    match (excerpt, serde_json::from_str::<String>(value.get())) {
        (Some(excerpt), Ok(text)) => crate::schema::fields::write_json_string(&excerpt.apply(&text), out),
        _ => out.extend_from_slice(value.get().as_bytes()),
    }
}

fn write_key(key: &str, separator: &mut u8, out: &mut Vec<u8>) {
    out.push(*separator);
    *separator = b',';
    crate::schema::fields::write_json_string(key, out);
    out.push(b':');
}

/// The members of a list response, in their order.
fn list_envelope(raw: &RawValue) -> Option<indexmap::IndexMap<String, &RawValue>> {
    if !raw.get().starts_with("{\"items\":") {
        return None;
    }
    let envelope: indexmap::IndexMap<String, &RawValue> = serde_json::from_str(raw.get()).ok()?;
    ["items", "page", "perPage", "totalItems", "totalPages"]
        .iter()
        .all(|key| envelope.contains_key(*key))
        .then_some(envelope)
}

/// Splits at commas outside brackets.
fn split(text: &str) -> Result<Vec<&str>, InvalidFields> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0usize);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    if depth == 0 { Ok(parts) } else { Err(InvalidFields) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn picked(fields: &str, body: &str) -> String {
        let fields = Fields::parse(fields).ok().flatten().expect("picks something");
        String::from_utf8(fields.apply(body.as_bytes())).unwrap()
    }

    #[test]
    fn picks_nested_keys_and_copies_the_rest() {
        let body = r#"{"a":1e+30,"b":{"c":{"d":1,"e":2}},"x":[{"y":1,"z":2}]}"#;
        assert_eq!(picked("a,b.c.d,x.y", body), r#"{"a":1e+30,"b":{"c":{"d":1}},"x":[{"y":1}]}"#);
        assert_eq!(picked("*,b.c.e", body), r#"{"a":1e+30,"b":{"c":{"e":2}},"x":[{"y":1,"z":2}]}"#);
        assert_eq!(picked("nope", body), "{}");
    }

    proptest! {
        #[test]
        fn paths_below_a_key_are_those_that_go_on_with_it(
            paths in proptest::collection::btree_set("[ab.!/é]{0,6}", 0..16),
            outer in "[ab.!/é]{0,3}",
            inner in "[ab.!/é]{0,3}",
        ) {
            let listed: Vec<_> = paths.iter().map(|path| (path.as_str(), None)).collect();
            let below = Paths { paths: &listed, led: 0 }.below(&outer);
            let rest = |below: Paths<'_>| -> Vec<String> {
                below.paths.iter().map(|(path, _)| path[below.led..].to_owned()).collect()
            };
            let expected = |paths: &[String], key: &str| -> Vec<String> {
                let start = format!("{key}.");
                paths.iter().filter_map(|path| path.strip_prefix(&start).map(str::to_owned)).collect()
            };
            let all: Vec<String> = paths.iter().cloned().collect();
            let first = expected(&all, &outer);
            prop_assert_eq!(rest(below), first.clone());
            prop_assert_eq!(rest(below.below(&inner)), expected(&first, &inner));
            prop_assert_eq!(below.exactly(&inner).is_some(), first.contains(&inner));
        }
    }

    #[test]
    fn keys_may_begin_with_other_keys() {
        let body = r#"{"a":{"b":1,"c":2},"a!":3,"a.b":{"c":4},"a/":5,"ab":6}"#;
        assert_eq!(picked("a.b", body), r#"{"a":{"b":1},"a.b":{"c":4}}"#);
        assert_eq!(picked("a.b.c", body), r#"{"a":{"b":1},"a.b":{"c":4}}"#);
        assert_eq!(picked("a!,ab", body), r#"{"a!":3,"ab":6}"#);
        assert_eq!(picked("a.", body), r#"{"a":{"b":1,"c":2}}"#);
    }

    #[test]
    fn lists_keep_their_envelope() {
        let body = r#"{"items":[{"id":"1","t":"x"}],"page":1,"perPage":30,"totalItems":1,"totalPages":1}"#;
        assert_eq!(picked("id", body), body.replace(r#","t":"x""#, ""));
    }
}

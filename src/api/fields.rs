//! The `fields` parameter: picks parts of any successful JSON response (spec 02 §7.8).
//!
//! Values that are not looked into are copied as they are written, byte for byte.

use super::ApiError;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A tree of picked keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields {
    keys: BTreeMap<String, Fields>,
    excerpt: Option<Excerpt>,
}

/// `:excerpt(max, withEllipsis)`
#[derive(Clone, Copy, Debug, PartialEq)]
struct Excerpt {
    max: usize,
    ellipsis: bool,
}

impl Fields {
    /// `None` picks everything.
    ///
    /// # Errors
    /// 400 for an unknown modifier or wrong arguments.
    pub fn parse(text: &str) -> Result<Option<Self>, ApiError> {
        let mut root = Self::default();
        for entry in split(text) {
            let entry = entry.trim();
            if entry.is_empty() {
                continue;
            }
            let (path, modifier) = match entry.split_once(':') {
                Some((path, modifier)) => (path, Some(Excerpt::parse(modifier)?)),
                None => (entry, None),
            };
            let mut node = &mut root;
            for key in path.split('.') {
                node = node.keys.entry(key.to_owned()).or_default();
            }
            node.excerpt = modifier;
        }
        Ok((!root.keys.is_empty()).then_some(root))
    }

    /// Picks from a response. Of a list only its items are reduced.
    pub fn apply(&self, body: &[u8]) -> Vec<u8> {
        let Ok(raw) = serde_json::from_slice::<&RawValue>(body) else { return body.to_vec() };
        let mut out = Vec::with_capacity(body.len());
        match list_envelope(raw) {
            Some(envelope) => {
                let mut separator = b'{';
                for (key, value) in envelope {
                    write_key(&key, &mut separator, &mut out);
                    if key == "items" {
                        self.pick(value, &mut out);
                    } else {
                        out.extend_from_slice(value.get().as_bytes());
                    }
                }
                out.push(b'}');
            }
            None => self.pick(raw, &mut out),
        }
        out
    }

    fn pick(&self, value: &RawValue, out: &mut Vec<u8>) {
        let text = value.get().trim_start();
        if let Some(excerpt) = self.excerpt
            && let Ok(string) = serde_json::from_str::<String>(text)
        {
            return crate::schema::fields::write_json_string(&excerpt.apply(&string), out);
        }
        if self.keys.is_empty() {
            return out.extend_from_slice(text.as_bytes());
        }
        if text.starts_with('{')
            && let Ok(object) = serde_json::from_str::<BTreeMap<String, &RawValue>>(text)
        {
            return self.pick_members(&object, out);
        }
        if text.starts_with('[')
            && let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(text)
            && items.first().is_some_and(|first| first.get().trim_start().starts_with('{'))
        {
            for (at, item) in items.iter().enumerate() {
                out.push(if at == 0 { b'[' } else { b',' });
                self.pick(item, out);
            }
            return out.push(b']');
        }
        out.extend_from_slice(text.as_bytes());
    }

    fn pick_members(&self, object: &BTreeMap<String, &RawValue>, out: &mut Vec<u8>) {
        let everything = self.keys.contains_key("*");
        let mut separator = b'{';
        for (key, value) in object {
            match self.keys.get(key) {
                Some(fields) => {
                    write_key(key, &mut separator, out);
                    fields.pick(value, out);
                }
                None if everything => {
                    write_key(key, &mut separator, out);
                    out.extend_from_slice(value.get().as_bytes());
                }
                None => {}
            }
        }
        if separator == b'{' {
            out.push(b'{');
        }
        out.push(b'}');
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
fn split(text: &str) -> Vec<&str> {
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
    parts
}

impl Excerpt {
    fn parse(modifier: &str) -> Result<Self, ApiError> {
        let arguments = modifier.strip_prefix("excerpt(").and_then(|rest| rest.strip_suffix(')'));
        let arguments: Vec<&str> = arguments.ok_or_else(ApiError::generic)?.split(',').map(str::trim).collect();
        let (max, ellipsis) = match arguments.as_slice() {
            [max] => (max, false),
            [max, flag] => (max, matches!(*flag, "1" | "t" | "T" | "true" | "TRUE" | "True")),
            _ => return Err(ApiError::generic()),
        };
        match max.parse() {
            Ok(max) if max > 0 => Ok(Self { max, ellipsis }),
            _ => Err(ApiError::generic()),
        }
    }

    /// Plain text of HTML, cut to the length.
    fn apply(self, html: &str) -> String {
        let plain = plain_text(html);
        if plain.chars().count() <= self.max {
            return plain;
        }
        let mut cut: String = plain.chars().take(self.max).collect();
        cut.truncate(cut.trim_end().len());
        if self.ellipsis {
            cut.push_str("...");
        }
        cut
    }
}

/// Text without tags, white space collapsed; the contents of scripts, styles and form controls are dropped.
fn plain_text(html: &str) -> String {
    const DROPPED: [&str; 12] = [
        "script", "style", "iframe", "applet", "object", "svg", "img", "button", "form", "textarea", "input", "select",
    ];
    const INLINE: [&str; 20] = [
        "a", "abbr", "acronym", "b", "bdo", "big", "br", "button", "cite", "code", "em", "i", "label", "q", "small",
        "span", "strong", "strike", "sub", "sup",
    ];
    let mut text = String::new();
    let mut rest = html;
    let mut skipping: Option<String> = None;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        if skipping.is_none() {
            text.push_str(before);
        }
        let Some(end) = tag.find('>') else {
            rest = "";
            if skipping.is_none() {
                text.push_str(tag);
            }
            break;
        };
        let inside = &tag[1..end];
        let closing = inside.starts_with('/');
        let name: String = inside
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .flat_map(char::to_lowercase)
            .collect();
        match &skipping {
            Some(open) if closing && *open == name => skipping = None,
            None if !closing && DROPPED.contains(&name.as_str()) => {
                let void = matches!(name.as_str(), "img" | "input") || inside.ends_with('/');
                if !void {
                    skipping = Some(name);
                }
            }
            None if !INLINE.contains(&name.as_str()) => text.push(' '),
            _ => {}
        }
        rest = &tag[end + 1..];
    }
    if skipping.is_none() {
        text.push_str(rest);
    }
    let decoded = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")]
        .iter()
        .fold(text, |text, (entity, plain)| text.replace(entity, plain));
    decoded.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pick(fields: &str, body: &str) -> String {
        let fields = Fields::parse(fields).ok().flatten().expect("picks something");
        String::from_utf8(fields.apply(body.as_bytes())).unwrap()
    }

    #[test]
    fn picks_nested_keys_and_copies_the_rest() {
        let body = r#"{"a":1e+30,"b":{"c":{"d":1,"e":2}},"x":[{"y":1,"z":2}]}"#;
        assert_eq!(pick("a,b.c.d,x.y", body), r#"{"a":1e+30,"b":{"c":{"d":1}},"x":[{"y":1}]}"#);
        assert_eq!(pick("*,b.c.e", body), r#"{"a":1e+30,"b":{"c":{"e":2}},"x":[{"y":1,"z":2}]}"#);
        assert_eq!(pick("nope", body), "{}");
    }

    #[test]
    fn lists_keep_their_envelope() {
        let body = r#"{"items":[{"id":"1","t":"x"}],"page":1,"perPage":30,"totalItems":1,"totalPages":1}"#;
        assert_eq!(pick("id", body), body.replace(r#","t":"x""#, ""));
    }

    #[test]
    fn excerpts_are_plain_text() {
        let body = r#"{"body":"<p>Hello <b>big</b> <i>world</i></p><script>x</script>"}"#;
        assert_eq!(pick("body:excerpt(8,true)", body), r#"{"body":"Hello bi..."}"#);
        for wrong in ["a:excerpt", "a:excerpt(0)", "a:excerpt(1,2,3)", "a:nope"] {
            assert!(Fields::parse(wrong).is_err(), "{wrong}");
        }
    }
}

//! What a client subscribes to: `posts/*`, `posts/RECORD`, anything else, and options behind a `?`.

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// One subscription of a client.
#[derive(Debug, PartialEq)]
pub struct Subscription {
    /// As the client sent it: the name of the events.
    pub key: String,
    /// The key without its options.
    pub topic: String,
    pub options: Options,
}

/// What rules and answers see of the request that a subscription stands for (spec 04 §8.4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Options {
    pub query: BTreeMap<String, String>,
    /// By snake-cased name.
    pub headers: BTreeMap<String, String>,
}

impl Subscription {
    pub fn parse(key: &str) -> Self {
        let (topic, query) = key.split_once('?').unwrap_or((key, ""));
        let options = query
            .split('&')
            .filter(|pair| is_well_formed(pair))
            .flat_map(|pair| form_urlencoded::parse(pair.as_bytes()))
            .find(|(name, _)| name == "options")
            .map(|(_, json)| Options::parse(&json))
            .unwrap_or_default();
        Self { key: key.to_owned(), topic: topic.to_owned(), options }
    }

    /// What a record's collection would be, if the topic is about records: the part before the slash.
    pub fn base(&self) -> &str {
        self.topic.split('/').next().unwrap_or_default()
    }
}

/// As in Go, where a semicolon or a broken encoding spoils the pair that it stands in.
fn is_well_formed(pair: &str) -> bool {
    let is_byte = |rest: &str| rest.get(..2).is_some_and(|byte| byte.bytes().all(|digit| digit.is_ascii_hexdigit()));
    !pair.contains(';') && pair.split('%').skip(1).all(is_byte)
}

impl Options {
    /// Never fails: what stands before a mistake counts.
    fn parse(json: &str) -> Self {
        let mut options = Self::default();
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let _ = deserializer.deserialize_map(Members(&mut options));
        options
    }
}

/// Fills the options member by member.
struct Members<'o>(&'o mut Options);

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "query" => map.next_value_seed(Texts(&mut self.0.query, |name| name))?,
                "headers" => map.next_value_seed(Texts(&mut self.0.headers, snake_cased))?,
                _ => {
                    map.next_value::<serde::de::IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// Fills a map of texts; other scalars become texts, and what is no scalar becomes empty.
struct Texts<'o>(&'o mut BTreeMap<String, String>, fn(String) -> String);

impl<'de> serde::de::DeserializeSeed<'de> for Texts<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Texts<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((name, value)) = map.next_entry::<String, Json>()? {
            let text = match value {
                Json::String(text) => text,
                Json::Bool(flag) => flag.to_string(),
                Json::Number(number) => number.to_string(),
                Json::Null | Json::Array(_) | Json::Object(_) => String::new(),
            };
            self.0.insert((self.1)(name), text);
        }
        Ok(())
    }
}

/// `X-My-Token` is `x_my_token`.
fn snake_cased(name: String) -> String {
    name.to_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn query(key: &str) -> Vec<(String, String)> {
        Subscription::parse(key).options.query.into_iter().collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn options_are_read_raw_and_encoded_and_cast_to_texts() {
        let raw = r#"posts/*?options={"query":{"a":1,"b":true,"c":[1],"d":"x"},"headers":{"X-Tok":"y"}}"#;
        let subscription = Subscription::parse(raw);
        assert_eq!((subscription.topic.as_str(), subscription.base()), ("posts/*", "posts"));
        assert_eq!(query(raw), pairs(&[("a", "1"), ("b", "true"), ("c", ""), ("d", "x")]));
        assert_eq!(subscription.options.headers.get("x_tok").map(String::as_str), Some("y"));
        assert_eq!(query("p?a=1&options=%7B%22query%22%3A%7B%22a%22%3A%22b%22%7D%7D"), pairs(&[("a", "b")]));
    }

    #[test]
    fn what_stands_before_a_mistake_counts() {
        assert_eq!(query(r#"p?options={"query":{"a":"b"},"headers":"#), pairs(&[("a", "b")]));
        assert_eq!(query(r#"p?options={"Query":{"a":"b"}}"#), []);
        assert_eq!(query(r#"p?options={"query":{"a":"b;"}}"#), []);
        assert_eq!(query("p?options=nonsense"), []);
        assert_eq!(query(r#"p?options={"query":{"a":"b"}}%"#), []);
        assert_eq!(query(r#"p?x=%zz&options={"query":{"a":"%41"}}"#), pairs(&[("a", "A")]));
    }

    proptest! {
        #[test]
        fn any_key_can_be_read(key in any::<String>()) {
            prop_assert_eq!(Subscription::parse(&key).key, key);
        }
    }
}

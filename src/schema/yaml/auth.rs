//! `auth:` of an auth collection, read against the shape of PocketBase's default options.

use super::node::{Entry, Node, Value};
use super::reader::Reader;
use super::units::parse_duration;
use crate::diagnostic::code;
use crate::schema::options::{AuthOptions, OAuth2Provider};
use serde_json::{Map, Value as Json, json};

impl Reader<'_> {
    /// The options as JSON, to be laid over the defaults.
    pub fn auth(&mut self, node: &Node) -> Map<String, Json> {
        self.group("auth", node, &shape_of(&AuthOptions::default().redacted()))
    }

    fn group(&mut self, place: &str, node: &Node, shape: &Map<String, Json>) -> Map<String, Json> {
        let mut values = Map::new();
        for entry in self.map(place, node) {
            let key = entry.key.as_str();
            // Empty secrets are left out of the shapes of providers and of tokens (which have only a duration).
            if key == "clientSecret" && shape.contains_key("clientId") {
                values.extend(self.client_secret(entry).map(|text| (key.to_owned(), json!(text))));
                continue;
            }
            if key == "secret" && shape.len() == 1 && shape.contains_key("duration") {
                let error =
                    self.error(code::LITERAL_SECRET, "token secrets are not part of the schema", &entry.key_span);
                error.label = Some("drawn when the collection is created, and kept".into());
                error.help = Some("remove it".into());
                continue;
            }
            match shape.get(key) {
                Some(default) => {
                    if let Some(value) = self.auth_value(&format!("{place}.{key}"), entry, default) {
                        values.insert(key.to_owned(), value);
                    }
                }
                None => {
                    let known: Vec<&str> = shape.keys().map(String::as_str).collect();
                    self.unknown_key(entry, &format!("`{place}`"), &known);
                }
            }
        }
        values
    }

    fn auth_value(&mut self, place: &str, entry: &Entry, default: &Json) -> Option<Json> {
        let (key, node) = (entry.key.as_str(), &entry.value);
        Some(match default {
            // Also `auth` and `manage` under `rules:`; the caller refuses both at once.
            _ if matches!(key, "authRule" | "manageRule") => json!(self.rule(place, node)),
            _ if key == "providers" => Json::Array(self.providers(place, node)),
            _ if key == "extra" => free_form(node),
            _ if key == "pkce" && node.value == Value::Null => Json::Null,
            _ if key == "pkce" => json!(self.flag(place, node)?),
            Json::Object(shape) => Json::Object(self.group(place, node, shape)),
            Json::Number(_) if key == "duration" => json!(self.quantity(place, node, "duration", parse_duration)?),
            Json::Number(_) => json!(self.int(place, node)?),
            Json::Bool(_) => json!(self.flag(place, node)?),
            Json::Array(_) => json!(self.texts(place, node)),
            _ => json!(self.text(place, node)?),
        })
    }

    fn providers(&mut self, place: &str, node: &Node) -> Vec<Json> {
        let shape = shape_of(&OAuth2Provider::default());
        self.list(place, node).iter().map(|item| Json::Object(self.group(place, item, &shape))).collect()
    }

    /// Only `${env:NAME}`.
    fn client_secret(&mut self, entry: &Entry) -> Option<String> {
        let text = self.text(&entry.key, &entry.value)?;
        if is_placeholder(text) {
            return Some(text.to_owned());
        }
        let message = format!("`{}` holds a secret", entry.key);
        let error = self.error(code::LITERAL_SECRET, message, &entry.value.span);
        error.label = Some("secrets do not belong in git".into());
        error.help = Some("write `${env:NAME}` and set NAME where migrations are applied".into());
        None
    }
}

/// Whether a text is exactly `${env:NAME}`.
pub fn is_placeholder(text: &str) -> bool {
    placeholder_name(text).is_some()
}

/// The NAME of `${env:NAME}`.
pub fn placeholder_name(text: &str) -> Option<&str> {
    let name = text.strip_prefix("${env:")?.strip_suffix('}')?;
    let valid = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    valid.then_some(name)
}

fn shape_of(value: &impl serde::Serialize) -> Map<String, Json> {
    match serde_json::to_value(value).expect("auth options are plain data") {
        Json::Object(shape) => shape,
        _ => Map::new(),
    }
}

pub(super) fn free_form(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(flag) => json!(flag),
        Value::Int(number) => json!(number),
        Value::Float(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::List(items) => items.iter().map(free_form).collect(),
        Value::Map(entries) => {
            Json::Object(entries.iter().map(|entry| (entry.key.clone(), free_form(&entry.value))).collect())
        }
    }
}

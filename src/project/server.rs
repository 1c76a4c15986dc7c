//! The keys below `server` of `pbr.yaml`: one table, from which they are read, listed and described.

use super::config::TrustedProxy;
use crate::diagnostic::code;
use crate::schema::yaml::node::{Entry, Node, Value};
use crate::schema::yaml::parse_duration;
use crate::schema::yaml::reader::Reader;
use serde_json::{Map, Value as Json, json};
use std::path::PathBuf;

/// How `pbr serve` serves, unless its flags say otherwise. What is absent is as the flag's help says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// `host:port` of plain HTTP.
    pub http: Option<String>,
    pub https: Option<String>,
    /// Served with HTTPS; `www.` before one leads to it.
    pub domains: Vec<String>,
    /// Allowed origins of browsers; empty allows all.
    pub origins: Vec<String>,
    pub trusted_proxy: Option<TrustedProxy>,
    /// PEM files, relative to the project; both or none.
    pub tls_certificate: Option<PathBuf>,
    pub tls_key: Option<PathBuf>,
    pub acme_email: Option<String>,
    /// URL of the directory of a certificate authority.
    pub acme_directory: Option<String>,
    /// PEM file, relative to the project.
    pub acme_root: Option<PathBuf>,
    pub index_fallback: Option<bool>,
    /// Seconds.
    pub query_timeout: Option<u64>,
    /// A word of the table below.
    pub log_format: Option<String>,
    /// A word of the table below.
    pub migrate: Option<String>,
    pub metrics: Option<bool>,
    /// Relative to the project.
    pub metrics_token_file: Option<PathBuf>,
}

/// Where the value of a key is kept.
enum Slot<'s> {
    Text(&'s mut Option<String>),
    Texts(&'s mut Vec<String>),
    Path(&'s mut Option<PathBuf>),
    Flag(&'s mut Option<bool>),
    Seconds(&'s mut Option<u64>),
    Word(&'s mut Option<String>, &'static [&'static str]),
}

/// A dotted key, what holds without it as JSON, and its place.
struct Key {
    name: &'static str,
    default: &'static str,
    slot: fn(&mut Server) -> Slot<'_>,
}

const fn key(name: &'static str, default: &'static str, slot: fn(&mut Server) -> Slot<'_>) -> Key {
    Key { name, default, slot }
}

/// Every key but `trustedProxy`, which has two spellings.
const KEYS: &[Key] = &[
    key("http", r#""127.0.0.1:8090""#, |server| Slot::Text(&mut server.http)),
    key("https", "null", |server| Slot::Text(&mut server.https)),
    key("domains", "[]", |server| Slot::Texts(&mut server.domains)),
    key("origins", r#"["*"]"#, |server| Slot::Texts(&mut server.origins)),
    key("tls.certificate", "null", |server| Slot::Path(&mut server.tls_certificate)),
    key("tls.key", "null", |server| Slot::Path(&mut server.tls_key)),
    key("acme.email", "null", |server| Slot::Text(&mut server.acme_email)),
    key("acme.directory", "null", |server| Slot::Text(&mut server.acme_directory)),
    key("acme.root", "null", |server| Slot::Path(&mut server.acme_root)),
    key("indexFallback", "true", |server| Slot::Flag(&mut server.index_fallback)),
    key("queryTimeout", "30", |server| Slot::Seconds(&mut server.query_timeout)),
    key("logFormat", r#""text""#, |server| Slot::Word(&mut server.log_format, &["text", "json"])),
    key("migrate", r#""auto""#, |server| Slot::Word(&mut server.migrate, &["auto", "check", "off"])),
    key("metrics", "false", |server| Slot::Flag(&mut server.metrics)),
    key("metricsTokenFile", "null", |server| Slot::Path(&mut server.metrics_token_file)),
];
const TRUSTED_PROXY: &str = "trustedProxy";

impl Server {
    /// Every key below `server` with the value that holds.
    pub fn values(&self) -> Vec<(String, Json)> {
        let mut server = self.clone();
        let mut values: Vec<(String, Json)> = KEYS
            .iter()
            .map(|key| {
                let set = (key.slot)(&mut server).value();
                let default = || serde_json::from_str(self.default_of(key)).expect("the table holds JSON");
                (key.name.to_owned(), set.unwrap_or_else(default))
            })
            .collect();
        let proxy = self.trusted_proxy.clone().unwrap_or_default();
        values.push(("trustedProxy.headers".to_owned(), json!(proxy.headers)));
        values.push(("trustedProxy.useLeftmostIP".to_owned(), json!(proxy.use_leftmost_ip)));
        values
    }

    /// Domains are served on the ports that browsers ask.
    fn default_of(&self, key: &Key) -> &'static str {
        match key.name {
            "http" if !self.domains.is_empty() => r#""0.0.0.0:80""#,
            "https" if !self.domains.is_empty() => r#""0.0.0.0:443""#,
            _ => key.default,
        }
    }

    /// Sets a key from a text, lists with commas; whether there is such a key.
    ///
    /// # Errors
    /// What the value should be.
    pub fn set(&mut self, name: &str, text: &str) -> Result<bool, String> {
        match KEYS.iter().find(|key| key.name == name) {
            Some(key) => (key.slot)(self).set(text).map(|()| true),
            None => Ok(false),
        }
    }
}

impl Slot<'_> {
    fn value(&self) -> Option<Json> {
        match self {
            Self::Text(text) | Self::Word(text, _) => text.as_ref().map(|text| json!(text)),
            Self::Texts(texts) => (!texts.is_empty()).then(|| json!(texts)),
            Self::Path(path) => path.as_ref().map(|path| json!(path)),
            Self::Flag(flag) => flag.map(|flag| json!(flag)),
            Self::Seconds(seconds) => seconds.map(|seconds| json!(seconds)),
        }
    }

    fn set(self, text: &str) -> Result<(), String> {
        match self {
            Self::Text(slot) => *slot = Some(text.to_owned()),
            Self::Texts(slot) => *slot = text.split(',').map(|item| item.trim().to_owned()).collect(),
            Self::Path(slot) => *slot = Some(text.into()),
            Self::Flag(slot) => *slot = Some(text.parse().map_err(|_| "use true or false".to_owned())?),
            Self::Seconds(slot) => *slot = Some(text.parse().map_err(|_| "use a number of seconds".to_owned())?),
            Self::Word(_, words) if !words.contains(&text) => return Err(format!("use one of {}", words.join(", "))),
            Self::Word(slot, _) => *slot = Some(text.to_owned()),
        }
        Ok(())
    }

    fn schema(&self) -> Json {
        match self {
            Self::Text(_) | Self::Path(_) => json!({ "type": "string" }),
            Self::Texts(_) => json!({ "type": "array", "items": { "type": "string" } }),
            Self::Flag(_) => json!({ "type": "boolean" }),
            Self::Seconds(_) => json!({ "anyOf": [{ "type": "integer", "minimum": 1 }, { "type": "string" }] }),
            Self::Word(_, words) => json!({ "enum": words }),
        }
    }
}

/// The JSON schema of `server`.
pub fn json_schema() -> Json {
    let mut properties = Map::new();
    let mut blank = Server::default();
    for key in KEYS {
        let schema = (key.slot)(&mut blank).schema();
        match key.name.split_once('.') {
            None => drop(properties.insert(key.name.to_owned(), schema)),
            Some((group, name)) => {
                let group = properties.entry(group).or_insert_with(|| object(&Map::new()));
                group["properties"][name] = schema;
            }
        }
    }
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let spelled = json!({ "headers": texts, "useLeftmostIP": { "type": "boolean" } });
    let proxy = json!({ "anyOf": [texts, object(spelled.as_object().expect("just made"))] });
    properties.insert(TRUSTED_PROXY.to_owned(), proxy);
    object(&properties)
}

fn object(properties: &Map<String, Json>) -> Json {
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

impl Reader<'_> {
    pub(super) fn server(&mut self, server: &mut Server, node: &Node) {
        self.server_keys(server, node, "");
        if server.tls_certificate.is_some() != server.tls_key.is_some() {
            let at = node.entry("tls").map_or(&node.span, |entry| &entry.key_span);
            self.error(code::MISSING_KEY, "`server.tls` needs `certificate` and `key`", at);
        }
    }

    fn server_keys(&mut self, server: &mut Server, node: &Node, group: &str) {
        let place = format!("server.{group}");
        let place = place.trim_end_matches('.');
        for entry in self.map(place, node) {
            let name = format!("{group}{}", entry.key);
            let inner = format!("{name}.");
            if let Some(key) = KEYS.iter().find(|key| key.name == name) {
                self.slot(entry, (key.slot)(server));
            } else if KEYS.iter().any(|key| key.name.starts_with(&inner)) {
                self.server_keys(server, &entry.value, &inner);
            } else if name == TRUSTED_PROXY {
                server.trusted_proxy = Some(self.trusted_proxy(&entry.value));
            } else {
                self.unknown_key(entry, &format!("`{place}`"), &known(group));
            }
        }
    }

    fn slot(&mut self, entry: &Entry, slot: Slot<'_>) {
        let (name, node) = (entry.key.as_str(), &entry.value);
        match slot {
            Slot::Text(slot) => *slot = self.text(name, node).map(str::to_owned),
            Slot::Texts(slot) => *slot = self.texts(name, node),
            Slot::Path(slot) => *slot = self.text(name, node).map(PathBuf::from),
            Slot::Flag(slot) => *slot = self.flag(name, node),
            Slot::Seconds(slot) => {
                let Some(seconds) = self.quantity(name, node, "duration", parse_duration) else { return };
                match u64::try_from(seconds) {
                    Ok(seconds) if seconds > 0 => *slot = Some(seconds),
                    _ => drop(self.error(code::CONFIG_INVALID, format!("`{name}` must be above 0"), &node.span)),
                }
            }
            slot @ Slot::Word(..) => self.word(entry, |word| slot.set(word)),
        }
    }

    /// A list of headers, or PocketBase's object.
    fn trusted_proxy(&mut self, node: &Node) -> TrustedProxy {
        let mut proxy = TrustedProxy::default();
        if matches!(node.value, Value::List(_)) {
            proxy.headers = self.texts(TRUSTED_PROXY, node);
            return proxy;
        }
        for entry in self.map(TRUSTED_PROXY, node) {
            match entry.key.as_str() {
                "headers" => proxy.headers = self.texts("headers", &entry.value),
                "useLeftmostIP" => proxy.use_leftmost_ip = self.flag("useLeftmostIP", &entry.value).unwrap_or_default(),
                _ => self.unknown_key(entry, "`trustedProxy`", &["headers", "useLeftmostIP"]),
            }
        }
        proxy
    }
}

/// The keys that may stand in a group (`""`, `tls.`), each once.
fn known(group: &str) -> Vec<&'static str> {
    let inside = KEYS.iter().filter_map(|key| key.name.strip_prefix(group));
    let mut names: Vec<&str> = inside.map(|name| name.split('.').next().unwrap_or(name)).collect();
    names.extend(group.is_empty().then_some(TRUSTED_PROXY));
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Config;

    #[test]
    fn every_key_is_read_listed_and_described() {
        let schema = json_schema();
        for key in KEYS {
            let (text, value) = match (key.slot)(&mut Server::default()) {
                Slot::Text(_) | Slot::Path(_) => ("x", json!("x")),
                Slot::Texts(_) => ("[x]", json!(["x"])),
                Slot::Flag(_) => (if key.default == "true" { "false" } else { "true" }, json!(key.default != "true")),
                Slot::Seconds(_) => ("2m", json!(120)),
                Slot::Word(_, words) => (words[1], json!(words[1])),
            };
            let partner = match key.name {
                "tls.certificate" => "  tls: { certificate: x, key: y }\n".to_owned(),
                "tls.key" => "  tls: { certificate: y, key: x }\n".to_owned(),
                name => match name.split_once('.') {
                    Some((group, name)) => format!("  {group}: {{ {name}: {text} }}\n"),
                    None => format!("  {name}: {text}\n"),
                },
            };
            let server = Config::parse("pbr.yaml", &format!("server:\n{partner}")).expect(key.name).server;
            let listed = server.values().into_iter().find(|(name, _)| name == key.name).expect(key.name).1;
            assert_eq!(listed, value, "{}", key.name);
            let pointer = format!("/properties/{}", key.name.replace('.', "/properties/"));
            assert!(schema.pointer(&pointer).is_some(), "{}", key.name);
        }
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let text = "server:\n  tls: { certificate: a, kye: b }\n  acme: { mail: a }\n  logFormat: xml\n  queryTimeout: 0\n  metrics: 1\n";
        let errors = Config::parse("pbr.yaml", text).unwrap_err();
        insta::assert_snapshot!(errors.iter().map(|error| error.render(false)).collect::<Vec<_>>().join("\n\n"));
    }
}

//! `pbr.yaml`.

use super::server::Server;
use crate::diagnostic::{Diagnostic, Source, code};
use crate::schema::yaml::is_placeholder;
use crate::schema::yaml::node::{self, Entry, Node, Value};
use crate::schema::yaml::reader::Reader;
use serde_json::{Map, Value as Json, json};
use std::path::PathBuf;

/// The configuration of a project. Absent keys have their defaults, or `None` where the default depends on more.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    pub name: Option<String>,
    pub environment: Environment,
    pub dirs: Dirs,
    pub server: Server,
    pub password_hash: Option<PasswordHash>,
    pub schema_edits: Option<SchemaEdits>,
    pub logins: Logins,
    /// Keys of PocketBase's settings; secrets are `${env:NAME}`.
    pub settings: Map<String, Json>,
    pub sdk: Vec<SdkTarget>,
}

/// Relative to the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dirs {
    pub data: PathBuf,
    pub schema: PathBuf,
    pub migrations: PathBuf,
    pub seeds: PathBuf,
    pub hooks: PathBuf,
    pub public: PathBuf,
}

/// Headers that tell the address of a client behind a proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxy {
    pub headers: Vec<String>,
    pub use_leftmost_ip: bool,
}

/// What logins do beyond PocketBase's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Logins {
    /// Authenticator apps as a second factor after the password.
    pub totp: bool,
    /// Pauses after wrong passwords.
    pub back_off: bool,
}

/// A client that `pbr sdk` writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdkTarget {
    pub lang: String,
    pub out: PathBuf,
}

/// An enum of words, with their list and how one is read.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($variant),+ }

        impl $name {
            pub const WORDS: &[&str] = &[$($word),+];

            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(word: &str) -> Result<Self, String> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(format!("use one of {}", Self::WORDS.join(", "))),
                }
            }
        }
    };
}

pub(super) use words;

words! {
    /// Guards what must not happen to real data.
    Environment { Development = "development", Production = "production" }
}
words! {
    /// How new passwords are hashed.
    PasswordHash { Argon2id = "argon2id", Bcrypt = "bcrypt" }
}
words! {
    /// Whether the API may change collections.
    SchemaEdits { Allow = "allow", Deny = "deny" }
}

impl Default for Dirs {
    fn default() -> Self {
        Self {
            data: "pb_data".into(),
            schema: "schema".into(),
            migrations: "migrations".into(),
            seeds: "seeds".into(),
            hooks: "pb_hooks".into(),
            public: "pb_public".into(),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            name: None,
            environment: Environment::Development,
            dirs: Dirs::default(),
            server: Server::default(),
            password_hash: None,
            schema_edits: None,
            logins: Logins::default(),
            settings: Map::new(),
            sdk: Vec::new(),
        }
    }
}

/// The keys that a message names. `sdk` is read, but no command uses it yet.
const KEYS: [&str; 9] =
    ["version", "name", "environment", "dirs", "server", "passwordHash", "schemaEdits", "logins", "settings"];

impl Config {
    /// Reads the file.
    ///
    /// # Errors
    /// Every error, with its place.
    pub fn parse(path: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        let source = Source::new(path, text.trim_start_matches('\u{feff}'));
        let mut errors = Vec::new();
        let root = node::parse(&source, &mut errors);
        let mut config = Self::default();
        if let Some(root) = root.filter(|root| root.value != Value::Null) {
            let mut reader = Reader::new(&source);
            reader.config(&mut config, &root);
            errors.append(&mut reader.errors);
        }
        if errors.is_empty() { Ok(config) } else { Err(errors) }
    }
}

impl Reader<'_> {
    fn config(&mut self, config: &mut Config, root: &Node) {
        for entry in self.map("the file", root) {
            let node = &entry.value;
            match entry.key.as_str() {
                "version" => {
                    if self.int("version", node).is_some_and(|version| version != 1) {
                        self.error(code::UNSUPPORTED_VERSION, "this pbr reads version 1 of pbr.yaml", &node.span);
                    }
                }
                "name" => config.name = self.text("name", node).map(str::to_owned),
                "environment" => self.word(entry, |word| word.parse().map(|word| config.environment = word)),
                "passwordHash" => self.word(entry, |word| word.parse().map(|word| config.password_hash = Some(word))),
                "schemaEdits" => self.word(entry, |word| word.parse().map(|word| config.schema_edits = Some(word))),
                "logins" => self.logins(&mut config.logins, node),
                "dirs" => self.dirs(&mut config.dirs, node),
                "server" => self.server(&mut config.server, node),
                "settings" => config.settings = self.settings(node, "settings"),
                "sdk" => config.sdk = self.sdk(node),
                _ => self.unknown_key(entry, "pbr.yaml", &KEYS),
            }
        }
    }

    pub(super) fn word(&mut self, entry: &Entry, set: impl FnOnce(&str) -> Result<(), String>) {
        let Some(word) = self.text(&entry.key, &entry.value) else { return };
        if let Err(reason) = set(word) {
            let message = format!("`{word}` is not a value of `{}`", entry.key);
            self.error(code::CONFIG_INVALID, message, &entry.value.span).help = Some(reason);
        }
    }

    fn logins(&mut self, logins: &mut Logins, node: &Node) {
        for entry in self.map("logins", node) {
            let target = match entry.key.as_str() {
                "totp" => &mut logins.totp,
                "backOff" => &mut logins.back_off,
                _ => {
                    self.unknown_key(entry, "`logins`", &["totp", "backOff"]);
                    continue;
                }
            };
            if let Some(flag) = self.flag(&entry.key, &entry.value) {
                *target = flag;
            }
        }
    }

    fn dirs(&mut self, dirs: &mut Dirs, node: &Node) {
        for entry in self.map("dirs", node) {
            let target = match entry.key.as_str() {
                "data" => &mut dirs.data,
                "schema" => &mut dirs.schema,
                "migrations" => &mut dirs.migrations,
                "seeds" => &mut dirs.seeds,
                "hooks" => &mut dirs.hooks,
                "public" => &mut dirs.public,
                _ => {
                    self.unknown_key(entry, "`dirs`", &["data", "schema", "migrations", "seeds", "hooks", "public"]);
                    continue;
                }
            };
            if let Some(path) = self.text(&entry.key, &entry.value) {
                *target = path.into();
            }
        }
    }

    fn settings(&mut self, node: &Node, place: &str) -> Map<String, Json> {
        let mut settings = Map::new();
        for entry in self.map(place, node) {
            let path = format!("{place}.{}", entry.key);
            let secret =
                matches!(path.as_str(), "settings.smtp.password" | "settings.s3.secret" | "settings.backups.s3.secret");
            if secret && !matches!(&entry.value.value, Value::Text(text) if text.is_empty() || is_placeholder(text)) {
                let error = self.error(code::LITERAL_SECRET, format!("`{path}` holds a secret"), &entry.value.span);
                error.label = Some("secrets do not belong in git".into());
                error.help = Some("write `${env:NAME}` and set NAME where the server runs".into());
                continue;
            }
            let value = self.setting(&entry.value, &path);
            settings.insert(entry.key.clone(), value);
        }
        settings
    }

    fn setting(&mut self, node: &Node, path: &str) -> Json {
        match &node.value {
            Value::Null => Json::Null,
            Value::Bool(flag) => json!(flag),
            Value::Int(number) => json!(number),
            Value::Float(number) => json!(number),
            Value::Text(text) => json!(text),
            Value::List(items) => items.iter().map(|item| self.setting(item, path)).collect(),
            Value::Map(_) => Json::Object(self.settings(node, path)),
        }
    }

    /// `ts: web/client`, or a list of `lang` and `out`.
    fn sdk(&mut self, node: &Node) -> Vec<SdkTarget> {
        if let Value::Map(entries) = &node.value {
            let target = |entry: &Entry| Some((entry.key.clone(), self.text(&entry.key, &entry.value)?.into()));
            return entries.iter().filter_map(target).map(|(lang, out)| SdkTarget { lang, out }).collect();
        }
        let mut targets = Vec::new();
        for item in self.list("sdk", node) {
            let (mut lang, mut out) = (None, None);
            for entry in self.map("an sdk target", item) {
                match entry.key.as_str() {
                    "lang" => lang = self.text("lang", &entry.value).map(str::to_owned),
                    "out" => out = self.text("out", &entry.value).map(PathBuf::from),
                    _ => self.unknown_key(entry, "an sdk target", &["lang", "out"]),
                }
            }
            match lang.zip(out) {
                Some((lang, out)) => targets.push(SdkTarget { lang, out }),
                None => {
                    self.error(code::MISSING_KEY, "an sdk target needs `lang` and `out`", &item.span);
                }
            }
        }
        targets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read() {
        let text = "version: 1\nname: shop\nenvironment: production\ndirs: { data: var/data }\nserver:\n  http: 127.0.0.1:80\n  origins: ['https://a.b']\n  trustedProxy: [X-Real-IP]\npasswordHash: bcrypt\nschemaEdits: allow\nsettings:\n  meta: { appName: Shop }\n  smtp: { enabled: true, password: '${env:SMTP}' }\nsdk: { ts: web/client }\n";
        let config = Config::parse("pbr.yaml", text).unwrap();
        assert_eq!(config.dirs.data, PathBuf::from("var/data"));
        assert_eq!(config.dirs.schema, PathBuf::from("schema"));
        assert_eq!(config.server.trusted_proxy.unwrap().headers, ["X-Real-IP"]);
        assert_eq!(config.password_hash, Some(PasswordHash::Bcrypt));
        assert_eq!(config.settings["meta"]["appName"], "Shop");
        assert_eq!(config.sdk[0].lang, "ts");
        assert_eq!(Config::parse("pbr.yaml", "").unwrap(), Config::default());
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let text = "nam: shop\nenvironment: prod\nserver: { htp: a }\nsettings: { smtp: { password: hunter2 } }\n";
        let errors = Config::parse("pbr.yaml", text).unwrap_err();
        insta::assert_snapshot!(errors.iter().map(|error| error.render(false)).collect::<Vec<_>>().join("\n\n"));
    }
}

//! One collection file.

use super::field::ParsedField;
use super::node::{Entry, Node, Value};
use super::reader::Reader;
use crate::diagnostic::{Diagnostic, Source, code};
use crate::schema::fields::{Field, FieldKind, decode_fields};
use crate::schema::system::{auth_fields, id_field, is_system_name};
use crate::schema::{Collection, CollectionKind, normalise};
use serde_json::{Map, Value as Json};
use std::collections::HashMap;
use std::sync::Arc;

/// A parsed file: the collection, and what only YAML knows.
#[derive(Clone, Debug)]
pub struct CollectionFile {
    pub source: Arc<Source>,
    pub collection: Collection,
    pub description: Option<String>,
    /// The field of `x-seed: { key: … }`, the natural key of seeds.
    pub seed_key: Option<String>,
    /// Former name of the collection.
    pub renamed_from: Option<String>,
    /// Former names of fields, by their present name.
    pub field_renames: HashMap<String, String>,
    /// Names of the collections that relation fields point to, by field.
    pub targets: HashMap<String, String>,
    /// The file gives the collection's id.
    pub has_id: bool,
    /// Fields of the file that could not be read.
    pub(super) broken_fields: Vec<String>,
    /// Fields whose id the file gives.
    pub fields_with_id: Vec<String>,
    /// Position in the file's `indexes` of each index that it defines.
    pub(super) index_positions: Vec<usize>,
    pub(super) root: Node,
}

const KEYS: [&str; 12] = [
    "version",
    "collection",
    "type",
    "description",
    "id",
    "renamedFrom",
    "fields",
    "indexes",
    "rules",
    "query",
    "auth",
    "x-seed",
];

/// Reads one file. All its errors are added; `None` when there is no collection to speak of.
pub fn read(source: &Arc<Source>, root: Node, errors: &mut Vec<Diagnostic>) -> Option<CollectionFile> {
    let mut reader = Reader::new(source);
    let file = reader.file(root);
    errors.append(&mut reader.errors);
    file
}

impl Reader<'_> {
    fn file(&mut self, root: Node) -> Option<CollectionFile> {
        if root.value == Value::Null {
            self.error(code::MISSING_KEY, "the file is empty", &(0..0)).help =
                Some("start with `collection: NAME`".into());
            return None;
        }
        let entries = self.map("the file", &root);
        for entry in entries {
            match entry.key.as_str() {
                "include" | "$include" | "!include" => {
                    self.error(code::REFUSED_SYNTAX, "`include` is not supported", &entry.key_span).help =
                        Some("write each collection in full in its own file".into());
                }
                key if KEYS.contains(&key) => {}
                key if key.starts_with("x-") => self.unsupported_extension(entry),
                _ => self.unknown_key(entry, "a collection file", &KEYS),
            }
        }
        let value = |key: &str| root.entry(key).map(|entry| &entry.value);
        if let Some(node) = value("version")
            && self.int("version", node).is_some_and(|version| version != 1)
        {
            self.error(code::UNSUPPORTED_VERSION, "this pbr reads version 1 of the schema format", &node.span);
        }
        let kind = self.kind(value("type"));
        let Some(name) = value("collection") else {
            if !entries.is_empty() {
                self.error(
                    code::MISSING_KEY,
                    "the file does not say which collection it defines",
                    &entries[0].key_span,
                )
                .help = Some("add `collection: NAME`".into());
            }
            return None;
        };
        let name_span = name.span.clone();
        let name = self.text("collection", name)?.to_owned();
        if is_system_name(&name) {
            let message = format!("`{name}` is a system collection");
            self.error(code::RESERVED_COLLECTION, message, &name_span).label = Some("managed by pbr".into());
            return None;
        }
        let mut file = CollectionFile {
            source: self.source.clone(),
            collection: Collection::new(name, kind?),
            description: value("description").and_then(|node| self.text("description", node)).map(str::to_owned),
            seed_key: value("x-seed").and_then(|node| self.seed_key(node)),
            renamed_from: value("renamedFrom").and_then(|node| self.text("renamedFrom", node)).map(str::to_owned),
            field_renames: HashMap::new(),
            targets: HashMap::new(),
            has_id: false,
            fields_with_id: Vec::new(),
            broken_fields: Vec::new(),
            index_positions: Vec::new(),
            root: root.clone(),
        };
        if let Some(id) = value("id").and_then(|node| self.text("id", node)) {
            file.collection.id = id.to_owned();
            file.has_id = true;
        }
        self.misplaced(&file, &root);
        self.fields(&mut file, value("fields"));
        if let Some(node) = value("rules") {
            self.rules(&mut file.collection, node);
        }
        self.options(&mut file.collection, &root);
        if file.collection.id.is_empty() {
            file.collection.id = crate::schema::collection_id(file.collection.kind.name(), &file.collection.name);
        }
        self.indexes(&mut file, value("indexes"));
        normalise(&mut file.collection);
        Some(file)
    }

    fn kind(&mut self, node: Option<&Node>) -> Option<CollectionKind> {
        let Some(node) = node else { return Some(CollectionKind::Base) };
        let name = self.text("type", node)?;
        let kind = CollectionKind::named(name);
        if kind.is_none() {
            let help = crate::diagnostic::did_you_mean(name, ["base", "auth", "view"]);
            let error = self.error(code::WRONG_TYPE, format!("unknown collection type `{name}`"), &node.span);
            error.label = Some("one of base, auth, view".into());
            error.help = help.map(|found| format!("did you mean `{found}`?"));
        }
        kind
    }

    fn seed_key(&mut self, node: &Node) -> Option<String> {
        let mut key = None;
        for entry in self.map("x-seed", node) {
            match entry.key.as_str() {
                "key" => key = self.text("key", &entry.value).map(str::to_owned),
                _ => self.unknown_key(entry, "`x-seed`", &["key"]),
            }
        }
        key
    }

    fn misplaced(&mut self, file: &CollectionFile, root: &Node) {
        let kind = file.collection.kind.name();
        let wrong: &[&str] = match file.collection.kind {
            CollectionKind::Base => &["query", "auth"],
            CollectionKind::Auth(_) => &["query"],
            CollectionKind::View { .. } => &["auth", "fields", "indexes"],
        };
        for entry in wrong.iter().filter_map(|key| root.entry(key)) {
            let article = if kind == "auth" { "an" } else { "a" };
            let message = format!("{article} {kind} collection has no `{}`", entry.key);
            let error = self.error(code::MISPLACED_KEY, message, &entry.key_span);
            if entry.key == "fields" {
                error.help = Some("the fields of a view come from its query".into());
            }
        }
    }

    /// Built-in fields that the file does not list come first, in PocketBase's order; then the file's, in its order.
    fn fields(&mut self, file: &mut CollectionFile, node: Option<&Node>) {
        let collection = &mut file.collection;
        if collection.is_view() {
            return;
        }
        let entries = node.map_or(&[][..], |node| self.map("fields", node));
        let mut builtin = vec![id_field()];
        if collection.is_auth() {
            builtin.extend(auth_fields());
        }
        let listed = |name: &str| entries.iter().any(|entry| entry.key == name);
        let mut fields: Vec<Field> = builtin.iter().filter(|field| !listed(&field.name)).cloned().collect();
        for entry in entries {
            let system = builtin.iter().find(|field| field.name == entry.key);
            let Some(parsed) = self.field(entry, system, &collection.name) else {
                file.broken_fields.push(entry.key.clone());
                continue;
            };
            let ParsedField { name, json, target, renamed_from, default } = parsed;
            if json.contains_key("id") {
                file.fields_with_id.push(name.clone());
            }
            if let Some(target) = target {
                file.targets.insert(name.clone(), target);
            }
            if let Some(former) = renamed_from {
                file.field_renames.insert(name.clone(), former);
            }
            match decode_fields(&Json::Array(vec![Json::Object(json)])) {
                Ok(mut decoded) => {
                    if let (Some((value, span)), Some(field)) = (default, decoded.first_mut()) {
                        self.default(field, value, &span);
                    }
                    fields.extend(decoded);
                }
                Err(error) => {
                    self.error(code::INVALID_OPTION, error.to_string(), &entry.key_span);
                }
            }
        }
        for at in 0..fields.len() {
            if fields[..at].iter().any(|other| other.id == fields[at].id) {
                self.clashing_id(file, &mut fields, at);
            }
        }
        file.collection.fields = fields;
    }

    /// A default must be a value that a record could have.
    fn default(&mut self, field: &mut Field, value: Json, span: &std::ops::Range<usize>) {
        let kind = &field.kind;
        let server_made = matches!(kind, FieldKind::File(_) | FieldKind::Password(_) | FieldKind::Autodate(_));
        if server_made || field.name == "id" || field.name == "tokenKey" {
            let message = format!("a field of type `{}` has no default", kind.name());
            let message = if server_made { message } else { format!("`{}` has no default", field.name) };
            self.error(code::INVALID_OPTION, message, span);
            return;
        }
        field.default = Some(value.clone());
        let reason = match field.default_value() {
            None => Some(format!("{value} is no value of a `{}` field", kind.name())),
            Some(value) => kind.as_type().validate(field, &value).err().map(|error| error.message.clone()),
        };
        if let Some(reason) = reason {
            let reason = reason.trim_end_matches('.').to_owned();
            let message = format!("the default of `{}` is refused: {reason}", field.name);
            self.error(code::INVALID_OPTION, message, span);
            field.default = None;
        }
    }

    fn clashing_id(&mut self, file: &CollectionFile, fields: &mut [Field], at: usize) {
        if file.fields_with_id.contains(&fields[at].name) {
            let span = file.key_span(&format!("fields.{}.id", fields[at].name));
            let message = format!("two fields have the id `{}`", fields[at].id);
            self.error(code::INVALID_OPTION, message, &span);
            return;
        }
        let base = fields[at].id.clone();
        let free = (2..).map(|n| format!("{base}{n}")).find(|id| fields.iter().all(|field| field.id != *id));
        fields[at].id = free.expect("the sequence of candidates is endless");
    }

    fn rules(&mut self, collection: &mut Collection, node: &Node) {
        let known: &[&str] = match collection.kind {
            CollectionKind::Base => &["list", "view", "create", "update", "delete"],
            CollectionKind::Auth(_) => &["list", "view", "create", "update", "delete", "auth", "manage"],
            CollectionKind::View { .. } => &["list", "view"],
        };
        for entry in self.map("rules", node) {
            if !known.contains(&entry.key.as_str()) {
                self.unknown_rule(collection, entry, known);
                continue;
            }
            let rule = self.rule(&format!("rules.{}", entry.key), &entry.value);
            match entry.key.as_str() {
                "list" => collection.rules.list = rule,
                "view" => collection.rules.view = rule,
                "create" => collection.rules.create = rule,
                "update" => collection.rules.update = rule,
                "delete" => collection.rules.delete = rule,
                key => {
                    let options = collection.auth_mut().expect("only auth collections know more rules");
                    if key == "auth" { options.auth_rule = rule } else { options.manage_rule = rule }
                }
            }
        }
    }

    /// Absent, null and `locked` are superusers only, `public` and the empty text everyone.
    pub fn rule(&mut self, what: &str, node: &Node) -> Option<String> {
        if node.value == Value::Null {
            return None;
        }
        let text = self.text(what, node);
        if let (Value::Bool(_), Some(error)) = (&node.value, self.errors.last_mut()) {
            error.help = Some("write `public` for everyone, `locked` for superusers only, or a rule".into());
        }
        match text? {
            "locked" => None,
            "public" => Some(String::new()),
            rule => Some(rule.trim().to_owned()),
        }
    }

    fn unknown_rule(&mut self, collection: &Collection, entry: &Entry, known: &[&str]) {
        if ["list", "view", "create", "update", "delete", "auth", "manage"].contains(&entry.key.as_str()) {
            let message = format!("a {} collection has no `{}` rule", collection.kind.name(), entry.key);
            self.error(code::MISPLACED_KEY, message, &entry.key_span);
        } else {
            self.unknown_key(entry, "`rules`", known);
        }
    }

    fn options(&mut self, collection: &mut Collection, root: &Node) {
        match &mut collection.kind {
            CollectionKind::Base => {}
            CollectionKind::View { query } => match root.entry("query") {
                Some(entry) => *query = self.text("query", &entry.value).unwrap_or_default().trim().to_owned(),
                None => {
                    let span = root.entry("type").map_or(0..0, |entry| entry.value.span.clone());
                    let message = format!("the view `{}` has no query", collection.name);
                    self.error(code::MISSING_KEY, message, &span).help = Some("add `query: SELECT …`".into());
                }
            },
            CollectionKind::Auth(_) => {
                let Some(entry) = root.entry("auth") else { return };
                let options: Map<String, Json> = self.auth(&entry.value);
                for (option, rule) in [("authRule", "auth"), ("manageRule", "manage")] {
                    let twice =
                        root.entry("rules").and_then(|rules| rules.value.entry(rule)).zip(entry.value.entry(option));
                    if let Some((_, entry)) = twice {
                        let message = format!("`auth.{option}` and `rules.{rule}` are the same rule");
                        self.error(code::MISPLACED_KEY, message, &entry.key_span).help =
                            Some("keep one of them".into());
                    }
                }
                if let Err(error) = collection.set_options(&options) {
                    self.error(code::INVALID_OPTION, error.to_string(), &entry.key_span);
                }
            }
        }
    }
}

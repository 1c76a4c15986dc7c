//! One entry of `fields:`.
//!
//! The options of a type and their kinds of values come from the type's own defaults, so a new field type needs
//! nothing here.

use super::auth::free_form;
use super::node::{Entry, Node, Value};
use super::reader::Reader;
use super::units::parse_size;
use crate::diagnostic::code;
use crate::schema::fields::{Field, FieldKind, parse_datetime};
use serde_json::{Map, Value as Json, json};
use std::ops::Range;

/// What YAML says of a field beyond the field itself.
pub struct ParsedField {
    pub name: String,
    /// The field as the element of a JSON field list; without `id` unless the file gives one.
    pub json: Map<String, Json>,
    /// The name of the collection a relation points to.
    pub target: Option<String>,
    pub renamed_from: Option<String>,
    /// `x-default` and its key.
    pub default: Option<(Json, Range<usize>)>,
}

const COMMON: [&str; 7] = ["required", "hidden", "presentable", "help", "system", "id", "renamedFrom"];

impl Reader<'_> {
    /// `system` is the built-in field of that name, whose options the entry changes.
    pub fn field(&mut self, entry: &Entry, system: Option<&Field>, collection: &str) -> Option<ParsedField> {
        let name = entry.key.clone();
        let (kind, options) = self.field_type(entry, system, collection)?;
        let mut json = match system {
            Some(field) => as_object(field.to_json()),
            None => Map::new(),
        };
        // A built-in field keeps its id through the migration state like any other.
        json.remove("id");
        json.insert("name".into(), json!(name));
        json.insert("type".into(), json!(kind.name()));
        let mut parsed = ParsedField { name, json, target: None, renamed_from: None, default: None };
        for option in options {
            self.option(&mut parsed, option, &kind, collection);
        }
        if matches!(kind, FieldKind::Relation(_))
            && parsed.target.is_none()
            && !parsed.json.contains_key("collectionId")
        {
            let message = format!("the relation `{}` does not say to which collection", parsed.name);
            self.error(code::MISSING_KEY, message, &entry.key_span).help = Some("add `collection: NAME`".into());
            return None;
        }
        Some(parsed)
    }

    fn field_type<'n>(
        &mut self,
        entry: &'n Entry,
        system: Option<&Field>,
        collection: &str,
    ) -> Option<(FieldKind, &'n [Entry])> {
        let (named, options): (Option<&Node>, &[Entry]) = match &entry.value.value {
            Value::Text(_) => (Some(&entry.value), &[]),
            Value::Map(options) => (entry.value.entry("type").map(|entry| &entry.value), options),
            _ => {
                let message = format!("the field `{}` must be a type or a mapping of options", entry.key);
                self.error(code::WRONG_TYPE, message, &entry.key_span).help =
                    Some(format!("write `{}: text`", entry.key));
                return None;
            }
        };
        let Some(named) = named else {
            if let Some(field) = system {
                return Some((field.kind.clone(), options));
            }
            let message = format!("the field `{}` in collection `{collection}` has no type", entry.key);
            self.error(code::MISSING_KEY, message, &entry.key_span).help =
                Some(format!("add `type:`, one of {}", FieldKind::NAMES.join(", ")));
            return None;
        };
        let name = self.text("type", named)?;
        let Some(kind) = FieldKind::named(name) else {
            let message = format!("unknown field type `{name}` in collection `{collection}`");
            let help = crate::diagnostic::did_you_mean(name, FieldKind::NAMES);
            let error = self.error(code::UNKNOWN_TYPE, message, &named.span);
            error.label = Some(format!("field types are {}", FieldKind::NAMES.join(", ")));
            error.help = help.map(|found| format!("did you mean `{found}`?"));
            error.next = Some("pbr schema validate".into());
            return None;
        };
        if let Some(field) = system.filter(|field| field.kind.name() != kind.name()) {
            let message = format!("`{}` is a built-in field of type `{}`", entry.key, field.kind.name());
            self.error(code::INVALID_OPTION, message, &named.span).label = Some("its type is fixed".into());
            return None;
        }
        Some((kind, options))
    }

    fn option(&mut self, parsed: &mut ParsedField, option: &Entry, kind: &FieldKind, collection: &str) {
        let (key, node) = (option.key.as_str(), &option.value);
        let lacks = !kind.as_type().may_be_required() && matches!(key, "required" | "help");
        match key {
            "type" => {}
            "required" | "hidden" | "presentable" | "system" if !lacks => {
                if let Some(flag) = self.flag(key, node) {
                    parsed.json.insert(key.to_owned(), json!(flag));
                }
            }
            "help" | "id" if !lacks => {
                if let Some(text) = self.text(key, node) {
                    parsed.json.insert(key.to_owned(), json!(text));
                }
            }
            "renamedFrom" => parsed.renamed_from = self.text(key, node).map(str::to_owned),
            "collection" if matches!(kind, FieldKind::Relation(_)) => {
                parsed.target = self.text(key, node).map(str::to_owned);
            }
            "x-default" => parsed.default = Some((free_form(node), option.key_span.clone())),
            _ if key.starts_with("x-") => self.unsupported_extension(option),
            _ => match kind.options().get(key) {
                Some(default) => {
                    if let Some(value) = self.option_value(key, node, default, kind) {
                        parsed.json.insert(key.to_owned(), value);
                    }
                }
                None => self.unknown_option(option, kind, collection),
            },
        }
    }

    fn option_value(&mut self, key: &str, node: &Node, default: &Json, kind: &FieldKind) -> Option<Json> {
        Some(match default {
            Json::Number(_) if key.ends_with("Size") => json!(self.quantity(key, node, "size", parse_size)?),
            Json::Number(_) => json!(self.int(key, node)?),
            Json::Bool(_) => json!(self.flag(key, node)?),
            Json::Array(_) => json!(self.texts(key, node)),
            Json::String(_) => {
                let text = self.text(key, node)?;
                if matches!(kind, FieldKind::Date(_)) && !text.is_empty() && parse_datetime(text).is_none() {
                    let message = format!("`{text}` is not a date");
                    self.error(code::INVALID_OPTION, message, &node.span).help =
                        Some("write for example `2024-01-31` or `2024-01-31 12:00:00Z`".into());
                    return None;
                }
                json!(text)
            }
            _ if node.value == Value::Null => Json::Null,
            _ => json!(self.number(key, node)?),
        })
    }

    fn unknown_option(&mut self, option: &Entry, kind: &FieldKind, collection: &str) {
        let key = &option.key;
        let options = kind.options();
        let relation = matches!(kind, FieldKind::Relation(_)).then_some("collection");
        let known = options.keys().map(String::as_str).chain(COMMON).chain(relation);
        let help = crate::diagnostic::did_you_mean(key, known);
        let message = format!("unknown field option `{key}` in collection `{collection}`");
        let error = self.error(code::UNKNOWN_OPTION, message, &option.key_span);
        error.label = Some(format!("not an option of `{}` fields", kind.name()));
        error.help = Some(match help {
            Some(found) => format!("did you mean `{found}`?"),
            None => format!(
                "the options are {}",
                options.keys().map(String::as_str).chain(COMMON).collect::<Vec<_>>().join(", ")
            ),
        });
        error.next = Some("pbr schema validate".into());
    }

    pub fn unsupported_extension(&mut self, entry: &Entry) {
        let message = format!("`{}` is not supported yet", entry.key);
        self.error(code::UNSUPPORTED_EXTENSION, message, &entry.key_span).help =
            Some("remove it; this version of pbr knows `x-seed` and, for fields, `x-default`".into());
    }
}

fn as_object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(object) => object,
        _ => Map::new(),
    }
}

//! A record on its way into the database: what the client sent, and what that makes of the record.

use crate::events::Record;
use crate::query::RequestInfo;
use crate::schema::fields::{Field, FieldKind, Modifier, Value};
use crate::schema::{ALPHANUMERIC, Collection, ErrorTree, FieldError, random_string};
use serde_json::{Map, Value as Json};
use std::any::Any;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

pub use crate::files::Upload;

/// The body of a create or update request.
#[derive(Clone, Debug, Default)]
pub struct Body {
    pub values: Map<String, Json>,
    pub uploads: Vec<Upload>,
    /// The hash of a random password, which a new auth record gets where the body has no password. It is subject to no
    /// check.
    pub random_password: Option<String>,
    /// What bounds how many large bodies there are at once: it stays with the body until nobody has it any more.
    pub room: Option<Room>,
}

/// A part of what there is of something.
pub type Room = Arc<dyn Any + Send + Sync>;

impl Body {
    /// Keys that mean nothing to the collection; a rule may still ask for them.
    pub fn unknown_keys<'a>(&'a self, collection: &'a Collection) -> impl Iterator<Item = &'a str> {
        let form = |key: &str| collection.is_auth() && ["passwordConfirm", "oldPassword"].contains(&key);
        let keys = self.values.keys().chain(self.uploads.iter().map(|upload| &upload.key));
        keys.map(String::as_str).filter(move |key| target(collection, key).is_none() && !form(key))
    }
}

impl From<Map<String, Json>> for Body {
    fn from(values: Map<String, Json>) -> Self {
        Self { values, ..Self::default() }
    }
}

/// A record with the body applied.
#[derive(Clone)]
pub struct Draft {
    pub record: Record,
    /// The stored record of an update.
    pub original: Option<Record>,
    /// The body as rules see it: modifiers resolved, values normalised, unknown keys as sent.
    pub resolved: Arc<Map<String, Json>>,
    /// Names of the fields that files came for.
    pub uploaded: BTreeSet<String>,
    /// The password is a random one that the program chose.
    pub random_password: bool,
}

impl Draft {
    /// Applies a body to a blank or stored record. Keys of fields that the caller may not set are dropped.
    pub fn new(collection: &Collection, original: Option<Record>, body: &Body, superuser: bool) -> Self {
        let mut record = original.clone().unwrap_or_else(|| Record::blank(collection));
        let mut resolved = Map::new();
        // Shortest key first: `n`, then `n+`, each on the result of the one before.
        let order = |a: &&String, b: &&String| a.len().cmp(&b.len()).then(a.cmp(b));
        let mut keys: Vec<&String> = body.values.keys().collect();
        keys.sort_by(order);
        for key in keys {
            let input = &body.values[key];
            let Some((at, modifier)) = target(collection, key) else {
                resolved.insert(key.clone(), input.clone());
                continue;
            };
            let field = &collection.fields[at];
            if matches!(field.kind, FieldKind::Autodate(_)) {
                // Nobody sets it, but a rule may ask whether somebody tried. It has no modifiers.
                match modifier {
                    None => resolved.insert(field.name.clone(), record.values[at].to_json()),
                    Some(_) => resolved.insert(key.clone(), input.clone()),
                };
                continue;
            }
            if !may_set(collection, field, superuser) {
                continue;
            }
            // Files under the plain name take the place of what modifiers make of the stored ones.
            if modifier.is_some() && body.uploads.iter().any(|upload| upload.key == field.name) {
                continue;
            }
            let kind = field.kind.as_type();
            let value = match modifier {
                None => Some(kind.normalise(input)),
                Some(modifier) => kind.modify(&record.values[at], modifier, input),
            };
            let Some(value) = value else {
                // Not a modifier of this type: the key means nothing.
                resolved.insert(key.clone(), input.clone());
                continue;
            };
            resolved.insert(field.name.clone(), comparable(&value).to_json());
            record.values[at] = value;
        }
        // Files come to what the texts have left.
        let mut uploaded = BTreeSet::new();
        let keys: BTreeSet<&String> = body.uploads.iter().map(|upload| &upload.key).collect();
        let mut keys: Vec<&String> = keys.into_iter().collect();
        keys.sort_by(order);
        for key in keys {
            let Some((at, modifier)) = target(collection, key) else { continue };
            let field = &collection.fields[at];
            if !matches!(field.kind, FieldKind::File(_)) || !may_set(collection, field, superuser) {
                continue;
            }
            let kind = field.kind.as_type();
            let names = body.uploads.iter().filter(|upload| upload.key == *key);
            let names = names.map(|upload| Json::from(upload.stored_name.clone()));
            let value = match modifier {
                None => Some(kind.normalise(&kept(body.values.get(key)).chain(names).collect())),
                Some(modifier) => kind.modify(&record.values[at], modifier, &names.collect()),
            };
            let Some(value) = value else { continue };
            resolved.insert(field.name.clone(), value.to_json());
            uploaded.insert(field.name.clone());
            record.values[at] = value;
        }
        let random = body.random_password.as_ref().filter(|_| !body.values.contains_key("password"));
        if let Some(hash) = random {
            let text = random_string(30, ALPHANUMERIC);
            resolved.insert("password".into(), text.as_str().into());
            resolved.insert("passwordConfirm".into(), text.into());
            record.set(collection, "password", Value::Password { hash: hash.clone(), plain: None });
        }
        let resolved = Arc::new(resolved);
        Self { record, original, resolved, uploaded, random_password: random.is_some() }
    }

    /// The request as rules see it, with the resolved body.
    pub fn request(&self, request: &RequestInfo) -> RequestInfo {
        RequestInfo { body: Arc::clone(&self.resolved), uploaded: self.uploaded.clone(), ..request.clone() }
    }

    /// Fills what the server sets itself: generated texts of a new record and automatic dates.
    pub fn complete(&mut self, collection: &Collection, now: &str) {
        let new = self.original.is_none();
        generate(collection, &mut self.record, new);
        stamp(collection, &mut self.record, new, now);
    }

    /// Passwords that must be hashed before the record is stored, by field name.
    pub fn plain_passwords<'a>(&'a self, collection: &'a Collection) -> impl Iterator<Item = (&'a Field, &'a str)> {
        collection.fields.iter().zip(&self.record.values).filter_map(|(field, value)| match value {
            Value::Password { plain: Some(plain), .. } => Some((field, plain.as_str())),
            _ => None,
        })
    }
}

/// The value as rules compare it. JSON has no infinite numbers; the largest stands for what is beyond it.
pub(super) fn comparable(value: &Value) -> Cow<'_, Value> {
    match value {
        Value::Number(number) if number.is_infinite() => Cow::Owned(Value::Number(number.clamp(f64::MIN, f64::MAX))),
        value => Cow::Borrowed(value),
    }
}

/// Fills empty texts of a new record that have a pattern to generate them.
pub fn generate(collection: &Collection, record: &mut Record, new: bool) {
    if collection.is_superusers() {
        record.set(collection, "verified", Value::Bool(true));
    }
    for (field, value) in collection.fields.iter().zip(&mut record.values) {
        if let FieldKind::Text(text) = &field.kind
            && new
            && value.as_text().is_empty()
            && let Some(generated) = text.generate()
        {
            *value = Value::Text(generated);
        }
    }
}

/// Sets the automatic dates.
pub fn stamp(collection: &Collection, record: &mut Record, new: bool, now: &str) {
    for (field, value) in collection.fields.iter().zip(&mut record.values) {
        let FieldKind::Autodate(autodate) = &field.kind else { continue };
        if if new { autodate.on_create } else { autodate.on_update } {
            *value = Value::Text(now.to_owned());
        }
    }
}

/// Puts finished hashes where plain passwords are.
pub fn set_hashes(collection: &Collection, record: &mut Record, hashes: &HashMap<String, String>) {
    for (field, value) in collection.fields.iter().zip(&mut record.values) {
        if let (Value::Password { hash, .. }, Some(ready)) = (value, hashes.get(&field.name)) {
            hash.clone_from(ready);
        }
    }
}

/// The names that were sent beside files of the same key.
fn kept(sent: Option<&Json>) -> impl Iterator<Item = Json> {
    let names = match sent {
        Some(Json::Array(items)) => items.clone(),
        Some(Json::Null) | None => Vec::new(),
        Some(value) => match value.as_str().and_then(|text| serde_json::from_str(text).ok()) {
            Some(Json::Array(items)) => items,
            _ => vec![value.clone()],
        },
    };
    names.into_iter()
}

/// The field that a key sets, and how.
fn target(collection: &Collection, key: &str) -> Option<(usize, Option<Modifier>)> {
    let position = |name: &str| collection.fields.iter().position(|field| field.name == name);
    if let Some(at) = position(key) {
        return Some((at, None));
    }
    let (name, modifier) = if let Some(name) = key.strip_suffix('+') {
        (name, Modifier::Append)
    } else if let Some(name) = key.strip_suffix('-') {
        (name, Modifier::Remove)
    } else if let Some(name) = key.strip_prefix('+') {
        (name, Modifier::Prepend)
    } else {
        (key.strip_suffix(":autogenerate")?, Modifier::Autogenerate)
    };
    position(name).map(|at| (at, Some(modifier)))
}

fn may_set(collection: &Collection, field: &Field, superuser: bool) -> bool {
    let password = collection.is_auth() && field.name == "password";
    superuser || !field.hidden || password
}

/// File names in the record that are neither stored already nor uploaded with this request.
pub fn check_file_names(collection: &Collection, draft: &Draft, uploads: &[Upload], errors: &mut ErrorTree) {
    for (at, field) in collection.fields.iter().enumerate() {
        let FieldKind::File(_) = &field.kind else { continue };
        let stored = draft.original.as_ref().map(|original| original.values[at].items()).unwrap_or_default();
        let known: HashSet<&str> =
            stored.into_iter().chain(uploads.iter().map(|upload| upload.stored_name.as_str())).collect();
        let unknown: Vec<String> = draft.record.values[at]
            .items()
            .into_iter()
            .filter(|name| !known.contains(name))
            .map(|name| name.chars().take(250).collect())
            .collect();
        if !unknown.is_empty() {
            let message = format!("Invalid new files: [{}].", unknown.join(" "));
            errors
                .insert(&field.name, FieldError::new("validation_invalid_file", message).with("invalidFiles", unknown));
        }
    }
}

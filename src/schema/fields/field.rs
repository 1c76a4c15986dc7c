//! What all field types share, and the decoding of field lists.

use super::{FieldKind, Value};
use crate::schema::errors::FieldError;
use crate::schema::ids::field_id;
use serde_json::{Map, Value as Json, json};

/// A named field of a collection.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Stays when the field is renamed; columns are matched by it.
    pub id: String,
    pub name: String,
    /// Cannot be renamed or removed once saved.
    pub system: bool,
    /// Not shown to, filtered by or set by anyone but superusers.
    pub hidden: bool,
    /// Labels the record in the dashboard.
    pub presentable: bool,
    pub help: String,
    /// The zero value is rejected. Always `false` for `autodate`.
    pub required: bool,
    /// What a new record has when nobody says otherwise (`x-default`); no part of the API's form.
    pub default: Option<Json>,
    pub kind: FieldKind,
}

#[derive(Debug, thiserror::Error, PartialEq)]
pub enum FieldDecodeError {
    #[error("fields must be an array of objects")]
    NotAList,
    #[error("field {index} has the unknown type {kind:?}")]
    UnknownType { index: usize, kind: String },
    #[error("field {index}: {reason}")]
    InvalidOption { index: usize, reason: String },
}

impl Field {
    /// A field with the default id of its type and name.
    pub fn new(name: impl Into<String>, kind: FieldKind) -> Self {
        let name = name.into();
        Self {
            id: field_id(kind.name(), &name),
            name,
            system: false,
            hidden: false,
            presentable: false,
            help: String::new(),
            required: false,
            default: None,
            kind,
        }
    }

    /// The stored and API form: every key, in alphabetical order.
    pub fn to_json(&self) -> Json {
        let mut object = self.kind.options();
        object.insert("id".into(), json!(self.id));
        object.insert("name".into(), json!(self.name));
        object.insert("type".into(), json!(self.kind.name()));
        object.insert("system".into(), json!(self.system));
        object.insert("hidden".into(), json!(self.hidden));
        object.insert("presentable".into(), json!(self.presentable));
        if self.kind.as_type().may_be_required() {
            object.insert("help".into(), json!(self.help));
            object.insert("required".into(), json!(self.required));
        }
        Json::Object(object)
    }

    /// The API's form with what only pbr knows.
    pub fn definition(&self) -> Json {
        let mut json = self.to_json();
        if let Some(default) = &self.default {
            json["x-default"] = default.clone();
        }
        json
    }

    /// The default as a value of this field's type; `None` when there is none or it is no such value.
    pub fn default_value(&self) -> Option<Value> {
        let json = self.default.as_ref()?;
        let value = self.kind.as_type().normalise(json);
        let read = value.to_json();
        let same = read == *json
            || read.as_f64().is_some_and(|number| json.as_f64() == Some(number))
            || matches!((&read, json), (Json::Array(items), Json::String(_)) if items.as_slice() == [json.clone()])
            || matches!(self.kind, FieldKind::Date(_)) && read.as_str().is_some_and(|date| !date.is_empty());
        same.then_some(value)
    }

    /// Decodes one element of a field list. `index` is only for messages.
    fn from_json(index: usize, element: &Json) -> Result<Self, FieldDecodeError> {
        let Json::Object(object) = element else { return Err(FieldDecodeError::NotAList) };
        let invalid = |reason: String| FieldDecodeError::InvalidOption { index, reason };
        let mut options: Map<String, Json> =
            object.iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k.clone(), v.clone())).collect();
        // All lists among the options are lists of texts.
        options.values_mut().for_each(crate::json::texts);
        if options
            .get("type")
            .and_then(Json::as_str)
            .and_then(FieldKind::named)
            .is_some_and(|kind| !kind.as_type().may_be_required())
        {
            options.retain(|key, _| key != "required" && key != "help");
        }
        let text = |key: &str| match options.get(key) {
            None => Ok(String::new()),
            Some(Json::String(text)) => Ok(text.clone()),
            Some(_) => Err(invalid(format!("{key} must be a string"))),
        };
        let flag = |key: &str| match options.get(key) {
            None => Ok(false),
            Some(Json::Bool(flag)) => Ok(*flag),
            Some(_) => Err(invalid(format!("{key} must be a boolean"))),
        };
        let (kind, name) = (text("type")?, text("name")?);
        Ok(Self {
            id: text("id")?,
            name,
            system: flag("system")?,
            hidden: flag("hidden")?,
            presentable: flag("presentable")?,
            help: text("help")?,
            required: flag("required")?,
            default: None,
            kind: FieldKind::from_options(&kind, options.clone())
                .ok_or(FieldDecodeError::UnknownType { index, kind })?
                .map_err(|error| invalid(error.to_string()))?,
        })
    }
}

/// The largest integer that JavaScript and JSON readers keep exact; the bound of sizes and counts.
pub const MAX_SAFE: i64 = 9_007_199_254_740_991;

/// Bounds of a whole-number option; 0 is "unset" and passes.
pub fn check_range(name: &str, value: i64, min: i64, max: i64, errors: &mut Vec<(String, FieldError)>) {
    if value != 0 && value < min {
        errors.push((name.to_owned(), FieldError::min_threshold(min)));
    } else if value > max {
        errors.push((name.to_owned(), FieldError::max_threshold(max)));
    }
}

/// Decodes a field list with PocketBase's replacement rules (spec 01 §3.1): an element without an id replaces an
/// earlier one of the same name, one with an id an earlier one of the same id.
pub fn decode_fields(value: &Json) -> Result<Vec<Field>, FieldDecodeError> {
    let elements = match value {
        Json::Null => return Ok(Vec::new()),
        Json::Array(elements) => elements,
        _ => return Err(FieldDecodeError::NotAList),
    };
    let mut fields: Vec<Field> = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let mut field = Field::from_json(index, element)?;
        let earlier = if field.id.is_empty() {
            fields.iter().position(|other| other.name == field.name)
        } else {
            fields.iter().position(|other| other.id == field.id)
        };
        match earlier {
            Some(at) => {
                field.id.clone_from(&fields[at].id);
                fields[at] = field;
            }
            None => {
                if field.id.is_empty() {
                    field.id = free_id(&fields, &field);
                }
                fields.push(field);
            }
        }
    }
    Ok(fields)
}

fn free_id(fields: &[Field], field: &Field) -> String {
    let base = field_id(field.kind.name(), &field.name);
    let taken = |id: &str| fields.iter().any(|other| other.id == id);
    std::iter::once(base.clone())
        .chain((2..).map(|n| format!("{base}{n}")))
        .find(|id| !taken(id))
        .expect("the sequence of candidates is endless")
}

//! A collection: its name, fields, rules, indexes and options.

use super::fields::{Field, FieldDecodeError, FieldKind, decode_fields};
use super::options::AuthOptions;
use crate::json;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value as Json};

/// One collection, equal in meaning to a YAML file of the schema, a row of `_collections` and an API object.
#[derive(Clone, Debug, PartialEq)]
pub struct Collection {
    pub id: String,
    pub name: String,
    pub kind: CollectionKind,
    /// System collections cannot be deleted, renamed or have their rules changed.
    pub system: bool,
    /// In the order of the definition; columns are created in byte order of their names.
    pub fields: Vec<Field>,
    /// `CREATE [UNIQUE] INDEX …` statements.
    pub indexes: Vec<String>,
    pub rules: Rules,
    /// Datetimes in the wire format, `""` while unsaved.
    pub created: String,
    pub updated: String,
}

/// What holds the records, and the options that only that kind has.
#[derive(Clone, Debug, PartialEq)]
pub enum CollectionKind {
    Base,
    Auth(Box<AuthOptions>),
    View { query: String },
}

/// API rules: `None` is superusers only, `""` everyone, anything else a filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    pub list: Option<String>,
    pub view: Option<String>,
    pub create: Option<String>,
    pub update: Option<String>,
    pub delete: Option<String>,
}

impl Rules {
    /// All of them with their names, in the order of the API.
    pub fn named(&self) -> [(&'static str, Option<&str>); 5] {
        [
            ("list", self.list.as_deref()),
            ("view", self.view.as_deref()),
            ("create", self.create.as_deref()),
            ("update", self.update.as_deref()),
            ("delete", self.delete.as_deref()),
        ]
    }
}

#[derive(Debug, thiserror::Error, PartialEq)]
pub enum DecodeError {
    #[error("collection type must be base, auth or view, got {0:?}")]
    UnknownKind(String),
    #[error("{key} must be {expected}")]
    WrongType { key: &'static str, expected: &'static str },
    #[error(transparent)]
    Field(#[from] FieldDecodeError),
    #[error("invalid auth options: {0}")]
    Options(String),
}

impl CollectionKind {
    /// A kind with default options.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "base" => Some(Self::Base),
            "auth" => Some(Self::Auth(Box::default())),
            "view" => Some(Self::View { query: String::new() }),
            _ => None,
        }
    }

    /// `base`, `auth` or `view`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Auth(_) => "auth",
            Self::View { .. } => "view",
        }
    }
}

impl Collection {
    /// The rules with those of auth collections, by name.
    pub fn all_rules(&self) -> Vec<(&'static str, Option<&str>)> {
        let mut all = self.rules.named().to_vec();
        if let CollectionKind::Auth(options) = &self.kind {
            all.extend([("auth", options.auth_rule.as_deref()), ("manage", options.manage_rule.as_deref())]);
        }
        all
    }

    /// An empty collection with default options and no fields.
    pub fn new(name: impl Into<String>, kind: CollectionKind) -> Self {
        Self {
            id: String::new(),
            name: name.into(),
            kind,
            system: false,
            fields: Vec::new(),
            indexes: Vec::new(),
            rules: Rules::default(),
            created: String::new(),
            updated: String::new(),
        }
    }

    pub fn is_view(&self) -> bool {
        matches!(self.kind, CollectionKind::View { .. })
    }

    pub fn is_auth(&self) -> bool {
        matches!(self.kind, CollectionKind::Auth(_))
    }

    pub fn is_superusers(&self) -> bool {
        self.name == "_superusers"
    }

    /// The options of an auth collection.
    pub fn auth(&self) -> Option<&AuthOptions> {
        match &self.kind {
            CollectionKind::Auth(options) => Some(options),
            _ => None,
        }
    }

    pub fn auth_mut(&mut self) -> Option<&mut AuthOptions> {
        match &mut self.kind {
            CollectionKind::Auth(options) => Some(options),
            _ => None,
        }
    }

    /// The field of that exact name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    pub fn field_by_id(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// Relation fields and the id of the collection each points to.
    pub fn relations(&self) -> impl Iterator<Item = (&Field, &str)> {
        self.fields.iter().filter_map(|field| match &field.kind {
            FieldKind::Relation(relation) => Some((field, relation.collection_id.as_str())),
            _ => None,
        })
    }

    /// Decodes an API object or a `pb_schema.json` entry; missing keys take their defaults, `null` their zero.
    ///
    /// # Errors
    /// A value of the wrong JSON type, an unknown collection or field type.
    pub fn from_json(object: &Map<String, Json>) -> Result<Self, DecodeError> {
        let kind = match text(object, "type")? {
            Some(kind) if !kind.is_empty() => kind,
            _ => "base".to_owned(),
        };
        let kind = CollectionKind::named(&kind).ok_or(DecodeError::UnknownKind(kind))?;
        let mut collection = Self::new(String::new(), kind);
        collection.apply_json(object)?;
        Ok(collection)
    }

    /// Decodes an object on top of the collection: what is absent stays, `null` becomes the zero value, options merge,
    /// and lists are replaced. The type stays whatever the object says.
    ///
    /// # Errors
    /// A value of the wrong JSON type, an unknown field type.
    pub fn apply_json(&mut self, object: &Map<String, Json>) -> Result<(), DecodeError> {
        let texts = [
            ("id", &mut self.id),
            ("name", &mut self.name),
            ("created", &mut self.created),
            ("updated", &mut self.updated),
        ];
        for (key, target) in texts {
            if object.contains_key(key) {
                *target = text(object, key)?.unwrap_or_default();
            }
        }
        match object.get("system") {
            None => {}
            Some(Json::Null) => self.system = false,
            Some(Json::Bool(flag)) => self.system = *flag,
            Some(_) => return Err(DecodeError::WrongType { key: "system", expected: "a boolean" }),
        }
        if let Some(fields) = object.get("fields") {
            let former = std::mem::replace(&mut self.fields, decode_fields(fields)?);
            for field in &mut self.fields {
                // The API's form has no defaults, so it takes none away.
                field.default = former.iter().find(|old| old.id == field.id).and_then(|old| old.default.clone());
            }
        }
        if let Some(statements) = object.get("indexes") {
            self.indexes = indexes(statements)?;
        }
        let rules = [
            ("listRule", &mut self.rules.list),
            ("viewRule", &mut self.rules.view),
            ("createRule", &mut self.rules.create),
            ("updateRule", &mut self.rules.update),
            ("deleteRule", &mut self.rules.delete),
        ];
        for (key, target) in rules {
            *target = rule_or(object, key, target.take())?;
        }
        self.set_options(object)
    }

    /// Checks what was sent and means nothing to this kind: it must have the type that it has elsewhere.
    ///
    /// # Errors
    /// As [`Collection::set_options`].
    pub fn check_options_of_other_kinds(&self, object: &Map<String, Json>) -> Result<(), DecodeError> {
        let others = [CollectionKind::View { query: String::new() }, CollectionKind::Auth(Box::default())];
        for other in others.into_iter().filter(|other| other.name() != self.kind.name()) {
            Self { kind: other, ..Self::new("", CollectionKind::Base) }.set_options(object)?;
        }
        Ok(())
    }

    /// Sets the options of the kind from an object that may hold other keys too; what is absent stays.
    ///
    /// # Errors
    /// [`DecodeError::Options`] for a value of the wrong JSON type.
    pub fn set_options(&mut self, object: &Map<String, Json>) -> Result<(), DecodeError> {
        match &mut self.kind {
            CollectionKind::Base => {}
            CollectionKind::View { query } => {
                if object.contains_key("viewQuery") {
                    *query = text(object, "viewQuery")?.unwrap_or_default();
                }
            }
            CollectionKind::Auth(options) => {
                let mut merged = serde_json::to_value(&**options).expect("auth options are plain data");
                let target = merged.as_object_mut().expect("auth options are an object");
                for (key, value) in object.iter().filter(|(key, _)| target.contains_key(*key)).collect::<Vec<_>>() {
                    let target = target.get_mut(key).expect("kept by the filter");
                    let stored = if key == "oauth2" { target["providers"].take() } else { Json::Null };
                    merge(target, value)?;
                    match key.as_str() {
                        "oauth2" => merge_providers(target, stored, value)?,
                        "passwordAuth" => target.get_mut("identityFields").into_iter().for_each(json::texts),
                        _ => {}
                    }
                }
                // A missing member would get its default; one that was sent as null is all zeros.
                for (_, value) in target.iter_mut().filter(|(key, value)| value.is_null() && !key.ends_with("Rule")) {
                    *value = Json::Object(Map::new());
                }
                // Nullable rules: absent and null differ, and `merge` cannot tell an option's null from a zero.
                let (auth_rule, manage_rule) = (options.auth_rule.take(), options.manage_rule.take());
                **options = serde_json::from_value(without_nulls(merged))
                    .map_err(|error| DecodeError::Options(error.to_string()))?;
                options.auth_rule = rule_or(object, "authRule", auth_rule)?;
                options.manage_rule = rule_or(object, "manageRule", manage_rule)?;
            }
        }
        Ok(())
    }

    /// The `options` column: the options with their secrets.
    pub fn options_json(&self) -> String {
        match &self.kind {
            CollectionKind::Base => "{}".to_owned(),
            CollectionKind::View { query } => serde_json::json!({ "viewQuery": query }).to_string(),
            CollectionKind::Auth(options) => serde_json::to_string(options).expect("auth options are plain data"),
        }
    }

    /// The `fields` column.
    pub fn fields_json(&self) -> String {
        let fields: Vec<Json> = self.fields.iter().map(Field::to_json).collect();
        serde_json::to_string(&fields).expect("fields are plain data")
    }

    /// The `indexes` column.
    pub fn indexes_json(&self) -> String {
        serde_json::to_string(&self.indexes).expect("indexes are strings")
    }
}

/// The API's form: PocketBase's key order, secrets left out.
impl Serialize for Collection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("listRule", &self.rules.list)?;
        map.serialize_entry("viewRule", &self.rules.view)?;
        map.serialize_entry("createRule", &self.rules.create)?;
        map.serialize_entry("updateRule", &self.rules.update)?;
        map.serialize_entry("deleteRule", &self.rules.delete)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("type", self.kind.name())?;
        map.serialize_entry("fields", &self.fields.iter().map(Field::to_json).collect::<Vec<_>>())?;
        map.serialize_entry("indexes", &self.indexes)?;
        map.serialize_entry("created", &self.created)?;
        map.serialize_entry("updated", &self.updated)?;
        map.serialize_entry("system", &self.system)?;
        match &self.kind {
            CollectionKind::Base => {}
            CollectionKind::View { query } => map.serialize_entry("viewQuery", query)?,
            CollectionKind::Auth(options) => options.redacted().serialize_entries(&mut map)?,
        }
        map.end()
    }
}

fn text(object: &Map<String, Json>, key: &'static str) -> Result<Option<String>, DecodeError> {
    match object.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(DecodeError::WrongType { key, expected: "a string" }),
    }
}

fn rule_or(
    object: &Map<String, Json>,
    key: &'static str,
    current: Option<String>,
) -> Result<Option<String>, DecodeError> {
    if object.contains_key(key) { text(object, key) } else { Ok(current) }
}

fn indexes(value: &Json) -> Result<Vec<String>, DecodeError> {
    let wrong = DecodeError::WrongType { key: "indexes", expected: "an array of strings" };
    match value {
        Json::Null => Ok(Vec::new()),
        Json::Array(items) => {
            let text = |item: &Json| item.as_str().or(item.is_null().then_some("")).map(str::to_owned);
            items.iter().map(text).collect::<Option<_>>().ok_or(wrong)
        }
        _ => Err(wrong),
    }
}

/// Objects merge key by key, anything else is replaced.
fn merge(target: &mut Json, value: &Json) -> Result<(), DecodeError> {
    match (target, value) {
        (Json::Object(target), Json::Object(value)) => {
            for (key, value) in value {
                merge(target.entry(key.clone()).or_insert(Json::Null), value)?;
            }
        }
        // Of a list serde would make an object.
        (Json::Object(_), Json::Array(_)) => return Err(DecodeError::Options("a list instead of an object".into())),
        (target, value) => *target = value.clone(),
    }
    Ok(())
}

/// Providers are the one list that merges: each lies on top of the stored one of its name.
fn merge_providers(oauth2: &mut Json, stored: Json, sent: &Json) -> Result<(), DecodeError> {
    let Some(oauth2) = oauth2.as_object_mut() else { return Ok(()) };
    let Some(sent) = sent.get("providers") else {
        oauth2.insert("providers".into(), stored);
        return Ok(());
    };
    let (Json::Array(stored), Some(sent)) = (stored, sent.as_array()) else { return Ok(()) };
    let merged = sent.iter().map(|provider| {
        let earlier = stored.iter().find(|earlier| provider["name"].is_string() && earlier["name"] == provider["name"]);
        let mut result = earlier.cloned().unwrap_or_else(|| Json::Object(Map::new()));
        if !provider.is_null() {
            merge(&mut result, provider)?;
        }
        Ok(result)
    });
    let merged = merged.collect::<Result<_, DecodeError>>()?;
    oauth2.insert("providers".into(), merged);
    Ok(())
}

/// Drops `null` members so that serde fills them with their zero value.
fn without_nulls(value: Json) -> Json {
    match value {
        Json::Object(object) => Json::Object(
            object
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key, without_nulls(value)))
                .collect(),
        ),
        Json::Array(items) => Json::Array(items.into_iter().map(without_nulls).collect()),
        value => value,
    }
}

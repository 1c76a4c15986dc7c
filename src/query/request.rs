//! The request as rules see it, and what compiled queries remember of it.
//!
//! A query never holds a value of the request, only an [`Input`]: where to find the value when the query runs. What the
//! SQL text itself depends on is asked as a [`Probe`], and the answers tell the cached variants of a text apart.

use crate::schema::fields::Cast;
use crate::schema::{LOWER_ALPHANUMERIC, random_string};
use rusqlite::types::Value as SqlValue;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The request that a rule is asked about (spec 02 §3.4).
#[derive(Clone, Default)]
pub struct RequestInfo {
    /// `default`, `expand`, `realtime`, `protectedFile`, `batch`, `oauth2`, `otp` or `password`.
    pub context: String,
    /// In capitals.
    pub method: String,
    pub query: BTreeMap<String, String>,
    /// By snake-cased name.
    pub headers: BTreeMap<String, String>,
    /// With modifiers resolved and the values of fields normalised.
    pub body: Arc<Map<String, Json>>,
    /// Names of the fields that files came for.
    pub uploaded: BTreeSet<String>,
    /// `None` for guests.
    pub auth: Option<AuthInfo>,
}

/// Headers and bodies hold tokens and passwords, so only their keys are shown.
impl std::fmt::Debug for RequestInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RequestInfo")
            .field("context", &self.context)
            .field("method", &self.method)
            .field("query", &self.query.keys())
            .field("headers", &self.headers.keys())
            .field("body", &self.body.keys())
            .field("auth", &self.auth.as_ref().map(|auth| (&auth.collection_name, &auth.id)))
            .finish()
    }
}

/// The authenticated record.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthInfo {
    pub id: String,
    pub collection_id: String,
    pub collection_name: String,
    pub email: String,
    pub email_visibility: bool,
    pub verified: bool,
}

impl RequestInfo {
    /// A request of whoever runs the program, with the rights of a superuser.
    pub fn of_operator() -> Self {
        let auth = AuthInfo {
            id: String::new(),
            collection_id: String::new(),
            collection_name: "_superusers".into(),
            email: String::new(),
            email_visibility: false,
            verified: true,
        };
        Self { context: "default".into(), auth: Some(auth), ..Self::default() }
    }

    /// What this becomes where the server sends it on to itself: PocketBase makes a form of it.
    pub fn become_form(&mut self) {
        let boundary = random_string(60, LOWER_ALPHANUMERIC);
        self.headers.insert("content_type".into(), format!("multipart/form-data; boundary={boundary}"));
    }
}

impl AuthInfo {
    pub fn is_superuser(&self) -> bool {
        self.collection_name == "_superusers"
    }
}

/// A value of the request that is bound as a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Input {
    /// The value at a path below `@request`.
    Value { path: Vec<String>, cast: Cast },
    /// A field of the body as text; missing is empty, and so is a list.
    BodyText { field: String, cast: Cast },
    /// How many items a field of the body has.
    BodyCount { field: String },
    /// The items of a field of the body as a JSON array.
    BodyItems { field: String },
    /// The unique ids of a relation in the body as a JSON array.
    BodyIds { field: String },
}

/// What the SQL text depends on.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Probe {
    Value(Input),
    IsSet(Vec<String>),
    /// Whether files came for a field.
    IsUploaded(String),
    /// Which auth collection the requester belongs to.
    AuthCollection,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Null,
    Empty,
    Filled,
    /// A number other than 0 and 1, which PocketBase writes into the SQL and then takes for a column.
    Unknown,
    IsSet(bool),
    Collection(Option<String>),
}

/// A request that notes down which of its shapes were asked for.
pub(super) struct Inputs<'r> {
    request: &'r RequestInfo,
    asked: RefCell<Vec<(Probe, Shape)>>,
}

impl<'r> Inputs<'r> {
    pub fn new(request: &'r RequestInfo) -> Self {
        Self { request, asked: RefCell::default() }
    }

    pub fn ask(&self, probe: Probe) -> Shape {
        let shape = probe.shape(self.request);
        self.asked.borrow_mut().push((probe, shape.clone()));
        shape
    }

    pub fn into_asked(self) -> Vec<(Probe, Shape)> {
        let mut asked: Vec<(Probe, Shape)> = Vec::new();
        for answer in self.asked.into_inner() {
            if !asked.contains(&answer) {
                asked.push(answer);
            }
        }
        asked
    }
}

impl Probe {
    pub fn shape(&self, request: &RequestInfo) -> Shape {
        match self {
            Self::AuthCollection => Shape::Collection(request.auth.as_ref().map(|auth| auth.collection_id.clone())),
            Self::IsSet(path) => Shape::IsSet(find(request, path).is_some()),
            Self::IsUploaded(field) => Shape::IsSet(request.uploaded.contains(field)),
            Self::Value(input) => input.shape(request),
        }
    }

    /// Whether the request answers as noted down, without allocating.
    pub fn answers(&self, request: &RequestInfo, shape: &Shape) -> bool {
        match (self, shape) {
            (Self::AuthCollection, Shape::Collection(id)) => {
                request.auth.as_ref().map(|auth| auth.collection_id.as_str()) == id.as_deref()
            }
            _ => self.shape(request) == *shape,
        }
    }
}

/// A value found in the request.
enum Found<'r> {
    Text(&'r str),
    Bool(bool),
    Json(&'r Json),
}

impl Input {
    fn shape(&self, request: &RequestInfo) -> Shape {
        let filled = |is_empty: bool| if is_empty { Shape::Empty } else { Shape::Filled };
        match self {
            Self::Value { path, cast } => match find(request, path) {
                None => Shape::Null,
                Some(Found::Json(_)) if *cast == Cast::Json => Shape::Filled,
                Some(Found::Json(Json::Null)) => Shape::Null,
                Some(Found::Json(Json::String(text))) => filled(text.is_empty()),
                Some(Found::Text(text)) => filled(text.is_empty()),
                Some(Found::Json(_) | Found::Bool(_)) => Shape::Filled,
            },
            Self::BodyText { .. } => filled(self.text(request).is_empty()),
            Self::BodyCount { field } => match count(request, field) {
                0 | 1 => Shape::Filled,
                _ => Shape::Unknown,
            },
            Self::BodyItems { .. } => Shape::Filled,
            Self::BodyIds { field } => match ids(request, field).is_empty() {
                true => Shape::Null,
                false => Shape::Filled,
            },
        }
    }

    pub fn value(&self, request: &RequestInfo) -> SqlValue {
        match self {
            Self::Value { path, cast } => match find(request, path) {
                None => SqlValue::Null,
                Some(Found::Bool(flag)) => SqlValue::Integer(i64::from(flag)),
                Some(Found::Text(text)) => text_value(text, *cast),
                Some(Found::Json(json)) if *cast == Cast::Json => SqlValue::Text(json.to_string()),
                Some(Found::Json(json)) => match json {
                    Json::Null => SqlValue::Null,
                    Json::Bool(flag) => SqlValue::Integer(i64::from(*flag)),
                    Json::Number(number) => SqlValue::Real(number.as_f64().unwrap_or_default()),
                    Json::String(text) => text_value(text, *cast),
                    Json::Object(_) if *cast == Cast::Point => SqlValue::Text(body_text(json, *cast)),
                    Json::Array(_) | Json::Object(_) => SqlValue::Text(json.to_string()),
                },
            },
            Self::BodyText { field, cast } => {
                SqlValue::Text(request.body.get(field).map(|value| body_text(value, *cast)).unwrap_or_default())
            }
            Self::BodyCount { field } => SqlValue::Integer(i64::try_from(count(request, field)).unwrap_or(i64::MAX)),
            Self::BodyItems { field } => SqlValue::Text(Json::Array(items(request, field).into_owned()).to_string()),
            Self::BodyIds { field } => SqlValue::Text(Json::from(ids(request, field)).to_string()),
        }
    }

    /// The value as text, for patterns.
    pub fn text(&self, request: &RequestInfo) -> String {
        if let Self::Value { path, .. } = self {
            match find(request, path) {
                Some(Found::Bool(flag)) => return flag.to_string(),
                Some(Found::Json(Json::Bool(flag))) => return flag.to_string(),
                _ => {}
            }
        }
        match self.value(request) {
            SqlValue::Text(text) => text,
            SqlValue::Integer(number) => number.to_string(),
            SqlValue::Real(number) => number.to_string(),
            SqlValue::Null | SqlValue::Blob(_) => String::new(),
        }
    }
}

fn text_value(text: &str, cast: Cast) -> SqlValue {
    match text.parse::<f64>() {
        // NaN would be bound as NULL.
        Ok(number) if cast == Cast::Number && !number.is_nan() => SqlValue::Real(number),
        _ => SqlValue::Text(text.to_owned()),
    }
}

/// Follows a path below `@request`; `None` when it leads nowhere.
fn find<'r>(request: &'r RequestInfo, path: &[String]) -> Option<Found<'r>> {
    let (root, keys) = path.split_first()?;
    let only = || if keys.len() == 1 { Some(keys[0].as_str()) } else { None };
    match root.as_str() {
        "context" => keys.is_empty().then_some(Found::Text(&request.context)),
        "method" => keys.is_empty().then_some(Found::Text(&request.method)),
        "query" => request.query.get(only()?).map(|text| Found::Text(text)),
        "headers" => request.headers.get(only()?).map(|text| Found::Text(text)),
        "auth" => {
            let auth = request.auth.as_ref()?;
            Some(match only()? {
                "id" => Found::Text(&auth.id),
                "collectionId" => Found::Text(&auth.collection_id),
                "collectionName" => Found::Text(&auth.collection_name),
                "email" => Found::Text(&auth.email),
                "emailVisibility" => Found::Bool(auth.email_visibility),
                "verified" => Found::Bool(auth.verified),
                _ => return None,
            })
        }
        "body" => {
            let (field, keys) = keys.split_first()?;
            let found = keys.iter().try_fold(request.body.get(field)?, |value, key| match value {
                Json::Object(object) => object.get(key),
                Json::Array(items) => items.get(key.parse::<usize>().ok()?),
                _ => None,
            });
            found.map(Found::Json)
        }
        _ => None,
    }
}

fn items<'r>(request: &'r RequestInfo, field: &str) -> Cow<'r, [Json]> {
    match request.body.get(field) {
        None | Some(Json::Null) => Cow::Borrowed(&[]),
        Some(Json::Array(items)) => Cow::Borrowed(items),
        Some(scalar) => Cow::Borrowed(std::slice::from_ref(scalar)),
    }
}

fn count(request: &RequestInfo, field: &str) -> usize {
    items(request, field).len()
}

fn ids(request: &RequestInfo, field: &str) -> Vec<String> {
    let ids: indexmap::IndexSet<String> =
        items(request, field).iter().map(scalar_text).filter(|id| !id.is_empty()).collect();
    ids.into_iter().collect()
}

fn body_text(value: &Json, cast: Cast) -> String {
    match cast {
        Cast::Json => value.to_string(),
        Cast::Point => format!(r#"{{"lon":{},"lat":{}}}"#, value["lon"], value["lat"]),
        Cast::None | Cast::Number => scalar_text(value),
    }
}

fn scalar_text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => number.as_f64().unwrap_or_default().to_string(),
        Json::Null | Json::Array(_) | Json::Object(_) => String::new(),
    }
}

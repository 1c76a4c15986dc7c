//! The body of a fixed form: keys match in any case where the body is JSON, values have fixed types.

use super::ApiError;
use super::body;
use super::context::Context;
use super::decode;
use super::query::flag;
use crate::records::{Body, Room};
use axum::body::Body as HttpBody;
use serde_json::{Map, Value as Json};

const LOADING: &str = "An error occurred while loading the submitted data.";

/// A form as it was sent.
pub struct Form {
    pub values: Map<String, Json>,
    /// Values have the types that the client gave them.
    typed: bool,
    _room: Option<Room>,
}

impl Form {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// 400 for a content type that is not known and for what is no form.
    pub async fn read(context: &Context, body: HttpBody) -> Result<Self, ApiError> {
        Self::read_within(context, body, body::DEFAULT_VALUES).await
    }

    /// [`Form::read`] of a body that may have so many values.
    ///
    /// # Errors
    /// As there.
    pub async fn read_within(context: &Context, body: HttpBody, allowed: usize) -> Result<Self, ApiError> {
        let bytes = body::read(context, body, body::DEFAULT_LIMIT).await?;
        let typed = decode::is_json(&context.headers);
        let bytes = if typed { decode::with_plain_zeros(bytes) } else { bytes };
        match body::parse(&context.headers, &context.query, bytes, allowed).await {
            Ok(Body { values, room, .. }) => Ok(Self { values, typed, _room: room }),
            Err(error) if error.message == decode::UNSUPPORTED => Err(error),
            Err(error) => Err(error.told_as(LOADING)),
        }
    }

    /// [`Form::read`], where PocketBase does not name a content type that it does not know.
    ///
    /// # Errors
    /// 400 for what is no form.
    pub async fn read_quietly(context: &Context, body: HttpBody) -> Result<Self, ApiError> {
        Self::read(context, body).await.map_err(|error| match error.message.as_str() {
            decode::UNSUPPORTED => loading(),
            _ => error,
        })
    }

    /// The form of a request without a body.
    pub fn empty() -> Self {
        Self { values: Map::new(), typed: true, _room: None }
    }

    /// A text, `""` where it is missing.
    ///
    /// # Errors
    /// 400 for a value of another type.
    pub fn text(&self, name: &str) -> Result<String, ApiError> {
        match self.value(name) {
            None | Some(Json::Null) => Ok(String::new()),
            Some(Json::String(text)) => Ok(text.clone()),
            // A form knows no types: what looked like a number was a text.
            Some(other) if !self.typed => decode::text_of(other).ok_or_else(loading),
            Some(_) => Err(loading()),
        }
    }

    /// A whole number, 0 where it is missing.
    ///
    /// # Errors
    /// 400 for a value of another type.
    pub fn integer(&self, name: &str) -> Result<i64, ApiError> {
        match self.value(name) {
            None | Some(Json::Null) => Ok(0),
            Some(Json::Number(number)) => number.as_i64().ok_or_else(loading),
            Some(Json::String(text)) if !self.typed => {
                if text.is_empty() {
                    Ok(0)
                } else {
                    text.parse().map_err(|_| loading())
                }
            }
            Some(_) => Err(loading()),
        }
    }

    /// `false` where it is missing.
    ///
    /// # Errors
    /// 400 for a value of another type.
    pub fn flag(&self, name: &str) -> Result<bool, ApiError> {
        match self.value(name) {
            None | Some(Json::Null) => Ok(false),
            Some(Json::Bool(flag)) => Ok(*flag),
            Some(other) if !self.typed => decode::text_of(other).and_then(|text| flag(&text)).ok_or_else(loading),
            Some(_) => Err(loading()),
        }
    }

    /// A list of objects, empty where it is missing.
    ///
    /// # Errors
    /// 400 for a value of another type.
    pub fn objects(&self, name: &str) -> Result<Vec<Map<String, Json>>, ApiError> {
        let object = |item: &Json| if item.is_null() { Some(Map::new()) } else { item.as_object().cloned() };
        match if self.typed { self.value(name) } else { self.values.get(name) } {
            None | Some(Json::Null) => Ok(Vec::new()),
            Some(Json::Array(items)) => items.iter().map(object).collect::<Option<_>>().ok_or_else(loading),
            Some(_) => Err(loading()),
        }
    }

    /// An object, empty where it is missing.
    ///
    /// # Errors
    /// 400 for a value of another type.
    pub fn object(&self, name: &str) -> Result<Map<String, Json>, ApiError> {
        match self.value(name) {
            None | Some(Json::Null) => Ok(Map::new()),
            Some(Json::Object(fields)) => Ok(fields.clone()),
            Some(_) => Err(loading()),
        }
    }

    fn value(&self, name: &str) -> Option<&Json> {
        if self.typed {
            return self.values.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        }
        // Of what a form says twice the first counts.
        match self.values.get(name) {
            Some(Json::Array(items)) => items.first(),
            value => value,
        }
    }
}

fn loading() -> ApiError {
    ApiError::bad_request(LOADING)
}

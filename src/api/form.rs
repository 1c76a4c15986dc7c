//! The body of a fixed form: keys match in any case where the body is JSON, values have fixed types.

use super::ApiError;
use super::body;
use super::context::Context;
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
        let bytes = body::read(context, body, body::DEFAULT_LIMIT).await?;
        let typed = body::is_json(&context.headers);
        match body::parse(&context.headers, &context.query, bytes, body::DEFAULT_VALUES).await {
            Ok(Body { values, room, .. }) => Ok(Self { values, typed, _room: room }),
            Err(error) if error.message == body::UNSUPPORTED => Err(error),
            Err(error) => Err(error.told_as(LOADING)),
        }
    }

    /// [`Form::read`], where PocketBase does not name a content type that it does not know.
    ///
    /// # Errors
    /// 400 for what is no form.
    pub async fn read_quietly(context: &Context, body: HttpBody) -> Result<Self, ApiError> {
        Self::read(context, body).await.map_err(|error| match error.message.as_str() {
            body::UNSUPPORTED => loading(),
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
            Some(other) if !self.typed => Ok(other.to_string()),
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

//! `/api/settings`: for superusers only.

use super::context::{Superuser, blocking};
use super::error::json_response;
use super::{ApiError, ApiState, body};
use crate::SaveSettingsError;
use crate::settings::{Redacted, Settings};
use axum::body::Body as HttpBody;
use axum::extract::State;
use axum::http::Response;

type Answer = Result<Response<HttpBody>, ApiError>;

const LOADING: &str = "An error occurred while loading the submitted data.";
const SAVING: &str = "An error occurred while saving the new settings.";

pub async fn view(State(state): State<ApiState>, _caller: Superuser) -> Answer {
    let app = state.app.clone();
    let settings = blocking(move || app.list_settings()).await??;
    Ok(settings.as_ref().map_or_else(nothing, json))
}

pub async fn update(State(state): State<ApiState>, caller: Superuser, body: HttpBody) -> Answer {
    let changes = body::object_of(&caller.context, body, LOADING).await?;
    let app = state.app.clone();
    let saved = blocking(move || app.save_settings(&changes)).await?;
    match saved {
        Ok(settings) => Ok(settings.as_deref().map_or_else(nothing, json)),
        Err(SaveSettingsError::WrongType) => Err(ApiError::bad_request(LOADING)),
        Err(SaveSettingsError::Invalid(data)) => Err(ApiError::bad_request(SAVING).with_data(&data)),
        Err(SaveSettingsError::Event(error)) if error.status.is_some() => Err(error.into()),
        Err(SaveSettingsError::Event(error)) => {
            Err(ApiError { cause: Some(error.message), ..ApiError::bad_request(SAVING) })
        }
        Err(SaveSettingsError::Failed(error)) => Err(ApiError { cause: Some(error), ..ApiError::bad_request(SAVING) }),
    }
}

fn json(settings: &Settings) -> Response<HttpBody> {
    json_response(serde_json::to_vec(&Redacted(settings)).expect("settings are plain data"))
}

/// The answer where a handler ended the request.
fn nothing() -> Response<HttpBody> {
    Response::new(HttpBody::empty())
}

//! `/api/collections/{collection}/auth-*`

use super::context::{Context, InCollection, blocking};
use super::error::json_response;
use super::{ApiError, ApiState, body};
use crate::auth::{self, LoginRequest};
use crate::schema::Collection;
use axum::body::Body as HttpBody;
use axum::extract::State;
use axum::http::Response;
use serde_json::Value as Json;
use std::sync::Arc;

type Answer = Result<Response<HttpBody>, ApiError>;

pub async fn methods(at: InCollection) -> Answer {
    Ok(json_response(auth::methods(auth_collection(&at)?).to_string().into_bytes()))
}

pub async fn with_password(
    State(state): State<ApiState>,
    at: InCollection,
    context: Context,
    body: HttpBody,
) -> Answer {
    auth_collection(&at)?;
    let bytes = body::read(&context, body, body::DEFAULT_LIMIT).await?;
    let login = login_request(&context, bytes).await?;
    // Logins wait here, not on the threads that downloads and uploads need as well.
    let _turn = state.logins.acquire().await.map_err(|error| ApiError::internal(error.to_string()))?;
    let request = context.info(&state, "password");
    let expand = context.query.get("expand").to_owned();
    let records = Arc::clone(state.app.records());
    let answer = blocking(move || auth::with_password(&records, &at.collection, &request, &login, &expand)).await??;
    Ok(json_response(answer))
}

pub async fn refresh(State(state): State<ApiState>, at: InCollection, context: Context) -> Answer {
    let identity = context.caller.identity.clone().ok_or_else(ApiError::unauthorized)?;
    if identity.info.collection_id != at.collection.id {
        let name = &identity.info.collection_name;
        return Err(ApiError::forbidden(format!("The request requires auth record from {name} collection.")));
    }
    let request = context.info(&state, "default");
    let expand = context.query.get("expand").to_owned();
    let (records, token) = (Arc::clone(state.app.records()), context.caller.token);
    let answer =
        blocking(move || auth::refresh(&records, &at.collection, &request, &identity, &token, &expand)).await??;
    Ok(json_response(answer))
}

fn auth_collection(at: &InCollection) -> Result<&Collection, ApiError> {
    if at.collection.is_auth() {
        return Ok(&at.collection);
    }
    Err(ApiError::not_found("Missing or invalid auth collection context."))
}

/// Keys of fixed forms match without regard to case.
async fn login_request(context: &Context, bytes: bytes::Bytes) -> Result<LoginRequest, ApiError> {
    let loading = || ApiError::bad_request("An error occurred while loading the submitted data.");
    let body = match body::parse(&context.headers, &context.query, bytes, None).await {
        Ok(body) => body,
        Err(error) if error.message == "Unsupported Content-Type." => return Err(error),
        Err(_) => return Err(loading()),
    };
    let json = context
        .headers
        .get(axum::http::header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
    let text = |name: &str| {
        let value = body.values.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        match value {
            None | Some(Json::Null) => Ok(String::new()),
            Some(Json::String(text)) => Ok(text.clone()),
            // A form knows no types: what looked like a number was a text.
            Some(other) if !json => Ok(other.to_string()),
            Some(_) => Err(loading()),
        }
    };
    Ok(LoginRequest {
        identity: text("identity")?,
        password: text("password")?,
        identity_field: text("identityField")?,
    })
}

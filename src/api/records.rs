//! `/api/collections/{collection}/records`

use super::context::{Context, InCollection, finish};
use super::error::json_response;
use super::{ApiError, ApiState, body};
use crate::records::{Body, RecordError, WriteRequest};
use axum::body::Body as HttpBody;
use axum::extract::State;
use axum::http::{Response, StatusCode};

type Answer = Result<Response<HttpBody>, ApiError>;

pub async fn list(State(state): State<ApiState>, at: InCollection, context: Context) -> Answer {
    let params = match at.collection.rules.list {
        // Who may not list learns nothing about the parameters either.
        None if !context.is_superuser() => return Err(RecordError::forbidden().into()),
        _ => context.query.list()?,
    };
    let request = context.info(&state, "default");
    Ok(json_response(finish(state.app.records().list(at.collection, request, params)).await?))
}

pub async fn view(State(state): State<ApiState>, at: InCollection, context: Context) -> Answer {
    let request = context.info(&state, "default");
    let expand = context.query.get("expand").to_owned();
    Ok(json_response(finish(state.app.records().view(at.collection, request, at.id, expand)).await?))
}

pub async fn create(State(state): State<ApiState>, at: InCollection, context: Context, body: HttpBody) -> Answer {
    let (write, body) = write_request(&state, &at, &context, body).await?;
    if at.collection.rules.create.is_none() && !context.is_superuser() {
        return Err(RecordError::forbidden().into());
    }
    Ok(json_response(finish(state.app.records().create(write, body)).await?))
}

pub async fn update(State(state): State<ApiState>, at: InCollection, context: Context, body: HttpBody) -> Answer {
    let (write, body) = write_request(&state, &at, &context, body).await?;
    Ok(json_response(finish(state.app.records().update(write, at.id, body)).await?))
}

pub async fn delete(State(state): State<ApiState>, at: InCollection, context: Context) -> Answer {
    if at.collection.is_view() {
        return Err(RecordError::unsupported_collection().into());
    }
    let request = context.info(&state, "default");
    let write = WriteRequest { collection: at.collection, request, expand: String::new() };
    finish(state.app.records().delete(write, at.id)).await?;
    let mut response = Response::new(HttpBody::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}

/// Reads the body within the collection's limit. A malformed body comes before every rule.
async fn write_request(
    state: &ApiState,
    at: &InCollection,
    context: &Context,
    body: HttpBody,
) -> Result<(WriteRequest, Body), ApiError> {
    let bytes = body::read(&context.headers, body, body::limit(&at.collection)).await?;
    if at.collection.is_view() {
        return Err(RecordError::unsupported_collection().into());
    }
    let body = body::parse(&context.headers, &context.query, bytes, Some(&at.collection)).await?;
    let write = WriteRequest {
        collection: at.collection.clone(),
        request: context.info(state, "default"),
        expand: context.query.get("expand").to_owned(),
    };
    Ok((write, body))
}

//! `/api/collections/{collection}/records`

use super::auth::turn_to_hash;
use super::body::{self, Limits};
use super::context::{Context, InCollection, finish, finish_in};
use super::error::{Answer, json_response, no_content};
use super::{ApiError, ApiState};
use crate::query::{RequestInfo, check_client_text};
use crate::records::{Body, ListParams, RecordError, Room, WriteRequest};
use axum::body::{Body as HttpBody, HttpBody as _};
use axum::extract::State;
use std::sync::Arc;

pub async fn list(State(state): State<ApiState>, at: InCollection, context: Context, body: HttpBody) -> Answer {
    let (request, _room) = read_request(&state, &context, body).await?;
    let params = match at.collection.rules.list {
        // Who may not list learns nothing about the parameters either.
        None if !context.is_superuser() => return Err(RecordError::forbidden().into()),
        _ => list_params(&context)?,
    };
    Ok(json_response(finish(state.app.records().list(at.collection, request, params)).await?))
}

/// What only superusers may ask for is refused before what makes no sense.
fn list_params(context: &Context) -> Result<ListParams, ApiError> {
    if !context.is_superuser() {
        let texts = ["filter", "sort"].map(|name| context.query.get(name));
        texts.into_iter().try_for_each(check_client_text).map_err(RecordError::from)?;
    }
    context.query.list()
}

pub async fn view(State(state): State<ApiState>, at: InCollection, context: Context, body: HttpBody) -> Answer {
    let (request, _room) = read_request(&state, &context, body).await?;
    let expand = context.query.get("expand").to_owned();
    Ok(json_response(finish(state.app.records().view(at.collection, request, at.id, expand)).await?))
}

pub async fn create(State(state): State<ApiState>, at: InCollection, context: Context, body: HttpBody) -> Answer {
    let (write, body) = write_request(&state, &at, &context, &at.collection.rules.create, body).await?;
    if at.collection.rules.create.is_none() && !context.is_superuser() {
        return Err(RecordError::forbidden().into());
    }
    let turn = turn_to_hash(&state, &write.collection, &body.values).await?;
    Ok(json_response(finish_in(turn, state.app.records().create(write, body)).await?))
}

pub async fn update(State(state): State<ApiState>, at: InCollection, context: Context, body: HttpBody) -> Answer {
    let (write, body) = write_request(&state, &at, &context, &at.collection.rules.update, body).await?;
    let turn = turn_to_hash(&state, &write.collection, &body.values).await?;
    Ok(json_response(finish_in(turn, state.app.records().update(write, at.id, body)).await?))
}

pub async fn delete(State(state): State<ApiState>, at: InCollection, context: Context, body: HttpBody) -> Answer {
    if at.collection.is_view() {
        return Err(RecordError::unsupported_collection().into());
    }
    let (request, _room) = read_request(&state, &context, body).await?;
    let write = WriteRequest { collection: at.collection, request, expand: String::new() };
    finish(state.app.records().delete(write, at.id)).await?;
    Ok(no_content())
}

/// The request of a read or delete. Whoever sends a body with it has it checked, and rules see its values.
async fn read_request(
    state: &ApiState,
    context: &Context,
    body: HttpBody,
) -> Result<(Arc<RequestInfo>, Option<Room>), ApiError> {
    let mut room = None;
    let mut request = context.info(state, "default");
    if !body.is_end_stream() {
        let bytes = body::read(context, body, body::DEFAULT_LIMIT).await?;
        let body = body::parse(&context.headers, &context.query, bytes, body::DEFAULT_VALUES).await?;
        let request = Arc::make_mut(&mut request);
        request.body = Arc::new(body.values);
        room = body.room;
    }
    Ok((request, room))
}

/// Reads the body within the collection's limit. A malformed body comes before every rule.
async fn write_request(
    state: &ApiState,
    at: &InCollection,
    context: &Context,
    rule: &Option<String>,
    body: HttpBody,
) -> Result<(WriteRequest, Body), ApiError> {
    // Nobody's upload is taken in only to be refused.
    let locked = rule.is_none() && !context.is_superuser();
    let limits = if locked { Limits::both(body::LOCKED_LIMIT) } else { Limits::of(&at.collection) };
    if at.collection.is_view() {
        body::read(context, body, limits.texts).await?;
        return Err(RecordError::unsupported_collection().into());
    }
    let wanted = |key: &str| body::is_file_key(&at.collection, key);
    let spool = state.app.records().files.spool();
    let body = body::receive(context, &context.query, body, limits, spool, wanted).await?;
    let write = WriteRequest {
        collection: at.collection.clone(),
        request: context.info(state, "default"),
        expand: context.query.get("expand").to_owned(),
    };
    Ok((write, body))
}

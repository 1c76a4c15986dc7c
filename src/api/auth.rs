//! `/api/collections/{collection}/auth-*`, `request-otp` and `impersonate`.

use super::client_ip::ClientIp;
use super::context::{Context, InCollection, Superuser, blocking, blocking_with, finish};
use super::error::{Answer, ended, json_response};
use super::form::Form;
use super::{ApiError, ApiState};
use crate::auth::{self, AuthError, LoginRequest, Outcome, Visit};
use crate::schema::Collection;
use crate::schema::fields::{Field, FieldKind};
use axum::Extension;
use axum::body::Body as HttpBody;
use axum::extract::State;
use axum::http::{StatusCode, header};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How somebody may log in to the collection.
pub async fn methods(State(state): State<ApiState>, at: InCollection) -> Answer {
    auth_collection(&at)?;
    let accounts = Arc::clone(state.app.accounts());
    let methods = if auth::must_ask_providers(&at.collection) {
        let turn = turn_of(&state.providers).await?;
        blocking_with(turn, move || accounts.methods(&at.collection)).await?
    } else {
        accounts.methods(&at.collection)
    };
    Ok(json_response(serde_json::to_vec(&methods).expect("methods are plain data")))
}

pub async fn with_password(
    State(state): State<ApiState>,
    Extension(ip): Extension<ClientIp>,
    at: InCollection,
    context: Context,
    body: HttpBody,
) -> Answer {
    auth_collection(&at)?;
    auth::require_password_auth(&at.collection)?;
    let form = Form::read(&context, body).await?;
    let login = LoginRequest {
        identity: form.text("identity")?,
        password: form.text("password")?,
        identity_field: form.text("identityField")?,
    };
    let visit = visit(&state, at, &context, ip, &form, "password");
    let (accounts, turn) = (Arc::clone(state.app.accounts()), turn(&state).await?);
    outcome(blocking(move || accounts.with_password(&visit, login, turn)).await?)
}

pub async fn request_otp(
    State(state): State<ApiState>,
    Extension(ip): Extension<ClientIp>,
    at: InCollection,
    context: Context,
    body: HttpBody,
) -> Answer {
    auth_collection(&at)?;
    auth::require_otp(&at.collection)?;
    let form = Form::read(&context, body).await?;
    let email = form.text("email")?;
    let visit = visit(&state, at, &context, ip, &form, "default");
    let (accounts, turn) = (Arc::clone(state.app.accounts()), turn(&state).await?);
    let id = blocking_with(turn, move || accounts.request_otp(&visit, &email)).await??;
    Ok(match id {
        Some(id) => json_response(json!({ "otpId": id }).to_string().into_bytes()),
        None => ended(),
    })
}

pub async fn with_otp(
    State(state): State<ApiState>,
    Extension(ip): Extension<ClientIp>,
    at: InCollection,
    context: Context,
    body: HttpBody,
) -> Answer {
    auth_collection(&at)?;
    auth::require_otp(&at.collection)?;
    let form = Form::read(&context, body).await?;
    let (id, password) = (form.text("otpId")?, form.text("password")?);
    let visit = visit(&state, at, &context, ip, &form, "otp");
    let (accounts, turn) = (Arc::clone(state.app.accounts()), turn(&state).await?);
    outcome(blocking(move || accounts.with_otp(&visit, &id, &password, turn)).await?)
}

pub async fn with_totp(
    State(state): State<ApiState>,
    Extension(ip): Extension<ClientIp>,
    at: InCollection,
    context: Context,
    body: HttpBody,
) -> Answer {
    totp_is_on(&state)?;
    auth_collection(&at)?;
    let form = Form::read(&context, body).await?;
    let code = form.text("code")?;
    let visit = visit(&state, at, &context, ip, &form, "default");
    let accounts = Arc::clone(state.app.accounts());
    outcome(blocking(move || accounts.with_totp(&visit, &code)).await?)
}

/// Without the option these routes do not exist.
pub(super) fn totp_is_on(state: &ApiState) -> Result<(), ApiError> {
    if state.app.accounts().has_totp() { Ok(()) } else { Err(ApiError::missing_route()) }
}

pub async fn refresh(
    State(state): State<ApiState>,
    Extension(ip): Extension<ClientIp>,
    at: InCollection,
    context: Context,
) -> Answer {
    let identity = own_record(&at, &context)?;
    let token = context.caller.token.clone();
    let visit = visit(&state, at, &context, ip, &Form::empty(), "default");
    let accounts = Arc::clone(state.app.accounts());
    outcome(finish(accounts.begin_refresh(visit, identity, token)).await?)
}

pub async fn impersonate(
    State(state): State<ApiState>,
    Extension(ip): Extension<ClientIp>,
    at: Result<InCollection, ApiError>,
    caller: Superuser,
    body: HttpBody,
) -> Answer {
    let at = at.map_err(|_| missing_auth_collection())?;
    auth_collection(&at)?;
    let id = at.id.clone();
    let form = Form::read(&caller.context, body).await?;
    let seconds = form.integer("duration")?;
    let visit = visit(&state, at, &caller.context, ip, &form, "default");
    let accounts = Arc::clone(state.app.accounts());
    outcome(blocking(move || accounts.impersonate(&visit, &id, seconds)).await?)
}

/// The caller, who must be a record of the collection of the path.
pub(super) fn own_record(at: &InCollection, context: &Context) -> Result<Arc<auth::Identity>, ApiError> {
    let identity = context.caller.identity.clone().ok_or_else(ApiError::unauthorized)?;
    if identity.info.collection_id == at.collection.id {
        return Ok(identity);
    }
    let name = &identity.info.collection_name;
    Err(ApiError::forbidden(format!("The request requires auth record from {name} collection.")))
}

/// The collection of the path must be an auth collection.
pub(super) fn auth_collection(at: &InCollection) -> Result<(), ApiError> {
    if at.collection.is_auth() { Ok(()) } else { Err(missing_auth_collection()) }
}

fn missing_auth_collection() -> ApiError {
    ApiError::not_found("Missing or invalid auth collection context.")
}

/// What the core knows of a request about accounts.
pub(super) fn visit(
    state: &ApiState,
    at: InCollection,
    context: &Context,
    ip: ClientIp,
    form: &Form,
    name: &str,
) -> Visit {
    let mut request = context.info(state, name);
    Arc::make_mut(&mut request).body = Arc::new(form.values.clone());
    let mfa_id = match context.query.get("mfaId") {
        "" => form.text("mfaId").ok(),
        id => Some(id.to_owned()),
    };
    let agent = context.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    Visit {
        collection: at.collection,
        request,
        ip: ip.0,
        user_agent: agent.to_owned(),
        mfa_id,
        expand: context.query.get("expand").to_owned(),
    }
}

/// Whatever hashes passwords waits here, not on the threads that downloads and uploads need as well.
pub(super) async fn turn(state: &ApiState) -> Result<OwnedSemaphorePermit, ApiError> {
    turn_of(&state.logins).await
}

/// The turn of a write whose values have a password to hash or to compare, and none for another.
pub(super) async fn turn_to_hash(
    state: &ApiState,
    collection: &Collection,
    values: &Map<String, Json>,
) -> Result<Option<OwnedSemaphorePermit>, ApiError> {
    if has_password(collection, values) { turn(state).await.map(Some) } else { Ok(None) }
}

/// Whether a write of these values has a password to hash or to compare.
pub(super) fn has_password(collection: &Collection, values: &Map<String, Json>) -> bool {
    let is_set = |field: &Field| matches!(field.kind, FieldKind::Password(_)) && values.contains_key(&field.name);
    collection.fields.iter().any(is_set) || (collection.is_auth() && values.contains_key("oldPassword"))
}

/// A turn of a queue, to be handed to the work that it is for.
pub(super) async fn turn_of(queue: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, ApiError> {
    Arc::clone(queue).acquire_owned().await.map_err(|error| ApiError::internal(error.to_string()))
}

pub(super) fn outcome(outcome: Result<Outcome, AuthError>) -> Answer {
    Ok(match outcome? {
        Outcome::Authenticated(body) if body.is_empty() => ended(),
        Outcome::Authenticated(body) => json_response(body),
        Outcome::MfaRequired(id) => {
            let mut response = json_response(json!({ "mfaId": id }).to_string().into_bytes());
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            response
        }
    })
}

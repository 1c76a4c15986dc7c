//! Requests about an account: verification, password reset, email change.

use super::auth::{auth_collection, own_record, totp_is_on, turn, turn_of, visit};
use super::client_ip::ClientIp;
use super::context::{Context, InCollection, blocking_with};
use super::error::{Answer, json_response, no_content};
use super::form::Form;
use super::{ApiError, ApiState};
use crate::auth::{self, Accounts, AuthError, Visit};
use axum::Extension;
use axum::body::Body as HttpBody;
use axum::extract::State;
use serde_json::json;
use std::sync::Arc;
use tokio::sync::Semaphore;

const VERIFIED: &str = "All superusers are verified by default.";
const DIRECTLY: &str = "All superusers can change their emails directly.";

pub async fn request_verification(
    State(state): State<ApiState>,
    ip: Extension<ClientIp>,
    at: InCollection,
    context: Context,
    body: HttpBody,
) -> Answer {
    not_of_superusers(&at, VERIFIED)?;
    let (visit, form) = read(&state, ip, at, context, body).await?;
    let email = form.text("email")?;
    done(&state, move |accounts| accounts.request_verification(&visit, &email)).await
}

pub async fn confirm_verification(
    State(state): State<ApiState>,
    ip: Extension<ClientIp>,
    at: InCollection,
    context: Context,
    body: HttpBody,
) -> Answer {
    not_of_superusers(&at, VERIFIED)?;
    let (visit, form) = read(&state, ip, at, context, body).await?;
    let token = form.text("token")?;
    done(&state, move |accounts| accounts.confirm_verification(&visit, &token)).await
}

pub async fn request_password_reset(
    State(state): State<ApiState>,
    ip: Extension<ClientIp>,
    at: InCollection,
    context: Context,
    body: HttpBody,
) -> Answer {
    auth_collection(&at)?;
    auth::require_resettable(&at.collection)?;
    let (visit, form) = read(&state, ip, at, context, body).await?;
    let email = form.text("email")?;
    done(&state, move |accounts| accounts.request_password_reset(&visit, &email)).await
}

pub async fn confirm_password_reset(
    State(state): State<ApiState>,
    ip: Extension<ClientIp>,
    at: InCollection,
    context: Context,
    body: HttpBody,
) -> Answer {
    auth_collection(&at)?;
    let form = Form::read_quietly(&context, body).await?;
    let visit = visit(&state, at, &context, ip.0, &form, "default");
    let (token, password) = (form.text("token")?, form.text("password")?);
    let confirmation = form.text("passwordConfirm")?;
    done(&state, move |accounts| accounts.confirm_password_reset(&visit, &token, &password, &confirmation)).await
}

pub async fn request_email_change(
    State(state): State<ApiState>,
    ip: Extension<ClientIp>,
    at: InCollection,
    context: Context,
    body: HttpBody,
) -> Answer {
    let identity = own_record(&at, &context)?;
    not_of_superusers(&at, DIRECTLY)?;
    let (visit, form) = read(&state, ip, at, context, body).await?;
    let email = form.text("newEmail")?;
    // The only one that waits for the mail server.
    done_in(&state.mailings, &state, move |accounts| accounts.request_email_change(&visit, &identity.info.id, &email))
        .await
}

pub async fn confirm_email_change(
    State(state): State<ApiState>,
    ip: Extension<ClientIp>,
    at: InCollection,
    context: Context,
    body: HttpBody,
) -> Answer {
    not_of_superusers(&at, DIRECTLY)?;
    let (visit, form) = read(&state, ip, at, context, body).await?;
    let (token, password) = (form.text("token")?, form.text("password")?);
    done(&state, move |accounts| accounts.confirm_email_change(&visit, &token, &password)).await
}

/// A new secret for the caller's authenticator app.
pub async fn request_totp(
    State(state): State<ApiState>,
    ip: Extension<ClientIp>,
    at: InCollection,
    context: Context,
    body: HttpBody,
) -> Answer {
    totp_is_on(&state)?;
    let identity = own_record(&at, &context)?;
    let (visit, form) = read(&state, ip, at, context, body).await?;
    let password = form.text("password")?;
    let (accounts, turn) = (Arc::clone(state.app.accounts()), turn(&state).await?);
    let enrol = move || accounts.request_totp(&visit, &identity.info.id, &password);
    let enrolment = blocking_with(turn, enrol).await??;
    let answer = json!({ "secret": enrolment.secret, "uri": enrolment.uri });
    Ok(json_response(answer.to_string().into_bytes()))
}

pub async fn confirm_totp(
    State(state): State<ApiState>,
    ip: Extension<ClientIp>,
    at: InCollection,
    context: Context,
    body: HttpBody,
) -> Answer {
    totp_is_on(&state)?;
    let identity = own_record(&at, &context)?;
    let (visit, form) = read(&state, ip, at, context, body).await?;
    let code = form.text("code")?;
    done(&state, move |accounts| accounts.confirm_totp(&visit, &identity.info.id, &code)).await
}

/// For the owner with his password, and for superusers.
pub async fn remove_totp(
    State(state): State<ApiState>,
    ip: Extension<ClientIp>,
    at: InCollection,
    context: Context,
    body: HttpBody,
) -> Answer {
    totp_is_on(&state)?;
    auth_collection(&at)?;
    let own = context.caller.identity.as_ref().ok_or_else(ApiError::unauthorized)?;
    let owner = own.info.collection_id == at.collection.id && own.info.id == at.id;
    if !owner && !context.is_superuser() {
        return Err(ApiError::forbidden("The authorized record is not allowed to perform this action."));
    }
    let id = at.id.clone();
    let (visit, form) = read(&state, ip, at, context, body).await?;
    let password = form.text("password")?;
    done(&state, move |accounts| accounts.remove_totp(&visit, &id, &password)).await
}

/// Refused before the body is looked at.
fn not_of_superusers(at: &InCollection, message: &str) -> Result<(), ApiError> {
    auth_collection(at)?;
    if at.collection.is_superusers() { Err(ApiError::bad_request(message)) } else { Ok(()) }
}

async fn read(
    state: &ApiState,
    Extension(ip): Extension<ClientIp>,
    at: InCollection,
    context: Context,
    body: HttpBody,
) -> Result<(Visit, Form), ApiError> {
    let form = Form::read(&context, body).await?;
    Ok((visit(state, at, &context, ip, &form, "default"), form))
}

/// Runs the one call of a handler; 204 when it succeeds.
async fn done(state: &ApiState, work: impl FnOnce(&Arc<Accounts>) -> Result<(), AuthError> + Send + 'static) -> Answer {
    done_in(&state.logins, state, work).await
}

/// The same, in a turn of a queue.
async fn done_in(
    turns: &Arc<Semaphore>,
    state: &ApiState,
    work: impl FnOnce(&Arc<Accounts>) -> Result<(), AuthError> + Send + 'static,
) -> Answer {
    let accounts = Arc::clone(state.app.accounts());
    let turn = turn_of(turns).await?;
    blocking_with(turn, move || work(&accounts)).await??;
    Ok(no_content())
}

//! `auth-with-oauth2`, the page that providers send the browser to, and Apple's client secret.

use super::auth::{auth_collection, outcome, turn_of, visit};
use super::client_ip::ClientIp;
use super::context::{Context, InCollection, Superuser, blocking_with};
use super::error::{Answer, json_response};
use super::form::Form;
use super::middleware::Unlogged;
use super::{ApiError, ApiState};
use crate::auth::{self, OAuth2Login};
use crate::oauth2::Secret;
use axum::Extension;
use axum::body::Body as HttpBody;
use axum::extract::State;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::json;
use std::sync::Arc;

/// What the client of a login subscribes to.
const TOPIC: &str = "@oauth2";

pub async fn login(
    State(state): State<ApiState>,
    Extension(ip): Extension<ClientIp>,
    at: InCollection,
    context: Context,
    body: HttpBody,
) -> Answer {
    auth_collection(&at)?;
    auth::require_oauth2(&at.collection)?;
    let form = Form::read(&context, body).await?;
    let redirect_url = match form.text("redirectURL")? {
        // What clients called it before.
        empty if empty.is_empty() => form.text("redirectUrl")?,
        url => url,
    };
    let login = OAuth2Login {
        provider: form.text("provider")?,
        code: form.text("code")?,
        code_verifier: form.text("codeVerifier")?,
        redirect_url,
        create_data: form.object("createData")?,
    };
    let visit = visit(&state, at, &context, ip, &form, "oauth2");
    let (accounts, turn) = (Arc::clone(state.app.accounts()), turn_of(&state.providers).await?);
    outcome(blocking_with(turn, move || accounts.with_oauth2(&visit, login)).await?)
}

/// Where a provider sends the browser, with its answer in the query.
pub async fn redirected(
    State(state): State<ApiState>,
    Extension(ip): Extension<ClientIp>,
    context: Context,
) -> Response<HttpBody> {
    let text = |name: &str| context.query.get(name).to_owned();
    let redirect = Redirect { state: text("state"), code: text("code"), error: text("error"), user: String::new() };
    let status = if context.method == Method::GET { StatusCode::TEMPORARY_REDIRECT } else { StatusCode::SEE_OTHER };
    redirect.finish(&state, &ip.0, status)
}

/// The same with its answer in a form.
pub async fn posted(
    State(state): State<ApiState>,
    Extension(ip): Extension<ClientIp>,
    context: Context,
    body: HttpBody,
) -> Response<HttpBody> {
    let redirect = Redirect::read(&context, body).await.unwrap_or_default();
    redirect.finish(&state, &ip.0, StatusCode::SEE_OTHER)
}

/// What a provider sends the browser back with.
#[derive(Default)]
struct Redirect {
    /// The realtime client that waits for it.
    state: String,
    code: String,
    error: String,
    /// Apple's, with a name that it tells only here.
    user: String,
}

impl Redirect {
    async fn read(context: &Context, body: HttpBody) -> Result<Self, ApiError> {
        let form = Form::read(context, body).await?;
        let user = form.values.get("user").map(|user| match user {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        Ok(Self {
            state: form.text("state")?,
            code: form.text("code")?,
            error: form.text("error")?,
            user: user.unwrap_or_default(),
        })
    }

    fn finish(self, state: &ApiState, ip: &str, status: StatusCode) -> Response<HttpBody> {
        let mut message = json!({ "state": self.state, "code": self.code });
        if !self.error.is_empty() {
            message["error"] = self.error.as_str().into();
        }
        let told = !self.state.is_empty() && state.app.realtime().send_once(&self.state, ip, TOPIC, &message);
        if told && !self.user.is_empty() {
            state.app.accounts().oauth2_names.remember(&self.code, &self.user);
        }
        let page = match told && self.error.is_empty() && !self.code.is_empty() {
            true => "../_/#/auth/oauth2-redirect-success",
            false => "../_/#/auth/oauth2-redirect-failure",
        };
        let mut response = Response::new(HttpBody::empty());
        *response.status_mut() = status;
        response.headers_mut().insert(header::LOCATION, HeaderValue::from_static(page));
        response.extensions_mut().insert(Unlogged);
        response
    }
}

pub async fn apple_client_secret(caller: Superuser, body: HttpBody) -> Answer {
    let form = Form::read(&caller.context, body).await?;
    let secret = Secret {
        client_id: form.text("clientId")?,
        team_id: form.text("teamId")?,
        key_id: form.text("keyId")?,
        private_key: form.text("privateKey")?,
        duration: form.integer("duration")?,
    };
    let errors = secret.check();
    if !errors.is_empty() {
        return Err(ApiError::bad_request("Invalid client secret data.").with_data(&errors));
    }
    let signed = secret.sign();
    let signed = signed
        .map_err(|error| ApiError::bad_request(format!("Failed to generate client secret. Raw error: {error}")))?;
    Ok(json_response(json!({ "secret": signed }).to_string().into_bytes()))
}

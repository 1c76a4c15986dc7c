//! A request on its way to a handler: caller, query and headers.

use super::query::QueryParams;
use super::{ApiError, ApiState};
use crate::App;
use crate::auth::Identity;
use crate::query::RequestInfo;
use crate::records::Pending;
use crate::schema::Collection;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Set by the middleware: who calls, and with what token.
#[derive(Clone, Default)]
pub struct Caller {
    pub identity: Option<Arc<Identity>>,
    pub token: String,
}

/// Everything of a request but its body.
pub struct Context {
    app: App,
    pub caller: Caller,
    pub method: Method,
    pub query: QueryParams,
    pub headers: HeaderMap,
}

impl FromRequestParts<ApiState> for Context {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        Ok(Self {
            app: state.app.clone(),
            caller: parts.extensions.get::<Caller>().cloned().unwrap_or_default(),
            method: parts.method.clone(),
            query: QueryParams::parse(parts.uri.query()),
            // Handlers get the headers from here; nothing reads them from the request afterwards.
            headers: std::mem::take(&mut parts.headers),
        })
    }
}

impl Context {
    /// Verifies the caller once more. Between the head of a request and the end of its body any time may pass, and a
    /// token that was revoked meanwhile must not write.
    ///
    /// # Errors
    /// 401 when the token no longer holds.
    pub async fn confirm_caller(&self) -> Result<(), ApiError> {
        if self.caller.identity.is_none() || identify(&self.app, &self.caller.token).await.is_some() {
            return Ok(());
        }
        Err(ApiError::unauthorized())
    }

    /// The request as rules see it. Headers and query are only carried where a rule, a handler or a superuser
    /// may ask for them.
    pub fn info(&self, state: &ApiState, context: &str) -> Arc<RequestInfo> {
        let catalog = state.app.records().catalog.load();
        let all = self.is_superuser() || state.app.hooks().sees_requests();
        let asked = |root| all || catalog.mentions(root);
        let headers = if asked("@request.headers.") { headers(&self.headers) } else { BTreeMap::new() };
        let query = if asked("@request.query.") { self.query.clone().into_map() } else { BTreeMap::new() };
        Arc::new(RequestInfo {
            context: context.to_owned(),
            method: self.method.as_str().to_owned(),
            query,
            headers,
            body: Arc::default(),
            uploaded: BTreeSet::new(),
            auth: self.caller.identity.as_ref().map(|identity| identity.info.clone()),
        })
    }

    pub fn is_superuser(&self) -> bool {
        self.caller.identity.as_ref().is_some_and(|identity| identity.info.is_superuser())
    }
}

/// A superuser and what he asks for; everyone else is refused.
pub struct Superuser {
    pub context: Context,
}

impl FromRequestParts<ApiState> for Superuser {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let context = Context::from_request_parts(parts, state).await?;
        if context.is_superuser() {
            return Ok(Self { context });
        }
        Err(match context.caller.identity {
            None => ApiError::unauthorized(),
            Some(_) => ApiError::forbidden("The authorized record is not allowed to perform this action."),
        })
    }
}

/// The identity of a token: remembered, or verified now.
pub async fn identify(app: &App, token: &str) -> Option<Arc<Identity>> {
    if let Some(identity) = app.identities().recall(app.records(), token) {
        return Some(identity);
    }
    let (verifying, owned) = (app.clone(), token.to_owned());
    let readers = app.records().db.readers();
    let verified =
        readers.submit(move |connection| verifying.identities().verify(verifying.records(), connection, &owned));
    verified.await.ok().flatten()
}

/// First value of each header but the host, by the snake-cased form of Go's canonical name: `X-My-Token` is `x_my_token`.
pub fn headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers
        .keys()
        .filter(|name| *name != axum::http::header::HOST)
        .filter_map(|name| {
            let value = headers.get(name)?.to_str().ok()?;
            Some((name.as_str().replace('-', "_"), value.to_owned()))
        })
        .collect()
}

/// The collection of the path.
pub struct InCollection {
    pub collection: Arc<Collection>,
    /// The record id of the path, where it has one.
    pub id: String,
}

impl FromRequestParts<ApiState> for InCollection {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| ApiError::missing_route())?;
        let (mut name, mut id) = ("", "");
        for (key, value) in &params {
            match key {
                "collection" => name = value,
                "id" => id = value,
                _ => {}
            }
        }
        let reads = matches!(parts.method, Method::GET | Method::HEAD | Method::DELETE);
        let records = parts.uri.path().contains("/records");
        let message =
            if reads && records { "Missing collection context." } else { "Missing or invalid collection context." };
        let collection = state.app.collection(name).ok_or_else(|| ApiError::not_found(message))?;
        Ok(Self { collection, id: id.to_owned() })
    }
}

/// Awaits core work without blocking the executor.
///
/// # Errors
/// What the core refused with; 500 when it is gone.
pub async fn finish<T: Send + 'static>(pending: Pending<T>) -> Result<T, ApiError> {
    let lost = |_| ApiError::internal("a database job did not return");
    let result = match pending {
        Pending::Ready(result) => result,
        Pending::Queued(result) => result.await.map_err(lost)?,
        Pending::Blocking(work) => blocking(work).await?,
        Pending::Tried(result, work) => match result.await.map_err(lost)?? {
            Some(done) => return Ok(done),
            None => blocking(work).await?,
        },
    };
    Ok(result?)
}

/// [`finish`] in a turn of a queue, which ends with the work.
///
/// # Errors
/// As [`finish`].
pub async fn finish_in<T: Send + 'static>(turn: impl Send + 'static, pending: Pending<T>) -> Result<T, ApiError> {
    match pending {
        Pending::Blocking(work) => Ok(blocking_with(turn, work).await??),
        other => finish(other).await,
    }
}

/// Runs work that blocks on a thread made for it, with what bounds how much of it there is at once.
///
/// The guard goes with the work and not with the request: a client that hangs up ends the request, and the work goes on.
///
/// # Errors
/// As [`blocking`].
pub async fn blocking_with<T: Send + 'static>(
    guard: impl Send + 'static,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    blocking(move || {
        let _guard = guard;
        work()
    })
    .await
}

/// Runs work that blocks on a thread made for it. Whatever bounds such work must not be held by the caller while it waits:
/// see [`blocking_with`].
///
/// # Errors
/// 500 when the work panicked.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| ApiError::internal(error.to_string()))
}

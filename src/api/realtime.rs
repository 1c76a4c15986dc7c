//! `/api/realtime`: the stream of server-sent events, and what a client wants to hear of.

use super::client_ip::ClientIp;
use super::context::{Context, blocking};
use super::decode;
use super::error::{Answer, ended, no_content};
use super::middleware::{Endless, Unlogged};
use super::{ApiError, ApiState, body};
use crate::events::RealtimeConnectEvent;
use crate::realtime::{Client, Registry, SubscribeError, subscribe};
use axum::Extension;
use axum::body::Body as HttpBody;
use axum::extract::State;
use axum::http::{HeaderValue, Response, header};
use bytes::Bytes;
use serde_json::Value as Json;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

const IDLE_TIMEOUT: Duration = Duration::from_secs(5 * 60);
const MAX_TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// How long a client that was written to a moment ago waits for the next write, for each subscription that there is: the
/// more listen, the longer it takes to write to all of them. Whoever was not written to is written to at once, and so is
/// whoever has enough waiting to be worth a write.
const WRITE_INTERVAL: Duration = Duration::from_micros(30);
const SHORTEST_INTERVAL: Duration = Duration::from_millis(10);
const LONGEST_INTERVAL: Duration = Duration::from_millis(100);
/// Bytes after which no further waiting event is added to a write. Some writes are kept for each connection that takes
/// none, so they are small.
const GATHERED: usize = 4 * 1024;
/// What is longer, as handlers may ask for, has no end in practice, and moments that far away cannot be told.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
const LOADING: &str = "Something went wrong while processing your request.";

pub async fn connect(State(state): State<ApiState>, Extension(ip): Extension<ClientIp>) -> Answer {
    let registry = Arc::clone(state.app.realtime().registry());
    let app = state.app.clone();
    let accept = move || {
        let mut event = RealtimeConnectEvent { idle_timeout: IDLE_TIMEOUT, max_timeout: MAX_TIMEOUT };
        let mut session = None;
        app.hooks().requests.realtime_connect.trigger(&[], &mut event, &mut |event| {
            session = registry.connect(&ip.0).map(|client| Session {
                prefix: format!("id:{}\n", client.id).into(),
                idle_timeout: event.idle_timeout,
                end: Instant::now() + event.max_timeout.min(LONGEST),
                registry: Arc::clone(&registry),
                client,
                next_write: Instant::now(),
            });
            Ok(())
        })?;
        Ok::<_, ApiError>(session)
    };
    // Handlers may take their time; without any there is no need for a thread of its own.
    let session =
        if state.app.hooks().requests.realtime_connect.is_bound() { blocking(accept).await?? } else { accept()? };
    let Some(session) = session else { return Ok(ended()) };
    let hello = serde_json::json!({ "clientId": session.client.id }).to_string();
    state.app.realtime().greet(&session.client, &hello);
    let mut response = Response::new(HttpBody::from_stream(session.into_stream()));
    response.extensions_mut().insert(Unlogged);
    response.extensions_mut().insert(Endless);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// A client's stream. Dropping it, as happens when the client goes away, takes the client out of the registry.
struct Session {
    registry: Arc<Registry>,
    client: Arc<Client>,
    /// The earliest moment of the next write.
    next_write: Instant,
    /// The first line of every event; what follows it is shared by all clients.
    prefix: Bytes,
    idle_timeout: Duration,
    end: Instant,
}

impl Session {
    fn into_stream(self) -> impl futures_util::Stream<Item = Result<Bytes, Infallible>> + Send {
        futures_util::stream::unfold(self, |mut session| async move {
            let deadline = session.end.min(Instant::now() + session.idle_timeout.min(LONGEST));
            let first = tokio::time::timeout_at(deadline, session.client.next()).await.ok().flatten()?;
            // What comes while others do is one write, however many events it is: system calls are what a fan-out costs.
            tokio::time::sleep_until(session.next_write).await;
            let mut events = Vec::with_capacity(session.prefix.len() + first.len());
            let mut next = Some(first);
            while let Some(message) = next {
                events.extend_from_slice(&session.prefix);
                events.extend_from_slice(&message);
                next = if events.len() < GATHERED { session.client.waiting() } else { None };
            }
            if events.len() < GATHERED {
                session.next_write = Instant::now() + session.write_interval();
            }
            Some((Ok(Bytes::from(events)), session))
        })
    }

    fn write_interval(&self) -> Duration {
        let subscriptions = u32::try_from(self.registry.subscriptions()).unwrap_or(u32::MAX);
        WRITE_INTERVAL.saturating_mul(subscriptions).clamp(SHORTEST_INTERVAL, LONGEST_INTERVAL)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.registry.disconnect(&self.client);
    }
}

pub async fn set_subscriptions(
    State(state): State<ApiState>,
    Extension(ip): Extension<ClientIp>,
    context: Context,
    body: HttpBody,
) -> Answer {
    let loading = || ApiError::bad_request(LOADING);
    let mut form = body::form_of(&context, body, body::DEFAULT_VALUES, LOADING).await.map_err(|error| {
        match error.message.as_str() {
            decode::UNSUPPORTED => loading(),
            _ => error,
        }
    })?;
    let is_form = !decode::is_json(&context.headers);
    let client_id = match form.values.get("clientid") {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(id)) => id.clone(),
        Some(Json::Array(ids)) if is_form => ids.first().and_then(Json::as_str).unwrap_or_default().to_owned(),
        Some(_) => return Err(loading()),
    };
    let subscriptions = match form.values.remove("subscriptions") {
        None | Some(Json::Null) => Vec::new(),
        // A form with one value.
        Some(Json::String(key)) if is_form => vec![key],
        Some(mut list) => {
            crate::json::texts(&mut list);
            serde_json::from_value(list).map_err(|_| loading())?
        }
    };
    let app = state.app.clone();
    let identity = context.caller.identity.clone();
    let done = blocking(move || {
        let caller = identity.map(|identity| app.client_auth(&identity.info)).transpose()?.flatten();
        let realtime = app.realtime();
        let done = subscribe(realtime.registry(), app.hooks(), &client_id, subscriptions, caller, &ip.0)?;
        if let Some(client) = realtime.registry().client(&client_id).filter(|_| done) {
            realtime.confirm(&client);
        }
        Ok(done)
    });
    let done = done.await?.map_err(|error: Failure| ApiError::from(error))?;
    Ok(if done { no_content() } else { ended() })
}

/// Why a subscribe failed: the client's fault, or the database's.
enum Failure {
    Subscribe(SubscribeError),
    Db(crate::db::DbError),
}

impl From<SubscribeError> for Failure {
    fn from(error: SubscribeError) -> Self {
        Self::Subscribe(error)
    }
}

impl From<crate::db::DbError> for Failure {
    fn from(error: crate::db::DbError) -> Self {
        Self::Db(error)
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        let error = match failure {
            Failure::Db(error) => return error.into(),
            Failure::Subscribe(error) => error,
        };
        let message = error.to_string();
        match error {
            SubscribeError::Invalid(data) => Self::bad_request(LOADING).with_data(&data),
            SubscribeError::NoClient => Self::not_found(message),
            SubscribeError::OtherAddress => Self::bad_request(message),
            SubscribeError::OtherAuth => Self::forbidden(message),
            SubscribeError::Event(error) => error.into(),
        }
    }
}

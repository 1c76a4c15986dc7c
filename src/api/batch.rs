//! `POST /api/batch`: several writes of records, all or none (spec 02 §9).

use super::auth::{has_password, turn};
use super::body::{self, Limits};
use super::client_ip::ClientIp;
use super::context::{Context, blocking_with, headers};
use super::error::json_response;
use super::query::QueryParams;
use super::rate_limits::{self, Asker};
use super::{ApiError, ApiState};
use crate::events::{BatchEvent, BatchRequest, EventError};
use crate::picker::Fields;
use crate::query::RequestInfo;
use crate::records::{BatchAction, BatchError, BatchItem, Body, RecordError, Upload, WriteRequest};
use crate::schema::{ErrorTree, FieldError};
use axum::Extension;
use axum::body::Body as HttpBody;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

const UNREADABLE: &str = "Failed to read the submitted batch data.";
const FAILED: &str = "Batch transaction failed.";
const DEFAULT_LIMIT: u64 = 128 << 20;
/// JSON values of all requests together.
const MAX_VALUES: usize = 2_000_000;
const DEFAULT_TIMEOUT: u64 = 3;
const MAX_URL: usize = 2000;

/// What all requests of a batch have in common.
struct Batch {
    state: ApiState,
    context: Context,
    ip: ClientIp,
    /// Headers of the batch itself, which its requests have too.
    headers: BTreeMap<String, String>,
    timeout: Duration,
}

pub async fn run(
    State(state): State<ApiState>,
    Extension(ip): Extension<ClientIp>,
    context: Context,
    body: HttpBody,
) -> Result<Response<HttpBody>, ApiError> {
    let settings = state.app.settings();
    let max = usize::try_from(settings.batch.max_requests).unwrap_or(0);
    let mut parsed = read(&state, &context, body, settings.batch.enabled && max > 0).await?;
    let room = parsed.room.take();
    let requests = requests(parsed).ok_or_else(|| ApiError::bad_request(UNREADABLE))?;
    let errors = check(&requests, max);
    if !errors.is_empty() {
        return Err(ApiError::bad_request("Invalid batch request data.").with_data(&errors));
    }
    let hashes = requests.iter().any(|request| {
        let collection = target(&request.url).and_then(|(name, _)| state.app.collection(name));
        collection.is_some_and(|collection| has_password(&collection, &request.body))
    });
    let turn = if hashes { Some(turn(&state).await?) } else { None };
    let seconds = u64::try_from(settings.batch.timeout).ok().filter(|time| *time > 0).unwrap_or(DEFAULT_TIMEOUT);
    let headers = headers(&context.headers);
    let batch = Batch { state, context, ip, headers, timeout: Duration::from_secs(seconds) };
    Ok(json_response(blocking_with((turn, room), move || batch.run(requests)).await??))
}

/// Reads the body. What is wrong with it is told only where it would have been looked at.
async fn read(state: &ApiState, context: &Context, body: HttpBody, allowed: bool) -> Result<Body, ApiError> {
    let size = state.app.settings().batch.max_body_size;
    let size = u64::try_from(size).ok().filter(|size| *size > 0).unwrap_or(DEFAULT_LIMIT);
    let spool = state.app.records().files.spool();
    let query = QueryParams::default();
    let limits = Limits { values: MAX_VALUES, ..Limits::both(size) };
    match body::receive(context, &query, body, limits, spool, |_| allowed).await {
        Err(error) if error.status != StatusCode::BAD_REQUEST => Err(error),
        _ if !allowed => Err(ApiError::forbidden("Batch requests are not allowed.")),
        parsed => parsed.map_err(|error| ApiError { message: UNREADABLE.into(), ..error }),
    }
}

impl Batch {
    /// Runs the requests inside the handlers of batches, which may change them.
    fn run(&self, requests: Vec<BatchRequest>) -> Result<Vec<u8>, ApiError> {
        let mut event = BatchEvent { requests };
        let mut answer = Ok(Vec::new());
        let app = &self.state.app;
        let heard = app.records().around_answer(&app.hooks().requests.batch, &[], &mut event, &mut |event| {
            answer = self.write(std::mem::take(&mut event.requests));
            match &answer {
                Ok(_) => Ok(()),
                Err(error) => Err(EventError::failed(&error.message)),
            }
        });
        let answer = answer?;
        heard?;
        Ok(answer)
    }

    fn write(&self, requests: Vec<BatchRequest>) -> Result<Vec<u8>, ApiError> {
        let mut picks = Vec::with_capacity(requests.len());
        let mut writes = Vec::with_capacity(requests.len());
        for request in requests {
            let query = QueryParams::parse(request.url.split_once('?').map(|(_, query)| query));
            // A delete answers nothing that could be picked from.
            let picked = if request.method == "DELETE" { Ok(None) } else { Fields::parse(query.get("fields")) };
            let write = self.resolve(request, query);
            writes.push(write.map(|write| BatchItem { answerable: picked.is_ok(), ..write }));
            picks.push(picked.unwrap_or_default());
        }
        match self.state.app.records().batch(writes, self.timeout) {
            Ok(answers) => Ok(render(&answers, &picks)),
            Err(BatchError::Item(_, error)) if error.is_fault() => Err(error.into()),
            Err(BatchError::Item(at, error)) => Err(refused_item(at, error)),
            Err(BatchError::Db(error)) if error.is_fault() => Err(error.into()),
            Err(BatchError::Db(error)) => {
                Err(ApiError { cause: Some(error.to_string()), ..ApiError::bad_request(FAILED) })
            }
            Err(BatchError::After(error)) if error.status.is_some() => Err(error.into()),
            Err(BatchError::Failed(cause) | BatchError::After(EventError { message: cause, .. })) => {
                Err(ApiError { cause: Some(cause), ..ApiError::bad_request(FAILED) })
            }
        }
    }

    /// What the request asks for, or the error that it would have had alone.
    fn resolve(&self, sent: BatchRequest, query: QueryParams) -> Result<BatchItem, RecordError> {
        let (name, id) = target(&sent.url).ok_or_else(unknown_action)?;
        let id = id.map(str::to_owned);
        let mut body = Body { values: sent.body, uploads: sent.uploads, ..Body::default() };
        let tags = match (sent.method.as_str(), &id) {
            ("POST" | "PUT", None) => rate_limits::CREATE,
            ("PATCH", Some(_)) => rate_limits::UPDATE,
            ("DELETE", Some(_)) => rate_limits::DELETE,
            _ => return Err(unknown_action()),
        };
        let Self { state, context, ip, .. } = self;
        let missing = || RecordError::refused(404, "Missing collection context.");
        let collection = state.app.collection(name).ok_or_else(missing)?;
        let identity = context.caller.identity.as_ref();
        let asker = Asker { ip: &ip.0, authenticated: identity.is_some(), superuser: context.is_superuser() };
        let path = sent.url.split(['?', '#']).next().unwrap_or_default();
        if !state.limiter.admits_in_batch(&state.app, &collection, tags, (&sent.method, path), asker) {
            return Err(RecordError::refused(429, "Too Many Requests."));
        }
        body.uploads.retain(|upload| body::is_file_key(&collection, &upload.key));
        let action = match (sent.method.as_str(), id) {
            ("PATCH", Some(id)) => BatchAction::Update { id, body },
            (_, Some(id)) => BatchAction::Delete { id },
            ("POST", None) => BatchAction::Create(body),
            (_, None) => BatchAction::Upsert(body),
        };
        let mut headers = self.headers.clone();
        // Who asks is who sent the batch.
        headers.extend(sent.headers.into_iter().filter(|(name, _)| name != "authorization"));
        let expand = query.get("expand").to_owned();
        let mut request = RequestInfo {
            context: "batch".into(),
            method: sent.method,
            query: query.into_map(),
            headers,
            body: Arc::default(),
            uploaded: BTreeSet::new(),
            auth: identity.map(|identity| identity.info.clone()),
        };
        request.become_form();
        Ok(BatchItem {
            write: WriteRequest { collection, request: Arc::new(request), expand },
            action,
            answerable: true,
        })
    }
}

/// The collection that a request of a batch is about, and the record.
fn target(url: &str) -> Option<(&str, Option<&str>)> {
    let path = url.split('?').next().unwrap_or_default();
    let segments: Vec<&str> = path.split('/').collect();
    match segments[..] {
        ["", "api", "collections", name, "records"] if !name.is_empty() => Some((name, None)),
        ["", "api", "collections", name, "records", id] if !name.is_empty() && !id.is_empty() => Some((name, Some(id))),
        _ => None,
    }
}

/// The submitted requests with their files; `None` for anything of the wrong type.
fn requests(parsed: Body) -> Option<Vec<BatchRequest>> {
    let list = match member(&parsed.values, "requests")? {
        None => return Some(Vec::new()),
        Some(list) => list.as_array()?,
    };
    let mut requests = list.iter().map(request).collect::<Option<Vec<BatchRequest>>>()?;
    for upload in parsed.uploads {
        let Some((at, key)) = file_key(&upload.key) else { continue };
        let key = key.to_owned();
        if let Some(request) = requests.get_mut(at) {
            request.uploads.push(Upload { key, ..upload });
        }
    }
    Some(requests)
}

fn request(sent: &Json) -> Option<BatchRequest> {
    let sent = sent.as_object()?;
    let text = |key: &str| match member(sent, key)? {
        None => Some(String::new()),
        Some(value) => value.as_str().map(str::to_owned),
    };
    let headers = match member(sent, "headers")? {
        None => BTreeMap::new(),
        Some(headers) => {
            let pairs = headers.as_object()?.iter();
            let text = |value: &Json| value.as_str().or(value.is_null().then_some("")).map(str::to_owned);
            // As rules see them: `X-My-Token` is `x_my_token`.
            pairs
                .map(|(name, value)| Some((name.to_lowercase().replace('-', "_"), text(value)?)))
                .collect::<Option<_>>()?
        }
    };
    let body = match member(sent, "body")? {
        None => Map::new(),
        Some(body) => body.as_object()?.clone(),
    };
    Some(BatchRequest { method: text("method")?, url: text("url")?, headers, body, uploads: Vec::new() })
}

/// Keys of fixed forms match in any case; null is absent. `None` where two keys match.
fn member<'a>(object: &'a Map<String, Json>, key: &str) -> Option<Option<&'a Json>> {
    let mut found = object.iter().filter(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value);
    let value = found.next().filter(|value| !value.is_null());
    found.next().is_none().then_some(value)
}

/// `requests.0.file` and `requests[0].file`.
fn file_key(key: &str) -> Option<(usize, &str)> {
    let rest = key.strip_prefix("requests")?;
    let (at, field) = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once("]."),
        None => rest.strip_prefix('.')?.split_once('.'),
    }?;
    Some((at.parse().ok()?, field))
}

fn check(requests: &[BatchRequest], max: usize) -> ErrorTree {
    let too_long = |max: usize| {
        let message = format!("The length must be no more than {max}.");
        FieldError::new("validation_length_too_long", message).with("min", 0).with("max", max)
    };
    if requests.is_empty() {
        return ErrorTree::single("requests", FieldError::required());
    }
    if requests.len() > max {
        return ErrorTree::single("requests", too_long(max));
    }
    let mut errors = ErrorTree::new();
    for (at, request) in requests.iter().enumerate() {
        let mut insert = |name: &str, error| errors.insert(&format!("requests.{at}.{name}"), error);
        match request.method.as_str() {
            "" => insert("method", FieldError::required()),
            "GET" | "POST" | "PUT" | "PATCH" | "DELETE" => {}
            _ => insert("method", FieldError::in_invalid()),
        }
        match request.url.len() {
            0 => insert("url", FieldError::required()),
            length if length > MAX_URL => insert("url", too_long(MAX_URL)),
            _ => {}
        }
    }
    errors
}

fn unknown_action() -> RecordError {
    RecordError::bad_request(&ApiError::generic().message)
}

fn render(answers: &[Option<Vec<u8>>], picks: &[Option<Fields>]) -> Vec<u8> {
    let mut out = b"[".to_vec();
    for (at, (answer, pick)) in answers.iter().zip(picks).enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_slice(b"{\"body\":");
        match (answer, pick) {
            (None, _) => out.extend_from_slice(b"null,\"status\":204}"),
            (Some(body), pick) => {
                match pick {
                    // A hook may have ended the request without an answer.
                    _ if body.is_empty() => out.extend_from_slice(b"null"),
                    None => out.extend_from_slice(body),
                    Some(fields) => out.extend_from_slice(&fields.apply(body)),
                }
                out.extend_from_slice(b",\"status\":200}");
            }
        }
    }
    out.push(b']');
    out
}

fn refused_item(at: usize, error: RecordError) -> ApiError {
    let response = ApiError::from(error);
    let cause = response.cause.clone().or_else(|| Some(format!("requests.{at}: {}", response.message)));
    let item = json!({
        "code": "batch_request_failed", "message": "Batch request failed.", "response": response.to_json(),
    });
    let data = json!({ "requests": { at.to_string(): item } });
    ApiError { data, cause, ..ApiError::new(StatusCode::BAD_REQUEST, FAILED) }
}

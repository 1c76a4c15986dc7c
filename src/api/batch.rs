//! `POST /api/batch`: several writes of records, all or none (spec 02 §9).

use super::client_ip::ClientIp;
use super::context::{Context, blocking, headers};
use super::error::json_response;
use super::query::QueryParams;
use super::rate_limits::{self, Asker};
use super::{ApiError, ApiState, body};
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
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const UNREADABLE: &str = "Failed to read the submitted batch data.";
const FAILED: &str = "Batch transaction failed.";
const DEFAULT_LIMIT: u64 = 128 << 20;
const DEFAULT_TIMEOUT: u64 = 3;
const MAX_URL: usize = 2000;

/// A request of the batch with the files that came for it.
struct Item {
    request: BatchRequest,
    uploads: Vec<Upload>,
}

pub async fn run(
    State(state): State<ApiState>,
    Extension(ip): Extension<ClientIp>,
    context: Context,
    body: HttpBody,
) -> Result<Response<HttpBody>, ApiError> {
    let settings = state.app.settings();
    let limit = u64::try_from(settings.batch.max_body_size).ok().filter(|limit| *limit > 0).unwrap_or(DEFAULT_LIMIT);
    let max = usize::try_from(settings.batch.max_requests).unwrap_or(0);
    let allowed = settings.batch.enabled && max > 0;
    let spool = state.app.records().files.spool();
    let parsed = match body::receive(&context, &QueryParams::default(), body, limit, spool, |_| allowed).await {
        // What is wrong with the body is told only where it would have been looked at.
        Err(error) if error.status != StatusCode::BAD_REQUEST => return Err(error),
        _ if !allowed => return Err(ApiError::forbidden("Batch requests are not allowed.")),
        parsed => parsed.map_err(|error| ApiError { message: UNREADABLE.into(), ..error })?,
    };
    let items = items(parsed).ok_or_else(|| ApiError::bad_request(UNREADABLE))?;
    let errors = check(&items, max);
    if !errors.is_empty() {
        return Err(ApiError::bad_request("Invalid batch request data.").with_data(&errors));
    }
    let seconds = u64::try_from(settings.batch.timeout).ok().filter(|time| *time > 0).unwrap_or(DEFAULT_TIMEOUT);
    let outer = headers(&context.headers);
    let (requests, uploads): (Vec<_>, Vec<_>) = items.into_iter().map(|item| (item.request, item.uploads)).unzip();
    let answered = blocking(move || {
        let mut event = BatchEvent { requests };
        let mut answer = Ok(Vec::new());
        let mut uploads = uploads.into_iter();
        let records = Arc::clone(state.app.records());
        let hook = &records.bus.requests.batch;
        let heard = hook.trigger(&[], &mut event, &mut |event| {
            let mut picks = Vec::with_capacity(event.requests.len());
            let mut writes = Vec::with_capacity(event.requests.len());
            for request in std::mem::take(&mut event.requests) {
                let query = QueryParams::parse(request.url.split_once('?').map(|(_, query)| query));
                match Fields::parse(query.get("fields")) {
                    Ok(fields) => picks.push(fields),
                    Err(error) => {
                        let told = EventError::failed(&error);
                        answer = Err(error.into());
                        return Err(told);
                    }
                }
                let item = Item { request, uploads: uploads.next().unwrap_or_default() };
                writes.push(resolve(&state, &context, &ip, &outer, item, query));
            }
            answer = match records.batch(writes, Duration::from_secs(seconds)) {
                Ok(answers) => Ok(render(&answers, &picks)),
                Err(BatchError::Item(at, error)) => Err(refused_item(at, error)),
                Err(BatchError::Failed(cause)) => Err(ApiError { cause: Some(cause), ..ApiError::bad_request(FAILED) }),
            };
            match &answer {
                Ok(_) => Ok(()),
                Err(error) => Err(EventError::failed(&error.message)),
            }
        });
        let answer = answer?;
        heard?;
        Ok::<_, ApiError>(answer)
    });
    Ok(json_response(answered.await??))
}

/// The submitted requests with their files; `None` for anything of the wrong type.
fn items(parsed: Body) -> Option<Vec<Item>> {
    let list = match member(&parsed.values, "requests") {
        None => return Some(Vec::new()),
        Some(list) => list.as_array()?,
    };
    let mut items = list.iter().map(item).collect::<Option<Vec<Item>>>()?;
    for upload in parsed.uploads {
        let Some((at, key)) = file_key(&upload.key) else { continue };
        let key = key.to_owned();
        if let Some(item) = items.get_mut(at) {
            item.uploads.push(Upload { key, ..upload });
        }
    }
    Some(items)
}

fn item(sent: &Json) -> Option<Item> {
    let sent = sent.as_object()?;
    let text = |key: &str| match member(sent, key) {
        None => Some(String::new()),
        Some(value) => value.as_str().map(str::to_owned),
    };
    let headers = match member(sent, "headers") {
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
    let body = match member(sent, "body") {
        None => Map::new(),
        Some(body) => body.as_object()?.clone(),
    };
    let request = BatchRequest { method: text("method")?, url: text("url")?, headers, body };
    Some(Item { request, uploads: Vec::new() })
}

/// Keys of fixed forms match in any case; null is absent.
fn member<'a>(object: &'a Map<String, Json>, key: &str) -> Option<&'a Json> {
    let found = object.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
    found.map(|(_, value)| value).filter(|value| !value.is_null())
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

fn check(items: &[Item], max: usize) -> ErrorTree {
    let too_long = |max: usize| {
        let message = format!("The length must be no more than {max}.");
        FieldError::new("validation_length_too_long", message).with("min", 0).with("max", max)
    };
    if items.is_empty() {
        return ErrorTree::single("requests", FieldError::required());
    }
    if items.len() > max {
        return ErrorTree::single("requests", too_long(max));
    }
    let mut errors = ErrorTree::new();
    for (at, Item { request, .. }) in items.iter().enumerate() {
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

/// What the item asks for, or the error that it would have had alone.
fn resolve(
    state: &ApiState,
    context: &Context,
    ip: &ClientIp,
    outer: &BTreeMap<String, String>,
    item: Item,
    query: QueryParams,
) -> Result<BatchItem, RecordError> {
    let Item { request: item, uploads } = item;
    let path = item.url.split('?').next().unwrap_or_default();
    let segments: Vec<&str> = path.split('/').collect();
    let (name, id) = match segments[..] {
        ["", "api", "collections", name, "records"] if !name.is_empty() => (name, None),
        ["", "api", "collections", name, "records", id] if !name.is_empty() && !id.is_empty() => (name, Some(id)),
        _ => return Err(unknown_action()),
    };
    let id = id.map(str::to_owned);
    let mut body = Body { values: item.body, uploads, ..Body::default() };
    let action = match (item.method.as_str(), id) {
        ("POST", None) => BatchAction::Create(Body::default()),
        ("PUT", None) => BatchAction::Upsert(Body::default()),
        ("PATCH", Some(id)) => BatchAction::Update { id, body: Body::default() },
        ("DELETE", Some(id)) => BatchAction::Delete { id },
        _ => return Err(unknown_action()),
    };
    let missing = || RecordError::refused(404, "Missing collection context.");
    let collection = state.app.collection(name).ok_or_else(missing)?;
    let tags = match action {
        BatchAction::Create(_) | BatchAction::Upsert(_) => rate_limits::CREATE,
        BatchAction::Update { .. } => rate_limits::UPDATE,
        BatchAction::Delete { .. } => rate_limits::DELETE,
    };
    let identity = context.caller.identity.as_ref();
    let asker = Asker { ip: &ip.0, authenticated: identity.is_some(), superuser: context.is_superuser() };
    if !state.limiter.admits_in_batch(&state.app, &collection, tags, asker) {
        return Err(RecordError::refused(429, "Too Many Requests."));
    }
    let is_file = |key: &str| {
        let field = collection.field(key.trim_matches('+'));
        field.is_some_and(|field| matches!(field.kind, crate::schema::FieldKind::File(_)))
    };
    body.uploads.retain(|upload| is_file(&upload.key));
    let action = match action {
        BatchAction::Create(_) => BatchAction::Create(body),
        BatchAction::Upsert(_) => BatchAction::Upsert(body),
        BatchAction::Update { id, .. } => BatchAction::Update { id, body },
        delete => delete,
    };
    let mut headers = outer.clone();
    headers.extend(item.headers);
    let expand = query.get("expand").to_owned();
    let request = RequestInfo {
        context: "batch".into(),
        method: item.method,
        query: query.into_map(),
        headers,
        body: Map::new(),
        auth: context.caller.identity.as_ref().map(|identity| identity.info.clone()),
    };
    Ok(BatchItem { write: WriteRequest { collection, request: Arc::new(request), expand }, action })
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

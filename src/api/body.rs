//! Request bodies, read within bounds.
//!
//! Many small values take many times the bytes that they were sent in. So a body has a limit of values too, and large ones
//! wait for each other's memory.

use super::ApiError;
use super::context::{Context, blocking};
use super::decode;
use super::multipart::{self, Counted, Part};
use super::query::QueryParams;
use crate::files::Spool;
use crate::records::{Body, Room};
use crate::schema::Collection;
use crate::schema::fields::{Field, FieldKind};
use axum::body::Body as HttpBody;
use axum::http::{HeaderMap, Method, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};

/// Bytes of a body where no field allows more.
pub const DEFAULT_LIMIT: u64 = 32 << 20;

/// How long a client may take to send a body.
const PATIENCE: Duration = Duration::from_secs(300);
/// Bytes from which a body is worked on by a thread of its own.
pub const LARGE: usize = 256 << 10;
/// JSON values and keys of a body where no field allows more.
pub const DEFAULT_VALUES: usize = 100_000;
/// KiB of large bodies that are worked on at once.
const ROOM: u32 = 32 << 10;
static LARGE_BODIES: Semaphore = Semaphore::const_new(ROOM as usize);
/// Values of bodies that are worked on at once: each may take a KiB.
const ROOM_FOR_VALUES: u32 = 250_000;
static MANY_VALUES: Semaphore = Semaphore::const_new(ROOM_FOR_VALUES as usize);
/// How long a body waits until others have made room.
const ROOM_PATIENCE: Duration = Duration::from_secs(30);
const CROWDED: &str = "The server is busy with other large requests. Try again later.";
/// Values of a body that are not counted among those.
const FEW_VALUES: usize = 2000;
/// Bytes that somebody may send who may not write in any case.
pub const LOCKED_LIMIT: u64 = 1 << 20;

/// How many bytes a body may have.
#[derive(Clone, Copy)]
pub struct Limits {
    /// All of it.
    pub body: u64,
    /// What of it is no file, and so goes through memory: the whole of a body that is not multipart.
    pub texts: u64,
    /// JSON values and keys, those of all levels together.
    pub values: usize,
}

impl Limits {
    /// What a create or update of the collection may send.
    pub fn of(collection: &Collection) -> Self {
        let sum = |files: bool| {
            let fields = collection.fields.iter().filter(|field| files || !is_file(field));
            fields.map(|field| field.kind.as_type().body_allowance()).fold(DEFAULT_LIMIT, u64::saturating_add)
        };
        let values = collection.fields.iter().map(|field| field.kind.as_type().values_allowance());
        Self { body: sum(true), texts: sum(false), values: values.fold(DEFAULT_VALUES, usize::saturating_add) }
    }

    /// The same for all of a body.
    pub fn both(limit: u64) -> Self {
        Self { body: limit, texts: limit, values: DEFAULT_VALUES }
    }
}

/// Whether a key of a form is a file field of the collection, maybe with a modifier.
pub fn is_file_key(collection: &Collection, key: &str) -> bool {
    collection.field(key.trim_matches('+')).is_some_and(is_file)
}

fn is_file(field: &Field) -> bool {
    matches!(field.kind, FieldKind::File(_))
}

/// Takes in what a client goes on sending after it was refused, within bounds: a connection that is closed before all was
/// read is reset, and the client may never see why.
///
/// Returns how many bytes there were.
async fn discard(mut body: HttpBody) -> usize {
    const MOST: usize = 64 << 20;
    const PATIENCE: Duration = Duration::from_secs(2);
    let mut taken = 0;
    let reading = async {
        while let Some(Ok(frame)) = body.frame().await {
            taken += frame.data_ref().map_or(0, Bytes::len);
            if taken > MOST {
                return;
            }
        }
    };
    let _ = tokio::time::timeout(PATIENCE, reading).await;
    taken
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok())
}

/// Reads a whole body.
///
/// # Errors
/// 413 beyond the limit, 400 when the client breaks off, 408 when it takes too long, 401 when the caller's token was revoked
/// meanwhile.
pub async fn read(context: &Context, body: HttpBody, limit: u64) -> Result<Bytes, ApiError> {
    if announced(&context.headers).is_some_and(|length| length > limit) {
        discard(body).await;
        return Err(ApiError::too_large());
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let bytes = match tokio::time::timeout(PATIENCE, Limited::new(body, limit).collect()).await {
        Ok(Ok(collected)) => collected.to_bytes(),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => return Err(ApiError::too_large()),
        Ok(Err(_)) => return Err(ApiError::generic()),
        Err(_) => return Err(late()),
    };
    context.confirm_caller().await?;
    Ok(bytes)
}

fn late() -> ApiError {
    ApiError::new(StatusCode::REQUEST_TIMEOUT, "The request body took too long to arrive.")
}

/// Reads and decodes a body with its files: those under keys that are wanted. Files of a multipart body go to the spool
/// while they arrive.
///
/// # Errors
/// Those of [`read`] and [`parse`], and 507 when the disk is full.
pub async fn receive(
    context: &Context,
    query: &QueryParams,
    body: HttpBody,
    limits: Limits,
    spool: &Spool,
    wanted: impl Fn(&str) -> bool,
) -> Result<Body, ApiError> {
    let content_type = decode::content_type(&context.headers);
    if !content_type.starts_with("multipart/form-data") {
        let bytes = read(context, body, limits.texts.min(limits.body)).await?;
        return parse(&context.headers, query, bytes, limits.values).await;
    }
    if announced(&context.headers).is_some_and(|length| length > limits.body) {
        discard(body).await;
        return Err(ApiError::too_large());
    }
    let counted = Counted::new(body, limits.body);
    let reading = multipart::read(content_type, counted.clone(), limits.texts, Some(spool), wanted);
    let parts = tokio::time::timeout(PATIENCE, reading).await.unwrap_or_else(|_| Err(late()));
    let nothing = if parts.is_err() { discard(counted.rest()).await == 0 && counted.is_empty() } else { false };
    if counted.exceeded() {
        return Err(ApiError::too_large());
    }
    context.confirm_caller().await?;
    if nothing {
        return Ok(Body::default());
    }
    let parts = parts?;
    let texts = parts.iter().filter_map(|part| if let Part::Text { text, .. } = part { Some(text) } else { None });
    let (size, values) = texts.fold((0, parts.len()), |(size, values), text| {
        (size + text.len(), values.saturating_add(decode::values_at_most(text.as_bytes())))
    });
    let room = room(size, values.min(limits.values)).await?;
    if size <= LARGE {
        return Ok(Body { room, ..decode::form(query, parts, limits.values)? });
    }
    let query = query.clone();
    aside(room, async move || decode::form(&query, parts, limits.values)).await
}

/// Decodes a body by its content type, without the files of a multipart body. It may have so many values.
///
/// # Errors
/// 400 for a content type that is not known, a body that does not parse and one of too many values.
pub async fn parse(headers: &HeaderMap, query: &QueryParams, bytes: Bytes, values: usize) -> Result<Body, ApiError> {
    if bytes.is_empty() {
        return Ok(Body::default());
    }
    let room = room(bytes.len(), decode::values_at_most(&bytes).min(values)).await?;
    if bytes.len() <= LARGE {
        return Ok(Body { room, ..decode::decode(headers, query, bytes, values).await? });
    }
    let (headers, query) = (headers.clone(), query.clone());
    aside(room, async move || decode::decode(&headers, &query, bytes, values).await).await
}

/// Decodes a large body on a thread of its own: it would keep this one from all other requests. The room goes with the
/// work: a client that hangs up ends the request, and the work goes on.
async fn aside<F>(room: Option<Room>, decode: F) -> Result<Body, ApiError>
where
    F: AsyncFnOnce() -> Result<Body, ApiError> + Send + 'static,
{
    let runtime = tokio::runtime::Handle::current();
    blocking(move || Ok(Body { room, ..runtime.block_on(decode())? })).await?
}

/// Waits for room for so many bytes and values; what is larger than all the room gets all of it.
///
/// # Errors
/// 503 where others leave none for too long.
async fn room(bytes: usize, values: usize) -> Result<Option<Room>, ApiError> {
    let crowded = |_| ApiError::new(StatusCode::SERVICE_UNAVAILABLE, CROWDED);
    tokio::time::timeout(ROOM_PATIENCE, room_at_last(bytes, values)).await.map_err(crowded)?
}

async fn room_at_last(bytes: usize, values: usize) -> Result<Option<Room>, ApiError> {
    let part = async |of: &'static Semaphore, all: u32, wanted: usize, small: usize| match wanted {
        wanted if wanted <= small => Ok(None),
        wanted => of.acquire_many(u32::try_from(wanted).unwrap_or(all).min(all)).await.map(Some),
    };
    let closed = |error: AcquireError| ApiError::internal(error.to_string());
    let bytes = part(&LARGE_BODIES, ROOM, bytes >> 10, LARGE >> 10).await.map_err(closed)?;
    let values = part(&MANY_VALUES, ROOM_FOR_VALUES, values, FEW_VALUES).await.map_err(closed)?;
    let room: [Option<SemaphorePermit<'static>>; 2] = [bytes, values];
    Ok(room.iter().any(Option::is_some).then(|| Arc::new(room) as Room))
}

/// A body as one JSON object. The keys of a form lead with dots into objects; each of its texts has the type of what `like`
/// has in that place, a list there being one of texts if it holds any, and what has no place in it is nothing. What is made
/// of `null` has nothing.
///
/// # Errors
/// 400 with the `loading` message for whatever is none.
pub async fn object_of(
    context: &Context,
    body: HttpBody,
    like: &Json,
    loading: &str,
) -> Result<Map<String, Json>, ApiError> {
    let bytes = read(context, body, DEFAULT_LIMIT).await?;
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    // Only superusers send these.
    if decode::is_json(&context.headers) {
        return match crate::json::parse(&decode::with_plain_zeros(bytes)) {
            Ok(Json::Object(object)) => Ok(object),
            Ok(Json::Null) if context.method == Method::POST => Ok(Map::new()),
            _ => Err(ApiError::bad_request(loading)),
        };
    }
    let parsed = parse(&context.headers, &QueryParams::default(), bytes, usize::MAX).await;
    let Body { values: flat, room: _room, .. } = parsed.map_err(|error| error.told_as(loading))?;
    decode::object_like(flat, like).ok_or_else(|| ApiError::bad_request(loading))
}

/// The body of a fixed form, which may have so many values: keys in lower case, since they match in any. A content type that is not
/// known is named.
///
/// # Errors
/// 400 with the `loading` message for whatever is no object.
pub async fn form_of(context: &Context, body: HttpBody, allowed: usize, loading: &str) -> Result<Body, ApiError> {
    let bytes = read(context, body, DEFAULT_LIMIT).await?;
    let body = match parse(&context.headers, &context.query, bytes, allowed).await {
        Ok(body) => body,
        Err(error) if error.message == decode::UNSUPPORTED => return Err(error),
        Err(error) => return Err(error.told_as(loading)),
    };
    let values = body.values.into_iter().map(|(key, value)| (key.to_lowercase(), value)).collect();
    Ok(Body { values, ..body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_body_does_not_wait_for_room_for_ever() {
        let all = room(usize::MAX, 0).await.unwrap();
        assert_eq!(room(LARGE * 2, 0).await.map(drop).unwrap_err().status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(room(1, 1).await.unwrap().is_none());
        drop(all);
        assert!(room(LARGE * 2, FEW_VALUES * 2).await.unwrap().is_some());
    }
}

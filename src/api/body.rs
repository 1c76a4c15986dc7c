//! Request bodies: JSON, multipart and form, read into one shape (spec 02 §7.3).
//!
//! Many small values take many times the bytes that they were sent in. So a body has a limit of values too, and large ones
//! wait for each other's memory.

use super::ApiError;
use super::context::{Context, blocking};
use super::multipart::{self, Counted, Part};
use super::query::{QueryParams, flag};
use crate::files::{Spool, stored_name};
use crate::records::{Body, Room, Upload};
use crate::schema::Collection;
use crate::schema::fields::{Field, FieldKind, number_json};
use axum::body::Body as HttpBody;
use axum::http::{HeaderMap, Method, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};

pub const UNSUPPORTED: &str = "Unsupported Content-Type.";

/// Bytes of a body where no field allows more.
pub const DEFAULT_LIMIT: u64 = 32 << 20;

/// How long a client may take to send a body.
const PATIENCE: Duration = Duration::from_secs(300);
/// Bytes from which a body is worked on by a thread of its own.
pub const LARGE: usize = 256 << 10;
/// JSON values and keys of a body where no field allows more.
pub const DEFAULT_VALUES: usize = 100_000;
/// Keys of a body, those of its values not counted.
const MAX_KEYS: usize = 10_000;
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

fn content_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Reads a whole body.
///
/// # Errors
/// 413 beyond the limit, 400 when the client breaks off or takes too long, 401 when the caller's token was revoked
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
        Ok(Err(_)) | Err(_) => return Err(ApiError::generic()),
    };
    context.confirm_caller().await?;
    Ok(bytes)
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
    let content_type = content_type(&context.headers);
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
    let parts = tokio::time::timeout(PATIENCE, reading).await.unwrap_or_else(|_| Err(ApiError::generic()));
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
        (size + text.len(), values.saturating_add(values_at_most(text.as_bytes())))
    });
    let room = room(size, values.min(limits.values)).await?;
    if size <= LARGE {
        return Ok(Body { room, ..Form::of(query, parts, limits.values)? });
    }
    let query = query.clone();
    aside(room, async move || Form::of(&query, parts, limits.values)).await
}

/// Decodes a body by its content type, without the files of a multipart body. It may have so many values.
///
/// # Errors
/// 400 for a content type that is not known, a body that does not parse and one of too many values.
pub async fn parse(headers: &HeaderMap, query: &QueryParams, bytes: Bytes, values: usize) -> Result<Body, ApiError> {
    if bytes.is_empty() {
        return Ok(Body::default());
    }
    let room = room(bytes.len(), values_at_most(&bytes).min(values)).await?;
    if bytes.len() <= LARGE {
        return Ok(Body { room, ..parse_here(headers, query, bytes, values).await? });
    }
    let (headers, query) = (headers.clone(), query.clone());
    aside(room, async move || parse_here(&headers, &query, bytes, values).await).await
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

/// How many values and keys a text may hold, before it is read.
fn values_at_most(text: &[u8]) -> usize {
    1 + text.iter().filter(|byte| matches!(byte, b',' | b':' | b'[' | b'{' | b'&')).count()
}

async fn parse_here(
    headers: &HeaderMap,
    query: &QueryParams,
    bytes: Bytes,
    mut values: usize,
) -> Result<Body, ApiError> {
    let content_type = content_type(headers);
    if content_type.starts_with("application/json") {
        return Ok(object(&bytes, &mut values)?.into());
    }
    let mut form = Form::of_at_most(values);
    if content_type.starts_with("multipart/form-data") {
        let (texts, body) = (bytes.len() as u64, futures_util::stream::iter([Ok(bytes)]));
        return Form::of(query, multipart::read(content_type, body, texts, None, |_| false).await?, values);
    } else if content_type.starts_with("application/x-www-form-urlencoded") {
        if !bytes.split(|byte| *byte == b'&').all(super::query::is_well_formed) {
            return Err(ApiError::generic());
        }
        for (key, value) in form_urlencoded::parse(&bytes) {
            form.add(&key, &value)?;
        }
        form.add_query(query)?;
    } else if content_type.starts_with("text/xml") || content_type.starts_with("application/xml") {
        return Err(ApiError::generic());
    } else {
        return Err(ApiError::bad_request(UNSUPPORTED));
    }
    form.finish()
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
    if is_json(&context.headers) {
        return match crate::json::parse(&with_plain_zeros(bytes)) {
            Ok(Json::Object(object)) => Ok(object),
            Ok(Json::Null) if context.method == Method::POST => Ok(Map::new()),
            _ => Err(ApiError::bad_request(loading)),
        };
    }
    let parsed = parse(&context.headers, &QueryParams::default(), bytes, usize::MAX).await;
    let Body { values: flat, room: _room, .. } = parsed.map_err(|error| error.told_as(loading))?;
    let (mut object, mut whole) = (Map::new(), Map::new());
    for (key, value) in flat {
        // What is no text comes from `@jsonPayload`, which is laid over the rest.
        let Some(texts) = texts_of(&value) else {
            whole.insert(key, value);
            continue;
        };
        if let Some(like) = like.pointer(&format!("/{}", key.replace('.', "/"))) {
            nest(&mut object, &key, typed(&texts, like).ok_or_else(|| ApiError::bad_request(loading))?);
        }
    }
    for (key, value) in whole {
        lay_over(object.entry(key).or_insert(Json::Null), value);
    }
    Ok(object)
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
        Err(error) if error.message == UNSUPPORTED => return Err(error),
        Err(error) => return Err(error.told_as(loading)),
    };
    let values = body.values.into_iter().map(|(key, value)| (key.to_lowercase(), value)).collect();
    Ok(Body { values, ..body })
}

/// Whether the body is JSON by its header.
pub fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"application/json"))
}

/// Puts a value in the place of another, objects member by member.
fn lay_over(target: &mut Json, value: Json) {
    match (target, value) {
        (Json::Object(target), Json::Object(members)) => {
            for (key, value) in members {
                lay_over(target.entry(key).or_insert(Json::Null), value);
            }
        }
        (target, value) => *target = value,
    }
}

/// The texts of a form that became a value; `None` for what no form can say.
fn texts_of(value: &Json) -> Option<Vec<String>> {
    match value {
        Json::Array(items) if items.is_empty() => None,
        Json::Array(items) => items.iter().map(text_of).collect(),
        value => text_of(value).map(|text| vec![text]),
    }
}

/// The text that [`infer`] was given.
pub fn text_of(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(flag) => Some(flag.to_string()),
        Json::Number(number) => number.as_f64().map(|number| number.to_string()),
        _ => None,
    }
}

/// What the texts of a form are where something `like` this belongs. Of several the first counts where one is wanted.
fn typed(texts: &[String], like: &Json) -> Option<Json> {
    let first = texts.first()?;
    match like {
        Json::Null | Json::String(_) => Some(first.as_str().into()),
        Json::Bool(_) => flag(first).map(Json::Bool),
        Json::Number(_) if first.is_empty() => Some(0.into()),
        Json::Number(_) => first.parse::<i64>().ok().map(Json::from),
        Json::Array(items) if items.iter().any(Json::is_string) => Some(texts.into()),
        Json::Array(_) | Json::Object(_) => None,
    }
}

/// The text of a JSON document with `0` for `-0`: that is a whole number, of which serde makes a fraction.
pub fn with_plain_zeros(bytes: Bytes) -> Bytes {
    if !bytes.windows(2).any(|pair| pair == b"-0") {
        return bytes;
    }
    let mut out = Vec::with_capacity(bytes.len());
    let (mut quoted, mut escaped, mut before) = (false, false, b':');
    for (at, &byte) in bytes.iter().enumerate() {
        let digits = bytes[at + 1..].iter().take_while(|next| next.is_ascii_alphanumeric() || **next == b'.');
        let is_sign = !quoted && byte == b'-' && matches!(before, b':' | b',' | b'[');
        if !(is_sign && digits.eq(b"0")) {
            out.push(byte);
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    out.into()
}

/// Sets `a.b.c` inside the objects `a` and `b`.
fn nest(object: &mut Map<String, Json>, path: &str, value: Json) {
    match path.split_once('.') {
        None => {
            object.insert(path.to_owned(), value);
        }
        Some((head, rest)) => {
            let inner = object.entry(head.to_owned()).or_insert_with(|| Json::Object(Map::new()));
            if let Json::Object(inner) = inner {
                nest(inner, rest, value);
            }
        }
    }
}

/// The first JSON value as an object; `null` is an empty one.
fn object(bytes: &[u8], values: &mut usize) -> Result<Map<String, Json>, ApiError> {
    as_object(crate::json::parse_within(bytes, values), *values)
}

fn as_object(parsed: Result<Json, serde_json::Error>, values_left: usize) -> Result<Map<String, Json>, ApiError> {
    match parsed {
        Ok(Json::Object(object)) if object.len() > MAX_KEYS => Err(too_many("keys")),
        Ok(Json::Object(object)) => Ok(object),
        Ok(Json::Null) => Ok(Map::new()),
        Err(_) if values_left == 0 => Err(too_many("values")),
        _ => Err(ApiError::generic()),
    }
}

fn too_many(what: &str) -> ApiError {
    ApiError::bad_request(format!("The request body has too many {what}."))
}

#[derive(Default)]
struct Form {
    values: Map<String, Json>,
    /// `@jsonPayload`: laid over the values at the end, without inference.
    payload: Map<String, Json>,
    uploads: Vec<Upload>,
    /// Values that may still come.
    left: usize,
}

impl Form {
    fn of_at_most(values: usize) -> Self {
        Self { left: values, ..Self::default() }
    }

    fn add(&mut self, key: &str, value: &str) -> Result<(), ApiError> {
        if key == "@jsonPayload" {
            let parsed = crate::json::parse_whole_within(value.as_bytes(), &mut self.left);
            self.payload.extend(as_object(parsed, self.left)?);
            return Ok(());
        }
        self.left = self.left.checked_sub(1).ok_or_else(|| too_many("values"))?;
        let value = infer(value);
        let full = self.values.len() == MAX_KEYS;
        match self.values.get_mut(key) {
            None if full => return Err(too_many("keys")),
            None => {
                self.values.insert(key.to_owned(), value);
            }
            Some(Json::Array(items)) => items.push(value),
            Some(first) => *first = Json::Array(vec![first.take(), value]),
        }
        Ok(())
    }

    fn add_query(&mut self, query: &QueryParams) -> Result<(), ApiError> {
        query.iter().try_for_each(|(key, value)| self.add(key, value))
    }

    /// A form of these parts. Forms take the values of the query string too; here they come first.
    fn of(query: &QueryParams, parts: Vec<Part>, values: usize) -> Result<Body, ApiError> {
        let mut form = Self::of_at_most(values);
        form.add_query(query)?;
        for part in parts {
            match part {
                Part::Text { key, text } => form.add(&key, &text)?,
                Part::File { key, name, content } => {
                    let stored_name = stored_name(&name, content.head());
                    form.uploads.push(Upload { key, original_name: name, stored_name, content });
                }
            }
        }
        form.finish()
    }

    /// A list of the payload and one text of the form cannot both be the value of a key.
    fn finish(mut self) -> Result<Body, ApiError> {
        let is_one = |key: &String| self.values.get(key).is_some_and(|value| !value.is_array());
        if self.payload.iter().any(|(key, value)| value.is_array() && is_one(key)) {
            return Err(ApiError::generic());
        }
        self.values.extend(self.payload);
        Ok(Body { values: self.values, uploads: self.uploads, ..Body::default() })
    }
}

/// The type that a form text stands for: booleans, and numbers in their shortest spelling.
fn infer(text: &str) -> Json {
    match text {
        "true" => return Json::Bool(true),
        "false" => return Json::Bool(false),
        _ => {}
    }
    let numeric = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-' || byte == b'.');
    if numeric
        && let Ok(number) = text.parse::<f64>()
        && number.is_finite()
        && number.to_string() == text
    {
        return Json::Number(number_json(number));
    }
    Json::from(text)
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

    #[test]
    fn form_texts_are_typed_by_what_they_stand_for() {
        let like = serde_json::json!([null, "", true, 1, ["a"], [], {}]);
        let typed = |text: &str| {
            let texts = texts_of(&infer(text)).unwrap();
            like.as_array()
                .unwrap()
                .iter()
                .map(|like| typed(&texts, like).map(|json| json.to_string()))
                .collect::<Vec<_>>()
        };
        let json = |texts: [&str; 5]| texts.map(|text| Some(text.to_owned()).filter(|text| !text.is_empty()));
        for (text, expected) in [
            ("1", [r#""1""#, r#""1""#, "true", "1", r#"["1"]"#]),
            ("-0", [r#""-0""#, r#""-0""#, "", "0", r#"["-0"]"#]),
            ("true", [r#""true""#, r#""true""#, "true", "", r#"["true"]"#]),
            ("007", [r#""007""#, r#""007""#, "", "7", r#"["007"]"#]),
            ("", [r#""""#, r#""""#, "false", "0", r#"[""]"#]),
        ] {
            assert_eq!(typed(text)[..5], json(expected), "{text:?}");
            assert_eq!(typed(text)[5..], [None, None]);
        }
    }

    #[test]
    fn a_negative_zero_is_a_zero_where_it_is_whole() {
        let plain = |text: &'static str| with_plain_zeros(Bytes::from_static(text.as_bytes()));
        assert_eq!(
            plain(r#"{"a":-0,"b":[ -0 ,-0.0,-01,-0e1],"-0":"-0, \":-0"}"#),
            r#"{"a":0,"b":[ 0 ,-0.0,-01,-0e1],"-0":"-0, \":-0"}"#
        );
        assert_eq!(plain("[1-0,--0]"), "[1-0,--0]");
    }

    #[test]
    fn form_texts_are_inferred() {
        for (text, json) in [("5", "5"), ("-1.5", "-1.5"), ("true", "true")] {
            assert_eq!(infer(text).to_string(), json);
        }
        for text in ["007", "1.0", "1e3", "", "-", "1.5.2", "True"] {
            assert_eq!(infer(text), Json::from(text));
        }
    }

    #[test]
    fn repeated_keys_become_lists_and_the_payload_lies_on_top() {
        let mut form = Form::of_at_most(10);
        for (key, value) in [("a", "1"), ("a", "x"), ("b", "2"), ("@jsonPayload", r#"{"b":"007"}"#)] {
            form.add(key, value).unwrap();
        }
        let body = form.finish().unwrap();
        assert_eq!(Json::Object(body.values), serde_json::json!({"a": [1, "x"], "b": "007"}));
    }
}

//! `GET /api/files/{collection}/{record}/{name}`

use super::context::{Context, blocking, finish};
use super::{ApiError, ApiState};
use crate::records;
use crate::schema::FieldKind;
use axum::body::Body as HttpBody;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use std::sync::Arc;

/// Content types that a browser may show; anything else is saved.
const INLINE: [&str; 25] = [
    "image/png",
    "image/jpg",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/x-icon",
    "image/bmp",
    "video/webm",
    "video/mp4",
    "video/3gpp",
    "video/quicktime",
    "video/x-ms-wmv",
    "audio/basic",
    "audio/aiff",
    "audio/mpeg",
    "audio/midi",
    "audio/mp3",
    "audio/wave",
    "audio/wav",
    "audio/x-wav",
    "audio/x-mpeg",
    "audio/x-m4a",
    "audio/aac",
    "application/pdf",
    "application/x-pdf",
];
const SANDBOX: &str = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox";

/// Serves a file that a record names; a protected one to those whom the view rule lets see the record. The
/// `Authorization` header is not asked, because images are loaded without it.
pub async fn download(
    State(state): State<ApiState>,
    Path((collection, record, name)): Path<(String, String, String)>,
    context: Context,
) -> Result<Response<HttpBody>, ApiError> {
    let collection = state.app.collection(&collection);
    let collection = collection.ok_or_else(|| ApiError::not_found("Missing or invalid collection context."))?;
    let mut request = context.info(&state, "protectedFile");
    Arc::make_mut(&mut request).auth = None;
    let (owner, id, wanted) = (Arc::clone(&collection), record.clone(), name.clone());
    let find = state.app.records().read(request, move |scope| {
        let Some(record) = records::find(scope.connection, &owner, &id)? else { return Ok(false) };
        let protected = owner.fields.iter().zip(&record.values).find_map(|(field, value)| match &field.kind {
            FieldKind::File(file) if value.items().contains(&wanted.as_str()) => Some(file.protected),
            _ => None,
        });
        match (protected, &owner.rules.view) {
            (None, _) | (Some(true), None) => Ok(false),
            (Some(true), Some(rule)) => Ok(scope.satisfying(&owner, rule, &[&id]).is_ok_and(|ids| ids.contains(&id))),
            (Some(false), _) => Ok(true),
        }
    });
    if !finish(find).await? {
        return Err(ApiError::missing_route());
    }
    let (files, id, file) = (state.app.records().files.clone(), collection.id.clone(), name.clone());
    let stored = blocking(move || files.get(&id, &record, &file)).await?;
    let (content, content_type) =
        stored.map_err(|error| ApiError::internal(error.to_string()))?.ok_or_else(ApiError::missing_route)?;

    let disposition = if INLINE.contains(&content_type.as_str()) { "inline" } else { "attachment" };
    let disposition = format!("{disposition}; filename=\"{}\"", name.replace(['"', '\\'], "_"));
    let mut response = match context.headers.get(header::RANGE).and_then(|range| range.to_str().ok()) {
        Some(range) => part(content, range),
        None => Response::new(HttpBody::from(content)),
    };
    let served = response.status() != StatusCode::RANGE_NOT_SATISFIABLE;
    let headers = response.headers_mut();
    let text = |text: &str| HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    let content_type = if served { &content_type } else { "text/plain; charset=utf-8" };
    headers.insert(header::CONTENT_TYPE, text(content_type));
    headers.insert(header::CONTENT_DISPOSITION, text(&disposition));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    if served {
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=2592000, stale-while-revalidate=86400"));
    }
    Ok(response)
}

/// One range of a content, as media players ask for it; several ranges give the whole.
fn part(content: Vec<u8>, range: &str) -> Response<HttpBody> {
    let size = content.len();
    if range.contains(',') {
        return Response::new(HttpBody::from(content));
    }
    let bounds = range.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-'));
    let range = match bounds.map(|(first, last)| (first.parse::<usize>(), last.parse::<usize>(), first, last)) {
        Some((Ok(first), Ok(last), ..)) if first <= last => Some(first..last.saturating_add(1).min(size)),
        Some((Ok(first), Err(_), _, "")) => Some(first..size),
        Some((Err(_), Ok(length), "", _)) => Some(size.saturating_sub(length)..size),
        _ => None,
    };
    let (status, body, shown) = match range {
        None => (StatusCode::RANGE_NOT_SATISFIABLE, b"invalid range\n".to_vec(), None),
        Some(range) if range.start >= size => {
            let message = b"invalid range: failed to overlap\n".to_vec();
            (StatusCode::RANGE_NOT_SATISFIABLE, message, Some(format!("bytes */{size}")))
        }
        Some(range) => {
            let shown = format!("bytes {}-{}/{size}", range.start, range.end - 1);
            (StatusCode::PARTIAL_CONTENT, content[range].to_vec(), Some(shown))
        }
    };
    let mut response = Response::new(HttpBody::from(body));
    *response.status_mut() = status;
    if let Some(shown) = shown {
        let shown = HeaderValue::from_str(&shown).expect("digits make a header");
        response.headers_mut().insert(header::CONTENT_RANGE, shown);
    }
    response
}

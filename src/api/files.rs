//! `GET /api/files/{collection}/{record}/{name}`

use super::context::{Context, blocking, finish};
use super::{ApiError, ApiState};
use crate::records;
use crate::schema::FieldKind;
use axum::body::Body as HttpBody;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, Response, header};
use std::sync::Arc;

/// Content types that a browser may show; anything else is saved.
const INLINE: [&str; 9] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/svg+xml",
    "video/mp4",
    "audio/mpeg",
    "application/pdf",
    "text/plain; charset=utf-8",
];
const SANDBOX: &str = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox";

/// Serves a file that a record names. A protected one is shown to nobody but superusers.
pub async fn download(
    State(state): State<ApiState>,
    Path((collection, record, name)): Path<(String, String, String)>,
    context: Context,
) -> Result<Response<HttpBody>, ApiError> {
    let collection = state.app.collection(&collection).ok_or_else(ApiError::missing_route)?;
    let request = context.info(&state, "protectedFile");
    let (owner, id, wanted) = (Arc::clone(&collection), record.clone(), name.clone());
    let superuser = context.is_superuser();
    let find = state.app.records().read(request, move |scope| {
        let Some(record) = records::find(scope.connection, &owner, &id)? else { return Ok(false) };
        let holds = owner.fields.iter().zip(&record.values).any(|(field, value)| match &field.kind {
            FieldKind::File(file) => (superuser || !file.protected) && value.items().contains(&wanted.as_str()),
            _ => false,
        });
        Ok(holds)
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
    let mut response = Response::new(HttpBody::from(content));
    let headers = response.headers_mut();
    let text = |text: &str| HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    headers.insert(header::CONTENT_TYPE, text(&content_type));
    headers.insert(header::CONTENT_DISPOSITION, text(&disposition));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=2592000, stale-while-revalidate=86400"));
    Ok(response)
}

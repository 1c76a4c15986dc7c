//! `/api/files`: downloads, thumbs and the tokens that protected files ask for.

use super::client_ip::ClientIp;
use super::context::{Context, blocking, finish};
use super::error::{Answer, ended, json_response};
use super::middleware::Framed;
use super::ranges::{Served, serve};
use super::{ApiError, ApiState};
use crate::events::{FileDownloadEvent, RecordEvent};
use crate::files::{Key, StoredFile, ThumbSize, has_thumbs};
use crate::query::RequestInfo;
use crate::records::{self, FoundFile, Scope};
use crate::schema::Collection;
use axum::Extension;
use axum::body::Body as HttpBody;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
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

/// What a file name's end says of its content, where looking inside says less.
const BY_EXTENSION: [(&str, &str); 7] = [
    (".svg", "image/svg+xml"),
    (".css", "text/css"),
    (".js", "text/javascript"),
    (".mjs", "text/javascript"),
    (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
];
/// The thumb that every image has.
const DEFAULT_THUMB: &str = "100x100";

/// Serves a file that a record names; a protected one to those whom the view rule lets see the record. The
/// `Authorization` header is not asked, because images are loaded without it.
pub async fn download(
    State(state): State<ApiState>,
    Path((collection, record, name)): Path<(String, String, String)>,
    Extension(ip): Extension<ClientIp>,
    context: Context,
) -> Answer {
    let collection = state.app.collection(&collection);
    let collection = collection.ok_or_else(|| ApiError::not_found("Missing or invalid collection context."))?;
    let found = find(&state, &context, &ip, &collection, &record, &name).await?;

    let key = Key::file(&found.owner.id, &found.owner_record, &name).map_err(|_| ApiError::missing_route())?;
    let wanted = wanted_thumb(context.query.get("thumb"), &found, &name);
    let thumb = wanted.as_ref().map(|(_, thumb)| thumb.clone());
    let Some((mut served, is_thumb)) = open(&state, key.clone(), thumb).await? else {
        let mut missing = ApiError::missing_route().into_response();
        missing.extensions_mut().insert(Framed);
        return Ok(missing);
    };
    let mut sent = Sent { name, thumb_error: None };
    if let Some((size, thumb)) = wanted {
        if is_thumb {
            sent.name = thumb.name().to_owned();
        } else if has_thumbs(&served.content_type) {
            served = make_thumb(&state, (key, served), size, thumb, &mut sent).await?;
        }
    }
    Ok(match tell(&state, collection, record, found.field.name, sent).await? {
        Some(name) => {
            let mut response = serve_stored(served, &name, &context);
            response.extensions_mut().insert(Framed);
            response
        }
        None => ended(),
    })
}

/// What of a file goes to the client.
struct Sent {
    name: String,
    /// Why it is not the thumb that was asked for.
    thumb_error: Option<String>,
}

/// The thumb, where it is there already, or else the file; `true` for the thumb.
async fn open(state: &ApiState, file: Key, thumb: Option<Key>) -> Result<Option<(StoredFile, bool)>, ApiError> {
    let storage = state.app.records().files.clone();
    // Most thumbs are there already, and most files in the memory of the system.
    if let Some(found) = storage.open_cached(thumb.as_ref().unwrap_or(&file)) {
        return Ok(Some((found, thumb.is_some())));
    }
    blocking(move || {
        // That a storage cannot be asked is in the log; to a client the file is not there.
        let open = |key: &Key| storage.open(key).ok().flatten();
        let ready = thumb.and_then(|thumb| open(&thumb)).map(|found| (found, true));
        ready.or_else(|| Some((open(&file)?, false)))
    })
    .await
}

/// A thumb of the file, or where it cannot be made the file itself; `sent` says which.
async fn make_thumb(
    state: &ApiState,
    (key, file): (Key, StoredFile),
    size: ThumbSize,
    thumb: Key,
    sent: &mut Sent,
) -> Result<StoredFile, ApiError> {
    let content = file.content.try_clone().map_err(|error| ApiError::internal(error.to_string()))?;
    let source = StoredFile { content_type: file.content_type.clone(), original_name: None, content, ..file };
    match state.thumbs.get(&state.app.records().files, (key, source), thumb.clone(), size).await {
        Ok(made) => {
            thumb.name().clone_into(&mut sent.name);
            Ok(made)
        }
        Err(reason) => {
            let data = serde_json::json!({ "file": sent.name, "error": &reason });
            state.app.logs().message(crate::logs::Level::WARN, "Failed to make a thumb", data);
            sent.thumb_error = Some(reason);
            Ok(file)
        }
    }
}

/// The name that the client is told after the handlers, `None` when one ended the request.
async fn tell(
    state: &ApiState,
    collection: Arc<Collection>,
    id: String,
    field: String,
    sent: Sent,
) -> Result<Option<String>, ApiError> {
    if !state.app.hooks().requests.file_download.is_bound() {
        return Ok(Some(sent.name));
    }
    let app = state.app.clone();
    let found = app.records().on_reader_anew(Arc::default(), move |scope| {
        let collection = scope.current(&collection)?;
        let record = records::find(scope.connection, &collection, &id)?;
        Ok(record.map(|record| (collection, record)))
    });
    let (collection, record) = finish(found).await?.ok_or_else(ApiError::missing_route)?;
    let Sent { name: served_name, thumb_error } = sent;
    let mut event = FileDownloadEvent { collection, record, field, served_name, thumb_error };
    let told = blocking(move || {
        let mut going = false;
        let collection = Arc::clone(&event.collection);
        let hook = &app.hooks().requests.file_download;
        let heard = app.records().around_answer(hook, &RecordEvent::tags(&collection), &mut event, &mut |_| {
            going = true;
            Ok(())
        });
        heard.map(|()| going.then_some(event.served_name))
    });
    Ok(told.await??)
}

/// A token for protected files, short-lived enough to stand in an address.
pub async fn token(State(state): State<ApiState>, context: Context) -> Answer {
    let identity = context.caller.identity.clone().ok_or_else(ApiError::unauthorized)?;
    let app = state.app.clone();
    let token = blocking(move || app.issue_file_token(&identity.info)).await??;
    Ok(match token {
        Some(token) => json_response(serde_json::json!({ "token": token }).to_string().into_bytes()),
        None => ended(),
    })
}

/// The file among those of the record, where the caller may have it.
async fn find(
    state: &ApiState,
    context: &Context,
    ip: &ClientIp,
    collection: &Arc<Collection>,
    record: &str,
    name: &str,
) -> Result<FoundFile, ApiError> {
    let mut request = context.info(state, "protectedFile");
    let (owner, id, wanted) = (Arc::clone(collection), record.to_owned(), name.to_owned());
    Arc::make_mut(&mut request).auth = None;
    let guest = Arc::clone(&request);
    let find = move |scope: &Scope<'_>| records::find_file(scope, &scope.current(&owner)?, &id, &wanted);
    let all = state.app.records();
    // A view has to be searched for where its files are from.
    let found = if collection.is_view() { all.on_reader_anew(guest, find) } else { all.on_this_thread(guest, find) };
    let found = finish(found).await?.ok_or_else(ApiError::missing_route)?;
    if !found.field_options.protected {
        return Ok(found);
    }
    let token = context.query.get("token").to_owned();
    let banned =
        |info: &crate::query::AuthInfo| info.is_superuser() && state.app.accounts().check_superuser_ip(&ip.0).is_err();
    if !token.is_empty() {
        let app = state.app.clone();
        let auth = blocking(move || app.file_token_owner(&token)).await?;
        Arc::make_mut(&mut request).auth = auth.filter(|info| !banned(info));
    }
    let (owner, id) = (Arc::clone(collection), record.to_owned());
    let request: Arc<RequestInfo> = request;
    let allowed = state.app.records().on_reader_anew(request, move |scope| {
        let owner = scope.current(&owner)?;
        let Ok(rule) = scope.rule(&owner.rules.view) else { return Ok(false) };
        let Some(rule) = rule else { return Ok(true) };
        Ok(scope.satisfying(&owner, rule, &[&id])?.contains(&id))
    });
    // A rule that cannot be evaluated hides the file, like one that fails.
    if finish(allowed).await.unwrap_or(false) { Ok(found) } else { Err(ApiError::missing_route()) }
}

/// The thumb that is asked for, where the field has it.
fn wanted_thumb(text: &str, found: &FoundFile, name: &str) -> Option<(ThumbSize, Key)> {
    let listed = text == DEFAULT_THUMB || found.field_options.thumbs.iter().any(|thumb| thumb == text);
    if text.is_empty() || !listed {
        return None;
    }
    let key = Key::thumb(&found.owner.id, &found.owner_record, name, text).ok()?;
    Some((ThumbSize::parse(text)?, key))
}

/// A stored file under a name: shown where a browser may show its type, saved where it may not.
pub fn serve_stored(stored: StoredFile, name: &str, context: &Context) -> Response<HttpBody> {
    let saved = matches!(context.query.get("download"), "1" | "t" | "T" | "TRUE" | "true" | "True");
    let inline = INLINE.contains(&stored.content_type.as_str()) && !saved;
    let disposition = if inline { "inline" } else { "attachment" };
    let disposition = format!("{disposition}; filename=\"{}\"", name.replace(['"', '\\'], "_"));
    let by_extension = BY_EXTENSION.iter().find(|(end, _)| name.ends_with(end)).map(|(_, content_type)| *content_type);
    let content_type = by_extension.unwrap_or(&stored.content_type);
    let served = Served { content: stored.content, size: stored.size, modified: stored.modified, content_type };
    let mut response = serve(served, &context.method, &context.headers);
    let failed = response.status() == StatusCode::RANGE_NOT_SATISFIABLE;
    let headers = response.headers_mut();
    let text = |text: &str| HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    headers.insert(header::CONTENT_DISPOSITION, text(&disposition));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    if !failed {
        headers
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=2592000, stale-while-revalidate=86400"));
    }
    response
}

//! `/api/backups`: for superusers only.

use super::body::{self, Limits};
use super::client_ip::ClientIp;
use super::context::{Context, Superuser, blocking};
use super::error::{Answer, json_response, no_content};
use super::files::serve_stored;
use super::form::Form;
use super::query::QueryParams;
use super::{ApiError, ApiState};
use crate::backup::{BackupError, BadName, CONTENT_TYPE};
use crate::files::mime;
use crate::logs::Level;
use crate::records::Body;
use crate::schema::fields::format_datetime;
use crate::schema::{ErrorTree, FieldError};
use axum::Extension;
use axum::body::Body as HttpBody;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use serde_json::json;

/// The field of an upload.
const FILE: &str = "file";

pub async fn list(State(state): State<ApiState>, _caller: Superuser) -> Answer {
    let app = state.app.clone();
    let found = blocking(move || app.backups().list())
        .await?
        .map_err(|error| ApiError::bad_request(format!("Failed to retrieve backup items. Raw error: \n{error}.")))?;
    let items: Vec<String> = found
        .into_iter()
        .map(|backup| {
            let (key, modified) = (serde_json::Value::from(backup.key), format_datetime(backup.modified.into()));
            format!(r#"{{"modified":"{modified}","key":{key},"size":{}}}"#, backup.size)
        })
        .collect();
    Ok(json_response(format!("[{}]", items.join(",")).into_bytes()))
}

pub async fn create(State(state): State<ApiState>, caller: Superuser, body: HttpBody) -> Answer {
    if !state.app.backups().is_idle() {
        return Err(busy());
    }
    let form = Form::read_quietly(&caller.context, body).await?;
    let name = form.text("name")?;
    let app = state.app.clone();
    let made = blocking(move || {
        let name = if name.is_empty() { app.backup_name() } else { checked(&app, name)? };
        app.create_backup(&name).map_err(|error| match error {
            BackupError::Busy => busy(),
            error => {
                let data = json!({ "name": name, "error": error.to_string() });
                app.logs().message(Level::ERROR, "Failed to create a backup", data);
                failed("Failed to create backup.", &error)
            }
        })
    });
    made.await??;
    Ok(no_content())
}

/// Asks for the token of a file instead of the header, so that a browser can follow the link.
pub async fn download(
    State(state): State<ApiState>,
    Path(key): Path<String>,
    Extension(ip): Extension<ClientIp>,
    context: Context,
) -> Answer {
    let (app, token) = (state.app.clone(), context.query.get("token").to_owned());
    let owner = blocking(move || app.file_token_owner(&token)).await?;
    let allowed =
        owner.is_some_and(|info| info.is_superuser()) && state.app.accounts().check_superuser_ip(&ip.0).is_ok();
    if !allowed {
        return Err(ApiError::forbidden("Insufficient permissions to access the resource."));
    }
    let (app, wanted) = (state.app.clone(), key.clone());
    let opened = blocking(move || app.backups().open(&wanted)).await?;
    let opened = opened.map_err(|error| ApiError { cause: Some(error.to_string()), ..ApiError::missing_route() })?;
    let stored = opened.ok_or_else(ApiError::missing_route)?;
    // A type that no browser shows, so that it is saved.
    Ok(serve_stored(stored, &key, &context))
}

/// `POST /api/backups/upload`, which is a backup with any other method: takes in an archive under the name that it has.
pub async fn upload(
    State(state): State<ApiState>,
    uri: Uri,
    caller: Result<Superuser, ApiError>,
    body: HttpBody,
) -> Answer {
    if uri.path() != "/api/backups/upload" {
        return Err(ApiError::missing_route());
    }
    let caller = caller?;
    let spool = state.app.records().files.spool();
    let (context, query) = (&caller.context, QueryParams::default());
    let limits = Limits { body: u64::MAX, ..Limits::both(body::DEFAULT_LIMIT) };
    let received = match body::receive(context, &query, body, limits, spool, |key| key == FILE).await {
        // Whatever is no form has no file.
        Err(error) if error.status == StatusCode::BAD_REQUEST => Body::default(),
        received => received?,
    };
    let invalid = |error| {
        let data = ErrorTree::single(FILE, error);
        ApiError::bad_request("An error occurred while validating the submitted data.").with_data(&data)
    };
    let sent = received.uploads.into_iter().next().filter(|upload| !upload.original_name.is_empty());
    let Some(sent) = sent else { return Err(invalid(FieldError::required())) };
    if mime::sniff(sent.content.head()) != CONTENT_TYPE {
        let message = format!("\"{}\" mime type must be one of: {CONTENT_TYPE}.", sent.stored_name);
        return Err(invalid(FieldError::new("validation_invalid_mime_type", message)));
    }
    let app = state.app.clone();
    let stored = blocking(move || {
        let name = &sent.original_name;
        let free = !matches!(name.as_str(), "." | "..")
            && !name.ends_with(".attrs")
            && app.backups().open(name).is_ok_and(|found| found.is_none());
        if !free {
            let message = "Backup file with the specified name already exists.";
            return Err(invalid(FieldError::new("validation_backup_name_exists", message)));
        }
        app.backups().upload(name, &sent.content).map_err(|error| failed("Failed to upload backup.", &error))
    });
    stored.await??;
    Ok(no_content())
}

/// Answers at once; the restore begins a moment later and ends with a new start of the program.
pub async fn restore(State(state): State<ApiState>, Path(key): Path<String>, _caller: Superuser) -> Answer {
    if !state.app.backups().is_idle() {
        return Err(busy());
    }
    let (app, wanted) = (state.app.clone(), key.clone());
    let found = blocking(move || app.backups().open(&wanted)).await?;
    if !found.is_ok_and(|found| found.is_some()) {
        return Err(ApiError::bad_request("Missing or invalid backup file."));
    }
    state.app.restore_backup_soon(&key);
    Ok(no_content())
}

pub async fn delete(State(state): State<ApiState>, Path(key): Path<String>, _caller: Superuser) -> Answer {
    let (app, wanted) = (state.app.clone(), key.clone());
    let deleted = blocking(move || app.backups().delete(&wanted)).await?;
    deleted.map_err(|error| match error {
        BackupError::InUse => ApiError::bad_request("The backup is currently being used and cannot be deleted."),
        error => {
            let reason = match &error {
                BackupError::Missing(path) => {
                    format!("[key: {key}] remove {}: no such file or directory\nresource not found", path.display())
                }
                error => error.to_string(),
            };
            ApiError::bad_request(format!("Invalid or already deleted backup file. Raw error: \n{reason}."))
        }
    })?;
    Ok(no_content())
}

/// The name, where a new backup may have it.
fn checked(app: &crate::App, name: String) -> Result<String, ApiError> {
    let error = match app.backups().check_name(&name) {
        Ok(()) => return Ok(name),
        Err(BadName::Long) => FieldError::length_out_of_range(1, 150),
        Err(BadName::Malformed) => FieldError::new("validation_match_invalid", "Must be in a valid format."),
        Err(BadName::Taken | BadName::Unknown(_)) => {
            FieldError::new("validation_backup_name_exists", "The backup file name is invalid or already exists.")
        }
    };
    let mut data = ErrorTree::new();
    data.insert("name", error);
    Err(ApiError::bad_request("An error occurred while validating the submitted data.").with_data(&data))
}

fn busy() -> ApiError {
    ApiError::bad_request("Try again later - another backup/restore process has already been started.")
}

fn failed(message: &str, error: &BackupError) -> ApiError {
    if error.is_full() {
        return ApiError::no_space(error.to_string());
    }
    ApiError { cause: Some(error.to_string()), ..ApiError::bad_request(message) }
}

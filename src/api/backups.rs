//! `/api/backups`: for superusers only.

use super::client_ip::ClientIp;
use super::context::{Context, Superuser, blocking};
use super::error::json_response;
use super::files::attachment;
use super::form::Form;
use super::{ApiError, ApiState};
use crate::backup::BackupError;
use crate::files::{Content, StoredFile, snake_case};
use crate::schema::fields::format_datetime;
use crate::schema::{ErrorTree, FieldError};
use axum::Extension;
use axum::body::Body as HttpBody;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};

type Answer = Result<Response<HttpBody>, ApiError>;

const MAX_NAME: usize = 150;
const MAX_APP_NAME: usize = 50;

pub async fn list(State(state): State<ApiState>, _caller: Superuser) -> Answer {
    let app = state.app.clone();
    let found = blocking(move || app.backups().list())
        .await?
        .map_err(|error| failed("Failed to retrieve backup items.", &error))?;
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
    let settings = state.app.settings();
    if settings.backups.s3.enabled {
        return Err(ApiError::bad_request("Failed to create backup. Backups on S3 are not supported."));
    }
    let app = state.app.clone();
    let made = blocking(move || {
        let name = if name.is_empty() { default_name(&settings.meta.app_name) } else { checked(&app, name)? };
        app.backups().create(&name).map_err(|error| match error {
            BackupError::Busy => busy(),
            error => failed("Failed to create backup.", &error),
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
    let opened = opened.map_err(|error| ApiError::internal(error.to_string()))?;
    let (backup, file) = opened.ok_or_else(ApiError::missing_route)?;
    let content_type = "application/zip".to_owned();
    let stored = StoredFile {
        content_type,
        original_name: None,
        size: backup.size,
        modified: backup.modified,
        content: Content::Local(file),
    };
    Ok(attachment(stored, &key, &context))
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
    let stem = name.strip_suffix(".zip").unwrap_or_default();
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
    let error = if name.chars().count() > MAX_NAME {
        FieldError::length_out_of_range(1, 150)
    } else if stem.is_empty() || !stem.bytes().all(fits) {
        FieldError::new("validation_match_invalid", "Must be in a valid format.")
    } else if app.backups().open(&name).is_ok_and(|found| found.is_none()) {
        return Ok(name);
    } else {
        FieldError::new("validation_backup_name_exists", "The backup file name is invalid or already exists.")
    };
    let mut data = ErrorTree::new();
    data.insert("name", error);
    Err(ApiError::bad_request("An error occurred while validating the submitted data.").with_data(&data))
}

fn default_name(app_name: &str) -> String {
    let app: String = snake_case(app_name).chars().take(MAX_APP_NAME).collect();
    format!("pb_backup_{app}_{}.zip", chrono::Utc::now().format("%Y%m%d%H%M%S"))
}

fn busy() -> ApiError {
    ApiError::bad_request("Try again later - another backup/restore process has already been started.")
}

fn failed(message: &str, error: &BackupError) -> ApiError {
    ApiError { cause: Some(error.to_string()), ..ApiError::bad_request(message) }
}

fn no_content() -> Response<HttpBody> {
    let mut response = Response::new(HttpBody::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

//! `/api/settings`: for superusers only.

use super::context::{Superuser, blocking};
use super::error::{Answer, ended, json_response, no_content};
use super::form::Form;
use super::{ApiError, ApiState, body};
use crate::SaveSettingsError;
use crate::auth::TestMail;
use crate::files::S3Storage;
use crate::schema::fields::is_email;
use crate::schema::{ErrorTree, FieldError};
use crate::settings::{Redacted, Settings};
use axum::body::Body as HttpBody;
use axum::extract::State;
use axum::http::Response;
use serde_json::{Value as Json, json};
use std::sync::Arc;

const LOADING: &str = "An error occurred while loading the submitted data.";
const SAVING: &str = "An error occurred while saving the new settings.";

pub async fn view(State(state): State<ApiState>, _caller: Superuser) -> Answer {
    let app = state.app.clone();
    let settings = blocking(move || app.list_settings()).await??;
    Ok(settings.as_ref().map_or_else(ended, answer))
}

pub async fn update(State(state): State<ApiState>, caller: Superuser, body: HttpBody) -> Answer {
    let changes = body::object_of(&caller.context, body, &like(), LOADING).await?;
    let app = state.app.clone();
    let saved = blocking(move || app.save_settings(&changes)).await?;
    match saved {
        Ok(settings) => Ok(settings.as_deref().map_or_else(ended, answer)),
        Err(SaveSettingsError::WrongType) => Err(ApiError::bad_request(LOADING)),
        Err(SaveSettingsError::Invalid(data)) => Err(ApiError::bad_request(SAVING).with_data(&data)),
        Err(SaveSettingsError::Event(error)) if error.status.is_some() => Err(error.into()),
        Err(SaveSettingsError::Event(error)) => {
            Err(ApiError { cause: Some(error.message), ..ApiError::bad_request(SAVING) })
        }
        Err(error @ (SaveSettingsError::Nested | SaveSettingsError::Failed(_))) => {
            Err(ApiError { cause: Some(error.to_string()), ..ApiError::bad_request(SAVING) })
        }
    }
}

/// Sends one of the mails to the given address.
pub async fn test_email(State(state): State<ApiState>, caller: Superuser, body: HttpBody) -> Answer {
    let form = Form::read(&caller.context, body).await?;
    let (template, email) = (form.text("template")?, form.text("email")?);
    let name = match form.text("collection")?.as_str() {
        "" => "_superusers".to_owned(),
        name => name.to_owned(),
    };
    let mut data = ErrorTree::new();
    let which = TestMail::named(&template);
    if template.is_empty() {
        data.insert("template", FieldError::required());
    } else if which.is_none() {
        data.insert("template", FieldError::in_invalid());
    }
    if email.is_empty() {
        data.insert("email", FieldError::required());
    } else if email.len() > 255 {
        data.insert("email", FieldError::length_out_of_range(1, 255));
    } else if !is_email(&email) {
        data.insert("email", FieldError::new("validation_is_email", "Must be a valid email address."));
    }
    let collection = state.app.collection(&name).filter(|collection| collection.is_auth());
    if collection.is_none() {
        let message = "Must be a valid auth collection id or name.";
        data.insert("collection", FieldError::new("validation_invalid_auth_collection", message));
    }
    let (Some(which), Some(collection), true) = (which, collection, data.is_empty()) else {
        return Err(ApiError::bad_request("Failed to send the test email.").with_data(&data));
    };
    let accounts = Arc::clone(state.app.accounts());
    let sent = blocking(move || accounts.send_test(&collection, which, &email)).await?;
    sent.map_err(|error| ApiError::bad_request(format!("Failed to send the test email. Raw error: \n{error}")))?;
    Ok(no_content())
}

/// Puts, lists and deletes a file in the bucket of the settings.
pub async fn test_s3(State(state): State<ApiState>, caller: Superuser, body: HttpBody) -> Answer {
    const FAILED: &str = "Failed to test the S3 filesystem.";
    let form = Form::read(&caller.context, body).await?;
    let settings = state.app.settings();
    let s3 = match form.text("filesystem")?.as_str() {
        "storage" => settings.s3.clone(),
        "backups" => settings.backups.s3.clone(),
        other => {
            let error = if other.is_empty() { FieldError::required() } else { FieldError::in_invalid() };
            return Err(ApiError::bad_request(FAILED).with_data(&ErrorTree::single("filesystem", error)));
        }
    };
    let failed = |reason: &str| ApiError::bad_request(format!("{FAILED} Raw error: \n{reason}."));
    if !s3.enabled {
        return Err(failed("S3 storage filesystem is not enabled"));
    }
    let tested = blocking(move || S3Storage::new(&s3).test()).await?;
    tested.map_err(|reason| failed(&reason))?;
    Ok(no_content())
}

/// What the texts of a form are like.
fn like() -> Json {
    let mut like = serde_json::to_value(Settings::default()).expect("settings are plain data");
    for list in ["/trustedProxy/headers", "/superuserIPs", "/rateLimits/excludedIPs"] {
        *like.pointer_mut(list).expect("a list of the settings") = json!([""]);
    }
    like["rateLimits"]["rules"] = json!([]);
    (like["s3"]["secret"], like["backups"]["s3"]["secret"]) = ("".into(), "".into());
    like
}

fn answer(settings: &Settings) -> Response<HttpBody> {
    json_response(serde_json::to_vec(&Redacted(settings)).expect("settings are plain data"))
}

//! `/api/collections` and `/api/collections/meta`: for superusers only.

use super::context::{Superuser, blocking};
use super::error::{Answer, ended, json_response, no_content};
use super::form::Form;
use super::{ApiError, ApiState, body};
use crate::App;
use crate::collections::{self, CollectionError};
use crate::oauth2::{PROVIDERS, Provider};
use crate::records::BatchError;
use crate::schema::AuthOptions;
use axum::body::Body as HttpBody;
use axum::extract::{Path, State};
use axum::http::{Response, Uri};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::sync::Arc;

const CREATE_LOADING: &str = "Failed to load the collection type data due to invalid formatting.";
const UPDATE_LOADING: &str = "Failed to load the submitted data due to invalid formatting.";

pub async fn list(State(state): State<ApiState>, caller: Superuser) -> Answer {
    let params = caller.context.query.list()?;
    let app = state.app.clone();
    Ok(json_or_nothing(blocking(move || app.collections_page(&params)).await??.as_ref()))
}

pub async fn view(State(state): State<ApiState>, Path(name): Path<String>, _caller: Superuser) -> Answer {
    let app = state.app.clone();
    Ok(json_or_nothing(blocking(move || app.view_collection(&name)).await??.as_ref()))
}

pub async fn create(State(state): State<ApiState>, caller: Superuser, body: HttpBody) -> Answer {
    let object = body::object_of(&caller.context, body, &like(), CREATE_LOADING).await?;
    Ok(json_or_nothing(edit(&state, move |app| app.create_collection(&object)).await?.as_deref()))
}

pub async fn update(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    caller: Superuser,
    body: HttpBody,
) -> Answer {
    state.app.collection(&name).ok_or_else(ApiError::missing_route)?;
    let object = body::object_of(&caller.context, body, &like(), UPDATE_LOADING).await?;
    Ok(json_or_nothing(edit(&state, move |app| app.update_collection(&name, &object)).await?.as_deref()))
}

pub async fn delete(State(state): State<ApiState>, Path(name): Path<String>, _caller: Superuser) -> Answer {
    Ok(done_or_nothing(edit(&state, move |app| app.delete_collection(&name)).await?))
}

pub async fn truncate(State(state): State<ApiState>, Path(name): Path<String>, caller: Superuser) -> Answer {
    let collection = state.app.collection(&name).ok_or_else(ApiError::missing_route)?;
    if collection.is_view() {
        let message = "View collections cannot be truncated since they don't store their own records.";
        return Err(ApiError::bad_request(message));
    }
    let request = caller.context.info(&state, "default");
    let records = Arc::clone(state.app.records());
    let done = blocking(move || records.truncate(&collection, &request)).await?;
    done.map_err(|error| {
        let error = match error {
            BatchError::Db(error) if error.is_fault() => return error.into(),
            error => error,
        };
        let message = "Failed to truncate collection (most likely due to required cascade delete record references).";
        ApiError { cause: Some(format!("{error:?}")), ..ApiError::bad_request(message) }
    })?;
    Ok(no_content())
}

/// `PUT /api/collections/import`, which is no collection with any other method.
pub async fn import(
    State(state): State<ApiState>,
    uri: Uri,
    caller: Result<Superuser, ApiError>,
    body: HttpBody,
) -> Answer {
    if uri.path() != "/api/collections/import" {
        return Err(ApiError::missing_route());
    }
    let caller = caller?;
    let form = Form::read_within(&caller.context, body, usize::MAX).await?;
    let (items, delete_missing) = (form.objects("collections")?, form.flag("deleteMissing")?);
    Ok(done_or_nothing(edit(&state, move |app| app.import_collections(items, delete_missing)).await?))
}

pub async fn scaffolds(_caller: Superuser) -> Answer {
    Ok(answer(&collections::scaffolds()))
}

pub async fn providers(_caller: Superuser) -> Answer {
    Ok(answer(&PROVIDERS.iter().map(Provider::listed).collect::<Vec<_>>()))
}

pub async fn dry_run(State(state): State<ApiState>, caller: Superuser, body: HttpBody) -> Answer {
    let query = Form::read(&caller.context, body).await?.text("query")?;
    let catalog = state.app.catalog();
    let readers = state.app.records().db.clone();
    let read = readers.readers().submit(move |connection| collections::dry_run(connection, &catalog, &query));
    Ok(answer(&read.await.map_err(|_| ApiError::internal("a read did not return"))??))
}

/// A change of the schema, where this server may make one.
async fn edit<T: Send + 'static>(
    state: &ApiState,
    work: impl FnOnce(&App) -> Result<T, CollectionError> + Send + 'static,
) -> Result<T, ApiError> {
    if state.schema_locked {
        return Err(schema_locked());
    }
    let app = state.app.clone();
    Ok(blocking(move || work(&app)).await??)
}

/// The schema is kept in git, and this server was not told that the API may change it.
pub fn schema_locked() -> ApiError {
    ApiError::forbidden(
        "The schema of this project is kept in git: change schema/*.yaml and run `pbr migrate diff`, or start the server \
         with --schema-edits allow.",
    )
}

/// What the texts of a form are like: those that mean something to any kind of collection.
fn like() -> Json {
    let mut like = serde_json::to_value(AuthOptions::default()).expect("auth options are plain data");
    for key in ["id", "name", "type", "listRule", "viewRule", "createRule", "updateRule", "deleteRule", "viewQuery"] {
        like[key] = "".into();
    }
    for token in ["authToken", "passwordResetToken", "emailChangeToken", "verificationToken", "fileToken"] {
        like[token]["secret"] = "".into();
    }
    (like["indexes"], like["fields"]) = (json!([""]), json!([]));
    like
}

fn answer(value: &impl Serialize) -> Response<HttpBody> {
    json_response(serde_json::to_vec(value).expect("answers are plain data"))
}

/// Empty where a handler ended the request.
fn json_or_nothing<T: Serialize>(value: Option<&T>) -> Response<HttpBody> {
    value.map_or_else(ended, answer)
}

fn done_or_nothing(done: bool) -> Response<HttpBody> {
    if done { no_content() } else { ended() }
}

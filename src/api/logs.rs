//! `/api/logs`: what the server has logged, for superusers.

use super::context::{Superuser, blocking};
use super::error::{Answer, json_response, no_content};
use super::middleware::Unlogged;
use super::{ApiError, ApiState};
use crate::logs::LogQueryError;
use axum::body::Body as HttpBody;
use axum::extract::{Path, State};
use axum::http::Response;
use serde::Serialize;

pub async fn list(State(state): State<ApiState>, caller: Superuser) -> Answer {
    let params = caller.context.query.list()?;
    let logs = state.app.logs().clone();
    Ok(json(&blocking(move || logs.list(&params)).await??))
}

pub async fn view(State(state): State<ApiState>, Path(id): Path<String>, _caller: Superuser) -> Answer {
    let logs = state.app.logs().clone();
    Ok(json(&blocking(move || logs.view(&id)).await??.ok_or_else(ApiError::missing_route)?))
}

pub async fn stats(State(state): State<ApiState>, caller: Superuser) -> Answer {
    let filter = caller.context.query.get("filter").to_owned();
    let logs = state.app.logs().clone();
    let totals = blocking(move || logs.totals(&filter)).await?;
    Ok(json(&totals.map_err(|error| match error {
        LogQueryError::Senseless => ApiError::bad_request("Invalid filter format."),
        LogQueryError::Db(error) => error.into(),
    })?))
}

pub async fn clear(State(state): State<ApiState>, _caller: Superuser) -> Answer {
    let logs = state.app.logs().clone();
    blocking(move || logs.clear()).await??;
    let mut response = no_content();
    response.extensions_mut().insert(Unlogged);
    Ok(response)
}

fn json(value: &impl Serialize) -> Response<HttpBody> {
    let mut response = json_response(serde_json::to_vec(value).expect("log rows are plain data"));
    // Looking at the log does not fill it.
    response.extensions_mut().insert(Unlogged);
    response
}

impl From<LogQueryError> for ApiError {
    fn from(error: LogQueryError) -> Self {
        match error {
            LogQueryError::Senseless => Self::generic(),
            LogQueryError::Db(error) => error.into(),
        }
    }
}

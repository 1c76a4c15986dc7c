//! `POST /api/sql`: statements as a superuser types them.

use super::context::{Superuser, blocking};
use super::error::{Answer, json_response};
use super::form::Form;
use super::{ApiError, ApiState};
use crate::db::console::{self, ConsoleError};
use crate::schema::{ErrorTree, FieldError};
use axum::body::Body as HttpBody;
use axum::extract::State;
use serde::Serialize;
use std::time::Instant;

/// Bytes of a text.
const MAX_QUERY: usize = 5000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    /// Milliseconds.
    exec_time: u64,
    affected_rows: u64,
    columns: Vec<Column>,
    rows: Vec<Vec<Option<String>>>,
}

#[derive(Serialize)]
struct Column {
    name: String,
    r#type: String,
    nullable: bool,
}

pub async fn run(State(state): State<ApiState>, caller: Superuser, body: HttpBody) -> Answer {
    let query = Form::read(&caller.context, body).await?.text("query")?;
    let invalid = match query.len() {
        0 => Some(FieldError::required()),
        length if length > MAX_QUERY => Some(FieldError::length_too_long(MAX_QUERY)),
        _ => None,
    };
    if let Some(error) = invalid {
        let refused = ApiError::bad_request("An error occurred while validating the submitted data.");
        return Err(refused.with_data(&ErrorTree::single("query", error)));
    }
    if query.trim().is_empty() {
        return Err(failed("empty query"));
    }
    let (db, locked) = (state.app.records().db.clone(), state.schema_locked);
    let started = Instant::now();
    let outcome = blocking(move || console::run(&db, &query, locked)).await?.map_err(|error| match error {
        ConsoleError::Sql(reason) => failed(&reason),
        ConsoleError::SchemaLocked => super::collections::schema_locked(),
        ConsoleError::Db(error) => error.into(),
    })?;
    let column = |(name, r#type)| Column { name, r#type, nullable: true };
    let answered = Answered {
        exec_time: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        affected_rows: outcome.affected_rows,
        columns: outcome.columns.into_iter().map(column).collect(),
        rows: outcome.rows,
    };
    Ok(json_response(serde_json::to_vec(&answered).expect("rows of texts are plain data")))
}

fn failed(reason: &str) -> ApiError {
    ApiError::bad_request(format!("Failed to execute query. Raw error:\n{reason}"))
}

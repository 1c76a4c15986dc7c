//! `/api/crons`: jobs by the clock, for superusers.

use super::context::Superuser;
use super::error::{Answer, json_response, no_content};
use super::{ApiError, ApiState};
use axum::extract::{Path, State};
use serde::Serialize;

#[derive(Serialize)]
struct Job {
    id: String,
    expression: String,
}

pub async fn list(State(state): State<ApiState>, _caller: Superuser) -> Answer {
    let jobs = state.app.cron().list();
    let jobs: Vec<Job> = jobs.into_iter().map(|(id, expression)| Job { id, expression }).collect();
    Ok(json_response(serde_json::to_vec(&jobs).expect("jobs are plain data")))
}

pub async fn run(State(state): State<ApiState>, Path(id): Path<String>, _caller: Superuser) -> Answer {
    if !state.app.cron().start(&id) {
        return Err(ApiError::not_found("Missing or invalid cron job."));
    }
    Ok(no_content())
}

//! `GET /api/health`

use super::ApiState;
use super::context::Context;
use super::error::json_response;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;

/// Says that the server answers; it asks no database, so a slow one does not make it look dead.
pub async fn health(State(state): State<ApiState>, context: Context) -> Response<Body> {
    let data = match (context.is_superuser(), state.app.backups().is_idle()) {
        (false, _) => "{}",
        (true, true) => r#"{"canBackup":true}"#,
        (true, false) => r#"{"canBackup":false}"#,
    };
    json_response(format!(r#"{{"message":"API is healthy.","code":200,"data":{data}}}"#).into_bytes())
}

//! `GET /api/health`

use super::context::Context;
use super::error::json_response;
use axum::body::Body;
use axum::http::Response;

/// Says that the server answers; it asks no database, so a slow one does not make it look dead.
pub async fn health(context: Context) -> Response<Body> {
    let data = if context.is_superuser() { r#"{"canBackup":true}"# } else { "{}" };
    json_response(format!(r#"{{"message":"API is healthy.","code":200,"data":{data}}}"#).into_bytes())
}

//! `GET /api/health`

use super::ApiState;
use super::client_ip::ClientIp;
use super::context::Context;
use super::error::json_response;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use serde_json::json;

/// Headers that proxies are known to tell the client's address with.
const PROXY_HEADERS: [&str; 3] = ["CF-Connecting-IP", "Fly-Client-IP", "X-Forwarded-For"];

/// Says that the server answers; it asks no database, so a slow one does not make it look dead.
pub async fn health(
    State(state): State<ApiState>,
    Extension(ClientIp(ip)): Extension<ClientIp>,
    context: Context,
) -> Response<Body> {
    let data = if context.is_superuser() {
        let settings = state.app.settings();
        let trusted = settings.trusted_proxy.headers.iter().map(String::as_str);
        let proxy = trusted.chain(PROXY_HEADERS).find(|name| tells_something(&context.headers, name));
        let can_backup = state.app.backups().is_idle();
        format!(
            r#"{{"canBackup":{can_backup},"realIP":{},"possibleProxyHeader":{}}}"#,
            json!(ip),
            json!(proxy.unwrap_or_default())
        )
    } else {
        "{}".to_owned()
    };
    json_response(format!(r#"{{"message":"API is healthy.","code":200,"data":{data}}}"#).into_bytes())
}

/// Only the first line of a header counts.
fn tells_something(headers: &HeaderMap, name: &str) -> bool {
    headers.get(name).is_some_and(|value| !value.is_empty())
}

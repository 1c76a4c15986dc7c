//! `/_/`: the plain page that links in mails, the first start and OAuth2 logins lead to. It does everything through the
//! API, and which of its views is shown stands after the `#`.

use crate::api::middleware::Unlogged;
use crate::api::{ApiError, ApiState};
use axum::Router;
use axum::body::Body;
use axum::http::{Extensions, HeaderMap, Version};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tower_http::compression::CompressionLayer;

/// Nothing from elsewhere, no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'none'";

/// The pages, compressed for whoever takes gzip: nothing else is, as in PocketBase (spec 06).
pub fn routes() -> Router<ApiState> {
    let found = |status: StatusCode, _: Version, _: &HeaderMap, _: &Extensions| status == StatusCode::OK;
    Router::new()
        .route("/_/", get(index))
        .route("/_/pages.css", get(style))
        .route("/_/pages.js", get(script))
        .route("/_/{*path}", get(nothing))
        .layer(CompressionLayer::new().compress_when(found))
        // Not compressed.
        .route("/_", get(without_slash))
}

/// There is no start page for unknown paths here.
async fn nothing() -> ApiError {
    ApiError::not_found("File not found.")
}

async fn index() -> Response<Body> {
    page("text/html; charset=utf-8", include_str!("../../../templates/pages/index.html"))
}

async fn style() -> Response<Body> {
    page("text/css; charset=utf-8", include_str!("../../../templates/pages/pages.css"))
}

async fn script() -> Response<Body> {
    page("text/javascript; charset=utf-8", include_str!("../../../templates/pages/pages.js"))
}

/// `/_` without the slash.
async fn without_slash() -> Response<Body> {
    let mut response = StatusCode::TEMPORARY_REDIRECT.into_response();
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static("/_/"));
    response
}

fn page(content_type: &'static str, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response.extensions_mut().insert(Unlogged);
    response
}

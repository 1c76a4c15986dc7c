//! `/_/`: the plain page that links in mails, the first start and OAuth2 logins lead to. It does everything through the
//! API, and which of its views is shown stands after the `#`.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;

/// Nothing from elsewhere, no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'none'";

pub async fn index() -> Response<Body> {
    page("text/html; charset=utf-8", include_str!("../../../templates/pages/index.html"))
}

pub async fn style() -> Response<Body> {
    page("text/css; charset=utf-8", include_str!("../../../templates/pages/pages.css"))
}

pub async fn script() -> Response<Body> {
    page("text/javascript; charset=utf-8", include_str!("../../../templates/pages/pages.js"))
}

/// `/_` without the slash.
pub async fn without_slash() -> Response<Body> {
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
    response
}

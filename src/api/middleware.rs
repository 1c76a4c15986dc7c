//! What happens around every request: CORS, identity, security headers, field picking, the log.

use super::body;
use super::client_ip::{self, ClientIp};
use super::context::{Caller, blocking, identify};
use super::error::{Cause, Fault, json_response};
use super::metrics;
use super::query::QueryParams;
use super::rate_limits::Asker;
use super::{ApiError, ApiState};
use crate::logs::{Level, RequestEntry};
use crate::picker::Fields;
use crate::settings::Logs as LogSettings;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::IntoResponse;
use futures_util::FutureExt;
use http_body_util::BodyExt;
use percent_encoding::percent_decode_str;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

static OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Which origins may call the API from a browser.
#[derive(Clone, Debug)]
pub struct Cors {
    origins: Arc<Vec<String>>,
}

impl Cors {
    /// Patterns of origins: `*` stands for any text, `?` for one character.
    pub fn new(origins: Vec<String>) -> Self {
        Self { origins: Arc::new(origins) }
    }

    fn allowed(&self, origin: &str) -> Option<HeaderValue> {
        if self.origins.iter().any(|pattern| pattern == "*") {
            return Some(HeaderValue::from_static("*"));
        }
        let matches = self.origins.iter().any(|pattern| wildcard_match(pattern.as_bytes(), origin.as_bytes()));
        matches.then(|| HeaderValue::from_str(origin).ok()).flatten()
    }

    fn preflight(&self, request: &HeaderMap) -> Response<Body> {
        let mut response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = origin(request) else { return response };
        headers.append(header::VARY, HeaderValue::from_static("Access-Control-Request-Method"));
        headers.append(header::VARY, HeaderValue::from_static("Access-Control-Request-Headers"));
        let Some(allowed) = self.allowed(origin) else { return response };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        headers
            .insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET,HEAD,PUT,PATCH,POST,DELETE"));
        if let Some(wanted) = request.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
        }
        response
    }
}

impl Default for Cors {
    fn default() -> Self {
        Self::new(vec!["*".into()])
    }
}

/// Whole-text match; linear in the text for each `*`, whatever the pattern.
fn wildcard_match(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p, t));
                p += 1;
            }
            Some(c) if *c == b'?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match retry {
                Some((star, from)) => {
                    p = star + 1;
                    t = from + 1;
                    retry = Some((star, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

/// Where a browser says that the request is from; an empty text says nothing.
fn origin(request: &HeaderMap) -> Option<&str> {
    request.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).filter(|origin| !origin.is_empty())
}

/// On an answer whose request is not to be logged: its address holds what is nobody else's business.
#[derive(Clone, Copy)]
pub struct Unlogged;

/// On an answer that has no end but that of the server.
#[derive(Clone, Copy)]
pub struct Endless;

/// On an answer that any page may frame, as files are.
#[derive(Clone, Copy)]
pub struct Framed;

/// The one layer around the router.
pub async fn around(State((state, cors)): State<(ApiState, Cors)>, mut request: Request, next: Next) -> Response<Body> {
    if let Some(location) = cleaned(request.uri()) {
        return redirect(request.method(), &location);
    }
    // Metrics are for programs; no page has to read them.
    let cors = match &state.metrics {
        Some(_) if request.uri().path() == metrics::PATH => Cors::new(Vec::new()),
        _ => cors,
    };
    if request.method() == Method::OPTIONS {
        return cors.preflight(request.headers());
    }
    let started = Instant::now();
    let origin = origin(request.headers()).map(str::to_owned);
    let caller = caller(&state, request.headers()).await;
    let settings = state.app.settings();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let ip = ClientIp::of(request.headers(), &settings.trusted_proxy, peer);
    let superuser = caller.identity.as_ref().is_some_and(|identity| identity.info.is_superuser());
    let banned = superuser && state.app.accounts().check_superuser_ip(&ip.0).is_err();
    let asker = Asker { ip: &ip.0, authenticated: caller.identity.is_some(), superuser: superuser && !banned };
    let admitted = state.limiter.admits(&state.app, request.method(), request.uri().path(), asker);
    let mut entry =
        state.app.logs().keeps(Level::ERROR, true).then(|| log_entry(&request, &caller, &ip, &settings.logs));
    let counted = state.metrics.as_ref().map(|_| (request.method().clone(), request.uri().clone()));
    let picked = request.uri().query().filter(|query| query.contains("fields=")).map(str::to_owned);

    request.extensions_mut().insert(caller);
    request.extensions_mut().insert(ip);
    // A bug in a handler is one failed request, with an answer and a log row, not a broken connection.
    let handled = async {
        if banned {
            return ApiError::forbidden("You are not allowed to perform this request.").into_response();
        }
        let path = request.uri().path();
        if path.starts_with("/api/") && percent_decode_str(path).decode_utf8().is_err() {
            return ApiError::missing_route().into_response();
        }
        if !admitted {
            return ApiError::new(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests.").into_response();
        }
        next.run(request).await
    };
    let handled = AssertUnwindSafe(handled).catch_unwind().await;
    let mut response = handled.unwrap_or_else(|_| ApiError::internal("a handler panicked").into_response());
    if let Some(query) = picked
        && response.status().is_success()
    {
        response = pick(response, &QueryParams::parse(Some(&query))).await;
    }
    let framed = response.extensions().get::<Framed>().is_some();
    finish_headers(response.headers_mut(), framed, origin.as_deref().and_then(|origin| cors.allowed(origin)));
    if let Some((metrics, (method, uri))) = state.metrics.as_ref().zip(counted) {
        metrics.requests.observe(method.as_str(), uri.path(), response.status().as_u16(), started.elapsed());
    }
    if let Some(Fault(cause)) = response.extensions().get() {
        state.app.logs().trouble("The data directory cannot be used", cause);
    }
    let logged = response.extensions().get::<Unlogged>().is_none();
    if let Some(mut entry) = entry.take().filter(|_| logged) {
        entry.status = response.status().as_u16();
        entry.elapsed = started.elapsed();
        if response.status().as_u16() >= 400 {
            entry.error = Some(response.extensions().get::<Cause>().map(|cause| cause.0.clone()).unwrap_or_default());
        }
        state.app.logs().request(entry);
    }
    response
}

/// The path without empty and dot segments, and the query, where the path has such segments.
fn cleaned(uri: &Uri) -> Option<String> {
    let path = uri.path();
    if !path.contains("//") && !path.contains("/.") {
        return None;
    }
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => _ = kept.pop(),
            segment => kept.push(segment),
        }
    }
    // Browsers take a backslash for a slash, and two of those for another host.
    let mut cleaned = format!("/{}", kept.join("/")).replace('\\', "%5C");
    if path.ends_with('/') && !kept.is_empty() {
        cleaned.push('/');
    }
    if cleaned == path {
        return None;
    }
    if let Some(query) = uri.query() {
        cleaned = format!("{cleaned}?{query}");
    }
    Some(cleaned)
}

/// Nothing else is done for an unclean path; a client that follows asks again.
fn redirect(method: &Method, location: &str) -> Response<Body> {
    let mut response = StatusCode::TEMPORARY_REDIRECT.into_response();
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    if matches!(*method, Method::GET | Method::HEAD) {
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, html);
        let link = location.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&#34;");
        *response.body_mut() = Body::from(format!("<a href=\"{link}\">Temporary Redirect</a>.\n\n"));
    }
    response
}

/// Verifies the token once and then remembers it; an invalid one is a guest's.
async fn caller(state: &ApiState, headers: &HeaderMap) -> Caller {
    let Some(value) = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) else {
        return Caller::default();
    };
    let bearer = value.len() > 7 && value.is_char_boundary(7) && value[..7].eq_ignore_ascii_case("bearer ");
    let token = if bearer { &value[7..] } else { value };
    if token.is_empty() {
        return Caller::default();
    }
    let identity = identify(&state.app, token).await;
    if identity.is_none() {
        let error = "the token is no token, or is expired, revoked or signed with another secret";
        state.app.logs().message(Level::DEBUG, "loadAuthToken failure", serde_json::json!({ "error": error }));
    }
    Caller { identity, token: token.to_owned() }
}

/// Applies `fields` to a successful JSON response.
async fn pick(response: Response<Body>, query: &QueryParams) -> Response<Body> {
    let is_json = response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value == "application/json");
    if !is_json {
        return response;
    }
    let fields = match Fields::parse(query.get("fields")) {
        Ok(Some(fields)) => fields,
        Ok(None) => return response,
        Err(error) => return ApiError::from(error).into_response(),
    };
    let (parts, body) = response.into_parts();
    let Ok(body) = body.collect().await else { return ApiError::internal("an unreadable response").into_response() };
    let bytes = body.to_bytes();
    let picked = match bytes.len() {
        0..body::LARGE => fields.apply(&bytes),
        // Work for a thread of its own: it would keep this one from all other requests.
        _ => match blocking(move || fields.apply(&bytes)).await {
            Ok(picked) => picked,
            Err(error) => return error.into_response(),
        },
    };
    let mut picked = json_response(picked);
    *picked.status_mut() = parts.status;
    *picked.extensions_mut() = parts.extensions;
    picked
}

fn finish_headers(headers: &mut HeaderMap, framed: bool, allowed_origin: Option<HeaderValue>) {
    // A wrong method is answered like a path that does not exist.
    headers.remove(header::ALLOW);
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = allowed_origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    headers.insert(header::X_XSS_PROTECTION, HeaderValue::from_static("1; mode=block"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !framed {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    }
    headers.insert(&OPENER_POLICY, HeaderValue::from_static("same-origin"));
}

/// The address as the log keeps it: a file token in the query is a secret.
fn without_tokens(url: &str) -> String {
    let Some((path, query)) = url.split_once('?') else { return url.to_owned() };
    if !query.contains("token=") && !query.contains('%') {
        return url.to_owned();
    }
    let is_token = |pair: &str| pair.split_once('=').is_some_and(|(key, _)| percent_decode_str(key).eq(*b"token"));
    let pairs: Vec<&str> = query.split('&').map(|pair| if is_token(pair) { "token=***" } else { pair }).collect();
    format!("{path}?{}", pairs.join("&"))
}

fn log_entry(request: &Request, caller: &Caller, ip: &ClientIp, wanted: &LogSettings) -> RequestEntry {
    let text = |name| {
        request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().filter(|_| wanted.log_ip);
    let identity = caller.identity.as_ref();
    RequestEntry {
        method: request.method().as_str().to_owned(),
        url: request.uri().path_and_query().map_or_else(String::new, |path| without_tokens(path.as_str())),
        status: 0,
        elapsed: std::time::Duration::ZERO,
        auth: identity.map_or_else(String::new, |identity| identity.info.collection_name.clone()),
        auth_id: identity.filter(|_| wanted.log_auth_id).map(|identity| identity.info.id.clone()),
        referer: without_tokens(&text(header::REFERER)),
        user_agent: text(header::USER_AGENT),
        remote_ip: wanted.log_ip.then(|| peer.map_or_else(String::new, |peer| client_ip::text(peer.0.ip()))),
        user_ip: if wanted.log_ip { ip.0.clone() } else { String::new() },
        error: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_stay_out_of_the_log() {
        assert_eq!(without_tokens("/a?x=1&token=secret&y=2"), "/a?x=1&token=***&y=2");
        assert_eq!(without_tokens("/a?%74oke%6E=secret&y=%20"), "/a?token=***&y=%20");
        assert_eq!(without_tokens("/a?x=token"), "/a?x=token");
    }

    #[test]
    fn origins_match_whole_patterns() {
        let matches = |pattern: &str, text: &str| wildcard_match(pattern.as_bytes(), text.as_bytes());
        assert!(matches("https://*.b.com", "https://x.y.b.com"));
        for other in ["https://b.com", "http://x.b.com", "https://x.b.com:8080"] {
            assert!(!matches("https://*.b.com", other), "{other}");
        }
        assert!(matches("http://a?", "http://ab") && !matches("http://a?", "http://a"));
    }
}

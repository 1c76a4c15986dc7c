//! What is answered to whom: the app to its visitors, and redirects before it.

use super::connections::LongTarget;
use super::patience::Answering;
use crate::api::ApiError;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, Version, header};
use axum::response::IntoResponse;
use hyper::body::Body as _;
use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use tower::ServiceExt;

type Answer = Result<Response<Body>, Infallible>;
type Incoming = Request<hyper::body::Incoming>;

/// An app under its host names.
#[derive(Clone)]
pub struct Site {
    router: Router,
    /// `www.` and a host, each of which leads to the host.
    detours: Arc<[String]>,
}

impl Site {
    pub fn new(router: Router, hosts: Vec<String>) -> Self {
        let detours = hosts.into_iter().filter(|host| !host.starts_with("www.")).map(|host| format!("www.{host}"));
        Self { router, detours: detours.collect() }
    }

    /// What answers one connection.
    pub fn visitor(
        &self,
        peer: SocketAddr,
        secure: bool,
    ) -> impl Fn(Incoming, &Answering) -> Pin<Box<dyn Future<Output = Answer> + Send>> + Clone + Send + 'static {
        let site = self.clone();
        move |mut request, answering| {
            if let Some(response) = refusal(&request).or_else(|| site.without_www(&request, secure)) {
                return Box::pin(std::future::ready(Ok(response)));
            }
            // Somebody who breaks off in the middle of a body must not be waited for.
            let guard = request.body().is_end_stream().then(|| answering.begin());
            request.extensions_mut().insert(ConnectInfo(peer));
            let is_head = request.method() == Method::HEAD;
            let answer = site.router.clone().oneshot(request.map(Body::new));
            Box::pin(async move {
                let mut answer = answer.await;
                drop(guard);
                if let Ok(response) = &mut answer
                    && is_head
                    && matches!(response.status(), StatusCode::NOT_MODIFIED | StatusCode::PRECONDITION_FAILED)
                {
                    // That of an answer that was not sent is not known here, and not 0 (RFC 9110 §8.6).
                    response.headers_mut().remove(header::CONTENT_LENGTH);
                }
                answer
            })
        }
    }

    fn without_www(&self, request: &Incoming, secure: bool) -> Option<Response<Body>> {
        let host = host(request)?;
        let plain = host.strip_prefix("www.")?;
        if !self.detours.iter().any(|detour| detour == host) {
            return None;
        }
        let scheme = if secure { "https" } else { "http" };
        Some(redirect(StatusCode::TEMPORARY_REDIRECT, &format!("{scheme}://{plain}{}", target(request))))
    }
}

/// Leads to the same address with HTTPS on the given port.
pub fn to_https(port: u16) -> impl Fn(Incoming, &Answering) -> std::future::Ready<Answer> + Clone + Send + 'static {
    move |request, _| {
        if let Some(response) = refusal(&request) {
            return std::future::ready(Ok(response));
        }
        let found = host(&request).filter(|_| matches!(*request.method(), Method::GET | Method::HEAD));
        let response = match found {
            None => refused(),
            Some(host) => {
                // PocketBase names the port wherever the client did, and knows only this one.
                let named = named_port(host).is_some();
                let host = without_port(host);
                let host = if named || port != 443 { format!("{host}:{port}") } else { host.to_owned() };
                let mut response = redirect(StatusCode::FOUND, &format!("https://{host}{}", target(&request)));
                let location = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
                if let Some(location) = location.filter(|_| request.method() == Method::GET) {
                    let link = location.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                    let link = link.replace('"', "&#34;").replace('\'', "&#39;");
                    *response.body_mut() = Body::from(format!("<a href=\"{link}\">Found</a>.\n\n"));
                }
                let html = HeaderValue::from_static("text/html; charset=utf-8");
                response.headers_mut().insert(header::CONTENT_TYPE, html);
                response
            }
        };
        std::future::ready(Ok(response))
    }
}

/// The answer to a request of HTTP/1 that may mean something else to whoever passed it on.
fn refusal(request: &Incoming) -> Option<Response<Body>> {
    let error = match request.version() {
        _ if request.extensions().get::<LongTarget>().is_some() => {
            ApiError::new(StatusCode::URI_TOO_LONG, "The address of the request is too long.")
        }
        Version::HTTP_11 if !request.headers().contains_key(header::HOST) => {
            ApiError::bad_request("Missing required Host header.")
        }
        Version::HTTP_10 | Version::HTTP_11 if request.headers().get_all(header::HOST).iter().count() > 1 => {
            ApiError::bad_request("Too many Host headers.")
        }
        _ => {
            let mut codings = request.headers().get_all(header::TRANSFER_ENCODING).iter();
            // Of a second chunking nobody would be the wiser.
            let known = codings.next().is_none_or(|coding| coding.as_bytes().eq_ignore_ascii_case(b"chunked"));
            if known && codings.next().is_none() {
                return None;
            }
            ApiError::new(StatusCode::NOT_IMPLEMENTED, "Unsupported transfer encoding.")
        }
    };
    let mut response = error.into_response();
    // What follows is a body that nobody understands.
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    Some(response)
}

fn refused() -> Response<Body> {
    let mut response = Response::new(Body::from("Use HTTPS\n"));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn redirect(status: StatusCode, location: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// As the client names it, port included: HTTP/2 has it in the address.
fn host(request: &Incoming) -> Option<&str> {
    let header = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    header.or_else(|| request.uri().authority().map(axum::http::uri::Authority::as_str)).filter(|host| !host.is_empty())
}

fn named_port(host: &str) -> Option<&str> {
    let (name, port) = host.rsplit_once(':')?;
    (!name.contains(':') || name.ends_with(']')).then_some(port)
}

fn without_port(host: &str) -> &str {
    named_port(host).map_or(host, |port| &host[..host.len() - port.len() - 1])
}

fn target(request: &Incoming) -> &str {
    request.uri().path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_told_from_addresses() {
        for (host, bare, port) in [
            ("example.com", "example.com", None),
            ("example.com:80", "example.com", Some("80")),
            ("[::1]", "[::1]", None),
            ("[::1]:80", "[::1]", Some("80")),
            ("::1", "::1", None),
        ] {
            assert_eq!((without_port(host), named_port(host)), (bare, port));
        }
    }
}

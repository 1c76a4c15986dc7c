//! Requests of a test and what came back.

use reqwest::Method;
use reqwest::blocking::{Client as Http, RequestBuilder, Response};
use serde_json::{Value as Json, json};

/// A caller of one server, maybe logged in.
#[derive(Clone)]
pub struct Client {
    http: Http,
    url: String,
    token: Option<String>,
}

/// A response, read whole.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Client {
    pub fn new(url: &str) -> Self {
        let http = Http::builder().redirect(reqwest::redirect::Policy::none()).build().expect("an HTTP client");
        Self { http, url: url.to_owned(), token: None }
    }

    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same caller after a password login.
    #[track_caller]
    pub fn login(&self, collection: &str, identity: &str, password: &str) -> Self {
        let path = format!("/api/collections/{collection}/auth-with-password");
        let reply = self.post(&path, json!({ "identity": identity, "password": password })).ok();
        self.with_token(reply["token"].as_str().expect("a token"))
    }

    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.header("Authorization", token),
            None => request,
        }
    }

    #[track_caller]
    pub fn send(&self, request: RequestBuilder) -> Reply {
        Self::reply(request.send().expect("an answer"))
    }

    /// A response, read whole.
    #[track_caller]
    pub fn reply(response: Response) -> Reply {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Reply { status, headers, body: response.text().expect("a readable body") }
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        self.send(self.request("GET", path))
    }

    #[track_caller]
    pub fn post(&self, path: &str, body: Json) -> Reply {
        self.send(self.request("POST", path).json(&body))
    }

    #[track_caller]
    pub fn patch(&self, path: &str, body: Json) -> Reply {
        self.send(self.request("PATCH", path).json(&body))
    }

    #[track_caller]
    pub fn delete(&self, path: &str) -> Reply {
        self.send(self.request("DELETE", path))
    }
}

impl Reply {
    #[track_caller]
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The body of a 200.
    #[track_caller]
    pub fn ok(&self) -> Json {
        assert_eq!(self.status, 200, "{}", self.body);
        self.json()
    }

    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }
}

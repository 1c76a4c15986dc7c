//! The user behind a token, and how a provider is asked about it.

use super::look::Look;
use super::{Client, Configured, OAuth2Error, Token};
use oauth2::http::{Method, Request, Response, header};
use serde_json::{Map, Value as Json};

/// A user as a provider tells of it. What it does not tell is `""`.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    pub id: String,
    pub name: String,
    pub username: String,
    /// Only where the provider vouches for it.
    pub email: String,
    pub avatar_url: String,
    pub raw: Map<String, Json>,
}

/// What a provider's function works with.
pub struct Ask<'a> {
    pub client: &'a Client,
    pub configured: Configured<'a>,
    pub token: &'a Token,
    /// A name that came with the redirect.
    pub redirect_name: &'a str,
}

impl Profile {
    /// Asks the provider about the owner of the token.
    ///
    /// # Errors
    /// The provider fails or refuses, or its answer cannot be read.
    pub fn fetch(ask: &Ask<'_>) -> Result<Self, OAuth2Error> {
        if ask.token.expires.is_some_and(|expires| expires <= chrono::Utc::now()) {
            return Err(OAuth2Error::unreadable("the token has expired already"));
        }
        (ask.configured.provider.read)(ask)
    }
}

impl Ask<'_> {
    /// The user as JSON, by GET.
    ///
    /// # Errors
    /// A status of failure, or no JSON object.
    pub fn user(&self, headers: &[(&str, &str)]) -> Result<Json, OAuth2Error> {
        object(self.get(self.configured.user_info_url(), headers)?)
    }

    /// The user as JSON, by a GraphQL query.
    ///
    /// # Errors
    /// A status of failure, or no JSON object.
    pub fn query(&self, query: &str) -> Result<Json, OAuth2Error> {
        let body = serde_json::json!({ "query": query }).to_string().into_bytes();
        let kind = [(header::CONTENT_TYPE.as_str(), "application/json")];
        object(self.request(Method::POST, self.configured.user_info_url(), &kind, body)?)
    }

    pub fn get(&self, url: &str, headers: &[(&str, &str)]) -> Result<Response<Vec<u8>>, OAuth2Error> {
        self.request(Method::GET, url, headers, Vec::new())
    }

    fn request(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Response<Vec<u8>>, OAuth2Error> {
        let mut request = Request::builder().method(method).uri(url);
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token.access));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.client.send(request.body(body).map_err(OAuth2Error::unreadable)?)
    }
}

fn object(answer: Response<Vec<u8>>) -> Result<Json, OAuth2Error> {
    let json = json(&answer)?;
    if json.is_object() { Ok(json) } else { Err(OAuth2Error::unreadable("it is not a JSON object")) }
}

/// The body of an answer that is no failure.
///
/// # Errors
/// It is one, or not JSON.
pub fn json(answer: &Response<Vec<u8>>) -> Result<Json, OAuth2Error> {
    let status = answer.status().as_u16();
    if status >= 400 {
        return Err(OAuth2Error::Status(status));
    }
    serde_json::from_slice(answer.body()).map_err(|_| OAuth2Error::unreadable("it is not JSON"))
}

/// A profile with the texts at the paths of id, name, username and avatar; `""` is none.
///
/// # Errors
/// One of them is no text.
pub fn texts(user: Json, [id, name, username, avatar]: [&str; 4]) -> Result<Profile, OAuth2Error> {
    let look = Look(&user);
    let text = |path: &str| if path.is_empty() { Ok(String::new()) } else { look.text(path) };
    let (id, name, username, avatar_url) = (text(id)?, text(name)?, text(username)?, text(avatar)?);
    Ok(Profile { id, name, username, email: String::new(), avatar_url, raw: raw(user) })
}

/// The answer as it is passed on to the client.
pub fn raw(user: Json) -> Map<String, Json> {
    match user {
        Json::Object(fields) => fields,
        _ => Map::new(),
    }
}

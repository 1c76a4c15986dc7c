//! A code becomes a token.

use super::{Client, Configured, OAuth2Error};
use chrono::{DateTime, Utc};
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::http::{HeaderValue, header};
use oauth2::{
    AccessToken, AuthType, AuthorizationCode, ClientId, ClientSecret, HttpRequest, HttpResponse, PkceCodeVerifier,
    RefreshToken, RequestTokenError, Scope, StandardRevocableToken, TokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::time::Duration;

/// What a provider gave for a code.
#[derive(Clone)]
pub struct Token {
    pub access: String,
    pub refresh: String,
    pub expires: Option<DateTime<Utc>>,
    /// Everything that the provider answered.
    pub raw: Map<String, Json>,
}

impl Token {
    /// A text of the answer, `""` where there is none.
    pub fn text(&self, name: &str) -> &str {
        self.raw.get(name).and_then(Json::as_str).unwrap_or_default()
    }

    /// Exchanges a code, with the credentials as HTTP Basic first and in the body where that is refused.
    ///
    /// # Errors
    /// The provider refuses both, cannot be reached or gives no token.
    pub fn exchange(
        client: &Client,
        configured: &Configured<'_>,
        code: &str,
        verifier: &str,
        redirect_url: &str,
    ) -> Result<Self, OAuth2Error> {
        let ask = |auth| exchange(client, configured, auth, code, verifier, redirect_url);
        ask(AuthType::BasicAuth).or_else(|_| ask(AuthType::RequestBody))
    }
}

/// The fields of an answer, more of which are the providers' own than the standard knows.
#[derive(Deserialize, Serialize)]
struct Answer {
    access_token: AccessToken,
    #[serde(default)]
    refresh_token: Option<RefreshToken>,
    #[serde(default, rename = "expires_in", skip_serializing)]
    lifetime: Lifetime,
    #[serde(flatten)]
    rest: Map<String, Json>,
    /// Some providers leave it out; a bearer token is the only kind that is used.
    #[serde(skip, default = "bearer")]
    token_type: BasicTokenType,
}

/// Seconds, as a number or as a text; 0 is unknown.
#[derive(Default)]
struct Lifetime(i64);

impl<'de> Deserialize<'de> for Lifetime {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = match Json::deserialize(deserializer)? {
            Json::Null => Some(0),
            Json::String(text) => text.parse().ok(),
            number => number.as_i64(),
        };
        let seconds = seconds.ok_or_else(|| serde::de::Error::custom("`expires_in` is no number of seconds"))?;
        Ok(Self(seconds.min(i64::from(i32::MAX))))
    }
}

fn bearer() -> BasicTokenType {
    BasicTokenType::Bearer
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").finish_non_exhaustive()
    }
}

impl TokenResponse for Answer {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        u64::try_from(self.lifetime.0).ok().filter(|seconds| *seconds > 0).map(Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

type Exchange = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
>;

fn exchange(
    client: &Client,
    configured: &Configured<'_>,
    auth: AuthType,
    code: &str,
    verifier: &str,
    redirect_url: &str,
) -> Result<Token, OAuth2Error> {
    let token_url = TokenUrl::new(configured.token_url().to_owned()).map_err(OAuth2Error::unreadable)?;
    let exchange = Exchange::new(ClientId::new(configured.config.client_id.clone()))
        .set_client_secret(ClientSecret::new(configured.config.client_secret.clone()))
        .set_auth_type(auth)
        .set_token_uri(token_url);
    let mut request = exchange.exchange_code(AuthorizationCode::new(code.to_owned()));
    if configured.pkce() {
        request = request.set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()));
    }
    if !redirect_url.is_empty() {
        // Passed on as the client wrote it: the provider compares it with what it saw before.
        request = request.add_extra_param("redirect_uri", redirect_url.to_owned());
    }
    let answer = request.request(&|request: HttpRequest| client.send(request).map(as_json));
    let answer = answer.map_err(|error| match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::ServerResponse(response) => OAuth2Error::Refused(response.error().to_string()),
        RequestTokenError::Parse(error, _) => OAuth2Error::unreadable(error.inner()),
        RequestTokenError::Other(reason) => OAuth2Error::unreadable(reason),
    })?;
    if answer.access_token.secret().is_empty() {
        return Err(OAuth2Error::unreadable("there is no access token"));
    }
    let life = Some(answer.lifetime.0).filter(|seconds| *seconds != 0).and_then(chrono::TimeDelta::try_seconds);
    Ok(Token {
        access: answer.access_token.secret().clone(),
        refresh: answer.refresh_token.as_ref().map(|token| token.secret().clone()).unwrap_or_default(),
        expires: life.and_then(|life| Utc::now().checked_add_signed(life)),
        raw: answer.rest,
    })
}

/// Some providers answer as a form, and some give JSON another name: all of them are read as JSON.
fn as_json(mut answer: HttpResponse) -> HttpResponse {
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if matches!(kind.as_str(), "application/x-www-form-urlencoded" | "text/plain") {
        let fields = form_urlencoded::parse(answer.body());
        let mut fields: Map<String, Json> = fields.map(|(name, value)| (name.into_owned(), value.into())).collect();
        // In a form a lifetime that cannot be read is only left out.
        if fields.get("expires_in").and_then(Json::as_str).is_some_and(|text| text.parse::<i64>().is_err()) {
            fields.remove("expires_in");
        }
        *answer.body_mut() = Json::from(fields).to_string().into_bytes();
    }
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

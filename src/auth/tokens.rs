//! JSON web tokens in PocketBase's form (spec 03 §1).
//!
//! The key of a token is the record's `tokenKey` followed by the secret that its collection keeps for that kind of
//! token, so changing either revokes it.

use crate::db::DbError;
use crate::events::Record;
use crate::schema::{Catalog, Collection, TokenConfig};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation};
use rusqlite::Connection;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// What a token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Auth,
    File,
    Verification,
    PasswordReset,
    EmailChange,
}

impl Kind {
    /// The `type` claim.
    pub fn claim(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::File => "file",
            Self::Verification => "verification",
            Self::PasswordReset => "passwordReset",
            Self::EmailChange => "emailChange",
        }
    }

    pub fn from_claim(claim: &str) -> Option<Self> {
        [Self::Auth, Self::File, Self::Verification, Self::PasswordReset, Self::EmailChange]
            .into_iter()
            .find(|kind| kind.claim() == claim)
    }

    fn config(self, collection: &Collection) -> Option<&TokenConfig> {
        let options = collection.auth()?;
        Some(match self {
            Self::Auth => &options.auth_token,
            Self::File => &options.file_token,
            Self::Verification => &options.verification_token,
            Self::PasswordReset => &options.password_reset_token,
            Self::EmailChange => &options.email_change_token,
        })
    }
}

/// Keys in alphabetical order, as on the wire.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claims {
    pub collection_id: String,
    /// The email of the record when the token was made, in tokens that are mailed.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "text_or_none")]
    pub email: Option<String>,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "moment")]
    pub exp: Option<i64>,
    pub id: String,
    /// What the email shall be; only email change tokens have it.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "text_or_none")]
    pub new_email: Option<String>,
    /// Whether `auth-refresh` gives a new token for this one; only auth tokens have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refreshable: Option<Json>,
    #[serde(rename = "type")]
    pub kind: String,
    /// Unix seconds from which on it holds. Ours say neither this nor when they were made.
    #[serde(skip_serializing, default, deserialize_with = "seconds")]
    nbf: Option<f64>,
    #[serde(skip_serializing, default, deserialize_with = "seconds")]
    iat: Option<f64>,
}

/// A moment that is there must be a number; fractions of a second do not count.
fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    if seconds.abs() > i64::MAX as f64 {
        return Err(D::Error::custom("no moment of any calendar"));
    }
    // PocketBase takes 0 for no end.
    Ok((seconds != 0.0).then_some(seconds as i64))
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    f64::deserialize(deserializer).map(Some)
}

/// What nobody asks a token for may be of any type.
fn text_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Json::deserialize(deserializer)?.as_str().map(str::to_owned))
}

impl Claims {
    pub fn is_refreshable(&self) -> bool {
        matches!(&self.refreshable, Some(Json::Bool(true))) || self.refreshable == Some(Json::from("true"))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("it is not a JSON web token")]
    Malformed,
    #[error("it expired at {0}")]
    Expired(chrono::DateTime<chrono::Utc>),
    #[error("it is not valid yet")]
    NotYetValid,
    #[error("`{0}` is not a token type that can be used here")]
    WrongKind(String),
    #[error("its collection `{0}` does not exist or holds no accounts")]
    UnknownCollection(String),
    #[error("its record `{0}` does not exist")]
    UnknownRecord(String),
    #[error("its signature is wrong: it was revoked, or made by another server")]
    WrongSignature,
    #[error("the collection has no signing key")]
    NoKey,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<rusqlite::Error> for TokenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Db(error.into())
    }
}

/// A token to be issued.
#[derive(Clone, Copy, Debug, Default)]
pub struct Grant<'a> {
    /// 0 or less is the collection's duration.
    pub seconds: i64,
    /// Whether `auth-refresh` gives a new token for this one.
    pub refreshable: bool,
    /// The address that an email change token is about.
    pub new_email: Option<&'a str>,
}

/// Issues a token for a record.
///
/// # Errors
/// The collection is no auth collection or has no key.
pub fn issue(collection: &Collection, record: &Record, kind: Kind, grant: Grant<'_>) -> Result<String, TokenError> {
    let config = kind.config(collection).ok_or_else(|| TokenError::UnknownCollection(collection.name.clone()))?;
    let seconds = if grant.seconds > 0 { grant.seconds } else { config.duration };
    let mailed = matches!(kind, Kind::Verification | Kind::PasswordReset | Kind::EmailChange);
    let claims = Claims {
        collection_id: collection.id.clone(),
        email: mailed.then(|| record.text(collection, "email").to_owned()),
        exp: Some(chrono::Utc::now().timestamp().saturating_add(seconds)),
        id: record.id(collection).to_owned(),
        new_email: (kind == Kind::EmailChange).then(|| grant.new_email.unwrap_or_default().to_owned()),
        refreshable: (kind == Kind::Auth).then_some(Json::Bool(grant.refreshable)),
        kind: kind.claim().to_owned(),
        nbf: None,
        iat: None,
    };
    let key = key(collection, record, config)?;
    let claims = serde_json::to_vec(&claims).expect("claims are plain data");
    // Put together here: the crate writes the members of the header in another order than PocketBase.
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &EncodingKey::from_secret(&key), Algorithm::HS256)
        .map_err(|_| TokenError::NoKey)?;
    Ok(format!("{message}.{signature}"))
}

fn key(collection: &Collection, record: &Record, config: &TokenConfig) -> Result<Vec<u8>, TokenError> {
    let token_key = record.text(collection, "tokenKey");
    if token_key.is_empty() || config.secret.is_empty() {
        return Err(TokenError::NoKey);
    }
    Ok([token_key.as_bytes(), config.secret.as_bytes()].concat())
}

/// What a token says, before anything of it is believed.
///
/// # Errors
/// [`TokenError::Malformed`].
pub fn peek(token: &str) -> Result<Claims, TokenError> {
    let payload = token.split('.').nth(1).ok_or(TokenError::Malformed)?;
    let bytes = URL_SAFE_NO_PAD.decode(payload).map_err(|_| TokenError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| TokenError::Malformed)
}

/// A text that a token says, whatever else it says and lacks.
pub fn claimed(token: &str, name: &str) -> String {
    let parts: Vec<&str> = token.split('.').collect();
    let object = |part: &str| serde_json::from_slice::<Map<String, Json>>(&URL_SAFE_NO_PAD.decode(part).ok()?).ok();
    let [header, payload, _] = parts[..] else { return String::new() };
    let claims = object(header).and_then(|_| object(payload)).unwrap_or_default();
    claims.get(name).and_then(Json::as_str).unwrap_or_default().to_owned()
}

/// A token that holds.
pub struct Verified {
    pub claims: Claims,
    pub collection: Arc<Collection>,
    pub record: Record,
}

/// Verifies a token of one of the `kinds`, in the order of spec 03 §1.2.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn verify(connection: &Connection, catalog: &Catalog, token: &str, kinds: &[Kind]) -> Result<Verified, TokenError> {
    let claims = peek(token)?;
    check_times(&claims)?;
    let kind = Kind::from_claim(&claims.kind)
        .filter(|kind| kinds.contains(kind))
        .ok_or_else(|| TokenError::WrongKind(claims.kind.clone()))?;
    let unknown = || TokenError::UnknownCollection(claims.collection_id.clone());
    let collection = catalog.get(&claims.collection_id).ok_or_else(unknown)?;
    let config = kind.config(collection).ok_or_else(unknown)?;
    let record = crate::records::find(connection, collection, &claims.id)?
        .ok_or_else(|| TokenError::UnknownRecord(claims.id.clone()))?;
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let key = key(collection, &record, config)?;
    jsonwebtoken::decode::<Json>(token, &DecodingKey::from_secret(&key), &validation)
        .map_err(|_| TokenError::WrongSignature)?;
    Ok(Verified { claims, collection: Arc::clone(collection), record })
}

/// A missing `exp` is accepted, as PocketBase does; `nbf` and `iat` must lie in the past.
fn check_times(claims: &Claims) -> Result<(), TokenError> {
    let now = chrono::Utc::now();
    if let Some(exp) = claims.exp
        && now.timestamp() >= exp
    {
        let moment = chrono::DateTime::from_timestamp(exp, 0).unwrap_or_default();
        return Err(TokenError::Expired(moment));
    }
    let seconds = now.timestamp() as f64;
    if claims.nbf.is_some_and(|nbf| nbf > seconds) || claims.iat.is_some_and(|iat| iat > seconds) {
        return Err(TokenError::NotYetValid);
    }
    Ok(())
}

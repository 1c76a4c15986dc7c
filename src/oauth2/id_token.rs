//! Id tokens: what they say, and whether to believe it.
//!
//! A token comes from the provider's own endpoint, so its signature is checked where a key set is configured and not
//! otherwise; its times always are.

use super::profile::{Ask, json};
use super::{OAuth2Error, Token};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, JwkSet};
use jsonwebtoken::{DecodingKey, Validation};
use serde_json::{Map, Value as Json};

const LEEWAY: i64 = 300;

/// The claims of a token whose times hold.
///
/// # Errors
/// There is no token, or it is not of these times.
pub fn claims(token: &Token) -> Result<Map<String, Json>, OAuth2Error> {
    let encoded = token.text("id_token");
    let payload = encoded.split('.').nth(1).ok_or_else(|| OAuth2Error::id_token("there is none"))?;
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).map_err(OAuth2Error::id_token)?;
    let claims: Map<String, Json> = serde_json::from_slice(&payload).map_err(OAuth2Error::id_token)?;
    check_times(&claims)?;
    Ok(claims)
}

fn check_times(claims: &Map<String, Json>) -> Result<(), OAuth2Error> {
    let leeway = std::env::var("PB_ID_TOKEN_LEEWAY").ok().and_then(|text| text.parse().ok());
    let leeway = leeway.filter(|seconds| *seconds > 0).unwrap_or(LEEWAY) as f64;
    let now = chrono::Utc::now().timestamp() as f64;
    let time = |name: &str| match claims.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(value) => value.as_f64().map(Some).ok_or_else(|| OAuth2Error::id_token(format!("`{name}` is no time"))),
    };
    if time("exp")?.is_some_and(|exp| now - leeway >= exp) {
        return Err(OAuth2Error::id_token("it has expired"));
    }
    if [time("iat")?, time("nbf")?].into_iter().flatten().any(|since| since > now + leeway) {
        return Err(OAuth2Error::id_token("it is not valid yet"));
    }
    Ok(())
}

/// Whether the token was made for this client.
///
/// # Errors
/// It was not.
pub fn check_audience(claims: &Map<String, Json>, client_id: &str) -> Result<(), OAuth2Error> {
    let meant = match claims.get("aud") {
        Some(Json::String(audience)) => audience == client_id,
        Some(Json::Array(audiences)) => audiences.iter().any(|audience| audience.as_str() == Some(client_id)),
        _ => false,
    };
    if meant { Ok(()) } else { Err(OAuth2Error::id_token("it was made for another client")) }
}

/// Whether the token comes from one of the issuers.
///
/// # Errors
/// It does not.
pub fn check_issuer(claims: &Map<String, Json>, issuers: &[&str]) -> Result<(), OAuth2Error> {
    let issuer = claims.get("iss").and_then(Json::as_str).unwrap_or_default();
    if issuers.contains(&issuer) { Ok(()) } else { Err(OAuth2Error::id_token("another issuer made it")) }
}

/// Checks the signature with the provider's published keys.
///
/// # Errors
/// The keys cannot be had, none of them is meant, or the signature is wrong.
pub fn check_signature(ask: &Ask<'_>, key_set_url: &str) -> Result<(), OAuth2Error> {
    let encoded = ask.token.text("id_token");
    let header = jsonwebtoken::decode_header(encoded).map_err(OAuth2Error::id_token)?;
    let keys = json(&fetch(ask, key_set_url)?)?;
    // Keys of kinds that are not known here do not spoil the others.
    let keys = keys["keys"].as_array().cloned().unwrap_or_default();
    let keys = keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
    let set = JwkSet { keys };
    let unknown = || OAuth2Error::id_token("its key is not among the provider's");
    let key = set.find(header.kid.as_deref().ok_or_else(unknown)?).ok_or_else(unknown)?;
    let algorithm = key.common.key_algorithm.ok_or_else(unknown)?.to_string();
    let usable = matches!(key.algorithm, AlgorithmParameters::RSA(_) | AlgorithmParameters::OctetKeyPair(_));
    if !usable || algorithm != format!("{:?}", header.alg) {
        return Err(OAuth2Error::id_token("its algorithm is not that of the key"));
    }
    let mut validation = Validation::new(header.alg);
    validation.required_spec_claims.clear();
    // The claims are checked on their own, with another leeway.
    (validation.validate_exp, validation.validate_nbf, validation.validate_aud) = (false, false, false);
    let key = DecodingKey::from_jwk(key).map_err(OAuth2Error::id_token)?;
    jsonwebtoken::decode::<Json>(encoded, &key, &validation).map_err(OAuth2Error::id_token)?;
    Ok(())
}

/// Without the access token, which is not the key server's to see.
fn fetch(ask: &Ask<'_>, url: &str) -> Result<oauth2::http::Response<Vec<u8>>, OAuth2Error> {
    let request = oauth2::http::Request::get(url).body(Vec::new()).map_err(OAuth2Error::unreadable)?;
    ask.client.send(request)
}

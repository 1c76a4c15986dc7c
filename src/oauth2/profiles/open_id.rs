//! Providers that speak OpenID Connect, as far as their id tokens are looked at.

use super::super::OAuth2Error;
use super::super::id_token::{check_audience, check_issuer, check_signature, claims};
use super::super::look::Look;
use super::super::profile::{Ask, Profile, texts};
use serde_json::{Map, Value as Json};

const APPLE: &str = "https://appleid.apple.com";

pub fn apple(ask: &Ask<'_>) -> Result<Profile, OAuth2Error> {
    let claims = claims(ask.token)?;
    if !claims.contains_key("exp") {
        return Err(OAuth2Error::id_token("it never expires"));
    }
    check_issuer(&claims, &[APPLE])?;
    check_audience(&claims, &ask.configured.config.client_id)?;
    check_signature(ask, &format!("{APPLE}/auth/keys"))?;
    let user = Json::Object(claims);
    let verified = Look(&user).truthy("email_verified");
    let email = if verified { Look(&user).text("email")? } else { String::new() };
    let mut profile = Profile { email, ..texts(user, ["sub", "name", "", ""])? };
    if profile.name.is_empty() {
        ask.redirect_name.clone_into(&mut profile.name);
    }
    Ok(profile)
}

pub fn microsoft(ask: &Ask<'_>) -> Result<Profile, OAuth2Error> {
    let user = ask.user(&[])?;
    let mail = Look(&user).text("mail")?;
    let profile = texts(user, ["id", "displayName", "", ""])?;
    let email = match ask.configured.extra("idTokenEmailClaim") {
        "" => mail,
        // Nothing is vouched for by a token that does not hold.
        claim => email_claim(claim, &claims(ask.token).unwrap_or_default()).unwrap_or(mail),
    };
    Ok(Profile { email, ..profile })
}

/// The email that a claim of the id token vouches for; `None` for a claim that is none of these.
fn email_claim(claim: &str, claims: &Map<String, Json>) -> Option<String> {
    let text = |name: &str| claims.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let vouched = || {
        let user = Json::Object(claims.clone());
        if Look(&user).truthy("xms_edov") { text("email") } else { String::new() }
    };
    Some(match claim {
        "any_verified" => {
            Some(text("verified_primary_email")).filter(|email| !email.is_empty()).unwrap_or_else(vouched)
        }
        "verified_primary_email" => text("verified_primary_email"),
        "email_and_xms_edov" => vouched(),
        "email" => text("email"),
        _ => return None,
    })
}

pub fn oidc(ask: &Ask<'_>) -> Result<Profile, OAuth2Error> {
    let user = match ask.configured.user_info_url() {
        "" => Json::Object(from_id_token(ask)?),
        _ => ask.user(&[])?,
    };
    let look = Look(&user);
    let email = if look.truthy("email_verified") { look.text("email")? } else { String::new() };
    Ok(Profile { email, ..texts(user, ["sub", "name", "preferred_username", "picture"])? })
}

fn from_id_token(ask: &Ask<'_>) -> Result<Map<String, Json>, OAuth2Error> {
    let extra = &ask.configured.config.extra;
    let claims = claims(ask.token)?;
    check_audience(&claims, &ask.configured.config.client_id)?;
    let issuers: Vec<&str> = match extra.get("issuers") {
        Some(Json::Array(issuers)) => issuers.iter().filter_map(Json::as_str).collect(),
        Some(Json::String(issuer)) if !issuer.is_empty() => vec![issuer],
        _ => Vec::new(),
    };
    if !issuers.is_empty() {
        check_issuer(&claims, &issuers)?;
    }
    match ask.configured.extra("jwksURL") {
        "" => {}
        url => check_signature(ask, url)?,
    }
    Ok(claims)
}

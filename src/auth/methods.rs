//! How one may log in to a collection (spec 03 §5.1).

use crate::oauth2::{AuthRequest, Configured};
use crate::schema::{Collection, OAuth2};
use serde_json::{Value as Json, json};

/// The `auth-methods` of a collection.
pub fn methods(collection: &Collection) -> Json {
    let options = collection.auth().expect("only auth collections have methods");
    let password = &options.password_auth;
    let fields: &[String] = if password.enabled { &password.identity_fields } else { &[] };
    let has = |name: &str| fields.iter().any(|field| field == name);
    let providers = if options.oauth2.enabled { listed(&options.oauth2) } else { Vec::new() };
    // The form that older clients read has no room for pictures.
    let legacy: Vec<Json> = providers.iter().cloned().map(without_logo).collect();
    let duration = |enabled: bool, seconds: i64| if enabled { seconds } else { 0 };
    json!({
        "password": { "identityFields": fields, "enabled": password.enabled },
        "oauth2": { "providers": providers, "enabled": options.oauth2.enabled },
        "mfa": { "enabled": options.mfa.enabled, "duration": duration(options.mfa.enabled, options.mfa.duration) },
        "otp": { "enabled": options.otp.enabled, "duration": duration(options.otp.enabled, options.otp.duration) },
        "authProviders": legacy,
        "usernamePassword": has("username"),
        "emailPassword": has("email"),
    })
}

/// The providers, each with the URL that begins a login and the secrets of it.
fn listed(oauth2: &OAuth2) -> Vec<Json> {
    let list = |configured: Configured<'_>| {
        let request = AuthRequest::new(&configured);
        json!({
            "name": configured.provider.name,
            "displayName": configured.display_name(),
            "logo": configured.provider.logo(),
            "state": request.state,
            "authURL": request.url,
            "authUrl": request.url,
            "codeVerifier": request.code_verifier,
            "codeChallenge": request.code_challenge,
            "codeChallengeMethod": request.code_challenge_method,
        })
    };
    oauth2.providers.iter().filter_map(Configured::new).map(list).collect()
}

fn without_logo(mut provider: Json) -> Json {
    provider["logo"] = Json::from("");
    provider
}

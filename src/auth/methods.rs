//! How one may log in to a collection (spec 03 §5.1).

use crate::schema::Collection;
use serde_json::{Value as Json, json};

/// The `auth-methods` of a collection.
pub fn methods(collection: &Collection) -> Json {
    let options = collection.auth().expect("only auth collections have methods");
    let password = &options.password_auth;
    let fields: &[String] = if password.enabled { &password.identity_fields } else { &[] };
    let has = |name: &str| fields.iter().any(|field| field == name);
    let duration = |enabled: bool, seconds: i64| if enabled { seconds } else { 0 };
    json!({
        "password": { "identityFields": fields, "enabled": password.enabled },
        "oauth2": { "providers": [], "enabled": false },
        "mfa": { "enabled": options.mfa.enabled, "duration": duration(options.mfa.enabled, options.mfa.duration) },
        "otp": { "enabled": options.otp.enabled, "duration": duration(options.otp.enabled, options.otp.duration) },
        "authProviders": [],
        "usernamePassword": has("username"),
        "emailPassword": has("email"),
    })
}

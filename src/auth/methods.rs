//! How one may log in to a collection (spec 03 §5.1).

use super::accounts::Accounts;
use crate::oauth2::{AuthRequest, Configured, is_discovered};
use crate::schema::Collection;
use serde::Serialize;

impl Accounts {
    /// The `auth-methods` of a collection. This blocks where [`must_ask_providers`].
    pub fn methods(&self, collection: &Collection) -> Methods {
        let oauth2 = &collection.auth().expect("only auth collections have methods").oauth2;
        let configs = oauth2.providers.iter().filter(|_| oauth2.enabled);
        // A provider that cannot be used is not offered.
        let usable = configs.filter_map(|config| match self.discovery.complete(config) {
            Ok(config) => Configured::new(&config).map(|configured| Listed::new(&configured)),
            Err(error) => {
                self.warn("Failed to discover the OpenID provider", &error);
                None
            }
        });
        methods(collection, usable.collect())
    }
}

/// Whether an issuer may have to be asked for where its users log in.
pub fn must_ask_providers(collection: &Collection) -> bool {
    let oauth2 = collection.auth().map(|options| &options.oauth2).filter(|oauth2| oauth2.enabled);
    oauth2.is_some_and(|oauth2| oauth2.providers.iter().any(is_discovered))
}

fn methods(collection: &Collection, providers: Vec<Listed>) -> Methods {
    let options = collection.auth().expect("only auth collections have methods");
    let password = &options.password_auth;
    let fields: &[String] = if password.enabled { &password.identity_fields } else { &[] };
    let has = |name: &str| fields.iter().any(|field| field == name);
    let timed = |enabled: bool, duration: i64| Timed { enabled, duration: if enabled { duration } else { 0 } };
    Methods {
        username_password: has("username"),
        email_password: has("email"),
        password: PasswordAuth { identity_fields: fields.to_vec(), enabled: password.enabled },
        // The form that older clients read has no room for pictures.
        auth_providers: providers.iter().map(|provider| Listed { logo: String::new(), ..provider.clone() }).collect(),
        oauth2: OAuth2 { providers, enabled: options.oauth2.enabled },
        mfa: timed(options.mfa.enabled, options.mfa.duration),
        otp: timed(options.otp.enabled, options.otp.duration),
    }
}

/// How one may log in to a collection, in the key order of the API.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Methods {
    password: PasswordAuth,
    oauth2: OAuth2,
    mfa: Timed,
    otp: Timed,
    auth_providers: Vec<Listed>,
    username_password: bool,
    email_password: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PasswordAuth {
    identity_fields: Vec<String>,
    enabled: bool,
}

#[derive(Serialize)]
struct OAuth2 {
    providers: Vec<Listed>,
    enabled: bool,
}

#[derive(Serialize)]
struct Timed {
    enabled: bool,
    /// Seconds, 0 where it is off.
    duration: i64,
}

/// A provider with the URL that begins a login and the secrets of it.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    name: &'static str,
    display_name: String,
    logo: String,
    state: String,
    #[serde(rename = "authURL")]
    auth_url: String,
    /// What it was called before.
    #[serde(rename = "authUrl")]
    old_auth_url: String,
    code_verifier: String,
    code_challenge: String,
    code_challenge_method: &'static str,
}

impl Listed {
    fn new(configured: &Configured<'_>) -> Self {
        let request = AuthRequest::new(configured);
        Self {
            name: configured.provider.name,
            display_name: configured.display_name().to_owned(),
            logo: configured.provider.logo(),
            state: request.state,
            old_auth_url: request.url.clone(),
            auth_url: request.url,
            code_verifier: request.code_verifier,
            code_challenge: request.code_challenge,
            code_challenge_method: request.code_challenge_method,
        }
    }
}

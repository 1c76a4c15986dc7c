//! OpenID Connect discovery: URLs that a provider publishes instead of a person copying them.
//!
//! pbr's own, and off: it happens only for a provider whose `extra.issuerURL` is set. What is configured stays as it is.

use super::profile::json;
use super::{Client, OAuth2Error};
use crate::schema::OAuth2Provider;
use oauth2::http::Request;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const FRESH: Duration = Duration::from_secs(3600);
/// A provider that fails is left alone for so long.
const PAUSE: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(5);
const MOST: usize = 1_000;

/// The documents of issuers, kept for an hour, and used longer where the issuer cannot be reached.
#[derive(Default)]
pub struct Discovery {
    known: Mutex<HashMap<String, Known>>,
}

#[derive(Clone)]
struct Known {
    asked: Instant,
    /// `None` where the issuer has never answered.
    document: Option<Arc<Json>>,
    failed: bool,
}

/// Whether the provider is to be discovered.
pub fn is_discovered(config: &OAuth2Provider) -> bool {
    config.name.starts_with("oidc") && !issuer_of(config).is_empty()
}

fn issuer_of(config: &OAuth2Provider) -> &str {
    config.extra.get("issuerURL").and_then(Json::as_str).unwrap_or_default()
}

impl Discovery {
    /// The configuration with its empty URLs filled. This blocks where the issuer must be asked.
    ///
    /// # Errors
    /// The issuer has never answered, or speaks for another.
    pub fn complete<'a>(&self, config: &'a OAuth2Provider) -> Result<Cow<'a, OAuth2Provider>, OAuth2Error> {
        if !is_discovered(config) {
            return Ok(Cow::Borrowed(config));
        }
        let document = self.document(issuer_of(config))?;
        let mut config = config.clone();
        let endpoint = |name: &str| document[name].as_str().unwrap_or_default();
        let urls = [
            (&mut config.auth_url, "authorization_endpoint"),
            (&mut config.token_url, "token_endpoint"),
            (&mut config.user_info_url, "userinfo_endpoint"),
        ];
        for (url, name) in urls {
            if url.is_empty() {
                endpoint(name).clone_into(url);
            }
        }
        config.extra.entry("issuers").or_insert_with(|| document["issuer"].clone());
        config.extra.entry("jwksURL").or_insert_with(|| document["jwks_uri"].clone());
        Ok(Cow::Owned(config))
    }

    fn document(&self, issuer: &str) -> Result<Arc<Json>, OAuth2Error> {
        let failed = || OAuth2Error::Unreachable("the issuer's configuration cannot be had".into());
        let known = self.known().get(issuer).cloned();
        if let Some(Known { asked, document, failed: has_failed }) = &known
            && asked.elapsed() < if *has_failed { PAUSE } else { FRESH }
        {
            return document.clone().ok_or_else(failed);
        }
        // Not under the lock: others may be known, and this may take its time.
        let found = ask(issuer);
        let old = known.and_then(|known| known.document);
        let (document, error) = match found {
            Ok(document) => (Some(Arc::new(document)), None),
            Err(error) => (old, Some(error)),
        };
        let mut known = self.known();
        if known.len() >= MOST {
            known.clear();
        }
        let entry = Known { asked: Instant::now(), document: document.clone(), failed: error.is_some() };
        known.insert(issuer.to_owned(), entry);
        document.ok_or_else(|| error.unwrap_or_else(failed))
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ask(issuer: &str) -> Result<Json, OAuth2Error> {
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let request = Request::get(url).body(Vec::new()).map_err(OAuth2Error::unreadable)?;
    let document = json(&Client::patient(PATIENCE).send(request)?)?;
    // Else anybody's document could name anybody's endpoints.
    let named = document["issuer"].as_str().unwrap_or_default();
    if named.trim_end_matches('/') != issuer.trim_end_matches('/') {
        return Err(OAuth2Error::unreadable("it is of another issuer"));
    }
    Ok(document)
}

//! A provider as a collection has configured it.

use super::{PROVIDERS, Provider};
use crate::schema::OAuth2Provider;

/// A provider with the settings of a collection laid over its defaults.
#[derive(Clone, Copy)]
pub struct Configured<'a> {
    pub provider: &'static Provider,
    pub config: &'a OAuth2Provider,
}

impl<'a> Configured<'a> {
    /// `None` for a name that no provider has.
    pub fn new(config: &'a OAuth2Provider) -> Option<Self> {
        let provider = PROVIDERS.iter().find(|provider| provider.name == config.name)?;
        Some(Self { provider, config })
    }

    pub fn display_name(&self) -> &'a str {
        or(&self.config.display_name, self.provider.display_name)
    }

    pub fn auth_url(&self) -> &'a str {
        or(&self.config.auth_url, self.provider.auth_url)
    }

    pub fn token_url(&self) -> &'a str {
        or(&self.config.token_url, self.provider.token_url)
    }

    pub fn user_info_url(&self) -> &'a str {
        or(&self.config.user_info_url, self.provider.user_info_url)
    }

    pub fn pkce(&self) -> bool {
        self.config.pkce.unwrap_or(self.provider.pkce)
    }

    /// Separated by spaces; an email claim of an id token needs the token asked for.
    pub fn scopes(&self) -> String {
        let mut scopes = self.provider.scopes.join(" ");
        if self.provider.name == "microsoft" && !self.extra("idTokenEmailClaim").is_empty() {
            scopes.push_str(" openid");
        }
        scopes
    }

    /// A text of the provider's own settings, `""` where there is none.
    pub fn extra(&self, name: &str) -> &'a str {
        self.config.extra.get(name).and_then(|value| value.as_str()).unwrap_or_default()
    }
}

fn or<'a>(configured: &'a str, default: &'static str) -> &'a str {
    if configured.is_empty() { default } else { configured }
}

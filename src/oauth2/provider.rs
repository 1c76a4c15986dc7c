//! What there is to know of a provider before anybody has configured it.

use super::profile::Ask;
use super::{OAuth2Error, Profile};

/// Reads the user behind a token.
pub type ReadProfile = fn(&Ask<'_>) -> Result<Profile, OAuth2Error>;

/// A provider with its defaults; every URL can be set anew in a collection.
pub struct Provider {
    pub name: &'static str,
    pub display_name: &'static str,
    /// Background of the logo.
    pub colour: &'static str,
    pub auth_url: &'static str,
    pub token_url: &'static str,
    /// `""` where the user is in the id token.
    pub user_info_url: &'static str,
    pub scopes: &'static [&'static str],
    pub pkce: bool,
    /// Added to the authorisation URL.
    pub auth_params: &'static [(&'static str, &'static str)],
    pub read: ReadProfile,
}

impl Provider {
    /// A provider with PKCE and no scopes, whose URLs must be configured.
    pub const fn new(name: &'static str, display_name: &'static str, colour: &'static str, read: ReadProfile) -> Self {
        Self {
            name,
            display_name,
            colour,
            auth_url: "",
            token_url: "",
            user_info_url: "",
            scopes: &[],
            pkce: true,
            auth_params: &[],
            read,
        }
    }

    /// The default URLs: authorisation, token, user.
    pub const fn at(mut self, auth: &'static str, token: &'static str, user_info: &'static str) -> Self {
        self.auth_url = auth;
        self.token_url = token;
        self.user_info_url = user_info;
        self
    }

    pub const fn scopes(mut self, scopes: &'static [&'static str]) -> Self {
        self.scopes = scopes;
        self
    }

    pub const fn without_pkce(mut self) -> Self {
        self.pkce = false;
        self
    }

    pub const fn auth_params(mut self, params: &'static [(&'static str, &'static str)]) -> Self {
        self.auth_params = params;
        self
    }
}

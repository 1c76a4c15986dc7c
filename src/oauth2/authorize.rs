//! Where the browser is sent first.

use super::Configured;
use crate::schema::{ALPHANUMERIC, random_string};
use form_urlencoded::Serializer;
use oauth2::{PkceCodeChallenge, PkceCodeVerifier};

const STATE: usize = 30;
const VERIFIER: usize = 43;

/// Fresh secrets for one login and the URL that begins it. Nothing of it is kept: they are the client's to use.
pub struct AuthRequest {
    pub state: String,
    /// Ends in an empty `redirect_uri`, for the client to fill in.
    pub url: String,
    /// `""` where the provider is used without PKCE, and so are the next two.
    pub code_verifier: String,
    pub code_challenge: String,
    pub code_challenge_method: &'static str,
}

impl AuthRequest {
    pub fn new(configured: &Configured<'_>) -> Self {
        let state = random_string(STATE, ALPHANUMERIC);
        let (code_verifier, code_challenge) = match configured.pkce() {
            true => {
                let verifier = random_string(VERIFIER, ALPHANUMERIC);
                let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier.clone()));
                (verifier, challenge.as_str().to_owned())
            }
            false => Default::default(),
        };
        let code_challenge_method = if configured.pkce() { "S256" } else { "" };
        let scopes = configured.scopes();
        let mut params = vec![
            ("client_id", configured.config.client_id.as_str()),
            ("code_challenge", &code_challenge),
            ("code_challenge_method", code_challenge_method),
            ("response_type", "code"),
            ("scope", &scopes),
            ("state", &state),
        ];
        params.retain(|(name, value)| !value.is_empty() || *name == "client_id");
        params.extend(configured.provider.auth_params);
        // In the order in which PocketBase writes them.
        params.sort_unstable();
        let base = configured.auth_url();
        let separator = if base.contains('?') { '&' } else { '?' };
        let query = Serializer::new(String::new()).extend_pairs(&params).finish();
        let url = format!("{base}{separator}{query}&redirect_uri=");
        Self { state, url, code_verifier, code_challenge, code_challenge_method }
    }
}

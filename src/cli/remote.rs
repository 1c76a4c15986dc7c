//! A running server, asked over its API.

use super::{CliError, CliResult};
use crate::diagnostic::code;
use serde_json::Value as Json;
use std::time::Duration;

/// For a whole request.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of an answer.
const MAX_ANSWER: u64 = 512 << 20;

/// The server that a command asks instead of the data directory.
#[derive(clap::Args)]
pub struct Server {
    /// Ask a running server, with the token of a superuser
    #[arg(long, value_name = "URL", value_parser = address)]
    pub url: Option<String>,

    /// The token; visible to other users of the machine, so prefer PBR_TOKEN
    #[arg(long, value_name = "TOKEN", requires = "url")]
    pub token: Option<String>,
}

fn address(text: &str) -> Result<String, String> {
    let lower = text.to_ascii_lowercase();
    match ["http://", "https://"].iter().any(|scheme| lower.starts_with(scheme)) {
        true => Ok(text.to_owned()),
        false => Err(format!("write http:// or https:// before it, for example http://{text}")),
    }
}

/// Holds the token where no flag does. It may stay set for commands that ask no server.
const TOKEN_VARIABLE: &str = "PBR_TOKEN";

/// What a server said.
pub struct Answer {
    pub status: u16,
    pub text: String,
}

impl Answer {
    pub fn succeeded(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// `null` where it is no JSON.
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The message of a refusal.
    pub fn message(&self) -> String {
        self.json()["message"].as_str().unwrap_or("the answer is not one of this API").to_owned()
    }
}

/// A body with its content type.
pub type Content = (String, Vec<u8>);

impl Server {
    /// The token of the flag or the environment.
    pub fn token(&self) -> Option<String> {
        let variable = || std::env::var(TOKEN_VARIABLE).ok();
        self.token.clone().or_else(variable).map(|token| token.trim().to_owned()).filter(|token| !token.is_empty())
    }

    /// Sends a request to a path below `url`, which is the server's address.
    ///
    /// # Errors
    /// Exit 1 where it does not answer in time, or at all.
    pub fn send(&self, url: &str, method: &str, path: &str, body: Option<Content>) -> CliResult<Answer> {
        let url = format!("{}{path}", url.trim_end_matches('/'));
        let unreachable = |error: ureq::Error| {
            let reason = match error {
                ureq::Error::Timeout(_) => format!("no answer within {} seconds", PATIENCE.as_secs()),
                other => other.to_string(),
            };
            Box::new(CliError::new(code::SERVER, 1, format!("{url} does not answer")).why(reason))
        };
        let tls = ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::PlatformVerifier).build();
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // A token goes where it was meant to go.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(PATIENCE))
            .tls_config(tls)
            .build()
            .new_agent();
        let mut request = ureq::http::Request::builder().method(method).uri(&url);
        if let Some(token) = self.token() {
            request = request.header("Authorization", token);
        }
        let answer = match body {
            Some((content_type, bytes)) => {
                let request = request.header("Content-Type", content_type).body(bytes);
                request.map_err(ureq::Error::from).and_then(|request| agent.run(request))
            }
            None => request.body(()).map_err(ureq::Error::from).and_then(|request| agent.run(request)),
        };
        let mut answer = answer.map_err(unreachable)?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_string().map_err(unreachable)?;
        Ok(Answer { status, text })
    }
}

/// A text as part of a path or query.
pub fn escaped(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

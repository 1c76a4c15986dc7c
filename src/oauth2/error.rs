//! Why a provider could not be asked or was not believed.

/// Never holds a token or a secret: its text goes to the log.
#[derive(Debug, thiserror::Error)]
pub enum OAuth2Error {
    #[error("the provider could not be reached: {0}")]
    Unreachable(String),
    #[error("the provider answered with status {0}")]
    Status(u16),
    #[error("the provider refused the code: {0}")]
    Refused(String),
    #[error("the provider's answer cannot be read: {0}")]
    Unreadable(String),
    #[error("the id token does not hold: {0}")]
    IdToken(String),
    #[error("the provider says that the account is not active")]
    Inactive,
    #[error("the address is not public")]
    NotPublic,
}

impl OAuth2Error {
    pub fn unreadable(reason: impl std::fmt::Display) -> Self {
        Self::Unreadable(reason.to_string())
    }

    pub fn id_token(reason: impl std::fmt::Display) -> Self {
        Self::IdToken(reason.to_string())
    }
}

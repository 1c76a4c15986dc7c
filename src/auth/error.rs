//! Why a login or a request about an account was refused.

use super::tokens::TokenError;
use crate::events::EventError;
use crate::mail::MailError;
use crate::records::RecordError;
use crate::schema::{ErrorTree, FieldError};

/// The message of a form whose fields were checked.
pub const VALIDATING: &str = "An error occurred while validating the submitted data.";
const GENERIC: &str = "Something went wrong while processing your request.";

#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    #[error("{message}")]
    Refused { status: u16, message: String, data: ErrorTree },
    /// Told as `message`, with the `cause` in the log only.
    #[error("{message}")]
    Failed { message: &'static str, cause: String },
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Mail(MailError),
}

impl AuthError {
    pub fn refused(status: u16, message: &str) -> Self {
        Self::Refused { status, message: message.to_owned(), data: ErrorTree::new() }
    }

    /// The answer to wrong credentials, whatever is wrong with them.
    pub fn failed() -> Self {
        Self::refused(400, "Failed to authenticate.")
    }

    /// 400 with the errors of a form.
    pub fn invalid(data: ErrorTree) -> Self {
        Self::Refused { status: 400, message: VALIDATING.to_owned(), data }
    }

    /// 400 with one error of a form.
    pub fn field(name: &str, error: FieldError) -> Self {
        Self::invalid(ErrorTree::single(name, error))
    }

    /// Gives the failure of a save the message of the operation around it. Field errors and refusals with a status of
    /// their own stay.
    pub fn within(self, message: &'static str) -> Self {
        match self {
            Self::Record(error) if error.is_fault() => Self::Record(error),
            Self::Record(RecordError::Refused { status: 400, data, .. }) => {
                Self::Refused { status: 400, message: message.to_owned(), data }
            }
            Self::Record(error @ (RecordError::Db(_) | RecordError::Query(_) | RecordError::Failed { .. })) => {
                Self::Failed { message, cause: error.to_string() }
            }
            other => other,
        }
    }
}

impl From<rusqlite::Error> for AuthError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Record(error.into())
    }
}

/// Lets an operation be the innermost action of a hook; [`AuthError::from`] gives it back unchanged.
impl From<AuthError> for EventError {
    fn from(error: AuthError) -> Self {
        let (status, data) = match &error {
            AuthError::Refused { status, data, .. } => (Some(*status), data.clone()),
            AuthError::Record(RecordError::Refused { status, data, .. }) => (Some(*status), data.clone()),
            _ => (None, ErrorTree::new()),
        };
        Self { status, message: error.to_string(), data, source: Some(Box::new(error)) }
    }
}

impl From<EventError> for AuthError {
    fn from(error: EventError) -> Self {
        let EventError { status, message, data, source } = error;
        match source.map(|source| source.downcast::<Self>()) {
            Some(Ok(own)) => *own,
            _ => match status {
                Some(status) => Self::Refused { status, message, data },
                None => Self::Failed { message: GENERIC, cause: message },
            },
        }
    }
}

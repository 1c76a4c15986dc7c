//! Why a record operation did not happen.

use crate::back_off::Pause;
use crate::db::DbError;
use crate::events::EventError;
use crate::query::QueryError;
use crate::schema::ErrorTree;

pub(super) const GENERIC: &str = "Something went wrong while processing your request.";

#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The caller may not, or sent something that cannot be stored.
    #[error("{message}")]
    Refused { status: u16, message: String, data: ErrorTree },
    /// Something went wrong that the client is told no more of than this.
    #[error("{message}")]
    Failed { status: u16, message: &'static str, cause: String },
    /// The disk has no room for a file.
    #[error("there is no space left on the disk: {0}")]
    Full(String),
    /// A client's filter or sort, or a rule, that cannot be compiled.
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl RecordError {
    /// Any status.
    pub fn refused(status: u16, message: &str) -> Self {
        Self::Refused { status, message: message.to_owned(), data: ErrorTree::new() }
    }

    pub fn forbidden() -> Self {
        Self::refused(403, "Only superusers can perform this action.")
    }

    pub fn not_found() -> Self {
        Self::refused(404, "The requested resource wasn't found.")
    }

    pub fn bad_request(message: &str) -> Self {
        Self::refused(400, message)
    }

    /// Whether the machine is to blame, and not what was sent.
    pub fn is_fault(&self) -> bool {
        match self {
            Self::Full(_) => true,
            Self::Db(error) => error.is_fault(),
            _ => false,
        }
    }

    /// Whether a value is larger than may be read on this thread.
    pub fn is_too_big(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_too_big())
    }

    /// A view cannot be written to.
    pub fn unsupported_collection() -> Self {
        Self::refused(400, "Unsupported collection type.")
    }

    pub fn invalid(message: &str, data: ErrorTree) -> Self {
        Self::Refused { status: 400, message: message.to_owned(), data }
    }
}

/// Gives an unexpected failure of a handler the message of the operation around it; a refusal stays what it is.
pub(super) fn within(error: EventError, status: u16, message: &'static str) -> EventError {
    match error.status {
        Some(_) => error,
        None => RecordError::Failed { status, message, cause: error.message }.into(),
    }
}

impl From<Pause> for RecordError {
    fn from(pause: Pause) -> Self {
        Self::refused(429, &pause.to_string())
    }
}

impl From<rusqlite::Error> for RecordError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Db(error.into())
    }
}

/// Lets an operation be the innermost action of a hook; [`RecordError::from`] gives it back unchanged.
impl From<RecordError> for EventError {
    fn from(error: RecordError) -> Self {
        let (status, data) = match &error {
            RecordError::Refused { status, data, .. } => (*status, data.clone()),
            RecordError::Failed { status, .. } => (*status, ErrorTree::new()),
            RecordError::Full(_) => (507, ErrorTree::new()),
            RecordError::Query(_) | RecordError::Db(_) => (400, ErrorTree::new()),
        };
        Self { status: Some(status), message: error.to_string(), data, source: Some(Box::new(error)) }
    }
}

impl From<DbError> for EventError {
    fn from(error: DbError) -> Self {
        RecordError::Db(error).into()
    }
}

impl From<EventError> for RecordError {
    fn from(error: EventError) -> Self {
        match error.source.map(|source| source.downcast::<RecordError>()) {
            Some(Ok(own)) => *own,
            _ => match error.status {
                Some(status) => Self::Refused { status, message: error.message, data: error.data },
                None => Self::Failed { status: 400, message: GENERIC, cause: error.message },
            },
        }
    }
}

//! Why a collection was not changed.

use crate::db::{DbError, sqlite_text};
use crate::events::EventError;
use crate::schema::{ErrorTree, FieldError};

#[derive(Debug, thiserror::Error)]
pub enum CollectionError {
    #[error("there is no such collection")]
    NotFound,
    /// What was sent cannot become a collection, or the collection cannot change so.
    #[error("{message}")]
    Refused { message: String, data: ErrorTree },
    /// The collection cannot change so, for a reason that goes to the log.
    #[error("{message}")]
    Failed { message: String, cause: String },
    /// A handler refused the request.
    #[error(transparent)]
    Event(EventError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl CollectionError {
    pub(super) fn refused(message: impl Into<String>) -> Self {
        Self::Refused { message: message.into(), data: ErrorTree::new() }
    }
}

impl CollectionError {
    /// The error of a request: the action's own, or a handler's.
    pub(crate) fn of_request(mut error: EventError) -> Self {
        match error.source.take().map(|source| source.downcast::<Self>()) {
            Some(Ok(own)) => *own,
            _ => Self::Event(error),
        }
    }
}

/// Lets an operation be the innermost action of a hook; [`CollectionError::of_request`] gives it back unchanged.
impl From<CollectionError> for EventError {
    fn from(error: CollectionError) -> Self {
        let (status, data) = match &error {
            CollectionError::NotFound => (404, ErrorTree::new()),
            CollectionError::Refused { data, .. } => (400, data.clone()),
            CollectionError::Event(inner) => (inner.status.unwrap_or(400), inner.data.clone()),
            CollectionError::Failed { .. } | CollectionError::Db(_) => (400, ErrorTree::new()),
        };
        Self { status: Some(status), message: error.to_string(), data, source: Some(Box::new(error)) }
    }
}

/// The reason of a failure, before it is known under which sentence it is told.
#[derive(Debug)]
pub(super) enum Failure {
    Invalid(ErrorTree),
    /// The machine is to blame.
    Db(DbError),
    /// What SQLite or the core said.
    Raw(String),
}

impl Failure {
    /// The reason in one text.
    pub fn text(&self) -> String {
        match self {
            Self::Raw(reason) => reason.clone(),
            Self::Db(error) => error.to_string(),
            Self::Invalid(errors) => {
                let texts = errors
                    .leaves()
                    .iter()
                    .map(|(path, error)| format!("{path}: {}", error.plain()))
                    .collect::<Vec<_>>();
                texts.join("; ")
            }
        }
    }

    /// The failure of an operation whose message is `sentence`.
    pub fn under(self, sentence: &str) -> CollectionError {
        match self {
            Self::Invalid(data) => CollectionError::Refused { message: sentence.to_owned(), data },
            Self::Db(error) => CollectionError::Db(error),
            Self::Raw(reason) => CollectionError::refused(format!("{sentence} Raw error: \n{reason}")),
        }
    }

    pub fn field(path: &str, error: FieldError) -> Self {
        Self::Invalid(ErrorTree::single(path, error))
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        let text = sqlite_text(&error);
        let error = DbError::from(error);
        if error.is_fault() { Self::Db(error) } else { Self::Raw(text) }
    }
}

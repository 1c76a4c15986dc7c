//! Why a collection was not changed.

use crate::db::DbError;
use crate::events::EventError;
use crate::schema::{ErrorTree, FieldError};

#[derive(Debug, thiserror::Error)]
pub enum CollectionError {
    #[error("there is no such collection")]
    NotFound,
    /// What was sent cannot become a collection, or the collection cannot change so.
    #[error("{message}")]
    Refused { message: String, data: ErrorTree },
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
            CollectionError::Db(_) => (400, ErrorTree::new()),
        };
        Self { status: Some(status), message: error.to_string(), data, source: Some(Box::new(error)) }
    }
}

/// The reason of a failure, before it is known under which sentence it is told.
#[derive(Debug)]
pub(super) enum Failure {
    Invalid(ErrorTree),
    /// What SQLite or the core said.
    Raw(String),
}

impl Failure {
    /// The reason in one text.
    pub fn text(&self) -> String {
        match self {
            Self::Raw(reason) => reason.clone(),
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
            Self::Raw(reason) => CollectionError::refused(format!("{sentence} Raw error: \n{reason}")),
        }
    }

    pub fn field(path: &str, error: FieldError) -> Self {
        Self::Invalid(ErrorTree::single(path, error))
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Raw(sqlite_text(&error))
    }
}

/// An error of SQLite in the words that PocketBase's driver finds for it: `SQL logic error: no such column: a (1)`.
pub(super) fn sqlite_text(error: &rusqlite::Error) -> String {
    use rusqlite::Error::{SqlInputError, SqliteFailure};
    let (code, message) = match error {
        SqliteFailure(code, message) => (code.extended_code, message.as_deref().unwrap_or_default()),
        SqlInputError { error, msg, .. } => (error.extended_code, msg.as_str()),
        other => return other.to_string(),
    };
    let kind = match code & 0xff {
        1 => "SQL logic error",
        5 => "database is locked",
        6 => "database table is locked",
        8 => "attempt to write a readonly database",
        9 => "interrupted",
        10 => "disk I/O error",
        11 => "database disk image is malformed",
        13 => "database or disk is full",
        18 => "string or blob too big",
        19 => "constraint failed",
        20 => "datatype mismatch",
        25 => "column index out of range",
        _ => "unknown error",
    };
    if message.is_empty() || message == kind {
        format!("{kind} ({code})")
    } else {
        format!("{kind}: {message} ({code})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_is_quoted_with_its_kind_and_code() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let text = |sql: &str| sqlite_text(&connection.execute_batch(sql).unwrap_err());
        assert_eq!(text("SELECT a"), "SQL logic error: no such column: a (1)");
        let unique = "CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1), (1)";
        assert_eq!(text(unique), "constraint failed: UNIQUE constraint failed: t.a (2067)");
    }
}

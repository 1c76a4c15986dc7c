//! Why a transfer ended before its time.

use super::RowFault;
use crate::db::DbError;
use crate::records::RecordError;

#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The file or pipe cannot be read or written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The input is not of the format that it is said to have.
    #[error("line {line}: {message}")]
    Malformed { line: u64, message: String },
    /// A column or option that does not fit the collection.
    #[error("{message}")]
    Column { message: String, suggestion: Option<String> },
    /// A header row that another delimiter makes sense of.
    #[error("the header row is one column, `{header}`")]
    Delimiter { header: String, delimiter: char },
    /// A row that cannot be stored, where the first one ends the import.
    #[error("{0}")]
    Row(RowFault),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl TransferError {
    pub(super) fn column(message: impl Into<String>) -> Self {
        Self::Column { message: message.into(), suggestion: None }
    }
}

impl From<rusqlite::Error> for TransferError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Db(error.into())
    }
}

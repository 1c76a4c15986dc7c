//! A row on its way from a file to the database.

use super::TransferError;
use crate::schema::fields::Value;

/// A row whose cells became values.
pub(super) struct Row {
    pub place: Place,
    /// Positions in the fields of the collection, in the order of the columns; the last value of a field counts.
    pub values: Vec<(usize, Value)>,
}

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// From 1, the header not counted.
    pub row: u64,
    /// The line of the file on which it begins, from 1.
    pub line: u64,
}

/// A row that cannot be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// From 1, the header not counted.
    pub row: u64,
    /// The line of the file on which the row begins, from 1.
    pub line: u64,
    /// Every reason, the field before it.
    pub message: String,
}

impl RowFault {
    pub(super) fn new(place: Place, message: impl Into<String>) -> Self {
        Self { row: place.row, line: place.line, message: message.into() }
    }
}

impl std::fmt::Display for RowFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "row {}, line {}: {}", self.row, self.line, self.message)
    }
}

/// Why there is no row.
pub(super) enum Fault {
    /// The rows after it can be read.
    Row(RowFault),
    /// They cannot.
    End(TransferError),
}

/// A file as rows.
pub(super) trait Rows {
    /// The next row; `None` at the end.
    fn next_row(&mut self) -> Option<Result<Row, Fault>>;
}

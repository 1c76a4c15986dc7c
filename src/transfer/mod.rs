//! Records in and out of files: CSV, NDJSON and JSON arrays, row by row, so that no file is ever whole in memory.
//!
//! The room knows fields, validation and SQL of records; it does not know the command line. No API rule is asked and no
//! hook runs: what is imported is validated as seeds are.
//!
//! An import has two threads. One reads: `csv_rows.rs` and `json_rows.rs` split the input into rows, `columns.rs` finds
//! the field of each column and `cell.rs` makes values of what stands in it. The other, the caller's, writes them in
//! short transactions: `writing.rs`. `uploads.rs` finds the files that rows name.

mod cell;
mod columns;
mod csv_rows;
mod error;
mod expanded;
mod export;
mod import;
mod input;
mod json_rows;
mod quotes;
mod row;
mod uploads;
mod writing;

pub use columns::Columns;
pub use error::TransferError;
pub use export::{Export, export};
pub use import::{Import, Mode, OnFault, Progress, Report, import};
pub use row::RowFault;

use std::path::Path;

/// How rows are spelled in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180 with a header row.
    Csv,
    /// One JSON array of objects.
    Json,
    /// One JSON object a line.
    Ndjson,
}

impl Format {
    /// The format that the extension of a file names.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" | "tsv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            _ => None,
        }
    }
}

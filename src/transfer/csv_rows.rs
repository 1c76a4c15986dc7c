//! CSV with a header row.

use super::quotes::Quotes;
use super::row::{Fault, Place, Row, RowFault, Rows};
use super::{Columns, TransferError};
use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder};
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The rows of a CSV file.
pub struct CsvRows<R> {
    reader: Reader<Quotes<R>>,
    /// Line of a quote that is open at the end of the input, or 0.
    unclosed: Arc<AtomicU64>,
    columns: Arc<Columns>,
    /// The field of each column.
    targets: Vec<Option<usize>>,
    record: ByteRecord,
    rows: u64,
}

impl<R: Read> CsvRows<R> {
    /// Reads the header row.
    ///
    /// # Errors
    /// There is none, or a column is that of no field.
    pub fn open(input: R, delimiter: u8, columns: Arc<Columns>) -> Result<Self, TransferError> {
        let input = Quotes::new(input, delimiter);
        let unclosed = Arc::clone(&input.unclosed);
        let mut reader = ReaderBuilder::new().delimiter(delimiter).buffer_capacity(64 << 10).from_reader(input);
        let header = reader.byte_headers().map_err(ended)?;
        closed(&unclosed)?;
        if header.is_empty() {
            let message = "a CSV file begins with a row of column names".to_owned();
            return Err(TransferError::Malformed { line: 1, message });
        }
        let names: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        let targets = columns.header(names.iter().map(String::as_str))?;
        Ok(Self { reader, unclosed, columns, targets, record: ByteRecord::new(), rows: 0 })
    }

    fn values(&self, place: Place) -> Result<Row, RowFault> {
        let mut values = Vec::with_capacity(self.targets.len() + self.columns.constants().len());
        let mut faults = Vec::new();
        for (target, cell) in self.targets.iter().zip(&self.record) {
            let Some(at) = *target else { continue };
            let name = || &self.columns.collection().fields[at].name;
            match std::str::from_utf8(cell) {
                Err(_) => faults.push(format!("`{}`: the text is not UTF-8", name())),
                Ok(text) => match self.columns.text(at, text) {
                    Ok(value) => values.extend(value.map(|value| (at, value))),
                    Err(reason) => faults.push(reason),
                },
            }
        }
        if !faults.is_empty() {
            return Err(RowFault::new(place, faults.join("; ")));
        }
        values.extend_from_slice(self.columns.constants());
        Ok(Row { place, values })
    }
}

impl<R: Read> Rows for CsvRows<R> {
    fn next_row(&mut self) -> Option<Result<Row, Fault>> {
        let read = self.reader.read_byte_record(&mut self.record);
        if let Ok(false) = read {
            return None;
        }
        // The last row took in everything behind the quote.
        if let Err(error) = closed(&self.unclosed) {
            return Some(Err(Fault::End(error)));
        }
        self.rows += 1;
        let position =
            |position: Option<&csv::Position>| Place { row: self.rows, line: position.map_or(0, csv::Position::line) };
        Some(match read {
            Ok(_) => self.values(position(self.record.position())).map_err(Fault::Row),
            Err(error) => Err(match error.kind() {
                ErrorKind::UnequalLengths { pos, expected_len, len } => {
                    let message = format!("{len} cells where the header has {expected_len}");
                    Fault::Row(RowFault::new(position(pos.as_ref()), message))
                }
                _ => Fault::End(ended(error)),
            }),
        })
    }
}

fn closed(unclosed: &AtomicU64) -> Result<(), TransferError> {
    match unclosed.load(Ordering::Relaxed) {
        0 => Ok(()),
        line => {
            let message = "the quote that begins a cell here is never closed".to_owned();
            Err(TransferError::Malformed { line, message })
        }
    }
}

fn ended(error: csv::Error) -> TransferError {
    let line = error.position().map_or(0, csv::Position::line);
    match error.into_kind() {
        ErrorKind::Io(error) => TransferError::Io(error),
        other => TransferError::Malformed { line, message: format!("{other:?}") },
    }
}

//! Importing: what to do, and the two threads that do it.

use super::csv_rows::CsvRows;
use super::input::Input;
use super::json_rows::JsonRows;
use super::row::{Fault, Row, Rows};
use super::uploads::Folder;
use super::writing::Writing;
use super::{Columns, Format, RowFault, TransferError};
use crate::records::Records;
use crossbeam_channel::{Receiver, Sender, bounded};
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How to import.
#[derive(Clone, Debug)]
pub struct Import {
    pub format: Format,
    /// Between the cells of CSV.
    pub delimiter: u8,
    /// The position of the field that tells records apart; without one, `id` in those rows that have it.
    pub key: Option<usize>,
    pub mode: Mode,
    /// At most so many rows a transaction; it also ends after 50 ms, so that other writers get their turn.
    pub batch: usize,
    pub on_fault: OnFault,
    /// All rows in one transaction, which keeps other writers waiting.
    pub atomic: bool,
    /// Where the paths in file fields start; without it they are names of files that the record has.
    pub files: Option<PathBuf>,
    /// Roll everything back at the end.
    pub dry_run: bool,
}

/// What happens to a record that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It is a fault.
    Insert,
    /// The columns of the row are written, other fields left.
    Upsert,
    /// It stays as it is.
    Skip,
}

/// What happens after a row that cannot be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFault {
    /// The import ends; the rows before it stay, unless it is atomic.
    Stop,
    /// The other rows are imported.
    Skip,
}

/// Rows by what happened to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    pub created: u64,
    pub updated: u64,
    /// Stored already as the row says.
    pub unchanged: u64,
    /// Left as they are, because of the mode.
    pub skipped: u64,
    /// Could not be stored.
    pub refused: u64,
}

impl Report {
    pub fn rows(&self) -> u64 {
        self.created + self.updated + self.unchanged + self.skipped + self.refused
    }
}

/// How far an import is.
pub enum Progress<'a> {
    /// So many rows are written, so many bytes read.
    At { rows: u64, bytes: u64 },
    /// A row could not be stored.
    Fault(&'a RowFault),
}

/// An import that ended early, with what is stored nonetheless.
pub type Interrupted = Box<(TransferError, Report)>;

/// Rows that go from one thread to the other at once.
pub(super) type Chunk = Vec<Result<Row, Fault>>;

const CHUNK_ROWS: usize = 128;
const CHUNK_BYTES: u64 = 1 << 20;
/// Chunks that wait to be written.
const CHUNKS: usize = 4;

/// Imports all rows of an input.
///
/// # Errors
/// The input cannot be read, or a row cannot be stored and [`OnFault::Stop`] was chosen; what was stored before comes
/// with the error.
pub fn import(
    records: &Arc<Records>,
    input: impl Read + Send + 'static,
    columns: Columns,
    options: &Import,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Report, Interrupted> {
    let collection = Arc::clone(columns.collection());
    if collection.is_view() {
        let message = format!("`{}` is a view: its rows are those of other collections", collection.name);
        return Err(Box::new((TransferError::column(message), Report::default())));
    }
    let folder = options.files.as_deref().map(Folder::open).transpose();
    let folder = folder.map_err(|error| Box::new((error.into(), Report::default())))?;
    let bytes = Arc::<AtomicU64>::default();
    let chunks = start_reading(Input::new(input, Arc::clone(&bytes)), Arc::clone(&bytes), Arc::new(columns), options)
        .map_err(|error| Box::new((error.into(), Report::default())))?;
    let mut tell = |event: Progress<'_>| match event {
        Progress::At { rows, .. } => progress(Progress::At { rows, bytes: bytes.load(Ordering::Relaxed) }),
        fault @ Progress::Fault(_) => progress(fault),
    };
    let mut writing = Writing::new(records, collection, options, folder);
    let done = writing.run(&chunks, &mut tell);
    records.distrust();
    match done {
        Ok(()) => Ok(writing.kept),
        Err(error) => Err(Box::new((error, writing.kept))),
    }
}

/// The reading thread is not waited for: it may stand in front of a pipe that never ends.
fn start_reading<R: Read + Send + 'static>(
    input: Input<R>,
    bytes: Arc<AtomicU64>,
    columns: Arc<Columns>,
    options: &Import,
) -> std::io::Result<Receiver<Chunk>> {
    let (send, receive) = bounded(CHUNKS);
    let (format, delimiter) = (options.format, options.delimiter);
    std::thread::Builder::new().name("pbr-import".into()).spawn(move || match format {
        Format::Csv => match CsvRows::open(input, delimiter, columns) {
            Ok(rows) => read(rows, &bytes, &send),
            // A receiver that went away wants no more.
            Err(error) => drop(send.send(vec![Err(Fault::End(error))])),
        },
        Format::Ndjson => read(JsonRows::lines(input, columns), &bytes, &send),
        Format::Json => read(JsonRows::array(input, columns), &bytes, &send),
    })?;
    Ok(receive)
}

fn read(mut rows: impl Rows, bytes: &AtomicU64, send: &Sender<Chunk>) {
    let mut chunk = Vec::with_capacity(CHUNK_ROWS);
    let mut begun = bytes.load(Ordering::Relaxed);
    while let Some(row) = rows.next_row() {
        let last = matches!(row, Err(Fault::End(_)));
        chunk.push(row);
        let now = bytes.load(Ordering::Relaxed);
        if last || chunk.len() == CHUNK_ROWS || now - begun >= CHUNK_BYTES {
            begun = now;
            if send.send(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK_ROWS))).is_err() || last {
                return;
            }
        }
    }
    let _ = send.send(chunk);
}

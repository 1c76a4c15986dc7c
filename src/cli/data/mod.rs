//! `pbr data`.

mod export;
mod import;
mod query;

use super::{CliError, CliResult, Context, error::database};
use crate::diagnostic::code;
use crate::records::RecordError;
use crate::transfer::{Format, TransferError};
use std::path::Path;

/// Move records in and out of files; run SQL
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  pbr data import posts posts.csv
  pbr data export posts --format csv --out posts.csv
  pbr data export users | jq .email
  pbr data query \"SELECT count(*) FROM posts\"")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Import(import::Args),
    Export(export::Args),
    Query(query::Args),
}

pub fn run(args: Args, context: &Context) -> CliResult {
    match args.command {
        Command::Import(args) => import::run(args, context),
        Command::Export(args) => export::run(args, context),
        Command::Query(args) => query::run(args, context),
    }
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum FormatName {
    Csv,
    Json,
    Ndjson,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Csv => Self::Csv,
            FormatName::Json => Self::Json,
            FormatName::Ndjson => Self::Ndjson,
        }
    }
}

/// What separates the cells of CSV: the flag, a tab in a `.tsv` file, else a comma.
fn delimiter(flag: Option<u8>, file: Option<&Path>) -> u8 {
    let tabs = file.and_then(Path::extension).is_some_and(|extension| extension.eq_ignore_ascii_case("tsv"));
    flag.unwrap_or(if tabs { b'\t' } else { b',' })
}

fn parse_delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n') => Ok(*byte),
        b"tab" | b"\\t" => Ok(b'\t'),
        _ => Err("write one ASCII character, or `tab`".to_owned()),
    }
}

/// What a person is told of a transfer that failed.
fn failed(error: TransferError, what: &str) -> Box<CliError> {
    let text = error.to_string();
    match error {
        TransferError::Column { message, suggestion } => {
            let error = CliError::new(code::DATA_COLUMN, 2, message);
            match suggestion {
                Some(similar) => error.why(format!("did you mean `{similar}`?")).into(),
                None => error.into(),
            }
        }
        TransferError::Delimiter { delimiter, .. } => {
            let shown = if delimiter == '\t' { "tab".to_owned() } else { format!("'{delimiter}'") };
            let error = CliError::new(code::DATA_COLUMN, 2, format!("{what}: {text}"));
            let error = error.why(format!("its cells seem to be separated by {}", shown.replace("tab", "tabs")));
            error.next(format!("pbr data import … --delimiter {shown}")).into()
        }
        TransferError::Malformed { .. } => CliError::new(code::DATA_FORMAT, 2, format!("{what}: {text}")).into(),
        TransferError::Row(_) => CliError::new(code::DATA_ROW, 2, text).into(),
        TransferError::Io(_) => CliError::new(code::IO, 1, format!("{what}: {text}")).into(),
        TransferError::Record(RecordError::Query(error)) => {
            CliError::new(code::USAGE, 2, "the filter or sort makes no sense").why(error.to_string()).into()
        }
        TransferError::Db(error) | TransferError::Record(RecordError::Db(error)) => database(what, &error),
        TransferError::Record(_) => CliError::new(code::DATA_DIR, 1, format!("{what}: {text}")).into(),
    }
}

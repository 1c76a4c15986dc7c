//! `pbr data import`.

use super::{FormatName, delimiter, failed, parse_delimiter};
use crate::cli::progress::{Meter, Unit};
use crate::cli::{CliError, CliResult, Context, app, complete, error::io};
use crate::diagnostic::code;
use crate::transfer::{self, Columns, Format, Import, OnFault, Progress, Report, RowFault};
use serde_json::json;
use std::fs::File;
use std::io::{BufWriter, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Write the rows of a CSV, NDJSON or JSON file into a collection
///
/// Each row is validated as a seed is: fields and relations are checked, API rules and hooks are not asked. The file is
/// read as it is written, so it may be of any size. Rows with an id or --key that exists update their record.
///
/// In CSV a cell of several values is a JSON array or a|b|c, a point or JSON value is JSON, and an empty cell is the
/// empty value. Dates of creation and update are kept where the file has them; passwords are hashed.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  pbr data import posts posts.csv
  pbr data import posts posts.csv --key slug --map headline=title --set status=draft
  pbr data import posts posts.csv --dry-run --on-error skip --errors refused.csv
  pbr data import posts posts.csv --files pictures      a cell of the file field says 2026/cover.png
  gunzip -c posts.ndjson.gz | pbr data import posts - --format ndjson")]
pub(super) struct Args {
    /// The collection, by name or id
    #[arg(add = complete::collections())]
    collection: String,

    /// The file, or - for standard input
    file: PathBuf,

    /// How the rows are written [default: by the extension of the file]
    #[arg(long, value_name = "FORMAT")]
    format: Option<FormatName>,

    /// What separates the cells of CSV: one character, or `tab` [default: a comma, in .tsv files a tab]
    #[arg(long, value_name = "CHAR", value_parser = parse_delimiter)]
    delimiter: Option<u8>,

    /// The field that tells records apart [default: id, in rows that have one]
    #[arg(long, value_name = "FIELD")]
    key: Option<String>,

    /// What happens to records that exist
    #[arg(long, value_name = "MODE", default_value = "upsert")]
    mode: Mode,

    /// Which field a column is; of none, with nothing behind the equals sign
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = pair)]
    map: Vec<(String, String)>,

    /// The same value for all rows
    #[arg(long, value_name = "FIELD=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,

    /// Leave out columns that are no field
    #[arg(long)]
    ignore_unknown: bool,

    /// Take passwords that are bcrypt or argon2id hashes as they are
    #[arg(long)]
    hashed: bool,

    /// Store the files that file columns name; paths start in this folder and never lead out of it
    #[arg(long, value_name = "DIR")]
    files: Option<PathBuf>,

    /// At most so many rows a transaction; each also ends after 50 ms, so that a running server gets its turn
    #[arg(long, value_name = "ROWS", default_value_t = 5000, value_parser = clap::value_parser!(u32).range(1..))]
    batch: u32,

    /// All rows or none, in one transaction; a running server cannot write meanwhile
    #[arg(long)]
    atomic: bool,

    /// What happens after a row that cannot be stored
    #[arg(long, value_name = "WHAT", default_value = "stop")]
    on_error: OnError,

    /// Write the rows that cannot be stored here, as CSV: row, line, message
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,

    /// Validate all rows and change nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Mode {
    /// They are errors
    Insert,
    /// The columns of the row are written, other fields left
    Upsert,
    /// They stay as they are
    Skip,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum OnError {
    /// The import ends; the rows before it stay
    Stop,
    /// The others are imported, and the exit code is 4
    Skip,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (left, right) = text.split_once('=').ok_or("an equals sign is missing")?;
    Ok((left.trim().to_owned(), right.to_owned()))
}

pub(super) fn run(args: Args, context: &Context) -> CliResult {
    let piped = args.file.as_os_str() == "-";
    let format = args.format.map(Format::from).or_else(|| Format::of(&args.file)).ok_or_else(|| {
        let error = CliError::new(code::USAGE, 2, format!("the format of {} is not known", args.file.display()));
        error
            .why("it follows from the extension: .csv, .tsv, .json, .ndjson, .jsonl")
            .next("pbr data import … --format csv")
    })?;
    let app = app::open_existing(context)?;
    let collection = app::collection(&app, &args.collection)?;
    let what = if piped { "standard input".to_owned() } else { args.file.display().to_string() };
    let mut columns = Columns::new(collection, args.ignore_unknown, args.hashed);
    let wrong = |error| failed(error, &what);
    args.map.iter().try_for_each(|(column, field)| columns.rename(column, field)).map_err(wrong)?;
    args.set.iter().try_for_each(|(field, value)| columns.set(field, value)).map_err(wrong)?;
    let key = args.key.as_ref().map(|key| columns.position(key)).transpose().map_err(wrong)?;
    let options = Import {
        format,
        delimiter: delimiter(args.delimiter, Some(&args.file)),
        key,
        mode: match args.mode {
            Mode::Insert => transfer::Mode::Insert,
            Mode::Upsert => transfer::Mode::Upsert,
            Mode::Skip => transfer::Mode::Skip,
        },
        batch: args.batch as usize,
        on_fault: if args.on_error == OnError::Skip { OnFault::Skip } else { OnFault::Stop },
        atomic: args.atomic,
        files: args.files.clone(),
        dry_run: args.dry_run,
    };
    if let Some(folder) = args.files.as_ref().filter(|folder| !folder.is_dir()) {
        let error = CliError::new(code::USAGE, 2, format!("{} is no folder", folder.display()));
        return Err(error.why("the paths of --files start in a folder").next("pbr data import … --files DIR").into());
    }
    let (input, size) = open(&args.file, piped)?;
    if let Some(errors) = args.errors.as_ref().filter(|errors| is_input(&args.file, piped, errors)) {
        let error = CliError::new(code::USAGE, 2, format!("{} is the file that is read", errors.display()));
        return Err(error
            .why("--errors writes a file of its own")
            .next("pbr data import … --errors refused.csv")
            .into());
    }
    let mut faults = Faults::new(args.errors.as_deref())?;
    context.output().note(&format!("database: {}", app.dir().join("data.db").display()));
    let started = Instant::now();
    let mut meter = Meter::new(context, Unit::Bytes);
    let done = transfer::import(app.records(), input, columns, &options, &mut |progress| match progress {
        Progress::At { rows, bytes } => meter.show_rows(&args.collection, rows, bytes, size),
        Progress::Fault(fault) => faults.add(fault),
    });
    meter.finish();
    faults.finish()?;
    match done {
        Ok(report) => summary(context, &args, report, &faults.first, started.elapsed()),
        Err(interrupted) => {
            let (error, report) = *interrupted;
            let stays = match report.rows() - report.refused {
                _ if args.dry_run => "nothing was written, as asked".to_owned(),
                0 => "nothing was imported".to_owned(),
                1 => "the row before it is imported".to_owned(),
                rows => format!("the {rows} rows before it are imported"),
            };
            let base = *failed(error, &what);
            let why = base.why.clone().map_or_else(|| stays.clone(), |why| format!("{why}\n{stays}"));
            let base = base.why(why).meta("rows", serde_json::to_value(report).unwrap_or_default());
            Err(Box::new(match base.code {
                code::DATA_ROW => base.next("pbr data import … --dry-run --on-error skip"),
                code::DATA_COLUMN if base.next.is_empty() => {
                    let base = base.next("pbr data import … --map COLUMN=FIELD");
                    base.next("pbr data import … --ignore-unknown    (leaves out what is no field)")
                }
                _ => base,
            }))
        }
    }
}

/// The bytes, and how many there are.
fn open(file: &Path, piped: bool) -> CliResult<(Box<dyn Read + Send>, Option<u64>)> {
    if piped {
        return Ok((Box::new(std::io::stdin()), None));
    }
    let opened = File::open(file).map_err(|error| io(file, &error))?;
    let size = opened.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len());
    Ok((Box::new(opened), size))
}

/// Whether a path leads to the file that is read, by whatever name.
fn is_input(input: &Path, piped: bool, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let input = if piped { Path::new("/dev/stdin") } else { input };
        let place = |path: &Path| {
            let metadata = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
            Some((metadata.dev(), metadata.ino()))
        };
        place(path).is_some_and(|found| place(input) == Some(found))
    }
    #[cfg(not(unix))]
    {
        !piped && path.canonicalize().is_ok_and(|path| input.canonicalize().is_ok_and(|input| input == path))
    }
}

/// Rows that could not be stored: the first few to be shown, all of them in a file.
struct Faults<'a> {
    first: Vec<RowFault>,
    file: Option<(&'a Path, csv::Writer<BufWriter<File>>)>,
    failed: Option<csv::Error>,
}

impl<'a> Faults<'a> {
    const SHOWN: usize = 10;

    fn new(path: Option<&'a Path>) -> CliResult<Self> {
        let mut faults = Self { first: Vec::new(), file: None, failed: None };
        if let Some(path) = path {
            let file = File::create(path).map_err(|error| io(path, &error))?;
            let mut writer = csv::Writer::from_writer(BufWriter::new(file));
            faults.failed = writer.write_record(["row", "line", "message"]).err();
            faults.file = Some((path, writer));
        }
        Ok(faults)
    }

    fn add(&mut self, fault: &RowFault) {
        if self.first.len() < Self::SHOWN {
            self.first.push(fault.clone());
        }
        if let Some((_, writer)) = self.file.as_mut().filter(|_| self.failed.is_none()) {
            let record = [&fault.row.to_string(), &fault.line.to_string(), &fault.message];
            self.failed = writer.write_record(record).err();
        }
    }

    fn finish(&mut self) -> CliResult {
        let Some((path, mut writer)) = self.file.take() else { return Ok(()) };
        let flushed = match self.failed.take() {
            Some(error) => Err(std::io::Error::other(error)),
            None => writer.flush(),
        };
        flushed.map_err(|error| io(path, &error))
    }
}

fn summary(context: &Context, args: &Args, report: Report, faults: &[RowFault], elapsed: Duration) -> CliResult {
    let mut result = serde_json::to_value(report).unwrap_or_default();
    result["rows"] = report.rows().into();
    result["dryRun"] = args.dry_run.into();
    result["elapsedMs"] = (elapsed.as_millis() as u64).into();
    let counts = format!(
        "{} created, {} updated, {} unchanged, {} skipped",
        report.created, report.updated, report.unchanged, report.skipped
    );
    if report.refused > 0 {
        let rows = if report.refused == 1 { "row" } else { "rows" };
        let error = CliError::new(code::DATA_ROW, 4, format!("{} {rows} could not be stored", report.refused));
        let mut why: Vec<String> = faults.iter().map(ToString::to_string).collect();
        if report.refused > faults.len() as u64 {
            why.push(format!("and {} more", report.refused - faults.len() as u64));
        }
        let of_others = if args.dry_run { "of the others, as a dry run" } else { "of the others" };
        why.push(format!("{of_others}: {counts}"));
        let list: Vec<_> = faults
            .iter()
            .map(|fault| json!({ "row": fault.row, "line": fault.line, "message": fault.message }))
            .collect();
        let mut error = error.why(why.join("\n")).meta("errors", list);
        error.meta.extend(result.as_object().cloned().unwrap_or_default());
        if args.errors.is_none() {
            error = error.next("pbr data import … --errors refused.csv");
        }
        return Err(Box::new(error));
    }
    context.output().done(result, || {
        let verb = if args.dry_run { "would be imported" } else { "imported" };
        let seconds = elapsed.as_secs_f64();
        let rows = if report.rows() == 1 { "row" } else { "rows" };
        format!("{counts}\n{} {rows} {verb} into {} in {seconds:.1} s", report.rows(), args.collection)
    })
}

//! `pbr data export`.

use super::{FormatName, delimiter, failed, parse_delimiter};
use crate::cli::progress::{Meter, Unit};
use crate::cli::{CliError, CliResult, Context, app, complete, error::io, interrupt};
use crate::diagnostic::code;
use crate::transfer::{self, Export, Format, TransferError};
use serde_json::json;
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Write the records of a collection as CSV, NDJSON or JSON
///
/// They are those of one moment, whatever a running server writes meanwhile. Hidden fields are exported too; hashes of
/// passwords and token keys only with --with-secrets. `pbr data import` reads all of it back.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  pbr data export posts --out posts.csv
  pbr data export posts --filter \"status = 'published'\" --sort -created --fields id,title
  pbr data export posts --expand author,comments_via_post.author --out posts.ndjson
  pbr data export users --with-secrets --format ndjson | gzip > users.ndjson.gz")]
pub(super) struct Args {
    /// The collection or view, by name or id
    #[arg(add = complete::collections())]
    collection: String,

    /// How the records are written [default: by the extension of --out, else ndjson]
    #[arg(long, value_name = "FORMAT")]
    format: Option<FormatName>,

    /// What separates the cells of CSV: one character, or `tab` [default: a comma, in .tsv files a tab]
    #[arg(long, value_name = "CHAR", value_parser = parse_delimiter)]
    delimiter: Option<u8>,

    /// The file to write, replaced when all of it is there [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Only records that match, in the filter language of the API
    #[arg(long, value_name = "FILTER", default_value = "", hide_default_value = true)]
    filter: String,

    /// The order, as in the API: -created,title [default: that of the table]
    #[arg(long, value_name = "SORT", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    sort: String,

    /// Only these fields, in this order
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    fields: Vec<String>,

    /// Relations to follow, as in the API; what they lead to is in the key `expand` of each record, which imports pass by
    #[arg(long, value_name = "PATHS", default_value = "", hide_default_value = true)]
    expand: String,

    /// Export hashes of passwords and token keys too
    #[arg(long)]
    with_secrets: bool,
}

pub(super) fn run(args: Args, context: &Context) -> CliResult {
    let out = args.out.as_deref().filter(|path| path.as_os_str() != "-");
    let named = args.format.map(Format::from).or_else(|| out.and_then(Format::of));
    let embedded = context.global.json() && out.is_none();
    if embedded && matches!(named, Some(Format::Csv | Format::Ndjson)) {
        let error = CliError::new(code::USAGE, 2, "--json and --format want different things on standard output");
        return Err(Box::new(error.next("pbr data export … --out FILE --json")));
    }
    let app = app::open_patiently(context)?;
    let collection = app::collection(&app, &args.collection)?;
    let options = Export {
        format: if embedded { Format::Json } else { named.unwrap_or(Format::Ndjson) },
        delimiter: delimiter(args.delimiter, out),
        filter: args.filter,
        sort: args.sort,
        fields: args.fields,
        expand: args.expand,
        with_secrets: args.with_secrets,
    };
    let meter = if out.is_some() { Meter::new } else { Meter::beside_output };
    let mut meter = meter(context, Unit::Rows);
    let mut write = |to: &mut dyn Write| {
        transfer::export(app.records(), &collection, &options, to, &mut |rows| {
            if rows.is_multiple_of(1000) {
                meter.show(&collection.name, rows, None);
            }
        })
    };
    let Some(path) = out else {
        let mut stdout = BufWriter::with_capacity(64 << 10, std::io::stdout().lock());
        let done = if embedded { write_embedded(&mut stdout, &mut write) } else { write(&mut stdout).map(drop) };
        meter.finish();
        return match done {
            // Whoever read it has seen enough.
            Err(TransferError::Io(error)) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
            done => done.map_err(|error| failed(error, "standard output")),
        };
    };
    let started = Instant::now();
    let rows = write_file(path, &mut write)?;
    meter.show(&collection.name, rows, None);
    meter.finish();
    let elapsed = started.elapsed();
    let result = json!({ "rows": rows, "file": path.display().to_string(), "elapsedMs": elapsed.as_millis() as u64 });
    context.output().done(result, || {
        let records = if rows == 1 { "record" } else { "records" };
        format!("{rows} {records} of {} in {}, in {:.1} s", collection.name, path.display(), elapsed.as_secs_f64())
    })
}

type WriteTo<'a> = dyn FnMut(&mut dyn Write) -> Result<u64, TransferError> + 'a;

/// One object, the records in it.
fn write_embedded(out: &mut dyn Write, write: &mut WriteTo<'_>) -> Result<(), TransferError> {
    out.write_all(b"{\"records\":")?;
    let rows = write(&mut OneLine(out))?;
    writeln!(out, ",\"rows\":{rows},\"ok\":true}}")?;
    Ok(out.flush()?)
}

/// JSON without its line ends, which stand between values only.
struct OneLine<'a>(&'a mut dyn Write);

impl Write for OneLine<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        bytes.split(|byte| *byte == b'\n').try_for_each(|part| self.0.write_all(part))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// Under another name first, so that nobody ever finds half of it. Links are followed; a device or a pipe is written to.
fn write_file(path: &Path, write: &mut WriteTo<'_>) -> CliResult<u64> {
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        let device = File::options().write(true).open(path).map_err(|error| io(path, &error))?;
        let mut device = BufWriter::with_capacity(64 << 10, device);
        let rows = write(&mut device).map_err(|error| failed(error, &path.display().to_string()))?;
        return device.flush().map(|()| rows).map_err(|error| io(path, &error));
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let left = part.clone();
    interrupt::before_exit(move || _ = std::fs::remove_file(left));
    let mut file = BufWriter::with_capacity(64 << 10, File::create(&part).map_err(|error| io(path, &error))?);
    let written = write(&mut file).map_err(|error| failed(error, &path.display().to_string()));
    drop(file);
    let done = written.and_then(|rows| std::fs::rename(&part, path).map(|()| rows).map_err(|error| io(path, &error)));
    if done.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    done
}

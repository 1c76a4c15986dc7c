//! `pbr data query`.

use crate::cli::table::table;
use crate::cli::{CliError, CliResult, Context, error::io};
use crate::db::adhoc::{self, AdhocError, Output, Value};
use crate::db::{Access, open};
use crate::diagnostic::code;
use crate::schema::yaml::parse_duration;
use serde_json::{Map, Value as Json};
use std::io::{self as std_io, BufWriter, ErrorKind, IsTerminal, Read, Write};
use std::path::Path;
use std::time::Duration;

/// Rows of a table; their widths are known only when all of them are.
const TABLE_ROWS: usize = 1000;

/// Run SQL on the database
///
/// Only reads, unless --write says otherwise. On a terminal the rows are a table; in a pipe each is a line with tabs
/// between its values, tabs and line ends in them written \t and \n. No rule and no hook is asked, and what is written
/// is not validated.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  pbr data query \"SELECT status, count(*) FROM posts GROUP BY status\"
  pbr data query \"SELECT id, title FROM posts\" --format csv > posts.csv
  pbr data query \"UPDATE posts SET status = 'draft' WHERE status = ''\" --write
  pbr data query - < report.sql")]
pub(super) struct Args {
    /// The statements, or - for standard input
    #[arg(value_name = "SQL")]
    sql: String,

    /// How the rows are written [default: table on a terminal, lines in a pipe]
    #[arg(long, value_name = "FORMAT")]
    format: Option<FormatName>,

    /// Let the statements write, all of them in one transaction
    #[arg(long)]
    write: bool,

    /// How long the statements may take: 30s, 5m
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    timeout: Duration,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum FormatName {
    Table,
    Csv,
    Json,
    Ndjson,
}

#[derive(Clone, Copy, PartialEq)]
enum Format {
    Table,
    Lines,
    Csv,
    Json,
    Ndjson,
    /// The object of `--json`.
    Embedded,
}

fn duration(text: &str) -> Result<Duration, String> {
    let seconds = parse_duration(text).and_then(|seconds| u64::try_from(seconds).ok()).filter(|seconds| *seconds > 0);
    seconds.map(Duration::from_secs).ok_or_else(|| format!("`{text}` is no duration; write for example 30s or 5m"))
}

pub(super) fn run(args: Args, context: &Context) -> CliResult {
    let dir = context.data_dir()?;
    let file = dir.join("data.db");
    if !file.exists() {
        return Err(context.no_database(&dir));
    }
    let sql = if args.sql == "-" { standard_input()? } else { args.sql };
    let format = match args.format {
        _ if context.global.json() => Format::Embedded,
        Some(FormatName::Table) => Format::Table,
        Some(FormatName::Csv) => Format::Csv,
        Some(FormatName::Json) => Format::Json,
        Some(FormatName::Ndjson) => Format::Ndjson,
        None if std_io::stdout().is_terminal() => Format::Table,
        None => Format::Lines,
    };
    if args.write {
        context.output().note(&format!("database: {}", file.display()));
    }
    let before = schema_version(&file);
    let mut printer = Printer::new(format, BufWriter::new(std_io::stdout().lock()));
    let done = adhoc::run(&file, &sql, args.write, args.timeout, &mut |output| printer.take(output));
    let done = match done {
        Ok(changed) => printer.finish(changed).map(|()| changed).map_err(AdhocError::Taker),
        Err(error) => Err(error),
    };
    let cut = printer.cut;
    drop(printer);
    let changed = done.map_err(|error| failed(error, &sql, args.timeout))?;
    if cut {
        context.output().note(&format!("only the first {TABLE_ROWS} rows; all of them with --format csv"));
    }
    // The object has the number, and is the last that is said.
    if args.write && format != Format::Embedded {
        context.output().note(&match changed {
            1 => "1 row changed".to_owned(),
            _ => format!("{changed} rows changed"),
        });
    }
    if args.write && schema_version(&file) != before && context.find_project()?.is_some() {
        context.output().note("warning: the schema was changed past the migrations; see pbr migrate drift");
    }
    Ok(())
}

/// A number that moves with every change of the schema.
fn schema_version(file: &Path) -> Option<i64> {
    let connection = open(file, Access::ReadOnly).ok()?;
    connection.query_row("PRAGMA schema_version", [], |row| row.get(0)).ok()
}

fn standard_input() -> CliResult<String> {
    let mut text = String::new();
    let read = std_io::stdin().lock().read_to_string(&mut text);
    read.map(|_| text).map_err(|error| io(Path::new("standard input"), &error))
}

fn failed(error: AdhocError<std_io::Error>, sql: &str, timeout: Duration) -> Box<CliError> {
    match error {
        AdhocError::Sql { message, place } => {
            let error = CliError::new(code::DATA_SQL, 2, message);
            match place {
                Some(place) => error.why(pointed_at(sql, place)).into(),
                None => error.into(),
            }
        }
        AdhocError::ReadOnly => {
            let error = CliError::new(code::DATA_SQL, 2, "the statement writes, and only reading is allowed");
            error.next("pbr data query … --write").into()
        }
        AdhocError::Timeout => {
            let message = format!("the statements did not end within {} seconds", timeout.as_secs());
            CliError::new(code::DATA_SQL, 1, message).next("pbr data query … --timeout 5m").into()
        }
        AdhocError::Db(error) => CliError::new(code::DATA_DIR, 1, error.to_string()).into(),
        // Whoever read it has seen enough.
        AdhocError::Taker(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        AdhocError::Taker(error) => CliError::new(code::IO, 1, format!("cannot write to stdout: {error}")).into(),
    }
}

/// The line, and carets below the place.
fn pointed_at(sql: &str, place: std::ops::Range<usize>) -> String {
    let start = sql[..place.start].rfind('\n').map_or(0, |at| at + 1);
    let line = sql[start..].lines().next().unwrap_or_default();
    // Tabs stay tabs, so that the carets stand where the word does.
    let indent: String = sql[start..place.start].chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let carets = "^".repeat(sql[place].chars().count().max(1));
    format!("{line}\n{indent}{carets}")
}

/// Rows on their way to stdout.
struct Printer<W> {
    format: Format,
    out: W,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    /// Rows so far, of all statements.
    count: u64,
    /// A table that does not hold all rows.
    cut: bool,
}

impl<W: Write> Printer<W> {
    fn new(format: Format, out: W) -> Self {
        Self { format, out, columns: Vec::new(), rows: Vec::new(), count: 0, cut: false }
    }

    fn take(&mut self, output: Output) -> std_io::Result<()> {
        match output {
            Output::Columns(names) => {
                self.end_table()?;
                self.columns = distinct(names);
                if self.format == Format::Csv {
                    let header: Vec<&[u8]> = self.columns.iter().map(|name| name.as_bytes()).collect();
                    write_csv(&mut self.out, &header)?;
                }
            }
            Output::Row(values) => {
                self.row(&values)?;
                self.count += 1;
            }
        }
        Ok(())
    }

    fn row(&mut self, values: &[Value]) -> std_io::Result<()> {
        match self.format {
            Format::Table if self.rows.len() == TABLE_ROWS => self.cut = true,
            Format::Table => self.rows.push(values.iter().map(text).collect()),
            Format::Lines => {
                let cells: Vec<String> = values.iter().map(|value| escaped(&text(value))).collect();
                writeln!(self.out, "{}", cells.join("\t"))?;
            }
            Format::Csv => {
                let cells: Vec<String> = values.iter().map(text).collect();
                let cells: Vec<&[u8]> = cells.iter().map(String::as_bytes).collect();
                write_csv(&mut self.out, &cells)?;
            }
            Format::Ndjson => writeln!(self.out, "{}", self.object(values))?,
            Format::Json | Format::Embedded => {
                let before = match (self.count, self.format) {
                    (0, Format::Embedded) => "{\"rows\":[",
                    (0, _) => "[\n",
                    (_, Format::Embedded) => ",",
                    _ => ",\n",
                };
                write!(self.out, "{before}{}", self.object(values))?;
            }
        }
        Ok(())
    }

    fn object(&self, values: &[Value]) -> String {
        // In the order of the columns, which a map of serde_json does not keep.
        let member = |(name, value): (&String, &Value)| format!("{}:{}", Json::from(name.as_str()), json(value));
        let members: Vec<String> = self.columns.iter().zip(values).map(member).collect();
        format!("{{{}}}", members.join(","))
    }

    fn end_table(&mut self) -> std_io::Result<()> {
        if self.format == Format::Table && !self.columns.is_empty() {
            writeln!(self.out, "{}", table(&self.columns, &self.rows))?;
            self.rows.clear();
        }
        Ok(())
    }

    fn finish(&mut self, changed: u64) -> std_io::Result<()> {
        self.end_table()?;
        match (self.format, self.count) {
            (Format::Json, 0) => writeln!(self.out, "[]")?,
            (Format::Json, _) => writeln!(self.out, "\n]")?,
            (Format::Embedded, count) => {
                let begin = if count == 0 { "{\"rows\":[" } else { "" };
                let end = Json::Object(Map::from_iter([
                    ("changed".to_owned(), changed.into()),
                    ("columns".to_owned(), self.columns.clone().into()),
                    ("ok".to_owned(), true.into()),
                ]));
                writeln!(self.out, "{begin}],{}", end.to_string().trim_start_matches('{'))?;
            }
            _ => {}
        }
        self.out.flush()
    }
}

/// A name that comes again gets a number, so that objects have all columns.
fn distinct(names: Vec<String>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        let again = (2..).map(|n| format!("{name}:{n}")).find(|other| !distinct.contains(other));
        let known = distinct.contains(&name);
        distinct.push(again.filter(|_| known).unwrap_or(name));
    }
    distinct
}

fn write_csv(out: &mut dyn Write, cells: &[&[u8]]) -> std_io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let written = writer.write_record(cells);
    written.map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std_io::Error::other(format!("{other:?}")),
    })?;
    writer.flush()
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Integer(number) => (*number).into(),
        Value::Real(number) => (*number).into(),
        Value::Text(_) | Value::Blob(_) => text(value).into(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_below_the_place() {
        assert_eq!(pointed_at("SELECT 1;\n\tSELEC é", 11..16), "\tSELEC é\n\t^^^^^");
        assert_eq!(pointed_at("SELECT é, nix FROM t", 11..14), "SELECT é, nix FROM t\n          ^^^");
    }

    #[test]
    fn columns_with_the_same_name_are_told_apart() {
        let names = ["a", "b", "a", "a"].map(str::to_owned).to_vec();
        assert_eq!(distinct(names), ["a", "b", "a:2", "a:3"]);
    }
}

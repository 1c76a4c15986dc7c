//! `pbr logs`.

use super::table::printable;
use super::{CliError, CliResult, Context, print};
use crate::diagnostic::code;
use crate::logs::{Level, LogQueryError, LogRow, Logs};
use crate::records::ListParams;
use crate::schema::fields::format_datetime;
use crate::schema::yaml::parse_duration;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::Value as Json;
use std::collections::HashSet;
use std::time::Duration;

/// How often `--follow` looks for new rows; a server stores them every three seconds.
const GLANCE: Duration = Duration::from_millis(500);
/// A row may be stored this much after one that came later.
const LATE: TimeDelta = TimeDelta::seconds(10);
/// Rows of one query.
const PAGE: i64 = 1000;

/// Show the log of the server
///
/// Reads it from the data directory, whether or not a server runs. Rows come oldest first.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  pbr logs                                        the last 100 rows
  pbr logs --follow --level warn
  pbr logs --since 1h --filter \"data.status >= 500\"
  pbr logs --since 2026-01-31 --json | jq .data.url")]
pub struct Args {
    /// Go on with new rows as they come
    #[arg(short, long)]
    follow: bool,

    /// Only rows that match, in the filter language: id, created, level, message, data.url, data.status …
    #[arg(long, value_name = "FILTER")]
    filter: Option<String>,

    /// Only rows of this level and above
    #[arg(long, value_name = "LEVEL")]
    level: Option<LevelName>,

    /// Only rows since then: a time ago such as 30m, 1h or 7d, or a date
    #[arg(long, value_name = "TIME")]
    since: Option<String>,

    /// The last so many rows
    #[arg(short = 'n', long, value_name = "ROWS", default_value_t = 100, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    limit: u32,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum LevelName {
    Debug,
    Info,
    Warn,
    Error,
}

pub fn run(args: Args, context: &Context) -> CliResult {
    let dir = context.data_dir()?;
    if !dir.join("auxiliary.db").exists() {
        let error = CliError::new(code::NO_DATABASE, 2, format!("there is no log in {}", dir.display()));
        return Err(Box::new(error.why("the command reads auxiliary.db of a data directory").next("pbr serve")));
    }
    let logs = Logs::open(&dir).map_err(|error| failed(&error.to_string()))?;
    let conditions = conditions(&args)?;
    let shown = last_rows(&logs, &conditions, i64::from(args.limit))?;
    for row in &shown {
        show(row, context)?;
    }
    if !args.follow {
        return Ok(());
    }
    // A moment to begin with, when there is no row yet.
    let mut newest = shown.last().map_or_else(|| format_datetime(Utc::now()), |row| row.created.clone());
    let mut seen: Option<HashSet<String>> = None;
    loop {
        let recent = [format!("created >= '{}'", before(&newest, LATE))];
        let rows = all_rows(&logs, &[&conditions[..], &recent].concat())?;
        // The first look only learns what was there before.
        let seen_before = seen.get_or_insert_with(|| {
            let old = rows.iter().filter(|row| row.created <= newest);
            old.map(|row| row.id.clone()).collect()
        });
        for row in rows.iter().filter(|row| !seen_before.contains(&row.id)) {
            show(row, context)?;
            newest = newest.max(row.created.clone());
        }
        seen = Some(rows.into_iter().map(|row| row.id).collect());
        std::thread::sleep(GLANCE);
    }
}

fn conditions(args: &Args) -> CliResult<Vec<String>> {
    let mut conditions = Vec::new();
    if let Some(filter) = args.filter.as_deref().filter(|filter| !filter.trim().is_empty()) {
        conditions.push(filter.to_owned());
    }
    if let Some(level) = args.level {
        let level = match level {
            LevelName::Debug => Level::DEBUG,
            LevelName::Info => Level::INFO,
            LevelName::Warn => Level::WARN,
            LevelName::Error => Level::ERROR,
        };
        conditions.push(format!("level >= {}", level.0));
    }
    if let Some(since) = &args.since {
        conditions.push(format!("created >= '{}'", format_datetime(moment(since)?)));
    }
    Ok(conditions)
}

/// `1h`, `2026-01-31` or a full time.
fn moment(text: &str) -> CliResult<DateTime<Utc>> {
    let ago = parse_duration(text).and_then(|seconds| Utc::now().checked_sub_signed(TimeDelta::try_seconds(seconds)?));
    let day = || Some(text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?.and_utc());
    let time = || DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)).ok().map(|time| time.to_utc());
    ago.or_else(day).or_else(time).ok_or_else(|| {
        let error = CliError::new(code::USAGE, 2, format!("`{text}` is no time"));
        error.why("--since takes a time ago such as 30m, 1h or 7d, or a date such as 2026-01-31").into()
    })
}

/// `None` for a text that is no stored time, which then is as good as any.
fn before(created: &str, gap: TimeDelta) -> String {
    let parsed = DateTime::parse_from_rfc3339(&created.replacen(' ', "T", 1));
    parsed.map_or_else(|_| created.to_owned(), |time| format_datetime(time.to_utc() - gap))
}

fn filter(conditions: &[String]) -> String {
    conditions.iter().map(|condition| format!("({condition})")).collect::<Vec<_>>().join(" && ")
}

/// Oldest first.
fn last_rows(logs: &Logs, conditions: &[String], limit: i64) -> CliResult<Vec<LogRow>> {
    let mut rows = Vec::new();
    for page in 1.. {
        let per_page = PAGE.min(limit);
        let left = limit - (page - 1) * per_page;
        if left <= 0 {
            break;
        }
        let mut found = read(logs, conditions, "-created,-@rowid", page, per_page)?;
        let whole = found.len() as i64 == per_page;
        found.truncate(usize::try_from(left).unwrap_or_default());
        rows.extend(found);
        if !whole {
            break;
        }
    }
    rows.reverse();
    Ok(rows)
}

fn all_rows(logs: &Logs, conditions: &[String]) -> CliResult<Vec<LogRow>> {
    let mut rows = Vec::new();
    for page in 1.. {
        let found = read(logs, conditions, "created,@rowid", page, PAGE)?;
        let whole = found.len() as i64 == PAGE;
        rows.extend(found);
        if !whole {
            break;
        }
    }
    Ok(rows)
}

fn read(logs: &Logs, conditions: &[String], sort: &str, page: i64, per_page: i64) -> CliResult<Vec<LogRow>> {
    let (filter, sort) = (filter(conditions), sort.to_owned());
    let params = ListParams { page, per_page, skip_total: true, filter, sort, ..ListParams::default() };
    let read = logs.list(&params).map_err(|error| match error {
        LogQueryError::Senseless => {
            let error = CliError::new(code::USAGE, 2, "the filter makes no sense");
            let why = "it may use id, created, level, message and data.NAME, as in `data.status >= 500 && data.url ~ '/api/'`";
            Box::new(error.why(why))
        }
        LogQueryError::Db(error) => failed(&error.to_string()),
    })?;
    Ok(read.into_items())
}

fn failed(reason: &str) -> Box<CliError> {
    Box::new(CliError::new(code::DATA_DIR, 1, "the log cannot be read").why(reason))
}

/// A line of JSON, or one for people.
fn show(row: &LogRow, context: &Context) -> CliResult {
    if context.global.json() {
        return print(&serde_json::to_string(row).expect("a row is plain data"));
    }
    print(&line(row))
}

fn line(row: &LogRow) -> String {
    let data: Json = serde_json::from_str(row.data.get()).unwrap_or_default();
    let mut line = format!("{} {:<5} {}", row.created, Level(row.level).name(), row.message);
    if data["type"] == "request" {
        let text = |key: &str| data[key].as_str().unwrap_or_default().to_owned();
        line.push_str(&format!(" {} {:.1}ms", data["status"], data["execTime"].as_f64().unwrap_or_default()));
        for part in [text("userIP"), text("auth"), text("error")] {
            if !part.is_empty() {
                line.push_str(&format!(" {part}"));
            }
        }
    } else if data.as_object().is_some_and(|data| !data.is_empty()) {
        line.push_str(&format!(" {data}"));
    }
    // What clients sent must not move the cursor of a terminal.
    printable(&line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::value::to_raw_value;

    #[test]
    fn rows_are_lines_without_control_characters() {
        let row = |message: &str, data: Json| LogRow {
            id: "x".into(),
            created: "2026-01-01 00:00:00.000Z".into(),
            data: to_raw_value(&data).unwrap(),
            message: message.into(),
            level: 8,
        };
        let request =
            serde_json::json!({ "type": "request", "status": 404, "execTime": 0.25, "userIP": "::1", "error": "no" });
        assert_eq!(
            line(&row("GET /\u{1b}[2J", request)),
            "2026-01-01 00:00:00.000Z ERROR GET /\u{fffd}[2J 404 0.2ms ::1 no"
        );
        assert!(line(&row("two\nlines", serde_json::json!({}))).ends_with("ERROR two lines"));
        assert!(line(&row("m", serde_json::json!({ "a": 1 }))).ends_with("ERROR m {\"a\":1}"));
    }

    #[test]
    fn times_are_read_in_three_forms() {
        assert_eq!(format_datetime(moment("2026-01-31").unwrap()), "2026-01-31 00:00:00.000Z");
        assert_eq!(format_datetime(moment("2026-01-31 10:00:00.5Z").unwrap()), "2026-01-31 10:00:00.500Z");
        let hour = Utc::now() - moment("1h").unwrap();
        assert!((3599..3700).contains(&hour.num_seconds()));
        assert!(moment("yesterday").is_err());
    }
}

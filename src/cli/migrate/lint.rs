//! `pbr migrate lint`.

use super::super::{CliError, CliResult, Context, print};
use super::Database;
use crate::diagnostic::code;
use crate::migrate::{self, Finding, LintOptions, ProjectPaths, Selection};
use serde_json::{Value as Json, json};

#[derive(clap::Args)]
pub struct Args {
    /// The newest so many
    #[arg(long, value_name = "N", conflicts_with_all = ["base", "all"])]
    latest: Option<usize>,

    /// Those that a branch or commit does not have
    #[arg(long, value_name = "REF", conflicts_with = "all")]
    base: Option<String>,

    /// All of them
    #[arg(long)]
    all: bool,

    /// How findings are written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    /// Warnings are errors
    #[arg(long)]
    strict: bool,

    #[command(flatten)]
    database: Database,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// For code scanning
    Sarif,
}

pub fn run(context: &Context, paths: ProjectPaths, args: Args) -> CliResult {
    let count_rows = args.database.db.is_some();
    let paths = args.database.apply(paths);
    let selection = match (&args.base, args.latest) {
        _ if args.all => Selection::All,
        (Some(base), _) => Selection::Except(super::history::files_at(&paths, base)?),
        (None, Some(count)) => Selection::Latest(count),
        (None, None) if count_rows => Selection::Pending,
        (None, None) => Selection::Latest(1),
    };
    let (findings, files) = migrate::lint(&paths, &LintOptions { selection, count_rows, strict: args.strict })?;
    let errors = findings.iter().filter(|finding| stops(finding)).count();
    let place = |finding: &Finding| paths.migrations.join(&finding.file).display().to_string();
    let as_json: Vec<Json> = findings.iter().map(|finding| to_json(finding, &place(finding))).collect();
    let format = if context.global.json() { Format::Json } else { args.format };
    if errors == 0 {
        let result = json!({ "findings": as_json, "files": files });
        return match format {
            Format::Text => context.output().done(result, || {
                let mut lines: Vec<String> = findings.iter().map(|finding| text(finding, &place(finding))).collect();
                let warnings = findings.iter().filter(|finding| finding.accepted.is_none()).count();
                let word = if files == 1 { "migration" } else { "migrations" };
                lines.push(match warnings {
                    0 => format!("{files} {word}, nothing found"),
                    1 => format!("{files} {word}, 1 warning"),
                    count => format!("{files} {word}, {count} warnings"),
                });
                lines.join("\n")
            }),
            Format::Json => print(&json!({ "ok": true, "findings": as_json, "files": files }).to_string()),
            Format::Github => print(&github(&findings, &place)),
            Format::Sarif => print(&sarif(&findings, &place).to_string()),
        };
    }
    match format {
        Format::Github => print(&github(&findings, &place))?,
        Format::Sarif => print(&sarif(&findings, &place).to_string())?,
        Format::Text | Format::Json => {}
    }
    let message = if errors == 1 { "lint found 1 error".to_owned() } else { format!("lint found {errors} errors") };
    let lines: Vec<String> = findings.iter().map(|finding| text(finding, &place(finding))).collect();
    let first = findings.iter().find(|finding| stops(finding));
    let mut error = CliError::new(code::LINT, 4, message).meta("findings", as_json);
    if matches!(format, Format::Text | Format::Json) {
        error = error.why(lines.join("\n"));
    }
    if let Some(first) = first {
        let accept = format!("to accept it, add a line to {}: -- pbr:nolint {} REASON", place(first), first.code);
        error = error.next(accept);
    }
    if format == Format::Json && !context.global.json() {
        print(&error.to_json().to_string())?;
    }
    Err(error.into())
}

fn stops(finding: &Finding) -> bool {
    finding.error && finding.accepted.is_none()
}

fn level(finding: &Finding) -> &'static str {
    match (&finding.accepted, finding.error) {
        (Some(_), _) => "accepted",
        (None, true) => "error",
        (None, false) => "warning",
    }
}

fn text(finding: &Finding, place: &str) -> String {
    let rows = finding.rows.map_or_else(String::new, |rows| format!(" [{rows} rows]"));
    let reason = finding.accepted.as_ref().map_or_else(String::new, |reason| format!(" ({reason})"));
    format!("{place}:{}: {}[{}]: {}{rows}{reason}", finding.line, level(finding), finding.code, finding.message)
}

fn to_json(finding: &Finding, place: &str) -> Json {
    json!({
        "code": finding.code, "file": place, "line": finding.line, "subject": finding.subject,
        "message": finding.message, "level": level(finding), "rows": finding.rows, "accepted": finding.accepted,
    })
}

fn github(findings: &[Finding], place: &dyn Fn(&Finding) -> String) -> String {
    let escape = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let line = |finding: &Finding| {
        let level = match level(finding) {
            "accepted" => "notice",
            level => level,
        };
        let file = place(finding);
        format!("::{level} file={file},line={},title={}::{}", finding.line, finding.code, escape(&finding.message))
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn sarif(findings: &[Finding], place: &dyn Fn(&Finding) -> String) -> Json {
    let result = |finding: &Finding| {
        let level = match level(finding) {
            "accepted" => "note",
            level => level,
        };
        json!({
            "ruleId": finding.code,
            "level": level,
            "message": { "text": finding.message },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": place(finding) },
                "region": { "startLine": finding.line },
            }}],
        })
    };
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "pbr", "version": env!("CARGO_PKG_VERSION") } },
            "results": findings.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}

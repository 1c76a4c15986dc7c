//! `pbr migrate lint`.

use super::super::{CliError, CliResult, Context, print};
use super::Database;
use crate::diagnostic::{Source, code};
use crate::migrate::{self, Finding, LintOptions, ProjectPaths, Selection, State};
use crate::project::Workspace;
use crate::shell::path_word;
use serde_json::{Value as Json, json};
use std::path::Path;

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

pub fn run(context: &Context, workspace: &Workspace, paths: ProjectPaths, args: Args) -> CliResult {
    let count_rows = args.database.db.is_some();
    let paths = args.database.apply(paths);
    let selection = match (&args.base, args.latest) {
        _ if args.all => Selection::All,
        (Some(base), _) => Selection::Except(super::history::files_at(&paths, base, "pbr migrate lint --base")?),
        (None, Some(count)) => Selection::Latest(count),
        (None, None) if count_rows => Selection::Pending,
        (None, None) => Selection::Latest(1),
    };
    let (mut findings, files) = migrate::lint(&paths, &LintOptions { selection, count_rows, strict: args.strict })?;
    findings.extend(answered_renames(context, workspace, args.strict));
    let errors = findings.iter().filter(|finding| stops(finding)).count();
    let as_json: Vec<Json> = findings.iter().map(to_json).collect();
    let format = if context.global.json() { Format::Json } else { args.format };
    if errors == 0 {
        let result = json!({ "findings": as_json, "files": files });
        return match format {
            Format::Text => context.output().done(result, || {
                let mut lines: Vec<String> = findings.iter().map(text).collect();
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
            Format::Github => print(&github(&findings)),
            Format::Sarif => print(&sarif(&findings).to_string()),
        };
    }
    match format {
        Format::Github => print(&github(&findings))?,
        Format::Sarif => print(&sarif(&findings).to_string())?,
        Format::Text | Format::Json => {}
    }
    let message = if errors == 1 { "lint found 1 error".to_owned() } else { format!("lint found {errors} errors") };
    let lines: Vec<String> = findings.iter().map(text).collect();
    let mut error = CliError::new(code::LINT, 4, message).meta("findings", as_json);
    if matches!(format, Format::Text | Format::Json) {
        error = error.why(lines.join("\n"));
    }
    let mut applied = migrate::status(&paths).unwrap_or_default().entries;
    applied.retain(|entry| entry.state == State::Applied);
    // One of each kind is enough to learn from.
    let stopping = || findings.iter().filter(|finding| stops(finding));
    let refused = stopping().find(|finding| finding.is_refused());
    let others = stopping().find(|finding| !finding.is_refused());
    for finding in refused.into_iter().chain(others) {
        error = error.next(advice(finding, &applied, args.database.db.as_deref()));
    }
    if format == Format::Json && !context.global.json() {
        print(&error.to_json().to_string())?;
    }
    Err(error.into())
}

/// What to do about a finding that stops. A migration that the database has applied is not hashed again.
fn advice(finding: &Finding, applied: &[migrate::Entry], database: Option<&Path>) -> String {
    let name = Path::new(&finding.file).file_stem().unwrap_or_default().to_string_lossy();
    let applied = applied.iter().find(|entry| name == format!("V{}__{}", entry.version, entry.name));
    let then = match applied {
        Some(entry) => {
            let database = database.map(|path| format!(" --db {}", path_word(path))).unwrap_or_default();
            format!("pbr migrate repair {} --as edited{database}", entry.version)
        }
        None => "pbr migrate hash".to_owned(),
    };
    match finding.code {
        ANSWERED_RENAME => "pbr schema fmt".to_owned(),
        _ if finding.is_refused() => format!("take line {} out of {}, then {then}", finding.line, finding.file),
        code => format!("to accept it, add a line to {}: -- pbr:nolint {code} REASON, then {then}", finding.file),
    }
}

/// What there is to say of a migration that was just written, as warnings: nothing is merged yet. Nothing where the folder
/// is not intact, which others tell.
pub fn of_newest(paths: &ProjectPaths) -> Vec<Finding> {
    let options = LintOptions { selection: Selection::Latest(1), count_rows: false, strict: false };
    let (mut findings, _) = migrate::lint(paths, &options).unwrap_or_default();
    findings.iter_mut().for_each(|finding| finding.error = false);
    findings
}

/// The code of a `renamedFrom` that has done its work.
const ANSWERED_RENAME: &str = "NM102";

/// What the schema files still ask and the migrations have answered.
fn answered_renames(context: &Context, workspace: &Workspace, strict: bool) -> Vec<Finding> {
    let Ok(files) = workspace.schema_files() else { return Vec::new() };
    let mut answered = super::super::schema::stale_renames(context, workspace, &files);
    let finding = |(path, text): (String, String)| {
        let source = Source::new(path, text.trim_start_matches('\u{feff}'));
        let renames = answered.remove(&source.path).unwrap_or_default();
        renames.into_iter().map(move |(subject, span)| Finding {
            code: ANSWERED_RENAME,
            file: source.path.clone(),
            line: source.line_column(span.start).0,
            message: format!("the migrations have renamed {subject}; `renamedFrom` can go: pbr schema fmt"),
            subject,
            error: strict,
            rows: None,
            accepted: None,
        })
    };
    files.into_iter().flat_map(finding).collect()
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

/// One line of the report.
pub fn text(finding: &Finding) -> String {
    let rows = match finding.rows {
        None => String::new(),
        Some(1) => " [1 row]".to_owned(),
        Some(rows) => format!(" [{rows} rows]"),
    };
    let reason = finding.accepted.as_ref().map_or_else(String::new, |reason| format!(" ({reason})"));
    let (place, level) = (format!("{}:{}", finding.file, finding.line), level(finding));
    format!("{place}: {level}[{}]: {}{rows}{reason}", finding.code, finding.message)
}

/// As the JSON Schema of the command says.
pub fn to_json(finding: &Finding) -> Json {
    json!({
        "code": finding.code, "file": finding.file, "line": finding.line, "subject": finding.subject,
        "message": finding.message, "level": level(finding), "rows": finding.rows, "accepted": finding.accepted,
    })
}

fn github(findings: &[Finding]) -> String {
    let escape = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let line = |finding: &Finding| {
        let level = match level(finding) {
            "accepted" => "notice",
            level => level,
        };
        let (file, line, code) = (&finding.file, finding.line, finding.code);
        format!("::{level} file={file},line={line},title={code}::{}", escape(&finding.message))
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn sarif(findings: &[Finding]) -> Json {
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
                "artifactLocation": { "uri": finding.file },
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

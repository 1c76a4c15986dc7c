//! `pbr migrate`: from the schema to the database.

use super::{CliError, CliResult, Context, questions};
use crate::diagnostic::code;
use crate::migrate::{self, DiffOptions, DiffReport, MigrateError, ProjectPaths, State, Status, UpOptions, UpReport};
use crate::project::Workspace;
use crate::schema::diff::Decisions;
use crate::schema::yaml::{Project, parse_duration};
use serde_json::{Value as Json, json};
use std::time::Duration;

/// Bring the database to the schema; write, apply and check migrations
#[derive(clap::Args)]
#[command(after_long_help = "\
Without a subcommand: verify the migrations, offer to write what the schema has more (exit 4 without a terminal), apply.

Examples:
  pbr migrate                                   the one line for CI and deployment
  pbr migrate diff --rename posts.title=posts.headline
  pbr migrate up --dry-run")]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    apply: Apply,
}

#[derive(clap::Args, Clone)]
struct Apply {
    /// Wait so long for another migrating process
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    lock_timeout: Duration,

    /// Consent to the data loss of one file, with the token that the refusal printed
    #[arg(long, value_name = "TOKEN")]
    confirm: Vec<String>,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Write a migration for what the schema has and the migrations do not
    #[command(after_long_help = "\
Examples:
  pbr migrate diff add_slug
  pbr migrate diff --check
  pbr migrate diff --rename posts.title=posts.headline --drop posts.subtitle")]
    Diff(Diff),

    /// Apply pending migrations
    #[command(after_long_help = "Examples:\n  pbr migrate up\n  pbr migrate up --dry-run\n  pbr migrate up --steps 1")]
    Up(Up),

    /// Show which migrations are applied
    #[command(after_long_help = "Examples:\n  pbr migrate status\n  pbr migrate status --check")]
    Status {
        /// Exit 4 when migrations are pending
        #[arg(long)]
        check: bool,
    },

    /// Check the migration files alone: names, pbr.sum, the chain, replay, and the schema
    #[command(after_long_help = "Examples:\n  pbr migrate check\n  pbr migrate check --json")]
    Check,
}

#[derive(clap::Args)]
struct Diff {
    /// Name of the migration; made from the changes when absent
    name: Option<String>,

    /// Write nothing; exit 4 when there is a difference
    #[arg(long, conflicts_with = "stdout")]
    check: bool,

    /// Print the migration instead of writing it
    #[arg(long)]
    stdout: bool,

    /// A field or collection was renamed: posts.title=posts.headline
    #[arg(long, value_name = "OLD=NEW", value_parser = rename)]
    rename: Vec<(String, String)>,

    /// A field or collection is dropped, not renamed
    #[arg(long, value_name = "NAME")]
    drop: Vec<String>,
}

#[derive(clap::Args)]
struct Up {
    /// Stop after this version
    #[arg(long, value_name = "VERSION", conflicts_with = "steps")]
    to: Option<i64>,

    /// Apply at most so many files
    #[arg(long, value_name = "N")]
    steps: Option<usize>,

    /// Run everything in a transaction that is rolled back
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    apply: Apply,
}

fn duration(text: &str) -> Result<Duration, String> {
    if let Some(milliseconds) = text.trim().strip_suffix("ms").and_then(|number| number.trim().parse().ok()) {
        return Ok(Duration::from_millis(milliseconds));
    }
    let seconds = parse_duration(text).and_then(|seconds| u64::try_from(seconds).ok());
    seconds.map(Duration::from_secs).ok_or_else(|| "write for example 30s, 5m or 1h".to_owned())
}

fn rename(text: &str) -> Result<(String, String), String> {
    let (old, new) = text.split_once('=').ok_or("write OLD=NEW, for example posts.title=posts.headline")?;
    if old.contains('.') != new.contains('.') {
        return Err("name two fields (posts.title=posts.headline) or two collections (posts=articles)".into());
    }
    Ok((old.trim().to_owned(), new.trim().to_owned()))
}

pub fn run(args: Args, context: &Context) -> CliResult {
    let workspace = context.project()?;
    let paths = context.paths(&workspace);
    match args.command {
        None => everything(context, &workspace, &paths, args.apply),
        Some(Command::Diff(diff)) => self::diff(context, &workspace, &paths, diff),
        Some(Command::Up(up)) => {
            let report = apply(context, &paths, &up)?;
            finish(context, &report, None)
        }
        Some(Command::Status { check }) => status(context, &paths, check),
        Some(Command::Check) => check(context, &workspace, &paths),
    }
}

/// Bare `pbr migrate`.
fn everything(context: &Context, workspace: &Workspace, paths: &ProjectPaths, options: Apply) -> CliResult {
    migrate::check(paths)?;
    let schema = super::schema::load(workspace)?;
    let mut decisions = Decisions::default();
    let difference = resolve(context, paths, &schema, &mut decisions, None, false)?;
    if let Some(report) = &difference {
        if !context.interactive() && !context.global.yes {
            let error =
                CliError::new(code::PENDING_CHANGES, 4, "the schema is ahead of the migrations; nothing was applied");
            return Err(error.why(list(report)).next("pbr migrate diff").meta("changes", changes(report)).into());
        }
        context.output().note(&list(report));
        if !context.global.yes {
            questions::confirm("Write this migration?")?;
        }
        let report = resolve(context, paths, &schema, &mut decisions, None, true)?;
        if let Some(report) = &report {
            context.output().note(&format!("wrote {}", paths.migrations.join(&report.file.file_name).display()));
        }
    }
    let up = Up { to: None, steps: None, dry_run: false, apply: options };
    let report = apply(context, paths, &up)?;
    finish(context, &report, difference.as_ref())
}

/// The difference, with open questions asked where that is possible.
fn resolve(
    context: &Context,
    paths: &ProjectPaths,
    schema: &Project,
    decisions: &mut Decisions,
    name: Option<&str>,
    write: bool,
) -> CliResult<Option<DiffReport>> {
    loop {
        let options = DiffOptions { name: name.map(str::to_owned), decisions: decisions.clone(), write };
        match migrate::diff(paths, schema, &options) {
            Err(MigrateError::Open(open)) if context.interactive() => questions::ask_renames(&open, decisions)?,
            result => return Ok(result?),
        }
    }
}

fn diff(context: &Context, workspace: &Workspace, paths: &ProjectPaths, args: Diff) -> CliResult {
    let schema = super::schema::load(workspace)?;
    let mut decisions = Decisions { renames: args.rename, drops: args.drop, ..Decisions::default() };
    let write = !args.check && !args.stdout;
    let report = resolve(context, paths, &schema, &mut decisions, args.name.as_deref(), write)?;
    let Some(report) = report else {
        return context.output().done(json!({ "changes": [], "file": null }), || match args.stdout {
            true => String::new(),
            false => "the schema and the migrations agree".to_owned(),
        });
    };
    if args.check {
        let error = CliError::new(code::PENDING_CHANGES, 4, "the schema is ahead of the migrations");
        return Err(error.why(list(&report)).next("pbr migrate diff").meta("changes", changes(&report)).into());
    }
    let path = paths.migrations.join(&report.file.file_name);
    let result = json!({
        "file": path.display().to_string(),
        "written": report.written,
        "version": report.file.version,
        "changes": changes(&report),
        "losses": report.losses.iter().map(|loss| json!({ "code": loss.code, "subject": loss.subject, "consent": loss.consent })).collect::<Vec<_>>(),
        "sql": report.file.sql,
    });
    context.output().done(result, || match args.stdout {
        true => report.file.sql.clone(),
        false => format!(
            "{}\nwrote {}\nundo: delete it and restore pbr.sum; next: pbr migrate up",
            list(&report),
            path.display()
        ),
    })
}

fn changes(report: &DiffReport) -> Json {
    report.changes.iter().map(|change| json!(change.to_string())).collect()
}

fn list(report: &DiffReport) -> String {
    let mut lines: Vec<String> = report.changes.iter().map(ToString::to_string).collect();
    for loss in report.losses.iter().filter(|loss| loss.consent) {
        lines.push(format!("warning[{}]: {} goes with the values it has", loss.code, loss.subject));
    }
    lines.join("\n")
}

fn apply(context: &Context, paths: &ProjectPaths, up: &Up) -> CliResult<UpReport> {
    if !up.dry_run {
        context.output().note(&format!("database: {}", paths.database().display()));
    }
    let options = UpOptions {
        to: up.to,
        steps: up.steps,
        dry_run: up.dry_run,
        lock_timeout: up.apply.lock_timeout,
        confirm: up.apply.confirm.clone(),
        ..UpOptions::default()
    };
    Ok(migrate::up(paths, &options)?)
}

fn finish(context: &Context, report: &UpReport, written: Option<&DiffReport>) -> CliResult {
    for name in &report.missing_env {
        context.output().note(&format!("warning: {name} is not set, so a client secret is missing"));
    }
    let applied: Vec<Json> = report
        .applied
        .iter()
        .map(|file| json!({ "file": file.file, "version": file.version, "milliseconds": file.took.as_secs_f64() * 1000.0 }))
        .collect();
    let result = json!({
        "database": report.database.display().to_string(),
        "applied": applied,
        "pending": report.pending,
        "dryRun": report.dry_run,
        "missingEnv": report.missing_env,
        "written": written.map(|report| report.file.file_name.clone()),
    });
    context.output().done(result, || {
        let verb = if report.dry_run { "would apply" } else { "applied" };
        let mut text: String = report
            .applied
            .iter()
            .map(|file| match context.global.verbose {
                0 => format!("{verb} {}\n", file.file),
                _ => format!("{verb} {} in {:.1} ms\n", file.file, file.took.as_secs_f64() * 1000.0),
            })
            .collect();
        if report.applied.is_empty() {
            text.push_str("nothing to do\n");
        }
        if report.pending > 0 {
            text.push_str(&format!("{} still pending\n", report.pending));
        }
        text
    })
}

fn status(context: &Context, paths: &ProjectPaths, check: bool) -> CliResult {
    let status = migrate::status(paths)?;
    let pending = status.count(State::Pending);
    let text = || {
        let line = |entry: &migrate::Entry| {
            let applied = entry.applied_on.as_deref().unwrap_or("");
            format!("{:<12} V{}__{} {applied}", entry.state.name(), entry.version, entry.name).trim_end().to_owned()
        };
        let mut lines: Vec<String> = status.entries.iter().map(line).collect();
        if lines.is_empty() {
            lines.push("no migrations".to_owned());
        }
        lines.join("\n")
    };
    // The table helps with the integrity error, too.
    let integrity = status.integrity();
    if integrity.is_err() || (check && pending > 0) {
        if !context.global.json && !context.global.quiet {
            super::print(&text())?;
        }
        integrity?;
        let message = format!("{pending} pending {}", if pending == 1 { "migration" } else { "migrations" });
        let error = CliError::new(code::NOT_APPLIED, 4, message).next("pbr migrate up");
        return Err(error.meta("migrations", entries(&status)).into());
    }
    let result = json!({
        "database": paths.database().display().to_string(),
        "current": status.current(),
        "pending": pending,
        "migrations": entries(&status),
    });
    context.output().done(result, text)
}

fn entries(status: &Status) -> Json {
    let entry = |entry: &migrate::Entry| json!({ "version": entry.version, "name": entry.name, "state": entry.state.name(), "appliedOn": entry.applied_on });
    status.entries.iter().map(entry).collect()
}

fn check(context: &Context, workspace: &Workspace, paths: &ProjectPaths) -> CliResult {
    let files = migrate::check(paths)?;
    super::schema::load(workspace)?;
    let names: Vec<&str> = files.iter().map(|file| file.file_name.as_str()).collect();
    context.output().done(json!({ "migrations": names }), || match names.len() {
        1 => "1 migration is intact".to_owned(),
        count => format!("{count} migrations are intact"),
    })
}

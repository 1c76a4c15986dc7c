//! `pbr migrate up` and `down`.

use super::super::error::not_applied;
use super::super::progress::{Meter, Unit};
use super::super::{CliError, CliResult, Context, questions};
use super::{Database, duration};
use crate::diagnostic::code;
use crate::migrate::{self, CopyBefore, DiffReport, DownOptions, ProjectPaths, UpOptions, UpReport};
use crate::shell::path_word;
use serde_json::{Value as Json, json};
use std::cell::RefCell;
use std::path::PathBuf;
use std::time::Duration;

#[derive(clap::Args, Clone)]
pub struct Apply {
    /// Wait so long for another migrating process
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    lock_timeout: Duration,

    /// Consent to the data loss of one file, with the token that the refusal printed
    #[arg(long, value_name = "TOKEN")]
    confirm: Vec<String>,
}

/// What is one transaction.
#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Transaction {
    /// Each file
    #[default]
    File,
    /// All files together; a repair of drift is one of its own
    All,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|steps| *steps > 0).ok_or_else(|| "write a number from 1 on".to_owned())
}

/// How far to go, either way.
#[derive(clap::Args, Default)]
struct Span {
    /// The version to be at afterwards; taken back to 0, nothing is applied
    #[arg(long, value_name = "VERSION", conflicts_with = "steps", value_parser = super::version, add = super::super::complete::versions())]
    to: Option<i64>,

    /// So many files at most [default: all up, 1 down]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    steps: Option<usize>,

    /// Run everything in a transaction that is rolled back
    #[arg(long)]
    dry_run: bool,
}

#[derive(clap::Args)]
#[command(mut_arg("to", |to| to.help("The last version to apply")))]
pub struct Up {
    #[command(flatten)]
    span: Span,

    /// What is one transaction
    #[arg(long, value_name = "WHAT", default_value = "file")]
    tx: Transaction,

    /// Copy the database before: auto (when values may be lost), none, or a file
    #[arg(long, value_name = "WHEN", default_value = "auto", value_parser = backup)]
    backup: CopyBefore,

    /// Apply although the database is not what its migrations lead to
    #[arg(long)]
    allow_drift: bool,

    #[command(flatten)]
    apply: Apply,

    #[command(flatten)]
    database: Database,
}

impl Up {
    /// Everything that is pending.
    pub fn everything(apply: Apply) -> Self {
        Self {
            span: Span::default(),
            tx: Transaction::File,
            backup: CopyBefore::Auto,
            allow_drift: false,
            apply,
            database: Database::default(),
        }
    }
}

fn backup(text: &str) -> Result<CopyBefore, String> {
    Ok(match text {
        "auto" => CopyBefore::Auto,
        "none" => CopyBefore::Never,
        path => CopyBefore::To(PathBuf::from(path)),
    })
}

#[derive(clap::Args)]
pub struct Down {
    #[command(flatten)]
    span: Span,

    #[command(flatten)]
    apply: Apply,

    #[command(flatten)]
    database: Database,
}

pub fn up(context: &Context, paths: ProjectPaths, args: Up) -> CliResult {
    let paths = args.database.apply(paths);
    let report = apply(context, &paths, &args)?;
    finish(context, &report, None)
}

/// Applies what is pending.
///
/// # Errors
/// As [`migrate::up`].
pub fn apply(context: &Context, paths: &ProjectPaths, up: &Up) -> CliResult<UpReport> {
    if !up.span.dry_run {
        context.output().note(&format!("database: {}", paths.database().display()));
    }
    let meter = RefCell::new(Meter::new(context, Unit::Files));
    let options = UpOptions {
        applied: Box::new(move |file, done, total| {
            meter.borrow_mut().show(&file.file, done as u64, Some(total as u64));
        }),
        to: up.span.to,
        steps: up.span.steps,
        dry_run: up.span.dry_run,
        lock_timeout: up.apply.lock_timeout,
        confirm: up.apply.confirm.clone(),
        together: up.tx == Transaction::All,
        copy: up.backup.clone(),
        allow_drift: up.allow_drift,
        ..UpOptions::default()
    };
    let failed = |error| not_applied(error, &paths.migrations);
    match migrate::up(paths, &options) {
        Err(migrate::MigrateError::DataLoss(consents)) if context.interactive() && !up.span.dry_run => {
            for consent in &consents {
                for (_, subject, rows) in &consent.losses {
                    let word = if *rows == 1 { "row has" } else { "rows have" };
                    context
                        .output()
                        .note(&format!("{}: {rows} {word} values in {subject}, which will be lost", consent.file));
                }
            }
            questions::confirm_loss("Apply and lose them?")?;
            let confirm = consents.into_iter().map(|consent| consent.token).collect();
            migrate::up(paths, &UpOptions { confirm, ..options }).map_err(failed)
        }
        result => result.map_err(failed),
    }
}

/// Shows what was applied.
///
/// # Errors
/// stdout cannot be written.
pub fn finish(context: &Context, report: &UpReport, written: Option<&DiffReport>) -> CliResult {
    warn_of_missing(context, &report.missing_env);
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
        "copy": report.copy.as_ref().map(|path| path.display().to_string()),
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
        if let Some(copy) = &report.copy {
            text.push_str(&format!("undo: the database from before is {}\n", copy.display()));
        }
        if report.pending > 0 {
            text.push_str(&format!("{} still pending\n", report.pending));
        }
        text
    })
}

fn warn_of_missing(context: &Context, names: &[String]) {
    for name in names {
        context.output().note(&format!("warning: {name} is not set, so a client secret is missing"));
    }
}

pub fn down(context: &Context, paths: ProjectPaths, args: Down) -> CliResult {
    let paths = args.database.apply(paths);
    if !args.span.dry_run {
        context.output().note(&format!("database: {}", paths.database().display()));
    }
    let options = DownOptions {
        to: args.span.to,
        steps: args.span.steps,
        dry_run: args.span.dry_run,
        lock_timeout: args.apply.lock_timeout,
        confirm: args.apply.confirm,
        env: Box::new(|name| std::env::var(name).ok()),
    };
    let report = migrate::down(&paths, &options).map_err(|error| match error {
        migrate::MigrateError::DataLoss(_) => {
            let mut error: Box<CliError> = error.into();
            error.next = error.next.iter().map(|next| next.replace("migrate up", "migrate down")).collect();
            error
        }
        migrate::MigrateError::NoDown { file, backup } => {
            let message = format!("{file} has no file that leads back; nothing was changed");
            let error = CliError::new(code::NO_DOWN, 2, message);
            match backup {
                Some(copy) => {
                    let restore =
                        format!("stop the server, then cp {} {}", path_word(&copy), path_word(&paths.database()));
                    error.why(format!("the database from before it is {}", copy.display())).next(restore).into()
                }
                None => error
                    .why("there is no copy of the database from before it either; write the statements that lead back")
                    .next(format!("$EDITOR {}", path_word(&paths.migrations.join(file.replace(".sql", ".down.sql")))))
                    .into(),
            }
        }
        error => error.into(),
    })?;
    warn_of_missing(context, &report.missing_env);
    let result = json!({
        "database": report.database.display().to_string(),
        "reverted": report.reverted,
        "current": report.current,
        "dryRun": report.dry_run,
        "missingEnv": report.missing_env,
    });
    context.output().done(result, || match report.reverted.as_slice() {
        [] => "nothing to do".to_owned(),
        names => {
            let verb = if report.dry_run { "would run" } else { "ran" };
            let lines: Vec<String> = names.iter().map(|name| format!("{verb} {name}")).collect();
            format!("{}\nundo: pbr migrate up", lines.join("\n"))
        }
    })
}

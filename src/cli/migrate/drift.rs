//! `pbr migrate drift` and `pull`: the database against the migrations.

use super::super::error::KEEP_DRIFT;
use super::super::{CliError, CliResult, Context};
use super::{Database, duration};
use crate::diagnostic::code;
use crate::migrate::{self, Drift, ProjectPaths, PullOptions, PullReport};
use crate::project::{Workspace, parse_schema};
use crate::schema::yaml::Project;
use serde_json::json;
use std::time::Duration;

#[derive(clap::Args)]
pub struct Args {
    /// Write a migration that takes the drift back where it is
    #[arg(long)]
    fix: bool,

    /// With --fix: also drop this table, which no migration knows; repeatable
    #[arg(long, value_name = "TABLE", requires = "fix")]
    drop: Vec<String>,

    #[command(flatten)]
    database: Database,
}

#[derive(clap::Args)]
pub struct Pull {
    /// Only this collection; repeatable
    #[arg(long, value_name = "NAME", add = super::super::complete::collections())]
    collection: Vec<String>,

    /// Name of the migration; made from the changes when absent
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Show what would be written
    #[arg(long)]
    dry_run: bool,

    /// Although the schema files have changes of their own: both are kept
    #[arg(long)]
    merge: bool,

    /// Wait so long for another migrating process
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    lock_timeout: Duration,

    #[command(flatten)]
    database: Database,
}

pub fn run(context: &Context, paths: ProjectPaths, args: Args) -> CliResult {
    let paths = args.database.apply(paths);
    if args.fix {
        return fix(context, &paths, &args.drop);
    }
    let drift = migrate::drift(&paths)?;
    let database = drift.database.display().to_string();
    if drift.is_empty() {
        return context.output().done(json!({ "database": database, "version": drift.version, "drift": [] }), || {
            format!("{database} is what its migrations lead to")
        });
    }
    Err(found(&drift, format!("{database} is not what its migrations lead to")).into())
}

/// Exit 4, with what can be done about each difference.
fn found(drift: &Drift, message: String) -> CliError {
    let lines = drift.lines();
    let mut error = CliError::new(code::DRIFT, 4, message).why(lines.join("\n"));
    if !drift.changes.is_empty() {
        error = error.next(if drift.pending { KEEP_DRIFT } else { "pbr migrate pull" });
    }
    if lines.len() > drift.foreign.len() {
        error = error.next("pbr migrate drift --fix");
    }
    for table in &drift.foreign {
        error = error
            .next(format!(
                "pbr migrate new NAME    (with CREATE TABLE IF NOT EXISTS {table} …, where {table} should stay)"
            ))
            .next(format!("pbr migrate drift --fix --drop {table}    (where it should go)"));
    }
    error.meta("drift", lines).meta("version", drift.version)
}

fn fix(context: &Context, paths: &ProjectPaths, drop: &[String]) -> CliResult {
    let repair = migrate::fix_drift(paths, drop)?;
    let Some(file) = repair.file else {
        let drift = migrate::drift(paths)?;
        if drift.is_empty() {
            return context.output().done(json!({ "file": null }), || "there is no drift to take back".to_owned());
        }
        let message = format!("{} has drifted in nothing that can be taken back unasked", drift.database.display());
        return Err(found(&drift, message).into());
    };
    let path = paths.migrations.join(&file.file_name).display().to_string();
    let losses: Vec<String> = repair.losses.iter().map(|(code, subject)| format!("{code} {subject}")).collect();
    let result = json!({ "file": path, "version": file.version, "losses": losses, "left": repair.left });
    context.output().done(result, || {
        let mut text = format!("wrote {path}\n");
        text.extend(losses.iter().map(|loss| format!("warning: {loss} goes with the values it has\n")));
        text.extend(repair.left.iter().map(|line| format!("left alone: {line}\n")));
        text + "next: read it, then pbr migrate up; undo: delete it and run pbr migrate hash"
    })
}

pub fn pull(context: &Context, workspace: &Workspace, paths: ProjectPaths, args: Pull) -> CliResult {
    let paths = args.database.apply(paths);
    let options = PullOptions {
        only: args.collection,
        name: args.name,
        dry_run: args.dry_run,
        merge: args.merge,
        lock_timeout: args.lock_timeout,
    };
    let schema = match super::super::schema::load(workspace) {
        // An empty project has no folder yet.
        Err(error) if error.code == code::NO_PROJECT => Default::default(),
        schema => schema?,
    };
    let report = migrate::pull(&paths, &schema, &|files| parse_schema(files), &options)?;
    let Some(report) = report else {
        let drift = migrate::drift(&paths)?;
        if !drift.structure.is_empty() {
            let message = format!("{} has drifted in nothing that a schema file can say", drift.database.display());
            return Err(found(&drift, message).into());
        }
        return context.output().done(json!({ "changes": [], "written": [] }), || {
            "the database has nothing that the schema does not have".to_owned()
        });
    };
    let show =
        |paths: &[std::path::PathBuf]| -> Vec<String> { paths.iter().map(|path| path.display().to_string()).collect() };
    let (mut written, removed) = (show(&report.written), show(&report.removed));
    let migration = report.migration.as_ref().map(|file| paths.migrations.join(&file.file_name).display().to_string());
    written.extend(migration.clone());
    let changes: Vec<String> = report.changes.iter().map(ToString::to_string).collect();
    let result = json!({
        "changes": changes, "written": written, "removed": removed, "migration": migration,
        "missingEnv": report.secrets, "dryRun": options.dry_run,
    });
    let left = if options.dry_run { Vec::new() } else { migrate::drift(&paths)?.structure };
    context.output().done(result, || {
        let verb = |verb: &str| if options.dry_run { format!("would have {verb}") } else { verb.to_owned() };
        let mut text: String = changes.iter().map(|change| format!("{change}\n")).collect();
        text.extend(written.iter().map(|path| format!("{} {path}\n", verb("written"))));
        let lost = report
            .rewritten
            .iter()
            .map(|path| format!("{} was written anew: comments inside it are gone\n", path.display()));
        text.extend(lost);
        text.extend(removed.iter().map(|path| format!("{} {path}\n", verb("removed"))));
        text.extend(report.secrets.iter().map(|name| format!("set {name} where migrations are applied\n")));
        text.extend(left.iter().map(|line| format!("left alone: {line}; see pbr migrate drift\n")));
        if options.dry_run {
            return text;
        }
        text.push_str("next: git diff");
        if let Some(undo) = undo(&report, &paths, &schema) {
            text.push_str(&format!("\nundo, to what is committed: {undo}"));
        }
        text
    })
}

/// The commands that take a pull back: out of the files, and out of the history of the database. `None` where git does
/// not have a file as it was.
fn undo(report: &PullReport, paths: &ProjectPaths, before: &Project) -> Option<String> {
    let migration = report.migration.as_ref();
    let file = migration.map(|file| paths.migrations.join(&file.file_name));
    let files = report.written.iter().chain(&report.removed).chain(&file);
    let mut commands = super::super::undo::commands(files, before)?;
    let reverted =
        migration.map(|file| format!("pbr migrate repair {} --as reverted && pbr migrate hash", file.version));
    commands.extend(reverted);
    Some(commands.join(" && "))
}

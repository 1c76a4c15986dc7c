//! `pbr migrate diff`.

use super::super::error::io;
use super::super::{CliError, CliResult, Context, questions};
use super::lint;
use crate::diagnostic::code;
use crate::migrate::{self, DiffOptions, DiffReport, MigrateError, ProjectPaths};
use crate::project::Workspace;
use crate::schema::diff::Decisions;
use crate::schema::yaml::Project;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub struct Args {
    /// Name of the migration; made from the changes when absent
    name: Option<String>,

    /// Write nothing; exit 4 when there is a difference
    #[arg(long, conflicts_with = "stdout")]
    check: bool,

    /// Print the migration instead of writing it
    #[arg(long)]
    stdout: bool,

    /// A field or collection was renamed: posts.title=posts.headline
    #[arg(long, value_name = "OLD=NEW", value_parser = super::rename)]
    rename: Vec<(String, String)>,

    /// A field or collection is dropped, not renamed
    #[arg(long, value_name = "NAME")]
    drop: Vec<String>,

    /// File with renames and drops, as JSON
    #[arg(long, value_name = "FILE")]
    hints: Option<PathBuf>,

    /// Also write the file that leads back
    #[arg(long)]
    down: bool,

    /// Open the migration in $VISUAL or $EDITOR, then renew its hashes
    #[arg(long, conflicts_with_all = ["check", "stdout"])]
    edit: bool,
}

/// The difference, with open questions asked where that is possible.
///
/// # Errors
/// Open questions without a terminal, and whatever stops the comparison.
pub fn resolve(
    context: &Context,
    paths: &ProjectPaths,
    schema: &Project,
    decisions: &mut Decisions,
    options: &DiffOptions,
) -> CliResult<Option<DiffReport>> {
    loop {
        let options = DiffOptions { decisions: decisions.clone(), ..options.clone() };
        match migrate::diff(paths, schema, &options) {
            Err(MigrateError::Open(open)) if context.interactive() => questions::ask_renames(&open, decisions)?,
            result => return Ok(result?),
        }
    }
}

pub fn run(context: &Context, workspace: &Workspace, paths: &ProjectPaths, args: Args) -> CliResult {
    // Before anything is written.
    args.name.as_ref().map_or(Ok(()), |name| super::check_name(name, "pbr migrate diff"))?;
    let editor = args.edit.then(|| editor(context)).transpose()?;
    let schema = super::super::schema::load(workspace)?;
    super::super::schema::note_unread(context, workspace);
    let mut decisions = Decisions { renames: args.rename, drops: args.drop, ..Decisions::default() };
    if let Some(hints) = &args.hints {
        read_hints(hints, &mut decisions)?;
    }
    let write = !args.check && !args.stdout;
    let given = given(args.name.as_deref(), &decisions);
    let options = DiffOptions { name: args.name, write, down: args.down, ..DiffOptions::default() };
    let report = resolve(context, paths, &schema, &mut decisions, &options).map_err(|mut error| {
        for next in error.next.iter_mut().filter(|_| error.code == code::DECISION_NEEDED) {
            *next = next.replacen("pbr migrate diff", &given, 1);
        }
        error
    })?;
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
    if let Some(editor) = editor {
        edit(&editor, &path)?;
        migrate::restamp(paths)?;
    }
    // What is not written is no file to look at yet.
    let findings = if report.written { lint::of_newest(paths) } else { Vec::new() };
    let result = json!({
        "file": path.display().to_string(),
        "written": report.written,
        "version": report.file.version,
        "changes": changes(&report),
        "losses": report.losses.iter().map(|loss| json!({ "code": loss.code, "subject": loss.subject, "consent": loss.consent })).collect::<Vec<_>>(),
        "findings": findings.iter().map(lint::to_json).collect::<Vec<_>>(),
        "sql": report.file.sql,
        "down": report.down,
    });
    let mut lines: Vec<String> = report.changes.iter().map(ToString::to_string).collect();
    lines.extend(findings.iter().map(lint::text));
    let lines = lines.join("\n");
    context.output().done(result, || match (args.stdout, &report.down) {
        (true, None) => report.file.sql.clone(),
        (true, Some(down)) => format!("{}\n-- down --\n{down}", report.file.sql),
        (false, None) => {
            format!("{lines}\nwrote {}\nundo: delete it and run pbr migrate hash; next: pbr migrate up", path.display())
        }
        (false, Some(_)) => format!(
            "{lines}\nwrote {}\nwrote {}\nundo: delete both and run pbr migrate hash; next: pbr migrate up",
            path.display(),
            path.with_extension("down.sql").display()
        ),
    })
}

/// The command so far, for whoever has to answer one question more.
fn given(name: Option<&str>, decisions: &Decisions) -> String {
    let mut words = vec!["pbr migrate diff".to_owned()];
    words.extend(name.map(str::to_owned));
    words.extend(decisions.renames.iter().map(|(old, new)| format!("--rename {old}={new}")));
    words.extend(decisions.drops.iter().map(|drop| format!("--drop {drop}")));
    words.join(" ")
}

/// `{"rename": {"posts.title": "posts.headline"}, "drop": ["posts.subtitle"]}`.
#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Hints {
    rename: BTreeMap<String, String>,
    drop: Vec<String>,
}

fn read_hints(path: &Path, decisions: &mut Decisions) -> CliResult {
    let text = std::fs::read_to_string(path).map_err(|error| io(path, &error))?;
    let hints: Hints = serde_json::from_str(&text).map_err(|error| {
        let mut refusal = CliError::new(code::USAGE, 2, format!("{}: {error}", path.display()));
        refusal.where_ = Some((path.display().to_string(), error.line(), error.column()));
        refusal
    })?;
    decisions.renames.extend(hints.rename);
    decisions.drops.extend(hints.drop);
    Ok(())
}

fn usage(message: impl Into<String>) -> CliError {
    CliError::new(code::USAGE, 2, message)
}

/// `$VISUAL` or `$EDITOR`, and a terminal for it.
fn editor(context: &Context) -> CliResult<String> {
    if !context.interactive() {
        return Err(usage("--edit needs a terminal; nothing was written").next("pbr migrate diff").into());
    }
    let editor =
        ["VISUAL", "EDITOR"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    Ok(editor.ok_or_else(|| {
        usage("neither VISUAL nor EDITOR names an editor; nothing was written")
            .next("EDITOR=vi pbr migrate diff --edit")
    })?)
}

/// Opens the editor and waits.
fn edit(editor: &str, path: &Path) -> CliResult {
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or_default();
    let written = format!("wrote {}", path.display());
    let status = std::process::Command::new(program).args(words).arg(path).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => {
            Err(usage(format!("{written}, but {program} ended with {status}")).next("pbr migrate hash").into())
        }
        Err(error) => {
            Err(usage(format!("{written}, but {program} cannot be run: {error}")).next("pbr migrate hash").into())
        }
    }
}

pub fn changes(report: &DiffReport) -> Json {
    report.changes.iter().map(|change| json!(change.to_string())).collect()
}

pub fn list(report: &DiffReport) -> String {
    let mut lines: Vec<String> = report.changes.iter().map(ToString::to_string).collect();
    for loss in report.losses.iter().filter(|loss| loss.consent) {
        lines.push(format!("warning[{}]: {} goes with the values it has", loss.code, loss.subject));
    }
    lines.join("\n")
}

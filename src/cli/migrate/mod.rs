//! `pbr migrate`: from the schema to the database.

mod apply;
mod diff;
mod drift;
mod history;
pub mod lint;
mod status;

use super::{CliError, CliResult, Context, questions};
use crate::diagnostic::code;
use crate::migrate::{self, ProjectPaths};
use crate::project::Workspace;
use crate::schema::diff::Decisions;
use crate::schema::yaml::parse_duration;
use serde_json::json;
use std::path::PathBuf;
use std::time::Duration;

use diff::resolve;

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
    apply: apply::Apply,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Write a migration for what the schema has and the migrations do not
    #[command(after_long_help = "\
Examples:
  pbr migrate diff add_slug
  pbr migrate diff --down                       with the file that leads back
  pbr migrate diff --check
  pbr migrate diff --rename posts.title=posts.headline --drop posts.subtitle
  pbr migrate diff --hints renames.json         {\"rename\": {\"posts.title\": \"posts.headline\"}, \"drop\": [\"posts.subtitle\"]}")]
    Diff(diff::Args),

    /// Write an empty migration for work on rows
    #[command(after_long_help = "Examples:\n  pbr migrate new fill_slugs\n  pbr migrate new fill_slugs --down")]
    New {
        /// Letters, digits and underscores
        name: String,

        /// With a file that leads back
        #[arg(long)]
        down: bool,
    },

    /// Look for lost data, opened rules and other surprises
    #[command(after_long_help = "\
Examples:
  pbr migrate lint                              the latest migration
  pbr migrate lint --base origin/main           those that the branch adds
  pbr migrate lint --db pb_data                 pending ones, with row counts
  pbr migrate lint --all --format github
A finding is accepted by a line in the file: -- pbr:nolint DS102 posts.subtitle moved to posts.body in March")]
    Lint(lint::Args),

    /// Show which migrations are applied
    #[command(
        after_long_help = "Examples:\n  pbr migrate status\n  pbr migrate status --check\n  pbr migrate status --db backup/data.db"
    )]
    Status {
        /// Exit 4 when migrations are pending
        #[arg(long)]
        check: bool,

        #[command(flatten)]
        database: Database,
    },

    /// Apply pending migrations
    #[command(after_long_help = "\
Examples:
  pbr migrate up
  pbr migrate up --dry-run
  pbr migrate up --steps 1
  pbr migrate up --tx all --backup before.db")]
    Up(apply::Up),

    /// Take applied migrations back
    #[command(
        after_long_help = "Examples:\n  pbr migrate down\n  pbr migrate down --steps 2 --dry-run\n  pbr migrate down --to 20261122061500"
    )]
    Down(apply::Down),

    /// Compare the database with what its migrations lead to
    #[command(
        after_long_help = "Examples:\n  pbr migrate drift\n  pbr migrate drift --db pb_data --json\n  pbr migrate drift --fix\n  pbr migrate drift --fix --drop scratch          also a table that no migration knows"
    )]
    Drift(drift::Args),

    /// Take over what was changed in the database: YAML files, and a migration that counts as applied there
    #[command(after_long_help = "\
Examples:
  pbr migrate pull                              what the dashboard changed
  pbr migrate pull --dry-run
  pbr migrate pull --db ../old/pb_data          a PocketBase directory, into an empty project
  pbr migrate pull --collection posts --collection tags")]
    Pull(drift::Pull),

    /// Check the migration files alone: names, pbr.sum, the chain, replay, and the schema
    #[command(after_long_help = "Examples:\n  pbr migrate check\n  pbr migrate check --json")]
    Check,

    /// Put this branch's migrations behind those of another, planned again
    #[command(after_long_help = "\
Examples:
  git merge main; pbr migrate rebase            after a conflict in pbr.sum
  git rebase main; pbr migrate rebase           at every stop
  pbr migrate rebase --onto origin/main")]
    Rebase {
        /// Branch or commit whose migrations come first [default: the one being merged, or upstream]
        #[arg(long, value_name = "REF")]
        onto: Option<String>,
    },

    /// Write pbr.sum and the hashes again after an edit of files that are not applied
    #[command(after_long_help = "Examples:\n  pbr migrate hash\n  pbr migrate hash --json")]
    Hash,

    /// Say that the database has everything up to a version already
    #[command(
        after_long_help = "Examples:\n  pbr migrate baseline 20261122061500\n  pbr migrate baseline 20261122061500 --db /srv/app/pb_data"
    )]
    Baseline(history::Baseline),

    /// Correct what the history of the database says of one migration
    #[command(
        after_long_help = "Examples:\n  pbr migrate repair 20261122061500 --as edited\n  pbr migrate repair 20261122061500 --as reverted"
    )]
    Repair(history::Repair),
}

/// Another database than the project's.
#[derive(clap::Args, Clone, Default)]
struct Database {
    /// Database file, or data directory [default: the project's]
    #[arg(long, value_name = "PATH")]
    db: Option<PathBuf>,
}

impl Database {
    fn apply(&self, paths: ProjectPaths) -> ProjectPaths {
        match &self.db {
            None => paths,
            Some(dir) if dir.is_dir() => ProjectPaths { data: dir.clone(), database: None, ..paths },
            Some(file) => {
                let parent = file.parent().map(std::path::Path::to_owned).unwrap_or_default();
                ProjectPaths { data: parent, database: Some(file.clone()), ..paths }
            }
        }
    }
}

/// `20261122061500`, as well as `V20261122061500__add_posts.sql`.
fn version(text: &str) -> Result<i64, String> {
    let digits = text.strip_prefix('V').unwrap_or(text).split("__").next().unwrap_or_default();
    digits.parse().map_err(|_| format!("`{text}` is no version; write for example 20261122061500"))
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
        Some(Command::Diff(args)) => diff::run(context, &workspace, &paths, args),
        Some(Command::New { name, down }) => new(context, &paths, &name, down),
        Some(Command::Lint(args)) => lint::run(context, &workspace, paths, args),
        Some(Command::Status { check, database }) => status::run(context, &database.apply(paths), check),
        Some(Command::Up(args)) => apply::up(context, paths, args),
        Some(Command::Down(args)) => apply::down(context, paths, args),
        Some(Command::Drift(args)) => drift::run(context, paths, args),
        Some(Command::Pull(args)) => drift::pull(context, &workspace, paths, args),
        Some(Command::Check) => check(context, &workspace, &paths),
        Some(Command::Rebase { onto }) => history::rebase(context, &workspace, &paths, onto),
        Some(Command::Hash) => history::hash(context, &paths),
        Some(Command::Baseline(args)) => history::baseline(context, paths, args),
        Some(Command::Repair(args)) => history::repair(context, paths, args),
    }
}

/// Bare `pbr migrate`.
fn everything(context: &Context, workspace: &Workspace, paths: &ProjectPaths, options: apply::Apply) -> CliResult {
    migrate::check(paths)?;
    super::schema::note_unread(context, workspace);
    let schema = super::schema::load(workspace)?;
    let mut decisions = Decisions::default();
    let plain = migrate::DiffOptions::default();
    migrate::check_history(paths)?;
    let difference = resolve(context, paths, &schema, &mut decisions, &plain)?;
    let mut written = None;
    if let Some(report) = &difference {
        if !context.interactive() && !context.global.yes {
            let error =
                CliError::new(code::PENDING_CHANGES, 4, "the schema is ahead of the migrations; nothing was applied");
            let changes = diff::changes(report);
            return Err(error.why(diff::list(report)).next("pbr migrate diff").meta("changes", changes).into());
        }
        context.output().note(&diff::list(report));
        if !context.global.yes {
            questions::confirm("Write this migration?")?;
        }
        let options = migrate::DiffOptions { write: true, ..plain };
        written = resolve(context, paths, &schema, &mut decisions, &options)?;
        if let Some(report) = &written {
            context.output().note(&format!("wrote {}", paths.migrations.join(&report.file.file_name).display()));
        }
    }
    let report = apply::apply(context, paths, &apply::Up::everything(options)).map_err(|mut error| {
        if let Some(report) = written.as_ref().filter(|_| error.code == code::DECLINED && error.exit == 3) {
            let file = paths.migrations.join(&report.file.file_name);
            let file = file.display();
            error.message = format!("declined: {file} and pbr.sum were written, the database was not changed");
            error.next = vec![
                "pbr migrate    (asks again)".to_owned(),
                format!("rm {file} && pbr migrate hash    (takes the file back)"),
            ];
        }
        error
    })?;
    apply::finish(context, &report, written.as_ref())
}

/// Refuses a name that no migration can have, and suggests one.
///
/// # Errors
/// Exit 2.
fn check_name(name: &str, command: &str) -> CliResult {
    if migrate::is_word(name) {
        return Ok(());
    }
    let message = format!("`{name}` is no name for a migration: use letters, digits and underscores");
    let fit = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let word: String = name.trim().chars().map(fit).collect();
    let parts: Vec<&str> = word.split('_').filter(|part| !part.is_empty()).collect();
    let word = if parts.is_empty() { "fill_slugs".to_owned() } else { parts.join("_") };
    Err(CliError::new(code::USAGE, 2, message).next(format!("{command} {word}")).into())
}

fn new(context: &Context, paths: &ProjectPaths, name: &str, down: bool) -> CliResult {
    check_name(name, "pbr migrate new")?;
    let new = migrate::new_file(paths, name, down)?;
    let written: Vec<String> = new.written.iter().map(|path| path.display().to_string()).collect();
    context.output().done(json!({ "version": new.file.version, "files": written }), || {
        format!(
            "wrote {}\nafter editing: pbr migrate hash; undo: delete it and run pbr migrate hash",
            written.join(", ")
        )
    })
}

fn check(context: &Context, workspace: &Workspace, paths: &ProjectPaths) -> CliResult {
    let files = migrate::check(paths)?;
    migrate::verify(&super::schema::load(workspace)?)?;
    let names: Vec<&str> = files.iter().map(|file| file.file_name.as_str()).collect();
    context.output().done(json!({ "migrations": names }), || match names.len() {
        1 => "1 migration is intact".to_owned(),
        count => format!("{count} migrations are intact"),
    })
}

//! `pbr seed`.

use super::error::{database, files as files_error, io};
use super::progress::{Meter, Unit};
use super::{CliError, CliResult, Context, app, seed_export};
use crate::diagnostic::{code, did_you_mean};
use crate::project::{Config, Environment, Workspace, read_schema_files};
use crate::records::RecordError;
use crate::seed::{self, Group, SeedDocument, SeedError, SeedKeys};
use crate::shell;
use serde_json::json;
use std::path::Path;
use std::time::{Duration, Instant};

/// Put the records of the seed files into the database
///
/// Running it again changes only what the files changed: a file that is as it was is skipped, whatever became of its
/// records since, unless their collection was dropped and made again; --force looks at all of them. In production only the group `required` is seeded,
/// unless --confirm consents to more.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  pbr seed                       the groups required and dev
  pbr seed --group demo          the groups required and demo
  pbr seed --only posts --dry-run
  pbr seed --count posts=5000    more rows than `generate:` in the files says
  pbr seed --force               also put back what was changed since
  pbr seed --prune               also remove what the files no longer have
  pbr seed export --collection posts --limit 50 --out seeds/90_posts.yaml")]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,

    /// Groups to seed beside `required`: dev, demo or test [default: dev, in production only with --confirm]
    #[arg(long, value_name = "GROUP", value_delimiter = ',')]
    group: Vec<String>,

    /// Only these collections
    #[arg(long, value_name = "COLLECTION", value_delimiter = ',', add = super::complete::collections())]
    only: Vec<String>,

    /// Another number gives other ids
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// Generate another number of rows: posts=5000
    #[arg(long, value_name = "COLLECTION=N", value_delimiter = ',', value_parser = row_count)]
    count: Vec<(String, u64)>,

    /// What happens to records that exist
    #[arg(long, value_name = "MODE", default_value = "upsert")]
    mode: Mode,

    /// Remove records that former seeds made and these do not
    #[arg(long)]
    prune: bool,

    /// Also look at records of files that have not changed since they were seeded
    #[arg(long)]
    force: bool,

    /// Say what would change and change nothing
    #[arg(long)]
    dry_run: bool,

    /// Consent to seed a production environment with more than `required`
    #[arg(long, value_name = "PROJECT_NAME")]
    confirm: Option<String>,
}

#[derive(clap::Subcommand)]
enum Command {
    Export(seed_export::Args),
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Mode {
    /// The fields of the seed are written, others left
    Upsert,
    /// They stay as they are
    Insert,
    /// Fields that the seed does not name get their default
    Replace,
}

fn row_count(text: &str) -> Result<(String, u64), String> {
    let (collection, count) = text.split_once('=').ok_or("write COLLECTION=N, for example posts=5000")?;
    let count = count.trim().parse().map_err(|_| format!("`{count}` is no number of rows"))?;
    Ok((collection.trim().to_owned(), count))
}

pub fn run(args: Args, context: &Context) -> CliResult {
    if let Some(Command::Export(args)) = args.command {
        return seed_export::run(args, context);
    }
    let project = context.project()?;
    let groups = groups(&args, &project.config)?;
    let folder = project.path(&project.config.dirs.seeds);
    let files = if folder.exists() {
        read_schema_files(&folder).map_err(|error| files_error("seeds", error))?
    } else {
        Vec::new()
    };
    if files.is_empty() && !args.prune {
        let result = json!({ "collections": {}, "leftOut": [] });
        return context.output().done(result, || format!("no seed files in {}", folder.display()));
    }
    let documents = seed::parse_files(&files).map_err(|errors| CliError::invalid("seeds", errors))?;
    let app = app::open_existing(context)?;
    let name_of = |given: &String| app::collection(&app, given).map(|collection| collection.name.clone());
    let only = args.only.iter().map(name_of).collect::<CliResult<Vec<_>>>()?;
    let counts = args.count.iter().map(|(given, count)| Ok((name_of(given)?, *count)));
    let counts = counts.collect::<CliResult<seed::RowCounts>>()?;
    let generating = documents.iter().filter(|document| !document.generate.is_empty());
    let generating: Vec<_> = generating.filter_map(|document| app.collection(&document.collection)).collect();
    if let Some(name) = counts.keys().find(|name| !generating.iter().any(|known| known.name == **name)) {
        let error = CliError::new(code::USAGE, 2, format!("no seed file generates rows of `{name}`"));
        return Err(Box::new(error.why("--count changes how many a `generate:` in a seed file makes")));
    }
    let keys = seed_keys(&project)?;
    let env = |name: &str| std::env::var(name).ok();
    let options = seed::Options {
        groups: &groups,
        only: &only,
        seed: args.seed,
        counts: &counts,
        mode: match args.mode {
            Mode::Upsert => seed::Mode::Upsert,
            Mode::Insert => seed::Mode::Insert,
            Mode::Replace => seed::Mode::Replace,
        },
        prune: args.prune,
        force: args.force,
        dry_run: args.dry_run,
        folder: &folder,
        keys: &keys,
        production: project.config.environment == Environment::Production,
        env: &env,
    };
    let left_out = left_out(&args, &groups, &documents);
    context.output().note(&format!("database: {}", app.dir().join("data.db").display()));
    let started = Instant::now();
    let mut meter = Meter::new(context, Unit::Rows);
    let report = seed::run(app.records(), &documents, &options, &mut |progress| {
        // Every row reports; the bar does not have to move for each.
        if progress.done.is_multiple_of(500) || progress.done == progress.total {
            meter.show(progress.collection, progress.done as u64, Some(progress.total as u64));
        }
    });
    meter.finish();
    let report = report.map_err(|error| refused(error, &folder))?;
    for group in &left_out {
        let name = project.config.name.as_deref().map_or_else(|| "NAME".to_owned(), shell::word);
        context
            .output()
            .note(&format!("left out in production: the group `{group}`; pbr seed --confirm {name} seeds it too"));
    }
    summary(context, &report, started.elapsed(), args.dry_run, &left_out)
}

/// What is seeded.
///
/// # Errors
/// Exit 2 for a group that is none, exit 5 for a consent that is missing or names another project.
fn groups(args: &Args, config: &Config) -> CliResult<Vec<Group>> {
    let mut groups = vec![Group::Required];
    for name in &args.group {
        groups.push(named_group(name, "pbr seed")?);
    }
    let production = config.environment == Environment::Production;
    let name = config.name.as_deref().filter(|name| !name.is_empty());
    let confirmed = args.confirm.is_some() && args.confirm.as_deref() == name;
    let refused = |message: String, why: &str| {
        let error = CliError::new(code::SEED_PRODUCTION, 5, message).why(why);
        let Some(name) = name else {
            return Err(Box::new(error.next("name: NAME    (in pbr.yaml, then pbr seed --confirm NAME)")));
        };
        let group = if args.group.is_empty() { String::new() } else { format!(" --group {}", args.group.join(",")) };
        Err(Box::new(error.next(format!("pbr seed{group} --confirm {}", shell::word(name)))))
    };
    if let Some(given) = args.confirm.as_deref().filter(|_| !confirmed) {
        let message = format!("--confirm {given} is not the name of the project");
        return refused(message, "it consents to seed the project that it names, and no other");
    }
    if args.group.is_empty() && (!production || confirmed) {
        groups.push(Group::Dev);
    }
    let more = groups.iter().any(|group| *group != Group::Required);
    if production && more && !confirmed {
        let message = "pbr.yaml marks this environment as production".to_owned();
        return refused(message, "only the group `required` is seeded there without consent");
    }
    Ok(groups)
}

/// The group of a name.
///
/// # Errors
/// Exit 2 where there is none.
pub(super) fn named_group(name: &str, command: &str) -> CliResult<Group> {
    Group::named(name).ok_or_else(|| {
        let error = CliError::new(code::USAGE, 2, format!("unknown seed group `{name}`"));
        let similar = did_you_mean(name, Group::NAMES).unwrap_or_else(|| "dev".to_owned());
        let error = error.why(format!("the groups are {}", Group::NAMES.join(", ")));
        Box::new(error.next(format!("{command} --group {similar}")))
    })
}

/// What would be seeded elsewhere, of what the files have.
fn left_out(args: &Args, groups: &[Group], documents: &[SeedDocument]) -> Vec<&'static str> {
    let by_default = args.group.is_empty() && !groups.contains(&Group::Dev);
    let is_left = by_default && documents.iter().any(|document| document.group == Group::Dev);
    if is_left { vec![Group::Dev.name()] } else { Vec::new() }
}

/// Natural keys from `x-seed` of the schema files. A schema with errors is the business of other commands.
pub(super) fn seed_keys(project: &Workspace) -> CliResult<SeedKeys> {
    let schema = super::schema::load(project)?;
    let keys = schema.files.iter().filter_map(|file| Some((file.collection.name.clone(), file.seed_key.clone()?)));
    Ok(keys.collect())
}

fn summary(context: &Context, report: &seed::Report, elapsed: Duration, dry_run: bool, left_out: &[&str]) -> CliResult {
    let totals = seed::by_collection(report);
    let rows: u64 = totals.values().map(|counts| counts.created + counts.updated + counts.unchanged).sum();
    let result = json!({
        "collections": totals, "rows": rows, "elapsedMs": elapsed.as_millis() as u64, "dryRun": dry_run,
        "leftOut": left_out,
    });
    context.output().done(result, || {
        let width = totals.keys().map(|name| name.len()).max().unwrap_or(0);
        let mut text = String::new();
        for (name, counts) in &totals {
            let skipped = if counts.skipped > 0 { format!(", {} skipped", counts.skipped) } else { String::new() };
            let pruned = if counts.pruned > 0 { format!(", {} removed", counts.pruned) } else { String::new() };
            text.push_str(&format!(
                "{name:width$}  {} created, {} updated, {} unchanged{skipped}{pruned}\n",
                counts.created, counts.updated, counts.unchanged
            ));
        }
        let verb = if dry_run { "would be seeded" } else { "seeded" };
        let noun = if rows == 1 { "record" } else { "records" };
        text + &format!("{rows} {noun} {verb} in {:.1} s", elapsed.as_secs_f64())
    })
}

fn refused(error: SeedError, folder: &Path) -> Box<CliError> {
    match error {
        SeedError::Invalid(errors) => CliError::invalid("seeds", errors),
        SeedError::File { path, error } => io(&path, &error),
        SeedError::Db(error) | SeedError::Record(RecordError::Db(error)) => {
            database(&format!("cannot seed from {}", folder.display()), &error)
        }
        SeedError::Prune(records) => {
            let message = format!("{} records cannot be removed; nothing was changed", records.len());
            CliError::new(code::SEED_REFUSED, 2, message)
                .why(format!("records that no seed made require them: {}", records.join(", ")))
                .next("pbr seed    (without --prune)")
                .into()
        }
        SeedError::Record(error) => CliError::new(code::SEED_REFUSED, 2, error.to_string()).into(),
    }
}

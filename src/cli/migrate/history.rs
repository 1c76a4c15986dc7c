//! `pbr migrate rebase`, `hash`, `baseline` and `repair`.

use super::super::{CliError, CliResult, Context};
use super::Database;
use crate::diagnostic::code;
use crate::migrate::{self, MigrateError, MigrationFile, ProjectPaths, RepairAs};
use crate::project::{Workspace, git};
use crate::shell::path_word;
use serde_json::{Value as Json, json};

#[derive(clap::Args)]
pub struct Baseline {
    /// The newest version that the database has
    #[arg(value_parser = super::version, add = super::super::complete::versions())]
    version: i64,

    /// Although its collections are not what the migrations lead to
    #[arg(long)]
    allow_drift: bool,

    #[command(flatten)]
    database: Database,
}

#[derive(clap::Args)]
pub struct Repair {
    /// Version of the migration
    #[arg(value_parser = super::version, add = super::super::complete::versions())]
    version: i64,

    /// What really happened to it
    #[arg(long, value_name = "STATE")]
    r#as: State,

    #[command(flatten)]
    database: Database,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum State {
    /// It was run by hand
    Applied,
    /// It was taken back by hand
    Reverted,
    /// Its file was changed, not what it did
    Edited,
}

pub fn rebase(context: &Context, workspace: &Workspace, paths: &ProjectPaths, onto: Option<String>) -> CliResult {
    let missing = || {
        CliError::new(code::GIT, 2, "it is not clear which branch's migrations come first")
            .next("pbr migrate rebase --onto origin/main")
    };
    let asked = onto.clone();
    let picked = git::picked(&paths.migrations);
    let here = picked.map(|_| "HEAD".to_owned());
    let onto = onto.or_else(|| here.clone()).or_else(|| git::base(&paths.migrations)).ok_or_else(missing)?;
    const COMMAND: &str = "pbr migrate rebase --onto";
    let mut base = files_at(paths, &onto, COMMAND)?;
    if let Some(here) = &here {
        // Commits of this branch that git has put on top already, each with its own rebase.
        base.extend(files_at(paths, here, COMMAND)?);
    }
    let before = picked.map(|commit| files_before(paths, commit)).unwrap_or_default();
    let schema = super::super::schema::load(workspace)?;
    let rebased = migrate::rebase(paths, &base, &before, &schema).map_err(|error| {
        let committed = match &error {
            MigrateError::Chain { file, .. } => Some(file.clone()),
            _ => None,
        };
        let mut error: Box<CliError> = error.into();
        if let Some(file) = committed {
            error.why = Some(format!("{onto} has it like this already"));
            let file = path_word(&paths.migrations.join(file));
            error.next = vec![
                format!(
                    "git rm {file} && pbr migrate hash && pbr migrate diff    (where no database has applied it: what \
                     the schema files have is written anew)"
                ),
                format!("git log -- {file}"),
            ];
        }
        // What was asked for is asked for again.
        for next in error.next.iter_mut().filter(|next| next.ends_with("pbr migrate rebase")) {
            asked.iter().for_each(|onto| next.push_str(&format!(" --onto {onto}")));
        }
        error
    })?;
    let files: Vec<Json> = rebased
        .iter()
        .map(|file| {
            json!({ "from": file.from, "to": file.to, "replanned": file.replanned, "movedData": file.moved_data })
        })
        .collect();
    context.output().done(json!({ "onto": onto, "files": files }), || {
        let mut lines: Vec<String> = rebased
            .iter()
            .map(|file| {
                let what = if file.replanned { "planned again" } else { "same statements" };
                let data = if file.moved_data { "; its data blocks went to the end, check them" } else { "" };
                match &file.to {
                    Some(to) => format!("{} -> {to} ({what}{data})", file.from),
                    None => format!("{} removed (the other branch did all of it)", file.from),
                }
            })
            .collect();
        if lines.is_empty() {
            lines.push(format!("there are no migrations that {onto} does not have"));
        }
        lines.push(match picked {
            Some("REBASE_HEAD") => "next: pbr migrate diff --check, git add, git rebase --continue".to_owned(),
            _ => "next: pbr migrate diff --check".to_owned(),
        });
        lines.join("\n")
    })
}

/// The migrations that a branch has.
///
/// # Errors
/// Exit 2 when git cannot tell.
pub fn files_at(paths: &ProjectPaths, reference: &str, command: &str) -> CliResult<Vec<String>> {
    let folder = &paths.migrations;
    let names = git::files_at(folder, reference).map_err(|reason| {
        let error = CliError::new(code::GIT, 2, format!("git does not know the migrations of {reference}"));
        let branches = git::branches(folder);
        let Some(first) = git::base(folder).filter(|base| branches.contains(base)).or(branches.first().cloned()) else {
            return error.why(reason).next("git status");
        };
        let error = error.why(format!("{reason}\nthe branches are {}", branches.join(", ")));
        let fetch = git::remote(folder).map(|remote| format!("git fetch {remote}"));
        fetch.into_iter().fold(error, CliError::next).next(format!("{command} {first}"))
    })?;
    Ok(names.into_iter().filter(|name| is_migration(name)).collect())
}

fn is_migration(name: &str) -> bool {
    name.ends_with(".sql") && !name.ends_with(".down.sql") && !name.starts_with('.')
}

/// The migrations that a commit was made on top of. None where git cannot tell.
fn files_before(paths: &ProjectPaths, commit: &str) -> Vec<MigrationFile> {
    let parent = format!("{commit}^");
    let names = git::files_at(&paths.migrations, &parent).unwrap_or_default();
    let mut files: Vec<MigrationFile> = names
        .iter()
        .filter(|name| is_migration(name))
        .filter_map(|name| MigrationFile::new(name, &git::text_at(&paths.migrations, &parent, name).ok()?))
        .collect();
    files.sort_by_key(|file| file.version);
    files
}

pub fn hash(context: &Context, paths: &ProjectPaths) -> CliResult {
    let migrate::Restamped { changed, removed } = migrate::restamp(paths)?;
    context.output().done(json!({ "changed": changed, "removed": removed }), || {
        let mut lines = Vec::new();
        if !changed.is_empty() {
            lines.push(format!("renewed the hashes of {}", changed.join(", ")));
        }
        if !removed.is_empty() {
            let undo = undo(paths, &removed).map(|undo| format!("; undo: {undo}")).unwrap_or_default();
            lines.push(format!("took {} out of pbr.sum{undo}", removed.join(", ")));
        }
        if lines.is_empty() {
            lines.push("pbr.sum is up to date".to_owned());
        }
        lines.join("\n")
    })
}

/// The command that brings files back; `None` where git does not have one of them.
fn undo(paths: &ProjectPaths, removed: &[String]) -> Option<String> {
    let committed = git::files_at(&paths.migrations, "HEAD").unwrap_or_default();
    let files: Vec<String> = removed.iter().map(|name| paths.migrations.join(name).display().to_string()).collect();
    removed
        .iter()
        .all(|name| committed.contains(name))
        .then(|| format!("git restore {} && pbr migrate hash", files.join(" ")))
}

pub fn baseline(context: &Context, paths: ProjectPaths, args: Baseline) -> CliResult {
    let paths = args.database.apply(paths);
    context.output().note(&format!("database: {}", paths.database().display()));
    let versions = migrate::baseline(&paths, args.version, args.allow_drift, &who())?;
    context.output().done(json!({ "versions": versions, "database": paths.database().display().to_string() }), || {
        let count = match versions.len() {
            1 => "1 migration counts".to_owned(),
            count => format!("{count} migrations count"),
        };
        format!("{count} as applied; undo: pbr migrate repair VERSION --as reverted")
    })
}

pub fn repair(context: &Context, paths: ProjectPaths, args: Repair) -> CliResult {
    let paths = args.database.apply(paths);
    context.output().note(&format!("database: {}", paths.database().display()));
    let (state, word) = match args.r#as {
        State::Applied => (RepairAs::Applied, "applied"),
        State::Reverted => (RepairAs::Reverted, "not applied"),
        State::Edited => (RepairAs::Edited, "applied as its file is now"),
    };
    migrate::repair(&paths, args.version, state, &who())?;
    context
        .output()
        .done(json!({ "version": args.version, "state": word }), || format!("V{} counts as {word}", args.version))
}

/// Who to write down: the variables of a shell, else what the system knows of the process.
fn who() -> String {
    let names = ["USER", "LOGNAME", "USERNAME"];
    let variable = names.iter().find_map(|name| std::env::var(name).ok().filter(|name| !name.is_empty()));
    variable.unwrap_or_else(owner)
}

/// The login name of the user whose process this is, or `uid N` where the system has no name.
#[cfg(unix)]
fn owner() -> String {
    let uid = rustix::process::getuid().as_raw();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    login_name(&users, uid).map_or_else(|| format!("uid {uid}"), str::to_owned)
}

#[cfg(not(unix))]
fn owner() -> String {
    "unknown".to_owned()
}

/// From the lines `name:x:uid:…`.
#[cfg(unix)]
fn login_name(users: &str, uid: u32) -> Option<&str> {
    users.lines().find_map(|line| {
        let mut parts = line.split(':');
        let name = parts.next()?;
        (parts.nth(1)?.parse() == Ok(uid)).then_some(name)
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::login_name;

    #[test]
    fn a_user_is_found_by_his_number() {
        let users = "root:x:0:0:root:/root:/bin/sh\n# none\nada:x:1000:1000::/home/ada:/bin/sh\n";
        assert_eq!(login_name(users, 1000), Some("ada"));
        assert_eq!(login_name(users, 0), Some("root"));
        assert_eq!(login_name(users, 7), None);
    }
}

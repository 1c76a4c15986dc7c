//! After a merge: the migrations of one branch, planned again on top of those of another.

use super::drift::open_existing;
use super::file::{MigrationFile, normalise};
use super::lock::Lock;
use super::replay::{Replay, replay};
use super::runner::history;
use super::{MigrateError, ProjectPaths, folder, following, merge, plan};
use crate::schema::Collection;
use crate::schema::diff::{Decisions, reconcile};
use crate::schema::yaml::Project;

/// A file before and after.
#[derive(Clone, Debug)]
pub struct Rebased {
    pub from: String,
    /// `None` for a file of which nothing was left to do; it is gone.
    pub to: Option<String>,
    /// The statements are others now, so the data blocks may need another look.
    pub replanned: bool,
    /// Blocks between `-- pbr:data` and `-- pbr:end` that moved to the end of the file.
    pub moved_data: bool,
}

/// Puts every file that is not in `base` (file names) behind those that are.
///
/// Each keeps what it did: the difference between the states before and after it, merged into the state that it now
/// starts from. `desired` (the schema files) decides where both branches changed the same thing. `before` are the files
/// that the local ones were written behind, where git moves commits one by one: those before them have been planned
/// again by then, so that no file leads any more to where these start. It may be empty.
///
/// # Errors
/// [`MigrateError::Conflict`], a file of `base` that is missing here, a local file that is applied already.
pub fn rebase(
    paths: &ProjectPaths,
    base: &[String],
    before: &[MigrationFile],
    desired: &Project,
) -> Result<Vec<Rebased>, MigrateError> {
    let _lock = Lock::folder(&paths.migrations)?;
    let files = folder::read_with_twins(&paths.migrations)?;
    if let Some(missing) = base.iter().find(|name| !files.iter().any(|file| file.file_name == **name)) {
        let message = format!("{missing} is not here: merge the branch first, then rebase the migrations");
        return Err(MigrateError::Decision(message));
    }
    let (upstream, local): (Vec<MigrationFile>, Vec<MigrationFile>) =
        files.iter().cloned().partition(|file| base.contains(&file.file_name));
    refuse_applied(paths, &local)?;
    let Some(first) = local.iter().find_map(|file| file.header("from")) else {
        return renumber(paths, &files, upstream, &local);
    };
    let mut old = match replay(before) {
        Ok(state) if state.hash == first => state,
        _ => branching_point(&upstream, first, &local)?,
    };
    let mut new = replay(&upstream)?;
    let mut version = upstream.last().map_or(0, |file| file.version);
    let mut result = upstream.clone();
    let mut report = Vec::new();
    for file in &local {
        version = file.version.max(following(version));
        let before = std::mem::take(&mut old.collections);
        old.run(file)?;
        old.refresh()?;
        let rebased = if file.is_by_hand() {
            Some(file.with_version(version))
        } else {
            // The files name no ids: they get those of either side.
            let of = |side: &[Collection]| reconcile(side, desired, &Decisions::default()).unwrap_or_default();
            let (ours, theirs) = (of(&old.collections), of(&new.collections));
            let target = merge::merge(&before, &old.collections, &new.collections, &[&ours, &theirs])
                .map_err(MigrateError::Conflict)?;
            write(file, &before, &old.collections, &new.collections, &target).map(|file| file.with_version(version))
        };
        let Some(rebased) = rebased else {
            // The other branch came to the same end.
            let from = file.file_name.clone();
            report.push(Rebased { from, to: None, replanned: true, moved_data: false });
            version = result.last().map_or(0, |file| file.version);
            continue;
        };
        new.run(&rebased)?;
        new.refresh()?;
        let rebased = if rebased.header("to").is_some() { rebased.with_header("to", &new.hash) } else { rebased };
        let replanned = statements(&rebased) != statements(file);
        report.push(Rebased {
            from: file.file_name.clone(),
            to: Some(rebased.file_name.clone()),
            replanned,
            moved_data: replanned && !file.data_blocks().is_empty(),
        });
        result.push(rebased);
    }
    folder::replace(&paths.migrations, &files, &result)?;
    Ok(report)
}

/// The lines that are neither comments nor work on rows.
fn statements(file: &MigrationFile) -> Vec<String> {
    let text = file.without_data();
    text.lines().filter(|line| !line.is_empty() && !line.starts_with("--")).map(str::to_owned).collect()
}

fn refuse_applied(paths: &ProjectPaths, local: &[MigrationFile]) -> Result<(), MigrateError> {
    if !paths.database().exists() {
        return Ok(());
    }
    let applied = history(&open_existing(paths)?)?;
    let is_applied =
        |file: &&MigrationFile| applied.iter().any(|entry| entry.version == file.version && entry.name == file.name);
    let files: Vec<String> = local.iter().filter(is_applied).map(|file| file.file_name.clone()).collect();
    match files.is_empty() {
        true => Ok(()),
        false => Err(MigrateError::AppliedHere { files, database: paths.database() }),
    }
}

/// Files written by hand announce no schema, so only their order matters.
fn renumber(
    paths: &ProjectPaths,
    files: &[MigrationFile],
    upstream: Vec<MigrationFile>,
    local: &[MigrationFile],
) -> Result<Vec<Rebased>, MigrateError> {
    let mut version = upstream.last().map_or(0, |file| file.version);
    let mut result = upstream;
    let mut report = Vec::new();
    for file in local {
        version = file.version.max(following(version));
        let moved = file.with_version(version);
        let (from, to) = (file.file_name.clone(), moved.file_name.clone());
        report.push(Rebased { from, to: Some(to), replanned: false, moved_data: false });
        result.push(moved);
    }
    replay(&result)?;
    folder::replace(&paths.migrations, files, &result)?;
    Ok(report)
}

/// The state that the branch started from: after the upstream file whose schema the first local file announces.
fn branching_point(upstream: &[MigrationFile], from: &str, local: &[MigrationFile]) -> Result<Replay, MigrateError> {
    let mut state = Replay::fresh()?;
    let mut previous = "the empty database";
    let mut found = None;
    for (at, file) in upstream.iter().enumerate() {
        state.refresh()?;
        if state.hash == from {
            found = Some(at);
        }
        state.step(file, previous)?;
        previous = &file.file_name;
    }
    state.refresh()?;
    if state.hash == from {
        return Ok(state);
    }
    match found {
        Some(count) => replay(&upstream[..count]),
        None => Err(MigrateError::Chain {
            file: local.first().map(|file| file.file_name.clone()).unwrap_or_default(),
            previous: previous.to_owned(),
        }),
    }
}

/// The file with the statements that lead from the new state to its target. Where these are the ones it had, the text
/// stays as it is but for the hashes. `None` where nothing is left to do.
fn write(
    file: &MigrationFile,
    before: &[Collection],
    after: &[Collection],
    from: &[Collection],
    target: &[Collection],
) -> Option<MigrationFile> {
    let (old, new) = (plan(before, after), plan(from, target));
    if old.sql() == new.sql() {
        // Nobody has edited it, so that its words and warnings can be those of where it starts now.
        if file.sql == normalise(&old.file()) {
            return Some(MigrationFile { sql: normalise(&new.file()), ..file.clone() });
        }
        return Some(file.with_header("from", &new.from).with_header("to", &new.to));
    }
    let blocks = file.data_blocks();
    if new.is_empty() && blocks.is_empty() {
        return None;
    }
    let accepted: String =
        file.sql.lines().filter(|line| line.starts_with("-- pbr:nolint ")).map(|line| format!("{line}\n")).collect();
    let text = new.file();
    let text = match text.split_once("--\n") {
        Some((head, rest)) if !accepted.is_empty() => format!("{head}{accepted}--\n{rest}"),
        _ => text,
    };
    let separator = if blocks.is_empty() { "" } else { "\n" };
    Some(MigrationFile { sql: normalise(&format!("{text}{separator}{blocks}")), ..file.clone() })
}

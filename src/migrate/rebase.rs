//! After a merge: the migrations of one branch, planned again on top of those of another.

use super::drift::open_existing;
use super::file::{MigrationFile, normalise};
use super::lock::Lock;
use super::replay::{Replay, replay};
use super::runner::history;
use super::{MigrateError, Plan, ProjectPaths, folder, following, merge, plan, write_whole};
use crate::schema::Collection;
use crate::schema::diff::{Decisions, reconcile};
use crate::schema::yaml::Project;
use std::path::PathBuf;

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
/// [`MigrateError::Conflict`], a file of `base` that is missing here, a local file that is applied already, a file that
/// leads back, was edited, and would have to start from another schema. Nothing is written then.
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
    let mut downs = Vec::new();
    let last = local.iter().rev().find(|file| !file.is_by_hand()).map(|file| file.version);
    for file in &local {
        version = file.version.max(following(version));
        let start = new.collections.clone();
        let before = std::mem::take(&mut old.collections);
        old.run(file)?;
        old.refresh()?;
        let rebased = if file.is_by_hand() {
            Some(file.with_version(version))
        } else {
            // The files name no ids: they get those of either side.
            let of = |side: &[Collection]| reconcile(side, desired, &Decisions::default()).unwrap_or_default();
            let (ours, theirs) = (of(&old.collections), of(&new.collections));
            let mut target = merge::merge(&before, &old.collections, &new.collections, &[&ours, &theirs])
                .map_err(MigrateError::Conflict)?;
            if last == Some(file.version) {
                let wanted = of(&target);
                put_in_order(&mut target, &wanted);
            }
            let (former, planned) = (plan(&before, &old.collections), plan(&start, &target));
            write(file, &former, &planned).map(|file| file.with_version(version))
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
        let mut moved_data = replanned && !file.data_blocks().is_empty();
        if let Some(down) = folder::down_of(&paths.migrations, file)? {
            let (former, planned) = (plan(&old.collections, &before), plan(&new.collections, &start));
            moved_data |= former.sql() != planned.sql() && !down.data_blocks().is_empty();
            downs.push((folder::down_path(&paths.migrations, &rebased), lead_back(&down, &former, &planned)?));
        }
        let (from, to) = (file.file_name.clone(), Some(rebased.file_name.clone()));
        report.push(Rebased { from, to, replanned, moved_data });
        result.push(rebased);
    }
    put(paths, &files, &result, &local, &downs)?;
    Ok(report)
}

/// Orders the fields as the schema files do, which a person merged; those that they do not have stay behind.
fn put_in_order(collections: &mut [Collection], desired: &[Collection]) {
    for collection in collections {
        let Some(wanted) = desired.iter().find(|wanted| wanted.id == collection.id) else { continue };
        let place = |id: &str| wanted.fields.iter().position(|field| field.id == id).unwrap_or(usize::MAX);
        collection.fields.sort_by_key(|field| place(&field.id));
    }
}

/// The text that leads back from where the migration leads now (`planned`), by what led back from where it led
/// (`former`).
fn lead_back(down: &MigrationFile, former: &Plan, planned: &Plan) -> Result<String, MigrateError> {
    if down.is_by_hand() {
        return Ok(down.sql.clone());
    }
    let unedited = MigrationFile { sql: normalise(&former.file()), ..down.clone() };
    if former.sql() != planned.sql() && statements(down) != statements(&unedited) {
        let message = format!(
            "{} was edited, and its migration starts from another schema now: take the lines `-- pbr:from` and `-- pbr:to` \
             out of it, rebase, and then write what leads back from there",
            down.file_name
        );
        return Err(MigrateError::Decision(message));
    }
    Ok(write(down, former, planned).map_or_else(|| normalise(&planned.file()), |down| down.sql))
}

/// Writes the migrations, and what leads back (path and text) from those that are behind the others now, in the place of
/// what led back from them before (`local`).
fn put(
    paths: &ProjectPaths,
    old: &[MigrationFile],
    new: &[MigrationFile],
    local: &[MigrationFile],
    downs: &[(PathBuf, String)],
) -> Result<(), MigrateError> {
    for (path, text) in downs {
        write_whole(path, text)?;
    }
    folder::replace(&paths.migrations, old, new)?;
    for former in local.iter().map(|file| folder::down_path(&paths.migrations, file)) {
        // The name may be that of another one now.
        if former.exists() && !downs.iter().any(|(path, _)| *path == former) {
            std::fs::remove_file(&former).map_err(|error| MigrateError::Io { path: former, error })?;
        }
    }
    Ok(())
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
    let mut downs = Vec::new();
    for file in local {
        version = file.version.max(following(version));
        let moved = file.with_version(version);
        let (from, to) = (file.file_name.clone(), moved.file_name.clone());
        report.push(Rebased { from, to: Some(to), replanned: false, moved_data: false });
        let down = folder::down_of(&paths.migrations, file)?;
        downs.extend(down.map(|down| (folder::down_path(&paths.migrations, &moved), down.sql)));
        result.push(moved);
    }
    replay(&result)?;
    put(paths, files, &result, local, &downs)?;
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

/// The file with the statements of a new plan in the place of those of the old one. Where these are the same, the text
/// stays as it is but for the hashes. `None` where nothing is left to do.
fn write(file: &MigrationFile, old: &Plan, new: &Plan) -> Option<MigrationFile> {
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

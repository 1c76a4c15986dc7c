//! New sums and hashes after an honest hand edit of files that no database has applied.

use super::drift::open_existing;
use super::file::MigrationFile;
use super::lock::Lock;
use super::replay::Replay;
use super::runner::{checksum, history};
use super::{MigrateError, ProjectPaths, folder, write_whole};
use crate::text_file;
use std::collections::HashMap;

/// What `pbr.sum` says anew, as file names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restamped {
    /// Files that are new or were edited.
    pub changed: Vec<String>,
    /// Files that are gone.
    pub removed: Vec<String>,
}

/// Writes the hashes that the files now have.
///
/// # Errors
/// An applied file was edited ([`MigrateError::Divergent`]) or deleted ([`MigrateError::Missing`]); the chain is broken
/// although no file was edited, so that it was another branch ([`MigrateError::Chain`]); a file does not run.
pub fn restamp(paths: &ProjectPaths) -> Result<Restamped, MigrateError> {
    let _lock = Lock::folder(&paths.migrations)?;
    let files = folder::read_unchecked(&paths.migrations)?;
    let applied = if paths.database().exists() { history(&open_existing(paths)?)? } else { Vec::new() };
    let mut missing = Vec::new();
    for entry in &applied {
        match files.iter().find(|file| file.version == entry.version) {
            Some(file) if checksum(file)? == entry.checksum => {}
            Some(file) => return Err(MigrateError::Divergent { file: file.file_name.clone() }),
            None => missing.push(format!("V{}__{}", entry.version, entry.name)),
        }
    }
    if !missing.is_empty() {
        return Err(MigrateError::Missing { migrations: missing });
    }
    let sums = sums(paths)?;
    let mut state = Replay::fresh()?;
    let mut stamped: Vec<MigrationFile> = Vec::new();
    let (mut edited, mut previous) = (false, "the empty database".to_owned());
    for file in &files {
        edited |= sums.get(&file.file_name).is_some_and(|hash| *hash != file.hash());
        let mut new = file.clone();
        state.refresh()?;
        if file.header("from").is_some_and(|from| from != state.hash) {
            if !edited || applied.iter().any(|entry| entry.version == file.version) {
                return Err(MigrateError::Chain { file: file.file_name.clone(), previous });
            }
            new = new.with_header("from", &state.hash);
        }
        state.run(file)?;
        state.refresh()?;
        if file.header("to").is_some_and(|to| to != state.hash) {
            new = new.with_header("to", &state.hash);
        }
        previous.clone_from(&file.file_name);
        stamped.push(new);
    }
    folder::replace(&paths.migrations, &files, &stamped)?;
    let changed = files
        .iter()
        .zip(&stamped)
        .filter(|(old, new)| old != new || sums.get(&old.file_name).is_none_or(|hash| *hash != old.hash()));
    let mut changed: Vec<String> = changed.map(|(_, new)| new.file_name.clone()).collect();
    for (old, new) in files.iter().zip(&stamped) {
        changed.extend(restamp_down(paths, old, new)?);
    }
    let is_gone = |name: &&String| !files.iter().any(|file| file.file_name == **name);
    let mut removed: Vec<String> = sums.keys().filter(is_gone).cloned().collect();
    removed.sort();
    Ok(Restamped { changed, removed })
}

/// Has the file that leads back begin where its migration ends now. Returns its name when that is elsewhere than before.
fn restamp_down(
    paths: &ProjectPaths,
    old: &MigrationFile,
    new: &MigrationFile,
) -> Result<Option<String>, MigrateError> {
    let Some(down) = folder::down_of(&paths.migrations, new)? else { return Ok(None) };
    let mut stamped = down.clone();
    for (key, there) in [("from", "to"), ("to", "from")] {
        if let (Some(former), Some(now)) = (old.header(there), new.header(there))
            && down.header(key) == Some(former)
        {
            stamped = stamped.with_header(key, now);
        }
    }
    if stamped == down {
        return Ok(None);
    }
    write_whole(&folder::down_path(&paths.migrations, new), &stamped.sql)?;
    Ok(Some(down.file_name))
}

/// File names and hashes as `pbr.sum` has them.
fn sums(paths: &ProjectPaths) -> Result<HashMap<String, String>, MigrateError> {
    let path = paths.migrations.join(folder::SUM_FILE);
    let text = match text_file::read(&path) {
        Ok(text) => text,
        Err(error) if error.is_missing() => String::new(),
        Err(error) => return Err(error.into()),
    };
    let lines = text.lines().filter_map(|line| line.split_once(" h1:"));
    Ok(lines.map(|(name, hash)| (name.to_owned(), hash.to_owned())).collect())
}

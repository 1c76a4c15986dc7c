//! Several generated migrations that nobody else has, made into one: what `pbr dev` keeps as its draft.

use super::drift::open_existing;
use super::file::{MigrationFile, normalise};
use super::lock::Lock;
use super::replay::replay;
use super::runner::{history, insert};
use super::{MigrateError, ProjectPaths, folder, plan};
use crate::db::{Access, open};
use std::time::Duration;

/// What became of the files from the first to the newest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Folded {
    /// One file does what they did.
    Into(String),
    /// They took each other back, so nothing is left.
    Nothing,
    /// Some were written by hand or work on rows; they stay.
    Not,
}

/// Makes one migration of all from `first` (a version) on, in the folder and in the history of the database, where all
/// of them must be applied or none.
///
/// # Errors
/// Integrity errors, an I/O error.
pub fn fold(paths: &ProjectPaths, first: i64) -> Result<Folded, MigrateError> {
    drop(open_existing(paths)?);
    let _lock = Lock::acquire(&paths.database(), Duration::from_secs(30))?;
    let files = folder::read(&paths.migrations)?;
    let (base, recent): (Vec<MigrationFile>, Vec<MigrationFile>) =
        files.iter().cloned().partition(|file| file.version < first);
    let generated = |file: &MigrationFile| {
        !file.is_by_hand() && file.data_blocks().is_empty() && !folder::down_path(&paths.migrations, file).exists()
    };
    let mut connection = open(&paths.database(), Access::ReadWrite)?;
    let applied = history(&connection)?;
    let count = recent.iter().filter(|file| applied.iter().any(|entry| entry.version == file.version)).count();
    if recent.len() < 2 || !recent.iter().all(generated) || (count != 0 && count != recent.len()) {
        return Ok(Folded::Not);
    }
    let plan = plan(&replay(&base)?.collections, &replay(&files)?.collections);
    let mut kept = base;
    let file = (!plan.is_empty()).then(|| {
        let name = plan.name();
        let file_name = format!("V{first}__{name}.sql");
        MigrationFile { version: first, file_name, name, sql: normalise(&plan.file()) }
    });
    kept.extend(file.clone());
    // What the new file says must lead where the old ones led.
    replay(&kept)?;
    let transaction = connection.transaction()?;
    if count > 0 {
        transaction.execute("DELETE FROM refinery_schema_history WHERE version >= ?1", [first])?;
        if let Some(file) = &file {
            insert(&transaction, file)?;
        }
    }
    folder::replace(&paths.migrations, &files, &kept)?;
    transaction.commit()?;
    Ok(file.map_or(Folded::Nothing, |file| Folded::Into(file.file_name)))
}

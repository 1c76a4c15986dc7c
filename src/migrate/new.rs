//! An empty migration, for work that the schema does not tell.

use super::file::{MigrationFile, is_word};
use super::lock::Lock;
use super::{MigrateError, ProjectPaths, folder, next_version, replay::replay, write_whole};
use std::path::PathBuf;

/// What was written.
#[derive(Clone, Debug)]
pub struct NewFile {
    pub file: MigrationFile,
    /// Everything that was written, `pbr.sum` aside.
    pub written: Vec<PathBuf>,
}

/// Writes `V<now>__<name>.sql`, and with `down` the file that leads back.
///
/// # Errors
/// The name is no word, the folder has integrity errors, or the file cannot be written.
pub fn new_file(paths: &ProjectPaths, name: &str, down: bool) -> Result<NewFile, MigrateError> {
    if !is_word(name) {
        let message = format!("`{name}` is no name for a migration: use letters, digits and underscores");
        return Err(MigrateError::Decision(message));
    }
    let _lock = Lock::folder(&paths.migrations)?;
    let files = folder::read(&paths.migrations)?;
    let state = replay(&files)?;
    let version = next_version(&files);
    let sql = format!(
        "-- pbr:engine=sqlite\n-- pbr:from={hash}\n-- pbr:to={hash}\n--\n\
         -- Work on rows goes between the marks below; the schema is checked without it.\n\
         -- After editing: pbr migrate hash\n\n-- pbr:data\n-- pbr:end\n",
        hash = state.hash
    );
    let file = MigrationFile { version, file_name: format!("V{version}__{name}.sql"), name: name.to_owned(), sql };
    folder::add(&paths.migrations, &files, &file)?;
    let mut written = vec![paths.migrations.join(&file.file_name)];
    if down {
        let path = folder::down_path(&paths.migrations, &file);
        write_whole(&path, "-- Run by pbr migrate down, in one transaction.\n")?;
        written.push(path);
    }
    Ok(NewFile { file, written })
}

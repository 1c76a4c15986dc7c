//! How the files that a command has written are taken back.

use crate::project::git;
use crate::schema::yaml::Project;
use crate::shell::path_word;
use std::path::{Path, PathBuf};

/// The commands that bring files to what is committed, and remove those that are new. `None` where git does not have
/// one that was there `before`.
pub fn commands<'a>(changed: impl Iterator<Item = &'a PathBuf>, before: &Project) -> Option<Vec<String>> {
    let is_committed = |path: &&PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        git::is_committed(path.parent().unwrap_or(Path::new(".")), &name)
    };
    let (old, new): (Vec<&PathBuf>, Vec<&PathBuf>) = changed.partition(is_committed);
    let existed =
        |path: &PathBuf| before.files.iter().any(|file| Path::new(&file.source.path).file_name() == path.file_name());
    if new.iter().any(|path| existed(path)) {
        return None;
    }
    let command = |command: &str, paths: Vec<&PathBuf>| {
        let paths: Vec<String> = paths.iter().map(|path| path_word(path)).collect();
        (!paths.is_empty()).then(|| format!("{command} {}", paths.join(" ")))
    };
    Some([command("git checkout --", old), command("rm", new)].into_iter().flatten().collect())
}

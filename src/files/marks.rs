//! Marks of the files that a process is writing: by them the next start finds what was never finished, without looking
//! through all folders. A mark is a small file that names the other one.

use super::local::is_abandoned;
use std::fs;
use std::path::{Component, Path, PathBuf};

const MARK: &str = ".mark";

pub fn is_mark(name: &str) -> bool {
    name.ends_with(MARK)
}

/// Taken away with the value.
pub struct Mark(PathBuf);

impl Mark {
    /// Marks a file below `root`. Nothing depends on it, so that it is no error where that fails.
    pub fn set(folder: &Path, root: &Path, file: &Path) -> Option<Self> {
        let named = file.strip_prefix(root).ok()?.to_str()?;
        let mark = folder.join(format!("{}-{:x}{MARK}", std::process::id(), rand::random::<u64>()));
        // From here on it is taken away, however little of it was written.
        let mark = Self(mark);
        let write = || fs::write(&mark.0, named);
        write().or_else(|_| fs::create_dir_all(folder).and_then(|()| write())).ok()?;
        Some(mark)
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// The files below `root` that processes were writing when they ended. Their marks are gone afterwards.
pub fn left_behind(folder: &Path, root: &Path) -> Vec<PathBuf> {
    let mut left = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !is_mark(&name) {
            continue;
        }
        let named = fs::read_to_string(entry.path()).map(PathBuf::from).unwrap_or_default();
        let file = root.join(&named);
        let is_below = named.components().all(|part| matches!(part, Component::Normal(_)));
        if is_below && file.is_file() {
            // Process numbers tell nothing: in a container each server has the same.
            if !is_abandoned(&file) {
                continue;
            }
            left.push(file);
        }
        let _ = fs::remove_file(entry.path());
    }
    left
}

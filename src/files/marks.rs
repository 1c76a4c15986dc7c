//! Marks of the files that a process is writing: by them the next start finds what was never finished, without looking
//! through all folders. A mark is a small file that names the other one.

use super::incoming::is_orphan;
use std::fs;
use std::path::{Component, Path, PathBuf};

const MARK: &str = ".mark";

/// Taken away with the value.
pub struct Mark(PathBuf);

impl Mark {
    /// Marks a file below `root`. Nothing depends on it, so that it is no error where that fails.
    pub fn set(folder: &Path, root: &Path, file: &Path) -> Option<Self> {
        let named = file.strip_prefix(root).ok()?.to_str()?;
        let mark = folder.join(format!("{}-{:x}{MARK}", std::process::id(), rand::random::<u64>()));
        let write = || fs::write(&mark, named);
        write().or_else(|_| fs::create_dir_all(folder).and_then(|()| write())).ok()?;
        Some(Self(mark))
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
        if name.ends_with(MARK) && is_orphan(&name) {
            let named = fs::read_to_string(entry.path()).map(PathBuf::from).unwrap_or_default();
            let is_below = named.components().all(|part| matches!(part, Component::Normal(_)));
            left.extend(is_below.then(|| root.join(named)));
            let _ = fs::remove_file(entry.path());
        }
    }
    left
}

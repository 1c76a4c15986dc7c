//! What a directory had before a project was made in it.

use super::from::Source;
use crate::project::Dirs;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The directory as it was, of which a failure leaves nothing but that: half a project would be in the way of the next try.
pub struct Before<'a> {
    target: &'a Path,
    existed: bool,
    /// Everything that may be written is one of these or below it.
    places: Vec<PathBuf>,
    found: HashSet<PathBuf>,
}

impl<'a> Before<'a> {
    /// Looks at a directory in which these files will be written, by their paths in it.
    pub fn look(target: &'a Path, files: &[(PathBuf, Vec<u8>)], dirs: &Dirs, source: Option<&Source>) -> Self {
        let mut places = vec![PathBuf::from(".pbr"), dirs.schema.clone(), dirs.migrations.clone(), dirs.public.clone()];
        // Data that is taken over in its place is not ours to remove.
        let data = target.join(&dirs.data);
        if source.is_some_and(|source| source.has_data()) && !data.join("data.db").exists() {
            places.push(dirs.data.clone());
        }
        places.extend(files.iter().filter_map(|(path, _)| path.iter().next()).map(PathBuf::from));
        places.sort();
        places.dedup();
        let mut before = Self { target, existed: target.exists(), places, found: HashSet::new() };
        before.found = before.all().into_iter().collect();
        before
    }

    /// Removes what has come since.
    pub fn restore(&self) {
        for path in self.all().iter().rev().filter(|path| !self.found.contains(*path)) {
            let is_folder = path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
            // What cannot be removed is left: there is another error to tell of.
            let _ = if is_folder { std::fs::remove_dir(path) } else { std::fs::remove_file(path) };
        }
        if !self.existed {
            let _ = std::fs::remove_dir(self.target);
        }
    }

    /// Whatever is there, folders before their content.
    fn all(&self) -> Vec<PathBuf> {
        let mut all = Vec::new();
        let mut waiting: Vec<PathBuf> = self.places.iter().map(|place| self.target.join(place)).collect();
        while let Some(path) = waiting.pop() {
            let Ok(metadata) = path.symlink_metadata() else { continue };
            if metadata.is_dir() {
                let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
                waiting.extend(entries.map(|entry| entry.path()));
            }
            all.push(path);
        }
        all
    }
}

//! The draft of `pbr dev`: the one migration that is rewritten until it is committed.

use super::Dev;
use crate::cli::CliResult;
use crate::migrate::{self, Folded};
use crate::project::git;
use std::path::{Path, PathBuf};

impl Dev<'_> {
    /// Makes the new migration one with the draft, unless that has been committed meanwhile.
    pub(super) fn fold(&mut self, version: i64) -> CliResult {
        let committed = |name: &str| git::is_committed(&self.paths.migrations, name);
        let draft = self.draft.and_then(|draft| file_name(&self.paths.migrations, draft).map(|name| (draft, name)));
        self.draft = Some(version);
        if let Some((draft, name)) = draft
            && draft != version
            && !committed(&name)
        {
            match migrate::fold(&self.paths, draft)? {
                Folded::Into(_) => self.draft = Some(draft),
                Folded::Nothing => self.draft = None,
                Folded::Not => {}
            }
        }
        self.remember_draft();
        Ok(())
    }

    fn draft_file(&self) -> PathBuf {
        self.project.path(Path::new(".pbr")).join("draft")
    }

    /// The draft of an earlier session, where git can tell that it is still ours alone.
    pub(super) fn remembered_draft(&self) -> Option<i64> {
        let version: i64 = std::fs::read_to_string(self.draft_file()).ok()?.trim().parse().ok()?;
        let name = file_name(&self.paths.migrations, version)?;
        let ours = git::files_at(&self.paths.migrations, "HEAD").is_ok_and(|files| !files.contains(&name));
        ours.then_some(version)
    }

    pub(super) fn remember_draft(&self) {
        let file = self.draft_file();
        let _ = match self.draft {
            Some(version) => {
                let _ = std::fs::create_dir_all(file.parent().unwrap_or(Path::new(".")));
                std::fs::write(&file, version.to_string())
            }
            None => std::fs::remove_file(&file),
        };
    }
}

fn file_name(migrations: &Path, version: i64) -> Option<String> {
    let prefix = format!("V{version}__");
    let entries = std::fs::read_dir(migrations).ok()?.flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.into_iter().find(|name| name.starts_with(&prefix) && name.ends_with(".sql") && !name.ends_with(".down.sql"))
}

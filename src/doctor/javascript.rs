//! JavaScript hooks and migrations, which are not run.

use super::{Check, Patient};
use crate::project::{Workspace, beside};
use std::path::{Path, PathBuf};

/// Where they would be.
pub struct JavascriptPlaces {
    pub hooks: PathBuf,
    pub migrations: PathBuf,
}

impl JavascriptPlaces {
    /// What the project says, or beside the data directory.
    pub fn of(project: Option<&Workspace>, data: &Path) -> Self {
        Self {
            hooks: project.map_or_else(|| beside(data, "pb_hooks"), |project| project.path(&project.config.dirs.hooks)),
            migrations: beside(data, "pb_migrations"),
        }
    }

    /// A sentence about hooks, and one about migrations that the data directory has not applied.
    pub fn found(&self, data: &Path) -> Vec<String> {
        let mut found = Vec::new();
        if !files(&self.hooks, &[".pb.js", ".pb.ts"]).is_empty() {
            found.push(format!("{} has JavaScript hooks", self.hooks.display()));
        }
        let applied = crate::db::applied_system_migrations(&data.join("data.db")).unwrap_or_default();
        if files(&self.migrations, &[".js", ".ts"]).iter().any(|name| !applied.contains(name)) {
            found.push(format!("{} has JavaScript migrations that are not applied", self.migrations.display()));
        }
        found
    }
}

fn files(dir: &Path, suffixes: &[&str]) -> Vec<String> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| suffixes.iter().any(|suffix| name.ends_with(suffix))).collect()
}

pub(super) fn check(patient: &Patient<'_>) -> Check {
    const NAME: &str = "javascript";
    let found = JavascriptPlaces::of(patient.project, &patient.data).found(&patient.data);
    if found.is_empty() {
        return Check::pass(NAME, "no JavaScript that pbr would have to run");
    }
    Check::warn(NAME, found.join("; "), "pbr serve --hooks ignore    (serves without the rules written there)")
}

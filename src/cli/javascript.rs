//! JavaScript hooks and migrations, which are not run.

use super::{CliError, CliResult};
use crate::diagnostic::code;
use std::path::Path;

/// Somebody's business rules must not be dropped silently: without a JavaScript runtime they would be.
///
/// # Errors
/// There are hooks, or migrations that the data directory has not applied.
pub fn refuse(hooks: &Path, migrations: &Path, dir: &Path) -> CliResult {
    let mut found = Vec::new();
    if files(hooks, ".pb.js").next().is_some() {
        found.push(format!("{} has JavaScript hooks", hooks.display()));
    }
    let applied = applied_migrations(dir);
    if files(migrations, ".js").any(|name| !applied.contains(&name)) {
        found.push(format!("{} has JavaScript migrations that are not applied", migrations.display()));
    }
    if found.is_empty() {
        return Ok(());
    }
    let error = CliError::new(code::JAVASCRIPT, 2, found.join("; "));
    let why = "this version of pbr does not run JavaScript: requests would be served without the rules written there";
    Err(Box::new(error.why(why).next("pbr serve --hooks ignore")))
}

fn files(dir: &Path, suffix: &'static str) -> impl Iterator<Item = String> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).filter(move |name| name.ends_with(suffix))
}

fn applied_migrations(dir: &Path) -> Vec<String> {
    crate::db::applied_system_migrations(&dir.join("data.db")).unwrap_or_default()
}

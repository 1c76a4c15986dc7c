//! What git knows of a folder.

use std::path::Path;
use std::process::{Command, Output};

/// The files that a folder has at a branch or commit, by name.
///
/// # Errors
/// Git's own words, or that there is no git.
pub fn files_at(folder: &Path, reference: &str) -> Result<Vec<String>, String> {
    if reference.starts_with('-') {
        return Err(format!("`{reference}` is no branch or commit"));
    }
    // `ls-tree` says nothing about a reference that exists without the folder, and fails for one that does not exist.
    let listed = run(folder, &["ls-tree", "--name-only", reference, "./"])?;
    Ok(listed.lines().filter_map(|path| path.rsplit('/').next()).map(str::to_owned).collect())
}

/// The branch that the present one is merged with or leads to: the one being merged, upstream, or the default branch.
pub fn base(folder: &Path) -> Option<String> {
    const CANDIDATES: [&str; 5] = ["MERGE_HEAD", "@{upstream}", "origin/HEAD", "main", "master"];
    let exists = |reference: &&&str| {
        let commit = format!("{reference}^{{commit}}");
        run(folder, &["rev-parse", "--verify", "--quiet", &commit]).is_ok()
    };
    CANDIDATES.iter().find(exists).map(|reference| (*reference).to_owned())
}

/// Whether a file is part of the present commit, unchanged or not.
pub fn is_committed(folder: &Path, file: &str) -> bool {
    files_at(folder, "HEAD").is_ok_and(|files| files.iter().any(|known| known == file))
}

fn run(folder: &Path, args: &[&str]) -> Result<String, String> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let output: Output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(args)
        .output()
        .map_err(|error| format!("git cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let message = String::from_utf8_lossy(&output.stderr);
    Err(message.trim().trim_start_matches("fatal: ").to_owned())
}

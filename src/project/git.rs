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

/// The branches that there are, those of other repositories too: `main`, `origin/main`.
pub fn branches(folder: &Path) -> Vec<String> {
    let listed = run(folder, &["for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes"]);
    let short = |name: &str| {
        let name = name.strip_prefix("refs/heads/").or_else(|| name.strip_prefix("refs/remotes/"))?;
        (!name.ends_with("/HEAD")).then(|| name.to_owned())
    };
    listed.unwrap_or_default().lines().filter_map(short).collect()
}

/// The first of the other repositories that are known.
pub fn remote(folder: &Path) -> Option<String> {
    run(folder, &["remote"]).ok()?.lines().next().map(str::to_owned)
}

/// The commit that git is putting on top of others at the moment, by `git rebase` or `git cherry-pick`.
pub fn picked(folder: &Path) -> Option<&'static str> {
    let exists = |reference: &str| run(folder, &["rev-parse", "--verify", "--quiet", reference]).is_ok();
    if exists("MERGE_HEAD") {
        return None;
    }
    // Some versions of git leave the name of the last one behind.
    let rebases = ["rebase-merge", "rebase-apply"].iter().any(|name| {
        run(folder, &["rev-parse", "--git-path", name]).is_ok_and(|path| folder.join(path.trim()).exists())
    });
    let names = [("REBASE_HEAD", rebases), ("CHERRY_PICK_HEAD", true)];
    names.into_iter().find(|(name, now)| *now && exists(name)).map(|(name, _)| name)
}

/// The text of a file of a folder at a branch or commit.
///
/// # Errors
/// Git's own words, or that there is no git.
pub fn text_at(folder: &Path, reference: &str, file: &str) -> Result<String, String> {
    run(folder, &["show", &format!("{reference}:./{file}")])
}

/// Where git has a file that is not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// In the present commit, at this path from the current directory.
    Here(String),
    /// At the end of another branch.
    Branch(String),
    /// In a commit, shortened, that no branch ends with.
    Commit(String),
    Nowhere,
}

/// Looks for a file by its name in all that the repository of the current directory has; `None` where there is none.
pub fn find(name: &str) -> Option<Found> {
    let here = Path::new(".");
    run(here, &["rev-parse", "--git-dir"]).ok()?;
    let is_it = |path: &&str| path.rsplit('/').next() == Some(name);
    let listed = |args: &[&str]| -> Option<String> {
        run(here, &[&["ls-tree", "-r", "--name-only"], args].concat()).ok()?.lines().find(is_it).map(str::to_owned)
    };
    if let Some(path) = listed(&["HEAD"]) {
        return Some(Found::Here(path));
    }
    let pattern = format!(":(top,glob)**/{name}");
    let log = ["log", "--all", "-1", "--diff-filter=A", "--format=%h", "--", &pattern];
    let commit = run(here, &log).map(|text| text.trim().to_owned()).unwrap_or_default();
    if commit.is_empty() {
        return Some(Found::Nowhere);
    }
    let branches = run(here, &["branch", "--all", "--contains", &commit, "--format=%(refname)"]).unwrap_or_default();
    for branch in branches.lines() {
        let remote = || branch.strip_prefix("refs/remotes/").and_then(|name| name.split_once('/')).map(|name| name.1);
        let Some(short) = branch.strip_prefix("refs/heads/").or_else(remote) else { continue };
        if listed(&["--full-tree", branch]).is_some() {
            return Some(Found::Branch(short.to_owned()));
        }
    }
    Some(Found::Commit(commit))
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

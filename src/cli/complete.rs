//! What the shell completes beyond commands and flags: names from the files of the project. Never opens a database.

use crate::project::Workspace;
use clap_complete::CompletionCandidate;
use clap_complete::engine::ArgValueCandidates;

/// Names of collections, from the schema files.
pub fn collections() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let files = project().and_then(|project| project.schema_files().ok()).unwrap_or_default();
        let name = |text: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix("collection:"))?;
            Some(line.split('#').next()?.trim().trim_matches(['"', '\'']).to_owned())
        };
        files.iter().filter_map(|(_, text)| name(text)).map(CompletionCandidate::new).collect()
    })
}

/// Versions of migrations with their names.
pub fn versions() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let Some(project) = project() else { return Vec::new() };
        let entries = std::fs::read_dir(project.paths(None).migrations).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut versions: Vec<(String, String)> = names
            .filter(|name| !name.ends_with(".down.sql"))
            .filter_map(|name| {
                let (version, name) = name.strip_prefix('V')?.strip_suffix(".sql")?.split_once("__")?;
                Some((version.to_owned(), name.to_owned()))
            })
            .collect();
        versions.sort();
        let candidate = |(version, name)| CompletionCandidate::new(version).help(Some(String::into(name)));
        versions.into_iter().rev().map(candidate).collect()
    })
}

/// Keys of the configuration.
pub fn config_keys() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let config = project().map(|project| project.config).unwrap_or_default();
        super::config::keys(&config).into_iter().map(CompletionCandidate::new).collect()
    })
}

/// The codes of `pbr explain`.
pub fn codes() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let candidate =
            |info: &crate::diagnostic::CodeInfo| CompletionCandidate::new(info.code).help(Some(info.title.into()));
        crate::diagnostic::CODES.iter().map(candidate).collect()
    })
}

fn project() -> Option<Workspace> {
    Workspace::find(None, &|name| std::env::var(name).ok()).ok().flatten()
}

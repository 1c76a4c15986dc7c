//! What a reviewer should see before a migration is merged: lost data, stricter limits on rows that exist, opened
//! rules, and SQL that breaks the runner's promises.

mod rules;
mod schema;
mod text;
mod weaker;

use super::drift::open_existing;
use super::file::MigrationFile;
use super::replay::Replay;
use super::status::{State, status_of};
use super::{BASELINE, MigrateError, ProjectPaths, folder};
use crate::schema::Collection;
use rusqlite::Connection;

/// Something worth a second look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable: `DS102`.
    pub code: &'static str,
    /// Path of the file.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// `posts.title`.
    pub subject: String,
    pub message: String,
    /// Stops CI.
    pub error: bool,
    /// Rows concerned, where a database was asked.
    pub rows: Option<i64>,
    /// The reason of a `-- pbr:nolint CODE reason` in the file.
    pub accepted: Option<String>,
}

impl Finding {
    /// Whether `up` refuses what was found, so that no reason makes it acceptable.
    pub fn is_refused(&self) -> bool {
        ["LT102", "LT103"].contains(&self.code)
    }
}

/// Which files are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    All,
    /// The newest so many.
    Latest(usize),
    /// Those that a branch does not have, by their file names.
    Except(Vec<String>),
    /// Those that the database has not applied.
    Pending,
}

#[derive(Clone, Debug)]
pub struct LintOptions {
    pub selection: Selection,
    /// Ask the database how many rows are concerned, and pass over what concerns none.
    pub count_rows: bool,
    /// Warnings are errors.
    pub strict: bool,
}

/// One file with the states around it, and where findings go.
struct Subject<'a> {
    file: &'a MigrationFile,
    before: &'a [Collection],
    after: &'a [Collection],
    database: Option<&'a Connection>,
    /// Nothing was there before but what every new database has.
    first: bool,
    /// It holds what was live elsewhere before there were migrations.
    baseline: bool,
    findings: Vec<Finding>,
}

/// Looks at migration files; also returns how many.
///
/// # Errors
/// Integrity errors of the folder, or a database that cannot be read.
pub fn lint(paths: &ProjectPaths, options: &LintOptions) -> Result<(Vec<Finding>, usize), MigrateError> {
    let files = folder::read(&paths.migrations)?;
    let connection = match options.count_rows || options.selection == Selection::Pending {
        true => Some(open_existing(paths)?),
        false => None,
    };
    let chosen = chosen(&files, &options.selection, connection.as_ref())?;
    let mut state = Replay::fresh()?;
    let (mut findings, mut previous) = (Vec::new(), "the empty database");
    for (at, file) in files.iter().enumerate() {
        state.refresh()?;
        let before = std::mem::take(&mut state.collections);
        state.step(file, previous)?;
        state.refresh()?;
        previous = &file.file_name;
        if chosen.contains(&file.version) {
            let database = connection.as_ref().filter(|_| options.count_rows);
            let (after, first) = (&state.collections, at == 0);
            let baseline = first && file.name == BASELINE;
            let mut subject = Subject { file, before: &before, after, database, first, baseline, findings: Vec::new() };
            subject.check();
            findings.extend(subject.findings);
        }
    }
    for finding in &mut findings {
        finding.file = paths.migrations.join(&finding.file).display().to_string();
    }
    if options.strict {
        findings.iter_mut().for_each(|finding| finding.error = true);
    }
    Ok((findings, chosen.len()))
}

fn chosen(
    files: &[MigrationFile],
    selection: &Selection,
    connection: Option<&Connection>,
) -> Result<Vec<i64>, MigrateError> {
    let versions = |files: &mut dyn Iterator<Item = &MigrationFile>| files.map(|file| file.version).collect();
    Ok(match (selection, connection) {
        (Selection::All, _) => versions(&mut files.iter()),
        (Selection::Latest(count), _) => versions(&mut files.iter().rev().take(*count)),
        (Selection::Except(names), _) => versions(&mut files.iter().filter(|file| !names.contains(&file.file_name))),
        (Selection::Pending, Some(connection)) => {
            let status = status_of(connection, files)?;
            status.entries.iter().filter(|entry| entry.state == State::Pending).map(|entry| entry.version).collect()
        }
        (Selection::Pending, None) => Vec::new(),
    })
}

impl Subject<'_> {
    fn check(&mut self) {
        self.schema();
        self.rules();
        self.text();
        let accepted = accepted(self.file);
        for finding in self.findings.iter_mut().filter(|finding| !finding.is_refused()) {
            let reason = accepted.iter().find(|(code, subject, _)| {
                code == finding.code && subject.as_ref().is_none_or(|subject| *subject == finding.subject)
            });
            finding.accepted = reason.map(|(_, _, reason)| reason.clone());
        }
    }

    /// Adds a finding at the first line that has `mark`.
    fn add(&mut self, code: &'static str, subject: &str, mark: &str, message: String, rows: Option<i64>) {
        if rows == Some(0) {
            return;
        }
        let line = self.file.sql.lines().position(|line| line.contains(mark)).map_or(1, |at| at + 1);
        self.add_at(code, subject, line, message, rows);
    }

    fn add_at(&mut self, code: &'static str, subject: &str, line: usize, message: String, rows: Option<i64>) {
        let (file, subject) = (self.file.file_name.clone(), subject.to_owned());
        let mut finding = Finding { code, file, line, subject, message, error: false, rows, accepted: None };
        // What is live already is opened by nobody who could be stopped.
        let is_news = code != "SEC101" || !self.baseline;
        finding.error =
            is_news && ["DS", "SEC", "MF"].iter().any(|group| code.starts_with(group)) || finding.is_refused();
        self.findings.push(finding);
    }
}

/// `-- pbr:nolint DS102 [posts.title] reason`: code, subject, reason. Without a reason nothing is accepted.
fn accepted(file: &MigrationFile) -> Vec<(String, Option<String>, String)> {
    let mut accepted = Vec::new();
    for line in file.sql.lines() {
        let Some(rest) = line.trim().strip_prefix("-- pbr:nolint ") else { continue };
        let Some((code, reason)) = rest.trim().split_once(' ') else { continue };
        let (first, others) = reason.trim().split_once(' ').unwrap_or((reason.trim(), ""));
        let names_field = first.contains('.') && !first.ends_with('.') && !others.is_empty();
        match names_field {
            true => accepted.push((code.to_owned(), Some(first.to_owned()), others.trim().to_owned())),
            false => accepted.push((code.to_owned(), None, reason.trim().to_owned())),
        }
    }
    accepted
}

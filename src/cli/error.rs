//! Errors as the command line shows them: what happened, where, why, and what to do next.

use crate::db::DbError;
use crate::diagnostic::{Diagnostic, code, did_you_mean};
use crate::migrate::{Consent, DriftAt, MigrateError, SumFault};
use crate::project::FilesError;
use crate::project::git::{self, Found};
use crate::shell::path_word;
use crate::text_file::existing_folder;
use serde_json::{Map, Value as Json, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub type CliResult<T = ()> = Result<T, Box<CliError>>;

/// How what has drifted is kept where a pending migration writes the same collection.
pub const KEEP_DRIFT: &str = "delete the pending files, then pbr migrate hash && pbr migrate pull --merge && \
                              pbr migrate diff && pbr migrate up    (keeps it)";

/// An error with its exit code.
#[derive(Clone, Debug, PartialEq)]
pub struct CliError {
    /// Stable; `pbr explain CODE`.
    pub code: &'static str,
    pub exit: u8,
    pub message: String,
    pub why: Option<String>,
    /// Commands to try.
    pub next: Vec<String>,
    /// File, line and column.
    pub where_: Option<(String, usize, usize)>,
    /// Details for programs.
    pub meta: Map<String, Json>,
    /// All errors of a file or schema; shown instead of the message.
    pub diagnostics: Vec<Diagnostic>,
}

impl CliError {
    pub fn new(code: &'static str, exit: u8, message: impl Into<String>) -> Self {
        Self {
            code,
            exit,
            message: message.into(),
            why: None,
            next: Vec::new(),
            where_: None,
            meta: Map::new(),
            diagnostics: Vec::new(),
        }
    }

    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    pub fn next(mut self, command: impl Into<String>) -> Self {
        self.next.push(command.into());
        self
    }

    pub fn meta(mut self, key: &str, value: impl Into<Json>) -> Self {
        self.meta.insert(key.to_owned(), value.into());
        self
    }

    /// Names the one of several that failed, and those that were done before it.
    pub fn about_one_of(mut self, failed: &str, done: &[String]) -> Self {
        self.message = format!("`{failed}`: {}", self.message);
        if !done.is_empty() {
            let before = format!("done before it: {}", done.join(", "));
            self.why = Some(self.why.map_or(before.clone(), |why| format!("{why}\n{before}")));
        }
        self.meta("failed", failed).meta("done", done.to_vec())
    }

    /// Exit 9: the schema or configuration has errors.
    pub fn invalid(what: &str, errors: Vec<Diagnostic>) -> Box<Self> {
        let count = errors.len();
        let first = errors.first();
        let message = match first {
            Some(only) if count == 1 => only.message.clone(),
            _ if what.ends_with('s') => format!("the {what} have {count} errors"),
            _ => format!("the {what} has {count} errors"),
        };
        let place = first.and_then(Diagnostic::place).map(|(file, line, column)| (file.to_owned(), line, column));
        let code = first.map_or(code::INTERNAL, |error| error.code);
        let mut error = Self::new(code, 9, message);
        error.where_ = place;
        error.meta = Map::from_iter([("errors".to_owned(), errors.iter().map(Diagnostic::to_json).collect())]);
        error.diagnostics = errors;
        Box::new(error)
    }

    /// The object of `--json`.
    pub fn to_json(&self) -> Json {
        let next: Vec<Json> = self.next.iter().map(|command| json!({ "kind": "run", "command": command })).collect();
        let place = self.where_.as_ref();
        json!({
            "ok": false,
            "error": {
                "code": self.code,
                "message": self.message,
                "why": self.why,
                "next": next,
                "where": place.map(|(file, line, column)| json!({ "file": file, "line": line, "column": column })),
                "meta": self.meta,
            },
        })
    }

    /// The text for people, without colours unless asked.
    pub fn render(&self, colour: bool) -> String {
        if !self.diagnostics.is_empty() {
            let mut text: String = self.diagnostics.iter().map(|error| error.render(colour) + "\n\n").collect();
            if self.diagnostics.len() > 1 {
                text.push_str(&self.message);
            }
            return text.trim_end().to_owned();
        }
        let (red, bold, reset) = if colour { ("\u{1b}[1;31m", "\u{1b}[1m", "\u{1b}[0m") } else { ("", "", "") };
        let mut text = format!("{red}error[{}]{reset}{bold}: {}{reset}", self.code, self.message);
        let mut line = |name: &str, value: &str| {
            let mut lines = value.trim_end().lines();
            text.push_str(&format!("\n  = {name}: {}", lines.next().unwrap_or_default()));
            for rest in lines {
                text.push_str(&format!("\n          {rest}"));
            }
        };
        if let Some((file, row, column)) = &self.where_ {
            line("at", &format!("{file}:{row}:{column}"));
        }
        if let Some(why) = &self.why {
            line("why", why);
        }
        for command in &self.next {
            line("next", command);
        }
        line("docs", &format!("pbr explain {}", self.code));
        text
    }

    /// Shows the error and returns the exit code.
    pub fn report(&self, as_json: bool) -> u8 {
        if as_json {
            let _ = super::print(&self.to_json().to_string());
        } else {
            let _ = writeln!(anstream::stderr(), "{}", self.render(true));
        }
        self.exit
    }
}

/// Where the project has its migrations, once it was found.
static MIGRATIONS: OnceLock<PathBuf> = OnceLock::new();

/// From now on advice on migrations names their files in this folder.
pub fn migrations_are_in(folder: PathBuf) {
    // A command works on one project, however often it looks for it.
    let _ = MIGRATIONS.set(folder);
}

fn migrations() -> &'static Path {
    MIGRATIONS.get().map_or(Path::new("migrations"), PathBuf::as_path)
}

/// The path of a migration in a command.
fn file_word(file: &str) -> String {
    path_word(&migrations().join(file))
}

/// Migrations of a folder that could not be applied.
pub fn not_applied(error: MigrateError, folder: &Path) -> Box<CliError> {
    let anew = match &error {
        MigrateError::DataLoss(consents) => written_anew(consents, folder),
        _ => None,
    };
    let mut error: Box<CliError> = error.into();
    error.next.splice(0..0, anew);
    error
}

/// What to do instead of losing what a later migration of the folder makes anew, empty.
pub fn written_anew(consents: &[Consent], folder: &Path) -> Option<String> {
    let anew = &consents.iter().find(|consent| !consent.anew.is_empty())?.anew;
    let files = anew.iter().map(|file| path_word(&folder.join(file))).collect::<Vec<_>>().join(" ");
    let keeps = "(where no database has applied them: the schema files have it still, so nothing is lost)";
    Some(format!("rm {files} && pbr migrate hash && pbr migrate diff    {keeps}"))
}

impl From<MigrateError> for Box<CliError> {
    fn from(error: MigrateError) -> Self {
        let base = CliError::new(error.code(), error.exit(), error.to_string());
        Box::new(match error {
            MigrateError::Schema(errors) => return CliError::invalid("schema", errors),
            MigrateError::Open(questions) => {
                let mut base =
                    base.why("a field or collection disappeared and a similar one appeared: renamed, or dropped?");
                let mut open = Vec::new();
                for question in &questions {
                    let mut answers: Vec<String> = question
                        .candidates
                        .iter()
                        .map(|old| format!("pbr migrate diff --rename {old}={}", question.new))
                        .collect();
                    answers.push(format!("pbr migrate diff --drop {}", question.candidates.join(" --drop ")));
                    open.push(json!({ "new": question.new, "candidates": question.candidates, "flags": answers
                        .iter().map(|answer| answer.trim_start_matches("pbr migrate diff ")).collect::<Vec<_>>() }));
                    for answer in answers {
                        if !base.next.contains(&answer) {
                            base.next.push(answer);
                        }
                    }
                }
                base.meta("open", open)
            }
            MigrateError::DataLoss(consents) => {
                let mut base = base;
                let mut lost = Vec::new();
                for consent in &consents {
                    for (code, subject, rows) in &consent.losses {
                        let rows_word = if *rows == 1 { "row" } else { "rows" };
                        lost.push(format!("{}: {subject} ({code}), {rows} {rows_word}", consent.file));
                    }
                    base.next.push(format!("pbr migrate up --confirm {}", consent.token));
                }
                let tokens: Vec<&str> = consents.iter().map(|consent| consent.token.as_str()).collect();
                let flags: Vec<String> = tokens.iter().map(|token| format!("--confirm {token}")).collect();
                base.why(lost.join("\n")).meta("token", tokens.join(",")).meta("flags", flags).meta("losses", lost)
            }
            MigrateError::NoHistory { next, .. } => {
                base.why("they were made in the dashboard or by PocketBase, or its history was lost").next(next)
            }
            MigrateError::Drift { differences, at, .. } => {
                let base = base.why(differences.join("\n")).meta("drift", differences);
                match at {
                    DriftAt::Baseline => base.next("pbr migrate baseline VERSION --allow-drift && pbr migrate drift"),
                    DriftAt::Up => base
                        .next("pbr migrate drift --fix && pbr migrate up    (takes it back)")
                        .next("pbr migrate up --allow-drift && pbr migrate pull    (keeps it)"),
                    DriftAt::UpOver => {
                        base.next("pbr migrate drift --fix && pbr migrate up    (takes it back)").next(KEEP_DRIFT)
                    }
                }
            }
            MigrateError::Unlisted { .. } => base
                .why("nobody dropped it through pbr or PocketBase, and its rows cannot be reached like this")
                .next("pbr migrate drift --fix && pbr migrate up    (lists it again)"),
            MigrateError::OutOfOrder { .. } => base
                .why("another branch's migration was written later and applied to this database first")
                .next("pbr migrate rebase    (puts this branch's files behind those of the other)")
                .next("pbr migrate status"),
            MigrateError::AppliedHere { ref files, .. } => {
                let reverted = reverted(files.iter().filter_map(|file| version_of(file)));
                base.why("a rebase gives them other versions, and the database would not know them again")
                    .next(format!("{reverted} && pbr migrate rebase"))
                    .next("pbr migrate drift --fix && pbr migrate up    (afterwards: what they did here is taken back, and done again)")
                    .next("pbr --dir ANOTHER_DIR migrate rebase    (gives this database up)")
            }
            MigrateError::EmptyDatabase { .. } => base.next("pbr migrate"),
            MigrateError::NoRoom { moves, .. } => {
                let moves = moves.iter().map(|(from, to)| format!("mv {} {}", file_word(from), file_word(to)));
                moves.fold(base, CliError::next).next("pbr migrate hash && pbr migrate drift --fix")
            }
            MigrateError::NoDown { .. } => base.next("pbr migrate diff NAME --down"),
            MigrateError::Conflict(paths) => base
                .why("settle it in the YAML files; where they have one of the two values, that one is taken")
                .next("git diff")
                .next("pbr migrate rebase")
                .meta("conflicts", paths),
            MigrateError::UnsavedChanges(changes) => base
                .why("what the database has cannot be told from what the files want")
                .next("pbr migrate diff")
                .meta("changes", changes),
            MigrateError::Twins { .. } => {
                base.why("two branches wrote a migration in the same second").next("pbr migrate rebase")
            }
            MigrateError::Sum { fault: SumFault::Conflict, .. } => base.next("pbr migrate rebase"),
            MigrateError::Sum {
                fault: ref fault @ (SumFault::Edited(ref file) | SumFault::Deleted(ref file)), ..
            } => {
                let (state, when) = match fault {
                    SumFault::Deleted(_) => ("reverted && pbr migrate hash", "and it was taken back there"),
                    _ => ("edited", "and it does the same as before"),
                };
                let repair = version_of(file)
                    .map(|version| format!("pbr migrate repair {version} --as {state}    (where one has, {when})"));
                let base = restore(file).into_iter().fold(base, CliError::next);
                let base = base.next("pbr migrate hash    (where no database has applied it)");
                repair.into_iter().fold(base, CliError::next)
            }
            MigrateError::Sum { fault: SumFault::Other, .. } => base
                .next("git status")
                .next(format!("git restore {}", path_word(migrations())))
                .next("pbr migrate hash"),
            MigrateError::Missing { ref migrations } => missing(base, migrations),
            MigrateError::Divergent { ref file } => {
                let same = version_of(file).map(|version| {
                    format!("pbr migrate repair {version} --as edited    (where it does the same as before)")
                });
                let base = base.why("the database keeps a checksum of what it applied");
                let base = restore(file)
                    .into_iter()
                    .fold(base, CliError::next)
                    .next("pbr migrate new NAME    (for what the file should do beside that)");
                same.into_iter().fold(base, CliError::next)
            }
            MigrateError::Chain { .. } => base
                .why("two branches changed the schema; the later one must be made again on top")
                .next("pbr migrate rebase"),
            MigrateError::Failed { ref file, ref reason } | MigrateError::Replay { ref file, ref reason } => {
                let path = migrations().join(file).display().to_string();
                let mut base = base;
                base.where_ = line_of(reason).map(|line| (path, line, 1));
                let then = match base.code {
                    _ if file.ends_with(".down.sql") => "pbr migrate down",
                    code::REPLAY_FAILED => "pbr migrate hash && pbr migrate check",
                    _ => "pbr migrate hash && pbr migrate up",
                };
                base.next(format!("$EDITOR {}, then {then}", file_word(file)))
            }
            MigrateError::OtherDrift { .. } => base.next("pbr migrate drift"),
            MigrateError::NoDatabase { .. } => base.next("pbr migrate"),
            MigrateError::Db(ref error) if error.is_busy() => base
                .why("another process was writing to the database all the time; nothing was changed")
                .next("pbr migrate up --lock-timeout 5m"),
            MigrateError::Locked { .. } => base.next("pbr migrate up --lock-timeout 5m"),
            MigrateError::UnknownVersion(_) | MigrateError::Behind { .. } => base.next("pbr migrate status"),
            _ => base,
        })
    }
}

/// An applied migration without its file. What brings it back depends on who has it: git on this branch or on another,
/// or nobody, where a draft was thrown away that was never committed.
fn missing(base: CliError, migrations: &[String]) -> CliError {
    let file = format!("{}.sql", migrations.first().map_or("", String::as_str));
    let base = match git::find(&file) {
        Some(Found::Here(path)) => base.why("its file was deleted").next(format!("git restore {path}")),
        Some(Found::Branch(branch)) => base
            .why(format!("the branch {branch} has its file"))
            .next(format!("git switch {branch}"))
            .next("pbr dev --dir ANOTHER_DIR    (gives this branch a database of its own)"),
        Some(Found::Commit(commit)) => base
            .why(format!("no branch has its file, but the commit {commit} has it"))
            .next(format!("git show {commit}")),
        Some(Found::Nowhere) => base.why("git does not know its file: it was thrown away before it was committed"),
        None => base.why("its file was deleted; there is no git to ask for it"),
    };
    let reverted = reverted(migrations.iter().filter_map(|name| version_of(name)));
    base.next(format!(
        "{reverted} && pbr migrate hash && pbr migrate drift --fix && pbr migrate up    (takes back what it did here)"
    ))
}

/// How a migration gets the text back that it was committed with; `None` where it was never committed.
fn restore(file: &str) -> Option<String> {
    match git::find(file) {
        Some(Found::Here(path)) => Some(format!("git restore {path}")),
        Some(_) => None,
        None => Some(format!("git restore {}", file_word(file))),
    }
}

/// The commands that take versions out of the history.
fn reverted<'a>(versions: impl Iterator<Item = &'a str>) -> String {
    let commands: Vec<String> = versions.map(|version| format!("pbr migrate repair {version} --as reverted")).collect();
    commands.join(" && ")
}

/// `20261122061500` of `V20261122061500__add_posts.sql`.
fn version_of(file: &str) -> Option<&str> {
    file.strip_prefix('V')?.split_once("__").map(|(version, _)| version)
}

/// `12` of `line 12: …`.
fn line_of(reason: &str) -> Option<usize> {
    reason.strip_prefix("line ")?.split_once(':')?.0.parse().ok()
}

/// Schema files or seeds that cannot be read.
pub fn files(what: &str, error: FilesError) -> Box<CliError> {
    match error {
        FilesError::Folder { dir, error } => io(&dir, &error),
        FilesError::Files(errors) => CliError::invalid(what, errors),
    }
}

/// A database that failed: exit 8 where another process held it for too long.
pub fn database(what: &str, error: &DbError) -> Box<CliError> {
    if error.is_busy() {
        let error = CliError::new(code::IN_USE, 8, format!("{what}: another process is writing to the database"));
        return Box::new(error.why("it did not end in time; nothing was changed").next("try again"));
    }
    Box::new(CliError::new(code::DATA_DIR, 1, format!("{what}: {error}")))
}

/// A file that cannot be read or written.
pub fn io(path: &Path, error: &std::io::Error) -> Box<CliError> {
    let refused = CliError::new(code::IO, 1, format!("{}: {error}", path.display()));
    if error.kind() != std::io::ErrorKind::NotFound {
        return Box::new(refused);
    }
    let folder = existing_folder(path);
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Where the folder is missing too, the names are those of another one.
    let similar = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| path.with_file_name(name).exists());
    let refused = match did_you_mean(&name, similar) {
        Some(similar) => refused.why(format!("did you mean `{}`?", path.with_file_name(similar).display())),
        None => refused,
    };
    Box::new(refused.next(format!("ls {}", path_word(folder))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::diff::Question;

    fn shown(error: MigrateError) -> String {
        let error: Box<CliError> = error.into();
        format!("exit {}\n{}\n{}", error.exit, error.render(false), error.to_json())
    }

    #[test]
    fn errors_say_what_why_and_what_next() {
        let question =
            Question { new: "posts.headline".into(), candidates: vec!["posts.title".into(), "posts.body".into()] };
        insta::assert_snapshot!("open_questions", shown(MigrateError::Open(vec![question])));
        let consent = Consent {
            file: "V7__drop.sql".into(),
            token: "V7-0123abcd".into(),
            anew: Vec::new(),
            losses: vec![("DS102".into(), "posts.subtitle".into(), 1), ("DS101".into(), "tags".into(), 12)],
        };
        insta::assert_snapshot!("data_loss", shown(MigrateError::DataLoss(vec![consent.clone()])));
        let anew = vec!["V7__drop.sql".into(), "V8__create.sql".into()];
        let losing = MigrateError::DataLoss(vec![consent.clone(), Consent { anew, ..consent }]);
        let next = not_applied(losing, Path::new("app one/sql")).next;
        assert!(next[0].starts_with("rm 'app one/sql/V7__drop.sql' 'app one/sql/V8__create.sql' && pbr migrate hash"));
        assert!(next[1].starts_with("pbr migrate up --confirm "));
        let chain = MigrateError::Chain { file: "V8__b.sql".into(), previous: "V7__a.sql".into() };
        insta::assert_snapshot!("chain", shown(chain));
        let history = MigrateError::NoHistory {
            database: "pb_data/data.db".into(),
            collections: vec!["posts".into()],
            next: "pbr migrate pull".into(),
        };
        insta::assert_snapshot!("no_history", shown(history));
    }
}

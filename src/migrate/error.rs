//! What can go wrong between a schema and a database.

use crate::db::DbError;
use crate::diagnostic::{Diagnostic, code};
use crate::schema::diff::Question;
use crate::text_file::Unreadable;
use std::path::PathBuf;

/// A pending migration that destroys values of this database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    pub file: String,
    /// What `--confirm` must say.
    pub token: String,
    /// Code, subject and number of rows.
    pub losses: Vec<(String, String, i64)>,
    /// The files to write anew so that nothing is lost, where a later one brings back what this one drops.
    pub anew: Vec<String>,
}

/// What was stopped by drift, which decides what can be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DriftAt {
    /// Pending files were to be applied, and leave alone what has drifted.
    Up,
    /// They write a collection that has drifted.
    UpOver,
    /// A history was to be begun.
    Baseline,
}

/// What `pbr.sum` tells of the folder, which decides what can be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SumFault {
    /// It has the marks of a merge in which two branches added migrations.
    Conflict,
    /// This file was edited.
    Edited(String),
    /// This file is gone.
    Deleted(String),
    Other,
}

#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error("{}: {error}", path.display())]
    Io { path: PathBuf, error: std::io::Error },
    #[error("{}", match .0.as_slice() { [one] => one.message.clone(), all => format!("the schema has {} errors", all.len()) })]
    Schema(Vec<Diagnostic>),
    #[error("a decision is missing for {}", .0.iter().map(|question| question.new.as_str()).collect::<Vec<_>>().join(", "))]
    Open(Vec<Question>),
    #[error("{0}")]
    Decision(String),
    #[error("the migration file {file} cannot be used: {reason}")]
    BadName { file: String, reason: String },
    #[error("the migration file {file} cannot be used: {other} has the same version")]
    Twins { file: String, other: String },
    #[error("the migrations are not what they were: {reason}")]
    Sum { reason: String, fault: SumFault },
    #[error("{file} is not the file that was applied")]
    Divergent { file: String },
    #[error("the database applied {}, which {} not in the folder", migrations.join(", "), if migrations.len() == 1 { "is" } else { "are" })]
    Missing { migrations: Vec<String> },
    #[error("{file} is older than the newest applied migration V{current}")]
    OutOfOrder { file: String, current: i64 },
    #[error("{file} does not continue {previous}")]
    Chain { file: String, previous: String },
    #[error("{file} fails on an empty database: {reason}")]
    Replay { file: String, reason: String },
    #[error("{file} failed and was rolled back: {reason}")]
    Failed { file: String, reason: String },
    #[error(
        "{file} failed and was rolled back: this database has drifted in another way than the one it was written for"
    )]
    OtherDrift { file: String },
    /// The schema is fine by its own rules, but SQLite refuses it: an index expression, a view.
    #[error("SQLite refuses the schema: {reason}")]
    Unplannable { reason: String },
    #[error("there is no database {}", database.display())]
    NoDatabase { database: PathBuf },
    #[error("another process is migrating {}", database.display())]
    Locked { database: PathBuf },
    #[error("{} has collections but no migration history: {}", database.display(), collections.join(", "))]
    NoHistory {
        database: PathBuf,
        collections: Vec<String>,
        /// The command that gives it one.
        next: String,
    },
    #[error("no migration has the version {0}")]
    UnknownVersion(i64),
    #[error("version {to} is already behind: the database is at {current}")]
    Behind { to: i64, current: i64 },
    #[error("applying would lose data")]
    DataLoss(Vec<Consent>),
    /// The database is not what the applied migrations lead to.
    #[error("{} is not what its migrations lead to", database.display())]
    Drift { database: PathBuf, differences: Vec<String>, at: DriftAt },
    /// Rows of `_collections` are gone, but not what they describe, so nobody dropped it.
    #[error("the row of {} in _collections is missing, though the table is there", collections.join(", "))]
    Unlisted { collections: Vec<String> },
    #[error("{} has no collections: no migration was applied to it, and PocketBase did not make it", database.display())]
    EmptyDatabase { database: PathBuf },
    /// A repair has to run before pending files, and the versions leave no room for it.
    #[error("there is no version between V{after} and the pending migrations, before which the repair has to run")]
    NoRoom { after: i64, moves: Vec<(String, String)> },
    #[error("{file} has no file that leads back")]
    NoDown { file: String, backup: Option<PathBuf> },
    /// A file that would get another version is part of the history of a database.
    #[error("{} {} applied to {}", files.join(", "), if files.len() == 1 { "is" } else { "are" }, database.display())]
    AppliedHere { files: Vec<String>, database: PathBuf },
    /// Two branches changed the same thing to different ends.
    #[error("both branches changed {}", .0.join(", "))]
    Conflict(Vec<String>),
    /// The schema files, the migrations and the database must agree first.
    #[error("the schema files have changes of their own: {}", .0.join("; "))]
    UnsavedChanges(Vec<String>),
    #[error("the schema read back from YAML is another: {}", .0.join("; "))]
    RoundTrip(Vec<String>),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<rusqlite::Error> for MigrateError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Db(DbError::Sqlite(error))
    }
}

impl From<Unreadable> for MigrateError {
    fn from(error: Unreadable) -> Self {
        Self::Schema(vec![error.diagnostic(code::UNREADABLE)])
    }
}

impl MigrateError {
    /// A file that failed; where another process kept the database, the file is not to blame.
    pub(super) fn of_file(file: &str, error: rusqlite::Error) -> Self {
        let database = DbError::Sqlite(error);
        match database {
            DbError::Sqlite(error) if !database.is_busy() => {
                Self::Failed { file: file.to_owned(), reason: super::runner::reason(&error) }
            }
            busy => Self::Db(busy),
        }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => code::IO,
            Self::Schema(errors) => errors.first().map_or(code::INTERNAL, |error| error.code),
            Self::Open(_) => code::DECISION_NEEDED,
            Self::Decision(_) => code::USAGE,
            Self::BadName { .. } | Self::Twins { .. } => code::BAD_FILE_NAME,
            Self::Sum { .. } => code::SUM_MISMATCH,
            Self::Divergent { .. } => code::DIVERGENT,
            Self::Missing { .. } => code::MISSING,
            Self::OutOfOrder { .. } => code::OUT_OF_ORDER,
            Self::Chain { .. } => code::CHAIN_BROKEN,
            Self::Replay { .. } => code::REPLAY_FAILED,
            Self::Failed { .. } | Self::OtherDrift { .. } => code::FAILED,
            Self::Unplannable { .. } => code::REFUSED_BY_SQLITE,
            Self::NoDatabase { .. } | Self::EmptyDatabase { .. } => code::NO_DATABASE,
            Self::Locked { .. } => code::LOCKED,
            Self::NoHistory { .. } => code::NO_HISTORY,
            Self::UnknownVersion(_) | Self::Behind { .. } => code::UNKNOWN_VERSION,
            Self::DataLoss(_) => code::DATA_LOSS,
            Self::Drift { .. } | Self::NoRoom { .. } | Self::Unlisted { .. } => code::DRIFT,
            Self::AppliedHere { .. } => code::USAGE,
            Self::NoDown { .. } => code::NO_DOWN,
            Self::Conflict(_) => code::CONFLICT,
            Self::UnsavedChanges(_) => code::PENDING_CHANGES,
            Self::RoundTrip(_) => code::INTERNAL,
            Self::Db(error) if error.is_busy() => code::IN_USE,
            Self::Db(_) => code::DATABASE,
        }
    }

    /// The process exit code of the table in the manual.
    pub fn exit(&self) -> u8 {
        match self {
            Self::Db(error) if error.is_busy() => 8,
            Self::Io { .. } | Self::Db(_) | Self::RoundTrip(_) => 1,
            Self::Decision(_)
            | Self::NoDatabase { .. }
            | Self::EmptyDatabase { .. }
            | Self::NoRoom { .. }
            | Self::UnknownVersion(_)
            | Self::Behind { .. }
            | Self::AppliedHere { .. }
            | Self::NoDown { .. } => 2,
            Self::UnsavedChanges(_) => 4,
            Self::Open(_) | Self::DataLoss(_) | Self::Conflict(_) => 5,
            Self::BadName { .. }
            | Self::Twins { .. }
            | Self::Sum { .. }
            | Self::Divergent { .. }
            | Self::Missing { .. }
            | Self::OutOfOrder { .. }
            | Self::Chain { .. }
            | Self::Replay { .. }
            | Self::Drift { .. }
            | Self::Unlisted { .. }
            | Self::NoHistory { .. } => 6,
            Self::Failed { .. } | Self::OtherDrift { .. } => 7,
            Self::Locked { .. } => 8,
            Self::Schema(_) | Self::Unplannable { .. } => 9,
        }
    }
}

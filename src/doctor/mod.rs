//! Named checks of a project and its data directory, each with a remedy.
//!
//! Reads everything and changes nothing. It does not know the command line or HTTP.

mod database;
mod javascript;
mod machine;
mod network;

pub use javascript::JavascriptPlaces;

use crate::migrate::{self, MigrateError, ProjectPaths, State};
use crate::project::{CONFIG_FILE, FilesError, Workspace, parse_schema};
use crate::settings::{self, Settings};
use std::path::{Path, PathBuf};

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Pass,
    /// Works, but somebody should know.
    Warn,
    Fail,
    /// There was nothing to look at.
    Skip,
}

impl Outcome {
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skip => "skip",
        }
    }
}

/// One line of the report.
#[derive(Clone, Debug)]
pub struct Check {
    /// Stable, for programs: `free-disk`.
    pub name: &'static str,
    pub outcome: Outcome,
    pub message: String,
    /// What to do, unless it passed.
    pub remedy: Option<String>,
}

impl Check {
    fn new(name: &'static str, outcome: Outcome, message: impl Into<String>) -> Self {
        Self { name, outcome, message: message.into(), remedy: None }
    }

    fn pass(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Outcome::Pass, message)
    }

    fn skip(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Outcome::Skip, message)
    }

    fn warn(name: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..Self::new(name, Outcome::Warn, message) }
    }

    fn fail(name: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..Self::new(name, Outcome::Fail, message) }
    }
}

/// What is examined.
pub struct Patient<'a> {
    pub project: Option<&'a Workspace>,
    /// What is wrong with `pbr.yaml`; then there is no project.
    pub config_error: Option<String>,
    pub data: PathBuf,
    /// The file that the project is looked for in.
    pub config_file: PathBuf,
    /// Every `host:port` that the server would listen on, or why it would not.
    pub addresses: Result<Vec<String>, String>,
    /// Where metrics are asked for, whether the server can tell who may see them.
    pub metrics: Option<Result<(), String>>,
    /// Opens the stored settings, where they are encrypted.
    pub encryption: crate::settings::Encryption,
    /// Also reach out to the mail server and the buckets.
    pub network: bool,
}

/// Runs every check.
pub fn examine(patient: &Patient<'_>) -> Vec<Check> {
    let mut checks = vec![config(patient), project(patient)];
    checks.extend(machine::checks(patient));
    checks.push(match &patient.metrics {
        None => Check::skip("metrics", "metrics are not asked for"),
        Some(Ok(())) => Check::pass("metrics", "it is settled who may see the metrics"),
        Some(Err(error)) => {
            Check::fail("metrics", error.clone(), "check server.metricsTokenFile, or set PBR_METRICS_TOKEN")
        }
    });
    let settings = database::checks(patient, &mut checks);
    checks.extend(migrations(patient));
    checks.push(javascript::check(patient));
    checks.extend(network::checks(patient, settings.as_ref()));
    checks
}

/// What keeps a server from taking the settings of the project, as far as that can be told without a database.
fn settings_error(project: &Workspace) -> Option<String> {
    let env = |name: &str| std::env::var(name).ok();
    settings::overlay(&Settings::default(), &project.config.settings, &env).err()
}

fn config(patient: &Patient<'_>) -> Check {
    const NAME: &str = "config";
    match (&patient.config_error, patient.project) {
        (Some(error), _) if !patient.config_file.exists() => {
            Check::fail(NAME, error.clone(), "give the right --config, or pbr init")
        }
        (Some(error), _) => {
            let file = patient.config_file.display();
            let option =
                if patient.config_file == Path::new(CONFIG_FILE) { String::new() } else { format!(" --config {file}") };
            Check::fail(NAME, error.clone(), format!("correct {file}; pbr{option} config list shows every error"))
        }
        (None, Some(project)) => match settings_error(project) {
            Some(error) => {
                Check::fail(NAME, format!("settings of pbr.yaml: {error}"), "correct pbr.yaml, or set the variable")
            }
            None => Check::pass(NAME, "pbr.yaml is valid"),
        },
        (None, None) => Check::skip(NAME, "no pbr.yaml here: a bare data directory"),
    }
}

fn project(patient: &Patient<'_>) -> Check {
    if patient.config_error.is_some() {
        return Check::skip("schema", "pbr.yaml cannot be read");
    }
    let Some(project) = patient.project else {
        return Check::skip("schema", "no pbr.yaml here: a bare data directory");
    };
    let files = match project.schema_files() {
        Ok(files) => files,
        Err(FilesError::Folder { dir, error }) => {
            let message = format!("{} cannot be read: {error}", dir.display());
            return Check::fail("schema", message, "check dirs.schema of pbr.yaml");
        }
        Err(error) => return Check::fail("schema", error.to_string(), "pbr schema validate"),
    };
    match parse_schema(&files) {
        Ok(schema) => Check::pass(
            "schema",
            match schema.files.len() {
                1 => "1 collection is valid".to_owned(),
                count => format!("{count} collections are valid"),
            },
        ),
        Err(errors) => {
            let count = errors.len();
            let noun = if count == 1 { "error" } else { "errors" };
            Check::fail("schema", format!("{count} {noun} in the schema files"), "pbr schema validate")
        }
    }
}

/// Integrity, pending migrations and drift.
fn migrations(patient: &Patient<'_>) -> Vec<Check> {
    const NAMES: [&str; 3] = ["migrations", "pending-migrations", "drift"];
    let Some(project) = patient.project else {
        return NAMES.map(|name| Check::skip(name, "no project")).to_vec();
    };
    let paths: ProjectPaths = project.paths(Some(&patient.data));
    let mut checks = vec![match migrate::check(&paths) {
        Ok(files) => Check::pass(
            "migrations",
            match files.len() {
                1 => "1 migration is intact".to_owned(),
                count => format!("{count} migrations are intact"),
            },
        ),
        Err(error) => Check::fail("migrations", error.to_string(), "pbr migrate check"),
    }];
    let reason = match paths.database() {
        file if !file.exists() => "there is no database yet",
        file if !database::is_database(&file) => "the database cannot be read",
        _ => "",
    };
    if !reason.is_empty() {
        checks.extend(NAMES[1..].iter().map(|name| Check::skip(name, reason)));
        return checks;
    }
    if let Err(error) = migrate::check_history(&paths)
        && let MigrateError::NoHistory { next, .. } = &error
    {
        checks.push(Check::skip(NAMES[1], "the database has no history"));
        checks.push(Check::warn(NAMES[2], error.to_string(), next));
        return checks;
    }
    checks.push(match migrate::status(&paths).and_then(|status| status.integrity().map(|()| status)) {
        Ok(status) if status.count(State::Pending) == 0 => {
            Check::pass("pending-migrations", "every migration is applied")
        }
        Ok(status) => {
            let pending = status.count(State::Pending);
            let message = match pending {
                1 => "1 migration is not applied".to_owned(),
                count => format!("{count} migrations are not applied"),
            };
            Check::warn("pending-migrations", message, "pbr migrate up")
        }
        Err(error) => Check::fail("pending-migrations", error.to_string(), "pbr migrate status"),
    });
    checks.push(match migrate::drift(&paths) {
        Ok(drift) if drift.is_empty() => Check::pass("drift", "the database is what its migrations lead to"),
        Ok(drift) => Check::warn("drift", drift.lines().join("; "), "pbr migrate drift"),
        Err(error) => Check::fail("drift", error.to_string(), "pbr migrate status"),
    });
    checks
}

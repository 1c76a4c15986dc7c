//! Opening the application of a command: the data directory with the settings that the project gives it.

use super::{CliError, CliResult, Context};
use crate::db::{DbError, Obstacle};
use crate::diagnostic::{code, did_you_mean};
use crate::passwords::Scheme;
use crate::project::{PasswordHash, SchemaEdits, Workspace};
use crate::schema::Collection;
use crate::settings::{Encryption, SettingsError};
use crate::{App, Builder, OpenError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How passwords are hashed unless a flag says otherwise.
pub fn password_scheme(project: Option<&Workspace>) -> Scheme {
    match password_hash(project) {
        PasswordHash::Bcrypt => Scheme::Bcrypt,
        PasswordHash::Argon2id => Scheme::Argon2id,
    }
}

/// argon2id in a project, bcrypt in a bare PocketBase directory, where PocketBase must be able to read it.
pub fn password_hash(project: Option<&Workspace>) -> PasswordHash {
    project.map_or(PasswordHash::Bcrypt, |project| project.config.password_hash.unwrap_or(PasswordHash::Argon2id))
}

/// In a project the schema comes from git, and a change made elsewhere would be lost at the next migration.
pub fn schema_edits(project: Option<&Workspace>) -> SchemaEdits {
    project.map_or(SchemaEdits::Allow, |project| project.config.schema_edits.unwrap_or(SchemaEdits::Deny))
}

/// An app over the data directory of the context, which must have a database.
///
/// # Errors
/// Exit 2 when there is none, 1 when it cannot be used.
pub fn open_existing(context: &Context) -> CliResult<App> {
    existing_dir(context)?;
    open_or_create(context)
}

fn existing_dir(context: &Context) -> CliResult<PathBuf> {
    let dir = context.data_dir()?;
    if !dir.join("data.db").exists() {
        return Err(context.no_database(&dir));
    }
    Ok(dir)
}

/// An app over the data directory of the context, made if it is missing.
///
/// # Errors
/// Exit 1 when it cannot be used.
pub fn open_or_create(context: &Context) -> CliResult<App> {
    let project = context.find_project()?;
    let dir = context.data_dir()?;
    open(context, App::builder(&dir).password_hash(password_scheme(project.as_ref())), &dir)
}

/// As [`open_existing`], for reads that may take as long as they need.
///
/// # Errors
/// As [`open_existing`].
pub fn open_patiently(context: &Context) -> CliResult<App> {
    const PATIENCE: Duration = Duration::from_secs(24 * 3600);
    let dir = existing_dir(context)?;
    let project = context.find_project()?;
    let builder = App::builder(&dir).password_hash(password_scheme(project.as_ref()));
    open(context, builder.query_timeout(PATIENCE), &dir)
}

/// A collection by id or name.
///
/// # Errors
/// Exit 2 when there is none, with the most similar name.
pub fn collection(app: &App, name: &str) -> CliResult<Arc<Collection>> {
    app.collection(name).ok_or_else(|| {
        let error = CliError::new(code::USAGE, 2, format!("there is no collection `{name}`"));
        let catalog = app.catalog();
        let error = match did_you_mean(name, catalog.iter().map(|collection| &collection.name)) {
            Some(similar) => error.why(format!("did you mean `{similar}`?")),
            None => error,
        };
        error.next("pbr data query \"SELECT name FROM _collections\"").into()
    })
}

/// # Errors
/// Exit 1 with what stands in the way, 8 where another process writes for too long.
pub fn open(context: &Context, builder: Builder, dir: &Path) -> CliResult<App> {
    let builder = builder.encryption(encryption(context).map_err(|error| cannot_open(dir, &error.into()))?);
    let started = Instant::now();
    let app = builder.open().map_err(|error| cannot_open(dir, &error))?;
    context.output().timing(&format!("opened {}", dir.display()), started.elapsed());
    Ok(app)
}

/// What --encryption-env asks for. As in PocketBase an unset variable is no key, but that is said.
///
/// # Errors
/// The value is no key.
pub fn encryption(context: &Context) -> Result<Encryption, SettingsError> {
    let Some(name) = &context.global.encryption_env else { return Ok(Encryption::none()) };
    let encryption = Encryption::new(name, std::env::var(name).ok().as_deref())?;
    if !encryption.is_on() && !context.global.quiet {
        let _ = writeln!(anstream::stderr(), "warning: {name} is not set, so the settings are not encrypted");
    }
    Ok(encryption)
}

fn cannot_open(dir: &Path, error: &OpenError) -> Box<CliError> {
    let obstacle = error.obstacle();
    if obstacle == Some(Obstacle::Busy) {
        let error = CliError::new(code::IN_USE, 8, format!("another process is writing to {}", dir.display()));
        return Box::new(error.why("it did not end in time; nothing was changed").next("try again"));
    }
    let hint = match (error, obstacle) {
        (OpenError::Settings(SettingsError::MissingKey(_)), _) => {
            "the settings are encrypted: name the variable with the key, --encryption-env NAME"
        }
        (OpenError::Db(DbError::Open { file, .. }), Some(Obstacle::NoDatabase)) if file.ends_with("auxiliary.db") => {
            &format!("move {}* aside: it holds the log only, and the next start makes a new one", file.display())
        }
        (_, Some(Obstacle::NoDatabase)) => "data.db is no SQLite database, or is damaged: restore a backup",
        (_, Some(Obstacle::Access)) => "check that this user may read and write the directory and every file in it",
        (_, Some(Obstacle::Space)) => "free some space on the disk",
        _ => "",
    };
    let base = CliError::new(code::DATA_DIR, 1, format!("cannot open the data directory {}", dir.display()));
    let base = base.why(error.to_string());
    Box::new(if hint.is_empty() { base } else { base.next(hint) })
}

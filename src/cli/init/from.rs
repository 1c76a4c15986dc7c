//! `pbr init --from`: a project out of a PocketBase app.

use super::super::context::closed_directory;
use super::super::error::io;
use super::super::progress::{Meter, Unit};
use super::super::schema::read_export;
use super::super::{CliError, CliResult, Context};
use crate::db::{Access, Database, Options, open};
use crate::diagnostic::code;
use crate::doctor::JavascriptPlaces;
use crate::migrate::{self, Exported, ProjectPaths, PullOptions, copy_database};
use crate::project::{Workspace, beside, parse_schema};
use crate::settings::{self, Encryption};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the project is made of.
pub enum Source {
    /// A data directory of PocketBase or pbr.
    Data(PathBuf),
    /// `pb_schema.json`.
    Collections(Vec<Exported>),
}

/// What came of taking over.
#[derive(Default)]
pub struct Taken {
    /// Files, and folders that were copied as a whole.
    pub written: Vec<PathBuf>,
    /// What somebody should know or see to.
    pub warnings: Vec<String>,
}

impl Source {
    /// Looks at it before anything is written.
    ///
    /// # Errors
    /// Exit 2 for a directory without a database, exit 9 for a file that is no export.
    pub fn open(path: &Path) -> CliResult<Self> {
        if !path.is_dir() {
            return Ok(Self::Collections(read_export(path)?));
        }
        match path.join("data.db").try_exists() {
            Ok(true) => return Ok(Self::Data(path.to_owned())),
            Ok(false) => {}
            Err(error) => return Err(closed_directory(path, &error)),
        }
        let message = format!("{} has no data.db, so it is no data directory", path.display());
        let inner = path.join("pb_data");
        let error = CliError::new(code::NO_DATABASE, 2, message);
        Err(if inner.join("data.db").exists() {
            error.next(format!("pbr init --from {}", inner.display())).into()
        } else {
            error.into()
        })
    }

    /// Refuses to fill a data directory that has data already, unless that is where it comes from.
    ///
    /// # Errors
    /// Exit 2.
    pub fn check_target(&self, data: &Path) -> CliResult {
        let Self::Data(from) = self else { return Ok(()) };
        let taken = ["data.db", "auxiliary.db", "storage"].map(|name| data.join(name));
        match taken.iter().find(|path| path.exists()) {
            Some(taken) if !is_same_folder(from, data) => {
                let message = format!("{} is in the way", taken.display());
                let error = CliError::new(code::USAGE, 2, message).why("init overwrites nothing");
                Err(error.next(format!("pbr init ANOTHER_DIR --from {}", from.display())).into())
            }
            _ => Ok(()),
        }
    }

    pub fn has_data(&self) -> bool {
        matches!(self, Self::Data(_))
    }

    /// Fills the new project: schema files, and for a data directory its data and a migration that counts as applied.
    ///
    /// # Errors
    /// Files that cannot be copied, or a schema that YAML cannot tell.
    pub fn take_over(&self, context: &Context, project: &Workspace, paths: &ProjectPaths) -> CliResult<Taken> {
        let mut warnings = Vec::new();
        let parse: migrate::Parse<'_> = &|files| parse_schema(files);
        let empty = Default::default();
        let (mut written, secrets) = match self {
            Self::Collections(collections) => {
                let report = migrate::import(paths, &empty, parse, collections.clone(), false)?;
                (report.written, report.secrets)
            }
            Self::Data(dir) => {
                if copy_directory(context, dir, &paths.data, &mut warnings)? {
                    migrate::forget_history(&paths.database())?;
                }
                // Brings a directory of an older version to the present one.
                let opened = Database::open(&paths.data, Options::default());
                drop(opened.map_err(|error| CliError::new(code::DATA_DIR, 1, error.to_string()))?);
                let options = PullOptions { lock_timeout: Duration::from_secs(30), ..PullOptions::default() };
                let pulled = migrate::pull(paths, &empty, parse, &options).map_err(|error| {
                    let mut error: Box<CliError> = error.into();
                    for wrong in &mut error.diagnostics {
                        // This one has no history yet, and no server changes it like this.
                        wrong.next =
                            Some(format!("pbr init --from {}    (in an empty folder, after that)", dir.display()));
                    }
                    error
                })?;
                match pulled {
                    None => (Vec::new(), Vec::new()),
                    Some(report) => {
                        let mut written = report.written;
                        if let Some(file) = &report.migration {
                            let names = [file.file_name.as_str(), migrate::SUM_FILE];
                            written.extend(names.map(|name| paths.migrations.join(name)));
                        }
                        (written, report.secrets)
                    }
                }
            }
        };
        warnings.extend(
            secrets.iter().map(|name| format!("set {name} where migrations are applied: the schema names no secrets")),
        );
        if let Self::Data(dir) = self {
            let public = project.path(&project.config.dirs.public);
            if copy_public(context, &beside(dir, "pb_public"), &public, &mut warnings)? {
                written.push(public);
            }
            warnings.extend(javascript(dir));
            warnings.extend(backups(dir, &paths.data));
            warnings.extend(encryption(context, &paths.data));
        }
        if written.is_empty() {
            // Git keeps no empty folders.
            let folder = project.path(&project.config.dirs.schema);
            std::fs::create_dir_all(&folder).map_err(|error| io(&folder, &error))?;
        }
        written.sort();
        Ok(Taken { written, warnings })
    }
}

/// Business rules in JavaScript do not come along.
fn javascript(dir: &Path) -> Vec<String> {
    let told = |found| {
        format!(
            "{found}, which pbr does not run: what is written there does not come along; pbr explain {}",
            code::JAVASCRIPT
        )
    };
    JavascriptPlaces::of(None, dir).found(dir).into_iter().map(told).collect()
}

/// Copies the static files that were served beside the API to where the project serves them from; `false` where there
/// are none, or others.
fn copy_public(context: &Context, from: &Path, to: &Path, warnings: &mut Vec<String>) -> CliResult<bool> {
    if !from.is_dir() || is_same_folder(from, to) {
        return Ok(false);
    }
    if to.symlink_metadata().is_ok() {
        warnings.push(format!("{} stays as it is: the files of {} were not copied", to.display(), from.display()));
        return Ok(false);
    }
    copy_files(context, from, to, warnings)?;
    Ok(true)
}

/// Backups are of the other directory, and may be large.
fn backups(from: &Path, to: &Path) -> Option<String> {
    let backups = from.join("backups");
    let some = std::fs::read_dir(&backups).is_ok_and(|mut entries| entries.next().is_some());
    (some && !is_same_folder(from, to))
        .then(|| format!("the backups stay where they are: {} was not copied", backups.display()))
}

/// The settings were copied as they are, and no server starts without their key.
fn encryption(context: &Context, data: &Path) -> Option<String> {
    let connection = open(&data.join("data.db"), Access::ReadOnly).ok()?;
    settings::load(&connection, &Encryption::none()).is_err().then(|| {
        let name = context.global.encryption_env.as_deref().unwrap_or("NAME");
        format!("the settings are encrypted: start with --encryption-env {name}, the variable with their key")
    })
}

fn is_same_folder(a: &Path, b: &Path) -> bool {
    a.canonicalize().is_ok_and(|a| b.canonicalize().is_ok_and(|b| a == b))
}

/// Copies databases and files; `false` where the directory is in its place already.
fn copy_directory(context: &Context, from: &Path, to: &Path, warnings: &mut Vec<String>) -> CliResult<bool> {
    if is_same_folder(from, to) {
        return Ok(false);
    }
    std::fs::create_dir_all(to).map_err(|error| io(to, &error))?;
    for name in ["data.db", "auxiliary.db"] {
        let (from, to) = (from.join(name), to.join(name));
        if from.exists() {
            let source = open(&from, Access::ReadOnly)
                .map_err(|error| CliError::new(code::DATA_DIR, 1, format!("{}: {error}", from.display())))?;
            copy_database(&source, &to)?;
        }
    }
    let storage = from.join("storage");
    if storage.exists() {
        copy_files(context, &storage, &to.join("storage"), warnings)?;
    }
    Ok(true)
}

/// Copies a folder; a link in it is left out, which is told of.
fn copy_files(context: &Context, from: &Path, to: &Path, warnings: &mut Vec<String>) -> CliResult {
    let Below { files, links } = below(from)?;
    warnings.extend(links.iter().map(|link| format!("{} is a link, and was not copied", link.display())));
    std::fs::create_dir_all(to).map_err(|error| io(to, &error))?;
    let bytes = files.iter().map(|(_, size)| size).sum();
    let mut meter = Meter::new(context, Unit::Bytes);
    let mut done = 0;
    for (file, size) in files {
        let target = to.join(file.strip_prefix(from).unwrap_or(&file));
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder).map_err(|error| io(folder, &error))?;
        }
        std::fs::copy(&file, &target).map_err(|error| io(&file, &error))?;
        done += size;
        meter.show("copying files", done, Some(bytes));
    }
    meter.finish();
    Ok(())
}

/// What is in a folder and those below it.
#[derive(Default)]
struct Below {
    /// With their sizes in bytes.
    files: Vec<(PathBuf, u64)>,
    links: Vec<PathBuf>,
}

fn below(dir: &Path) -> CliResult<Below> {
    let mut below = Below::default();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|error| io(&folder, &error))? {
            let entry = entry.map_err(|error| io(&folder, &error))?;
            let kind = entry.file_type().map_err(|error| io(&entry.path(), &error))?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_symlink() {
                below.links.push(entry.path());
            } else if kind.is_file() {
                let size = entry.metadata().map_err(|error| io(&entry.path(), &error))?.len();
                below.files.push((entry.path(), size));
            }
        }
    }
    Ok(below)
}

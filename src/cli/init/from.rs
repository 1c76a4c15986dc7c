//! `pbr init --from`: a project out of a PocketBase app.

use super::super::context::closed_directory;
use super::super::error::io;
use super::super::progress::{Meter, Unit};
use super::super::schema::read_export;
use super::super::{CliError, CliResult, Context};
use crate::db::{Access, Database, Options, open};
use crate::diagnostic::code;
use crate::migrate::{self, Exported, ProjectPaths, PullOptions, copy_database};
use crate::project::{Workspace, parse_schema};
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
    /// Returns what was written.
    ///
    /// # Errors
    /// Files that cannot be copied, or a schema that YAML cannot tell.
    pub fn take_over(&self, context: &Context, project: &Workspace, paths: &ProjectPaths) -> CliResult<Vec<PathBuf>> {
        let parse: migrate::Parse<'_> = &|files| parse_schema(files);
        let empty = Default::default();
        let (mut written, secrets) = match self {
            Self::Collections(collections) => {
                let report = migrate::import(paths, &empty, parse, collections.clone(), false)?;
                (report.written, report.secrets)
            }
            Self::Data(dir) => {
                if copy_directory(context, dir, &paths.data)? {
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
        for name in secrets {
            context.output().note(&format!("set {name} where migrations are applied: the schema names no secrets"));
        }
        if let Self::Data(dir) = self {
            note_javascript(context, dir);
            note_encryption(context, &paths.data);
        }
        if written.is_empty() {
            // Git keeps no empty folders.
            let folder = project.path(&project.config.dirs.schema);
            std::fs::create_dir_all(&folder).map_err(|error| io(&folder, &error))?;
        }
        written.sort();
        Ok(written)
    }
}

/// Business rules in JavaScript do not come along.
fn note_javascript(context: &Context, dir: &Path) {
    let beside = std::path::absolute(dir).ok().and_then(|dir| dir.parent().map(Path::to_owned)).unwrap_or_default();
    if beside.join("pb_hooks").exists() {
        context.output().note("warning: the app has pb_hooks, which pbr does not run; see pbr explain PBR-SERVE-0002");
    }
}

/// The settings were copied as they are, and no server starts without their key.
fn note_encryption(context: &Context, data: &Path) {
    let Ok(connection) = open(&data.join("data.db"), Access::ReadOnly) else { return };
    if settings::load(&connection, &Encryption::none()).is_err() {
        let name = context.global.encryption_env.as_deref().unwrap_or("NAME");
        let text =
            format!("the settings are encrypted: start with --encryption-env {name}, the variable with their key");
        context.output().note(&text);
    }
}

fn is_same_folder(a: &Path, b: &Path) -> bool {
    a.canonicalize().is_ok_and(|a| b.canonicalize().is_ok_and(|b| a == b))
}

/// Copies databases and files; `false` where the directory is in its place already.
fn copy_directory(context: &Context, from: &Path, to: &Path) -> CliResult<bool> {
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
    if !storage.exists() {
        return Ok(true);
    }
    let files = files_below(&storage)?;
    let bytes = files.iter().map(|(_, size)| size).sum();
    let mut meter = Meter::new(context, Unit::Bytes);
    let mut done = 0;
    for (file, size) in files {
        let target = to.join("storage").join(file.strip_prefix(&storage).unwrap_or(&file));
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder).map_err(|error| io(folder, &error))?;
        }
        std::fs::copy(&file, &target).map_err(|error| io(&file, &error))?;
        done += size;
        meter.show("copying files", done, Some(bytes));
    }
    meter.finish();
    Ok(true)
}

/// All files with their sizes in bytes.
fn files_below(dir: &Path) -> CliResult<Vec<(PathBuf, u64)>> {
    let mut files = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|error| io(&folder, &error))? {
            let entry = entry.map_err(|error| io(&folder, &error))?;
            let kind = entry.file_type().map_err(|error| io(&entry.path(), &error))?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                let size = entry.metadata().map_err(|error| io(&entry.path(), &error))?.len();
                files.push((entry.path(), size));
            }
        }
    }
    Ok(files)
}

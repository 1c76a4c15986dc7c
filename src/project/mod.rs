//! A project on disk: its `pbr.yaml`, its directories and its schema files.
//!
//! Reads files; does not know the database, HTTP or the command line.

mod config;
mod env;
pub mod git;
pub mod server;
mod user;

pub use config::{Config, Dirs, Environment, PasswordHash, SchemaEdits, SdkTarget, TrustedProxy};
pub use env::ENV_KEYS;
pub use server::Server;
pub use user::{Colour, USER_KEYS, UserConfig};

use crate::diagnostic::{Diagnostic, code};
use crate::migrate::ProjectPaths;
use crate::schema::yaml::{Project as Schema, parse_project};
use crate::schema::{Catalog, Collection};
use crate::text_file;
use std::path::{Path, PathBuf};

/// The name of the project file.
pub const CONFIG_FILE: &str = "pbr.yaml";

/// What PocketBase keeps beside a data directory: `pb_hooks`, `pb_public`.
pub fn beside(data: &Path, name: &str) -> PathBuf {
    match (data.file_name(), data.parent()) {
        (Some(_), Some(parent)) => parent.join(name),
        // `.` and `..`, whose last part names no folder.
        _ => data.join("..").join(name),
    }
}

/// A project: the folder of a `pbr.yaml`, and what the file says.
#[derive(Clone, Debug)]
pub struct Workspace {
    pub root: PathBuf,
    pub config: Config,
}

impl Workspace {
    /// The project of the current directory, or the one that `config` names (a file, or the folder of one). `None`
    /// when there is no project; environment variables go over the file.
    ///
    /// # Errors
    /// A named file that does not exist, or invalid keys and values.
    pub fn find(config: Option<&Path>, env: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>, Vec<Diagnostic>> {
        let path = match config {
            Some(path) if path.is_dir() => path.join(CONFIG_FILE),
            Some(path) => path.to_owned(),
            // A link that leads nowhere is a project that cannot be read, not none.
            None if Path::new(CONFIG_FILE).symlink_metadata().is_ok() => PathBuf::from(CONFIG_FILE),
            None => return Ok(None),
        };
        let shown = path.display().to_string();
        let text = text_file::read(&path).map_err(|error| vec![error.diagnostic(code::CONFIG_UNREADABLE)])?;
        let mut config = Config::parse(&shown, &text)?;
        env::overlay(&mut config, env).map_err(|error| vec![*error])?;
        let root = path.parent().map(Path::to_owned).unwrap_or_default();
        Ok(Some(Self { root, config }))
    }

    /// A directory of the configuration, relative to the project.
    pub fn path(&self, dir: &Path) -> PathBuf {
        self.root.join(dir)
    }

    /// Where migrations work; `data` overrides the configured data directory.
    pub fn paths(&self, data: Option<&Path>) -> ProjectPaths {
        let dirs = &self.config.dirs;
        ProjectPaths {
            schema: self.path(&dirs.schema),
            migrations: self.path(&dirs.migrations),
            data: data.map_or_else(|| self.path(&dirs.data), Path::to_owned),
            database: None,
        }
    }

    /// The schema files as (path, text), sorted by name.
    ///
    /// # Errors
    /// The directory or a file cannot be read.
    pub fn schema_files(&self) -> Result<Vec<(String, String)>, FilesError> {
        read_schema_files(&self.path(&self.config.dirs.schema))
    }

    /// YAML files in folders below that of the schema, sorted: they look like schema files and are not read.
    pub fn unread_schema_files(&self) -> Vec<PathBuf> {
        let files = |dir: &Path| -> Vec<PathBuf> {
            let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
            entries.map(|entry| entry.path()).collect()
        };
        let folders = files(&self.path(&self.config.dirs.schema)).into_iter().filter(|path| path.is_dir());
        let mut found: Vec<PathBuf> = folders.flat_map(|dir| files(&dir)).filter(|path| is_yaml(path)).collect();
        found.sort();
        found
    }

    /// The project file of the nearest folder above the current directory, as a path from there.
    pub fn above() -> Option<PathBuf> {
        let here = std::env::current_dir().ok()?;
        let up = here.ancestors().skip(1).position(|dir| dir.join(CONFIG_FILE).is_file())?;
        Some(PathBuf::from("../".repeat(up + 1)).join(CONFIG_FILE))
    }
}

/// What cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("{}: {error}", dir.display())]
    Folder { dir: PathBuf, error: std::io::Error },
    /// Every one of the files that cannot be read.
    #[error("{}", .0.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; "))]
    Files(Vec<Diagnostic>),
}

/// Whether a file of a folder is read, by its name: YAML, and not hidden, as the locks of editors are and what some file
/// systems put beside a file.
pub fn is_yaml(path: &Path) -> bool {
    let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
    let is = |extension: &std::ffi::OsStr, name: &str| extension.eq_ignore_ascii_case(name);
    !hidden && path.extension().is_some_and(|extension| is(extension, "yaml") || is(extension, "yml"))
}

/// All `.yaml` and `.yml` files of a folder, sorted by name.
///
/// # Errors
/// The directory or a file cannot be read.
pub fn read_schema_files(dir: &Path) -> Result<Vec<(String, String)>, FilesError> {
    let folder = |error| FilesError::Folder { dir: dir.to_owned(), error };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(folder)? {
        let path = entry.map_err(folder)?.path();
        if is_yaml(&path) {
            paths.push(path);
        }
    }
    paths.sort();
    let (mut files, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        match text_file::read(&path) {
            Ok(text) => files.push((path.display().to_string(), text)),
            Err(error) => errors.push(error.diagnostic(code::UNREADABLE)),
        }
    }
    if errors.is_empty() { Ok(files) } else { Err(FilesError::Files(errors)) }
}

/// Parses and checks schema files, rules included.
///
/// # Errors
/// Every error of every file.
pub fn parse_schema(files: &[(String, String)]) -> Result<Schema, Vec<Diagnostic>> {
    parse_project(files, &check_rule)
}

/// The one place where the schema meets the rule language.
fn check_rule(catalog: &Catalog, collection: &Collection, rule: &str) -> Result<(), String> {
    crate::query::check_rule(catalog, collection, rule).map_err(|error| error.to_string())
}

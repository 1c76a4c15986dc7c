//! What every command gets: the global flags, the project, a way to speak.

use super::error::migrations_are_in;
use super::{CliError, CliResult, Output};
use crate::diagnostic::code;
use crate::migrate::ProjectPaths;
use crate::project::{self, UserConfig, Workspace};
use crate::shell::path_word;
use clap::{ArgAction, Args};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Flags of every command.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Data directory [default: pb_data, or dirs.data of pbr.yaml]
    #[arg(long, global = true, value_name = "DIR")]
    pub dir: Option<PathBuf>,

    /// Project file [default: pbr.yaml in the current directory]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Environment variable with the key that encrypts the settings, 16, 24 or 32 bytes
    #[arg(long, alias = "encryptionEnv", global = true, value_name = "NAME")]
    pub encryption_env: Option<String>,

    /// Colours [default: auto]
    #[arg(long, global = true, value_name = "WHEN")]
    pub color: Option<Colour>,

    /// Machine-readable output on stdout: one object; with --json=lines also what happens before it, an event a line
    #[arg(
        long,
        global = true,
        value_name = "FORM",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "object",
        hide_possible_values = true
    )]
    pub json: Option<JsonForm>,

    /// Print only errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Print how long it took; twice for the SQL too
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,

    /// Never ask; fail where a question would be needed
    #[arg(long, global = true)]
    pub no_input: bool,

    /// Answer yes to simple confirmations; never consents to data loss
    #[arg(short, long, global = true)]
    pub yes: bool,
}

impl Global {
    /// Whether stdout is for programs.
    pub fn json(&self) -> bool {
        self.json.is_some()
    }
}

/// What `--json` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum JsonForm {
    /// The result
    Object,
    /// Events, then the result
    Lines,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Colour {
    #[default]
    Auto,
    Always,
    Never,
}

impl Colour {
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}

/// The surroundings of a command.
pub struct Context {
    pub global: Global,
    pub user: UserConfig,
}

impl Context {
    /// Flags go over `PBR_DIR` and `PBR_CONFIG`; an empty variable counts as absent.
    pub fn new(mut global: Global, user: UserConfig) -> Self {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        global.dir = global.dir.or_else(|| variable("PBR_DIR"));
        global.config = global.config.or_else(|| variable("PBR_CONFIG"));
        Self { global, user }
    }

    pub fn output(&self) -> Output {
        let lines = self.global.json == Some(JsonForm::Lines);
        Output { json: self.global.json(), lines, quiet: self.global.quiet, verbose: self.global.verbose }
    }

    /// The flag, or what the user prefers.
    pub fn colour(&self) -> Colour {
        let preferred = self.user.color().map(|word| match word {
            project::Colour::Auto => Colour::Auto,
            project::Colour::Always => Colour::Always,
            project::Colour::Never => Colour::Never,
        });
        self.global.color.or(preferred).unwrap_or_default()
    }

    /// Whether questions are forbidden, by the flag or by what the user prefers.
    pub fn no_input(&self) -> bool {
        self.global.no_input || self.user.no_input().unwrap_or_default()
    }

    /// The project, when there is one.
    ///
    /// # Errors
    /// Exit 9 for an invalid `pbr.yaml` or environment.
    pub fn find_project(&self) -> CliResult<Option<Workspace>> {
        let env = |name: &str| std::env::var(name).ok();
        let found = Workspace::find(self.global.config.as_deref(), &env)
            .map_err(|errors| CliError::invalid("configuration", errors))?;
        if let Some(project) = &found {
            migrations_are_in(project.paths(None).migrations);
        }
        Ok(found)
    }

    /// The project.
    ///
    /// # Errors
    /// Exit 2 outside a project.
    pub fn project(&self) -> CliResult<Workspace> {
        let missing = || {
            let error = CliError::new(code::NO_PROJECT, 2, "there is no pbr.yaml in the current directory");
            match Workspace::above() {
                Some(above) => below(error, &above),
                None => error.why("the command works on a project").next("pbr --config PATH/TO/pbr.yaml …"),
            }
        };
        Ok(self.find_project()?.ok_or_else(missing)?)
    }

    /// Where migrations work.
    pub fn paths(&self, project: &Workspace) -> ProjectPaths {
        project.paths(self.global.dir.as_deref())
    }

    /// The data directory: `--dir`, `PBR_DIR`, the project's, `pb_data`.
    ///
    /// # Errors
    /// Exit 9 for an invalid `pbr.yaml`; exit 2 in a folder of a project, where nobody means a data directory of its own.
    pub fn data_dir(&self) -> CliResult<PathBuf> {
        if let Some(dir) = &self.global.dir {
            return Ok(dir.clone());
        }
        if let Some(project) = self.find_project()? {
            return Ok(project.paths(None).data);
        }
        let bare = Path::new("pb_data");
        match Workspace::above().filter(|_| !bare.exists()) {
            None => Ok(bare.to_owned()),
            Some(above) => {
                let message = "there is neither a pbr.yaml nor a data directory pb_data in the current directory";
                let error = below(CliError::new(code::NO_PROJECT, 2, message), &above);
                Err(error.next("pbr --dir pb_data …    (a data directory of its own here)").into())
            }
        }
    }

    /// Exit 2: the data directory has no database. Exit 1 where nobody can tell.
    pub fn no_database(&self, dir: &Path) -> Box<CliError> {
        if let Err(error) = dir.join("data.db").try_exists() {
            return closed_directory(dir, &error);
        }
        let error = CliError::new(code::NO_DATABASE, 2, format!("there is no database in {}", dir.display()))
            .why("the command works on an existing data directory");
        // Only a project has migrations to make it.
        Box::new(match self.find_project() {
            Ok(Some(_)) => error.next("pbr migrate"),
            _ => error.next("pbr --dir PATH/TO/pb_data …").next("pbr serve    (makes an empty one)").next("pbr init"),
        })
    }

    /// Whether a person can be asked.
    pub fn interactive(&self) -> bool {
        let forbidden =
            self.no_input() || self.global.json() || std::env::var_os("CI").is_some_and(|ci| !ci.is_empty());
        !forbidden && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }
}

/// A variable of the environment; an empty one counts as absent.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Exit 1: a data directory that cannot be looked into.
pub fn closed_directory(dir: &Path, error: &std::io::Error) -> Box<CliError> {
    let refused = CliError::new(code::DATA_DIR, 1, format!("cannot open the data directory {}", dir.display()));
    let next = "check that this user may enter the directory and read and write every file in it";
    Box::new(refused.why(error.to_string()).next(next))
}

/// For an error of a command that was run in a folder of a project.
fn below(error: CliError, above: &Path) -> CliError {
    let root = above.parent().unwrap_or(Path::new("..")).display().to_string();
    error
        .why(format!("the project is above: {}", above.display()))
        .next(format!("cd {root}"))
        .next(format!("pbr --config {} …", path_word(above)))
}

/// What the user's own file says.
///
/// # Errors
/// Exit 9 for an invalid file or variable.
pub fn user_config() -> CliResult<UserConfig> {
    let env = |name: &str| std::env::var(name).ok();
    UserConfig::load(&env).map_err(|errors| CliError::invalid("configuration", errors))
}

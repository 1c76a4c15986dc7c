//! `pbr completions`.

use super::{CliError, CliResult, Context};
use crate::diagnostic::code;
use clap_complete::Shell;
use serde_json::json;

/// Print the completion script of a shell
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  pbr completions bash > ~/.local/share/bash-completion/completions/pbr
  pbr completions zsh > ~/.zfunc/_pbr
  pbr completions fish > ~/.config/fish/completions/pbr.fish
  source <(pbr completions bash --dynamic)      also names of collections, versions and keys")]
pub struct Args {
    /// bash, elvish, fish, powershell or zsh
    shell: Shell,

    /// A script that asks pbr itself, so that names from the project are completed too
    #[arg(long)]
    dynamic: bool,
}

pub fn run(args: Args, context: &Context) -> CliResult {
    let shell = args.shell.to_string();
    let mut script = Vec::new();
    if args.dynamic {
        let shells = clap_complete::env::Shells::builtins();
        let completer = shells
            .completer(&shell)
            .ok_or_else(|| CliError::new(code::USAGE, 2, format!("{shell} has no dynamic completions")))?;
        let program = std::env::current_exe().map_or_else(|_| "pbr".to_owned(), |path| path.display().to_string());
        completer
            .write_registration("COMPLETE", "pbr", "pbr", &program, &mut script)
            .map_err(|error| CliError::new(code::INTERNAL, 1, error.to_string()))?;
    } else {
        clap_complete::generate(args.shell, &mut super::command(), "pbr", &mut script);
    }
    let script = String::from_utf8_lossy(&script).into_owned();
    context.output().done(json!({ "shell": shell, "script": script }), || script.clone())
}

//! `pbr completions`.

use super::{CliResult, Context};
use clap_complete::Shell;

/// Print the completion script of a shell
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  pbr completions bash > ~/.local/share/bash-completion/completions/pbr
  pbr completions zsh > ~/.zfunc/_pbr
  pbr completions fish > ~/.config/fish/completions/pbr.fish")]
pub struct Args {
    /// bash, elvish, fish, powershell or zsh
    shell: Shell,
}

pub fn run(args: Args, _context: &Context) -> CliResult {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "pbr", &mut script);
    super::print(&String::from_utf8_lossy(&script))
}

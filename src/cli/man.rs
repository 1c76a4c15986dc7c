//! `pbr man`: the manual pages.

use super::error::io;
use super::{CliResult, Context};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Write the manual pages, one per command
#[derive(clap::Args)]
#[command(after_long_help = "Examples:\n  pbr man | man -l -\n  pbr man --out ~/.local/share/man/man1")]
pub struct Args {
    /// Folder for the pages of all commands; without it the page of pbr goes to stdout
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub fn run(args: Args, context: &Context) -> CliResult {
    let command = super::command();
    let Some(dir) = args.out else {
        let page = String::from_utf8_lossy(&page(command, Path::new("-"))?).into_owned();
        return context.output().done(json!({ "page": page }), || page.clone());
    };
    std::fs::create_dir_all(&dir).map_err(|error| io(&dir, &error))?;
    let mut names = Vec::new();
    collect(&command, "pbr", &mut names);
    clap_mangen::generate_to(command, &dir).map_err(|error| io(&dir, &error))?;
    let count = names.len();
    context.output().done(json!({ "dir": dir.display().to_string(), "files": names }), || {
        format!("wrote {count} pages to {}; read them with man -M or in a man1 folder of your manpath", dir.display())
    })
}

/// The names of the pages.
fn collect(command: &clap::Command, name: &str, names: &mut Vec<String>) {
    names.push(format!("{name}.1"));
    for child in command.get_subcommands().filter(|child| child.get_name() != "help" && !child.is_hide_set()) {
        collect(child, &format!("{name}-{}", child.get_name()), names);
    }
}

fn page(command: clap::Command, path: &Path) -> CliResult<Vec<u8>> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text).map_err(|error| io(path, &error))?;
    Ok(text)
}

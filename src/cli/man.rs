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
        return super::print(&String::from_utf8_lossy(&page(command, Path::new("-"))?));
    };
    std::fs::create_dir_all(&dir).map_err(|error| io(&dir, &error))?;
    let mut written = Vec::new();
    write(command, "pbr", &dir, &mut written)?;
    let count = written.len();
    context.output().done(json!({ "dir": dir, "files": written }), || {
        format!("wrote {count} pages to {}; read them with man -M or in a man1 folder of your manpath", dir.display())
    })
}

fn write(mut command: clap::Command, name: &str, dir: &Path, written: &mut Vec<String>) -> CliResult {
    command.build();
    let children: Vec<clap::Command> =
        command.get_subcommands().filter(|child| child.get_name() != "help").cloned().collect();
    let file = format!("{name}.1");
    let path = dir.join(&file);
    let text = page(command.name(name.to_owned()), &path)?;
    std::fs::write(&path, text).map_err(|error| io(&path, &error))?;
    written.push(file);
    for child in children {
        let child_name = format!("{name}-{}", child.get_name());
        write(child, &child_name, dir, written)?;
    }
    Ok(())
}

fn page(command: clap::Command, path: &Path) -> CliResult<Vec<u8>> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text).map_err(|error| io(path, &error))?;
    Ok(text)
}

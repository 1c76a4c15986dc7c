//! `pbr backup`.

use super::progress::{Meter, Unit};
use super::{CliError, CliResult, Context, app, questions};
use crate::App;
use crate::backup::{self, Backup, BackupError, Backups, BadName, Staged};
use crate::diagnostic::code;
use crate::shell::path_word;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Make, check and restore backups
///
/// Backups lie in the folder `backups` of the data directory, or in the bucket of the setting backups.s3. PocketBase reads
/// them too.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  pbr backup create                     beside a running server too
  pbr backup list
  pbr backup verify before_2_0.zip
  pbr backup restore before_2_0.zip     while no server runs")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make a backup of the data directory; a server may go on running
    #[command(after_long_help = "Examples:\n  pbr backup create\n  pbr backup create before_2_0.zip")]
    Create {
        /// Name of the archive: small letters, digits, `_` and `-`, then .zip [default: app name and time]
        name: Option<String>,
    },
    /// List the backups
    #[command(after_long_help = "Examples:\n  pbr backup list\n  pbr backup list --json")]
    List,
    /// Read all of a backup and check the databases in it
    #[command(after_long_help = "Examples:\n  pbr backup verify before_2_0.zip\n  pbr backup verify /mnt/old.zip")]
    Verify {
        /// Name of a backup, or path of an archive
        backup: String,
    },
    /// Put the content of a backup in the place of the data directory's own, while no server runs
    ///
    /// The archive is unpacked and checked first. What is replaced stays in .pb_temp_to_delete until a server starts.
    #[command(
        after_long_help = "Examples:\n  pbr backup restore before_2_0.zip\n  pbr backup restore before_2_0.zip --yes\n  pbr backup restore /mnt/old.zip --dir restored_data"
    )]
    Restore {
        /// Name of a backup, or path of an archive
        backup: String,
    },
    /// Delete a backup
    #[command(
        after_long_help = "Examples:\n  pbr backup delete before_2_0.zip\n  pbr backup delete before_2_0.zip --yes"
    )]
    Delete {
        /// Name of the backup
        name: String,
    },
}

pub fn run(args: Args, context: &Context) -> CliResult {
    match args.command {
        Command::Create { name } => create(context, name),
        Command::List => list(context),
        Command::Verify { backup } => verify(context, &backup),
        Command::Restore { backup } => restore(context, &backup),
        Command::Delete { name } => delete(context, &name),
    }
}

fn create(context: &Context, name: Option<String>) -> CliResult {
    let app = app::open_existing(context)?;
    let name = match name {
        None => app.backup_name(),
        Some(name) => name,
    };
    app.backups().check_name(&name).map_err(|reason| match reason {
        BadName::Long | BadName::Malformed => {
            let error = CliError::new(code::USAGE, 2, format!("`{name}` is not a name of a backup"));
            let why = "names consist of at most 150 small letters, digits, `_` and `-`, and end in .zip";
            error.why(why).next("pbr backup create")
        }
        BadName::Taken => {
            CliError::new(code::BACKUP, 2, format!("there is a backup {name} already")).next("pbr backup list")
        }
        BadName::Unknown(error) => *refused(&error),
    })?;
    let mut meter = Meter::new(context, Unit::Steps);
    meter.show("archive", 0, Some(1));
    app.create_backup(&name).map_err(|error| refused(&error))?;
    meter.show("archive", 1, Some(1));
    meter.finish();
    let size = app.backups().open(&name).ok().flatten().map(|stored| stored.size);
    context
        .output()
        .done(json!({ "name": name, "size": size }), || format!("{name} ({})", bytes(size.unwrap_or_default())))
}

fn list(context: &Context) -> CliResult {
    let app = app::open_existing(context)?;
    let found = app.backups().list().map_err(|error| refused(&error))?;
    let moment = |backup: &Backup| crate::schema::fields::format_datetime(backup.modified.into());
    let items: Vec<_> = found
        .iter()
        .map(|backup| json!({ "name": backup.key, "size": backup.size, "modified": moment(backup) }))
        .collect();
    context.output().done(json!({ "backups": items }), || {
        let width = found.iter().map(|backup| backup.key.chars().count()).max().unwrap_or_default();
        let line = |backup: &Backup| format!("{:width$}  {:>12}  {}", backup.key, bytes(backup.size), moment(backup));
        match found.is_empty() {
            true => "no backups".to_owned(),
            false => found.iter().map(line).collect::<Vec<_>>().join("\n"),
        }
    })
}

fn verify(context: &Context, name: &str) -> CliResult {
    refuse_database_copy(context, name)?;
    let checked = match file(name) {
        Some(path) => backup::verify_file(&path),
        None => app::open_existing(context)?.backups().verify(name),
    };
    checked.map_err(|error| refused(&error))?;
    context.output().done(json!({ "name": name }), || format!("{name} is whole"))
}

fn restore(context: &Context, name: &str) -> CliResult {
    let dir = context.data_dir()?;
    refuse_database_copy(context, name)?;
    let mut meter = Meter::new(context, Unit::Steps);
    meter.show("unpack and check", 0, Some(2));
    let staged = match file(name) {
        Some(path) => {
            std::fs::create_dir_all(&dir).map_err(|error| super::error::io(&dir, &error))?;
            refuse_beside_a_server(&dir)?;
            Backups::new(&dir).stage_file(&path)
        }
        None => {
            let backups = closed(app::open_existing(context)?, &dir);
            refuse_beside_a_server(&dir)?;
            backups.stage(name)
        }
    };
    let staged: Staged = staged.map_err(|error| refused(&error))?;
    meter.show("swap", 1, Some(2));
    let prompt = format!("Replace the data in {} by the content of {name}?", dir.display());
    consent(context, &prompt, &format!("pbr backup restore {name} --yes"))?;
    // A question may take its time.
    refuse_beside_a_server(&dir)?;
    staged.swap(&[]).map_err(|error| refused(&error))?;
    meter.show("swap", 2, Some(2));
    meter.finish();
    let result = json!({ "name": name, "dir": dir.display().to_string() });
    context.output().done(result, || format!("{} is what {name} holds", dir.display()))
}

fn delete(context: &Context, name: &str) -> CliResult {
    let app = app::open_existing(context)?;
    if app.backups().open(name).map_err(|error| refused(&error))?.is_none() {
        let error = CliError::new(code::BACKUP, 2, format!("there is no backup {name}"));
        return Err(Box::new(error.next("pbr backup list")));
    }
    consent(context, &format!("Delete the backup {name}?"), &format!("pbr backup delete {name} --yes"))?;
    app.backups().delete(name).map_err(|error| refused(&error))?;
    context.output().done(json!({ "name": name }), || format!("{name} is deleted"))
}

/// The backups of the directory, without the directory being open.
fn closed(app: App, dir: &Path) -> Backups {
    let backups = Backups::new(dir);
    backups.follow(&app.settings().backups.s3);
    drop(app);
    backups
}

/// What a migration left in the same folder is a file to be copied back, not an archive.
fn refuse_database_copy(context: &Context, name: &str) -> CliResult {
    let path = Path::new(name);
    let file_name = path.file_name().unwrap_or_default().to_string_lossy();
    if !backup::is_database_copy(&file_name) {
        return Ok(());
    }
    let dir = context.data_dir()?;
    let copy = if path.components().count() > 1 { path.to_owned() } else { dir.join("backups").join(path) };
    let message = format!("{name} is a copy of the database from before a migration, not a backup");
    let restore = format!("stop the server, then cp {} {}", path_word(&copy), path_word(&dir.join("data.db")));
    Err(Box::new(CliError::new(code::USAGE, 2, message).next(restore)))
}

fn refuse_beside_a_server(dir: &Path) -> CliResult {
    /// How long this process may take to close what it had open.
    const PATIENCE: Duration = Duration::from_secs(2);
    let started = Instant::now();
    // A damaged database is a reason to restore, and is in nobody's use.
    while backup::is_in_use(dir).unwrap_or(false) {
        if started.elapsed() > PATIENCE {
            let error = CliError::new(code::IN_USE, 8, format!("another process uses {}", dir.display()));
            let why = "a server that runs would go on with the old data";
            let error = error.why(why).next("stop the server, or restore over its API: POST /api/backups/NAME/restore");
            return Err(Box::new(error));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Exit 5 where nobody can be asked and nobody has answered.
fn consent(context: &Context, prompt: &str, command: &str) -> CliResult {
    if context.global.yes {
        return Ok(());
    }
    if context.interactive() {
        return questions::confirm_loss(prompt);
    }
    let error = CliError::new(code::CONSENT, 5, format!("not answered: {prompt}"));
    Err(Box::new(error.next(command)))
}

/// The argument as the path of an archive; names of backups are looked for among these.
fn file(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(name);
    (path.components().count() > 1 && path.is_file()).then_some(path)
}

fn refused(error: &BackupError) -> Box<CliError> {
    let error = match error {
        BackupError::Busy => CliError::new(code::IN_USE, 8, error.to_string()),
        BackupError::Missing(_) => CliError::new(code::BACKUP, 2, error.to_string()).next("pbr backup list"),
        BackupError::Damaged(..) | BackupError::Zip(_) => {
            CliError::new(code::BACKUP_DAMAGED, 6, "the backup is damaged").why(error.to_string())
        }
        _ => CliError::new(code::BACKUP, 1, error.to_string()),
    };
    Box::new(error)
}

fn bytes(count: u64) -> String {
    indicatif::HumanBytes(count).to_string()
}

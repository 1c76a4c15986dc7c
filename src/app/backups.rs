//! Backups of the running application: by name, by the clock, and the way back.

use super::{App, Inner};
use crate::backup::{BackupError, Backups};
use crate::events::{BackupEvent, EventError};
use crate::files::snake_case;
use crate::logs::Level;
use crate::settings::Settings;
use serde_json::{Value as Json, json};
use std::sync::Weak;

/// How long a restore waits for mails that are to be sent.
const MAILS: std::time::Duration = std::time::Duration::from_secs(5);
const AUTO_JOB: &str = "__pbAutoBackup__";
/// What the names of backups by the clock begin with.
const AUTO_PREFIX: &str = "@auto_pb_backup_";
const PREFIX: &str = "pb_backup_";
const MAX_APP_NAME: usize = 50;

impl App {
    /// Makes a backup inside its hooks and returns when it is stored. A handler that does not go on makes none.
    ///
    /// # Errors
    /// Another is being made or restored, a handler refuses, or it cannot be written.
    pub fn create_backup(&self, name: &str) -> Result<(), BackupError> {
        self.inner.create_backup(name)
    }

    /// The name of a backup that nobody named.
    pub fn backup_name(&self) -> String {
        name(&self.settings(), PREFIX)
    }

    /// Puts the content of a backup in the place of this directory's, inside its hooks, and starts the program anew with
    /// the same arguments: where it succeeds it does not return, unless a handler does not go on. Writes wait for the new
    /// start.
    ///
    /// # Errors
    /// There is no such backup, it is damaged, a handler refuses, or the system knows no way to start anew. The directory
    /// is as it was then.
    pub fn restore_backup(&self, key: &str) -> Result<(), BackupError> {
        let inner = &self.inner;
        let mut event = BackupEvent { name: key.to_owned(), excluded: Backups::excluded() };
        let restored = inner.records.bus.backup_restore.trigger(&[], &mut event, &mut |event| {
            restart::possible()?;
            let staged = inner.backups.stage(&event.name).map_err(failed)?;
            inner.accounts.finish(MAILS);
            // From here on no write is answered any more: it would be lost.
            let lease = inner.records.db.writer().lease().map_err(EventError::failed)?;
            match staged.swap(&event.excluded) {
                // Nothing can be served like this; the next start goes on.
                Err(error @ BackupError::Unfinished(_)) => {
                    eprintln!("{error}");
                    std::process::exit(1);
                }
                swapped => swapped.map_err(failed)?,
            }
            super::terminate(&inner.records.bus.terminate, true, &inner.logs, || {
                // The files that this process has open are rubbish now.
                let error = restart::now();
                eprintln!("the backup is in place, but the program cannot be started anew: {error}");
            });
            drop(lease);
            std::process::exit(1);
        });
        restored.map_err(own)
    }

    /// [`App::restore_backup`] a moment later, so that the answer to who asked for it arrives. What fails is in the log.
    pub fn restore_backup_soon(&self, key: &str) {
        const MOMENT: std::time::Duration = std::time::Duration::from_secs(1);
        let (app, key) = (self.clone(), key.to_owned());
        let restore = move || {
            std::thread::sleep(MOMENT);
            if let Err(error) = app.restore_backup(&key) {
                let data = json!({ "key": key, "error": error.to_string() });
                app.logs().message(Level::ERROR, "Failed to restore backup", data);
            }
        };
        if let Err(error) = std::thread::Builder::new().name("pbr-restore".into()).spawn(restore) {
            self.logs().message(Level::ERROR, format!("Failed to restore backup: {error}"), Json::Null);
        }
    }
}

impl Inner {
    fn create_backup(&self, name: &str) -> Result<(), BackupError> {
        let mut event = BackupEvent { name: name.to_owned(), excluded: Backups::excluded() };
        let made = self.records.bus.backup_create.trigger(&[], &mut event, &mut |event| {
            self.backups.create(&event.name, &event.excluded, &self.records.files).map_err(failed)
        });
        made.map_err(own)
    }

    /// Makes backups by the clock of the settings, or none.
    pub(super) fn schedule_backups(&self, settings: &Settings) {
        if settings.backups.cron.is_empty() {
            return self.cron.remove(AUTO_JOB);
        }
        let Some(inner) = self.itself.get().map(Weak::clone) else { return };
        let added = self.cron.add(AUTO_JOB, &settings.backups.cron, move || {
            if let Some(inner) = inner.upgrade() {
                inner.back_up_by_the_clock();
            }
        });
        if let Err(error) = added {
            self.logs.message(Level::ERROR, "Failed to schedule backups", json!({ "error": error }));
        }
    }

    fn back_up_by_the_clock(&self) {
        let settings = self.settings.load_full();
        let name = name(&settings, AUTO_PREFIX);
        if let Err(error) = self.create_backup(&name) {
            let data = json!({ "name": name, "error": error.to_string() });
            self.logs.message(Level::ERROR, "Failed to create a backup", data);
            return self
                .accounts
                .alert_superusers("A backup was not made", &format!("The backup {name} could not be made: {error}"));
        }
        let keep = usize::try_from(settings.backups.cron_max_keep).unwrap_or(1).max(1);
        if let Err(error) = self.delete_old_backups(keep) {
            let data = json!({ "error": error.to_string() });
            self.logs.message(Level::WARN, "Failed to delete old backups", data);
        }
    }

    /// Keeps the newest of those that were made by the clock.
    fn delete_old_backups(&self, keep: usize) -> Result<(), BackupError> {
        let mut found = self.backups.list()?;
        found.retain(|backup| backup.key.starts_with(AUTO_PREFIX));
        found.sort_by(|one, other| (other.modified, &other.key).cmp(&(one.modified, &one.key)));
        found.iter().skip(keep).try_for_each(|backup| self.backups.delete(&backup.key))
    }
}

fn name(settings: &Settings, prefix: &str) -> String {
    let app: String = snake_case(&settings.meta.app_name).chars().take(MAX_APP_NAME).collect();
    format!("{prefix}{app}_{}.zip", chrono::Utc::now().format("%Y%m%d%H%M%S"))
}

fn failed(error: BackupError) -> EventError {
    EventError { source: Some(Box::new(error)), ..EventError::failed("the backup failed") }
}

/// The error of a backup: its own, or a handler's.
fn own(mut error: EventError) -> BackupError {
    match error.source.take().map(|source| source.downcast::<BackupError>()) {
        Some(Ok(own)) => *own,
        _ => BackupError::Refused(error.to_string()),
    }
}

mod restart {
    //! Starting the program anew in the same process, with what it was started with.

    use crate::events::EventError;

    #[cfg(unix)]
    pub fn possible() -> Result<(), EventError> {
        Ok(())
    }

    #[cfg(not(unix))]
    pub fn possible() -> Result<(), EventError> {
        Err(EventError::failed("this system cannot start a program anew: stop the server and use pbr backup restore"))
    }

    /// Returns only with an error.
    #[cfg(unix)]
    pub fn now() -> std::io::Error {
        use std::os::unix::process::CommandExt;
        let mut arguments = std::env::args_os();
        let name = arguments.next().unwrap_or_default();
        let program = std::env::current_exe().unwrap_or_else(|_| (&name).into());
        std::process::Command::new(program).arg0(name).args(arguments).exec()
    }

    #[cfg(not(unix))]
    pub fn now() -> std::io::Error {
        std::io::ErrorKind::Unsupported.into()
    }
}

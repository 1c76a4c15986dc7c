//! One migrating process at a time: an exclusive lock on `<database>.migrate.lock` around reading, planning, applying,
//! and one on the folder of the migrations around choosing a version and writing its file. Whoever needs both takes
//! that of the database first.

use super::MigrateError;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

/// Held until dropped; the operating system releases it when the process dies.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock.
    ///
    /// # Errors
    /// [`MigrateError::Locked`] when the time is over.
    pub fn acquire(database: &Path, timeout: Duration) -> Result<Self, MigrateError> {
        let mut name = database.as_os_str().to_owned();
        name.push(".migrate.lock");
        let path = Path::new(&name);
        let io = |error| MigrateError::Io { path: path.to_owned(), error };
        let file = File::options().create(true).truncate(false).write(true).open(path).map_err(io)?;
        Self::wait(file, database, timeout)
    }

    /// Waits for the folder of the migrations, and makes it where it is missing.
    ///
    /// # Errors
    /// [`MigrateError::Locked`] after half a minute.
    pub fn folder(migrations: &Path) -> Result<Self, MigrateError> {
        let io = |error| MigrateError::Io { path: migrations.to_owned(), error };
        std::fs::create_dir_all(migrations).map_err(io)?;
        // The folder itself, so that no file lies about in it for git to see.
        #[cfg(unix)]
        let file = File::open(migrations).map_err(io)?;
        // Where folders cannot be opened a file has to do.
        #[cfg(not(unix))]
        let file = {
            let path = migrations.join(".lock");
            File::options().create(true).truncate(false).write(true).open(path).map_err(io)?
        };
        Self::wait(file, migrations, Duration::from_secs(30))
    }

    fn wait(file: File, what: &Path, timeout: Duration) -> Result<Self, MigrateError> {
        const PAUSE: Duration = Duration::from_millis(25);
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if started.elapsed() < timeout => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Err(MigrateError::Locked { database: what.to_owned() }),
                Err(TryLockError::Error(error)) => {
                    return Err(MigrateError::Io { path: what.to_owned(), error });
                }
            }
        }
    }
}

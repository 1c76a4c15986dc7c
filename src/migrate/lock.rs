//! One migrating process at a time: an exclusive lock on `<database>.migrate.lock` around reading, planning, applying.

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
        const PAUSE: Duration = Duration::from_millis(25);
        let mut name = database.as_os_str().to_owned();
        name.push(".migrate.lock");
        let path = Path::new(&name);
        let io = |error| MigrateError::Io { path: path.to_owned(), error };
        let file = File::options().create(true).truncate(false).write(true).open(path).map_err(io)?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if started.elapsed() < timeout => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Err(MigrateError::Locked { database: database.to_owned() }),
                Err(TryLockError::Error(error)) => return Err(io(error)),
            }
        }
    }
}

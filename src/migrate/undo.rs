//! What files held before several are written that belong together.

use super::MigrateError;
use std::io::ErrorKind;
use std::path::PathBuf;

/// The former contents of files; `None` where there was none.
pub struct Undo(Vec<(PathBuf, Option<Vec<u8>>)>);

impl Undo {
    /// Remembers what these files hold.
    ///
    /// # Errors
    /// One is there and cannot be read.
    pub fn new(paths: impl IntoIterator<Item = PathBuf>) -> Result<Self, MigrateError> {
        let remember = |path: PathBuf| match std::fs::read(&path) {
            Ok(content) => Ok((path, Some(content))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok((path, None)),
            Err(error) => Err(MigrateError::Io { path, error }),
        };
        Ok(Self(paths.into_iter().map(remember).collect::<Result<_, _>>()?))
    }

    /// Puts everything back. What cannot be put back stays, since the error that led here is the one to tell.
    pub fn put_back(self) {
        for (path, content) in self.0 {
            let _ = match content {
                Some(content) => std::fs::write(&path, content),
                None => std::fs::remove_file(&path),
            };
        }
    }
}

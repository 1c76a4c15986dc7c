//! The text files of a project, read with care: regular files only, of a bounded size, in UTF-8. A pipe would be waited
//! for, and a device never ends.

use crate::diagnostic::{Diagnostic, Source};
use crate::shell::path_word;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Far more than a person or a generator writes into one file.
pub const MOST_BYTES: u64 = 64 << 20;

/// A file that was not read, and why.
#[derive(Debug)]
pub struct Unreadable {
    path: PathBuf,
    kind: ErrorKind,
    reason: String,
    /// The valid text before the first byte that is none.
    valid: Option<String>,
}

impl Unreadable {
    fn new(path: &Path, kind: ErrorKind, reason: impl Into<String>) -> Self {
        Self { path: path.to_owned(), kind, reason: reason.into(), valid: None }
    }

    fn io(path: &Path, error: &std::io::Error) -> Self {
        Self::new(path, error.kind(), error.to_string())
    }

    pub fn is_missing(&self) -> bool {
        self.kind == ErrorKind::NotFound
    }

    /// The error, with the place of what is no UTF-8.
    pub fn diagnostic(self, code: &'static str) -> Diagnostic {
        let path = self.path.display().to_string();
        let mut error = Diagnostic::new(code, format!("cannot read {path}: {}", self.reason));
        if self.is_missing() {
            error = error.next(format!("ls {}", path_word(existing_folder(&self.path))));
        }
        let Some(valid) = self.valid else { return error };
        let at = valid.len();
        let text = valid + "\u{fffd}";
        error.at(&Source::new(path, text.as_str()), at..text.len()).help("save the file as UTF-8")
    }
}

/// What there is of a path: the nearest folder above it where it is missing.
pub fn existing_folder(path: &Path) -> &Path {
    path.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."))
}

/// Reads a file.
///
/// # Errors
/// It is missing, no regular file, too large or not UTF-8; the system refuses to read it.
pub fn read(path: &Path) -> Result<String, Unreadable> {
    let io = |error: std::io::Error| Unreadable::io(path, &error);
    // Before it is opened: that of a pipe waits for somebody who writes.
    let metadata = std::fs::metadata(path).map_err(io)?;
    if metadata.is_dir() {
        return Err(Unreadable::new(path, ErrorKind::IsADirectory, "it is a folder, not a file"));
    }
    if !metadata.is_file() {
        return Err(Unreadable::new(path, ErrorKind::InvalidInput, "it is no regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path).map_err(io)?.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > MOST_BYTES {
        let reason = format!("it is larger than {} MiB", MOST_BYTES >> 20);
        return Err(Unreadable::new(path, ErrorKind::FileTooLarge, reason));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let valid = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
        let line = valid.matches('\n').count() + 1;
        let reason = format!("line {line} is not UTF-8");
        Unreadable { valid: Some(valid), ..Unreadable::new(path, ErrorKind::InvalidData, reason) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_of_text_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str| dir.path().join(name);
        let reason = |name: &str| read(&file(name)).unwrap_err().diagnostic("X").message;
        std::fs::write(file("text"), "é\n").unwrap();
        assert_eq!(read(&file("text")).unwrap(), "é\n");
        assert!(read(&file("none")).unwrap_err().is_missing());
        std::fs::create_dir(file("folder")).unwrap();
        assert!(reason("folder").contains("folder: it is a folder"));
        std::fs::write(file("latin"), b"a: 1\nb: \xe9t\xe9\n").unwrap();
        let latin = read(&file("latin")).unwrap_err().diagnostic("X");
        assert_eq!(latin.place().map(|(_, line, column)| (line, column)), Some((2, 4)));
        File::create(file("large")).unwrap().set_len(MOST_BYTES + 1).unwrap();
        assert!(reason("large").contains("larger than 64 MiB"));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/dev/zero", file("zero")).unwrap();
            assert!(reason("zero").contains("no regular file"));
            std::os::unix::fs::symlink("loop", file("loop")).unwrap();
            assert!(reason("loop").contains("loop: "));
        }
    }
}

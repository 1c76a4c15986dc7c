//! Where a file lies, the same on disk and in a bucket.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// `<collection>/<record>/<name>`, or `<collection>/<record>/thumbs_<name>/<size>_<name>`, or only the first of these
/// segments for a folder. Segments stay inside their folder.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    segments: Vec<String>,
}

impl Key {
    /// A key of these segments.
    ///
    /// # Errors
    /// One is no file name.
    pub fn of(segments: &[&str]) -> io::Result<Self> {
        let segments = segments.iter().map(|text| segment(text).map(str::to_owned)).collect::<io::Result<_>>()?;
        Ok(Self { segments })
    }

    /// The key of a text as [`fmt::Display`] writes it.
    ///
    /// # Errors
    /// A segment is no file name.
    pub fn parse(text: &str) -> io::Result<Self> {
        Self::of(&text.split('/').collect::<Vec<_>>())
    }

    /// The file of a record.
    ///
    /// # Errors
    /// A part is no file name.
    pub fn file(collection: &str, record: &str, name: &str) -> io::Result<Self> {
        Self::of(&[collection, record, name])
    }

    /// A thumb of a file.
    ///
    /// # Errors
    /// A part is no file name.
    pub fn thumb(collection: &str, record: &str, name: &str, size: &str) -> io::Result<Self> {
        Self::of(&[collection, record, &format!("thumbs_{name}"), &format!("{size}_{name}")])
    }

    /// The folder of all thumbs of a file.
    ///
    /// # Errors
    /// A part is no file name.
    pub fn thumbs(collection: &str, record: &str, name: &str) -> io::Result<Self> {
        Self::of(&[collection, record, &format!("thumbs_{name}")])
    }

    /// The path below the storage's root.
    pub fn path(&self) -> PathBuf {
        self.segments.iter().collect()
    }

    /// The last segment.
    pub fn name(&self) -> &str {
        self.segments.last().map_or("", String::as_str)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.segments.join("/"))
    }
}

/// A path segment that stays inside its folder.
pub(super) fn segment(text: &str) -> io::Result<&str> {
    let safe = !text.is_empty()
        && text != "."
        && text != ".."
        && !text.contains(['/', '\\', '\0'])
        && !text.chars().any(char::is_control);
    if safe { Ok(text) } else { Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file name")) }
}

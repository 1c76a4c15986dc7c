//! Files that rows name: read from one folder, stored as uploads are.

use crate::schema::fields::{FileField, Value};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// The folder that paths of rows start from.
pub(super) struct Folder {
    /// Without symbolic links.
    root: PathBuf,
}

impl Folder {
    /// # Errors
    /// There is no such folder.
    pub fn open(dir: &Path) -> std::io::Result<Self> {
        Ok(Self { root: dir.canonicalize()? })
    }

    /// The name and the content of the file at a path, of which no more is read than a field may hold and a byte.
    ///
    /// # Errors
    /// It leads out of the folder, also by a symbolic link, or to no file that can be read.
    pub fn read(&self, path: &str, field: &FileField) -> Result<(String, Vec<u8>), String> {
        let relative = Path::new(path);
        let below = |component: Component<'_>| matches!(component, Component::Normal(_) | Component::CurDir);
        let outside = || format!("`{path}` is not below the folder of --files");
        if !relative.components().all(below) {
            return Err(outside());
        }
        let unreadable = |error: std::io::Error| format!("`{path}` cannot be read: {error}");
        let full = self.root.join(relative).canonicalize().map_err(unreadable)?;
        if !full.starts_with(&self.root) {
            return Err(outside());
        }
        // A pipe or a device could wait for ever.
        if !full.metadata().map_err(unreadable)?.is_file() {
            return Err(format!("`{path}` is no file"));
        }
        let limit = u64::try_from(field.size_limit()).unwrap_or_default().saturating_add(1);
        let mut content = Vec::new();
        let read = std::fs::File::open(&full).and_then(|file| file.take(limit).read_to_end(&mut content));
        read.map_err(unreadable)?;
        let name = relative.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((name, content))
    }
}

/// The value of a file field with other names, in their order.
pub(super) fn named(value: &Value, names: Vec<String>) -> Value {
    match value {
        Value::List(_) => Value::List(names),
        _ => Value::Text(names.into_iter().next().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_below_the_folder_are_read() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("secret.txt"), "secret").unwrap();
        let files = dir.path().join("files");
        std::fs::create_dir_all(files.join("deep")).unwrap();
        std::fs::write(files.join("deep/a.txt"), "hello").unwrap();
        let folder = Folder::open(&files).unwrap();
        let field = FileField::default();
        for path in ["deep/a.txt", "./deep/a.txt"] {
            assert_eq!(folder.read(path, &field), Ok(("a.txt".to_owned(), b"hello".to_vec())), "{path}");
        }
        let absolute = files.join("deep/a.txt").display().to_string();
        let mut refused = vec!["../secret.txt".to_owned(), "deep/../../secret.txt".to_owned(), absolute];
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(dir.path().join("secret.txt"), files.join("link.txt")).unwrap();
            std::os::unix::fs::symlink(dir.path(), files.join("up")).unwrap();
            refused.extend(["link.txt".to_owned(), "up/secret.txt".to_owned()]);
        }
        for path in refused {
            assert_eq!(folder.read(&path, &field), Err(format!("`{path}` is not below the folder of --files")));
        }
        assert_eq!(folder.read("deep", &field), Err("`deep` is no file".to_owned()));
        assert!(folder.read("nowhere.txt", &field).unwrap_err().starts_with("`nowhere.txt` cannot be read: "));
        assert!(folder.read("nul\0.txt", &field).is_err());
        let small = FileField { max_size: 2, ..FileField::default() };
        assert_eq!(folder.read("deep/a.txt", &small).unwrap().1.len(), 3, "enough to see that it is too large");
    }
}

//! Blobs on disk in PocketBase's layout: the file of a key, and a sidecar `<name>.attrs` with what is known of it.

use super::key::{Key, segment};
use super::marks::{self, Mark};
use super::record_files::UPLOADS;
use super::storage::{About, Content, Entry, Gone, Source, Storage, StorageError, StoredFile};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde_json::{Value as Json, json};
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

const SIDECAR: &str = ".attrs";
/// What the names of files end in that are being written.
const TEMPORARY: &str = ".tmp";
/// Bytes that are copied in one go.
const CHUNK: usize = 256 << 10;

/// A folder of blobs.
#[derive(Clone, Debug)]
pub struct LocalStorage {
    root: PathBuf,
    /// Where it is marked what is being written.
    marks: Option<PathBuf>,
}

impl LocalStorage {
    /// Files of records: the `storage` folder of a data directory.
    pub fn of_records(data_dir: &Path) -> Self {
        let root = data_dir.join("storage");
        Self { marks: Some(root.join(UPLOADS)), root }
    }

    /// The blobs of a folder, which may be made later.
    pub fn at(root: PathBuf) -> Self {
        Self { root, marks: None }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Moves a folder at the root out of the way at once, and returns where to: one of the same name may come back while
    /// its files are still being deleted.
    pub fn set_aside(&self, folder: &str) -> Option<Key> {
        let folder = segment(folder).ok()?;
        let aside = format!("{folder}.deleted-{:x}", rand::random::<u64>());
        fs::rename(self.root.join(folder), self.root.join(&aside)).ok()?;
        Key::of(&[&aside]).ok()
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.root.join(key.path())
    }

    /// Finds a blob without waiting for the disk: `None` too where that cannot be done.
    #[cfg(target_os = "linux")]
    pub fn open_cached(&self, key: &Key) -> Option<StoredFile> {
        use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
        /// Sidecars are much smaller.
        const MOST: u64 = 4096;
        let open = |path: &Path| {
            openat2(CWD, path, OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK, Mode::empty(), ResolveFlags::CACHED)
                .map(fs::File::from)
        };
        if key.name().ends_with(SIDECAR) {
            return None;
        }
        let path = self.path(key);
        let file = open(&path).ok()?;
        let attributes = open(&sidecar(&path)).ok()?;
        let size = attributes.metadata().ok()?.len();
        let attributes = Content::Local(attributes).read_cached(&(0..size.min(MOST)))?;
        if attributes.len() as u64 == size { found(file, Some(&attributes)).ok()? } else { None }
    }

    #[cfg(not(target_os = "linux"))]
    pub fn open_cached(&self, _key: &Key) -> Option<StoredFile> {
        None
    }

    fn write(&self, key: &Key, source: Source<'_>, about: &About<'_>) -> io::Result<()> {
        let target = self.path(key);
        let folder = target.parent().expect("a key has a segment below the root");
        let temporary = target.with_file_name(format!("{}.{:x}{TEMPORARY}", key.name(), rand::random::<u64>()));
        let temporary_sidecar = sidecar(&temporary);
        let _mark = self.marks.as_ref().and_then(|marks| Mark::set(marks, &self.root, &temporary));
        let (made, file) = create_in(folder, &temporary)?;
        let written = (|| {
            let (_lock, sum) = bring(source, file, &temporary)?;
            let mut known = fs::File::create(&temporary_sidecar)?;
            known.write_all(attributes(about, &sum).to_string().as_bytes())?;
            known.sync_all()?;
            fs::rename(&temporary_sidecar, sidecar(&target))?;
            fs::rename(&temporary, &target)?;
            folder.ancestors().take(made + 1).try_for_each(|folder| fs::File::open(folder)?.sync_all())
        })();
        if written.is_err() {
            // What was there before stays as it was.
            let _ = fs::remove_file(&temporary);
            let _ = fs::remove_file(&temporary_sidecar);
        }
        written
    }

    /// Removes what processes were writing when they ended, as far as it is marked.
    pub fn remove_marked(&self) {
        for path in self.marks.iter().flat_map(|marks| marks::left_behind(marks, &self.root)) {
            if path.file_name().is_some_and(|name| is_temporary(&name.to_string_lossy())) {
                let _ = fs::remove_file(&path);
                let _ = fs::remove_file(sidecar(&path));
                self.remove_empty(path.parent().unwrap_or(&self.root));
            }
        }
    }

    /// Removes a folder and those above it, as long as they are empty.
    fn remove_empty(&self, folder: &Path) {
        let folders = folder.ancestors().take_while(|folder| *folder != self.root);
        let _ = folders.map(fs::remove_dir).find(Result::is_err);
    }

    /// Removes what processes left at the root that ended in the middle of storing a blob.
    pub fn remove_abandoned(&self) {
        for entry in fs::read_dir(&self.root).into_iter().flatten().flatten() {
            let path = entry.path();
            if is_temporary(&entry.file_name().to_string_lossy()) && is_abandoned(&path) {
                let _ = fs::remove_file(&path);
                let _ = fs::remove_file(sidecar(&path));
            }
        }
    }
}

impl Storage for LocalStorage {
    fn put(&self, key: &Key, source: Source<'_>, about: &About<'_>) -> Result<(), StorageError> {
        if key.name().ends_with(SIDECAR) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the name of a sidecar").into());
        }
        Ok(self.write(key, source, about)?)
    }

    fn open(&self, key: &Key) -> Result<Option<StoredFile>, StorageError> {
        if key.name().ends_with(SIDECAR) {
            return Ok(None);
        }
        let path = self.path(key);
        let file = match fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if is_missing(&error) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let attributes = fs::read(sidecar(&path)).ok();
        Ok(found(file, attributes.as_deref())?)
    }

    /// Folders that are empty then go too.
    fn delete(&self, key: &Key) -> Result<(), StorageError> {
        let path = self.path(key);
        remove_file(&path)?;
        remove_file(&sidecar(&path))?;
        self.remove_empty(path.parent().unwrap_or(&self.root));
        Ok(())
    }

    fn delete_folder(&self, folder: &Key) -> Result<(), StorageError> {
        Ok(remove_folder(&self.path(folder))?)
    }

    fn clear(&self, folder: &Key, files: &Gone) -> Result<(), StorageError> {
        let folder = self.path(folder);
        let entries = match fs::read_dir(&folder) {
            Err(error) if is_missing(&error) => return Ok(()),
            entries => entries?,
        };
        let mut thumbs = Vec::new();
        for entry in entries {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let of = name.strip_suffix(SIDECAR).unwrap_or(&name);
            let modified = || entry.metadata().and_then(|metadata| metadata.modified()).ok();
            if !files.takes(of, modified) {
                continue;
            }
            if entry.file_type()?.is_dir() {
                thumbs.push(entry.path());
            } else {
                remove_file(&entry.path())?;
            }
        }
        // After the files: whoever stores a thumb afterwards sees that its file is gone.
        thumbs.iter().try_for_each(|thumbs| remove_folder(thumbs))?;
        self.remove_empty(&folder);
        Ok(())
    }

    fn list(&self, each: &mut dyn FnMut(Entry) -> Result<(), StorageError>) -> Result<(), StorageError> {
        list(&self.root, "", each)
    }
}

/// A file with what its sidecar says of it. One that cannot be read says nothing, as one that is missing.
fn found(file: fs::File, attributes: Option<&[u8]>) -> io::Result<Option<StoredFile>> {
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok(None);
    }
    let (content_type, original_name) = match attributes.and_then(|known| serde_json::from_slice::<Json>(known).ok()) {
        None => ("application/octet-stream".to_owned(), None),
        Some(attributes) => (
            attributes["user.content_type"].as_str().unwrap_or_default().to_owned(),
            attributes["user.metadata"]["original-filename"].as_str().map(str::to_owned),
        ),
    };
    let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    let (size, content) = (metadata.len(), Content::Local(file));
    Ok(Some(StoredFile { content_type, original_name, size, modified, content }))
}

fn list(
    root: &Path,
    prefix: &str,
    each: &mut dyn FnMut(Entry) -> Result<(), StorageError>,
) -> Result<(), StorageError> {
    let entries = match fs::read_dir(root.join(prefix)) {
        // Files go on being deleted.
        Err(error) if is_missing(&error) => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let (Ok(name), Ok(metadata)) = (entry.file_name().into_string(), entry.metadata()) else { continue };
        let key = format!("{prefix}{name}");
        if metadata.is_dir() {
            list(root, &format!("{key}/"), each)?;
        } else if metadata.is_file() && !name.ends_with(SIDECAR) {
            each(Entry { key, size: metadata.len(), modified: metadata.modified()? })?;
        }
    }
    Ok(())
}

/// Whether a name is one of those under which contents are written.
fn is_temporary(name: &str) -> bool {
    let middle = name.strip_suffix(TEMPORARY).and_then(|name| name.rsplit_once('.')).map(|(_, middle)| middle);
    middle.is_some_and(|middle| !middle.is_empty() && middle.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Whether no process writes to a file any more. One that was made a moment ago may not be locked yet.
pub(super) fn is_abandoned(path: &Path) -> bool {
    const MOMENT: Duration = Duration::from_secs(1);
    let Ok(file) = fs::File::open(path) else { return false };
    let modified = file.metadata().and_then(|metadata| metadata.modified());
    let settled = modified.is_ok_and(|moment| moment.elapsed().is_ok_and(|age| age > MOMENT));
    settled && file.try_lock().is_ok()
}

/// Times that a step is tried again which another one beside it undid.
const TRIES: usize = 100;

/// Creates a file, with the folders above it that are missing, and returns how many were made. They are removed whenever
/// they are empty, which they are until the file is there.
fn create_in(folder: &Path, path: &Path) -> io::Result<(usize, fs::File)> {
    let mut most = 0;
    let mut create = || {
        // Each folder that is made stands in the one above it.
        let missing = folder.ancestors().take_while(|folder| !folder.exists()).count();
        most = most.max(missing);
        fs::create_dir_all(folder)?;
        fs::File::create(path)
    };
    let mut created = create();
    for _ in 0..TRIES {
        match &created {
            Err(error) if is_missing(error) => created = create(),
            _ => break,
        }
    }
    Ok((most, created?))
}

/// Removes a folder with all that is in it. A missing one is no error.
fn remove_folder(folder: &Path) -> io::Result<()> {
    for _ in 0..TRIES {
        match fs::remove_dir_all(folder) {
            // Something came into it meanwhile.
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
            Err(error) if !is_missing(&error) => return Err(error),
            _ => return Ok(()),
        }
    }
    Err(io::ErrorKind::DirectoryNotEmpty.into())
}

/// Removes a file. A missing one is no error.
fn remove_file(path: &Path) -> io::Result<()> {
    fs::remove_file(path).or_else(|error| if is_missing(&error) { Ok(()) } else { Err(error) })
}

/// Puts the content into a new file at a path until it is safe on disk, and returns it, locked as long as it is open, and
/// its MD5 sum.
fn bring(source: Source<'_>, mut file: fs::File, target: &Path) -> io::Result<(fs::File, Vec<u8>)> {
    if let Source::Move(path) = &source {
        let mut moved = fs::File::open(path)?;
        let _ = moved.try_lock();
        if fs::rename(path, target).is_ok() {
            moved.sync_all()?;
            let (sum, _) = pump(&mut moved, &mut io::sink(), CHUNK)?;
            return Ok((moved, sum));
        }
    }
    let (mut reader, size) = source.reader()?;
    // Not every system has locks.
    let _ = file.try_lock();
    // Most files are small.
    let chunk = usize::try_from(size).unwrap_or(CHUNK).saturating_add(1).min(CHUNK);
    let (sum, copied) = pump(&mut reader, &mut file, chunk)?;
    if copied != size {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    file.sync_all()?;
    Ok((file, sum))
}

/// Copies, `chunk` bytes at a time, and returns the MD5 sum and the size of what was copied.
fn pump(from: &mut dyn Read, to: &mut dyn Write, chunk: usize) -> io::Result<(Vec<u8>, u64)> {
    let (mut digest, mut copied) = (Md5::new(), 0);
    let mut buffer = vec![0; chunk];
    loop {
        let read = match from.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        if read == 0 {
            return Ok((digest.finalize().to_vec(), copied));
        }
        digest.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        copied += read as u64;
    }
}

/// What a sidecar holds.
fn attributes(about: &About<'_>, md5: &[u8]) -> Json {
    let metadata = about.kept_name().map_or_else(|| json!({}), |name| json!({ "original-filename": name }));
    json!({
        "user.cache_control": "",
        "user.content_disposition": "",
        "user.content_encoding": "",
        "user.content_language": "",
        "user.content_type": about.content_type,
        "user.metadata": metadata,
        "md5": STANDARD.encode(md5),
    })
}

fn is_missing(error: &io::Error) -> bool {
    // A segment may name a file where a folder is expected.
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn sidecar(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!("{name}{SIDECAR}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        Key::file("c", "r", name).unwrap()
    }

    fn read(stored: &StoredFile, range: std::ops::Range<u64>) -> String {
        let mut text = String::new();
        stored.content.reader(range).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn files_come_back_and_paths_cannot_escape() {
        let dir = tempfile::tempdir().unwrap();
        let storage = LocalStorage::of_records(dir.path());
        let about = About { content_type: "text/plain; charset=utf-8", original_name: Some("A.txt") };
        storage.put(&key("a.txt"), Source::Bytes(b"hello"), &about).unwrap();
        let stored = storage.open(&key("a.txt")).unwrap().unwrap();
        assert_eq!((read(&stored, 0..5), read(&stored, 1..3)), ("hello".into(), "el".into()));
        assert_eq!(
            (stored.content_type.as_str(), stored.original_name.as_deref()),
            (about.content_type, Some("A.txt"))
        );
        for name in ["..", "../a", "a/b", "", "a\0b"] {
            assert!(Key::file("c", name, "a.txt").is_err(), "{name:?}");
            assert!(Key::file("c", "r", name).is_err(), "{name:?}");
        }
        storage.delete_folder(&Key::of(&["c", "r"]).unwrap()).unwrap();
        assert!(storage.open(&key("a.txt")).unwrap().is_none());
    }

    #[test]
    fn every_source_is_stored_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let storage = LocalStorage::at(dir.path().join("blobs"));
        let (kept, moved) = (dir.path().join("kept"), dir.path().join("moved"));
        for path in [&kept, &moved] {
            fs::write(path, "hello").unwrap();
        }
        let about = About { content_type: "text/plain", original_name: None };
        let mut reader: &[u8] = b"hello";
        let sources =
            [Source::Bytes(b"hello"), Source::File(&kept), Source::Move(&moved), Source::Reader(&mut reader, 5)];
        for (at, source) in sources.into_iter().enumerate() {
            storage.put(&key(&at.to_string()), source, &about).unwrap();
        }
        assert!(kept.exists() && !moved.exists());
        let mut found = Vec::new();
        let listed = storage.list(&mut |entry| {
            found.push((entry.key, entry.size));
            Ok(())
        });
        listed.unwrap();
        found.sort();
        assert_eq!(found, (0..4).map(|at| (format!("c/r/{at}"), 5)).collect::<Vec<_>>());
        for at in 0..4 {
            let sums = fs::read_to_string(dir.path().join(format!("blobs/c/r/{at}.attrs"))).unwrap();
            assert!(sums.contains(r#""md5":"XUFAKrxLKna5cZ2REBfFkg==""#), "{sums}");
        }

        let mut short: &[u8] = b"hell";
        assert!(storage.put(&key("short"), Source::Reader(&mut short, 5), &about).is_err());
        assert_eq!(fs::read_dir(dir.path().join("blobs/c/r")).unwrap().count(), 8);

        // One that was there before is served as before.
        let mut short: &[u8] = b"other";
        let other = About { content_type: "image/png", original_name: None };
        assert!(storage.put(&key("0"), Source::Reader(&mut short, 6), &other).is_err());
        let stored = storage.open(&key("0")).unwrap().unwrap();
        assert_eq!((read(&stored, 0..5).as_str(), stored.content_type.as_str()), ("hello", "text/plain"));
        assert_eq!(fs::read_dir(dir.path().join("blobs/c/r")).unwrap().count(), 8);

        // What a power cut may leave of a sidecar.
        for broken in ["", "{\"user.con"] {
            fs::write(dir.path().join("blobs/c/r/1.attrs"), broken).unwrap();
            let stored = storage.open(&key("1")).unwrap().unwrap();
            assert_eq!(
                (read(&stored, 0..5).as_str(), stored.content_type.as_str()),
                ("hello", "application/octet-stream")
            );
        }
        (0..4).for_each(|at| storage.delete(&key(&at.to_string())).unwrap());
        assert!(fs::read_dir(dir.path().join("blobs")).unwrap().next().is_none());
    }
}

//! The files of records, wherever the settings keep them.

use super::Key;
use super::incoming::Spool;
use super::local::LocalStorage;
use super::s3::S3Storage;
use super::storage::{About, Gone, Source, Storage, StorageError, StoredFile};
use crate::settings::S3;
use arc_swap::ArcSwapOption;
use crossbeam_channel::{Receiver, Sender, unbounded};
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

/// The folder of uploads on their way, inside that of the files: they are moved from one to the other.
pub const UPLOADS: &str = ".uploads";
/// How long before the deletion of a record a file may have been stored that belongs to a later record of its id: a write
/// that has stored its files and still waits for its turn takes no longer. The clocks of buckets are right within minutes.
const UNDECIDED: Duration = Duration::from_secs(3600);
/// How long the end of the program waits for deletions.
const PATIENCE: Duration = Duration::from_secs(5);

/// Told of what failed where nobody waits for it: what was tried, and why it failed.
type Reporter = Box<dyn Fn(&str, &StorageError) + Send + Sync>;

/// What is deleted in a bucket while nobody waits.
type Deletion = Box<dyn FnOnce(&Shared) + Send>;

/// The files of the records of one data directory.
///
/// Cheap to clone. What is deleted in a bucket is deleted in the background, since deletions follow commits and the
/// writer cannot wait for a network; when the last clone goes, what is still to be deleted is waited for, within bounds.
#[derive(Clone)]
pub struct RecordFiles {
    shared: Arc<Shared>,
    deletions: Arc<Deletions>,
}

struct Shared {
    local: LocalStorage,
    /// The bucket, while the settings name one.
    bucket: ArcSwapOption<S3Storage>,
    reporter: OnceLock<Reporter>,
    spool: Spool,
    held: Mutex<Held>,
    going: Mutex<Going>,
}

/// Collections whose files in a bucket are being deleted, by how many deletions, with the keys that a new collection of the
/// same id has stored meanwhile.
type Going = HashMap<String, (usize, HashSet<String>)>;

/// What waits while a backup reads the files.
#[derive(Default)]
struct Held {
    /// Backups that read.
    readers: usize,
    deletions: Vec<Deletion>,
    /// Collections that are gone.
    collections: HashSet<String>,
}

/// Lets files be deleted again.
pub struct Hold(Arc<Shared>);

impl Drop for Hold {
    fn drop(&mut self) {
        let (deletions, collections) = {
            let mut held = self.0.held();
            held.readers -= 1;
            if held.readers > 0 {
                return;
            }
            (std::mem::take(&mut held.deletions), std::mem::take(&mut held.collections))
        };
        deletions.into_iter().for_each(|deletion| deletion(&self.0));
        collections.iter().for_each(|collection| self.0.delete_collection(collection));
    }
}

impl RecordFiles {
    /// The files of a data directory, on disk until [`RecordFiles::follow`] says otherwise.
    pub fn new(data_dir: &Path) -> Self {
        let local = LocalStorage::of_records(data_dir);
        let shared = Arc::new(Shared {
            bucket: ArcSwapOption::empty(),
            reporter: OnceLock::new(),
            held: Mutex::default(),
            going: Mutex::default(),
            spool: Spool::new(local.root().join(UPLOADS)),
            local,
        });
        Self { deletions: Arc::new(Deletions::new(&shared)), shared }
    }

    /// Where uploads lie until they are stored.
    pub fn spool(&self) -> &Spool {
        &self.shared.spool
    }

    /// Removes what processes left that ended in the middle of taking in or storing a file.
    pub fn clean_up(&self) {
        self.shared.local.remove_marked();
        self.shared.spool.clean_up();
    }

    /// Sets who hears of what failed in the background; the first one stays.
    pub fn report_to(&self, reporter: impl Fn(&str, &StorageError) + Send + Sync + 'static) {
        let _ = self.shared.reporter.set(Box::new(reporter));
    }

    /// Takes in settings. Files that lie elsewhere are not moved.
    pub fn follow(&self, settings: &S3) {
        let current = self.shared.bucket.load();
        if current.as_ref().map(|bucket| bucket.settings()) != settings.enabled.then_some(settings) {
            let bucket = settings.enabled.then(|| Arc::new(S3Storage::new(settings)));
            self.shared.bucket.store(bucket);
        }
    }

    /// Where files are kept now.
    pub fn storage(&self) -> Arc<dyn Storage> {
        match self.shared.bucket.load_full() {
            Some(bucket) => bucket,
            None => Arc::new(self.shared.local.clone()),
        }
    }

    /// Stores the file of a record durably: a reader sees all of it or nothing.
    ///
    /// # Errors
    /// The disk is full, the server refuses; who listens is told.
    pub fn put(&self, key: &Key, source: Source<'_>, about: &About<'_>) -> Result<(), StorageError> {
        let stored = self.shared.put(key, source, about);
        if let Err(error) = &stored {
            self.shared.report("Failed to store a file", error);
        }
        stored
    }

    /// Stores a thumb as long as the file is there that it was made of. Who listens is told of what fails.
    pub fn put_thumb(&self, of: &Key, thumb: &Key, content: &[u8], content_type: &str) {
        let stored = self.shared.put(thumb, Source::Bytes(content), &About { content_type, original_name: None });
        if matches!(self.open(of), Ok(None)) {
            let thumb = thumb.clone();
            self.apart(move |storage| storage.delete(&thumb));
        } else if let Err(error) = stored {
            self.shared.report("Failed to store a file", &error);
        }
    }

    /// Finds a file; `None` where there is none.
    ///
    /// # Errors
    /// The file exists and cannot be opened, or the server cannot be asked; who listens is told.
    pub fn open(&self, key: &Key) -> Result<Option<StoredFile>, StorageError> {
        let opened = self.shared.with(|storage| storage.open(key));
        if let Err(error) = &opened {
            self.shared.report("Failed to open a file", error);
        }
        opened
    }

    /// Whether a file is there and has this content.
    pub fn holds(&self, collection: &str, record: &str, name: &str, content: &[u8]) -> bool {
        let key = Key::file(collection, record, name).ok();
        key.and_then(|key| self.open(&key).ok().flatten()).is_some_and(|stored| stored.holds(content))
    }

    /// Finds a file without waiting for the disk or a network: `None` too where that cannot be done.
    pub fn open_cached(&self, key: &Key) -> Option<StoredFile> {
        if self.shared.bucket.load().is_some() { None } else { self.shared.local.open_cached(key) }
    }

    /// Deletes a file with its thumbs; a missing one is no error.
    pub fn delete(&self, collection: &str, record: &str, name: &str) {
        let keys = Key::file(collection, record, name).and_then(|file| {
            let thumbs = Key::thumbs(collection, record, name)?;
            Ok((file, thumbs))
        });
        let Ok((file, thumbs)) = keys else { return };
        self.apart(move |storage| {
            // In this order: whoever stores a thumb afterwards sees that the file is gone.
            storage.delete(&file)?;
            storage.delete_folder(&thumbs)
        });
    }

    /// Deletes the files of a record, which had these. A later record of its id may have others already, or be about to.
    pub fn delete_record(&self, collection: &str, record: &str, names: Vec<String>) {
        let Ok(folder) = Key::of(&[collection, record]) else { return };
        let before = SystemTime::now().checked_sub(UNDECIDED).unwrap_or(SystemTime::UNIX_EPOCH);
        let gone = Gone { names, before };
        self.apart(move |storage| storage.clear(&folder, &gone));
    }

    /// Deletes all files of a collection, which may be millions. On disk they are out of the way at once.
    pub fn delete_collection(&self, collection: &str) {
        if let Some(bucket) = self.shared.bucket.load_full() {
            let (Ok(folder), collection) = (Key::of(&[collection]), collection.to_owned()) else { return };
            {
                let mut going = self.shared.going();
                let (deletions, stored) = going.entry(collection.clone()).or_default();
                *deletions += 1;
                stored.clear();
            }
            return self.deletions.push(Box::new(move |shared| {
                let is_new =
                    |key: &str| shared.going().get(&collection).is_some_and(|(_, stored)| stored.contains(key));
                shared.done(bucket.delete_where(&folder, &|entry| !is_new(&entry.key)));
                let mut going = shared.going();
                if let Some((deletions, _)) = going.get_mut(&collection) {
                    *deletions -= 1;
                    if *deletions == 0 {
                        going.remove(&collection);
                    }
                }
            }));
        }
        {
            let mut held = self.shared.held();
            if held.readers > 0 {
                held.collections.insert(collection.to_owned());
                return;
            }
        }
        self.shared.delete_collection(collection);
    }

    /// Keeps the files on disk that are deleted from now on, until the hold is dropped: a backup has them with the records
    /// that its copy of the database has.
    pub fn hold(&self) -> Hold {
        self.shared.held().readers += 1;
        Hold(Arc::clone(&self.shared))
    }

    /// Deletes on disk at once, in a bucket soon.
    fn apart(&self, delete: impl FnOnce(&dyn Storage) -> Result<(), StorageError> + Send + 'static) {
        match self.shared.bucket.load_full() {
            None => {
                {
                    let mut held = self.shared.held();
                    if held.readers > 0 {
                        held.deletions.push(Box::new(move |shared| shared.done(delete(&shared.local))));
                        return;
                    }
                }
                self.shared.done(delete(&self.shared.local));
            }
            Some(bucket) => self.deletions.push(Box::new(move |shared| shared.done(delete(&*bucket)))),
        }
    }
}

impl Shared {
    fn with<T>(&self, work: impl FnOnce(&dyn Storage) -> T) -> T {
        match &*self.bucket.load() {
            Some(bucket) => work(&**bucket),
            None => work(&self.local),
        }
    }

    fn put(self: &Arc<Self>, key: &Key, source: Source<'_>, about: &About<'_>) -> Result<(), StorageError> {
        self.make_room(key);
        self.with(|storage| storage.put(key, source, about))
    }

    /// Puts the files of a collection out of the way, and deletes them on a thread of its own.
    fn delete_collection(self: &Arc<Self>, collection: &str) {
        let Some(aside) = self.local.set_aside(collection) else { return };
        let shared = Arc::clone(self);
        let delete = move || shared.done(shared.local.delete_folder(&aside));
        let _ = std::thread::Builder::new().name("pbr-files".into()).spawn(delete);
    }

    /// A new collection may have the id of one whose files a backup still reads: those go before it gets files.
    fn make_room(self: &Arc<Self>, key: &Key) {
        let path = key.path();
        let Some(collection) = path.iter().next().and_then(|name| name.to_str()) else { return };
        let mut held = self.held();
        if !held.collections.is_empty() && held.collections.remove(collection) {
            self.delete_collection(collection);
        }
        if let Some((_, stored)) = self.going().get_mut(collection) {
            stored.insert(key.to_string());
        }
    }

    fn going(&self) -> MutexGuard<'_, Going> {
        self.going.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn done(&self, deleted: Result<(), StorageError>) {
        if let Err(error) = deleted {
            self.report("Failed to delete files", &error);
        }
    }

    fn report(&self, what: &str, error: &StorageError) {
        if let Some(reporter) = self.reporter.get() {
            reporter(what, error);
        }
    }
}

/// A thread that deletes what it is told, started with the first.
struct Deletions {
    queue: Sender<Deletion>,
    /// Until it is started, what the thread needs.
    thread: Mutex<Thread>,
}

enum Thread {
    Idle(Receiver<Deletion>, std::sync::Weak<Shared>),
    Running(JoinHandle<()>),
    Gone,
}

impl Deletions {
    fn new(shared: &Arc<Shared>) -> Self {
        let (queue, waiting) = unbounded();
        Self { queue, thread: Mutex::new(Thread::Idle(waiting, Arc::downgrade(shared))) }
    }

    fn push(&self, deletion: Deletion) {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Thread::Idle(waiting, shared) = &*thread
            && let Some(shared) = shared.upgrade()
        {
            let waiting = waiting.clone();
            let work = move || waiting.iter().for_each(|deletion| deletion(&shared));
            match std::thread::Builder::new().name("pbr-deletions".into()).spawn(work) {
                Ok(running) => *thread = Thread::Running(running),
                Err(error) => {
                    let error = StorageError::Io(io::Error::other(error));
                    if let Thread::Idle(_, shared) = &*thread
                        && let Some(shared) = shared.upgrade()
                    {
                        shared.report("Failed to delete files", &error);
                    }
                }
            }
        }
        let _ = self.queue.send(deletion);
    }
}

impl Drop for Deletions {
    fn drop(&mut self) {
        let thread = self.thread.get_mut().unwrap_or_else(PoisonError::into_inner);
        let thread = std::mem::replace(thread, Thread::Gone);
        // Ends the thread once it has done what waits.
        self.queue = unbounded().0;
        if let Thread::Running(running) = thread {
            let started = Instant::now();
            while !running.is_finished() && started.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_is_deleted_takes_no_file_of_the_next_one_of_its_id() {
        let dir = tempfile::tempdir().unwrap();
        let files = RecordFiles::new(dir.path());
        let about = About { content_type: "text/plain", original_name: None };
        let key = |name: &str| Key::file("c", "r", name).unwrap();
        let thumb = |name: &str| Key::thumb("c", "r", name, "1x1").unwrap();
        for name in ["old", "left", "new"] {
            files.put(&key(name), Source::Bytes(b"a"), &about).unwrap();
            files.put(&thumb(name), Source::Bytes(b"a"), &about).unwrap();
        }
        // A file of a field that is no more.
        let folder = dir.path().join("storage/c/r");
        let aged = SystemTime::now() - 2 * UNDECIDED;
        for name in ["left", "left.attrs", "thumbs_left"] {
            std::fs::File::open(folder.join(name)).unwrap().set_modified(aged).unwrap();
        }
        files.delete_record("c", "r", vec!["old".into()]);
        for name in ["old", "left", "new"] {
            let kept = [key(name), thumb(name)].map(|key| files.open(&key).unwrap().is_some());
            assert_eq!(kept, [name == "new"; 2], "{name}");
        }
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 3);
        files.delete_record("c", "r", vec!["new".into()]);
        assert!(!folder.exists());
    }

    #[test]
    fn files_come_and_go_in_one_folder_at_the_same_time() {
        let dir = tempfile::tempdir().unwrap();
        let files = RecordFiles::new(dir.path());
        let about = About { content_type: "text/plain", original_name: None };
        std::thread::scope(|scope| {
            for worker in 0..4 {
                let (files, about) = (&files, &about);
                scope.spawn(move || {
                    for at in 0..50 {
                        let name = format!("{worker}_{at}");
                        let key = Key::file("c", "r", &name).unwrap();
                        files.put(&key, Source::Bytes(b"a"), about).unwrap();
                        files.put(&Key::thumb("c", "r", &name, "1x1").unwrap(), Source::Bytes(b"a"), about).unwrap();
                        assert!(files.open(&key).unwrap().is_some());
                        files.delete_record("c", "r", vec![name]);
                    }
                });
            }
        });
        assert!(!dir.path().join("storage/c").exists());
    }

    #[test]
    fn files_that_are_deleted_while_a_backup_reads_stay_until_it_has_them() {
        let dir = tempfile::tempdir().unwrap();
        let files = RecordFiles::new(dir.path());
        let about = About { content_type: "text/plain", original_name: None };
        let key = |record: &str| Key::file("c", record, "a.txt").unwrap();
        for record in ["r", "s"] {
            files.put(&key(record), Source::Bytes(b"a"), &about).unwrap();
        }
        let (first, second) = (files.hold(), files.hold());
        files.delete("c", "r", "a.txt");
        files.delete_record("c", "s", vec!["a.txt".into()]);
        drop(first);
        assert!(files.open(&key("r")).unwrap().is_some() && files.open(&key("s")).unwrap().is_some());
        drop(second);
        assert!(files.open(&key("r")).unwrap().is_none() && files.open(&key("s")).unwrap().is_none());
        files.put(&key("r"), Source::Bytes(b"a"), &about).unwrap();
        files.delete("c", "r", "a.txt");
        assert!(files.open(&key("r")).unwrap().is_none());

        files.put(&key("r"), Source::Bytes(b"a"), &about).unwrap();
        let hold = files.hold();
        files.delete_collection("c");
        assert!(files.open(&key("r")).unwrap().is_some());
        drop(hold);
        assert!(files.open(&key("r")).unwrap().is_none());
        // Another collection of the same id keeps what it gets.
        files.put(&key("r"), Source::Bytes(b"a"), &about).unwrap();
        let hold = files.hold();
        files.delete_collection("c");
        files.put(&key("s"), Source::Bytes(b"a"), &about).unwrap();
        drop(hold);
        assert!(files.open(&key("r")).unwrap().is_none() && files.open(&key("s")).unwrap().is_some());
    }
}

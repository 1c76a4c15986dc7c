//! Putting the content of a backup in the place of a data directory's own.
//!
//! The archive is unpacked and checked in a folder beside the data; only then does anything change. The swap consists of
//! renames, and a journal says how far it is: whatever ends it, the next start goes back to what there was, or, once all
//! of that is out of the way, on to the end. What was replaced goes where both servers look for rubbish.

use super::{BackupError, Backups, TEMPORARY, verify};
use crate::schema::{LOWER_ALPHANUMERIC, random_string};
use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use zip::ZipArchive;
use zip::read::ZipFile;

/// Where all of it happens, inside the data directory.
pub(super) const FOLDER: &str = ".pbr_restore";
/// What begins the name of data that was replaced.
pub(super) const REPLACED: &str = "old_pb_data_";
/// Top-level names that stay where they are.
const KEPT: [&str; 6] = ["backups", TEMPORARY, ".notify", ".autocert_cache", "lost+found", FOLDER];

/// How far a swap is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The old content is on its way out: it goes back.
    Aside,
    /// All of the old content is out: the new one goes in.
    In,
}

/// A backup that is unpacked and checked, ready to be put in place.
pub struct Staged {
    workshop: Workshop,
    /// Held until the end, so that no other process takes this for something that broke off.
    _lock: File,
}

/// The paths of a restore.
struct Workshop {
    dir: PathBuf,
}

impl Backups {
    /// Unpacks and checks a backup. The data directory is not touched yet.
    ///
    /// # Errors
    /// There is none of that name, it is damaged, or the disk is full; nothing is left then.
    pub fn stage(&self, key: &str) -> Result<Staged, BackupError> {
        let _active = self.begin(key)?;
        Staged::prepare(&self.dir, |folder| self.fetch(key, folder))
    }

    /// The same with an archive that lies anywhere.
    ///
    /// # Errors
    /// As [`Backups::stage`].
    pub fn stage_file(&self, archive: &Path) -> Result<Staged, BackupError> {
        Staged::prepare(&self.dir, |_| Ok(archive.to_owned()))
    }
}

impl Staged {
    fn prepare(dir: &Path, fetch: impl FnOnce(&Path) -> Result<PathBuf, BackupError>) -> Result<Self, BackupError> {
        let workshop = Workshop { dir: dir.to_owned() };
        fs::create_dir_all(workshop.root())?;
        let lock = workshop.lock()?.ok_or(BackupError::Busy)?;
        workshop.settle()?;
        fs::create_dir_all(workshop.root())?;
        let staged = (|| {
            // Settling may have removed the folder with the lock in it; the lock that counts is the one that is there.
            let lock = workshop.lock()?.ok_or(BackupError::Busy)?;
            fs::create_dir_all(workshop.new_content())?;
            let archive = fetch(&workshop.root())?;
            unpack(&archive, &workshop.new_content())?;
            verify::databases(&workshop.new_content())?;
            Ok(lock)
        })();
        drop(lock);
        match staged {
            Ok(lock) => Ok(Self { workshop, _lock: lock }),
            Err(error) => {
                let _ = fs::remove_dir_all(workshop.root());
                Err(error)
            }
        }
    }

    /// Puts the content in place, but for top-level names that stay what they are. Nobody may write to the databases
    /// meanwhile, and whoever has them open has the old ones.
    ///
    /// # Errors
    /// The old content cannot be moved; it is back where it was then. [`BackupError::Unfinished`] where the new content
    /// cannot be moved: the directory is in nobody's state until [`recover`] has ended it.
    pub fn swap(self, kept: &[String]) -> Result<(), BackupError> {
        self.workshop.leave_out(kept)?;
        self.workshop.note(Phase::Aside)?;
        if let Err(error) = self.workshop.move_aside(kept) {
            self.workshop.move_back()?;
            fs::remove_dir_all(self.workshop.root())?;
            return Err(error.into());
        }
        self.workshop.note(Phase::In)?;
        self.workshop.finish().map_err(BackupError::Unfinished)
    }
}

/// Brings a restore to an end that broke off with its process. Called before a data directory is opened.
///
/// # Errors
/// The content cannot be moved; the next call tries again.
pub fn recover(dir: &Path) -> Result<(), BackupError> {
    /// How long another process may take for its swap, which consists of renames.
    const PATIENCE: Duration = Duration::from_secs(5);
    let workshop = Workshop { dir: dir.to_owned() };
    let started = Instant::now();
    while workshop.root().exists() {
        if let Some(_lock) = workshop.lock()? {
            return Ok(workshop.settle()?);
        }
        // Another process is unpacking, which takes as long as it takes and concerns nobody, or is at the swap.
        if workshop.phase().is_none() {
            return Ok(());
        }
        if started.elapsed() > PATIENCE {
            return Err(BackupError::Busy);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Whether another process has the databases open.
///
/// # Errors
/// SQLite cannot open them.
pub fn is_in_use(dir: &Path) -> Result<bool, BackupError> {
    for name in super::DATABASES {
        let path = dir.join(name);
        if !path.is_file() {
            continue;
        }
        let connection = rusqlite::Connection::open(&path)?;
        // Whoever has a database in WAL mode open holds a lock that stands in the way of this one.
        connection.execute_batch("PRAGMA locking_mode=EXCLUSIVE")?;
        match connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK") {
            Ok(()) => {}
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => return Ok(true),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

impl Workshop {
    fn root(&self) -> PathBuf {
        self.dir.join(FOLDER)
    }

    fn new_content(&self) -> PathBuf {
        self.root().join("new")
    }

    fn old_content(&self) -> PathBuf {
        self.root().join("old")
    }

    fn journal(&self) -> PathBuf {
        self.root().join("phase")
    }

    /// The lock, `None` while another process has it.
    fn lock(&self) -> io::Result<Option<File>> {
        let opened = File::options().create(true).truncate(false).write(true).open(self.root().join("lock"));
        let lock = match opened {
            // The other process has come to its end.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn phase(&self) -> Option<Phase> {
        match fs::read_to_string(self.journal()).ok()?.as_str() {
            "aside" => Some(Phase::Aside),
            "in" => Some(Phase::In),
            _ => None,
        }
    }

    /// Writes how far it is, so that it is known after a power cut too.
    fn note(&self, phase: Phase) -> io::Result<()> {
        let text = match phase {
            Phase::Aside => "aside",
            Phase::In => "in",
        };
        let temporary = self.root().join("phase.tmp");
        let mut file = File::create(&temporary)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, self.journal())?;
        sync(&self.root())
    }

    /// Ends what another process began.
    fn settle(&self) -> io::Result<()> {
        match self.phase() {
            // Nothing was touched yet.
            None => fs::remove_dir_all(self.root()),
            Some(Phase::Aside) => {
                self.move_back()?;
                fs::remove_dir_all(self.root())
            }
            Some(Phase::In) => self.finish(),
        }
    }

    /// Removes from the new content what is not to be replaced.
    fn leave_out(&self, kept: &[String]) -> io::Result<()> {
        let entries = fs::read_dir(self.new_content())?.collect::<io::Result<Vec<_>>>()?;
        for entry in entries.iter().filter(|entry| is_kept(entry, kept)) {
            let folder = entry.file_type()?.is_dir();
            if folder { fs::remove_dir_all(entry.path())? } else { fs::remove_file(entry.path())? }
        }
        Ok(())
    }

    fn move_aside(&self, kept: &[String]) -> io::Result<()> {
        fs::create_dir_all(self.old_content())?;
        let entries = fs::read_dir(&self.dir)?.collect::<io::Result<Vec<_>>>()?;
        for entry in entries {
            if !is_kept(&entry, kept) {
                fs::rename(entry.path(), self.old_content().join(entry.file_name()))?;
            }
        }
        sync(&self.old_content())?;
        sync(&self.dir)
    }

    fn move_back(&self) -> io::Result<()> {
        self.bring_in(&self.old_content())
    }

    fn finish(&self) -> io::Result<()> {
        self.bring_in(&self.new_content())?;
        let rubbish = self.dir.join(TEMPORARY);
        fs::create_dir_all(&rubbish)?;
        if self.old_content().exists() {
            let name = format!("{REPLACED}{}", random_string(8, LOWER_ALPHANUMERIC));
            fs::rename(self.old_content(), rubbish.join(name))?;
        }
        fs::remove_dir_all(self.root())
    }

    /// Moves all that is in a folder into the data directory. What has come there meanwhile gives way.
    fn bring_in(&self, folder: &Path) -> io::Result<()> {
        if !folder.exists() {
            return Ok(());
        }
        let entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
        for entry in entries {
            let target = self.dir.join(entry.file_name());
            if target.exists() {
                let aside = self.dir.join(TEMPORARY);
                fs::create_dir_all(&aside)?;
                let name = format!("{REPLACED}{}", random_string(8, LOWER_ALPHANUMERIC));
                fs::rename(&target, aside.join(name))?;
            }
            fs::rename(entry.path(), target)?;
        }
        sync(&self.dir)
    }
}

fn is_kept(entry: &fs::DirEntry, kept: &[String]) -> bool {
    let name = entry.file_name();
    let name = name.to_string_lossy();
    KEPT.contains(&&*name) || kept.iter().any(|kept| *kept == name)
}

/// Where an entry goes, in the data directory; `None` where it is left out.
pub(super) fn place<R: io::Read>(entry: &ZipFile<'_, R>) -> Option<PathBuf> {
    let path = entry.enclosed_name()?;
    let first = path.components().next()?;
    let kept = KEPT.contains(&&*first.as_os_str().to_string_lossy());
    (!kept && (entry.is_file() || entry.is_dir())).then_some(path)
}

/// Unpacks an archive. Entries that would leave the folder, and what is kept of the data directory, are left out.
fn unpack(archive: &Path, folder: &Path) -> Result<(), BackupError> {
    let mut archive = ZipArchive::new(File::open(archive)?)?;
    let mut folders = BTreeSet::from([folder.to_owned()]);
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let Some(path) = place(&entry) else { continue };
        let failed = |error| BackupError::of_entry(&path.to_string_lossy(), error);
        let target = folder.join(&path);
        let inside = if entry.is_dir() { &target } else { target.parent().expect("a path in a folder") };
        folders.extend(inside.ancestors().take_while(|above| *above != folder).map(Path::to_owned));
        if entry.is_dir() {
            fs::create_dir_all(&target).map_err(failed)?;
            continue;
        }
        fs::create_dir_all(target.parent().expect("a path in a folder")).map_err(failed)?;
        let mut file = File::create(&target).map_err(failed)?;
        io::copy(&mut entry, &mut file).map_err(failed)?;
        file.sync_all()?;
    }
    // Of a file that is safe on disk the way to it must be, too.
    folders.iter().try_for_each(|folder| sync(folder))?;
    Ok(())
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A data directory with an old file, and a workshop that is at a phase with a new one.
    fn broken_off(phase: Phase, moved: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let workshop = Workshop { dir: dir.path().to_owned() };
        fs::create_dir_all(workshop.new_content()).unwrap();
        fs::create_dir_all(workshop.old_content()).unwrap();
        for name in ["data.db", "types.d.ts"] {
            fs::write(dir.path().join(name), "old").unwrap();
        }
        for name in ["data.db", "extra"] {
            fs::write(workshop.new_content().join(name), "new").unwrap();
        }
        for (from, to) in moved {
            fs::rename(dir.path().join(from), dir.path().join(to)).unwrap();
        }
        workshop.note(phase).unwrap();
        dir
    }

    fn content(dir: &tempfile::TempDir) -> Vec<(String, String)> {
        let entries = fs::read_dir(dir.path()).unwrap().map(Result::unwrap);
        let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
        let mut content: Vec<_> = files
            .map(|entry| (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap()))
            .collect();
        content.sort();
        content
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_swap_that_broke_off_early_is_undone() {
        let old = pairs(&[("data.db", "old"), ("types.d.ts", "old")]);
        for moved in [&[][..], &[("data.db", ".pbr_restore/old/data.db")]] {
            let dir = broken_off(Phase::Aside, moved);
            recover(dir.path()).unwrap();
            assert_eq!(content(&dir), old);
            assert!(!dir.path().join(FOLDER).exists());
        }
    }

    #[test]
    fn a_swap_that_broke_off_late_is_ended() {
        let aside = [("data.db", ".pbr_restore/old/data.db"), ("types.d.ts", ".pbr_restore/old/types.d.ts")];
        let moved_in = [aside[0], aside[1], (".pbr_restore/new/data.db", "data.db")];
        for moved in [&aside[..], &moved_in[..]] {
            let dir = broken_off(Phase::In, moved);
            recover(dir.path()).unwrap();
            assert_eq!(content(&dir), pairs(&[("data.db", "new"), ("extra", "new")]));
            assert!(!dir.path().join(FOLDER).exists());
            // What was replaced is not gone yet.
            let kept: Vec<_> = fs::read_dir(dir.path().join(TEMPORARY)).unwrap().map(Result::unwrap).collect();
            assert_eq!(fs::read_to_string(kept[0].path().join("types.d.ts")).unwrap(), "old");
        }
    }

    #[test]
    fn an_archive_reaches_nothing_outside_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        let archive = dir.path().join("a.zip");
        let mut zip = zip::ZipWriter::new(File::create(&archive).unwrap());
        for name in
            ["../evil", "/absolute", "a/../../evil", "backups/x.zip", ".pbr_restore/phase", "data.db", "storage/c/r/f"]
        {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(b"content").unwrap();
        }
        zip.finish().unwrap();
        let folder = dir.path().join("new");
        fs::create_dir(&folder).unwrap();
        unpack(&archive, &folder).unwrap();
        let names = |folder: &Path| {
            let mut names: Vec<_> =
                fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        };
        assert_eq!(names(dir.path()), ["a.zip", "new"]);
        let inside = names(&folder);
        assert!(inside.contains(&"data.db".to_owned()) && inside.contains(&"storage".to_owned()), "{inside:?}");
        assert!(!inside.iter().any(|name| name.starts_with('.') || name == "backups"), "{inside:?}");
    }
}

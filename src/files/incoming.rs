//! What clients upload, on its way in: a little of it in memory, the rest in a temporary file beside where it will lie.

use super::marks::is_mark;
use super::storage::Source;
use bytes::Bytes;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Bytes of an upload that stay in memory, and that are written in one go.
const IN_MEMORY: usize = 256 << 10;
/// First bytes that are looked at to tell what it is.
const HEAD: usize = 8 << 10;
/// A temporary file that was not written to for so long belongs to nobody: no client may take so long.
const STALE: Duration = Duration::from_secs(600);

/// A folder for temporary files, on the same filesystem as what they become.
#[derive(Clone, Debug)]
pub struct Spool {
    folder: PathBuf,
}

impl Spool {
    /// A folder, made when it is needed.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Removes what processes left that ended in the middle of an upload.
    pub fn clean_up(&self) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let old = || {
                let modified = entry.metadata().and_then(|metadata| metadata.modified());
                modified.is_ok_and(|moment| moment.elapsed().is_ok_and(|age| age > STALE))
            };
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if !is_mark(&name) && (is_orphan(&name) || old()) {
                let _ = fs::remove_file(entry.path());
            }
        }
        // One that is not empty stays.
        let _ = fs::remove_dir(&self.folder);
    }

    /// Begins to take in an upload.
    pub fn begin(&self) -> IncomingWriter {
        IncomingWriter { spool: self.clone(), head: Vec::new(), buffer: Vec::new(), size: 0, file: None }
    }
}

/// Whether the process that made a temporary file is gone, where the system tells.
fn is_orphan(name: &str) -> bool {
    let processes = Path::new("/proc");
    let owner = name.split('-').next().filter(|owner| !owner.is_empty() && owner.bytes().all(|b| b.is_ascii_digit()));
    processes.join("self").exists() && owner.is_some_and(|owner| !processes.join(owner).exists())
}

/// An upload that is being taken in.
pub struct IncomingWriter {
    spool: Spool,
    head: Vec<u8>,
    buffer: Vec<u8>,
    size: u64,
    file: Option<(File, Temporary)>,
}

impl IncomingWriter {
    /// Takes bytes into memory; `true` when it is time to [`IncomingWriter::flush`].
    pub fn push(&mut self, chunk: &[u8]) -> bool {
        let missing = HEAD.saturating_sub(self.head.len()).min(chunk.len());
        self.head.extend_from_slice(&chunk[..missing]);
        self.buffer.extend_from_slice(chunk);
        self.size += chunk.len() as u64;
        self.buffer.len() >= IN_MEMORY
    }

    /// Writes what is in memory to a temporary file. Not for async code.
    ///
    /// # Errors
    /// The disk is full or not writable; the file is gone with the writer.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.file.is_none() {
            fs::create_dir_all(&self.spool.folder)?;
            let name = format!("{}-{:x}", std::process::id(), rand::random::<u64>());
            let temporary = Temporary(self.spool.folder.join(name));
            self.file = Some((File::create_new(&temporary.0)?, temporary));
        }
        let (file, _) = self.file.as_mut().expect("it was made above");
        file.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    /// Whether all of it is in memory, and how many bytes.
    pub fn in_memory(&self) -> Option<usize> {
        self.file.is_none().then_some(self.buffer.len())
    }

    /// The finished upload. Blocks where a part of it is in a file.
    ///
    /// # Errors
    /// As [`IncomingWriter::flush`].
    pub fn finish(mut self) -> io::Result<Incoming> {
        if self.file.is_some() && !self.buffer.is_empty() {
            self.flush()?;
        }
        Ok(match self.file {
            None => Incoming::from(Bytes::from(self.buffer)),
            Some((_, file)) => {
                Incoming { content: Arc::new(Content::Spooled { head: self.head, size: self.size, file }) }
            }
        })
    }
}

/// A finished upload. Its temporary file goes with the last clone, unless it was moved to its place.
#[derive(Clone, Debug)]
pub struct Incoming {
    content: Arc<Content>,
}

#[derive(Debug)]
enum Content {
    Memory(Bytes),
    Spooled { head: Vec<u8>, size: u64, file: Temporary },
}

impl Incoming {
    /// Bytes.
    pub fn size(&self) -> u64 {
        match &*self.content {
            Content::Memory(bytes) => bytes.len() as u64,
            Content::Spooled { size, .. } => *size,
        }
    }

    /// Whether it can be stored more than once.
    pub fn is_in_memory(&self) -> bool {
        matches!(*self.content, Content::Memory(_))
    }

    /// Enough of the beginning to tell what it is.
    pub fn head(&self) -> &[u8] {
        match &*self.content {
            Content::Memory(bytes) => &bytes[..bytes.len().min(HEAD)],
            Content::Spooled { head, .. } => head,
        }
    }

    /// The content, to be stored once.
    pub fn source(&self) -> Source<'_> {
        match &*self.content {
            Content::Memory(bytes) => Source::Bytes(bytes),
            Content::Spooled { file, .. } => Source::Move(&file.0),
        }
    }
}

impl From<Bytes> for Incoming {
    fn from(bytes: Bytes) -> Self {
        Self { content: Arc::new(Content::Memory(bytes)) }
    }
}

/// A file that is removed when nobody needs it any more.
#[derive(Debug)]
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // It may have been moved to its place.
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn take_in(spool: &Spool, chunks: &[&[u8]]) -> Incoming {
        let mut writer = spool.begin();
        for chunk in chunks {
            if writer.push(chunk) {
                writer.flush().unwrap();
            }
        }
        writer.finish().unwrap()
    }

    #[test]
    fn small_uploads_stay_in_memory_and_large_ones_leave_no_file_behind() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::new(dir.path().join("spool"));
        let small = take_in(&spool, &[b"he", b"llo"]);
        assert_eq!((small.size(), small.head()), (5, &b"hello"[..]));
        assert!(!dir.path().join("spool").exists());

        let large = take_in(&spool, &[&[7; IN_MEMORY], &[8; 10]]);
        assert_eq!((large.size(), large.head().len()), (IN_MEMORY as u64 + 10, HEAD));
        let mut content = Vec::new();
        large.clone().source().reader().unwrap().0.read_to_end(&mut content).unwrap();
        assert_eq!(content[IN_MEMORY - 1..], [7, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8]);
        assert_eq!(fs::read_dir(dir.path().join("spool")).unwrap().count(), 1);
        drop(large);
        assert_eq!(fs::read_dir(dir.path().join("spool")).unwrap().count(), 0);
    }

    #[test]
    fn only_files_of_processes_that_are_gone_are_cleaned_up() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::new(dir.path().to_owned());
        let own = take_in(&spool, &[&[7; IN_MEMORY]]);
        // Numbers of processes end far below.
        fs::write(dir.path().join("4294967290-a"), "left").unwrap();
        spool.clean_up();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), if Path::new("/proc/self").exists() { 1 } else { 2 });
        drop(own);
    }
}

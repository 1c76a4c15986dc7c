//! Thumbs on demand: made once, however many ask for the same one, and never more at a time than memory allows.
//!
//! Whoever asks may hang up while a thumb is made, and it is made nevertheless: what bounds the work goes with the work.

use super::context::blocking;
use crate::files::{Content, Key, MAX_MEMORY, RecordFiles, StoredFile, ThumbSize, memory};
use bytes::Bytes;
use std::collections::HashMap;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, SystemTime};
use tokio::sync::{Semaphore, oneshot};

/// How long a thumb may wait for its turn before the original is served instead.
const PATIENCE: Duration = Duration::from_secs(60);
/// Megabytes under work: together as many as one image may take.
const BUDGET: u32 = (MAX_MEMORY / 1_000_000) as u32;
/// Originals in memory at once. More than two would only get into each other's way.
const AT_ONCE: usize = 2;
/// Thumbs between their making and their place in the storage, which may be a slow one.
const STORED_AT_ONCE: usize = 8;
/// Bytes of an image that is looked at.
const MAX_BYTES: u64 = 256 << 20;

/// The thumbs that are being made.
pub struct Thumbs {
    places: Arc<Semaphore>,
    budget: Arc<Semaphore>,
    storing: Arc<Semaphore>,
    making: Making,
}

/// One lock for each thumb that is asked for just now.
type Making = Arc<Mutex<HashMap<Key, Weak<Turns>>>>;

/// The lock of one thumb. The last one who wants the thumb takes it out of the others.
struct Turns {
    thumb: Key,
    lock: Arc<tokio::sync::Mutex<()>>,
    making: Making,
}

impl Drop for Turns {
    fn drop(&mut self) {
        let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        // Somebody may have come for it again a moment ago.
        if making.get(&self.thumb).is_some_and(|turns| turns.strong_count() == 0) {
            making.remove(&self.thumb);
        }
    }
}

impl Default for Thumbs {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE)),
            budget: Arc::new(Semaphore::new(BUDGET as usize)),
            storing: Arc::new(Semaphore::new(STORED_AT_ONCE)),
            making: Making::default(),
        }
    }
}

impl Thumbs {
    /// The thumb, made now where it is not there yet.
    ///
    /// # Errors
    /// Why there is none: the original cannot be read as an image, is too large, or it took too long.
    pub async fn get(
        &self,
        files: &RecordFiles,
        original: (Key, StoredFile),
        thumb: Key,
        size: ThumbSize,
    ) -> Result<StoredFile, String> {
        if let Some(stored) = open(files, &thumb).await? {
            return Ok(stored);
        }
        tokio::time::timeout(PATIENCE, self.make(files, original, thumb, size))
            .await
            .unwrap_or_else(|_| Err("no turn came in time".to_owned()))
    }

    async fn make(
        &self,
        files: &RecordFiles,
        (of, original): (Key, StoredFile),
        thumb: Key,
        size: ThumbSize,
    ) -> Result<StoredFile, String> {
        let turns = self.turns(&thumb);
        let turn = Arc::clone(&turns.lock).lock_owned().await;
        // Somebody may have made it meanwhile.
        if let Some(stored) = open(files, &thumb).await? {
            return Ok(stored);
        }
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|error| error.to_string())?;
        // The guards come back with the content, so that none is dropped while it is read.
        let read = move || read(original).map(|(content, megabytes)| (content, megabytes, (turn, turns), place));
        let (content, megabytes, turn, place) = blocking(read).await.map_err(|error| error.message)??;
        let storing = Arc::clone(&self.storing).acquire_owned().await.map_err(|error| error.to_string())?;
        let share = Arc::clone(&self.budget).acquire_many_owned(megabytes.clamp(1, BUDGET)).await;
        let share = share.map_err(|error| error.to_string())?;
        let (answer, made) = oneshot::channel();
        let storage = files.clone();
        tokio::task::spawn_blocking(move || {
            let made = size.of(&content).map(|(bytes, content_type)| (Bytes::from(bytes), content_type));
            drop((content, share, place));
            // Whoever asked need not wait until it is safe on a disk; the next one finds it there.
            let stored = made.as_ref().ok().cloned();
            let _ = answer.send(made);
            if let Some((bytes, content_type)) = stored {
                storage.put_thumb(&of, &thumb, &bytes, content_type);
            }
            drop((turn, storing));
        });
        let made = made.await.map_err(|_| "the work on it failed".to_owned())?;
        let (bytes, content_type) = made.map_err(|error| error.to_string())?;
        Ok(StoredFile {
            content_type: content_type.to_owned(),
            original_name: None,
            size: bytes.len() as u64,
            modified: SystemTime::now(),
            content: Content::Memory(bytes),
        })
    }

    fn turns(&self, thumb: &Key) -> Arc<Turns> {
        let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = making.get(thumb).and_then(Weak::upgrade) {
            return known;
        }
        let turns = Arc::new(Turns { thumb: thumb.clone(), lock: Arc::default(), making: Arc::clone(&self.making) });
        making.insert(thumb.clone(), Arc::downgrade(&turns));
        turns
    }
}

async fn open(files: &RecordFiles, key: &Key) -> Result<Option<StoredFile>, String> {
    let (files, key) = (files.clone(), key.clone());
    let opened = blocking(move || files.open(&key)).await.map_err(|error| error.message)?;
    opened.map_err(|error| error.to_string())
}

/// The bytes of an image and the megabytes that it takes, rounded up.
fn read(original: StoredFile) -> Result<(Vec<u8>, u32), String> {
    if original.size > MAX_BYTES {
        return Err(format!("the original has {} bytes", original.size));
    }
    let mut content = Vec::new();
    let mut reader = original.content.reader(0..original.size).map_err(|error| error.to_string())?;
    reader.read_to_end(&mut content).map_err(|error| error.to_string())?;
    let memory = memory(&content).map_err(|error| error.to_string())?;
    Ok((content, u32::try_from(memory / 1_000_000 + 1).unwrap_or(BUDGET)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{About, Source};

    #[tokio::test]
    async fn whoever_hangs_up_while_others_make_a_thumb_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let files = RecordFiles::new(dir.path());
        let original = Key::file("c", "r", "a.png").unwrap();
        let about = About { content_type: "image/png", original_name: None };
        files.put(&original, Source::Bytes(b"no image"), &about).unwrap();
        let thumb = Key::thumb("c", "r", "a.png", "10x10").unwrap();
        let thumbs = Arc::new(Thumbs::default());

        let first = thumbs.turns(&thumb);
        let turn = first.lock.lock().await;
        let waiting = tokio::spawn({
            let (thumbs, files, thumb) = (Arc::clone(&thumbs), files.clone(), thumb.clone());
            let stored = (original.clone(), files.open(&original).unwrap().unwrap());
            async move { thumbs.get(&files, stored, thumb, ThumbSize::parse("10x10").unwrap()).await.is_ok() }
        });
        while Arc::strong_count(&first) < 2 {
            tokio::task::yield_now().await;
        }
        drop(turn);
        drop(first);
        waiting.abort();
        let _ = waiting.await;
        // What it had begun to read ends on its own.
        while thumbs.places.available_permits() < AT_ONCE || !thumbs.making.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(thumbs.budget.available_permits(), BUDGET as usize);
    }
}

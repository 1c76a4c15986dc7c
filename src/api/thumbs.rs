//! Thumbs on demand: made once, however many ask for the same one, and never more at a time than memory allows.

use super::context::blocking;
use crate::files::{About, Key, MAX_PIXELS, RecordFiles, Source, StoredFile, ThumbSize, pixels};
use std::collections::HashMap;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::Semaphore;

/// How long a thumb may wait for its turn before the original is served instead.
const PATIENCE: Duration = Duration::from_secs(60);
/// Megapixels under work: together as many as one image may have, so that memory stays bounded.
const BUDGET: u32 = (MAX_PIXELS / 1_000_000) as u32;
/// Bytes of an image that is looked at.
const MAX_BYTES: u64 = 256 << 20;

/// The thumbs that are being made.
pub struct Thumbs {
    budget: Arc<Semaphore>,
    /// One lock for each thumb that is asked for just now.
    making: Mutex<HashMap<Key, Weak<tokio::sync::Mutex<()>>>>,
}

impl Default for Thumbs {
    fn default() -> Self {
        Self { budget: Arc::new(Semaphore::new(BUDGET as usize)), making: Mutex::default() }
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
        original: StoredFile,
        thumb: Key,
        size: ThumbSize,
    ) -> Result<StoredFile, String> {
        if let Some(stored) = open(files, &thumb).await? {
            return Ok(stored);
        }
        let lock = self.lock(&thumb);
        let made = tokio::time::timeout(PATIENCE, async {
            let _turn = lock.lock().await;
            // Somebody may have made it meanwhile.
            if let Some(stored) = open(files, &thumb).await? {
                return Ok(stored);
            }
            let (content, megapixels) = read(original).await?;
            // Half of the budget at least: more than two at once would only get into each other's way.
            let share = megapixels.clamp(BUDGET / 2, BUDGET);
            let _share = self.budget.acquire_many(share).await.map_err(|error| error.to_string())?;
            let (storage, key) = (files.clone(), thumb.clone());
            let make = move || {
                let (thumb, content_type) = size.of(&content).map_err(|error| error.to_string())?;
                let about = About { content_type, original_name: None };
                storage.put(&key, Source::Bytes(&thumb), &about).map_err(|error| error.to_string())
            };
            blocking(make).await.map_err(|error| error.message)??;
            open(files, &thumb).await?.ok_or_else(|| "the thumb is gone again".to_owned())
        });
        let made = made.await.unwrap_or_else(|_| Err("no turn came in time".to_owned()));
        drop(lock);
        self.forget(&thumb);
        made
    }

    fn lock(&self, thumb: &Key) -> Arc<tokio::sync::Mutex<()>> {
        let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = making.get(thumb).and_then(Weak::upgrade) {
            return known;
        }
        let lock = Arc::new(tokio::sync::Mutex::new(()));
        making.insert(thumb.clone(), Arc::downgrade(&lock));
        lock
    }

    fn forget(&self, thumb: &Key) {
        let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if making.get(thumb).is_some_and(|lock| lock.strong_count() == 0) {
            making.remove(thumb);
        }
    }
}

async fn open(files: &RecordFiles, key: &Key) -> Result<Option<StoredFile>, String> {
    let (files, key) = (files.clone(), key.clone());
    let opened = blocking(move || files.open(&key)).await.map_err(|error| error.message)?;
    opened.map_err(|error| error.to_string())
}

/// The bytes of an image and its megapixels, rounded up.
async fn read(original: StoredFile) -> Result<(Vec<u8>, u32), String> {
    if original.size > MAX_BYTES {
        return Err(format!("the original has {} bytes", original.size));
    }
    let read = move || {
        let mut content = Vec::new();
        let mut reader = original.content.reader(0..original.size).map_err(|error| error.to_string())?;
        reader.read_to_end(&mut content).map_err(|error| error.to_string())?;
        let pixels = pixels(&content).map_err(|error| error.to_string())?;
        Ok((content, u32::try_from(pixels / 1_000_000 + 1).unwrap_or(BUDGET)))
    };
    blocking(read).await.map_err(|error| error.message)?
}

//! Blobs in a bucket of an S3 server, under the same keys as on disk (spec 04 §7).

mod client;
mod error;
mod remote;
mod upload;

pub use remote::Remote;

use super::Key;
use super::storage::{About, Content, Entry, Gone, Source, Storage, StorageError, StoredFile};
use crate::schema::{ALPHANUMERIC, random_string};
use crate::settings::S3;
use aws_sdk_s3::primitives::DateTime;
use client::{Begun, Connection};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime};

/// Where the client's name of a file is kept.
const ORIGINAL_NAME: &str = "original-filename";
/// Bytes of that name that stay as they are; the value of a header is ASCII.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// How long a list may take to come, without what is done with it; one of a million objects comes in a thousand pages.
const LISTING: Duration = Duration::from_secs(300);
/// Objects that are deleted at once.
const DELETES: usize = 16;

/// A bucket.
#[derive(Clone)]
pub struct S3Storage {
    inner: Arc<Inner>,
}

struct Inner {
    settings: S3,
    /// Made when it is first used: it costs a thread and reads the machine's certificates.
    connection: OnceLock<Result<Connection, String>>,
}

impl S3Storage {
    /// The bucket of these settings. Nothing is asked of the server yet.
    pub fn new(settings: &S3) -> Self {
        Self { inner: Arc::new(Inner { settings: settings.clone(), connection: OnceLock::new() }) }
    }

    /// The settings that it follows.
    pub fn settings(&self) -> &S3 {
        &self.inner.settings
    }

    fn connection(&self) -> Result<&Connection, StorageError> {
        let made = self.inner.connection.get_or_init(|| {
            Connection::new(&self.inner.settings).map_err(|error| format!("no S3 client can be made: {error}"))
        });
        made.as_ref().map_err(|reason| StorageError::Remote(reason.clone()))
    }

    fn bucket(&self) -> &str {
        &self.inner.settings.bucket
    }

    /// Shows all objects whose keys begin so.
    ///
    /// # Errors
    /// The server refuses, or `each` does.
    pub fn list_prefix(
        &self,
        prefix: &str,
        each: &mut dyn FnMut(Entry) -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        let connection = self.connection()?;
        let mut next: Option<String> = None;
        let (mut seen, mut waited) = (HashSet::new(), Duration::ZERO);
        loop {
            let request = connection
                .client()
                .list_objects_v2()
                .bucket(self.bucket())
                .max_keys(1000)
                .set_prefix((!prefix.is_empty()).then(|| prefix.to_owned()))
                .set_continuation_token(next.clone());
            let asked = Instant::now();
            let page = connection.begin(request.send()).wait()?.map_err(|error| error::failed(None, &error))?;
            waited += asked.elapsed();
            for object in page.contents.unwrap_or_default() {
                let Some(key) = object.key else { continue };
                let size = object.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
                each(Entry { key, size, modified: moment(object.last_modified) })?;
            }
            let follows = page.next_continuation_token.filter(|_| page.is_truncated == Some(true));
            let Some(token) = follows else { return Ok(()) };
            if !seen.insert(token.clone()) {
                return Err(StorageError::Remote(
                    "the server leads from a page of its list back to an earlier one".to_owned(),
                ));
            }
            if waited > LISTING {
                return Err(StorageError::Remote("the server's list came to no end in time".to_owned()));
            }
            next = Some(token);
        }
    }

    /// Stores, lists and deletes a file, to see whether the settings are right.
    ///
    /// # Errors
    /// What was tried, and why it failed.
    pub fn test(&self) -> Result<(), String> {
        let folder = format!("pb_settings_test_{}", random_string(5, ALPHANUMERIC));
        let key = Key::of(&[&folder, "test.txt"]).expect("letters and digits");
        let about = About { content_type: "text/plain; charset=utf-8", original_name: None };
        let put = self.put(&key, Source::Bytes(b"test"), &about);
        put.map_err(|error| format!("failed to upload a test file: {error}"))?;
        self.delete_folder(&Key::of(&[&folder]).expect("letters and digits"))
            .map_err(|error| format!("failed to delete a test file: {error}"))
    }

    fn begin_delete(&self, key: String) -> Result<Begun<Result<(), StorageError>>, StorageError> {
        let connection = self.connection()?;
        let request = connection.client().delete_object().bucket(self.bucket()).key(&key);
        Ok(connection.begin(async move {
            match request.send().await {
                Err(error) => Err(error::failed(Some(&key), &error)),
                Ok(_) => Ok(()),
            }
        }))
    }
}

impl Storage for S3Storage {
    fn put(&self, key: &Key, source: Source<'_>, about: &About<'_>) -> Result<(), StorageError> {
        upload::put(self, &key.to_string(), source, about)
    }

    fn open(&self, key: &Key) -> Result<Option<StoredFile>, StorageError> {
        let (connection, key) = (self.connection()?, key.to_string());
        let request = connection.client().head_object().bucket(self.bucket()).key(&key);
        let head = match connection.begin(request.send()).wait()? {
            Ok(head) => head,
            Err(error) if error::is_missing(&error) => return Ok(None),
            Err(error) => return Err(error::failed(Some(&key), &error)),
        };
        let name = head.metadata.as_ref().and_then(|metadata| metadata.get(ORIGINAL_NAME));
        Ok(Some(StoredFile {
            content_type: head.content_type.unwrap_or_default(),
            original_name: name.map(|name| percent_decode_str(name).decode_utf8_lossy().into_owned()),
            size: head.content_length.and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
            modified: moment(head.last_modified),
            content: Content::Remote(Remote::new(self.clone(), key)),
        }))
    }

    fn delete(&self, key: &Key) -> Result<(), StorageError> {
        self.begin_delete(key.to_string())?.wait()?
    }

    fn delete_folder(&self, folder: &Key) -> Result<(), StorageError> {
        self.delete_where(folder, &|_| true)
    }

    fn clear(&self, folder: &Key, files: &Gone) -> Result<(), StorageError> {
        let prefix = format!("{folder}/");
        self.delete_where(folder, &|entry| {
            let name = entry.key.strip_prefix(&prefix).and_then(|rest| rest.split('/').next());
            name.is_some_and(|name| files.takes(name, || Some(entry.modified)))
        })
    }

    fn list(&self, each: &mut dyn FnMut(Entry) -> Result<(), StorageError>) -> Result<(), StorageError> {
        self.list_prefix("", each)
    }
}

impl S3Storage {
    /// Deletes those objects of a folder that are asked for.
    ///
    /// # Errors
    /// Some of them may still be there.
    pub fn delete_where(&self, folder: &Key, which: &dyn Fn(&Entry) -> bool) -> Result<(), StorageError> {
        let mut begun = VecDeque::new();
        let mut outcome = Ok(());
        // One that cannot be deleted keeps none of the others.
        let mut finish = |deleted: Begun<Result<(), StorageError>>| {
            if let Err(error) = deleted.wait().and_then(|deleted| deleted) {
                outcome = Err(error);
            }
        };
        self.list_prefix(&format!("{folder}/"), &mut |entry| {
            if !which(&entry) {
                return Ok(());
            }
            begun.push_back(self.begin_delete(entry.key)?);
            if begun.len() >= DELETES
                && let Some(first) = begun.pop_front()
            {
                finish(first);
            }
            Ok(())
        })?;
        begun.into_iter().for_each(finish);
        outcome
    }
}

fn moment(moment: Option<DateTime>) -> SystemTime {
    moment.and_then(|moment| SystemTime::try_from(moment).ok()).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// The client's name of a file as a header can carry it.
fn header_text(name: &str) -> String {
    utf8_percent_encode(name, PLAIN).to_string()
}

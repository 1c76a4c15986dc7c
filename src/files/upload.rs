//! What clients send with a record, until it is stored.

use super::{About, Incoming, Key, RecordFiles, StorageError, mime};

/// A file of a multipart body, before it is stored.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The form key: a field name, `name+` or `+name`.
    pub key: String,
    /// The client's file name.
    pub original_name: String,
    /// The name it will have, unique and safe.
    pub stored_name: String,
    pub content: Incoming,
}

impl Upload {
    /// Stores the file among those of a record.
    ///
    /// # Errors
    /// It cannot be stored; nothing is left then.
    pub fn store(&self, files: &RecordFiles, collection: &str, record: &str) -> Result<(), StorageError> {
        let key = Key::file(collection, record, &self.stored_name)?;
        let content_type = mime::header(self.content.head());
        let about = About { content_type: &content_type, original_name: Some(&self.original_name) };
        files.put(&key, self.content.source(), &about)
    }
}

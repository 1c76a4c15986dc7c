//! Where the files of records live, and blobs in general: on disk or in a bucket. Knows keys and bytes; it does not know
//! who may see them.

mod incoming;
mod key;
mod local;
mod marks;
pub mod mime;
mod names;
mod record_files;
mod resize;
mod s3;
mod storage;
mod thumbs;
pub mod transfer;
mod upload;
mod whole;

pub use incoming::{Incoming, IncomingWriter, Spool};
pub use key::Key;
pub use local::LocalStorage;
pub use names::{snake_case, stored_name};
pub use record_files::{Hold, RecordFiles};
pub use s3::{Remote, S3Storage};
pub use storage::{About, Content, Entry, Gone, Source, Storage, StorageError, StoredFile, is_full};
pub use thumbs::{MAX_MEMORY, ThumbError, ThumbSize, has_thumbs, memory};
pub use upload::Upload;

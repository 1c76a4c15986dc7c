//! Where the files of records live. Knows keys and bytes; it does not know who may see them.

mod key;
mod local;
pub mod mime;
mod names;
mod resize;
mod thumbs;

pub use key::Key;
pub use local::{LocalStorage, StoredFile};
pub use names::{snake_case, stored_name};
pub use thumbs::{MAX_PIXELS, ThumbError, ThumbSize, has_thumbs, pixels};

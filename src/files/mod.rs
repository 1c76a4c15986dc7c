//! Where the files of records live. Knows keys and bytes; it does not know who may see them.

mod local;
pub mod mime;
mod names;

pub use local::LocalStorage;
pub use names::stored_name;

//! Schema files: YAML text to collections, with every error of every file at its place.
//!
//! Pure: files come in as (path, text). It does not know about migrations, rows or HTTP.

mod auth;
mod collection;
mod explain;
mod field;
mod format;
mod indexes;
pub mod node;
mod patch;
mod places;
mod project;
pub mod reader;
#[cfg(test)]
mod tests;
mod units;
mod write;

pub use auth::{is_placeholder, placeholder_name};
pub use collection::CollectionFile;
pub use format::{format, without_entries};
pub use patch::{patch, rewrite};
pub use project::{Project, check_update, parse_project};
pub use units::{parse_duration, parse_size};
pub use write::to_yaml;

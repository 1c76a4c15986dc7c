//! The definition of a backend: collections, fields, rules and indexes.
//!
//! [`Collection`] is the one type behind the three spellings of a schema: the YAML files in git, the rows of
//! `_collections` and the JSON of the HTTP API. This room is pure: it never opens a file, a socket or a database.

mod catalog;
mod collection;
pub mod ddl;
pub mod diff;
mod errors;
pub mod fields;
pub mod hash;
mod ids;
pub mod index;
pub mod json_schema;
mod normalise;
mod options;
pub mod system;
pub mod validate;
pub mod view;
pub mod yaml;

pub use catalog::Catalog;
pub use collection::{Collection, CollectionKind, DecodeError, Rules};
pub use errors::{ErrorTree, FieldError, sentence};
pub use fields::{Field, FieldKind, FieldType};
pub use ids::{ALPHANUMERIC, LOWER_ALPHANUMERIC, collection_id, field_id, random_string};
pub use normalise::normalise;
pub use options::{
    AuthAlert, AuthOptions, EmailTemplate, MappedFields, Mfa, OAuth2, OAuth2Provider, Otp, PasswordAuth, TokenConfig,
};

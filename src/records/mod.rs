//! Records: create, read, update, delete, list, expand. The heart of pbr.
//!
//! Everything here is synchronous: a function takes a [`Scope`] with a connection and returns a value, and what is asked for
//! from outside is a [`Pending`], which says on which thread it runs. The room knows rules, fields and SQL; of HTTP it knows
//! no more than what rules and errors name: a method, headers, a status.
//!
//! To read how a record is created, start at [`Records::create`] in `store.rs` and follow it down.

mod admit;
mod announce;
mod auth_form;
mod batch;
mod delete;
mod direct;
mod draft;
mod enrich;
mod error;
mod expand;
mod file;
mod find;
mod handle;
mod here;
mod list;
mod projection;
mod read;
mod renewed;
mod scope;
mod sessions;
mod stepwise;
mod stepwise_delete;
mod store;
mod transaction;
mod tree;
mod unique;
mod validate;
mod write;

pub use batch::{BatchAction, BatchError, BatchItem};
pub use delete::{Effects, delete};
pub use draft::{Body, Draft, Room, Upload, set_hashes};
pub use enrich::render;
pub use error::RecordError;
pub use expand::{Expansion, expansions};
pub use file::{FoundFile, find_file};
pub use find::{find, find_all};
pub use handle::{Pending, Records};
pub use here::level;
pub use list::{ListParams, all_columns, count_pages, passes};
pub use scope::{Plans, Scope};
pub use sessions::{Owner, delete_of_collection};
pub use store::{WriteRequest, removed_files, rotate_token_key, stored_files};
pub use transaction::Transaction;
pub use unique::{has_unique_index, ignores_case};
pub use validate::validate;
pub use write::{Stored, store_unchecked};

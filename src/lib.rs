#![forbid(unsafe_code)]
//! pbr: a backend you keep in git.

pub mod json;
pub mod query;
pub mod schema;

#![forbid(unsafe_code)]
//! pbr: a backend you keep in git.

pub mod db;
pub mod diagnostic;
pub mod json;
pub mod migrate;
pub mod project;
pub mod schema;

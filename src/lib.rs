#![forbid(unsafe_code)]
//! pbr: a backend you keep in git.

pub mod api;
mod app;
pub mod auth;
pub mod cli;
pub mod collections;
pub mod db;
pub mod diagnostic;
pub mod events;
pub mod files;
pub mod json;
pub mod logs;
pub mod migrate;
pub mod passwords;
pub mod project;
pub mod query;
pub mod records;
pub mod schema;
pub mod seed;
pub mod settings;

pub use app::{App, Builder, OpenError, SaveSettingsError};

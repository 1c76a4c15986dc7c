#![forbid(unsafe_code)]
//! pbr: a backend you keep in git.
//!
//! The binary calls [`cli::main`]. A program of its own opens an [`App`] on a data directory, adds handlers to its
//! [`App::hooks`] and serves it, alone or beside routes of its own; see `docs/embedding.md` and `examples/`:
//!
//! ```no_run
//! use pbr::prelude::*;
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let app = App::builder("pb_data").open()?;
//! app.hooks().record.create.bind(&["posts"], |event, next| {
//!     let title = event.record.text(&event.collection, "title").trim().to_owned();
//!     let collection = event.collection.clone();
//!     event.record.set(&collection, "title", Value::Text(title));
//!     next.run(event)
//! });
//! let server = Server::bind(app, "127.0.0.1:8090", Options::default()).await?;
//! server.run(std::future::pending()).await;
//! # Ok(())
//! # }
//! ```

pub mod api;
mod app;
pub mod auth;
mod back_off;
pub mod backup;
pub mod cli;
pub mod collections;
pub mod cron;
pub mod db;
pub mod diagnostic;
pub mod doctor;
pub mod events;
pub mod files;
pub mod json;
pub mod logs;
pub mod mail;
pub mod metrics;
pub mod migrate;
pub mod oauth2;
mod panics;
mod parallel;
pub mod passwords;
pub mod picker;
pub mod project;
pub mod query;
pub mod realtime;
pub mod records;
pub mod schema;
pub mod seed;
pub mod server;
pub mod settings;
mod shell;
mod text_file;
pub mod transfer;

pub use app::{App, Builder, OpenError, OverlayError, SaveSettingsError};

/// What a program that embeds pbr usually needs.
pub mod prelude {
    pub use crate::api::{Cors, Options};
    pub use crate::events::{Binding, EventError, HandlerId, Next, Record, RecordEvent};
    pub use crate::records::{ListParams, RecordError};
    pub use crate::schema::fields::Value;
    pub use crate::server::Server;
    pub use crate::{App, Builder};
}

//! What tests start: projects in temporary folders, the `pbr` binary, servers on free ports.
//!
//! A test reads like a session in a terminal:
//!
//! ```ignore
//! let project = Project::from_template("blog");
//! project.pbr("migrate status").succeeds().stdout_contains("applied");
//! let server = project.serve();
//! ```

pub mod authority;
pub mod commands;
pub mod embedded;
pub mod http;
pub mod pocketbase;
pub mod project;
pub mod provider;
pub mod s3;
pub mod server;
pub mod smtp;
pub mod sse;
pub mod terminal;

pub use commands::{commands, runnable};
pub use embedded::Embedded;
pub use http::Client;
pub use project::{Project, Run};
pub use provider::Provider;
pub use s3::S3Server;
pub use server::Server;
pub use smtp::MailServer;

use std::path::PathBuf;

/// The repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Says that a test has tried nothing, and why. The output of tests that pass is not shown, but this is.
pub fn skipped(why: impl std::fmt::Display) {
    use std::io::Write;
    let thread = std::thread::current();
    let _ = writeln!(std::io::stderr(), "skipped {}: {why}", thread.name().unwrap_or_default());
}

/// Waits until something holds that a running server does in its own time.
#[track_caller]
pub fn eventually(mut holds: impl FnMut() -> bool) {
    let started = std::time::Instant::now();
    while !holds() {
        assert!(started.elapsed() < server::PATIENCE, "it never came to be");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

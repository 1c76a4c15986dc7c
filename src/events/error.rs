//! Why a handler refused.

use crate::panics;
use crate::schema::ErrorTree;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Why a handler, or the action it wraps, refused to go on.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct EventError {
    /// HTTP status that tells a client what kind of refusal it is. `None` is an unexpected failure: the client is told
    /// that the operation failed, and the message goes to the log.
    pub status: Option<u16>,
    pub message: String,
    pub data: ErrorTree,
    /// The error of the wrapped action, kept for those who know its type.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl EventError {
    /// A refusal that the client is told of. A status that is no error's (400 to 599) becomes a 400, and an empty message
    /// what PocketBase says with that status.
    pub fn refused(status: u16, message: impl Into<String>) -> Self {
        Self { status: Some(status), message: message.into(), data: ErrorTree::new(), source: None }
    }

    /// A 400 that the client is told of.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::refused(400, message)
    }

    /// A 403 that the client is told of.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::refused(403, message)
    }

    /// Adds what is wrong with single fields.
    pub fn with_data(self, data: ErrorTree) -> Self {
        Self { data, ..self }
    }

    /// Runs handlers where the panic of one must be a failure like any other.
    ///
    /// # Errors
    /// That of the handlers.
    pub fn caught(run: impl FnOnce() -> Result<(), Self>) -> Result<(), Self> {
        let panicked = |text: &str| Self::failed(format!("a handler panicked: {text}"));
        catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| Err(panicked(panics::text_of(&*panic))))
    }

    /// A failure that is none of the client's business.
    pub fn failed(cause: impl std::fmt::Display) -> Self {
        Self { status: None, ..Self::refused(500, cause.to_string()) }
    }
}

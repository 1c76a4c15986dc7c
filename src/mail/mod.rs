//! Mail: messages, their form on the wire, and the ways out of the house (spec 03 §11).
//!
//! Knows the settings of the mail server. It does not know records, tokens or who is written to. Everything here
//! blocks, so it runs on the threads of a [`Queue`].

mod encode;
mod layout;
mod message;
mod queue;
mod sendmail;
mod smtp;
mod text;

pub use layout::layout;
pub use message::{Mailbox, Message};
pub use queue::Queue;

use crate::settings::Smtp;

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("{0}")]
    Smtp(String),
    #[error("failed to locate a sendmail executable path")]
    NoSendmail,
    #[error("{0}")]
    Sendmail(String),
    #[error("the mail server did not answer in time")]
    TimedOut,
}

/// Sends a message over SMTP, or with the machine's `sendmail` where SMTP is not set up.
///
/// # Errors
/// The server or the program refuses, cannot be reached or takes too long.
pub fn send(settings: &Smtp, message: &Message) -> Result<(), MailError> {
    if settings.enabled { smtp::send(settings, message) } else { sendmail::send(message) }
}

//! Who somebody is: tokens, identities, logins and what accounts can ask for. Knows records and mail; it does not know
//! HTTP.
//!
//! Every way to log in ends in [`Accounts::authenticate`], which asks the auth rule and the second factor.

mod accounts;
mod answer;
mod cleanup;
mod email_change;
mod error;
mod form;
mod identity;
mod limits;
mod mails;
mod methods;
mod mfa;
mod oauth2;
mod oauth2_link;
mod oauth2_new;
mod origins;
mod otp;
mod password;
mod password_reset;
mod refresh;
pub mod superusers;
pub mod tokens;
mod totp;
mod verification;

pub use accounts::{Accounts, LoginOptions, Visit};
pub use answer::{Method, Outcome};
pub use error::{AuthError, VALIDATING};
pub use identity::{Identities, Identity, info};
pub use mails::TestMail;
pub use methods::must_ask_providers;
pub use oauth2::{OAuth2Login, require_oauth2};
pub use otp::require_otp;
pub use password::{LoginRequest, require_password_auth};
pub use password_reset::require_resettable;
pub use refresh::impersonation_token;
pub use totp::Enrolment;

use crate::events::Record;
use crate::records::{self, RecordError};
use crate::schema::fields::{Value, format_datetime, parse_datetime};
use crate::schema::{ALPHANUMERIC, Collection, FieldError, random_string};
use rusqlite::params;
use std::sync::Arc;

impl Accounts {
    /// Rows of a system collection that belong to an auth record, the newest first.
    fn owned(
        &self,
        collection: &Arc<Collection>,
        owner_collection: &str,
        owner_record: &str,
    ) -> Result<Vec<Record>, AuthError> {
        let (collection, owner) = (Arc::clone(collection), (owner_collection.to_owned(), owner_record.to_owned()));
        self.read(move |scope| {
            let condition = "collectionRef = ?1 AND recordRef = ?2 ORDER BY created DESC, rowid DESC";
            Ok(records::find_all(scope.connection, &collection, condition, params![owner.0, owner.1])?)
        })
    }

    /// The hash of a password that nobody knows.
    fn random_hash(&self) -> Result<String, RecordError> {
        let hash = self.records.passwords.hash(&random_string(50, ALPHANUMERIC), 0);
        hash.map_err(|error| RecordError::bad_request(&error.to_string()))
    }

    /// Sets a password that nobody knows, and ends every session.
    fn randomise_password(&self, collection: &Collection, record: &mut Record) -> Result<(), RecordError> {
        let hash = self.random_hash()?;
        record.set(collection, "password", Value::Password { hash, plain: None });
        record.set(collection, "tokenKey", Value::Text(random_string(50, ALPHANUMERIC)));
        Ok(())
    }
}

/// What counters know an account by.
fn key(collection: &Collection, record: &Record) -> String {
    format!("{} {}", collection.id, record.id(collection))
}

/// Whether a stored moment lies longer ago; one that cannot be read does.
fn is_older(moment: &str, seconds: i64) -> bool {
    let Some(moment) = parse_datetime(moment) else { return true };
    let limit = chrono::TimeDelta::try_seconds(seconds).and_then(|age| chrono::Utc::now().checked_sub_signed(age));
    // Moments in the wire format compare as texts.
    limit.is_some_and(|limit| moment < format_datetime(limit))
}

fn mismatch() -> FieldError {
    FieldError::new("validation_token_collection_mismatch", "The provided token is for different auth collection.")
}

fn other_collection() -> AuthError {
    AuthError::field("token", mismatch())
}

//! What logins and requests about accounts need beside the records: settings, mail, counters.

use super::limits::{Attempts, Throttle};
use super::{AuthError, tokens};
use crate::events::Record;
use crate::logs::{Level, Logs};
use crate::mail::Queue;
use crate::oauth2::{Discovery, Names};
use crate::query::RequestInfo;
use crate::records::{self, RecordError, Records};
use crate::schema::{Collection, ddl};
use crate::settings::{Encryption, Settings};
use arc_swap::ArcSwap;
use rusqlite::OptionalExtension;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// The accounts of one data directory. Its functions block.
pub struct Accounts {
    pub records: Arc<Records>,
    pub(super) settings: Arc<ArcSwap<Settings>>,
    pub(super) logs: Logs,
    pub(super) mails: Queue,
    /// Verification mails and password reset mails, each once in two minutes for a record.
    pub(super) verification: Throttle,
    pub(super) password_reset: Throttle,
    /// One-time passwords that were tried, right or wrong.
    pub(super) otp: Attempts,
    pub(super) options: LoginOptions,
    /// Codes of authenticator apps that were tried, right or wrong.
    pub(super) totp: Attempts,
    pub(super) encryption: Encryption,
    /// Names that came with a redirect.
    pub oauth2_names: Names,
    pub(super) discovery: Discovery,
}

/// What logins do beyond PocketBase's; all of it is off unless asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoginOptions {
    /// Accounts may have an authenticator app, whose code is then needed after the password.
    pub totp: bool,
    /// Wrong passwords and codes make the next attempts for the same account wait, longer each time.
    pub back_off: bool,
}

/// A request about accounts, as far as the core must know it.
#[derive(Clone)]
pub struct Visit {
    pub collection: Arc<Collection>,
    pub request: Arc<RequestInfo>,
    /// The address of the client, behind any trusted proxy.
    pub ip: String,
    pub user_agent: String,
    /// The first factor that this login is the second of, `""` for none; `None` where what was sent is no text.
    pub mfa_id: Option<String>,
    /// The `expand` of the answer.
    pub expand: String,
}

impl Visit {
    pub(super) fn is_superuser(&self) -> bool {
        self.request.auth.as_ref().is_some_and(|auth| auth.is_superuser())
    }

    pub(super) fn options(&self) -> &crate::schema::AuthOptions {
        self.collection.auth().expect("handlers refuse collections that are no auth collections")
    }

    /// Refuses what makes no sense for superusers.
    pub(super) fn refuse_superusers(&self, message: &str) -> Result<(), AuthError> {
        if self.collection.is_superusers() { Err(AuthError::refused(400, message)) } else { Ok(()) }
    }
}

impl Accounts {
    pub fn new(
        records: Arc<Records>,
        settings: Arc<ArcSwap<Settings>>,
        logs: Logs,
        encryption: Encryption,
        options: LoginOptions,
    ) -> Self {
        const TWO_MINUTES: Duration = Duration::from_secs(120);
        const THREE_MINUTES: Duration = Duration::from_secs(180);
        Self {
            records,
            settings,
            logs,
            mails: Queue::default(),
            verification: Throttle::new(TWO_MINUTES),
            password_reset: Throttle::new(TWO_MINUTES),
            otp: Attempts::new(5, THREE_MINUTES),
            options,
            totp: Attempts::new(5, THREE_MINUTES),
            encryption,
            oauth2_names: Names::default(),
            discovery: Discovery::default(),
        }
    }

    /// Starts the counters anew, as every change of the settings does.
    pub fn settings_changed(&self) {
        self.otp.reset();
        self.totp.reset();
    }

    /// Waits until the mails that were asked for are sent, at most so long.
    pub fn finish(&self, limit: Duration) {
        self.mails.drain(limit);
    }

    pub(super) fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&records::Scope<'_>) -> Result<T, RecordError> + Send + 'static,
    ) -> Result<T, AuthError> {
        Ok(self.records.on_reader(Arc::default(), work).wait()?)
    }

    /// A record by id.
    pub(super) fn by_id(&self, collection: &Arc<Collection>, id: &str) -> Result<Option<Record>, AuthError> {
        let (collection, id) = (Arc::clone(collection), id.to_owned());
        self.read(move |scope| Ok(records::find(scope.connection, &collection, &id)?))
    }

    /// A record by a field with a unique value, compared as its index does.
    pub(super) fn by_field(
        &self,
        collection: &Arc<Collection>,
        field: &str,
        value: &str,
    ) -> Result<Option<Record>, AuthError> {
        if collection.field(field).is_none() || value.is_empty() {
            return Ok(None);
        }
        let collate = if records::ignores_case(collection, field) { " COLLATE NOCASE" } else { "" };
        let sql = format!(
            "SELECT id FROM {} WHERE {} = ?1{collate} LIMIT 1",
            ddl::quote(&collection.name),
            ddl::quote(field)
        );
        let (collection, value) = (Arc::clone(collection), value.to_owned());
        self.read(move |scope| {
            let id: Option<String> =
                scope.connection.prepare_cached(&sql)?.query_row([&value], |row| row.get(0)).optional()?;
            match id {
                Some(id) => Ok(records::find(scope.connection, &collection, &id)?),
                None => Ok(None),
            }
        })
    }

    /// A system collection, which every database has.
    pub(super) fn system(&self, name: &str) -> Result<Arc<Collection>, AuthError> {
        Ok(self.records.catalog.load().get(name).cloned().ok_or_else(RecordError::not_found)?)
    }

    /// What a token of one kind says, where it holds.
    pub(super) fn verify(
        &self,
        token: &str,
        kind: tokens::Kind,
    ) -> Result<Result<tokens::Verified, tokens::TokenError>, AuthError> {
        let (catalog, token) = (self.records.catalog.load_full(), token.to_owned());
        self.read(move |scope| Ok(tokens::verify(scope.connection, &catalog, &token, &[kind])))
    }

    /// Notes a failure that does not stop anything.
    pub(super) fn warn(&self, what: &str, error: &dyn std::fmt::Display) {
        self.logs.message(Level::WARN, what.to_owned(), json!({ "error": error.to_string() }));
    }
}

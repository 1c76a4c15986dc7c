//! The second factor: a row of `_mfas` remembers the first (spec 03 §5.8).

use super::AuthError;
use super::accounts::{Accounts, Visit};
use super::answer::Method;
use crate::events::Record;
use crate::records::{Owner, RecordError};
use crate::schema::fields::Value;
use std::sync::Arc;

impl Accounts {
    /// `None` when nothing stands in the way; the id of the session when another factor is needed.
    ///
    /// # Errors
    /// 400 for a session that is unknown, old, somebody else's or was begun in the same way.
    pub(super) fn second_factor(
        self: &Arc<Self>,
        visit: &Visit,
        record: &Record,
        method: Method,
    ) -> Result<Option<String>, AuthError> {
        if !self.needs_two_factors(visit, record, method)? {
            return Ok(None);
        }
        let sessions = self.system("_mfas")?;
        let owner = Owner { collection: &visit.collection.id, record: record.id(&visit.collection) };
        let Some(mfa_id) = &visit.mfa_id else { return Err(AuthError::refused(400, "Failed to read MFA Id.")) };
        if mfa_id.is_empty() {
            let mut session = self.records.owned_row(&sessions, owner);
            session.set(&sessions, "method", Value::Text(method.name().to_owned()));
            let session = self.records.create_directly(&sessions, session).map_err(not_saved)?;
            return Ok(Some(session.id(&sessions).to_owned()));
        }
        let expired = || AuthError::refused(400, "Invalid or expired MFA session.");
        let session = self.by_id(&sessions, mfa_id)?.ok_or_else(expired)?;
        if super::is_older(session.text(&sessions, "created"), session_seconds(visit)) {
            self.records.delete_directly(&sessions, session)?;
            return Err(expired());
        }
        let same = session.text(&sessions, "collectionRef") == owner.collection
            && session.text(&sessions, "recordRef") == owner.record;
        if !same {
            return Err(AuthError::refused(400, "Invalid MFA session."));
        }
        if session.text(&sessions, "method") == method.name() {
            return Err(AuthError::refused(400, "A different authentication method is required."));
        }
        // Whoever deletes the row has used it: of two logins at once only one succeeds.
        if !self.records.delete_directly(&sessions, session)? {
            return Err(expired());
        }
        Ok(None)
    }

    fn needs_two_factors(&self, visit: &Visit, record: &Record, method: Method) -> Result<bool, AuthError> {
        let mfa = &visit.options().mfa;
        let demanded = match method {
            Method::None => return Ok(false),
            // Its code is never the first.
            Method::Totp => return Ok(true),
            _ if !mfa.enabled => false,
            // A rule that cannot be asked must not let anybody in.
            _ => self.satisfies(visit, record, &mfa.rule)?.ok_or_else(AuthError::failed)?,
        };
        Ok(demanded
            || (method == Method::Password && self.needs_totp(&visit.collection, record.id(&visit.collection))?))
    }
}

/// How long the second factor may take, in seconds.
pub(super) fn session_seconds(visit: &Visit) -> i64 {
    // Where nothing demands a second factor the option may never have been set.
    match visit.options().mfa.duration {
        0 => 600,
        seconds => seconds,
    }
}

fn not_saved(error: RecordError) -> AuthError {
    AuthError::Failed { message: "Failed to authenticate.", cause: error.to_string() }
}

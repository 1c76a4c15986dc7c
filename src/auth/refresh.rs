//! New tokens for those who have one, and tokens for others (spec 03 §5.3 and §5.9).

use super::accounts::{Accounts, Visit};
use super::answer::{Method, Outcome};
use super::tokens::{self, Grant, Kind};
use super::{AuthError, Identity};
use crate::events::{AccountEvent, Record, RecordEvent};
use crate::records::RecordError;
use crate::schema::{Collection, ErrorTree, FieldError};
use serde_json::Value as Json;
use std::sync::Arc;

/// A token for scripts: it cannot be refreshed, and it lives as long as asked.
///
/// # Errors
/// The collection has no signing key.
pub fn impersonation_token(collection: &Collection, record: &Record, seconds: i64) -> Result<String, AuthError> {
    Ok(tokens::issue(collection, record, Kind::Auth, Grant { seconds, ..Grant::default() })?)
}

impl Accounts {
    /// A new token for the caller, or the same one where it is not refreshable.
    ///
    /// # Errors
    /// 403 when the auth rule no longer holds.
    pub fn refresh(
        self: &Arc<Self>,
        visit: &Visit,
        identity: &Identity,
        presented: &str,
    ) -> Result<Outcome, AuthError> {
        let collection = &visit.collection;
        let record = self.by_id(collection, &identity.info.id)?.ok_or_else(RecordError::not_found)?;
        let mut event =
            AccountEvent { collection: Arc::clone(collection), request: Arc::clone(&visit.request), record };
        let mut outcome = Outcome::Authenticated(Vec::new());
        let tags = RecordEvent::tags(collection);
        self.records.bus.requests.record_auth_refresh.trigger(&tags, &mut event, &mut |event| {
            let token = if identity.refreshable {
                let grant = Grant { refreshable: true, ..Grant::default() };
                tokens::issue(collection, &event.record, Kind::Auth, grant).map_err(AuthError::from)?
            } else {
                presented.to_owned()
            };
            outcome = self.authenticate(visit, &event.record, Method::None, token, Json::Null)?;
            Ok(())
        })?;
        Ok(outcome)
    }

    /// A token of somebody else, which cannot be refreshed. `seconds` of 0 is the collection's duration.
    ///
    /// # Errors
    /// 404 for nobody, 400 for a negative time.
    pub fn impersonate(self: &Arc<Self>, visit: &Visit, id: &str, seconds: i64) -> Result<Outcome, AuthError> {
        let collection = &visit.collection;
        let record = self.by_id(collection, id)?.ok_or_else(RecordError::not_found)?;
        if seconds < 0 {
            return Err(AuthError::invalid(ErrorTree::single("duration", FieldError::min_threshold(0))));
        }
        let token = impersonation_token(collection, &record, seconds)?;
        self.authenticate(visit, &record, Method::None, token, Json::Null)
    }
}

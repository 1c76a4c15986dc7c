//! New tokens for those who have one, and tokens for others (spec 03 §5.3 and §5.9).

use super::accounts::{Accounts, Visit};
use super::answer::{Method, Outcome, body, refused_by_rule};
use super::identity::info;
use super::tokens::{self, Grant, Kind};
use super::{AuthError, Identity};
use crate::events::{AccountEvent, Record, RecordEvent};
use crate::query::RequestInfo;
use crate::records::{self, Pending, RecordError, Scope};
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
    /// The same as [`Accounts::refresh`] in one read, where no handler takes part; otherwise work that blocks.
    pub fn begin_refresh(
        self: &Arc<Self>,
        visit: Visit,
        identity: Arc<Identity>,
        presented: String,
    ) -> Pending<Result<Outcome, AuthError>> {
        let bus = &self.records.bus;
        let expands = !visit.expand.is_empty();
        let listens = bus.requests.record_auth_refresh.is_bound()
            || bus.requests.record_auth.is_bound()
            || bus.listens_to_answers(&visit.collection, &self.records.catalog.load(), expands);
        let accounts = Arc::clone(self);
        if listens {
            return Pending::Blocking(Box::new(move || Ok(accounts.refresh(&visit, &identity, &presented))));
        }
        let request = Arc::clone(&visit.request);
        let rule = visit.options().auth_rule.as_deref().unwrap_or_default();
        let quick = !expands && self.records.is_look_up(&visit.collection, rule, &request);
        let work = move |scope: &Scope<'_>| match accounts.refresh_within(scope, &visit, &identity, &presented) {
            // Whether to begin it anew, the failure of a read says.
            Err(AuthError::Record(error)) => Err(error),
            done => Ok(done),
        };
        if quick { self.records.on_this_thread(request, work) } else { self.records.on_reader_anew(request, work) }
    }

    fn refresh_within(
        &self,
        scope: &Scope<'_>,
        visit: &Visit,
        identity: &Identity,
        presented: &str,
    ) -> Result<Outcome, AuthError> {
        let collection = &visit.collection;
        let id = identity.info.id.as_str();
        let record = records::find(scope.connection, collection, id).map_err(RecordError::from)?;
        let record = record.ok_or_else(RecordError::not_found)?;
        let token = if identity.refreshable {
            let grant = Grant { refreshable: true, ..Grant::default() };
            tokens::issue(collection, &record, Kind::Auth, grant)?
        } else {
            presented.to_owned()
        };
        if collection.is_superusers() {
            self.check_superuser_ip(&visit.ip)?;
        }
        let allowed = match visit.options().auth_rule.as_deref() {
            _ if visit.is_superuser() => true,
            None => false,
            Some("") => true,
            Some(rule) => match scope.satisfying(collection, rule, &[id]) {
                // It is to be asked elsewhere.
                Err(error) if error.is_too_big() => return Err(error.into()),
                found => found.is_ok_and(|ids| !ids.is_empty()),
            },
        };
        if !allowed {
            return Err(refused_by_rule());
        }
        let own = RequestInfo { auth: Some(info(collection, &record)), ..scope.request.clone() };
        let own_scope = Scope { request: &own, ..*scope };
        let record = records::render(&own_scope, collection, record, &visit.expand).map_err(RecordError::from)?;
        Ok(Outcome::Authenticated(body(&Json::Null, &record, &token)))
    }

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
        self.records.around_answer(
            &self.records.bus.requests.record_auth_refresh,
            &tags,
            &mut event,
            &mut |event| {
                let token = if identity.refreshable {
                    let grant = Grant { refreshable: true, ..Grant::default() };
                    tokens::issue(collection, &event.record, Kind::Auth, grant).map_err(AuthError::from)?
                } else {
                    presented.to_owned()
                };
                outcome = self.authenticate(visit, &event.record, Method::None, token, Json::Null)?;
                Ok(())
            },
        )?;
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

//! The end of every login: the rule, the second factor, the known places, the answer (spec 03 §4).

use super::AuthError;
use super::accounts::{Accounts, Visit};
use super::identity::info;
use crate::events::{AuthEvent, Record, RecordEvent};
use crate::query::RequestInfo;
use crate::settings::contains_ip;
use serde_json::Value as Json;
use std::sync::Arc;

/// How a record proved itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Password,
    OAuth2,
    Otp,
    /// An authenticator app, after a password.
    Totp,
    /// Of a refreshed or impersonated record: there is no second factor to it and no alert.
    None,
}

impl Method {
    pub fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::OAuth2 => "oauth2",
            Self::Otp => "otp",
            Self::Totp => "totp",
            Self::None => "",
        }
    }
}

/// What a login leads to.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// The JSON of record and token; empty when a handler ended the request.
    Authenticated(Vec<u8>),
    /// Another factor is needed; the id goes with it.
    MfaRequired(String),
}

impl Accounts {
    /// Finishes a login of a record that has proved itself.
    ///
    /// # Errors
    /// 403 when the auth rule fails or superusers may not come from there, 400 for a wrong second factor.
    pub fn authenticate(
        self: &Arc<Self>,
        visit: &Visit,
        record: &Record,
        method: Method,
        token: String,
        meta: Json,
    ) -> Result<Outcome, AuthError> {
        let collection = &visit.collection;
        if collection.is_superusers() {
            self.check_superuser_ip(&visit.ip)?;
        }
        self.check_auth_rule(visit, record)?;
        let mut event = AuthEvent {
            collection: Arc::clone(collection),
            record: record.clone(),
            request: Arc::clone(&visit.request),
            token,
            meta,
            method: method.name().to_owned(),
        };
        let mut outcome = Outcome::Authenticated(Vec::new());
        let tags = RecordEvent::tags(collection);
        self.records.around_answer(&self.records.bus.requests.record_auth, &tags, &mut event, &mut |event| {
            if let Some(id) = self.second_factor(visit, &event.record, method)? {
                outcome = Outcome::MfaRequired(id);
                return Ok(());
            }
            let answer = self.answer(visit, event)?;
            if method != Method::None
                && visit.options().auth_alert.enabled
                && let Err(error) = self.note_origin(visit, &event.record)
            {
                self.warn("Failed to send login alert", &error);
            }
            outcome = Outcome::Authenticated(answer);
            Ok(())
        })?;
        Ok(outcome)
    }

    /// Refuses superusers from addresses that the settings do not list.
    ///
    /// # Errors
    /// 403.
    pub fn check_superuser_ip(&self, ip: &str) -> Result<(), AuthError> {
        let settings = self.settings.load();
        if settings.superuser_ips.is_empty() || contains_ip(&settings.superuser_ips, ip) {
            return Ok(());
        }
        Err(AuthError::refused(403, "You are not allowed to perform this request."))
    }

    /// The auth rule, with the caller as `@request.auth` and the record as the row.
    fn check_auth_rule(&self, visit: &Visit, record: &Record) -> Result<(), AuthError> {
        if visit.is_superuser() {
            return Ok(());
        }
        let allowed = match visit.options().auth_rule.as_deref() {
            None => false,
            Some(rule) => self.satisfies(visit, record, rule)?.unwrap_or(false),
        };
        if allowed {
            return Ok(());
        }
        Err(refused_by_rule())
    }

    /// Whether the record satisfies a rule; `None` where the rule cannot be evaluated.
    pub(super) fn satisfies(&self, visit: &Visit, record: &Record, rule: &str) -> Result<Option<bool>, AuthError> {
        if rule.is_empty() {
            return Ok(Some(true));
        }
        let (collection, rule) = (Arc::clone(&visit.collection), rule.to_owned());
        let id = record.id(&collection).to_owned();
        let asked = self.records.on_reader(Arc::clone(&visit.request), move |scope| {
            Ok(scope.satisfying(&collection, &rule, &[&id]).ok().map(|ids| !ids.is_empty()))
        });
        Ok(asked.wait()?)
    }

    /// Renders the record as itself sees it, with its token.
    fn answer(&self, visit: &Visit, event: &AuthEvent) -> Result<Vec<u8>, AuthError> {
        let collection = &visit.collection;
        let own = RequestInfo { auth: Some(info(collection, &event.record)), ..(*visit.request).clone() };
        let record = self.records.render(collection, &Arc::new(own), event.record.clone(), &visit.expand)?;
        Ok(body(&event.meta, &record, &event.token))
    }
}

/// The JSON of a login.
pub(super) fn body(meta: &Json, record: &[u8], token: &str) -> Vec<u8> {
    let mut out = b"{".to_vec();
    if !meta.is_null() {
        out.extend_from_slice(b"\"meta\":");
        out.extend_from_slice(meta.to_string().as_bytes());
        out.push(b',');
    }
    out.extend_from_slice(b"\"record\":");
    out.extend_from_slice(record);
    out.extend_from_slice(b",\"token\":");
    out.extend_from_slice(Json::from(token).to_string().as_bytes());
    out.push(b'}');
    out
}

/// 403 of the auth rule.
pub(super) fn refused_by_rule() -> AuthError {
    AuthError::refused(403, "The request doesn't satisfy the collection requirements to authenticate.")
}

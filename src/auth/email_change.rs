//! Another email for an account (spec 03 §5.7).

use super::AuthError;
use super::accounts::{Accounts, Visit};
use super::form::Form;
use super::mails::{self, Mail};
use super::tokens::{self, Kind};
use crate::events::{EmailChangeEvent, RecordEvent};
use crate::records::RecordError;
use crate::schema::FieldError;
use crate::schema::fields::Value;
use std::sync::Arc;

const SUPERUSERS: &str = "All superusers can change their emails directly.";
const NOT_REQUESTED: &str = "Failed to request email change.";
const NOT_CONFIRMED: &str = "Failed to confirm email change.";

impl Accounts {
    /// Mails a link to the new address of the caller and waits until it is sent.
    ///
    /// # Errors
    /// 400 for an address that is none, is taken or cannot be written to, and for superusers.
    pub fn request_email_change(self: &Arc<Self>, visit: &Visit, id: &str, new_email: &str) -> Result<(), AuthError> {
        visit.refuse_superusers(SUPERUSERS)?;
        let collection = &visit.collection;
        let record = self.by_id(collection, id)?.ok_or_else(RecordError::not_found)?;
        let mut form = Form::default();
        form.email("newEmail", new_email);
        if !form.has("newEmail") {
            let same = record.text(collection, "email") == new_email;
            form.check("newEmail", same.then(|| FieldError::new("validation_not_in_invalid", "Must not be in list.")));
            let taken = !same && self.by_field(collection, "email", new_email)?.is_some();
            let message = "Invalid new email address.";
            form.check("newEmail", taken.then(|| FieldError::new("validation_invalid_new_email", message)));
        }
        form.finish()?;
        let mut event = EmailChangeEvent {
            collection: Arc::clone(collection),
            request: Arc::clone(&visit.request),
            record,
            new_email: new_email.to_owned(),
        };
        let tags = RecordEvent::tags(collection);
        self.records.around_answer(
            &self.records.bus.requests.record_request_email_change,
            &tags,
            &mut event,
            &mut |event| {
                let mail = Mail::EmailChange { new_email: event.new_email.clone() };
                let (accounts, collection, record) = (Arc::clone(self), Arc::clone(collection), event.record.clone());
                let sent = self
                    .mails
                    .wait(mails::FOREGROUND, move || accounts.send_mail(&collection, &record, mail).map(drop));
                sent.unwrap_or_else(|| Err(mails::too_slow()))
                    .map_err(|error| AuthError::Failed { message: NOT_REQUESTED, cause: error.to_string() }.into())
            },
        )?;
        Ok(())
    }

    /// Takes the token of a link together with the password.
    ///
    /// # Errors
    /// 400 for a token that does not hold, an address that was taken meanwhile, or a wrong password.
    pub fn confirm_email_change(self: &Arc<Self>, visit: &Visit, token: &str, password: &str) -> Result<(), AuthError> {
        visit.refuse_superusers(SUPERUSERS)?;
        let collection = &visit.collection;
        let new_email = tokens::claimed(token, "newEmail");
        let verified = if new_email.is_empty() { None } else { Some(self.verify(token, Kind::EmailChange)?) };
        let wrong = |code: &str, message: &str| Some(FieldError::new(code, message));
        let wrong_token = match &verified {
            None => wrong("validation_invalid_token_payload", "Invalid token payload - newEmail must be set."),
            Some(Err(_)) => wrong("validation_invalid_token", "Invalid or expired token."),
            Some(Ok(verified)) if verified.collection.id != collection.id => Some(super::mismatch()),
            Some(Ok(_)) if self.by_field(collection, "email", &new_email)?.is_some() => {
                wrong("validation_invalid_token_email", "The new email address is invalid.")
            }
            Some(Ok(_)) => None,
        };
        let mut form = Form::default();
        form.required("token", token, usize::MAX).check("token", wrong_token);
        form.required("password", password, 100);
        if !form.has("password") {
            // A token that is refused for any reason vouches for nobody.
            let record = verified.as_ref().filter(|_| !form.has("token")).and_then(|verified| verified.as_ref().ok());
            let record = record.map(|verified| &verified.record);
            let correct = record.map(|record| self.records.is_password(collection, record, password));
            let correct = correct.unwrap_or(Ok(false))?;
            let message = "Missing or invalid auth record password.";
            form.check("password", if correct { None } else { wrong("validation_invalid_password", message) });
        }
        form.finish()?;
        let Some(Ok(verified)) = verified else { return Err(AuthError::refused(400, NOT_CONFIRMED)) };
        let mut event = EmailChangeEvent {
            collection: Arc::clone(collection),
            request: Arc::clone(&visit.request),
            record: verified.record,
            new_email,
        };
        let tags = RecordEvent::tags(collection);
        let confirmed = self.records.around_answer(
            &self.records.bus.requests.record_confirm_email_change,
            &tags,
            &mut event,
            &mut |event| {
                let mut record = event.record.clone();
                record.set(collection, "email", Value::Text(event.new_email.clone()));
                record.set(collection, "verified", Value::Bool(true));
                let saved = self.records.update_with_key(collection, event.record.clone(), record);
                event.record = saved.map_err(AuthError::from)?;
                Ok(())
            },
        );
        confirmed.map_err(|error| match AuthError::from(error) {
            AuthError::Record(RecordError::Refused { status: 409, .. }) => {
                let message = "Invalid or expired token.";
                AuthError::field("token", FieldError::new("validation_invalid_token", message))
            }
            other => other.within(NOT_CONFIRMED),
        })
    }
}

//! Proving an email (spec 03 §5.5).

use super::AuthError;
use super::accounts::{Accounts, Visit};
use super::form::Form;
use super::mails::Mail;
use super::tokens::{self, Kind};
use crate::events::{AccountEvent, RecordEvent};
use crate::records::RecordError;
use crate::schema::FieldError;
use std::sync::Arc;

const SUPERUSERS: &str = "All superusers are verified by default.";

impl Accounts {
    /// Mails a link, unless one was mailed a moment ago or there is nothing to prove. Nobody learns which.
    ///
    /// # Errors
    /// 400 for what is no email, and for superusers.
    pub fn request_verification(self: &Arc<Self>, visit: &Visit, email: &str) -> Result<(), AuthError> {
        visit.refuse_superusers(SUPERUSERS)?;
        Form::default().email("email", email).finish()?;
        let collection = &visit.collection;
        let Some(record) = self.by_field(collection, "email", email)? else { return Ok(()) };
        let key = super::key(collection, &record);
        if !record.flag(collection, "verified") && self.verification.is_closed(&key) {
            return Ok(());
        }
        let mut event =
            AccountEvent { collection: Arc::clone(collection), request: Arc::clone(&visit.request), record };
        let tags = RecordEvent::tags(collection);
        self.records.around_answer(
            &self.records.bus.requests.record_request_verification,
            &tags,
            &mut event,
            &mut |event| {
                if event.record.flag(collection, "verified") {
                    return Ok(());
                }
                self.verification.close(&key);
                let (accounts, collection, record) = (Arc::clone(self), Arc::clone(collection), event.record.clone());
                let taken = self.mails.submit(move || {
                    if let Err(error) = accounts.send_mail(&collection, &record, Mail::Verification) {
                        accounts.warn("Failed to send verification email", &error);
                    }
                });
                if !taken {
                    self.warn("Failed to send verification email", &"too many mails are waiting");
                }
                Ok(())
            },
        )?;
        Ok(())
    }

    /// Takes the token of a link.
    ///
    /// # Errors
    /// 400 for a token that does not hold.
    pub fn confirm_verification(self: &Arc<Self>, visit: &Visit, token: &str) -> Result<(), AuthError> {
        visit.refuse_superusers(SUPERUSERS)?;
        let wrong = |code: &str, message: &str| AuthError::field("token", FieldError::new(code, message));
        Form::default().required("token", token, usize::MAX).finish()?;
        let claimed = tokens::claimed(token, "email");
        if claimed.is_empty() {
            return Err(wrong("validation_invalid_token_claims", "Missing email token claim."));
        }
        let verified = self.verify(token, Kind::Verification)?;
        let verified = verified.map_err(|_| wrong("validation_invalid_token", "Invalid or expired token."))?;
        let collection = &visit.collection;
        if verified.collection.id != collection.id {
            return Err(super::other_collection());
        }
        if verified.record.text(collection, "email") != claimed {
            let message = "The record email doesn't match with the requested token claims.";
            return Err(wrong("validation_token_email_mismatch", message));
        }
        let mut event = AccountEvent {
            collection: Arc::clone(collection),
            request: Arc::clone(&visit.request),
            record: verified.record,
        };
        let tags = RecordEvent::tags(collection);
        let confirmed = self.records.around_answer(
            &self.records.bus.requests.record_confirm_verification,
            &tags,
            &mut event,
            &mut |event| {
                if event.record.flag(collection, "verified") {
                    return Ok(());
                }
                let random_password = !visit.options().password_auth.enabled;
                event.record = self.mark_verified(visit, &event.record, random_password).map_err(AuthError::from)?;
                self.verification.open(&super::key(collection, &event.record));
                Ok(())
            },
        );
        confirmed.map_err(|error| match AuthError::from(error) {
            AuthError::Record(RecordError::Refused { status: 409, .. }) => {
                wrong("validation_invalid_token", "Invalid or expired token.")
            }
            other => other.within("An error occurred while saving the verified state."),
        })
    }
}

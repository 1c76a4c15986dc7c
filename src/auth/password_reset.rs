//! A new password for whoever lost the old one (spec 03 §5.6).

use super::AuthError;
use super::accounts::{Accounts, Visit};
use super::form::Form;
use super::mails::Mail;
use super::superusers::INSTALLER;
use super::tokens::Kind;
use crate::events::{AccountEvent, RecordEvent};
use crate::records::RecordError;
use crate::schema::fields::{FieldKind, Value};
use crate::schema::{Collection, FieldError};
use std::sync::Arc;

/// # Errors
/// 400 where the collection knows no passwords.
pub fn require_resettable(collection: &Collection) -> Result<(), AuthError> {
    super::password::require_password_auth(collection).map_err(|error| match error {
        AuthError::Refused { message, data, .. } => AuthError::Refused { status: 400, message, data },
        other => other,
    })
}

impl Accounts {
    /// Mails a link, unless one was mailed a moment ago or nobody has the email. Nobody learns which.
    ///
    /// # Errors
    /// 400 for what is no email, and where there are no passwords.
    pub fn request_password_reset(self: &Arc<Self>, visit: &Visit, email: &str) -> Result<(), AuthError> {
        require_resettable(&visit.collection)?;
        Form::default().email("email", email).finish()?;
        let collection = &visit.collection;
        let Some(record) = self.by_field(collection, "email", email)? else { return Ok(()) };
        let key = super::key(collection, &record);
        if self.password_reset.is_closed(&key) {
            return Ok(());
        }
        let mut event =
            AccountEvent { collection: Arc::clone(collection), request: Arc::clone(&visit.request), record };
        let tags = RecordEvent::tags(collection);
        self.records.around_answer(
            &self.records.bus.requests.record_request_password_reset,
            &tags,
            &mut event,
            &mut |event| {
                // Nobody owns that address.
                if collection.is_superusers() && event.record.text(collection, "email") == INSTALLER {
                    return Ok(());
                }
                self.password_reset.close(&key);
                let (accounts, collection, record) = (Arc::clone(self), Arc::clone(collection), event.record.clone());
                let reopened = key.clone();
                let taken = self.mails.submit(move || {
                    if let Err(error) = accounts.send_mail(&collection, &record, Mail::PasswordReset) {
                        accounts.password_reset.open(&reopened);
                        accounts.warn("Failed to send password reset email", &error);
                    }
                });
                if !taken {
                    self.password_reset.open(&key);
                    self.warn("Failed to send password reset email", &"too many mails are waiting");
                }
                Ok(())
            },
        )?;
        Ok(())
    }

    /// Sets the password of the account that a link was mailed for. Every token of the account ends, the used one too.
    ///
    /// # Errors
    /// 400 for a token that does not hold or a password that is none.
    pub fn confirm_password_reset(
        self: &Arc<Self>,
        visit: &Visit,
        token: &str,
        password: &str,
        confirmation: &str,
    ) -> Result<(), AuthError> {
        let collection = &visit.collection;
        let min = match collection.field("password").map(|field| &field.kind) {
            Some(FieldKind::Password(field)) => usize::try_from(field.min).unwrap_or(1).max(1),
            _ => 1,
        };
        let verified = match token {
            "" => None,
            token => Some(self.verify(token, Kind::PasswordReset)?),
        };
        let wrong_token = match &verified {
            Some(Err(_)) => Some(invalid_token()),
            Some(Ok(verified)) if verified.collection.id != collection.id => Some(super::mismatch()),
            _ => None,
        };
        let mismatch = || FieldError::new("validation_values_mismatch", "Values don't match.");
        Form::default()
            .required("token", token, usize::MAX)
            .check("token", wrong_token)
            .length("password", password, min, 255)
            .required("passwordConfirm", confirmation, usize::MAX)
            .check("passwordConfirm", (confirmation != password).then(mismatch))
            .finish()?;
        let Some(Ok(verified)) = verified else { return Err(AuthError::field("token", invalid_token())) };
        let claimed = verified.claims.email.unwrap_or_default();
        let mut event = AccountEvent {
            collection: Arc::clone(collection),
            request: Arc::clone(&visit.request),
            record: verified.record,
        };
        let tags = RecordEvent::tags(collection);
        let confirmed = self.records.around_answer(
            &self.records.bus.requests.record_confirm_password_reset,
            &tags,
            &mut event,
            &mut |event| {
                let mut record = event.record.clone();
                let plain = Value::Password { hash: String::new(), plain: Some(password.to_owned()) };
                record.set(collection, "password", plain);
                if record.text(collection, "email") == claimed {
                    record.set(collection, "verified", Value::Bool(true));
                }
                let saved = self.records.update_with_key(collection, event.record.clone(), record);
                event.record = saved.map_err(AuthError::from)?;
                self.password_reset.open(&super::key(collection, &event.record));
                Ok(())
            },
        );
        confirmed.map_err(|error| match AuthError::from(error) {
            AuthError::Record(RecordError::Refused { status: 409, .. }) => AuthError::field("token", invalid_token()),
            other => other.within("Failed to set new password."),
        })
    }
}

fn invalid_token() -> FieldError {
    FieldError::new("validation_invalid_token", "Invalid or expired token.")
}

//! One-time passwords by mail (spec 03 §5.4).

use super::accounts::{Accounts, Visit};
use super::answer::{Method, Outcome};
use super::form::Form;
use super::mails::Mail;
use super::tokens::{self, Grant, Kind};
use super::{AuthError, is_older};
use crate::events::{AuthWithOtpEvent, Record, RecordEvent, RequestOtpEvent};
use crate::mail::Message;
use crate::records::{Owner, RecordError};
use crate::schema::fields::Value;
use crate::schema::{Collection, LOWER_ALPHANUMERIC, random_string};
use serde_json::Value as Json;
use std::sync::Arc;

/// Codes of one record that may be alive at once.
const ALIVE: usize = 10;
/// bcrypt's cost of a code, which lives for minutes only.
const COST: i64 = 8;

/// # Errors
/// 403 where the collection knows no one-time passwords.
pub fn require_otp(collection: &Collection) -> Result<(), AuthError> {
    match collection.auth() {
        Some(options) if options.otp.enabled => Ok(()),
        _ => Err(AuthError::refused(403, "The collection is not configured to allow OTP authentication.")),
    }
}

impl Accounts {
    /// Mails a code to whoever has the email and returns the id that goes with it; nobody's email gets an id too.
    ///
    /// # Errors
    /// 400 for what is no email.
    pub fn request_otp(self: &Arc<Self>, visit: &Visit, email: &str) -> Result<Option<String>, AuthError> {
        require_otp(&visit.collection)?;
        Form::default().email("email", email).finish()?;
        let collection = &visit.collection;
        let length = usize::try_from(visit.options().otp.length).unwrap_or(8);
        let mut event = RequestOtpEvent {
            collection: Arc::clone(collection),
            request: Arc::clone(&visit.request),
            record: self.by_field(collection, "email", email)?,
            password: random_string(length, b"0123456789"),
        };
        let mut id = None;
        let tags = RecordEvent::tags(collection);
        self.records.around_answer(&self.records.bus.requests.record_request_otp, &tags, &mut event, &mut |event| {
            id = Some(match &event.record {
                Some(record) => self.give_otp(visit, record, &event.password)?,
                None => {
                    // As slow as for somebody.
                    let _ = self.records.passwords.hash(&event.password, COST);
                    random_string(15, LOWER_ALPHANUMERIC)
                }
            });
            Ok(())
        })?;
        Ok(id)
    }

    fn give_otp(self: &Arc<Self>, visit: &Visit, record: &Record, password: &str) -> Result<String, AuthError> {
        let collection = &visit.collection;
        let otps = self.system("_otps")?;
        let owner = Owner { collection: &collection.id, record: record.id(collection) };
        let mut alive = self.owned(&otps, owner.collection, owner.record)?;
        alive.retain(|otp| !is_older(otp.text(&otps, "created"), visit.options().otp.duration));
        if alive.len() >= ALIVE {
            return Ok(alive[0].id(&otps).to_owned());
        }
        let otp = self
            .store_otp(collection, owner.record, password)
            .map_err(|error| AuthError::Failed { message: "Failed to create OTP.", cause: error.to_string() })?;
        let id = otp.id(&otps).to_owned();
        let mail = Mail::Otp { id: id.clone(), password: password.to_owned() };
        let (accounts, collection, record) = (Arc::clone(self), Arc::clone(collection), record.clone());
        let unsent = otp.clone();
        let taken = self.mails.submit(move || {
            if let Err(error) = accounts.send_mail(&collection, &record, mail) {
                accounts.warn("Failed to send OTP email", &error);
                accounts.drop_otp(unsent);
            }
        });
        if !taken {
            self.warn("Failed to send OTP email", &"too many mails are waiting");
            self.drop_otp(otp);
        }
        Ok(id)
    }

    /// Stores a code for a record, mailed to nobody, and returns its id.
    ///
    /// # Errors
    /// A handler refuses, or the database fails.
    pub fn save_otp(
        self: &Arc<Self>,
        collection: &Collection,
        record_id: &str,
        password: &str,
    ) -> Result<String, AuthError> {
        let otp = self.store_otp(collection, record_id, password)?;
        Ok(otp.id(&*self.system("_otps")?).to_owned())
    }

    fn store_otp(
        self: &Arc<Self>,
        collection: &Collection,
        record_id: &str,
        password: &str,
    ) -> Result<Record, AuthError> {
        let otps = self.system("_otps")?;
        let owner = Owner { collection: &collection.id, record: record_id };
        let mut otp = self.records.owned_row(&otps, owner);
        otp.set(&otps, "password", Value::Password { hash: String::new(), plain: Some(password.to_owned()) });
        Ok(self.records.create_directly(&otps, otp)?)
    }

    /// Notes whom a code was mailed to: whoever enters it has that address.
    pub(super) fn mark_sent(self: &Arc<Self>, id: &str, message: &Message) {
        let Ok(otps) = self.system("_otps") else { return };
        // It may have been used meanwhile.
        let Ok(Some(current)) = self.by_id(&otps, id) else { return };
        let to = message.to.first().map(|mailbox| mailbox.address.clone()).unwrap_or_default();
        if !current.text(&otps, "sentTo").is_empty() {
            return;
        }
        let mut marked = current.clone();
        marked.set(&otps, "sentTo", Value::Text(to));
        if let Err(error) = self.records.update_directly(&otps, current, marked) {
            self.warn("Failed to update OTP sentTo", &error);
        }
    }

    fn drop_otp(self: &Arc<Self>, otp: Record) {
        let Ok(otps) = self.system("_otps") else { return };
        if let Err(error) = self.records.delete_directly(&otps, otp) {
            self.warn("Failed to delete OTP", &error);
        }
    }

    /// Logs in with a code.
    ///
    /// # Errors
    /// 400 for a wrong, old or used code, 429 after too many.
    pub fn with_otp(
        self: &Arc<Self>,
        visit: &Visit,
        otp_id: &str,
        password: &str,
        turn: impl Send,
    ) -> Result<Outcome, AuthError> {
        require_otp(&visit.collection)?;
        Form::default().required("otpId", otp_id, 255).required("password", password, 71).finish()?;
        let collection = &visit.collection;
        let otps = self.system("_otps")?;
        let invalid = || AuthError::refused(400, "Invalid or expired OTP.");
        let otp = self.by_id(&otps, otp_id)?.ok_or_else(invalid)?;
        let valid = otp.text(&otps, "collectionRef") == collection.id
            && !is_older(otp.text(&otps, "created"), visit.options().otp.duration);
        if !valid {
            return Err(invalid());
        }
        let record = self.by_id(collection, otp.text(&otps, "recordRef"))?.ok_or_else(invalid)?;
        let key = format!("{} {} {}", collection.id, record.id(collection), visit.ip);
        if !self.otp.take(&key) {
            return Err(AuthError::refused(429, "Too many attempts, please try again later with a new OTP."));
        }
        if !self.records.passwords.verify(password, otp.password_hash(&otps, "password")) {
            return Err(invalid());
        }
        drop(turn);
        let mut event =
            AuthWithOtpEvent { collection: Arc::clone(collection), request: Arc::clone(&visit.request), record, otp };
        let mut outcome = Outcome::Authenticated(Vec::new());
        let tags = RecordEvent::tags(collection);
        self.records.around_answer(
            &self.records.bus.requests.record_auth_with_otp,
            &tags,
            &mut event,
            &mut |event| {
                // Whoever deletes the row has used it: of two logins at once only one succeeds.
                if !self.records.delete_directly(&otps, event.otp.clone())? {
                    return Err(invalid().into());
                }
                let sent_to = event.otp.text(&otps, "sentTo");
                let own = event.record.text(collection, "email") == sent_to && !sent_to.is_empty();
                if own && !event.record.flag(collection, "verified") {
                    match self.mark_verified(visit, &event.record, !visit.options().mfa.enabled) {
                        Ok(record) => event.record = record,
                        Err(RecordError::Refused { status: 409, .. }) => return Err(invalid().into()),
                        Err(error) => self.warn("Failed to mark the record as verified", &error),
                    }
                }
                let grant = Grant { refreshable: true, ..Grant::default() };
                let token = tokens::issue(collection, &event.record, Kind::Auth, grant).map_err(AuthError::from)?;
                outcome = self.authenticate(visit, &event.record, Method::Otp, token, Json::Null)?;
                Ok(())
            },
        )?;
        Ok(outcome)
    }

    /// Stores that the owner of the email was there. With a random password, one that somebody else may have set before
    /// is worth nothing any more.
    ///
    /// # Errors
    /// 409 where the token key changed since the record was read: the email may be another one now, or the password new.
    pub(super) fn mark_verified(
        &self,
        visit: &Visit,
        record: &Record,
        random_password: bool,
    ) -> Result<Record, RecordError> {
        let collection = &visit.collection;
        let mut verified = record.clone();
        verified.set(collection, "verified", Value::Bool(true));
        if random_password {
            self.randomise_password(collection, &mut verified)?;
        }
        self.records.update_with_key(collection, record.clone(), verified)
    }
}

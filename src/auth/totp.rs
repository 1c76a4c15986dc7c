//! Codes of an authenticator app (RFC 6238) as a second factor after a password. PocketBase has none, so this is off
//! unless it is asked for, and kept in a table of pbr's own.

use super::accounts::{Accounts, Visit};
use super::answer::{Method, Outcome};
use super::form::Form;
use super::mfa::session_seconds;
use super::tokens::{self, Grant, Kind};
use super::{AuthError, is_older};
use crate::back_off::{Attempt, Guess};
use crate::db::DbError;
use crate::events::Record;
use crate::records::RecordError;
use crate::schema::{Collection, FieldError};
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{OptionalExtension, params};
use serde_json::Value as Json;
use sha1::Sha1;
use std::sync::Arc;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS _pbr_totp (collectionRef TEXT NOT NULL, recordRef TEXT NOT NULL, \
                     secret TEXT NOT NULL DEFAULT '', pending TEXT NOT NULL DEFAULT '', \
                     lastStep INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (collectionRef, recordRef)) WITHOUT ROWID";
/// Seconds that a code lives, and how many of them before and after now still count.
const STEP: i64 = 30;
const DRIFT: i64 = 1;
const DIGITS: u32 = 6;
const SECRET_BYTES: usize = 20;

/// What an authenticator app needs to know.
pub struct Enrolment {
    /// In base32.
    pub secret: String,
    /// `otpauth://…`, for a QR code.
    pub uri: String,
}

impl Accounts {
    /// Makes the table of the secrets.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn install_totp(&self) -> Result<(), DbError> {
        self.records.db.writer().run(|tx| Ok::<_, DbError>(tx.execute_batch(TABLE)?))
    }

    pub fn has_totp(&self) -> bool {
        self.options.totp
    }

    /// A new secret for the caller, which counts once a code of it was confirmed.
    ///
    /// # Errors
    /// 400 for a wrong password.
    pub fn request_totp(&self, visit: &Visit, id: &str, password: &str) -> Result<Enrolment, AuthError> {
        let record = self.proven(visit, id, password)?;
        let secret: [u8; SECRET_BYTES] = rand::random();
        let text = base32(&secret);
        self.write_totp(&visit.collection, id, {
            let pending = self.sealed(&text);
            move |tx, collection, id| {
                tx.execute(
                    "INSERT INTO _pbr_totp (collectionRef, recordRef, pending) VALUES (?1, ?2, ?3) \
                     ON CONFLICT DO UPDATE SET pending = excluded.pending",
                    params![collection, id, pending],
                )
            }
        })?;
        let app = self.settings.load().meta.app_name.clone();
        let account = match record.text(&visit.collection, "email") {
            "" => id,
            email => email,
        };
        let uri = format!(
            "otpauth://totp/{}:{}?secret={text}&issuer={}&algorithm=SHA1&digits={DIGITS}&period={STEP}",
            encoded(&app),
            encoded(account),
            encoded(&app)
        );
        Ok(Enrolment { secret: text, uri })
    }

    /// Takes the first code of a new secret; from now on the password alone does not log in.
    ///
    /// # Errors
    /// 400 for a wrong code, 429 after too many.
    pub fn confirm_totp(&self, visit: &Visit, id: &str, code: &str) -> Result<(), AuthError> {
        Form::default().required("code", code, 16).finish()?;
        let wrong = || AuthError::field("code", FieldError::new("validation_invalid_code", "Invalid or expired code."));
        let attempt = self.take_attempt(&visit.collection, id)?;
        let Some(stored) = self.totp_row(&visit.collection, id)? else { return Err(wrong()) };
        let step = matching_step(&stored.pending, code, now()).ok_or_else(wrong)?;
        attempt.succeed();
        let changed = self.write_totp(&visit.collection, id, move |tx, collection, id| {
            tx.execute(
                "UPDATE _pbr_totp SET secret = pending, pending = '', lastStep = ?3 \
                 WHERE collectionRef = ?1 AND recordRef = ?2 AND pending != ''",
                params![collection, id, step],
            )
        })?;
        if changed == 0 { Err(wrong()) } else { Ok(()) }
    }

    /// Takes the authenticator app away from an account: its owner with the password, superusers without.
    ///
    /// # Errors
    /// 400 for a wrong password, 404 for an account without one.
    pub fn remove_totp(&self, visit: &Visit, id: &str, password: &str) -> Result<(), AuthError> {
        if !visit.is_superuser() {
            self.proven(visit, id, password)?;
        }
        let changed = self.write_totp(&visit.collection, id, |tx, collection, id| {
            tx.execute("DELETE FROM _pbr_totp WHERE collectionRef = ?1 AND recordRef = ?2", params![collection, id])
        })?;
        if changed == 0 { Err(RecordError::not_found().into()) } else { Ok(()) }
    }

    /// Whether a password alone does not log the record in.
    pub(super) fn needs_totp(&self, collection: &Collection, id: &str) -> Result<bool, AuthError> {
        Ok(self.options.totp && self.totp_row(collection, id)?.is_some_and(|row| !row.secret.is_empty()))
    }

    /// The second step of a login that began with a password.
    ///
    /// # Errors
    /// 400 for a session or code that does not hold, 429 after too many.
    pub fn with_totp(self: &Arc<Self>, visit: &Visit, code: &str) -> Result<Outcome, AuthError> {
        let mfa_id = visit.mfa_id.as_deref().unwrap_or_default();
        Form::default().required("mfaId", mfa_id, 255).required("code", code, 16).finish()?;
        let collection = &visit.collection;
        let sessions = self.system("_mfas")?;
        let expired = || AuthError::refused(400, "Invalid or expired MFA session.");
        let session = self.by_id(&sessions, mfa_id)?.ok_or_else(expired)?;
        let holds = session.text(&sessions, "collectionRef") == collection.id
            && !is_older(session.text(&sessions, "created"), session_seconds(visit));
        let record = self.by_id(collection, session.text(&sessions, "recordRef"))?;
        let record = record.filter(|_| holds).ok_or_else(expired)?;
        let id = record.id(collection).to_owned();
        let attempt = self.take_attempt(collection, &id)?;
        let stored = self.totp_row(collection, &id)?.filter(|row| !row.secret.is_empty());
        let step = stored.as_ref().and_then(|row| matching_step(&row.secret, code, now()));
        let invalid = || AuthError::refused(400, "Invalid or expired code.");
        let step = step.ok_or_else(invalid)?;
        // A code works once, whoever saw it being entered.
        let changed = self.write_totp(collection, &id, move |tx, collection, id| {
            tx.execute(
                "UPDATE _pbr_totp SET lastStep = ?3 WHERE collectionRef = ?1 AND recordRef = ?2 AND lastStep < ?3",
                params![collection, id, step],
            )
        })?;
        if changed == 0 {
            return Err(invalid());
        }
        attempt.succeed();
        let grant = Grant { refreshable: true, ..Grant::default() };
        let token = tokens::issue(collection, &record, Kind::Auth, grant)?;
        self.authenticate(visit, &record, Method::Totp, token, Json::Null)
    }

    /// The caller's record, if the password is his.
    fn proven(&self, visit: &Visit, id: &str, password: &str) -> Result<Record, AuthError> {
        Form::default().required("password", password, 255).finish()?;
        let record = self.by_id(&visit.collection, id)?.ok_or_else(RecordError::not_found)?;
        if self.records.is_password(&visit.collection, &record, password)? {
            return Ok(record);
        }
        let message = "Missing or invalid auth record password.";
        Err(AuthError::field("password", FieldError::new("validation_invalid_password", message)))
    }

    fn take_attempt(&self, collection: &Collection, id: &str) -> Result<Attempt<'_>, AuthError> {
        let guess = Guess::Code { collection: &collection.id, record: id };
        let attempt = self.records.back_off.begin(guess).map_err(RecordError::from)?;
        if self.totp.take(&format!("{} {id}", collection.id)) {
            return Ok(attempt);
        }
        Err(AuthError::refused(429, "Too many attempts, please try again later."))
    }

    fn totp_row(&self, collection: &Collection, id: &str) -> Result<Option<Row>, AuthError> {
        let key = (collection.id.clone(), id.to_owned());
        let row: Option<(String, String)> = self.read(move |scope| {
            let sql = "SELECT secret, pending FROM _pbr_totp WHERE collectionRef = ?1 AND recordRef = ?2";
            let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            Ok(scope.connection.prepare_cached(sql)?.query_row(params![key.0, key.1], read).optional()?)
        })?;
        row.map(|(secret, pending)| Ok(Row { secret: self.opened(&secret)?, pending: self.opened(&pending)? }))
            .transpose()
    }

    fn write_totp(
        &self,
        collection: &Collection,
        id: &str,
        work: impl Fn(&rusqlite::Connection, &str, &str) -> rusqlite::Result<usize> + Send + 'static,
    ) -> Result<usize, AuthError> {
        let key = (collection.id.clone(), id.to_owned());
        Ok(self.records.db.writer().run(move |tx| Ok::<_, RecordError>(work(tx, &key.0, &key.1)?))?)
    }

    /// The secret as it is stored: encrypted where the settings are.
    fn sealed(&self, secret: &str) -> String {
        self.encryption.encrypt(secret.as_bytes()).unwrap_or_else(|| secret.to_owned())
    }

    fn opened(&self, stored: &str) -> Result<String, AuthError> {
        // A key may have been given to a directory that had none.
        if stored.is_empty() || unbase32(stored).is_some_and(|secret| secret.len() == SECRET_BYTES) {
            return Ok(stored.to_owned());
        }
        let failed = |error: &dyn std::fmt::Display| AuthError::Failed {
            message: "Failed to authenticate.",
            cause: format!("a stored TOTP secret cannot be read: {error}"),
        };
        let bytes = self.encryption.decrypt(stored.as_bytes()).map_err(|error| failed(&error))?;
        String::from_utf8(bytes).map_err(|error| failed(&error))
    }
}

struct Row {
    secret: String,
    pending: String,
}

fn now() -> i64 {
    chrono::Utc::now().timestamp()
}

/// The step whose code it is, among those that count at a moment. All are compared, each in constant time.
fn matching_step(secret: &str, code: &str, moment: i64) -> Option<i64> {
    let secret = unbase32(secret).filter(|secret| !secret.is_empty())?;
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let current = moment.div_euclid(STEP);
    let steps: Vec<i64> =
        (current - DRIFT..=current + DRIFT).filter(|step| same(&code_of(&secret, *step), &code)).collect();
    steps.into_iter().next()
}

fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |different, (a, b)| different | (a ^ b)) == 0
}

fn code_of(secret: &[u8], step: i64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[digest.len() - 1] & 0xf);
    let bytes: [u8; 4] = digest[offset..offset + 4].try_into().expect("the offset is at most 15 of 20");
    let number = (u32::from_be_bytes(bytes) & 0x7fff_ffff) % 10_u32.pow(DIGITS);
    format!("{number:0width$}", width = DIGITS as usize)
}

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// RFC 4648 base32; the length of a secret needs no padding.
fn base32(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(5) {
        let mut block = [0; 5];
        block[..chunk.len()].copy_from_slice(chunk);
        let bits = block.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        for at in 0..(chunk.len() * 8).div_ceil(5) {
            out.push(char::from(ALPHABET[(bits >> (35 - 5 * at) & 31) as usize]));
        }
    }
    out
}

fn unbase32(text: &str) -> Option<Vec<u8>> {
    let (mut out, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for c in text.bytes() {
        bits = bits << 5 | u32::try_from(ALPHABET.iter().position(|known| *known == c)?).ok()?;
        count += 5;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xff) as u8);
        }
    }
    Some(out)
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = b"12345678901234567890";
        for (moment, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(code_of(secret, moment / STEP), code);
        }
        assert_eq!(base32(secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(unbase32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap(), secret);
        assert!(unbase32("not base32").is_none());
    }

    #[test]
    fn a_code_counts_half_a_minute_before_and_after() {
        let secret = base32(b"12345678901234567890");
        let matches = |moment| matching_step(&secret, "287 082", moment);
        assert_eq!((matches(59), matches(89), matches(29)), (Some(1), Some(1), Some(1)));
        assert_eq!((matches(90), matching_step(&secret, "", 59), matching_step("", "287082", 59)), (None, None, None));
    }
}

//! Accounts of `_superusers`, for the command line and embedding code.

use super::AuthError;
use crate::events::Record;
use crate::query::RequestInfo;
use crate::records::{self, Body, Pending, RecordError, Records, WriteRequest};
use crate::schema::{ALPHANUMERIC, Collection, ddl, random_string};
use rusqlite::OptionalExtension;
use serde_json::{Map, json};
use std::sync::Arc;

/// The account behind the first-start page; it goes when the first real superuser comes.
pub const INSTALLER: &str = "__pbinstaller@example.com";

/// Creates a superuser.
///
/// # Errors
/// The email is taken or none, the password too short.
pub fn create(records: &Arc<Records>, email: &str, password: &str) -> Result<(), AuthError> {
    let body = Map::from_iter([
        ("email".to_owned(), json!(email)),
        ("password".to_owned(), json!(password)),
        ("passwordConfirm".to_owned(), json!(password)),
    ]);
    records.create(write(records)?, Body::from(body)).wait()?;
    Ok(())
}

/// Sets the password of a superuser, ending its sessions; `false` when there is none of that email.
///
/// # Errors
/// The password is too short.
pub fn set_password(records: &Arc<Records>, email: &str, password: &str) -> Result<bool, AuthError> {
    let Some(id) = find_id(records, &collection(records)?, email)? else { return Ok(false) };
    let body =
        Map::from_iter([("password".to_owned(), json!(password)), ("passwordConfirm".to_owned(), json!(password))]);
    records.update(write(records)?, id, Body::from(body)).wait()?;
    Ok(true)
}

/// Creates the superuser or sets its password.
///
/// # Errors
/// As [`create`].
pub fn upsert(records: &Arc<Records>, email: &str, password: &str) -> Result<(), AuthError> {
    if set_password(records, email, password)? { Ok(()) } else { create(records, email, password) }
}

/// Deletes a superuser; `false` when there is none of that email.
///
/// # Errors
/// It is the last one.
pub fn delete(records: &Arc<Records>, email: &str) -> Result<bool, AuthError> {
    let Some(id) = find_id(records, &collection(records)?, email)? else { return Ok(false) };
    records.delete(write(records)?, id).wait()?;
    Ok(true)
}

/// Emails of all superusers but the installer's.
///
/// # Errors
/// The database cannot be read.
pub fn list(records: &Arc<Records>) -> Result<Vec<String>, AuthError> {
    let emails = records.on_reader(Arc::default(), |scope| {
        let sql = "SELECT email FROM _superusers WHERE email != ?1 ORDER BY created, id";
        let mut statement = scope.connection.prepare(sql)?;
        let emails = statement.query_map([INSTALLER], |row| row.get(0))?;
        Ok(emails.collect::<rusqlite::Result<Vec<String>>>()?)
    });
    Ok(emails.wait()?)
}

/// A token that may create the first superuser, for half an hour; `None` when there is a superuser already.
///
/// # Errors
/// The database cannot be read or written.
pub fn installer_token(records: &Arc<Records>) -> Result<Option<String>, AuthError> {
    if !list(records)?.is_empty() {
        return Ok(None);
    }
    let collection = collection(records)?;
    let account = match find(records, &collection, INSTALLER)? {
        Some(account) => account,
        None => {
            create(records, INSTALLER, &random_string(40, ALPHANUMERIC))?;
            find(records, &collection, INSTALLER)?.ok_or_else(RecordError::not_found)?
        }
    };
    super::impersonation_token(&collection, &account, 1800).map(Some)
}

/// What became of a code that was asked for on the command line.
pub enum OtpMade {
    Made {
        id: String,
        password: String,
        seconds: i64,
    },
    NoAccount,
    /// Superusers log in without codes.
    Disabled,
}

/// A one-time password for a superuser, shown instead of mailed.
///
/// # Errors
/// The database cannot be read or written.
pub fn otp(accounts: &Arc<super::Accounts>, email: &str) -> Result<OtpMade, AuthError> {
    let collection = collection(&accounts.records)?;
    let Some(record) = find_id(&accounts.records, &collection, email)? else { return Ok(OtpMade::NoAccount) };
    let Some(options) = collection.auth().filter(|options| options.otp.enabled) else { return Ok(OtpMade::Disabled) };
    let password = random_string(usize::try_from(options.otp.length).unwrap_or(8), b"0123456789");
    let id = accounts.save_otp(&collection, &record, &password)?;
    Ok(OtpMade::Made { id, password, seconds: options.otp.duration })
}

/// An auth record by id, or by email as its unique index compares it.
///
/// # Errors
/// The database cannot be read.
pub fn find(
    records: &Arc<Records>,
    collection: &Arc<Collection>,
    id_or_email: &str,
) -> Result<Option<Record>, AuthError> {
    let id = find_id(records, collection, id_or_email)?.unwrap_or_else(|| id_or_email.to_owned());
    let collection = Arc::clone(collection);
    let found = records.on_reader(Arc::default(), move |scope| Ok(records::find(scope.connection, &collection, &id)?));
    Ok(found.wait()?)
}

/// Gives an auth record a new token key: every token it has ends.
///
/// # Errors
/// The record does not exist.
pub fn revoke(records: &Arc<Records>, collection: &Arc<Collection>, id: &str) -> Result<(), AuthError> {
    let key = random_string(50, ALPHANUMERIC);
    let body = Map::from_iter([("tokenKey".to_owned(), json!(key))]);
    let write = WriteRequest { collection: Arc::clone(collection), ..write(records)? };
    records.update(write, id.to_owned(), Body::from(body)).wait()?;
    Ok(())
}

fn find_id(records: &Arc<Records>, collection: &Arc<Collection>, email: &str) -> Result<Option<String>, AuthError> {
    let collate = if records::ignores_case(collection, "email") { " COLLATE NOCASE" } else { "" };
    let sql = format!("SELECT id FROM {} WHERE email = ?1{collate}", ddl::quote(&collection.name));
    let email = email.to_owned();
    let found: Pending<Option<String>> = records.on_reader(Arc::default(), move |scope| {
        if email.is_empty() {
            return Ok(None);
        }
        Ok(scope.connection.query_row(&sql, [email], |row| row.get(0)).optional()?)
    });
    Ok(found.wait()?)
}

fn collection(records: &Records) -> Result<Arc<Collection>, RecordError> {
    records.catalog.load().get("_superusers").cloned().ok_or_else(RecordError::not_found)
}

/// A write that no rule stands in the way of.
fn write(records: &Records) -> Result<WriteRequest, RecordError> {
    Ok(WriteRequest {
        collection: collection(records)?,
        request: Arc::new(RequestInfo::of_operator()),
        expand: String::new(),
    })
}

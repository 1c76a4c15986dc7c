//! Logging in with a password, refreshing a token, and the answer that both give (spec 03 §4 and §5).
//!
//! These functions block (hashing, readers): they run on threads that may.

use super::identity::{Identity, info};
use super::tokens::{self, Kind, TokenError};
use crate::events::Record;
use crate::query::RequestInfo;
use crate::records::{self, RecordError, Records};
use crate::schema::fields::is_email;
use crate::schema::{Collection, ErrorTree, FieldError, ddl};
use rusqlite::OptionalExtension;
use serde_json::{Value as Json, json};
use std::sync::Arc;

#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    #[error("{message}")]
    Refused { status: u16, message: &'static str, data: ErrorTree },
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Token(#[from] TokenError),
}

impl AuthError {
    fn refused(status: u16, message: &'static str) -> Self {
        Self::Refused { status, message, data: ErrorTree::new() }
    }

    fn failed() -> Self {
        Self::refused(400, "Failed to authenticate.")
    }
}

impl From<rusqlite::Error> for AuthError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Record(error.into())
    }
}

/// The body of `auth-with-password`.
#[derive(Clone, Debug, Default)]
pub struct LoginRequest {
    pub identity: String,
    pub password: String,
    /// `""` tries every identity field.
    pub identity_field: String,
}

impl LoginRequest {
    fn check(&self, collection: &Collection) -> Result<(), AuthError> {
        let mut data = ErrorTree::new();
        for (name, text) in [("identity", &self.identity), ("password", &self.password)] {
            if text.is_empty() {
                data.insert(name, FieldError::required());
            } else if text.chars().count() > 255 {
                data.insert(name, FieldError::length_out_of_range(1, 255));
            }
        }
        let fields = &collection.auth().expect("only auth collections log in").password_auth.identity_fields;
        if !self.identity_field.is_empty() && !fields.contains(&self.identity_field) {
            data.insert("identityField", FieldError::in_invalid());
        }
        if data.is_empty() {
            return Ok(());
        }
        Err(AuthError::Refused { status: 400, message: "An error occurred while validating the submitted data.", data })
    }
}

/// Logs in and returns the JSON of the answer.
///
/// # Errors
/// 403 where the collection does not allow it, 400 for a wrong identity or password: the same for both, as slow.
pub fn with_password(
    records: &Arc<Records>,
    collection: &Arc<Collection>,
    request: &Arc<RequestInfo>,
    login: &LoginRequest,
    expand: &str,
) -> Result<Vec<u8>, AuthError> {
    let options = collection.auth().expect("only auth collections log in");
    if !options.password_auth.enabled {
        return Err(AuthError::refused(403, "The collection is not configured to allow password authentication."));
    }
    login.check(collection)?;
    let found = find_by_identity(records, collection, request, login)?;
    let Some(record) = found else {
        // As slow as a wrong password: against somebody's hash, so that it is of the scheme that the accounts have.
        match any_hash(records, collection, request)? {
            Some(hash) => drop(records.passwords.verify(&login.password, &hash)),
            None => records.passwords.verify_decoy(&login.password),
        }
        return Err(AuthError::failed());
    };
    if !records.passwords.verify(&login.password, record.password_hash(collection, "password")) {
        return Err(AuthError::failed());
    }
    if options.mfa.enabled {
        // A second factor that cannot be asked for must not be skipped either.
        return Err(AuthError::refused(
            403,
            "The collection requires multi-factor authentication, which this version of pbr cannot perform.",
        ));
    }
    let token = tokens::issue(collection, &record, Kind::Auth, 0, true)?;
    answer(records, collection, request, &record, &token, expand)
}

/// A new token for the caller, or the same one where it is not refreshable.
///
/// # Errors
/// 403 when the auth rule no longer holds.
pub fn refresh(
    records: &Arc<Records>,
    collection: &Arc<Collection>,
    request: &Arc<RequestInfo>,
    identity: &Identity,
    presented: &str,
    expand: &str,
) -> Result<Vec<u8>, AuthError> {
    let record = find_by_id(records, collection, request, &identity.info.id)?.ok_or_else(RecordError::not_found)?;
    let token = if identity.refreshable {
        tokens::issue(collection, &record, Kind::Auth, 0, true)?
    } else {
        presented.to_owned()
    };
    answer(records, collection, request, &record, &token, expand)
}

/// A token for scripts: it cannot be refreshed, and it lives as long as asked.
///
/// # Errors
/// The collection has no signing key.
pub fn impersonation_token(collection: &Collection, record: &Record, seconds: i64) -> Result<String, AuthError> {
    Ok(tokens::issue(collection, record, Kind::Auth, seconds, false)?)
}

/// The `auth-methods` of a collection (spec 03 §5.1).
pub fn methods(collection: &Collection) -> Json {
    let options = collection.auth().expect("only auth collections have methods");
    let password = &options.password_auth;
    let fields: &[String] = if password.enabled { &password.identity_fields } else { &[] };
    let has = |name: &str| fields.iter().any(|field| field == name);
    let duration = |enabled: bool, seconds: i64| if enabled { seconds } else { 0 };
    json!({
        "password": { "identityFields": fields, "enabled": password.enabled },
        "oauth2": { "providers": [], "enabled": false },
        "mfa": { "enabled": options.mfa.enabled, "duration": duration(options.mfa.enabled, options.mfa.duration) },
        "otp": { "enabled": false, "duration": 0 },
        "authProviders": [],
        "usernamePassword": has("username"),
        "emailPassword": has("email"),
    })
}

/// Checks the auth rule and renders the record as itself sees it.
fn answer(
    records: &Arc<Records>,
    collection: &Arc<Collection>,
    request: &Arc<RequestInfo>,
    record: &Record,
    token: &str,
    expand: &str,
) -> Result<Vec<u8>, AuthError> {
    let denied = || AuthError::refused(403, "The request doesn't satisfy the collection requirements to authenticate.");
    let id = record.id(collection).to_owned();
    let own = Arc::new(RequestInfo { auth: Some(info(collection, record)), ..(**request).clone() });
    let rule = collection.auth().and_then(|options| options.auth_rule.clone());
    let superuser = request.auth.as_ref().is_some_and(|auth| auth.is_superuser());
    let (collection, expand, asked) = (Arc::clone(collection), expand.to_owned(), id);
    if !superuser {
        let rule = rule.ok_or_else(denied)?;
        let collection = Arc::clone(&collection);
        let allowed = records
            .read(Arc::clone(request), move |scope| {
                Ok(rule.is_empty() || scope.satisfying(&collection, &rule, &[&asked]).is_ok_and(|ids| !ids.is_empty()))
            })
            .wait()?;
        if !allowed {
            return Err(denied());
        }
    }
    let record = records.render(&collection, &own, record.clone(), &expand)?;
    let mut out = b"{\"record\":".to_vec();
    out.extend_from_slice(&record);
    out.extend_from_slice(b",\"token\":\"");
    out.extend_from_slice(token.as_bytes());
    out.extend_from_slice(b"\"}");
    Ok(out)
}

fn any_hash(
    records: &Arc<Records>,
    collection: &Arc<Collection>,
    request: &Arc<RequestInfo>,
) -> Result<Option<String>, AuthError> {
    let sql = format!("SELECT password FROM {} LIMIT 1", ddl::quote(&collection.name));
    let hash = records.read(Arc::clone(request), move |scope| {
        Ok(scope.connection.prepare_cached(&sql)?.query_row([], |row| row.get(0)).optional()?)
    });
    Ok(hash.wait()?)
}

fn find_by_id(
    records: &Arc<Records>,
    collection: &Arc<Collection>,
    request: &Arc<RequestInfo>,
    id: &str,
) -> Result<Option<Record>, AuthError> {
    let (collection, id) = (Arc::clone(collection), id.to_owned());
    let find = records.read(Arc::clone(request), move |scope| Ok(records::find(scope.connection, &collection, &id)?));
    Ok(find.wait()?)
}

/// The first identity field that knows the identity decides; `email` comes first and only for what looks like one.
fn find_by_identity(
    records: &Arc<Records>,
    collection: &Arc<Collection>,
    request: &Arc<RequestInfo>,
    login: &LoginRequest,
) -> Result<Option<Record>, AuthError> {
    let options = collection.auth().expect("only auth collections log in");
    let mut fields: Vec<String> = if login.identity_field.is_empty() {
        options.password_auth.identity_fields.clone()
    } else {
        vec![login.identity_field.clone()]
    };
    fields.sort_by_key(|field| field != "email");
    fields.retain(|field| field != "email" || !login.identity_field.is_empty() || is_email(&login.identity));
    let (owned, identity) = (Arc::clone(collection), login.identity.clone());
    let id: Option<String> = records
        .read(Arc::clone(request), move |scope| {
            for field in fields.iter().filter(|field| owned.field(field).is_some()) {
                let collate = if records::ignores_case(&owned, field) { " COLLATE NOCASE" } else { "" };
                let sql = format!(
                    "SELECT id FROM {} WHERE {} = ?1{collate} LIMIT 1",
                    ddl::quote(&owned.name),
                    ddl::quote(field)
                );
                let found =
                    scope.connection.prepare_cached(&sql)?.query_row([&identity], |row| row.get(0)).optional()?;
                if found.is_some() {
                    return Ok(found);
                }
            }
            Ok(None)
        })
        .wait()?;
    match id {
        Some(id) => find_by_id(records, collection, request, &id),
        None => Ok(None),
    }
}

//! Logging in with a password (spec 03 §5.2).

use super::AuthError;
use super::accounts::{Accounts, Visit};
use super::answer::{Method, Outcome};
use super::form::Form;
use super::tokens::{self, Grant, Kind};
use crate::back_off::Guess;
use crate::events::{AuthWithPasswordEvent, Record, RecordEvent};
use crate::records::RecordError;
use crate::schema::fields::is_email;
use crate::schema::{Collection, FieldError, ddl};
use rusqlite::OptionalExtension;
use serde_json::Value as Json;
use std::sync::Arc;

/// The body of `auth-with-password`.
#[derive(Clone, Default)]
pub struct LoginRequest {
    pub identity: String,
    pub password: String,
    /// `""` tries every identity field.
    pub identity_field: String,
}

/// # Errors
/// 403 where the collection knows no passwords.
pub fn require_password_auth(collection: &Collection) -> Result<(), AuthError> {
    match collection.auth() {
        Some(options) if options.password_auth.enabled => Ok(()),
        _ => Err(AuthError::refused(403, "The collection is not configured to allow password authentication.")),
    }
}

impl Accounts {
    /// Logs in. The `turn` is given back once the password was checked, before anything else may take its time.
    ///
    /// # Errors
    /// 400 for a wrong identity or password: the same for both, as slow.
    pub fn with_password(
        self: &Arc<Self>,
        visit: &Visit,
        login: LoginRequest,
        turn: impl Send,
    ) -> Result<Outcome, AuthError> {
        require_password_auth(&visit.collection)?;
        login.check(&visit.collection)?;
        let collection = &visit.collection;
        let guess = Guess::Login { collection: &collection.id, identity: &login.identity };
        let attempt = self.records.back_off.begin(guess).map_err(RecordError::from)?;
        let mut event = AuthWithPasswordEvent {
            collection: Arc::clone(collection),
            request: Arc::clone(&visit.request),
            record: self.find_by_identity(collection, &login)?,
            identity: login.identity,
            identity_field: login.identity_field,
            password: login.password,
        };
        let mut turn = Some(turn);
        let mut outcome = Outcome::Authenticated(Vec::new());
        let tags = RecordEvent::tags(collection);
        self.records.around_answer(
            &self.records.bus.requests.record_auth_with_password,
            &tags,
            &mut event,
            &mut |event| {
                let correct = self.check_password(collection, event.record.as_ref(), &event.password)?;
                drop(turn.take());
                let record = event.record.as_ref().filter(|_| correct).ok_or_else(AuthError::failed)?;
                attempt.succeed();
                let grant = Grant { refreshable: true, ..Grant::default() };
                let token = tokens::issue(collection, record, Kind::Auth, grant).map_err(AuthError::from)?;
                outcome = self.authenticate(visit, record, Method::Password, token, Json::Null)?;
                Ok(())
            },
        )?;
        Ok(outcome)
    }

    /// Whether the password is the record's. Nobody's takes as long as somebody's: it is compared with a hash of the
    /// scheme that the accounts have.
    fn check_password(
        &self,
        collection: &Arc<Collection>,
        record: Option<&Record>,
        password: &str,
    ) -> Result<bool, AuthError> {
        if let Some(record) = record {
            return Ok(self.records.passwords.verify(password, record.password_hash(collection, "password")));
        }
        let sql = format!("SELECT password FROM {} LIMIT 1", ddl::quote(&collection.name));
        let hash: Option<String> = self.read(move |scope| {
            Ok(scope.connection.prepare_cached(&sql)?.query_row([], |row| row.get(0)).optional()?)
        })?;
        match hash {
            Some(hash) => drop(self.records.passwords.verify(password, &hash)),
            None => self.records.passwords.verify_decoy(password),
        }
        Ok(false)
    }

    /// The first identity field that knows the identity decides; `email` comes first and only for what looks like one.
    fn find_by_identity(
        &self,
        collection: &Arc<Collection>,
        login: &LoginRequest,
    ) -> Result<Option<Record>, AuthError> {
        let options = collection.auth().expect("only auth collections log in");
        let mut fields: Vec<&str> = if login.identity_field.is_empty() {
            options.password_auth.identity_fields.iter().map(String::as_str).collect()
        } else {
            vec![&login.identity_field]
        };
        fields.sort_by_key(|field| *field != "email");
        fields.retain(|field| *field != "email" || !login.identity_field.is_empty() || is_email(&login.identity));
        for field in fields {
            if let Some(record) = self.by_field(collection, field, &login.identity)? {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }
}

impl LoginRequest {
    fn check(&self, collection: &Collection) -> Result<(), AuthError> {
        let fields = &collection.auth().expect("only auth collections log in").password_auth.identity_fields;
        let known = self.identity_field.is_empty() || fields.contains(&self.identity_field);
        Form::default()
            .required("identity", &self.identity, 255)
            .required("password", &self.password, 255)
            .check("identityField", (!known).then(FieldError::in_invalid))
            .finish()
    }
}

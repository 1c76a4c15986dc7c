//! An existing account meets one elsewhere, and whoever made the first must not own the second (spec 03 §6.4).

use super::AuthError;
use super::accounts::{Accounts, Visit};
use crate::events::{AuthWithOAuth2Event, Record};
use crate::records::{Owner, RecordError};
use crate::schema::fields::Value;
use crate::schema::{ALPHANUMERIC, random_string};
use std::sync::Arc;

/// The id of the caller where it is a record of the collection that is logged in to.
pub(super) fn own_session(visit: &Visit) -> Option<&str> {
    let auth = visit.request.auth.as_ref()?;
    (auth.collection_id == visit.collection.id).then_some(auth.id.as_str())
}

impl Accounts {
    /// Links a record and takes over what the provider vouches for.
    ///
    /// An unverified record may be somebody else's trap: unless its owner is the caller, its password and sessions end, and
    /// in any case its links.
    pub(super) fn link(
        self: &Arc<Self>,
        visit: &Visit,
        event: &AuthWithOAuth2Event,
        record: Record,
    ) -> Result<Record, AuthError> {
        let collection = &visit.collection;
        let links = self.system("_externalAuths")?;
        let id = record.id(collection).to_owned();
        let known = self.owned(&links, &collection.id, &id)?;
        let trusted = record.flag(collection, "verified");
        let linked = known.iter().any(|link| {
            link.text(&links, "provider") == event.provider && link.text(&links, "providerId") == event.profile.id
        });
        if trusted && linked && !self.takes_email(visit, event, &record) {
            return Ok(record);
        }
        // Hashed before the transaction, which everybody else's writes wait for.
        let hash = match !trusted && own_session(visit) != Some(&id) {
            true => Some(self.random_hash()?),
            false => None,
        };
        let email = event.profile.email.as_str();
        let done = self.records.transaction(|transaction| {
            // Read again: it may have been verified, or changed, since.
            let original = transaction.find(collection, &id)?.ok_or_else(RecordError::not_found)?;
            let key = |record: &Record| record.text(collection, "tokenKey").to_owned();
            let trusted = original.flag(collection, "verified");
            // A new email or password in between: it is not the account any more that was asked for.
            if key(&original) != key(&record) || trusted != record.flag(collection, "verified") {
                return Err(RecordError::bad_request("Failed to authenticate."));
            }
            let mut updated = original.clone();
            if !trusted {
                if let Some(hash) = &hash {
                    updated.set(collection, "password", Value::Password { hash: hash.clone(), plain: None });
                    updated.set(collection, "tokenKey", Value::Text(random_string(50, ALPHANUMERIC)));
                }
                for link in transaction.owned(&links, Owner { collection: &collection.id, record: &id })? {
                    self.records.delete_directly(&links, link)?;
                }
                let own = original.text(collection, "email");
                if own.is_empty() || own == email {
                    updated.set(collection, "verified", Value::Bool(true));
                }
            }
            if original.text(collection, "email").is_empty() && !email.is_empty() {
                updated.set(collection, "email", Value::Text(email.to_owned()));
            }
            let stored = match updated == original {
                true => original,
                false => self.records.update_directly(collection, original, updated)?,
            };
            if !(trusted && linked) {
                self.create_link(visit, event, &stored)?;
            }
            Ok(stored)
        });
        done.map_err(|error| AuthError::from(error).within("Failed to authenticate."))
    }

    fn takes_email(&self, visit: &Visit, event: &AuthWithOAuth2Event, record: &Record) -> bool {
        record.text(&visit.collection, "email").is_empty() && !event.profile.email.is_empty()
    }

    /// Stores that the record and the account of the provider are the same person's.
    pub(super) fn create_link(
        self: &Arc<Self>,
        visit: &Visit,
        event: &AuthWithOAuth2Event,
        record: &Record,
    ) -> Result<(), RecordError> {
        let links = self.records.catalog.load().get("_externalAuths").cloned().ok_or_else(RecordError::not_found)?;
        let owner = Owner { collection: &visit.collection.id, record: record.id(&visit.collection) };
        let mut link = self.records.owned_row(&links, owner);
        link.set(&links, "provider", Value::Text(event.provider.clone()));
        link.set(&links, "providerId", Value::Text(event.profile.id.clone()));
        self.records.create_directly(&Arc::clone(&links), link)?;
        Ok(())
    }
}

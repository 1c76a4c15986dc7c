//! The identity behind an `Authorization` header, verified once and then remembered.

use super::tokens::{self, Kind, Verified};
use crate::query::AuthInfo;
use crate::records::Records;
use crate::schema::Catalog;
use rusqlite::Connection;
use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};

/// A caller with a valid token.
#[derive(Debug)]
pub struct Identity {
    pub info: AuthInfo,
    /// Whether `auth-refresh` gives a new token.
    pub refreshable: bool,
    expires: Option<i64>,
    epoch: u64,
    catalog: u64,
}

const MAX_REMEMBERED: usize = 10_000;

/// Identities by token. An entry counts until its token expires, an auth record changes or the collections do.
#[derive(Default)]
pub struct Identities {
    known: RwLock<HashMap<String, Arc<Identity>>>,
}

impl Identities {
    /// The identity of a token that was verified before and still holds.
    pub fn recall(&self, records: &Records, token: &str) -> Option<Arc<Identity>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let identity = known.get(token)?;
        let current = identity.epoch == records.auth_epoch.load(Ordering::Acquire)
            && identity.catalog == records.catalog.load().version()
            && identity.expires.is_none_or(|expires| chrono::Utc::now().timestamp() < expires);
        current.then(|| Arc::clone(identity))
    }

    /// Verifies a token; an invalid one is a guest's.
    pub fn verify(&self, records: &Records, connection: &Connection, token: &str) -> Option<Arc<Identity>> {
        // Read before the record is: a change in between makes the entry stale, not wrong.
        let epoch = records.auth_epoch.load(Ordering::Acquire);
        let catalog = records.catalog.load();
        let verified = tokens::verify(connection, &catalog, token, &[Kind::Auth]).ok()?;
        let identity = Arc::new(Identity::new(&verified, epoch, &catalog));
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_REMEMBERED {
            known.clear();
        }
        known.insert(token.to_owned(), Arc::clone(&identity));
        Some(identity)
    }
}

impl Identity {
    fn new(verified: &Verified, epoch: u64, catalog: &Catalog) -> Self {
        let Verified { claims, collection, record } = verified;
        Self {
            info: info(collection, record),
            refreshable: claims.is_refreshable(),
            expires: claims.exp,
            epoch,
            catalog: catalog.version(),
        }
    }
}

/// What rules know of an authenticated record without asking the database.
pub fn info(collection: &crate::schema::Collection, record: &crate::events::Record) -> AuthInfo {
    AuthInfo {
        id: record.id(collection).to_owned(),
        collection_id: collection.id.clone(),
        collection_name: collection.name.clone(),
        email: record.text(collection, "email").to_owned(),
        email_visibility: record.flag(collection, "emailVisibility"),
        verified: record.flag(collection, "verified"),
    }
}

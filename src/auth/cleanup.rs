//! Rows that have outlived their purpose: second factors that were never given, codes that were never used.

use super::accounts::Accounts;
use crate::records::RecordError;
use crate::schema::Collection;
use crate::schema::fields::format_datetime;
use chrono::TimeDelta;
use rusqlite::params;
use std::sync::Arc;

/// Rows of one transaction.
const CHUNK: i64 = 500;

impl Accounts {
    /// Deletes expired rows of `_mfas`.
    pub fn delete_expired_mfas(self: &Arc<Self>) {
        self.delete_expired("_mfas", |collection| collection.auth().map(|options| options.mfa.duration));
    }

    /// Deletes expired rows of `_otps`.
    pub fn delete_expired_otps(self: &Arc<Self>) {
        self.delete_expired("_otps", |collection| collection.auth().map(|options| options.otp.duration));
    }

    fn delete_expired(self: &Arc<Self>, table: &'static str, seconds: fn(&Collection) -> Option<i64>) {
        for collection in self.records.catalog.load_full().iter() {
            let Some(seconds) = seconds(collection) else { continue };
            let before = TimeDelta::try_seconds(seconds).and_then(|age| chrono::Utc::now().checked_sub_signed(age));
            let Some(before) = before.map(format_datetime) else { continue };
            if let Err(error) = self.delete_older(table, &collection.id, &before) {
                self.warn(&format!("Failed to delete expired rows of {table}"), &error);
            }
        }
    }

    fn delete_older(
        self: &Arc<Self>,
        table: &'static str,
        collection: &str,
        before: &str,
    ) -> Result<(), super::AuthError> {
        let rows = self.system(table)?;
        if self.records.bus.listens_to_writes(&rows) {
            let (owned, collection, before) = (Arc::clone(&rows), collection.to_owned(), before.to_owned());
            let old = self.read(move |scope| {
                let condition = "collectionRef = ?1 AND created < ?2";
                Ok(crate::records::find_all(scope.connection, &owned, condition, params![collection, before])?)
            })?;
            for row in old {
                self.records.delete_directly(&rows, row)?;
            }
            return Ok(());
        }
        loop {
            let (collection, before) = (collection.to_owned(), before.to_owned());
            let deleted = self.records.db.writer().run(move |tx| {
                let sql = format!(
                    "DELETE FROM {table} WHERE rowid IN \
                     (SELECT rowid FROM {table} WHERE collectionRef = ?1 AND created < ?2 LIMIT {CHUNK})"
                );
                Ok::<_, RecordError>(tx.prepare_cached(&sql)?.execute(params![collection, before])?)
            })?;
            if deleted == 0 {
                return Ok(());
            }
        }
    }
}

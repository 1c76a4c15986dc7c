//! A change that was prepared on a record which somebody else has changed since.

use super::auth_form;
use super::draft::{Body, Draft, Upload};
use super::store::{UPDATE_FAILED, WriteRequest, nothing_more, refuse, rotate_token_key, superuser};
use super::validate::validate;
use super::{RecordError, Scope, admit, find};
use crate::events::Record;
use rusqlite::Connection;
use std::sync::Arc;

/// What a client asked for, kept to ask it again of the record that is stored by the time of the statement: of two
/// requests for one more, neither is lost.
#[derive(Clone)]
pub(super) struct Intent {
    pub body: Arc<Body>,
    /// What the body alone made of the record that was found first.
    pub applied: Record,
}

impl Intent {
    /// The draft on the record that is stored now; `None` where it is still the one that was found first.
    ///
    /// # Errors
    /// It is not there any more, or SQLite fails.
    pub fn renew(
        &self,
        connection: &Connection,
        write: &WriteRequest,
        draft: &Draft,
    ) -> Result<Option<Draft>, RecordError> {
        let collection = &write.collection;
        let Some(original) = &draft.original else { return Ok(None) };
        let stored = find(connection, collection, original.id(collection))?;
        let stored = stored.ok_or_else(RecordError::not_found)?;
        if stored == *original {
            return Ok(None);
        }
        let mut renewed = Draft::new(collection, Some(stored), &self.body, superuser(&write.request));
        for (at, value) in renewed.record.values.iter_mut().enumerate() {
            // Set by the server or by a handler.
            if draft.record.values[at] != self.applied.values[at] {
                *value = draft.record.values[at].clone();
            }
        }
        rotate_token_key(collection, &mut renewed);
        Ok(Some(renewed))
    }
}

/// Asks of a renewed draft what was asked of the first. Whoever was found to know the old password knows it still where
/// that is the same.
///
/// # Errors
/// The rule, the form or a field refuses.
pub(super) fn check(
    scope: &Scope<'_>,
    write: &WriteRequest,
    first: &Draft,
    renewed: &Draft,
    uploads: &[Upload],
    knows_password: bool,
) -> Result<(), RecordError> {
    let collection = &write.collection;
    let hash =
        |draft: &Draft| draft.original.as_ref().map(|record| record.password_hash(collection, "password").to_owned());
    let request = renewed.request(&write.request);
    let scope = scope.with_request(&request);
    let id = renewed.record.id(collection);
    let access = admit::update(&scope, collection, id)?;
    refuse(
        UPDATE_FAILED,
        auth_form::check(collection, renewed, access, |_| knows_password && hash(first) == hash(renewed)),
    )?;
    refuse(UPDATE_FAILED, validate(&scope, collection, renewed, uploads, &nothing_more)?)
}

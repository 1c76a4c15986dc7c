//! Tokens for protected files.

use super::App;
use crate::auth::tokens::{self, Grant, Kind};
use crate::events::{FileTokenEvent, RecordEvent};
use crate::query::AuthInfo;
use crate::records::{RecordError, find};

impl App {
    /// A token that lets its bearer load the protected files that the record may see; `None` when a handler ended the
    /// request.
    ///
    /// # Errors
    /// The record or its collection is gone, or a handler refuses.
    pub fn issue_file_token(&self, info: &AuthInfo) -> Result<Option<String>, RecordError> {
        let collection = self.catalog().by_id(&info.collection_id).cloned().ok_or_else(RecordError::not_found)?;
        let record = {
            let (collection, id) = (collection.clone(), info.id.clone());
            self.records().db.readers().run(move |connection| find(connection, &collection, &id))??
        };
        let record = record.ok_or_else(RecordError::not_found)?;
        let token = tokens::issue(&collection, &record, Kind::File, Grant::default());
        let token = token.map_err(|error| RecordError::bad_request(&error.to_string()))?;
        let mut event = FileTokenEvent { collection: collection.clone(), record, token };
        let mut issued = None;
        self.records().around_answer(
            &self.hooks().requests.file_token,
            &RecordEvent::tags(&collection),
            &mut event,
            &mut |event| {
                issued = Some(event.token.clone());
                Ok(())
            },
        )?;
        Ok(issued)
    }

    /// Whose file token it is; `None` for one that does not hold.
    pub fn file_token_owner(&self, token: &str) -> Option<AuthInfo> {
        let (catalog, token) = (self.catalog(), token.to_owned());
        let verified = self.records().db.readers().run(move |connection| {
            let verified = tokens::verify(connection, &catalog, &token, &[Kind::File]).ok()?;
            Some(crate::auth::info(&verified.collection, &verified.record))
        });
        verified.ok().flatten()
    }
}

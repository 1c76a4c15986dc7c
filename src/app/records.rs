//! Records from code: what a program that embeds pbr calls. Everything here waits for the database, so async code calls
//! it from a thread that may block.
//!
//! On a thread whose transaction is open, in [`App::transaction`] or in a handler that runs inside a batch or a delete,
//! everything here takes part in that transaction: it sees what was done so far, and is undone with it.

use crate::App;
use crate::events::Bus;
use crate::query::RequestInfo;
use crate::records::{Body, ListParams, RecordError, WriteRequest};
use crate::schema::Collection;
use serde_json::Value as Json;
use std::sync::Arc;

impl App {
    /// The hooks of the app; handlers may be added at any time.
    pub fn hooks(&self) -> &Bus {
        &self.records().bus
    }

    /// Creates a record as a superuser's request does: validation and hooks run, those of requests too, and rules do not.
    /// The caller that handlers see is a superuser without an id. [`Records::create_directly`] runs no hooks of requests.
    ///
    /// [`Records::create_directly`]: crate::records::Records::create_directly
    ///
    /// # Errors
    /// The collection does not exist, a field is invalid, or a handler refuses.
    pub fn create_record(&self, collection: &str, values: Json) -> Result<Json, RecordError> {
        parsed(self.records().create_here(self.operator(collection)?, body(values)?)?)
    }

    /// Updates a record with the rights of a superuser.
    ///
    /// # Errors
    /// As [`App::create_record`], and 404 for a record that does not exist.
    pub fn update_record(&self, collection: &str, id: &str, values: Json) -> Result<Json, RecordError> {
        parsed(self.records().update_here(self.operator(collection)?, id, body(values)?)?)
    }

    /// Deletes a record with all that its relations ask for.
    ///
    /// # Errors
    /// The record does not exist, a required reference would be left empty, or a handler refuses.
    pub fn delete_record(&self, collection: &str, id: &str) -> Result<(), RecordError> {
        self.records().delete_here(self.operator(collection)?, id)
    }

    /// A record as the API shows it to superusers.
    ///
    /// # Errors
    /// The collection or the record does not exist.
    pub fn record(&self, collection: &str, id: &str) -> Result<Json, RecordError> {
        parsed(self.records().view_here(self.operator(collection)?, id)?)
    }

    /// A page of records as the API shows it to superusers.
    ///
    /// # Errors
    /// The collection does not exist, or the filter or sort is invalid.
    pub fn list_records(&self, collection: &str, params: ListParams) -> Result<Json, RecordError> {
        parsed(self.records().list_here(self.operator(collection)?, params)?)
    }

    /// Runs several writes as one: all of them happen, or none. Hooks that follow a write wait for the end.
    ///
    /// Whatever the work does with the app on this thread is part of it. Inside another transaction, so is the work, and
    /// where it fails it is undone by itself. Other threads wait with their writes: work that waits for one of them waits
    /// for ever.
    ///
    /// ```no_run
    /// # fn run(app: &pbr::App) -> Result<(), pbr::records::RecordError> {
    /// use serde_json::json;
    /// app.transaction(|app| {
    ///     let author = app.create_record("authors", json!({ "name": "Ada" }))?;
    ///     app.create_record("posts", json!({ "title": "First", "author": author["id"] }))
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the work refused with, and nothing is changed then. Or, everything being committed, the first failure of a
    /// handler that follows a write; the log has all of them.
    pub fn transaction<T>(&self, work: impl FnOnce(&Self) -> Result<T, RecordError>) -> Result<T, RecordError> {
        self.records().transaction(|_| work(self))
    }

    fn operator(&self, collection: &str) -> Result<WriteRequest, RecordError> {
        let collection: Arc<Collection> = self.collection(collection).ok_or_else(RecordError::not_found)?;
        Ok(WriteRequest { collection, request: Arc::new(RequestInfo::of_operator()), expand: String::new() })
    }
}

fn body(values: Json) -> Result<Body, RecordError> {
    match values {
        Json::Object(values) => Ok(values.into()),
        _ => Err(RecordError::bad_request("The values of a record are an object.")),
    }
}

/// A response as a value; empty when a handler ended the operation.
fn parsed(json: Vec<u8>) -> Result<Json, RecordError> {
    if json.is_empty() {
        return Ok(Json::Null);
    }
    serde_json::from_slice(&json).map_err(|error| RecordError::bad_request(&error.to_string()))
}

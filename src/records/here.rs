//! What code asks for on a thread that may block: where a transaction is open there, it takes part in it.
//!
//! Requests go through `store.rs` and `read.rs` instead, which never ask: no request comes in on such a thread.

use super::draft::Body;
use super::list::ListParams;
use super::store::{WriteRequest, alone};
use super::{RecordError, Records};
use std::sync::Arc;

impl Records {
    /// [`Records::create`], waiting for the answer.
    ///
    /// # Errors
    /// As there.
    pub fn create_here(self: &Arc<Self>, write: WriteRequest, body: Body) -> Result<Vec<u8>, RecordError> {
        match self.open() {
            None => self.create(write, body).wait(),
            Some(_) => Ok(self.create_stepwise(&write, &body, &alone)?.0),
        }
    }

    /// [`Records::update`], waiting for the answer.
    ///
    /// # Errors
    /// As there.
    pub fn update_here(self: &Arc<Self>, write: WriteRequest, id: &str, body: Body) -> Result<Vec<u8>, RecordError> {
        match self.open() {
            None => self.update(write, id.to_owned(), body).wait(),
            Some(_) => self.update_stepwise(&write, id, &Arc::new(body), &alone),
        }
    }

    /// [`Records::delete`], waiting until it is done.
    ///
    /// # Errors
    /// As there.
    pub fn delete_here(self: &Arc<Self>, write: WriteRequest, id: &str) -> Result<(), RecordError> {
        match self.open() {
            None => self.delete(write, id.to_owned()).wait(),
            Some(_) => self.delete_stepwise(&write, id, &alone),
        }
    }

    /// [`Records::view`], waiting for the answer.
    ///
    /// # Errors
    /// As there.
    pub fn view_here(self: &Arc<Self>, read: WriteRequest, id: &str) -> Result<Vec<u8>, RecordError> {
        match self.open() {
            None => self.view(read.collection, read.request, id.to_owned(), read.expand).wait(),
            Some(_) => self.view_hooked(&read.collection, &read.request, id, &read.expand),
        }
    }

    /// [`Records::list`], waiting for the answer.
    ///
    /// # Errors
    /// As there.
    pub fn list_here(self: &Arc<Self>, read: WriteRequest, params: ListParams) -> Result<Vec<u8>, RecordError> {
        match self.open() {
            None => self.list(read.collection, read.request, params).wait(),
            Some(_) => self.list_hooked(&read.collection, &read.request, &params),
        }
    }
}

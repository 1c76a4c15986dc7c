//! What code asks for on a thread that may block: where a transaction is open there, it takes part in it.
//!
//! Requests go through `store.rs` and `read.rs` instead, which never ask: no request comes in on such a thread.
//!
//! Most of this is asked for by handlers, whose work may call handlers again: how deep is limited, and each level finds
//! the stack that it needs.

use super::draft::Body;
use super::list::ListParams;
use super::store::{WriteRequest, alone};
use super::{RecordError, Records};
use std::cell::Cell;
use std::sync::Arc;

/// How deep the work of handlers may lie inside that of others.
const MAX_DEPTH: u32 = 64;
const TOO_DEEP: &str = "Handlers call each other more than 64 levels deep. One of them is called \
                        by its own work: let it skip what it has made itself.";
const STACK_NEEDED: usize = 512 << 10;
const STACK_GROWTH: usize = 2 << 20;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// One level less, whatever ends the work.
struct Level;

impl Drop for Level {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// Does what code asks for, a level below what is under way on this thread.
///
/// # Errors
/// Those of the work, and more than [`MAX_DEPTH`] levels.
pub fn level<T>(work: impl FnOnce() -> Result<T, RecordError>) -> Result<T, RecordError> {
    if DEPTH.get() >= MAX_DEPTH {
        return Err(RecordError::refused(500, TOO_DEEP));
    }
    DEPTH.set(DEPTH.get() + 1);
    let _level = Level;
    stacker::maybe_grow(STACK_NEEDED, STACK_GROWTH, work)
}

impl Records {
    /// [`Records::create`], waiting for the answer.
    ///
    /// # Errors
    /// As there.
    pub fn create_here(self: &Arc<Self>, write: WriteRequest, body: Body) -> Result<Vec<u8>, RecordError> {
        level(|| match self.open() {
            None => self.create(write, body).wait(),
            Some(_) => Ok(self.create_stepwise(&write, &body, &alone)?.0),
        })
    }

    /// [`Records::update`], waiting for the answer.
    ///
    /// # Errors
    /// As there.
    pub fn update_here(self: &Arc<Self>, write: WriteRequest, id: &str, body: Body) -> Result<Vec<u8>, RecordError> {
        level(|| match self.open() {
            None => self.update(write, id.to_owned(), body).wait(),
            Some(_) => self.update_stepwise(&write, id, &Arc::new(body), &alone),
        })
    }

    /// [`Records::delete`], waiting until it is done.
    ///
    /// # Errors
    /// As there.
    pub fn delete_here(self: &Arc<Self>, write: WriteRequest, id: &str) -> Result<(), RecordError> {
        level(|| match self.open() {
            None => self.delete(write, id.to_owned()).wait(),
            Some(_) => self.delete_stepwise(&write, id, &alone),
        })
    }

    /// [`Records::view`], waiting for the answer.
    ///
    /// # Errors
    /// As there.
    pub fn view_here(self: &Arc<Self>, read: WriteRequest, id: &str) -> Result<Vec<u8>, RecordError> {
        level(|| match self.open() {
            None => self.view(read.collection, read.request, id.to_owned(), read.expand).wait(),
            Some(_) => self.view_hooked(&read.collection, &read.request, id, &read.expand),
        })
    }

    /// [`Records::list`], waiting for the answer.
    ///
    /// # Errors
    /// As there.
    pub fn list_here(self: &Arc<Self>, read: WriteRequest, params: ListParams) -> Result<Vec<u8>, RecordError> {
        level(|| match self.open() {
            None => self.list(read.collection, read.request, params).wait(),
            Some(_) => self.list_hooked(&read.collection, &read.request, &params),
        })
    }
}

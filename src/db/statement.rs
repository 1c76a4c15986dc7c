//! Prepared statements: short ones are kept for the next time.

use rusqlite::{CachedStatement, Connection, Statement};
use std::ops::{Deref, DerefMut};

/// Bytes of SQL. What a client's filter compiles to can be very long, and a statement takes many times its text: kept by
/// the thousand, they would fill the memory.
const LONGEST_KEPT: usize = 4096;

/// A statement of a connection.
pub enum Prepared<'c> {
    Kept(CachedStatement<'c>),
    Once(Statement<'c>),
}

/// Prepares a statement, or takes the one that was kept.
///
/// # Errors
/// The SQL makes no sense to SQLite.
pub fn prepare<'c>(connection: &'c Connection, sql: &str) -> rusqlite::Result<Prepared<'c>> {
    if sql.len() > LONGEST_KEPT {
        connection.prepare(sql).map(Prepared::Once)
    } else {
        connection.prepare_cached(sql).map(Prepared::Kept)
    }
}

impl<'c> Deref for Prepared<'c> {
    type Target = Statement<'c>;

    fn deref(&self) -> &Self::Target {
        match self {
            Self::Kept(statement) => statement,
            Self::Once(statement) => statement,
        }
    }
}

impl<'c> DerefMut for Prepared<'c> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        match self {
            Self::Kept(statement) => statement,
            Self::Once(statement) => statement,
        }
    }
}

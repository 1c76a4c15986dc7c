//! Keeps a migration inside its transaction: `COMMIT` in a file would make half of it permanent, and switching foreign
//! keys off would let a table rebuild delete rows.

use super::statements::statements;
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Batch, Connection, ErrorCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs the text of migrations on a connection that it watches.
#[derive(Clone, Default)]
pub struct Guard {
    active: Arc<AtomicBool>,
}

impl Guard {
    /// Watches a connection for as long as `work` runs.
    pub fn watch<T>(
        connection: &mut Connection,
        work: impl FnOnce(&mut Connection, &Self) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let guard = Self::default();
        let active = Arc::clone(&guard.active);
        let judge = move |context: AuthContext<'_>| {
            if active.load(Ordering::Relaxed) && is_forbidden(&context) {
                Authorization::Deny
            } else {
                Authorization::Allow
            }
        };
        connection.authorizer(Some(judge))?;
        let result = work(connection, &guard);
        connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)?;
        result
    }

    /// Runs the text of a migration.
    pub fn run(&self, connection: &Connection, sql: &str) -> rusqlite::Result<()> {
        self.active.store(true, Ordering::Relaxed);
        let mut done = 0;
        let result = each(connection, sql, &mut done);
        self.active.store(false, Ordering::Relaxed);
        result.map_err(|error| located(explain(error), sql, done))
    }
}

/// Runs one statement after the other and counts those that are done.
fn each(connection: &Connection, sql: &str, done: &mut usize) -> rusqlite::Result<()> {
    let mut batch = Batch::new(connection, sql);
    while let Some(mut statement) = batch.next()? {
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
        *done += 1;
    }
    Ok(())
}

/// The error with the line of its statement, `line 12: no such table: x, in SELECT …`. Where SQLite could not read the
/// statement it names the place itself.
fn located(error: rusqlite::Error, sql: &str, done: usize) -> rusqlite::Error {
    let (code, message, line) = match error {
        rusqlite::Error::SqlInputError { error, msg, sql: rest, offset } => {
            let at = sql.len() - rest.len().min(sql.len()) + usize::try_from(offset).unwrap_or(0);
            let before = sql.get(..at).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            // Without a place there is the one where the statement begins.
            (error, msg, if offset < 0 { None } else { Some(line) })
        }
        rusqlite::Error::SqliteFailure(code, Some(message)) => (code, message, None),
        other => return other,
    };
    let line = line.or_else(|| statements(sql).get(done).map(|statement| statement.line));
    let message = match line {
        None => message,
        Some(line) => {
            let text = sql.lines().nth(line - 1).unwrap_or_default().trim();
            format!("line {line}: {message}, in `{text}`")
        }
    };
    rusqlite::Error::SqliteFailure(code, Some(message))
}

fn is_forbidden(context: &AuthContext<'_>) -> bool {
    match context.action {
        AuthAction::Transaction { .. } => true,
        AuthAction::Pragma { pragma_name, .. } => pragma_name.eq_ignore_ascii_case("foreign_keys"),
        _ => false,
    }
}

fn explain(error: rusqlite::Error) -> rusqlite::Error {
    let denied = error.sqlite_error_code() == Some(ErrorCode::AuthorizationForStatementDenied);
    match error {
        rusqlite::Error::SqliteFailure(code, _) | rusqlite::Error::SqlInputError { error: code, .. } if denied => {
            let message = "a migration runs in one transaction: it cannot begin or end one, or switch foreign keys";
            rusqlite::Error::SqliteFailure(code, Some(message.to_owned()))
        }
        error => error,
    }
}

//! Keeps a migration inside its transaction: `COMMIT` in a file would make half of it permanent, and switching foreign
//! keys off would let a table rebuild delete rows.

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Connection, ErrorCode};
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
        let result = connection.execute_batch(sql);
        self.active.store(false, Ordering::Relaxed);
        result.map_err(explain)
    }
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

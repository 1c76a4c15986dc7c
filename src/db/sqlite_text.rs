//! What SQLite says of an error.

/// An error of SQLite in the words that PocketBase's driver finds for it: `SQL logic error: no such column: a (1)`.
pub fn sqlite_text(error: &rusqlite::Error) -> String {
    use rusqlite::Error::{SqlInputError, SqliteFailure};
    let (code, message) = match error {
        SqliteFailure(code, message) => (code.extended_code, message.as_deref().unwrap_or_default()),
        SqlInputError { error, msg, .. } => (error.extended_code, msg.as_str()),
        other => return other.to_string(),
    };
    let kind = match code & 0xff {
        1 => "SQL logic error",
        5 => "database is locked",
        6 => "database table is locked",
        8 => "attempt to write a readonly database",
        9 => "interrupted",
        10 => "disk I/O error",
        11 => "database disk image is malformed",
        13 => "database or disk is full",
        18 => "string or blob too big",
        19 => "constraint failed",
        20 => "datatype mismatch",
        23 => "authorization denied",
        25 => "column index out of range",
        _ => "unknown error",
    };
    if message.is_empty() || message == kind {
        format!("{kind} ({code})")
    } else {
        format!("{kind}: {message} ({code})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_is_quoted_with_its_kind_and_code() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let text = |sql: &str| sqlite_text(&connection.execute_batch(sql).unwrap_err());
        assert_eq!(text("SELECT a"), "SQL logic error: no such column: a (1)");
        let unique = "CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1), (1)";
        assert_eq!(text(unique), "constraint failed: UNIQUE constraint failed: t.a (2067)");
    }
}

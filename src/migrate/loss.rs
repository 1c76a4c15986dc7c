//! What a migration would destroy, at planning time by definition and at running time by counting rows.

use crate::schema::ddl::{as_list, quote};
use crate::schema::diff::find;
use crate::schema::{Collection, Field};
use rusqlite::Connection;

/// A finding with its lint code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// DS101 drop collection, DS102 drop field, DS103 narrowing.
    pub code: &'static str,
    /// `posts`, or `posts.subtitle`, in the names before the migration.
    pub subject: String,
    /// Values go away, so rows that have some need consent; otherwise later writes are merely refused.
    pub consent: bool,
}

pub fn find_losses(from: &[Collection], to: &[Collection]) -> Vec<Loss> {
    let mut losses = Vec::new();
    for old in from.iter().filter(|old| !old.is_view()) {
        let Some(new) = find(to, old) else {
            losses.push(Loss { code: "DS101", subject: old.name.clone(), consent: true });
            continue;
        };
        for field in &old.fields {
            let subject = format!("{}.{}", old.name, field.name);
            match new.field_by_id(&field.id) {
                None => losses.push(Loss { code: "DS102", subject, consent: true }),
                Some(now) if field.kind.as_type().is_multiple() && !now.kind.as_type().is_multiple() => {
                    losses.push(Loss { code: "DS103", subject, consent: true });
                }
                Some(now) if now.kind.as_type().narrows(&field.kind) => {
                    losses.push(Loss { code: "DS103", subject, consent: false })
                }
                Some(_) => {}
            }
        }
    }
    losses
}

/// Rows with a value that the field of a subject (in its former name) does not take any more; none when the table or
/// column is not there. Every value is asked, as it is when its row is saved.
///
/// # Errors
/// SQLite fails.
pub fn count_narrowed(
    connection: &Connection,
    from: &[Collection],
    to: &[Collection],
    subject: &str,
) -> rusqlite::Result<i64> {
    let Some((table, old, new)) = fields_of(from, to, subject) else { return Ok(0) };
    if !exists(connection, table, Some(&old.name))? {
        return Ok(0);
    }
    let mut statement = connection.prepare(&format!("SELECT {} FROM {}", quote(&old.name), quote(table)))?;
    let mut rows = statement.query([])?;
    let mut refused = 0;
    while let Some(row) = rows.next()? {
        let value = old.kind.as_type().read(row.get_ref(0)?);
        // A value that is missing is what MF102 counts.
        if !value.is_zero() && new.kind.as_type().validate(new, &value).is_err() {
            refused += 1;
        }
    }
    Ok(refused)
}

/// The table of a subject, and its field before and after.
fn fields_of<'a>(
    from: &'a [Collection],
    to: &'a [Collection],
    subject: &'a str,
) -> Option<(&'a str, &'a Field, &'a Field)> {
    let (table, name) = subject.split_once('.')?;
    let old = from.iter().find(|collection| collection.name == table)?;
    let field = old.field(name)?;
    Some((table, field, find(to, old)?.field_by_id(&field.id)?))
}

/// Rows that lose something; none when the table or column is not there.
///
/// # Errors
/// SQLite fails: nobody knows then how many rows are lost, so that it must not pass for none.
pub fn count_rows(connection: &Connection, code: &str, subject: &str) -> rusqlite::Result<i64> {
    let (table, column) = match subject.split_once('.') {
        Some((table, column)) => (table, Some(column)),
        None => (subject, None),
    };
    let quoted = quote(column.unwrap_or_default());
    let condition = match code {
        "DS101" => "TRUE".to_owned(),
        "DS102" => format!("{quoted} IS NOT NULL AND {quoted} NOT IN ('', 0, '[]', '{{\"lon\":0,\"lat\":0}}')"),
        _ => format!("json_array_length({}) > 1", as_list(&quoted)),
    };
    count(connection, table, column, &condition)
}

/// Rows of a table that meet a condition; none when the table or the column is not there.
///
/// # Errors
/// SQLite fails.
pub fn count(connection: &Connection, table: &str, column: Option<&str>, condition: &str) -> rusqlite::Result<i64> {
    if !exists(connection, table, column)? {
        return Ok(0);
    }
    let sql = format!("SELECT count(*) FROM {} WHERE {condition}", quote(table));
    connection.query_row(&sql, [], |row| row.get(0))
}

/// Whether there is a table, with the column where one is named.
///
/// # Errors
/// SQLite fails.
pub fn exists(connection: &Connection, table: &str, column: Option<&str>) -> rusqlite::Result<bool> {
    let sql = "SELECT count(*) > 0 FROM pragma_table_xinfo(?1) WHERE ?2 IS NULL OR name = ?2 COLLATE NOCASE";
    connection.query_row(sql, (table, column), |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_there_counts_as_nothing() {
        let connection = Connection::open_in_memory().unwrap();
        // Reading `b` overflows, as reading a damaged page fails.
        let sql = "CREATE TABLE u (a); INSERT INTO u VALUES (-9223372036854775807 - 1); \
                   CREATE VIEW t AS SELECT a, abs(a) AS b FROM u";
        connection.execute_batch(sql).unwrap();
        assert_eq!(count_rows(&connection, "DS101", "t").unwrap(), 1);
        assert_eq!(count_rows(&connection, "DS102", "t.A").unwrap(), 1);
        assert_eq!(count_rows(&connection, "DS101", "gone").unwrap(), 0);
        assert_eq!(count_rows(&connection, "DS102", "t.gone").unwrap(), 0);
        assert_eq!(count_rows(&connection, "DS102", "gone.a").unwrap(), 0);
        assert!(count_rows(&connection, "DS102", "t.b").is_err());
    }
}

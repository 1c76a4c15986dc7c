//! What a migration would destroy, at planning time by definition and at running time by counting rows.

use super::sql::literal;
use crate::schema::ddl::quote;
use crate::schema::diff::find;
use crate::schema::{Collection, Field, FieldKind};
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
                Some(now) if narrows(field, now) => losses.push(Loss { code: "DS103", subject, consent: false }),
                Some(_) => {}
            }
        }
    }
    losses
}

fn narrows(old: &Field, new: &Field) -> bool {
    let shrinks = |old: i64, new: i64| new != 0 && (old == 0 || new < old);
    match (&old.kind, &new.kind) {
        (FieldKind::Text(old), FieldKind::Text(new)) => shrinks(old.max, new.max),
        (FieldKind::Select(old), FieldKind::Select(new)) => {
            old.values.iter().any(|value| !new.values.contains(value)) || old.max_select > new.max_select
        }
        (FieldKind::Number(old), FieldKind::Number(new)) => {
            let less = |old: Option<f64>, new: Option<f64>| new.is_some_and(|new| old.is_none_or(|old| new < old));
            less(old.max, new.max)
        }
        (FieldKind::Relation(old), FieldKind::Relation(new)) => old.max_select > new.max_select,
        (FieldKind::File(old), FieldKind::File(new)) => old.max_select > new.max_select,
        _ => false,
    }
}

/// Rows with a value that the field of a subject (in its former name) does not take any more; none when the table or
/// column is not there.
pub fn count_narrowed(connection: &Connection, from: &[Collection], to: &[Collection], subject: &str) -> i64 {
    let count = || {
        let (table, name) = subject.split_once('.')?;
        let old = from.iter().find(|collection| collection.name == table)?;
        let field = old.field(name)?;
        let condition = beyond(field, find(to, old)?.field_by_id(&field.id)?)?;
        let sql = format!("SELECT count(*) FROM {} WHERE {condition}", quote(table));
        connection.query_row(&sql, [], |row| row.get(0)).ok()
    };
    count().unwrap_or(0)
}

/// The condition of rows whose value is beyond what `new` allows.
fn beyond(old: &Field, new: &Field) -> Option<String> {
    let column = quote(&old.name);
    let list = format!("CASE WHEN json_valid({column}) THEN {column} ELSE '[]' END");
    let more = |most: i64| format!("json_array_length({list}) > {}", most.max(1));
    match (&old.kind, &new.kind) {
        (FieldKind::Text(_), FieldKind::Text(new)) => Some(format!("length({column}) > {}", new.max)),
        (FieldKind::Number(_), FieldKind::Number(new)) => Some(format!("{column} > {}", new.max?)),
        (FieldKind::Relation(_), FieldKind::Relation(new)) => Some(more(new.max_select)),
        (FieldKind::File(_), FieldKind::File(new)) => Some(more(new.max_select)),
        (FieldKind::Select(options), FieldKind::Select(new)) => {
            let known: Vec<String> = new.values.iter().map(|value| literal(value)).collect();
            let known = known.join(", ");
            Some(match options.max_select > 1 {
                true => format!(
                    "{} OR EXISTS (SELECT 1 FROM json_each({list}) WHERE value NOT IN ({known}))",
                    more(new.max_select)
                ),
                false => format!("{column} <> '' AND {column} NOT IN ({known})"),
            })
        }
        _ => None,
    }
}

/// Rows that lose something; none when the table or column is not there.
pub fn count_rows(connection: &Connection, code: &str, subject: &str) -> i64 {
    let (table, column) = match subject.split_once('.') {
        Some((table, column)) => (quote(table), quote(column)),
        None => (quote(subject), String::new()),
    };
    let condition = match code {
        "DS101" => "TRUE".to_owned(),
        "DS102" => format!("{column} IS NOT NULL AND {column} NOT IN ('', 0, '[]', '{{\"lon\":0,\"lat\":0}}')"),
        _ => format!("CASE WHEN json_valid({column}) THEN json_array_length({column}) > 1 ELSE FALSE END"),
    };
    let sql = format!("SELECT count(*) FROM {table} WHERE {condition}");
    connection.query_row(&sql, [], |row| row.get(0)).unwrap_or(0)
}

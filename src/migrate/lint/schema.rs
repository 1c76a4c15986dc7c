//! Lost and limited data, renames, names.

use super::Subject;
use crate::migrate::loss::{count, count_narrowed, count_rows, exists, find_losses};
use crate::schema::ddl::quote;
use crate::schema::diff::{Change, diff, find, is_untouched_default};
use crate::schema::index::Index;
use crate::schema::{Collection, Field};
use rusqlite::Connection;

impl Subject<'_> {
    pub fn schema(&mut self) {
        // The default `users` has rows only where a database says so.
        let fresh = self.first && self.database.is_none();
        let before: Vec<Collection> =
            self.before.iter().filter(|old| !(fresh && is_untouched_default(old))).cloned().collect();
        let before = before.as_slice();
        self.losses(before);
        for change in diff(before, self.after) {
            match &change {
                Change::RenameCollection { from, to } => {
                    let message = format!("clients know the collection {from} by its name; it becomes {to}");
                    self.add("BC101", from, &format!("rename={from}={to}"), message, None);
                }
                Change::RenameField { collection, from, to } => {
                    let subject = format!("{collection}.{from}");
                    let message = format!("clients know the field {subject} by its name; it becomes {to}");
                    self.add("BC101", &subject, &format!("={collection}.{to}"), message, None);
                }
                Change::CreateCollection { name, .. } if !is_snake(name) => {
                    let message = format!("collection names are lower case with underscores, {name} is not");
                    self.add("NM101", name, name, message, None);
                }
                Change::AddField { collection, name, .. } if !starts_lower(name) => {
                    let message = format!("field names begin with a lower-case letter, {name} does not");
                    self.add("NM101", &format!("{collection}.{name}"), name, message, None);
                }
                _ => {}
            }
        }
        for new in self.after {
            if let Some(old) = find(before, new).filter(|_| !new.is_view() && !new.system) {
                self.unique_indexes(old, new);
                self.required_fields(old, new);
            }
        }
    }

    /// A number of rows, where there is a database to ask. What cannot be counted is reported like what was not.
    fn counted(&self, count: impl FnOnce(&Connection) -> rusqlite::Result<i64>) -> Option<i64> {
        self.database.and_then(|database| count(database).ok())
    }

    fn losses(&mut self, before: &[Collection]) {
        for loss in find_losses(before, self.after) {
            let rows = self.counted(|database| match loss.consent {
                true => count_rows(database, loss.code, &loss.subject),
                false => count_narrowed(database, before, self.after, &loss.subject),
            });
            let count = match rows {
                None => String::new(),
                Some(1) => ", which 1 row has".to_owned(),
                Some(rows) => format!(", which {rows} rows have"),
            };
            let message = match (loss.code, loss.consent) {
                ("DS101", _) => format!("drops the collection {} with all its rows", loss.subject),
                ("DS102", _) => format!("drops the field {} with its values{count}", loss.subject),
                (_, true) => format!("{} keeps one of several values{count}", loss.subject),
                (_, false) => format!("{} allows less than before; rows that do not fit cannot be saved", loss.subject),
            };
            self.add(loss.code, &loss.subject, &loss.subject, message, rows);
        }
    }

    fn unique_indexes(&mut self, old: &Collection, new: &Collection) {
        let parsed = |texts: &[String]| -> Vec<Index> { texts.iter().filter_map(|text| Index::parse(text)).collect() };
        let former = parsed(&old.indexes);
        for index in parsed(&new.indexes).into_iter().filter(|index| index.unique) {
            let wanted = keys(new, &index);
            if former.iter().any(|other| other.unique && keys(old, other) == wanted) {
                continue;
            }
            // The rows have the former names.
            let columns: Vec<(String, &str)> = wanted
                .iter()
                .map(|(id, collate)| (old.field_by_id(id).map_or(id, |field| &field.name), collate))
                .map(|(name, collate)| (quote(name), collate.as_str()))
                .collect();
            let rows = self.counted(|database| duplicates(database, &old.name, &columns, &index.condition));
            let message = format!("the unique index {} fails where rows of {} have equal values", index.name, new.name);
            self.add("MF101", &format!("{}.{}", new.name, index.name), &index.name, message, rows);
        }
    }

    fn required_fields(&mut self, old: &Collection, new: &Collection) {
        for field in new.fields.iter().filter(|field| field.required && !field.system) {
            let former = old.field_by_id(&field.id);
            if former.is_some_and(|former| former.required) {
                continue;
            }
            let rows = self.counted(|database| empties(database, &old.name, former));
            let subject = format!("{}.{}", new.name, field.name);
            let message =
                format!("{subject} becomes required; rows without a value cannot be saved until they have one");
            self.add("MF102", &subject, &subject, message, rows);
        }
    }
}

/// What an index is on, whatever its fields are called: id and collation. A column that is no field has its name.
fn keys(collection: &Collection, index: &Index) -> Vec<(String, String)> {
    let id = |name: &str| collection.field(name).map_or_else(|| name.to_owned(), |field| field.id.clone());
    index.columns.iter().map(|column| (id(&column.name), column.collate.clone())).collect()
}

/// Rows that share their values with others; all rows where a column is new in this migration, since it then has one
/// value in every row.
fn duplicates(
    database: &Connection,
    table: &str,
    columns: &[(String, &str)],
    condition: &str,
) -> rusqlite::Result<i64> {
    if !exists(database, table, None)? {
        return Ok(0);
    }
    let table = quote(table);
    let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0));
    let keys: Vec<String> = columns
        .iter()
        .map(
            |(column, collate)| if collate.is_empty() { column.clone() } else { format!("{column} COLLATE {collate}") },
        )
        .collect();
    // A unique index takes any number of NULLs.
    let mut conditions: Vec<String> = columns.iter().map(|(column, _)| format!("{column} IS NOT NULL")).collect();
    conditions.extend((!condition.is_empty()).then(|| format!("({condition})")));
    let sql = format!(
        "SELECT coalesce(sum(`rows of a key`), 0) FROM (SELECT count(*) AS `rows of a key` FROM {table} WHERE {} \
         GROUP BY {} HAVING count(*) > 1)",
        conditions.join(" AND "),
        keys.join(", ")
    );
    count(&sql).or_else(|_| count(&format!("SELECT iif(count(*) > 1, count(*), 0) FROM {table}")))
}

/// Rows whose value is the type's zero; all rows for a field that is new.
fn empties(database: &Connection, table: &str, field: Option<&Field>) -> rusqlite::Result<i64> {
    let Some(field) = field else { return count(database, table, None, "TRUE") };
    let column = quote(&field.name);
    let condition = format!("{column} IS NULL OR {column} IN ('', 0, '[]', 'null', '{{\"lon\":0,\"lat\":0}}')");
    count(database, table, Some(&field.name), &condition)
}

fn is_snake(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn starts_lower(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
}

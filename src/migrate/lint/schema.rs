//! Lost and limited data, renames, names.

use super::Subject;
use crate::migrate::loss::{count_rows, find_losses};
use crate::schema::ddl::quote;
use crate::schema::diff::{Change, diff, find};
use crate::schema::index::Index;
use crate::schema::{Collection, Field};

impl Subject<'_> {
    pub fn schema(&mut self) {
        self.losses();
        for change in diff(self.before, self.after) {
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
            if let Some(old) = find(self.before, new).filter(|_| !new.is_view() && !new.system) {
                self.unique_indexes(old, new);
                self.required_fields(old, new);
            }
        }
    }

    fn losses(&mut self) {
        for loss in find_losses(self.before, self.after) {
            let rows = self.database.map(|database| count_rows(database, loss.code, &loss.subject));
            let count = rows.map_or_else(String::new, |rows| format!(", which {rows} rows have"));
            let message = match (loss.code, loss.consent) {
                ("DS101", _) => format!("drops the collection {} with all its rows", loss.subject),
                ("DS102", _) => format!("drops the field {} with its values{count}", loss.subject),
                (_, true) => format!("{} keeps one of several values{count}", loss.subject),
                (_, false) => format!("{} allows less than before; rows that have more cannot be saved", loss.subject),
            };
            let rows = if loss.consent { rows } else { None };
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
            let columns: Vec<String> = wanted
                .iter()
                .map(|(id, _)| old.field_by_id(id).map_or_else(|| quote(id), |field| quote(&field.name)))
                .collect();
            let rows = self.database.map(|database| duplicates(database, &old.name, &columns, &index.condition));
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
            let rows = self.database.map(|database| empties(database, &old.name, former));
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

fn duplicates(database: &rusqlite::Connection, table: &str, columns: &[String], condition: &str) -> i64 {
    let condition = if condition.is_empty() { "TRUE" } else { condition };
    let columns = columns.join(", ");
    let sql = format!(
        "SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM {} WHERE {condition} GROUP BY {columns} HAVING n > 1)",
        quote(table)
    );
    // A column that is new in this migration has one value in every row.
    let all = || database.query_row(&format!("SELECT count(*) FROM {}", quote(table)), [], |row| row.get(0));
    database.query_row(&sql, [], |row| row.get(0)).or_else(|_| all()).unwrap_or(0)
}

/// Rows whose value is the type's zero; all rows for a field that is new.
fn empties(database: &rusqlite::Connection, table: &str, field: Option<&Field>) -> i64 {
    let condition = field.map_or_else(
        || "TRUE".to_owned(),
        |field| {
            let column = quote(&field.name);
            format!("{column} IS NULL OR {column} IN ('', 0, '[]', 'null', '{{\"lon\":0,\"lat\":0}}')")
        },
    );
    let sql = format!("SELECT count(*) FROM {} WHERE {condition}", quote(table));
    database.query_row(&sql, [], |row| row.get(0)).unwrap_or(0)
}

fn is_snake(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn starts_lower(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
}

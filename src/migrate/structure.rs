//! Tables, indexes and views as SQLite has them, to be compared between two databases.

use crate::schema::hash::sha256;
use crate::schema::index::Index;
use rusqlite::Connection;
use std::collections::BTreeMap;

/// What kind of thing an object of a database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Table,
    Column,
    Index,
    View,
    Trigger,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Column => "column",
            Self::Index => "index",
            Self::View => "view",
            Self::Trigger => "trigger",
        }
    }
}

/// Kind and name (`posts.title` for columns) → definition, white space and spelling evened out. What belongs to a collection
/// is named as the collection is, since its table keeps the letter case that it was made with.
pub type Structure = BTreeMap<(Kind, String), String>;

/// The structure without what belongs to SQLite, PocketBase or pbr itself, or to a virtual table.
///
/// # Errors
/// SQLite fails.
pub fn structure(connection: &Connection) -> rusqlite::Result<Structure> {
    let mut structure = Structure::new();
    let mut statement = connection.prepare(
        "SELECT type, name, coalesce((SELECT c.name FROM _collections AS c WHERE c.name = tbl_name COLLATE NOCASE), tbl_name), \
           coalesce(sql, '') FROM sqlite_schema \
         WHERE tbl_name NOT LIKE '\\_%' ESCAPE '\\' AND tbl_name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         AND tbl_name <> 'refinery_schema_history' AND sql IS NOT NULL \
         AND tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, name, table, sql): (String, String, String, String) = row.try_into()?;
        let name = if matches!(kind.as_str(), "table" | "view") { table.clone() } else { name };
        let text = match kind.as_str() {
            "table" => {
                for (column, definition) in columns(connection, &name)? {
                    structure.insert((Kind::Column, format!("{name}.{column}")), definition);
                }
                String::new()
            }
            "index" => Index::parse(&sql).map_or_else(|| words(&sql), |index| Index { table, ..index }.build()),
            _ => words(&sql),
        };
        let kind = match kind.as_str() {
            "table" => Kind::Table,
            "index" => Kind::Index,
            "view" => Kind::View,
            _ => Kind::Trigger,
        };
        structure.insert((kind, name), text);
    }
    Ok(structure)
}

fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<(String, String)>> {
    let mut statement = connection
        .prepare("SELECT name, upper(type), \"notnull\", coalesce(dflt_value, ''), pk FROM pragma_table_xinfo(?1)")?;
    let rows = statement.query_map([table], |row| {
        let (kind, not_null, default): (String, bool, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let key = if row.get::<_, i64>(4)? > 0 { " PRIMARY KEY" } else { "" };
        let not_null = if not_null { " NOT NULL" } else { "" };
        Ok((row.get(0)?, format!("{kind}{key} DEFAULT {default}{not_null}")))
    })?;
    rows.collect()
}

fn words(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A hash of schema and structure together.
pub fn fingerprint(schema: &str, structure: &Structure) -> String {
    let lines: String =
        structure.iter().map(|((kind, name), text)| format!("{} {name}\t{text}\n", kind.name())).collect();
    format!("h1:{}", sha256(format!("{schema}\n{lines}").as_bytes()))
}

/// What is here and not there, in words; `here` is the database, `there` what it should be.
pub fn differences(here: &Structure, there: &Structure) -> Vec<String> {
    let mut lines = Vec::new();
    let parent_is_new = |structure: &Structure, kind: Kind, name: &str| {
        kind == Kind::Column
            && name.split_once('.').is_some_and(|(table, _)| !structure.contains_key(&(Kind::Table, table.to_owned())))
    };
    for ((kind, name), text) in here {
        match there.get(&(*kind, name.clone())) {
            None if parent_is_new(there, *kind, name) => {}
            None => lines.push(format!("{} {name} is in no migration", kind.name())),
            Some(other) if other != text => lines.push(format!("{} {name} is defined otherwise", kind.name())),
            Some(_) => {}
        }
    }
    for (kind, name) in there.keys().filter(|key| !here.contains_key(key)) {
        if !parent_is_new(here, *kind, name) {
            lines.push(format!("{} {name} is missing", kind.name()));
        }
    }
    lines
}

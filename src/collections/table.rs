//! What stands in the database for a collection: its table or view, its indexes and its row.

use super::error::Failure;
use super::view;
use crate::db::collections;
use crate::db::sqlite_text;
use crate::migrate::sync;
use crate::schema::ddl::{create_table, quote};
use crate::schema::index::Index;
use crate::schema::view::{as_table, create_view};
use crate::schema::{Catalog, Collection, CollectionKind, ErrorTree, FieldError};
use rusqlite::Connection;

pub(super) fn create(connection: &Connection, catalog: &Catalog, new: &Collection) -> Result<(), Failure> {
    if let CollectionKind::View { query } = &new.kind {
        connection.execute_batch(&create_view(new, query, catalog))?;
    } else {
        connection.execute_batch(&create_table(new))?;
        let indexes: Vec<Index> = parsed(new).map(|(_, index)| index).collect();
        create_indexes(connection, new, &indexes)?;
    }
    Ok(collections::insert(connection, new)?)
}

pub(super) fn update(
    connection: &Connection,
    catalog: &Catalog,
    old: &Collection,
    new: &Collection,
) -> Result<(), Failure> {
    if let CollectionKind::View { query } = &new.kind {
        connection.execute_batch(&format!("DROP VIEW IF EXISTS {}", quote(&old.name)))?;
        if let Err(error) = connection.prepare(&as_table(query)) {
            // It read itself, alone or through others.
            return Err(Failure::Raw(format!("failed to normalize view query id: {}", view::reason(&error))));
        }
        connection.execute_batch(&create_view(new, query, catalog))?;
    } else {
        update_table(connection, old, new)?;
    }
    Ok(collections::update(connection, new)?)
}

fn update_table(connection: &Connection, old: &Collection, new: &Collection) -> Result<(), Failure> {
    let sync = sync(old, new);
    connection.execute_batch(&sync.drop_indexes.join("\n"))?;
    // SQLite tells names apart without regard to case, so a rename in case only is none.
    if !old.name.eq_ignore_ascii_case(&new.name) {
        connection.execute_batch(&format!("ALTER TABLE {} RENAME TO {}", quote(&old.name), quote(&new.name)))?;
    }
    for alteration in &sync.alter {
        connection
            .execute_batch(&alteration.sql)
            .map_err(|error| Failure::Raw(format!("{} - {}", alteration.failure, sqlite_text(&error))))?;
    }
    if !sync.convert.is_empty() {
        let views = views(connection)?;
        for (name, _) in &views {
            connection.execute_batch(&format!("DROP VIEW {}", quote(name)))?;
        }
        connection.execute_batch(&sync.convert.join("\n"))?;
        for (_, sql) in &views {
            connection.execute_batch(sql)?;
        }
    }
    create_indexes(connection, new, &sync.create_indexes)
}

/// Drops the table or view and the row.
pub(super) fn drop(connection: &Connection, old: &Collection) -> Result<(), Failure> {
    let kind = if old.is_view() { "VIEW" } else { "TABLE" };
    connection.execute_batch(&format!("DROP {kind} IF EXISTS {}", quote(&old.name)))?;
    Ok(collections::delete(connection, &old.id)?)
}

/// Each index that SQLite refuses is told at its place in the list.
fn create_indexes(connection: &Connection, new: &Collection, indexes: &[Index]) -> Result<(), Failure> {
    let mut errors = ErrorTree::new();
    for index in indexes {
        if let Err(error) = connection.execute_batch(&index.build()) {
            let at = parsed(new).find(|(_, other)| other == index).map_or(0, |(at, _)| at);
            let message = format!("Failed to create index {} - {}.", index.name, sqlite_text(&error));
            let error = FieldError::new("validation_invalid_index_expression", message);
            errors.insert(&format!("indexes.{at}"), error);
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Failure::Invalid(errors)) }
}

/// The indexes with their places, naming the right table.
fn parsed(new: &Collection) -> impl Iterator<Item = (usize, Index)> {
    let indexes = new.indexes.iter().enumerate().filter_map(|(at, text)| Some((at, Index::parse(text)?)));
    indexes.map(|(at, index)| (at, Index { table: new.name.clone(), ..index }))
}

/// Name and statement of every view, those first that were created first.
fn views(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let mut statement = connection.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'view' ORDER BY rowid")?;
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

//! What only SQLite can tell about a schema: whether its index expressions and views compile. Tried out in memory.

use super::MigrateError;
use super::replay::Replay;
use crate::db::add_missing_math;
use crate::diagnostic::{Diagnostic, code};
use crate::parallel;
use crate::schema::ddl::{create_table, quote};
use crate::schema::index::Index;
use crate::schema::view::{create_view, mentions};
use crate::schema::yaml::{CollectionFile, Project};
use crate::schema::{CollectionKind, system};
use rusqlite::Connection;
use std::collections::HashSet;

/// Tables that are made in one database. SQLite reads its list of objects at each new one, so a long list is slow.
const PART: usize = 16;

/// Creates every table, index and view of a schema in memory.
///
/// # Errors
/// [`MigrateError::Schema`] with the place of every statement that SQLite refuses.
pub fn verify(project: &Project) -> Result<(), MigrateError> {
    let (tables, views): (Vec<&CollectionFile>, _) =
        project.in_reading_order().into_iter().partition(|file| !file.collection.is_view());
    let mut errors = Vec::new();
    for found in create_in_parts(&tables) {
        errors.extend(found?);
    }
    if !views.is_empty() {
        errors.extend(check_views(project, &tables, &views)?);
    }
    if errors.is_empty() { Ok(()) } else { Err(MigrateError::Schema(errors)) }
}

type Found = Result<Vec<Diagnostic>, MigrateError>;

/// No table knows of another, so each may be created beside a few others only, unless their names meet.
fn create_in_parts(tables: &[&CollectionFile]) -> Vec<Found> {
    if names_meet(tables) {
        return vec![fresh().and_then(|connection| create_tables(&connection, tables))];
    }
    let alone = |part: &[&CollectionFile]| {
        let connection = Connection::open_in_memory()?;
        add_missing_math(&connection)?;
        connection.execute_batch("BEGIN")?;
        create_tables(&connection, part)
    };
    parallel::in_parts(tables, |tables| tables.chunks(PART).map(alone).collect())
}

/// Whether two objects could have one name: a table and an index, or one of them and a table of pbr itself.
fn names_meet(tables: &[&CollectionFile]) -> bool {
    let mut seen = HashSet::new();
    tables.iter().any(|file| {
        let indexes = file.collection.indexes.iter().filter_map(|text| Index::parse(text)).map(|index| index.name);
        let mut names = indexes.chain([file.collection.name.clone()]);
        names.any(|name| name.starts_with('_') || !seen.insert(name.to_lowercase()))
    })
}

/// A database as a fresh data directory has it, without the collection that a project may leave out. One transaction
/// for all: what a schema of hundreds of tables costs is mostly the end of each.
fn fresh() -> Result<Connection, MigrateError> {
    let connection = Replay::fresh()?.connection;
    connection.execute_batch(&format!("BEGIN; DROP TABLE {}", quote(&system::users().name)))?;
    Ok(connection)
}

fn create_tables(connection: &Connection, tables: &[&CollectionFile]) -> Found {
    let mut errors = Vec::new();
    for file in tables {
        match connection.execute_batch(&create_table(&file.collection)) {
            Ok(()) => create_indexes(connection, file, &mut errors),
            Err(error) => errors.push(refused(file, "collection", &error)),
        }
    }
    Ok(errors)
}

/// Creates the views on tables without indexes, and reads them. What is wrong with a table is not told again.
fn check_views(project: &Project, tables: &[&CollectionFile], views: &[&CollectionFile]) -> Found {
    let connection = fresh()?;
    let catalog = project.catalog();
    let mut complete = tables.iter().all(|file| connection.execute_batch(&create_table(&file.collection)).is_ok());
    let mut errors = Vec::new();
    // SQLite looks into a view when it is read, so the order of creation does not matter.
    for file in views {
        if let Err(error) = connection.execute_batch(&create_view(&file.collection, query(file), &catalog)) {
            errors.push(refused(file, "query", &error));
            complete = false;
        }
    }
    // What could not be created would be missed again by every view that reads it, and so is what is wrong with a view.
    let mut broken: Vec<&str> = Vec::new();
    for file in views.iter().filter(|_| complete) {
        let mut found = Vec::new();
        check_columns(&connection, file, &mut found);
        if found.is_empty() {
            continue;
        }
        // Views that read each other are all wrong.
        let echoes = broken.iter().any(|name| mentions(query(file), name));
        errors.extend(found.into_iter().filter(|error| !echoes || error.message.contains("circularly")));
        broken.push(&file.collection.name);
    }
    Ok(errors)
}

fn query(file: &CollectionFile) -> &str {
    match &file.collection.kind {
        CollectionKind::View { query } => query,
        _ => "",
    }
}

fn create_indexes(connection: &Connection, file: &CollectionFile, errors: &mut Vec<Diagnostic>) {
    let collection = &file.collection;
    for (at, text) in collection.indexes.iter().enumerate() {
        let Some(index) = Index::parse(text) else { continue };
        let sql = Index { table: collection.name.clone(), ..index }.build();
        if let Err(error) = connection.execute_batch(&sql) {
            errors.push(refused(file, &file.file_path(&format!("indexes.{at}")), &error));
        }
    }
}

/// The columns must be the ones that were read from the text of the query.
fn check_columns(connection: &Connection, file: &CollectionFile, errors: &mut Vec<Diagnostic>) {
    let view = &file.collection;
    let statement = match connection.prepare(&format!("SELECT * FROM {}", quote(&view.name))) {
        Ok(statement) => statement,
        Err(error) => return errors.push(refused(file, "query", &error)),
    };
    let columns: Vec<&str> = statement.column_names().collect();
    let fields: Vec<&str> = view.fields.iter().map(|field| field.name.as_str()).collect();
    if columns != fields {
        let message = format!("the columns of `{}` cannot be told from its query", view.name);
        let label = format!("SQLite sees {}, the fields would be {}", columns.join(", "), fields.join(", "));
        let error = Diagnostic::new(code::INVALID_QUERY, message).at(&file.source, file.span("query")).label(label);
        errors.push(error.help("write one top-level SELECT and give every column a name with AS"));
    }
}

fn refused(file: &CollectionFile, place: &str, error: &rusqlite::Error) -> Diagnostic {
    let reason = match error {
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    };
    let name = &file.collection.name;
    let message = match place {
        "query" => format!("SQLite refuses the query of `{name}`: {reason}"),
        "collection" => format!("SQLite refuses `{name}`: {reason}"),
        _ => format!("SQLite refuses an index of `{name}`: {reason}"),
    };
    Diagnostic::new(code::REFUSED_BY_SQLITE, message).at(&file.source, file.span(place)).next("pbr schema validate")
}

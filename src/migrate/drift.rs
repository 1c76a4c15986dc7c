//! Drift: what a database has that its applied migrations do not lead to, and the migration that takes it back.
//!
//! A repair runs only where the drift is: its `drift-from` is the fingerprint of the database that it was written for.
//! Elsewhere it is noted as applied without being run, and replay skips it.

use super::file::{MigrationFile, normalise};
use super::file_form::tidy;
use super::history::require_history;
use super::lock::Lock;
use super::loss::find_losses;
use super::replay::{Replay, replay};
use super::runner::reason;
use super::sql::{comment, upsert_row};
use super::status::{State, Status, status_of};
use super::structure::{Kind, Structure, differences, fingerprint, structure};
use super::{DriftAt, MigrateError, ProjectPaths, folder, following, next_version, plan};
use crate::db::{Access, collections, open, system};
use crate::schema::Collection;
use crate::schema::ddl::quote;
use crate::schema::diff::{Change, diff};
use crate::schema::hash::{canonical, schema_hash};
use rusqlite::Connection;
use std::path::PathBuf;

/// Key of the machine comment of a repair.
pub const HEADER: &str = "drift-from";

/// The drift of one database.
#[derive(Clone, Debug)]
pub struct Drift {
    pub database: PathBuf,
    /// The newest applied version, which the database is compared with.
    pub version: Option<i64>,
    /// What happened to the collections since.
    pub changes: Vec<Change>,
    /// What tables, columns, indexes and views have beside that, in words.
    pub structure: Vec<String>,
    /// Tables that no migration and no collection knows; they are among the structure.
    pub foreign: Vec<String>,
    /// Migrations are pending, before which nothing can be taken over.
    pub pending: bool,
}

impl Drift {
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.structure.is_empty()
    }

    /// Everything in words.
    pub fn lines(&self) -> Vec<String> {
        self.changes.iter().map(ToString::to_string).chain(self.structure.iter().cloned()).collect()
    }
}

/// The two states that are compared.
struct Comparison {
    live: Vec<Collection>,
    expected: Replay,
    status: Status,
}

impl Comparison {
    fn new(connection: &Connection, files: &[MigrationFile], status: Status) -> Result<Self, MigrateError> {
        let current = status.current().unwrap_or(i64::MIN);
        let applied: Vec<MigrationFile> = files.iter().filter(|file| file.version <= current).cloned().collect();
        let live = user(collections::load(connection)?).into_iter().map(tidy).collect();
        Ok(Self { live, expected: replay(&applied)?, status })
    }

    fn changes(&self) -> Vec<Change> {
        diff(&user(self.expected.collections.clone()), &self.live)
    }

    /// Counts collections whose row is gone, but not their table, as if they were listed, and returns them: nobody
    /// dropped them, and a table of that name cannot be made anew.
    fn list_again(&mut self, here: &Structure) -> Vec<Collection> {
        let lost = unlisted(&self.expected.collections, &self.live, here);
        self.live.extend(lost.iter().cloned());
        lost
    }
}

/// Expected collections without a row in `_collections` whose table or view is there.
pub(super) fn unlisted(expected: &[Collection], live: &[Collection], here: &Structure) -> Vec<Collection> {
    let is_lost = |collection: &&Collection| {
        let kind = if collection.is_view() { Kind::View } else { Kind::Table };
        let is_named = |name: &str| name.eq_ignore_ascii_case(&collection.name);
        let listed = live.iter().any(|other| other.id == collection.id || is_named(&other.name));
        !collection.system && !listed && here.keys().any(|(other, name)| *other == kind && is_named(name))
    };
    expected.iter().filter(is_lost).cloned().collect()
}

fn user(collections: Vec<Collection>) -> Vec<Collection> {
    collections.into_iter().filter(|collection| !collection.system).collect()
}

/// Compares a database with what its applied migrations lead to.
///
/// # Errors
/// Integrity errors, or there is no database.
pub fn drift(paths: &ProjectPaths) -> Result<Drift, MigrateError> {
    let database = paths.database();
    let files = folder::read(&paths.migrations)?;
    let connection = open_filled(paths)?;
    let status = status_of(&connection, &files)?;
    status.integrity()?;
    require_history(&connection, &status, &files, paths)?;
    let mut comparison = Comparison::new(&connection, &files, status)?;
    let (here, there) = (structure(&connection)?, structure(&comparison.expected.connection)?);
    let lost = comparison.list_again(&here);
    let changes = comparison.changes();
    // What the changed collections explain need not be said twice.
    let explained = explained_names(&comparison, &changes);
    let rows = lost.iter().map(|collection| format!("the row of {} in _collections is missing", collection.name));
    let others = differences(&here, &there)
        .into_iter()
        .filter(|line| !explained.iter().any(|name| line.split(' ').nth(1) == Some(name)));
    let structure = rows.chain(others).collect();
    let foreign = unknown_tables(&here, &there).filter(|name| !explained.contains(name)).collect();
    let pending = comparison.status.count(State::Pending) > 0;
    Ok(Drift { database, version: comparison.status.current(), changes, structure, foreign, pending })
}

/// Whether a file is a repair.
pub(super) fn is_repair(file: &MigrationFile) -> bool {
    file.header(HEADER).is_some()
}

fn unknown_tables(here: &Structure, there: &Structure) -> impl Iterator<Item = String> {
    let unknown = |key: &&(Kind, String)| key.0 == Kind::Table && !there.contains_key(key);
    here.keys().filter(unknown).map(|(_, name)| name.clone())
}

/// The database of a project, with at least the tables that every one has.
///
/// # Errors
/// There is none, or it is empty.
pub(super) fn open_filled(paths: &ProjectPaths) -> Result<Connection, MigrateError> {
    let connection = open_existing(paths)?;
    match system::is_installed(&connection)? {
        true => Ok(connection),
        false => Err(MigrateError::EmptyDatabase { database: paths.database() }),
    }
}

pub(super) fn open_existing(paths: &ProjectPaths) -> Result<Connection, MigrateError> {
    let database = paths.database();
    if !database.exists() {
        return Err(MigrateError::NoDatabase { database });
    }
    Ok(open(&database, Access::ReadOnly)?)
}

/// Tables, columns, views and indexes that differ because their collection does.
fn explained_names(comparison: &Comparison, changes: &[Change]) -> Vec<String> {
    let mut names = Vec::new();
    for change in changes {
        match change {
            Change::CreateCollection { name, .. } | Change::DropCollection { name } => {
                let all = comparison.live.iter().chain(&comparison.expected.collections);
                for collection in all.filter(|collection| collection.name == *name) {
                    names.extend(index_names(&collection.indexes));
                }
                names.push(name.clone());
            }
            Change::RenameCollection { from, to } => {
                names.extend([from.clone(), to.clone()]);
            }
            Change::AddField { collection, name, .. }
            | Change::DropField { collection, name }
            | Change::ChangeField { collection, name, .. } => names.push(format!("{collection}.{name}")),
            Change::RenameField { collection, from, to } => {
                names.extend([format!("{collection}.{from}"), format!("{collection}.{to}")]);
            }
            Change::AddIndex { index, .. } | Change::DropIndex { index, .. } => {
                names.extend(index_names(std::slice::from_ref(index)));
            }
            Change::ChangeQuery { collection } => names.push(collection.clone()),
            Change::ReorderFields { .. } | Change::ChangeRule { .. } | Change::ChangeOptions { .. } => {}
        }
    }
    names
}

fn index_names(indexes: &[String]) -> Vec<String> {
    indexes.iter().filter_map(|sql| crate::schema::index::Index::parse(sql)).map(|index| index.name).collect()
}

/// Refuses to apply onto collections that are not what the applied migrations lead to.
pub(super) fn refuse(
    connection: &Connection,
    files: &[MigrationFile],
    status: &Status,
    paths: &ProjectPaths,
    allowed: bool,
) -> Result<(), MigrateError> {
    if status.current().is_none() {
        return Ok(());
    }
    let pending = files
        .iter()
        .find(|file| status.entries.iter().any(|entry| entry.version == file.version && entry.state == State::Pending));
    if pending.is_some_and(is_repair) {
        return Ok(());
    }
    let comparison = Comparison::new(connection, files, status.clone())?;
    let differences: Vec<String> = comparison.changes().iter().map(ToString::to_string).collect();
    if differences.is_empty() {
        return Ok(());
    }
    let at = if overwritten(&comparison, files)? { DriftAt::UpOver } else { DriftAt::Up };
    if allowed && at == DriftAt::Up {
        return Ok(());
    }
    Err(MigrateError::Drift { database: paths.database(), differences, at })
}

/// Whether a pending migration writes a collection that has drifted, which would silently undo what was changed.
fn overwritten(comparison: &Comparison, files: &[MigrationFile]) -> Result<bool, MigrateError> {
    let expected = user(comparison.expected.collections.clone());
    let target = user(replay(files)?.collections);
    let differs = |a: &[Collection], b: &[Collection], id: &str| {
        let find = |list: &[Collection]| list.iter().find(|other| other.id == id).map(canonical);
        find(a) != find(b)
    };
    let mut ids = comparison.live.iter().chain(&expected).map(|collection| collection.id.as_str());
    Ok(ids.any(|id| differs(&comparison.live, &expected, id) && differs(&expected, &target, id)))
}

/// Whether a file is a repair of drift that this database does not have.
///
/// # Errors
/// [`MigrateError::Failed`] for a database that differs in another way.
pub(super) fn is_made_good(
    connection: &Connection,
    files: &[MigrationFile],
    file: &MigrationFile,
) -> Result<bool, MigrateError> {
    let Some(from) = file.header(HEADER) else { return Ok(false) };
    let here = structure(connection)?;
    let live = collections::load(connection)?;
    let comparison = Comparison::new(connection, files, status_of(connection, files)?)?;
    let is_settled = comparison.changes().is_empty();
    if fingerprint(&schema_hash(&live), &here) != from {
        return if is_settled { Ok(true) } else { Err(MigrateError::OtherDrift { file: file.file_name.clone() }) };
    }
    // It may be applied since that the migrations lead there, with a baseline.
    let there = structure(&comparison.expected.connection)?;
    if is_settled && differences(&here, &there).is_empty() {
        return Ok(true);
    }
    match file.header("to") == Some(schema_hash(&comparison.expected.collections).as_str()) {
        true => Ok(false),
        false => Err(MigrateError::OtherDrift { file: file.file_name.clone() }),
    }
}

/// A repair and what it does not do.
#[derive(Clone, Debug)]
pub struct Repair {
    /// `None` when nothing is left to take back, or only what stays.
    pub file: Option<MigrationFile>,
    /// Differences that stay: tables that no migration knows go only when they are named.
    pub left: Vec<String>,
    /// What the repair takes away, as lint code and subject.
    pub losses: Vec<(String, String)>,
}

/// Writes the migration that takes the drift back, and drops the tables of `drop`, which no migration knows. It stands
/// before what is pending, since that expects what the applied migrations lead to.
///
/// # Errors
/// Integrity errors, [`MigrateError::NoRoom`], a table of `drop` that is none of those, an I/O error.
pub fn fix(paths: &ProjectPaths, drop: &[String]) -> Result<Repair, MigrateError> {
    let _lock = Lock::folder(&paths.migrations)?;
    let files = folder::read(&paths.migrations)?;
    let connection = open_filled(paths)?;
    let status = status_of(&connection, &files)?;
    status.integrity()?;
    require_history(&connection, &status, &files, paths)?;
    let version = version_of_repair(paths, &files, &status)?;
    let mut comparison = Comparison::new(&connection, &files, status)?;
    let (here, there) = (structure(&connection)?, structure(&comparison.expected.connection)?);
    let expected = user(comparison.expected.collections.clone());
    let sandbox = sandbox(&connection)?;
    let lost = comparison.list_again(&here);
    let rows: Vec<String> = lost.iter().map(|collection| upsert_row(collection, false)).collect();
    let plan = plan(&comparison.live, &expected);
    let of_collections = [rows.join("\n"), plan.sql()].join("\n");
    let refused = |error: rusqlite::Error| MigrateError::Unplannable { reason: reason(&error) };
    sandbox.execute_batch(&of_collections).map_err(refused)?;
    let between = structure(&sandbox)?;
    let foreign: Vec<String> = unknown_tables(&between, &there).collect();
    if let Some(name) = drop.iter().find(|name| !foreign.contains(name)) {
        let message = format!("`{name}` is no table that the migrations do not know; pbr migrate drift lists them");
        return Err(MigrateError::Decision(message));
    }
    let theirs = parts_of(&sandbox, &foreign)?;
    let (rest, columns) = statements(&between, &there, &theirs, &comparison.expected.connection)?;
    let rest: Vec<String> = drop.iter().map(|name| format!("DROP TABLE {};", quote(name))).chain(rest).collect();
    sandbox.execute_batch(&rest.join("\n")).map_err(refused)?;
    let left = differences(&structure(&sandbox)?, &there);
    let sql = [of_collections, rest.join("\n")].join("\n");
    let sql = sql.trim();
    if sql.is_empty() {
        return Ok(Repair { file: None, left, losses: Vec::new() });
    }
    let losses: Vec<(String, String)> = find_losses(&comparison.live, &expected)
        .into_iter()
        .filter(|loss| loss.consent)
        .map(|loss| (loss.code.to_owned(), loss.subject))
        .chain(columns.into_iter().map(|column| ("DS102".to_owned(), column)))
        .chain(drop.iter().map(|table| ("DS101".to_owned(), table.clone())))
        .collect();
    let hash = schema_hash(&expected);
    let live = collections::load(&connection)?;
    let mut text = format!("-- pbr:engine=sqlite\n-- pbr:from={hash}\n-- pbr:to={hash}\n");
    text.push_str(&format!("-- pbr:{HEADER}={}\n", fingerprint(&schema_hash(&live), &here)));
    text.extend(losses.iter().map(|(code, subject)| comment(&format!("pbr:data-loss={code} {subject}"))));
    text.push_str("--\n-- Takes back what was changed past the migrations; does nothing to other databases.\n");
    text.extend(comparison.changes().iter().map(|change| comment(&format!("undo: {change}"))));
    text.extend(lost.iter().map(|collection| comment(&format!("list {} in _collections again", collection.name))));
    text.extend(drop.iter().map(|table| comment(&format!("drop table {table}, which no migration knows"))));
    text.push_str(&format!("\n-- pbr:data\n{sql}\n-- pbr:end\n"));
    let name = "repair_drift".to_owned();
    let file = MigrationFile { version, file_name: format!("V{version}__{name}.sql"), name, sql: normalise(&text) };
    folder::add(&paths.migrations, &files, &file)?;
    Ok(Repair { file: Some(file), left, losses })
}

/// Behind what is applied, before what is pending.
fn version_of_repair(paths: &ProjectPaths, files: &[MigrationFile], status: &Status) -> Result<i64, MigrateError> {
    let is_pending = |file: &&MigrationFile| {
        status.entries.iter().any(|entry| entry.version == file.version && entry.state == State::Pending)
    };
    let pending: Vec<&MigrationFile> = files.iter().filter(is_pending).collect();
    let Some(first) = pending.first() else { return Ok(next_version(files)) };
    if is_repair(first) {
        let message = format!(
            "{} waits to take the drift back: apply it (pbr migrate up), or delete it and run pbr migrate hash",
            first.file_name
        );
        return Err(MigrateError::Decision(message));
    }
    // A second before the first, where nothing is applied.
    let after = status.current().unwrap_or(first.version - 2);
    if let Some(version) = [following(after), after + 1].into_iter().find(|version| *version < first.version) {
        return Ok(version);
    }
    let mut moves = Vec::new();
    for file in pending.iter().rev() {
        let moved = file.with_version(file.version + 1);
        moves.push((file.file_name.clone(), moved.file_name.clone()));
        if folder::down_path(&paths.migrations, file).exists() {
            moves.push((format!("{}.down.sql", file.stem()), format!("{}.down.sql", moved.stem())));
        }
    }
    Err(MigrateError::NoRoom { after, moves })
}

/// Indexes and triggers of tables.
fn parts_of(connection: &Connection, tables: &[String]) -> rusqlite::Result<Vec<String>> {
    let mut statement =
        connection.prepare("SELECT name, tbl_name FROM sqlite_schema WHERE type IN ('index', 'trigger')")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut names = Vec::new();
    for row in rows {
        let (name, table) = row?;
        if tables.contains(&table) {
            names.push(name);
        }
    }
    Ok(names)
}

/// The schema of a database without its rows, and the rows of `_collections`.
fn sandbox(connection: &Connection) -> Result<Connection, MigrateError> {
    let copy = Connection::open_in_memory()?;
    crate::db::add_missing_math(&copy)?;
    let mut statement = connection.prepare(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') \
         ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END, rowid",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        copy.execute_batch(&row.get::<_, String>(0)?)?;
    }
    for collection in collections::load(connection)? {
        collections::insert(&copy, &collection)?;
    }
    Ok(copy)
}

/// The statements that even out what the collections do not tell, and the columns that they drop. What belongs to the
/// tables of others (`theirs`) stays.
fn statements(
    here: &Structure,
    there: &Structure,
    theirs: &[String],
    expected: &Connection,
) -> Result<(Vec<String>, Vec<String>), MigrateError> {
    let same = |key: &(Kind, String)| here.get(key) == there.get(key);
    let sql_of = |name: &str| -> rusqlite::Result<String> {
        let sql = "SELECT sql FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE";
        expected.query_row(sql, [name], |row| row.get(0))
    };
    let (mut away, mut change, mut back, mut dropped) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for key in here.keys().filter(|key| !same(key)) {
        let (kind, name) = key;
        match kind {
            Kind::Index | Kind::Trigger if theirs.contains(name) => {}
            Kind::Index | Kind::View | Kind::Trigger => {
                away.push(format!("DROP {} IF EXISTS {};", kind.name().to_uppercase(), quote(name)));
            }
            Kind::Column if !there.contains_key(key) => {
                let Some((table, column)) = name.split_once('.') else { continue };
                if there.contains_key(&(Kind::Table, table.to_owned())) {
                    change.push(format!("ALTER TABLE {} DROP COLUMN {};", quote(table), quote(column)));
                    dropped.push(name.clone());
                }
            }
            Kind::Column | Kind::Table => {}
        }
    }
    for key in there.keys().filter(|key| !same(key)) {
        let (kind, name) = key;
        match kind {
            Kind::Table => change.push(format!("{};", sql_of(name)?)),
            Kind::Index | Kind::View | Kind::Trigger => back.push(format!("{};", sql_of(name)?)),
            Kind::Column if !here.contains_key(key) => {
                let Some((table, column)) = name.split_once('.') else { continue };
                if here.contains_key(&(Kind::Table, table.to_owned())) {
                    let definition = there[key].replace(" PRIMARY KEY", "");
                    change.push(format!("ALTER TABLE {} ADD COLUMN {} {definition};", quote(table), quote(column)));
                }
            }
            Kind::Column => {}
        }
    }
    away.extend(change);
    away.extend(back);
    Ok((away, dropped))
}

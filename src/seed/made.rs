//! The table of what seeds have made, so that `--prune` removes those rows and never others.

use super::parse::Group;
use rusqlite::{Connection, params};
use std::collections::HashSet;

const CREATE: &str = "CREATE TABLE IF NOT EXISTS `_pbr_seeds` (`collection` TEXT NOT NULL, `record` TEXT NOT NULL, \
                      `group` TEXT NOT NULL, PRIMARY KEY (`collection`, `record`)) WITHOUT ROWID";

/// Notes that a seed made a record.
///
/// # Errors
/// SQLite fails.
pub fn note(connection: &Connection, collection: &str, record: &str, group: Group) -> rusqlite::Result<()> {
    let sql = "INSERT INTO `_pbr_seeds` VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET `group` = ?3";
    connection.prepare_cached(sql)?.execute(params![collection, record, group.name()]).map(drop)
}

/// Makes the table.
///
/// # Errors
/// SQLite fails.
pub fn install(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(CREATE)
}

/// What former seeds of these groups and collections (ids) made and this one does not, as (collection, record).
///
/// # Errors
/// SQLite fails.
pub fn left_over(
    connection: &Connection,
    groups: &[Group],
    concerned: impl Fn(&str) -> bool,
    present: &HashSet<(String, String)>,
) -> rusqlite::Result<Vec<(String, String)>> {
    let mut statement = connection.prepare("SELECT `collection`, `record`, `group` FROM `_pbr_seeds`")?;
    let rows = statement
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)))?;
    let mut left = Vec::new();
    for row in rows {
        let (collection, record, group) = row?;
        let chosen = groups.iter().any(|chosen| chosen.name() == group) && concerned(&collection);
        if chosen && !present.contains(&(collection.clone(), record.clone())) {
            left.push((collection, record));
        }
    }
    Ok(left)
}

/// Forgets a record.
///
/// # Errors
/// SQLite fails.
pub fn forget(connection: &Connection, collection: &str, record: &str) -> rusqlite::Result<()> {
    connection
        .execute("DELETE FROM `_pbr_seeds` WHERE `collection` = ?1 AND `record` = ?2", [collection, record])
        .map(drop)
}

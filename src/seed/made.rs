//! The tables of what seeds have made, so that `--prune` removes those rows and never others, and of what was applied.

use super::fingerprint::FileKey;
use super::parse::Group;
use crate::db::{Access, open};
use rusqlite::{Connection, params};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

/// Ids of records by id of their collection.
pub type Ids = HashMap<String, HashSet<String>>;

const CREATE: &str = "CREATE TABLE IF NOT EXISTS `_pbr_seeds` (`collection` TEXT NOT NULL, `record` TEXT NOT NULL, \
                      `group` TEXT NOT NULL, PRIMARY KEY (`collection`, `record`)) WITHOUT ROWID";

/// The last hash of what a file has for a collection, with the moment in which that was made: a collection that was dropped
/// and made again has nothing of it. An earlier pbr noted the hash alone.
const CREATE_APPLIED: &str = "CREATE TABLE IF NOT EXISTS `_pbr_seeds_applied` (`file` TEXT NOT NULL, \
                              `collection` TEXT NOT NULL, `hash` TEXT NOT NULL, \
                              PRIMARY KEY (`file`, `collection`)) WITHOUT ROWID";

/// Notes that a seed made a record.
///
/// # Errors
/// SQLite fails.
pub fn note(connection: &Connection, collection: &str, record: &str, group: Group) -> rusqlite::Result<()> {
    let sql = "INSERT INTO `_pbr_seeds` VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET `group` = ?3";
    connection.prepare_cached(sql)?.execute(params![collection, record, group.name()]).map(drop)
}

/// Notes to which group a record now belongs, where a seed made it.
///
/// # Errors
/// SQLite fails.
pub fn regroup(connection: &Connection, collection: &str, record: &str, group: Group) -> rusqlite::Result<()> {
    let sql = "UPDATE `_pbr_seeds` SET `group` = ?3 WHERE `collection` = ?1 AND `record` = ?2";
    connection.prepare_cached(sql)?.execute(params![collection, record, group.name()]).map(drop)
}

/// Whether a database has been seeded, as far as it can be read.
pub fn is_seeded(database: &Path) -> bool {
    let seeded = |connection: Connection| {
        connection.query_row("SELECT EXISTS (SELECT 1 FROM `_pbr_seeds_applied`)", [], |row| row.get(0))
    };
    open(database, Access::ReadOnly).is_ok_and(|connection| seeded(connection).unwrap_or_default())
}

/// Makes the tables.
///
/// # Errors
/// SQLite fails.
pub fn install(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(CREATE)?;
    connection.execute_batch(CREATE_APPLIED)
}

/// Those of these files whose documents for a collection are as they were when they were written last.
///
/// # Errors
/// SQLite fails.
pub fn unchanged(connection: &Connection, prints: &BTreeMap<FileKey, String>) -> rusqlite::Result<HashSet<FileKey>> {
    let sql = "SELECT EXISTS (SELECT 1 FROM `_pbr_seeds_applied` AS applied \
               JOIN `_collections` AS made ON made.`id` = applied.`collection` \
               WHERE `file` = ?1 AND `collection` = ?2 AND `hash` IN (?3, ?3 || ' ' || made.`created`))";
    let mut known = connection.prepare(sql)?;
    let mut same = HashSet::new();
    for (key, hash) in prints {
        if known.query_row([&key.0, &key.1, hash], |row| row.get(0))? {
            same.insert(key.clone());
        }
    }
    Ok(same)
}

/// Notes what was written.
///
/// # Errors
/// SQLite fails.
pub fn remember(connection: &Connection, prints: &BTreeMap<FileKey, String>) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO `_pbr_seeds_applied` \
               SELECT ?1, `id`, ?3 || ' ' || `created` FROM `_collections` WHERE `id` = ?2";
    let mut statement = connection.prepare(sql)?;
    for ((file, collection), hash) in prints {
        statement.execute([file, collection, hash])?;
    }
    Ok(())
}

/// Forgets what was written, so that the next run looks at every record.
///
/// # Errors
/// SQLite fails.
pub fn forget_prints(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM `_pbr_seeds_applied`", []).map(drop)
}

/// What former seeds of these groups and collections (ids) made and this one does not, as (collection, record).
///
/// # Errors
/// SQLite fails.
pub fn left_over(
    connection: &Connection,
    groups: &[Group],
    concerned: impl Fn(&str) -> bool,
    present: &Ids,
) -> rusqlite::Result<Vec<(String, String)>> {
    let mut statement = connection.prepare("SELECT `collection`, `record`, `group` FROM `_pbr_seeds`")?;
    let rows = statement
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)))?;
    let mut left = Vec::new();
    for row in rows {
        let (collection, record, group) = row?;
        let chosen = groups.iter().any(|chosen| chosen.name() == group) && concerned(&collection);
        if chosen && !present.get(&collection).is_some_and(|ids| ids.contains(&record)) {
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

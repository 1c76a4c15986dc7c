//! The system tables of a data directory, equal to PocketBase's (spec 01 §1.3), and the rows of a fresh one.

use super::{Access, DbError, collections, open, upgrade};
use crate::schema::fields::format_datetime;
use crate::schema::{ddl, system::initial_collections};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use std::path::Path;

const MAIN_TABLES: &str = r#"
CREATE TABLE `_migrations` (file VARCHAR(255) PRIMARY KEY NOT NULL, applied INTEGER NOT NULL);
CREATE TABLE `_params` (
  `id`      TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL,
  `value`   JSON DEFAULT NULL,
  `created` TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL,
  `updated` TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL
);
CREATE TABLE `_collections` (
  `id`         TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL,
  `system`     BOOLEAN DEFAULT FALSE NOT NULL,
  `type`       TEXT DEFAULT "base" NOT NULL,
  `name`       TEXT UNIQUE NOT NULL,
  `fields`     JSON DEFAULT "[]" NOT NULL,
  `indexes`    JSON DEFAULT "[]" NOT NULL,
  `listRule`   TEXT DEFAULT NULL,
  `viewRule`   TEXT DEFAULT NULL,
  `createRule` TEXT DEFAULT NULL,
  `updateRule` TEXT DEFAULT NULL,
  `deleteRule` TEXT DEFAULT NULL,
  `options`    JSON DEFAULT "{}" NOT NULL,
  `created`    TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL,
  `updated`    TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL
);
CREATE INDEX idx__collections_type on `_collections` (`type`);
"#;

const AUXILIARY_TABLES: &str = r#"
CREATE TABLE IF NOT EXISTS `_logs` (
  `id`      TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL,
  `level`   INTEGER DEFAULT 0 NOT NULL,
  `message` TEXT DEFAULT "" NOT NULL,
  `data`    JSON DEFAULT "{}" NOT NULL,
  `created` TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL
);
CREATE INDEX IF NOT EXISTS idx_logs_level on `_logs` (`level`);
CREATE INDEX IF NOT EXISTS idx_logs_message on `_logs` (`message`);
CREATE INDEX IF NOT EXISTS idx_logs_created_hour on `_logs` (strftime('%Y-%m-%d %H:00:00', `created`));
"#;

/// PocketBase's own migrations. It refuses a directory that lacks one, so a fresh directory records all as applied.
const SYSTEM_MIGRATIONS: [&str; 8] = [
    "1640988000_aux_init.go",
    "1640988000_init.go",
    "1717233556_v0.23_migrate.go",
    "1717233557_v0.23_migrate2.go",
    "1717233558_v0.23_migrate3.go",
    "1717233559_v0.23_migrate4.go",
    "1763020353_update_default_auth_alert_templates.go",
    "1778828400_normalize_indexes.go",
];

/// Makes a fresh main database: system tables, the initial collections and the migration rows.
///
/// # Errors
/// The database is not empty, or SQLite fails.
pub fn install(connection: &Connection) -> Result<(), DbError> {
    connection.execute_batch(MAIN_TABLES)?;
    let now = format_datetime(chrono::Utc::now());
    for mut collection in initial_collections() {
        connection.execute_batch(&ddl::create_table(&collection))?;
        for index in &collection.indexes {
            connection.execute_batch(index)?;
        }
        collection.created.clone_from(&now);
        collection.updated.clone_from(&now);
        collections::insert(connection, &collection)?;
    }
    let applied = chrono::Utc::now().timestamp_micros();
    for (at, file) in (0..).zip(SYSTEM_MIGRATIONS) {
        connection.execute("INSERT INTO _migrations (file, applied) VALUES (?1, ?2)", params![file, applied + at])?;
    }
    Ok(())
}

/// Whether the main database has been installed, by pbr or by PocketBase.
pub fn is_installed(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('_collections', '_params', '_migrations')",
        [],
        |row| Ok(row.get::<_, i64>(0)? == 3),
    )
}

/// Names in `_migrations`: PocketBase's own and its JavaScript migrations.
///
/// # Errors
/// The file is missing or no data directory's database.
pub fn applied_migrations(file: &Path) -> Result<Vec<String>, DbError> {
    let connection = open(file, Access::ReadOnly)?;
    Ok(applied(&connection)?)
}

/// The same for an open database.
pub(super) fn applied(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT file FROM _migrations")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// Installs what is missing in `data.db` and `auxiliary.db`.
pub(super) fn install_files(main: &mut Connection, auxiliary: &Path) -> Result<(), DbError> {
    if !is_installed(main)? {
        // Two processes may start at once: whoever comes second finds everything done.
        let tx = Transaction::new(main, TransactionBehavior::Immediate)?;
        if !is_installed(&tx)? {
            install(&tx)?;
        }
        tx.commit()?;
    } else if upgrade::is_due(main)? {
        let tx = Transaction::new(main, TransactionBehavior::Immediate)?;
        upgrade::upgrade(&tx)?;
        tx.commit()?;
    }
    open(auxiliary, Access::ReadWrite)?.execute_batch(AUXILIARY_TABLES)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_database_loads_back_what_was_installed() {
        let connection = Connection::open_in_memory().unwrap();
        install(&connection).unwrap();
        let loaded = collections::load(&connection).unwrap();
        let names: Vec<_> = loaded.iter().map(|collection| collection.name.as_str()).collect();
        assert_eq!(names, ["_mfas", "_otps", "_externalAuths", "_authOrigins", "_superusers", "users"]);
        assert_eq!(loaded[5].fields, initial_collections()[5].fields);
        assert_eq!(loaded[4].auth().unwrap().auth_token.secret.len(), 50);
    }
}

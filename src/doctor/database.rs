//! The database: integrity, journal, passwords, secrets, settings.

use super::{Check, Patient};
use crate::auth::superusers::INSTALLER;
use crate::db::{Access, collections, open};
use crate::project::Workspace;
use crate::schema::ddl::quote;
use crate::settings::{self, Settings};
use rusqlite::Connection;
use std::fs::File;
use std::io::Read;
use std::path::Path;

const NAMES: [&str; 8] = ["sqlite", "log", "integrity", "journal", "settings", "passwords", "secrets", "superuser"];

/// Returns the stored settings for later checks.
pub fn checks(patient: &Patient<'_>, checks: &mut Vec<Check>) -> Option<Settings> {
    checks.push(Check::pass("sqlite", format!("SQLite {}", crate::db::sqlite_version())));
    let file = patient.data.join("data.db");
    match file.try_exists() {
        Ok(true) => {}
        Ok(false) => {
            checks.extend(NAMES[1..].iter().map(|name| Check::skip(name, "there is no database yet")));
            return None;
        }
        Err(error) => {
            let message = format!("{} cannot be looked into: {error}", patient.data.display());
            checks.push(Check::fail("integrity", message, "check the rights of the directory"));
            return None;
        }
    }
    checks.push(log(&patient.data.join("auxiliary.db")));
    if !is_database(&file) {
        let message = format!("{} is no SQLite database, or its first page is damaged", file.display());
        checks.push(Check::fail("integrity", message, "pbr backup restore NAME, or give the right --dir"));
        checks.extend(NAMES[3..].iter().map(|name| Check::skip(name, "the database cannot be read")));
        return None;
    }
    let connection = match open(&file, Access::ReadOnly) {
        Ok(connection) => connection,
        Err(error) => {
            let remedy = "restore a backup, or check the rights of the file";
            checks.push(Check::fail("integrity", format!("{} cannot be opened: {error}", file.display()), remedy));
            return None;
        }
    };
    checks.push(integrity(&connection));
    checks.push(journal(&connection));
    let settings = settings::load(&connection, &patient.encryption);
    checks.push(match &settings {
        Ok(Some(settings)) if !settings.smtp.password.is_empty() && !patient.encryption.is_on() => Check::warn(
            "settings",
            "a password is stored in the settings, which are not encrypted",
            "pbr serve --encryption-env NAME, with a key of 32 characters in that variable",
        ),
        Ok(stored) => Check::pass("settings", readable(stored.as_ref(), patient.project)),
        Err(error) => {
            Check::fail("settings", error.to_string(), "name the variable with the key: --encryption-env NAME")
        }
    });
    checks.extend(accounts(&connection));
    settings.ok().flatten()
}

/// That the settings can be read, and which of them no line of the project says: somebody saved them, or they were taken
/// out of the file, which leaves them as they were.
fn readable(stored: Option<&Settings>, project: Option<&Workspace>) -> String {
    let readable = "the settings can be read".to_owned();
    let (Some(stored), Some(project)) = (stored, project) else { return readable };
    match settings::changed_keys(stored, &project.config.settings).as_slice() {
        [] => readable,
        keys => format!("{readable}; these are not the defaults and not from pbr.yaml: {}", keys.join(", ")),
    }
}

/// The other database, without which no server starts.
fn log(file: &Path) -> Check {
    const NAME: &str = "log";
    if !file.exists() {
        return Check::pass(NAME, "there is no log yet");
    }
    let verdict = match is_database(file) {
        false => Err("it is no SQLite database, or its first page is damaged".to_owned()),
        true => open(file, Access::ReadOnly).map_err(|error| error.to_string()).and_then(|connection| {
            let verdict = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
            verdict.map_err(|error| error.to_string())
        }),
    };
    let message = match verdict {
        Ok(word) if word == "ok" => return Check::pass(NAME, "the log file is sound"),
        Ok(reason) | Err(reason) => format!("{}: {reason}", file.display()),
    };
    let remedy = format!("move {}* aside: it holds the log only, and the next start makes a new one", file.display());
    Check::fail(NAME, message, remedy)
}

/// By its first bytes; an empty file is a database that nothing was written to.
pub fn is_database(file: &Path) -> bool {
    const HEAD: &[u8] = b"SQLite format 3\0";
    let mut head = Vec::new();
    let read = File::open(file).and_then(|file| file.take(HEAD.len() as u64).read_to_end(&mut head));
    // What cannot be read is not judged here.
    read.is_err() || head.is_empty() || head == HEAD
}

fn integrity(connection: &Connection) -> Check {
    const NAME: &str = "integrity";
    let first = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    let dangling = connection.prepare("PRAGMA foreign_key_check").and_then(|mut check| check.exists([]));
    match (first, dangling) {
        (Ok(word), Ok(false)) if word == "ok" => Check::pass(NAME, "the database file is sound"),
        (Ok(word), Ok(true)) if word == "ok" => {
            Check::warn(NAME, "rows refer to rows that do not exist", "pbr data query 'PRAGMA foreign_key_check'")
        }
        (Ok(word), _) => Check::fail(NAME, word, "restore a backup"),
        (Err(error), _) => Check::fail(NAME, error.to_string(), "restore a backup"),
    }
}

fn journal(connection: &Connection) -> Check {
    const NAME: &str = "journal";
    let mode = connection.query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0)).unwrap_or_default();
    match mode.as_str() {
        "wal" => Check::pass(NAME, "write-ahead log"),
        mode => Check::warn(
            NAME,
            format!("journal mode {mode}: readers and writers wait for each other"),
            "start the server once",
        ),
    }
}

/// Hashes by kind, token secrets, superusers.
fn accounts(connection: &Connection) -> Vec<Check> {
    const SHORTEST_SECRET: usize = 30;
    let collections = match collections::load(connection) {
        Ok(collections) => collections,
        Err(error) => return vec![Check::fail("passwords", error.to_string(), "restore a backup")],
    };
    let (mut argon2, mut bcrypt, mut weak) = (0i64, 0i64, Vec::new());
    for collection in collections.iter().filter(|collection| collection.is_auth()) {
        let count = |pattern: &str| -> i64 {
            let sql = format!("SELECT count(*) FROM {} WHERE password LIKE ?1", quote(&collection.name));
            connection.query_row(&sql, [pattern], |row| row.get(0)).unwrap_or(0)
        };
        argon2 += count("$argon2%");
        bcrypt += count("$2%");
        let Some(mut options) = collection.auth().cloned() else { continue };
        if options.tokens_mut().iter().any(|token| token.secret.len() < SHORTEST_SECRET) {
            weak.push(collection.name.clone());
        }
    }
    let superusers: i64 = connection
        .query_row("SELECT count(*) FROM _superusers WHERE email != ?1", [INSTALLER], |row| row.get(0))
        .unwrap_or(0);
    vec![
        Check::pass("passwords", format!("{argon2} with argon2id, {bcrypt} with bcrypt")),
        if weak.is_empty() {
            Check::pass("secrets", "token secrets are long")
        } else {
            let message = format!("short token secrets in {}", weak.join(", "));
            Check::fail("secrets", message, "set longer secrets in the dashboard; everybody has to log in again")
        },
        match superusers {
            0 => Check::warn("superuser", "there is no superuser", "pbr superuser upsert EMAIL"),
            1 => Check::pass("superuser", "1 superuser"),
            count => Check::pass("superuser", format!("{count} superusers")),
        },
    ]
}

//! What PocketBase's newer system migrations do to a directory that an older PocketBase (0.23 or later) made
//! (spec 01 §1.3), so that either server can open it afterwards.

use super::{DbError, collections};
use crate::schema::index::Index;
use crate::schema::{AuthOptions, Collection, ddl};
use rusqlite::{Connection, params};

/// Without it the tables have another shape.
const OLDEST: &str = "1717233556_v0.23_migrate.go";
const ALERT_TEMPLATES: &str = "1763020353_update_default_auth_alert_templates.go";
const NORMAL_INDEXES: &str = "1778828400_normalize_indexes.go";

/// The login alert of collections made before November 2025.
const FORMER_ALERT: &str = include_str!("../../templates/mail/auth-alert-2024.html");

/// Runs the system migrations that the directory lacks. The caller holds a transaction.
///
/// # Errors
/// [`DbError::TooOld`] for a directory of PocketBase before 0.23.
pub fn upgrade(connection: &Connection) -> Result<(), DbError> {
    let applied = super::system::applied(connection)?;
    let lacks = |name: &str| !applied.iter().any(|applied| applied == name);
    if lacks(OLDEST) {
        return Err(DbError::TooOld);
    }
    if lacks(ALERT_TEMPLATES) {
        renew_alerts(connection)?;
        record(connection, ALERT_TEMPLATES)?;
    }
    if lacks(NORMAL_INDEXES) {
        for collection in collections::load(connection)? {
            if !collection.system && !collection.is_view() {
                normalise_indexes(connection, &collection)?;
            }
        }
        record(connection, NORMAL_INDEXES)?;
    }
    Ok(())
}

/// Whether [`upgrade`] has anything to do, or to refuse.
pub fn is_due(connection: &Connection) -> rusqlite::Result<bool> {
    let applied = super::system::applied(connection)?;
    Ok([OLDEST, ALERT_TEMPLATES, NORMAL_INDEXES].iter().any(|name| !applied.iter().any(|applied| applied == name)))
}

fn record(connection: &Connection, name: &str) -> rusqlite::Result<()> {
    let now = chrono::Utc::now().timestamp_micros();
    connection.execute("INSERT INTO _migrations (file, applied) VALUES (?1, ?2)", params![name, now]).map(drop)
}

/// Alerts that nobody changed get the present text.
fn renew_alerts(connection: &Connection) -> rusqlite::Result<()> {
    let present = AuthOptions::default().auth_alert.email_template.body;
    connection
        .execute(
            "UPDATE _collections SET options = json_set(options, '$.authAlert.emailTemplate.body', ?1) \
             WHERE type = 'auth' AND json_extract(options, '$.authAlert.emailTemplate.body') = ?2",
            params![present, FORMER_ALERT.trim_end_matches('\n')],
        )
        .map(drop)
}

/// Indexes that somebody made in the database alone become the collection's, unless they repeat one it has.
fn normalise_indexes(connection: &Connection, collection: &Collection) -> Result<(), DbError> {
    let mut statement = connection.prepare(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql NOTNULL AND lower(tbl_name) = lower(?1)",
    )?;
    let stored: Vec<(String, String)> = statement
        .query_map([&collection.name], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let own = |index: Index| Index { table: collection.name.clone(), ..index };
    let mut indexes: Vec<Index> = collection.indexes.iter().filter_map(|text| Index::parse(text).map(own)).collect();
    let mut texts = collection.indexes.clone();
    for (name, sql) in stored {
        if indexes.iter().any(|index| index.name.eq_ignore_ascii_case(&name)) {
            continue;
        }
        connection.execute_batch(&format!("DROP INDEX {}", ddl::quote(&name)))?;
        let Some(index) = Index::parse(&sql).map(own) else { continue };
        let repeats = indexes.iter().any(|known| known.definition() == index.definition());
        let identity = collection.is_auth() && ["email", "tokenKey"].iter().any(|column| index.is_unique_on(column));
        if repeats || identity {
            continue;
        }
        connection.execute_batch(&index.build())?;
        texts.push(index.build());
        indexes.push(index);
    }
    // A statement that names another table is written anew with the right one.
    for text in &mut texts {
        if let Some(index) = Index::parse(text)
            && index.table != collection.name
        {
            *text = own(index).build();
        }
    }
    if texts != collection.indexes {
        let json = serde_json::to_string(&texts).expect("indexes are strings");
        connection.execute("UPDATE _collections SET indexes = ?1 WHERE id = ?2", params![json, collection.id])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::fields::{Field, FieldKind};
    use crate::schema::{CollectionKind, system::id_field};

    /// A database as an older PocketBase left it: two migrations fewer, the former alert, indexes made by hand.
    fn older() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        super::super::system::install(&connection).unwrap();
        let text = |name: &str| Field::new(name, FieldKind::named("text").unwrap());
        let mut posts = Collection::new("posts", CollectionKind::Base);
        posts.id = "pbc_posts".into();
        posts.fields = vec![id_field(), text("a"), text("b")];
        posts.indexes = vec!["CREATE INDEX `known` ON `former_name` (`a`)".into()];
        connection.execute_batch(&ddl::create_table(&posts)).unwrap();
        collections::insert(&connection, &posts).unwrap();
        connection
            .execute_batch(
                "CREATE INDEX known ON posts (a); CREATE INDEX again ON posts (a); CREATE INDEX byhand ON posts (b);",
            )
            .unwrap();
        let former = FORMER_ALERT.trim_end_matches('\n');
        connection
            .execute(
                "UPDATE _collections SET options = json_set(options, '$.authAlert.emailTemplate.body', ?1) WHERE name = 'users'",
                [former],
            )
            .unwrap();
        connection
            .execute("DELETE FROM _migrations WHERE file IN (?1, ?2)", [ALERT_TEMPLATES, NORMAL_INDEXES])
            .unwrap();
        connection
    }

    #[test]
    fn an_older_directory_gets_the_missing_migrations_once() {
        let connection = older();
        assert!(is_due(&connection).unwrap());
        upgrade(&connection).unwrap();
        assert!(!is_due(&connection).unwrap());
        let loaded = collections::load(&connection).unwrap();
        let posts = loaded.iter().find(|collection| collection.name == "posts").unwrap();
        assert_eq!(posts.indexes, ["CREATE INDEX `known` ON `posts` (`a`)", "CREATE INDEX `byhand` ON `posts` (`b`)"]);
        let users = loaded.iter().find(|collection| collection.name == "users").unwrap().auth().unwrap();
        assert!(users.auth_alert.email_template.body.contains("{ALERT_INFO}"));
        assert_eq!(users.auth_token.secret.len(), 50, "secrets stay");
    }

    #[test]
    fn a_directory_before_0_23_is_refused() {
        let connection = older();
        connection.execute("DELETE FROM _migrations WHERE file = ?1", [OLDEST]).unwrap();
        assert!(matches!(upgrade(&connection), Err(DbError::TooOld)));
    }
}

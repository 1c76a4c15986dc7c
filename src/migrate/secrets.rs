//! Client secrets of OAuth2 providers: `${env:NAME}` in migrations, their value in the live row.

use crate::schema::Collection;
use crate::schema::yaml::placeholder_name;
use rusqlite::{Connection, params};

/// A client secret in the row of a collection.
#[derive(Clone, Debug)]
struct Secret {
    /// The id of the collection.
    collection: String,
    provider: String,
    value: String,
    /// Where it stands in the options of the row, as a JSON path.
    path: String,
}

impl Secret {
    /// The value that logins can use; a migration leaves a placeholder or nothing where it had none to write.
    fn live(&self) -> Option<&str> {
        Some(self.value.as_str()).filter(|value| !value.is_empty() && placeholder_name(value).is_none())
    }
}

/// Keeps the secrets of a database through migrations, whose text has none.
pub struct Secrets<'a> {
    env: &'a dyn Fn(&str) -> Option<String>,
    /// The live ones, also those of providers that a migration of this run has taken away: they may come back.
    known: Vec<Secret>,
}

impl<'a> Secrets<'a> {
    /// `env` looks up an environment variable.
    pub fn new(env: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { env, known: Vec::new() }
    }

    /// Remembers the live secrets before a migration puts placeholders in their place.
    ///
    /// # Errors
    /// SQLite fails.
    pub fn remember(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        for secret in stored(connection)?.into_iter().filter(|secret| secret.live().is_some()) {
            self.known.retain(|other| !is_same(other, &secret));
            self.known.push(secret);
        }
        Ok(())
    }

    /// Replaces what a migration has left of secrets: with what the environment has, else with what was live. Belongs
    /// into the transaction of the migration, so that nobody ever finds a row without its secret.
    ///
    /// # Errors
    /// SQLite fails.
    pub fn put_back(&self, connection: &Connection) -> rusqlite::Result<()> {
        for secret in stored(connection)?.into_iter().filter(|secret| secret.live().is_none()) {
            let known = || self.known.iter().find(|known| is_same(known, &secret)).map(|known| known.value.clone());
            if let Some(value) = placeholder_name(&secret.value).and_then(|name| self.look_up(name)).or_else(known) {
                set(connection, &secret, &value)?;
            }
        }
        Ok(())
    }

    /// Writes what the environment has now for the placeholders of `expected`. Returns the names of those that are
    /// neither set nor have a live value.
    ///
    /// # Errors
    /// SQLite fails.
    pub fn fill(&self, connection: &Connection, expected: &[Collection]) -> rusqlite::Result<Vec<String>> {
        let mut missing = Vec::new();
        for secret in stored(connection)? {
            let Some(name) = placeholder(expected, &secret) else { continue };
            match self.look_up(name) {
                Some(value) if value != secret.value => set(connection, &secret, &value)?,
                None if secret.live().is_none() => missing.push(name.to_owned()),
                _ => {}
            }
        }
        Ok(sorted(missing))
    }

    fn look_up(&self, name: &str) -> Option<String> {
        (self.env)(name).filter(|value| !value.is_empty())
    }
}

/// The names of placeholders that still stand where a secret belongs.
///
/// # Errors
/// SQLite fails.
pub fn missing(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let secrets = stored(connection)?;
    Ok(sorted(secrets.iter().filter_map(|secret| placeholder_name(&secret.value)).map(str::to_owned).collect()))
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names.dedup();
    names
}

fn is_same(one: &Secret, other: &Secret) -> bool {
    (&one.collection, &one.provider) == (&other.collection, &other.provider)
}

fn placeholder<'a>(expected: &'a [Collection], secret: &Secret) -> Option<&'a str> {
    let options = expected.iter().find(|wanted| wanted.id == secret.collection)?.auth()?;
    let provider = options.oauth2.providers.iter().find(|wanted| wanted.name == secret.provider)?;
    placeholder_name(&provider.client_secret)
}

/// Every client secret, whatever it is. Read with SQL, since a row may be between two migrations.
fn stored(connection: &Connection) -> rusqlite::Result<Vec<Secret>> {
    let mut statement = connection.prepare(
        "SELECT `c`.`id`, CAST(json_extract(`c`.`options`, `p`.`fullkey` || '.name') AS TEXT),
           CAST(coalesce(json_extract(`c`.`options`, `p`.`fullkey` || '.clientSecret'), '') AS TEXT), `p`.`fullkey` || '.clientSecret'
         FROM `_collections` AS `c`,
           json_each(iif(json_valid(`c`.`options`), `c`.`options`, '{}'), '$.oauth2.providers') AS `p`
         WHERE `c`.`type` = 'auth' AND `p`.`type` = 'object'",
    )?;
    let rows = statement.query_map([], |row| {
        let provider = row.get::<_, Option<String>>(1)?.unwrap_or_default();
        Ok(Secret { collection: row.get(0)?, provider, value: row.get(2)?, path: row.get(3)? })
    })?;
    rows.collect()
}

fn set(connection: &Connection, secret: &Secret, value: &str) -> rusqlite::Result<()> {
    connection.execute(
        "UPDATE `_collections` SET `options` = json_set(`options`, ?1, ?2) WHERE `id` = ?3",
        params![secret.path, value, secret.collection],
    )?;
    Ok(())
}

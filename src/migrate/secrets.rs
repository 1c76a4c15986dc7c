//! Client secrets of OAuth2 providers: `${env:NAME}` in migrations, their value in the live row.

use super::MigrateError;
use crate::db::collections;
use crate::schema::Collection;
use crate::schema::yaml::placeholder_name;
use rusqlite::{Connection, params};

/// The client secrets of a database, by collection id and provider.
pub type Secrets = Vec<(String, String, String)>;

/// Remembers the secrets before migrations put placeholders in their place.
pub fn remember(connection: &Connection) -> Result<Secrets, MigrateError> {
    let mut secrets = Vec::new();
    for collection in collections::load(connection)? {
        for provider in collection.auth().into_iter().flat_map(|options| &options.oauth2.providers) {
            if placeholder_name(&provider.client_secret).is_none() && !provider.client_secret.is_empty() {
                secrets.push((collection.id.clone(), provider.name.clone(), provider.client_secret.clone()));
            }
        }
    }
    Ok(secrets)
}

/// Fills in what the environment has, else what the row had before. Returns the names that are set nowhere.
pub fn fill(
    connection: &Connection,
    expected: &[Collection],
    before: &Secrets,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<String>, MigrateError> {
    let mut missing = Vec::new();
    for mut collection in collections::load(connection)? {
        let id = collection.id.clone();
        let Some(wanted) = expected.iter().find(|wanted| wanted.id == id).and_then(|wanted| wanted.auth()) else {
            continue;
        };
        let Some(options) = collection.auth_mut() else { continue };
        let mut changed = false;
        for provider in &mut options.oauth2.providers {
            let Some(source) = wanted.oauth2.providers.iter().find(|wanted| wanted.name == provider.name) else {
                continue;
            };
            let Some(name) = placeholder_name(&source.client_secret) else { continue };
            let remembered = || {
                let same = |entry: &&(String, String, String)| entry.0 == id && entry.1 == provider.name;
                before.iter().find(same).map(|entry| entry.2.clone())
            };
            match env(name).filter(|value| !value.is_empty()).or_else(remembered) {
                Some(value) if value != provider.client_secret => {
                    provider.client_secret = value;
                    changed = true;
                }
                Some(_) => {}
                None => missing.push(name.to_owned()),
            }
        }
        if changed {
            let options = collection.options_json();
            connection.execute("UPDATE _collections SET options = ?1 WHERE id = ?2", params![options, id])?;
        }
    }
    missing.sort();
    missing.dedup();
    Ok(missing)
}

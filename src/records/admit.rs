//! Whether a write may happen: the rule, and how far the caller is trusted with an auth record.

use super::auth_form::Access;
use super::draft::{Draft, comparable};
use super::{RecordError, Scope};
use crate::db::prepare;
use crate::schema::fields::{BCRYPT_BYTES, Value};
use crate::schema::{ALPHANUMERIC, Collection, random_string};
use rusqlite::params_from_iter;

/// The create rule, against the record that would be.
///
/// # Errors
/// 403 for a locked collection, the uninformative 400 for a record that fails the rule.
pub fn create(scope: &Scope<'_>, collection: &Collection, draft: &Draft) -> Result<Access, RecordError> {
    let rule = scope.rule(&collection.rules.create)?;
    // A rule that cannot be evaluated admits nobody.
    let satisfies = |rule: &str| would_satisfy(scope, collection, rule, draft).unwrap_or(false);
    if rule.is_some_and(|rule| !satisfies(rule)) {
        return Err(RecordError::bad_request(super::store::CREATE_FAILED));
    }
    let manage = collection.auth().and_then(|options| options.manage_rule.as_deref());
    Ok(match manage {
        _ if scope.is_superuser() => Access::Superuser,
        Some(rule) if scope.request.auth.is_some() && satisfies(rule) => Access::Manager,
        _ => Access::Default,
    })
}

fn would_satisfy(scope: &Scope<'_>, collection: &Collection, rule: &str, draft: &Draft) -> Result<bool, RecordError> {
    let names: Vec<&str> = collection.fields.iter().map(|field| field.name.as_str()).collect();
    let query = scope.plans.queries.get_create(scope.catalog, collection, rule, &names, scope.request)?;
    let mut params = scope.bind(&query);
    params.extend(collection.fields.iter().zip(&draft.record.values).map(|(field, value)| {
        match (field.name.as_str(), value) {
            ("id", Value::Text(id)) if id.is_empty() => {
                Value::Text(format!("__temp_id__{}", random_string(6, ALPHANUMERIC))).to_sql()
            }
            ("verified", _) if collection.is_auth() => Value::Bool(false).to_sql(),
            (_, Value::Password { plain: Some(plain), .. }) if is_hashable(plain) => {
                Value::Text(format!("$2a$10${}", random_string(53, ALPHANUMERIC))).to_sql()
            }
            _ => comparable(value).to_sql(),
        }
    }));
    let mut statement = prepare(scope.connection, &query.exists_sql())?;
    Ok(statement.exists(params_from_iter(params))?)
}

/// Whether a password will have a hash; a rule sees one of that form, since the real one takes long to make, and is only
/// made for those whom the rule admits.
fn is_hashable(plain: &str) -> bool {
    (1..=BCRYPT_BYTES).contains(&plain.len())
}

/// The update rule, against the stored record.
///
/// # Errors
/// 403 for a locked collection, 404 for a record that fails the rule.
pub fn update(scope: &Scope<'_>, collection: &Collection, id: &str) -> Result<Access, RecordError> {
    stored(scope, collection, &collection.rules.update, id)?;
    let manage = collection.auth().and_then(|options| options.manage_rule.as_deref());
    Ok(match manage {
        _ if scope.is_superuser() => Access::Superuser,
        Some(rule) if scope.request.auth.is_some() => {
            let managed = scope.satisfying(collection, rule, &[id]).unwrap_or_default();
            if managed.contains(id) { Access::Manager } else { Access::Default }
        }
        _ => Access::Default,
    })
}

/// Whether the stored record satisfies the rule; one that does not might as well not exist.
///
/// # Errors
/// 403 for a locked collection, 404 for a record that fails the rule.
pub fn stored(scope: &Scope<'_>, collection: &Collection, rule: &Option<String>, id: &str) -> Result<(), RecordError> {
    let Some(rule) = scope.rule(rule)? else { return Ok(()) };
    match scope.satisfying(collection, rule, &[id]) {
        Ok(found) if found.contains(id) => Ok(()),
        _ => Err(RecordError::not_found()),
    }
}

//! What a record operation needs to know of its surroundings.

use super::RecordError;
use super::projection::Projections;
use crate::db::{Counts, prepare};
use crate::events::Bus;
use crate::query::{Cache, Parts, Query, RequestInfo};
use crate::schema::{Catalog, Collection};
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, params_from_iter};
use std::collections::HashSet;
use std::sync::Arc;

/// What is worked out once and used again: compiled queries and column lists.
#[derive(Default)]
pub struct Plans {
    pub queries: Cache,
    pub projections: Projections,
}

/// One operation's view: a connection (maybe inside a transaction), the collections and the request.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub connection: &'a Connection,
    pub catalog: &'a Catalog,
    pub plans: &'a Plans,
    pub request: &'a RequestInfo,
    /// Whose handlers take part in answers; `None` where nobody listens or nobody may.
    pub bus: Option<&'a Bus>,
    /// What was counted on this connection before; `None` inside a transaction that writes.
    pub counts: Option<&'a Counts>,
}

impl<'a> Scope<'a> {
    pub fn is_superuser(&self) -> bool {
        self.request.auth.as_ref().is_some_and(|auth| auth.is_superuser())
    }

    /// The collection as it is served now: it may have changed since the request came in.
    ///
    /// # Errors
    /// 404 where it is gone.
    pub fn current(&self, collection: &Collection) -> Result<Arc<Collection>, RecordError> {
        self.catalog.by_id(&collection.id).cloned().ok_or_else(RecordError::not_found)
    }

    /// The same surroundings with another request, for example another context.
    pub fn with_request(self, request: &'a RequestInfo) -> Self {
        Self { request, ..self }
    }

    /// The rule as a part of a query: `None` for superusers and for public rules.
    ///
    /// # Errors
    /// 403 where only superusers may act and the caller is none.
    pub fn rule<'r>(&self, rule: &'r Option<String>) -> Result<Option<&'r str>, RecordError> {
        match rule.as_deref() {
            _ if self.is_superuser() => Ok(None),
            None => Err(RecordError::forbidden()),
            Some("") => Ok(None),
            Some(rule) => Ok(Some(rule)),
        }
    }

    /// The compiled query of a rule alone.
    pub fn rule_query(&self, collection: &Collection, rule: Option<&str>) -> Result<Arc<Query>, RecordError> {
        let parts = Parts { rule, superuser: self.is_superuser(), ..Parts::default() };
        Ok(self.plans.queries.get(self.catalog, collection, &parts, self.request)?)
    }

    /// The parameters of a query for this request, at this moment.
    pub fn bind(&self, query: &Query) -> Vec<SqlValue> {
        query.bind(self.request, chrono::Utc::now())
    }

    /// Those of `ids` whose records satisfy the rule.
    pub fn satisfying(
        &self,
        collection: &Collection,
        rule: &str,
        ids: &[&str],
    ) -> Result<HashSet<String>, RecordError> {
        let rule = (!rule.is_empty()).then_some(rule);
        let query = self.rule_query(collection, rule)?;
        let id = format!("{}.`id`", crate::schema::ddl::quote(&collection.name));
        let mut params = self.bind(&query);
        params.push(SqlValue::Text(serde_json::to_string(ids).expect("strings are JSON")));
        let mut statement = prepare(self.connection, &query.by_ids_sql(&id))?;
        let rows = statement.query_map(params_from_iter(params), |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

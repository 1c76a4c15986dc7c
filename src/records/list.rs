//! Listing and viewing.

use super::expand::{self, Expansion, TreeRecord};
use super::projection::{Projection, Viewer};
use super::{RecordError, Scope};
use crate::query::Parts;
use crate::schema::Collection;
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, Statement, params_from_iter};
use std::io::Write as _;
use std::sync::Arc;

/// The query of a list request (spec 02 §5).
#[derive(Clone, Debug, PartialEq)]
pub struct ListParams {
    /// From 1.
    pub page: i64,
    /// 1 to 1000.
    pub per_page: i64,
    pub skip_total: bool,
    pub filter: String,
    pub sort: String,
    pub expand: String,
}

impl Default for ListParams {
    fn default() -> Self {
        Self {
            page: 1,
            per_page: 30,
            skip_total: false,
            filter: String::new(),
            sort: String::new(),
            expand: String::new(),
        }
    }
}

/// Pages needed for `total` records.
pub fn count_pages(total: i64, per_page: i64) -> i64 {
    (total + per_page - 1) / per_page
}

/// The page as the JSON of the response.
///
/// # Errors
/// 403 for a locked collection, a query error for a bad filter or sort.
pub fn list(scope: &Scope<'_>, collection: &Arc<Collection>, params: &ListParams) -> Result<Vec<u8>, RecordError> {
    let rule = scope.rule(&collection.rules.list)?;
    let some = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
    let (filter, sort) = (some(&params.filter), some(&params.sort));
    let parts = Parts { rule, filter: filter.as_deref(), sort: sort.as_deref(), superuser: scope.is_superuser() };
    let query = scope.plans.queries.get(scope.catalog, collection, &parts, scope.request)?;
    let expansion = Expansion::parse(&params.expand);

    let mut bound = scope.bind(&query);
    let own_params = bound.len();
    bound.push(SqlValue::Integer(params.per_page));
    // An offset that overflows is negative and starts from the beginning, as in PocketBase.
    bound.push(SqlValue::Integer(params.per_page.wrapping_mul(params.page - 1)));

    let mut out = b"{\"items\":[".to_vec();
    let viewed = Viewed::new(scope, collection, &expansion);
    let mut statement = scope.connection.prepare_cached(&query.list_sql(viewed.projection.columns()))?;
    viewed.write(scope, &mut statement, bound.clone(), &mut out)?;

    let total = if params.skip_total {
        -1
    } else {
        bound.truncate(own_params);
        count(scope.connection, &query.count_sql(), bound)?
    };
    let pages = if params.skip_total { -1 } else { count_pages(total, params.per_page) };
    write!(
        out,
        "],\"page\":{},\"perPage\":{},\"totalItems\":{total},\"totalPages\":{pages}}}",
        params.page, params.per_page
    )
    .expect("writing to memory cannot fail");
    Ok(out)
}

fn count(connection: &Connection, sql: &str, params: Vec<SqlValue>) -> Result<i64, RecordError> {
    Ok(connection.prepare_cached(sql)?.query_row(params_from_iter(params), |row| row.get(0))?)
}

/// One record as the JSON of the response, under the view rule.
///
/// # Errors
/// 403 for a locked collection, 404 for a record that does not exist or fails the rule.
pub fn view(scope: &Scope<'_>, collection: &Arc<Collection>, id: &str, expand: &str) -> Result<Vec<u8>, RecordError> {
    let rule = scope.rule(&collection.rules.view)?;
    // A rule that cannot be evaluated hides the record, like one that fails.
    let query = scope.rule_query(collection, rule).map_err(|_| RecordError::not_found())?;
    render(scope, collection, &query, id, expand)
}

/// One record as JSON without asking any rule: the answer to a write or a login.
pub fn show(scope: &Scope<'_>, collection: &Arc<Collection>, id: &str, expand: &str) -> Result<Vec<u8>, RecordError> {
    let query = scope.rule_query(collection, None)?;
    render(scope, collection, &query, id, expand)
}

fn render(
    scope: &Scope<'_>,
    collection: &Arc<Collection>,
    query: &crate::query::Query,
    id: &str,
    expand: &str,
) -> Result<Vec<u8>, RecordError> {
    let expansion = Expansion::parse(expand);
    let viewed = Viewed::new(scope, collection, &expansion);
    let mut params = scope.bind(query);
    params.push(SqlValue::Text(id.to_owned()));
    let mut statement = scope.connection.prepare_cached(&query.by_id_sql(viewed.projection.columns()))?;
    let mut out = Vec::with_capacity(512);
    match viewed.write(scope, &mut statement, params, &mut out) {
        Ok(0) => Err(RecordError::not_found()),
        Ok(_) => Ok(out),
        // A statement that fails at run time hides the record too.
        Err(RecordError::Db(_)) => Err(RecordError::not_found()),
        Err(error) => Err(error),
    }
}

/// Rows on their way out: straight to bytes where nothing must look inside, through a tree where something must.
struct Viewed<'a> {
    collection: &'a Collection,
    projection: Arc<Projection>,
    expansion: &'a Expansion,
}

impl<'a> Viewed<'a> {
    fn new(scope: &Scope<'_>, collection: &'a Arc<Collection>, expansion: &'a Expansion) -> Self {
        let projection = scope.plans.projections.get(collection, scope.is_superuser(), !expansion.is_empty());
        Self { collection, projection, expansion }
    }

    /// Appends the rows, separated by commas, and returns how many there were.
    fn write(
        &self,
        scope: &Scope<'_>,
        statement: &mut Statement<'_>,
        params: Vec<SqlValue>,
        out: &mut Vec<u8>,
    ) -> Result<usize, RecordError> {
        let mut viewer = viewer(scope);
        let manage_rule = self.collection.auth().and_then(|options| options.manage_rule.as_deref());
        if self.expansion.is_empty() && (manage_rule.is_none() || viewer.superuser) {
            let mut rows = statement.query(params_from_iter(params))?;
            let mut written = 0;
            while let Some(row) = rows.next()? {
                if written > 0 {
                    out.push(b',');
                }
                self.projection.write(row, &viewer, out)?;
                written += 1;
            }
            return Ok(written);
        }
        if let (Some(rule), Some(id), false) = (manage_rule, self.projection.id(), viewer.superuser) {
            let ids = self.ids(statement, &params, id)?;
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            viewer.managed = scope.satisfying(self.collection, rule, &ids).unwrap_or_default();
        }
        let mut records = Vec::new();
        let mut rows = statement.query(params_from_iter(params))?;
        while let Some(row) = rows.next()? {
            records.push(TreeRecord::read(&self.projection, row, &viewer)?);
        }
        drop(rows);
        expand::expand(scope, self.collection, &mut records, self.expansion)?;
        for (at, record) in records.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            record.write(out);
        }
        Ok(records.len())
    }

    fn ids(&self, statement: &mut Statement<'_>, params: &[SqlValue], id: usize) -> rusqlite::Result<Vec<String>> {
        let rows = statement.query_map(params_from_iter(params), |row| row.get(id))?;
        rows.collect()
    }
}

/// The caller as a viewer.
pub fn viewer<'a>(scope: &Scope<'a>) -> Viewer<'a> {
    Viewer {
        superuser: scope.is_superuser(),
        auth: scope.request.auth.as_ref().map(|auth| (auth.id.as_str(), auth.collection_id.as_str())),
        ..Viewer::default()
    }
}

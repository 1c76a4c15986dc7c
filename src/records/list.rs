//! Listing and viewing.

use super::expand::{self, Expansion};
use super::projection::{Projection, Viewer, column, missing_columns};
use super::tree::{TreeRecord, write_all};
use super::{RecordError, Scope};
use crate::db::prepare;
use crate::events::Record;
use crate::query::{Parts, Query};
use crate::schema::Collection;
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, Statement, params_from_iter};
use std::collections::HashSet;
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

impl ListParams {
    /// Rows before the page. One that overflows is negative and starts from the beginning, as in PocketBase.
    pub fn offset(&self) -> i64 {
        self.per_page.wrapping_mul(self.page.wrapping_sub(1))
    }
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
    let per_page = per_page.max(1);
    (total + per_page - 1) / per_page
}

/// What a page tells beside its records.
pub(super) struct Page {
    pub page: i64,
    pub per_page: i64,
    /// −1 where nobody asked.
    pub total_items: i64,
    pub total_pages: i64,
}

impl Page {
    /// Ends the list of items and the object that began with it.
    pub fn write_end(&self, out: &mut Vec<u8>) {
        let Self { page, per_page, total_items, total_pages } = self;
        write!(
            out,
            "],\"page\":{page},\"perPage\":{per_page},\"totalItems\":{total_items},\"totalPages\":{total_pages}}}"
        )
        .expect("writing to memory cannot fail");
    }
}

/// The page as the JSON of the response.
///
/// # Errors
/// 403 for a locked collection, a query error for a bad filter or sort.
pub fn list(scope: &Scope<'_>, collection: &Arc<Collection>, params: &ListParams) -> Result<Vec<u8>, RecordError> {
    let query = list_query(scope, collection, params)?;
    let expansion = Expansion::parse(&params.expand);
    let mut out = b"{\"items\":[".to_vec();
    let viewed = Viewed::new(scope, collection, &expansion);
    let sql = query.list_sql(viewed.projection.columns(), params.per_page);
    let mut statement = prepare(scope.connection, &sql)?;
    viewed.write(scope, &mut statement, bind_page(scope, &query, params), &mut out)?;
    count(scope, &query, params)?.write_end(&mut out);
    Ok(out)
}

/// The page as records, for handlers.
///
/// # Errors
/// As [`list`].
pub(super) fn find_page(
    scope: &Scope<'_>,
    collection: &Arc<Collection>,
    params: &ListParams,
) -> Result<(Vec<Record>, Page), RecordError> {
    let query = list_query(scope, collection, params)?;
    let mut statement =
        prepare(scope.connection, &query.list_sql(&all_columns(scope.connection, collection), params.per_page))?;
    let bound = params_from_iter(bind_page(scope, &query, params));
    let records = statement.query_map(bound, |row| Record::read(collection, row))?;
    let records = records.collect::<rusqlite::Result<_>>()?;
    Ok((records, count(scope, &query, params)?))
}

/// Whether a stored record would be in a list under the rule and the filter. What cannot be evaluated is not passed.
pub fn passes(scope: &Scope<'_>, collection: &Collection, rule: &Option<String>, filter: &str, id: &str) -> bool {
    let Ok(rule) = scope.rule(rule) else { return false };
    if rule.is_none() && filter.is_empty() {
        return true;
    }
    let reaches_out = filter.contains("@request.") || filter.contains("@collection.");
    if reaches_out && !scope.is_superuser() {
        return false;
    }
    // Nobody filters messages by hidden fields, not even superusers, who may reach out nonetheless.
    let parts =
        Parts { rule, filter: Some(filter).filter(|f| !f.is_empty()), superuser: reaches_out, ..Parts::default() };
    let Ok(query) = scope.plans.queries.get(scope.catalog, collection, &parts, scope.request) else { return false };
    let mut params = scope.bind(&query);
    params.push(SqlValue::Text(id.to_owned()));
    let found = prepare(scope.connection, &query.by_id_sql("1"))
        .and_then(|mut statement| statement.exists(params_from_iter(params)));
    found.unwrap_or(false)
}

/// The columns of all fields, in order.
pub fn all_columns(connection: &Connection, collection: &Collection) -> String {
    let missing = if collection.is_view() { missing_columns(connection, collection) } else { HashSet::new() };
    let columns = collection.fields.iter().map(|field| column(collection, &field.name, &missing));
    columns.collect::<Vec<_>>().join(", ")
}

fn list_query(scope: &Scope<'_>, collection: &Collection, params: &ListParams) -> Result<Arc<Query>, RecordError> {
    let rule = scope.rule(&collection.rules.list)?;
    let some = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
    let (filter, sort) = (some(&params.filter), some(&params.sort));
    let parts =
        Parts { rule, filter: filter.as_deref(), sort: sort.as_deref(), superuser: scope.is_superuser(), plain: false };
    Ok(scope.plans.queries.get(scope.catalog, collection, &parts, scope.request)?)
}

fn bind_page(scope: &Scope<'_>, query: &Query, params: &ListParams) -> Vec<SqlValue> {
    let mut bound = scope.bind(query);
    bound.push(SqlValue::Integer(params.offset()));
    bound
}

fn count(scope: &Scope<'_>, query: &Query, params: &ListParams) -> Result<Page, RecordError> {
    let ListParams { page, per_page, .. } = *params;
    if params.skip_total {
        return Ok(Page { page, per_page, total_items: -1, total_pages: -1 });
    }
    let (sql, bound) = (query.count_sql(), scope.bind(query));
    let total = match scope.counts {
        Some(counts) if query.is_timeless() => counts.get(scope.connection, &sql, &bound)?,
        _ => prepare(scope.connection, &sql)?.query_row(params_from_iter(bound), |row| row.get(0))?,
    };
    Ok(Page { page, per_page, total_items: total, total_pages: count_pages(total, per_page) })
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

/// One record under the view rule, for handlers.
///
/// # Errors
/// As [`view`].
pub(super) fn find_visible(scope: &Scope<'_>, collection: &Arc<Collection>, id: &str) -> Result<Record, RecordError> {
    let rule = scope.rule(&collection.rules.view)?;
    let query = scope.rule_query(collection, rule).map_err(|_| RecordError::not_found())?;
    let mut params = scope.bind(&query);
    params.push(SqlValue::Text(id.to_owned()));
    let mut statement = prepare(scope.connection, &query.by_id_sql(&all_columns(scope.connection, collection)))?;
    let found = statement.query_row(params_from_iter(params), |row| Record::read(collection, row));
    // A statement that fails at run time hides the record too.
    found.map_err(|_| RecordError::not_found())
}

/// One record as JSON without asking any rule: the answer to a write.
pub(super) fn show(
    scope: &Scope<'_>,
    collection: &Arc<Collection>,
    id: &str,
    expand: &str,
) -> Result<Vec<u8>, RecordError> {
    let query = scope.rule_query(collection, None)?;
    render(scope, collection, &query, id, expand)
}

fn render(
    scope: &Scope<'_>,
    collection: &Arc<Collection>,
    query: &Query,
    id: &str,
    expand: &str,
) -> Result<Vec<u8>, RecordError> {
    let expansion = Expansion::parse(expand);
    let viewed = Viewed::new(scope, collection, &expansion);
    let mut params = scope.bind(query);
    params.push(SqlValue::Text(id.to_owned()));
    let mut statement = prepare(scope.connection, &query.view_sql(viewed.projection.columns()))?;
    let mut out = Vec::with_capacity(1024);
    match viewed.write(scope, &mut statement, params, &mut out) {
        Ok(0) => Err(RecordError::not_found()),
        Ok(_) => Ok(out),
        // A statement that fails at run time hides the record too; one that is at the wrong place says so.
        Err(error @ RecordError::Db(_)) if !error.is_too_big() => Err(RecordError::not_found()),
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
        let projection =
            scope.plans.projections.get(scope.connection, collection, scope.is_superuser(), !expansion.is_empty());
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
        let mut rows = statement.query(params_from_iter(params))?;
        let mut records = Vec::new();
        match manage_rule.filter(|_| !viewer.superuser) {
            None => {
                while let Some(row) = rows.next()? {
                    records.push(TreeRecord::read(&self.projection, row, &viewer)?);
                }
            }
            // Of which records it is asked, only the rows say, and they may be others the next time.
            Some(rule) => {
                let mut kept = Vec::new();
                while let Some(row) = rows.next()? {
                    kept.push(self.projection.keep(row)?);
                }
                let ids = kept.iter().map(|row| self.projection.id_of(row)).collect::<rusqlite::Result<Vec<_>>>()?;
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                viewer.managed = scope.satisfying(self.collection, rule, &ids).unwrap_or_default();
                for row in kept {
                    records.push(TreeRecord::read(&self.projection, &row, &viewer)?);
                }
            }
        }
        drop(rows);
        expand::expand(scope, self.collection, &mut records, self.expansion);
        write_all(&records, out);
        Ok(records.len())
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

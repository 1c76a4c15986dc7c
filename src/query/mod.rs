//! The filter and sort language: text to tokens to a tree to resolved paths to SQL and parameters (spec 02 §1 to §6).
//!
//! This room is pure. It knows collections and the request, but no connection: it hands out SQL text, and the values to
//! bind for a given request. Literals are always parameters; names in the SQL come from the catalog, never from the text.
//!
//! | file | step |
//! | --- | --- |
//! | `tokens`, `tree` | the grammar |
//! | `compiler` | conditions of a text, and list rules of what a client's text joins |
//! | `roots`, `paths`, `modifiers` | identifiers to columns and joins |
//! | `functions`, `macros` | calls and moments |
//! | `operand`, `compare` | two sides to a condition |
//! | `sort` | ORDER BY |
//! | `plain` | tables whose rows are no records |
//! | `request` | what of a request is bound, and what shapes the SQL |
//! | `statement`, `cache` | the result, kept for the next request |

mod cache;
mod compare;
mod compiler;
mod error;
mod functions;
mod indexes;
mod joins;
mod macros;
mod modifiers;
mod operand;
mod paths;
mod plain;
mod request;
mod roots;
mod sort;
mod sql;
mod statement;
#[cfg(test)]
mod tests;
mod tokens;
mod tree;

pub use cache::Cache;
pub use error::QueryError;
pub use plain::compile_plain;
pub use request::{AuthInfo, RequestInfo};
pub use statement::{FRESH, Query};

use crate::schema::{Catalog, Collection};
use compiler::{Compiler, Scope};
use request::{Inputs, Probe, Shape};
use sql::{Fragment, name};

/// Bytes of a client's filter. Rules may be longer.
const MAX_FILTER_BYTES: usize = 3500;

/// The texts that make up a query. An empty text is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Parts<'a> {
    /// An API rule. That `null` rules need a superuser is for the caller to check.
    pub rule: Option<&'a str>,
    /// The client's filter.
    pub filter: Option<&'a str>,
    /// The client's sort.
    pub sort: Option<&'a str>,
    /// The client is a superuser, and may filter and sort by anything.
    pub superuser: bool,
    /// The rows are no records: their columns have no modifiers, and nothing leads beyond them.
    pub plain: bool,
}

/// Answers to what a query asked about the shape of a request. Any request that answers the same can run the query.
type Asked = Vec<(Probe, Shape)>;

/// Compiles rule, filter and sort of a collection. The result serves every request of the same shape: keep it in a
/// [`Cache`].
///
/// # Errors
/// [`QueryError::Forbidden`] for what only superusers may write, otherwise [`QueryError::Invalid`].
pub fn compile(
    catalog: &Catalog,
    collection: &Collection,
    parts: &Parts,
    request: &RequestInfo,
) -> Result<Query, QueryError> {
    compile_asking(catalog, collection, parts, request).map(|(query, _)| query)
}

fn compile_asking(
    catalog: &Catalog,
    collection: &Collection,
    parts: &Parts,
    request: &RequestInfo,
) -> Result<(Query, Asked), QueryError> {
    let [rule, filter, sort] = [parts.rule, parts.filter, parts.sort].map(|part| part.filter(|text| !text.is_empty()));
    if !parts.superuser {
        [filter, sort].into_iter().flatten().try_for_each(check_client_text)?;
    }
    let inputs = Inputs::new(request);
    let mut compiler = Compiler::new(catalog, Some(collection), &inputs);
    let mut conditions = Vec::new();
    if let Some(rule) = rule {
        conditions.push(compiler.filter(&Scope::rows(collection, false), rule)?);
    }
    let client = Scope { plain: parts.plain, ..Scope::rows(collection, !parts.superuser) };
    if let Some(filter) = filter {
        if filter.len() > MAX_FILTER_BYTES {
            return Err(QueryError::invalid("the filter is too long"));
        }
        conditions.push(compiler.filter(&client, filter)?);
    }
    let order = sort.map(|sort| compiler.sort(&client, sort)).transpose()?.unwrap_or_default();
    let Compiler { joins, guards, .. } = compiler;
    let query =
        Query::assemble(catalog, collection, &[], &joins, Fragment::all(conditions.into_iter().chain(guards)), order)?;
    Ok((query, inputs.into_asked()))
}

/// Refuses the virtual roots anywhere in a client's text, in quotes too (spec 02 §4.7).
///
/// # Errors
/// [`QueryError::Forbidden`].
pub fn check_client_text(text: &str) -> Result<(), QueryError> {
    if text.contains("@collection.") {
        return Err(QueryError::Forbidden("Only superusers can filter by @collection."));
    }
    if text.contains("@request.") {
        return Err(QueryError::Forbidden("Only superusers can filter by @request."));
    }
    Ok(())
}

/// Compiles a create rule against a row that is not stored yet (spec 02 §6.4): run [`Query::exists_sql`] with the query's
/// parameters followed by the row's values in the order of `columns`, which must hold the id.
///
/// # Errors
/// [`QueryError::Invalid`], also for back-relations of the new record, which has none.
pub fn compile_create(
    catalog: &Catalog,
    collection: &Collection,
    rule: &str,
    columns: &[&str],
    request: &RequestInfo,
) -> Result<Query, QueryError> {
    compile_create_asking(catalog, collection, rule, columns, request).map(|(query, _)| query)
}

fn compile_create_asking(
    catalog: &Catalog,
    collection: &Collection,
    rule: &str,
    columns: &[&str],
    request: &RequestInfo,
) -> Result<(Query, Asked), QueryError> {
    let inputs = Inputs::new(request);
    let mut compiler = Compiler::new(catalog, Some(collection), &inputs);
    let scope = Scope { table: name(statement::CANDIDATE), candidate: true, ..Scope::rows(collection, false) };
    let condition = if rule.is_empty() { None } else { Some(compiler.filter(&scope, rule)?) };
    let Compiler { joins, .. } = compiler;
    let query = Query::assemble(catalog, collection, columns, &joins, condition, String::new())?;
    Ok((query, inputs.into_asked()))
}

/// Checks the text of a rule when its collection is saved. `collection` counts as it is given, saved or not.
///
/// # Errors
/// The raw error of spec 02 §1.5.
pub fn check_rule(catalog: &Catalog, collection: &Collection, rule: &str) -> Result<(), QueryError> {
    let request = RequestInfo::default();
    let inputs = Inputs::new(&request);
    Compiler::new(catalog, Some(collection), &inputs).filter(&Scope::rows(collection, false), rule).map(|_| ())
}

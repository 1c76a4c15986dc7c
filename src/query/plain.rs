//! Filters and sorts of tables whose rows are no records: collections and the log.

use super::{Parts, Query, QueryError, RequestInfo, compile};
use crate::schema::{Catalog, Collection, CollectionKind, Field, FieldKind};

/// Compiles a superuser's filter and sort of a table, by `rowid` where there is none. The columns are those that can be
/// named, with the field type that they are treated as.
///
/// # Errors
/// [`QueryError::Invalid`].
pub fn compile_plain(table: &str, columns: &[(&str, &str)], filter: &str, sort: &str) -> Result<Query, QueryError> {
    let mut rows = Collection::new(table, CollectionKind::Base);
    let field = |(name, kind): &(&str, &str)| Field::new(*name, FieldKind::named(kind).expect("a field type"));
    rows.fields = columns.iter().map(field).collect();
    let sort = if sort.is_empty() { "@rowid" } else { sort };
    let parts = Parts { rule: None, filter: Some(filter), sort: Some(sort), superuser: true, plain: true };
    compile(&Catalog::default(), &rows, &parts, &RequestInfo::default())
}

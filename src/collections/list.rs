//! The list of collections, filtered and sorted like records.

use super::CollectionError;
use crate::db::DbError;
use crate::events::CollectionsListEvent;
use crate::query::{RequestInfo, compile_plain};
use crate::records::{ListParams, count_pages};
use crate::schema::{Catalog, Collection};
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, params_from_iter};
use serde::Serialize;
use std::sync::Arc;

/// What can be filtered and sorted by.
const COLUMNS: [(&str, &str); 6] =
    [("id", "text"), ("created", "date"), ("updated", "date"), ("name", "text"), ("system", "bool"), ("type", "text")];

/// A page of collections, in the key order of the API.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    pub items: Vec<Arc<Collection>>,
    pub page: i64,
    pub per_page: i64,
    pub total_items: i64,
    pub total_pages: i64,
}

impl From<Page> for CollectionsListEvent {
    fn from(page: Page) -> Self {
        let Page { items: collections, page, per_page, total_items, total_pages } = page;
        Self { collections, page, per_page, total_items, total_pages }
    }
}

/// A page of collections.
///
/// # Errors
/// A filter or sort that makes no sense, or SQLite fails.
pub fn list(connection: &Connection, catalog: &Catalog, params: &ListParams) -> Result<Page, CollectionError> {
    let query = compile_plain("_collections", &COLUMNS, &params.filter, &params.sort).map_err(|_| senseless())?;
    let own = query.bind(&RequestInfo::default(), chrono::Utc::now());
    let paged = own.iter().cloned().chain([SqlValue::Integer(params.offset())]);
    let read = || -> rusqlite::Result<(Vec<String>, i64)> {
        let mut statement = connection.prepare_cached(&query.list_sql("`_collections`.`id`", params.per_page))?;
        let ids = statement.query_map(params_from_iter(paged), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        if params.skip_total {
            return Ok((ids, -1));
        }
        let count = connection.query_row(&query.count_sql(), params_from_iter(own.iter()), |row| row.get(0))?;
        Ok((ids, count))
    };
    let (ids, total) = read().map_err(DbError::from)?;
    Ok(Page {
        items: ids.iter().filter_map(|id| catalog.by_id(id)).cloned().collect(),
        page: params.page,
        per_page: params.per_page,
        total_items: total,
        total_pages: if params.skip_total { -1 } else { count_pages(total, params.per_page) },
    })
}

fn senseless() -> CollectionError {
    CollectionError::refused("Something went wrong while processing your request.")
}

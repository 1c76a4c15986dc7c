//! A compiled query and the statements that it can be run as.

use super::QueryError;
use super::joins::Joins;
use super::request::RequestInfo;
use super::sql::{Fragment, Numbering, Param, column, name};
use crate::schema::{Catalog, Collection};
use chrono::{DateTime, Utc};
use rusqlite::types::Value as SqlValue;
use std::borrow::Cow;
use std::sync::OnceLock;

/// SQLite joins at most 64 tables.
const MAX_JOINS: usize = 63;

/// A compiled rule, filter and sort. Its parameters come first in every statement; what a statement adds (`LIMIT`, ids,
/// the values of a would-be row) is numbered after them.
#[derive(Debug)]
pub struct Query {
    /// Quoted alias of the collection's rows: its name.
    alias: String,
    /// The collection's table, or the would-be row.
    table: String,
    /// Columns of a would-be row.
    candidate: Vec<String>,
    joins: String,
    condition: String,
    order: String,
    params: Vec<Param>,
    /// Whether a row can come up more than once.
    repeats: bool,
    view: bool,
    /// Whether nothing but the stored rows decides what it finds.
    timeless: bool,
    /// What tells rows apart in a count; `None` where rows can just be counted.
    counted: Option<String>,
    /// The columns that [`Query::view_sql`] was first asked for, with its text.
    viewed: OnceLock<(String, String)>,
}

/// Table name of a would-be row. No collection can have it, so the collection itself stays within reach.
pub(super) const CANDIDATE: &str = "new record";
/// Name of the keys of a page, which no collection can have either.
const PAGE: &str = "`page of keys`";

/// Holds, and has SQLite look whether the schema has changed since the statement was prepared. It does so by itself only
/// where a table is read, which a view need not do.
pub const FRESH: &str = "EXISTS (SELECT 1 FROM `sqlite_schema`)";

impl Query {
    pub(super) fn assemble(
        catalog: &Catalog,
        collection: &Collection,
        candidate: &[&str],
        joins: &Joins,
        condition: Option<Fragment>,
        order: String,
    ) -> Result<Self, QueryError> {
        if joins.len() > MAX_JOINS {
            return Err(QueryError::invalid("too many joined collections"));
        }
        let mut joined = Fragment::default();
        joins.write(&mut joined);
        let mut numbering = Numbering::default();
        let joined = numbering.number(joined);
        let condition = condition.map(|condition| numbering.number(condition)).unwrap_or_default();
        // The rows of a view may be equal to begin with, and a DISTINCT for any join drops the doubles.
        let repeats = joins.fan_out() || (collection.is_view() && !joins.is_empty());
        let key = if collection.is_view() { "id" } else { "_rowid_" };
        let mentions = |text: &str| joined.contains(text) || condition.contains(text);
        // What a view selects by is its author's: the clock, chance.
        let reads_view = || catalog.iter().any(|known| known.is_view() && mentions(&name(&known.name)));
        let timeless = !collection.is_view() && !mentions("strftime(") && !reads_view();
        Ok(Self {
            alias: name(&collection.name),
            table: name(if candidate.is_empty() { &collection.name } else { CANDIDATE }),
            candidate: candidate.iter().map(|&column| column.to_owned()).collect(),
            joins: joined,
            condition,
            order,
            params: numbering.params,
            repeats,
            view: collection.is_view(),
            timeless,
            counted: (repeats || collection.is_view()).then(|| column(&collection.name, key)),
            viewed: OnceLock::new(),
        })
    }

    /// A page of at most `limit` rows, −1 for all; the offset follows the query's parameters. `columns` must tell rows apart
    /// (hold the id), since a row that several joined rows lead to is returned once.
    ///
    /// The limit is part of the text: SQLite plans with it, so that one which is bound would have the statement prepared
    /// anew each time.
    pub fn list_sql(&self, columns: &str, limit: i64) -> String {
        let order = if self.order.is_empty() { String::new() } else { format!(" ORDER BY {}", self.order) };
        let page = format!("{}{order} LIMIT {limit} OFFSET ?{}", self.from(None), self.params.len() + 1);
        match &self.counted {
            // Telling whole rows apart costs far more than telling their keys apart.
            Some(key) if self.repeats && !self.view => format!(
                "SELECT {columns} FROM (SELECT DISTINCT {key} AS `key`{page}) AS {PAGE} CROSS JOIN {} ON {key} = {PAGE}.`key`",
                self.table
            ),
            _ => format!("SELECT {}{columns}{page}", if self.repeats { "DISTINCT " } else { "" }),
        }
    }

    /// The number of rows.
    pub fn count_sql(&self) -> String {
        match &self.counted {
            Some(key) => format!("SELECT COUNT(DISTINCT {key}){}", self.from(None)),
            None => format!("SELECT COUNT(*){}", self.from(None)),
        }
    }

    /// The row of an id, which follows the query's parameters.
    pub fn by_id_sql(&self, columns: &str) -> String {
        let id = format!("{}.`id` = ?{}", self.alias, self.params.len() + 1);
        format!("SELECT {columns}{} LIMIT 1", self.from(Some(&id)))
    }

    /// [`Query::by_id_sql`], kept for the columns that it was first asked for: a view asks for the same ones again and again.
    pub fn view_sql(&self, columns: &str) -> Cow<'_, str> {
        match self.viewed.get_or_init(|| (columns.to_owned(), self.by_id_sql(columns))) {
            (known, sql) if known == columns => Cow::Borrowed(sql),
            _ => Cow::Owned(self.by_id_sql(columns)),
        }
    }

    /// The rows of a JSON array of ids, which follows the query's parameters. `columns` as for [`Self::list_sql`].
    pub fn by_ids_sql(&self, columns: &str) -> String {
        let distinct = if self.repeats { "DISTINCT " } else { "" };
        let ids = format!("{}.`id` IN (SELECT `value` FROM json_each(?{}))", self.alias, self.params.len() + 1);
        format!("SELECT {distinct}{columns}{}", self.from(Some(&ids)))
    }

    /// One row when there is any. Of a would-be row the values follow the query's parameters, in the order of its columns.
    pub fn exists_sql(&self) -> String {
        let mut sql = String::new();
        for (at, column) in self.candidate.iter().enumerate() {
            // Bare parameters have no affinity, which is what create rules compare with (spec 02 §4.5).
            let separator = if at == 0 { format!("WITH {} AS (SELECT ", self.table) } else { ", ".into() };
            sql.push_str(&format!("{separator}?{} AS {}", self.params.len() + 1 + at, name(column)));
        }
        if !self.candidate.is_empty() {
            sql.push_str(") ");
        }
        format!("{sql}SELECT 1{} LIMIT 1", self.from(None))
    }

    fn from(&self, extra: Option<&str>) -> String {
        let fresh = if self.view { FRESH } else { "" };
        let conditions = [self.condition.as_str(), extra.unwrap_or_default(), fresh];
        let conditions: Vec<&str> = conditions.into_iter().filter(|part| !part.is_empty()).collect();
        let condition =
            if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
        let rename = if self.candidate.is_empty() { String::new() } else { format!(" {}", self.alias) };
        format!(" FROM {}{rename}{}{condition}", self.table, self.joins)
    }

    /// Whether what it finds changes only with the database, not with the hour.
    pub fn is_timeless(&self) -> bool {
        self.timeless
    }

    /// Whether no other row decides about one: nothing is joined and nothing selected from elsewhere.
    pub fn stays_in_its_row(&self) -> bool {
        self.joins.is_empty() && !self.condition.contains("SELECT")
    }

    /// Bytes of its SQL.
    pub(super) fn size(&self) -> usize {
        self.joins.len() + self.condition.len() + self.order.len()
    }

    /// The query's own parameters in order.
    pub fn bind(&self, request: &RequestInfo, now: DateTime<Utc>) -> Vec<SqlValue> {
        self.params.iter().map(|param| param.value(request, now)).collect()
    }
}

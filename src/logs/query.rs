//! Reading the log: pages, single rows, totals by the hour (spec 04 §5.3).

use super::Logs;
use crate::db::{Access, DbError, open};
use crate::query::{Query, RequestInfo, compile_plain};
use crate::records::{ListParams, count_pages};
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};
use serde::Serialize;
use serde_json::value::RawValue;

/// What can be filtered and sorted by.
const COLUMNS: [(&str, &str); 5] =
    [("id", "text"), ("created", "date"), ("data", "json"), ("message", "text"), ("level", "number")];

/// A row of the log, in the key order of the API.
#[derive(Debug, Serialize)]
pub struct LogRow {
    pub id: String,
    pub created: String,
    pub data: Box<RawValue>,
    pub message: String,
    pub level: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogPage {
    items: Vec<LogRow>,
    page: i64,
    per_page: i64,
    total_items: i64,
    total_pages: i64,
}

impl LogPage {
    pub fn into_items(self) -> Vec<LogRow> {
        self.items
    }
}

/// Rows of one hour.
#[derive(Debug, Serialize)]
pub struct LogTotal {
    pub date: String,
    pub total: i64,
}

#[derive(Debug, thiserror::Error)]
pub enum LogQueryError {
    #[error("the filter or sort makes no sense")]
    Senseless,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<rusqlite::Error> for LogQueryError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Db(error.into())
    }
}

impl Logs {
    /// A page of rows. Waits for the database.
    ///
    /// # Errors
    /// A filter or sort that makes no sense, or SQLite fails.
    pub fn list(&self, params: &ListParams) -> Result<LogPage, LogQueryError> {
        let connection = self.reading()?;
        let query = compiled(&params.filter, &params.sort)?;
        let own = query.bind(&RequestInfo::default(), chrono::Utc::now());
        let paged = own.iter().cloned().chain([SqlValue::Integer(params.offset())]);
        let columns = "`_logs`.`id`, `_logs`.`created`, `_logs`.`data`, `_logs`.`message`, `_logs`.`level`";
        let mut statement = connection.prepare(&query.list_sql(columns, params.per_page))?;
        let items = statement.query_map(params_from_iter(paged), read)?.collect::<rusqlite::Result<_>>()?;
        let total = if params.skip_total {
            -1
        } else {
            connection.query_row(&query.count_sql(), params_from_iter(own.iter()), |row| row.get(0))?
        };
        Ok(LogPage {
            items,
            page: params.page,
            per_page: params.per_page,
            total_items: total,
            total_pages: if params.skip_total { -1 } else { count_pages(total, params.per_page) },
        })
    }

    /// A row by its id.
    ///
    /// # Errors
    /// SQLite fails.
    pub fn view(&self, id: &str) -> Result<Option<LogRow>, LogQueryError> {
        let sql = "SELECT id, created, data, message, level FROM _logs WHERE id = ?1";
        Ok(self.reading()?.query_row(sql, [id], read).optional()?)
    }

    /// How many rows each hour has, of those that the filter lets through.
    ///
    /// # Errors
    /// A filter that makes no sense, or SQLite fails.
    pub fn totals(&self, filter: &str) -> Result<Vec<LogTotal>, LogQueryError> {
        let connection = self.reading()?;
        let query = compiled(filter, "")?;
        let own = query.bind(&RequestInfo::default(), chrono::Utc::now());
        let hour = "strftime('%Y-%m-%d %H:00:00', `_logs`.`created`)";
        let rows = query.list_sql(&format!("`_logs`.`id`, {hour} AS hour"), -1);
        let sql = format!("SELECT hour, COUNT(*) FROM ({rows}) GROUP BY hour ORDER BY hour");
        let all = own.into_iter().chain([SqlValue::Integer(0)]);
        let total = |row: &Row<'_>| {
            let hour: Option<String> = row.get(0)?;
            Ok(LogTotal { date: format!("{}.000Z", hour.unwrap_or_default()), total: row.get(1)? })
        };
        let mut statement = connection.prepare(&sql)?;
        Ok(statement.query_map(params_from_iter(all), total)?.collect::<rusqlite::Result<_>>()?)
    }

    fn reading(&self) -> Result<Connection, DbError> {
        open(&self.inner.file, Access::ReadOnly)
    }
}

fn compiled(filter: &str, sort: &str) -> Result<Query, LogQueryError> {
    compile_plain("_logs", &COLUMNS, filter, sort).map_err(|_| LogQueryError::Senseless)
}

fn read(row: &Row<'_>) -> rusqlite::Result<LogRow> {
    let data: String = row.get(2)?;
    // Whatever another program wrote there is shown as a text.
    let text = |data: String| RawValue::from_string(serde_json::Value::from(data).to_string());
    let data = RawValue::from_string(data.clone()).or_else(|_| text(data)).expect("a text is JSON");
    Ok(LogRow { id: row.get(0)?, created: row.get(1)?, data, message: row.get(3)?, level: row.get(4)? })
}

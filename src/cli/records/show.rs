//! Records on stdout: a table for people, a line each for pipes, one object with `--json`.

use super::place::Page;
use crate::cli::table::{printable, table};
use crate::cli::{CliResult, Context, print};
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};
use std::io::IsTerminal;

/// Keys that say the same of all records.
const OF_ALL: [&str; 2] = ["collectionId", "collectionName"];

/// A page of records.
///
/// # Errors
/// stdout cannot be written.
pub fn page(context: &Context, page: &Page) -> CliResult {
    if context.global.json() {
        return print(&format!("{{\"ok\":true,{}", page.text.trim_start().trim_start_matches('{')));
    }
    if context.global.quiet {
        return Ok(());
    }
    if !std::io::stdout().is_terminal() {
        let lines: Vec<&str> = page.items.iter().map(|item| item.get()).collect();
        return print(&lines.join("\n"));
    }
    let records: Vec<Map<String, Json>> =
        page.items.iter().map(|item| serde_json::from_str(item.get()).unwrap_or_default()).collect();
    let mut header: Vec<String> = Vec::new();
    for key in records.iter().flat_map(Map::keys) {
        if !header.contains(key) && !OF_ALL.contains(&key.as_str()) {
            header.push(key.clone());
        }
    }
    // What names a record comes first.
    header.sort_by_key(|key| key != "id");
    let rows: Vec<Vec<String>> =
        records.iter().map(|record| header.iter().map(|key| cell(record.get(key))).collect()).collect();
    if !rows.is_empty() {
        print(&table(&header, &rows))?;
    }
    context.output().note(&format!("page {} of {}, {} records", page.page, page.total_pages, page.total_items));
    Ok(())
}

/// One record.
///
/// # Errors
/// stdout cannot be written.
pub fn record(context: &Context, record: &RawValue) -> CliResult {
    let text = record.get();
    if context.global.json() {
        return print(&format!("{{\"ok\":true,\"record\":{text}}}"));
    }
    if context.global.quiet {
        return Ok(());
    }
    if !std::io::stdout().is_terminal() {
        return print(text);
    }
    let record: Map<String, Json> = serde_json::from_str(text).unwrap_or_default();
    let width = record.keys().map(String::len).max().unwrap_or_default();
    let line = |(key, value): (&String, &Json)| format!("{key:width$}  {}", printable(&cell(Some(value))));
    print(&record.iter().map(line).collect::<Vec<_>>().join("\n"))
}

fn cell(value: Option<&Json>) -> String {
    match value {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

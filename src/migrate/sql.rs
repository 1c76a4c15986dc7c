//! Pieces of SQL text.

use crate::schema::{Collection, Field};
use serde_json::{Value as Json, json};

/// A string literal. What a migration file does not keep, or would take for a mark of its own, is no part of its text.
pub fn literal(text: &str) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let has_marks = text.lines().any(|line| line.trim().starts_with("-- pbr:"));
    let encoded = |c: &char| *c == '\r' || (*c == '\n' && has_marks);
    if !text.chars().any(|c| encoded(&c)) {
        return quoted(text);
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((at, c)) = rest.char_indices().find(|(_, c)| encoded(c)) {
        parts.extend([quoted(&rest[..at]), format!("char({})", u32::from(c))]);
        rest = &rest[at + 1..];
    }
    parts.push(quoted(rest));
    format!("({})", parts.join(" || "))
}

/// A comment of one line, whatever the text holds: what follows a line break would be run.
pub fn comment(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    format!("-- {}\n", text.split(breaks).collect::<Vec<_>>().join(" "))
}

fn nullable(text: Option<&str>) -> String {
    text.map_or_else(|| "NULL".to_owned(), literal)
}

const TOKENS: [&str; 5] = ["authToken", "emailChangeToken", "fileToken", "passwordResetToken", "verificationToken"];

/// Writes the whole row of a collection, whatever the table held before.
///
/// No secret is written: token secrets are drawn when the row is inserted and kept when it exists; client secrets
/// stay `${env:NAME}` until `up` fills them in. `rotate` draws a new secret for login tokens, which revokes them.
pub fn upsert_row(collection: &Collection, rotate: bool) -> String {
    let rules = &collection.rules;
    let options = options_sql(collection);
    let kept_options = if collection.is_auth() { keep_secrets(rotate) } else { "excluded.`options`".to_owned() };
    let now = "strftime('%Y-%m-%d %H:%M:%fZ', 'now')";
    let columns = [
        ("id", literal(&collection.id)),
        ("system", if collection.system { "TRUE" } else { "FALSE" }.to_owned()),
        ("type", literal(collection.kind.name())),
        ("name", literal(&collection.name)),
        ("listRule", nullable(rules.list.as_deref())),
        ("viewRule", nullable(rules.view.as_deref())),
        ("createRule", nullable(rules.create.as_deref())),
        ("updateRule", nullable(rules.update.as_deref())),
        ("deleteRule", nullable(rules.delete.as_deref())),
        ("fields", lines(collection.fields.iter().map(Field::to_json))),
        ("indexes", lines(collection.indexes.iter().map(|index| json!(index)))),
        ("options", options),
        ("created", now.to_owned()),
        ("updated", now.to_owned()),
    ];
    let names: Vec<String> = columns.iter().map(|(name, _)| format!("`{name}`")).collect();
    let values: Vec<&str> = columns.iter().map(|(_, value)| value.as_str()).collect();
    let updates: Vec<String> = columns
        .iter()
        .filter(|(name, _)| !matches!(*name, "id" | "created" | "options"))
        .map(|(name, _)| format!("`{name}` = excluded.`{name}`"))
        .chain([format!("`options` = {kept_options}")])
        .collect();
    format!(
        "INSERT INTO `_collections` ({})\nVALUES (\n  {}\n)\nON CONFLICT (`id`) DO UPDATE SET\n  {};",
        names.join(", "),
        values.join(",\n  "),
        updates.join(",\n  "),
    )
}

/// A JSON array with one element a line: short to review, and stored without the white space.
fn lines(items: impl Iterator<Item = Json>) -> String {
    let items: Vec<String> = items.map(|item| format!("    {item}")).collect();
    if items.is_empty() {
        "'[]'".to_owned()
    } else {
        format!("json({})", literal(&format!("[\n{}\n  ]", items.join(",\n"))))
    }
}

fn options_sql(collection: &Collection) -> String {
    let json = match collection.auth() {
        None => return format!("json({})", literal(&collection.options_json())),
        Some(options) => {
            let mut options = options.clone();
            options.tokens_mut().into_iter().for_each(|token| token.secret.clear());
            for provider in &mut options.oauth2.providers {
                if !crate::schema::yaml::is_placeholder(&provider.client_secret) {
                    provider.client_secret.clear();
                }
            }
            json!(options)
        }
    };
    let pretty = serde_json::to_string_pretty(&json).expect("auth options are plain data").replace('\n', "\n  ");
    let secrets: Vec<String> =
        TOKENS.iter().map(|token| format!("'$.{token}.secret', lower(hex(randomblob(25)))")).collect();
    format!("json_set({}, {})", literal(&pretty), secrets.join(", "))
}

fn keep_secrets(rotate: bool) -> String {
    let kept = TOKENS.iter().filter(|token| !(rotate && **token == "authToken")).map(|token| {
        format!(
            "'$.{token}.secret', coalesce(nullif(json_extract(`_collections`.`options`, '$.{token}.secret'), ''), \
             json_extract(excluded.`options`, '$.{token}.secret'))"
        )
    });
    format!("json_set(excluded.`options`, {})", kept.collect::<Vec<_>>().join(", "))
}

/// The list with one value that a single select, relation or file column held.
pub fn single_to_multiple(column: &str) -> String {
    format!(
        "CASE WHEN coalesce({column}, '') = '' THEN '[]' WHEN json_valid({column}) THEN \
         CASE json_type({column}) WHEN 'array' THEN {column} ELSE json_array({column}) END \
         ELSE json_array({column}) END"
    )
}

/// The last value of a list, as PocketBase keeps it.
pub fn multiple_to_single(column: &str) -> String {
    format!(
        "CASE WHEN coalesce({column}, '') IN ('', '[]') THEN '' WHEN json_valid({column}) THEN \
         CASE json_type({column}) WHEN 'array' THEN coalesce(json_extract({column}, '$[#-1]'), '') ELSE {column} END \
         ELSE {column} END"
    )
}

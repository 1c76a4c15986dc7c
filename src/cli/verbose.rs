//! What `-v` and `-vv` add on stderr.

use super::Context;
use crate::db;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

/// With `-vv`, shows every statement that runs on a database file, with its time.
pub fn trace_sql(context: &Context) {
    if context.global.verbose > 1 {
        db::trace_all(Arc::new(show));
    }
}

fn show(sql: &str, time: Duration) {
    let sql = without_texts(sql);
    let _ = writeln!(anstream::stderr().lock(), "[{:.2}ms] {}", time.as_secs_f64() * 1000.0, sql.trim());
}

/// The statement with `'…'` for its texts, which could be secrets; JSON paths and empty texts stay.
fn without_texts(sql: &str) -> String {
    let mut shown = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(at) = rest.find(['\'', '"', '`']) {
        let quote = char::from(rest.as_bytes()[at]);
        let inside = &rest[at + 1..];
        let length = text_length(inside, quote);
        let text = &inside[..length];
        shown.push_str(&rest[..=at]);
        let harmless = quote != '\'' || text.is_empty() || text.starts_with('$');
        shown.push_str(if harmless { text } else { "…" });
        rest = &inside[length..];
        if let Some(behind) = rest.strip_prefix(quote) {
            shown.push(quote);
            rest = behind;
        }
    }
    shown + rest
}

/// Bytes up to the quote that ends the text; a doubled one belongs to it.
fn text_length(inside: &str, quote: char) -> usize {
    let bytes = inside.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == quote as u8 {
            if bytes.get(at + 1) != Some(&(quote as u8)) {
                return at;
            }
            at += 1;
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_hidden_and_names_paths_and_numbers_are_not() {
        for (sql, shown) in [
            ("SELECT 1", "SELECT 1"),
            ("UPDATE `a` SET b = 'it''s secret', \"c'd\" = ''", "UPDATE `a` SET b = '…', \"c'd\" = ''"),
            (
                "SELECT json_extract(x, '$.a') FROM t WHERE k = 'ü'",
                "SELECT json_extract(x, '$.a') FROM t WHERE k = '…'",
            ),
            ("SELECT 'open", "SELECT '…"),
        ] {
            assert_eq!(without_texts(sql), shown);
        }
    }
}

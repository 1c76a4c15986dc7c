//! Pieces of SQL with their parameters.

use super::macros::Macro;
use super::request::{Input, RequestInfo};
use chrono::{DateTime, Utc};
use rusqlite::types::Value as SqlValue;

/// A value that is bound when the query runs. Nothing of a filter's literals is ever part of the SQL text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Param {
    Text(String),
    Number(f64),
    Macro(Macro),
    Input(Input),
    /// The pattern of a LIKE that looks for the value.
    Like(Box<Param>),
}

impl Param {
    pub fn value(&self, request: &RequestInfo, now: DateTime<Utc>) -> SqlValue {
        match self {
            Self::Text(text) => SqlValue::Text(text.clone()),
            Self::Number(number) => SqlValue::Real(*number),
            Self::Macro(name) => name.value(now),
            Self::Input(input) => input.value(request),
            Self::Like(inner) => SqlValue::Text(like_pattern(&inner.text(request, now))),
        }
    }

    fn text(&self, request: &RequestInfo, now: DateTime<Utc>) -> String {
        match self {
            Self::Input(input) => input.text(request),
            other => match other.value(request, now) {
                SqlValue::Text(text) => text,
                SqlValue::Integer(number) => number.to_string(),
                SqlValue::Real(number) => number.to_string(),
                SqlValue::Null | SqlValue::Blob(_) => String::new(),
            },
        }
    }
}

/// A text that holds an unescaped `%` is a pattern already; in any other text `\`, `%` and `_` stand for themselves.
fn like_pattern(text: &str) -> String {
    let mut escaped = false;
    for c in text.chars() {
        if c == '%' && !escaped {
            return text.to_owned();
        }
        escaped = c == '\\' && !escaped;
    }
    format!("%{}%", escape_like(text))
}

/// Escapes what is not escaped yet. Read from the end, because a backslash escapes what follows it.
fn escape_like(text: &str) -> String {
    let mut reversed = Vec::with_capacity(text.len() + 8);
    let mut special = false;
    for c in text.chars().rev() {
        if special {
            if c != '\\' {
                reversed.push('\\');
            }
            special = false;
        } else {
            special = matches!(c, '\\' | '%' | '_');
        }
        reversed.push(c);
    }
    if special {
        reversed.push('\\');
    }
    reversed.into_iter().rev().collect()
}

/// Stands for the next parameter in the text of a [`Fragment`]; no name may hold it.
const MARK: char = '\u{1}';

/// SQL text in which every [`MARK`] stands for the next parameter.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Fragment {
    pub text: String,
    pub params: Vec<Param>,
}

impl Fragment {
    pub fn param(param: Param) -> Self {
        Self { text: MARK.into(), params: vec![param] }
    }

    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    pub fn append(&mut self, other: &Fragment) -> &mut Self {
        self.text.push_str(&other.text);
        self.params.extend_from_slice(&other.params);
        self
    }

    /// Puts the fragment between two texts.
    pub fn between(mut self, before: &str, after: &str) -> Self {
        self.text.insert_str(0, before);
        self.text.push_str(after);
        self
    }

    /// Ties conditions together; `None` of none.
    pub fn all(conditions: impl IntoIterator<Item = Fragment>) -> Option<Fragment> {
        conditions.into_iter().reduce(|mut left, right| {
            left.push(" AND ").append(&right);
            left
        })
    }
}

impl From<String> for Fragment {
    fn from(text: String) -> Self {
        Self { text, params: Vec::new() }
    }
}

impl From<&str> for Fragment {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// Gives the parameters of several fragments one numbering; equal ones are bound once.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    pub params: Vec<Param>,
}

impl Numbering {
    pub fn number(&mut self, fragment: Fragment) -> String {
        let mut params = fragment.params.into_iter();
        let mut out = String::with_capacity(fragment.text.len() + 8);
        for part in fragment.text.split_inclusive(MARK) {
            let Some(text) = part.strip_suffix(MARK) else {
                out.push_str(part);
                continue;
            };
            let param = params.next().expect("a fragment has one parameter for every mark");
            let at = self.params.iter().position(|known| *known == param).unwrap_or_else(|| {
                self.params.push(param);
                self.params.len() - 1
            });
            out.push_str(text);
            out.push('?');
            out.push_str(&(at + 1).to_string());
        }
        debug_assert!(params.next().is_none(), "a fragment has one mark for every parameter");
        out
    }
}

/// A quoted identifier.
pub(super) fn name(identifier: &str) -> String {
    let mut out = String::with_capacity(identifier.len() + 2);
    out.push('`');
    for c in identifier.chars().filter(|c| *c != MARK) {
        out.push(c);
        if c == '`' {
            out.push(c);
        }
    }
    out.push('`');
    out
}

/// A column of a table alias.
pub(super) fn column(alias: &str, field: &str) -> String {
    format!("{}.{}", name(alias), name(field))
}

/// The column as a JSON array: a scalar is an array of one item, an empty text of one empty item.
pub(super) fn json_array(column: &str) -> String {
    format!(
        "CASE WHEN iif(json_valid({column}), json_type({column}) = 'array', FALSE) THEN {column} ELSE json_array({column}) END"
    )
}

/// How many items the column holds; none when it is empty.
pub(super) fn json_length(column: &str) -> String {
    format!(
        "json_array_length(CASE WHEN iif(json_valid({column}), json_type({column}) = 'array', FALSE) THEN {column} \
         ELSE (CASE WHEN {column} = '' OR {column} IS NULL THEN json_array() ELSE json_array({column}) END) END)"
    )
}

/// The value at a JSON path (`""`, `.a`, `[0].b`) of a column that may hold text that is not JSON.
pub(super) fn json_value(column: &str, path: &str) -> String {
    format!(
        "(CASE WHEN json_valid({column}) THEN JSON_EXTRACT({column}, '${path}') \
         ELSE JSON_EXTRACT(json_object('pb', {column}), '$.pb{path}') END)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_patterns_escape_only_texts_without_a_wildcard() {
        let cases = [
            ("", "%%"),
            ("abc", "%abc%"),
            ("a_b", r"%a\_b%"),
            ("a_b%", "a_b%"),
            (r"50\%", r"%50\%%"),
            (r"off\x", r"%off\\x%"),
            (r"\\%", r"\\%"),
            ("_", r"%\_%"),
        ];
        for (text, pattern) in cases {
            assert_eq!(like_pattern(text), pattern, "{text}");
        }
    }

    #[test]
    fn equal_parameters_share_a_number() {
        let mut numbering = Numbering::default();
        let mut fragment = Fragment::param(Param::Number(1.0));
        fragment.push(" = ").append(&Fragment::param(Param::Text("x".into())));
        fragment.push(" OR ").append(&Fragment::param(Param::Number(1.0)));
        assert_eq!(numbering.number(fragment), "?1 = ?2 OR ?1");
    }
}

//! Why a rule, filter or sort was refused.

/// A refused rule, filter or sort.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum QueryError {
    /// Text that only superusers may use in a filter or sort: a 403 with this message (spec 02 §4.7).
    #[error("{0}")]
    Forbidden(&'static str),
    /// Anything else, with the raw text that is shown when a rule is saved (spec 02 §1.5).
    #[error("{0}")]
    Invalid(String),
}

impl QueryError {
    pub(super) fn invalid(text: impl Into<String>) -> Self {
        Self::Invalid(text.into())
    }
}

/// The text in double quotes, escaped the way the raw error texts are.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    text.chars().for_each(|c| push_escaped(c, '"', &mut out));
    out.push('"');
    out
}

/// The character in single quotes.
pub(super) fn quoted_char(c: char) -> String {
    let mut out = String::from("'");
    push_escaped(c, '\'', &mut out);
    out.push('\'');
    out
}

fn push_escaped(c: char, quote: char, out: &mut String) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{7}' => out.push_str("\\a"),
        '\u{8}' => out.push_str("\\b"),
        '\u{b}' => out.push_str("\\v"),
        '\u{c}' => out.push_str("\\f"),
        '\\' => out.push_str("\\\\"),
        c if c == quote => out.extend(['\\', c]),
        c if u32::from(c) < 0x80 && c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
        // What Rust would not print as it is has no glyph.
        c if c.escape_debug().len() > 1 && !matches!(c, '\'' | '"') => match u32::from(c) {
            code @ ..=0xffff => out.push_str(&format!("\\u{code:04x}")),
            code => out.push_str(&format!("\\U{code:08x}")),
        },
        c => out.push(c),
    }
}

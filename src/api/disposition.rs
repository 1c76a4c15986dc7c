//! The `Content-Disposition` of a part of a form, read as Go's `mime` package reads it (RFC 2183, RFC 2231).

use percent_encoding::percent_decode_str;
use std::collections::HashMap;

/// What a part is called.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Disposition {
    /// The key in the form; empty for what is no part of one.
    pub name: String,
    /// The last segment of the file's name; `None` for a text, and for the file that was not chosen in a browser.
    pub file: Option<String>,
}

impl Disposition {
    pub fn parse(header: &[u8]) -> Self {
        let header = String::from_utf8_lossy(header);
        let mut params = params(&header).unwrap_or_default();
        let file = params.remove("filename").filter(|path| !path.is_empty());
        Self {
            name: params.remove("name").unwrap_or_default(),
            file: file.map(|path| match path.trim_end_matches('/').rsplit('/').next() {
                None | Some("") => "/".to_owned(),
                Some(name) => name.to_owned(),
            }),
        }
    }
}

type Params = HashMap<String, String>;

/// The parameters of `form-data`; `None` where anything is malformed.
fn params(header: &str) -> Option<Params> {
    let (kind, _) = header.split_once(';').unwrap_or((header, ""));
    if !kind.trim().eq_ignore_ascii_case("form-data") {
        return None;
    }
    let mut rest = header[kind.len()..].trim_start();
    let (mut plain, mut pieces) = (Params::new(), HashMap::<String, Params>::new());
    while !rest.is_empty() {
        let Some((key, value, behind)) = param(rest) else {
            // A semicolon at the end is fine.
            return (rest.trim() == ";").then(|| joined(plain, &pieces));
        };
        let target = match key.split_once('*') {
            Some((base, _)) => pieces.entry(base.to_owned()).or_default(),
            None => &mut plain,
        };
        if target.get(&key).is_some_and(|known| *known != value) {
            return None;
        }
        target.insert(key, value);
        rest = behind.trim_start();
    }
    Some(joined(plain, &pieces))
}

/// `; key=value`, and what follows it.
fn param(text: &str) -> Option<(String, String, &str)> {
    let text = text.strip_prefix(';')?.trim_start();
    let (key, text) = token(text);
    let text = text.trim_start().strip_prefix('=')?.trim_start();
    let (value, rest) = match text.strip_prefix('"') {
        Some(quoted) => unquoted(quoted)?,
        None => {
            let (value, rest) = token(text);
            (value.to_owned(), rest)
        }
    };
    let is_there = !key.is_empty() && (!value.is_empty() || rest.len() < text.len());
    is_there.then(|| (key.to_ascii_lowercase(), value, rest))
}

fn is_special(byte: char) -> bool {
    "()<>@,;:\\\"/[]?=".contains(byte)
}

fn token(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_graphic() || is_special(c)).unwrap_or(text.len());
    text.split_at(end)
}

/// A text up to the closing quote. Where nothing had to be escaped, a backslash is a part of an unescaped Windows path.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((out, &text[at + 1..])),
            '\r' | '\n' => return None,
            '\\' => match text[at + 1..].chars().next() {
                Some(next) if is_special(next) => {
                    out.push(next);
                    chars.next();
                }
                _ => out.push(c),
            },
            c => out.push(c),
        }
    }
    None
}

/// Puts values that came encoded or in pieces (`filename*`, `filename*0`, `filename*1*`) in place of the plain ones.
fn joined(mut plain: Params, pieces: &HashMap<String, Params>) -> Params {
    for (key, pieces) in pieces {
        if let Some(encoded) = pieces.get(&format!("{key}*")) {
            if let Some(value) = decoded(encoded) {
                plain.insert(key.clone(), value);
            }
            continue;
        }
        let mut value = None;
        for number in 0.. {
            let name = format!("{key}*{number}");
            let part = match (pieces.get(&name), pieces.get(&format!("{name}*"))) {
                (Some(simple), _) => simple.clone(),
                (None, Some(encoded)) if number == 0 => decoded(encoded).unwrap_or_default(),
                (None, Some(encoded)) => unescaped(encoded).unwrap_or_default(),
                (None, None) => break,
            };
            value.get_or_insert_with(String::new).push_str(&part);
        }
        if let Some(value) = value {
            plain.insert(key.clone(), value);
        }
    }
    plain
}

/// `utf-8'language'na%C3%AFve`.
fn decoded(text: &str) -> Option<String> {
    let mut parts = text.splitn(3, '\'');
    let (charset, _, value) = (parts.next()?, parts.next()?, parts.next()?);
    let known = charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("us-ascii");
    known.then(|| unescaped(value)).flatten()
}

fn unescaped(text: &str) -> Option<String> {
    let whole =
        text.split('%').skip(1).all(|rest| rest.len() >= 2 && rest.bytes().take(2).all(|b| b.is_ascii_hexdigit()));
    whole.then(|| percent_decode_str(text).decode_utf8_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(header: &str) -> (String, Option<String>) {
        let Disposition { name, file } = Disposition::parse(header.as_bytes());
        (name, file)
    }

    #[test]
    fn names_come_in_many_forms() {
        for (header, name, file) in [
            ("form-data; name=\"a\"", "a", None),
            ("Form-Data;NAME=a", "a", None),
            ("form-data; name=a;", "a", None),
            ("form-data; name=\"a\"; filename=\"\"", "a", None),
            ("form-data; name=\"a\"; filename=\"x.txt\"", "a", Some("x.txt")),
            ("form-data; name=\"a\"; FILENAME=\"dir/x.txt\"", "a", Some("x.txt")),
            ("form-data; name=\"a\"; filename=\"C:\\dir\\x.txt\"", "a", Some("C:\\dir\\x.txt")),
            ("form-data; name=\"a\"; filename=\"say \\\"x\\\".txt\"", "a", Some("say \"x\".txt")),
            ("form-data; name=\"a\"; filename*=utf-8''na%C3%AFve.txt", "a", Some("naïve.txt")),
            ("form-data; name=\"a\"; filename=\"na_ve\"; filename*=UTF-8'en'na%C3%AFve", "a", Some("naïve")),
            ("form-data; name=\"a\"; filename=\"x\"; filename*=latin1''na%EFve", "a", Some("x")),
            ("form-data; name=\"a\"; filename=\"x\"; filename*=utf-8''%zz", "a", Some("x")),
            ("form-data; name=\"a\"; filename*0=\"long\"; filename*1*=%20name", "a", Some("long name")),
            ("form-data; name*=utf-8''%C3%BC", "ü", None),
            ("form-data; name=\"a\"; filename=\"/\"", "a", Some("/")),
            ("form-data; name=\"ü ;\"", "ü ;", None),
            ("form-data", "", None),
            ("form-data; name=\"a\"; name=\"b\"", "", None),
            ("form-data; name=\"a", "", None),
            ("form-data; name=\"a\" x", "", None),
            ("attachment; name=\"a\"; filename=\"x\"", "", None),
            ("", "", None),
        ] {
            assert_eq!(parsed(header), (name.to_owned(), file.map(str::to_owned)), "{header}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read(header in prop::collection::vec(any::<u8>(), 0..60), text in "form-data;[ -~ü]{0,40}") {
            Disposition::parse(&header);
            Disposition::parse(text.as_bytes());
        }

        #[test]
        fn a_quoted_name_comes_back(name in "[^\r\n/]{1,20}") {
            let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
            prop_assert_eq!(parsed(&format!("form-data; name=a; filename=\"{quoted}\"")).1, Some(name));
        }
    }
}

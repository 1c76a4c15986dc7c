//! `url`: an address that PocketBase's URL check accepts (spec 01 Appendix A).

use super::cast::{column_text, json_to_string, write_column_text};
use super::domains::{check_domain_lists, domain_allowed, domains_narrow};
use super::{Field, FieldKind, FieldType, Sample, Value};
use crate::schema::errors::FieldError;
use regex::Regex;
use rusqlite::types::ValueRef;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::sync::LazyLock;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct UrlField {
    pub only_domains: Vec<String>,
    pub except_domains: Vec<String>,
}

impl FieldType for UrlField {
    fn column(&self) -> &'static str {
        "TEXT DEFAULT '' NOT NULL"
    }

    fn zero(&self) -> Value {
        Value::Text(String::new())
    }

    fn normalise(&self, input: &Json) -> Value {
        Value::Text(json_to_string(input))
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), FieldError> {
        let address = value.as_text();
        if address.is_empty() {
            return if field.required { Err(FieldError::required()) } else { Ok(()) };
        }
        if !is_url(address) {
            return Err(FieldError::new("validation_invalid_url", "Must be a valid url."));
        }
        if !domain_allowed(host(address), &self.only_domains, &self.except_domains) {
            let message = "Url domain is not allowed.";
            return Err(FieldError::new("validation_url_domain_not_allowed", message));
        }
        Ok(())
    }

    fn read(&self, column: ValueRef<'_>) -> Value {
        Value::Text(column_text(column).into_owned())
    }

    fn write_json(&self, column: ValueRef<'_>, out: &mut Vec<u8>) {
        write_column_text(column, out);
    }

    fn check_options(&self, _field: &Field, errors: &mut Vec<(String, FieldError)>) {
        check_domain_lists(&self.only_domains, &self.except_domains, errors);
    }

    fn import_text(&self, text: &str) -> Result<Value, String> {
        Ok(Value::Text(text.to_owned()))
    }

    fn narrows(&self, former: &FieldKind) -> bool {
        let FieldKind::Url(former) = former else { return false };
        domains_narrow((&former.only_domains, &former.except_domains), (&self.only_domains, &self.except_domains))
    }

    fn sample(&self, _field: &Field) -> Option<Sample> {
        Some(Sample::Fake("url", Vec::new()))
    }

    fn anonymous(&self, _field: &Field, _owner: &str, number: usize) -> Option<Json> {
        Some(format!("https://example.com/{number}").into())
    }
}

/// Host and port of an absolute address, without user information.
fn host(address: &str) -> &str {
    let Some((_, rest)) = address.split_once("://") else { return "" };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

/// PocketBase's idea of a URL: a scheme is optional, a bare host needs a dot or a port.
pub fn is_url(address: &str) -> bool {
    static PATTERN: LazyLock<Regex> = LazyLock::new(|| Regex::new(&pattern()).expect("the URL grammar is valid"));
    if !(4..=2082).contains(&address.chars().count()) || address.starts_with('.') {
        return false;
    }
    let with_scheme = if address.contains(':') && !address.contains("://") {
        format!("http://{address}")
    } else {
        address.to_owned()
    };
    match with_scheme.split_once("://") {
        Some((_, rest)) => {
            let host = host(&with_scheme);
            if host.starts_with('.') || host.is_empty() && !rest.is_empty() && !rest.contains('.') {
                return false;
            }
        }
        None if !address.contains('.') => return false,
        None => {}
    }
    PATTERN.is_match(address) && escapes_are_whole(&with_scheme)
}

/// Every `%` before the query starts two hexadecimal digits.
fn escapes_are_whole(address: &str) -> bool {
    let path = address.split(['?']).next().unwrap_or_default();
    path.split('%').skip(1).all(|rest| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit()))
}

fn pattern() -> String {
    let byte = r"([1-9]\d?|1\d\d|2[01]\d|22[0-3]|24\d|25[0-5])(\.(\d{1,2}|1\d\d|2[0-4]\d|25[0-5])){2}\.([0-9]\d?|1\d\d|2[0-4]\d|25[0-5])";
    let six = r"\[[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(%[0-9a-zA-Z]+)?\]";
    let wide = r"a-zA-Z\x{00a1}-\x{ffff}";
    let name = format!(
        r"((([a-zA-Z0-9]([a-zA-Z0-9\-_]+)?[a-zA-Z0-9]([-.][a-zA-Z0-9]+)*)|((www\.)|([a-zA-Z0-9]+([-_.]?[a-zA-Z0-9])*[a-zA-Z0-9]\.[a-zA-Z0-9]+))?)?(([{wide}0-9]+-?-?)*[{wide}0-9]+)(\.([{wide}]+)?)?)"
    );
    with_ascii_digits(&format!(
        r"^((ftp|tcp|udp|wss?|https?)://)?(\S+(:\S*)?@)?({byte}|{six}|{name})\.?(:(\d{{1,5}}))?((/|\?|#)[^\s]*)?$"
    ))
}

fn with_ascii_digits(pattern: &str) -> String {
    pattern.replace(r"\d", "[0-9]")
}

#[cfg(test)]
mod tests {
    use super::is_url;

    #[test]
    fn addresses_follow_the_check() {
        for valid in [
            "www.a.com/x",
            "a.bc",
            "localhost:8080",
            "mailto:a@b.c",
            "tel:123",
            "ws://a.b",
            "ftp://a.b",
            "https://example.com/a?b=c#d",
            "http://127.0.0.1:8090",
            "http://[::1]:80/",
        ] {
            assert!(is_url(valid), "{valid}");
        }
        for invalid in
            ["a.b", "localhost", "HTTP://A.B", "http://a_b.c", "http://1.2.3", "file:///a.b", "/path", "http://a b.c"]
        {
            assert!(!is_url(invalid), "{invalid}");
        }
    }
}

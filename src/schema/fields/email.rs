//! `email`: an address, checked by PocketBase's pattern; never trimmed or lower-cased.

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
pub struct EmailField {
    pub only_domains: Vec<String>,
    pub except_domains: Vec<String>,
}

impl FieldType for EmailField {
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
        if !is_email(address) {
            return Err(FieldError::new("validation_is_email", "Must be a valid email address."));
        }
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        if !domain_allowed(domain, &self.only_domains, &self.except_domains) {
            let message = "Email domain is not allowed.";
            return Err(FieldError::new("validation_email_domain_not_allowed", message));
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
        let FieldKind::Email(former) = former else { return false };
        domains_narrow((&former.only_domains, &former.except_domains), (&self.only_domains, &self.except_domains))
    }

    fn sample(&self, _field: &Field) -> Option<Sample> {
        Some(Sample::Fake("email", Vec::new()))
    }

    fn anonymous(&self, _field: &Field, owner: &str, number: usize) -> Option<Json> {
        Some(format!("{owner}{number}@example.com").into())
    }
}

/// The address grammar of spec 01 Appendix A.
pub fn is_email(address: &str) -> bool {
    static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
        let wide = r"\x{00A0}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}";
        let atom = format!(r"[a-zA-Z0-9!#$%&'*+\-/=?^_`{{|}}~{wide}]+");
        let space = r"(((\x20|\x09)*\x0d\x0a)?(\x20|\x09)+)?";
        let quoted = format!(
            r"\x22{space}([\x01-\x08\x0b\x0c\x0e-\x1f\x7f\x21\x23-\x5b\x5d-\x7e{wide}]|\([\x01-\x09\x0b\x0c\x0d-\x7f{wide}]){space}\x22"
        );
        let end = format!("[a-zA-Z0-9{wide}]");
        let label = format!(r"({end}|{end}[a-zA-Z0-9\-._~{wide}]*{end})");
        let top_end = format!("[a-zA-Z{wide}]");
        let top = format!(r"({top_end}|{top_end}[a-zA-Z0-9\-_~{wide}]*{top_end})");
        Regex::new(&format!(r"^(({atom}(\.{atom})*)|({quoted}))@({label}\.)+{top}\.?$"))
            .expect("the address grammar is a valid pattern")
    });
    PATTERN.is_match(address)
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn addresses_follow_the_grammar() {
        for valid in ["a@b.co", "a@b.co.", "ä@b.c", "a@b_c.d", "\"a\"@c.com", "first.last+tag@sub.example.com"] {
            assert!(is_email(valid), "{valid}");
        }
        for invalid in ["a@b", "a@b.c1", "a@127.0.0.1", "\"a b\"@c.com", ".a@b.co", "a.@b.co", " a@b.co", "a@b.co "] {
            assert!(!is_email(invalid), "{invalid}");
        }
    }
}

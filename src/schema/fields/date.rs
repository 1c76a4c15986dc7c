//! `date`: a moment in UTC with milliseconds, `""` when unset.

use super::cast::{column_text, write_json_string};
use super::datetime::{parse_datetime, parse_datetime_up};
use super::{Field, FieldKind, FieldType, Sample, Value, shown};
use crate::schema::errors::FieldError;
use rusqlite::types::ValueRef;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value as Json;

/// Bounds are inclusive and in the wire format; `""` is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DateField {
    #[serde(deserialize_with = "datetime_or_empty")]
    pub min: String,
    #[serde(deserialize_with = "datetime_or_empty")]
    pub max: String,
}

fn datetime_or_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(parse_datetime(&String::deserialize(deserializer)?).unwrap_or_default())
}

impl FieldType for DateField {
    fn column(&self) -> &'static str {
        "TEXT DEFAULT '' NOT NULL"
    }

    fn zero(&self) -> Value {
        Value::Text(String::new())
    }

    fn normalise(&self, input: &Json) -> Value {
        let value = normalise_date(input);
        // What is cut off still counts against the limit.
        let is_limit = !self.max.is_empty() && value.as_text() == self.max;
        let later = input.as_str().filter(|_| is_limit).and_then(parse_datetime_up);
        later.map_or(value, Value::Text)
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), FieldError> {
        let moment = value.as_text();
        if moment.is_empty() {
            return if field.required { Err(FieldError::required()) } else { Ok(()) };
        }
        let bound = |text: &str| format!("{} +0000 UTC", text.trim_end_matches('Z').trim_end_matches(".000"));
        let threshold = |text: &str| text.replacen(' ', "T", 1).replacen(".000Z", "Z", 1);
        if !self.min.is_empty() && moment < self.min.as_str() {
            let message = format!("Must be no less than {}.", bound(&self.min));
            return Err(FieldError::new("validation_min_greater_equal_than_required", message)
                .with("threshold", threshold(&self.min)));
        }
        if !self.max.is_empty() && moment > self.max.as_str() {
            let message = format!("Must be no greater than {}.", bound(&self.max));
            return Err(FieldError::new("validation_max_less_equal_than_required", message)
                .with("threshold", threshold(&self.max)));
        }
        Ok(())
    }

    fn read(&self, column: ValueRef<'_>) -> Value {
        Value::Text(read_date(column))
    }

    fn write_json(&self, column: ValueRef<'_>, out: &mut Vec<u8>) {
        write_date(column, out);
    }

    fn import_text(&self, text: &str) -> Result<Value, String> {
        import_date(text)
    }

    fn narrows(&self, former: &FieldKind) -> bool {
        let FieldKind::Date(former) = former else { return false };
        self.min > former.min || (!self.max.is_empty() && (former.max.is_empty() || self.max < former.max))
    }

    /// A number is no date, however it is written.
    fn is_written_as_text(&self) -> bool {
        false
    }

    fn sample(&self, _field: &Field) -> Option<Sample> {
        Some(Sample::Fake("time.past", Vec::new()))
    }

    fn anonymous(&self, _field: &Field, _owner: &str, _number: usize) -> Option<Json> {
        Some("2000-01-01 00:00:00.000Z".into())
    }
}

pub fn normalise_date(input: &Json) -> Value {
    Value::Text(input.as_str().and_then(parse_datetime).unwrap_or_default())
}

/// An empty text is no date at all.
pub fn import_date(text: &str) -> Result<Value, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Value::Text(String::new()));
    }
    parse_datetime(text).map(Value::Text).ok_or_else(|| format!("`{}` is no date", shown(text)))
}

pub fn read_date(column: ValueRef<'_>) -> String {
    parse_datetime(&column_text(column)).unwrap_or_default()
}

/// The stored text when it is a datetime, else `""`.
pub fn write_date(column: ValueRef<'_>, out: &mut Vec<u8>) {
    match column {
        ValueRef::Text(text) if looks_stored(text) => {
            out.push(b'"');
            out.extend_from_slice(text);
            out.push(b'"');
        }
        other => write_json_string(&read_date(other), out),
    }
}

/// `dddd-dd-dd dd:dd:dd.dddZ`, the form that pbr and PocketBase write.
fn looks_stored(text: &[u8]) -> bool {
    const SHAPE: &[u8; 24] = b"0000-00-00 00:00:00.000Z";
    text.len() == SHAPE.len()
        && !text.starts_with(b"000")
        && text
            .iter()
            .zip(SHAPE)
            .all(|(byte, shape)| if *shape == b'0' { byte.is_ascii_digit() } else { byte == shape })
}

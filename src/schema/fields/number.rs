//! `number`: a 64-bit float. Empty input is 0, never NULL; 0 is only checked against `required`.

use super::cast::{json_to_number, number_json, write_number};
use super::{Cast, Field, FieldKind, FieldType, Modifier, Sample, Value, shown};
use crate::schema::errors::FieldError;
use rusqlite::types::ValueRef;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value as Json;

/// Bounds are inclusive.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NumberField {
    #[serde(serialize_with = "whole_without_fraction")]
    pub min: Option<f64>,
    #[serde(serialize_with = "whole_without_fraction")]
    pub max: Option<f64>,
    pub only_int: bool,
}

fn whole_without_fraction<S: Serializer>(bound: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    bound.map(number_json).serialize(serializer)
}

impl FieldType for NumberField {
    fn column(&self) -> &'static str {
        "NUMERIC DEFAULT 0 NOT NULL"
    }

    fn zero(&self) -> Value {
        Value::Number(0.0)
    }

    fn normalise(&self, input: &Json) -> Value {
        Value::Number(json_to_number(input))
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), FieldError> {
        let Value::Number(number) = *value else { return Err(FieldError::invalid_value()) };
        if !number.is_finite() {
            let message = "The submitted number is not properly formatted.";
            return Err(FieldError::new("validation_not_a_number", message));
        }
        if number == 0.0 {
            return if field.required { Err(FieldError::required()) } else { Ok(()) };
        }
        if self.only_int && !is_whole(number) {
            let message = "Decimal numbers are not allowed.";
            return Err(FieldError::new("validation_only_int_constraint", message));
        }
        if let Some(min) = self.min.filter(|min| number < *min) {
            let message = format!("Must be greater or equal than {}.", spelled(min));
            return Err(FieldError::new("validation_min_number_constraint", message).with("min", number_json(min)));
        }
        if let Some(max) = self.max.filter(|max| number > *max) {
            let message = format!("Must be less or equal than {}.", spelled(max));
            return Err(FieldError::new("validation_max_number_constraint", message).with("max", number_json(max)));
        }
        Ok(())
    }

    fn read(&self, column: ValueRef<'_>) -> Value {
        Value::Number(column_number(column))
    }

    fn write_json(&self, column: ValueRef<'_>, out: &mut Vec<u8>) {
        write_number(column_number(column), out);
    }

    fn check_options(&self, _field: &Field, errors: &mut Vec<(String, FieldError)>) {
        for (name, bound) in [("min", self.min), ("max", self.max)] {
            if self.only_int && bound.is_some_and(|bound| !is_whole(bound)) {
                let message = "Decimal numbers are not allowed.";
                errors.push((name.into(), FieldError::new("validation_only_int_constraint", message)));
            }
        }
        if let (Some(min), Some(max)) = (self.min, self.max)
            && max < min
            && errors.is_empty()
        {
            let message = format!("Must be greater or equal than {}.", spelled(min));
            let error = FieldError::new("validation_min_number_constraint", message).with("min", number_json(min));
            errors.push(("max".into(), error));
        }
    }

    fn modify(&self, current: &Value, modifier: Modifier, input: &Json) -> Option<Value> {
        let Value::Number(current) = *current else { return None };
        match modifier {
            Modifier::Append => Some(Value::Number(current + json_to_number(input))),
            Modifier::Remove => Some(Value::Number(current - json_to_number(input))),
            Modifier::Prepend | Modifier::Autogenerate => None,
        }
    }

    fn cast(&self) -> Cast {
        Cast::Number
    }

    fn import_text(&self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(self.zero());
        }
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
        number.map(Value::Number).ok_or_else(|| format!("`{}` is no number", shown(text)))
    }

    fn import_json(&self, json: &Json) -> Result<Option<Value>, String> {
        Ok(json.as_f64().map(Value::Number))
    }

    fn narrows(&self, former: &FieldKind) -> bool {
        let FieldKind::Number(former) = former else { return false };
        let within = |bound: Option<f64>, open: f64| bound.unwrap_or(open);
        within(self.min, f64::NEG_INFINITY) > within(former.min, f64::NEG_INFINITY)
            || within(self.max, f64::INFINITY) < within(former.max, f64::INFINITY)
            || (self.only_int && !former.only_int)
    }

    fn sample(&self, _field: &Field) -> Option<Sample> {
        let min = self.min.unwrap_or(1.0);
        let max = self.max.unwrap_or(min + 1000.0);
        Some(Sample::Fake(if self.only_int { "int" } else { "float" }, vec![("min", min), ("max", max)]))
    }

    fn anonymous(&self, _field: &Field, _owner: &str, number: usize) -> Option<Json> {
        Some(number.into())
    }
}

/// A number beyond the range of 64 bits counts as decimal.
fn is_whole(number: f64) -> bool {
    const END: f64 = 9_223_372_036_854_775_808.0;
    number.fract() == 0.0 && (-END..END).contains(&number)
}

/// As Go prints numbers in messages: with an exponent below 1e-04 and from 1e+06 on.
fn spelled(number: f64) -> String {
    let text = format!("{number:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    match exponent.parse::<i32>() {
        Ok(exponent) if !(-4..6).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        _ => number.to_string(),
    }
}

fn column_number(column: ValueRef<'_>) -> f64 {
    match column {
        ValueRef::Integer(number) => number as f64,
        ValueRef::Real(number) => number,
        ValueRef::Text(text) => json_to_number(&Json::from(String::from_utf8_lossy(text))),
        ValueRef::Null | ValueRef::Blob(_) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_messages_are_spelled_like_go() {
        let cases = [
            (0.0, "0"),
            (-5.5, "-5.5"),
            (999_999.0, "999999"),
            (1e6, "1e+06"),
            (-1_234_567.5, "-1.2345675e+06"),
            (2_147_483_648.0, "2.147483648e+09"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e-7, "1e-07"),
            (1e300, "1e+300"),
        ];
        for (number, text) in cases {
            assert_eq!(spelled(number), text);
        }
    }
}

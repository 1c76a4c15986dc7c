//! Casts between JSON, columns and values, with PocketBase's leniency (spec 01 §3.2 and §3.3).

use rusqlite::types::ValueRef;
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::{Number, Value as Json};
use std::fmt;
use std::io::Write as _;

/// A double as JSON: whole numbers without a fraction, with zeros after the digits that tell it from other doubles.
pub fn number_json(number: f64) -> Number {
    let double = || Number::from_f64(number).unwrap_or_else(|| Number::from(0));
    if number.fract() != 0.0 || (number == 0.0 && number.is_sign_negative()) {
        return double();
    }
    let digits = number.to_string();
    let whole = digits.parse::<i64>().map(Number::from).or_else(|_| digits.parse::<u64>().map(Number::from));
    whole.unwrap_or_else(|_| double())
}

/// Appends a double the way the API prints it: shortest form, exponents only below 1e-6 and from 1e21.
pub fn write_number(number: f64, out: &mut Vec<u8>) {
    let size = number.abs();
    // Whole numbers that a double holds exactly; negative zero is none of them.
    if number.fract() == 0.0 && size < 9e15 && (size != 0.0 || number.is_sign_positive()) {
        let _ = write!(out, "{}", number as i64);
    } else if !number.is_finite() {
        out.extend_from_slice(b"0");
    } else if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{number:e}");
        match text.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => {
                let _ = write!(out, "{digits}e+{exponent}");
            }
            _ => out.extend_from_slice(text.as_bytes()),
        }
    } else {
        let _ = write!(out, "{number}");
    }
}

/// Appends a JSON string; only quotes, backslashes and control characters are escaped.
pub fn write_json_string(text: &str, out: &mut Vec<u8>) {
    // Without a branch in it the loop looks at many bytes at once.
    let escaped = |byte: u8| (byte < b' ') | (byte == b'"') | (byte == b'\\');
    if !text.bytes().fold(false, |any, byte| any | escaped(byte)) {
        out.reserve(text.len() + 2);
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        return out.push(b'"');
    }
    serde_json::to_writer(out, text).expect("writing to memory cannot fail");
}

/// The column as text; numbers print without exponent.
pub fn column_text(column: ValueRef<'_>) -> std::borrow::Cow<'_, str> {
    match column {
        // What is UTF-8, as nearly everything is, is told faster than what is not.
        ValueRef::Text(text) | ValueRef::Blob(text) => {
            std::str::from_utf8(text).map_or_else(|_| String::from_utf8_lossy(text), Into::into)
        }
        ValueRef::Integer(number) => number.to_string().into(),
        ValueRef::Real(number) => number.to_string().into(),
        ValueRef::Null => "".into(),
    }
}

pub fn write_column_text(column: ValueRef<'_>, out: &mut Vec<u8>) {
    write_json_string(&column_text(column), out);
}

pub fn json_to_string(input: &Json) -> String {
    match input {
        Json::String(text) => text.clone(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => number.as_f64().unwrap_or_default().to_string(),
        Json::Null | Json::Array(_) | Json::Object(_) => String::new(),
    }
}

pub fn json_to_number(input: &Json) -> f64 {
    match input {
        Json::Number(number) => number.as_f64().unwrap_or_default(),
        Json::Bool(flag) => f64::from(u8::from(*flag)),
        Json::String(text) => parse_number(text).unwrap_or_default(),
        Json::Null | Json::Array(_) | Json::Object(_) => 0.0,
    }
}

/// Decimal and exponent forms, `_` between digits, hexadecimal floats, and the spellings of infinity and NaN.
fn parse_number(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if let Some(hex) = unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X")) {
        let number = parse_hex_float(hex)?;
        return Some(if text.starts_with('-') { -number } else { number });
    }
    let number: f64 = without_separators(text)?.parse().ok()?;
    // An overflow is an error, a spelled-out infinity is not.
    let spelled = unsigned.to_ascii_lowercase().starts_with("inf");
    (number.is_finite() || number.is_nan() || spelled).then_some(number)
}

/// Removes `_` between digits; anywhere else it makes the text no number.
fn without_separators(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let between_digits =
        |at: usize| at > 0 && bytes[at - 1].is_ascii_digit() && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
    let well_formed = bytes.iter().enumerate().all(|(at, byte)| *byte != b'_' || between_digits(at));
    well_formed.then(|| text.replace('_', ""))
}

fn parse_hex_float(hex: &str) -> Option<f64> {
    let (mantissa, exponent) = hex.split_once(['p', 'P'])?;
    let exponent: i32 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value = 0.0;
    for digit in whole.chars() {
        value = value * 16.0 + f64::from(digit.to_digit(16)?);
    }
    let mut scale = 1.0 / 16.0;
    for digit in fraction.chars() {
        value += f64::from(digit.to_digit(16)?) * scale;
        scale /= 16.0;
    }
    let value = value * 2f64.powi(exponent);
    value.is_finite().then_some(value)
}

pub fn json_to_bool(input: &Json) -> bool {
    match input {
        Json::Bool(flag) => *flag,
        Json::Number(number) => number.as_f64().unwrap_or_default() != 0.0,
        Json::String(text) => text_to_bool(text),
        Json::Null | Json::Array(_) | Json::Object(_) => false,
    }
}

pub fn text_to_bool(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "true" | "TRUE" | "True")
}

/// Bytes of a submitted text that may stand for a list; many short strings take many times as much.
const MAX_LIST_TEXT: usize = 1 << 20;

/// A list without duplicates and empty strings.
pub fn json_to_list(input: &Json) -> Vec<String> {
    let items: Vec<String> = match input {
        Json::Null | Json::Object(_) => Vec::new(),
        Json::Array(items) if items.iter().any(Json::is_array) => Vec::new(),
        Json::Array(items) => items.iter().map(json_to_string).collect(),
        Json::String(text) if text.len() > MAX_LIST_TEXT => vec![text.clone()],
        Json::String(text) => text_to_list(text),
        scalar => vec![json_to_string(scalar)],
    };
    unique(items)
}

/// The list that a text stands for: a JSON array of strings, else the text as an item after those that could be read.
pub fn text_to_list(text: &str) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut items = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let is_list = text.contains('[')
        && (&mut deserializer).deserialize_any(Strings(&mut items)).and_then(|()| deserializer.end()).is_ok();
    if !is_list {
        items.push(text.to_owned());
    }
    unique(items)
}

/// Collects the strings of an array, up to the first item that is none.
struct Strings<'a>(&'a mut Vec<String>);

impl<'de> Visitor<'de> for Strings<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of strings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<Option<String>>()? {
            self.0.push(item.unwrap_or_default());
        }
        Ok(())
    }
}

pub fn unique(items: Vec<String>) -> Vec<String> {
    let kept: indexmap::IndexSet<String> = items.into_iter().filter(|item| !item.is_empty()).collect();
    kept.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(number: f64) -> String {
        let mut out = Vec::new();
        write_number(number, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_print_like_the_peer() {
        let cases = [
            (10.0, "10"),
            (1.5, "1.5"),
            (1e30, "1e+30"),
            (1e-7, "1e-7"),
            (-0.0, "-0"),
            (1e20, "100000000000000000000"),
        ];
        for (number, text) in cases {
            assert_eq!(printed(number), text);
        }
    }

    #[test]
    fn whole_numbers_are_json_without_a_fraction() {
        for (number, text) in [
            (3.0, "3"),
            (-9_007_199_254_740_992.0, "-9007199254740992"),
            (9_223_372_036_854_775_808.0, "9223372036854776000"),
            (1.5, "1.5"),
            (-0.0, "-0.0"),
            (f64::NAN, "0"),
        ] {
            assert_eq!(number_json(number).to_string(), text);
        }
    }

    #[test]
    fn texts_cast_to_numbers_or_zero() {
        for (text, number) in [("5.", 5.0), (".5", 0.5), ("+5", 5.0), ("1e3", 1000.0), ("0x1p-2", 0.25)] {
            assert_eq!(json_to_number(&Json::from(text)), number, "{text}");
        }
        for text in [" 5 ", "0x10", "1e999", "", "abc"] {
            assert_eq!(json_to_number(&Json::from(text)), 0.0, "{text}");
        }
    }
}

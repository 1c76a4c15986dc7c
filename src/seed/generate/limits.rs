//! What the options of a fake may be: of their type, and within bounds in which every value can be made.

use super::spec::range_of;
use crate::schema::fields::parse_datetime;
use crate::schema::yaml::node::Value;

/// A thousand years: dates keep four digits.
const MOST_DAYS: f64 = 365_000.0;
/// Of one value, which is held in memory as many times as there are rows.
const MOST_WORDS: i64 = 10_000;
const MOST_SENTENCES: i64 = 1000;
/// Beyond it a number field could not tell one whole number from the next.
const MOST_START: f64 = 9_007_199_254_740_992.0;

/// What to write instead, where an option cannot have this value.
pub fn hint(key: &str, value: &Value) -> Option<String> {
    let number = match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number).filter(|number| number.is_finite()),
        _ => None,
    };
    let text = match value {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    };
    let range = |most: i64| range_of(value).is_some_and(|range| *range.end() <= most);
    let (fits, hint) = match key {
        "days" => {
            (number.is_some_and(|days| days.abs() <= MOST_DAYS), format!("write a number of days up to {MOST_DAYS}"))
        }
        "words" => {
            (range(MOST_WORDS), format!("write a range from small to large, such as 4..8; {MOST_WORDS} words at most"))
        }
        "sentences" => (
            range(MOST_SENTENCES),
            format!("write a range from small to large, such as 2..5; {MOST_SENTENCES} sentences at most"),
        ),
        "chance" => (number.is_some_and(|share| (0.0..=1.0).contains(&share)), "write a share from 0 to 1".to_owned()),
        "start" => (
            number.is_some_and(|start| start.fract() == 0.0 && start.abs() <= MOST_START),
            format!("write a whole number up to {MOST_START}"),
        ),
        "min" | "max" | "decimals" => (number.is_some(), "write a number".to_owned()),
        "curve" => (matches!(text, Some("zipf" | "normal")), "write `zipf` or `normal`".to_owned()),
        "from" | "to" => (
            text.and_then(parse_datetime).is_some(),
            "write a date, such as 2026-01-01 or 2026-01-01 12:00:00Z".to_owned(),
        ),
        "domain" => (text.is_some(), "write a domain, such as example.com".to_owned()),
        _ => (true, String::new()),
    };
    (!fits).then_some(hint)
}

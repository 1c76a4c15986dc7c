//! The table of `fake:` names. Adding one is a line here.

use super::random::Random;
use super::spec::Options;
use super::words::{CITIES, COLOURS, COMPANY_ENDINGS, COUNTRIES, FIRST_NAMES, LAST_NAMES, LOREM, STREETS};
use crate::schema::fields::format_datetime;
use crate::schema::yaml::node::{Entry, Node, Value};
use chrono::{DateTime, Duration, NaiveDate, Utc};

/// Draws a value. `row` is the number of the row, for values that count.
pub type Fake = fn(&mut Random, &Options, row: usize) -> Value;

/// Name, options it knows beside those of every generator, and what it draws.
pub const FAKES: &[(&str, &[&str], Fake)] = &[
    ("lorem.word", &[], |random, _, _| text(word(random))),
    ("lorem.words", &["words"], |random, options, _| text(words(random, options.range("words", 2, 4)).join(" "))),
    ("lorem.sentence", &["words"], |random, options, _| text(sentence(random, options.range("words", 4, 10)))),
    ("lorem.paragraph", &["sentences"], |random, options, _| text(paragraph(random, options))),
    ("name", &[], |random, _, _| text(format!("{} {}", random.pick(&FIRST_NAMES), random.pick(&LAST_NAMES)))),
    ("name.first", &[], |random, _, _| text(*random.pick(&FIRST_NAMES))),
    ("name.last", &[], |random, _, _| text(*random.pick(&LAST_NAMES))),
    ("username", &[], |random, _, _| text(handle(random))),
    ("email", &["domain"], |random, options, _| {
        let handle = handle(random);
        text(format!("{handle}@{}", options.text("domain").unwrap_or("example.com")))
    }),
    ("company", &[], |random, _, _| {
        let name = capital(word(random));
        text(format!("{name} {}", random.pick(&COMPANY_ENDINGS)))
    }),
    ("city", &[], |random, _, _| text(*random.pick(&CITIES))),
    ("country", &[], |random, _, _| text(*random.pick(&COUNTRIES))),
    ("street", &[], |random, _, _| text(format!("{} Street {}", random.pick(&STREETS), random.int(1..=199)))),
    ("postcode", &[], |random, _, _| text(format!("{:05}", random.int(1000..=99_999)))),
    ("phone", &[], |random, _, _| text(format!("+99 555 {:07}", random.int(0..=9_999_999)))),
    ("url", &["domain"], |random, options, _| {
        let path = words(random, 2..=2).join("-");
        text(format!("https://{}/{path}", options.text("domain").unwrap_or("example.com")))
    }),
    ("slug", &["words"], |random, options, _| text(words(random, options.range("words", 2, 4)).join("-"))),
    ("color", &[], |random, _, _| text(*random.pick(&COLOURS))),
    ("uuid", &[], |random, _, _| text(uuid(random))),
    ("ip", &[], |random, _, _| text(format!("192.0.2.{}", random.int(1..=254)))),
    ("int", &["min", "max", "curve"], |random, options, _| Value::Int(int(random, options))),
    ("float", &["min", "max", "decimals"], |random, options, _| Value::Float(float(random, options))),
    ("bool", &["chance"], |random, options, _| Value::Bool(random.chance(options.number("chance").unwrap_or(0.5)))),
    ("time.past", &["days"], |random, options, _| time(random, -days(options), 0.0)),
    ("time.future", &["days"], |random, options, _| time(random, 0.0, days(options))),
    ("time.between", &["from", "to"], |random, options, _| between(random, options)),
    ("geo.point", &[], |random, _, _| geo_point(random)),
    ("index", &["start"], |_, options, row| {
        Value::Int((options.number("start").unwrap_or(1.0) as i64).saturating_add(row as i64))
    }),
];

/// Times are counted from here, not from now: the same seed gives the same rows tomorrow.
fn epoch() -> DateTime<Utc> {
    let date = NaiveDate::from_ymd_opt(2026, 1, 1).and_then(|date| date.and_hms_opt(12, 0, 0));
    date.unwrap_or_default().and_utc()
}

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

fn word(random: &mut Random) -> &'static str {
    random.pick::<&'static str>(&LOREM)
}

fn words(random: &mut Random, count: std::ops::RangeInclusive<i64>) -> Vec<&'static str> {
    let count = random.int(count).max(1);
    (0..count).map(|_| word(random)).collect()
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn sentence(random: &mut Random, count: std::ops::RangeInclusive<i64>) -> String {
    capital(&words(random, count).join(" ")) + "."
}

fn paragraph(random: &mut Random, options: &Options) -> String {
    let count = random.int(options.range("sentences", 2, 5)).max(1);
    (0..count).map(|_| sentence(random, 4..=12)).collect::<Vec<_>>().join(" ")
}

fn handle(random: &mut Random) -> String {
    let (first, last) = (random.pick(&FIRST_NAMES), random.pick(&LAST_NAMES));
    format!("{}.{}{}", first.to_lowercase(), last.to_lowercase(), random.int(1..=999))
}

fn uuid(random: &mut Random) -> String {
    let mut part = |length: usize| -> String {
        (0..length).map(|_| char::from_digit(random.int(0..=15) as u32, 16).unwrap_or('0')).collect()
    };
    format!("{}-{}-4{}-a{}-{}", part(8), part(4), part(3), part(3), part(12))
}

fn int(random: &mut Random, options: &Options) -> i64 {
    let min = options.number("min").unwrap_or(0.0) as i64;
    let max = options.number("max").map_or(min.saturating_add(1000), |max| max as i64).max(min);
    // The span of two 64-bit numbers needs more than 64 bits.
    let (low, high) = (i128::from(min), i128::from(max));
    let span = (high - low + 1) as f64;
    let at = |offset: i128| (low + offset.clamp(0, high - low)) as i64;
    match options.text("curve") {
        // Small numbers are common, large ones rare.
        Some("zipf") => at(span.powf(random.unit()) as i128 - 1),
        Some("normal") => {
            const DRAWS: i32 = 6;
            let middle: f64 = (0..DRAWS).map(|_| random.unit()).sum::<f64>() / f64::from(DRAWS);
            at((span * middle) as i128)
        }
        _ => random.int(min..=max),
    }
}

fn float(random: &mut Random, options: &Options) -> f64 {
    let min = options.number("min").unwrap_or(0.0);
    let max = options.number("max").unwrap_or(min + 1000.0).max(min);
    let scale = 10f64.powi(options.number("decimals").unwrap_or(2.0).clamp(0.0, 9.0) as i32);
    let value = min + (max - min) * random.unit();
    let rounded = (value * scale).round() / scale;
    if rounded.is_finite() { rounded.clamp(min, max) } else { value }
}

fn days(options: &Options) -> f64 {
    options.number("days").unwrap_or(365.0).abs()
}

fn time(random: &mut Random, from: f64, to: f64) -> Value {
    const MILLISECONDS: f64 = 86_400_000.0;
    let offset = (from + (to - from) * random.unit()) * MILLISECONDS;
    text(format_datetime(epoch() + Duration::milliseconds(offset as i64)))
}

fn between(random: &mut Random, options: &Options) -> Value {
    let moment = |key: &str, default: DateTime<Utc>| {
        let parsed = options.text(key).and_then(crate::schema::fields::parse_datetime);
        let parsed = parsed.and_then(|moment| DateTime::parse_from_rfc3339(&moment.replacen(' ', "T", 1)).ok());
        parsed.map_or(default, |moment| moment.to_utc())
    };
    let from = moment("from", epoch() - Duration::days(365));
    let to = moment("to", epoch()).max(from);
    let milliseconds = (to - from).num_milliseconds();
    text(format_datetime(from + Duration::milliseconds(random.int(0..=milliseconds))))
}

fn geo_point(random: &mut Random) -> Value {
    let mut coordinate = |limit: f64| Value::Float((limit * (2.0 * random.unit() - 1.0) * 1e6).round() / 1e6);
    let entry =
        |key: &str, value: Value| Entry { key: key.to_owned(), key_span: 0..0, value: Node { span: 0..0, value } };
    let (lon, lat) = (coordinate(180.0), coordinate(85.0));
    Value::Map(vec![entry("lon", lon), entry("lat", lat)])
}

#[cfg(test)]
mod tests {
    use super::FAKES;

    #[test]
    fn every_fake_and_option_is_documented() {
        let text = include_str!("../../../docs/seeds.md");
        for (name, options, _) in FAKES {
            let row = text.lines().find(|line| line.starts_with("| `") && line.contains(&format!("`{name}`")));
            let row = row.unwrap_or_else(|| panic!("{name} is missing"));
            for option in *options {
                assert!(row.contains(&format!("`{option}")), "{option} of {name} is missing");
            }
        }
    }
}

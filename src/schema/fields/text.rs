//! `text`: a string, optionally the primary key, optionally generated from a pattern.

use super::cast::{column_text, json_to_string, write_column_text};
use super::pattern::translate;
use super::{Field, FieldKind, FieldType, MAX_SAFE, Modifier, Sample, Value, check_range};
use crate::schema::errors::{FieldError, sentence};
use rand::RngExt;
use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Hir, HirKind};
use rusqlite::types::ValueRef;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::cell::RefCell;
use std::collections::HashMap;

/// Lengths are in Unicode code points; `max` 0 means 5000.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TextField {
    pub min: i64,
    pub max: i64,
    pub pattern: String,
    /// Fills an empty value on create, for example `[a-z0-9]{15}`.
    pub autogenerate_pattern: String,
    pub primary_key: bool,
}

impl FieldType for TextField {
    fn column(&self) -> &'static str {
        if self.primary_key {
            "TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL"
        } else {
            "TEXT DEFAULT '' NOT NULL"
        }
    }

    fn zero(&self) -> Value {
        Value::Text(String::new())
    }

    fn normalise(&self, input: &Json) -> Value {
        Value::Text(json_to_string(input))
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), FieldError> {
        let text = value.as_text();
        if text.is_empty() {
            return if field.required { Err(FieldError::required()) } else { Ok(()) };
        }
        let length = text.chars().count() as i64;
        if length < self.min {
            let message = format!("Must be at least {} character(s).", self.min);
            return Err(FieldError::new("validation_min_text_constraint", message).with("min", self.min));
        }
        let max = self.most();
        if length > max {
            let message = format!("Must be no more than {max} character(s).");
            return Err(FieldError::new("validation_max_text_constraint", message).with("max", max));
        }
        if !matches_pattern(&self.pattern, text) {
            return Err(FieldError::new("validation_invalid_format", "Invalid value format."));
        }
        Ok(())
    }

    fn read(&self, column: ValueRef<'_>) -> Value {
        Value::Text(column_text(column).into_owned())
    }

    fn write_json(&self, column: ValueRef<'_>, out: &mut Vec<u8>) {
        write_column_text(column, out);
    }

    fn check_options(&self, field: &Field, errors: &mut Vec<(String, FieldError)>) {
        check_range("min", self.min, 0, MAX_SAFE, errors);
        check_range("max", self.max, self.min, MAX_SAFE, errors);
        check_pattern("pattern", &self.pattern, errors);
        if self.primary_key {
            self.check_primary_key(field, errors);
        }
        if !self.autogenerate_pattern.is_empty() {
            self.check_autogenerate(field, errors);
        }
    }

    fn modify(&self, _current: &Value, modifier: Modifier, input: &Json) -> Option<Value> {
        if modifier != Modifier::Autogenerate {
            return None;
        }
        let generated = self.generate().unwrap_or_default();
        Some(Value::Text(json_to_string(input) + &generated))
    }

    fn import_text(&self, text: &str) -> Result<Value, String> {
        Ok(Value::Text(text.to_owned()))
    }

    fn import_json(&self, json: &Json) -> Result<Option<Value>, String> {
        Ok(matches!(json, Json::Number(_) | Json::Bool(_)).then(|| self.normalise(json)))
    }

    fn narrows(&self, former: &FieldKind) -> bool {
        let FieldKind::Text(former) = former else { return false };
        // An empty text passes whatever the least length is, and another pattern may refuse anything.
        self.most() < former.most()
            || self.min.max(1) > former.min.max(1)
            || (!self.pattern.is_empty() && self.pattern != former.pattern)
    }

    fn sample(&self, field: &Field) -> Option<Sample> {
        let name = field.name.to_lowercase();
        let long = self.max == 0 || self.max >= 80;
        let fake = match name.as_str() {
            _ if !self.pattern.is_empty() => {
                (self.pattern.contains("a-z") && field.name == "slug").then_some("slug")?
            }
            "name" if long => "name",
            "slug" if long => "slug",
            "city" => "city",
            "country" => "country",
            _ if long && self.min <= 10 => "lorem.sentence",
            _ if self.min <= 5 => "lorem.word",
            _ => return None,
        };
        Some(Sample::Fake(fake, Vec::new()))
    }

    fn anonymous(&self, field: &Field, _owner: &str, number: usize) -> Option<Json> {
        if self.autogenerate_pattern.is_empty() {
            Some(format!("{} {number}", field.name).into())
        } else {
            self.generate().map(Json::from)
        }
    }

    fn names_records(&self) -> bool {
        true
    }
}

/// A pattern option must be a regular expression.
pub fn check_pattern(name: &str, pattern: &str, errors: &mut Vec<(String, FieldError)>) {
    if !pattern.is_empty()
        && let Some(error) = with_regex(pattern, |regex| regex.as_ref().err().cloned())
    {
        errors.push((name.to_owned(), invalid_regex(&error)));
    }
}

fn invalid_regex(reason: &str) -> FieldError {
    // The engine draws the pattern over several lines; its last line says what is wrong.
    let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ");
    FieldError::new("validation_invalid_regex", format!("Error parsing regexp: {}.", reason.trim_end_matches('.')))
}

impl TextField {
    /// The greatest length.
    pub fn most(&self) -> i64 {
        if self.max <= 0 { 5000 } else { self.max }
    }

    fn check_primary_key(&self, field: &Field, errors: &mut Vec<(String, FieldError)>) {
        if field.name != "id" {
            let error = FieldError::new("validation_in_invalid", "The primary key must be named \"id\".");
            errors.push(("name".into(), error));
        }
        if self.pattern.is_empty() {
            errors.push(("pattern".into(), FieldError::required()));
        }
        if field.hidden {
            errors.push(("hidden".into(), FieldError::empty()));
        }
        if !field.required {
            errors.push(("required".into(), FieldError::required()));
        }
    }

    fn check_autogenerate(&self, field: &Field, errors: &mut Vec<(String, FieldError)>) {
        const SAMPLES: usize = 10;
        let name = "autogeneratePattern";
        if let Some(error) = with_regex(&self.autogenerate_pattern, |regex| regex.as_ref().err().cloned()) {
            return errors.push((name.into(), invalid_regex(&error)));
        }
        let generator = match Generator::new(&self.autogenerate_pattern) {
            Ok(generator) => generator,
            Err(reason) => {
                let error = FieldError::new("validation_invalid_autogenerate_pattern", sentence(&reason));
                return errors.push((name.into(), error));
            }
        };
        let bad = (0..SAMPLES)
            .map(|_| generator.sample())
            .find(|sample| self.validate(field, &Value::Text(sample.clone())).is_err());
        if let Some(sample) = bad {
            let message =
                format!("The provided autogenerate pattern could produce invalid field values, ex.: {sample:?}.");
            errors.push((name.into(), FieldError::new("validation_invalid_autogenerate_pattern_value", message)));
        }
    }

    /// A value of the autogenerate pattern; `None` without one.
    pub fn generate(&self) -> Option<String> {
        if self.autogenerate_pattern.is_empty() {
            return None;
        }
        // Parsing the pattern takes longer than all else about a new id.
        thread_local! {
            static KNOWN: RefCell<HashMap<String, Option<Generator>>> = RefCell::default();
        }
        KNOWN.with_borrow_mut(|known| {
            if known.len() > KEPT_PATTERNS {
                known.clear();
            }
            if !known.contains_key(&self.autogenerate_pattern) {
                known.insert(self.autogenerate_pattern.clone(), Generator::new(&self.autogenerate_pattern).ok());
            }
            known[&self.autogenerate_pattern].as_ref().map(Generator::sample)
        })
    }
}

/// Patterns that each thread keeps compiled.
const KEPT_PATTERNS: usize = 1000;

/// Asks something of a compiled pattern, which the thread keeps.
fn with_regex<T>(pattern: &str, ask: impl FnOnce(&Result<Regex, String>) -> T) -> T {
    thread_local! {
        static COMPILED: RefCell<HashMap<String, Result<Regex, String>>> = RefCell::default();
    }
    COMPILED.with_borrow_mut(|compiled| {
        if compiled.len() > KEPT_PATTERNS {
            compiled.clear();
        }
        if !compiled.contains_key(pattern) {
            compiled.insert(pattern.to_owned(), ascii_regex(pattern));
        }
        ask(&compiled[pattern])
    })
}

/// Whether the pattern is empty or matches anywhere in the text.
pub fn matches_pattern(pattern: &str, text: &str) -> bool {
    if pattern.is_empty() {
        return true;
    }
    if pattern == "^[a-z0-9]+$" {
        return !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    }
    with_regex(pattern, |regex| regex.as_ref().is_ok_and(|regex| regex.is_match(text)))
}

/// Compiles a pattern in Go's dialect, where `\w`, `\d`, `\s` and `\b` are ASCII.
///
/// # Errors
/// Why it is no regular expression.
pub fn ascii_regex(pattern: &str) -> Result<Regex, String> {
    // Classes of Unicode with large counts take more than the crate allows by default.
    const MAX_SIZE: usize = 64 << 20;
    RegexBuilder::new(&translate(pattern)?).size_limit(MAX_SIZE).build().map_err(|error| error.to_string())
}

/// Draws strings from a pattern (spec 01 §3.6).
///
/// As in PocketBase the upper bound of a repetition is exclusive (`{2,4}` gives 2 or 3) and open ends stop at 6.
#[derive(Debug)]
pub struct Generator {
    tree: Hir,
}

impl Generator {
    /// # Errors
    /// The pattern does not parse, or uses anchors, word boundaries or look-around.
    pub fn new(pattern: &str) -> Result<Self, String> {
        let tree = regex_syntax::ParserBuilder::new()
            .build()
            .parse(&translate(pattern)?)
            .map_err(|error| error.to_string())?;
        if !tree.properties().look_set().is_empty() {
            return Err("anchors and word boundaries cannot be generated".to_owned());
        }
        Ok(Self { tree })
    }

    pub fn sample(&self) -> String {
        let mut text = String::new();
        draw(&self.tree, &mut text);
        text
    }
}

fn draw(tree: &Hir, text: &mut String) {
    let mut rng = rand::rng();
    match tree.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => {
            let ranges: Vec<(u32, u32)> = match class {
                regex_syntax::hir::Class::Unicode(class) => {
                    class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect()
                }
                regex_syntax::hir::Class::Bytes(class) => {
                    class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect()
                }
            };
            text.extend(draw_char(&ranges));
        }
        HirKind::Repetition(repetition) => {
            const OPEN_END: u32 = 6;
            let end = repetition.max.unwrap_or(OPEN_END);
            let extra = if end > repetition.min { rng.random_range(0..end - repetition.min) } else { 0 };
            for _ in 0..repetition.min + extra {
                draw(&repetition.sub, text);
            }
        }
        HirKind::Capture(capture) => draw(&capture.sub, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| draw(part, text)),
        HirKind::Alternation(branches) => draw(&branches[rng.random_range(0..branches.len())], text),
    }
}

/// One character of the class, uniformly; wide classes such as `.` are narrowed to ASCII letters and digits.
fn draw_char(ranges: &[(u32, u32)]) -> Option<char> {
    const WIDE: u32 = 1000;
    let size = |ranges: &[(u32, u32)]| ranges.iter().map(|(start, end)| end - start + 1).sum::<u32>();
    let narrow = [(u32::from('0'), u32::from('9')), (u32::from('A'), u32::from('Z')), (u32::from('a'), u32::from('z'))];
    let ranges = if size(ranges) > WIDE { &narrow } else { ranges };
    if ranges.is_empty() {
        return None;
    }
    let mut at = rand::rng().random_range(0..size(ranges));
    for (start, end) in ranges {
        let width = end - start + 1;
        if at < width {
            return char::from_u32(start + at);
        }
        at -= width;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_values_fit_their_pattern() {
        for (pattern, check) in [
            ("[a-z0-9]{15}", "^[a-z0-9]{15}$"),
            ("x-(a|b)\\d{2,4}", "^x-(a|b)[0-9]{2,3}$"),
            ("\\w+", "^\\w{1,5}$"),
            ("a?", "^$"),
        ] {
            let generator = Generator::new(pattern).unwrap();
            let check = ascii_regex(check).unwrap();
            for _ in 0..50 {
                let sample = generator.sample();
                assert!(check.is_match(&sample), "{pattern} gave {sample}");
            }
        }
        assert!(Generator::new("^a").is_err());
    }

    #[test]
    fn classes_are_ascii() {
        assert!(!matches_pattern("^\\w+$", "é"));
        assert!(matches_pattern("^[\\w.]+$", "a_1."));
    }
}

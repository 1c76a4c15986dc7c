//! What a field of `with:` asks for: a fixed value, a pick, weights, a sequence or a fake.

use super::fakes::{FAKES, Fake};
use super::limits;
use super::random::Random;
use crate::diagnostic::{code, did_you_mean};
use crate::schema::yaml::node::{Node, Value};
use crate::schema::yaml::reader::Reader;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// How the values of a field are made.
#[derive(Clone)]
pub struct Spec {
    pub source: Source,
    /// No two rows have the same.
    pub unique: bool,
    /// Share of rows that get no value, 0 to 1.
    pub empty: f64,
    /// A list of so many different values.
    pub several: Option<RangeInclusive<i64>>,
}

#[derive(Clone)]
pub enum Source {
    Fixed(Value),
    OneOf(Vec<Value>),
    /// Any record of a collection.
    AnyOf(String),
    Weighted(Vec<(Value, f64)>),
    /// `{n}` is the number of the row.
    Sequence(String),
    Fake(Fake, Options),
}

/// The options of a fake.
#[derive(Clone, Default)]
pub struct Options(pub BTreeMap<String, Value>);

impl Options {
    pub fn number(&self, key: &str) -> Option<f64> {
        match self.0.get(key)? {
            Value::Int(number) => Some(*number as f64),
            Value::Float(number) => Some(*number),
            _ => None,
        }
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        match self.0.get(key)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// `4..8`, or a number for exactly so many.
    pub fn range(&self, key: &str, min: i64, max: i64) -> RangeInclusive<i64> {
        self.0.get(key).and_then(range_of).unwrap_or(min..=max)
    }
}

/// `0..5` or `3`.
pub fn range_of(value: &Value) -> Option<RangeInclusive<i64>> {
    match value {
        Value::Int(number) if *number >= 0 => Some(*number..=*number),
        Value::Text(text) => {
            let (from, to) = text.split_once("..")?;
            let (from, to) = (from.trim().parse().ok()?, to.trim().trim_start_matches('=').parse().ok()?);
            (0 <= from && from <= to).then_some(from..=to)
        }
        _ => None,
    }
}

/// Values of one list.
const MOST_SEVERAL: i64 = 1000;
const SOURCES: [&str; 4] = ["fake", "pick", "weighted", "sequence"];
const COMMON: [&str; 3] = ["unique", "empty", "several"];

/// Reads the value of a field of `with:`.
pub fn read(reader: &mut Reader<'_>, node: &Node) -> Option<Spec> {
    let plain = |source| Some(Spec { source, unique: false, empty: 0.0, several: None });
    let Value::Map(entries) = &node.value else { return plain(Source::Fixed(node.value.clone())) };
    let Some(kind) = entries.iter().find(|entry| SOURCES.contains(&entry.key.as_str())) else {
        // An object for a json field.
        return plain(Source::Fixed(node.value.clone()));
    };
    let mut options = BTreeMap::new();
    let (mut unique, mut empty, mut several) = (false, 0.0, None);
    let mut known: Vec<&str> = COMMON.to_vec();
    let source = match kind.key.as_str() {
        "fake" => {
            let name = reader.text("fake", &kind.value)?;
            let Some((_, accepted, fake)) = FAKES.iter().find(|(known, _, _)| *known == name) else {
                let names: Vec<&str> = FAKES.iter().map(|(name, _, _)| *name).collect();
                let help = did_you_mean(name, names.iter().copied());
                let error = reader.error(code::SEED_INVALID, format!("there is no fake `{name}`"), &kind.value.span);
                error.help = Some(match help {
                    Some(found) => format!("did you mean `{found}`?"),
                    None => format!("there are {}", names.join(", ")),
                });
                return None;
            };
            known.extend_from_slice(accepted);
            Source::Fake(*fake, Options::default())
        }
        "pick" => match &kind.value.value {
            Value::Text(text) => match text.strip_prefix('@').and_then(|rest| rest.strip_suffix(".*")) {
                Some(collection) => Source::AnyOf(collection.to_owned()),
                None => return refuse(reader, &kind.value, "write `pick: \"@users.*\"` or a list"),
            },
            Value::List(items) if !items.is_empty() => {
                Source::OneOf(items.iter().map(|item| item.value.clone()).collect())
            }
            _ => return refuse(reader, &kind.value, "write `pick: \"@users.*\"` or a list"),
        },
        "weighted" => match &kind.value.value {
            Value::Map(weights) if !weights.is_empty() => {
                let mut pairs = Vec::new();
                for weight in weights {
                    let share = reader.number(&weight.key, &weight.value)?;
                    if share < 0.0 {
                        return refuse(reader, &weight.value, "weights are not negative");
                    }
                    pairs.push((Value::Text(weight.key.clone()), share));
                }
                Source::Weighted(pairs)
            }
            _ => return refuse(reader, &kind.value, "write `weighted: { published: 8, draft: 2 }`"),
        },
        _ => Source::Sequence(reader.text("sequence", &kind.value)?.to_owned()),
    };
    for entry in entries.iter().filter(|entry| entry.key != kind.key) {
        match entry.key.as_str() {
            "unique" => unique = reader.flag("unique", &entry.value)?,
            "empty" => {
                empty = reader.number("empty", &entry.value)?;
                if !(0.0..=1.0).contains(&empty) {
                    return refuse(reader, &entry.value, "a share is between 0 and 1");
                }
            }
            "several" => match range_of(&entry.value.value).filter(|range| *range.end() <= MOST_SEVERAL) {
                Some(range) => several = Some(range),
                None => return refuse(reader, &entry.value, "write `several: 1..3`"),
            },
            key if known.contains(&key) => {
                if let Some(hint) = limits::hint(key, &entry.value.value) {
                    let message = format!("`{key}` cannot have this value");
                    reader.error(code::SEED_INVALID, message, &entry.value.span).help = Some(hint);
                    return None;
                }
                options.insert(entry.key.clone(), entry.value.value.clone());
            }
            _ => reader.unknown_key(entry, "a generator", &known),
        }
    }
    let bounds = ["min", "max"].map(|key| Options(options.clone()).number(key));
    if let [Some(min), Some(max)] = bounds {
        if min > max {
            return refuse(reader, node, "`min` is not above `max`");
        }
        if !(max - min).is_finite() {
            return refuse(reader, node, "`min` and `max` are too far apart");
        }
    }
    let source = match source {
        Source::Fake(fake, _) => Source::Fake(fake, Options(options)),
        source => source,
    };
    Some(Spec { source, unique, empty, several })
}

fn refuse(reader: &mut Reader<'_>, node: &Node, help: &str) -> Option<Spec> {
    reader.error(code::SEED_INVALID, "this is no generator", &node.span).help = Some(help.to_owned());
    None
}

impl Spec {
    pub fn fake(name: &str, options: Options) -> Self {
        let fake = FAKES.iter().find(|(known, _, _)| *known == name).map(|(_, _, fake)| *fake);
        let source = fake.map_or(Source::Fixed(Value::Null), |fake| Source::Fake(fake, options));
        Self { source, unique: false, empty: 0.0, several: None }
    }

    /// Texts of a fake may get a number; what was given to choose from may not.
    pub fn is_made_up(&self) -> bool {
        matches!(&self.source, Source::Fake(_, options) if options.number("min").is_none() && options.number("max").is_none())
    }

    /// The collection whose records it picks.
    pub fn needs(&self) -> Option<&str> {
        match &self.source {
            Source::AnyOf(collection) => Some(collection),
            _ => None,
        }
    }

    /// Draws one value; `None` leaves the field out. `labels` are the references that can be picked.
    pub fn draw(&self, random: &mut Random, row: usize, labels: &[Value]) -> Option<Value> {
        if self.empty > 0.0 && random.chance(self.empty) {
            return None;
        }
        let Some(several) = &self.several else { return self.one(random, row, labels) };
        let count = random.int(several.clone());
        let mut values: Vec<Value> = Vec::new();
        const DRAWS: i64 = 50;
        for _ in 0..count.saturating_mul(DRAWS) {
            if values.len() as i64 == count {
                break;
            }
            let value = self.one(random, row, labels)?;
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Some(Value::List(values.into_iter().map(|value| Node { span: 0..0, value }).collect()))
    }

    fn one(&self, random: &mut Random, row: usize, labels: &[Value]) -> Option<Value> {
        Some(match &self.source {
            Source::Fixed(value) => value.clone(),
            Source::OneOf(items) => random.pick(items).clone(),
            Source::AnyOf(_) if labels.is_empty() => return None,
            Source::AnyOf(_) => random.pick(labels).clone(),
            Source::Weighted(pairs) => {
                let total: f64 = pairs.iter().map(|(_, share)| share).sum();
                let mut point = random.unit() * total;
                let chosen = pairs.iter().find(|(_, share)| {
                    point -= share;
                    point < 0.0
                });
                chosen.or(pairs.last()).map(|(value, _)| value.clone())?
            }
            Source::Sequence(pattern) => Value::Text(pattern.replace("{n}", &(row + 1).to_string())),
            Source::Fake(fake, options) => match fake(random, options, row) {
                // A text that begins like a reference or a file.
                Value::Text(text) if text.starts_with(['@', '!']) => Value::Text(format!("\\{text}")),
                value => value,
            },
        })
    }
}

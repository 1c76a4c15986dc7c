//! Two answers are the same when only what is random or a time differs in them.

use crate::support::http::Reply;
use chrono::{NaiveDateTime, Utc};
use indexmap::IndexMap;
use regex::{Captures, Regex, Replacer};
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::sync::LazyLock;

static TIME: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z"));
static TOKEN: LazyLock<Regex> = LazyLock::new(|| pattern(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{43}"));
static RANDOM: LazyLock<Regex> = LazyLock::new(|| pattern(r"_[a-z0-9]{10}(\.|$)"));
/// A short file name that was filled up with random characters before the random suffix.
static FILLED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b([a-z0-9_]{0,2})[a-z0-9]{10}_<random>"));
static ID: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[a-z0-9]{15}$"));
/// Headers of the connection, and times.
const NOT_COMPARED: [&str; 5] = ["date", "content-length", "connection", "transfer-encoding", "last-modified"];

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}

/// Ids that PocketBase generated, with those that pbr generated for the same records.
#[derive(Default)]
pub struct Ids {
    pairs: HashMap<String, String>,
}

impl Ids {
    /// The first thing that differs.
    pub fn difference(&mut self, theirs: &Reply, ours: &Reply, unordered: bool) -> Option<String> {
        if theirs.status != ours.status {
            return Some(format!("status {} and {}", theirs.status, ours.status));
        }
        headers(theirs, ours).or_else(|| self.bodies(&theirs.body, &ours.body, unordered))
    }

    fn bodies(&mut self, theirs: &str, ours: &str, unordered: bool) -> Option<String> {
        let parsed = |text| serde_json::from_str::<&RawValue>(text);
        match (parsed(theirs), parsed(ours)) {
            (Ok(_), Ok(_)) if trailing(theirs) != trailing(ours) => Some("white space at the end".into()),
            (Ok(theirs), Ok(ours)) => self.values("", theirs.get(), ours.get(), unordered),
            _ => self.texts("the body", theirs, ours),
        }
    }

    fn values(&mut self, place: &str, theirs: &str, ours: &str, unordered: bool) -> Option<String> {
        match (theirs.as_bytes()[0], ours.as_bytes()[0]) {
            (b'{', b'{') => {
                let members = |text| serde_json::from_str::<IndexMap<String, &RawValue>>(text).expect("an object");
                let (mut theirs, mut ours) = (members(theirs), members(ours));
                if unordered {
                    theirs.sort_keys();
                    ours.sort_keys();
                }
                if !theirs.keys().eq(ours.keys()) {
                    let names =
                        |members: &IndexMap<String, &RawValue>| members.keys().cloned().collect::<Vec<_>>().join(" ");
                    return Some(format!("keys at {place}. : {} | {}", names(&theirs), names(&ours)));
                }
                theirs.iter().zip(ours.values()).find_map(|((key, theirs), ours)| {
                    self.values(&format!("{place}.{key}"), theirs.get(), ours.get(), unordered)
                })
            }
            (b'[', b'[') => {
                let items = |text| serde_json::from_str::<Vec<&RawValue>>(text).expect("an array");
                let (theirs, ours) = (items(theirs), items(ours));
                if theirs.len() != ours.len() {
                    return Some(format!("{} and {} items at {place}", theirs.len(), ours.len()));
                }
                theirs.iter().zip(&ours).enumerate().find_map(|(at, (theirs, ours))| {
                    self.values(&format!("{place}.{at}"), theirs.get(), ours.get(), unordered)
                })
            }
            (b'"', b'"') => self.texts(place, theirs, ours),
            _ if place.ends_with(".execTime") => None,
            _ => (theirs != ours).then(|| format!("{place}: {} | {}", short(theirs), short(ours))),
        }
    }

    fn texts(&mut self, place: &str, theirs: &str, ours: &str) -> Option<String> {
        let (left, right) = (theirs.trim_matches('"'), ours.trim_matches('"'));
        let generated = ID.is_match(left) && ID.is_match(right);
        let same = theirs == ours
            || (generated && self.pairs.entry(left.to_owned()).or_insert_with(|| right.to_owned()) == right)
            || normal(theirs, &self.pairs) == normal(ours, &HashMap::new());
        (!same).then(|| format!("{place}: {} | {}", short(theirs), short(ours)))
    }
}

/// Whether a time is one at which the suite may have run; any other was sent by a case, and counts.
fn is_recent(time: &str) -> bool {
    const HOURS: i64 = 48;
    let parsed = NaiveDateTime::parse_from_str(time, "%Y-%m-%d %H:%M:%S%.3fZ");
    parsed.is_ok_and(|time| (Utc::now().naive_utc() - time).num_hours().abs() < HOURS)
}

/// A text without recent times, tokens, random parts of file names, and with pbr's ids.
fn normal(text: &str, ids: &HashMap<String, String>) -> String {
    let masked = |time: &Captures<'_>| if is_recent(&time[0]) { "<time>".to_owned() } else { time[0].to_owned() };
    let mut text = replace(&TIME, text, masked);
    text = replace(&TOKEN, &text, "<token>");
    text = replace(&RANDOM, &text.replace('"', "\n"), "_<random>$1");
    text = replace(&FILLED, &text, "$1<filled>_<random>");
    for (theirs, ours) in ids {
        text = text.replace(theirs, ours);
    }
    text
}

fn replace(pattern: &Regex, text: &str, with: impl Replacer) -> String {
    pattern.replace_all(text, with).into_owned()
}

fn trailing(text: &str) -> &str {
    &text[text.trim_end().len()..]
}

fn headers(theirs: &Reply, ours: &Reply) -> Option<String> {
    let list = |reply: &Reply| {
        let mut list: Vec<String> = reply
            .headers
            .iter()
            .filter(|(name, _)| !NOT_COMPARED.contains(&name.as_str()))
            .map(|(name, value)| replace(&RANDOM, &format!("{name}: {}", value.to_str().unwrap_or("?")), "_<random>$1"))
            .collect();
        list.sort();
        list
    };
    let (theirs, ours) = (list(theirs), list(ours));
    let only = |these: &[String], others: &[String]| {
        these.iter().filter(|header| !others.contains(header)).cloned().collect::<Vec<_>>().join(", ")
    };
    (theirs != ours).then(|| format!("headers: {} | {}", only(&theirs, &ours), only(&ours, &theirs)))
}

/// A text of at most 700 characters.
pub fn short(text: &str) -> String {
    match text.char_indices().nth(700) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

//! Laying what a client sends over the settings (spec 01 §5.2).

use super::Settings;
use crate::json;
use serde::de::Error as _;
use serde_json::{Map, Value as Json};

/// Objects merge, lists are replaced, `null` is the zero value; keys match in any case and unknown ones are ignored.
///
/// # Errors
/// A value of the wrong type.
pub fn apply(settings: &Settings, changes: &Map<String, Json>) -> Result<Settings, serde_json::Error> {
    let mut merged = serde_json::to_value(settings).expect("settings are plain data");
    // Empty secrets are not written out, and must be known all the same.
    for place in ["/s3", "/backups/s3"] {
        if let Some(Json::Object(s3)) = merged.pointer_mut(place) {
            s3.entry("secret").or_insert_with(|| "".into());
        }
    }
    merge_object(&mut merged, changes)?;
    serde_json::from_value(merged)
}

fn merge_object(target: &mut Json, changes: &Map<String, Json>) -> Result<(), serde_json::Error> {
    let Json::Object(target) = target else { return Ok(()) };
    for (key, change) in changes {
        let Some((name, target)) = target.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(key)) else { continue };
        match (&mut *target, change) {
            (target, Json::Null) => *target = zero(target),
            (Json::Object(_), Json::Object(changes)) => merge_object(target, changes)?,
            (Json::Object(_), _) => return Err(no_object(name)),
            (target, Json::Array(items)) if name == "rules" => {
                *target = items.iter().map(rule).collect::<Result<_, _>>()?
            }
            (target, change) => {
                *target = change.clone();
                json::texts(target);
            }
        }
    }
    Ok(())
}

/// A list, of which serde would make an object.
fn no_object(name: &str) -> serde_json::Error {
    serde_json::Error::custom(format!("{name} must be an object"))
}

/// A rate limit rule with its keys as they are spelled.
fn rule(item: &Json) -> Result<Json, serde_json::Error> {
    const KEYS: [&str; 4] = ["label", "audience", "duration", "maxRequests"];
    match item {
        Json::Null => Ok(Json::Object(Map::new())),
        Json::Object(sent) => {
            let known = sent.iter().filter(|(_, value)| !value.is_null()).filter_map(|(key, value)| {
                let name = KEYS.iter().find(|name| name.eq_ignore_ascii_case(key))?;
                Some(((*name).to_owned(), value.clone()))
            });
            Ok(Json::Object(known.collect()))
        }
        _ => Err(no_object("a rule")),
    }
}

fn zero(value: &Json) -> Json {
    match value {
        Json::Null => Json::Null,
        Json::Bool(_) => false.into(),
        Json::Number(_) => 0.into(),
        Json::String(_) => "".into(),
        Json::Array(_) => Json::Array(Vec::new()),
        Json::Object(object) => object.iter().map(|(key, value)| (key.clone(), zero(value))).collect(),
    }
}

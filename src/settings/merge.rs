//! Laying what a client sends over the settings (spec 01 §5.2).

use super::Settings;
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
    merge_object(&mut merged, changes);
    serde_json::from_value(merged)
}

fn merge_object(target: &mut Json, changes: &Map<String, Json>) {
    let Json::Object(target) = target else { return };
    for (key, change) in changes {
        let Some((name, target)) = target.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(key)) else { continue };
        match (&mut *target, change) {
            (target, Json::Null) => *target = zero(target),
            (Json::Object(_), Json::Object(changes)) => merge_object(target, changes),
            (target, Json::Array(items)) if name == "rules" => *target = items.iter().map(rule).collect(),
            (target, change) => *target = change.clone(),
        }
    }
}

/// A rate limit rule with its keys as they are spelled.
fn rule(item: &Json) -> Json {
    const KEYS: [&str; 4] = ["label", "audience", "duration", "maxRequests"];
    match item {
        Json::Null => Json::Object(Map::new()),
        Json::Object(sent) => {
            let known = sent.iter().filter(|(_, value)| !value.is_null()).filter_map(|(key, value)| {
                let name = KEYS.iter().find(|name| name.eq_ignore_ascii_case(key))?;
                Some(((*name).to_owned(), value.clone()))
            });
            Json::Object(known.collect())
        }
        other => other.clone(),
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

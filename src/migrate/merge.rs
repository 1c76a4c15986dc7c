//! Three-way merge of schemas: what one branch did, done again on top of what another did.

use crate::schema::Collection;
use serde_json::{Map, Value as Json, json};

/// Applies what leads from `base` to `ours` to `theirs`. Where both changed the same thing to different ends,
/// an arbiter (the schema files, which a person merged, with the ids of one side) decides when it has one of the two.
///
/// # Errors
/// The paths of what nobody decided.
pub fn merge(
    base: &[Collection],
    ours: &[Collection],
    theirs: &[Collection],
    arbiters: &[&[Collection]],
) -> Result<Vec<Collection>, Vec<String>> {
    let mut conflicts = Vec::new();
    let arbiters: Vec<Vec<Json>> = arbiters.iter().map(|arbiter| to_json(arbiter)).collect();
    let arbiters: Vec<&[Json]> = arbiters.iter().map(Vec::as_slice).collect();
    let merged = merge_list("", &to_json(base), &to_json(ours), &to_json(theirs), &arbiters, "id", &mut conflicts);
    if !conflicts.is_empty() {
        return Err(conflicts);
    }
    let decode = |value: &Json| {
        let object = value.as_object().cloned().unwrap_or_default();
        let mut collection = Collection::from_json(&object).map_err(|error| vec![error.to_string()])?;
        for (field, json) in collection.fields.iter_mut().zip(value["fields"].as_array().into_iter().flatten()) {
            field.default = json.get("x-default").cloned();
        }
        Ok(collection)
    };
    merged.iter().map(decode).collect()
}

/// The stored form of the user collections, without secrets that are drawn anew in every replay.
fn to_json(collections: &[Collection]) -> Vec<Json> {
    let user = collections.iter().filter(|collection| !collection.system);
    user.map(|collection| {
        let mut collection = collection.clone();
        if let Some(options) = collection.auth_mut() {
            options.tokens_mut().into_iter().for_each(|token| token.secret.clear());
        }
        let mut object: Map<String, Json> = serde_json::from_str(&collection.options_json()).unwrap_or_default();
        object.insert("id".into(), json!(collection.id));
        object.insert("name".into(), json!(collection.name));
        object.insert("type".into(), json!(collection.kind.name()));
        for (name, rule) in collection.rules.named() {
            object.insert(format!("{name}Rule"), json!(rule));
        }
        object.insert("fields".into(), collection.fields.iter().map(crate::schema::Field::definition).collect());
        object.insert("indexes".into(), json!(collection.indexes));
        Json::Object(object)
    })
    .collect()
}

/// Things with a key: what one side adds or drops is added or dropped, what both have is merged.
fn merge_list(
    path: &str,
    base: &[Json],
    ours: &[Json],
    theirs: &[Json],
    arbiters: &[&[Json]],
    key: &str,
    conflicts: &mut Vec<String>,
) -> Vec<Json> {
    let find = |list: &[Json], wanted: &Json| list.iter().find(|item| item[key] == wanted[key]).cloned();
    let mut merged = Vec::new();
    for item in theirs {
        match (find(base, item), find(ours, item)) {
            (Some(_), None) => {
                // Dropped by us: a change of theirs to it is lost knowingly, as the drop says.
            }
            (former, Some(mine)) => {
                let place = join(path, &name_of(item));
                let former = former.unwrap_or(Json::Null);
                let judges: Vec<Json> = arbiters.iter().filter_map(|arbiter| find(arbiter, item)).collect();
                let judges: Vec<&Json> = judges.iter().collect();
                merged.push(merge_value(&place, &former, &mine, item, &judges, conflicts));
            }
            (None, None) => merged.push(item.clone()),
        }
    }
    // Ours go behind the neighbour that they follow here.
    for (at, item) in ours.iter().enumerate() {
        if find(theirs, item).is_some() || find(base, item).is_some() {
            continue;
        }
        let neighbour =
            ours[..at].iter().rev().find_map(|before| merged.iter().position(|m: &Json| m[key] == before[key]));
        let place = neighbour.map_or(merged.len(), |at| at + 1);
        merged.insert(place.min(merged.len()), item.clone());
    }
    settle_twins(path, &mut merged, arbiters, conflicts);
    merged
}

/// Both sides added something of one name and another kind: the files say which it is.
fn settle_twins(path: &str, merged: &mut Vec<Json>, arbiters: &[&[Json]], conflicts: &mut Vec<String>) {
    let same_name = |a: &Json, b: &Json| {
        a["name"].is_string() && a["name"].as_str().map(str::to_lowercase) == b["name"].as_str().map(str::to_lowercase)
    };
    let twins: Vec<Json> = merged
        .iter()
        .enumerate()
        .filter(|(at, item)| merged[..*at].iter().any(|other| same_name(item, other)))
        .map(|(_, item)| item.clone())
        .collect();
    for twin in twins {
        let wanted = arbiters.iter().flat_map(|arbiter| arbiter.iter()).find(|item| same_name(item, &twin));
        match wanted {
            Some(wanted) => merged.retain(|item| !same_name(item, &twin) || item["type"] == wanted["type"]),
            None => conflicts.push(join(path, &name_of(&twin))),
        }
    }
}

fn name_of(item: &Json) -> String {
    item["name"].as_str().or_else(|| item["id"].as_str()).unwrap_or_default().to_owned()
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn merge_value(
    path: &str,
    base: &Json,
    ours: &Json,
    theirs: &Json,
    arbiters: &[&Json],
    conflicts: &mut Vec<String>,
) -> Json {
    if ours == base || ours == theirs {
        return theirs.clone();
    }
    if theirs == base {
        return ours.clone();
    }
    match (ours, theirs) {
        (Json::Object(mine), Json::Object(other)) => {
            let keys: std::collections::BTreeSet<&String> = mine.keys().chain(other.keys()).collect();
            let object = keys.into_iter().map(|key| {
                let of = |value: &Json| value.get(key).cloned().unwrap_or(Json::Null);
                let path = if key == "fields" { path.to_owned() } else { join(path, key) };
                let judges: Vec<Json> = arbiters.iter().map(|arbiter| of(arbiter)).collect();
                let judges: Vec<&Json> = judges.iter().collect();
                (key.clone(), merge_value(&path, &of(base), &of(ours), &of(theirs), &judges, conflicts))
            });
            Json::Object(object.collect())
        }
        (Json::Array(mine), Json::Array(other)) => {
            let none = Vec::new();
            let former = base.as_array().unwrap_or(&none);
            let judges: Vec<&[Json]> =
                arbiters.iter().filter_map(|arbiter| arbiter.as_array()).map(Vec::as_slice).collect();
            let all = || mine.iter().chain(other).chain(former);
            if all().all(|item| item.get("id").is_some()) {
                return Json::Array(merge_list(path, former, mine, other, &judges, "id", conflicts));
            }
            if all().all(|item| item.get("name").is_some()) {
                return Json::Array(merge_list(path, former, mine, other, &judges, "name", conflicts));
            }
            // Sets of texts: values, indexes, content types.
            let kept = other.iter().filter(|item| mine.contains(item) || !former.contains(item));
            let added = mine.iter().filter(|item| !other.contains(item) && !former.contains(item));
            kept.chain(added).cloned().collect()
        }
        _ => match arbiters.iter().find(|arbiter| **arbiter == ours || **arbiter == theirs) {
            Some(arbiter) => (*arbiter).clone(),
            None => {
                conflicts.push(path.to_owned());
                theirs.clone()
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{CollectionKind, Field, FieldKind};

    fn posts(fields: &[&str], list: Option<&str>) -> Vec<Collection> {
        let mut posts = Collection::new("posts", CollectionKind::Base);
        posts.id = "pbc_1".into();
        posts.fields = fields.iter().map(|name| Field::new(*name, FieldKind::named("text").unwrap())).collect();
        posts.rules.list = list.map(str::to_owned);
        vec![posts]
    }

    #[test]
    fn both_branches_keep_what_they_did() {
        let merged = merge(
            &posts(&["a", "b"], None),
            &posts(&["a", "mine", "b"], Some("")),
            &posts(&["a", "theirs"], None),
            &[],
        )
        .unwrap();
        assert_eq!(merged, posts(&["a", "mine", "theirs"], Some("")));
    }

    #[test]
    fn what_both_changed_otherwise_is_decided_by_the_files_or_by_nobody() {
        let (base, ours, theirs) = (posts(&[], None), posts(&[], Some("a")), posts(&[], Some("b")));
        assert_eq!(merge(&base, &ours, &theirs, &[]).unwrap_err(), ["posts.listRule"]);
        assert_eq!(merge(&base, &ours, &theirs, &[&ours]).unwrap(), ours);
    }
}

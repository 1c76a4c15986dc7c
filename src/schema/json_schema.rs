//! JSON Schemas of a collection file and of `pbr.yaml`, for editors.

use super::{AuthOptions, FieldKind};
use serde_json::{Map, Value as Json, json};

/// The schema of `schema/*.yaml`.
pub fn collection_file() -> Json {
    let rule = json!({ "type": ["string", "null"], "description": "a filter; null or `locked`: superusers only; \"\" or `public`: everyone" });
    let rules: Map<String, Json> = ["list", "view", "create", "update", "delete", "auth", "manage"]
        .iter()
        .map(|name| ((*name).to_owned(), rule.clone()))
        .collect();
    let field_types: Vec<Json> =
        FieldKind::NAMES.iter().filter_map(|name| FieldKind::named(name)).map(|kind| field(&kind)).collect();
    let index_columns = json!({ "type": "array", "items": { "type": "string" }, "minItems": 1, "description": "field, `field desc`, `field collate nocase`" });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "pbr collection",
        "type": "object",
        "required": ["collection"],
        "additionalProperties": false,
        "properties": {
            "version": { "const": 1 },
            "collection": { "type": "string", "pattern": "^\\w+$", "maxLength": 255 },
            "type": { "enum": ["base", "auth", "view"], "default": "base" },
            "description": { "type": "string" },
            "id": { "type": "string", "pattern": "^\\w+$", "maxLength": 100 },
            "renamedFrom": { "type": "string" },
            "fields": { "type": "object", "additionalProperties": { "$ref": "#/$defs/field" } },
            "indexes": { "type": "array", "items": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "unique": index_columns,
                    "fields": index_columns,
                    "where": { "type": "string" },
                    "name": { "type": "string" },
                    "sql": { "type": "string" },
                },
            } },
            "rules": { "type": "object", "additionalProperties": false, "properties": rules },
            "query": { "type": "string", "description": "one SELECT with a column named id" },
            "auth": auth(),
            "x-seed": { "type": "object", "additionalProperties": false, "properties": { "key": { "type": "string" } } },
        },
        "$defs": {
            "size": { "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "string", "pattern": "^[0-9.]+ ?([KMG]i?)?B?$" }] },
            "duration": { "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "string", "pattern": "^([0-9.]+ ?(s|sec|m|min|h|d|w))+$|^[0-9]+$" }] },
            "field": { "anyOf": [
                { "enum": FieldKind::NAMES },
                { "type": "object", "oneOf": field_types },
                {
                    "type": "object",
                    "description": "a built-in field whose options change",
                    "not": { "required": ["type"] },
                },
            ] },
        },
    })
}

fn field(kind: &FieldKind) -> Json {
    let mut properties: Map<String, Json> =
        kind.options().iter().map(|(name, default)| (name.clone(), value_schema(name, default))).collect();
    properties.insert("type".into(), json!({ "const": kind.name() }));
    for name in ["hidden", "presentable", "system"] {
        properties.insert(name.into(), json!({ "type": "boolean", "default": false }));
    }
    for name in ["id", "renamedFrom"] {
        properties.insert(name.into(), json!({ "type": "string" }));
    }
    if kind.as_type().may_be_required() {
        properties.insert("required".into(), json!({ "type": "boolean", "default": false }));
        if !matches!(kind, FieldKind::File(_) | FieldKind::Password(_)) {
            properties.insert(
                "x-default".into(),
                json!({ "description": "what a new record has when nobody says otherwise" }),
            );
        }
        properties.insert("help".into(), json!({ "type": "string", "maxLength": 300 }));
    }
    if matches!(kind, FieldKind::Relation(_)) {
        properties.insert("collection".into(), json!({ "type": "string", "description": "name of the collection" }));
    }
    json!({ "required": ["type"], "additionalProperties": false, "properties": properties })
}

/// The kind of a value, from the option's default.
fn value_schema(name: &str, default: &Json) -> Json {
    match default {
        Json::Number(_) if name.ends_with("Size") => json!({ "$ref": "#/$defs/size" }),
        Json::Number(_) if name == "duration" => json!({ "$ref": "#/$defs/duration" }),
        Json::Number(_) => json!({ "type": "integer" }),
        Json::Bool(default) => json!({ "type": "boolean", "default": default }),
        Json::String(_) => json!({ "type": "string" }),
        Json::Array(_) => json!({ "type": "array", "items": { "type": "string" } }),
        Json::Null => json!({ "type": ["number", "null"] }),
        Json::Object(group) => {
            let properties: Map<String, Json> =
                group.iter().map(|(name, default)| (name.clone(), value_schema(name, default))).collect();
            json!({ "type": "object", "additionalProperties": false, "properties": properties })
        }
    }
}

fn auth() -> Json {
    let mut defaults = json!(AuthOptions::default().redacted());
    if let Some(object) = defaults.as_object_mut() {
        object.remove("authRule");
        object.remove("manageRule");
    }
    let mut schema = value_schema("auth", &defaults);
    let secret = json!({ "type": "string", "pattern": "^\\$\\{env:\\w+\\}$" });
    let text = json!({ "type": "string" });
    schema["properties"]["oauth2"]["properties"]["providers"] = json!({ "type": "array", "items": {
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "name": { "enum": super::validate::PROVIDERS }, "clientId": text, "clientSecret": secret, "authURL": text, "tokenURL": text,
            "userInfoURL": text, "displayName": text, "pkce": { "type": ["boolean", "null"] }, "extra": { "type": "object" },
        },
    } });
    schema
}

/// The schema of `pbr.yaml`, given that of its `server`.
pub fn project_file(server: Json) -> Json {
    let text = json!({ "type": "string" });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "pbr project",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "version": { "const": 1 },
            "name": text,
            "environment": { "enum": ["development", "production"] },
            "dirs": { "type": "object", "additionalProperties": false, "properties": {
                "data": text, "schema": text, "migrations": text, "seeds": text, "hooks": text, "public": text,
            } },
            "server": server,
            "passwordHash": { "enum": ["argon2id", "bcrypt"] },
            "schemaEdits": { "enum": ["allow", "deny"] },
            "logins": { "type": "object", "additionalProperties": false, "properties": {
                "totp": { "type": "boolean" }, "backOff": { "type": "boolean" },
            } },
            "settings": { "type": "object" },
            "sdk": { "anyOf": [
                { "type": "object", "additionalProperties": text },
                { "type": "array", "items": { "type": "object", "required": ["lang", "out"], "properties": { "lang": text, "out": text } } },
            ] },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_type_has_its_options() {
        let schema = collection_file();
        let types = schema["$defs"]["field"]["anyOf"][1]["oneOf"].as_array().unwrap();
        assert_eq!(types.len(), FieldKind::NAMES.len());
        assert_eq!(types[0]["properties"]["pattern"]["type"], "string");
        assert_eq!(
            schema["properties"]["auth"]["properties"]["authToken"]["properties"]["duration"]["$ref"],
            "#/$defs/duration"
        );
    }
}

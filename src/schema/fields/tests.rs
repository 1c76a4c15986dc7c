//! What types say of themselves.

use super::{Field, decode_fields};
use serde_json::{Value as Json, json};

fn field(kind: &str, options: &Json) -> Field {
    let mut json = json!({ "id": "f1", "name": "f", "type": kind });
    json.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    decode_fields(&json!([json])).unwrap().remove(0)
}

fn narrows(old: &Field, new: &Field) -> bool {
    new.kind.as_type().narrows(&old.kind)
}

#[test]
fn a_limit_that_is_not_written_is_the_default_of_its_type() {
    let cases = [
        ("text", json!({ "max": 100_000 }), json!({})),
        ("text", json!({ "max": 6000 }), json!({ "max": 0 })),
        ("text", json!({}), json!({ "max": 4999 })),
        ("text", json!({}), json!({ "min": 2 })),
        ("text", json!({}), json!({ "pattern": "^a" })),
        ("text", json!({ "pattern": "^b" }), json!({ "pattern": "^a" })),
        ("editor", json!({ "maxSize": 6 << 20 }), json!({})),
        ("editor", json!({}), json!({ "maxSize": 100 })),
        ("json", json!({ "maxSize": 2 << 20 }), json!({})),
        ("number", json!({}), json!({ "min": -5 })),
        ("number", json!({ "min": 1 }), json!({ "min": 2 })),
        ("number", json!({}), json!({ "max": 5 })),
        ("number", json!({}), json!({ "onlyInt": true })),
        ("date", json!({}), json!({ "min": "2020-01-01 00:00:00.000Z" })),
        ("date", json!({}), json!({ "max": "2020-01-01 00:00:00.000Z" })),
        ("email", json!({}), json!({ "onlyDomains": ["a.io"] })),
        ("email", json!({ "onlyDomains": ["a.io", "b.io"] }), json!({ "onlyDomains": ["a.io"] })),
        ("url", json!({}), json!({ "exceptDomains": ["a.io"] })),
        ("select", json!({ "values": ["a", "b"] }), json!({ "values": ["a"] })),
        ("select", json!({ "values": ["a"], "maxSelect": 3 }), json!({ "values": ["a"], "maxSelect": 2 })),
        ("relation", json!({ "maxSelect": 3 }), json!({ "maxSelect": 2 })),
        ("relation", json!({ "maxSelect": 3 }), json!({ "maxSelect": 3, "minSelect": 2 })),
        ("file", json!({ "maxSelect": 3 }), json!({ "maxSelect": 2 })),
    ];
    for (kind, wide, narrow) in cases {
        assert!(narrows(&field(kind, &wide), &field(kind, &narrow)), "{kind} {wide} to {narrow}");
        let widens = !(wide.get("pattern").is_some() && narrow.get("pattern").is_some());
        assert!(!widens || !narrows(&field(kind, &narrow), &field(kind, &wide)), "{kind} {narrow} to {wide}");
    }
}

#[test]
fn what_refuses_no_row_that_is_there_narrows_nothing() {
    let cases = [
        ("text", json!({ "max": 0 }), json!({ "max": 5000 })),
        ("text", json!({}), json!({ "min": 1 })),
        ("editor", json!({}), json!({ "maxSize": 5 << 20 })),
        ("json", json!({}), json!({ "maxSize": 1 << 20 })),
        ("select", json!({ "values": ["a"], "maxSelect": 1 }), json!({ "values": ["a"], "maxSelect": 0 })),
        ("relation", json!({ "maxSelect": 1 }), json!({ "maxSelect": 0 })),
        ("file", json!({}), json!({ "maxSize": 1, "mimeTypes": ["image/png"], "maxSelect": 1 })),
        ("password", json!({}), json!({ "min": 20, "max": 30 })),
    ];
    for (kind, old, new) in cases {
        assert!(!narrows(&field(kind, &old), &field(kind, &new)), "{kind} {old} to {new}");
    }
}

//! Whether a field takes less than before (DS103).

use crate::schema::{Field, FieldKind};

/// Whether `new` refuses a value that `old` takes, so that its row cannot be saved until the value is another one.
///
/// What is only asked of something that arrives does not count, since it refuses no row that is there: sizes and content
/// types of files, lengths and patterns of passwords. That a field becomes required is MF102.
pub fn narrows(old: &Field, new: &Field) -> bool {
    match (&old.kind, &new.kind) {
        (FieldKind::Text(old), FieldKind::Text(new)) => {
            // An empty text passes whatever the least length is.
            new.most() < old.most() || new.min.max(1) > old.min.max(1) || adds(&old.pattern, &new.pattern)
        }
        (FieldKind::Editor(old), FieldKind::Editor(new)) => new.limit() < old.limit(),
        (FieldKind::Json(old), FieldKind::Json(new)) => new.limit() < old.limit(),
        (FieldKind::Number(old), FieldKind::Number(new)) => {
            let within = |bound: Option<f64>, open: f64| bound.unwrap_or(open);
            within(new.min, f64::NEG_INFINITY) > within(old.min, f64::NEG_INFINITY)
                || within(new.max, f64::INFINITY) < within(old.max, f64::INFINITY)
                || (new.only_int && !old.only_int)
        }
        (FieldKind::Date(old), FieldKind::Date(new)) => {
            new.min > old.min || (!new.max.is_empty() && (old.max.is_empty() || new.max < old.max))
        }
        (FieldKind::Email(old), FieldKind::Email(new)) => {
            domains((&old.only_domains, &old.except_domains), (&new.only_domains, &new.except_domains))
        }
        (FieldKind::Url(old), FieldKind::Url(new)) => {
            domains((&old.only_domains, &old.except_domains), (&new.only_domains, &new.except_domains))
        }
        (FieldKind::Select(old), FieldKind::Select(new)) => {
            lacks(&new.values, &old.values) || shrinks(old.max_select, new.max_select)
        }
        (FieldKind::Relation(old), FieldKind::Relation(new)) => {
            // No relation at all passes whatever the least number is.
            shrinks(old.max_select, new.max_select) || new.min_select.max(1) > old.min_select.max(1)
        }
        (FieldKind::File(old), FieldKind::File(new)) => shrinks(old.max_select, new.max_select),
        _ => false,
    }
}

/// `maxSelect` 0 means 1.
fn shrinks(old: i64, new: i64) -> bool {
    new.max(1) < old.max(1)
}

/// Another pattern may refuse anything.
fn adds(old: &str, new: &str) -> bool {
    !new.is_empty() && new != old
}

fn lacks(list: &[String], wanted: &[String]) -> bool {
    wanted.iter().any(|entry| !list.contains(entry))
}

/// Allowed and denied domains, before and after; an empty list of the allowed allows all.
fn domains(old: (&[String], &[String]), new: (&[String], &[String])) -> bool {
    let fewer_allowed = !new.0.is_empty() && (old.0.is_empty() || lacks(new.0, old.0));
    fewer_allowed || lacks(old.1, new.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::fields::decode_fields;
    use serde_json::{Value as Json, json};

    fn field(kind: &str, options: &Json) -> Field {
        let mut json = json!({ "id": "f1", "name": "f", "type": kind });
        json.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        decode_fields(&json!([json])).unwrap().remove(0)
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
}

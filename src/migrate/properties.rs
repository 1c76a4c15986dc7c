//! For any two schemas, the plan between them leads from the one to the other and loses no value it need not lose.

use super::plan;
use super::replay::Replay;
use super::write_back::WriteBack;
use crate::schema::ddl::quote;
use crate::schema::diff::{Decisions, diff, reconcile};
use crate::schema::fields::{FileField, SelectField};
use crate::schema::hash::canonical;
use crate::schema::view::infer_fields;
use crate::schema::yaml::{Project, parse_project};
use crate::schema::{Catalog, Collection, CollectionKind, Field, FieldKind, normalise};
use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

const COLLECTION_NAMES: [&str; 4] = ["posts", "tags", "Tags2", "comments"];
const FIELD_NAMES: [&str; 9] = ["a", "b", "B2", "c", "d", "order", "e", "f_x", "g"];
const KINDS: [&str; 9] = ["text", "number", "bool", "select", "file", "json", "editor", "date", "geoPoint"];

/// A field has its type by its number, since an id never changes its type.
fn field(number: usize, name: &str, multiple: bool, required: bool) -> Field {
    let max_select = if multiple { 3 } else { 1 };
    let kind = match KINDS[number] {
        "select" => FieldKind::Select(SelectField { values: vec!["x".into(), "y'\"".into(), "z".into()], max_select }),
        "file" => FieldKind::File(FileField { max_select, ..FileField::default() }),
        kind => FieldKind::named(kind).expect("a known type"),
    };
    Field { id: format!("f{number}"), required, ..Field::new(name, kind) }
}

type FieldPlan = Vec<(bool, bool, bool, bool)>;

prop_compose! {
    fn collection(number: usize)(
        auth in Just(number == 2),
        present in prop::collection::vec(any::<(bool, bool, bool, bool)>(), KINDS.len()),
        names in Just(FIELD_NAMES.to_vec()).prop_shuffle(),
        rule in prop::option::of("[a-z']{0,4}"),
    ) -> (bool, FieldPlan, Vec<&'static str>, Option<String>) {
        (auth, present, names, rule)
    }
}

prop_compose! {
    fn schema()(
        parts in (collection(0), collection(1), collection(2)),
        names in Just(COLLECTION_NAMES.to_vec()).prop_shuffle(),
        present in any::<[bool; 3]>(),
        view in prop::option::of(0usize..3),
    ) -> Vec<Collection> {
        let mut collections = Vec::new();
        for (number, (auth, fields, field_names, rule)) in [parts.0, parts.1, parts.2].into_iter().enumerate() {
            if !present[number] {
                continue;
            }
            let kind = if auth { CollectionKind::Auth(Box::default()) } else { CollectionKind::Base };
            let mut collection = Collection::new(names[number], kind);
            collection.id = format!("pbc_{number}");
            collection.rules.list = rule;
            for (at, (used, multiple, required, indexed)) in fields.into_iter().enumerate().filter(|(_, part)| part.0) {
                let name = field_names[at];
                collection.fields.push(field(at, name, multiple && used, required));
                if indexed {
                    let table = &collection.name;
                    collection.indexes.push(format!("CREATE INDEX `idx_{table}_{name}` ON `{table}` (`{name}`)"));
                }
            }
            normalise(&mut collection);
            collections.push(collection);
        }
        if let Some(base) = view.and_then(|at| collections.get(at)) {
            let last = base.fields.last().expect("there is an id");
            let column = if last.name == "id" { String::new() } else { format!(", {} AS shown", quote(&last.name)) };
            let query = format!("SELECT id{column} FROM {}", quote(&base.name));
            let mut view = Collection::new("overview", CollectionKind::View { query: query.clone() });
            view.id = "pbc_view".into();
            let catalog = Catalog::new(collections.iter().cloned().map(Arc::new), 0);
            view.fields = infer_fields("overview", &query, &catalog).expect("the query is simple");
            collections.push(view);
        }
        collections
    }
}

fn value(field: &Field, row: i64) -> Value {
    match &field.kind {
        FieldKind::Number(_) => Value::Integer(row * 3),
        FieldKind::Bool(_) => Value::Integer(row % 2),
        FieldKind::GeoPoint(_) => Value::Text(format!("{{\"lon\":{row},\"lat\":1}}")),
        FieldKind::Json(_) => Value::Text(format!("{{\"n\":{row}}}")),
        kind if kind.as_type().is_multiple() => Value::Text(format!("[\"x\",\"y{row}\"]")),
        _ => Value::Text(format!("{}'{row}", field.id)),
    }
}

/// Two rows a table.
fn fill(connection: &Connection, collections: &[Collection]) {
    for collection in collections.iter().filter(|collection| !collection.is_view()) {
        for row in 1..=2 {
            let mut columns: BTreeMap<String, Value> =
                collection.fields.iter().map(|field| (quote(&field.name), value(field, row))).collect();
            columns.insert("`id`".into(), Value::Text(format!("row{row}")));
            let names: Vec<&str> = columns.keys().map(String::as_str).collect();
            let marks = vec!["?"; names.len()].join(", ");
            let sql = format!("INSERT INTO {} ({}) VALUES ({marks})", quote(&collection.name), names.join(", "));
            connection.execute(&sql, rusqlite::params_from_iter(columns.values())).unwrap();
        }
    }
}

/// Tables with their columns, indexes and views, as SQLite sees them.
fn shape(connection: &Connection) -> Vec<String> {
    let mut statement = connection
        .prepare(
            "SELECT m.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || coalesce(c.dflt_value, '-') || c.pk \
             FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' \
             UNION ALL SELECT 'index ' || name || ' ' || lower(replace(replace(sql, '\"', ''), '`', '')) FROM sqlite_schema WHERE type = 'index' AND sql NOT NULL \
             UNION ALL SELECT 'view ' || name FROM sqlite_schema WHERE type = 'view' ORDER BY 1",
        )
        .unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

fn state_of(collections: &[Collection]) -> Vec<(String, serde_json::Value, Vec<Field>)> {
    let mut state: Vec<_> = collections
        .iter()
        .filter(|collection| !collection.system)
        .map(|collection| (collection.id.clone(), canonical(collection), collection.fields.clone()))
        .collect();
    state.sort_by(|a, b| a.0.cmp(&b.0));
    state
}

fn read(connection: &Connection, table: &str, column: &str) -> Vec<Value> {
    let sql = format!("SELECT {} FROM {} ORDER BY id", quote(column), quote(table));
    let mut statement = connection.prepare(&sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_leads_where_it_says_and_keeps_what_stays(a in schema(), b in schema()) {
        let mut database = Replay::fresh().unwrap();
        let first = plan(&database.collections, &a);
        database.apply(&first.sql()).unwrap();
        prop_assert_eq!(state_of(&database.collections), state_of(&a));
        fill(&database.connection, &a);

        let between = plan(&database.collections, &b);
        database.apply(&between.sql()).map_err(|error| TestCaseError::fail(format!("{error}\n{}", between.sql())))?;
        prop_assert_eq!(state_of(&database.collections), state_of(&b));
        prop_assert_eq!(&database.hash, &between.to);
        prop_assert!(plan(&database.collections, &b).is_empty());

        let mut fresh = Replay::fresh().unwrap();
        let direct = plan(&fresh.collections, &b);
        fresh.apply(&direct.sql()).unwrap();
        prop_assert_eq!(shape(&database.connection), shape(&fresh.connection));

        for new in b.iter().filter(|new| !new.is_view()) {
            let Some(old) = a.iter().find(|old| old.id == new.id) else { continue };
            for field in &new.fields {
                let Some(former) = old.field_by_id(&field.id) else { continue };
                if former.kind.as_type().column() == field.kind.as_type().column() && field.name != "id" {
                    let expected: Vec<Value> = (1..=2).map(|row| value(former, row)).collect();
                    prop_assert_eq!(read(&database.connection, &new.name, &field.name), expected);
                }
            }
        }
    }

    #[test]
    fn what_goes_is_announced_and_the_way_back_leads_back(a in schema(), b in schema()) {
        let mut database = Replay::fresh().unwrap();
        let first = plan(&database.collections, &a);
        database.apply(&first.sql()).unwrap();
        let before = database.collections.clone();
        let (hash, tables) = (database.hash.clone(), shape(&database.connection));
        fill(&database.connection, &a);
        let between = plan(&before, &b);
        let announced = |subject: &str| between.losses.iter().any(|loss| loss.consent && loss.subject == subject);
        for old in a.iter().filter(|old| !old.is_view()) {
            let Some(new) = b.iter().find(|new| new.id == old.id) else {
                prop_assert!(announced(&old.name), "{}", old.name);
                continue;
            };
            for field in &old.fields {
                let subject = format!("{}.{}", old.name, field.name);
                let kept = new.field_by_id(&field.id);
                let narrowed = kept.is_some_and(|now| field.kind.as_type().is_multiple() && !now.kind.as_type().is_multiple());
                prop_assert_eq!(announced(&subject), kept.is_none() || narrowed, "{}", subject);
            }
        }
        database.apply(&between.sql()).unwrap();
        super::down::plan_back(&mut database, &before).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&database.hash, &hash);
        prop_assert_eq!(shape(&database.connection), tables);
    }

    #[test]
    fn yaml_tells_every_schema_and_follows_every_change(a in schema(), b in schema()) {
        let parse = |files: &[(String, String)]| parse_project(files, &|_, _, _| Ok(()));
        let empty = Project::default();
        let write = |project: &Project, current: &[Collection], target: &[Collection]| {
            WriteBack { project, current, target, parse: &parse }.texts(std::path::Path::new("schema"))
        };
        let first = write(&empty, &[], &a).map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        let project = parse(&first.files.pairs()).unwrap();
        let current = reconcile(&a, &project, &Decisions::default()).unwrap();
        prop_assert!(diff(&a, &current).is_empty());
        // Errors would be a round trip that fails, or a schema that is none.
        let second = write(&project, &current, &b).map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        prop_assert!(diff(&b, &second.collections).is_empty());
    }
}

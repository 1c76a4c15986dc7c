//! For any two schemas, the plan between them leads from the one to the other and loses no value it need not lose.

use super::plan;
use super::replay::Replay;
use super::write_back::WriteBack;
use crate::schema::ddl::quote;
use crate::schema::diff::{Decisions, diff, reconcile};
use crate::schema::fields::decode_fields;
use crate::schema::hash::canonical;
use crate::schema::view::infer_fields;
use crate::schema::yaml::{Project, parse_project};
use crate::schema::{AuthOptions, Catalog, Collection, CollectionKind, Field, FieldKind, Rules, normalise};
use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

const COLLECTION_NAMES: [&str; 4] = ["posts", "tags", "Tags2", "comments"];
const FIELD_NAMES: [&str; 15] =
    ["a", "b", "B2", "c", "d", "order", "e", "f_x", "g", "group", "h", "i9", "select", "k", "l_m"];
/// Of the two relations the first leads to its own collection, the second to the auth collection.
const KINDS: [&str; 15] = [
    "text", "number", "bool", "select", "file", "json", "editor", "date", "geoPoint", "email", "url", "autodate",
    "password", "relation", "relation",
];
const AUTH: usize = 2;

/// Decides by the bits of a number, one after the other.
struct Bits(u64);

impl Bits {
    fn flip(&mut self) -> bool {
        self.below(2) == 1
    }

    fn below(&mut self, end: u64) -> u64 {
        let drawn = self.0 % end;
        self.0 /= end;
        drawn
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u64) as usize]
    }

    fn texts(&mut self, texts: &[&str]) -> Vec<String> {
        texts.iter().filter(|_| self.flip()).map(|text| (*text).to_owned()).collect()
    }
}

/// Options of a type that are valid together.
fn options(number: usize, owner: usize, bits: &mut Bits) -> serde_json::Value {
    let (least, most) = (bits.below(3), bits.pick(&[0, 10]));
    let select = bits.pick(&[0, 1, 3]);
    match KINDS[number] {
        "text" => {
            let generated = bits.flip();
            json!({ "min": least, "max": most, "autogeneratePattern": if generated { "[a-z]{5}" } else { "" },
                "pattern": if !generated && bits.flip() { "^a'?" } else { "" } })
        }
        "number" => {
            json!({ "min": bits.pick(&[None, Some(-1.0)]), "max": bits.pick(&[None, Some(5.0)]), "onlyInt": bits.flip() })
        }
        "email" | "url" => {
            let lists = bits.below(3);
            let of = |list: u64| if lists == list { vec!["example.com", "a.io"] } else { Vec::new() };
            json!({ "onlyDomains": of(1), "exceptDomains": of(2) })
        }
        "editor" => json!({ "maxSize": most, "convertURLs": bits.flip() }),
        "date" => {
            json!({ "min": bits.pick(&["", "2020-01-01 00:00:00.000Z"]), "max": bits.pick(&["", "2030-01-01 00:00:00.000Z"]) })
        }
        "autodate" => {
            let created = bits.flip();
            json!({ "onCreate": created, "onUpdate": !created || bits.flip() })
        }
        "select" => {
            let values = bits.pick(&[&["x", "y'\"", "z"][..], &["z", "x", "w", "ü"]]);
            json!({ "values": values, "maxSelect": select })
        }
        "json" => json!({ "maxSize": most }),
        "file" => json!({ "maxSelect": select, "maxSize": most, "mimeTypes": bits.texts(&["image/png", "text/plain"]),
            "thumbs": bits.texts(&["10x10", "0x50t"]), "protected": bits.flip() }),
        "password" => json!({ "min": bits.pick(&[0, 8]), "max": bits.pick(&[0, 20]), "cost": bits.pick(&[0, 4]),
            "pattern": bits.pick(&["", "^[a-z]+"]) }),
        "relation" => {
            let target = if number + 1 == KINDS.len() { AUTH } else { owner };
            json!({ "collectionId": format!("pbc_{target}"), "cascadeDelete": bits.flip(), "maxSelect": select.max(1),
                "minSelect": bits.below(2) })
        }
        _ => json!({}),
    }
}

/// A field has its type by its number, since an id never changes its type.
fn field(number: usize, owner: usize, name: &str, bits: &mut Bits) -> Field {
    let mut object = options(number, owner, bits);
    let common = json!({ "id": format!("f{number}"), "name": name, "type": KINDS[number], "hidden": bits.flip(),
        "required": bits.flip(), "presentable": bits.flip(), "help": bits.pick(&["", "it's \"so\": #"]) });
    object.as_object_mut().unwrap().extend(common.as_object().unwrap().clone());
    let mut field = decode_fields(&json!([object])).unwrap().remove(0);
    field.default = match KINDS[number] {
        "number" => bits.pick(&[None, Some(2)]).map(Into::into),
        "bool" => bits.pick(&[None, Some(true)]).map(Into::into),
        _ => None,
    };
    field
}

/// An index of one or two columns. A unique one leaves rows without a value alone, or has the id too: rows that are there
/// when a field is added all have the same value in it.
fn index(table: &str, field: &Field, bits: &mut Bits) -> Option<String> {
    let (name, more) = (&field.name, bits.flip());
    let columns = if more { format!("`{name}`, `id` DESC") } else { format!("`{name}`") };
    let is_text = field.kind.as_type().column().starts_with("TEXT");
    let (unique, condition) = match bits.below(4) {
        0 => return None,
        1 if more => ("UNIQUE ", String::new()),
        2 if is_text => ("UNIQUE ", format!(" WHERE `{name}` != ''")),
        _ => ("", String::new()),
    };
    Some(format!("CREATE {unique}INDEX `idx_{table}_{name}` ON `{table}` ({columns}){condition}"))
}

fn auth_options(bits: &mut Bits) -> AuthOptions {
    let mut options = AuthOptions {
        auth_rule: bits.pick(&[None, Some(""), Some("verified = true")]).map(Into::into),
        manage_rule: bits.pick(&[None, Some("id = '1'")]).map(Into::into),
        ..AuthOptions::default()
    };
    options.auth_alert.enabled = bits.flip();
    options.password_auth.enabled = true;
    options.password_auth.identity_fields = vec!["email".into()];
    options.otp.enabled = bits.flip();
    options.otp.duration = bits.pick(&[180, 300]);
    options.otp.length = bits.pick(&[8, 6]);
    options.mfa.enabled = options.otp.enabled && bits.flip();
    options.mfa.rule = bits.pick(&["", "verified = false"]).into();
    options.auth_token.duration = bits.pick(&[604_800, 3600]);
    options.file_token.duration = bits.pick(&[180, 60]);
    options.verification_template.subject = bits.pick(&["Verify", "Bitte: \"{APP_NAME}\""]).into();
    options
}

prop_compose! {
    fn collection()(
        auth in any::<u64>(),
        fields in prop::collection::vec((any::<bool>(), any::<u64>()), KINDS.len()),
        names in Just(FIELD_NAMES.to_vec()).prop_shuffle(),
        rules in prop::array::uniform5(prop::option::of("[a-z']{0,4}")),
    ) -> (u64, Vec<(bool, u64)>, Vec<&'static str>, Rules) {
        let [list, view, create, update, delete] = rules;
        (auth, fields, names, Rules { list, view, create, update, delete })
    }
}

prop_compose! {
    fn schema()(
        parts in prop::array::uniform3(collection()),
        names in Just(COLLECTION_NAMES.to_vec()).prop_shuffle(),
        present in any::<[bool; 3]>(),
        view in prop::option::of(0usize..3),
    ) -> Vec<Collection> {
        let mut collections = Vec::new();
        for (number, (auth, fields, field_names, rules)) in parts.into_iter().enumerate() {
            if !present[number] {
                continue;
            }
            let kind = match number {
                AUTH => CollectionKind::Auth(Box::new(auth_options(&mut Bits(auth)))),
                _ => CollectionKind::Base,
            };
            let mut collection = Collection::new(names[number], kind);
            collection.id = format!("pbc_{number}");
            collection.rules = rules;
            for (at, (used, bits)) in fields.into_iter().enumerate() {
                let leads_nowhere = at + 1 == KINDS.len() && !present[AUTH];
                if !used || leads_nowhere {
                    continue;
                }
                let mut bits = Bits(bits);
                let field = field(at, number, field_names[at], &mut bits);
                collection.indexes.extend(index(&collection.name, &field, &mut bits));
                collection.fields.push(field);
            }
            normalise(&mut collection);
            collections.push(collection);
        }
        if let Some(base) = view.and_then(|at| collections.get(at)) {
            let shown = base.fields.iter().rfind(|field| !matches!(field.kind, FieldKind::Password(_)));
            let last = shown.expect("there is an id");
            let column = if last.name == "id" { String::new() } else { format!(", {} AS shown", quote(&last.name)) };
            let query = format!("SELECT id{column} FROM {}", quote(&base.name));
            let mut view = Collection::new("overview", CollectionKind::View { query: query.clone() });
            view.id = "pbc_view".into();
            view.rules.list = base.rules.list.clone();
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

/// Whether a collection takes the name that another one had, where relations lead to collections: that one is told in two
/// steps, since a name in a file leads to one of the two.
fn takes_a_name_with_relations(a: &[Collection], b: &[Collection]) -> bool {
    let takes = |new: &Collection| a.iter().any(|old| old.id != new.id && old.name.eq_ignore_ascii_case(&new.name));
    b.iter().any(takes) && a.iter().chain(b).any(|collection| collection.relations().next().is_some())
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

/// Tables with their columns, indexes and views, as SQLite sees them; those that pbr makes when it first needs them apart.
fn shape(connection: &Connection) -> Vec<String> {
    let mut statement = connection
        .prepare(
            "SELECT m.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || coalesce(c.dflt_value, '-') || c.pk \
             FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name != '_pbr_extras' \
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
        prop_assume!(!takes_a_name_with_relations(&a, &b));
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

//! Collections back to YAML: what differs from the defaults, in the words that a person would use.

use super::node::{self, Value};
use crate::diagnostic::Source;
use crate::schema::fields::{Field, FieldKind};
use crate::schema::hash::difference;
use crate::schema::index::{Index, IndexColumn};
use crate::schema::options::AuthOptions;
use crate::schema::system::{auth_fields, auth_indexes, id_field};
use crate::schema::{Catalog, Collection, CollectionKind, collection_id, field_id};
use serde_json::{Value as Json, json};

/// A value of a file to be written: mappings keep their order.
#[derive(Clone, Debug, PartialEq)]
pub enum Yaml {
    Scalar(Json),
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

impl Yaml {
    pub fn entry(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    fn text(text: &str) -> Self {
        Self::Scalar(json!(text))
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Map(entries) => entries.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Scalar(_) => false,
        }
    }
}

impl From<&Json> for Yaml {
    fn from(json: &Json) -> Self {
        match json {
            Json::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            Json::Object(object) => {
                Self::Map(object.iter().map(|(key, value)| (key.clone(), Self::from(value))).collect())
            }
            scalar => Self::Scalar(scalar.clone()),
        }
    }
}

/// The whole text of a new file.
pub fn to_yaml(collection: &Collection, catalog: &Catalog) -> String {
    let mut out = String::from("# yaml-language-server: $schema=../.pbr/collection.schema.json\n");
    block(&document(collection, catalog), 0, &mut out);
    out
}

/// The tree of a file, without what only YAML knows (`description`, `renamedFrom`, `x-seed`).
pub fn document(collection: &Collection, catalog: &Catalog) -> Yaml {
    let mut entries = vec![
        ("version".to_owned(), Yaml::Scalar(json!(1))),
        ("collection".to_owned(), Yaml::text(&collection.name)),
        ("type".to_owned(), Yaml::text(collection.kind.name())),
    ];
    if collection.id != collection_id(collection.kind.name(), &collection.name) {
        entries.insert(2, ("id".to_owned(), Yaml::text(&collection.id)));
    }
    let mut add = |key: &str, value: Yaml| {
        if !value.is_empty() {
            entries.push((key.to_owned(), value));
        }
    };
    if let CollectionKind::View { query } = &collection.kind {
        add("query", Yaml::text(query));
    } else {
        add("fields", fields(collection, catalog));
        add("indexes", indexes(collection));
    }
    if let Some(options) = collection.auth() {
        add("auth", auth(options));
    }
    add("rules", rules(collection));
    Yaml::Map(entries)
}

/// Built-in fields are left out while they are as every collection has them and stand where they always do.
fn fields(collection: &Collection, catalog: &Catalog) -> Yaml {
    let mut builtin = vec![id_field()];
    if collection.is_auth() {
        builtin.extend(auth_fields());
    }
    let unlisted = collection.fields.iter().zip(&builtin).take_while(|(field, usual)| field == usual).count();
    let known = |field: &Field| builtin.iter().find(|usual| usual.name == field.name);
    let mut ids: Vec<String> = builtin.iter().take(unlisted).map(|field| field.id.clone()).collect();
    let mut entries = Vec::new();
    for field in &collection.fields[unlisted..] {
        let base = field_id(field.kind.name(), &field.name);
        let usual = std::iter::once(base.clone())
            .chain((2..).map(|n| format!("{base}{n}")))
            .find(|id| !ids.contains(id))
            .expect("the sequence of candidates is endless");
        let id = (field.id != usual).then_some(&field.id);
        ids.push(field.id.clone());
        entries.push((field.name.clone(), field_entry(field, known(field), id, catalog)));
    }
    Yaml::Map(entries)
}

fn field_entry(field: &Field, builtin: Option<&Field>, id: Option<&String>, catalog: &Catalog) -> Yaml {
    let usual = match builtin {
        Some(builtin) => builtin.to_json(),
        None => {
            let kind = FieldKind::named(field.kind.name()).expect("a field's type has a name");
            Field::new(field.name.clone(), kind).to_json()
        }
    };
    let json = field.definition();
    let mut options = vec![("type".to_owned(), Yaml::text(field.kind.name()))];
    if let Some(id) = id {
        options.push(("id".to_owned(), Yaml::text(id)));
    }
    let changed = |key: &str| json.get(key).filter(|value| usual.get(key) != Some(value));
    if let FieldKind::Relation(relation) = &field.kind {
        match catalog.iter().find(|known| known.id == relation.collection_id) {
            Some(target) => options.push(("collection".to_owned(), Yaml::text(&target.name))),
            None => options.push(("collectionId".to_owned(), Yaml::text(&relation.collection_id))),
        }
    }
    const FIRST: [&str; 2] = ["required", "presentable"];
    const LAST: [&str; 4] = ["hidden", "help", "system", "x-default"];
    for key in FIRST {
        options.extend(changed(key).map(|value| (key.to_owned(), Yaml::from(value))));
    }
    for key in json.as_object().into_iter().flat_map(|object| object.keys()) {
        let elsewhere = ["id", "name", "type", "collectionId"].contains(&key.as_str());
        if !elsewhere && !FIRST.contains(&key.as_str()) && !LAST.contains(&key.as_str()) {
            options.extend(changed(key).map(|value| (key.clone(), option(key, value))));
        }
    }
    for key in LAST {
        options.extend(changed(key).map(|value| (key.to_owned(), Yaml::from(value))));
    }
    Yaml::Map(options)
}

/// Sizes get the largest unit that they are whole numbers of.
fn option(key: &str, value: &Json) -> Yaml {
    let size = value.as_u64().filter(|size| key.ends_with("Size") && *size > 0);
    match size {
        Some(size) if size % (1 << 20) == 0 => Yaml::text(&format!("{}MiB", size >> 20)),
        Some(size) if size % (1 << 10) == 0 => Yaml::text(&format!("{}KiB", size >> 10)),
        _ => Yaml::from(value),
    }
}

/// The indexes that every auth collection gets are left out where they stand at the end.
fn indexes(collection: &Collection) -> Yaml {
    let usual: Vec<String> =
        if collection.is_auth() { auth_indexes(&collection.id, &collection.name).into() } else { Vec::new() };
    let own = match collection.indexes.strip_suffix(usual.as_slice()) {
        Some(own) => own,
        None => &collection.indexes,
    };
    let mut before = Collection { indexes: Vec::new(), ..collection.clone() };
    let mut items = Vec::new();
    for text in own {
        items.push(index(&before, text));
        before.indexes.push(text.clone());
    }
    Yaml::List(items)
}

/// The short form where it means exactly the statement.
fn index(before: &Collection, text: &str) -> Yaml {
    let sql = || Yaml::Map(vec![("sql".to_owned(), Yaml::text(text))]);
    let Some(index) = Index::parse(text) else { return sql() };
    let column = |column: &IndexColumn| {
        let mut words = column.name.clone();
        if !column.collate.is_empty() {
            words.push_str(&format!(" collate {}", column.collate));
        }
        if !column.sort.is_empty() {
            words.push_str(&format!(" {}", column.sort.to_lowercase()));
        }
        words
    };
    let columns: Vec<String> = index.columns.iter().map(column).collect();
    let reread: Vec<IndexColumn> = columns.iter().filter_map(|text| IndexColumn::parse(text)).collect();
    let simple = index.schema.is_empty() && !index.if_not_exists && reread == index.columns && index.build() == text;
    if !simple {
        return sql();
    }
    let key = if index.unique { "unique" } else { "fields" };
    let mut entries = vec![(key.to_owned(), Yaml::List(columns.iter().map(|column| Yaml::text(column)).collect()))];
    if !index.condition.is_empty() {
        entries.push(("where".to_owned(), Yaml::text(&index.condition)));
    }
    if super::indexes::free_index_name(before, &index) != index.name {
        entries.push(("name".to_owned(), Yaml::text(&index.name)));
    }
    Yaml::Map(entries)
}

fn rules(collection: &Collection) -> Yaml {
    let word = |rule: &str| Yaml::text(if rule.is_empty() { "public" } else { rule });
    let mut entries = Vec::new();
    for (name, rule) in collection.rules.named() {
        entries.extend(rule.map(|rule| (name.to_owned(), word(rule))));
    }
    if let Some(options) = collection.auth() {
        match options.auth_rule.as_deref() {
            Some("") => {}
            Some(rule) => entries.push(("auth".to_owned(), word(rule))),
            None => entries.push(("auth".to_owned(), Yaml::text("locked"))),
        }
        entries.extend(options.manage_rule.as_deref().map(|rule| ("manage".to_owned(), word(rule))));
    }
    Yaml::Map(entries)
}

fn auth(options: &AuthOptions) -> Yaml {
    // Client secrets that are placeholders stay; the caller has put one wherever there was a secret.
    let mut options = options.clone();
    options.tokens_mut().into_iter().for_each(|token| token.secret.clear());
    let changed = difference(&json!(options), &json!(AuthOptions::default().redacted())).unwrap_or(json!({}));
    let mut yaml = Yaml::from(&changed);
    if let Yaml::Map(entries) = &mut yaml {
        entries.retain(|(key, _)| !matches!(key.as_str(), "authRule" | "manageRule"));
        for (key, value) in entries {
            if let (true, Yaml::Map(oauth2)) = (key == "oauth2", value) {
                for provider in oauth2.iter_mut().filter(|(key, _)| key == "providers").map(|(_, value)| value) {
                    tidy_providers(provider);
                }
            }
        }
    }
    yaml
}

/// Providers are lists of whole objects; what is empty goes without saying.
fn tidy_providers(providers: &mut Yaml) {
    let Yaml::List(items) = providers else { return };
    for item in items {
        let Yaml::Map(entries) = item else { continue };
        entries.retain(|(_, value)| match value {
            Yaml::Scalar(Json::Null) => false,
            Yaml::Scalar(Json::String(text)) => !text.is_empty(),
            value => !value.is_empty(),
        });
        entries.sort_by_key(|(key, _)| (key != "name", key != "clientId", key != "clientSecret", key.clone()));
    }
}

const WIDTH: usize = 110;

/// Writes the entries of a mapping, each on lines of its own.
pub fn block(yaml: &Yaml, indent: usize, out: &mut String) {
    let Yaml::Map(entries) = yaml else { return };
    for (key, value) in entries {
        entry(key, value, indent, out);
    }
}

/// Writes `key: value` with all its lines.
pub fn entry(key: &str, value: &Yaml, indent: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', indent));
    out.push_str(&scalar(&json!(key), false));
    out.push(':');
    after_key(key, value, indent, out);
}

/// What follows the colon, up to the end of the value's last line.
pub fn after_key(key: &str, value: &Yaml, indent: usize, out: &mut String) {
    match value {
        Yaml::Scalar(Json::String(text)) if block_text(text, indent, out) => {}
        Yaml::Scalar(json) => out.push_str(&format!(" {}\n", scalar(json, false))),
        Yaml::List(items) if items.iter().all(|item| matches!(item, Yaml::Scalar(_))) && fits(value, key, indent) => {
            out.push_str(&format!(" {}\n", flow(value)));
        }
        Yaml::List(items) => {
            out.push('\n');
            for item in items {
                out.extend(std::iter::repeat_n(' ', indent + 2));
                out.push_str("- ");
                list_item(item, indent + 4, out);
            }
        }
        Yaml::Map(_) if short_field(value).is_some() => {
            out.push_str(&format!(" {}\n", short_field(value).unwrap_or_default()));
        }
        Yaml::Map(entries) if is_flat(value) && entries.len() > 1 && fits(value, key, indent) && indent > 0 => {
            out.push_str(&format!(" {}\n", flow(value)));
        }
        Yaml::Map(_) => {
            out.push('\n');
            block(value, indent + 2, out);
        }
    }
}

fn list_item(item: &Yaml, indent: usize, out: &mut String) {
    match item {
        Yaml::Map(_) => {
            let mut text = String::new();
            block(item, indent, &mut text);
            out.push_str(text.trim_start_matches(' '));
        }
        item => out.push_str(&format!("{}\n", flow(item))),
    }
}

/// `{ type: editor }` is written `editor`.
fn short_field(value: &Yaml) -> Option<String> {
    match value {
        Yaml::Map(entries) => match entries.as_slice() {
            [(key, Yaml::Scalar(kind))] if key == "type" => Some(scalar(kind, false)),
            _ => None,
        },
        _ => None,
    }
}

fn is_flat(value: &Yaml) -> bool {
    match value {
        Yaml::Scalar(Json::String(text)) => !text.contains('\n'),
        Yaml::Scalar(_) => true,
        Yaml::List(items) => items.iter().all(|item| matches!(item, Yaml::Scalar(_)) && is_flat(item)),
        Yaml::Map(entries) => entries.iter().all(|(_, value)| !matches!(value, Yaml::Map(_)) && is_flat(value)),
    }
}

fn fits(value: &Yaml, key: &str, indent: usize) -> bool {
    indent + key.len() + 2 + flow(value).chars().count() <= WIDTH
}

/// One line: `{ a: 1, b: [x, y] }`.
pub fn flow(value: &Yaml) -> String {
    match value {
        Yaml::Scalar(json) => scalar(json, true),
        Yaml::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Yaml::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Yaml::Map(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}: {}", scalar(&json!(key), true), flow(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// A text of several lines as `|` or `|-`; `false` when it has to be quoted.
fn block_text(text: &str, indent: usize, out: &mut String) -> bool {
    let plain = !text.contains(['\r', '\t', '\u{85}', '\u{2028}', '\u{2029}', '\u{feff}'])
        && !text.chars().any(|c| c.is_control() && c != '\n');
    let lines: Vec<&str> = text.trim_end_matches('\n').split('\n').collect();
    let sound = lines.len() > 1
        && plain
        && !text.starts_with([' ', '\n'])
        && !text.ends_with("\n\n")
        && lines.iter().all(|line| line.trim_end() == *line);
    if !sound {
        return false;
    }
    out.push_str(if text.ends_with('\n') { " |\n" } else { " |-\n" });
    for line in lines {
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent + 2));
            out.push_str(line);
        }
        out.push('\n');
    }
    true
}

/// A scalar: plain where a reader takes it for the same, single quotes around double ones, else a JSON string.
pub fn scalar(json: &Json, in_flow: bool) -> String {
    let Json::String(text) = json else { return json.to_string() };
    let one_line = !text.is_empty() && !text.chars().any(char::is_control);
    if one_line && reads_as(text, text, in_flow) {
        return text.clone();
    }
    let single = format!("'{}'", text.replace('\'', "''"));
    if one_line && text.contains('"') && reads_as(&single, text, in_flow) {
        return single;
    }
    let quoted = json.to_string();
    if reads_as(&quoted, text, in_flow) { quoted } else { single }
}

fn reads_as(written: &str, text: &str, in_flow: bool) -> bool {
    let document = if in_flow { format!("a: [{written}, b]\n") } else { format!("a: {written}\n") };
    let mut errors = Vec::new();
    let tree = node::parse(&Source::new("", document.as_str()), &mut errors);
    let value = tree.as_ref().and_then(|tree| tree.entry("a")).map(|entry| &entry.value.value);
    let found = match value {
        Some(Value::List(items)) if in_flow && items.len() == 2 => Some(&items[0].value),
        Some(value) if !in_flow => Some(value),
        _ => None,
    };
    errors.is_empty() && matches!(found, Some(Value::Text(found)) if found == text)
}

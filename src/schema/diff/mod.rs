//! What changed between two states of a schema, and which object of the one became which of the other.
//!
//! Pure: two lists of collections in, a list of changes out. It does not know SQL.

mod reconcile;

pub use reconcile::{Decisions, Question, ReconcileError, field_renames, is_untouched_default, reconcile};

use super::{Collection, Field};
use serde_json::{Value as Json, json};

/// One difference, in the words of the schema.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    CreateCollection { name: String, kind: &'static str },
    DropCollection { name: String },
    RenameCollection { from: String, to: String },
    AddField { collection: String, name: String, kind: &'static str },
    DropField { collection: String, name: String },
    RenameField { collection: String, from: String, to: String },
    ChangeField { collection: String, name: String, options: Vec<OptionChange> },
    ReorderFields { collection: String },
    AddIndex { collection: String, index: String },
    DropIndex { collection: String, index: String },
    ChangeRule { collection: String, rule: &'static str, from: Option<String>, to: Option<String> },
    ChangeQuery { collection: String },
    ChangeOptions { collection: String, options: Vec<OptionChange> },
}

/// An option with its former and present value.
#[derive(Clone, Debug, PartialEq)]
pub struct OptionChange {
    pub name: String,
    pub from: Json,
    pub to: Json,
}

/// The changes that lead from one state to another; collections and fields are matched by id.
pub fn diff(from: &[Collection], to: &[Collection]) -> Vec<Change> {
    let mut changes = Vec::new();
    for old in from.iter().filter(|old| find(to, old).is_none()) {
        changes.push(Change::DropCollection { name: old.name.clone() });
    }
    for new in to {
        match find(from, new) {
            None => changes.push(Change::CreateCollection { name: new.name.clone(), kind: new.kind.name() }),
            Some(old) => diff_collection(old, new, &mut changes),
        }
    }
    changes
}

/// The same collection in another state: its id, and a type that cannot change.
pub fn find<'a>(collections: &'a [Collection], wanted: &Collection) -> Option<&'a Collection> {
    collections.iter().find(|other| other.id == wanted.id && other.kind.name() == wanted.kind.name())
}

fn diff_collection(old: &Collection, new: &Collection, changes: &mut Vec<Change>) {
    let collection = || new.name.clone();
    if old.name != new.name {
        changes.push(Change::RenameCollection { from: old.name.clone(), to: new.name.clone() });
    }
    if new.is_view() {
        if old.options_json() != new.options_json() {
            changes.push(Change::ChangeQuery { collection: collection() });
        }
    } else {
        diff_fields(old, new, changes);
        for index in old.indexes.iter().filter(|index| !new.indexes.contains(index)) {
            changes.push(Change::DropIndex { collection: collection(), index: index.clone() });
        }
        for index in new.indexes.iter().filter(|index| !old.indexes.contains(index)) {
            changes.push(Change::AddIndex { collection: collection(), index: index.clone() });
        }
    }
    let rules = old.all_rules().into_iter().zip(new.all_rules());
    for ((rule, from), (_, to)) in rules.filter(|(old, new)| old.1 != new.1) {
        let (from, to) = (from.map(str::to_owned), to.map(str::to_owned));
        changes.push(Change::ChangeRule { collection: collection(), rule, from, to });
    }
    let options = option_changes("", &auth_json(old), &auth_json(new));
    if !options.is_empty() {
        changes.push(Change::ChangeOptions { collection: collection(), options });
    }
}

fn diff_fields(old: &Collection, new: &Collection, changes: &mut Vec<Change>) {
    let collection = || new.name.clone();
    for field in old.fields.iter().filter(|field| new.field_by_id(&field.id).is_none()) {
        changes.push(Change::DropField { collection: collection(), name: field.name.clone() });
    }
    for field in &new.fields {
        let Some(former) = old.field_by_id(&field.id) else {
            let kind = field.kind.name();
            changes.push(Change::AddField { collection: collection(), name: field.name.clone(), kind });
            continue;
        };
        if former.name != field.name {
            let (from, to) = (former.name.clone(), field.name.clone());
            changes.push(Change::RenameField { collection: collection(), from, to });
        }
        let renamed = Field { name: field.name.clone(), ..former.clone() };
        let options = option_changes("", &renamed.definition(), &field.definition());
        if !options.is_empty() {
            changes.push(Change::ChangeField { collection: collection(), name: field.name.clone(), options });
        }
    }
    let kept = |a: &Collection, b: &Collection| -> Vec<String> {
        a.fields.iter().map(|field| field.id.clone()).filter(|id| b.field_by_id(id).is_some()).collect()
    };
    if kept(old, new) != kept(new, old) {
        changes.push(Change::ReorderFields { collection: collection() });
    }
}

/// Auth options without the rules, which are compared with the others, and without secrets.
fn auth_json(collection: &Collection) -> Json {
    let Some(options) = collection.auth() else { return Json::Null };
    let mut json = json!(options.redacted());
    if let Some(object) = json.as_object_mut() {
        object.remove("authRule");
        object.remove("manageRule");
    }
    json
}

fn option_changes(prefix: &str, from: &Json, to: &Json) -> Vec<OptionChange> {
    let (Json::Object(old), Json::Object(new)) = (from, to) else {
        let change = OptionChange { name: prefix.to_owned(), from: from.clone(), to: to.clone() };
        return if from == to { Vec::new() } else { vec![change] };
    };
    let keys: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let path = |key: &str| if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") };
    keys.into_iter()
        .flat_map(|key| {
            option_changes(&path(key), old.get(key).unwrap_or(&Json::Null), new.get(key).unwrap_or(&Json::Null))
        })
        .collect()
}

/// One line for people.
impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rule = |rule: &Option<String>| match rule.as_deref() {
            None => "locked".to_owned(),
            Some("") => "public".to_owned(),
            Some(rule) => rule.to_owned(),
        };
        match self {
            Self::CreateCollection { name, kind } => write!(f, "create {kind} collection {name}"),
            Self::DropCollection { name } => write!(f, "drop collection {name}"),
            Self::RenameCollection { from, to } => write!(f, "rename collection {from} to {to}"),
            Self::AddField { collection, name, kind } => write!(f, "add {kind} field {collection}.{name}"),
            Self::DropField { collection, name } => write!(f, "drop field {collection}.{name}"),
            Self::RenameField { collection, from, to } => write!(f, "rename field {collection}.{from} to {to}"),
            Self::ChangeField { collection, name, options } => {
                write!(f, "change field {collection}.{name}: {}", list(options))
            }
            Self::ReorderFields { collection } => write!(f, "reorder the fields of {collection}"),
            Self::AddIndex { collection, index } => write!(f, "add index {} on {collection}", index_name(index)),
            Self::DropIndex { collection, index } => write!(f, "drop index {} on {collection}", index_name(index)),
            Self::ChangeRule { collection, rule: name, from, to } => {
                write!(f, "change the {name} rule of {collection}: {} -> {}", rule(from), rule(to))
            }
            Self::ChangeQuery { collection } => write!(f, "change the query of {collection}"),
            Self::ChangeOptions { collection, options } => {
                write!(f, "change options of {collection}: {}", list(options))
            }
        }
    }
}

fn index_name(sql: &str) -> String {
    super::index::Index::parse(sql).map_or_else(|| sql.to_owned(), |index| index.name)
}

fn list(options: &[OptionChange]) -> String {
    const SHOWN: usize = 40;
    let short = |value: &Json| {
        let text = value.to_string();
        if text.chars().count() > SHOWN { format!("{}…", text.chars().take(SHOWN).collect::<String>()) } else { text }
    };
    let each = options.iter().map(|option| format!("{} {} -> {}", option.name, short(&option.from), short(&option.to)));
    each.collect::<Vec<_>>().join(", ")
}

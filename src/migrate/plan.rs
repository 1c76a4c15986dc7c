//! From two states of a schema to the SQL between them. Pure: the text is the result.

use super::loss::{Loss, find_losses};
use super::sql::{comment, literal, upsert_row};
use super::tables::{TableSync, rename_steps, sync};
use crate::db::{OWNED, extras};
use crate::schema::ddl::{create_table, quote};
use crate::schema::diff::{Change, diff, find};
use crate::schema::hash::schema_hash;
use crate::schema::index::Index;
use crate::schema::view::{create_view, mentions, readable_order};
use crate::schema::{Catalog, Collection, CollectionKind};
use std::sync::Arc;

/// A migration that has not been written yet.
#[derive(Clone, Debug)]
pub struct Plan {
    pub changes: Vec<Change>,
    pub losses: Vec<Loss>,
    /// Hashes of the schema before and after.
    pub from: String,
    pub to: String,
    sections: Vec<Section>,
}

#[derive(Clone, Debug)]
struct Section {
    title: String,
    statements: Vec<String>,
}

impl Plan {
    /// Nothing has to change.
    pub fn is_empty(&self) -> bool {
        self.sections.is_empty()
    }

    /// The statements alone.
    pub fn sql(&self) -> String {
        let statements: Vec<&str> =
            self.sections.iter().flat_map(|section| &section.statements).map(String::as_str).collect();
        statements.join("\n")
    }

    /// The file: machine comments, what changes in words, statements.
    pub fn file(&self) -> String {
        let mut text = format!("-- pbr:engine=sqlite\n-- pbr:from={}\n-- pbr:to={}\n", self.from, self.to);
        for loss in &self.losses {
            let key = if loss.consent { "data-loss" } else { "warn" };
            text.push_str(&comment(&format!("pbr:{key}={} {}", loss.code, loss.subject)));
        }
        for (from, to) in self.renames() {
            text.push_str(&comment(&format!("pbr:rename={from}={to}")));
        }
        text.push_str("--\n");
        for change in &self.changes {
            text.push_str(&comment(&change.to_string()));
        }
        for section in &self.sections {
            text.push_str(&format!("\n{}{}\n", comment(&section.title), section.statements.join("\n")));
        }
        text
    }

    /// What is renamed, so that a `renamedFrom` that stays in the YAML is known to be answered.
    fn renames(&self) -> impl Iterator<Item = (String, String)> {
        self.changes.iter().filter_map(|change| match change {
            Change::RenameCollection { from, to } => Some((from.clone(), to.clone())),
            Change::RenameField { collection, from, to } => {
                Some((format!("{collection}.{from}"), format!("{collection}.{to}")))
            }
            _ => None,
        })
    }

    /// A name for the file, from the changes: `create_posts`, `add_slug_to_posts`, `change_posts_and_tags`.
    pub fn name(&self) -> String {
        let word = |text: &str| text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
        let name = match self.changes.as_slice() {
            [Change::AddField { collection, name, .. }] => format!("add_{}_to_{}", word(name), word(collection)),
            [Change::DropField { collection, name }] => format!("drop_{}_from_{}", word(name), word(collection)),
            [Change::RenameField { collection, from, to }] => {
                format!("rename_{}_to_{}_in_{}", word(from), word(to), word(collection))
            }
            [Change::DropCollection { name }] => format!("drop_{}", word(name)),
            [Change::RenameCollection { from, to }] => format!("rename_{}_to_{}", word(from), word(to)),
            changes => {
                let created = |change: &Change| matches!(change, Change::CreateCollection { .. });
                let verb = if !changes.is_empty() && changes.iter().all(created) { "create" } else { "change" };
                let mut names: Vec<String> = changes.iter().map(|change| word(subject(change))).collect();
                names.dedup();
                match names.as_slice() {
                    [] => "schema".to_owned(),
                    [one] => format!("{verb}_{one}"),
                    [one, two] => format!("{verb}_{one}_and_{two}"),
                    _ => format!("{verb}_schema"),
                }
            }
        };
        const MAX_LENGTH: usize = 60;
        name.chars().take(MAX_LENGTH).collect::<String>().to_lowercase()
    }
}

fn subject(change: &Change) -> &str {
    match change {
        Change::CreateCollection { name, .. } | Change::DropCollection { name } => name,
        Change::RenameCollection { to, .. } => to,
        Change::AddField { collection, .. }
        | Change::DropField { collection, .. }
        | Change::RenameField { collection, .. }
        | Change::ChangeField { collection, .. }
        | Change::ReorderFields { collection }
        | Change::AddIndex { collection, .. }
        | Change::DropIndex { collection, .. }
        | Change::ChangeRule { collection, .. }
        | Change::ChangeQuery { collection }
        | Change::ChangeOptions { collection, .. } => collection,
    }
}

/// Plans the way from one state to another. System collections of either are left alone.
pub fn plan(from: &[Collection], to: &[Collection]) -> Plan {
    let user = |collections: &[Collection]| -> Vec<Collection> {
        collections.iter().filter(|collection| !collection.system).cloned().collect()
    };
    let (from_user, to_user) = (user(from), user(to));
    let system = from.iter().filter(|collection| collection.system).cloned();
    let catalog = Catalog::new(system.chain(to_user.iter().cloned()).map(Arc::new), 0);
    let changes = diff(&from_user, &to_user);
    let planner = Planner { from: &from_user, to: &to_user, catalog };
    Plan {
        losses: find_losses(&from_user, &to_user),
        from: schema_hash(&from_user),
        to: schema_hash(&to_user),
        sections: planner.sections(),
        changes,
    }
}

struct Planner<'a> {
    from: &'a [Collection],
    to: &'a [Collection],
    catalog: Catalog,
}

impl Planner<'_> {
    fn sections(&self) -> Vec<Section> {
        let syncs: Vec<(&Collection, TableSync)> = self.kept().map(|(old, new)| (new, sync(old, new))).collect();
        let views = self.views_in_the_way(&syncs);
        let mut sections = Vec::new();
        let mut add = |title: &str, statements: Vec<String>| {
            if !statements.is_empty() {
                sections.push(Section { title: title.to_owned(), statements });
            }
        };
        add("views", views.iter().map(|view| format!("DROP VIEW IF EXISTS {};", quote(&view.name))).collect());
        add("indexes", syncs.iter().flat_map(|(_, sync)| sync.drop_indexes.clone()).collect());
        for old in self.from.iter().filter(|old| find(self.to, old).is_none()) {
            add(&format!("drop {}", old.name), drop_collection(old));
        }
        add("rename tables", self.rename_tables());
        for (new, sync) in &syncs {
            let alter = sync.alter.iter().map(|alteration| alteration.sql.clone());
            add(&format!("table {}", new.name), alter.chain(sync.convert.iter().cloned()).collect());
        }
        for new in self.created().filter(|new| !new.is_view()) {
            let indexes = new.indexes.iter().filter_map(|text| Index::parse(text));
            let indexes = indexes.map(|index| format!("{};", Index { table: new.name.clone(), ..index }.build()));
            let statements = std::iter::once(format!("{};", create_table(new))).chain(indexes);
            add(&format!("create {}", new.name), statements.collect());
        }
        let fresh = syncs.iter().flat_map(|(_, sync)| &sync.create_indexes);
        add("indexes", fresh.map(|index| format!("{};", index.build())).collect());
        add("views", self.create_views(&views));
        add("names that move from one collection to another", self.free_names());
        for new in self.to {
            let old = find(self.from, new);
            if old.is_none_or(|old| !same_row(old, new)) {
                let rotate = old.is_some_and(|old| auth_rule(old) != auth_rule(new));
                add(&format!("collection {}", new.name), vec![upsert_row(new, rotate)]);
            }
            add(&format!("defaults of {}", new.name), write_extras(old, new));
        }
        sections
    }

    /// Tables before and after.
    fn kept(&self) -> impl Iterator<Item = (&Collection, &Collection)> {
        let tables = self.to.iter().filter(|new| !new.is_view());
        tables.filter_map(|new| Some((find(self.from, new)?, new)))
    }

    fn created(&self) -> impl Iterator<Item = &Collection> {
        self.to.iter().filter(|new| find(self.from, new).is_none())
    }

    /// Old views that must go: changed or dropped ones, and those that may read what is altered.
    fn views_in_the_way(&self, syncs: &[(&Collection, TableSync)]) -> Vec<&Collection> {
        let mut names: Vec<&str> = Vec::new();
        for old in self.from {
            let Some(new) = find(self.to, old) else {
                names.push(&old.name);
                continue;
            };
            let broken = syncs.iter().any(|(table, sync)| table.id == old.id && sync.breaks_views);
            if old.name != new.name || broken || (new.is_view() && self.view_sql(old) != self.view_sql(new)) {
                names.push(&old.name);
                names.push(&new.name);
            }
        }
        let all: Vec<&Collection> = self.from.iter().filter(|old| old.is_view()).collect();
        let mut chosen: Vec<&Collection> = Vec::new();
        loop {
            let next = all.iter().find(|view| {
                let concerned =
                    names.contains(&view.name.as_str()) || names.iter().any(|name| mentions(query(view), name));
                concerned && !chosen.iter().any(|other| other.id == view.id)
            });
            let Some(view) = next else { return chosen };
            names.push(&view.name);
            chosen.push(view);
        }
    }

    fn view_sql(&self, view: &Collection) -> String {
        create_view(view, query(view), &self.catalog)
    }

    /// New, changed and dropped-in-the-way views; those that others read come first.
    fn create_views(&self, dropped: &[&Collection]) -> Vec<String> {
        let missing = |new: &&Collection| {
            new.is_view() && find(self.from, new).is_none_or(|old| dropped.iter().any(|view| view.id == old.id))
        };
        // Views that read each other are an error that SQLite reports.
        let views = readable_order(self.to.iter().filter(missing).collect());
        views.into_iter().map(|view| format!("{};", self.view_sql(view))).collect()
    }

    fn rename_tables(&self) -> Vec<String> {
        let renamed = self.kept().filter(|(old, new)| !old.name.eq_ignore_ascii_case(&new.name));
        let names: Vec<(&str, &str)> = renamed.map(|(old, new)| (old.name.as_str(), new.name.as_str())).collect();
        let clash = names.iter().any(|(_, to)| names.iter().any(|(from, _)| from.eq_ignore_ascii_case(to)));
        let rename = |(from, to): (String, String)| format!("ALTER TABLE {} RENAME TO {};", quote(&from), quote(&to));
        let is_collection =
            |name: &str| self.from.iter().chain(self.to).any(|other| other.name.eq_ignore_ascii_case(name));
        rename_steps(&names, clash, &is_collection).into_iter().map(rename).collect()
    }

    /// `_collections.name` is unique, and the rows are written one by one.
    fn free_names(&self) -> Vec<String> {
        let moved = |old: &&Collection| {
            let new = find(self.to, old);
            new.is_some_and(|new| new.name != old.name)
                && self.to.iter().any(|other| other.id != old.id && other.name == old.name)
        };
        let free = |old: &Collection| {
            let id = literal(&old.id);
            format!("UPDATE `_collections` SET `name` = '_renamed_' || `id` WHERE `id` = {id};")
        };
        self.from.iter().filter(moved).map(free).collect()
    }
}

fn query(collection: &Collection) -> &str {
    match &collection.kind {
        CollectionKind::View { query } => query,
        _ => "",
    }
}

fn drop_collection(old: &Collection) -> Vec<String> {
    let id = literal(&old.id);
    let mut statements = Vec::new();
    if !old.is_view() {
        statements.push(format!("DROP TABLE {};", quote(&old.name)));
    }
    if old.is_auth() {
        for table in OWNED {
            statements.push(format!("DELETE FROM `{table}` WHERE `collectionRef` = {id};"));
        }
    }
    if extras::to_json(old).is_some() {
        statements.push(format!("DELETE FROM `_pbr_extras` WHERE `collection` = {id};"));
    }
    statements.push(format!("DELETE FROM `_collections` WHERE `id` = {id};"));
    statements
}

/// What the row of a collection cannot hold.
fn write_extras(old: Option<&Collection>, new: &Collection) -> Vec<String> {
    let (before, after) = (old.and_then(extras::to_json), extras::to_json(new));
    let id = literal(&new.id);
    match after {
        after if after == before => Vec::new(),
        None => vec![format!("DELETE FROM `_pbr_extras` WHERE `collection` = {id};")],
        Some(json) => {
            let json = literal(&json.to_string());
            let row = format!(
                "INSERT INTO `_pbr_extras` (`collection`, `extras`) VALUES ({id}, json({json}))\nON CONFLICT \
                 (`collection`) DO UPDATE SET `extras` = excluded.`extras`;"
            );
            vec![extras::CREATE.to_owned(), row]
        }
    }
}

/// `null` and `""` both let nobody's tokens go.
fn auth_rule(collection: &Collection) -> &str {
    collection.auth().and_then(|options| options.auth_rule.as_deref()).unwrap_or("")
}

fn same_row(old: &Collection, new: &Collection) -> bool {
    let options = |collection: &Collection| match collection.auth() {
        None => collection.options_json(),
        Some(options) => {
            // Token secrets are no part of the schema, the placeholders of client secrets are.
            let mut options = options.clone();
            options.tokens_mut().into_iter().for_each(|token| token.secret.clear());
            serde_json::to_string(&options).expect("auth options are plain data")
        }
    };
    old.name == new.name
        && old.fields == new.fields
        && old.indexes == new.indexes
        && old.rules == new.rules
        && options(old) == options(new)
}

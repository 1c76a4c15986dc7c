//! Where things stand in a collection file, and how the paths of validation errors translate.

use super::collection::CollectionFile;
use super::node::Value;
use super::project::Project;
use crate::diagnostic::{Diagnostic, code, did_you_mean};
use crate::schema::diff::{Decisions, field_renames, is_untouched_default};
use crate::schema::{Collection, Field};
use serde_json::{Value as Json, json};
use std::ops::Range;

impl CollectionFile {
    /// Where a dotted path such as `fields.title.max` stands: the value, or the nearest key above what is not written.
    pub fn span(&self, path: &str) -> Range<usize> {
        self.locate(path, true)
    }

    /// Like [`CollectionFile::span`], but the key instead of the value.
    pub fn key_span(&self, path: &str) -> Range<usize> {
        self.locate(path, false)
    }

    fn locate(&self, path: &str, value: bool) -> Range<usize> {
        let mut node = &self.root;
        let mut span = self.root.entry("collection").map_or(0..0, |entry| entry.value.span.clone());
        for step in path.split('.').filter(|step| !step.is_empty()) {
            let (found, found_span) = match &node.value {
                Value::List(items) => match step.parse::<usize>().ok().and_then(|at| items.get(at)) {
                    Some(item) => (item, item.span.clone()),
                    None => break,
                },
                _ => match node.entry(step) {
                    Some(entry) => {
                        let scalar = !matches!(entry.value.value, Value::List(_) | Value::Map(_) | Value::Null);
                        let span = if value && scalar { &entry.value.span } else { &entry.key_span };
                        (&entry.value, span.clone())
                    }
                    None => break,
                },
            };
            (node, span) = (found, found_span);
        }
        span
    }

    /// Translates a path of the API's errors to one of the file.
    pub fn file_path(&self, path: &str) -> String {
        let (head, rest) = path.split_once('.').unwrap_or((path, ""));
        match head {
            "name" => "collection".to_owned(),
            "viewQuery" => "query".to_owned(),
            "fields" => {
                let (at, option) = rest.split_once('.').unwrap_or((rest, ""));
                let field = at.parse::<usize>().ok().and_then(|at| self.collection.fields.get(at));
                let option = if option == "collectionId" { "collection" } else { option };
                field.map_or_else(|| "fields".to_owned(), |field| format!("fields.{}.{option}", field.name))
            }
            "listRule" | "viewRule" | "createRule" | "updateRule" | "deleteRule" | "authRule" | "manageRule" => {
                let under_auth = self.root.entry("auth").is_some_and(|auth| auth.value.entry(head).is_some());
                if under_auth { format!("auth.{head}") } else { format!("rules.{}", head.trim_end_matches("Rule")) }
            }
            "indexes" => match rest.parse::<usize>().ok().and_then(|at| self.index_positions.get(at)) {
                Some(at) => format!("indexes.{at}"),
                None => "indexes".to_owned(),
            },
            "id" | "type" => path.to_owned(),
            _ if self.collection.is_auth() => format!("auth.{path}"),
            _ => path.to_owned(),
        }
    }

    /// The `renamedFrom` entries that the migrations have answered: made by one of them, or the old name is gone and
    /// the new one is there. Each with what was renamed, `posts` or `posts.title`, and its place.
    pub fn answered_renames(&self, state: &[Collection], made: &[(String, String)]) -> Vec<(String, Range<usize>)> {
        let known = |name: &str| state.iter().find(|collection| collection.name == name);
        let name = &self.collection.name;
        let Some(migrated) = known(name) else { return Vec::new() };
        let was_made = |former: &str| made.iter().any(|(old, new)| old == former && new == name);
        let mut paths = Vec::new();
        if self.renamed_from.as_deref().is_some_and(|former| known(former).is_none() || was_made(former)) {
            paths.push((name.clone(), "renamedFrom".to_owned()));
        }
        for (field, former) in &self.field_renames {
            let gone = migrated.field(field).is_some() && migrated.field(former).is_none();
            if gone || field_renames(made, name).contains(&(former.as_str(), field.as_str())) {
                paths.push((format!("{name}.{field}"), format!("fields.{field}.renamedFrom")));
            }
        }
        paths.into_iter().map(|(what, path)| (what, self.key_span(&path).start..self.span(&path).end)).collect()
    }

    /// The `renamedFrom` entries of what is new, and that name nothing which the migrated state has or had.
    pub fn unknown_renames(&self, project: &Project, state: &[Collection], decisions: &Decisions) -> Vec<Diagnostic> {
        let known = |name: &str| state.iter().find(|collection| collection.name.eq_ignore_ascii_case(name));
        let decided = |to: &str| decisions.renames.iter().any(|(_, new)| new == to);
        let error = |former: &str, what: &str, path: &str, gone: Vec<&str>| {
            let help = match did_you_mean(former, &gone) {
                Some(similar) => format!("did you mean `{similar}`?"),
                None => format!("gone from the files: {}", gone.join(", ")),
            };
            let message = format!("the migrations have no {what} `{former}` to rename");
            Diagnostic::new(code::INVALID_RENAME, message).at(&self.source, self.span(path)).help(help)
        };
        let name = &self.collection.name;
        let old = known(name).or_else(|| state.iter().find(|old| self.has_id && old.id == self.collection.id));
        let former = self.renamed_from.as_deref();
        let Some(old) = old.or_else(|| former.and_then(known)) else {
            let is_gone =
                |old: &&Collection| !old.system && !is_untouched_default(old) && project.file(&old.name).is_none();
            let gone: Vec<&str> = state.iter().filter(is_gone).map(|old| old.name.as_str()).collect();
            // Migrations that were begun anew know nothing of what was renamed before.
            let had = |former: &str| decisions.made.iter().any(|(old, _)| old == former);
            let unknown = former.filter(|former| !gone.is_empty() && !had(former) && !decided(name));
            return unknown.map(|former| error(former, "collection", "renamedFrom", gone)).into_iter().collect();
        };
        let mut errors = Vec::new();
        if is_untouched_default(old) {
            return errors;
        }
        let is_gone = |old: &&Field| !old.system && self.collection.field(&old.name).is_none();
        let gone: Vec<&str> = old.fields.iter().filter(is_gone).map(|old| old.name.as_str()).collect();
        let made = field_renames(&decisions.made, &old.name);
        for (field, former) in &self.field_renames {
            let is_known = old.field(field).is_some() || old.field(former).is_some();
            let had = made.iter().any(|(old, _)| old == former);
            if !gone.is_empty() && !is_known && !had && !decided(&format!("{name}.{field}")) {
                let gone = gone.clone();
                errors.push(error(former, "field", &format!("fields.{field}.renamedFrom"), gone));
            }
        }
        errors
    }

    /// The JSON form with what only YAML knows, for `schema show` and the client generators.
    pub fn to_json(&self) -> Json {
        let mut json = serde_json::to_value(&self.collection).expect("a collection is plain data");
        if let Some(object) = json.as_object_mut() {
            object.remove("created");
            object.remove("updated");
            object
                .insert("fields".into(), self.collection.fields.iter().map(crate::schema::Field::definition).collect());
            object.insert("description".into(), json!(self.description));
            object.insert("seedKey".into(), json!(self.seed_key));
        }
        json
    }
}

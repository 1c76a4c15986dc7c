//! Gives the collections and fields of a project the ids they have in the migrated state, so that a rename is a
//! rename. Where only a person can tell a rename from a drop, it asks instead.

use super::super::index::Index;
use super::super::yaml::{CollectionFile, Project};
use super::super::{Collection, Field, FieldKind, collection_id, field_id, system};
use crate::diagnostic::did_you_mean;
use std::collections::{HashMap, HashSet};

/// Answers given before the question: `--rename OLD=NEW` and `--drop OLD`, as `collection` or `collection.field`.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    pub renames: Vec<(String, String)>,
    pub drops: Vec<String>,
    /// Renames that existing migrations have made: a `renamedFrom` that says the same is answered.
    pub made: Vec<(String, String)>,
    /// New things that were no old thing; an answer at the prompt, so it need not be used.
    pub creates: Vec<String>,
}

/// Was something that disappeared renamed to something that appeared?
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// `posts.headline`, or `articles` for a collection.
    pub new: String,
    /// What it may have been: first what has the same options, then the most similar name.
    pub candidates: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReconcileError {
    #[error("there are open questions")]
    Open(Vec<Question>),
    /// A decision that fits nothing.
    #[error("{0}")]
    Decision(String),
}

/// The project's collections with the ids of `state`.
///
/// # Errors
/// Open questions, all at once, or a decision about something that does not exist.
pub fn reconcile(
    state: &[Collection],
    project: &Project,
    decisions: &Decisions,
) -> Result<Vec<Collection>, ReconcileError> {
    let state: Vec<&Collection> = state.iter().filter(|collection| !collection.system).collect();
    let mut matching = Matching { state, decisions, questions: Vec::new(), used: HashSet::new() };
    let pairs = matching.collections(project)?;
    let mut collections: Vec<Collection> = project.collections().cloned().collect();
    let mut ids = HashMap::new();
    for ((collection, file), old) in collections.iter_mut().zip(&project.files).zip(&pairs) {
        let id = matching.collection_id(file, *old);
        ids.insert(std::mem::replace(&mut collection.id, id.clone()), id);
    }
    for (at, collection) in collections.iter_mut().enumerate() {
        let provisional = &project.files[at].collection.id;
        point_relations_to(collection, &ids);
        rename_in_indexes(collection, provisional);
        if let Some(old) = pairs[at] {
            matching.fields(old, &project.files[at], collection)?;
            keep_auth_indexes(old, collection, provisional);
            collection.created.clone_from(&old.created);
            collection.updated.clone_from(&old.updated);
            keep_secrets(old, collection);
        }
    }
    let unused = decisions
        .renames
        .iter()
        .map(|(old, new)| format!("{old}={new}"))
        .chain(decisions.drops.iter().cloned())
        .find(|decision| !matching.used.contains(decision));
    if let Some(decision) = unused {
        return Err(ReconcileError::Decision(unanswered(&decision, &matching.state, &collections)));
    }
    if matching.questions.is_empty() { Ok(collections) } else { Err(ReconcileError::Open(matching.questions)) }
}

/// Why a decision was not needed: a name in it is none, or what it names is still there.
fn unanswered(decision: &str, state: &[&Collection], new: &[Collection]) -> String {
    let names = |collections: &mut dyn Iterator<Item = &Collection>| -> Vec<String> {
        let of = |collection: &Collection| -> Vec<String> {
            let fields = collection.fields.iter().map(|field| format!("{}.{}", collection.name, field.name));
            std::iter::once(collection.name.clone()).chain(fields).collect()
        };
        collections.flat_map(of).collect()
    };
    let (old, new) = (names(&mut state.iter().copied()), names(&mut new.iter()));
    let unknown = |name: &str, known: &[String], place: &str| {
        let hint = did_you_mean(name, known).map(|found| format!("; did you mean `{found}`?")).unwrap_or_default();
        (!known.iter().any(|known| known == name)).then(|| format!("{place} no `{name}`{hint}"))
    };
    let (from, to) = decision.split_once('=').map_or((decision, None), |(from, to)| (from, Some(to)));
    let wrong = unknown(from, &old, "the migrations have")
        .or_else(|| to.and_then(|to| unknown(to, &new, "the schema files have")));
    let reason = wrong.unwrap_or_else(|| "nothing of that name was dropped".to_owned());
    format!("`{decision}` answers no question: {reason}")
}

struct Matching<'a> {
    state: Vec<&'a Collection>,
    decisions: &'a Decisions,
    questions: Vec<Question>,
    /// Decisions that were needed.
    used: HashSet<String>,
}

impl<'a> Matching<'a> {
    /// The former state of each file's collection.
    fn collections(&mut self, project: &Project) -> Result<Vec<Option<&'a Collection>>, ReconcileError> {
        let mut pairs: Vec<Option<&'a Collection>> = vec![None; project.files.len()];
        let taken =
            |pairs: &[Option<&Collection>], old: &Collection| pairs.iter().flatten().any(|taken| taken.id == old.id);
        let by_name = |state: &[&'a Collection], name: &str| {
            state.iter().copied().find(|old| old.name.eq_ignore_ascii_case(name))
        };
        let same_kind = |file: &CollectionFile, old: &Collection| file.collection.kind.name() == old.kind.name();
        for (file, pair) in project.files.iter().zip(&mut pairs) {
            if let Some(from) = self.renamed_to(&file.collection.name) {
                *pair = by_name(&self.state, &from).filter(|old| same_kind(file, old));
            } else if file.has_id {
                *pair = self.state.iter().copied().find(|old| old.id == file.collection.id && same_kind(file, old));
            } else if let Some(former) = &file.renamed_from {
                // The former name is still in use: a swap or a chain.
                let moved = project.file(former).is_some() && !self.was_made(former, &file.collection.name);
                *pair = by_name(&self.state, former).filter(|old| moved && same_kind(file, old));
            }
        }
        for rule in [
            (|file: &CollectionFile| Some(file.collection.name.clone())) as fn(&CollectionFile) -> Option<String>,
            |file| file.renamed_from.clone(),
        ] {
            for (at, file) in project.files.iter().enumerate() {
                if pairs[at].is_none() && !file.has_id {
                    let found = rule(file).and_then(|name| by_name(&self.state, &name));
                    pairs[at] = found.filter(|old| same_kind(file, old) && !taken(&pairs, old));
                }
            }
        }
        let gone: Vec<&Collection> = self.state.iter().copied().filter(|old| !taken(&pairs, old)).collect();
        for (file, _) in project.files.iter().zip(&pairs).filter(|(_, pair)| pair.is_none()) {
            let candidates = gone.iter().filter(|old| same_kind(file, old) && !is_untouched_default(old));
            self.ask(file.collection.name.clone(), candidates.map(|old| (old.name.clone(), false)).collect());
        }
        for old in gone {
            self.note_drop(&old.name);
        }
        Ok(pairs)
    }

    fn collection_id(&self, file: &CollectionFile, old: Option<&Collection>) -> String {
        if let Some(old) = old {
            return old.id.clone();
        }
        if file.has_id {
            return file.collection.id.clone();
        }
        let base = collection_id(file.collection.kind.name(), &file.collection.name);
        first_free(&base, |id| self.state.iter().any(|old| old.id == id))
    }

    fn fields(&mut self, old: &Collection, file: &CollectionFile, new: &mut Collection) -> Result<(), ReconcileError> {
        if new.is_view() {
            keep_view_ids(old, new);
            return Ok(());
        }
        let mut pairs: Vec<Option<&Field>> = vec![None; new.fields.len()];
        for (field, pair) in new.fields.iter().zip(&mut pairs) {
            if let Some(from) = self.renamed_to(&format!("{}.{}", new.name, field.name)) {
                let name = from.strip_prefix(&format!("{}.", old.name)).unwrap_or(&from);
                *pair = old.field(name).filter(|former| same_column(former, field));
                if pair.is_none() {
                    let known = old.fields.iter().map(|field| format!("{}.{}", old.name, field.name));
                    let similar = if old.field(name).is_none() { did_you_mean(&from, known) } else { None };
                    let hint = similar.map(|found| format!("; did you mean `{found}`?")).unwrap_or_default();
                    let message = format!(
                        "`{from}` cannot become `{}.{}`: no such field of that type{hint}",
                        new.name, field.name
                    );
                    return Err(ReconcileError::Decision(message));
                }
            } else if file.fields_with_id.contains(&field.name) {
                *pair = old.field_by_id(&field.id).filter(|former| same_column(former, field));
            } else if let Some(former) = file.field_renames.get(&field.name) {
                let made = field_renames(&self.decisions.made, &old.name);
                let made = made.contains(&(former.as_str(), field.name.as_str()));
                let moved = file.field_renames.contains_key(former) && !made;
                *pair = old.field(former).filter(|former| moved && same_column(former, field));
            }
        }
        let taken =
            |pairs: &[Option<&Field>], former: &Field| pairs.iter().flatten().any(|taken| taken.id == former.id);
        for use_former_name in [false, true] {
            for (at, field) in new.fields.iter().enumerate() {
                let name = if use_former_name { file.field_renames.get(&field.name) } else { Some(&field.name) };
                let found = name.and_then(|name| old.field(name));
                if pairs[at].is_none() {
                    pairs[at] = found.filter(|former| same_column(former, field) && !taken(&pairs, former));
                }
            }
        }
        let gone: Vec<&Field> = old.fields.iter().filter(|former| !taken(&pairs, former)).collect();
        for (field, _) in new.fields.iter().zip(&pairs).filter(|(_, pair)| pair.is_none()) {
            let candidates = gone.iter().filter(|former| same_column(former, field) && former.name != field.name);
            let candidates = candidates
                .map(|former| (format!("{}.{}", old.name, former.name), same_options(former, field)))
                .collect();
            self.ask(format!("{}.{}", new.name, field.name), candidates);
        }
        for former in &gone {
            self.note_drop(&format!("{}.{}", old.name, former.name));
        }
        let mut ids: Vec<String> = old.fields.iter().map(|field| field.id.clone()).collect();
        for (field, pair) in new.fields.iter_mut().zip(&pairs) {
            field.id = match pair {
                Some(former) => former.id.clone(),
                None if file.fields_with_id.contains(&field.name) => field.id.clone(),
                None => first_free(&field_id(field.kind.name(), &field.name), |id| ids.iter().any(|taken| taken == id)),
            };
            ids.push(field.id.clone());
        }
        Ok(())
    }

    /// The old name, when a decision says what this was.
    fn renamed_to(&mut self, new: &str) -> Option<String> {
        let (from, to) = self.decisions.renames.iter().find(|(_, to)| to == new)?;
        self.used.insert(format!("{from}={to}"));
        Some(from.clone())
    }

    fn was_made(&self, from: &str, to: &str) -> bool {
        self.decisions.made.iter().any(|(old, new)| old == from && new == to)
    }

    fn note_drop(&mut self, name: &str) {
        if self.decisions.drops.iter().any(|drop| drop == name) {
            self.used.insert(name.to_owned());
        }
    }

    /// Candidates, each with whether it is the same but for the name.
    fn ask(&mut self, new: String, mut candidates: Vec<(String, bool)>) {
        candidates.retain(|(candidate, _)| !self.decisions.drops.contains(candidate));
        if candidates.is_empty() || self.decisions.creates.contains(&new) {
            return;
        }
        let similarity = |candidate: &String| strsim::normalized_damerau_levenshtein(candidate, &new);
        candidates.sort_by(|(a, a_same), (b, b_same)| b_same.cmp(a_same).then(similarity(b).total_cmp(&similarity(a))));
        let candidates = candidates.into_iter().map(|(candidate, _)| candidate).collect();
        self.questions.push(Question { new, candidates });
    }
}

/// The renames of a collection's fields among all that were made, those under its former names too.
pub fn field_renames<'a>(made: &'a [(String, String)], collection: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut names = vec![collection];
    for (old, new) in made.iter().rev() {
        if names.last() == Some(&new.as_str()) {
            names.push(old);
        }
    }
    let of_field = |(old, new): &'a (String, String)| {
        let ((owner, old), (_, new)) = (old.split_once('.')?, new.split_once('.')?);
        names.contains(&owner).then_some((old, new))
    };
    made.iter().filter_map(of_field).collect()
}

/// Whether two fields differ in their names alone.
fn same_options(old: &Field, new: &Field) -> bool {
    let renamed = Field { id: old.id.clone(), name: old.name.clone(), ..new.clone() };
    renamed.definition() == old.definition()
}

/// A column can become another only within its type, and a relation only to the same collection.
fn same_column(old: &Field, new: &Field) -> bool {
    match (&old.kind, &new.kind) {
        (FieldKind::Relation(old), FieldKind::Relation(new)) => old.collection_id == new.collection_id,
        (old, new) => old.name() == new.name(),
    }
}

/// The `users` collection of a fresh database, which nobody chose.
pub fn is_untouched_default(collection: &Collection) -> bool {
    collection.id == system::USERS_ID
        && super::super::hash::canonical(collection) == super::super::hash::canonical(&system::users())
}

fn first_free(base: &str, taken: impl Fn(&str) -> bool) -> String {
    std::iter::once(base.to_owned())
        .chain((2..).map(|n| format!("{base}{n}")))
        .find(|id| !taken(id))
        .expect("the sequence of candidates is endless")
}

fn point_relations_to(collection: &mut Collection, ids: &HashMap<String, String>) {
    for field in &mut collection.fields {
        if let FieldKind::Relation(relation) = &mut field.kind
            && let Some(id) = ids.get(&relation.collection_id)
        {
            relation.collection_id.clone_from(id);
        }
    }
}

/// The indexes that every auth collection has carry its id in their names.
fn rename_in_indexes(collection: &mut Collection, provisional: &str) {
    if collection.is_auth() && collection.id != provisional {
        for text in &mut collection.indexes {
            for column in ["tokenKey", "email"] {
                let name = |id: &str| format!("`idx_{column}_{id}`");
                *text = text.replace(&name(provisional), &name(&collection.id));
            }
        }
    }
}

/// A database that came from PocketBase may have the required indexes under other names.
fn keep_auth_indexes(old: &Collection, new: &mut Collection, provisional: &str) {
    if !new.is_auth() {
        return;
    }
    for column in ["tokenKey", "email"] {
        let former = old.indexes.iter().filter_map(|text| Index::parse(text)).find(|index| index.is_unique_on(column));
        let Some(mut former) = former else { continue };
        former.table.clone_from(&new.name);
        let automatic = [format!("idx_{column}_{provisional}"), format!("idx_{column}_{}", new.id)];
        let same_text = old.indexes.iter().find(|text| Index::parse(text).as_ref() == Some(&former)).cloned();
        for text in &mut new.indexes {
            if Index::parse(text).is_some_and(|index| automatic.contains(&index.name)) {
                *text = same_text.clone().unwrap_or_else(|| former.build());
            }
        }
    }
}

fn keep_view_ids(old: &Collection, new: &mut Collection) {
    for field in &mut new.fields {
        if let Some(former) = old.field(&field.name).filter(|former| former.kind.name() == field.kind.name()) {
            field.id.clone_from(&former.id);
        }
    }
}

fn keep_secrets(old: &Collection, new: &mut Collection) {
    let Some(mut former) = old.auth().cloned() else { return };
    let Some(options) = new.auth_mut() else { return };
    for (now, former) in options.tokens_mut().into_iter().zip(former.tokens_mut()) {
        now.secret.clone_from(&former.secret);
    }
}

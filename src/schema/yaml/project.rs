//! All schema files of a project together: names resolved, views inferred, everything validated.

use super::collection::{self, CollectionFile};
use super::explain::{from_validation, span_of};
use super::node;
use crate::diagnostic::{Diagnostic, Source, code};
use crate::parallel;
use crate::schema::system::initial_collections;
use crate::schema::validate::{RuleCheck, validate};
use crate::schema::{Catalog, Collection, CollectionKind, FieldKind, view};
use std::sync::Arc;

/// The desired state: one file a collection, in the order given.
#[derive(Clone, Debug, Default)]
pub struct Project {
    pub files: Vec<CollectionFile>,
}

impl Project {
    pub fn collections(&self) -> impl Iterator<Item = &Collection> {
        self.files.iter().map(|file| &file.collection)
    }

    /// The file of a collection, by name without regard to case.
    pub fn file(&self, name: &str) -> Option<&CollectionFile> {
        self.files.iter().find(|file| file.collection.name.eq_ignore_ascii_case(name))
    }

    /// The files with views behind those that they read.
    pub fn in_reading_order(&self) -> Vec<&CollectionFile> {
        let order = view::readable_order(self.collections().collect());
        let place = |file: &&CollectionFile| order.iter().position(|known| std::ptr::eq(*known, &file.collection));
        let mut files: Vec<&CollectionFile> = self.files.iter().collect();
        files.sort_by_key(place);
        files
    }

    /// The system collections and the project's.
    pub fn catalog(&self) -> Catalog {
        let system = initial_collections().into_iter().filter(|collection| collection.system);
        Catalog::new(system.chain(self.collections().cloned()).map(Arc::new), 0)
    }
}

/// Parses and checks all files at once.
///
/// # Errors
/// Every error of every file, in file order.
pub fn parse_project(files: &[(String, String)], check_rule: RuleCheck<'_>) -> Result<Project, Vec<Diagnostic>> {
    let mut errors = Vec::new();
    let mut project = Project::default();
    for (file, found) in parallel::each(files, parse_file) {
        project.files.extend(file);
        errors.extend(found);
    }
    let mut broken = broken_names(files, &project);
    refuse_duplicates(&project, &mut errors);
    resolve_relations(&mut project, &mut broken, &mut errors);
    infer_views(&mut project);
    check(&project, broken, check_rule, &mut errors);
    if errors.is_empty() {
        return Ok(project);
    }
    let order = |error: &Diagnostic| {
        let path = error.source.as_ref().map(|source| source.path.as_str());
        let file = files.iter().position(|(known, _)| Some(known.as_str()) == path);
        (file, error.span.as_ref().map(|span| span.start))
    };
    errors.sort_by_key(order);
    Err(errors)
}

fn parse_file((path, text): &(String, String)) -> (Option<CollectionFile>, Vec<Diagnostic>) {
    let mut errors = Vec::new();
    let source = Source::new(path.clone(), text.trim_start_matches('\u{feff}'));
    let root = node::parse(&source, &mut errors);
    (root.and_then(|root| collection::read(&source, root, &mut errors)), errors)
}

/// What is not there because its file has errors: collections, by the names of their files, and fields. It would be
/// reported again at every use.
fn broken_names(files: &[(String, String)], project: &Project) -> Vec<String> {
    let read = |path: &str| project.files.iter().any(|file| file.source.path == path);
    let stem = |path: &str| {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        name.split('.').next().unwrap_or(name).to_owned()
    };
    let unread = files.iter().filter(|(path, _)| !read(path)).map(|(path, _)| stem(path));
    unread.chain(project.files.iter().flat_map(|file| file.broken_fields.clone())).collect()
}

fn refuse_duplicates(project: &Project, errors: &mut Vec<Diagnostic>) {
    for (at, file) in project.files.iter().enumerate() {
        let name = &file.collection.name;
        let same_name = |other: &&CollectionFile| other.collection.name.eq_ignore_ascii_case(name);
        let same_id = |other: &&CollectionFile| other.collection.id == file.collection.id;
        if let Some(first) = project.files[..at].iter().find(same_name) {
            errors.push(
                Diagnostic::new(code::DUPLICATE_COLLECTION, format!("the collection `{name}` is defined twice"))
                    .at(&file.source, file.span("collection"))
                    .label(format!("also in {}", first.source.path)),
            );
        } else if let Some(first) = project.files[..at].iter().find(same_id) {
            errors.push(
                Diagnostic::new(code::DUPLICATE_COLLECTION, format!("the id `{}` is used twice", file.collection.id))
                    .at(&file.source, file.span("id"))
                    .label(format!("also in {}", first.source.path)),
            );
        }
    }
}

fn resolve_relations(project: &mut Project, broken: &mut Vec<String>, errors: &mut Vec<Diagnostic>) {
    let catalog = project.catalog();
    let unread = broken.clone();
    for file in &mut project.files {
        for (field, target) in &file.targets {
            match catalog.iter().find(|known| known.name.eq_ignore_ascii_case(target)) {
                Some(found) => set_target(&mut file.collection, field, &found.id),
                None => {
                    if !unread.contains(target) {
                        errors.push(unknown_target(file, field, target, &catalog));
                    }
                    broken.extend([field.clone(), target.clone()]);
                }
            }
        }
    }
}

fn set_target(collection: &mut Collection, field: &str, id: &str) {
    for field in collection.fields.iter_mut().filter(|known| known.name == field) {
        if let FieldKind::Relation(relation) = &mut field.kind {
            relation.collection_id = id.to_owned();
        }
    }
}

fn unknown_target(file: &CollectionFile, field: &str, target: &str, catalog: &Catalog) -> Diagnostic {
    let mut error = Diagnostic::new(code::UNKNOWN_COLLECTION, format!("unknown collection `{target}`"))
        .at(&file.source, file.span(&format!("fields.{field}.collection")))
        .label("no schema file defines it")
        .suggest(target, catalog.iter().map(|known| known.name.clone()));
    if target == "users" && error.help.is_none() {
        error.help = Some("add a file with `collection: users`, `id: _pb_users_auth_` and `type: auth`".into());
    }
    error
}

/// Views may read views: inferring is repeated until nothing changes.
fn infer_views(project: &mut Project) {
    for _ in 0..=project.files.len() {
        let catalog = project.catalog();
        let mut changed = false;
        for file in &mut project.files {
            let CollectionKind::View { query } = &file.collection.kind else { continue };
            // A query that cannot be read is reported by validation.
            let fields = view::infer_fields(&file.collection.name, query, &catalog).unwrap_or_default();
            changed |= fields != file.collection.fields;
            file.collection.fields = fields;
        }
        if !changed {
            return;
        }
    }
}

/// Whether a text names something, alone or in a back-relation such as `posts_via_author`.
fn names(text: &str, name: &str) -> bool {
    let sides = text.replace("_via_", " ");
    view::mentions(text, name) || view::mentions(&sides, name)
}

fn check(project: &Project, mut broken: Vec<String>, check_rule: RuleCheck<'_>, errors: &mut Vec<Diagnostic>) {
    let catalog = project.catalog();
    let judge = |file: &CollectionFile, broken: &[String]| {
        let lenient: RuleCheck<'_> = &|catalog, collection, rule| {
            if broken.iter().any(|name| names(rule, name)) { Ok(()) } else { check_rule(catalog, collection, rule) }
        };
        validate(&catalog, &file.collection, None, lenient)
    };
    let files = project.in_reading_order();
    let tables: Vec<&CollectionFile> = files.iter().copied().filter(|file| !file.collection.is_view()).collect();
    let mut judged = parallel::each(&tables, |file| judge(file, &broken)).into_iter();
    for file in files {
        check_renames(project, file, errors);
        let broken_before: Vec<_> = errors
            .iter()
            .filter(|error| error.source.as_ref().is_some_and(|source| source.path == file.source.path))
            .filter_map(|error| error.span.clone())
            .collect();
        let uses_broken = |text: &str| broken.iter().any(|name| names(text, name));
        let view = file.collection.is_view();
        let tree = if view { judge(file, &broken) } else { judged.next().expect("one for each table") };
        let reads_broken = matches!(&file.collection.kind, CollectionKind::View { query } if uses_broken(query));
        let fieldless = view && (reads_broken || tree.contains("viewQuery"));
        let mut reported = Vec::new();
        for (path, error) in tree.leaves() {
            // A broken query breaks the fields of its view, too, and what its rules say of them; one message is enough.
            let echo = fieldless && (path.starts_with("fields") || path.ends_with("Rule"));
            let unresolved = error.code == "validation_required" && path.ends_with(".collectionId");
            if echo || unresolved || reads_broken && path == "viewQuery" {
                continue;
            }
            let place = file.file_path(&path);
            let span = if path.ends_with(".name") && path.starts_with("fields") {
                file.key_span(place.trim_end_matches(".name"))
            } else {
                file.span(&place)
            };
            let said_before = broken_before
                .iter()
                .any(|broken| span.start <= broken.start && broken.end <= span.end || *broken == span);
            if said_before || reported.contains(&(span.clone(), &error.message)) {
                continue;
            }
            reported.push((span.clone(), &error.message));
            let told = from_validation(file, &catalog, &path, &place, error);
            errors.push(told.at(&file.source, span_of(file, &path, span, error)));
        }
        if fieldless {
            // So are the views that read it.
            broken.push(file.collection.name.clone());
        }
    }
}

/// What a collection may not become, given what it was: system fields stay, unique indexes of them stay.
pub fn check_update(file: &CollectionFile, catalog: &Catalog, new: &Collection, old: &Collection) -> Vec<Diagnostic> {
    let accept: RuleCheck<'_> = &|_, _, _| Ok(());
    let alone = validate(catalog, new, None, accept);
    let tree = validate(catalog, new, Some(old), accept);
    let caused_by_old = |(path, error): &(String, &crate::schema::FieldError)| {
        !alone.leaves().iter().any(|(other, known)| other == path && known.code == error.code)
    };
    let leaves = tree.leaves().into_iter().filter(caused_by_old);
    leaves
        .map(|(path, error)| {
            let place = file.file_path(&path);
            from_validation(file, catalog, &path, &place, error).at(&file.source, file.span(&place))
        })
        .collect()
}

fn check_renames(project: &Project, file: &CollectionFile, errors: &mut Vec<Diagnostic>) {
    let mut error = |message: String, path: &str| {
        errors.push(Diagnostic::new(code::INVALID_RENAME, message).at(&file.source, file.span(path)));
    };
    if let Some(former) = &file.renamed_from {
        let claims = project.files.iter().filter(|other| other.renamed_from.as_ref() == Some(former)).count();
        if project.file(former).is_some_and(|other| other.renamed_from.is_none()) {
            error(
                format!("`{former}` still exists, so `{}` was not renamed from it", file.collection.name),
                "renamedFrom",
            );
        } else if claims > 1 {
            error(format!("two collections claim to be renamed from `{former}`"), "renamedFrom");
        }
    }
    for (field, former) in &file.field_renames {
        let path = format!("fields.{field}.renamedFrom");
        // In a swap or a chain the former name is another field's new one.
        if file.collection.field(former).is_some() && !file.field_renames.contains_key(former) {
            error(format!("`{former}` still exists, so `{field}` was not renamed from it"), &path);
        } else if file.field_renames.values().filter(|other| *other == former).count() > 1 {
            error(format!("two fields claim to be renamed from `{former}`"), &path);
        }
    }
}

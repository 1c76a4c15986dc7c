//! Collections from elsewhere, such as PocketBase's `pb_schema.json`, into the schema files.

use super::file_form::{tidy, without_secrets};
use super::pull::current;
use super::replay::replay;
use super::write_back::{Parse, WriteBack, correct_at, user};
use super::{MigrateError, ProjectPaths, folder, renames_made};
use crate::schema::diff::{Change, Decisions, diff};
use crate::schema::yaml::Project;
use crate::schema::{Collection, DecodeError, normalise};
use serde_json::{Map, Value as Json};
use std::path::PathBuf;

/// A collection as another installation has exported it.
#[derive(Clone, Debug)]
pub struct Exported {
    object: Map<String, Json>,
    /// What the object is by itself.
    collection: Collection,
}

impl Exported {
    /// # Errors
    /// The object is no collection.
    pub fn new(object: Map<String, Json>) -> Result<Self, DecodeError> {
        let collection = Collection::from_json(&object)?;
        Ok(Self { object, collection })
    }

    /// The collection, with what an export leaves out (the providers of OAuth2) as it is known here.
    fn onto(self, current: &[Collection]) -> Collection {
        let alone = self.collection;
        let known = current
            .iter()
            .find(|known| known.id == alone.id)
            .or_else(|| current.iter().find(|known| known.name.eq_ignore_ascii_case(&alone.name)));
        let Some(known) = known.filter(|known| known.kind.name() == alone.kind.name()) else { return alone };
        let mut merged = known.clone();
        match merged.apply_json(&self.object) {
            Ok(()) => Collection { id: alone.id, ..merged },
            Err(_) => alone,
        }
    }
}

/// What was taken in.
#[derive(Clone, Debug)]
pub struct ImportReport {
    pub changes: Vec<Change>,
    pub written: Vec<PathBuf>,
    pub removed: Vec<PathBuf>,
    /// Environment variables that the files now name in the place of secrets.
    pub secrets: Vec<String>,
}

/// Writes collections into the schema files; no migration is written. Those of the same id, else of the same name, are
/// changed; others stay, or go with `delete_missing`.
///
/// # Errors
/// [`MigrateError::UnsavedChanges`] when the schema files are ahead of the migrations, integrity errors,
/// [`MigrateError::Schema`] when the collections are no valid schema.
pub fn import(
    paths: &ProjectPaths,
    project: &Project,
    parse: Parse<'_>,
    collections: Vec<Exported>,
    delete_missing: bool,
) -> Result<ImportReport, MigrateError> {
    let files = folder::read(&paths.migrations)?;
    let state = user(replay(&files)?.collections);
    let decisions = Decisions { made: renames_made(&files), ..Decisions::default() };
    let current = current(&state, project, &decisions, files.is_empty())?;
    let collections = collections.into_iter().map(|exported| exported.onto(&current)).collect();
    let imported: Vec<Collection> = user(collections).into_iter().map(tidy).collect();
    let (mut imported, secrets) = without_secrets(imported, &state);
    let mut moved = Vec::new();
    for collection in &mut imported {
        normalise(collection);
        let known = current.iter().any(|known| known.id == collection.id);
        let namesake = current.iter().find(|known| known.name.eq_ignore_ascii_case(&collection.name));
        if let Some(namesake) = namesake.filter(|_| !known) {
            moved.push((std::mem::replace(&mut collection.id, namesake.id.clone()), namesake.id.clone()));
        }
    }
    for collection in &mut imported {
        point_relations(collection, &moved);
    }
    for collection in &mut imported {
        // The other format has no defaults, so it takes none away.
        let Some(known) = current.iter().find(|known| known.id == collection.id) else { continue };
        for field in &mut collection.fields {
            let old = known.field_by_id(&field.id).or(known.field(&field.name));
            let old = old.filter(|old| old.kind.name() == field.kind.name());
            field.default = old.and_then(|old| old.default.clone());
        }
    }
    let mut target = Vec::new();
    for known in &current {
        match imported.iter().find(|new| new.id == known.id) {
            Some(new) => target.push(new.clone()),
            None if delete_missing => {}
            None => target.push(known.clone()),
        }
    }
    target.extend(imported.iter().filter(|new| !current.iter().any(|known| known.id == new.id)).cloned());
    let changes = diff(&current, &target);
    let write_back = WriteBack { project, current: &current, target: &target, parse };
    let source = "it came with what was imported: correct it there";
    let written =
        write_back.texts(&paths.schema).map_err(|error| correct_at(error, source, "pbr schema import FILE"))?;
    written.files.write(&paths.schema, &written.removed)?;
    Ok(ImportReport { changes, written: written.files.changed(), removed: written.removed, secrets })
}

fn point_relations(collection: &mut Collection, moved: &[(String, String)]) {
    for field in &mut collection.fields {
        if let crate::schema::FieldKind::Relation(relation) = &mut field.kind
            && let Some((_, to)) = moved.iter().find(|(from, _)| *from == relation.collection_id)
        {
            relation.collection_id.clone_from(to);
        }
    }
}

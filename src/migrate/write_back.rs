//! Collections written back into the schema files: changed ones into their files, new ones into new files.

use super::{MigrateError, verify, write_whole};
use crate::diagnostic::Diagnostic;
use crate::schema::diff::{Decisions, diff, reconcile};
use crate::schema::hash::canonical;
use crate::schema::yaml::{Project, patch, rewrite, to_yaml};
use crate::schema::{Catalog, Collection};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Parses schema files, to see what they say.
pub type Parse<'a> = &'a dyn Fn(&[(String, String)]) -> Result<Project, Vec<Diagnostic>>;

/// Collections that belong to the project.
pub fn user(collections: Vec<Collection>) -> Vec<Collection> {
    collections.into_iter().filter(|collection| !collection.system).collect()
}

fn catalog(target: &[Collection]) -> Catalog {
    let system = crate::schema::system::initial_collections().into_iter().filter(|collection| collection.system);
    Catalog::new(system.chain(target.iter().cloned()).map(Arc::new), 0)
}

/// The schema files as they are to be: path, text, and whether the text is another than before.
#[derive(Clone, Debug, Default)]
pub struct Texts(Vec<(PathBuf, String, bool)>);

impl Texts {
    /// The files that are written.
    pub fn changed(&self) -> Vec<PathBuf> {
        self.0.iter().filter(|(_, _, changed)| *changed).map(|(path, _, _)| path.clone()).collect()
    }

    /// Removes what is gone and writes what changed, in this order: where letter case makes no other name, the file of a
    /// collection that is gone may be that of a new one.
    ///
    /// # Errors
    /// A file cannot be written or removed.
    pub fn write(&self, schema: &Path, removed: &[PathBuf]) -> Result<(), MigrateError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |error| MigrateError::Io { path: path.clone(), error }
        };
        std::fs::create_dir_all(schema).map_err(io(schema))?;
        for path in removed {
            std::fs::remove_file(path).map_err(io(path))?;
        }
        for (path, text, _) in self.0.iter().filter(|(_, _, changed)| *changed) {
            write_whole(path, text)?;
        }
        Ok(())
    }

    /// Path and text, for the parser.
    pub fn pairs(&self) -> Vec<(String, String)> {
        self.0.iter().map(|(path, text, _)| (path.display().to_string(), text.clone())).collect()
    }
}

/// What the files will say.
pub struct Written {
    pub files: Texts,
    /// Files of collections that are gone, but for those that a new one takes.
    pub removed: Vec<PathBuf>,
    /// Files that were written anew, without the comments inside.
    pub rewritten: Vec<PathBuf>,
    /// The target as the files tell it.
    pub collections: Vec<Collection>,
}

/// From what the files say (`current`, with the ids of the migrated state) to `target`.
pub struct WriteBack<'a> {
    pub project: &'a Project,
    pub current: &'a [Collection],
    pub target: &'a [Collection],
    pub parse: Parse<'a>,
}

impl WriteBack<'_> {
    /// The new texts. They have been read again: they say what they should.
    ///
    /// # Errors
    /// [`MigrateError::Schema`] when the target is no valid schema or SQLite refuses it, [`MigrateError::RoundTrip`]
    /// when YAML cannot tell it.
    pub fn texts(&self, schema: &Path) -> Result<Written, MigrateError> {
        let catalog = catalog(self.target);
        let (mut texts, mut removed) = (Texts::default(), Vec::new());
        for (file, current) in self.project.files.iter().zip(self.current) {
            let path = PathBuf::from(&file.source.path);
            let Some(target) = self.target.iter().find(|target| target.id == current.id) else {
                removed.push(path);
                continue;
            };
            if diff(std::slice::from_ref(current), std::slice::from_ref(target)).is_empty() {
                texts.0.push((path, file.source.text.clone(), false));
                continue;
            }
            let patched = patch(file, current, target, &catalog);
            texts.0.push((path, patched, true));
        }
        for target in self.target {
            if !self.current.iter().any(|current| current.id == target.id) {
                texts.0.push((free_path(schema, &target.name, &texts), to_yaml(target, &catalog), true));
            }
        }
        removed.retain(|path| !texts.0.iter().any(|(written, _, _)| written == path));
        let rewritten = self.rewrite_misread(&mut texts, &catalog);
        let collections = self.reread(&texts)?;
        Ok(Written { files: texts, removed, rewritten, collections })
    }

    /// Files whose form cannot be patched are written anew, each by itself.
    fn rewrite_misread(&self, texts: &mut Texts, catalog: &Catalog) -> Vec<PathBuf> {
        let mut safe = texts.clone();
        let mut changed: Vec<(usize, &Collection)> = Vec::new();
        for (file, current) in self.project.files.iter().zip(self.current) {
            let Some(target) = self.target.iter().find(|target| target.id == current.id) else { continue };
            let path = PathBuf::from(&file.source.path);
            if let Some(at) = texts.0.iter().position(|(known, _, changed)| *known == path && *changed) {
                safe.0[at].1 = rewrite(file, target, catalog);
                changed.push((at, target));
            }
        }
        let says = |texts: &Texts, target: &Collection| {
            let project = (self.parse)(&texts.pairs()).ok();
            project.and_then(|project| project.file(&target.name).map(|file| same_but_ids(&file.collection, target)))
        };
        if changed.iter().all(|(_, target)| says(texts, target) == Some(true)) {
            return Vec::new();
        }
        let mut rewritten = Vec::new();
        for (at, target) in changed {
            let mut one = safe.clone();
            one.0[at].1.clone_from(&texts.0[at].1);
            if says(&one, target) != Some(true) {
                texts.0[at].1.clone_from(&safe.0[at].1);
                rewritten.push(texts.0[at].0.clone());
            }
        }
        rewritten
    }

    /// What the files say now, with the ids of the database.
    fn reread(&self, texts: &Texts) -> Result<Vec<Collection>, MigrateError> {
        let project = (self.parse)(&texts.pairs()).map_err(MigrateError::Schema)?;
        // Against the target, names are ids; renames that the database made are no questions.
        let desired = reconcile(self.target, &project, &Decisions::default())
            .map_err(|error| MigrateError::RoundTrip(vec![error.to_string()]))?;
        let differences: Vec<String> = diff(self.target, &desired).iter().map(ToString::to_string).collect();
        if !differences.is_empty() {
            return Err(MigrateError::RoundTrip(differences));
        }
        verify(&project)?;
        Ok(desired)
    }
}

/// Errors of texts that are not written, with where they come from and what to run once they are corrected there.
pub fn correct_at(error: MigrateError, source: &str, next: &str) -> MigrateError {
    let MigrateError::Schema(errors) = error else { return error };
    let told = |error: Diagnostic| {
        let help = error.help.iter().map(String::as_str).chain(["nothing was written", source]);
        let help = help.collect::<Vec<_>>().join("; ");
        error.help(help).next(next)
    };
    MigrateError::Schema(errors.into_iter().map(told).collect())
}

/// Ids come from the migrated state, so a file alone may have others.
fn same_but_ids(read: &Collection, target: &Collection) -> bool {
    let neutral = |collection: &Collection| {
        let mut collection = collection.clone();
        let id = std::mem::take(&mut collection.id);
        for field in &mut collection.fields {
            field.id.clear();
        }
        for index in &mut collection.indexes {
            *index = index.replace(&id, "");
        }
        let mut json = canonical(&collection);
        // Relations are compared by the caller, who knows the ids of their targets.
        for field in json["fields"].as_array_mut().into_iter().flatten() {
            if let Some(field) = field.as_object_mut() {
                field.remove("collectionId");
            }
        }
        json
    };
    neutral(read) == neutral(target)
}

fn free_path(schema: &Path, name: &str, texts: &Texts) -> PathBuf {
    let taken = |path: &PathBuf| texts.0.iter().any(|(known, _, _)| known == path);
    std::iter::once(schema.join(format!("{name}.yaml")))
        .chain((2..).map(|n| schema.join(format!("{name}_{n}.yaml"))))
        .find(|path| !taken(path))
        .expect("the sequence of candidates is endless")
}

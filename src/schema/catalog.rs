//! All collections of a database at one moment.

use super::collection::Collection;
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::sync::Arc;

/// An immutable snapshot of the collections, in `rowid` order, with the lookups that every request needs.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    collections: Vec<Arc<Collection>>,
    by_id: HashMap<String, usize, RandomState>,
    by_name: HashMap<String, usize, RandomState>,
    version: u64,
    mentioned: Vec<&'static str>,
}

impl Catalog {
    /// `version` tells snapshots apart: whatever was compiled from another version is stale.
    pub fn new(collections: impl IntoIterator<Item = Arc<Collection>>, version: u64) -> Self {
        let collections: Vec<_> = collections.into_iter().collect();
        let by_id = collections.iter().enumerate().map(|(at, c)| (c.id.clone(), at)).collect();
        let by_name = collections.iter().enumerate().map(|(at, c)| (c.name.to_lowercase(), at)).collect();
        let asked = |text: &&str| collections.iter().any(|collection| mentions(collection, text));
        let mentioned = ["@request.headers.", "@request.query."].into_iter().filter(asked).collect();
        Self { collections, by_id, by_name, version, mentioned }
    }

    pub fn version(&self) -> u64 {
        self.version
    }

    /// The first by exact id or by name without regard to case: the id of one may be the name of another.
    pub fn get(&self, id_or_name: &str) -> Option<&Arc<Collection>> {
        let by_name = self.by_name.get(id_or_name).or_else(|| {
            // Only a name with capitals needs the allocation.
            id_or_name.bytes().any(|byte| byte.is_ascii_uppercase()).then_some(())?;
            self.by_name.get(&id_or_name.to_lowercase())
        });
        let at = self.by_id.get(id_or_name).into_iter().chain(by_name).min()?;
        Some(&self.collections[*at])
    }

    pub fn by_id(&self, id: &str) -> Option<&Arc<Collection>> {
        self.by_id.get(id).map(|at| &self.collections[*at])
    }

    /// Whether this very collection is among them, and not what it was before or after.
    pub fn holds(&self, collection: &Collection) -> bool {
        self.by_id(&collection.id).is_some_and(|known| std::ptr::eq(&**known, collection))
    }

    /// Whether a rule of any collection reads `@request.headers.` or `@request.query.`: only then do requests carry them.
    pub fn mentions(&self, root: &str) -> bool {
        self.mentioned.contains(&root)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<Collection>> {
        self.collections.iter()
    }

    pub fn len(&self) -> usize {
        self.collections.len()
    }

    pub fn is_empty(&self) -> bool {
        self.collections.is_empty()
    }
}

/// Whether any rule of the collection contains the text.
fn mentions(collection: &Collection, text: &str) -> bool {
    let rules = &collection.rules;
    let auth = collection.auth().map(|options| [&options.auth_rule, &options.manage_rule]);
    [&rules.list, &rules.view, &rules.create, &rules.update, &rules.delete]
        .into_iter()
        .chain(auth.into_iter().flatten())
        .flatten()
        .chain(collection.auth().map(|options| &options.mfa.rule))
        .any(|rule| rule.contains(text))
}

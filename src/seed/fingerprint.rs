//! Hashes of all that the documents of a file would write: what has not changed since need not be written again.

use super::SeedError;
use super::plan::PlannedDocument;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Name of the file and id of the collection: documents of one file for one collection are one.
pub type FileKey = (String, String);

/// Reads a file that a seed names.
type Content<'a> = &'a dyn Fn(&str) -> Result<(PathBuf, Vec<u8>), SeedError>;

pub fn key(document: &PlannedDocument<'_>) -> FileKey {
    let path = Path::new(&document.document.source.path);
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    (name, document.collection.id.clone())
}

/// The hashes in hexadecimal. They cover the fields of the collection, the ids and values of the rows as they would be
/// written, and the content of their files.
///
/// # Errors
/// A file cannot be read.
pub fn all(planned: &[PlannedDocument<'_>], content: Content<'_>) -> Result<BTreeMap<FileKey, String>, SeedError> {
    let mut hashes: BTreeMap<FileKey, Sha256> = BTreeMap::new();
    for document in planned {
        add_document(hashes.entry(key(document)).or_default(), document, content)?;
    }
    let text = |hash: Sha256| hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(hashes.into_iter().map(|(key, hash)| (key, text(hash))).collect())
}

fn add_document(hash: &mut Sha256, document: &PlannedDocument<'_>, content: Content<'_>) -> Result<(), SeedError> {
    // Another default or option of a field may ask for another row.
    for field in &document.collection.fields {
        add(hash, field.definition().to_string().as_bytes());
    }
    add(hash, document.document.group.name().as_bytes());
    if document.document.lists > 1 {
        // An earlier pbr wrote the lists of a collection over each other.
        add(hash, b"one of several lists");
    }
    for row in &document.rows {
        add(hash, row.id.as_bytes());
        add(hash, serde_json::to_string(&row.values).unwrap_or_default().as_bytes());
        for (field, paths) in &row.files {
            add(hash, field.as_bytes());
            for path in paths {
                let (full, content) = content(path)?;
                add(hash, full.file_name().unwrap_or_default().as_encoded_bytes());
                add(hash, &content);
            }
        }
    }
    Ok(())
}

/// With its length, so that parts cannot run into each other.
fn add(hash: &mut Sha256, part: &[u8]) {
    hash.update((part.len() as u64).to_le_bytes());
    hash.update(part);
}

//! What editors complete and check YAML with: `.pbr/*.schema.json`, which git does not keep.

use super::{CliResult, error::io};
use crate::migrate::write_whole;
use crate::project::{CONFIG_FILE, Workspace};
use crate::schema::json_schema;
use crate::text_file;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

/// Makes a schema, which takes a moment.
type Make = fn() -> Json;

/// The files by name.
pub const FILES: [(&str, Make); 2] = [
    ("collection.schema.json", json_schema::collection_file),
    ("pbr.schema.json", || json_schema::project_file(crate::project::server::json_schema())),
];

/// Writes one of them and returns its path in the project.
///
/// # Errors
/// The file cannot be written.
pub fn write(root: &Path, name: &str, schema: &Json) -> CliResult<PathBuf> {
    let folder = root.join(".pbr");
    std::fs::create_dir_all(&folder).map_err(|error| io(&folder, &error))?;
    let text = serde_json::to_string_pretty(schema).expect("a schema is plain data") + "\n";
    write_whole(&folder.join(name), &text)?;
    Ok(Path::new(".pbr").join(name))
}

/// Writes those that a file of the project points to and that are not there, as after a clone. Nothing depends on them,
/// so it is no error where that fails.
pub fn write_missing(project: &Workspace) {
    let is_missing = |name: &str| !project.root.join(".pbr").join(name).exists();
    if !FILES.iter().any(|(name, _)| is_missing(name)) {
        return;
    }
    let mut texts: Vec<String> = project.schema_files().unwrap_or_default().into_iter().map(|(_, text)| text).collect();
    texts.extend(text_file::read(&project.root.join(CONFIG_FILE)));
    for (name, schema) in FILES {
        let reference = format!(".pbr/{name}");
        if is_missing(name) && texts.iter().any(|text| text.contains(&reference)) {
            let _ = write(&project.root, name, &schema());
        }
    }
}

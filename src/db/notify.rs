//! Telling running servers that something changed (spec 01 §1.8).

use crate::schema::{LOWER_ALPHANUMERIC, random_string};
use std::path::Path;

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    Collections,
    Settings,
}

/// Creates and removes `.notify/collections@<id>` or `.notify/settings@<id>`. Failing to tell is no failure: pbr notices
/// by itself, and PocketBase at its next start.
pub fn notify(data_dir: &Path, changed: Changed) {
    const ID_LENGTH: usize = 10;
    let what = match changed {
        Changed::Collections => "collections",
        Changed::Settings => "settings",
    };
    let dir = data_dir.join(".notify");
    let file = dir.join(format!("{what}@{}", random_string(ID_LENGTH, LOWER_ALPHANUMERIC)));
    if std::fs::create_dir_all(&dir).is_ok() && std::fs::write(&file, "").is_ok() {
        let _ = std::fs::remove_file(&file);
    }
}

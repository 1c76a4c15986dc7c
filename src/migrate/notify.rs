//! Telling running servers that collections changed (spec 01 §1.8).

use crate::schema::{LOWER_ALPHANUMERIC, random_string};
use std::path::Path;

/// Creates and removes `.notify/collections@<id>`. Failing to tell is no failure: pbr notices by itself, and
/// PocketBase at its next start.
pub fn notify_collections(data_dir: &Path) {
    const ID_LENGTH: usize = 10;
    let dir = data_dir.join(".notify");
    let file = dir.join(format!("collections@{}", random_string(ID_LENGTH, LOWER_ALPHANUMERIC)));
    if std::fs::create_dir_all(&dir).is_ok() && std::fs::write(&file, "").is_ok() {
        let _ = std::fs::remove_file(&file);
    }
}

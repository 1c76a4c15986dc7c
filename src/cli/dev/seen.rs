//! What `pbr dev` sees of the files, to notice that one has changed.

use crate::migrate::{self, ProjectPaths};
use crate::project::{CONFIG_FILE, Workspace, is_yaml};
use crate::text_file;
use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What is beside the schema and is followed too.
#[derive(PartialEq, Eq)]
pub struct Beside {
    /// `pbr.yaml`.
    pub config: Option<Stamp>,
    /// Seed files and when they changed.
    pub seeds: BTreeMap<PathBuf, Stamp>,
}

impl Beside {
    pub fn now(project: &Workspace) -> Self {
        let config = std::fs::metadata(project.root.join(CONFIG_FILE)).ok();
        let seeds = yaml_files(&project.path(&project.config.dirs.seeds));
        Self { config: config.as_ref().map(stamp), seeds }
    }
}

/// What a change of is followed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Schema files and when they changed.
    pub schema: BTreeMap<PathBuf, Stamp>,
    /// `pbr.sum`, which is written last: migrations that another terminal or git wrote are whole by then.
    pub sums: Option<String>,
}

impl Seen {
    pub fn now(paths: &ProjectPaths) -> Self {
        Self {
            schema: yaml_files(&paths.schema),
            sums: text_file::read(&paths.migrations.join(migrate::SUM_FILE)).ok(),
        }
    }
}

fn yaml_files(folder: &Path) -> BTreeMap<PathBuf, Stamp> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path()).filter(|path| is_yaml(path));
    let stamped = files.filter_map(|path| {
        // A link that leads nowhere is an error until it is gone.
        let metadata = std::fs::metadata(&path).or_else(|_| path.symlink_metadata()).ok()?;
        Some((path, stamp(&metadata)))
    });
    stamped.collect()
}

/// Differs when a file was written, put in the place of another, or made readable.
pub type Stamp = (Option<SystemTime>, u64, i64);

fn stamp(metadata: &Metadata) -> Stamp {
    #[cfg(unix)]
    let changed = {
        use std::os::unix::fs::MetadataExt;
        metadata.ctime().wrapping_mul(1_000_000_000).wrapping_add(metadata.ctime_nsec())
    };
    #[cfg(not(unix))]
    let changed = 0;
    (metadata.modified().ok(), metadata.len(), changed)
}

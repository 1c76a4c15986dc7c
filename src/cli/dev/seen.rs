//! What `pbr dev` sees of the files, to notice that one has changed.

use crate::migrate::{self, ProjectPaths};
use crate::project::is_yaml;
use crate::text_file;
use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::PathBuf;
use std::time::SystemTime;

/// What a change of is followed.
#[derive(Default, PartialEq, Eq)]
pub struct Seen {
    /// Schema files and when they changed.
    pub schema: BTreeMap<PathBuf, Stamp>,
    /// `pbr.sum`, which is written last: migrations that another terminal or git wrote are whole by then.
    pub sums: Option<String>,
}

impl Seen {
    pub fn now(paths: &ProjectPaths) -> Self {
        let entries = std::fs::read_dir(&paths.schema).into_iter().flatten().flatten();
        let schema = entries
            .map(|entry| entry.path())
            .filter(|path| is_yaml(path))
            .filter_map(|path| {
                // A link that leads nowhere is an error until it is gone.
                let metadata = std::fs::metadata(&path).or_else(|_| path.symlink_metadata()).ok()?;
                Some((path, stamp(&metadata)))
            })
            .collect();
        Self { schema, sums: text_file::read(&paths.migrations.join(migrate::SUM_FILE)).ok() }
    }
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

//! What `pbr serve` remarks at its start: nothing that keeps it from serving, but that somebody should see to.

use super::Output;
use super::log_lines::log_line;
use crate::logs::Level;
use crate::migrate::{self, DiffOptions, MigrateError, ProjectPaths};
use crate::project::{Workspace, parse_schema};
use serde_json::Value as Json;
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// How remarks are told: as warnings on stderr, or in a log of JSON lines among its lines.
#[derive(Clone, Copy)]
pub struct Remarks {
    pub output: Output,
    pub logs_json: bool,
}

impl Remarks {
    fn tell(self, text: &str) {
        if self.output.quiet {
            return;
        }
        if self.logs_json && !self.output.json {
            return log_line(Level::WARN, text, &Json::Null);
        }
        let _ = writeln!(anstream::stderr(), "warning: {text}");
    }

    /// Tells of another server on the same data directory. What is returned tells the next one of this one while it is
    /// kept; the operating system lets go of it when the process dies.
    pub fn other_server(self, dir: &Path) -> Option<File> {
        // The directory itself, so that no file lies about in it for backups to see. Where it cannot be opened or locked,
        // as on some network file systems, nobody is told.
        let lock = File::open(dir).ok()?;
        if lock.try_lock().is_ok() {
            let _ = lock.unlock();
        } else if lock.try_lock_shared().is_ok() {
            let dir = dir.display();
            self.tell(&format!(
                "another pbr serves {dir} too: crons and automatic backups run in both, and realtime clients hear only of \
                 what their own server writes; stop one of them (lsof {dir}/data.db names both)"
            ));
        }
        // Shared, so that one that was told of goes on being told of when the other has ended.
        let _ = lock.try_lock_shared();
        Some(lock)
    }

    /// Tells what the schema files have more than the migrations, and the database more than both. Reading all of them
    /// takes longer than starting.
    pub fn project(self, project: &Workspace, paths: &ProjectPaths) {
        let found = [schema_ahead(project, paths), drifted(paths)];
        found.iter().flatten().for_each(|text| self.tell(text));
    }
}

fn schema_ahead(project: &Workspace, paths: &ProjectPaths) -> Option<String> {
    // An image may hold the migrations alone.
    let files = project.schema_files().ok().filter(|files| !files.is_empty())?;
    let Ok(schema) = parse_schema(&files) else {
        return Some("the schema files have errors, which change nothing here; next: pbr schema validate".to_owned());
    };
    let changes = match migrate::diff(paths, &schema, &DiffOptions::default()) {
        Ok(Some(report)) => some_of(&report.changes.iter().map(ToString::to_string).collect::<Vec<_>>()),
        Err(MigrateError::Open(_)) => "a rename or a drop".to_owned(),
        Err(MigrateError::Schema(_)) => "with errors".to_owned(),
        _ => return None,
    };
    Some(format!("the schema files are ahead of the migrations ({changes}); next: pbr migrate diff"))
}

fn drifted(paths: &ProjectPaths) -> Option<String> {
    let drift = migrate::drift(paths).ok().filter(|drift| !drift.is_empty())?;
    let (database, lines) = (drift.database.display(), some_of(&drift.lines()));
    Some(format!("{database} is not what its migrations lead to ({lines}); next: pbr migrate drift"))
}

/// The first, and how many more.
fn some_of(lines: &[String]) -> String {
    match lines {
        [] => String::new(),
        [only] => only.clone(),
        [first, others @ ..] => format!("{first}, and {} more", others.len()),
    }
}

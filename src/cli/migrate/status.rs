//! `pbr migrate status`.

use super::super::{CliError, CliResult, Context, print};
use crate::diagnostic::code;
use crate::migrate::{self, ProjectPaths, State, Status};
use serde_json::{Value as Json, json};

pub fn run(context: &Context, paths: &ProjectPaths, check: bool) -> CliResult {
    let status = migrate::status(paths)?;
    let pending = status.count(State::Pending);
    let text = || {
        let line = |entry: &migrate::Entry| {
            let applied = entry.applied_on.as_deref().unwrap_or("");
            format!("{:<12} V{}__{} {applied}", entry.state.name(), entry.version, entry.name).trim_end().to_owned()
        };
        let mut lines: Vec<String> = status.entries.iter().map(line).collect();
        if lines.is_empty() {
            lines.push("no migrations".to_owned());
        }
        lines.join("\n")
    };
    // The table helps with the integrity error, too.
    let integrity = status.integrity();
    if integrity.is_err() || (check && pending > 0) {
        if !context.global.json() && !context.global.quiet {
            print(&text())?;
        }
        integrity?;
        let message = format!("{pending} pending {}", if pending == 1 { "migration" } else { "migrations" });
        let error = CliError::new(code::NOT_APPLIED, 4, message).next("pbr migrate up");
        return Err(error.meta("migrations", entries(&status)).into());
    }
    let result = json!({
        "database": paths.database().display().to_string(),
        "current": status.current(),
        "pending": pending,
        "migrations": entries(&status),
    });
    context.output().done(result, text)
}

fn entries(status: &Status) -> Json {
    let entry = |entry: &migrate::Entry| json!({ "version": entry.version, "name": entry.name, "state": entry.state.name(), "appliedOn": entry.applied_on });
    status.entries.iter().map(entry).collect()
}

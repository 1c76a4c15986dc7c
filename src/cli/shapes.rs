//! The JSON Schemas of what `--json` prints: `docs/json/*.schema.json`, one for each command.

use super::{CliError, CliResult};
use crate::diagnostic::{code, suggestions};
use include_dir::{Dir, include_dir};

static SCHEMAS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/docs/json");
const END: &str = ".schema.json";

/// The schema of a command (`migrate status`), of `error` or of `event`.
///
/// # Errors
/// Exit 2 for a command that does not exist or has no output of its own.
pub fn schema(command: &[&str]) -> CliResult<String> {
    let file = SCHEMAS.get_file(format!("{}{END}", command.join("-")));
    file.and_then(|file| file.contents_utf8()).map(str::to_owned).ok_or_else(|| {
        let wanted = command.join(" ");
        let mut error = CliError::new(code::USAGE, 2, format!("there is no JSON Schema of `{wanted}`"));
        error.next = suggestions(&wanted, names()).into_iter().map(|name| format!("pbr help json {name}")).collect();
        error.next("pbr help json").into()
    })
}

/// Commands with a schema, and `error` and `event`, sorted.
pub fn names() -> Vec<String> {
    let name = |file: &include_dir::File<'_>| {
        let name = file.path().to_string_lossy().strip_suffix(END)?.to_owned();
        // The only name with a hyphen of its own.
        Some(name.replace('-', " ").replace("json schema", "json-schema"))
    };
    let mut names: Vec<String> = SCHEMAS.files().filter_map(name).collect();
    names.sort();
    names
}

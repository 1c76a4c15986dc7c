//! JavaScript hooks and migrations, which are not run.

use super::{CliError, CliResult};
use crate::diagnostic::code;
use crate::doctor::JavascriptPlaces;
use std::path::Path;

/// Somebody's business rules must not be dropped silently: without a JavaScript runtime they would be.
///
/// # Errors
/// There are hooks, or migrations that the data directory has not applied.
pub fn refuse(places: &JavascriptPlaces, data: &Path) -> CliResult {
    let found = places.found(data);
    if found.is_empty() {
        return Ok(());
    }
    let error = CliError::new(code::JAVASCRIPT, 2, found.join("; "));
    let why = "this version of pbr does not run JavaScript: requests would be served without the rules written there";
    Err(Box::new(error.why(why).next("pbr serve --hooks ignore")))
}

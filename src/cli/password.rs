//! Passwords on the command line: never echoed, never in an argument unless somebody insists.

use super::questions::{Asking, answered};
use super::{CliError, CliResult, Context};
use crate::diagnostic::code;
use std::io::Read;

/// Asks twice, hidden.
///
/// # Errors
/// Exit 2 where nobody can be asked, 130 for Ctrl-C.
pub fn ask(context: &Context, prompt: &str) -> CliResult<String> {
    if !context.interactive() {
        let error = CliError::new(code::USAGE, 2, "missing the password");
        return Err(error.why("nobody can be asked without a terminal").next("… --password-stdin < FILE").into());
    }
    let _asking = Asking::start();
    let password =
        dialoguer::Password::new().with_prompt(prompt).with_confirmation("The same again", "The two are not the same");
    answered(password.interact())
}

/// The first line of standard input.
///
/// # Errors
/// Exit 2 when there is none.
pub fn from_stdin() -> CliResult<String> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| CliError::new(code::IO, 1, format!("cannot read standard input: {error}")))?;
    let line = text.lines().next().unwrap_or_default().to_owned();
    if line.is_empty() {
        return Err(CliError::new(code::USAGE, 2, "standard input holds no password").into());
    }
    Ok(line)
}

//! Results go to stdout, everything else to stderr. With `--json`, stdout holds one JSON object and nothing else.

use super::context::Colour;
use super::{CliError, CliResult};
use crate::diagnostic::code;
use serde_json::{Value as Json, json};
use std::io::Write;
use std::time::Duration;

/// How a command speaks.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    pub json: bool,
    /// With `json`: events before the result, a line each.
    pub lines: bool,
    pub quiet: bool,
    /// How often `-v` was given.
    pub verbose: u8,
}

impl Output {
    /// The result: an object (which gets `"ok": true`) or the text for people.
    ///
    /// # Errors
    /// stdout cannot be written, other than by being closed.
    pub fn done(&self, mut result: Json, text: impl FnOnce() -> String) -> CliResult {
        if self.json {
            result["ok"] = json!(true);
            return print(&result.to_string());
        }
        if self.quiet { Ok(()) } else { print(&text()) }
    }

    /// A line of `--json=lines`. The last line, which is the result, is the only one with `ok`.
    pub fn event(&self, event: impl FnOnce() -> Json) {
        if self.lines && !self.quiet {
            // Nobody may read any more; the work goes on, and the result finds out.
            let mut out = anstream::stdout().lock();
            let _ = writeln!(out, "{}", event()).and_then(|()| out.flush());
        }
    }

    /// How long something took, with `-v`.
    pub fn timing(&self, what: &str, took: Duration) {
        if self.verbose > 0 {
            let _ = writeln!(anstream::stderr(), "[{:.2}ms] {what}", took.as_secs_f64() * 1000.0);
        }
    }

    /// A remark beside the result.
    pub fn note(&self, text: &str) {
        self.event(|| json!({ "event": "note", "message": text }));
        if !self.quiet && !self.json {
            let _ = writeln!(anstream::stderr(), "{text}");
        }
    }
}

/// Prints to stdout with a newline; a reader that went away ends the program quietly.
///
/// # Errors
/// stdout cannot be written.
pub fn print(text: &str) -> CliResult {
    let text = text.trim_end_matches('\n');
    if text.is_empty() {
        return Ok(());
    }
    let mut out = anstream::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => Err(CliError::new(code::IO, 1, format!("cannot write to stdout: {error}")).into()),
    }
}

/// The lines before an item of a tree and before the last one.
pub fn branches() -> (&'static str, &'static str) {
    if unicode() { ("├─", "└─") } else { ("|-", "`-") }
}

/// Whether the terminal is said to show more than ASCII.
fn unicode() -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    // Where nothing is said, today's terminals do.
    locale.is_none_or(|locale| {
        let locale = locale.to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// `NO_COLOR`, `TERM=dumb` and `CLICOLOR` are known below; `FORCE_COLOR` and the flag are not.
pub fn set_colour(colour: Colour) {
    if colour != Colour::Auto {
        // Of the questions.
        dialoguer::console::set_colors_enabled(colour == Colour::Always);
        dialoguer::console::set_colors_enabled_stderr(colour == Colour::Always);
    }
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let choice = match colour {
        Colour::Always => anstream::ColorChoice::AlwaysAnsi,
        Colour::Never => anstream::ColorChoice::Never,
        Colour::Auto if set("FORCE_COLOR") && !set("NO_COLOR") => anstream::ColorChoice::AlwaysAnsi,
        Colour::Auto => return,
    };
    choice.write_global();
}

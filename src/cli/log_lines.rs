//! What a running server prints: rows of the log and SQL statements, for people or as lines of JSON.

use crate::logs::{Level, Line, Mirror};
use serde_json::{Value as Json, json};
use std::io::Write;
use std::time::Duration;

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

/// For people.
pub fn print_statement(sql: &str, time: Duration) {
    let _ = writeln!(anstream::stderr().lock(), "[{:.2}ms] {}", time.as_secs_f64() * 1000.0, sql.trim());
}

/// As a line of the log.
pub fn log_statement(sql: &str, time: Duration) {
    let data = json!({ "sql": sql.trim(), "execTime": time.as_secs_f64() * 1000.0 });
    log_line(Level::DEBUG, "statement", &data);
}

/// One line as those of the log are.
pub fn log_line(level: Level, message: &str, data: &Json) {
    let data = data.to_string();
    let line = Line { moment: chrono::Utc::now(), level, message, data: &data };
    // Whoever reads the lines may go away; the server stays.
    let _ = writeln!(std::io::stdout().lock(), "{}", line.to_json());
}

/// Shows the rows of the log while the server runs. JSON goes to stdout, where collectors look; for people what went wrong goes to stderr.
pub fn mirror(format: LogFormat, everything: bool) -> Mirror {
    match format {
        LogFormat::Json => Mirror::new(Level::DEBUG, true, |line| {
            // Whoever reads the lines may go away; the server stays.
            let _ = writeln!(std::io::stdout().lock(), "{}", line.to_json());
        }),
        LogFormat::Text if everything => Mirror::new(Level::DEBUG, true, |line| {
            let _ = writeln!(anstream::stderr().lock(), "{line}");
        }),
        LogFormat::Text => Mirror::new(Level::WARN, false, |line| {
            let _ = writeln!(anstream::stderr().lock(), "{line}");
        }),
    }
}

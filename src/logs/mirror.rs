//! Rows of the log shown elsewhere as they come: on a terminal, or to whoever collects the output of services.

use super::Level;
use chrono::{DateTime, SecondsFormat, Utc};
use std::fmt;

/// A row on its way.
pub struct Line<'l> {
    pub moment: DateTime<Utc>,
    pub level: Level,
    pub message: &'l str,
    /// A JSON object or `null`.
    pub data: &'l str,
}

/// Takes lines of a level and above, on the thread of the log.
pub struct Mirror {
    least: Level,
    requests: bool,
    take: Box<dyn Fn(&Line<'_>) + Send + Sync>,
}

impl Mirror {
    /// Requests are shown only where `requests` says so.
    pub fn new(least: Level, requests: bool, take: impl Fn(&Line<'_>) + Send + Sync + 'static) -> Self {
        Self { least, requests, take: Box::new(take) }
    }

    pub(super) fn wants(&self, level: Level, request: bool) -> bool {
        level >= self.least && (self.requests || !request)
    }

    pub(super) fn show(&self, line: &Line<'_>) {
        (self.take)(line);
    }
}

impl Level {
    /// `DEBUG`, `INFO`, `WARN`, `ERROR`; numbers between them belong to the word below.
    pub fn name(self) -> &'static str {
        match self.0 {
            ..0 => "DEBUG",
            0..4 => "INFO",
            4..8 => "WARN",
            8.. => "ERROR",
        }
    }
}

impl Line<'_> {
    /// One JSON object without a line break: `time` in RFC 3339, `level`, `message` and `data`.
    pub fn to_json(&self) -> String {
        let time = self.moment.to_rfc3339_opts(SecondsFormat::Millis, true);
        let (level, message) = (self.level.name().to_lowercase(), serde_json::Value::from(self.message));
        format!(r#"{{"time":"{time}","level":"{level}","message":{message},"data":{}}}"#, self.data)
    }
}

impl fmt::Display for Line<'_> {
    /// For people: local time, level, message, and the data where there is some.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.moment.with_timezone(&chrono::Local).format("%Y/%m/%d %H:%M:%S");
        write!(f, "{time} {} {}", self.level.name(), self.message)?;
        if self.data == "null" { Ok(()) } else { write!(f, " {}", self.data) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_object_or_one_line_for_people() {
        let moment = DateTime::from_timestamp(0, 5_000_000).unwrap();
        let line = Line { moment, level: Level::WARN, message: "a\n\"b\"", data: "{\"c\":1}" };
        let expected = r#"{"time":"1970-01-01T00:00:00.005Z","level":"warn","message":"a\n\"b\"","data":{"c":1}}"#;
        assert_eq!(line.to_json(), expected);
        let plain = Line { message: "m", data: "null", ..line };
        assert!(plain.to_string().ends_with(" WARN m"), "{plain}");
    }
}

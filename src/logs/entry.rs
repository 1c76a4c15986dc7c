//! What the log is told of, and the row that it becomes.

use super::Level;
use crate::schema::fields::write_json_string;
use chrono::{DateTime, Utc};
use crossbeam_channel::Sender;
use percent_encoding::percent_decode_str;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::io::Write;
use std::time::Duration;

/// Bytes of texts that clients choose; what is longer is cut.
const MAX_METHOD: usize = 50;
const MAX_URL: usize = 3000;
const MAX_HEADER: usize = 2000;

/// A served request.
#[derive(Clone, Debug)]
pub struct RequestEntry {
    pub method: String,
    pub url: String,
    pub status: u16,
    pub elapsed: Duration,
    /// Collection name of the caller, `""` for guests.
    pub auth: String,
    /// Id of the caller where the settings want it.
    pub auth_id: Option<String>,
    pub referer: String,
    pub user_agent: String,
    /// Address of the connection; `None` where the settings do not want it.
    pub remote_ip: Option<String>,
    /// Address of the client, behind trusted proxies.
    pub user_ip: String,
    /// The message of an error response.
    pub error: Option<String>,
}

pub(super) enum Entry {
    Request(DateTime<Utc>, RequestEntry),
    Message(DateTime<Utc>, Level, String, Json),
    /// Rows from before this moment are to be deleted.
    DeleteBefore(DateTime<Utc>),
    /// Rows of a lower level are to be deleted.
    DeleteBelow(Level),
    /// All rows are to be deleted, and who asked is to be told.
    Clear(Sender<Result<(), String>>),
    /// What came before is to be in the file, and who asked is to be told.
    Flush(Sender<()>),
}

pub(super) struct Row<'e> {
    pub moment: DateTime<Utc>,
    pub level: Level,
    pub message: Cow<'e, str>,
    pub data: String,
}

impl Entry {
    /// Whether it is to be stored as a row.
    pub fn is_row(&self) -> bool {
        matches!(self, Self::Request(..) | Self::Message(..))
    }

    pub fn row(&self) -> Option<Row<'_>> {
        match self {
            Self::Request(moment, entry) => {
                let message = entry.title().into();
                Some(Row { moment: *moment, level: entry.level(), message, data: request_data(entry) })
            }
            Self::Message(moment, level, message, data) => {
                Some(Row { moment: *moment, level: *level, message: message.into(), data: data.to_string() })
            }
            Self::DeleteBefore(_) | Self::DeleteBelow(_) | Self::Clear(_) | Self::Flush(_) => None,
        }
    }
}

impl RequestEntry {
    fn title(&self) -> String {
        [&cut(&self.method, MAX_METHOD), " ", &readable(&cut(&self.url, MAX_URL))].concat()
    }

    pub(super) fn level(&self) -> Level {
        if self.error.is_some() { Level::ERROR } else { Level::INFO }
    }
}

/// A target as people write it. One with something else behind a `%` than a byte stays as it is, and so does one that
/// would be no text of one line.
fn readable(target: &str) -> Cow<'_, str> {
    let is_encoded = |rest: &str| rest.get(..2).is_some_and(|byte| byte.bytes().all(|digit| digit.is_ascii_hexdigit()));
    match percent_decode_str(target).decode_utf8() {
        Ok(text) if target.split('%').skip(1).all(is_encoded) && !text.contains(char::is_control) => text,
        _ => Cow::Borrowed(target),
    }
}

/// At most so many bytes, on a boundary of characters.
fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    Cow::Owned(format!("{}...", &text[..end]))
}

/// Written without a value tree: this runs for every request. Keys are in alphabetical order.
fn request_data(entry: &RequestEntry) -> String {
    let mut out = Vec::with_capacity(256);
    let text = |out: &mut Vec<u8>, key: &str, value: &str| {
        out.extend_from_slice(key.as_bytes());
        write_json_string(value, out);
    };
    text(&mut out, "{\"auth\":", &entry.auth);
    if let Some(id) = &entry.auth_id {
        text(&mut out, ",\"authId\":", id);
    }
    if let Some(error) = &entry.error {
        text(&mut out, ",\"error\":", error);
    }
    let milliseconds = entry.elapsed.as_secs_f64() * 1000.0;
    let _ = write!(out, ",\"execTime\":{milliseconds}");
    text(&mut out, ",\"method\":", &cut(&entry.method, MAX_METHOD));
    text(&mut out, ",\"referer\":", &cut(&entry.referer, MAX_HEADER));
    if let Some(ip) = &entry.remote_ip {
        text(&mut out, ",\"remoteIP\":", ip);
    }
    let _ = write!(out, ",\"status\":{}", entry.status);
    text(&mut out, ",\"type\":\"request\",\"url\":", &cut(&entry.url, MAX_URL));
    text(&mut out, ",\"userAgent\":", &cut(&entry.user_agent, MAX_HEADER));
    if entry.remote_ip.is_some() {
        text(&mut out, ",\"userIP\":", &entry.user_ip);
    }
    out.push(b'}');
    String::from_utf8(out).expect("JSON is UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn targets_are_shown_as_people_write_them() {
        let cases = [
            ("/a%20b?c=%C3%A9+x", "/a b?c=é+x"),
            ("/a?b=%zz%20", "/a?b=%zz%20"),
            ("/a%0AERROR", "/a%0AERROR"),
            ("/%ff", "/%ff"),
            ("/a%2", "/a%2"),
        ];
        for (target, shown) in cases {
            assert_eq!(readable(target), shown);
        }
    }

    #[test]
    fn request_rows_are_json_with_sorted_keys() {
        let entry = RequestEntry {
            method: "GET".into(),
            url: "/a?b=\"c\"".into(),
            status: 404,
            elapsed: Duration::from_micros(1500),
            auth: String::new(),
            auth_id: None,
            referer: String::new(),
            user_agent: "x".into(),
            remote_ip: Some("127.0.0.1".into()),
            user_ip: "127.0.0.1".into(),
            error: Some("no".into()),
        };
        let text = request_data(&entry);
        let parsed: Json = serde_json::from_str(&text).unwrap();
        assert_eq!(parsed.to_string(), text);
        assert_eq!((&parsed["url"], &parsed["execTime"]), (&json!("/a?b=\"c\""), &json!(1.5)));
    }
}

//! Requests on the wire, and the values that later requests take from answers.

use super::suite::Case;
use crate::support::Client;
use crate::support::http::Reply;
use base64::Engine;
use serde_json::Value as Json;
use std::collections::HashMap;

/// One server with its callers and saved values.
pub struct Side {
    pub guest: Client,
    pub callers: HashMap<String, Client>,
    pub saved: HashMap<String, String>,
}

/// Bytes of a body that a server may refuse before it has read it.
const LARGE: usize = 1 << 20;

impl Side {
    pub fn new(guest: Client) -> Self {
        Self { guest, callers: HashMap::new(), saved: HashMap::new() }
    }

    /// Sends a request and saves what it asks to keep.
    pub fn send(&mut self, case: &Case) -> Reply {
        let mut case = case.clone();
        case.edit(|text| fill(text, &self.saved));
        let (method, path) = case.send.split_once(' ').expect("a method and a path");
        let mut path = path.to_owned();
        if !case.query.is_empty() {
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&case.query).finish();
            path.push(if path.contains('?') { '&' } else { '?' });
            path.push_str(&query);
        }
        let client = match case.callers.as_str() {
            "" | "guest" => &self.guest,
            label => self.callers.get(label).unwrap_or_else(|| panic!("no caller {label} for {}", case.name)),
        };
        let mut large = false;
        let mut request = client.request(method, &path);
        if let Some((content_type, body)) = body(&case) {
            if let Some(content_type) = content_type.filter(|_| !case.headers.contains_key("Content-Type")) {
                request = request.header("Content-Type", content_type);
            }
            large = body.len() > LARGE;
            request = request.body(body);
        }
        for (name, value) in &case.headers {
            request = request.header(name, value);
        }
        // PocketBase closes a connection whose body it refuses, and the answer may be lost with it.
        let again = request.try_clone().filter(|_| large);
        let reply = match (request.send(), again) {
            (Ok(response), _) => Client::reply(response),
            (Err(_), Some(again)) => client.send(again),
            (Err(error), None) => panic!("{}: {error}", case.name),
        };
        for (path, name) in &case.save {
            if let Ok(answer) = serde_json::from_str::<Json>(&reply.body) {
                let value = answer.pointer(&format!("/{}", path.replace('.', "/")));
                let text = value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
                self.saved.insert(name.clone(), text.unwrap_or_default());
            }
        }
        reply
    }
}

/// The body and the content type that belongs to it.
fn body(case: &Case) -> Option<(Option<&'static str>, Vec<u8>)> {
    if let Some(json) = &case.json {
        return Some((Some("application/json"), json.clone().into_bytes()));
    }
    if let Some(form) = &case.form {
        return Some((Some("application/x-www-form-urlencoded"), form.clone().into_bytes()));
    }
    if let Some(lines) = &case.multipart {
        return Some((Some("multipart/form-data; boundary=parity"), multipart(lines)));
    }
    if let Some(bytes) = &case.bytes {
        let bytes = base64::engine::general_purpose::STANDARD.decode(bytes).expect("base64");
        return Some((Some("application/json"), bytes));
    }
    case.body.as_ref().map(|body| (None, body.clone().into_bytes()))
}

fn multipart(lines: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for line in lines.lines().filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once('=').expect("name=value");
        let mut disposition = format!("Content-Disposition: form-data; name=\"{name}\"");
        let mut content = value.replace('⏎', "\n").into_bytes();
        // `@jsonPayload` starts with the sign that separates a file name.
        if let Some(at) = name[1..].find('@').map(|at| at + 1) {
            let (name, file) = (&name[..at], &name[at + 1..]);
            disposition = format!(
                "Content-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: application/octet-stream"
            );
            if let Some(encoded) = value.strip_prefix("base64:") {
                content = base64::engine::general_purpose::STANDARD.decode(encoded).expect("base64");
            }
        }
        body.extend_from_slice(format!("--parity\r\n{disposition}\r\n\r\n").as_bytes());
        body.extend_from_slice(&content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--parity--\r\n");
    body
}

/// Puts saved values and repetitions into a text.
pub fn fill(text: &str, saved: &HashMap<String, String>) -> String {
    let mut text = text.to_owned();
    while let Some(start) = text.find("$repeat(") {
        let (count, rest) = text[start + 8..].split_once(',').expect("$repeat(COUNT,TEXT)");
        let (piece, _) = rest.split_once(')').expect("$repeat(COUNT,TEXT)");
        let end = start + 8 + count.len() + 1 + piece.len() + 1;
        let repeated = piece.repeat(count.parse().expect("a count"));
        text.replace_range(start..end, &repeated);
    }
    for (name, value) in saved {
        text = text.replace(&format!("${{{name}}}"), value);
    }
    text
}

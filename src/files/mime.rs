//! Content types, found by looking at the content.

/// The content type of some bytes, without parameters.
pub fn sniff(content: &[u8]) -> &'static str {
    if let Some(kind) = infer::get(content) {
        return kind.mime_type();
    }
    match std::str::from_utf8(content) {
        Ok(text) => {
            let start = text.trim_start_matches('\u{feff}').trim_start();
            if start.starts_with("<svg") || start.starts_with("<?xml") && start.contains("<svg") {
                "image/svg+xml"
            } else if start.starts_with(['{', '[']) && crate::json::is_valid(start.as_bytes()) {
                "application/json"
            } else {
                "text/plain"
            }
        }
        Err(_) => "application/octet-stream",
    }
}

/// The content type as a header shows it: texts say their character set.
pub fn header(content: &[u8]) -> String {
    match sniff(content) {
        // As PocketBase says it.
        text if content.is_empty() => text.to_owned(),
        text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    }
}

/// The usual extension of a sniffed type, with its dot.
pub fn extension(content: &[u8]) -> String {
    match infer::get(content) {
        Some(kind) => format!(".{}", kind.extension()),
        None => match sniff(content) {
            "image/svg+xml" => ".svg".into(),
            "application/json" => ".json".into(),
            "text/plain" => ".txt".into(),
            _ => String::new(),
        },
    }
}

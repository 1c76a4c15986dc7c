//! Content types, found by looking at the first bytes of a content.

/// Bytes of a text that are looked at.
const TEXT: usize = 3072;

/// The content type of a content by its first bytes, without parameters.
pub fn sniff(head: &[u8]) -> &'static str {
    if let Some(kind) = infer::get(head) {
        return kind.mime_type();
    }
    let Some(text) = text(head) else { return "application/octet-stream" };
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with("<svg") || start.starts_with("<?xml") && start.contains("<svg") {
        "image/svg+xml"
    } else if start.starts_with(['{', '[']) && is_json(start, head.len() > TEXT) {
        "application/json"
    } else {
        "text/plain"
    }
}

/// The beginning as a text; the last character may be cut off where it ends before the content does.
fn text(head: &[u8]) -> Option<&str> {
    let looked_at = &head[..head.len().min(TEXT)];
    match std::str::from_utf8(looked_at) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() && looked_at.len() < head.len() => {
            std::str::from_utf8(&looked_at[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    }
}

/// Whether a text is JSON, or the beginning of it.
fn is_json(text: &str, cut: bool) -> bool {
    if !cut {
        return crate::json::is_valid(text.as_bytes());
    }
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => true,
        Err(error) => error.is_eof(),
    }
}

/// The content type as a header shows it: texts say their character set.
pub fn header(head: &[u8]) -> String {
    match sniff(head) {
        // As PocketBase says it.
        text if head.is_empty() => text.to_owned(),
        text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    }
}

/// The usual extension of a sniffed type, with its dot.
pub fn extension(head: &[u8]) -> String {
    match infer::get(head) {
        Some(kind) => format!(".{}", kind.extension()),
        None => match sniff(head) {
            "image/svg+xml" => ".svg".into(),
            "application/json" => ".json".into(),
            "text/plain" => ".txt".into(),
            _ => String::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_told_by_their_beginning() {
        let long = |text: &str| text.repeat(8192 / text.len() + 1).into_bytes();
        // The 3072nd byte is in the middle of a character.
        assert_eq!(sniff(&[b"a", &long("\u{e4}")[..]].concat()), "text/plain");
        assert_eq!(sniff(&[b"[0", &long(",1")[..]].concat()), "application/json");
        assert_eq!(sniff(&[b"[0", &long(",x")[..]].concat()), "text/plain");
        assert_eq!(sniff(&[&long("a")[..], b"\xff"].concat()), "text/plain");
        assert_eq!(sniff(b"abc\xe4"), "application/octet-stream");
    }
}

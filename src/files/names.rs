//! Names of stored files (spec 01 §1.6): readable, safe on any disk, and never the same twice.

use super::mime;
use crate::schema::{LOWER_ALPHANUMERIC, random_string};

const RANDOM_LENGTH: usize = 10;
const MAX_INPUT: usize = 300;
const MAX_BASE: usize = 100;
const MAX_EXTENSION: usize = 20;

/// The name under which an upload is stored: `My Photo (1).PNG` becomes `my_photo_1_1vbfo7io75.PNG`.
pub fn stored_name(original: &str, content: &[u8]) -> String {
    let original = last_bytes(original, MAX_INPUT);
    let dots: Vec<usize> = original.match_indices('.').map(|(at, _)| at).collect();
    let extension_at = match dots.as_slice() {
        [] => original.len(),
        [only] => *only,
        [.., second_last, _] => *second_last,
    };
    let (base, extension) = original.split_at(extension_at);
    let mut extension = clean_extension(extension);
    if extension.is_empty() {
        extension = mime::extension(content);
    }
    let mut base = snake_case(base.trim_matches('.'));
    if base.len() < 3 {
        base.push_str(&random_string(RANDOM_LENGTH, LOWER_ALPHANUMERIC));
    }
    base.truncate(MAX_BASE);
    format!("{base}_{}{extension}", random_string(RANDOM_LENGTH, LOWER_ALPHANUMERIC))
}

fn last_bytes(text: &str, limit: usize) -> &str {
    let mut start = text.len().saturating_sub(limit);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}

fn clean_extension(extension: &str) -> String {
    let kept: String = extension.chars().filter(|c| c.is_ascii_alphanumeric() || "_.*-+=#".contains(*c)).collect();
    let kept = kept.trim_matches('.');
    if kept.is_empty() {
        return String::new();
    }
    let extension = format!(".{kept}");
    if extension.len() > MAX_EXTENSION {
        return format!(".{}", extension[extension.len() - MAX_EXTENSION..].trim_start_matches('.'));
    }
    extension
}

/// Words of ASCII letters and digits, joined by `_`; a capital after a small letter starts a word.
pub fn snake_case(text: &str) -> String {
    let mut snake = String::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if !snake.is_empty() {
            snake.push('_');
        }
        let mut after_upper = true;
        for c in word.chars() {
            if c.is_ascii_uppercase() && !after_upper {
                snake.push('_');
            }
            after_upper = c.is_ascii_uppercase();
            snake.push(c.to_ascii_lowercase());
        }
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_clean_and_unique() {
        let cases = [
            ("My Photo (1).PNG", "my_photo_1_", ".PNG"),
            ("Héllo Wörld.TXT", "h_llo_w_rld_", ".TXT"),
            ("HelloWorldTEST.md", "hello_world_test_", ".md"),
            ("noext", "noext_", ".txt"),
            ("../../etc/passwd", "passwd", ".etcpasswd"),
        ];
        for (original, start, end) in cases {
            let name = stored_name(original, b"plain");
            if original.starts_with("..") {
                assert!(!name.contains('/') && !name.starts_with('.'), "{name}");
                continue;
            }
            assert!(name.starts_with(start) && name.ends_with(end), "{original}: {name}");
            assert_eq!(name.len(), start.len() + RANDOM_LENGTH + end.len(), "{name}");
        }
        assert!(stored_name("a.tar.gz", b"").ends_with(".tar.gz"));
    }
}

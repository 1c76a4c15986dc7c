//! Words of the commands that messages advise.

use std::path::Path;

/// A text as one word of a shell.
pub fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+@:,".contains(c);
    let plain = !text.is_empty() && text.chars().all(is_plain);
    if plain { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// A path as one word of a shell.
pub fn path_word(path: &Path) -> String {
    word(&path.display().to_string())
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_of_a_shell_are_quoted_where_they_must_be() {
        let cases = [
            ("collections/a.yaml", "collections/a.yaml"),
            ("a b", "'a b'"),
            ("it's", "'it'\\''s'"),
            ("$x", "'$x'"),
            ("", "''"),
        ];
        for (text, word) in cases {
            assert_eq!(super::word(text), word);
        }
    }
}

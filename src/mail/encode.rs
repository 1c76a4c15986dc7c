//! Header words (RFC 2047 Q) and bodies (quoted-printable, RFC 2045) in ASCII.

/// Characters of an encoded word, its frame included.
const MAX_WORD: usize = 75;
/// Characters of a line of a body, its soft break included.
const MAX_LINE: usize = 76;

/// The text as it is where it is printable ASCII, else as encoded words.
pub fn encode_word(charset: &str, text: &str) -> String {
    if text.chars().all(|c| matches!(c, ' '..='~' | '\t')) {
        return text.to_owned();
    }
    let open = format!("=?{charset}?q?");
    let room = MAX_WORD - open.len() - "?=".len();
    let (mut out, mut used) = (open.clone(), 0);
    for c in text.chars() {
        // A character is never cut in two.
        let piece = q_encoded(c);
        if used + piece.len() > room {
            out.push_str("?= ");
            out.push_str(&open);
            used = 0;
        }
        used += piece.len();
        out.push_str(&piece);
    }
    out.push_str("?=");
    out
}

fn q_encoded(c: char) -> String {
    match c {
        ' ' => "_".into(),
        '!'..='~' if !matches!(c, '=' | '?' | '_') => c.into(),
        _ => c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("={byte:02X}")).collect(),
    }
}

/// A body in lines of at most 76 characters, with CRLF line ends.
pub fn quoted_printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let text = text.replace("\r\n", "\n");
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push_str("\r\n");
        }
        let mut used = 0;
        let mut bytes = line.bytes().peekable();
        while let Some(byte) = bytes.next() {
            let last = bytes.peek().is_none();
            let plain = matches!(byte, b'!'..=b'~' if byte != b'=') || (matches!(byte, b' ' | b'\t') && !last);
            let width = if plain { 1 } else { 3 };
            if used + width > MAX_LINE - 1 {
                out.push_str("=\r\n");
                used = 0;
            }
            used += width;
            if plain { out.push(char::from(byte)) } else { out.push_str(&format!("={byte:02X}")) }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_encoded_only_where_they_must_be() {
        assert_eq!(encode_word("UTF-8", "Hello <you>"), "Hello <you>");
        assert_eq!(encode_word("UTF-8", "Sénder"), "=?UTF-8?q?S=C3=A9nder?=");
        assert_eq!(encode_word("UTF-8", "é_=?"), "=?UTF-8?q?=C3=A9=5F=3D=3F?=");
        let long = encode_word("UTF-8", &"é".repeat(40));
        assert!(long.split(' ').all(|word| word.len() <= 75 && word.ends_with("?=")), "{long}");
    }

    #[test]
    fn bodies_have_short_lines_and_keep_their_spaces() {
        assert_eq!(quoted_printable("a = é \nb"), "a =3D =C3=A9=20\r\nb");
        let long = quoted_printable(&"x".repeat(200));
        assert!(long.lines().all(|line| line.len() <= 76), "{long}");
        assert_eq!(long.replace("=\r\n", ""), "x".repeat(200));
    }
}

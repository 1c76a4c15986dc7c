//! `:excerpt(max, withEllipsis)` of the `fields` parameter: plain text of HTML, cut to a length.

use super::InvalidFields;

/// At most `max` characters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Excerpt {
    max: usize,
    ellipsis: bool,
}

/// Elements that are left out with all they hold.
const DROPPED: [&str; 12] =
    ["script", "style", "iframe", "applet", "object", "svg", "img", "button", "form", "textarea", "input", "select"];
/// Elements that do not separate words.
const INLINE: [&str; 20] = [
    "a", "abbr", "acronym", "b", "bdo", "big", "br", "button", "cite", "code", "em", "i", "label", "q", "small",
    "span", "strong", "strike", "sub", "sup",
];

impl Excerpt {
    /// Reads what stands behind the colon.
    ///
    /// # Errors
    /// Another modifier or wrong arguments.
    pub fn parse(modifier: &str) -> Result<Self, InvalidFields> {
        let words: Vec<&str> = modifier.split(['(', ')', ',', ' ']).filter(|word| !word.is_empty()).collect();
        let (max, ellipsis) = match words.as_slice() {
            ["excerpt", max] => (max, false),
            ["excerpt", max, flag] => (max, crate::schema::fields::text_to_bool(flag)),
            _ => return Err(InvalidFields),
        };
        let whole = max.split_once('.').map_or(*max, |(whole, _)| whole);
        match whole.parse() {
            Ok(max) if max > 0 => Ok(Self { max, ellipsis }),
            _ => Err(InvalidFields),
        }
    }

    pub fn apply(self, html: &str) -> String {
        let plain = plain_text(html);
        let Some((end, _)) = plain.char_indices().nth(self.max) else { return plain };
        let mut cut = plain[..end].trim_end().to_owned();
        if self.ellipsis {
            cut.push_str("...");
        }
        cut
    }
}

/// Text outside tags with single blanks; the contents of scripts, styles and form controls are dropped.
fn plain_text(html: &str) -> String {
    let mut text = String::new();
    // The element that is being left out, and how deep it is nested in itself.
    let mut skipping: Option<(String, usize)> = None;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        if skipping.is_none() {
            push_text(&rest[..at], &mut text);
        }
        let Some(tag) = Tag::read(&rest[at..]) else {
            if skipping.is_none() {
                push_text("<", &mut text);
            }
            rest = &rest[at + 1..];
            continue;
        };
        match &mut skipping {
            Some((open, depth)) if *open == tag.name && tag.closing => {
                *depth -= 1;
                if *depth == 0 {
                    skipping = None;
                }
            }
            Some((open, depth)) if *open == tag.name => *depth += 1,
            Some(_) => {}
            None if !tag.closing && DROPPED.contains(&tag.name.as_str()) => {
                let void = matches!(tag.name.as_str(), "img" | "input") || (tag.name == "svg" && tag.self_closing);
                if !void {
                    skipping = Some((tag.name, 1));
                }
            }
            None if tag.name.is_empty() || INLINE.contains(&tag.name.as_str()) => {}
            None => text.push(' '),
        }
        rest = &rest[at + tag.length..];
    }
    if skipping.is_none() {
        push_text(rest, &mut text);
    }
    // Blanks that cannot break stay as they are inside the text.
    let words = text.split([' ', '\t', '\n', '\r', '\u{c}']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").trim().to_owned()
}

fn push_text(piece: &str, text: &mut String) {
    text.push_str(&html_escape::decode_html_entities(piece));
}

/// A tag or comment; comments have no name.
struct Tag {
    name: String,
    closing: bool,
    self_closing: bool,
    /// Bytes up to and with the `>`; everything where there is none.
    length: usize,
}

impl Tag {
    /// `None` where the `<` is text.
    fn read(text: &str) -> Option<Self> {
        if let Some(comment) = text.strip_prefix("<!--") {
            let length = comment.find("-->").map_or(text.len(), |end| end + 7);
            return Some(Self { name: String::new(), closing: false, self_closing: false, length });
        }
        let closing = text.starts_with("</");
        let inside = &text[1 + usize::from(closing)..];
        let first = inside.chars().next()?;
        let declaration = closing || matches!(first, '!' | '?');
        if !first.is_ascii_alphabetic() && !declaration {
            return None;
        }
        let name = inside.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        let mut quote = None;
        let end = text.char_indices().find(|(_, c)| match (quote, c) {
            (None, '>') => true,
            (None, '"' | '\'') if !name.is_empty() => {
                quote = Some(*c);
                false
            }
            (Some(open), c) if open == *c => {
                quote = None;
                false
            }
            _ => false,
        });
        let length = end.map_or(text.len(), |(at, _)| at + 1);
        Some(Self { name, closing, self_closing: text[..length].ends_with("/>"), length })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_are_plain_text() {
        let excerpt = Excerpt::parse("excerpt(8,true)").unwrap();
        for (html, text) in [
            ("<p>Hello <b>big</b> <i>world</i></p><script>x</script>", "Hello bi..."),
            ("<a title=\"a>b\">x</a> &lt; y", "x < y"),
            ("a < b <svg><svg/></svg>", "a < b"),
            ("&eacute;<br>&nbsp;<p>z", "é\u{a0} z"),
        ] {
            assert_eq!(excerpt.apply(html), text, "{html}");
        }
    }

    #[test]
    fn arguments_are_one_positive_number_and_a_flag() {
        assert_eq!(Excerpt::parse("excerpt(1.5)").ok(), Some(Excerpt { max: 1, ellipsis: false }));
        for wrong in ["excerpt", "excerpt(0)", "excerpt(1,2,3)", "nope(1)", ""] {
            assert!(Excerpt::parse(wrong).is_err(), "{wrong}");
        }
    }
}

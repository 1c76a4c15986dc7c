//! The text of an HTML mail, for those who read mail without HTML.

/// Elements whose content is not for reading.
const SKIPPED: [&str; 14] = [
    "style", "script", "iframe", "applet", "object", "svg", "img", "button", "form", "textarea", "input", "select",
    "option", "template",
];
/// Elements that have no content, so no end tag either.
const VOID: [&str; 6] = ["img", "input", "br", "hr", "meta", "link"];
/// Elements that stand in a line; every other one begins a line.
const INLINE: [&str; 24] = [
    "a", "abbr", "acronym", "b", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark",
    "q", "s", "small", "span", "strong", "sub", "sup", "u",
];

/// Lines end with CRLF, links become `[label](address)`, items of lists begin with a dash.
pub fn text_of(html: &str) -> String {
    let mut tokens = Tokens { rest: html };
    let mut page = Page::new();
    let mut links: Vec<(Page, String)> = Vec::new();
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) => page.text(&text),
            Token::Open(name, tag) if SKIPPED.contains(&name.as_str()) => {
                if !VOID.contains(&name.as_str()) && !tag.ends_with('/') {
                    tokens.skip_to_end_of(&name);
                }
            }
            Token::Open(name, tag) if name == "a" => {
                links.push((std::mem::replace(&mut page, Page::new()), attribute(tag, "href")));
            }
            Token::Close(name) if name == "a" => close_link(&mut page, &mut links),
            Token::Open(name, _) if name == "br" => page.line(),
            Token::Open(name, _) => {
                if !INLINE.contains(&name.as_str()) && !page.at_start {
                    page.line();
                }
                if name == "li" {
                    page.out.push_str("- ");
                }
            }
            Token::Close(_) => {}
        }
    }
    while !links.is_empty() {
        close_link(&mut page, &mut links);
    }
    page.out.trim().to_owned()
}

fn close_link(page: &mut Page, links: &mut Vec<(Page, String)>) {
    let Some((around, address)) = links.pop() else { return };
    let label = std::mem::replace(page, around);
    let label = match label.out.trim() {
        "" => "LINK",
        label => label,
    };
    page.out.push_str(&format!("[{label}]"));
    if !address.is_empty() {
        page.out.push_str(&format!("({address})"));
    }
    page.at_start = false;
}

struct Page {
    out: String,
    /// Nothing is on the current line yet.
    at_start: bool,
}

impl Page {
    fn new() -> Self {
        Self { out: String::new(), at_start: true }
    }

    fn line(&mut self) {
        self.out.push_str("\r\n");
        self.at_start = true;
    }

    /// Appends a text with its white space collapsed, none of it at the start of a line.
    fn text(&mut self, text: &str) {
        let mut space = false;
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c') {
                space = true;
                continue;
            }
            if space && !self.at_start {
                self.out.push(' ');
            }
            space = false;
            self.at_start = false;
            self.out.push(c);
        }
        if space && !self.at_start {
            self.out.push(' ');
        }
    }
}

enum Token<'a> {
    Text(String),
    /// The lower-case name, and everything between the name and `>`.
    Open(String, &'a str),
    Close(String),
}

/// What comes next in a text that may be any HTML, or none.
struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            if let Some(comment) = self.rest.strip_prefix("<!--") {
                self.rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
                continue;
            }
            if self.rest.starts_with("<!") || self.rest.starts_with("<?") {
                self.rest = self.rest.split_once('>').map_or("", |(_, rest)| rest);
                continue;
            }
            return Some(match self.tag() {
                Some(token) => token,
                None => self.text(),
            });
        }
    }
}

impl<'a> Tokens<'a> {
    fn tag(&mut self) -> Option<Token<'a>> {
        let inside = self.rest.strip_prefix('<')?;
        let (closing, inside) = inside.strip_prefix('/').map_or((false, inside), |inside| (true, inside));
        if !inside.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let end = end_of_tag(inside);
        let (tag, rest) = (&inside[..end], inside.get(end + 1..).unwrap_or_default());
        self.rest = rest;
        let name_end = tag.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(tag.len());
        let name = tag[..name_end].to_ascii_lowercase();
        Some(if closing { Token::Close(name) } else { Token::Open(name, &tag[name_end..]) })
    }

    fn text(&mut self) -> Token<'a> {
        // A `<` that begins no tag is a character like any other.
        let first = self.rest.chars().next().map_or(0, char::len_utf8);
        let end = self.rest[first..].find('<').map_or(self.rest.len(), |at| at + first);
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        Token::Text(html_escape::decode_html_entities(text).into_owned())
    }

    /// Goes behind the end tag that belongs to a start tag of this name.
    fn skip_to_end_of(&mut self, name: &str) {
        let raw = matches!(name, "style" | "script" | "textarea" | "iframe");
        let mut open = 1;
        while open > 0 {
            if raw {
                let close = format!("</{name}");
                match self.rest.to_ascii_lowercase().find(&close) {
                    Some(at) => self.rest = &self.rest[at..],
                    None => self.rest = "",
                }
            }
            match self.next() {
                None => return,
                Some(Token::Open(other, tag)) if other == name && !tag.ends_with('/') => open += 1,
                Some(Token::Close(other)) if other == name => open -= 1,
                Some(_) => {}
            }
        }
    }
}

/// Where the `>` of a tag is, outside of quotes.
fn end_of_tag(tag: &str) -> usize {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '>' => return at,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None => {}
        }
    }
    tag.len()
}

/// The value of an attribute, `""` where it is missing.
fn attribute(tag: &str, name: &str) -> String {
    let mut rest = tag;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        if rest.is_empty() {
            return String::new();
        }
        let found = rest[..end].eq_ignore_ascii_case(name);
        rest = rest[end..].trim_start();
        let Some(value) = rest.strip_prefix('=') else {
            if end == 0 {
                return String::new();
            }
            continue;
        };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, after) = match quote {
            Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        if found {
            return html_escape::decode_html_entities(value).into_owned();
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::text_of;
    use proptest::prelude::*;

    /// What PocketBase 0.40.6 makes of the same texts.
    #[test]
    fn texts_are_those_of_pocketbase() {
        for (html, text) in [
            ("<div>a</div>b", "ab"),
            ("<div>a</div><div>b</div>", "a\r\nb"),
            ("a<br>b<br/><br>c", "a\r\nb\r\n\r\nc"),
            ("<p>a</p><p></p><p>b</p>", "a\r\nb"),
            ("<ul><li>one</li><li>two <b>x</b></li></ul>after", "- one\r\n- two xafter"),
            ("<a href='http://x'>t</a>", "[t](http://x)"),
            ("<a>t</a>", "[t]"),
            ("<a href='http://x'></a>", "[LINK](http://x)"),
            ("<a href='http://x'> <b>q</b> r </a>z", "[q r](http://x)z"),
            ("a<hr>b", "a\r\nb"),
            ("<pre>x\n  y</pre>", "x y"),
            ("<script>x</script>a<style>q</style>b<button>no</button>c<img alt='i'>d", "abcd"),
            ("&lt;b&gt; &amp; &nbsp;x", "<b> & \u{a0}x"),
            ("  lead <span> mid </span> end  ", "lead  mid  end"),
            ("<ol><li>1</li><li><p>2</p></li></ol>", "- 1\r\n- 2"),
            ("a<!-- c -->b", "ab"),
            (
                "<form>in</form>x<label>l</label><select><option>o</option></select><svg><text>s</text></svg>y",
                "x\r\nly",
            ),
            ("<a href='http://x'><img src='z'></a>k", "[LINK](http://x)k"),
            ("<div>a<div>b</div>c</div>d", "a\r\nbcd"),
            ("<span>a</span>\n\n<span>b</span>", "a b"),
            ("<p>Hello,</p>\n<p>\n  Thanks,<br/>\n  Acme\n</p>", "Hello, \r\nThanks,\r\nAcme"),
        ] {
            assert_eq!(text_of(html), text, "{html}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(html in "[<>/a-c='\" !\\-é&;]{0,60}") {
            text_of(&html);
        }
    }
}

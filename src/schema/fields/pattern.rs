//! Regular expressions in Go's dialect, which PocketBase takes, written anew for the `regex` crate.
//!
//! What Go refuses is refused. What the two read differently is spelled so that the crate reads it as Go does; all else
//! passes as it is.

use regex_syntax::is_meta_character;
use std::collections::HashSet;

/// How often the innermost part of nested counts may be repeated in all.
const MAX_REPEAT: u32 = 1000;

/// The pattern in the crate's dialect.
///
/// # Errors
/// Why Go refuses the pattern.
pub fn translate(pattern: &str) -> Result<String, String> {
    let mut translator =
        Translator { rest: pattern, groups: vec![Group::default()], names: HashSet::new(), after_repetition: false };
    while let Some(c) = translator.next() {
        translator.token(c)?;
    }
    let whole = translator.groups.pop().filter(|_| translator.groups.is_empty()).ok_or("missing closing )")?;
    Ok(whole.finish().text)
}

struct Translator<'p> {
    rest: &'p str,
    /// From the whole pattern to the innermost group that is open.
    groups: Vec<Group>,
    names: HashSet<&'p str>,
    /// The last token was `*`, `+`, `?` or a count.
    after_repetition: bool,
}

#[derive(Default)]
struct Group {
    /// The parenthesis with its flags; empty for the whole pattern.
    open: String,
    branches: Vec<String>,
    pieces: Vec<Piece>,
    count: u32,
}

/// Something that a repetition can follow, or flags.
struct Piece {
    text: String,
    /// The product of nested counts; 1 without any.
    count: u32,
    repeated: bool,
    flags: bool,
}

impl Group {
    fn end_branch(&mut self) {
        self.count = self.pieces.iter().map(|piece| piece.count).fold(self.count, u32::max);
        self.branches.push(self.pieces.drain(..).map(|piece| piece.text).collect());
    }

    fn finish(mut self) -> Piece {
        self.end_branch();
        let close = if self.open.is_empty() { "" } else { ")" };
        let text = format!("{}{}{close}", self.open, self.branches.join("|"));
        Piece { text, count: self.count, repeated: false, flags: false }
    }
}

impl<'p> Translator<'p> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn eat(&mut self, prefix: &str) -> bool {
        match self.rest.strip_prefix(prefix) {
            Some(rest) => self.rest = rest,
            None => return false,
        }
        true
    }

    fn group(&mut self) -> &mut Group {
        self.groups.last_mut().expect("the whole pattern is never closed")
    }

    fn push(&mut self, text: impl Into<String>) {
        self.group().pieces.push(Piece { text: text.into(), count: 1, repeated: false, flags: false });
    }

    fn open(&mut self, open: impl Into<String>) {
        self.groups.push(Group { open: open.into(), ..Group::default() });
    }

    fn token(&mut self, c: char) -> Result<(), String> {
        let after_repetition = std::mem::take(&mut self.after_repetition);
        match c {
            '(' if self.eat("?") => return self.special_group(),
            '(' => self.open("("),
            ')' => {
                let closed = self.groups.pop().expect("the whole pattern is never closed");
                if self.groups.is_empty() {
                    return Err("unexpected )".into());
                }
                self.group().pieces.push(closed.finish());
            }
            '|' => self.group().end_branch(),
            '[' => {
                let class = self.class()?;
                self.push(class);
            }
            '*' | '+' | '?' => return self.repeat(c.to_string(), 1, after_repetition),
            '{' => match self.count()? {
                Some((text, count)) => return self.repeat(text, count, after_repetition),
                None => self.push("\\{"),
            },
            '\\' => return self.escape(),
            other => self.push(other),
        }
        Ok(())
    }

    fn repeat(&mut self, mut operator: String, times: u32, after_repetition: bool) -> Result<(), String> {
        if after_repetition {
            return Err(format!("invalid nested repetition operator {operator}"));
        }
        if self.eat("?") {
            operator.push('?');
        }
        let piece = self.group().pieces.iter_mut().rfind(|piece| !piece.flags);
        let piece = piece.ok_or_else(|| format!("missing argument to repetition operator {operator}"))?;
        piece.count *= times;
        if piece.count > MAX_REPEAT {
            return Err("invalid repeat count".into());
        }
        if piece.repeated {
            piece.text = format!("(?:{})", piece.text);
        }
        piece.text.push_str(&operator);
        piece.repeated = true;
        self.after_repetition = true;
        Ok(())
    }

    /// `{2}`, `{2,}` or `{2,3}` after its brace, and the larger number; `None` where the brace is a character.
    fn count(&mut self) -> Result<Option<(String, u32)>, String> {
        let Some((inner, rest)) = self.rest.split_once('}') else { return Ok(None) };
        let (min, max) = inner.split_once(',').unwrap_or((inner, inner));
        let is_number = |text: &str| {
            text.bytes().all(|byte| byte.is_ascii_digit()) && (text.len() == 1 || text.starts_with(|c| c > '0'))
        };
        if !is_number(min) || !(max.is_empty() && inner.contains(',') || is_number(max)) {
            return Ok(None);
        }
        self.rest = rest;
        let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number <= MAX_REPEAT);
        let invalid = || format!("invalid repeat count {{{inner}}}");
        let low = number(min).ok_or_else(invalid)?;
        let high = if max.is_empty() { low } else { number(max).ok_or_else(invalid)? };
        if high < low {
            return Err(invalid());
        }
        Ok(Some((format!("{{{inner}}}"), high)))
    }

    /// A group after its `(?`: named, with flags, or flags alone.
    fn special_group(&mut self) -> Result<(), String> {
        if self.eat("P<") || self.eat("<") {
            let (name, rest) = self.rest.split_once('>').ok_or("invalid named capture")?;
            let valid = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !valid {
                return Err("invalid named capture".into());
            }
            if !self.names.insert(name) {
                return Err(format!("duplicate capture name {name}"));
            }
            self.rest = rest;
            // Nobody asks for it by its name, and Go takes names that the crate does not.
            self.open("(");
            return Ok(());
        }
        let (mut set, mut cleared, mut clears) = (String::new(), String::new(), false);
        loop {
            match self.next() {
                Some(flag @ ('i' | 'm' | 's' | 'U')) => {
                    set.retain(|other| other != flag);
                    cleared.retain(|other| other != flag);
                    if clears { &mut cleared } else { &mut set }.push(flag);
                }
                Some('-') if !clears => clears = true,
                Some(end @ (':' | ')')) if !clears || !cleared.is_empty() => {
                    let minus = if clears { "-" } else { "" };
                    let flags = format!("(?{set}{minus}{cleared}");
                    if end == ':' {
                        self.open(flags + ":");
                    } else if flags.len() > 2 {
                        let piece = Piece { text: flags + ")", count: 0, repeated: false, flags: true };
                        self.group().pieces.push(piece);
                    }
                    return Ok(());
                }
                _ => return Err("invalid or unsupported Perl syntax".into()),
            }
        }
    }

    /// What follows a backslash outside a class.
    fn escape(&mut self) -> Result<(), String> {
        if let Some(class) = self.escaped_class()? {
            self.push(class);
        } else if self.eat("Q") {
            let (literal, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
            self.rest = rest;
            literal.chars().for_each(|c| self.push(escaped(c)));
        } else if self.eat("b") {
            self.push("(?-u:\\b)");
        } else if self.eat("B") {
            self.push("(?-u:\\B)");
        } else if self.eat("A") {
            self.push("\\A");
        } else if self.eat("z") {
            self.push("\\z");
        } else {
            let c = self.escaped_char()?;
            self.push(escaped(c));
        }
        Ok(())
    }

    /// `\d` and the like, which are ASCII in Go, and `\p{…}`.
    fn escaped_class(&mut self) -> Result<Option<String>, String> {
        let Some(c) = self.rest.chars().next() else { return Ok(None) };
        let class = match c {
            'w' => "[0-9A-Za-z_]",
            'W' => "[^0-9A-Za-z_]",
            'd' => "[0-9]",
            'D' => "[^0-9]",
            's' => "[\\t\\n\\x0C\\r ]",
            'S' => "[^\\t\\n\\x0C\\r ]",
            'p' | 'P' => {
                self.next();
                return self.unicode_class(c == 'P').map(Some);
            }
            _ => return Ok(None),
        };
        self.next();
        Ok(Some(class.to_owned()))
    }

    fn unicode_class(&mut self, negated: bool) -> Result<String, String> {
        let name = if self.eat("{") {
            let (name, rest) = self.rest.split_once('}').ok_or("invalid character class range")?;
            self.rest = rest;
            name
        } else {
            let start = self.rest;
            self.next().ok_or("invalid character class range")?;
            &start[..start.len() - self.rest.len()]
        };
        let (name, negated) = name.strip_prefix('^').map_or((name, negated), |name| (name, !negated));
        if !is_unicode_class(name) {
            return Err(format!("invalid character class range {name}"));
        }
        Ok(format!("\\{}{{{name}}}", if negated { 'P' } else { 'p' }))
    }

    /// The character that an escape after its backslash stands for.
    fn escaped_char(&mut self) -> Result<char, String> {
        let c = self.next().ok_or("trailing backslash at end of expression")?;
        let invalid = || format!("invalid escape sequence \\{c}");
        let octal = |rest: &str| rest.bytes().take_while(|byte| matches!(byte, b'0'..=b'7')).count().min(2);
        match c {
            'a' => Ok('\x07'),
            'f' => Ok('\x0C'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            't' => Ok('\t'),
            'v' => Ok('\x0B'),
            // One digit other than zero would be a reference to a group.
            '0'..='7' if c == '0' || octal(self.rest) > 0 => {
                let (digits, rest) = self.rest.split_at(octal(self.rest));
                self.rest = rest;
                u32::from_str_radix(&format!("{c}{digits}"), 8).ok().and_then(char::from_u32).ok_or_else(invalid)
            }
            'x' => {
                let (digits, rest) = if self.eat("{") {
                    self.rest.split_once('}').ok_or_else(invalid)?
                } else {
                    self.rest.split_at_checked(2).ok_or_else(invalid)?
                };
                let all_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                let number = u32::from_str_radix(digits, 16).ok().filter(|_| all_hex);
                self.rest = rest;
                number.and_then(char::from_u32).ok_or_else(invalid)
            }
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => Ok(c),
            _ => Err(invalid()),
        }
    }

    /// A class after its bracket.
    fn class(&mut self) -> Result<String, String> {
        let mut class = String::from("[");
        if self.eat("^") {
            class.push('^');
        }
        let mut first = true;
        while first || !self.eat("]") {
            first = false;
            if let Some(named) = self.named_class()? {
                class.push_str(named);
                continue;
            }
            let before = self.rest;
            if self.eat("\\")
                && let Some(escaped) = self.escaped_class()?
            {
                class.push_str(&escaped);
                continue;
            }
            self.rest = before;
            let low = self.class_char()?;
            class.push_str(&in_class(low));
            if self.rest.starts_with('-') && !self.rest.starts_with("-]") && self.rest.len() > 1 {
                self.eat("-");
                let high = self.class_char()?;
                if high < low {
                    return Err(format!("invalid character class range {low}-{high}"));
                }
                class.push('-');
                class.push_str(&in_class(high));
            }
        }
        class.push(']');
        Ok(class)
    }

    fn class_char(&mut self) -> Result<char, String> {
        match self.next().ok_or("missing closing ]")? {
            '\\' => self.escaped_char(),
            c => Ok(c),
        }
    }

    /// `[:alpha:]` inside a class; `None` where the bracket is a character.
    fn named_class(&mut self) -> Result<Option<&'p str>, String> {
        const NAMES: [&str; 14] = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper",
            "word", "xdigit",
        ];
        let Some(end) = self.rest.strip_prefix("[:").and_then(|rest| rest.find(":]")) else { return Ok(None) };
        let (named, rest) = self.rest.split_at("[:".len() + end + ":]".len());
        let name = &named[2..2 + end];
        if !NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Err(format!("invalid character class range {named}"));
        }
        self.rest = rest;
        Ok(Some(named))
    }
}

/// Categories and scripts. The crate knows more: properties such as `Emoji`, and short names of scripts.
fn is_unicode_class(name: &str) -> bool {
    const OF_FOUR_LETTERS: [&str; 9] = ["ahom", "cham", "kawi", "lisu", "miao", "modi", "newa", "thai", "toto"];
    let known = |kind: &str| regex_syntax::parse(&format!("\\p{{{kind}={name}}}")).is_ok();
    let words = name.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b' ' | b'_' | b'-'));
    let plain = name.replace([' ', '_', '-'], "").to_lowercase();
    let script = plain.len() != 4 || OF_FOUR_LETTERS.contains(&plain.as_str());
    words && (known("gc") || script && plain != "unknown" && known("sc"))
}

fn escaped(c: char) -> String {
    if is_meta_character(c) { format!("\\{c}") } else { c.to_string() }
}

/// A character of a class, where these would be nesting, ranges, negation or operators on sets.
fn in_class(c: char) -> String {
    if "[]\\^-&~".contains(c) { format!("\\{c}") } else { c.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex::Regex;

    /// Whether Go takes each of these was asked of PocketBase.
    #[test]
    fn what_go_refuses_is_refused() {
        for pattern in [
            "a**",
            "a+*",
            "(?:a)++",
            "a{2}{3}",
            "a*??",
            "*a",
            "(*)",
            "a|*",
            "(?i)*",
            "x{1001}",
            "x{3,2}",
            "(x{500}){3}",
            "((x{10}){10}){11}",
            "(?x)a",
            "(?-)",
            "(?i-:a)",
            "(?-u)a",
            "(?u)a",
            "(?=a)",
            "(?P<a>x)(?P<a>y)",
            "(?P<a-b>x)",
            "(?'a'x)",
            "\\u0041",
            "\\Z",
            "\\E",
            "\\C",
            "\\1",
            "\\8",
            "\\x4",
            "\\x{}",
            "\\x{110000}",
            "\\é",
            "\\",
            "\\p{Emoji}",
            "\\p{Latn}",
            "\\p{sc=Greek}",
            "\\p{Nope}",
            "\\p{L",
            "[[:foo:]]",
            "[a--b]",
            "[b-a]",
            "[a-\\d]",
            "[\\b]",
            "[\\A]",
            "[",
            "[]",
            "[^]",
            "[a",
            "(",
            ")",
            "(?",
            "(a",
        ] {
            assert!(translate(pattern).is_err(), "{pattern} became {:?}", translate(pattern));
        }
    }

    /// Texts that match and texts that do not, both asked of PocketBase.
    #[test]
    fn patterns_mean_what_they_mean_in_go() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("^{.+}$", &["{a}"], &["a"]),
            ("^{{.+}}$", &["{{a}}"], &["{a}"]),
            ("{}", &["{}"], &["{"]),
            ("^a{,2}$", &["a{,2}"], &["a", "aa"]),
            ("^a{02}$", &["a{02}"], &["aa"]),
            ("^a{$", &["a{"], &["a"]),
            ("^a{1}$", &["a"], &["a{1}"]),
            ("^a{2,}?$", &["aa", "aaa"], &["a"]),
            ("^\\Qa.b*\\E+$", &["a.b*", "a.b***"], &["axb"]),
            ("^\\Q(", &["("], &["a"]),
            ("^a\\Q\\E*$", &["", "aa"], &["b"]),
            ("^\\p{^L}$", &["1"], &["a"]),
            ("^\\P{^L}$", &["a"], &["1"]),
            ("^\\pL\\PN$", &["éa"], &["é1"]),
            ("^\\p{uppercase letter}\\p{Old_Italic}?$", &["A"], &["a"]),
            ("^\\<a\\>$", &["<a>"], &["a"]),
            ("^[a-z&&[^b]]$", &["a]", "&]", "^]"], &["a", "b"]),
            ("^[[a]]$", &["a]", "[]"], &["a"]),
            ("^[~~]$", &["~"], &["a"]),
            ("^[\\p{L}--a]$", &["é", "-", "5", "["], &["{", "é1"]),
            ("^[]a]$", &["]", "a"], &["b"]),
            ("^[^]a]$", &["b", "\n"], &["]", "a"]),
            ("^[a^-]$", &["a", "^", "-"], &["b"]),
            ("^[\\w-z]$", &["a", "-"], &["{"]),
            ("^[[:alpha:][:^space:]]$", &["a", "1"], &[" "]),
            ("^[[:alpha]$", &["[", ":", "p"], &["z"]),
            ("^[\\W\\d]$", &["é", "1"], &["a"]),
            ("^\\w\\d\\s$", &["a1 "], &["é1 ", "a\u{661} ", "a1\u{a0}"]),
            ("a\\B", &["ab"], &["a", "aé", "a "]),
            ("a\\b", &["a", "aé"], &["ab"]),
            ("^\\x41\\x{1F600}\\101\\0\\t\\a$", &["A\u{1F600}A\0\t\u{7}"], &["A"]),
            ("^(?P<1>a)(?<b>b)$", &["ab"], &["a"]),
            ("^a(?i)*B|c$", &["aab", "ab", "C"], &["Ab"]),
            ("^(?ii-s)A$", &["a"], &["b"]),
            ("^(?)a(?:b|c)$", &["ab"], &["a"]),
            ("^(?:(?:a*)*)*$", &["aa"], &["b"]),
            ("^-#\\-\\_$", &["-#-_"], &["-"]),
            ("^(?s:.)(?-s:.)$", &["\na"], &["a\n"]),
            ("(?m)^b$", &["a\nb"], &["ab"]),
            ("b$", &["ab"], &["b\n"]),
        ];
        for (pattern, matching, other) in cases {
            let translated = translate(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
            let regex =
                Regex::new(&translated).unwrap_or_else(|error| panic!("{pattern} became {translated}: {error}"));
            for text in *matching {
                assert!(regex.is_match(text), "{pattern} became {translated}, which does not match {text:?}");
            }
            for text in *other {
                assert!(!regex.is_match(text), "{pattern} became {translated}, which matches {text:?}");
            }
        }
    }

    #[test]
    fn counts_nest_as_far_as_in_go() {
        for pattern in ["x{1000}", "(x{500}){2}", "((x{10}){10}){10}", "(x{1000}){0}", "(x{2}|y{500}){2}", "(x{900})*"]
        {
            assert!(translate(pattern).is_ok(), "{pattern}");
        }
    }

    const SYNTAX: &str = r"(\\.|\[\^?|\]|[-(){}|*+?^$.&~:<>=!,#a-zA-Z0-9_é ]|\(\?[imsU-]*[:)]|\\[pP]\{\^?L\}|\{[0-9]{1,4},?[0-9]{0,4}\}|\[:alpha:\]|\\Q|\\E|\\x\{?[0-9a-f]{2}\}?){0,20}";

    proptest! {
        #[test]
        fn whatever_is_taken_compiles(pattern in SYNTAX) {
            if let Ok(translated) = translate(&pattern) {
                prop_assert!(regex_syntax::parse(&translated).is_ok(), "{} became {}", pattern, translated);
            }
        }

        #[test]
        fn nothing_panics(pattern in any::<String>()) {
            let _ = translate(&pattern);
        }

        #[test]
        fn plain_patterns_stay_as_they_are(
            pattern in r"\^?(([a-z0-9 @_]|\.|\\[.+*?$/-]|\[\^?([a-c0-9_.@ ]|a-z){1,3}\]|\((a|b)\|c\)|\(\?:x\)|\(\?i:y\))([*+?]|\{[1-9]\}|\{[1-3],\}|\{2,[3-9]\})?){0,6}\$?",
        ) {
            // The slash needs no backslash, and loses it.
            prop_assert_eq!(translate(&pattern), Ok(pattern.replace("\\/", "/")));
        }
    }
}

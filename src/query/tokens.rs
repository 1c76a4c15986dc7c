//! The lexer: text to tokens (spec 02 §1.1).

use super::error::{QueryError, quoted, quoted_char};
use std::collections::HashMap;

/// Calls may nest this deep: `a(b(c(1)))`.
const MAX_CALL_DEPTH: usize = 3;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Identifier(String),
    Function {
        name: String,
        arguments: Vec<Token>,
    },
    Number(String),
    Text(String),
    Sign(Sign),
    Join(Join),
    /// Bytes between the brackets.
    Group {
        start: usize,
        end: usize,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Like,
    NotLike,
}

/// An operator; `any` is its `?` twin, satisfied by one value of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sign {
    pub comparison: Comparison,
    pub any: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    And,
    Or,
}

impl Comparison {
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Like => "~",
            Self::NotLike => "!~",
        }
    }
}

impl Sign {
    fn parse(text: &str) -> Option<Self> {
        use Comparison::*;
        let symbol = text.strip_prefix('?').unwrap_or(text);
        let comparison = [Equal, NotEqual, Greater, GreaterOrEqual, Less, LessOrEqual, Like, NotLike]
            .into_iter()
            .find(|comparison| comparison.symbol() == symbol)?;
        Some(Self { comparison, any: symbol.len() < text.len() })
    }
}

impl Token {
    /// Whether a comparison may have it on a side.
    pub fn is_operand(&self) -> bool {
        matches!(self, Self::Identifier(_) | Self::Function { .. } | Self::Number(_) | Self::Text(_))
    }

    /// The text as error messages name it.
    pub fn literal(&self) -> String {
        match self {
            Self::Identifier(text) | Self::Number(text) | Self::Text(text) => text.clone(),
            Self::Function { name, .. } => name.clone(),
            Self::Sign(sign) => format!("{}{}", if sign.any { "?" } else { "" }, sign.comparison.symbol()),
            Self::Join(Join::And) => "&&".into(),
            Self::Join(Join::Or) => "||".into(),
            Self::Group { .. } => "(".into(),
        }
    }

    /// `"text" (kind)`, the way messages show an unexpected token.
    pub fn described(&self) -> String {
        let kind = match self {
            Self::Identifier(_) => "identifier",
            Self::Function { .. } => "function",
            Self::Number(_) => "number",
            Self::Text(_) => "text",
            Self::Sign(_) => "sign",
            Self::Join(_) => "join",
            Self::Group { .. } => "group",
        };
        format!("{} ({kind})", quoted(&self.literal()))
    }
}

/// Reads tokens between two byte positions of a text.
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    end: usize,
    /// Closing bracket of every opening one seen so far, so that deep nesting is scanned once and not once a level.
    closings: HashMap<usize, usize>,
}

impl<'t> Lexer<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0, end: text.len(), closings: HashMap::new() }
    }

    /// Goes on reading at `at`, as if the text ended at `end`.
    pub fn restrict(&mut self, at: usize, end: usize) {
        (self.at, self.end) = (at, end);
    }

    pub fn end(&self) -> usize {
        self.end
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..self.end]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The longest run of matching characters.
    fn take_while(&mut self, matches: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let length = rest.find(|c| !matches(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn skip_blank(&mut self) -> Result<(), QueryError> {
        loop {
            self.take_while(|c| matches!(c, ' ' | '\t' | '\n'));
            if self.peek() != Some('/') {
                return Ok(());
            }
            if !self.rest().starts_with("//") {
                return Err(QueryError::invalid("invalid comment"));
            }
            self.take_while(|c| c != '\n');
        }
    }

    /// The next token, `None` at the end.
    pub fn next(&mut self) -> Result<Option<Token>, QueryError> {
        self.skip_blank()?;
        let Some(first) = self.peek() else { return Ok(None) };
        let token = match first {
            'A'..='Z' | 'a'..='z' | '_' | '@' | '#' => self.identifier(MAX_CALL_DEPTH)?,
            '0'..='9' | '-' => self.number()?,
            '\'' | '"' => self.quoted_text()?,
            '=' | '?' | '!' | '>' | '<' | '~' => {
                let sign = self.take_while(|c| matches!(c, '=' | '?' | '!' | '>' | '<' | '~'));
                let invalid = || QueryError::invalid(format!("invalid sign operator {}", quoted(sign)));
                Token::Sign(Sign::parse(sign).ok_or_else(invalid)?)
            }
            '&' | '|' => match self.take_while(|c| matches!(c, '&' | '|')) {
                "&&" => Token::Join(Join::And),
                "||" => Token::Join(Join::Or),
                join => return Err(QueryError::invalid(format!("invalid join operator {}", quoted(join)))),
            },
            '(' => {
                let (start, end) = (self.at + 1, self.closing(self.at)?);
                self.at = end + 1;
                Token::Group { start, end }
            }
            other => return Err(QueryError::invalid(format!("unexpected character {}", quoted_char(other)))),
        };
        Ok(Some(token))
    }

    /// An identifier, or a call when a bracket follows at once.
    fn identifier(&mut self, call_depth: usize) -> Result<Token, QueryError> {
        let start = self.at;
        self.at += 1;
        self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':'));
        let name = &self.text[start..self.at];
        let valid = !name.ends_with(['.', ':']) && !matches!(name, "@" | "_" | "#");
        if self.peek() == Some('(') {
            if call_depth == 0 {
                let text = format!("max nested function arguments reached (max: {MAX_CALL_DEPTH})");
                return Err(QueryError::Invalid(text));
            }
            if !valid {
                return Err(QueryError::invalid(format!("invalid function name {}", quoted(name))));
            }
            self.at += 1;
            let arguments = self.arguments(name, call_depth)?;
            return Ok(Token::Function { name: name.to_owned(), arguments });
        }
        if !valid {
            return Err(QueryError::invalid(format!("invalid identifier {}", quoted(name))));
        }
        Ok(Token::Identifier(name.to_owned()))
    }

    fn arguments(&mut self, function: &str, call_depth: usize) -> Result<Vec<Token>, QueryError> {
        let name = quoted(function);
        let mut arguments = Vec::new();
        let mut expects_comma = false;
        loop {
            self.skip_blank()
                .map_err(|error| QueryError::invalid(format!("failed to scan comment in function {name}: {error}")))?;
            let Some(next) = self.peek() else {
                let text = format!("invalid or incomplete function {name} (expected ')')");
                return Err(QueryError::Invalid(text));
            };
            if next == ')' {
                self.at += 1;
                return Ok(arguments);
            }
            match (next == ',', expects_comma) {
                (false, true) => {
                    let text = format!("expected comma after the last argument in function {name}");
                    return Err(QueryError::Invalid(text));
                }
                (true, false) => {
                    return Err(QueryError::invalid(format!("unexpected comma in function {name}")));
                }
                (true, true) => {
                    self.at += 1;
                    expects_comma = false;
                    continue;
                }
                (false, false) => {}
            }
            let start = self.at;
            let (kind, argument) = match next {
                'A'..='Z' | 'a'..='z' | '_' | '@' | '#' => ("identifier", self.identifier(call_depth - 1)),
                '0'..='9' | '-' => ("number", self.number()),
                '\'' | '"' => ("text", self.quoted_text()),
                other => {
                    let other = quoted_char(other);
                    let text = format!("unsupported argument character {other} in function {name}");
                    return Err(QueryError::Invalid(text));
                }
            };
            arguments.push(argument.map_err(|error| {
                let read = match kind {
                    "text" => opened_text(self.text, start, &scan_text(&self.text[..self.end], start).0),
                    _ => self.text[start..self.at].split('(').next().unwrap_or_default().to_owned(),
                };
                QueryError::invalid(format!("invalid {kind} argument {} in function {name}: {error}", quoted(&read)))
            })?);
            expects_comma = true;
        }
    }

    fn number(&mut self) -> Result<Token, QueryError> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some('-'));
        let mut valid = !self.take_while(|c| c.is_ascii_digit()).is_empty();
        if self.peek() == Some('.') {
            self.at += 1;
            // `-.5` is a number, though `.5` is not.
            valid = !self.take_while(|c| c.is_ascii_digit()).is_empty();
        }
        let number = &self.text[start..self.at];
        if !valid {
            return Err(QueryError::invalid(format!("invalid number {}", quoted(number))));
        }
        Ok(Token::Number(number.to_owned()))
    }

    fn quoted_text(&mut self) -> Result<Token, QueryError> {
        let (text, next) = scan_text(&self.text[..self.end], self.at);
        let start = self.at;
        self.at = next.unwrap_or(self.end);
        if next.is_none() {
            return Err(unterminated(self.text, start, &text));
        }
        Ok(Token::Text(text))
    }

    /// Position of the bracket that closes the one at `open`. Quotes are honoured, comments are not.
    fn closing(&mut self, open: usize) -> Result<usize, QueryError> {
        if let Some(end) = self.closings.get(&open) {
            return Ok(*end);
        }
        let bytes = self.text.as_bytes();
        let mut opened = vec![open];
        let mut at = open + 1;
        while at < self.end {
            match bytes[at] {
                b'(' => opened.push(at),
                b')' => {
                    let start = opened.pop().expect("the loop ends when the last bracket closes");
                    self.closings.insert(start, at);
                    if opened.is_empty() {
                        return Ok(at);
                    }
                }
                b'\'' | b'"' => match scan_text(&self.text[..self.end], at) {
                    (_, Some(next)) => {
                        at = next;
                        continue;
                    }
                    (_, None) => return Err(unterminated(self.text, at, &self.text[at + 1..self.end])),
                },
                _ => {}
            }
            at += 1;
        }
        let missing = opened.len();
        Err(QueryError::invalid(format!("invalid formatted group - missing {missing} closing bracket(s).")))
    }
}

fn unterminated(source: &str, start: usize, read: &str) -> QueryError {
    QueryError::invalid(format!("invalid quoted text {}", quoted(&opened_text(source, start, read))))
}

/// The opening quote at `start` and what was read after it.
fn opened_text(source: &str, start: usize, read: &str) -> String {
    format!("{}{read}", &source[start..=start])
}

/// The text that starts with the quote at `start`, and the position after its end, `None` without a closing quote.
///
/// A backslash escapes quotes, itself and `n`, `r`, `t`; before anything else it stays.
fn scan_text(source: &str, start: usize) -> (String, Option<usize>) {
    let quote = source[start..].chars().next().unwrap_or('\'');
    let mut text = String::new();
    let mut chars = source[start + 1..].char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        match c {
            c if c == quote => return (text, Some(start + 1 + offset + 1)),
            '\0' => return (text, None),
            '\\' => {
                let escaped = chars.peek().and_then(|(_, next)| match next {
                    '\\' | '\'' | '"' => Some(*next),
                    'n' => Some('\n'),
                    'r' => Some('\r'),
                    't' => Some('\t'),
                    _ => None,
                });
                match escaped {
                    Some(c) => {
                        text.push(c);
                        chars.next();
                    }
                    None if chars.peek().is_some() => text.push('\\'),
                    None => {}
                }
            }
            c => text.push(c),
        }
    }
    (text, None)
}

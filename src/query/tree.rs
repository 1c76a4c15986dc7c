//! The parser: tokens to a tree of comparisons (spec 02 §1.3).

use super::error::QueryError;
use super::tokens::{Join, Lexer, Sign, Token};

/// Comparisons in one text.
pub(super) const MAX_COMPARISONS: usize = 200;

/// A parsed filter. Nested lists hold at least two items, so the depth never exceeds the number of comparisons.
#[derive(Debug)]
pub(super) struct Tree {
    pub items: Vec<Item>,
    /// There were more comparisons than [`MAX_COMPARISONS`]; the rest was only checked for syntax.
    pub overflows: bool,
}

#[derive(Debug)]
pub(super) struct Item {
    /// How the item is tied to the one before it.
    pub join: Join,
    pub node: Node,
}

#[derive(Debug)]
pub(super) enum Node {
    Comparison { left: Token, sign: Sign, right: Token },
    Group(Vec<Item>),
}

/// What comes next in a list.
enum Expects {
    Left,
    Sign { left: Token },
    Right { left: Token, sign: Sign },
    Join,
}

/// A list that is being read. Brackets push one instead of recursing: their depth is the client's choice.
struct Frame {
    items: Vec<Item>,
    join: Join,
    expects: Expects,
    /// Whether any comparison was read, kept or not.
    filled: bool,
    /// Where the list that contains this one goes on.
    resume: (usize, usize),
}

impl Frame {
    fn new(resume: (usize, usize)) -> Self {
        Self { items: Vec::new(), join: Join::And, expects: Expects::Left, filled: false, resume }
    }

    fn finish(&self) -> Result<(), QueryError> {
        match self.expects {
            Expects::Join => Ok(()),
            Expects::Left if !self.filled => Err(QueryError::invalid("empty filter expression")),
            _ => Err(QueryError::invalid("invalid or incomplete filter expression")),
        }
    }
}

/// Parses a filter or rule.
///
/// # Errors
/// The syntax errors of spec 02 §1.5; an empty text is one.
pub(super) fn parse(text: &str) -> Result<Tree, QueryError> {
    let mut lexer = Lexer::new(text);
    let mut kept = 0;
    let mut overflows = false;
    let mut outer: Vec<Frame> = Vec::new();
    let mut frame = Frame::new((text.len(), text.len()));
    loop {
        let Some(token) = lexer.next()? else {
            frame.finish()?;
            let Some(parent) = outer.pop() else { return Ok(Tree { items: frame.items, overflows }) };
            let closed = std::mem::replace(&mut frame, parent);
            lexer.restrict(closed.resume.0, closed.resume.1);
            append_group(&mut frame, closed.items);
            continue;
        };
        if let Token::Group { start, end } = token {
            let resume = (end + 1, lexer.end());
            lexer.restrict(start, end);
            outer.push(std::mem::replace(&mut frame, Frame::new(resume)));
            continue;
        }
        frame.expects = match (std::mem::replace(&mut frame.expects, Expects::Left), token) {
            (Expects::Left, left) if left.is_operand() => {
                frame.filled = true;
                Expects::Sign { left }
            }
            (Expects::Left, token) => {
                return Err(expected("left operand (identifier, function, text or number)", &token));
            }
            (Expects::Sign { left }, Token::Sign(sign)) => Expects::Right { left, sign },
            (Expects::Sign { .. }, token) => return Err(expected("a sign operator", &token)),
            (Expects::Right { left, sign }, right) if right.is_operand() => {
                if kept < MAX_COMPARISONS {
                    kept += 1;
                    frame.items.push(Item { join: frame.join, node: Node::Comparison { left, sign, right } });
                } else {
                    overflows = true;
                }
                Expects::Join
            }
            (Expects::Right { .. }, token) => {
                return Err(expected("right operand (identifier, function text or number)", &token));
            }
            (Expects::Join, Token::Join(join)) => {
                frame.join = join;
                Expects::Left
            }
            (Expects::Join, token) => return Err(expected("&& or ||", &token)),
        };
    }
}

/// Appends what brackets held. A bracket may stand anywhere: it drops a half-read comparison before it and takes the
/// most recent join, as in PocketBase.
fn append_group(frame: &mut Frame, mut items: Vec<Item>) {
    frame.filled = true;
    frame.expects = Expects::Join;
    let node = match items.len() {
        0 => return,
        1 => items.remove(0).node,
        _ => Node::Group(items),
    };
    frame.items.push(Item { join: frame.join, node });
}

fn expected(what: &str, token: &Token) -> QueryError {
    QueryError::invalid(format!("expected {what}, got {}", token.described()))
}

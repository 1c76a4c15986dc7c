//! Typed access to a tree; whatever does not fit becomes a message and reading goes on.

use super::node::{Entry, Node, Value};
use crate::diagnostic::{Diagnostic, Source, code};
use std::ops::Range;
use std::sync::Arc;

pub struct Reader<'a> {
    pub source: &'a Arc<Source>,
    pub errors: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    pub fn new(source: &'a Arc<Source>) -> Self {
        Self { source, errors: Vec::new() }
    }

    pub fn error(&mut self, code: &'static str, message: impl Into<String>, span: &Range<usize>) -> &mut Diagnostic {
        self.errors.push(Diagnostic::new(code, message).at(self.source, span.clone()));
        self.errors.last_mut().expect("just pushed")
    }

    fn wrong(&mut self, what: &str, expected: &str, node: &Node) {
        let message = match what.split(' ').next() {
            Some("the" | "an") if what.contains(' ') => format!("{what} must be {expected}"),
            _ => format!("`{what}` must be {expected}"),
        };
        self.error(code::WRONG_TYPE, message, &node.span).label = Some(format!("this is {}", node.kind()));
    }

    pub fn text<'n>(&mut self, what: &str, node: &'n Node) -> Option<&'n str> {
        match &node.value {
            Value::Text(text) => Some(text),
            _ => {
                self.wrong(what, "text", node);
                if matches!(node.value, Value::Int(_) | Value::Float(_) | Value::Bool(_)) {
                    self.errors.last_mut().expect("just pushed").help = Some("put it in quotes".into());
                }
                None
            }
        }
    }

    pub fn flag(&mut self, what: &str, node: &Node) -> Option<bool> {
        match node.value {
            Value::Bool(flag) => Some(flag),
            _ => {
                self.wrong(what, "true or false", node);
                None
            }
        }
    }

    pub fn int(&mut self, what: &str, node: &Node) -> Option<i64> {
        match node.value {
            Value::Int(number) => Some(number),
            _ => {
                self.wrong(what, "a whole number", node);
                None
            }
        }
    }

    pub fn number(&mut self, what: &str, node: &Node) -> Option<f64> {
        match node.value {
            Value::Int(number) => Some(number as f64),
            Value::Float(number) if number.is_finite() => Some(number),
            _ => {
                self.wrong(what, "a number", node);
                None
            }
        }
    }

    pub fn list<'n>(&mut self, what: &str, node: &'n Node) -> &'n [Node] {
        match &node.value {
            Value::List(items) => items,
            _ => {
                self.wrong(what, "a list", node);
                &[]
            }
        }
    }

    pub fn texts(&mut self, what: &str, node: &Node) -> Vec<String> {
        let items = self.list(what, node);
        items.iter().filter_map(|item| self.text(what, item)).map(str::to_owned).collect()
    }

    pub fn map<'n>(&mut self, what: &str, node: &'n Node) -> &'n [Entry] {
        match &node.value {
            Value::Map(entries) => entries,
            _ => {
                self.wrong(what, "a mapping", node);
                &[]
            }
        }
    }

    /// Reports a key that is not known at this place.
    pub fn unknown_key(&mut self, entry: &Entry, place: &str, known: &[&str]) {
        let key = &entry.key;
        let error = self.error(code::UNKNOWN_KEY, format!("unknown key `{key}` in {place}"), &entry.key_span);
        error.label = Some("not known here".into());
        error.help = Some(match crate::diagnostic::did_you_mean(key, known) {
            Some(found) => format!("did you mean `{found}`?"),
            None => format!("the keys here are {}", known.join(", ")),
        });
    }

    /// A whole number, or a text with units read by `parse`.
    pub fn quantity(&mut self, what: &str, node: &Node, kind: &str, parse: fn(&str) -> Option<i64>) -> Option<i64> {
        match &node.value {
            Value::Int(number) => Some(*number),
            Value::Text(text) => {
                let parsed = parse(text);
                if parsed.is_none() {
                    let message = format!("`{text}` is not a {kind}");
                    let example = if kind == "size" { "5MiB, 500KB or 2048" } else { "30m, 5d, 1h30m or 3600" };
                    self.error(code::INVALID_QUANTITY, message, &node.span).help =
                        Some(format!("write for example {example}"));
                }
                parsed
            }
            _ => {
                self.wrong(what, &format!("a {kind}"), node);
                None
            }
        }
    }
}

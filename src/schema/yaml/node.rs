//! The tree of a YAML file in which every key and value knows its place.
//!
//! Built from the event parser beneath `serde_yaml`, because serde stops at the first error and forgets where
//! things stood, while a schema file wants all its errors at once.

use crate::diagnostic::{Diagnostic, Source, code};
use serde_yaml::granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, Span, StructureStyle};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Bytes of the source.
    pub span: Range<usize>,
    pub value: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: String,
    pub key_span: Range<usize>,
    pub value: Node,
}

impl Node {
    /// What it is, in the words of a message.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Int(_) | Value::Float(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The same content, wherever it stands.
    pub fn same_content(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same_content(b)),
            (Value::Map(a), Value::Map(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.key == b.key && a.value.same_content(&b.value))
            }
            (a, b) => a == b,
        }
    }
}

/// Nodes of a file after aliases are expanded.
const NODE_BUDGET: usize = 100_000;
const DEPTH_BUDGET: usize = 64;

/// Parses a file of one document. Errors that leave a usable tree are added to `errors`; `None` when there is no tree.
pub fn parse(source: &Arc<Source>, errors: &mut Vec<Diagnostic>) -> Option<Node> {
    let mut documents = parse_documents(source, NODE_BUDGET, errors)?.into_iter();
    let first = documents.next().unwrap_or(Node { span: 0..0, value: Value::Null });
    if let Some(second) = documents.next() {
        let message = "a schema file holds one document";
        errors.push(Diagnostic::new(code::REFUSED_SYNTAX, message).at(source, second.span));
        return None;
    }
    Some(first)
}

/// Parses the documents of a file, of at most `budget` nodes together. Errors as for [`parse`].
pub fn parse_documents(source: &Arc<Source>, budget: usize, errors: &mut Vec<Diagnostic>) -> Option<Vec<Node>> {
    if let Some(mark) = conflict_mark(&source.text) {
        let message = "the file has an open merge conflict";
        let mut error = Diagnostic::new(code::MALFORMED, message).at(source, mark);
        error.label = Some("here git wrote what both sides have".to_owned());
        error.help = Some(
            "keep what should stay and delete the lines `<<<<<<<`, `=======` and `>>>>>>>`; `pbr migrate rebase` then \
             puts the migrations of both branches in order"
                .to_owned(),
        );
        errors.push(error);
        return None;
    }
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.disallow_directives = true;
    let mut builder = Builder {
        source,
        parser: Parser::new_from_str_with_options(&source.text, options),
        anchors: HashMap::new(),
        nodes: 0,
        budget,
        errors,
    };
    match builder.documents() {
        Ok(roots) => Some(roots),
        Err(diagnostic) => {
            builder.errors.push(*diagnostic);
            None
        }
    }
}

/// The first mark of a conflict, where git left a whole one.
fn conflict_mark(text: &str) -> Option<Range<usize>> {
    let starts = |mark: &str| {
        let first = text.starts_with(mark).then_some(0);
        first.or_else(|| text.find(&format!("\n{mark}")).map(|at| at + 1))
    };
    let (begin, end) = (starts("<<<<<<< ")?, starts(">>>>>>> ")?);
    let line = text[begin..].lines().next().unwrap_or_default();
    (begin < end).then(|| begin..begin + line.len())
}

type Parsed<T> = Result<T, Box<Diagnostic>>;

struct Builder<'a, I: serde_yaml::granit_parser::BorrowedInput<'a>> {
    source: &'a Arc<Source>,
    parser: Parser<'a, I>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
    budget: usize,
    errors: &'a mut Vec<Diagnostic>,
}

impl<'a, I: serde_yaml::granit_parser::BorrowedInput<'a>> Builder<'a, I> {
    fn documents(&mut self) -> Parsed<Vec<Node>> {
        let mut roots = Vec::new();
        loop {
            let (event, _) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(roots),
                Event::DocumentStart(..) => {
                    let (event, span) = self.next()?;
                    roots.push(self.node(event, span, 0)?);
                }
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Parsed<(Event<'a>, Span)> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(self.scan_error(&error)),
            None => Err(self.error(code::MALFORMED, "the file ends too early", self.source.text.len()..usize::MAX)),
        }
    }

    fn scan_error(&self, error: &ScanError) -> Box<Diagnostic> {
        let marker = error.marker();
        let at = marker.byte_offset().unwrap_or_else(|| self.byte(marker.index()));
        let line_start = self.source.text.get(..at).map_or(0, |before| before.rfind('\n').map_or(0, |n| n + 1));
        let line = self.source.text.get(line_start..).unwrap_or("").lines().next().unwrap_or("");
        let mut diagnostic = self.error(code::MALFORMED, error.info(), at..at + 1);
        if line.trim_start_matches(' ').starts_with('\t')
            || line.get(at - line_start..).is_some_and(|rest| rest.starts_with('\t'))
        {
            diagnostic.help = Some("indent with spaces; tabs are not allowed".to_owned());
        } else if line.contains(": @") || line.contains(": %") || line.contains(": `") {
            diagnostic.help = Some("put the text in quotes".to_owned());
        }
        diagnostic
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Parsed<Node> {
        let range = self.range(span);
        self.nodes += 1;
        if self.nodes > self.budget || depth > DEPTH_BUDGET {
            return Err(self.error(code::TOO_LARGE, "the file is too large or nested too deeply", range));
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let as_text = match &tag {
                    None => false,
                    Some(tag) if tag.is_yaml_core_schema_tag("str") => true,
                    Some(tag) => {
                        let message = format!("the tag `{}` is not allowed", tag.original());
                        return Err(self.error(code::REFUSED_SYNTAX, message, range));
                    }
                };
                let value =
                    if style == ScalarStyle::Plain && !as_text { plain(&text) } else { Value::Text(text.into_owned()) };
                Ok(self.remember(anchor, Node { span: range, value }))
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.refuse_tag(tag.is_some(), &range)?;
                let mut items = Vec::new();
                let end = loop {
                    let (event, span) = self.next()?;
                    if matches!(event, Event::SequenceEnd) {
                        break self.range(span).end;
                    }
                    items.push(self.node(event, span, depth + 1)?);
                };
                let last = items.last().map_or(end, |last: &Node| last.span.end.max(range.end));
                let span = range.start..if style == StructureStyle::Flow { end } else { last };
                Ok(self.remember(anchor, Node { span, value: Value::List(items) }))
            }
            Event::MappingStart(style, anchor, tag) => {
                self.refuse_tag(tag.is_some(), &range)?;
                let (entries, end) = self.entries(depth)?;
                let start = match (style, entries.first()) {
                    (StructureStyle::Block, Some(first)) => first.key_span.start,
                    _ => range.start,
                };
                let last = entries.last().map_or(range.end, |last| last.value.span.end.max(last.key_span.end));
                let span = start..if style == StructureStyle::Flow { end } else { last };
                Ok(self.remember(anchor, Node { span, value: Value::Map(entries) }))
            }
            Event::Alias(id) => {
                let Some(target) = self.anchors.get(&id).cloned() else {
                    return Err(self.error(code::REFUSED_SYNTAX, "the alias refers to itself", range));
                };
                self.nodes += size(&target);
                if self.nodes > self.budget {
                    return Err(self.error(code::TOO_LARGE, "the aliases expand beyond the budget", range));
                }
                Ok(Node { span: range, value: target.value })
            }
            _ => Err(self.error(code::MALFORMED, "a value is missing here", range)),
        }
    }

    /// The entries, and where the mapping ends.
    fn entries(&mut self, depth: usize) -> Parsed<(Vec<Entry>, usize)> {
        let mut entries: Vec<Entry> = Vec::new();
        // Where each key stands: a seed file may have a hundred thousand labels.
        let mut seen: HashMap<String, usize> = HashMap::new();
        // What they bring is taken as there, so that nobody misses it beside the one error.
        let mut merged: Vec<Node> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            let key_span = self.range(span);
            let key = match event {
                Event::MappingEnd => {
                    entries.extend(merged.into_iter().flat_map(brought).filter(|entry| !seen.contains_key(&entry.key)));
                    return Ok((entries, key_span.end));
                }
                Event::Scalar(text, ..) => text.into_owned(),
                _ => return Err(self.error(code::REFUSED_SYNTAX, "a key must be text", key_span)),
            };
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            if key == "<<" {
                let message = "merge keys (`<<`) are not supported";
                let mut error = self.error(code::REFUSED_SYNTAX, message, key_span);
                error.help = Some("write the keys out, or use the alias as a whole value: `title: *a`".to_owned());
                self.errors.push(*error);
                merged.push(value);
            } else if let Some(first) = seen.get(&key) {
                let (line, _) = self.source.line_column(*first);
                let mut error = self.error(code::DUPLICATE_KEY, format!("the key `{key}` appears twice"), key_span);
                error.label = Some(format!("first used in line {line}"));
                self.errors.push(*error);
            } else {
                seen.insert(key.clone(), key_span.start);
                entries.push(Entry { key, key_span, value });
            }
        }
    }

    fn refuse_tag(&self, tagged: bool, range: &Range<usize>) -> Parsed<()> {
        if tagged {
            return Err(self.error(code::REFUSED_SYNTAX, "tags on lists and mappings are not allowed", range.clone()));
        }
        Ok(())
    }

    fn remember(&mut self, anchor: usize, node: Node) -> Node {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        node
    }

    fn error(&self, code: &'static str, message: impl Into<String>, span: Range<usize>) -> Box<Diagnostic> {
        Box::new(Diagnostic::new(code, message).at(self.source, span))
    }

    fn range(&self, span: Span) -> Range<usize> {
        let byte = |marker: serde_yaml::granit_parser::Marker| {
            marker.byte_offset().unwrap_or_else(|| self.byte(marker.index()))
        };
        byte(span.start)..byte(span.end)
    }

    /// Byte offset of the nth character.
    fn byte(&self, character: usize) -> usize {
        self.source.text.char_indices().nth(character).map_or(self.source.text.len(), |(at, _)| at)
    }
}

/// The entries of the mapping, or of the list of mappings, that stands at a merge key.
fn brought(node: Node) -> Vec<Entry> {
    match node.value {
        Value::Map(entries) => entries,
        Value::List(items) => items.into_iter().flat_map(brought).collect(),
        _ => Vec::new(),
    }
}

fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(entries) => entries.iter().map(|entry| size(&entry.value)).sum(),
        _ => 0,
    }
}

/// What a text without quotes means. YAML 1.2's core schema: `yes`, `on` and `no` are text.
pub fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return Value::Text(text.to_owned());
    }
    // No hexadecimal: the thumb size `0x300` is text.
    if digits.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(number) = text.parse()
    {
        return Value::Int(number);
    }
    let numeric = digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    match text.parse::<f64>() {
        Ok(number) if numeric => Value::Float(number),
        _ => Value::Text(text.to_owned()),
    }
}

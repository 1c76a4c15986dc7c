//! Messages about a place in a text: code, sentence, span, label, help and next step.
//!
//! This room renders; it does not know what a collection or a migration is, and it opens no file.

mod codes;
mod suggest;

pub use codes::{CODES, CodeInfo, code, explain};
pub use suggest::{did_you_mean, suggestions};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde_json::{Value as Json, json};
use std::ops::Range;
use std::sync::Arc;

/// A text that messages point into: its path as shown to people, and its content.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    pub path: String,
    pub text: String,
}

impl Source {
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { path: path.into(), text: text.into() })
    }

    /// Line and column (in characters) of a byte offset, both from 1.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let mut at = offset.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &self.text[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

/// One error, with everything that a person needs to fix it.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// Stable, listed in [`CODES`].
    pub code: &'static str,
    pub message: String,
    pub source: Option<Arc<Source>>,
    /// Bytes of the source's text.
    pub span: Option<Range<usize>>,
    /// A few words beside the caret.
    pub label: Option<String>,
    pub help: Option<String>,
    /// A command that tells more or repeats the check.
    pub next: Option<String>,
}

impl Diagnostic {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), source: None, span: None, label: None, help: None, next: None }
    }

    pub fn at(mut self, source: &Arc<Source>, span: Range<usize>) -> Self {
        (self.source, self.span) = (Some(source.clone()), Some(span));
        self
    }

    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub fn next(mut self, command: impl Into<String>) -> Self {
        self.next = Some(command.into());
        self
    }

    /// `help: did you mean …`, when something similar exists.
    pub fn suggest(self, wanted: &str, known: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        match did_you_mean(wanted, known) {
            Some(found) => self.help(format!("did you mean `{found}`?")),
            None => self,
        }
    }

    /// File, line and column of the place.
    pub fn place(&self) -> Option<(&str, usize, usize)> {
        let source = self.source.as_ref()?;
        let (line, column) = source.line_column(self.span.as_ref()?.start);
        Some((&source.path, line, column))
    }

    /// The form of rustc, with or without colours.
    pub fn render(&self, colour: bool) -> String {
        let mut group = Level::ERROR.primary_title(self.message.as_str()).id(self.code).elements(self.snippet());
        let footers = [("help", self.help.clone()), ("next", self.next.clone())];
        for (name, text) in footers.into_iter().filter_map(|(name, text)| Some((name, text?))) {
            group = group.element(Level::NOTE.with_name(name).message(text));
        }
        group = group.element(Level::NOTE.with_name("docs").message(format!("pbr explain {}", self.code)));
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let text = renderer.render(&[group]);
        if self.snippet().is_some() {
            return text;
        }
        // The rule that leads from a place to the notes leads from nowhere here.
        let is_rule = |line: &&str| anstream::adapter::strip_str(line).to_string().trim() == "|";
        text.lines().filter(|line| !is_rule(line)).collect::<Vec<_>>().join("\n")
    }

    fn snippet(&self) -> Option<Snippet<'_, annotate_snippets::Annotation<'_>>> {
        let (source, span) = (self.source.as_ref()?, self.span.clone()?);
        let annotation = AnnotationKind::Primary.span(char_span(&source.text, span)).label(self.label.as_deref());
        Some(Snippet::source(source.text.as_str()).path(source.path.as_str()).annotation(annotation))
    }

    pub fn to_json(&self) -> Json {
        json!({
            "code": self.code,
            "message": self.message,
            "why": self.label,
            "help": self.help,
            "next": self.next.iter().map(|command| json!({"kind": "run", "command": command})).collect::<Vec<_>>(),
            "where": self.place().map(|(file, line, column)| json!({"file": file, "line": line, "column": column})),
        })
    }
}

/// The span within the text, on character boundaries, of one line at most and never empty where there is text.
fn char_span(text: &str, span: Range<usize>) -> Range<usize> {
    let mut start = span.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    if let Some(newline) = text[start..end].find('\n') {
        end = start + newline;
    }
    if end == start {
        end += text[start..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_points_at_its_place() {
        let source = Source::new("schema/posts.yaml", "fields:\n  título:\n    maxx: 200\n");
        let at = source.text.find("maxx").unwrap();
        let diagnostic = Diagnostic::new(code::UNKNOWN_OPTION, "unknown field option `maxx` in collection `posts`")
            .at(&source, at..at + 4)
            .label("not an option of `text` fields")
            .suggest("maxx", ["min", "max"])
            .next("pbr schema validate");
        assert_eq!(diagnostic.place(), Some(("schema/posts.yaml", 3, 5)));
        insta::assert_snapshot!(diagnostic.render(false));
        insta::assert_snapshot!(serde_json::to_string_pretty(&diagnostic.to_json()).unwrap());
    }

    #[test]
    fn any_span_renders() {
        let source = Source::new("x", "é\n\nab");
        for start in 0..8 {
            for end in 0..9 {
                Diagnostic::new(code::MALFORMED, "x").at(&source, start..end).render(false);
            }
        }
    }
}

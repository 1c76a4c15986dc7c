//! `schema fmt`: the white space of a file, and nothing else. Comments, order and wording stay.

use super::node::{self, Node, Value};
use crate::diagnostic::{Diagnostic, Source};
use std::collections::HashMap;
use std::ops::Range;

const STEP: usize = 2;

/// The canonical form: two spaces a level, list items indented below their key, no trailing blanks, no tabs at line
/// ends, at most one blank line in a row, LF, one newline at the end.
///
/// # Errors
/// The text is not valid YAML.
pub fn format(path: &str, text: &str) -> Result<String, Vec<Diagnostic>> {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let source = Source::new(path, text.as_str());
    let mut errors = Vec::new();
    let tree = node::parse(&source, &mut errors);
    let Some(tree) = tree.filter(|_| errors.is_empty()) else { return Err(errors) };
    let blocks = Blocks::of(&text, &tree);
    let formatted = blocks.layout(&text);
    // The layout must not change what the file says; a construct it does not understand is left alone.
    let again = node::parse(&Source::new(path, formatted.as_str()), &mut errors);
    Ok(if again.is_some_and(|again| again.same_content(&tree)) { formatted } else { text })
}

/// The text without some entries of its mappings, each given by the bytes from its key to the end of its value.
pub fn without_entries(text: &str, mut spans: Vec<Range<usize>>) -> String {
    let mut text = text.to_owned();
    // From the end, so that the places before stay true.
    spans.sort_by_key(|span| std::cmp::Reverse(span.start));
    for span in spans {
        text.replace_range(entry_range(&text, span), "");
    }
    text
}

/// An entry that has its lines for itself goes with them; one of a flow mapping goes with a comma.
pub(super) fn entry_range(text: &str, span: Range<usize>) -> Range<usize> {
    let line_start = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
    let rest = &text[span.end..];
    let line_rest = rest.split('\n').next().unwrap_or_default();
    let alone = text[line_start..span.start].trim().is_empty();
    if alone && (line_rest.trim().is_empty() || line_rest.trim_start().starts_with('#')) {
        return line_start..(span.end + line_rest.len() + 1).min(text.len());
    }
    if rest.trim_start().starts_with(',') {
        let after_comma = rest.find(',').map_or(span.end, |comma| span.end + comma + 1);
        let blanks = text[after_comma..].len() - text[after_comma..].trim_start_matches(' ').len();
        return span.start..after_comma + blanks;
    }
    let before = text[..span.start].trim_end();
    before.strip_suffix(',').map_or(span.clone(), |kept| kept.len()..span.end)
}

/// Which lines begin an entry of a block mapping or list, with the indentation that they should have, and which lines
/// belong to a value that started earlier.
#[derive(Default)]
struct Blocks {
    /// First line of an entry → its depth in spaces.
    starts: HashMap<usize, usize>,
    /// Continuation line → the line where its value starts.
    continued: HashMap<usize, usize>,
}

impl Blocks {
    fn of(text: &str, tree: &Node) -> Self {
        let mut line_starts = vec![0];
        line_starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
        let mut blocks = Self::default();
        blocks.walk(text, &line_starts, tree, 0);
        blocks
    }

    fn walk(&mut self, text: &str, lines: &[usize], node: &Node, indent: usize) {
        let line_of = |at: usize| lines.partition_point(|start| *start <= at) - 1;
        let first_on_line = |at: usize| text[lines[line_of(at)]..at].chars().all(|c| c == ' ');
        match &node.value {
            Value::Map(entries) if text.as_bytes().get(node.span.start) != Some(&b'{') => {
                for entry in entries {
                    let line = line_of(entry.key_span.start);
                    if first_on_line(entry.key_span.start) {
                        self.starts.insert(line, indent);
                    }
                    // An alias repeats the places of its anchor; they are handled there.
                    if entry.value.span.start >= entry.key_span.end {
                        self.walk(text, lines, &entry.value, indent + STEP);
                        self.leaf(text, lines, &entry.value, line);
                    }
                }
            }
            Value::List(items) if text.as_bytes().get(node.span.start) != Some(&b'[') => {
                for item in items {
                    let line = line_of(item.span.start);
                    let before = &text[lines[line]..item.span.start];
                    if before.trim_start() == "- " || before.trim() == "-" {
                        self.starts.insert(line, indent);
                    }
                    self.walk(text, lines, item, indent + STEP);
                    self.leaf(text, lines, item, line);
                }
            }
            _ => {}
        }
    }

    /// Lines after the first of a scalar or flow collection move with it.
    fn leaf(&mut self, text: &str, lines: &[usize], node: &Node, first: usize) {
        let flow = matches!(text.as_bytes().get(node.span.start), Some(b'{' | b'['));
        if matches!(node.value, Value::Map(_) | Value::List(_)) && !flow {
            return;
        }
        let end = node.span.end.max(node.span.start + 1) - 1;
        let mut last = lines.partition_point(|start| *start <= end) - 1;
        // Blank lines below a block text are not part of it, unless it says so (`|+`), which the caller notices.
        while last > first && text[lines[last]..].lines().next().is_none_or(|line| line.trim().is_empty()) {
            last -= 1;
        }
        for line in first + 1..=last {
            self.continued.insert(line, first);
        }
    }

    fn layout(&self, text: &str) -> String {
        let lines: Vec<&str> = text.lines().collect();
        let indent_of = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let shift = |at: usize| self.starts.get(&at).map(|wanted| *wanted as isize - indent_of(lines[at]) as isize);
        let mut out = String::with_capacity(text.len());
        let mut blank = false;
        for (at, line) in lines.iter().enumerate() {
            if let Some(first) = self.continued.get(&at) {
                let moved = shift(*first).unwrap_or(0);
                push_line(&mut out, line, indent_of(line).saturating_add_signed(moved));
                continue;
            }
            let trimmed = line.trim_end();
            if trimmed.is_empty() {
                blank = !out.is_empty();
                continue;
            }
            if std::mem::take(&mut blank) {
                out.push('\n');
            }
            let indent = match self.starts.get(&at) {
                Some(wanted) => *wanted,
                // A comment moves with the entry below it.
                None if trimmed.trim_start().starts_with('#') => {
                    let below = (at + 1..lines.len()).find(|next| self.starts.contains_key(next));
                    below
                        .filter(|next| indent_of(lines[*next]) == indent_of(line))
                        .map_or(indent_of(line), |next| self.starts[&next])
                }
                None => indent_of(line),
            };
            push_line(&mut out, trimmed, indent);
        }
        out
    }
}

fn push_line(out: &mut String, line: &str, indent: usize) {
    let content = line.trim_start_matches(' ');
    if !content.is_empty() {
        out.extend(std::iter::repeat_n(' ', indent));
        out.push_str(content);
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_normalised_and_comments_stay() {
        let text = "# posts\r\ncollection: posts   # name\r\n\r\n\r\nfields:\n    # the title\n    title:\n        type: text\n        max: 200\n    body: editor\nindexes:\n- unique: [title]\n- fields:\n  - title\nrules:\n  list: >\n    a = 1 &&\n\n      b = 2\n\n\n";
        let expected = "# posts\ncollection: posts   # name\n\nfields:\n  # the title\n  title:\n    type: text\n    max: 200\n  body: editor\nindexes:\n  - unique: [title]\n  - fields:\n      - title\nrules:\n  list: >\n    a = 1 &&\n\n      b = 2\n";
        let formatted = format("posts.yaml", text).unwrap();
        assert_eq!(formatted, expected);
        assert_eq!(format("posts.yaml", &formatted).unwrap(), formatted);
    }

    #[test]
    fn entries_go_with_their_line_or_their_comma() {
        let text = "a:\n  x: 1 # why\n  y: 2\nb: { x: 1, y: 2 }\nc: { y: 2, x: 1 }\n";
        let spans = text.match_indices("x: 1").map(|(at, found)| at..at + found.len()).collect();
        assert_eq!(without_entries(text, spans), "a:\n  y: 2\nb: { y: 2 }\nc: { y: 2 }\n");
    }

    #[test]
    fn broken_files_are_refused() {
        assert!(format("x.yaml", "a: [1\n").is_err());
    }
}

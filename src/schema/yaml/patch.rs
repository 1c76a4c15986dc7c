//! A changed collection back into its file: the entries that differ are written, everything else stays as it was typed.

use super::collection::CollectionFile;
use super::format::entry_range;
use super::node::{self, Entry, Node, Value};
use super::write::{Yaml, after_key, block, document, entry, flow, scalar, to_yaml};
use crate::diagnostic::Source;
use crate::schema::{Catalog, Collection};
use serde_json::json;
use std::collections::HashMap;
use std::ops::Range;

/// The text of a file in which `current` (the file's collection with the ids of the migrated state) becomes `target`.
///
/// The caller reads the result again: a file whose form this cannot change, such as one with aliases, then says
/// something else and is written anew with [`rewrite`].
pub fn patch(file: &CollectionFile, current: &Collection, target: &Collection, catalog: &Catalog) -> String {
    let text = &file.source.text;
    let mut patch = Patch { text, edits: Vec::new(), fields: None, typed_names: HashMap::new() };
    let (mut old, mut new) = (document(current, catalog), document(target, catalog));
    forget_ids(&mut old, file);
    forget_ids(&mut new, file);
    patch.rename_fields(file, current, target, &mut old);
    patch.map(&file.root, &old, &new);
    in_order(&file.source.path, patch.apply(), &new)
}

/// The fields in the order of the target.
fn in_order(path: &str, text: String, target: &Yaml) -> String {
    let source = Source::new(path, text.as_str());
    let Some(root) = node::parse(&source, &mut Vec::new()) else { return text };
    let (Some(typed), Some(Yaml::Map(wanted))) = (root.entry("fields"), target.entry("fields")) else { return text };
    let Value::Map(entries) = &typed.value.value else { return text };
    let mut order: Vec<&str> = wanted.iter().map(|(name, _)| name.as_str()).collect();
    // What is typed and goes without saying stays where it is, at the beginning.
    let extra = entries.iter().map(|entry| entry.key.as_str()).filter(|name| !order.contains(name)).collect::<Vec<_>>();
    order.splice(0..0, extra);
    if entries.iter().map(|entry| entry.key.as_str()).eq(order.iter().copied()) {
        return text;
    }
    reordered(&text, &typed.value, &order).unwrap_or(text)
}

/// The file written anew; its head comment and what only YAML knows stay.
pub fn rewrite(file: &CollectionFile, target: &Collection, catalog: &Catalog) -> String {
    let text = &file.source.text;
    let head: String =
        text.lines().take_while(|line| line.trim_start().starts_with('#')).map(|line| format!("{line}\n")).collect();
    let mut tree = document(target, catalog);
    forget_ids(&mut tree, file);
    let mut out = if head.is_empty() { String::new() } else { head };
    let kept = |entry: &&Entry| entry.key == "description" || entry.key.starts_with("x-");
    let Value::Map(entries) = &file.root.value else { return to_yaml(target, catalog) };
    let mut body = String::new();
    block(&tree, 0, &mut body);
    // The description goes below the type, extensions to the end.
    let (first, rest) = body
        .split_once("\nfields:")
        .map_or((body.as_str(), String::new()), |(first, rest)| (first, format!("fields:{rest}")));
    out.push_str(first.trim_end());
    out.push('\n');
    for entry in entries.iter().filter(kept).filter(|entry| entry.key == "description") {
        out.push_str(text[entry.key_span.start..end_of(text, entry)].trim_end());
        out.push('\n');
    }
    out.push_str(&rest);
    for entry in entries.iter().filter(kept).filter(|entry| entry.key != "description") {
        out.push_str(text[entry.key_span.start..end_of(text, entry)].trim_end());
        out.push('\n');
    }
    out
}

/// The migrated state knows the ids; a file says only those that it said before.
fn forget_ids(tree: &mut Yaml, file: &CollectionFile) {
    let Yaml::Map(entries) = tree else { return };
    entries.retain(|(key, _)| key != "id" || file.has_id);
    for (_, fields) in entries.iter_mut().filter(|(key, _)| key == "fields") {
        let Yaml::Map(fields) = fields else { continue };
        for (name, options) in fields {
            if let Yaml::Map(options) = options
                && !file.fields_with_id.contains(name)
            {
                options.retain(|(key, _)| key != "id");
            }
        }
    }
}

struct Patch<'a> {
    text: &'a str,
    edits: Vec<(Range<usize>, String)>,
    /// Where the mapping of the fields stands, and under which names the renamed ones were typed.
    fields: Option<Range<usize>>,
    typed_names: HashMap<String, String>,
}

impl Patch<'_> {
    fn rename_fields(&mut self, file: &CollectionFile, current: &Collection, target: &Collection, old: &mut Yaml) {
        let mut names = HashMap::new();
        for field in &target.fields {
            if let Some(former) = current.field_by_id(&field.id).filter(|former| former.name != field.name) {
                names.insert(former.name.clone(), field.name.clone());
            }
        }
        let source = file.root.entry("fields").map(|entry| &entry.value);
        let Yaml::Map(entries) = old else { return };
        for (_, fields) in entries.iter_mut().filter(|(key, _)| key == "fields") {
            let Yaml::Map(fields) = fields else { continue };
            for (name, _) in fields {
                let Some(new) = names.get(name) else { continue };
                if let Some(entry) = source.and_then(|source| source.entry(name)) {
                    self.edits.push((entry.key_span.clone(), scalar(&json!(new), false)));
                    self.typed_names.insert(new.clone(), std::mem::replace(name, new.clone()));
                }
            }
        }
        self.fields = source.map(|source| source.span.clone());
        let seed_key = file.root.entry("x-seed").and_then(|seed| seed.value.entry("key"));
        if let Some((new, entry)) = file.seed_key.as_ref().and_then(|key| names.get(key)).zip(seed_key) {
            self.edits.push((entry.value.span.clone(), scalar(&json!(new), true)));
        }
    }

    fn find<'n>(&self, source: &'n Node, key: &str) -> Option<&'n Entry> {
        match self.typed_names.get(key) {
            Some(typed) if self.fields.as_ref() == Some(&source.span) => source.entry(typed),
            _ => source.entry(key),
        }
    }

    fn is_flow(&self, node: &Node) -> bool {
        self.text.as_bytes().get(node.span.start) == Some(&b'{')
    }

    fn map(&mut self, source: &Node, old: &Yaml, new: &Yaml) {
        let (Yaml::Map(old_entries), Yaml::Map(new_entries)) = (old, new) else { return };
        let Value::Map(typed) = &source.value else { return };
        let in_flow = self.is_flow(source);
        for (key, _) in old_entries.iter().filter(|(key, _)| new.entry(key).is_none()) {
            if let Some(entry) = self.find(source, key) {
                let span = entry.key_span.start..end_of_value(self.text, entry);
                // In braces it goes with the comma before it.
                let before = typed.iter().rev().find(|other| in_flow && other.key_span.start < span.start);
                let range = match before {
                    Some(before) => end_of_value(self.text, before)..span.end,
                    None => entry_range(self.text, span),
                };
                self.edits.push((range, String::new()));
            }
        }
        for (at, (key, value)) in new_entries.iter().enumerate() {
            let before = old.entry(key);
            if before == Some(value) {
                continue;
            }
            match self.find(source, key) {
                Some(entry) => match (&entry.value.value, before, value) {
                    (Value::Map(_), Some(Yaml::Map(_)), Yaml::Map(_)) => {
                        self.map(&entry.value, before.unwrap_or(value), value);
                    }
                    _ => self.replace(entry, value, in_flow),
                },
                None => self.insert(source, typed, new_entries, at, in_flow),
            }
        }
    }

    fn replace(&mut self, entry: &Entry, value: &Yaml, in_flow: bool) {
        let end = end_of_value(self.text, entry);
        let colon =
            self.text[entry.key_span.end..].find(':').map_or(entry.key_span.end, |at| entry.key_span.end + at + 1);
        let text = if in_flow {
            format!(" {}", flow(value))
        } else {
            let mut out = String::new();
            after_key(&entry.key, value, self.column(entry.key_span.start), &mut out);
            out.trim_end_matches('\n').to_owned()
        };
        self.edits.push((colon..end.max(colon), text));
    }

    fn column(&self, at: usize) -> usize {
        at - self.text[..at].rfind('\n').map_or(0, |newline| newline + 1)
    }

    fn insert(&mut self, source: &Node, typed: &[Entry], entries: &[(String, Yaml)], at: usize, in_flow: bool) {
        let (before, (key, value)) = (&entries[..at], &entries[at]);
        let neighbour = before.iter().rev().find_map(|(key, _)| self.find(source, key));
        if in_flow {
            let text = format!("{}: {}", scalar(&json!(key), true), flow(value));
            let edit = match neighbour.or(typed.last()) {
                Some(neighbour) => {
                    let end = end_of_value(self.text, neighbour);
                    (end..end, format!(", {text}"))
                }
                None => (source.span.clone(), format!("{{ {text} }}")),
            };
            self.edits.push(edit);
            return;
        }
        let Some(first) = typed.first() else { return };
        let indent = self.column(first.key_span.start);
        let mut out = String::new();
        entry(key, value, indent, &mut out);
        let below = entries[at + 1..].iter().find_map(|(key, _)| self.find(source, key));
        if let (None, Some(below)) = (neighbour, below) {
            let start = start_of(self.text, below);
            self.edits.push((start..start, out));
            return;
        }
        // Built-in fields and the like may have no neighbour that was typed; then it goes to the end.
        let neighbour = neighbour.or(typed.last()).unwrap_or(first);
        let end = end_of(self.text, neighbour);
        if !self.text[..end].ends_with('\n') {
            out.insert(0, '\n');
        }
        self.edits.push((end..end, out));
    }

    fn apply(mut self) -> String {
        // What is put at a place comes before what is taken away there; of two things put there, the first comes first.
        self.edits.sort_by_key(|(range, _)| (range.start, !range.is_empty()));
        let mut text = String::with_capacity(self.text.len());
        let mut at = 0;
        for (range, replacement) in &self.edits {
            text.push_str(self.text.get(at..range.start).unwrap_or_default());
            text.push_str(replacement);
            at = at.max(range.end);
        }
        text.push_str(self.text.get(at..).unwrap_or_default());
        text
    }
}

/// The beginning of an entry's lines, with the comments above it.
fn start_of(text: &str, entry: &Entry) -> usize {
    let mut start = text[..entry.key_span.start].rfind('\n').map_or(0, |newline| newline + 1);
    while start > 0 {
        let above = text[..start - 1].rfind('\n').map_or(0, |newline| newline + 1);
        if !text[above..start].trim_start().starts_with('#') {
            break;
        }
        start = above;
    }
    start
}

/// The entries of a block mapping in another order, each with its comments. `order` names all of them.
fn reordered(text: &str, map: &Node, order: &[&str]) -> Option<String> {
    let Value::Map(entries) = &map.value else { return None };
    if text.as_bytes().get(map.span.start) == Some(&b'{') || entries.len() != order.len() {
        return None;
    }
    let starts: Vec<usize> = entries.iter().map(|entry| start_of(text, entry)).collect();
    let ends: Vec<usize> = starts[1..].iter().copied().chain(entries.last().map(|last| end_of(text, last))).collect();
    let part = |name: &str| {
        let at = entries.iter().position(|entry| entry.key == name)?;
        let part = text.get(starts[at]..ends[at])?;
        Some(if part.ends_with('\n') { part.to_owned() } else { format!("{part}\n") })
    };
    let parts: String = order.iter().map(|name| part(name)).collect::<Option<_>>()?;
    Some(format!("{}{parts}{}", &text[..*starts.first()?], &text[*ends.last()?..]))
}

/// Where the typed value ends, without what follows it.
fn end_of_value(text: &str, entry: &Entry) -> usize {
    let start = entry.key_span.start;
    let end = entry.value.span.end.max(entry.key_span.end).min(text.len());
    start + text[start..end].trim_end().len()
}

/// The beginning of the line after an entry.
fn end_of(text: &str, entry: &Entry) -> usize {
    let end = end_of_value(text, entry);
    text[end..].find('\n').map_or(text.len(), |at| end + at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::yaml::parse_project;

    fn read(text: &str) -> CollectionFile {
        let files = [("posts.yaml".to_owned(), text.to_owned())];
        parse_project(&files, &|_, _, _| Ok(())).unwrap().files.remove(0)
    }

    #[test]
    fn what_differs_is_written_and_the_rest_stays_as_it_was_typed() {
        let text = "# posts\ncollection: posts\nfields:\n  # the title\n  title: { type: text, max: 200 }   # short\n  slug:\n    type: text\n    required: true   # always\n  gone: number\n  body: editor\nrules:\n  # everyone\n  list: public\n  view: title = 1\n  # the last one\n  delete: locked\nx-seed: { key: slug }\n";
        let file = read(text);
        let mut target = file.collection.clone();
        let fields = &mut target.fields;
        fields.retain(|field| field.name != "gone");
        fields[1] = crate::schema::fields::decode_fields(&json!([{
            "id": fields[1].id, "name": "title", "type": "text", "max": 300, "required": true
        }]))
        .unwrap()
        .remove(0);
        fields[2].name = "permalink".into();
        fields[2].presentable = true;
        fields[3].hidden = true;
        target.rules.view = Some("title = \"2\"".into());
        target.rules.create = Some(String::new());
        let catalog = Catalog::default();
        let patched = patch(&file, &file.collection, &target, &catalog);
        insta::assert_snapshot!(patched);
        let again = read(&patched);
        assert_eq!(again.collection.rules, target.rules);
        let names: Vec<&str> = again.collection.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["id", "title", "permalink", "body"]);
        insta::assert_snapshot!("rewritten", rewrite(&file, &target, &catalog));
    }
}

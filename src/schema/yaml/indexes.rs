//! `indexes:` of a collection file, in its three forms.

use super::collection::CollectionFile;
use super::node::Node;
use super::reader::Reader;
use crate::diagnostic::code;
use crate::schema::Collection;
use crate::schema::index::{Index, IndexColumn};
use std::ops::Range;

impl Reader<'_> {
    pub fn indexes(&mut self, file: &mut CollectionFile, node: Option<&Node>) {
        let Some(node) = node.filter(|_| !file.collection.is_view()) else { return };
        for (at, item) in self.list("indexes", node).iter().enumerate() {
            if let Some(text) = self.index(&file.collection, item) {
                file.collection.indexes.push(text);
                file.index_positions.push(at);
            }
        }
    }

    fn index(&mut self, collection: &Collection, node: &Node) -> Option<String> {
        let mut index = Index { table: collection.name.clone(), ..Index::default() };
        let mut sql = None;
        for entry in self.map("an index", node) {
            let value = &entry.value;
            match entry.key.as_str() {
                key @ ("unique" | "fields") => {
                    index.unique |= key == "unique";
                    for item in self.list(key, value) {
                        let column = self.text(key, item).and_then(IndexColumn::parse);
                        index.columns.extend(column);
                    }
                }
                "where" => index.condition = self.text("where", value)?.trim().to_owned(),
                "name" => index.name = self.text("name", value)?.to_owned(),
                "sql" => sql = Some((self.text("sql", value)?.trim().trim_end_matches(';').to_owned(), &value.span)),
                _ => self.unknown_key(entry, "an index", &["unique", "fields", "where", "name", "sql"]),
            }
        }
        if let Some((text, span)) = sql {
            return self.index_sql(collection, text, span);
        }
        if index.columns.is_empty() {
            let message = "an index needs `unique`, `fields` or `sql`";
            self.error(code::INVALID_INDEX, message, &node.span).help =
                Some("write for example `- unique: [slug]`".into());
            return None;
        }
        if index.name.is_empty() {
            index.name = free_index_name(collection, &index);
        }
        Some(index.build())
    }

    fn index_sql(&mut self, collection: &Collection, text: String, span: &Range<usize>) -> Option<String> {
        match Index::parse(&text) {
            Some(index) if index.table == collection.name => Some(text),
            Some(index) => {
                let message = format!("the index is on `{}`, not on `{}`", index.table, collection.name);
                self.error(code::INVALID_INDEX, message, span);
                None
            }
            None => {
                let message = "the statement is not a CREATE INDEX with a name, a table and columns";
                self.error(code::INVALID_INDEX, message, span);
                None
            }
        }
    }
}

/// `idx_<collection>_<fields>`, with a number when the name is taken in the file.
pub(super) fn free_index_name(collection: &Collection, index: &Index) -> String {
    const MAX_LENGTH: usize = 60;
    let word = |text: &str| text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
    let columns: Vec<String> = index.columns.iter().map(|column| word(&column.name)).collect();
    let mut base = format!("idx_{}_{}", collection.name, columns.join("_"));
    base.truncate((0..=MAX_LENGTH.min(base.len())).rev().find(|at| base.is_char_boundary(*at)).unwrap_or(0));
    let taken = |name: &str| {
        let same = |text: &String| Index::parse(text).is_some_and(|other| other.name.eq_ignore_ascii_case(name));
        collection.indexes.iter().any(same)
    };
    std::iter::once(base.clone())
        .chain((2..).map(|n| format!("{base}_{n}")))
        .find(|name| !taken(name))
        .expect("the sequence of candidates is endless")
}

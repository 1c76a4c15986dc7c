//! `CREATE INDEX` statements, read and rebuilt the way PocketBase does (spec 01 §4.5).

use super::fields::ascii_regex;
use regex::Regex;
use std::sync::LazyLock;

/// A parsed index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    pub unique: bool,
    pub if_not_exists: bool,
    /// Attached database before the name, usually empty.
    pub schema: String,
    pub name: String,
    pub table: String,
    pub columns: Vec<IndexColumn>,
    /// The condition of a partial index, without `WHERE`.
    pub condition: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexColumn {
    /// A column name, or an expression.
    pub name: String,
    pub collate: String,
    /// `ASC`, `DESC` or empty.
    pub sort: String,
}

impl Index {
    /// `None` when the text is not one `CREATE INDEX` statement with a name and columns.
    pub fn parse(text: &str) -> Option<Self> {
        static STATEMENT: LazyLock<Regex> = LazyLock::new(|| {
            ascii_regex(
                r"(?i)\s*create\s+(unique\s+)?\s*index\s*(if\s+not\s+exists\s+)?(\S*)\s+on\s+(\S*)\s*\(([\s\S]*?)\)(?:\s+where\s+([\s\S]*?))?\s*$",
            )
            .expect("the statement pattern is valid")
        });
        let parts = STATEMENT.captures(text)?;
        let part = |at: usize| parts.get(at).map_or("", |part| part.as_str()).trim();
        let (schema, name) = match part(3).rsplit_once('.') {
            Some((schema, name)) => (unquote(schema), unquote(name)),
            None => (String::new(), unquote(part(3))),
        };
        let columns = split_list(part(5)).iter().filter_map(|column| IndexColumn::parse(column)).collect();
        let index = Self {
            unique: !part(1).is_empty(),
            if_not_exists: !part(2).is_empty(),
            schema,
            name,
            table: unquote(part(4)),
            columns,
            condition: part(6).to_owned(),
        };
        // The table may be left open: it is the collection's in any case.
        let complete = !index.name.is_empty() && !index.columns.is_empty();
        complete.then_some(index)
    }

    /// The canonical statement.
    pub fn build(&self) -> String {
        let mut sql = String::from("CREATE ");
        if self.unique {
            sql.push_str("UNIQUE ");
        }
        sql.push_str("INDEX ");
        if self.if_not_exists {
            sql.push_str("IF NOT EXISTS ");
        }
        if !self.schema.is_empty() {
            sql.push_str(&format!("`{}`.", self.schema));
        }
        sql.push_str(&format!("`{}` ON `{}` (", self.name, self.table));
        let columns: Vec<String> = self.columns.iter().map(IndexColumn::build).collect();
        match columns.as_slice() {
            [column] => sql.push_str(column),
            _ => sql.push_str(&format!("\n  {}\n", columns.join(",\n  "))),
        }
        sql.push(')');
        if !self.condition.is_empty() {
            sql.push_str(&format!(" WHERE {}", self.condition));
        }
        sql
    }

    /// A UNIQUE index over exactly this column, whatever its name, collation or condition.
    pub fn is_unique_on(&self, column: &str) -> bool {
        self.unique && matches!(self.columns.as_slice(), [only] if only.name.eq_ignore_ascii_case(column))
    }

    /// The statement without its name.
    pub fn definition(&self) -> String {
        Self { name: String::new(), schema: String::new(), ..self.clone() }.build()
    }

    /// What must not repeat: the definition without table, condition, collations and order.
    pub fn uniqueness(&self) -> String {
        let plain = |column: &IndexColumn| IndexColumn { name: column.name.clone(), ..IndexColumn::default() };
        let columns = self.columns.iter().map(plain).collect();
        Self { table: String::new(), condition: String::new(), columns, ..self.clone() }.definition()
    }
}

impl IndexColumn {
    /// Reads `name`, `name desc`, `name collate nocase asc` or an expression.
    pub fn parse(text: &str) -> Option<Self> {
        static COLUMN: LazyLock<Regex> = LazyLock::new(|| {
            ascii_regex(r"(?i)^([\s\S]+?)(?:\s+collate\s+([\w]+))?(?:\s+(asc|desc))?\s*$")
                .expect("the column pattern is valid")
        });
        let parts = COLUMN.captures(text.trim())?;
        let part = |at: usize| parts.get(at).map_or("", |part| part.as_str());
        let name = unquote(part(1));
        (!name.is_empty()).then(|| Self { name, collate: part(2).to_owned(), sort: part(3).to_uppercase() })
    }

    fn build(&self) -> String {
        let expression = self.name.contains(['(', ' ']);
        let mut sql = if expression { self.name.clone() } else { format!("`{}`", self.name) };
        if !self.collate.is_empty() {
            sql.push_str(&format!(" COLLATE {}", self.collate));
        }
        if !self.sort.is_empty() {
            sql.push_str(&format!(" {}", self.sort));
        }
        sql
    }
}

/// Without the quote characters of SQLite, MySQL and SQL Server around it.
fn unquote(text: &str) -> String {
    text.trim().trim_matches(['`', '"', '\'', '[', ']', '\t', '\n', '\r', ' ']).to_owned()
}

/// Splits at commas outside quotes and parentheses.
pub fn split_list(text: &str) -> Vec<String> {
    split_outside(text, |c| c == ',')
}

/// Splits at separator characters outside quotes and parentheses; blank pieces are dropped.
pub fn split_outside(text: &str, separator: impl Fn(char) -> bool) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut quote: Option<char> = None;
    let mut depth = 0usize;
    for c in text.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '\'' | '"' | '`') => quote = Some(c),
            None if c == '[' => quote = Some(']'),
            None if c == '(' => depth += 1,
            None if c == ')' => depth = depth.saturating_sub(1),
            None if depth == 0 && separator(c) => {
                pieces.push(String::new());
                continue;
            }
            None => {}
        }
        pieces.last_mut().expect("there is always a piece").push(c);
    }
    pieces.iter().map(|piece| piece.trim().to_owned()).filter(|piece| !piece.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_rebuilt_in_canonical_form() {
        let cases = [
            ("create unique index idx_t on notes (title)", "CREATE UNIQUE INDEX `idx_t` ON `notes` (`title`)"),
            (
                "CREATE INDEX IF NOT EXISTS main.`i` ON [n] (\"a\" desc, b COLLATE nocase) where a != ''",
                "CREATE INDEX IF NOT EXISTS `main`.`i` ON `n` (\n  `a` DESC,\n  `b` COLLATE nocase\n) WHERE a != ''",
            ),
            ("CREATE INDEX i ON posts (lower(title))", "CREATE INDEX `i` ON `posts` (lower(title))"),
            (
                "CREATE INDEX i ON posts (json_extract(a, '$.b'), c)",
                "CREATE INDEX `i` ON `posts` (\n  json_extract(a, '$.b'),\n  `c`\n)",
            ),
        ];
        for (text, canonical) in cases {
            assert_eq!(Index::parse(text).expect(text).build(), canonical);
        }
        for wrong in ["", "DROP INDEX a", "CREATE INDEX ON t (a)", "CREATE INDEX a ON t ()", "CREATE INDEX a ON t (b);"]
        {
            assert_eq!(Index::parse(wrong), None, "{wrong}");
        }
    }
}

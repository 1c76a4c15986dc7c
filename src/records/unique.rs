//! UNIQUE indexes of a collection.

use crate::schema::Collection;
use regex::Regex;
use std::sync::LazyLock;

/// Whether a UNIQUE index covers exactly this column; a partial index counts.
pub fn has_unique_index(collection: &Collection, column: &str) -> bool {
    collection.indexes.iter().any(|index| unique_column(index).is_some_and(|(name, _)| name == column))
}

/// Whether the UNIQUE index on exactly this column ignores case.
pub fn ignores_case(collection: &Collection, column: &str) -> bool {
    collection.indexes.iter().filter_map(|index| unique_column(index)).any(|(name, nocase)| name == column && nocase)
}

/// The only column of a UNIQUE index, and whether it is `COLLATE NOCASE`.
fn unique_column(index: &str) -> Option<(String, bool)> {
    static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"(?is)^\s*create\s+unique\s+index\s.*?\son\s+\S+?\s*\(\s*([`"\[]?)(\w+)[`"\]]?(\s+collate\s+(\w+))?(\s+(asc|desc))?\s*\)"#,
        )
        .expect("a constant pattern")
    });
    let captures = PATTERN.captures(index)?;
    let nocase = captures.get(4).is_some_and(|collation| collation.as_str().eq_ignore_ascii_case("nocase"));
    Some((captures[2].to_owned(), nocase))
}

#[cfg(test)]
mod tests {
    use super::unique_column;

    #[test]
    fn only_single_column_unique_indexes_count() {
        assert_eq!(
            unique_column("CREATE UNIQUE INDEX `i` ON `t` (`email`) WHERE `email` != ''"),
            Some(("email".into(), false))
        );
        assert_eq!(
            unique_column("create unique index if not exists i on t(name collate NOCASE desc)"),
            Some(("name".into(), true))
        );
        assert_eq!(unique_column("CREATE UNIQUE INDEX i ON t (a, b)"), None);
        assert_eq!(unique_column("CREATE INDEX i ON t (a)"), None);
    }
}

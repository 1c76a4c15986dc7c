//! UNIQUE indexes of a collection.

use crate::schema::Collection;
use crate::schema::index::Index;

/// Whether a UNIQUE index covers exactly this column; a partial index counts.
pub fn has_unique_index(collection: &Collection, column: &str) -> bool {
    unique_indexes(collection, column).next().is_some()
}

/// Whether the UNIQUE index on exactly this column ignores case.
pub fn ignores_case(collection: &Collection, column: &str) -> bool {
    unique_indexes(collection, column).any(|index| index.columns[0].collate.eq_ignore_ascii_case("nocase"))
}

fn unique_indexes(collection: &Collection, column: &str) -> impl Iterator<Item = Index> {
    collection.indexes.iter().filter_map(|text| Index::parse(text)).filter(move |index| index.is_unique_on(column))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::CollectionKind;

    #[test]
    fn only_single_column_unique_indexes_count() {
        let cases = [
            ("CREATE UNIQUE INDEX `i` ON `t` (`email`) WHERE `email` != ''", true, false),
            ("create unique index if not exists i on t(email collate NOCASE desc)", true, true),
            ("CREATE UNIQUE INDEX i ON t (email, b)", false, false),
            ("CREATE UNIQUE INDEX i ON t (lower(email))", false, false),
            ("CREATE INDEX i ON t (email)", false, false),
        ];
        for (text, unique, nocase) in cases {
            let mut collection = Collection::new("t", CollectionKind::Base);
            collection.indexes = vec![text.into()];
            assert_eq!(has_unique_index(&collection, "email"), unique, "{text}");
            assert_eq!(ignores_case(&collection, "email"), nocase, "{text}");
        }
    }
}

//! What a query needs to know of unique indexes.

use crate::schema::Collection;
use crate::schema::index::Index;

/// A unique index on one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UniqueIndex {
    /// It covers every row, having no WHERE.
    pub complete: bool,
}

/// The unique index on exactly that column.
pub(super) fn unique_index(collection: &Collection, field: &str) -> Option<UniqueIndex> {
    let indexes = collection.indexes.iter().filter_map(|text| Index::parse(text));
    let unique = indexes.filter(|index| index.is_unique_on(field));
    unique.map(|index| UniqueIndex { complete: index.condition.is_empty() }).max_by_key(|index| index.complete)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::CollectionKind;

    #[test]
    fn only_unique_indexes_on_the_one_column_count() {
        let cases = [
            ("CREATE UNIQUE INDEX idx ON t (a)", Some(true)),
            ("create unique index if not exists `i` on `t` ( `a` COLLATE NOCASE DESC )", Some(true)),
            ("CREATE UNIQUE INDEX i ON t ([a]) WHERE a != ''", Some(false)),
            ("CREATE UNIQUE INDEX i ON t (a, b)", None),
            ("CREATE UNIQUE INDEX i ON t (lower(a))", None),
            ("CREATE INDEX i ON t (a)", None),
        ];
        for (index, complete) in cases {
            let mut collection = Collection::new("t", CollectionKind::Base);
            collection.indexes = vec![index.into()];
            assert_eq!(unique_index(&collection, "a").map(|index| index.complete), complete, "{index}");
        }
    }
}

//! The SQL of a collection's table, equal to what PocketBase creates.

use super::Collection;

/// Quotes an identifier with backticks, PocketBase's way.
pub fn quote(identifier: &str) -> String {
    format!("`{}`", identifier.replace('`', "``"))
}

/// The list of a column that holds several values, as an expression; of one item where other programs stored something else.
pub fn as_list(column: &str) -> String {
    format!("CASE WHEN json_valid({column}) THEN {column} ELSE json_array({column}) END")
}

/// `CREATE TABLE` of a base or auth collection, columns in byte order of their names.
pub fn create_table(collection: &Collection) -> String {
    let mut fields: Vec<_> = collection.fields.iter().collect();
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    let columns: Vec<String> =
        fields.iter().map(|field| format!("{} {}", quote(&field.name), field.kind.as_type().column())).collect();
    format!("CREATE TABLE {} ({})", quote(&collection.name), columns.join(", "))
}

//! The fields of a view, inferred from its query by reading identifiers, not SQL (spec 01 §4.6).

use super::fields::{BoolField, JsonField, NumberField, RelationField, TextField, ascii_regex, decode_fields};
use super::index::split_outside;
use super::system::id_field;
use super::{Catalog, Collection, CollectionKind, Field, FieldKind, LOWER_ALPHANUMERIC};
use regex::Regex;
use serde_json::Value as Json;
use std::sync::{Arc, LazyLock};

/// `original` or `original as alias`.
#[derive(Clone, Debug, PartialEq)]
struct Identifier {
    original: String,
    alias: String,
}

/// What a query is made of, as far as the fields depend on it.
#[derive(Debug, PartialEq)]
struct Query {
    columns: Vec<Identifier>,
    tables: Vec<Identifier>,
}

/// The fields that the query's columns become.
///
/// # Errors
/// The reason in PocketBase's words, to be shown after "Invalid query - ".
pub fn infer_fields(view: &str, query: &str, catalog: &Catalog) -> Result<Vec<Field>, String> {
    let query = parse(query)?;
    let mut fields: Vec<Field> = Vec::new();
    for column in &query.columns {
        let mut field = infer(column, &query, catalog, view)?;
        let repeats = fields.iter().filter(|other| other.name.eq_ignore_ascii_case(&column.alias)).count();
        if repeats > 0 {
            // As SQLite names the second column of a view.
            field.name = format!("{}:{repeats}", field.name);
            if let FieldKind::Text(text) = &mut field.kind {
                text.primary_key = false;
            }
        }
        fields.push(field);
    }
    // Ids as a decoder would give them; the clones have theirs.
    let elements = fields.iter().map(|field| {
        let mut json = field.to_json();
        if !field.id.starts_with("_clone_") {
            json["id"] = Json::from("");
        }
        json
    });
    let mut decoded = decode_fields(&elements.collect()).map_err(|error| error.to_string())?;
    for field in decoded.iter_mut().filter(|field| field.name == "id") {
        field.id = id_field().id;
    }
    Ok(decoded)
}

/// Why a view without a column named exactly `id` is refused.
pub const MISSING_ID: &str =
    "missing required id column (you can use `(ROW_NUMBER() OVER()) as id` if you don't have one)";

/// `CREATE VIEW`, with the id cast to text where it is not a text column already.
pub fn create_view(view: &Collection, query: &str, catalog: &Catalog) -> String {
    let name = super::ddl::quote(&view.name);
    let table = as_table(query);
    if id_is_text(query, catalog) {
        return format!("CREATE VIEW {name} AS {table}");
    }
    let columns: Vec<String> = view
        .fields
        .iter()
        .map(|field| match field.name.as_str() {
            "id" => "CAST(`id` as TEXT) `id`".to_owned(),
            other => super::ddl::quote(other),
        })
        .collect();
    let table = table.trim_start_matches("SELECT * FROM ");
    format!("CREATE VIEW {name} AS SELECT * FROM (SELECT {} FROM {table})", columns.join(","))
}

/// The query as SQLite reads it, with everything that it returns: `{{name}}` and `[[name]]` are quoted names.
pub fn as_table(query: &str) -> String {
    static QUOTED: LazyLock<Regex> = LazyLock::new(|| {
        ascii_regex(r"\{\{([\w\-. ]+)\}\}|\[\[([\w\-. ]+)\]\]").expect("the pattern of quoted names is valid")
    });
    let query = QUOTED.replace_all(query.trim().trim_matches(';'), |found: &regex::Captures<'_>| {
        let name = found.get(1).or_else(|| found.get(2)).map_or("", |name| name.as_str());
        name.split('.').map(super::ddl::quote).collect::<Vec<_>>().join(".")
    });
    format!("SELECT * FROM ({query})")
}

/// The field of a view's `id`, whatever is selected under that name.
pub fn view_id() -> Field {
    let kind = TextField { primary_key: true, pattern: "^[a-z0-9]+$".into(), ..TextField::default() };
    Field { id: id_field().id, system: true, required: true, ..Field::new("id", FieldKind::Text(kind)) }
}

/// Whether the text names the collection as a word: a superset of "the view reads it".
pub fn mentions(query: &str, name: &str) -> bool {
    query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word.eq_ignore_ascii_case(name))
}

/// The collections with views behind those that they read, otherwise in their order. Views that read each other stay
/// where they are.
pub fn readable_order(collections: Vec<&Collection>) -> Vec<&Collection> {
    let (views, mut ordered): (Vec<_>, Vec<_>) = collections.into_iter().partition(|collection| collection.is_view());
    let mut waiting = views;
    while !waiting.is_empty() {
        let reads_waiting = |view: &&Collection| match &view.kind {
            CollectionKind::View { query } => {
                waiting.iter().any(|other| other.id != view.id && mentions(query, &other.name))
            }
            _ => false,
        };
        let at = waiting.iter().position(|view| !reads_waiting(view)).unwrap_or(0);
        ordered.push(waiting.remove(at));
    }
    ordered
}

/// The type in `cast(x as type)`, where that is all of the text.
fn cast_type(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("cast")?.trim_start();
    let inner = without_parentheses(rest);
    let mut words = inner.rsplit(char::is_whitespace).filter(|word| !word.is_empty());
    let kind = words.next().filter(|_| inner.len() < rest.len())?;
    (words.next()? == "as").then_some(kind)
}

/// Whether SQLite has `TEXT` for the type of the id.
fn id_is_text(query: &str, catalog: &Catalog) -> bool {
    let Ok(mut query) = parse(query) else { return false };
    for table in &mut query.tables {
        // The only database with collections.
        if let Some(name) = table.original.strip_prefix("main.") {
            table.original = name.to_owned();
        }
    }
    let Some(column) = query.columns.iter().find(|column| column.alias == "id") else { return false };
    let original = without_parentheses(&column.original).to_owned();
    if let Some(kind) = cast_type(&original.to_lowercase()) {
        return ["char", "clob", "text"].iter().any(|text| kind.contains(text)) && !kind.contains("int");
    }
    let column = Identifier { original, ..column.clone() };
    source(&column, &query, catalog).is_some_and(|(_, field)| field.kind.as_type().column().starts_with("TEXT"))
}

fn infer(column: &Identifier, query: &Query, catalog: &Catalog, view: &str) -> Result<Field, String> {
    let field = |kind| Ok(Field::new(column.alias.clone(), kind));
    if column.alias == "*" || column.original.ends_with(".*") {
        return Err("wildcard columns (*) are not supported - manually type the collection field names you want the \
                    view query to have"
            .into());
    }
    if column.alias == "id" {
        return Ok(view_id());
    }
    let lower = column.original.to_lowercase();
    let whole = || FieldKind::Number(NumberField { only_int: true, ..NumberField::default() });
    if lower.starts_with("count(") {
        return field(whole());
    }
    if lower.starts_with("total(") {
        return field(FieldKind::Number(NumberField::default()));
    }
    static CAST: LazyLock<Regex> =
        LazyLock::new(|| ascii_regex(r"(?is)^cast\s*\(.*\s+as\s+(\w+)\s*\)$").expect("the cast pattern is valid"));
    if let Some(cast) = CAST.captures(&lower) {
        match &cast[1] {
            "real" | "decimal" | "numeric" => return field(FieldKind::Number(NumberField::default())),
            "int" | "integer" => return field(whole()),
            "text" => return field(FieldKind::Text(TextField::default())),
            "bool" | "boolean" => return field(FieldKind::Bool(BoolField {})),
            _ => {}
        }
    }
    match source(column, query, catalog) {
        Some((collection, found)) if found.name.eq_ignore_ascii_case("id") => {
            let relation =
                RelationField { collection_id: collection.id.clone(), max_select: 1, ..RelationField::default() };
            field(FieldKind::Relation(relation))
        }
        Some((_, found)) => {
            let id = clone_id(view, &column.alias);
            Ok(Field { id, name: column.alias.clone(), ..found.clone() })
        }
        None => field(FieldKind::Json(JsonField { max_size: 1 })),
    }
}

/// The collection and field that a plain column name stands for.
fn source<'c>(column: &Identifier, query: &Query, catalog: &'c Catalog) -> Option<(&'c Arc<Collection>, &'c Field)> {
    let (table, name) = match column.original.split('.').collect::<Vec<_>>()[..] {
        [table, name] => (query.tables.iter().rev().find(|known| known.alias == table)?, name),
        _ => (query.tables.first()?, column.original.as_str()),
    };
    let collection = catalog.get(&table.original)?;
    let field = collection.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))?;
    Some((collection, field))
}

/// PocketBase draws these ids at random; pbr derives them, so that nothing changes when nothing changed.
fn clone_id(view: &str, alias: &str) -> String {
    let mut hash = crc32fast::hash(format!("{view}.{alias}").as_bytes()) as usize;
    let suffix = (0..4).map(|_| {
        let letter = LOWER_ALPHANUMERIC[hash % LOWER_ALPHANUMERIC.len()];
        hash /= LOWER_ALPHANUMERIC.len();
        char::from(letter)
    });
    format!("_clone_{}", suffix.collect::<String>())
}

fn parse(text: &str) -> Result<Query, String> {
    static COMMENTS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?m)(/\*[\s\S]*?\*/)|(--.+$)").expect("the comment pattern is valid"));
    static JOINS: LazyLock<Regex> = LazyLock::new(|| {
        ascii_regex(r"(?im)\s+(full\s+outer\s+join|left\s+outer\s+join|right\s+outer\s+join|full\s+join|cross\s+join|inner\s+join|outer\s+join|left\s+join|right\s+join|join)\s+?")
            .expect("the join pattern is valid")
    });
    static DISCARDED: LazyLock<Regex> = LazyLock::new(|| {
        ascii_regex(r"(?im)\s+(where|group\s+by|having|order|limit|with)\s+?").expect("the clause pattern is valid")
    });
    let text = text.trim().trim_matches(';');
    if split_outside(text, |c| c == ';').len() > 1 {
        return Err("multiple statements are not supported".into());
    }
    let text = COMMENTS.replace_all(text, "");
    let text = JOINS.replace_all(&text, " __pb_join__ ");
    let text = DISCARDED.replace_all(&text, " __pb_discard__ ");
    let inner = without_parentheses(&text);
    let mut parts = Parts::default();
    for token in tokens(inner) {
        parts.push(&token);
    }
    let columns = identifiers(&parts.select)?;
    if inner.len() < text.trim().len() {
        // Only SQLite looks into parentheses; what is known of these columns is their names.
        let opaque =
            columns.into_iter().map(|column| Identifier { original: format!("({})", column.original), ..column });
        return Ok(Query { columns: opaque.collect(), tables: Vec::new() });
    }
    let mut tables = identifiers(&parts.from)?;
    tables.extend(identifiers(&parts.join)?);
    Ok(Query { columns, tables })
}

/// A text without the parentheses around all of it.
fn without_parentheses(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let whole = |_: &&str| split_outside(text, |_| true).len() == 1;
    match inner.filter(whole) {
        Some(inner) => without_parentheses(inner),
        None => text,
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    None,
    Select,
    From,
    Join,
}

struct Parts {
    select: String,
    from: String,
    join: String,
    part: Part,
    skip: bool,
}

impl Default for Parts {
    fn default() -> Self {
        Self { select: String::new(), from: String::new(), join: String::new(), part: Part::None, skip: false }
    }
}

impl Parts {
    fn push(&mut self, token: &str) {
        match token.trim().to_lowercase().as_str() {
            "select" => (self.part, self.skip) = (Part::Select, false),
            "distinct" => {}
            "from" => (self.part, self.skip) = (Part::From, false),
            "__pb_join__" => {
                if self.part == Part::Join {
                    self.join.push(',');
                }
                (self.part, self.skip) = (Part::Join, false);
            }
            "__pb_discard__" => self.skip = true,
            word => {
                self.skip |= self.part == Part::Join && word == "on";
                let target = match self.part {
                    _ if self.skip => return,
                    Part::None => return,
                    Part::Select => &mut self.select,
                    Part::From => &mut self.from,
                    Part::Join => &mut self.join,
                };
                target.push(' ');
                target.push_str(token);
            }
        }
    }
}

/// Words and commas outside quotes and parentheses.
fn tokens(text: &str) -> Vec<String> {
    let with_commas = split_outside(text, |c| matches!(c, ' ' | '\n' | '\t' | '\r'));
    let mut tokens = Vec::new();
    for word in with_commas {
        let mut pieces = split_keeping_commas(&word);
        tokens.append(&mut pieces);
    }
    tokens
}

fn split_keeping_commas(word: &str) -> Vec<String> {
    if word == "," {
        return vec![word.to_owned()];
    }
    let pieces = super::index::split_list(word);
    let mut tokens = Vec::new();
    if word.starts_with(',') {
        tokens.push(",".to_owned());
    }
    let last = pieces.len().saturating_sub(1);
    for (at, piece) in pieces.into_iter().enumerate() {
        tokens.push(piece);
        if at < last {
            tokens.push(",".to_owned());
        }
    }
    if word.len() > 1 && word.ends_with(',') {
        tokens.push(",".to_owned());
    }
    tokens
}

fn identifiers(list: &str) -> Result<Vec<Identifier>, String> {
    super::index::split_list(list)
        .iter()
        .map(|item| {
            let parts = split_outside(item, |c| matches!(c, ' ' | '\n' | '\t' | '\r'));
            let (original, alias) = match &parts[..] {
                [original, as_word, alias] if as_word.eq_ignore_ascii_case("as") => (original.as_str(), alias.as_str()),
                [_, other, _] => return Err(format!("invalid identifier part - expected \"as\", got {other}")),
                [original, alias] => (original.as_str(), alias.as_str()),
                [only] => (only.as_str(), column_name(only)),
                _ => return Err(format!("invalid identifier parts [{}]", parts.join(" "))),
            };
            Ok(Identifier { original: trim(original, ""), alias: trim(alias, "'") })
        })
        .collect()
}

/// The name that SQLite gives to a column without an alias.
fn column_name(column: &str) -> &str {
    let name = without_parentheses(column);
    let plain = name.chars().all(|c| c.is_alphanumeric() || "_.`\"[]".contains(c));
    let name = if plain { name } else { column };
    name.rsplit('.').next().unwrap_or(name)
}

fn trim(identifier: &str, extra: &str) -> String {
    let quote = |c: char| "`\"[];".contains(c) || extra.contains(c);
    identifier.split('.').map(|part| part.trim_matches(quote)).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::system::initial_collections;

    fn catalog() -> Catalog {
        Catalog::new(initial_collections().into_iter().map(Arc::new), 1)
    }

    fn kinds(query: &str) -> Result<Vec<(String, &'static str)>, String> {
        let fields = infer_fields("v", query, &catalog())?;
        Ok(fields.into_iter().map(|field| (field.name.clone(), field.kind.name())).collect())
    }

    #[test]
    fn columns_become_fields() {
        let query = "SELECT u.id, u.name as title, count(m.id) total, cast(u.verified as int) AS n, (1+2) as three,
            m.id as mfa, email
            -- a comment, with a comma
            FROM users u LEFT JOIN _mfas AS m ON m.recordRef = u.id WHERE u.name != ',' GROUP BY u.id";
        let expected = [
            ("id", "text"),
            ("title", "text"),
            ("total", "number"),
            ("n", "number"),
            ("three", "json"),
            ("mfa", "relation"),
            ("email", "email"),
        ];
        assert_eq!(kinds(query).unwrap(), expected.map(|(name, kind)| (name.to_owned(), kind)));
    }

    #[test]
    fn parentheses_hide_what_a_column_is_but_not_its_name() {
        let named = |query: &str| {
            kinds(query).unwrap().into_iter().map(|(name, kind)| format!("{name} {kind}")).collect::<Vec<_>>()
        };
        assert_eq!(named("select (id), ((u.name)) from users u"), ["id text", "name json"]);
        assert_eq!(named("((select id, name from users))"), ["id text", "name json"]);
        assert_eq!(named("select id, (1)+(2) from users"), ["id text", "(1)+(2) json"]);
    }

    #[test]
    fn quoted_names_become_sql() {
        assert_eq!(as_table("select {{a.b}}.[[c]] from {{ d }};"), "SELECT * FROM (select `a`.`b`.`c` from ` d `)");
        assert_eq!(
            as_table("select [a] from b where c = '{{}}'"),
            "SELECT * FROM (select [a] from b where c = '{{}}')"
        );
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert!(kinds("SELECT * FROM users").unwrap_err().contains("wildcard"));
        assert!(kinds("SELECT id, name || email as x FROM users").unwrap_err().contains("invalid identifier parts"));
        assert!(kinds("SELECT id FROM users; DROP TABLE users").unwrap_err().contains("multiple statements"));
    }

    #[test]
    fn an_id_that_is_no_text_column_is_cast() {
        let catalog = catalog();
        let mut view = Collection::new("v", crate::schema::CollectionKind::named("view").unwrap());
        let query = "SELECT (ROW_NUMBER() OVER()) as id, name FROM users;";
        view.fields = infer_fields("v", query, &catalog).unwrap();
        assert_eq!(
            create_view(&view, query, &catalog),
            "CREATE VIEW `v` AS SELECT * FROM (SELECT CAST(`id` as TEXT) `id`,`name` FROM \
             (SELECT (ROW_NUMBER() OVER()) as id, name FROM users))"
        );
        assert!(
            create_view(&view, "select u.id, name from users u", &catalog)
                .ends_with("(select u.id, name from users u)")
        );
    }
}

//! Paths of fields: relations, back-relations and JSON, hop by hop (spec 02 §3.2, §4.1 and §4.6).

use super::compiler::{Compiler, Scope};
use super::error::quoted;
use super::indexes::unique_index;
use super::joins::{Join, Joins};
use super::modifiers::{Modifier, split_modifier};
use super::operand::{Many, Operand, Related};
use super::sql::{Fragment, column, json_array, json_length, json_value, name};
use crate::schema::fields::RelationField;
use crate::schema::{Collection, Field, FieldKind};

/// Relations in one path.
const MAX_HOPS: usize = 6;

/// Where a path has arrived: in the query itself, and in the sub-query that lists all values of the path.
pub(super) struct Cursor<'a> {
    pub collection: &'a Collection,
    pub alias: String,
    /// Start of the aliases of the next joins; differs from `alias` at the start of some scopes.
    pub path: String,
    pub client: bool,
    /// What is missing is NULL instead of an error.
    pub nullable: bool,
    candidate: bool,
    /// Whether no hop was made yet.
    starts: bool,
    /// Table and column of ids of the records that the path has come to by a relation, its only hop so far.
    related: Option<(String, String)>,
    /// Whether the path has several values for one row.
    pub is_many: bool,
    pub many_alias: String,
    pub many: Many,
}

impl<'a> Cursor<'a> {
    /// At the row that the scope's texts are about.
    pub fn new(scope: &Scope<'a>) -> Self {
        let many_alias = format!("__mm_{}", scope.path);
        Self {
            collection: scope.collection,
            alias: scope.alias.clone(),
            path: scope.path.clone(),
            client: scope.client,
            nullable: false,
            candidate: scope.candidate,
            starts: true,
            related: None,
            is_many: false,
            many: Many {
                table: scope.table.clone(),
                alias: many_alias.clone(),
                outer_alias: scope.alias.clone(),
                joins: Joins::default(),
                value: Fragment::default(),
                guards: Vec::new(),
            },
            many_alias,
        }
    }

    /// Moves to a joined collection.
    pub fn enter(&mut self, collection: &'a Collection, alias: String, many_alias: String) {
        self.collection = collection;
        self.path.clone_from(&alias);
        self.alias = alias;
        self.many_alias = many_alias;
        self.candidate = false;
        self.starts = false;
        self.related = None;
    }

    /// The operand for an SQL expression of the current row.
    fn value(self, expression: impl Fn(&str) -> String, field: &str) -> Operand {
        let mut operand = Operand::column(expression(&column(&self.alias, field)));
        operand.many =
            self.is_many.then(|| Many { value: expression(&column(&self.many_alias, field)).into(), ..self.many });
        operand
    }

    fn missing(&self, reason: impl FnOnce() -> String) -> Result<Operand, String> {
        if self.nullable { Ok(Operand::null()) } else { Err(reason()) }
    }
}

impl<'a> Compiler<'a> {
    /// Follows the segments from the cursor to a value.
    pub fn walk(&mut self, mut cursor: Cursor<'a>, segments: &[&str]) -> Result<Operand, String> {
        let Some((last, hops)) = segments.split_last() else { return Err("failed to resolve field \"\"".into()) };
        for (at, &segment) in hops.iter().enumerate() {
            let field = cursor.collection.field(segment);
            if let Some(field) = field {
                if field.hidden && cursor.client {
                    return Err(format!("non-filterable field {}", quoted(segment)));
                }
                if field.kind.as_type().has_members() {
                    let path = json_path(&segments[at + 1..]);
                    let operand = cursor.value(|column| json_value(column, &path), &field.name);
                    return Ok(Operand { exact: true, ..operand });
                }
            }
            if at >= MAX_HOPS {
                return Err(format!("max nested relations reached for field {}", quoted(segment)));
            }
            match field {
                None => {
                    if let Some(operand) = self.back_hop(&mut cursor, segment)? {
                        return Ok(operand);
                    }
                }
                Some(field) => {
                    let FieldKind::Relation(relation) = &field.kind else {
                        return cursor.missing(|| format!("field {} is not a valid relation", quoted(segment)));
                    };
                    // The id of a single relation is the column itself.
                    if !is_multiple(field) && at + 1 == hops.len() && *last == "id" {
                        return self.last(cursor, &field.name);
                    }
                    self.hop(&mut cursor, field, relation)?;
                }
            }
        }
        self.last(cursor, last)
    }

    fn hop(&mut self, cursor: &mut Cursor<'a>, field: &Field, relation: &RelationField) -> Result<(), String> {
        let target = self
            .collection(&relation.collection_id)
            .ok_or_else(|| format!("failed to load field {} collection", quoted(&field.name)))?;
        let alias = format!("{}.{}", cursor.path, field.name);
        let many_alias = format!("{}.{}", cursor.many_alias, field.name);
        let multiple = is_multiple(field);
        cursor.is_many |= multiple;
        let related = (cursor.starts && !cursor.candidate && !target.is_view())
            .then(|| (name(&target.name), column(&cursor.alias, &field.name)));
        let steps =
            [(&mut self.joins, &cursor.alias, &alias), (&mut cursor.many.joins, &cursor.many_alias, &many_alias)];
        for (joins, from, to) in steps {
            let ids = if multiple { each(joins, &column(from, &field.name), to) } else { column(from, &field.name) };
            joins.add(Join {
                table: name(&target.name).into(),
                alias: to.clone(),
                on: Some(format!("{} = {ids}", column(to, "id")).into()),
                // Nothing makes the ids of a view unique.
                fans_out: target.is_view(),
            });
        }
        self.arrive(cursor, target, alias, many_alias)?;
        cursor.related = related;
        Ok(())
    }

    /// `collection_via_field`: the records of another collection that point to this one.
    fn back_hop(&mut self, cursor: &mut Cursor<'a>, segment: &str) -> Result<Option<Operand>, String> {
        let fail = |reason: String| cursor.missing(|| reason).map(Some);
        let Some((source, back_name)) = split_back_relation(segment) else {
            return fail(format!("failed to resolve field {}", quoted(segment)));
        };
        let Some(source) = self.collection(source) else {
            return fail(format!("failed to load back relation field {} collection", quoted(segment)));
        };
        let Some(field) = source.field(back_name) else {
            return fail(format!("missing back relation field {}", quoted(back_name)));
        };
        let FieldKind::Relation(relation) = &field.kind else {
            return fail(format!("invalid back relation field {}", quoted(back_name)));
        };
        if field.hidden && cursor.client {
            return Err(format!("non-filterable back relation field {}", quoted(back_name)));
        }
        let points_here =
            self.collection(&relation.collection_id).is_some_and(|target| std::ptr::eq(target, cursor.collection));
        if cursor.candidate || !points_here {
            return fail(format!("invalid collection reference of a back relation field {}", quoted(back_name)));
        }
        let multiple = is_multiple(field);
        let unique = if multiple { None } else { unique_index(source, &field.name) };
        cursor.is_many |= unique.is_none();
        let alias = format!("{}.{segment}", cursor.path);
        let many_alias = format!("{}.{segment}", cursor.many_alias);
        let steps =
            [(&mut self.joins, &cursor.alias, &alias), (&mut cursor.many.joins, &cursor.many_alias, &many_alias)];
        for (joins, to, from) in steps {
            let (id, ids) = (column(to, "id"), column(from, &field.name));
            let on = if multiple {
                format!("{id} IN (SELECT `__je`.`value` FROM json_each({}) `__je`)", json_array(&ids))
            } else {
                format!("{ids} = {id}")
            };
            joins.add(Join {
                table: name(&source.name).into(),
                alias: from.clone(),
                on: Some(on.into()),
                fans_out: !unique.is_some_and(|index| index.complete) || source.is_view(),
            });
        }
        self.arrive(cursor, source, alias, many_alias).map(|()| None)
    }

    /// Ends a hop. A client sees only rows that the list rule of their collection lets through, in the sub-query of all
    /// values too: a hidden row must not decide what a visible one shows.
    fn arrive(
        &mut self,
        cursor: &mut Cursor<'a>,
        collection: &'a Collection,
        alias: String,
        many_alias: String,
    ) -> Result<(), String> {
        if cursor.client {
            self.guard_join(collection, &alias)?;
            if let Some((guard, joins)) = self.list_rule(collection, &many_alias)? {
                cursor.many.joins.extend(joins);
                cursor.many.guards.push(guard);
            }
        }
        cursor.enter(collection, alias, many_alias);
        Ok(())
    }

    fn last(&mut self, mut cursor: Cursor<'a>, segment: &str) -> Result<Operand, String> {
        let (field_name, modifier) = split_modifier(segment)?;
        let Some(field) = cursor.collection.field(field_name) else {
            return cursor.missing(|| format!("unknown field {}", quoted(field_name)));
        };
        if field.hidden && cursor.client {
            return Err(format!("non-filterable field {}", quoted(field_name)));
        }
        match modifier {
            Some(Modifier::Length) if holds_items(field) => return Ok(cursor.value(json_length, &field.name)),
            Some(Modifier::Each) if holds_items(field) => return Ok(self.items(cursor, field)),
            _ => {}
        }
        let mut guards = Vec::new();
        // Only addresses that were made public can be filtered by, even one's own.
        if cursor.client && field.name == "email" && cursor.collection.is_auth() {
            let public = |alias: &str| Fragment::from(format!("{} = TRUE", column(alias, "emailVisibility")));
            guards.push(public(&cursor.alias));
            cursor.many.guards.push(public(&cursor.many_alias));
        }
        let related = cursor.related.take();
        let operand = if field.kind.as_type().is_any_json() {
            Operand { exact: true, ..cursor.value(|column| json_value(column, ""), &field.name) }
        } else {
            let related = related.filter(|_| modifier.is_none());
            let related = related.map(|(table, ids)| Related { table, ids, field: field.name.clone() });
            Operand { related, ..cursor.value(str::to_owned, &field.name) }
        };
        let operand = Operand { guards, ..operand };
        Ok(if modifier == Some(Modifier::Lower) { operand.lowered() } else { operand })
    }

    /// `field:each`: one row an item.
    fn items(&mut self, mut cursor: Cursor<'a>, field: &Field) -> Operand {
        cursor.is_many |= is_multiple(field);
        let alias = format!("{}.{}", cursor.path, field.name);
        let value = each(&mut self.joins, &column(&cursor.alias, &field.name), &alias);
        let many_alias = format!("{}.{}", cursor.many_alias, field.name);
        let many_value = each(&mut cursor.many.joins, &column(&cursor.many_alias, &field.name), &many_alias);
        let mut operand = Operand::column(value);
        operand.many = cursor.is_many.then(|| Many { value: many_value.into(), ..cursor.many });
        operand
    }
}

/// Joins the items of a column and names the item of the joined row.
fn each(joins: &mut Joins, column_sql: &str, alias: &str) -> String {
    let alias = format!("{alias}[]");
    let value = column(&alias, "value");
    let table = format!("json_each({})", json_array(column_sql)).into();
    joins.add(Join { table, alias, on: None, fans_out: true });
    value
}

pub(super) fn is_multiple(field: &Field) -> bool {
    field.kind.as_type().is_multiple()
}

/// Whether the field's type can hold several items, whatever its limit.
pub(super) fn holds_items(field: &Field) -> bool {
    field.kind.as_type().holds_items()
}

/// Splits at the last `_via_` that leaves a name on both sides.
fn split_back_relation(segment: &str) -> Option<(&str, &str)> {
    let is_word =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    segment.rsplit_once("_via_").filter(|(source, field)| is_word(source) && is_word(field))
}

/// `a.0.b` as `.a[0].b`. Only word characters are kept, so the path can be written into the SQL text.
fn json_path(segments: &[&str]) -> String {
    let mut path = String::new();
    for segment in segments {
        let key: String = segment.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        if segment.parse::<i64>().is_ok() {
            path.push_str(&format!("[{key}]"));
        } else {
            path.push_str(&format!(".{key}"));
        }
    }
    path
}

//! The statements that bring one table from a former state of its collection to a new one (spec 01 §4.3).

use super::sql::{multiple_to_single, single_to_multiple};
use crate::schema::ddl::quote;
use crate::schema::index::Index;
use crate::schema::view::mentions;
use crate::schema::{Collection, Field};

/// What has to happen to a table, in the order of the members.
#[derive(Debug, Default)]
pub struct TableSync {
    pub drop_indexes: Vec<String>,
    pub alter: Vec<Alteration>,
    /// Columns that change between one value and many. No view may stand while these run.
    pub convert: Vec<String>,
    pub create_indexes: Vec<Index>,
    /// Columns were dropped, renamed or converted: views over the table cannot stand meanwhile.
    pub breaks_views: bool,
}

/// One `ALTER TABLE`, and what is to be said when it fails.
#[derive(Debug, PartialEq, Eq)]
pub struct Alteration {
    pub sql: String,
    pub failure: String,
}

/// `old` and `new` are the same collection; the table already has its new name.
pub fn sync(old: &Collection, new: &Collection) -> TableSync {
    let mut sync = TableSync::default();
    let table = quote(&new.name);
    let alter = |text: String| format!("ALTER TABLE {table} {text};");
    let dropped: Vec<&Field> = old.fields.iter().filter(|field| new.field_by_id(&field.id).is_none()).collect();
    let kept: Vec<(&Field, &Field)> =
        new.fields.iter().filter_map(|field| Some((old.field_by_id(&field.id)?, field))).collect();
    let renamed: Vec<(&Field, &Field)> = kept.iter().copied().filter(|(from, to)| from.name != to.name).collect();
    let converted: Vec<(&Field, &Field)> =
        kept.iter().copied().filter(|(from, to)| column(from) != column(to)).collect();

    sync.alter.extend(dropped.iter().map(|field| Alteration {
        sql: alter(format!("DROP COLUMN {}", quote(&field.name))),
        failure: format!("failed to drop column {}", field.name),
    }));
    rename_columns(old, &dropped, &renamed, &alter, &mut sync.alter);
    for field in new.fields.iter().filter(|field| old.field_by_id(&field.id).is_none()) {
        sync.alter.push(Alteration {
            sql: alter(format!("ADD COLUMN {} {}", quote(&field.name), column(field))),
            failure: format!("failed to add column {}", field.name),
        });
    }
    let is_field = |name: &str| old.fields.iter().chain(&new.fields).any(|field| field.name.eq_ignore_ascii_case(name));
    for (_, to) in &converted {
        let (name, fresh) = (quote(&to.name), quote(&unused(format!("_{}_new", to.name), &is_field)));
        let value = if to.kind.as_type().is_multiple() { single_to_multiple(&name) } else { multiple_to_single(&name) };
        sync.convert.push(alter(format!("ADD COLUMN {fresh} {}", column(to))));
        sync.convert.push(format!("UPDATE {table} SET {fresh} = {value};"));
        sync.convert.push(alter(format!("DROP COLUMN {name}")));
        sync.convert.push(alter(format!("RENAME COLUMN {fresh} TO {name}")));
    }
    sync.breaks_views = !dropped.is_empty() || !renamed.is_empty() || !converted.is_empty();

    let touched: Vec<&str> = dropped
        .iter()
        .chain(renamed.iter().chain(&converted).map(|(from, _)| from))
        .map(|field| field.name.as_str())
        .collect();
    sync_indexes(old, new, &touched, &mut sync);
    sync
}

fn column(field: &Field) -> &'static str {
    field.kind.as_type().column()
}

/// When a new name is still in use, as when two fields swap names, all go through temporary names.
fn rename_columns(
    old: &Collection,
    dropped: &[&Field],
    renamed: &[(&Field, &Field)],
    alter: &dyn Fn(String) -> String,
    alterations: &mut Vec<Alteration>,
) {
    let in_use = |name: &str| {
        old.fields.iter().any(|field| field.name.eq_ignore_ascii_case(name))
            && !dropped.iter().any(|field| field.name.eq_ignore_ascii_case(name))
    };
    let names: Vec<(&str, &str)> = renamed.iter().map(|(from, to)| (from.name.as_str(), to.name.as_str())).collect();
    let clash = names.iter().any(|(_, to)| in_use(to));
    let is_field = |name: &str| {
        old.fields
            .iter()
            .map(|field| field.name.as_str())
            .chain(names.iter().map(|(_, to)| *to))
            .any(|other| other.eq_ignore_ascii_case(name))
    };
    for (from, to) in rename_steps(&names, clash, &is_field) {
        alterations.push(Alteration {
            sql: alter(format!("RENAME COLUMN {} TO {}", quote(&from), quote(&to))),
            failure: format!("failed to rename column {from}"),
        });
    }
}

/// The renames one by one; with a clash first all away, to names that are not `taken`, then all to their new names.
pub fn rename_steps(names: &[(&str, &str)], clash: bool, taken: &dyn Fn(&str) -> bool) -> Vec<(String, String)> {
    let temporary = |name: &str| unused(format!("_{name}_renamed"), taken);
    if !clash {
        return names.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
    }
    let away = names.iter().map(|(from, _)| ((*from).to_owned(), temporary(from)));
    away.chain(names.iter().map(|(from, to)| (temporary(from), (*to).to_owned()))).collect()
}

/// The name, longer where it is `taken`.
fn unused(mut name: String, taken: &dyn Fn(&str) -> bool) -> String {
    while taken(&name) {
        name.push('_');
    }
    name
}

fn sync_indexes(old: &Collection, new: &Collection, touched: &[&str], sync: &mut TableSync) {
    let parse = |texts: &[String]| -> Vec<Index> {
        let indexes = texts.iter().filter_map(|text| Index::parse(text));
        indexes.map(|index| Index { table: new.name.clone(), ..index }).collect()
    };
    let uses_touched = |index: &Index| {
        let sql = index.build();
        touched.iter().any(|column| mentions(&sql[sql.find('(').unwrap_or(0)..], column))
    };
    let (before, after) = (parse(&old.indexes), parse(&new.indexes));
    let stays = |index: &Index| before.contains(index) && after.contains(index) && !uses_touched(index);
    for index in before.iter().filter(|index| !stays(index)) {
        sync.drop_indexes.push(format!("DROP INDEX IF EXISTS {};", quote(&index.name)));
    }
    for index in after.iter().filter(|index| !stays(index)) {
        sync.create_indexes.push(index.clone());
    }
}

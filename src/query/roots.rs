//! Identifiers: which exist at all, and the virtual roots `@collection` and `@request` (spec 02 §3.1 and §3.4).

use super::compare::condition;
use super::compiler::{Compiler, Scope};
use super::error::quoted;
use super::joins::Join;
use super::modifiers::{Modifier, split_modifier};
use super::operand::{Fill, Many, Operand};
use super::paths::{Cursor, holds_items, is_multiple};
use super::request::{Input, Probe, Shape};
use super::sql::{Fragment, Param, column, name};
use super::tokens::{Comparison, Sign};
use crate::schema::fields::{Cast, RelationField};
use crate::schema::{Field, FieldKind};

impl<'a> Compiler<'a> {
    /// Resolves an identifier that is no macro.
    pub fn identifier(&mut self, scope: &Scope<'a>, identifier: &str) -> Result<Operand, String> {
        if !is_resolvable(identifier) {
            return Err(format!("failed to resolve field {}", quoted(identifier)));
        }
        let segments: Vec<&str> = identifier.split('.').collect();
        // In longer paths it is part of a JSON key.
        if scope.plain && (segments[0].starts_with('@') || (segments.len() == 1 && identifier.contains(':'))) {
            return Err(format!("unknown field {}", quoted(identifier)));
        }
        match segments[0] {
            "@collection" => self.collection_path(scope, identifier, &segments[1..]),
            "@request" => self.request_path(scope, &segments[1..]),
            _ => self.walk(Cursor::new(scope), &segments),
        }
    }

    /// `@collection.name[:alias].field`: every row of another collection.
    fn collection_path(&mut self, scope: &Scope<'a>, identifier: &str, path: &[&str]) -> Result<Operand, String> {
        let (reference, fields) = path.split_first().expect("resolvable identifiers name a collection");
        let (collection_name, row) = reference.split_once(':').unwrap_or((reference, ""));
        let collection = self.collection(collection_name).ok_or_else(|| {
            format!("failed to load collection {} from field path {}", quoted(reference), quoted(identifier))
        })?;
        let alias = format!("@collection.{}:{row}{}", collection.name, scope.suffix);
        let many_alias = format!("__mm_{alias}");
        let mut cursor = Cursor::new(scope);
        // Hidden fields and rules of the collection do not matter: only rules and superusers get here.
        cursor.client = false;
        cursor.is_many = true;
        for (joins, alias) in [(&mut self.joins, &alias), (&mut cursor.many.joins, &many_alias)] {
            let table = name(&collection.name).into();
            joins.add(Join { table, alias: alias.clone(), on: None, fans_out: true });
        }
        cursor.enter(collection, alias, many_alias);
        self.walk(cursor, fields)
    }

    fn request_path(&mut self, scope: &Scope<'a>, path: &[&str]) -> Result<Operand, String> {
        match path {
            ["auth", "id" | "collectionId" | "collectionName" | "email" | "emailVisibility" | "verified"] => {
                self.request_value(scope, path)
            }
            ["auth", fields @ ..] => self.auth_path(scope, fields),
            ["body", field, rest @ ..] => {
                let (field_name, modifier) = split_modifier(field)?;
                match scope.collection.field(field_name) {
                    Some(field) => self.body_path(scope, path, field, modifier, rest),
                    None => self.request_value(scope, path),
                }
            }
            _ => self.request_value(scope, path),
        }
    }

    /// A field of the authenticated record that the request does not carry itself.
    fn auth_path(&mut self, scope: &Scope<'a>, fields: &[&str]) -> Result<Operand, String> {
        let Shape::Collection(Some(id)) = self.inputs.ask(Probe::AuthCollection) else { return Ok(Operand::null()) };
        let Some(collection) = self.collection(&id) else { return Ok(Operand::null()) };
        let auth_id = Input::Value { path: vec!["auth".into(), "id".into()], cast: Cast::None };
        let alias = format!("__auth_{}{}", collection.name, scope.suffix);
        let many_alias = format!("__mm_{alias}");
        let mut cursor = Cursor::new(scope);
        (cursor.client, cursor.nullable) = (false, true);
        for (joins, alias) in [(&mut self.joins, &alias), (&mut cursor.many.joins, &many_alias)] {
            let mut on = Fragment::from(column(alias, "id"));
            on.push(" = ").append(&Fragment::param(Param::Input(auth_id.clone())));
            let table = name(&collection.name).into();
            joins.add(Join { table, alias: alias.clone(), on: Some(on), fans_out: collection.is_view() });
        }
        cursor.enter(collection, alias, many_alias);
        self.walk(cursor, fields)
    }

    /// `@request.body.field…` of a field of the collection.
    fn body_path(
        &mut self,
        scope: &Scope<'a>,
        path: &[&str],
        field: &Field,
        modifier: Option<Modifier>,
        rest: &[&str],
    ) -> Result<Operand, String> {
        if let FieldKind::Relation(relation) = &field.kind
            && !rest.is_empty()
        {
            return self.body_relation(scope, field, relation, rest);
        }
        let items = || {
            let refused = || format!("field {} doesn't support multivalue operations", quoted(&field.name));
            if holds_items(field) { Ok(field.name.clone()) } else { Err(refused()) }
        };
        match modifier {
            Some(Modifier::Each) if rest.is_empty() => Ok(self.body_items(scope, field, items()?)),
            Some(Modifier::Length) if rest.is_empty() => {
                let count = Operand::input(Input::BodyCount { field: items()? }, self.inputs);
                Ok(Operand { bound: false, ..count })
            }
            // A file is no text.
            Some(Modifier::Lower) if rest.is_empty() && self.is_uploaded(field) => {
                Ok(Operand::literal(Param::Text(String::new())).lowered())
            }
            Some(Modifier::Lower) if rest.is_empty() => {
                let text = Input::BodyText { field: field.name.clone(), cast: field.kind.as_type().cast() };
                Ok(Operand::input(text, self.inputs).lowered())
            }
            Some(Modifier::Changed) if rest.is_empty() => self.body_changed(scope, field),
            _ => self.request_value(scope, path),
        }
    }

    /// `@request.body.relation.field`: the records that the submitted ids point to.
    fn body_relation(
        &mut self,
        scope: &Scope<'a>,
        field: &Field,
        relation: &RelationField,
        fields: &[&str],
    ) -> Result<Operand, String> {
        let collection = self.collection(&relation.collection_id).ok_or_else(|| {
            let (id, field) = (quoted(&relation.collection_id), quoted(&field.name));
            format!("failed to load collection {id} from data field {field}")
        })?;
        let ids = Input::BodyIds { field: field.name.clone() };
        if self.inputs.ask(Probe::Value(ids.clone())) == Shape::Null {
            return Ok(Operand::null());
        }
        let alias = format!("__data_{}_{}{}", collection.name, field.name, scope.suffix);
        let many_alias = format!("__mm_{alias}");
        let mut cursor = Cursor::new(scope);
        (cursor.client, cursor.nullable) = (false, true);
        cursor.is_many = is_multiple(field);
        for (joins, alias) in [(&mut self.joins, &alias), (&mut cursor.many.joins, &many_alias)] {
            let mut on = Fragment::from(column(alias, "id"));
            let ids = Fragment::param(Param::Input(ids.clone()));
            on.append(&ids.between(" IN (SELECT `value` FROM json_each(", "))"));
            let table = name(&collection.name).into();
            joins.add(Join { table, alias: alias.clone(), on: Some(on), fans_out: true });
        }
        cursor.enter(collection, alias, many_alias);
        self.walk(cursor, fields)
    }

    /// `@request.body.field:each`: one row a submitted item.
    fn body_items(&mut self, scope: &Scope<'a>, field: &Field, items: String) -> Operand {
        let table = Fragment::param(Param::Input(Input::BodyItems { field: items })).between("json_each(", ")");
        let alias = format!("__dataEach_{}{}", field.name, scope.suffix);
        let many_alias = format!("__mm_{alias}");
        let mut many = Cursor::new(scope).many;
        for (joins, alias) in [(&mut self.joins, &alias), (&mut many.joins, &many_alias)] {
            joins.add(Join { table: table.clone(), alias: alias.clone(), on: None, fans_out: true });
        }
        let mut operand = Operand::column(column(&alias, "value")).filled(Fill::Filled);
        operand.many = is_multiple(field).then(|| Many { value: column(&many_alias, "value").into(), ..many });
        operand
    }

    /// `@request.body.field:changed`: submitted, and not what is stored. A file that comes is none that is there.
    fn body_changed(&mut self, scope: &Scope<'a>, field: &Field) -> Result<Operand, String> {
        if self.is_uploaded(field) {
            return Ok(Operand { exact: true, ..Operand::column("(TRUE)") });
        }
        let sign = |comparison| Sign { comparison, any: false };
        let path = ["body", field.name.as_str()];
        let set = self.is_set(&path);
        let submitted = self.request_value(scope, &path)?;
        let stored = self.walk(Cursor::new(scope), &[&field.name])?;
        let mut changed = condition(&set, sign(Comparison::Equal), &Operand::flag(true));
        changed.push(" AND ").append(&condition(&submitted, sign(Comparison::NotEqual), &stored));
        Ok(Operand { exact: true, ..Operand::column(changed.between("(", ")")) })
    }

    fn is_uploaded(&self, field: &Field) -> bool {
        self.inputs.ask(Probe::IsUploaded(field.name.clone())) == Shape::IsSet(true)
    }

    fn is_set(&self, path: &[&str]) -> Operand {
        let path = path.iter().map(|&key| key.to_owned()).collect();
        Operand::flag(self.inputs.ask(Probe::IsSet(path)) == Shape::IsSet(true))
    }

    /// A value that the request carries itself.
    fn request_value(&mut self, scope: &Scope<'a>, path: &[&str]) -> Result<Operand, String> {
        let (last, parents) = path.split_last().expect("resolvable identifiers name a value");
        let (key, modifier) = split_modifier(last)?;
        let mut path = parents.to_vec();
        path.push(key);
        let cast = match scope.collection.field(key) {
            Some(field) if parents == ["body"] => field.kind.as_type().cast(),
            Some(field) if field.kind.as_type().cast() == Cast::Number => Cast::Number,
            _ => Cast::None,
        };
        match modifier {
            Some(Modifier::IsSet) => return Ok(self.is_set(&path)),
            Some(Modifier::Each | Modifier::Length | Modifier::Changed) => {
                return Err(format!("invalid modifier sequence {last}"));
            }
            Some(Modifier::Lower) | None => {}
        }
        let path = path.into_iter().map(str::to_owned).collect();
        let operand = Operand::input(Input::Value { path, cast }, self.inputs);
        // LOWER(NULL) would no longer be known to be empty.
        let lower = modifier == Some(Modifier::Lower) && operand.bound;
        Ok(if lower { operand.lowered() } else { operand })
    }
}

/// Whether the shape of an identifier can stand for anything.
fn is_resolvable(identifier: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_path = |text: &str| text.bytes().all(|byte| is_word(byte) || matches!(byte, b'.' | b':'));
    let ends_in_word = |text: &str| is_path(text) && text.bytes().last().is_some_and(is_word);
    let is_name = |text: &str| !text.is_empty() && text.bytes().all(is_word);
    if let Some(path) = identifier.strip_prefix("@request.") {
        return match path.split_once('.') {
            None => matches!(path, "context" | "method"),
            Some((root, rest)) => matches!(root, "auth" | "body" | "query" | "headers") && ends_in_word(rest),
        };
    }
    if let Some(path) = identifier.strip_prefix("@collection.") {
        return path.split_once('.').is_some_and(|(reference, rest)| {
            let (collection, row) =
                reference.split_once(':').map_or((reference, None), |(name, row)| (name, Some(row)));
            is_name(collection) && row.is_none_or(is_name) && ends_in_word(rest)
        });
    }
    identifier.bytes().next().is_some_and(is_word) && is_path(identifier)
}

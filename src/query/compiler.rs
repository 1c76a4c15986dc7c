//! Texts to conditions: what all parts of one query share while it is compiled.

use super::compare::condition;
use super::error::{QueryError, quoted};
use super::joins::Joins;
use super::macros::Macro;
use super::operand::Operand;
use super::request::Inputs;
use super::sql::{Fragment, Param, column, name};
use super::tokens::{Join, Token};
use super::tree::{Item, Node, parse};
use crate::schema::{Catalog, Collection};
use std::collections::{HashMap, HashSet};

/// Where the plain fields of a text are found.
pub(super) struct Scope<'a> {
    pub collection: &'a Collection,
    /// Quoted name of the table behind `alias`.
    pub table: String,
    pub alias: String,
    /// Start of the aliases of everything joined from here.
    pub path: String,
    /// End of the aliases of everything joined from a virtual root (`@collection`, `@request`).
    pub suffix: String,
    /// A text of a client who is no superuser: hidden fields and rules of other collections apply (spec 02 §4.7).
    pub client: bool,
    /// The row does not exist yet, so nothing can point to it.
    pub candidate: bool,
    /// The rows are no records, see [`super::Parts::plain`].
    pub plain: bool,
}

impl<'a> Scope<'a> {
    /// The rows of a collection, under its own name.
    pub fn rows(collection: &'a Collection, client: bool) -> Self {
        Self {
            collection,
            table: name(&collection.name),
            alias: collection.name.clone(),
            path: collection.name.clone(),
            suffix: String::new(),
            client,
            candidate: false,
            plain: false,
        }
    }
}

pub(super) struct Compiler<'a> {
    pub catalog: &'a Catalog,
    /// Stands in for the catalog's version of the same collection.
    pub given: Option<&'a Collection>,
    pub inputs: &'a Inputs<'a>,
    pub joins: Joins,
    /// Conditions on joined rows that hold for the whole query.
    pub guards: Vec<Fragment>,
    /// List rules that were compiled already, by the alias they are about.
    list_rules: HashMap<String, Option<(Fragment, Joins)>>,
    guarded: HashSet<String>,
}

impl<'a> Compiler<'a> {
    pub fn new(catalog: &'a Catalog, given: Option<&'a Collection>, inputs: &'a Inputs<'a>) -> Self {
        Self {
            catalog,
            given,
            inputs,
            joins: Joins::default(),
            guards: Vec::new(),
            list_rules: HashMap::new(),
            guarded: HashSet::new(),
        }
    }

    /// A collection by id or name.
    pub fn collection(&self, id_or_name: &str) -> Option<&'a Collection> {
        let given = self.given.filter(|given| {
            given.name.eq_ignore_ascii_case(id_or_name) || (!given.id.is_empty() && given.id == id_or_name)
        });
        given.or_else(|| {
            let found = self.catalog.get(id_or_name)?;
            let same = self.given.filter(|given| !given.id.is_empty() && given.id == found.id);
            Some(same.unwrap_or(found))
        })
    }

    /// The condition of a rule or filter.
    pub fn filter(&mut self, scope: &Scope<'a>, text: &str) -> Result<Fragment, QueryError> {
        let tree = parse(text)?;
        let condition = self.list(scope, &tree.items)?;
        if tree.overflows {
            return Err(QueryError::invalid("max filter expressions limit reached"));
        }
        Ok(condition)
    }

    /// Recurses only as deep as a tree can be, see [`super::tree::Tree`].
    fn list(&mut self, scope: &Scope<'a>, items: &[Item]) -> Result<Fragment, QueryError> {
        let mut out = Fragment::default();
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                // No precedence of our own: SQL's AND binds tighter than its OR.
                out.push(if item.join == Join::Or { " OR " } else { " AND " });
            }
            out.append(&match &item.node {
                Node::Group(items) => self.list(scope, items)?,
                Node::Comparison { left, sign, right } => {
                    let left = self.side(scope, left, "left")?;
                    let right = self.side(scope, right, "right")?;
                    condition(&left, *sign, &right)
                }
            });
        }
        Ok(if items.len() > 1 { out.between("(", ")") } else { out })
    }

    fn side(&mut self, scope: &Scope<'a>, token: &Token, side: &str) -> Result<Operand, QueryError> {
        self.operand(scope, token).map_err(|reason| {
            QueryError::invalid(format!("invalid {side} operand {} - {reason}", quoted(&token.literal())))
        })
    }

    /// Resolves a token; the error is the part of the message after the operand.
    pub fn operand(&mut self, scope: &Scope<'a>, token: &Token) -> Result<Operand, String> {
        match token {
            Token::Text(text) => Ok(Operand::literal(Param::Text(text.clone()))),
            // Digits and a point at most, so only the size can be extraordinary, and then it is infinite.
            Token::Number(digits) => Ok(Operand::literal(Param::Number(digits.parse().unwrap_or_default()))),
            Token::Identifier(identifier) => match Macro::named(identifier) {
                Some(name) => Ok(Operand::literal(Param::Macro(name))),
                None => self.identifier(scope, identifier).or_else(|error| Operand::keyword(identifier).ok_or(error)),
            },
            Token::Function { name, arguments } => self.function(scope, name, arguments),
            Token::Sign(_) | Token::Join(_) | Token::Group { .. } => Err("unresolvable token type".into()),
        }
    }

    /// Lets a client see only those joined rows that the list rule of their collection lets through.
    pub fn guard_join(&mut self, collection: &'a Collection, alias: &str) -> Result<(), String> {
        if !self.guarded.contains(alias) {
            if let Some((guard, joins)) = self.list_rule(collection, alias)? {
                self.joins.extend(joins);
                self.guards.push(guard);
            }
            self.guarded.insert(alias.to_owned());
        }
        Ok(())
    }

    /// The list rule of a joined collection as a condition on one of its aliases, with the joins that it needs: rows of
    /// its own, so that it never shares one with the filter.
    pub fn list_rule(&mut self, collection: &'a Collection, alias: &str) -> Result<Option<(Fragment, Joins)>, String> {
        if let Some(known) = self.list_rules.get(alias) {
            return Ok(known.clone());
        }
        let compiled = match collection.rules.list.as_deref() {
            None => return Err(format!("only superusers can filter by {}", quoted(&collection.name))),
            Some("") => None,
            Some(rule) => Some(self.nested_rule(collection, alias, rule)?),
        };
        self.list_rules.insert(alias.to_owned(), compiled.clone());
        Ok(compiled)
    }

    fn nested_rule(
        &mut self,
        collection: &'a Collection,
        alias: &str,
        rule: &str,
    ) -> Result<(Fragment, Joins), String> {
        let suffix = format!("~{}", self.list_rules.len());
        let scope = Scope {
            alias: alias.to_owned(),
            path: format!("{alias}{suffix}"),
            suffix,
            ..Scope::rows(collection, false)
        };
        let outer = std::mem::take(&mut self.joins);
        let condition = self.filter(&scope, rule);
        let joins = std::mem::replace(&mut self.joins, outer);
        let condition = condition.map_err(|error| error.to_string())?;
        let id = column(alias, "id");
        Ok((condition.between(&format!("({id} = '' OR {id} IS NULL OR "), ")"), joins))
    }
}

//! One side of a comparison, resolved.

use super::joins::Joins;
use super::request::{Input, Inputs, Probe, Shape};
use super::sql::{Fragment, Param, name};

/// What is known of a value before the query runs; it decides how emptiness is compared (spec 02 §4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fill {
    Empty,
    Filled,
    Unknown,
}

#[derive(Clone, Debug)]
pub(super) struct Operand {
    pub sql: Fragment,
    pub fill: Fill,
    /// The same where all values of the other side are compared: calls count as their arguments there.
    pub fill_beside_many: Fill,
    /// Compared with `IS`: NULL and the empty text differ.
    pub exact: bool,
    /// A pattern is made of the bound values instead of the SQL value.
    pub bound: bool,
    /// All values of a multi-valued path.
    pub many: Option<Many>,
    /// Conditions that the comparison needs to be allowed at all.
    pub guards: Vec<Fragment>,
    /// A constant such as NULL or TRUE, which cannot be sorted by.
    pub constant: bool,
    /// For a field of the records that a relation of the row leads to.
    pub related: Option<Related>,
}

/// A field one relation away, as it is found without the join.
#[derive(Clone, Debug)]
pub(super) struct Related {
    /// The column that holds the id or the array of ids.
    pub ids: String,
    /// Quoted table of the other records.
    pub table: String,
    pub field: String,
}

/// The sub-query that lists every value of a multi-valued path.
#[derive(Clone, Debug)]
pub(super) struct Many {
    /// Quoted table of the row that the path starts from.
    pub table: String,
    /// Its alias in the sub-query.
    pub alias: String,
    /// The alias of the same row outside.
    pub outer_alias: String,
    pub joins: Joins,
    pub value: Fragment,
    /// What the client must be allowed to see for a value to count.
    pub guards: Vec<Fragment>,
}

impl Operand {
    pub fn column(sql: impl Into<Fragment>) -> Self {
        Self {
            sql: sql.into(),
            fill: Fill::Unknown,
            fill_beside_many: Fill::Unknown,
            exact: false,
            bound: false,
            many: None,
            guards: Vec::new(),
            constant: false,
            related: None,
        }
    }

    pub fn filled(self, fill: Fill) -> Self {
        Self { fill, fill_beside_many: fill, ..self }
    }

    fn inline(sql: &str, fill: Fill) -> Self {
        Self { constant: true, ..Self::column(sql).filled(fill) }
    }

    pub fn null() -> Self {
        Self::inline("NULL", Fill::Empty)
    }

    /// `true`, `false` and `null` in any letter case.
    pub fn keyword(identifier: &str) -> Option<Self> {
        match identifier.to_ascii_lowercase().as_str() {
            "null" => Some(Self::null()),
            "true" => Some(Self::inline("1", Fill::Filled)),
            "false" => Some(Self::inline("0", Fill::Filled)),
            _ => None,
        }
    }

    pub fn flag(value: bool) -> Self {
        Self::inline(if value { "TRUE" } else { "FALSE" }, Fill::Filled)
    }

    /// A bound literal or macro.
    pub fn literal(param: Param) -> Self {
        let fill = match &param {
            Param::Text(text) if text.is_empty() => Fill::Empty,
            _ => Fill::Filled,
        };
        Self { bound: true, constant: true, ..Self::column(Fragment::param(param)).filled(fill) }
    }

    /// A bound value of the request.
    pub fn input(input: Input, inputs: &Inputs) -> Self {
        let fill = match inputs.ask(Probe::Value(input.clone())) {
            Shape::Null => return Self::null(),
            Shape::Empty => Fill::Empty,
            Shape::Unknown => Fill::Unknown,
            _ => Fill::Filled,
        };
        Self { bound: true, constant: true, ..Self::column(Fragment::param(Param::Input(input))).filled(fill) }
    }

    pub fn lowered(mut self) -> Self {
        self.sql = self.sql.between("LOWER(", ")");
        if let Some(many) = &mut self.many {
            many.value = std::mem::take(&mut many.value).between("LOWER(", ")");
        }
        self
    }
}

impl Many {
    /// `SELECT … AS multiMatchValue FROM …`: one row a value.
    pub fn select(&self) -> Fragment {
        let mut select = Fragment::from("SELECT ");
        let alias = name(&self.alias);
        select.append(&self.value).push(&format!(" AS multiMatchValue FROM {} {alias}", self.table));
        self.joins.write(&mut select);
        select.push(&format!(" WHERE {alias}.`id` = {}.`id`", name(&self.outer_alias)));
        for guard in &self.guards {
            select.push(" AND ").append(guard);
        }
        select
    }
}

//! The tables that a query joins, one for every distinct path.

use super::sql::{Fragment, name};

#[derive(Clone, Debug)]
pub(super) struct Join {
    /// A quoted table name or a table-valued function.
    pub table: Fragment,
    pub alias: String,
    pub on: Option<Fragment>,
    /// Whether one row may meet several; if none does, the query needs no DISTINCT.
    pub fans_out: bool,
}

/// Joins in the order in which paths asked for them. Paths that share an alias share the joined row.
#[derive(Clone, Debug, Default)]
pub(super) struct Joins(Vec<Join>);

impl Joins {
    pub fn add(&mut self, join: Join) {
        if !self.0.iter().any(|known| known.alias == join.alias) {
            self.0.push(join);
        }
    }

    pub fn extend(&mut self, joins: Joins) {
        joins.0.into_iter().for_each(|join| self.add(join));
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn fan_out(&self) -> bool {
        self.0.iter().any(|join| join.fans_out)
    }

    pub fn write(&self, out: &mut Fragment) {
        for join in &self.0 {
            out.push(" LEFT JOIN ").append(&join.table).push(&format!(" {}", name(&join.alias)));
            if let Some(on) = &join.on {
                out.push(" ON ").append(on);
            }
        }
    }
}

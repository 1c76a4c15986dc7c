//! Two operands and an operator to a condition (spec 02 §4.2 to §4.6).

use super::operand::{Fill, Many, Operand, Related};
use super::sql::{Fragment, Param, column};
use super::tokens::{Comparison, Sign};
use crate::db::{LOOK_UP, MAY_REACH};

/// The whole condition, with all values of multi-valued operands and what the client must be allowed to see.
pub(super) fn condition(left: &Operand, sign: Sign, right: &Operand) -> Fragment {
    let mut condition = compare(left, sign.comparison, right);
    if let Some(mut first) = related_first(left, sign.comparison, right) {
        first.push(" AND ").append(&condition);
        condition = first.between("(", ")");
    }
    if !sign.any
        && let Some(all) = none_fails(left, sign.comparison, right)
    {
        condition.push(" AND ").append(&all);
        condition = condition.between("(", ")");
    }
    for guard in left.guards.iter().chain(&right.guards) {
        condition.push(" AND ").append(guard);
        condition = condition.between("(", ")");
    }
    condition
}

/// What holds wherever the comparison does, and is told by the row alone: that a record it points to satisfies the
/// comparison. SQLite asks it before it joins.
fn related_first(left: &Operand, comparison: Comparison, right: &Operand) -> Option<Fragment> {
    let Related { ids, table, field } = left.related.as_ref()?;
    // A record that is missing satisfies none of these.
    let told = !matches!(comparison, Comparison::NotEqual | Comparison::NotLike);
    if !told || !right.bound || right.fill != Fill::Filled {
        return None;
    }
    let value = Operand { exact: left.exact, ..Operand::column(column("__to", field)) };
    let mut first = Fragment::from(format!(
        "coalesce({MAY_REACH}('', {ids}, (SELECT max(`_rowid_`) FROM {table})), \
         {LOOK_UP}({ids}, (SELECT json_group_array(`__to`.`id`) FROM {table} `__to` WHERE "
    ));
    first.append(&compare(&value, comparison, right)).push(")))");
    Some(first)
}

/// "No value makes the comparison false": neither true nor false (NULL) is fine.
fn none_fails(left: &Operand, comparison: Comparison, right: &Operand) -> Option<Fragment> {
    let listed = |many: &Many, alias: &str| {
        let mut list = many.select().between("(", ")");
        list.push(&format!(" {alias}"));
        list
    };
    let value = |alias: &str, exact: bool| Operand { exact, ..Operand::column(format!("{alias}.multiMatchValue")) };
    // The single side keeps its expression and what is known of it, but not its exactness.
    let single = |operand: &Operand| Operand { exact: false, fill: operand.fill_beside_many, ..operand.clone() };
    let (from, failing) = match (&left.many, &right.many) {
        (None, None) => return None,
        (Some(many), None) => {
            (listed(many, "`__sm`"), compare(&value("`__sm`", left.exact), comparison, &single(right)))
        }
        (None, Some(many)) => {
            (listed(many, "`__sm`"), compare(&single(left), comparison, &value("`__sm`", right.exact)))
        }
        (Some(left_many), Some(right_many)) => {
            let mut from = listed(left_many, "`__sml`");
            from.push(" LEFT JOIN ").append(&listed(right_many, "`__smr`"));
            (from, compare(&value("`__sml`", left.exact), comparison, &value("`__smr`", right.exact)))
        }
    };
    let mut all = Fragment::from("NOT EXISTS (SELECT 1 FROM ");
    all.append(&from).push(" WHERE NOT (").append(&failing).push("))");
    Some(all)
}

/// The comparison of two values of one row.
fn compare(left: &Operand, comparison: Comparison, right: &Operand) -> Fragment {
    match comparison {
        Comparison::Equal => equality(left, right, &EQUAL),
        Comparison::NotEqual => equality(left, right, &NOT_EQUAL),
        Comparison::Like => like(left, "LIKE", right),
        Comparison::NotLike => like(left, "NOT LIKE", right),
        ordering => binary(&left.sql, ordering.symbol(), &right.sql),
    }
}

fn binary(left: &Fragment, operator: &str, right: &Fragment) -> Fragment {
    let mut out = left.clone();
    out.push(&format!(" {operator} ")).append(right);
    out
}

/// The words of an equality. `!=` is written `IS NOT`, since NULL differs from a value.
struct Equality {
    operator: &'static str,
    exact: &'static str,
    or: &'static str,
    null: &'static str,
}

const EQUAL: Equality = Equality { operator: "=", exact: "IS", or: "OR", null: "IS NULL" };
const NOT_EQUAL: Equality = Equality { operator: "IS NOT", exact: "IS NOT", or: "AND", null: "IS NOT NULL" };

/// For ordinary columns NULL and the empty text are the same; which columns can be which is known only from the other
/// side, and each form leaves SQLite an index where it can.
fn equality(left: &Operand, right: &Operand, words: &Equality) -> Fragment {
    let Equality { operator, exact, or, null } = words;
    if left.exact || right.exact {
        return binary(&left.sql, exact, &right.sql);
    }
    let empty = Fragment::from("''");
    match (left.fill, right.fill) {
        (Fill::Empty, Fill::Empty) => format!("'' {operator} ''").into(),
        (Fill::Filled, Fill::Empty) => binary(&left.sql, operator, &empty),
        (Fill::Empty, Fill::Filled) => binary(&empty, operator, &right.sql),
        (Fill::Filled, _) | (_, Fill::Filled) => binary(&left.sql, operator, &right.sql),
        (Fill::Empty, Fill::Unknown) => {
            let mut out = binary(&empty, operator, &right.sql);
            out.push(&format!(" {or} ")).append(&right.sql).push(&format!(" {null}"));
            out.between("(", ")")
        }
        (Fill::Unknown, Fill::Empty) => {
            let mut out = binary(&left.sql, operator, &empty);
            out.push(&format!(" {or} ")).append(&left.sql).push(&format!(" {null}"));
            out.between("(", ")")
        }
        (Fill::Unknown, Fill::Unknown) => {
            let coalesced = |sql: &Fragment| sql.clone().between("COALESCE(", ", '')");
            binary(&coalesced(&left.sql), operator, &coalesced(&right.sql))
        }
    }
}

/// Bound values become patterns; a column is looked for as it is.
fn like(left: &Operand, operator: &str, right: &Operand) -> Fragment {
    let pattern = if right.bound {
        let params = right.sql.params.iter().map(|param| Param::Like(Box::new(param.clone()))).collect();
        Fragment { text: right.sql.text.clone(), params }
    } else {
        right.sql.clone().between("('%' || ", " || '%')")
    };
    let mut out = binary(&left.sql, operator, &pattern);
    out.push(" ESCAPE '\\'");
    out
}

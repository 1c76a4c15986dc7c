//! The sort list (spec 02 §5).

use super::compiler::{Compiler, Scope};
use super::error::{QueryError, quoted};
use super::sql::{Fragment, column};

const MAX_FIELDS: usize = 8;
const MAX_FIELD_BYTES: usize = 255;

impl<'a> Compiler<'a> {
    /// The terms of ORDER BY. They never hold parameters.
    pub fn sort(&mut self, scope: &Scope<'a>, text: &str) -> Result<String, QueryError> {
        let fields: Vec<&str> = text.split(',').collect();
        if fields.len() > MAX_FIELDS {
            return Err(QueryError::invalid("max sort expressions limit reached"));
        }
        let terms: Result<Vec<String>, QueryError> =
            fields.into_iter().map(|field| self.sort_term(scope, field.trim())).collect();
        Ok(terms?.join(", "))
    }

    fn sort_term(&mut self, scope: &Scope<'a>, field: &str) -> Result<String, QueryError> {
        let (name, direction) = match field.strip_prefix('-') {
            Some(name) => (name, "DESC"),
            None => (field.strip_prefix('+').unwrap_or(field), "ASC"),
        };
        let invalid = || QueryError::invalid(format!("invalid sort field {}", quoted(name)));
        if field.len() > MAX_FIELD_BYTES {
            return Err(invalid());
        }
        match name {
            "@random" => return Ok("RANDOM()".into()),
            "@rowid" if !scope.collection.is_view() => {
                return Ok(format!("{} {direction}", column(&scope.alias, "_rowid_")));
            }
            _ => {}
        }
        let operand = self.identifier(scope, name).map_err(|_| invalid())?;
        // What is the same for every row orders nothing.
        if operand.constant || !operand.sql.params.is_empty() {
            return Err(invalid());
        }
        let value = operand.sql.text;
        // Its place would tell of what the client may not see.
        Ok(match Fragment::all(operand.guards) {
            Some(visible) if visible.params.is_empty() => {
                format!("CASE WHEN {} THEN {value} END {direction}", visible.text)
            }
            Some(_) => return Err(invalid()),
            None => format!("{value} {direction}"),
        })
    }
}

//! The functions of the filter language (spec 02 §2).

use super::compiler::{Compiler, Scope};
use super::error::quoted;
use super::operand::{Fill, Many, Operand};
use super::sql::Fragment;
use super::tokens::Token;

const MAX_STRFTIME_ARGUMENTS: usize = 10;

impl<'a> Compiler<'a> {
    pub fn function(&mut self, scope: &Scope<'a>, name: &str, arguments: &[Token]) -> Result<Operand, String> {
        match name {
            "geoDistance" => self.geo_distance(scope, arguments),
            "strftime" => self.strftime(scope, arguments),
            _ => Err(format!("unknown function {}", quoted(name))),
        }
    }

    /// `geoDistance(lonA, latA, lonB, latB)`: kilometres on a sphere.
    fn geo_distance(&mut self, scope: &Scope<'a>, arguments: &[Token]) -> Result<Operand, String> {
        if arguments.len() != 4 {
            return Err(format!("[geoDistance] expected 4 arguments, got {}", arguments.len()));
        }
        let mut guards = Vec::new();
        let mut bound = Vec::new();
        let mut sides = Vec::with_capacity(4);
        for (at, argument) in arguments.iter().enumerate() {
            if !matches!(argument, Token::Identifier(_) | Token::Number(_)) {
                return Err(format!("[geoDistance] argument {at} must be an identifier or number"));
            }
            let operand = self
                .operand(scope, argument)
                .map_err(|reason| format!("[geoDistance] failed to resolve argument {at}: {reason}"))?;
            guards.extend(operand.guards.iter().cloned());
            bound.extend(operand.bound.then_some(operand.fill));
            sides.push(operand.sql.between("radians(", ")"));
        }
        let [lon_a, lat_a, lon_b, lat_b] = &sides[..] else { unreachable!("there are four arguments") };
        let mut sql = Fragment::from("(6371 * acos(min(1, max(-1, cos(");
        sql.append(lat_a).push(")*cos(").append(lat_b).push(")*cos(").append(lon_b).push("-").append(lon_a);
        sql.push(") + sin(").append(lat_a).push(")*sin(").append(lat_b).push(")))))");
        Ok(Operand {
            exact: true,
            bound: !bound.is_empty(),
            fill_beside_many: arguments_fill(&bound),
            guards,
            ..Operand::column(sql)
        })
    }

    /// `strftime(format [, time [, modifier…]])`.
    fn strftime(&mut self, scope: &Scope<'a>, arguments: &[Token]) -> Result<Operand, String> {
        let Some((format, rest)) = arguments.split_first() else {
            return Err("[strftime] expected at least 1 arguments, got 0".into());
        };
        if arguments.len() > MAX_STRFTIME_ARGUMENTS {
            let count = arguments.len();
            return Err(format!("[strftime] too many arguments (max allowed {MAX_STRFTIME_ARGUMENTS}, got {count})"));
        }
        if !matches!(format, Token::Text(_)) {
            return Err("[strftime] expects the first argument to be a format string".into());
        }
        let format = self.operand(scope, format)?;
        let mut bound = vec![format.fill];
        let format = format.sql;
        let Some((time, modifiers)) = rest.split_first() else {
            let fill_beside_many = arguments_fill(&bound);
            return Ok(Operand { bound: true, fill_beside_many, ..Operand::column(call(&format, None, &[])) });
        };
        if !matches!(time, Token::Text(_) | Token::Identifier(_) | Token::Number(_)) {
            return Err("[strftime] expects the second argument to be of a valid time-value type".into());
        }
        let time = self
            .operand(scope, time)
            .map_err(|reason| format!("[strftime] failed to resolve time-value argument: {reason}"))?;
        bound.extend(time.bound.then_some(time.fill));
        let mut shifts = Vec::with_capacity(modifiers.len());
        for (at, modifier) in modifiers.iter().enumerate() {
            if !matches!(modifier, Token::Text(_)) {
                return Err(format!("[strftime] invalid modifier argument {at} - can be only string"));
            }
            let modifier = self.operand(scope, modifier)?;
            bound.push(modifier.fill);
            shifts.push(modifier.sql);
        }
        let mut operand = Operand::column(call(&format, Some(&time.sql), &shifts));
        operand.bound = true;
        operand.fill_beside_many = arguments_fill(&bound);
        operand.guards = time.guards;
        operand.many = time.many.map(|many| Many { value: call(&format, Some(&many.value), &shifts), ..many });
        Ok(operand)
    }
}

/// What the bound arguments tell of a call.
fn arguments_fill(bound: &[Fill]) -> Fill {
    match bound {
        [Fill::Empty] => Fill::Empty,
        [] => Fill::Unknown,
        fills if fills.contains(&Fill::Empty) => Fill::Unknown,
        _ => Fill::Filled,
    }
}

fn call(format: &Fragment, time: Option<&Fragment>, modifiers: &[Fragment]) -> Fragment {
    let mut sql = Fragment::from("strftime(");
    sql.append(format);
    for argument in time.into_iter().chain(modifiers) {
        sql.push(", ").append(argument);
    }
    sql.push(")");
    sql
}

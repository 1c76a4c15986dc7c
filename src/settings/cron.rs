//! Cron expressions, checked with the words of PocketBase.

const MACROS: [&str; 7] = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

/// Why an expression is no schedule; a blank one is none of its business.
pub fn check(expression: &str) -> Result<(), String> {
    if MACROS.contains(&expression) {
        return Ok(());
    }
    let segments: Vec<&str> = expression.split(' ').collect();
    if segments.len() != 5 {
        return Err(
            "invalid cron expression - must be a valid macro or to have exactly 5 space separated segments".into()
        );
    }
    let bounds = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)];
    segments
        .iter()
        .zip(bounds)
        .try_for_each(|(segment, (min, max))| segment.split(',').try_for_each(|part| check_part(part, min, max)))
}

/// `*`, `n`, `a-b`, each but the number with a step.
fn check_part(part: &str, min: i64, max: i64) -> Result<(), String> {
    let (range, step) = match part.split('/').collect::<Vec<_>>()[..] {
        [range] => (range, 1),
        [range, step] => (range, number(step)?),
        _ => return Err("invalid segment step format - must be in the format */n or 1-30/n".into()),
    };
    if !(1..=max).contains(&step) {
        return Err(format!("invalid segment step boundary - the step must be between 1 and the {max}"));
    }
    if range == "*" {
        return Ok(());
    }
    match range.split('-').collect::<Vec<_>>()[..] {
        [_] if step != 1 => {
            Err("invalid segment step - step > 1 could be used only with the wildcard or range format".into())
        }
        [only] if (min..=max).contains(&number(only)?) => Ok(()),
        [_] => Err("invalid segment value - must be between the min and max of the segment".into()),
        [from, to] => {
            let from = number(from)?;
            if !(min..=max).contains(&from) {
                return Err(format!("invalid segment range minimum - must be between {min} and {max}"));
            }
            if !(from..=max).contains(&number(to)?) {
                return Err(format!("invalid segment range maximum - must be between {from} and {max}"));
            }
            Ok(())
        }
        _ => Err("invalid segment range format - the range must have 1 or 2 parts".into()),
    }
}

fn number(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| format!("strconv.Atoi: parsing {text:?}: invalid syntax"))
}

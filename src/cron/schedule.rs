//! When a job is due: cron expressions, read and refused with the words of PocketBase.

use chrono::{DateTime, Datelike, Timelike, Utc};

/// The lowest and the highest value of minute, hour, day, month and weekday.
const BOUNDS: [(u32, u32); 5] = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)];

/// A cron expression of five fields, or a macro such as `@daily`. Day and weekday must both match.
#[derive(Clone, Debug)]
pub struct Schedule {
    expression: String,
    /// The values of each field, a bit for each.
    fields: [u64; 5],
}

impl Schedule {
    /// # Errors
    /// The expression is none, in PocketBase's words.
    pub fn parse(expression: &str) -> Result<Self, String> {
        let expression = match expression {
            "@yearly" | "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" | "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            fields => fields,
        };
        let segments: Vec<&str> = expression.split(' ').collect();
        if segments.len() != BOUNDS.len() {
            return Err(
                "invalid cron expression - must be a valid macro or to have exactly 5 space separated segments".into(),
            );
        }
        let mut fields = [0; 5];
        for ((field, segment), (min, max)) in fields.iter_mut().zip(segments).zip(BOUNDS) {
            for part in segment.split(',') {
                *field |= values(part, min, max)?;
            }
        }
        Ok(Self { expression: expression.to_owned(), fields })
    }

    /// The five fields.
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// Whether the minute of a moment is one of the schedule.
    pub fn matches(&self, moment: DateTime<Utc>) -> bool {
        let weekday = moment.weekday().num_days_from_sunday();
        let now = [moment.minute(), moment.hour(), moment.day(), moment.month(), weekday];
        self.fields.iter().zip(now).all(|(field, value)| field >> value & 1 == 1)
    }
}

/// The values of `*`, `n` or `a-b`, each but the number with a step.
fn values(part: &str, min: u32, max: u32) -> Result<u64, String> {
    let (range, step) = match part.split('/').collect::<Vec<_>>()[..] {
        [range] => (range, 1),
        [range, step] => (range, number(step)?),
        _ => return Err("invalid segment step format - must be in the format */n or 1-30/n".into()),
    };
    let step = within(step, 1, max)
        .ok_or_else(|| format!("invalid segment step boundary - the step must be between 1 and the {max}"))?;
    let (from, to) = match range.split('-').collect::<Vec<_>>()[..] {
        ["*"] => (min, max),
        [_] if step != 1 => {
            return Err("invalid segment step - step > 1 could be used only with the wildcard or range format".into());
        }
        [only] => {
            let only = within(number(only)?, min, max)
                .ok_or("invalid segment value - must be between the min and max of the segment")?;
            (only, only)
        }
        [from, to] => {
            let from = within(number(from)?, min, max)
                .ok_or_else(|| format!("invalid segment range minimum - must be between {min} and {max}"))?;
            let to = within(number(to)?, from, max)
                .ok_or_else(|| format!("invalid segment range maximum - must be between {from} and {max}"))?;
            (from, to)
        }
        _ => return Err("invalid segment range format - the range must have 1 or 2 parts".into()),
    };
    Ok((from..=to).step_by(step as usize).fold(0, |values, value| values | 1 << value))
}

fn within(number: i64, min: u32, max: u32) -> Option<u32> {
    u32::try_from(number).ok().filter(|number| (min..=max).contains(number))
}

fn number(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| format!("strconv.Atoi: parsing {text:?}: invalid syntax"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(expression: &str, moment: &str) -> bool {
        let moment = DateTime::parse_from_rfc3339(&format!("{moment}:31Z")).unwrap();
        Schedule::parse(expression).unwrap().matches(moment.to_utc())
    }

    #[test]
    fn minutes_hours_and_steps() {
        assert!(matches("*/15 8-10 * * *", "2026-11-25T08:45") && !matches("*/15 8-10 * * *", "2026-11-25T11:00"));
        assert!(matches("2 * * * *", "2026-11-25T08:02") && !matches("2 * * * *", "2026-11-25T08:03"));
        assert!(matches("@weekly", "2026-11-29T00:00") && !matches("@weekly", "2026-11-25T00:00"));
    }

    #[test]
    fn day_and_weekday_must_both_match() {
        // The 25th of November 2026 is a Wednesday.
        assert!(matches("0 0 25 * 3", "2026-11-25T00:00"));
        assert!(!matches("0 0 25 * 4", "2026-11-25T00:00") && !matches("0 0 24 * 3", "2026-11-25T00:00"));
    }

    #[test]
    fn signs_stars_in_lists_and_whole_ranges_are_read() {
        assert!(matches("*,1 * * * *", "2026-11-25T08:45") && matches("+1 * * * *", "2026-11-25T08:01"));
        assert!(matches("1-59/2,0 * * * *", "2026-11-25T08:00") && !matches("1-59/2,0 * * * *", "2026-11-25T08:02"));
        assert!(matches("* * * * 0-6", "2026-11-29T08:45") && matches("59 23 31 12 *", "2026-12-31T23:59"));
    }

    #[test]
    fn every_field_has_its_bounds() {
        for expression in ["0-59/59 0-23/23 1-31/31 1-12/12 0-6/6", "1,2,3-5 * * * 0,6", "* * 31 2 *"] {
            Schedule::parse(expression).unwrap();
        }
        for expression in [
            "* * * * MON",
            "@reboot",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "5/2 * * * *",
            "*/0 * * * *",
            "5-4 * * * *",
            "1-2-3 * * * *",
            "-1 * * * *",
        ] {
            assert!(Schedule::parse(expression).is_err(), "{expression}");
        }
    }
}

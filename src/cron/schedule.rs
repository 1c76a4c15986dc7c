//! When a job is due.

use chrono::{DateTime, Utc};
use croner::Cron as Pattern;
use croner::parser::{CronParser, Seconds, Year};

/// A cron expression of five fields, or a macro such as `@daily`. Day and weekday must both match.
#[derive(Clone, Debug)]
pub struct Schedule {
    expression: String,
    pattern: Pattern,
}

impl Schedule {
    /// # Errors
    /// The expression is none, in PocketBase's words.
    pub fn parse(expression: &str) -> Result<Self, String> {
        crate::settings::check_cron(expression)?;
        let expression = match expression {
            "@yearly" | "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" | "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            fields => fields,
        };
        let parser =
            CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).dom_and_dow(true).build();
        let pattern = parser.parse(expression).map_err(|error| error.to_string())?;
        Ok(Self { expression: expression.to_owned(), pattern })
    }

    /// The five fields.
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// Whether the minute of a moment is one of the schedule.
    pub fn matches(&self, moment: DateTime<Utc>) -> bool {
        let minute = moment.timestamp().div_euclid(60) * 60;
        DateTime::from_timestamp(minute, 0)
            .is_some_and(|minute| self.pattern.is_time_matching(&minute).unwrap_or(false))
    }
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
    fn every_expression_that_passes_the_check_is_a_schedule() {
        for expression in ["0-59/59 0-23/23 1-31/31 1-12/12 0-6/6", "1,2,3-5 * * * 0,6", "* * 31 2 *"] {
            Schedule::parse(expression).unwrap();
        }
        assert!(Schedule::parse("* * * * MON").is_err() && Schedule::parse("@reboot").is_err());
    }
}

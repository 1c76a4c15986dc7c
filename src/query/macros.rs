//! Macros: the moments and date parts that a filter can name (spec 02 §2). All in UTC.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Timelike, Utc};
use rusqlite::types::Value as SqlValue;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Macro {
    Now,
    Yesterday,
    Tomorrow,
    TodayStart,
    TodayEnd,
    MonthStart,
    MonthEnd,
    YearStart,
    YearEnd,
    Second,
    Minute,
    Hour,
    Day,
    Month,
    Year,
    Weekday,
}

impl Macro {
    pub fn named(identifier: &str) -> Option<Self> {
        Some(match identifier {
            "@now" => Self::Now,
            "@yesterday" => Self::Yesterday,
            "@tomorrow" => Self::Tomorrow,
            "@todayStart" => Self::TodayStart,
            "@todayEnd" => Self::TodayEnd,
            "@monthStart" => Self::MonthStart,
            "@monthEnd" => Self::MonthEnd,
            "@yearStart" => Self::YearStart,
            "@yearEnd" => Self::YearEnd,
            "@second" => Self::Second,
            "@minute" => Self::Minute,
            "@hour" => Self::Hour,
            "@day" => Self::Day,
            "@month" => Self::Month,
            "@year" => Self::Year,
            "@weekday" => Self::Weekday,
            _ => return None,
        })
    }

    /// Datetimes as text in the wire format, parts as integers.
    pub fn value(self, now: DateTime<Utc>) -> SqlValue {
        let today = now.date_naive();
        let month_start = today.with_day(1).unwrap_or(today);
        let year_start = month_start.with_month(1).unwrap_or(today);
        match self {
            Self::Now => wire(now),
            Self::Yesterday => wire(now.checked_sub_days(Days::new(1)).unwrap_or(now)),
            Self::Tomorrow => wire(now.checked_add_days(Days::new(1)).unwrap_or(now)),
            Self::TodayStart => start(today),
            Self::TodayEnd => end(today),
            Self::MonthStart => start(month_start),
            Self::MonthEnd => end(month_start + Days::new(u64::from(today.num_days_in_month()) - 1)),
            Self::YearStart => start(year_start),
            Self::YearEnd => end(NaiveDate::from_ymd_opt(today.year(), 12, 31).unwrap_or(today)),
            Self::Second => part(now.second()),
            Self::Minute => part(now.minute()),
            Self::Hour => part(now.hour()),
            Self::Day => part(now.day()),
            Self::Month => part(now.month()),
            Self::Year => SqlValue::Integer(i64::from(now.year())),
            Self::Weekday => part(now.weekday().num_days_from_sunday()),
        }
    }
}

fn part(number: u32) -> SqlValue {
    SqlValue::Integer(i64::from(number))
}

fn wire(moment: DateTime<Utc>) -> SqlValue {
    SqlValue::Text(moment.format("%Y-%m-%d %H:%M:%S%.3fZ").to_string())
}

fn start(day: NaiveDate) -> SqlValue {
    wire(day.and_time(NaiveTime::MIN).and_utc())
}

fn end(day: NaiveDate) -> SqlValue {
    SqlValue::Text(format!("{} 23:59:59.999Z", day.format("%Y-%m-%d")))
}

//! Datetimes: the wire format, and the many layouts that PocketBase reads (spec 01 §3.2).

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, SecondsFormat, Timelike, Utc};

/// A datetime in the wire format, UTC with milliseconds, truncated: `2006-01-02 15:04:05.000Z`.
pub fn format_datetime(moment: DateTime<Utc>) -> String {
    let (date, time) = (moment.date_naive(), moment.time());
    let milliseconds = time.nanosecond() / 1_000_000;
    let (Ok(year @ 0..=9999), 0..=999) = (u32::try_from(date.year()), milliseconds) else {
        // Far years and leap seconds.
        return moment.to_rfc3339_opts(SecondsFormat::Millis, true).replacen('T', " ", 1);
    };
    // Every log row and record has some, so digits are put into their places.
    let mut text = *b"0000-00-00 00:00:00.000Z";
    let parts = [
        (0..4, year),
        (5..7, date.month()),
        (8..10, date.day()),
        (11..13, time.hour()),
        (14..16, time.minute()),
        (17..19, time.second()),
        (20..23, milliseconds),
    ];
    for (place, mut number) in parts {
        for digit in text[place].iter_mut().rev() {
            *digit = b"0123456789"[(number % 10) as usize];
            number /= 10;
        }
    }
    String::from_utf8(text.to_vec()).expect("digits")
}

/// Parses a text of any known layout into the wire format; anything else is `None`.
pub fn parse_datetime(text: &str) -> Option<String> {
    if is_wire_format(text) {
        return (!text.starts_with("0001-01-01 00:00:00.000")).then(|| text.to_owned());
    }
    let wire = format_datetime(moment(text)?);
    (wire != "0001-01-01 00:00:00.000Z").then_some(wire)
}

/// The next moment of the wire format, for a text that is finer than that.
pub fn parse_datetime_up(text: &str) -> Option<String> {
    let moment = moment(text).filter(|moment| moment.timestamp_subsec_nanos() % 1_000_000 != 0)?;
    Some(format_datetime(moment + Duration::milliseconds(1)))
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    LAYOUTS.iter().find_map(|layout| Reader::read(layout, text))
}

/// The common case, checked without a parser: every place holds what it should and the day exists.
fn is_wire_format(text: &str) -> bool {
    text.len() == 24
        && text.ends_with('Z')
        && text.as_bytes()[10] == b' '
        && text.as_bytes()[19] == b'.'
        && NaiveDateTime::parse_from_str(&text[..23], "%Y-%m-%d %H:%M:%S%.3f")
            .is_ok_and(|moment| moment.format("%Y-%m-%d %H:%M:%S%.3f").to_string() == text[..23])
}

/// Layouts as Go writes them: how its reference moment looks.
const LAYOUTS: [&str; 21] = [
    "2006-01-02",
    "2006-01-02T15:04:05Z07:00",
    "2006-01-02T15:04:05",
    "Mon, 02 Jan 2006 15:04:05 -0700",
    "Mon, 02 Jan 2006 15:04:05 MST",
    "02 Jan 06 15:04 -0700",
    "02 Jan 06 15:04 MST",
    "Monday, 02-Jan-06 15:04:05 MST",
    "2006-01-02 15:04:05 -0700 MST",
    "2006-01-02T15:04:05-0700",
    "2006-01-02 15:04:05Z0700",
    "2006-01-02 15:04:05",
    "Mon Jan _2 15:04:05 2006",
    "Mon Jan _2 15:04:05 MST 2006",
    "Mon Jan 02 15:04:05 -0700 2006",
    "2006-01-02 15:04:05Z07:00",
    "02 Jan 2006",
    "2006-01-02 15:04:05 -07:00",
    "2006-01-02 15:04:05 -0700",
    "3:04PM",
    "Jan _2 15:04:05",
];
/// The parts of layouts, longer ones before their beginnings.
const ELEMENTS: [&str; 17] = [
    "2006", "Monday", "Mon", "MST", "Jan", "Z07:00", "Z0700", "-07:00", "-0700", "01", "02", "_2", "04", "05", "06",
    "15", "PM",
];
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// What has been read so far. Without a year it is the year 0; the day of the week is not checked.
struct Reader<'a> {
    rest: &'a str,
    year: i32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    nanos: u32,
    afternoon: Option<bool>,
    /// Minutes east of UTC.
    offset: i64,
}

impl<'a> Reader<'a> {
    fn read(mut layout: &str, text: &'a str) -> Option<DateTime<Utc>> {
        let mut reader = Self {
            rest: text,
            year: 0,
            month: 1,
            day: 1,
            hour: 0,
            minute: 0,
            second: 0,
            nanos: 0,
            afternoon: None,
            offset: 0,
        };
        while let Some(sign) = layout.chars().next() {
            if let Some(element) = ELEMENTS.into_iter().find(|element| layout.starts_with(element)) {
                reader.element(element)?;
                layout = &layout[element.len()..];
                continue;
            }
            match sign {
                '3' => reader.hour = reader.number(1, 2).filter(|hour| *hour <= 12)?,
                // One blank stands for several.
                ' ' => {
                    let blanks = reader.rest.starts_with(' ') || reader.rest.is_empty();
                    reader.rest = reader.rest.trim_start_matches(' ');
                    blanks.then_some(())?;
                }
                sign => reader.rest = reader.rest.strip_prefix(sign)?,
            }
            layout = &layout[sign.len_utf8()..];
        }
        reader.rest.is_empty().then(|| reader.moment()).flatten()
    }

    fn element(&mut self, element: &str) -> Option<()> {
        match element {
            "2006" => self.year = i32::try_from(self.number(4, 4)?).ok()?,
            "06" => {
                let year = i32::try_from(self.number(2, 2)?).ok()?;
                self.year = if year >= 69 { 1900 + year } else { 2000 + year };
            }
            "01" => self.month = self.number(2, 2)?,
            "Jan" => self.month = self.name(MONTHS.into_iter())? + 1,
            "Monday" => _ = self.name(DAYS.into_iter())?,
            "Mon" => _ = self.name(DAYS.into_iter().map(|day| &day[..3]))?,
            "02" => self.day = self.number(2, 2)?,
            "_2" => {
                self.rest = self.rest.strip_prefix(' ').unwrap_or(self.rest);
                self.day = self.number(1, 2)?;
            }
            "15" => self.hour = self.number(1, 2)?,
            "04" => self.minute = self.number(2, 2)?,
            "05" => {
                self.second = self.number(2, 2)?;
                self.fraction();
            }
            "PM" => {
                self.afternoon = Some(self.rest.starts_with("PM"));
                self.rest = self.rest.strip_prefix("PM").or_else(|| self.rest.strip_prefix("AM"))?;
            }
            "MST" => self.zone_name()?,
            zone => self.zone(zone)?,
        }
        Some(())
    }

    fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let digits = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        if digits < least {
            return None;
        }
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        number.parse().ok()
    }

    /// The index of a name, in any case of letters.
    fn name<'n>(&mut self, mut names: impl Iterator<Item = &'n str>) -> Option<u32> {
        let rest = self.rest;
        let matches = |name: &&str| rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        let mut length = 0;
        let at = names.position(|name| {
            length = name.len();
            matches(&name)
        })?;
        self.rest = &self.rest[length..];
        u32::try_from(at).ok()
    }

    /// A fraction of a second may follow every second.
    fn fraction(&mut self) {
        let Some(rest) = self.rest.strip_prefix(['.', ',']) else { return };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            let nanos: String = rest[..digits].chars().chain("000000000".chars()).take(9).collect();
            self.nanos = nanos.parse().unwrap_or_default();
            self.rest = &rest[digits..];
        }
    }

    fn zone(&mut self, zone: &str) -> Option<()> {
        if zone.starts_with('Z')
            && let Some(rest) = self.rest.strip_prefix('Z')
        {
            self.rest = rest;
            return Some(());
        }
        let sign = if self.rest.starts_with('-') { -1 } else { 1 };
        self.rest = self.rest.strip_prefix(['+', '-'])?;
        let hours = self.number(2, 2).filter(|hours| *hours <= 24)?;
        if zone.contains(':') {
            self.rest = self.rest.strip_prefix(':')?;
        }
        let minutes = self.number(2, 2).filter(|minutes| *minutes <= 60)?;
        self.offset = sign * i64::from(hours * 60 + minutes);
        Some(())
    }

    /// Three capitals, four that end in T, or five; the name alone moves nothing.
    fn zone_name(&mut self) -> Option<()> {
        let capitals = self.rest.bytes().take_while(u8::is_ascii_uppercase).count();
        let known = match capitals {
            3 => true,
            4 | 5 => self.rest[..capitals].ends_with('T') || &self.rest[..capitals] == "WITA",
            _ => false,
        };
        self.rest = &self.rest[capitals..];
        known.then_some(())
    }

    fn moment(&self) -> Option<DateTime<Utc>> {
        let hour = match self.afternoon {
            Some(true) if self.hour < 12 => self.hour + 12,
            Some(false) if self.hour == 12 => 0,
            _ => self.hour,
        };
        let day = NaiveDate::from_ymd_opt(self.year, self.month, self.day)?;
        let local = day.and_hms_nano_opt(hour, self.minute, self.second, self.nanos)?;
        local.and_utc().checked_sub_signed(Duration::minutes(self.offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_chrono_writes_them() {
        let moments =
            (0..4000).map(|number| DateTime::from_timestamp_millis(number * 17_345_678_901).expect("a moment"));
        let far = [i64::MIN, -62_167_219_200_001, -62_167_219_200_000, 253_402_300_799_999, 253_402_300_800_000];
        let far = far.into_iter().filter_map(DateTime::from_timestamp_millis);
        let leap = NaiveDate::from_ymd_opt(2016, 12, 31).and_then(|day| day.and_hms_milli_opt(23, 59, 59, 1500));
        for moment in moments.chain(far).chain([leap.expect("a leap second").and_utc()]) {
            let expected = moment.to_rfc3339_opts(SecondsFormat::Millis, true).replacen('T', " ", 1);
            assert_eq!(format_datetime(moment), expected);
        }
    }

    #[test]
    fn datetimes_parse_in_every_layout_or_not_at_all() {
        let same = "2024-01-02 03:04:05.678Z";
        assert_eq!(parse_datetime(same).as_deref(), Some(same));
        assert_eq!(parse_datetime("2024-01-02T03:04:05.6789Z").as_deref(), Some(same));
        assert_eq!(parse_datetime("2024-01-02 05:04:05.678+02:00").as_deref(), Some(same));
        assert_eq!(parse_datetime("2024-01-02 05:04:05,678 +0200 CEST").as_deref(), Some(same));
        assert_eq!(parse_datetime("2024-01-02").as_deref(), Some("2024-01-02 00:00:00.000Z"));
        assert_eq!(parse_datetime("Tue, 02 Jan 2024 03:04:05 EST").as_deref(), Some("2024-01-02 03:04:05.000Z"));
        assert_eq!(parse_datetime("3:04PM").as_deref(), Some("0000-01-01 15:04:00.000Z"));
        let wrong = ["2024", "2024-01", "2024-1-2", "2024-02-30", "20240102", "1704164645", "2024-01-02 03:04:60"];
        for text in wrong.into_iter().chain(["", " 2024-01-02", "2024-01-02 03:04:05.678Z "]) {
            assert_eq!(parse_datetime(text), None, "{text}");
        }
    }
}

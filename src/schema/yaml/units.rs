//! Sizes and durations as people write them.

/// Bytes of `5MiB`, `1.5 MB`, `500KB` or `2048`.
pub fn parse_size(text: &str) -> Option<i64> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor: i64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return None,
    };
    scaled(number, factor)
}

/// Seconds of `90`, `30s`, `10m`, `12h`, `5d`, `2w` or a sum such as `1h30m`.
pub fn parse_duration(text: &str) -> Option<i64> {
    let mut rest = text.trim();
    if !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return rest.parse().ok();
    }
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let split = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(split);
        let unit_end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        let factor = match unit.trim() {
            "s" | "sec" => 1,
            "m" | "min" => 60,
            "h" => 3600,
            "d" => 86_400,
            "w" => 604_800,
            _ => return None,
        };
        total = total.checked_add(scaled(number, factor)?)?;
        rest = tail;
    }
    (!text.trim().is_empty()).then_some(total)
}

fn scaled(number: &str, factor: i64) -> Option<i64> {
    if let Ok(whole) = number.parse::<i64>() {
        return whole.checked_mul(factor);
    }
    let value = number.parse::<f64>().ok()? * factor as f64;
    (value.fract() == 0.0 && value.abs() < 9e15).then_some(value as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        let cases = [("5MiB", 5 << 20), ("5MB", 5_000_000), ("1.5 KiB", 1536), ("10", 10), ("2gb", 2_000_000_000)];
        for (text, bytes) in cases {
            assert_eq!(parse_size(text), Some(bytes), "{text}");
        }
        for wrong in ["", "MB", "5 potatoes", "-1", "1.23456B", "99999999999999999999"] {
            assert_eq!(parse_size(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn durations_have_units() {
        let cases =
            [("5d", 432_000), ("30m", 1800), ("3600", 3600), ("1h30m", 5400), ("1.5h", 5400), ("2w", 1_209_600)];
        for (text, seconds) in cases {
            assert_eq!(parse_duration(text), Some(seconds), "{text}");
        }
        for wrong in ["", "d", "5x", "1h30", "-5m"] {
            assert_eq!(parse_duration(wrong), None, "{wrong}");
        }
    }
}

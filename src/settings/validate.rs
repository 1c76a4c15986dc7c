//! What is checked when settings are saved (spec 01 §5.1).

use super::{RateLimitRule, RateLimits, S3, Settings, Smtp};
use crate::cron::Schedule;
use crate::schema::fields::{MAX_SAFE, ascii_regex, is_email, is_url};
use crate::schema::{ErrorTree, FieldError, sentence};
use regex::Regex;
use std::net::IpAddr;
use std::sync::LazyLock;

/// Every failed check, by `group.option`. Empty when all is well.
pub fn validate(settings: &Settings) -> ErrorTree {
    let mut errors = ErrorTree::new();
    addresses("superuserIPs", &settings.superuser_ips, &mut errors);
    meta(settings, &mut errors);
    logs(settings, &mut errors);
    smtp(&settings.smtp, &mut errors);
    s3("s3", &settings.s3, &mut errors);
    backups(settings, &mut errors);
    batch(settings, &mut errors);
    rate_limits(&settings.rate_limits, &mut errors);
    errors
}

/// Inserts the first error of those that are one.
fn first(path: impl AsRef<str>, checks: impl IntoIterator<Item = Option<FieldError>>, errors: &mut ErrorTree) {
    if let Some(error) = checks.into_iter().flatten().next() {
        errors.insert(path.as_ref(), error);
    }
}

fn required(text: &str) -> Option<FieldError> {
    text.is_empty().then(FieldError::required)
}

fn required_when(enabled: bool, text: &str) -> Option<FieldError> {
    required(text).filter(|_| enabled)
}

fn length(text: &str, max: usize) -> Option<FieldError> {
    (text.len() > max).then(|| FieldError::length_out_of_range(1, max))
}

/// Zero is no value, and passes.
fn between(value: i64, min: i64, max: i64) -> Option<FieldError> {
    match value {
        0 => None,
        value if value < min => Some(FieldError::min_threshold(min)),
        value if value > max => Some(FieldError::max_threshold(max)),
        _ => None,
    }
}

fn needed(value: i64) -> Option<FieldError> {
    (value == 0).then(FieldError::required)
}

fn url(text: &str) -> Option<FieldError> {
    (!text.is_empty() && !is_url(text)).then(|| FieldError::new("validation_is_url", "Must be a valid URL."))
}

fn host(text: &str) -> Option<FieldError> {
    static NAME: LazyLock<Regex> = LazyLock::new(|| {
        ascii_regex(r"^([a-zA-Z0-9_][a-zA-Z0-9_-]{0,62})(\.[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62})*[._]?$")
            .expect("the host pattern is valid")
    });
    let good = text.is_empty() || text.parse::<IpAddr>().is_ok() || (text.len() <= 255 && NAME.is_match(text));
    (!good).then(|| FieldError::new("validation_is_host", "Must be a valid IP address or DNS name."))
}

fn addresses(path: &str, list: &[String], errors: &mut ErrorTree) {
    for (at, text) in list.iter().enumerate() {
        let valid = match text.split_once('/') {
            None => text.parse::<IpAddr>().is_ok(),
            Some((address, bits)) => match (address.parse::<IpAddr>(), bits.parse::<u8>()) {
                (Ok(address), Ok(bits)) => bits <= if address.is_ipv4() { 32 } else { 128 },
                _ => false,
            },
        };
        // The misspelling is PocketBase's, and clients may know it.
        let invalid = || FieldError::new("validation_invlaid_ip_or_subnet", "Invalid IP or CIDR subnet.");
        first(format!("{path}.{at}"), [required(text), (!valid).then(invalid)], errors);
    }
}

fn meta(settings: &Settings, errors: &mut ErrorTree) {
    let meta = &settings.meta;
    static COLOUR: LazyLock<Regex> =
        LazyLock::new(|| ascii_regex(r"^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$").expect("the colour pattern is valid"));
    let colour = &meta.accent_color;
    if !colour.is_empty() {
        let cut = FieldError::new("validation_length_invalid", "The length must be exactly 7.");
        let cut = (colour.len() != 7).then(|| cut.with("min", 7).with("max", 7));
        let hex = || FieldError::new("validation_is_hex_color", "Must be a valid hexadecimal color code.");
        first("meta.accentColor", [cut, (!COLOUR.is_match(colour)).then(hex)], errors);
    }
    first("meta.appName", [required(&meta.app_name), length(&meta.app_name, 255)], errors);
    first("meta.appURL", [required(&meta.app_url), url(&meta.app_url)], errors);
    first("meta.senderName", [required(&meta.sender_name), length(&meta.sender_name, 255)], errors);
    let address = &meta.sender_address;
    let no_email = || FieldError::new("validation_is_email", "Must be a valid email address.");
    let email = (!address.is_empty() && !is_email(address)).then(no_email);
    first("meta.senderAddress", [email, required(address)], errors);
}

fn logs(settings: &Settings, errors: &mut ErrorTree) {
    let logs = &settings.logs;
    first("logs.maxDataSize", [between(logs.max_data_size, 0, MAX_SAFE)], errors);
    first("logs.maxDays", [between(logs.max_days, 0, MAX_SAFE)], errors);
    first("logs.minLevel", [between(logs.min_level, i64::MIN, MAX_SAFE)], errors);
}

fn smtp(smtp: &Smtp, errors: &mut ErrorTree) {
    first("smtp.host", [required_when(smtp.enabled, &smtp.host), host(&smtp.host)], errors);
    let port = needed(smtp.port).filter(|_| smtp.enabled);
    first("smtp.port", [port, between(smtp.port, 0, i64::MAX)], errors);
    let known = matches!(smtp.auth_method.as_str(), "" | "PLAIN" | "LOGIN");
    first("smtp.authMethod", [(!known).then(FieldError::in_invalid)], errors);
    first("smtp.localName", [host(&smtp.local_name)], errors);
}

fn s3(path: &str, s3: &S3, errors: &mut ErrorTree) {
    first(format!("{path}.endpoint"), [url(&s3.endpoint), required_when(s3.enabled, &s3.endpoint)], errors);
    for (name, text) in
        [("bucket", &s3.bucket), ("region", &s3.region), ("accessKey", &s3.access_key), ("secret", &s3.secret)]
    {
        first(format!("{path}.{name}"), [required_when(s3.enabled, text)], errors);
    }
}

fn backups(settings: &Settings, errors: &mut ErrorTree) {
    let backups = &settings.backups;
    s3("backups.s3", &backups.s3, errors);
    if !backups.cron.is_empty()
        && let Err(reason) = Schedule::parse(&backups.cron)
    {
        errors.insert("backups.cron", FieldError::new("validation_invalid_cron", sentence(&reason)));
    }
    let keep = needed(backups.cron_max_keep).filter(|_| !backups.cron.is_empty());
    first("backups.cronMaxKeep", [keep, between(backups.cron_max_keep, 1, i64::MAX)], errors);
}

fn batch(settings: &Settings, errors: &mut ErrorTree) {
    let batch = &settings.batch;
    for (name, value) in [("maxRequests", batch.max_requests), ("timeout", batch.timeout)] {
        first(format!("batch.{name}"), [needed(value).filter(|_| batch.enabled), between(value, 0, i64::MAX)], errors);
    }
    first("batch.maxBodySize", [between(batch.max_body_size, 0, i64::MAX)], errors);
}

fn rate_limits(limits: &RateLimits, errors: &mut ErrorTree) {
    addresses("rateLimits.excludedIPs", &limits.excluded_ips, errors);
    if limits.rules.is_empty() && limits.enabled {
        return errors.insert("rateLimits.rules", FieldError::required());
    }
    let mut own = ErrorTree::new();
    for (at, rule) in limits.rules.iter().enumerate() {
        rate_limit(&format!("rateLimits.rules.{at}"), rule, &mut own);
    }
    if own.is_empty() {
        conflict(limits, &mut own);
    }
    errors.merge(&own);
}

fn rate_limit(path: &str, rule: &RateLimitRule, errors: &mut ErrorTree) {
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        ascii_regex(r"^(\w+ /[\w/-]*|/[\w/-]*|\w+:\w+|\*:\w+|\w+)$").expect("the label pattern is valid")
    });
    let unmatched = (!LABEL.is_match(&rule.label)).then(FieldError::match_invalid);
    first(format!("{path}.label"), [required(&rule.label), unmatched], errors);
    for (name, value) in [("maxRequests", rule.max_requests), ("duration", rule.duration)] {
        first(format!("{path}.{name}"), [needed(value), between(value, 1, i64::MAX)], errors);
    }
    let known = matches!(rule.audience.as_str(), "" | "@guest" | "@auth");
    first(format!("{path}.audience"), [(!known).then(FieldError::in_invalid)], errors);
}

/// A rule for everybody and one for some may not share a label.
fn conflict(limits: &RateLimits, errors: &mut ErrorTree) {
    let key = |rule: &RateLimitRule| format!("{}@@{}", rule.label, rule.audience);
    for (at, rule) in limits.rules.iter().enumerate() {
        let clashes = |other: &RateLimitRule| key(other).starts_with(&key(rule)) || key(rule).starts_with(&key(other));
        if limits.rules[..at].iter().any(clashes) {
            let label = &rule.label;
            let message = format!(
                "Rate limit rule configuration with label {label} already exists or conflicts with another rule."
            );
            let error = FieldError::new("validation_conflicting_rate_limit_rule", message);
            return errors.insert(&format!("rateLimits.rules.{at}.label"), error.with("label", label.as_str()));
        }
    }
}

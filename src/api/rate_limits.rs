//! How many requests a client may make in a time (spec 04 §3). Counters live in memory and start over with every change of
//! the settings.

use crate::App;
use crate::cron::RATE_LIMITS_CLEANUP as CLEANUP_JOB;
use crate::schema::Collection;
use crate::settings::{RateLimitRule, Settings, contains_ip};
use axum::http::Method;
use percent_encoding::percent_decode_str;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Instant;

/// Windows that are kept. Beyond them those that are over go, and if that is not enough, all.
const MAX_WINDOWS: usize = 200_000;

/// Who asks, as far as the limits care.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    pub ip: &'a str,
    pub authenticated: bool,
    pub superuser: bool,
}

/// What a request of a collection does, in the words of rules.
#[derive(Clone, Copy)]
pub struct Tags {
    /// Most specific first.
    names: &'static [&'static str],
}

pub const CREATE: Tags = Tags { names: &["create"] };
pub const UPDATE: Tags = Tags { names: &["update"] };
pub const DELETE: Tags = Tags { names: &["delete"] };

/// The counters of a server.
#[derive(Default)]
pub struct RateLimiter {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The settings that the windows were opened under.
    settings: Option<Arc<Settings>>,
    windows: HashMap<(String, String), Window>,
}

struct Window {
    /// In the seconds of [`now`].
    started: i64,
    /// Seconds.
    length: i64,
    requests: i64,
}

impl RateLimiter {
    /// Counts a request; whether it may go on.
    pub fn admits(self: &Arc<Self>, app: &App, method: &Method, path: &str, asker: Asker<'_>) -> bool {
        let settings = app.settings();
        if !applies(&settings, asker) {
            return true;
        }
        let path = percent_decode_str(path).decode_utf8_lossy();
        let plain = [format!("{method} {path}"), path.clone().into_owned()];
        match tags(method, &path) {
            None => self.count(app, &settings, &plain, asker, |rule| format!("{}@@{}", rule.label, rule.audience)),
            Some((name, tags)) => {
                // No rule is about a collection that is none, not even of paths: PocketBase answers 404 before it counts.
                let Some(collection) = app.collection(name) else { return true };
                let labels: Vec<String> = labels(&collection, tags).chain(plain).collect();
                let bucket = |rule: &RateLimitRule| format!("{} {:?} {}", collection.id, tags.names, rule.audience);
                self.count(app, &settings, &labels, asker, bucket)
            }
        }
    }

    /// The same for one request of a batch, which is counted apart from those that come alone.
    pub fn admits_in_batch(
        self: &Arc<Self>,
        app: &App,
        collection: &Collection,
        tags: Tags,
        (method, path): (&str, &str),
        asker: Asker<'_>,
    ) -> bool {
        let settings = app.settings();
        if !applies(&settings, asker) {
            return true;
        }
        let labels: Vec<String> =
            labels(collection, tags).chain([format!("{method} {path}"), path.to_owned()]).collect();
        let bucket = |rule: &RateLimitRule| format!("batch {} {:?} {}", collection.id, tags.names, rule.audience);
        self.count(app, &settings, &labels, asker, bucket)
    }

    fn count(
        self: &Arc<Self>,
        app: &App,
        settings: &Arc<Settings>,
        labels: &[String],
        asker: Asker<'_>,
        bucket: impl Fn(&RateLimitRule) -> String,
    ) -> bool {
        let Some(rule) = find(&settings.rate_limits.rules, labels, asker.authenticated) else { return true };
        let now = now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.settings.as_ref().is_some_and(|known| Arc::ptr_eq(known, settings)) {
            *state = State { settings: Some(Arc::clone(settings)), windows: HashMap::new() };
            self.clean_up_by_the_clock(app);
        }
        if state.windows.len() >= MAX_WINDOWS {
            state.forget_before(now);
            if state.windows.len() >= MAX_WINDOWS {
                state.windows.clear();
            }
        }
        let key = (bucket(rule), asker.ip.to_owned());
        let window = state.windows.entry(key).or_insert(Window { started: now, length: rule.duration, requests: 0 });
        if now - window.started >= rule.duration {
            *window = Window { started: now, length: rule.duration, requests: 0 };
        }
        window.requests = window.requests.saturating_add(1);
        window.requests <= rule.max_requests
    }

    /// Until the settings change, which ends the job.
    fn clean_up_by_the_clock(self: &Arc<Self>, app: &App) {
        let limiter = Arc::downgrade(self);
        let added = app.cron().add(CLEANUP_JOB, "2 * * * *", move || {
            if let Some(limiter) = limiter.upgrade() {
                limiter.state.lock().unwrap_or_else(PoisonError::into_inner).forget_before(now());
            }
        });
        added.expect("the schedule of the job is valid");
    }
}

impl State {
    fn forget_before(&mut self, now: i64) {
        self.windows.retain(|_, window| now - window.started < window.length);
    }
}

/// Seconds of a clock that nobody can set.
fn now() -> i64 {
    static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGINNING.elapsed().as_secs() as i64
}

fn applies(settings: &Settings, asker: Asker<'_>) -> bool {
    let limits = &settings.rate_limits;
    limits.enabled && !asker.superuser && !contains_ip(&limits.excluded_ips, asker.ip)
}

fn labels(collection: &Collection, tags: Tags) -> impl Iterator<Item = String> {
    let name = collection.name.clone();
    let own = tags.names.iter().map(move |tag| format!("{name}:{tag}"));
    own.chain(tags.names.iter().map(|tag| format!("*:{tag}")))
}

/// The one rule that counts: the first label that any rule has decides, exact ones before prefixes.
fn find<'r>(rules: &'r [RateLimitRule], labels: &[String], authenticated: bool) -> Option<&'r RateLimitRule> {
    let audience = if authenticated { "@auth" } else { "@guest" };
    let concerned = rules.iter().filter(|rule| rule.audience.is_empty() || rule.audience == audience);
    let concerned: Vec<&RateLimitRule> = concerned.collect();
    labels.iter().find_map(|label| {
        let exact = concerned.iter().find(|rule| rule.label == *label);
        let prefix = || {
            let path = format!("{label}/");
            concerned.iter().find(|rule| rule.label.ends_with('/') && path.starts_with(&rule.label))
        };
        exact.or_else(prefix).copied()
    })
}

/// Collection and tags of a path, where it is one of a collection's.
fn tags<'p>(method: &Method, path: &'p str) -> Option<(&'p str, Tags)> {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let names: &'static [&'static str] = match (&segments[..], method.as_str()) {
        (["api", "files", _, _, _], _) if reads => &["file"],
        (["api", "collections", _, "records"], _) if reads => &["list"],
        (["api", "collections", _, "records"], "POST") => &["create"],
        (["api", "collections", _, "records", _], _) if reads => &["view"],
        (["api", "collections", _, "records", _], "PATCH") => &["update"],
        (["api", "collections", _, "records", _], "DELETE") => &["delete"],
        (["api", "collections", _, "auth-methods"], _) if reads => &["listAuthMethods"],
        (["api", "collections", _, action], "POST") => match *action {
            "auth-refresh" => &["authRefresh"],
            "auth-with-password" => &["authWithPassword", "auth"],
            "auth-with-oauth2" => &["authWithOAuth2", "auth"],
            "auth-with-otp" => &["authWithOTP", "auth"],
            "auth-with-totp" => &["authWithTOTP", "auth"],
            "request-otp" => &["requestOTP"],
            "request-password-reset" => &["requestPasswordReset"],
            "confirm-password-reset" => &["confirmPasswordReset"],
            "request-verification" => &["requestVerification"],
            "confirm-verification" => &["confirmVerification"],
            "request-email-change" => &["requestEmailChange"],
            "confirm-email-change" => &["confirmEmailChange"],
            _ => return None,
        },
        _ => return None,
    };
    Some((segments[2], Tags { names }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(label: &str, audience: &str) -> RateLimitRule {
        RateLimitRule { label: label.into(), audience: audience.into(), duration: 1, max_requests: 1 }
    }

    #[test]
    fn the_first_label_that_a_rule_has_decides() {
        let rules = [rule("/api/", ""), rule("*:auth", ""), rule("POST /api/x", "@auth"), rule("/api/x", "@guest")];
        let found = |labels: &[&str], authenticated| {
            let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
            find(&rules, &labels, authenticated).map(|rule| rule.label.as_str())
        };
        assert_eq!(found(&["users:authWithPassword", "*:auth", "POST /api/x", "/api/x"], false), Some("*:auth"));
        assert_eq!(found(&["POST /api/x", "/api/x"], true), Some("POST /api/x"));
        assert_eq!(found(&["POST /api/x", "/api/x"], false), Some("/api/x"));
        assert_eq!(found(&["GET /api", "/api"], false), Some("/api/"));
        assert_eq!(found(&["GET /other", "/other"], false), None);
    }

    #[test]
    fn paths_have_the_tags_of_their_routes() {
        let of = |method: &str, path: &'static str| {
            tags(&method.parse().unwrap(), path).map(|(collection, tags)| (collection, tags.names))
        };
        assert_eq!(of("GET", "/api/collections/a/records"), Some(("a", &["list"][..])));
        assert_eq!(of("POST", "/api/collections/a/auth-with-otp"), Some(("a", &["authWithOTP", "auth"][..])));
        assert_eq!(of("GET", "/api/files/a/b/c"), Some(("a", &["file"][..])));
        assert_eq!(of("GET", "/api/collections/a"), None);
        assert_eq!(of("PUT", "/api/collections/a/records"), None);
    }
}

//! Requests by route, method and status, and how long they took.

use super::{Exposition, Histogram, Kind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Kinds of paths. Paths themselves would be too many.
const ROUTES: [&str; 16] = [
    "records",
    "collections",
    "auth",
    "files",
    "realtime",
    "batch",
    "settings",
    "logs",
    "backups",
    "crons",
    "sql",
    "health",
    "api",
    "dashboard",
    "metrics",
    "static",
];
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "other"];
const STATUSES: [u16; 19] =
    [200, 204, 206, 301, 302, 303, 304, 307, 400, 401, 403, 404, 409, 413, 416, 429, 500, 502, 503];
/// For a status that none of them is.
const OTHER_STATUS: usize = STATUSES.len();
/// Microseconds.
const DURATIONS: [u64; 14] =
    [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000, 30_000_000];

/// Counters of a server. A request costs three additions.
pub struct Requests {
    counts: Box<[AtomicU64]>,
    durations: Vec<Histogram>,
}

impl Default for Requests {
    fn default() -> Self {
        let counts = (0..ROUTES.len() * METHODS.len() * (STATUSES.len() + 1)).map(|_| AtomicU64::new(0)).collect();
        Self { counts, durations: ROUTES.iter().map(|_| Histogram::new(&DURATIONS)).collect() }
    }
}

impl Requests {
    /// Counts an answered request. For a stream the time is that until it began.
    pub fn observe(&self, method: &str, path: &str, status: u16, elapsed: Duration) {
        let route = route(path);
        let method = METHODS.iter().position(|known| *known == method).unwrap_or(METHODS.len() - 1);
        let status = STATUSES.iter().position(|known| *known == status).unwrap_or(OTHER_STATUS);
        self.counts[place(route, method, status)].fetch_add(1, Ordering::Relaxed);
        self.durations[route].observe(u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX));
    }

    /// Writes the families; what never happened is left out.
    pub fn write(&self, page: &mut Exposition) {
        page.family("pbr_http_requests_total", Kind::Counter, "Answered requests.");
        for (route, name) in ROUTES.iter().enumerate() {
            for (method, method_name) in METHODS.iter().enumerate() {
                for status in 0..=OTHER_STATUS {
                    let count = self.counts[place(route, method, status)].load(Ordering::Relaxed);
                    if count > 0 {
                        let status = STATUSES.get(status).map_or_else(|| "other".to_owned(), u16::to_string);
                        let labels = [("route", *name), ("method", *method_name), ("status", status.as_str())];
                        page.sample(&labels, count as f64);
                    }
                }
            }
        }
        let help = "Time from the head of a request to the head of its answer.";
        page.family("pbr_http_request_duration_seconds", Kind::Histogram, help);
        for (name, durations) in ROUTES.iter().zip(&self.durations) {
            if durations.cumulative().last().is_some_and(|(_, count)| *count > 0) {
                page.histogram(&[("route", name)], durations, 1e6);
            }
        }
    }
}

fn place(route: usize, method: usize, status: usize) -> usize {
    (route * METHODS.len() + method) * (STATUSES.len() + 1) + status
}

/// The kind of a path, whether or not there is something at it.
fn route(path: &str) -> usize {
    let name = match path.strip_prefix("/api/") {
        Some(api) => {
            let mut segments = api.split('/');
            match (segments.next().unwrap_or_default(), segments.next(), segments.next()) {
                ("collections", Some(_), Some("records")) => "records",
                ("collections", Some("meta"), _) => "collections",
                ("collections", Some(_), Some(action)) if action != "truncate" => "auth",
                ("oauth2-redirect", ..) => "auth",
                (first, ..) => ROUTES[..12].iter().copied().find(|name| *name == first).unwrap_or("api"),
            }
        }
        None if path.starts_with("/_/") => "dashboard",
        None if path == "/metrics" => "metrics",
        None => "static",
    };
    ROUTES.iter().position(|known| *known == name).expect("every name above is a route")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_a_kind() {
        for (path, kind) in [
            ("/api/collections/posts/records/x", "records"),
            ("/api/collections/posts", "collections"),
            ("/api/collections/posts/truncate", "collections"),
            ("/api/collections/meta/scaffolds", "collections"),
            ("/api/collections/users/auth-with-password", "auth"),
            ("/api/oauth2-redirect", "auth"),
            ("/api/health", "health"),
            ("/api/health/x", "health"),
            ("/api/nope", "api"),
            ("/api/dashboard", "api"),
            ("/api/", "api"),
            ("/_/", "dashboard"),
            ("/metrics", "metrics"),
            ("/index.html", "static"),
            ("", "static"),
        ] {
            assert_eq!(ROUTES[route(path)], kind, "{path}");
        }
    }

    #[test]
    fn what_happened_is_shown_and_nothing_else() {
        let requests = Requests::default();
        requests.observe("GET", "/api/health", 200, Duration::from_micros(120));
        requests.observe("BREW", "/x", 418, Duration::from_secs(60));
        let mut page = Exposition::default();
        requests.write(&mut page);
        let text = page.into_text();
        assert!(text.contains("pbr_http_requests_total{route=\"health\",method=\"GET\",status=\"200\"} 1\n"), "{text}");
        assert!(text.contains("{route=\"static\",method=\"other\",status=\"other\"} 1\n"), "{text}");
        assert!(
            text.contains("pbr_http_request_duration_seconds_bucket{route=\"health\",le=\"0.00025\"} 1\n"),
            "{text}"
        );
        assert!(text.contains("pbr_http_request_duration_seconds_count{route=\"static\"} 1\n"), "{text}");
        assert!(!text.contains("records"), "{text}");
    }
}

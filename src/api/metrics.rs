//! `GET /metrics`: the state of the server for Prometheus, where it is asked for.

use super::context::blocking;
use super::middleware::Unlogged;
use super::{ApiError, ApiState};
use crate::App;
use crate::metrics::{Exposition, Kind, Requests, process};
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;
use sha2::{Digest, Sha256};
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

/// Headers that proxies add. Who comes through one is not on this machine, whatever the connection says.
const PROXIED: [&str; 5] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/// Where the metrics are.
pub const PATH: &str = "/metrics";

/// The counters, and who may see them.
pub struct Metrics {
    pub requests: Requests,
    access: MetricsAccess,
    started: Instant,
}

/// Who may see the metrics.
#[derive(Clone)]
pub enum MetricsAccess {
    /// Whoever has a token, of which only the hash is kept.
    Token([u8; 32]),
    /// Programs on this machine.
    Local,
}

impl MetricsAccess {
    /// For whoever sends `Authorization: Bearer TOKEN`.
    pub fn token(token: &str) -> Self {
        Self::Token(Sha256::digest(token.as_bytes()).into())
    }

    fn admits(&self, peer: Option<SocketAddr>, uri: &Uri, headers: &HeaderMap) -> bool {
        match self {
            Self::Token(expected) => {
                let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
                let sent = sent.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
                let sent: [u8; 32] = Sha256::digest(sent.map_or("", |(_, token)| token).as_bytes()).into();
                // In constant time.
                sent.iter().zip(expected).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
            }
            Self::Local => {
                peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback())
                    && asks_this_machine(uri, headers)
                    && !PROXIED.iter().any(|name| headers.contains_key(*name))
            }
        }
    }
}

/// Whether the host that is asked for is this machine by its address or as `localhost`. A page may give any other name the
/// address of this machine, and then reads what its visitor's browser may see here.
fn asks_this_machine(uri: &Uri, headers: &HeaderMap) -> bool {
    let asked = match headers.get(header::HOST) {
        Some(host) => host.to_str().ok().and_then(|host| host.parse().ok()),
        None => uri.authority().cloned(),
    };
    // No browser leaves it out.
    let Some(asked): Option<Authority> = asked else { return !headers.contains_key(header::HOST) };
    let host = asked.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let address = host.parse::<IpAddr>();
    host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|ip| ip.to_canonical().is_loopback())
}

impl Metrics {
    pub fn new(access: MetricsAccess) -> Self {
        Self { requests: Requests::default(), access, started: Instant::now() }
    }
}

pub async fn show(
    State(state): State<ApiState>,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let metrics = state.metrics.clone().ok_or_else(ApiError::missing_route)?;
    if !metrics.access.admits(peer.map(|peer| peer.0.0), &uri, &headers) {
        let mut refused = ApiError::unauthorized().into_response();
        refused.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        return Ok(refused);
    }
    let text = blocking(move || page(&metrics, &state.app)).await?;
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(Exposition::CONTENT_TYPE));
    response.extensions_mut().insert(Unlogged);
    Ok(response)
}

fn page(metrics: &Metrics, app: &App) -> String {
    let mut page = Exposition::default();
    page.family("pbr_build_info", Kind::Gauge, "The program.").sample(&[("version", env!("CARGO_PKG_VERSION"))], 1);
    let uptime = metrics.started.elapsed().as_secs_f64();
    page.single("pbr_uptime_seconds", Kind::Gauge, "Time since the server started.", uptime);
    metrics.requests.write(&mut page);
    database(&mut page, app);
    let registry = app.realtime().registry();
    let clients = registry.clients().len() as f64;
    page.single("pbr_realtime_clients", Kind::Gauge, "Connected clients.", clients);
    let help = "Clients that were cut because they did not read.";
    page.single("pbr_realtime_clients_cut_total", Kind::Counter, help, registry.cut() as f64);
    let logs = app.logs();
    page.single("pbr_log_queue_length", Kind::Gauge, "Log rows that wait to be stored.", logs.waiting() as f64);
    let help = "Log rows that were lost because they came too fast or could not be stored.";
    page.single("pbr_log_rows_dropped_total", Kind::Counter, help, logs.dropped() as f64);
    process(&mut page);
    page.into_text()
}

fn database(page: &mut Exposition, app: &App) {
    let db = &app.records().db;
    let writer = db.writer();
    page.single("pbr_writer_queue_length", Kind::Gauge, "Writes that wait.", writer.waiting() as f64);
    page.family("pbr_writer_group_jobs", Kind::Histogram, "Writes that were committed together.");
    page.histogram(&[], writer.groups(), 1.0);
    let help = "Transactions of their own, which hold up the other writes.";
    page.single("pbr_writer_leases_total", Kind::Counter, help, writer.leases() as f64);
    let readers = db.readers().load();
    page.single("pbr_reader_threads", Kind::Gauge, "Threads for reads.", readers.threads as f64);
    page.single("pbr_readers_busy", Kind::Gauge, "Threads that read.", readers.busy as f64);
    page.single("pbr_reads_waiting", Kind::Gauge, "Reads that wait for a thread.", readers.waiting as f64);
    page.single("pbr_reads_total", Kind::Counter, "Reads begun on those threads.", readers.begun as f64);
    page.family("pbr_sqlite_file_bytes", Kind::Gauge, "Size of the files of the databases.");
    for file in ["data.db", "data.db-wal", "auxiliary.db", "auxiliary.db-wal"] {
        let bytes = std::fs::metadata(db.dir().join(file)).map_or(0, |metadata| metadata.len());
        page.sample(&[("file", file)], bytes as f64);
    }
}

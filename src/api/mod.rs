//! The HTTP API: one file a resource. A handler extracts, makes one call into the core, and answers.
//!
//! This room turns HTTP into core calls and results into the wire format. It never writes SQL.

mod accounts;
mod auth;
mod backups;
mod batch;
mod body;
mod client_ip;
mod collections;
mod context;
mod crons;
mod decode;
mod disposition;
mod error;
mod files;
mod form;
mod health;
mod logs;
mod metrics;
mod middleware;
mod multipart;
mod oauth2;
mod paced;
mod pages;
mod public;
mod query;
mod ranges;
mod rate_limits;
mod realtime;
mod records;
mod settings;
mod sql;
mod thumbs;

pub use error::ApiError;
pub use metrics::{Metrics, MetricsAccess};
pub use middleware::{Cors, Endless};
pub use public::Public;

use crate::App;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use axum::routing::{delete, get, post};
use rate_limits::RateLimiter;
use std::ops::Deref;
use std::sync::Arc;
use thumbs::Thumbs;
use tokio::sync::Semaphore;

const CONCURRENT_LOGINS: usize = 16;
const CONCURRENT_MAILINGS: usize = 16;
const CONCURRENT_EXCHANGES: usize = 64;

/// What handlers share, cheap to clone.
#[derive(Clone)]
pub struct ApiState(Arc<Shared>);

pub struct Shared {
    pub app: App,
    /// Collections can be looked at, not changed.
    pub schema_locked: bool,
    /// Password logins that may be under way at once.
    pub logins: Arc<Semaphore>,
    /// Requests that may wait for a mail server at once: a slow one must not hold up logins.
    pub mailings: Arc<Semaphore>,
    pub thumbs: Arc<Thumbs>,
    pub limiter: Arc<RateLimiter>,
    pub public: Option<Arc<Public>>,
    pub metrics: Option<Arc<Metrics>>,
    /// Logins that may wait for a provider at once, so that a slow one does not take every thread.
    pub providers: Arc<Semaphore>,
}

impl Deref for ApiState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// How an app is served.
#[derive(Clone, Default)]
pub struct Options {
    pub cors: Cors,
    /// Refuse changes of collections, as in a project, whose schema is kept in git.
    pub schema_locked: bool,
    /// Static files beside the API.
    pub public: Option<Public>,
    /// Who may see `/metrics`; without it nothing is counted.
    pub metrics: Option<MetricsAccess>,
}

/// What is no route of the API: static files.
async fn elsewhere(
    State(state): State<ApiState>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    match &state.public {
        Some(public) if matches!(method, Method::GET | Method::HEAD) => public.get(&method, &uri, &headers).await,
        _ => Err(error::no_route(method).await),
    }
}

/// The API of an app with its middleware. It finds the address of a client in [`ConnectInfo<SocketAddr>`]
/// (`into_make_service_with_connect_info`); without it logs have none, `superuserIPs` admits nobody, and all clients share
/// their rate limits.
///
/// [`ConnectInfo<SocketAddr>`]: axum::extract::ConnectInfo
pub fn router(app: App, options: Options) -> Router {
    let Options { cors, schema_locked, public, metrics } = options;
    let public = public.map(Arc::new);
    let logins = Arc::new(Semaphore::new(CONCURRENT_LOGINS));
    let providers = Arc::new(Semaphore::new(CONCURRENT_EXCHANGES));
    let mailings = Arc::new(Semaphore::new(CONCURRENT_MAILINGS));
    let state = ApiState(Arc::new(Shared {
        app,
        public,
        metrics: metrics.map(|access| Arc::new(Metrics::new(access))),
        schema_locked,
        logins,
        mailings,
        providers,
        thumbs: Arc::default(),
        limiter: Arc::default(),
    }));
    let routes =
        if state.metrics.is_some() { Router::new().route(metrics::PATH, get(metrics::show)) } else { Router::new() };
    let routes = routes
        .route("/api/health", get(health::health))
        .route("/api/batch", post(batch::run))
        .route("/api/realtime", get(realtime::connect).post(realtime::set_subscriptions))
        .route("/api/settings", get(settings::view).patch(settings::update))
        .route("/api/collections", get(collections::list).post(collections::create))
        .route("/api/collections/meta/scaffolds", get(collections::scaffolds))
        .route("/api/collections/meta/oauth2-providers", get(collections::providers))
        .route("/api/collections/meta/dry-run-view", post(collections::dry_run))
        .route(
            "/api/collections/{collection}",
            get(collections::view).patch(collections::update).delete(collections::delete).put(collections::import),
        )
        .route("/api/collections/{collection}/truncate", delete(collections::truncate))
        .route("/api/collections/{collection}/records", get(records::list).post(records::create))
        .route(
            "/api/collections/{collection}/records/{id}",
            get(records::view).patch(records::update).delete(records::delete),
        )
        .route("/api/collections/{collection}/auth-methods", get(auth::methods))
        .route("/api/collections/{collection}/auth-with-password", post(auth::with_password))
        .route("/api/collections/{collection}/auth-refresh", post(auth::refresh))
        .route("/api/collections/{collection}/request-otp", post(auth::request_otp))
        .route("/api/collections/{collection}/auth-with-otp", post(auth::with_otp))
        .route("/api/collections/{collection}/auth-with-oauth2", post(oauth2::login))
        .route("/api/oauth2-redirect", get(oauth2::redirected).post(oauth2::posted))
        .route("/api/settings/apple/generate-client-secret", post(oauth2::apple_client_secret))
        .route("/api/collections/{collection}/impersonate/{id}", post(auth::impersonate))
        .route("/api/collections/{collection}/request-verification", post(accounts::request_verification))
        .route("/api/collections/{collection}/confirm-verification", post(accounts::confirm_verification))
        .route("/api/collections/{collection}/request-password-reset", post(accounts::request_password_reset))
        .route("/api/collections/{collection}/confirm-password-reset", post(accounts::confirm_password_reset))
        .route("/api/collections/{collection}/request-email-change", post(accounts::request_email_change))
        .route("/api/collections/{collection}/confirm-email-change", post(accounts::confirm_email_change))
        .route("/api/collections/{collection}/auth-with-totp", post(auth::with_totp))
        .route("/api/collections/{collection}/request-totp", post(accounts::request_totp))
        .route("/api/collections/{collection}/confirm-totp", post(accounts::confirm_totp))
        .route("/api/collections/{collection}/totp/{id}", delete(accounts::remove_totp))
        .route("/api/logs", get(logs::list).delete(logs::clear))
        .route("/api/logs/stats", get(logs::stats))
        .route("/api/logs/{id}", get(logs::view))
        .route("/api/settings/test/email", post(settings::test_email))
        .route("/api/settings/test/s3", post(settings::test_s3))
        .merge(pages::routes())
        .route("/api/backups", get(backups::list).post(backups::create))
        .route("/api/backups/{key}/restore", post(backups::restore))
        .route("/api/backups/{key}", get(backups::download).delete(backups::delete).post(backups::upload))
        .route("/api/crons", get(crons::list))
        .route("/api/crons/{id}", post(crons::run))
        .route("/api/sql", post(sql::run))
        .route("/api/files/token", post(files::token))
        .route("/api/files/{collection}/{record}/{name}", get(files::download))
        .fallback(elsewhere)
        .method_not_allowed_fallback(error::no_route)
        .with_state(state.clone());
    // Around the router and not inside it, where it would not see the `Allow` that axum adds to a wrong method.
    Router::new()
        .fallback_service(routes)
        .layer(axum::middleware::from_fn_with_state((state, cors), middleware::around))
}

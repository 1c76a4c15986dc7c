//! The HTTP API: one file a resource. A handler extracts, makes one call into the core, and answers.
//!
//! This room turns HTTP into core calls and results into the wire format. It never writes SQL.

mod auth;
mod body;
mod context;
mod error;
mod excerpt;
mod fields;
mod files;
mod health;
mod middleware;
mod query;
mod records;
mod serve;

pub use error::ApiError;
pub use middleware::Cors;
pub use serve::{ServeError, Server};

use crate::App;
use axum::Router;
use axum::routing::{get, post};

/// What handlers share.
#[derive(Clone)]
pub struct ApiState {
    pub app: App,
}

/// The API of an app with its middleware.
pub fn router(app: App, cors: Cors) -> Router {
    let state = ApiState { app };
    Router::new()
        .route("/api/health", get(health::health))
        .route("/api/collections/{collection}/records", get(records::list).post(records::create))
        .route(
            "/api/collections/{collection}/records/{id}",
            get(records::view).patch(records::update).delete(records::delete),
        )
        .route("/api/collections/{collection}/auth-methods", get(auth::methods))
        .route("/api/collections/{collection}/auth-with-password", post(auth::with_password))
        .route("/api/collections/{collection}/auth-refresh", post(auth::refresh))
        .route("/api/files/{collection}/{record}/{name}", get(files::download))
        .fallback(error::no_route)
        .method_not_allowed_fallback(error::no_route)
        .layer(axum::middleware::from_fn_with_state((state.clone(), cors), middleware::around))
        .with_state(state)
}

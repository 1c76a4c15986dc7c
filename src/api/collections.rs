//! `/api/collections`: reading the collections, for superusers.

use super::context::Context;
use super::error::json_response;
use super::{ApiError, ApiState};
use crate::records::count_pages;
use crate::schema::Collection;
use axum::body::Body as HttpBody;
use axum::extract::{Path, State};
use axum::http::Response;
use serde::Serialize;
use std::sync::Arc;

type Answer = Result<Response<HttpBody>, ApiError>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    items: Vec<Arc<Collection>>,
    page: i64,
    per_page: i64,
    total_items: i64,
    total_pages: i64,
}

/// A page of the collections in the order of their creation. Filters and sorts are refused, not ignored.
pub async fn list(State(state): State<ApiState>, context: Context) -> Answer {
    require_superuser(&context)?;
    let params = context.query.list()?;
    if !params.filter.is_empty() || !params.sort.is_empty() {
        return Err(ApiError::generic());
    }
    let catalog = state.app.catalog();
    let total = catalog.len() as i64;
    let skipped = usize::try_from(params.per_page.saturating_mul(params.page - 1)).unwrap_or(usize::MAX);
    let shown = usize::try_from(params.per_page).unwrap_or(usize::MAX);
    let page = Page {
        items: catalog.iter().skip(skipped).take(shown).cloned().collect(),
        page: params.page,
        per_page: params.per_page,
        total_items: if params.skip_total { -1 } else { total },
        total_pages: if params.skip_total { -1 } else { count_pages(total, params.per_page) },
    };
    Ok(json_response(serde_json::to_vec(&page).expect("collections are plain data")))
}

pub async fn view(State(state): State<ApiState>, Path(name): Path<String>, context: Context) -> Answer {
    require_superuser(&context)?;
    let collection = state.app.collection(&name).ok_or_else(ApiError::missing_route)?;
    Ok(json_response(serde_json::to_vec(&collection).expect("collections are plain data")))
}

/// # Errors
/// 401 for guests, 403 for everybody else who is no superuser.
fn require_superuser(context: &Context) -> Result<(), ApiError> {
    match &context.caller.identity {
        Some(identity) if identity.info.is_superuser() => Ok(()),
        Some(_) => Err(ApiError::forbidden("The authorized record is not allowed to perform this action.")),
        None => Err(ApiError::unauthorized()),
    }
}

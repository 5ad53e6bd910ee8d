//! The routes of the API's port.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get};
use connector_domain::clock::{Clock, IdSource};
use connector_schema::ConnectorSchema;
use tokio_util::sync::CancellationToken;
use tower_http::set_header::SetResponseHeaderLayer;

use super::callers::Callers;
use super::page::page_router;
use super::request_id::name_request;
use super::{cors, graphql, websocket};
use crate::auth::Authenticator;

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct EdgeOptions {
    /// Largest request body, in bytes.
    pub max_body_bytes: usize,
    /// Longest time of one query or mutation.
    pub operation_timeout: Duration,
    /// Origins whose pages may send requests, besides the server's own.
    pub allowed_origins: Vec<String>,
    /// Most live operations on one WebSocket.
    pub max_operations_per_socket: usize,
    /// Where the pages are served from instead of the binary.
    pub ui_dir: Option<PathBuf>,
}

/// What the routes work with.
#[derive(Clone)]
pub struct Edge {
    /// The API.
    pub schema: ConnectorSchema,
    /// Who calls.
    pub authenticator: Authenticator,
    /// What callers take.
    pub callers: Arc<Callers>,
    /// Settings.
    pub options: Arc<EdgeOptions>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Names for requests.
    pub ids: Arc<dyn IdSource>,
    /// Cancelled when the server stops: open sockets and streams end.
    pub stop: CancellationToken,
}

/// The page, `/graphql` and `/graphql/ws`.
pub fn router(edge: Edge) -> Router {
    let ids = edge.ids.clone();
    let cors = cors::layer(&edge.options.allowed_origins);
    let pages = page_router(edge.options.ui_dir.clone());
    let api = Router::new()
        .route("/graphql", any(graphql::serve))
        .route("/graphql/ws", get(websocket::upgrade))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .with_state(edge);
    let api = match cors {
        Some(cors) => api.layer(cors),
        None => api,
    };
    api.merge(pages)
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(from_fn_with_state(ids, name_request))
}

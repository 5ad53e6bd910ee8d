//! The routes of the pages.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::answer::{headers_of, is_known, unchanged, whole};
use super::asset::Asset;
use super::coding::Coding;
use super::directory;

/// Where the pages come from: a directory, or the binary.
type Source = Arc<Option<PathBuf>>;

/// Routes of the pages and their files.
pub fn page_router(directory: Option<PathBuf>) -> Router {
    Router::new()
        .route("/", get(playground))
        .route("/fleet", get(fleet))
        .route("/assets/{name}", get(asset))
        .with_state(Arc::new(directory))
}

async fn playground(State(source): State<Source>, request: HeaderMap) -> Response {
    serve(&source, "index.html", &request).await
}

async fn fleet(State(source): State<Source>, request: HeaderMap) -> Response {
    serve(&source, "fleet.html", &request).await
}

async fn asset(
    State(source): State<Source>,
    Path(name): Path<String>,
    request: HeaderMap,
) -> Response {
    // A percent-encoded slash arrives as a slash.
    if name.starts_with('.') || name.contains(['/', '\\']) {
        return StatusCode::NOT_FOUND.into_response();
    }
    serve(&source, &format!("assets/{name}"), &request).await
}

async fn serve(source: &Source, path: &str, request: &HeaderMap) -> Response {
    match source.as_ref() {
        Some(directory) => directory::serve(directory, path).await,
        None => from_binary(path, request).await,
    }
}

async fn from_binary(path: &str, request: &HeaderMap) -> Response {
    let Some(asset) = Asset::find(path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let coding = Coding::accepted(request);
    let tag = format!("\"{}-{}\"", asset.hash, coding.name().unwrap_or("plain"));
    let mut headers = headers_of(path);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    if is_known(request, &tag) {
        return unchanged(headers);
    }
    if let Some(name) = coding.name() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    // The first demand of a coding may take tens of milliseconds of computing.
    match tokio::task::spawn_blocking(move || asset.coded(coding)).await {
        Ok(body) => whole(headers, body),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

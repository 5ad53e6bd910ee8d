//! The pages from a directory: what a developer of theirs has just built.

use std::path::Path;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::answer::{headers_of, whole};

/// The file of that path, read anew each time. `path` holds no `..`: the routes see to that.
pub async fn serve(directory: &Path, path: &str) -> Response {
    let Ok(file) = tokio::fs::read(directory.join(path)).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut headers = headers_of(path);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    whole(headers, Bytes::from(file))
}

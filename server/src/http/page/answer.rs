//! Answers with a file of the pages.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::policy::policy_of;

/// Built files carry a hash of their content in their name: they never change.
const LASTING: &str = "public, max-age=31536000, immutable";
/// To be kept, and asked for again with its entity tag.
const CHECKED: &str = "no-cache";

/// The headers that every answer with the file of that path carries.
pub fn headers_of(path: &str) -> HeaderMap {
    let is_page = content_type_of(path).starts_with("text/html");
    let cached = if is_page { CHECKED } else { LASTING };
    HeaderMap::from_iter([
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(content_type_of(path)),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static(cached)),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(policy_of(path)),
        ),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ])
}

/// 200 with the file.
pub fn whole(headers: HeaderMap, body: Bytes) -> Response {
    (headers, Body::from(body)).into_response()
}

/// 304: what the client has is what there is.
pub fn unchanged(headers: HeaderMap) -> Response {
    (StatusCode::NOT_MODIFIED, headers).into_response()
}

/// Whether the client has the file with that entity tag already (RFC 9110, section 13.1.2).
pub fn is_known(request: &HeaderMap, tag: &str) -> bool {
    let values = request.get_all(header::IF_NONE_MATCH).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|listed| listed.trim().trim_start_matches("W/"))
        .any(|listed| listed == tag || listed == "*")
}

fn content_type_of(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        _ => "application/octet-stream",
    }
}

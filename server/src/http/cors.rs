//! Cross-origin requests: none, unless `http.allowed_origins` names pages that may send them. They carry a token in a
//! header; cookies are never asked for.

use std::time::Duration;

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, Method};
use tower_http::cors::CorsLayer;

/// How long a browser may remember what it was told.
const REMEMBERED: Duration = Duration::from_mins(10);

/// The layer for these origins; `None` when there are none.
pub fn layer(origins: &[String]) -> Option<CorsLayer> {
    let origins: Vec<HeaderValue> = origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin).ok())
        .collect();
    if origins.is_empty() {
        return None;
    }
    // What a gateway sets is not among the headers that a page may send.
    let sent = [
        AUTHORIZATION,
        CONTENT_TYPE,
        HeaderName::from_static("x-request-id"),
        HeaderName::from_static("x-rh-cloud-connector-client-id"),
        HeaderName::from_static("x-rh-cloud-connector-psk"),
        HeaderName::from_static("x-rh-cloud-connector-org-id"),
    ];
    Some(
        CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([Method::GET, Method::POST])
            .allow_headers(sent)
            .expose_headers([RETRY_AFTER, HeaderName::from_static("x-request-id")])
            .max_age(REMEMBERED),
    )
}

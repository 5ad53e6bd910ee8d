//! A name for every request: the caller's, if it sent a sane one, else ours. It is echoed, logged, and part of errors.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use connector_domain::clock::IdSource;
use tracing::Instrument;

const HEADERS: [&str; 2] = ["x-request-id", "x-rh-insights-request-id"];
const LONGEST: usize = 128;

/// The name of one request.
#[derive(Debug, Clone)]
pub struct RequestName(pub String);

/// Names the request, and the log lines and the response that belong to it.
pub async fn name_request(
    State(ids): State<Arc<dyn IdSource>>,
    mut request: Request,
    next: Next,
) -> Response {
    let name = brought(request.headers()).unwrap_or_else(|| ids.message_id().to_string());
    let span = tracing::info_span!("request", request.id = %name);
    let header = HeaderValue::from_str(&name);
    request.extensions_mut().insert(RequestName(name));
    let mut response = next.run(request).instrument(span).await;
    if let Ok(header) = header {
        response.headers_mut().insert("x-request-id", header);
    }
    response
}

fn brought(headers: &HeaderMap) -> Option<String> {
    let text = HEADERS
        .iter()
        .find_map(|name| headers.get(*name))?
        .to_str()
        .ok()?;
    let sane = !text.is_empty()
        && text.len() <= LONGEST
        && text.bytes().all(|byte| byte.is_ascii_graphic());
    sane.then(|| text.to_owned())
}

//! From an HTTP request to a WebSocket session.

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::header::SEC_WEBSOCKET_PROTOCOL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::frame::PROTOCOL;
use super::origin;
use super::session::Session;
use crate::auth::Credentials;
use crate::http::request_id::RequestName;
use crate::http::router::Edge;

/// Largest message of a client: a document and its variables.
const MESSAGE_BYTES: usize = 1024 * 1024;

/// Serves `/graphql/ws`.
pub async fn upgrade(
    State(edge): State<Edge>,
    Extension(RequestName(name)): Extension<RequestName>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !origin::is_allowed(&headers, &edge.options.allowed_origins) {
        return (
            StatusCode::FORBIDDEN,
            "this origin may not open a socket here; see http.allowed_origins\n",
        )
            .into_response();
    }
    if !offers_protocol(&headers) {
        let problem =
            "offer the subprotocol graphql-transport-ws (the library graphql-ws speaks it)\n";
        return (StatusCode::BAD_REQUEST, problem).into_response();
    }
    let brought = Credentials::of_headers(&headers);
    upgrade
        .protocols([PROTOCOL])
        .max_message_size(MESSAGE_BYTES)
        .max_frame_size(MESSAGE_BYTES)
        .on_upgrade(move |socket| Session::new(edge, brought, name).run(socket))
}

fn offers_protocol(headers: &HeaderMap) -> bool {
    let offered = headers
        .get_all(SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .filter_map(|value| value.to_str().ok());
    offered
        .flat_map(|value| value.split(','))
        .any(|name| name.trim() == PROTOCOL)
}

//! From an HTTP request to a WebSocket session.

use std::net::SocketAddr;

use axum::Extension;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, State};
use axum::http::header::SEC_WEBSOCKET_PROTOCOL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::frame::PROTOCOL;
use super::session::{Session, Stranger};
use crate::auth::{Credentials, Peer};
use crate::http::origin;
use crate::http::request_id::RequestName;
use crate::http::router::Edge;

/// Largest message of a client: a document and its variables.
const MESSAGE_BYTES: usize = 1024 * 1024;
/// What each socket has for reading, all the time: most messages are far smaller, and the library's own would be 128 KiB.
const READ_BYTES: usize = 4 * 1024;

/// Serves `/graphql/ws`.
pub async fn upgrade(
    State(edge): State<Edge>,
    Extension(RequestName(name)): Extension<RequestName>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if let Err(refusal) = origin::check(&headers, &edge.options.allowed_origins) {
        return (refusal.status, refusal.problem).into_response();
    }
    if !offers_protocol(&headers) {
        let problem =
            "offer the subprotocol graphql-transport-ws (the library graphql-ws speaks it)\n";
        return (StatusCode::BAD_REQUEST, problem).into_response();
    }
    let peer = Peer::from(peer);
    let address = (!edge.authenticator.is_shared(peer)).then(|| peer.neighbourhood());
    let Some(place) = edge.callers.stranger(address) else {
        let problem = "too many sockets are waiting for connection_init\n";
        return (StatusCode::SERVICE_UNAVAILABLE, problem).into_response();
    };
    let stranger = Stranger::new(Credentials::of_headers(&headers), peer, place);
    let span = tracing::info_span!("socket", request.id = %name);
    upgrade
        .protocols([PROTOCOL])
        .max_message_size(MESSAGE_BYTES)
        .max_frame_size(MESSAGE_BYTES)
        .read_buffer_size(READ_BYTES)
        .on_upgrade(move |socket| {
            Session::new(edge, stranger, name)
                .run(socket)
                .instrument(span)
        })
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

//! Server-sent events, in the distinct connections mode of graphql-sse
//! (<https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>): `curl -N` is a client.

use std::convert::Infallible;
use std::time::Duration;

use async_graphql::Request;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};

use crate::http::router::Edge;

const KEEP_ALIVE: Duration = Duration::from_secs(12);

/// Runs the request as a stream: `next` per result, request errors included, then `complete`.
pub fn answer(edge: &Edge, request: Request) -> Response {
    let results = edge.schema.execute_stream(request).map(|result| {
        let text = serde_json::to_string(&result)
            .unwrap_or_else(|_| r#"{"errors":[{"message":"internal error"}]}"#.to_owned());
        Event::default().event("next").data(text)
    });
    // `EventSource` drops events without data.
    let complete = stream::once(async { Event::default().event("complete").data("") });
    let stop = edge.stop.clone();
    let events = results
        .chain(complete)
        .map(Ok::<_, Infallible>)
        .take_until(stop.cancelled_owned());
    Sse::new(events)
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response()
}

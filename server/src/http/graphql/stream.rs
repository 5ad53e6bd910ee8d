//! Server-sent events, in the distinct connections mode of graphql-sse
//! (<https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>): `curl -N` is a client.

use std::convert::Infallible;
use std::time::Duration;

use async_graphql::{Request, Response as GraphqlResponse};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, stream};
use serde_json::json;
use tokio::time::sleep;

use super::operation::Kind;
use crate::auth::{Admission, AuthError};
use crate::http::callers::Place;
use crate::http::refusal::Refusal;
use crate::http::router::Edge;

const KEEP_ALIVE: Duration = Duration::from_secs(12);

/// What a stream takes while it is open.
pub struct StreamPlaces {
    /// One of the open streams.
    pub stream: Place,
    /// Also one of the operations, where it is no subscription.
    pub operation: Option<Place>,
}

/// Results that come until they end, or something ends them.
struct Live {
    results: BoxStream<'static, GraphqlResponse>,
    end: BoxFuture<'static, Refusal>,
    name: String,
    operation: Option<Place>,
    _stream: Place,
}

/// Runs the request as a stream: `next` per result, request errors included, then `complete`.
pub fn answer(
    edge: &Edge,
    request: Request,
    kind: Option<Kind>,
    admission: &Admission,
    places: StreamPlaces,
    name: &str,
) -> Response {
    let live = Live {
        results: places
            .stream
            .turns()
            .begin(edge.schema.execute_stream(request))
            .boxed(),
        end: end_of(edge, kind, admission),
        name: name.to_owned(),
        operation: places.operation,
        _stream: places.stream,
    };
    let results = stream::unfold(Some(live), |live| async { live?.next().await })
        .map(|text| Event::default().event("next").data(text));
    // `EventSource` drops events without data, and an empty text is written as none: a line's end is two empty lines.
    let complete = stream::once(async { Event::default().event("complete").data("\n") });
    let stop = edge.stop.clone();
    let events = results
        .chain(complete)
        .map(Ok::<_, Infallible>)
        .take_until(stop.cancelled_owned());
    Sse::new(events)
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response()
}

impl Live {
    /// The next text, and what comes after it.
    async fn next(mut self) -> Option<(String, Option<Self>)> {
        let result = self
            .results
            .next()
            .map(|result| result.map(|result| text(&result)));
        let result = match &self.operation {
            Some(operation) => operation.fairly(result).left_future(),
            None => result.right_future(),
        };
        let told = tokio::select! {
            refusal = &mut self.end => {
                let errors = refusal.errors(&self.name);
                return Some((json!({"errors": errors}).to_string(), None));
            }
            told = result => told?,
        };
        Some((told, Some(self)))
    }
}

/// What ends a stream: its caller's credentials, and the time that anything but a subscription may take. That credentials
/// expire is told by the subscription itself.
fn end_of(edge: &Edge, kind: Option<Kind>, admission: &Admission) -> BoxFuture<'static, Refusal> {
    let revoked = admission.revoked();
    let limit = edge.options.operation_timeout;
    let limit = (kind != Some(Kind::Subscription)).then_some(limit);
    async move {
        let late = async {
            match limit {
                Some(limit) => sleep(limit).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = revoked => AuthError::Unauthenticated.into(),
            () = late => Refusal::timeout(),
        }
    }
    .boxed()
}

fn text(result: &GraphqlResponse) -> String {
    serde_json::to_string(result)
        .unwrap_or_else(|_| r#"{"errors":[{"message":"internal error"}]}"#.to_owned())
}

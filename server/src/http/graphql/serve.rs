//! One GraphQL request over HTTP, from its headers to its answer.

use std::net::SocketAddr;

use async_graphql::Request as GraphqlRequest;
use axum::Extension;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use connector_schema::RequestId;
use tokio::time::timeout;

use super::answer::{executed, refused};
use super::media::Media;
use super::operation::{Kind, kind_of};
use super::request::read;
use super::stream::{self, StreamPlaces};
use crate::auth::{Credentials, Peer};
use crate::http::callers::Place;
use crate::http::origin;
use crate::http::refusal::Refusal;
use crate::http::request_id::RequestName;
use crate::http::router::Edge;

/// Serves `/graphql`.
pub async fn serve(
    State(edge): State<Edge>,
    Extension(RequestName(name)): Extension<RequestName>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Some(media) = Media::accepted(&parts.headers) else {
        let problem =
            "answers are application/graphql-response+json, application/json or text/event-stream";
        let refusal = Refusal::new(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", problem);
        return refused(Media::Json, &refusal, &name);
    };
    answer(&edge, media, peer.into(), &name, &parts, body)
        .await
        .unwrap_or_else(|refusal| refused(media, &refusal, &name))
}

async fn answer(
    edge: &Edge,
    media: Media,
    peer: Peer,
    name: &str,
    parts: &Parts,
    body: Body,
) -> Result<Response, Refusal> {
    origin::check(&parts.headers, &edge.options.allowed_origins)?;
    let credentials = Credentials::of_headers(&parts.headers);
    let admission = edge.authenticator.authenticate(&credentials, peer).await?;
    edge.callers.request(&admission.caller, edge.clock.now())?;
    // Taken before the body is read: one that comes slowly is the caller's own loss.
    let place = edge.callers.operation(&admission.caller)?;
    let mut request = read_in_time(edge, parts, body).await?;
    let kind = place.fairly(async { kind_of(&mut request) }).await;
    check_kind(kind, &parts.method, media)?;
    let caller = admission.caller.clone();
    let request_id = RequestId(name.to_owned());
    let request = connector_schema::prepare(request, caller, request_id, Some(peer.into()));
    if media == Media::EventStream {
        let places = StreamPlaces {
            stream: edge.callers.stream(&admission.caller)?,
            // A query is one, however its result is asked for.
            operation: (kind != Some(Kind::Subscription)).then_some(place),
        };
        return Ok(stream::answer(
            edge, request, kind, &admission, places, name,
        ));
    }
    execute(edge, media, request, &place).await
}

async fn read_in_time(edge: &Edge, parts: &Parts, body: Body) -> Result<GraphqlRequest, Refusal> {
    let options = &edge.options;
    let reading = read(
        &parts.method,
        &parts.uri,
        &parts.headers,
        body,
        options.max_body_bytes,
    );
    let too_slow = |_| {
        let problem = "the body did not come in time";
        Refusal::new(StatusCode::REQUEST_TIMEOUT, "TIMEOUT", problem)
    };
    timeout(options.operation_timeout, reading)
        .await
        .map_err(too_slow)?
}

fn check_kind(kind: Option<Kind>, method: &Method, media: Media) -> Result<(), Refusal> {
    if *method == Method::GET && kind == Some(Kind::Mutation) {
        let problem = "GET is for queries: send a mutation by POST";
        return Err(Refusal::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            problem,
        ));
    }
    if kind == Some(Kind::Subscription) && media != Media::EventStream {
        let problem = "subscriptions need /graphql/ws, or `Accept: text/event-stream`";
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "BAD_USER_INPUT",
            problem,
        ));
    }
    Ok(())
}

async fn execute(
    edge: &Edge,
    media: Media,
    request: GraphqlRequest,
    place: &Place,
) -> Result<Response, Refusal> {
    let executing = place.fairly(edge.schema.execute(request));
    match timeout(edge.options.operation_timeout, executing).await {
        Ok(response) => Ok(executed(media, response)),
        Err(_) => Err(Refusal::timeout()),
    }
}

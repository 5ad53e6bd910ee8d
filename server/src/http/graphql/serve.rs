//! One GraphQL request over HTTP, from its headers to its answer.

use async_graphql::Request as GraphqlRequest;
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use connector_schema::RequestId;

use super::answer::{executed, refused};
use super::media::Media;
use super::operation::{Kind, kind_of};
use super::request::{Malformed, read};
use super::stream;
use crate::auth::Credentials;
use crate::http::request_id::RequestName;
use crate::http::router::Edge;

/// Serves `/graphql`.
pub async fn serve(
    State(edge): State<Edge>,
    Extension(RequestName(name)): Extension<RequestName>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Some(media) = Media::accepted(&parts.headers) else {
        let problem =
            "answers are application/graphql-response+json, application/json or text/event-stream";
        return refused(
            Media::Json,
            StatusCode::NOT_ACCEPTABLE,
            "NOT_ACCEPTABLE",
            problem,
            &name,
        );
    };
    let caller = match edge
        .authenticator
        .authenticate(&Credentials::of_headers(&parts.headers))
    {
        Ok(caller) => caller,
        Err(error) => {
            return refused(
                media,
                StatusCode::UNAUTHORIZED,
                "UNAUTHENTICATED",
                &error.to_string(),
                &name,
            );
        }
    };
    let mut request = match read(
        &parts.method,
        &parts.uri,
        &parts.headers,
        body,
        edge.options.max_body_bytes,
    )
    .await
    {
        Ok(request) => request,
        Err(Malformed { status, problem }) => {
            return refused(media, status, "BAD_REQUEST", &problem, &name);
        }
    };
    let kind = kind_of(&mut request);
    if parts.method == Method::GET && matches!(kind, Some(Kind::Mutation)) {
        let problem = "GET is for queries: send a mutation by POST";
        return refused(
            media,
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            problem,
            &name,
        );
    }
    if kind == Some(Kind::Subscription) && media != Media::EventStream {
        let problem = "subscriptions need /graphql/ws, or `Accept: text/event-stream`";
        return refused(
            media,
            StatusCode::BAD_REQUEST,
            "BAD_USER_INPUT",
            problem,
            &name,
        );
    }
    let request = connector_schema::prepare(request, caller, RequestId(name.clone()));
    if media == Media::EventStream {
        return stream::answer(&edge, request);
    }
    execute(&edge, media, request, &name).await
}

async fn execute(edge: &Edge, media: Media, request: GraphqlRequest, name: &str) -> Response {
    match tokio::time::timeout(edge.options.operation_timeout, edge.schema.execute(request)).await {
        Ok(response) => executed(media, response),
        Err(_) => refused(
            media,
            StatusCode::GATEWAY_TIMEOUT,
            "TIMEOUT",
            "the operation took too long",
            name,
        ),
    }
}

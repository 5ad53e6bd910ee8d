//! Writes GraphQL responses as HTTP ones, and refusals in the same shape.

use std::time::Duration;

use async_graphql::Response as GraphqlResponse;
use async_graphql_axum::GraphQLResponse;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::media::Media;
use crate::http::refusal::Refusal;

/// A response that was executed, or refused before it.
pub fn executed(media: Media, response: GraphqlResponse) -> Response {
    if connector_schema::is_request_error(&response) {
        let status = match media {
            Media::GraphqlResponse => StatusCode::BAD_REQUEST,
            Media::Json | Media::EventStream => StatusCode::OK,
        };
        // A request error has no `data` (GraphQL specification, section 7.1).
        return written(
            media,
            status,
            json!({"errors": response.errors}).to_string(),
        );
    }
    let mut answer = GraphQLResponse::from(response).into_response();
    let content_type = HeaderValue::from_static(media.content_type());
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    answer
}

/// A request that is refused before it is executed.
pub fn refused(media: Media, refusal: &Refusal, request_id: &str) -> Response {
    let body = json!({"errors": refusal.errors(request_id)});
    let mut response = written(media, refusal.status, body.to_string());
    let headers = response.headers_mut();
    if refusal.status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if refusal.status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, HeaderValue::from_static("POST, GET"));
    }
    if let Some(retry_after) = refusal.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds(retry_after)));
    }
    response
}

/// Whole seconds, rounded up (RFC 9110, section 10.2.3).
fn seconds(duration: Duration) -> u64 {
    duration
        .as_secs()
        .saturating_add(u64::from(duration.subsec_nanos() > 0))
}

fn written(media: Media, status: StatusCode, text: String) -> Response {
    // A refusal of a stream before it began is plain JSON.
    let media = if media == Media::EventStream {
        Media::Json
    } else {
        media
    };
    (status, [(header::CONTENT_TYPE, media.content_type())], text).into_response()
}

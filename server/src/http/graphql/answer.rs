//! Writes GraphQL responses as HTTP ones, and refusals in the same shape.

use async_graphql::Response as GraphqlResponse;
use async_graphql_axum::GraphQLResponse;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::media::Media;

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
pub fn refused(
    media: Media,
    status: StatusCode,
    code: &str,
    problem: &str,
    request_id: &str,
) -> Response {
    let error = json!({"message": problem, "extensions": {"code": code, "requestId": request_id}});
    let mut response = written(media, status, json!({"errors": [error]}).to_string());
    if status == StatusCode::UNAUTHORIZED {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static("POST, GET"));
    }
    response
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

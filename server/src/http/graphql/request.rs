//! Reads a GraphQL request out of an HTTP one: JSON bodies of POST, the query string of GET.
//!
//! No other body is read, because a form or a text needs no CORS preflight and so could come from any page.

use std::collections::HashMap;

use async_graphql::Request;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use connector_schema::variables_of;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::http::refusal::Refusal;

/// Reads the request; the body at most `limit` bytes.
pub async fn read(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: Body,
    limit: usize,
) -> Result<Request, Refusal> {
    match *method {
        Method::GET => of_query(uri),
        Method::POST => request_of(&of_body(headers, body, limit).await?),
        _ => Err(malformed(
            StatusCode::METHOD_NOT_ALLOWED,
            "use POST, or GET for queries",
        )),
    }
}

fn of_query(uri: &Uri) -> Result<Request, Refusal> {
    let mut members = Members::new();
    for (name, value) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let text = match name.as_ref() {
            "query" | "operationName" => Value::String(value.into_owned()).to_string(),
            "variables" | "extensions" => value.into_owned(),
            _ => continue,
        };
        let raw = RawValue::from_string(text)
            .map_err(|_| bad(&format!("parameter {name} is not JSON")))?;
        members.insert(name.into_owned(), raw);
    }
    request_of_members(&members)
}

async fn of_body(headers: &HeaderMap, body: Body, limit: usize) -> Result<String, Refusal> {
    if !is_json(headers) {
        let problem = "the body must be application/json in UTF-8";
        return Err(malformed(StatusCode::UNSUPPORTED_MEDIA_TYPE, problem));
    }
    let too_large = |_| {
        let problem = format!("the body is larger than {limit} bytes, or broke off");
        malformed(StatusCode::PAYLOAD_TOO_LARGE, problem)
    };
    let bytes = axum::body::to_bytes(body, limit).await.map_err(too_large)?;
    String::from_utf8(bytes.into()).map_err(|_| bad("the body is not UTF-8"))
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let mut parts = value
        .split(';')
        .map(|part| part.trim().to_ascii_lowercase());
    parts
        .next()
        .is_some_and(|media| media == "application/json")
        && parts.all(|parameter| {
            parameter
                .strip_prefix("charset=")
                .is_none_or(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8"))
        })
}

/// Reads the JSON text of a request, of a body or of `subscribe` over WebSocket.
pub fn request_of(text: &str) -> Result<Request, Refusal> {
    if text.trim_start().starts_with('[') {
        return Err(bad("batches are not served: send one request"));
    }
    let members: Members =
        serde_json::from_str(text).map_err(|error| bad(&format!("not a JSON object: {error}")))?;
    request_of_members(&members)
}

/// Members of a request, each as it came: `variables` may hold numbers that no machine type does.
type Members = HashMap<String, Box<RawValue>>;

fn request_of_members(members: &Members) -> Result<Request, Refusal> {
    let given = |name: &str| {
        members
            .get(name)
            .map(|raw| raw.get())
            .filter(|text| *text != "null")
    };
    let query = given("query").ok_or_else(|| bad("query is missing"))?;
    let query: String = serde_json::from_str(query).map_err(|_| bad("query is not a string"))?;
    let mut request = Request::new(query);
    if let Some(name) = given("operationName") {
        let name: String =
            serde_json::from_str(name).map_err(|_| bad("operationName is not a string"))?;
        request = request.operation_name(name);
    }
    if let Some(variables) = given("variables") {
        let variables = Some(variables)
            .filter(|text| text.starts_with('{'))
            .and_then(|text| variables_of(text).ok());
        request = request.variables(variables.ok_or_else(|| bad("variables is not an object"))?);
    }
    if given("extensions").is_some_and(|text| !text.starts_with('{')) {
        return Err(bad("extensions is not an object"));
    }
    Ok(request)
}

fn bad(problem: &str) -> Refusal {
    malformed(StatusCode::BAD_REQUEST, problem)
}

/// A request that is no GraphQL request.
fn malformed(status: StatusCode, problem: impl Into<String>) -> Refusal {
    Refusal::new(status, "BAD_REQUEST", problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn post(content_type: &str, body: &str) -> Result<Request, Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, content_type.parse().expect("a header"));
        read(
            &Method::POST,
            &Uri::from_static("/graphql"),
            &headers,
            Body::from(body.to_owned()),
            1000,
        )
        .await
    }

    #[tokio::test]
    async fn only_json_objects_of_the_right_shape_are_requests() {
        let good =
            r#"{"query": "{ viewer { name } }", "variables": {"a": 1}, "operationName": null}"#;
        assert!(post("application/json; charset=utf-8", good).await.is_ok());
        for content_type in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
        ] {
            let refused = post(content_type, good).await.expect_err("refused");
            assert_eq!(refused.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        for body in [
            "",
            "[]",
            "null",
            "{}",
            r#"{"query": 1}"#,
            r#"{"query": "{a}", "variables": []}"#,
            r#"{"query": "{a}", "operationName": {}}"#,
        ] {
            assert_eq!(
                post("application/json", body)
                    .await
                    .expect_err("refused")
                    .status,
                StatusCode::BAD_REQUEST,
                "{body}"
            );
        }
        let large = format!(r#"{{"query": "{}"}}"#, "x".repeat(1000));
        assert_eq!(
            post("application/json", &large)
                .await
                .expect_err("refused")
                .status,
            StatusCode::PAYLOAD_TOO_LARGE
        );
    }
}

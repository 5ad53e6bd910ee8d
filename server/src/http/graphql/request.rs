//! Reads a GraphQL request out of an HTTP one: JSON bodies of POST, the query string of GET.
//!
//! No other body is read, because a form or a text needs no CORS preflight and so could come from any page.

use async_graphql::Request;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::{Map, Value};

/// A request that is no GraphQL request: the status and a text for people.
#[derive(Debug)]
pub struct Malformed {
    /// HTTP status.
    pub status: StatusCode,
    /// What is wrong.
    pub problem: String,
}

impl Malformed {
    fn new(status: StatusCode, problem: impl Into<String>) -> Self {
        Self { status, problem: problem.into() }
    }
}

/// Reads the request; the body at most `limit` bytes.
pub async fn read(method: &Method, uri: &Uri, headers: &HeaderMap, body: Body, limit: usize) -> Result<Request, Malformed> {
    let fields = match *method {
        Method::GET => of_query(uri)?,
        Method::POST => of_body(headers, body, limit).await?,
        _ => return Err(Malformed::new(StatusCode::METHOD_NOT_ALLOWED, "use POST, or GET for queries")),
    };
    request_of(fields)
}

fn of_query(uri: &Uri) -> Result<Map<String, Value>, Malformed> {
    let mut fields = Map::new();
    for (name, value) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let value = match name.as_ref() {
            "query" | "operationName" => Value::String(value.into_owned()),
            "variables" | "extensions" => serde_json::from_str(&value)
                .map_err(|_| Malformed::new(StatusCode::BAD_REQUEST, format!("parameter {name} is not JSON")))?,
            _ => continue,
        };
        fields.insert(name.into_owned(), value);
    }
    Ok(fields)
}

async fn of_body(headers: &HeaderMap, body: Body, limit: usize) -> Result<Map<String, Value>, Malformed> {
    if !is_json(headers) {
        let problem = "the body must be application/json in UTF-8";
        return Err(Malformed::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, problem));
    }
    let bytes = axum::body::to_bytes(body, limit)
        .await
        .map_err(|_| Malformed::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is larger than {limit} bytes, or broke off")))?;
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(Value::Array(_)) => Err(Malformed::new(StatusCode::BAD_REQUEST, "batches are not served: send one request")),
        Ok(_) => Err(Malformed::new(StatusCode::BAD_REQUEST, "the body is not a JSON object")),
        Err(error) => Err(Malformed::new(StatusCode::BAD_REQUEST, format!("the body is not JSON: {error}"))),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let mut parts = value.split(';').map(|part| part.trim().to_ascii_lowercase());
    parts.next().is_some_and(|media| media == "application/json")
        && parts.all(|parameter| {
            parameter.strip_prefix("charset=").is_none_or(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8"))
        })
}

/// The members of a request, also of `subscribe` over WebSocket, checked one by one.
pub fn request_of(mut fields: Map<String, Value>) -> Result<Request, Malformed> {
    let bad = |problem: &str| Malformed::new(StatusCode::BAD_REQUEST, problem);
    let query = match fields.remove("query") {
        Some(Value::String(query)) => query,
        Some(_) => return Err(bad("query is not a string")),
        None => return Err(bad("query is missing")),
    };
    let mut request = Request::new(query);
    match fields.remove("operationName") {
        None | Some(Value::Null) => {}
        Some(Value::String(name)) => request = request.operation_name(name),
        Some(_) => return Err(bad("operationName is not a string")),
    }
    match fields.remove("variables") {
        None | Some(Value::Null) => {}
        Some(variables @ Value::Object(_)) => request = request.variables(async_graphql::Variables::from_json(variables)),
        Some(_) => return Err(bad("variables is not an object")),
    }
    match fields.remove("extensions") {
        None | Some(Value::Null | Value::Object(_)) => Ok(request),
        Some(_) => Err(bad("extensions is not an object")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn post(content_type: &str, body: &str) -> Result<Request, Malformed> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, content_type.parse().expect("a header"));
        read(&Method::POST, &Uri::from_static("/graphql"), &headers, Body::from(body.to_owned()), 1000).await
    }

    #[tokio::test]
    async fn only_json_objects_of_the_right_shape_are_requests() {
        let good = r#"{"query": "{ viewer { name } }", "variables": {"a": 1}, "operationName": null}"#;
        assert!(post("application/json; charset=utf-8", good).await.is_ok());
        for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
            let refused = post(content_type, good).await.expect_err("refused");
            assert_eq!(refused.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        for body in ["", "[]", "null", "{}", r#"{"query": 1}"#, r#"{"query": "{a}", "variables": []}"#, r#"{"query": "{a}", "operationName": {}}"#] {
            assert_eq!(post("application/json", body).await.expect_err("refused").status, StatusCode::BAD_REQUEST, "{body}");
        }
        let large = format!(r#"{{"query": "{}"}}"#, "x".repeat(1000));
        assert_eq!(post("application/json", &large).await.expect_err("refused").status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}

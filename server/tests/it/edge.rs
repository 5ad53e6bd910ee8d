//! GraphQL over HTTP, SSE, and the management endpoints.

use connector_testkit::TestPlatform;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

struct Caller {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Caller {
    async fn send(
        &self,
        method: Method,
        query: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (StatusCode, String, Value) {
        let mut request = self
            .http
            .request(method, format!("{}{query}", self.url))
            .bearer_auth(&self.token)
            .body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        assert!(response.headers().contains_key("x-request-id"));
        let media = response.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned();
        (status, media, response.json().await.unwrap())
    }
}

const JSON: (&str, &str) = ("content-type", "application/json");
const STRICT: (&str, &str) = ("accept", "application/graphql-response+json");

#[tokio::test(flavor = "multi_thread")]
async fn the_http_rules_of_graphql_hold() {
    let platform = TestPlatform::start().await;
    let caller = Caller {
        http: reqwest::Client::new(),
        url: format!("{}/graphql", platform.base()),
        token: platform.client().token,
    };
    let good = r#"{"query": "{ viewer { name } }"}"#;

    let (status, media, body) = caller.send(Method::POST, "", &[JSON], good).await;
    assert_eq!(
        (status, media.as_str()),
        (StatusCode::OK, "application/json; charset=utf-8")
    );
    assert_eq!(body["data"]["viewer"]["name"], "tester");
    let (status, media, _) = caller.send(Method::POST, "", &[JSON, STRICT], good).await;
    assert_eq!(
        (status, media.as_str()),
        (
            StatusCode::OK,
            "application/graphql-response+json; charset=utf-8"
        )
    );
    let (status, _, body) = caller
        .send(Method::GET, "?query=%7Bviewer%7Bname%7D%7D", &[], "")
        .await;
    assert_eq!(
        (status, &body["data"]["viewer"]["name"]),
        (StatusCode::OK, &json!("tester"))
    );

    let ping = "?query=mutation%7Bping(input%3A%7BclientId%3A%22x%22%7D)%7Berrors%7Bcode%7D%7D%7D";
    assert_eq!(
        caller.send(Method::GET, ping, &[], "").await.0,
        StatusCode::METHOD_NOT_ALLOWED
    );
    for media in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ] {
        assert_eq!(
            caller
                .send(Method::POST, "", &[("content-type", media)], good)
                .await
                .0,
            StatusCode::UNSUPPORTED_MEDIA_TYPE
        );
    }
    assert_eq!(
        caller
            .send(Method::POST, "", &[JSON, ("accept", "text/html")], good)
            .await
            .0,
        StatusCode::NOT_ACCEPTABLE
    );
    assert_eq!(
        caller.send(Method::POST, "", &[JSON], "[]").await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        caller.send(Method::PUT, "", &[JSON], good).await.0,
        StatusCode::METHOD_NOT_ALLOWED
    );

    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        let bad = json!({"query": query}).to_string();
        let (status, _, body) = caller.send(Method::POST, "", &[JSON, STRICT], &bad).await;
        assert_eq!(
            (status, &body["errors"][0]["extensions"]["code"]),
            (StatusCode::BAD_REQUEST, &json!(code))
        );
        assert!(
            body.get("data").is_none() && body["errors"][0]["extensions"]["requestId"].is_string()
        );
        assert_eq!(
            caller.send(Method::POST, "", &[JSON], &bad).await.0,
            StatusCode::OK
        );
    }
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_aliases_is_refused_and_a_refusal_carries_the_callers_request_id() {
    let platform = TestPlatform::start().await;
    let caller = Caller {
        http: reqwest::Client::new(),
        url: format!("{}/graphql", platform.base()),
        token: platform.client().token,
    };
    let aliases: Vec<String> = (0..5000)
        .map(|number| format!("a{number}: __typename"))
        .collect();
    let aliases = aliases.join(" ");
    let (_, _, body) = caller
        .send(
            Method::POST,
            "",
            &[JSON],
            &json!({"query": format!("{{ {aliases} }}")}).to_string(),
        )
        .await;
    assert!(
        body.get("data").is_none() && body["errors"][0]["extensions"]["code"].is_string(),
        "{body}"
    );

    let named = caller
        .http
        .post(&caller.url)
        .header("x-request-id", "mine-1")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (named.status(), &named.headers()["x-request-id"]),
        (StatusCode::UNAUTHORIZED, &"mine-1".parse().unwrap())
    );
    assert!(named.headers().contains_key("www-authenticate"));
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_streams_over_server_sent_events() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let mut response = reqwest::Client::new()
        .post(format!("{}/graphql", platform.base()))
        .bearer_auth(&client.token)
        .header("accept", "text/event-stream")
        .json(&json!({"query": "subscription { connectionStatsChanged(minIntervalMs: 250) { total online } }"}))
        .send()
        .await
        .unwrap();
    assert!(
        response.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/event-stream")
    );
    let mut seen = String::new();
    let mut device = platform.device("host-1").connect().await;
    device.report_online("m-1").await;
    while !seen.contains(r#"{"total":1,"online":1}"#) {
        let chunk = tokio::time::timeout(connector_testkit::PATIENCE, response.chunk())
            .await
            .expect("an event in time");
        seen.push_str(&String::from_utf8_lossy(
            &chunk.unwrap().expect("the stream is open"),
        ));
    }
    assert!(seen.starts_with("event: next"), "{seen}");
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_management_endpoints_are_there() {
    let platform = TestPlatform::start().await;
    let get = async |path: &str| {
        reqwest::get(format!("{}{path}", platform.management()))
            .await
            .unwrap()
    };
    assert_eq!(get("/livez").await.status(), StatusCode::OK);
    let ready = connector_testkit::eventually(
        "ready",
        || async { get("/readyz").await.json::<Value>().await.unwrap() },
        |ready| ready["ready"] == true,
    )
    .await;
    for part in ["database", "kafka", "mqtt", "events", "consumer-group"] {
        assert_eq!(ready["parts"][part]["ready"], true, "{ready}");
    }
    assert!(
        get("/metrics")
            .await
            .text()
            .await
            .unwrap()
            .contains("connector_")
    );
    platform.stop().await;
}

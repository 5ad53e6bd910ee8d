//! Pages of other origins, and who may read the schema.

use connector_testkit::{Subscription, TestPlatform};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::knock::{bearer, post};

const PAGE: &str = "https://ui.example.com";

async fn preflight(base: &str, origin: &str) -> reqwest::Response {
    reqwest::Client::new()
        .request(Method::OPTIONS, format!("{base}/graphql"))
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization,content-type",
        )
        .send()
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_origins_are_refused_unless_they_are_named() {
    for (named, status) in [(false, StatusCode::FORBIDDEN), (true, StatusCode::OK)] {
        let platform = TestPlatform::start_with(|config| {
            config.http.allowed_origins = named.then(|| PAGE.to_owned()).into_iter().collect();
        })
        .await;
        let base = platform.base();
        let token = bearer(platform.client().token);
        let allowed = |response: &reqwest::Response| {
            let headers = response.headers();
            headers
                .get("access-control-allow-origin")
                .is_some_and(|value| value == PAGE)
        };
        assert_eq!(allowed(&preflight(&base, PAGE).await), named);
        assert!(!allowed(
            &preflight(&base, "https://evil.example.com").await
        ));

        let request = post(&base, &token, "{ viewer { name } }").header("origin", PAGE);
        let response = request.send().await.unwrap();
        assert_eq!((response.status(), allowed(&response)), (status, named));
        assert!(
            !response
                .headers()
                .contains_key("access-control-allow-credentials")
        );
        for origin in ["https://evil.example.com", "null"] {
            let request = post(&base, &token, "{ viewer { name } }").header("origin", origin);
            let refused = request.send().await.unwrap();
            assert_eq!(refused.status(), StatusCode::FORBIDDEN);
            assert!(
                !refused
                    .headers()
                    .contains_key("access-control-allow-origin")
            );
            let socket = Subscription::open_with(&base, &[("origin", origin)]).await;
            assert_eq!(socket.err(), Some(403));
        }
        let own = post(&base, &token, "{ viewer { name } }").header("origin", &base);
        assert_eq!(own.send().await.unwrap().status(), StatusCode::OK);
        platform.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_introspection_the_schema_is_refused_with_the_reason_and_type_names_are_told() {
    let platform = TestPlatform::start_with(|config| config.limits.introspection = false).await;
    let token = bearer(platform.client().token);
    let ask = |query: &'static str| {
        let request = post(&platform.base(), &token, query);
        async move { request.send().await.unwrap().json::<Value>().await.unwrap() }
    };
    for query in [
        "{ __schema { types { name } } }",
        "{ ...f } fragment f on Query { __type(name: \"Query\") { name } }",
    ] {
        let refused = ask(query).await;
        let error = &refused["errors"][0];
        assert_eq!(error["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
        assert_eq!(error["message"], "introspection is off on this server");
        assert!(refused.get("data").is_none());
    }
    let answered = ask("{ __typename viewer { __typename } }").await;
    assert_eq!(
        answered["data"],
        json!({"__typename": "Query", "viewer": {"__typename": "Viewer"}})
    );
    let misspelt = ask("{ viewr { name } }").await;
    assert!(!misspelt.to_string().contains("viewer"), "{misspelt}");
    platform.stop().await;
}

//! The graphql-transport-ws protocol, with every close code.

use std::time::Duration;

use connector_domain::caller::Permission;
use connector_testkit::{Client, Subscription, TestPlatform};
use serde_json::json;

const WATCH: &str = "subscription { connectionChanged { clientId } }";

#[tokio::test(flavor = "multi_thread")]
async fn every_misuse_of_the_protocol_is_closed_with_its_code() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let init = json!({"type": "connection_init", "payload": {"Authorization": format!("Bearer {}", client.token)}});

    let mut socket = Subscription::open(&client.base).await;
    socket.send_text("hello").await;
    assert_eq!(socket.closed().await.0, 4400);

    let mut socket = Subscription::open(&client.base).await;
    socket.subscribe("1", WATCH, json!({})).await;
    assert_eq!(socket.closed().await.0, 4401);

    let mut socket = Subscription::open(&client.base).await;
    socket
        .send(json!({"type": "connection_init", "payload": {"authorization": "Bearer x"}}))
        .await;
    assert_eq!(socket.closed().await.0, 4403);

    let mut socket = Subscription::open(&client.base).await;
    assert_eq!(
        socket.closed().await,
        (4408, "Connection initialisation timeout".to_owned())
    );

    let mut socket = Subscription::start(&client, WATCH, json!({})).await;
    socket.subscribe("1", WATCH, json!({})).await;
    assert_eq!(socket.closed().await.0, 4409);

    let mut socket = Subscription::open(&client.base).await;
    socket.send(init.clone()).await;
    assert_eq!(socket.receive().await["type"], "connection_ack");
    socket.send(init).await;
    assert_eq!(socket.closed().await.0, 4429);
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_run_over_a_socket_and_refused_requests_end_with_an_error() {
    let platform = TestPlatform::start().await;
    let mut socket = Subscription::start(&platform.client(), WATCH, json!({})).await;
    socket
        .subscribe("q", "{ viewer { name } }", json!({}))
        .await;
    let answer = socket.receive().await;
    assert_eq!(
        (
            &answer["id"],
            &answer["type"],
            &answer["payload"]["data"]["viewer"]["name"]
        ),
        (&json!("q"), &json!("next"), &json!("tester"))
    );
    assert_eq!(
        socket.receive().await,
        json!({"id": "q", "type": "complete"})
    );

    socket.subscribe("bad", "{ nothing }", json!({})).await;
    let refused = socket.receive().await;
    assert_eq!(
        (&refused["id"], &refused["type"]),
        (&json!("bad"), &json!("error"))
    );
    assert_eq!(
        refused["payload"][0]["extensions"]["code"],
        "GRAPHQL_VALIDATION_FAILED"
    );

    // An id is free again once its operation has ended, by either side.
    socket
        .subscribe("bad", "{ viewer { name } }", json!({}))
        .await;
    assert_eq!(socket.receive().await["type"], "next");
    assert_eq!(socket.receive().await["type"], "complete");
    socket.send(json!({"id": "1", "type": "complete"})).await;
    socket.subscribe("1", WATCH, json!({})).await;
    socket
        .send(json!({"type": "ping", "payload": {"n": 1}}))
        .await;
    assert_eq!(
        socket.receive().await,
        json!({"type": "pong", "payload": {"n": 1}})
    );
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_ends_with_its_credentials_and_with_the_server() {
    let platform = TestPlatform::start().await;
    let token = platform
        .token(
            Some("10000"),
            vec![Permission::ConnectionRead],
            Duration::from_secs(2),
        )
        .unwrap();
    let mut short =
        Subscription::start(&Client::new(platform.base(), token), WATCH, json!({})).await;
    let ended = short.end().await;
    assert!(ended == Some(4403) || ended.is_none(), "{ended:?}");

    let mut long = Subscription::start(&platform.client(), WATCH, json!({})).await;
    let (closed, ()) = tokio::join!(long.closed(), platform.stop());
    assert_eq!(closed.0, 1001);
}

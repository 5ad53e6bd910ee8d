//! Whoever takes too much is told so and when to come again, and takes nothing from others.

use std::time::Duration;

use connector_domain::caller::Permission;
use connector_testkit::{Subscription, TestPlatform, eventually};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::knock::{
    EventStream, WATCH, bearer, over_http, over_websocket, service, socket, until_let_in,
    until_refused,
};
use super::world::World;

/// Two callers of one organisation.
fn two_callers(world: &World) -> (super::knock::Brought, super::knock::Brought) {
    use super::world::claims_with;
    let other = claims_with("sub", json!("somebody else"));
    (bearer(world.token()), bearer(world.own.token(None, &other)))
}

fn assert_limited(refused: &Result<Value, (u16, Value)>) {
    let (status, body) = refused.as_ref().expect_err("refused");
    let extensions = &body["errors"][0]["extensions"];
    assert_eq!(
        (*status, &extensions["code"]),
        (429, &json!("RATE_LIMITED")),
        "{body}"
    );
    assert!(extensions["retryAfterMs"].as_u64().unwrap() > 0);
    assert!(extensions["requestId"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_with_too_many_requests_waits_and_nobody_else_does() {
    let world = World::start_with(|config| {
        config.limits.max_requests_per_second = 1;
        config.limits.max_request_burst = 3;
    })
    .await;
    let base = world.platform.base();
    let (one, other) = two_callers(&world);
    let mut socket = socket(&base, &one).await.unwrap();
    for _ in 0..3 {
        assert!(over_http(&base, &one).await.is_ok());
    }
    let refused = super::knock::post(&base, &one, "{ viewer { name } }")
        .send()
        .await
        .unwrap();
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_limited(&over_http(&base, &one).await);
    socket
        .subscribe("1", "{ viewer { name } }", json!({}))
        .await;
    let refused = socket.receive().await;
    assert_eq!(
        (&refused["type"], &refused["id"]),
        (&json!("error"), &json!("1"))
    );
    assert_eq!(refused["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    assert!(refused["payload"][0]["extensions"]["retryAfterMs"].is_u64());

    assert!(over_http(&base, &other).await.is_ok());
    // Each look takes a request where it is let in, and none where it is not.
    until_let_in(&base, &one).await;
    world.platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_holds_its_places_is_the_only_one_without_one() {
    let world = World::start_with(|config| {
        config.limits.max_concurrent_operations = 2;
        config.http.operation_timeout_seconds = 3;
    })
    .await;
    let base = world.platform.base();
    let (one, other) = two_callers(&world);
    let (_, token) = &one[0];
    let mut slow = Vec::new();
    for _ in 0..2 {
        let address = base.strip_prefix("http://").unwrap();
        let mut socket = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: {address}\r\nauthorization: {token}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{"
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        slow.push(socket);
    }
    until_refused(&base, &one).await;
    assert_limited(&over_http(&base, &one).await);
    assert!(over_http(&base, &other).await.is_ok());
    assert!(over_websocket(&base, &other).await.is_ok());
    let mut socket = socket(&base, &one).await.unwrap();
    socket
        .subscribe("1", "{ viewer { name } }", json!({}))
        .await;
    assert_eq!(socket.receive().await["type"], "error");

    // A body that does not come gives its place back after the operation's time.
    until_let_in(&base, &one).await;
    drop(slow);
    world.platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_of_one_caller_are_counted_whichever_way_they_are_opened() {
    let world = World::start_with(|config| config.limits.max_streams_per_caller = 2).await;
    let base = world.platform.base();
    let (one, other) = two_callers(&world);
    let first = socket(&base, &one).await.unwrap();
    let _second = EventStream::open(&base, &one).await.unwrap();
    assert_eq!(socket(&base, &one).await.err(), Some(1013));
    let (status, body) = EventStream::open(&base, &one).await.err().unwrap();
    assert!(
        status == 429 && body.contains("RATE_LIMITED"),
        "{status} {body}"
    );
    assert!(
        over_http(&base, &one).await.is_ok(),
        "queries are no streams"
    );
    assert!(socket(&base, &other).await.is_ok());
    drop(first);
    let again = || async { socket(&base, &one).await.is_ok() };
    eventually("a place is free", again, |again| *again).await;
    world.platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_fails_too_often_is_not_looked_at_until_it_has_waited() {
    let world = World::start_with(|config| {
        config.auth.identity.enabled = false;
        // One more is earned every 5 s: longer than what follows takes on a busy machine.
        config.limits.max_failed_authentications_per_minute = 12;
    })
    .await;
    let base = world.platform.base();
    let key = world.services.add(
        "dispatcher",
        &["10000"],
        &[Permission::ConnectionRead],
        false,
    );
    let good = service("dispatcher", &key, Some("10000"));
    let guess = service("dispatcher", "guess", Some("10000"));
    let mut refusals = 0;
    let limited = loop {
        match over_http(&base, &guess).await {
            Err((401, _)) => refusals += 1,
            other => break other,
        }
    };
    assert!((12..=15).contains(&refusals), "{refusals}");
    assert_limited(&limited);
    // Nothing is told apart any more: not even a good key is.
    assert_limited(&over_http(&base, &good).await);
    assert_eq!(over_websocket(&base, &good).await.unwrap_err(), 4403);
    let token = bearer(world.token());
    assert_limited(&over_http(&base, &token).await);
    until_let_in(&base, &token).await;
    world.platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_the_gateway_never_waits_and_no_credentials_are_no_attempt() {
    let world = World::start_with(|config| {
        config.limits.max_failed_authentications_per_minute = 1;
    })
    .await;
    let base = world.platform.base();
    for _ in 0..5 {
        assert_eq!(over_http(&base, &bearer("x")).await.unwrap_err().0, 401);
    }
    assert!(over_http(&base, &bearer(world.token())).await.is_ok());
    world.platform.stop().await;

    let platform = TestPlatform::start_with(|config| {
        config.limits.max_failed_authentications_per_minute = 1;
    })
    .await;
    let base = platform.base();
    for _ in 0..5 {
        assert_eq!(over_http(&base, &Vec::new()).await.unwrap_err().0, 401);
    }
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_may_take_longer_than_an_operation() {
    let world = World::start_with(|config| config.http.operation_timeout_seconds = 1).await;
    let base = world.platform.base();
    let token = bearer(world.token());
    let mut stream = EventStream::open(&base, &token).await.unwrap();
    let mut socket: Subscription = socket(&base, &token).await.unwrap();
    socket.subscribe("1", WATCH, json!({})).await;
    assert!(stream.is_open_for(Duration::from_millis(1500)).await);
    socket.send(json!({"type": "ping"})).await;
    assert_eq!(socket.receive().await["type"], "pong");
    world.platform.stop().await;
}

//! What the gateway's answers mean, and how it is asked.

use std::collections::HashSet;
use std::time::Duration;

use connector_domain::port::TenantDirectory;
use connector_domain::tenant::TenantLookup;
use connector_tenancy::{GatewayDirectory, UnknownAnswer};
use tokio::time::{Instant, timeout};

use crate::gateway::{Gateway, Says};
use crate::{PATIENCE, id, known, unknown};

async fn ask(directory: &GatewayDirectory, client_id: &str) -> TenantLookup {
    let batch = [id(client_id)];
    timeout(PATIENCE, directory.lookup(&batch))
        .await
        .unwrap()
        .remove(0)
}

fn spoken(client_id: &str) -> Says {
    let identity = |internal: &str| Says::identity(&format!(r#"{{"identity": {internal}}}"#));
    match client_id {
        "owned" => Says::Owner("10000"),
        "no-account" => identity(r#"{"internal": {"org_id": "10000"}}"#),
        "empty" => {
            identity(r#"{"account_number": "7", "org_id": "1", "internal": {"org_id": ""}}"#)
        }
        "top-level-only" => identity(r#"{"org_id": "10000"}"#),
        "no-identity" => Says::Plain(200, "{}".to_owned()),
        "not-json" => Says::Plain(200, "<html>sign in</html>".to_owned()),
        "not-base64" => Says::Plain(200, r#"{"x-rh-identity": "{}"}"#.to_owned()),
        "nothing" => Says::Plain(200, String::new()),
        status => Says::status(status.parse().unwrap()),
    }
}

#[tokio::test]
async fn only_an_identity_is_known_and_only_what_is_listed_is_unknown() {
    use TenantLookup::Unavailable;
    let gateway = Gateway::start(spoken).await;
    let expected = [
        ("owned", known("10000", "7")),
        ("no-account", known("10000", "")),
        ("empty", unknown()),
        ("404", unknown()),
        ("top-level-only", Unavailable),
        ("no-identity", Unavailable),
        ("not-json", Unavailable),
        ("not-base64", Unavailable),
        ("nothing", Unavailable),
    ];
    let directory = gateway.directory(|_| {});
    for (client_id, lookup) in expected {
        assert_eq!(ask(&directory, client_id).await, lookup, "{client_id}");
    }
    for status in [
        "201", "204", "302", "307", "400", "401", "403", "410", "429", "500", "502", "503", "504",
    ] {
        let directory = gateway.directory(|settings| settings.patience.attempts = 1);
        assert_eq!(ask(&directory, status).await, Unavailable, "{status}");
    }
    let directory = gateway.directory(|settings| {
        settings.unknown = vec![UnknownAnswer::Status(410)];
        settings.patience.attempts = 1;
    });
    for (client_id, lookup) in [
        ("404", Unavailable),
        ("empty", Unavailable),
        ("410", unknown()),
    ] {
        assert_eq!(ask(&directory, client_id).await, lookup, "{client_id}");
    }
}

#[tokio::test]
async fn a_request_names_the_device_and_itself() {
    let gateway = Gateway::start(|_| Says::Owner("1")).await;
    let directory = gateway.directory(|_| {});
    for client_id in ["host-1", "grüße aus, CN=köln"] {
        assert_eq!(ask(&directory, client_id).await, known("1", "7"));
    }
    let heard = gateway.heard();
    assert_eq!(heard[0]["accept"], "application/json");
    assert_eq!(heard[0]["x-rh-certauth-cn"], "/CN=host-1");
    let second = heard[1]["x-rh-certauth-cn"].as_bytes();
    assert_eq!(second, "/CN=grüße aus, CN=köln".as_bytes());
    let request_ids: HashSet<_> = heard
        .iter()
        .map(|headers| headers["x-rh-insights-request-id"].to_str().unwrap())
        .collect();
    assert_eq!(request_ids.len(), 2);
    assert!(request_ids.iter().all(|id| id.len() == 36));
}

#[tokio::test]
async fn a_body_without_end_is_left_and_one_that_stops_is_not_waited_for() {
    let gateway = Gateway::start(|client_id| match client_id {
        "flood" => Says::Flood,
        _ => Says::Stuck,
    })
    .await;
    let directory = gateway.directory(|settings| {
        settings.patience.request = Duration::from_millis(200);
        settings.patience.attempts = 1;
    });
    let started = Instant::now();
    for client_id in ["flood", "stuck"] {
        let answer = ask(&directory, client_id).await;
        assert_eq!(answer, TenantLookup::Unavailable, "{client_id}");
    }
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(
        gateway.flooded() < 32 * 1024 * 1024,
        "{}",
        gateway.flooded()
    );
}

#[tokio::test]
async fn passing_trouble_is_asked_through_and_a_refusal_is_not() {
    let gateway = Gateway::start(|_| Says::status(503)).await;
    let directory = gateway.directory(|_| {});
    assert_eq!(ask(&directory, "busy").await, TenantLookup::Unavailable);
    assert_eq!(gateway.requests(), 3);

    gateway.turns_to(|_| Says::status(403));
    assert_eq!(ask(&directory, "refused").await, TenantLookup::Unavailable);
    assert_eq!(gateway.requests(), 4);

    let asked = std::sync::atomic::AtomicUsize::new(0);
    gateway.turns_to(
        move |_| match asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            0 | 1 => Says::status(502),
            _ => Says::Owner("1"),
        },
    );
    assert_eq!(ask(&directory, "third time").await, known("1", "7"));
    assert_eq!(gateway.requests(), 7);
}

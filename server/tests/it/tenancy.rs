//! Whose devices are, by a gateway: its word decides, its silence takes nothing away.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use connector_domain::caller::Permission;
use connector_testkit::{PATIENCE, TestPlatform, eventually};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Account number 7, organisation 20000.
const OWNER: &str = r#"{"x-rh-identity":"eyJpZGVudGl0eSI6eyJhY2NvdW50X251bWJlciI6IjciLCJpbnRlcm5hbCI6eyJvcmdfaWQiOiIyMDAwMCJ9fX0="}"#;

/// A gateway to which every device is 20000's, while it is not broken.
struct Gateway {
    url: String,
    broken: Arc<AtomicBool>,
    /// Devices that were asked about in vain.
    in_vain: Arc<Mutex<Vec<String>>>,
    _serving: JoinSet<()>,
}

type Shared = (Arc<AtomicBool>, Arc<Mutex<Vec<String>>>);

impl Gateway {
    async fn start() -> Self {
        let shared = Shared::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/certauth", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/certauth", get(certauth))
            .with_state(shared.clone());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        let (broken, in_vain) = shared;
        Self {
            url,
            broken,
            in_vain,
            _serving: serving,
        }
    }

    fn asked_in_vain_about(&self, client_id: &str) -> bool {
        let subject = format!("/CN={client_id}");
        self.in_vain.lock().unwrap().contains(&subject)
    }
}

async fn certauth(
    State((broken, in_vain)): State<Shared>,
    headers: HeaderMap,
) -> (StatusCode, &'static str) {
    if !broken.load(Ordering::SeqCst) {
        return (StatusCode::OK, OWNER);
    }
    let subject = headers["x-rh-certauth-cn"].to_str().unwrap().to_owned();
    in_vain.lock().unwrap().push(subject);
    (StatusCode::INTERNAL_SERVER_ERROR, "nonsense")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_the_gateway_takes_no_tenant_away_and_gives_none() {
    let gateway = Gateway::start().await;
    let platform = TestPlatform::start_with(|config| {
        config.tenancy.gateway.url.clone_from(&gateway.url);
        config.tenancy.gateway.batch_timeout_ms = 5000;
        config.tenancy.cache.known_seconds = 1;
        config.tenancy.cache.unavailable_ms = 1;
    })
    .await;
    let owner = platform.client_of(Some("20000"), vec![Permission::ConnectionRead]);
    let other = platform.client();

    let mut first = platform.device("host-1").connect().await;
    first.report_online("m-1").await;
    let is_there = |seen: &Value| !seen.is_null();
    eventually(
        "host-1 is the owner's",
        || owner.connection("host-1"),
        is_there,
    )
    .await;
    assert_eq!(other.connection("host-1").await, Value::Null);

    gateway.broken.store(true, Ordering::SeqCst);
    let mut second = platform.device("host-2").connect().await;
    second.report_online("m-1").await;
    let asked = |asked: &bool| *asked;
    eventually(
        "host-2 is asked about",
        || async { gateway.asked_in_vain_about("host-2") },
        asked,
    )
    .await;
    let speaking = async {
        for number in 2.. {
            first.report_online(&format!("m-{number}")).await;
            sleep(Duration::from_millis(100)).await;
            if gateway.asked_in_vain_about("host-1") {
                break;
            }
        }
    };
    timeout(PATIENCE, speaking).await.unwrap();
    assert_eq!(owner.connection("host-1").await["state"], json!("ONLINE"));
    for client in [&owner, &other] {
        assert_eq!(client.connection("host-2").await, Value::Null);
    }

    gateway.broken.store(false, Ordering::SeqCst);
    second.report_online("m-2").await;
    eventually(
        "host-2 is the owner's",
        || owner.connection("host-2"),
        is_there,
    )
    .await;
    let adopted = owner.connection("host-2").await;
    assert_eq!(adopted["version"], json!(2), "it waited as version 1");
    platform.stop().await;
}

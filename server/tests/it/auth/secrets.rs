//! No log line holds a secret, at the most talkative level, whatever callers bring and wherever they bring it.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use connector_domain::caller::Permission;
use connector_server::telemetry::log_filter;
use connector_testkit::Subscription;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use super::knock::{
    Brought, EventStream, bearer, identity_of, over_http, over_websocket, payload, service,
};
use super::world::{SHARED, World, claims_with, identity};

/// Reads every log line of the process and remembers those that hold a needle; keeps nothing else.
#[derive(Clone, Default)]
struct Sentinel {
    needles: Arc<Mutex<Vec<String>>>,
    hits: Arc<Mutex<Vec<String>>>,
    lines: Arc<AtomicUsize>,
}

impl Sentinel {
    fn looks_for(&self, needle: impl Into<String>) {
        self.needles.lock().unwrap().push(needle.into());
    }

    fn hits(&self) -> Vec<String> {
        self.hits.lock().unwrap().clone()
    }
}

impl Write for Sentinel {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.lines.fetch_add(1, Ordering::Relaxed);
        let text = String::from_utf8_lossy(line);
        let needles = self.needles.lock().unwrap();
        if needles.iter().any(|needle| text.contains(needle.as_str())) {
            self.hits.lock().unwrap().push(text.into_owned());
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Sentinel {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_log_line_holds_a_secret() {
    let sentinel = Sentinel::default();
    tracing_subscriber::fmt()
        .with_env_filter(log_filter("trace").unwrap())
        .with_ansi(false)
        .with_writer(sentinel.clone())
        .init();
    let world = World::start().await;
    let base = world.platform.base();
    let read = [Permission::ConnectionRead];
    let key = world.services.add("dispatcher", &["10000"], &read, false);
    let token = world.token();
    let signature = token.rsplit_once('.').unwrap().1.to_owned();
    let forged = world
        .own
        .token(None, &claims_with("aud", json!("elsewhere")));
    let identity = identity("10000");
    for secret in [&key, &token, &signature, &forged, &identity] {
        sentinel.looks_for(secret);
    }
    sentinel.looks_for(SHARED);
    sentinel.looks_for("hunter2-hunter2-hunter2-hunter2-hunter2");
    sentinel.looks_for("dXNlcjpodW50ZXIy");
    sentinel.looks_for("PRIVATE KEY");

    let wrong_key = "hunter2-hunter2-hunter2-hunter2-hunter2";
    let every: Vec<Brought> = vec![
        bearer(&token),
        bearer(&forged),
        bearer(&token[..token.len() - 2]),
        bearer(wrong_key),
        vec![("authorization", "Basic dXNlcjpodW50ZXIy".to_owned())],
        identity_of(&identity),
        identity_of(format!("{identity}x")),
        service("dispatcher", &key, Some("10000")),
        service("dispatcher", &key, Some("20000")),
        service("dispatcher", wrong_key, Some("10000")),
        service(wrong_key, &key, Some("10000")),
    ];
    for brought in &every {
        let _ = over_http(&base, brought).await;
        let _ = over_websocket(&base, brought).await;
        let _ = EventStream::open(&base, brought).await;
        let headers: Vec<(&str, &str)> = brought
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let mut socket = Subscription::open_with(&base, &headers).await.unwrap();
        let _ = socket.introduce(json!({})).await;
        let mut socket = Subscription::open(&base).await;
        socket
            .send_text(&format!("{}garbage", payload(brought)))
            .await;
        socket.closed().await;
    }
    let named = super::knock::post(&base, &bearer(&token), "{ viewer { name } }");
    sentinel.looks_for("a-name-that-is-logged");
    named
        .header("x-request-id", "a-name-that-is-logged")
        .send()
        .await
        .unwrap();
    let refused = super::knock::post(&base, &bearer("x"), "{ viewer { name } }");
    refused
        .header("x-request-id", "a-name-that-is-logged")
        .send()
        .await
        .unwrap();

    let metrics = reqwest::get(format!("{}/metrics", world.platform.management()))
        .await
        .unwrap();
    let metrics = metrics.text().await.unwrap();
    for secret in [&key, &token, &identity] {
        assert!(!metrics.contains(secret.as_str()));
    }
    world.platform.stop().await;

    let (expected, secrets): (Vec<_>, Vec<_>) = sentinel
        .hits()
        .into_iter()
        .partition(|line| line.contains("a-name-that-is-logged"));
    assert!(secrets.is_empty(), "{secrets:#?}");
    // The sentinel does look.
    assert!(
        expected
            .iter()
            .any(|line| line.contains("a caller is refused")),
        "{expected:#?}"
    );
    println!("{} log lines", sentinel.lines.load(Ordering::Relaxed));
}

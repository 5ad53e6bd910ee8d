//! Brings credentials to every door, and tells what came of it.

use std::time::Duration;

use connector_testkit::{PATIENCE, Subscription, eventually};
use serde_json::{Map, Value, json};
use tokio::time::timeout;

/// Names and values, as headers or as members of a payload.
pub type Brought = Vec<(&'static str, String)>;

const VIEWER: &str = "{ viewer { name orgId accountNumber authMethod permissions } }";
pub const WATCH: &str = "subscription { connectionChanged { clientId } }";

pub fn bearer(token: impl AsRef<str>) -> Brought {
    vec![("authorization", format!("Bearer {}", token.as_ref()))]
}

pub fn service(client_id: &str, key: &str, org: Option<&str>) -> Brought {
    let mut brought = vec![
        ("x-rh-cloud-connector-client-id", client_id.to_owned()),
        ("x-rh-cloud-connector-psk", key.to_owned()),
    ];
    brought.extend(org.map(|org| ("x-rh-cloud-connector-org-id", org.to_owned())));
    brought
}

pub fn identity_of(identity: impl Into<String>) -> Brought {
    vec![("x-rh-identity", identity.into())]
}

pub fn post(base: &str, brought: &Brought, query: &str) -> reqwest::RequestBuilder {
    let request = reqwest::Client::new()
        .post(format!("{base}/graphql"))
        .json(&json!({"query": query}));
    brought.iter().fold(request, |request, (name, value)| {
        request.header(*name, value)
    })
}

/// The viewer, or status and answer of the refusal.
pub async fn over_http(base: &str, brought: &Brought) -> Result<Value, (u16, Value)> {
    let response = post(base, brought, VIEWER).send().await.unwrap();
    let status = response.status().as_u16();
    let mut body: Value = response.json().await.unwrap();
    if status == 200 && body.get("errors").is_none() {
        return Ok(body["data"]["viewer"].take());
    }
    Err((status, body))
}

/// Waits until HTTP lets these in.
pub async fn until_let_in(base: &str, brought: &Brought) {
    let let_in = || async { over_http(base, brought).await.is_ok() };
    eventually("let in", let_in, |let_in| *let_in).await;
}

/// Waits until HTTP refuses these.
pub async fn until_refused(base: &str, brought: &Brought) {
    let refused = || async { over_http(base, brought).await.is_err() };
    eventually("refused", refused, |refused| *refused).await;
}

pub fn payload(brought: &Brought) -> Value {
    let members = brought
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)));
    Value::Object(members.collect::<Map<_, _>>())
}

/// A socket that was let in, or the code it was closed with.
pub async fn socket(base: &str, brought: &Brought) -> Result<Subscription, u16> {
    let mut socket = Subscription::open(base).await;
    match socket.introduce(payload(brought)).await {
        Ok(()) => Ok(socket),
        Err((code, _)) => Err(code),
    }
}

/// The viewer, or the code the socket was closed with.
pub async fn over_websocket(base: &str, brought: &Brought) -> Result<Value, u16> {
    let mut socket = socket(base, brought).await?;
    socket.subscribe("v", VIEWER, json!({})).await;
    Ok(socket.event().await["viewer"].take())
}

/// A subscription by server-sent events.
pub struct EventStream {
    response: reqwest::Response,
    seen: String,
}

impl EventStream {
    pub async fn open(base: &str, brought: &Brought) -> Result<Self, (u16, String)> {
        let request = post(base, brought, WATCH).header("accept", "text/event-stream");
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        if status != 200 {
            return Err((status, response.text().await.unwrap()));
        }
        Ok(Self {
            response,
            seen: String::new(),
        })
    }

    /// Everything until the server ends it.
    pub async fn end(mut self) -> String {
        let reading = async {
            while let Some(chunk) = self.response.chunk().await.unwrap() {
                self.seen.push_str(&String::from_utf8_lossy(&chunk));
            }
            self.seen
        };
        timeout(PATIENCE, reading).await.expect("the stream ends")
    }

    /// Whether it stays open for as long.
    pub async fn is_open_for(&mut self, quiet: Duration) -> bool {
        timeout(quiet, self.response.chunk()).await.is_err()
    }
}

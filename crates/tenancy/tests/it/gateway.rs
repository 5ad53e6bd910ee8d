//! A gateway to be asked: says what it is told to, and remembers who asked for what.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::Listener;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use connector_domain::clock::{Manual, System};
use connector_tenancy::{GatewayDirectory, GatewaySettings};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// What the gateway says.
#[derive(Clone)]
pub enum Says {
    /// An identity with this organisation and the account number `7`.
    Owner(&'static str),
    /// Status and body.
    Plain(u16, String),
    /// The second, after this long.
    Late(Duration, Box<Says>),
    /// Headers, and then nothing for ever.
    Stuck,
    /// A body without end.
    Flood,
}

impl Says {
    pub fn status(status: u16) -> Self {
        Self::Plain(status, r#"{"errors": [{"status": 0}]}"#.to_owned())
    }

    /// A 200 with this JSON as the identity.
    pub fn identity(json: &str) -> Self {
        let identity = BASE64_STANDARD.encode(json);
        Self::Plain(200, format!(r#"{{"x-rh-identity": "{identity}"}}"#))
    }

    pub fn late(millis: u64, says: Self) -> Self {
        Self::Late(Duration::from_millis(millis), Box::new(says))
    }

    pub fn never() -> Self {
        Self::Late(Duration::from_hours(1), Box::new(Self::status(500)))
    }
}

type Answer = Box<dyn Fn(&str) -> Says + Send + Sync>;

#[derive(Clone)]
struct Shared {
    answer: Arc<Mutex<Answer>>,
    heard: Arc<Mutex<Vec<HeaderMap>>>,
    flooded: Arc<AtomicUsize>,
    inside: Arc<AtomicUsize>,
    most_inside: Arc<AtomicUsize>,
}

/// A request being answered.
struct Inside(Arc<AtomicUsize>);

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Shared {
    fn enter(&self) -> Inside {
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_inside.fetch_max(inside, Ordering::SeqCst);
        Inside(self.inside.clone())
    }
}

/// The running gateway; ends when dropped.
pub struct Gateway {
    pub url: String,
    shared: Shared,
    _serving: JoinSet<()>,
}

impl Gateway {
    /// Over plain HTTP; `answer` says what it says about a client id.
    pub async fn start(answer: impl Fn(&str) -> Says + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        Self::serve(listener, &format!("http://{address}"), answer)
    }

    /// On a listener that is there.
    pub fn serve<L>(
        listener: L,
        origin: &str,
        answer: impl Fn(&str) -> Says + Send + Sync + 'static,
    ) -> Self
    where
        L: Listener<Addr = SocketAddr>,
    {
        let shared = Shared {
            answer: Arc::new(Mutex::new(Box::new(answer))),
            heard: Arc::default(),
            flooded: Arc::default(),
            inside: Arc::default(),
            most_inside: Arc::default(),
        };
        let router = Router::new()
            .route("/internal/certauth", get(certauth))
            .with_state(shared.clone());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            url: format!("{origin}/internal/certauth"),
            shared,
            _serving: serving,
        }
    }

    /// From now on it says something else.
    pub fn turns_to(&self, answer: impl Fn(&str) -> Says + Send + Sync + 'static) {
        *self.shared.answer.lock().unwrap() = Box::new(answer);
    }

    /// How many requests it has heard.
    pub fn requests(&self) -> usize {
        self.shared.heard.lock().unwrap().len()
    }

    /// The headers of each.
    pub fn heard(&self) -> Vec<HeaderMap> {
        self.shared.heard.lock().unwrap().clone()
    }

    /// The most requests it ever had to answer at the same time.
    pub fn most_at_once(&self) -> usize {
        self.shared.most_inside.load(Ordering::SeqCst)
    }

    /// Bytes that floods got rid of.
    pub fn flooded(&self) -> usize {
        self.shared.flooded.load(Ordering::SeqCst)
    }

    /// A directory that asks it, with settings changed by `change`, on a clock that stands still.
    pub fn directory(&self, change: impl FnOnce(&mut GatewaySettings)) -> GatewayDirectory {
        self.directory_by(Arc::default(), change)
    }

    /// The same, on this clock.
    pub fn directory_by(
        &self,
        clock: Arc<Manual>,
        change: impl FnOnce(&mut GatewaySettings),
    ) -> GatewayDirectory {
        let mut settings = GatewaySettings::new(self.url.as_str());
        // A machine under load is slow; what a test is about it sets itself.
        settings.patience.batch = Duration::from_secs(20);
        settings.patience.request = Duration::from_secs(10);
        settings.patience.lookup = Duration::from_secs(15);
        change(&mut settings);
        GatewayDirectory::open(settings, clock, Arc::new(System)).unwrap()
    }
}

async fn certauth(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let _inside = shared.enter();
    let subject = headers["x-rh-certauth-cn"].as_bytes();
    let subject = String::from_utf8_lossy(subject).into_owned();
    shared.heard.lock().unwrap().push(headers);
    let says = (shared.answer.lock().unwrap())(subject.trim_start_matches("/CN="));
    say(says, &shared).await
}

async fn say(says: Says, shared: &Shared) -> Response {
    let mut says = says;
    while let Says::Late(wait, then) = says {
        sleep(wait).await;
        says = *then;
    }
    match says {
        Says::Owner(org) => {
            let json = format!(
                r#"{{"identity": {{"account_number": "7", "internal": {{"org_id": "{org}"}}}}}}"#
            );
            Box::pin(say(Says::identity(&json), shared)).await
        }
        Says::Plain(status, body) => {
            let status = StatusCode::from_u16(status).unwrap();
            (status, [("location", "/internal/elsewhere")], body).into_response()
        }
        Says::Stuck => {
            Body::from_stream(futures::stream::pending::<Result<Bytes, String>>()).into_response()
        }
        Says::Flood => {
            let flooded = shared.flooded.clone();
            let parts = futures::stream::repeat_with(move || {
                flooded.fetch_add(16 * 1024, Ordering::SeqCst);
                Ok::<_, String>(Bytes::from(vec![b' '; 16 * 1024]))
            });
            Body::from_stream(parts).into_response()
        }
        Says::Late(..) => unreachable!("waited for"),
    }
}

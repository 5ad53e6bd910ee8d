//! A gateway to which every device is one organisation's, while nothing is wrong with it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The organisation, with account number 7.
pub const OWNER: &str = "20000";

const IDENTITY: &str = r#"{"x-rh-identity":"eyJpZGVudGl0eSI6eyJhY2NvdW50X251bWJlciI6IjciLCJpbnRlcm5hbCI6eyJvcmdfaWQiOiIyMDAwMCJ9fX0="}"#;

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    Nothing,
    /// Connections break without an answer.
    Down,
    /// No request is answered before it is something else.
    Slow,
    /// Status 500.
    Fails,
    /// Status 200, and no identity.
    Nonsense,
}

/// Devices asked about since it turned to what it is.
type Asked = Arc<Mutex<BTreeSet<String>>>;

/// Ends when dropped.
pub struct Gateway {
    pub url: String,
    trouble: watch::Sender<Trouble>,
    asked: Asked,
    _serving: JoinSet<()>,
}

impl Gateway {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/certauth", listener.local_addr().unwrap());
        let trouble = watch::Sender::new(Trouble::Nothing);
        let asked = Asked::default();
        let router = Router::new()
            .route("/certauth", get(certauth))
            .with_state((trouble.subscribe(), asked.clone()));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            url,
            trouble,
            asked,
            _serving: serving,
        }
    }

    pub fn turns_to(&self, trouble: Trouble) {
        let mut asked = self.asked.lock().unwrap();
        asked.clear();
        self.trouble.send_replace(trouble);
    }

    /// Devices asked about since then.
    pub fn asked(&self) -> BTreeSet<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn certauth(
    State((mut trouble, asked)): State<(watch::Receiver<Trouble>, Asked)>,
    headers: HeaderMap,
) -> Response {
    let subject = headers["x-rh-certauth-cn"].to_str().unwrap();
    let client_id = subject.trim_start_matches("/CN=").to_owned();
    let now = {
        let mut asked = asked.lock().unwrap();
        asked.insert(client_id);
        *trouble.borrow_and_update()
    };
    match now {
        Trouble::Nothing => IDENTITY.into_response(),
        Trouble::Down => Body::from_stream(futures::stream::once(async {
            Err::<Bytes, _>(std::io::Error::other("broken"))
        }))
        .into_response(),
        Trouble::Slow => {
            let _ended = trouble.changed().await;
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
        Trouble::Fails => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Trouble::Nonsense => "<html>sign in</html>".into_response(),
    }
}

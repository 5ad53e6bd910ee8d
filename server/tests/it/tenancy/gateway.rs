//! A gateway to which every device is one organisation's, while nothing is wrong with it.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
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

/// Ends when dropped.
pub struct Gateway {
    pub url: String,
    trouble: watch::Sender<Trouble>,
    _serving: JoinSet<()>,
}

impl Gateway {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/certauth", listener.local_addr().unwrap());
        let trouble = watch::Sender::new(Trouble::Nothing);
        let router = Router::new()
            .route("/certauth", get(certauth))
            .with_state(trouble.subscribe());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            url,
            trouble,
            _serving: serving,
        }
    }

    pub fn turns_to(&self, trouble: Trouble) {
        self.trouble.send_replace(trouble);
    }
}

async fn certauth(State(mut trouble): State<watch::Receiver<Trouble>>) -> Response {
    let now = *trouble.borrow_and_update();
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

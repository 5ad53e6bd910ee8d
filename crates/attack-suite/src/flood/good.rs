//! The well-behaved caller: a query every 20 ms, and a WebSocket every half second, from an address of its own.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use anyhow::Context as _;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::credentials::{OWN_ORG, bearer, claims};
use crate::http::{Link, Request};
use crate::socket::Socket;
use crate::target::{GOOD, OWN_DEVICE, Target};

const EVERY: Duration = Duration::from_millis(20);
const SOCKET_EVERY: Duration = Duration::from_millis(500);
const QUERY: &str = "query($id: ID!) { viewer { name } connection(clientId: $id) { state } }";
const WATCH: &str = "subscription { connectionStatsChanged(minIntervalMs: 250) { total } }";

/// One that goes on until told to stop.
pub struct Good {
    stop: watch::Sender<bool>,
    asking: JoinSet<Seen>,
}

/// What it saw.
#[derive(Default)]
pub struct Seen {
    /// Queries asked.
    pub asked: u64,
    /// Queries answered as they should be.
    pub answered: u64,
    /// Sockets opened.
    pub opened: u64,
    /// Sockets let in, whose subscription told something.
    pub let_in: u64,
    /// How long the queries took.
    times: Vec<Duration>,
    first_problem: Option<String>,
}

impl Good {
    /// Begins to ask.
    pub fn begin(target: &Target) -> anyhow::Result<Self> {
        let token = target.own.token(None, &claims("well-behaved", OWN_ORG))?;
        let (stop, stopped) = watch::channel(false);
        let mut asking = JoinSet::new();
        asking.spawn(ask(GOOD, target.server.api, token, stopped));
        Ok(Self { stop, asking })
    }

    /// Ends, and tells.
    pub async fn end(mut self) -> Seen {
        let _ = self.stop.send(true);
        let seen = self.asking.join_next().await;
        seen.expect("one task").expect("it does not panic")
    }
}

async fn ask(from: IpAddr, to: SocketAddr, token: String, stopped: watch::Receiver<bool>) -> Seen {
    let mut seen = Seen::default();
    let request = Request::graphql(QUERY, &json!({"id": OWN_DEVICE})).with_all(&bearer(&token));
    let mut link = None;
    let mut next_socket = Instant::now();
    while !*stopped.borrow() {
        link = query(from, to, link, &request, &mut seen).await;
        if next_socket <= Instant::now() {
            socket(from, to, &token, &mut seen).await;
            next_socket = Instant::now() + SOCKET_EVERY;
        }
        sleep(EVERY).await;
    }
    seen
}

/// Asks once, on a new connection where there is none; returns it while it is good.
async fn query(
    from: IpAddr,
    to: SocketAddr,
    link: Option<Link>,
    request: &Request,
    seen: &mut Seen,
) -> Option<Link> {
    let started = Instant::now();
    seen.asked += 1;
    let asking = async {
        let mut link = match link {
            Some(link) => link,
            None => Link::open(from, to).await?,
        };
        let answer = link.ask(request).await?;
        anyhow::Ok((link, answer))
    };
    match asking.await {
        Ok((link, answer)) if answer.json()["data"]["connection"]["state"] == "ONLINE" => {
            seen.answered += 1;
            seen.times.push(started.elapsed());
            Some(link)
        }
        Ok((_, answer)) => seen.note(answer.outcome()),
        Err(error) => seen.note(error.to_string()),
    }
}

async fn socket(from: IpAddr, to: SocketAddr, token: &str, seen: &mut Seen) {
    seen.opened += 1;
    let telling = async {
        let mut socket = Socket::admitted(from, to, token).await?;
        socket.subscribe("1", WATCH).await;
        let heard = socket.hear().await.outcome();
        anyhow::ensure!(heard == "next", "the subscription said {heard}");
        Ok(())
    };
    match telling.await.context("a WebSocket") {
        Ok(()) => seen.let_in += 1,
        Err(error) => drop(seen.note::<()>(format!("{error:#}"))),
    }
}

impl Seen {
    fn note<T>(&mut self, problem: String) -> Option<T> {
        self.first_problem.get_or_insert(problem);
        None
    }

    /// The time that so many of a hundred queries took at most.
    pub fn percentile(&self, percent: usize) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        let at = (times.len() * percent).div_ceil(100).saturating_sub(1);
        times.get(at).copied().unwrap_or_default()
    }

    /// What it had to suffer.
    pub fn problems(&self, longest: Duration) -> Vec<String> {
        let mut problems = Vec::new();
        if (self.asked, self.opened) != (self.answered, self.let_in) {
            let why = self.first_problem.as_deref().unwrap_or("nothing said");
            problems.push(format!("a well-behaved caller was not served: {why}"));
        }
        let waited = self.percentile(100);
        if waited > longest {
            problems.push(format!("a well-behaved caller waited {waited:?}"));
        }
        problems
    }
}

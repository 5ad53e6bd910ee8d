//! Connections that get stuck on purpose, and are held until the server's patience ends: half a request, an answer that
//! nobody reads.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::{Flood, Tally, measured};
use crate::http::{Request, ask, connect, connect_narrow};
use crate::target::{ATTACKER, GOOD, Target};

const OF_EACH: usize = 100;
/// Event streams: the server has to compute each result.
const STREAMS: usize = 5;
/// Requests at once, for more answers than the machine takes on their way.
const AT_ONCE: usize = 30;
/// The server's patience with a head and with an answer, and some more.
const PATIENCE: Duration = Duration::from_secs(40);
/// How often one more line of a head comes.
const DRIP_EVERY: Duration = Duration::from_secs(4);
const SCHEMA: &str = "{ __schema { types { name description fields { name description args { name description } } } } }";

/// The connections.
pub struct Stuck {
    since: Instant,
    held: Vec<(&'static str, Held)>,
    dripping: JoinSet<()>,
}

/// One, or what is left to read of it.
enum Held {
    Whole(TcpStream),
    Half(OwnedReadHalf),
}

impl Stuck {
    /// Opens them.
    pub async fn begin(target: &Target) -> anyhow::Result<Self> {
        let mut this = Self {
            since: Instant::now(),
            held: Vec::new(),
            dripping: JoinSet::new(),
        };
        let page = page(target).await?;
        let stream = event_stream(target);
        for _ in 0..OF_EACH {
            this.silent(target).await?;
            this.half_a_head(target).await?;
            this.unread("a page that nobody reads", target, &page)
                .await?;
        }
        for _ in 0..STREAMS {
            this.unread("an event stream that nobody reads", target, &stream)
                .await?;
        }
        Ok(this)
    }

    async fn silent(&mut self, target: &Target) -> io::Result<()> {
        let stream = connect(ATTACKER, target.server.api).await?;
        self.held
            .push(("a connection that says nothing", Held::Whole(stream)));
        Ok(())
    }

    async fn half_a_head(&mut self, target: &Target) -> io::Result<()> {
        let stream = connect(ATTACKER, target.server.api).await?;
        let (read, mut write) = stream.into_split();
        write.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").await?;
        self.dripping.spawn(async move {
            while write.write_all(b"x: y\r\n").await.is_ok() {
                sleep(DRIP_EVERY).await;
            }
        });
        self.held.push(("a head that has no end", Held::Half(read)));
        Ok(())
    }

    async fn unread(&mut self, what: &'static str, target: &Target, text: &str) -> io::Result<()> {
        let mut stream = connect_narrow(ATTACKER, target.server.api).await?;
        stream.write_all(text.repeat(AT_ONCE).as_bytes()).await?;
        self.held.push((what, Held::Whole(stream)));
        Ok(())
    }

    /// Waits until the server's patience is over, and looks which are still open.
    pub async fn end(mut self, target: &Target) -> anyhow::Result<Flood> {
        let attack = async {
            sleep_until(self.since + PATIENCE).await;
            let mut tally = Tally::default();
            for (what, held) in std::mem::take(&mut self.held) {
                let answer = if is_over(held).await {
                    "cut"
                } else {
                    "still open"
                };
                tally.count(format!("{what}: {answer}"));
            }
            Ok(tally)
        };
        let what = format!(
            "{OF_EACH} of each ({STREAMS} event streams) for {} s, during all of the above",
            PATIENCE.as_secs()
        );
        let answers = [
            "a connection that says nothing: cut!",
            "a head that has no end: cut!",
            "a page that nobody reads: cut!",
            "an event stream that nobody reads: cut!",
        ];
        measured(target, what, &answers, attack).await
    }
}

/// Whether the server has ended it: what it had sent is followed by an end.
async fn is_over(held: Held) -> bool {
    let ending = async {
        let mut some = vec![0; 1 << 16];
        match held {
            Held::Whole(mut stream) => while matches!(stream.read(&mut some).await, Ok(1..)) {},
            Held::Half(mut read) => while matches!(read.read(&mut some).await, Ok(1..)) {},
        }
    };
    timeout(Duration::from_secs(1), ending).await.is_ok()
}

/// A request for the largest file that the playground names, uncompressed.
async fn page(target: &Target) -> anyhow::Result<String> {
    let answer = ask(GOOD, target.server.api, &Request::new("GET", "/")).await?;
    let names = answer.body.split("assets/").skip(1);
    let names = names.filter_map(|rest| rest.split('"').next());
    let mut largest = (0, String::new());
    for name in names {
        let request = Request::new("GET", &format!("/assets/{name}"));
        let length = ask(GOOD, target.server.api, &request).await?.body.len();
        largest = largest.max((length, name.to_owned()));
    }
    let (length, name) = largest;
    anyhow::ensure!(length > 100_000, "the page has no large file");
    Ok(format!("GET /assets/{name} HTTP/1.1\r\nhost: x\r\n\r\n"))
}

fn event_stream(target: &Target) -> String {
    let body = serde_json::json!({"query": SCHEMA}).to_string();
    format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         accept: text/event-stream\r\ncontent-length: {}\r\n\r\n{body}",
        target.token,
        body.len()
    )
}

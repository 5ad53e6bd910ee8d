//! HTTP by hand, from any address of this machine: a library would not send most of what is sent here.

use std::fmt::Write as _;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// How long an answer may take before there is none.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method, target and headers, each with its line's end; without `host` and `content-length`.
    head: String,
    body: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names in small letters, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Request {
    /// Any method and target.
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            head: format!("{method} {target} HTTP/1.1\r\n"),
            body: Vec::new(),
        }
    }

    /// A GraphQL request as JSON.
    pub fn graphql(document: &str, variables: &Value) -> Self {
        let body = serde_json::json!({"query": document, "variables": variables}).to_string();
        Self::new("POST", "/graphql")
            .with("content-type", "application/json")
            .body(body)
    }

    /// With one more header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let _ = write!(self.head, "{name}: {value}\r\n");
        self
    }

    /// With more headers.
    pub fn with_all<N: AsRef<str>>(self, headers: &[(N, String)]) -> Self {
        headers.iter().fold(self, |request, (name, value)| {
            request.with(name.as_ref(), value)
        })
    }

    /// With this body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    fn bytes(&self, host: SocketAddr) -> Vec<u8> {
        let length = self.body.len();
        let ending = format!("host: {host}\r\ncontent-length: {length}\r\n\r\n");
        [self.head.as_bytes(), ending.as_bytes(), &self.body].concat()
    }
}

/// A connection that asks one thing after the other.
pub struct Link {
    stream: BufReader<TcpStream>,
    host: SocketAddr,
}

impl Link {
    /// Connects from an address of this machine.
    pub async fn open(from: IpAddr, to: SocketAddr) -> io::Result<Self> {
        Ok(Self {
            stream: BufReader::new(connect(from, to).await?),
            host: to,
        })
    }

    /// Asks, and waits for the answer.
    pub async fn ask(&mut self, request: &Request) -> io::Result<Answer> {
        let asking = async {
            // A server that has seen enough answers before everything is written.
            let written = self.stream.write_all(&request.bytes(self.host)).await;
            let answer = self.answer().await;
            answer.or_else(|error| written.and(Err(error)))
        };
        timeout(PATIENCE, asking)
            .await
            .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }

    async fn answer(&mut self) -> io::Result<Answer> {
        let line = self.line().await?;
        let status = line.split(' ').nth(1).and_then(|text| text.parse().ok());
        let status = status.ok_or(io::ErrorKind::InvalidData)?;
        let mut headers = Vec::new();
        loop {
            let line = self.line().await?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = Answer {
            status,
            headers,
            body: String::new(),
        };
        let length = answer.header("content-length");
        let length = length.and_then(|text| text.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        answer.body = String::from_utf8_lossy(&body).into_owned();
        Ok(answer)
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        line.truncate(line.trim_end().len());
        Ok(line)
    }
}

impl Answer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The status, and the code of the first error where there is one.
    pub fn outcome(&self) -> String {
        let answer = self.json();
        let code = answer["errors"][0]["extensions"]["code"].as_str();
        code.map_or_else(
            || self.status.to_string(),
            |code| format!("{} {code}", self.status),
        )
    }
}

/// Asks one thing on a connection of its own.
pub async fn ask(from: IpAddr, to: SocketAddr, request: &Request) -> io::Result<Answer> {
    Link::open(from, to).await?.ask(request).await
}

/// What came of asking one thing: the outcome, or that the server cut the connection.
pub async fn outcome(from: IpAddr, to: SocketAddr, request: &Request) -> String {
    match ask(from, to, request).await {
        Ok(answer) => answer.outcome(),
        Err(error) if error.kind() == io::ErrorKind::TimedOut => "no answer".to_owned(),
        Err(_) => "cut".to_owned(),
    }
}

/// A bare connection from an address of this machine.
pub async fn connect(from: IpAddr, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from, 0))?;
    socket.connect(to).await
}

/// One that can take hardly anything it does not read.
pub async fn connect_narrow(from: IpAddr, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(4096)?;
    socket.bind(SocketAddr::new(from, 0))?;
    socket.connect(to).await
}

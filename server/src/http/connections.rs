//! Connections of a listening socket: a bounded number, each with a time for the head of a request and for taking what is
//! written, so that those who say nothing, speak too slowly or do not read take no place from others.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::extract::connect_info::ConnectInfo;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tower_service::Service;
use tracing::{debug, warn};

use super::patient::Patient;

/// Largest head of a request, in bytes: three headers of the largest credentials, and a query.
const HEAD_BYTES: usize = 128 * 1024;
/// How often a peer of HTTP/2 is asked whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(20);
/// Most requests at once of one connection of HTTP/2.
const STREAMS: u32 = 100;
/// What a connection of HTTP/2 begins with (RFC 9113, section 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Time until more is looked for of a preface that came in part.
const PART_POLL: Duration = Duration::from_millis(50);
/// Rest after the machine could not give a connection, e.g. for want of file descriptors.
const REST: Duration = Duration::from_secs(1);

/// What connections may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct ConnectionOptions {
    /// Most at once; more wait to be accepted.
    pub most: usize,
    /// How long the head of a request may take, and how long a connection may idle between requests.
    pub head_patience: Duration,
    /// How long a write may wait for the peer to read.
    pub write_patience: Duration,
}

impl Default for ConnectionOptions {
    fn default() -> Self {
        Self {
            most: 1000,
            head_patience: Duration::from_secs(30),
            write_patience: Duration::from_secs(30),
        }
    }
}

/// Serves connections until told to stop, then until open requests are answered.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    options: ConnectionOptions,
    stop: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(options.most));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            Some(_) = connections.join_next() => continue,
            () = stop.cancelled() => break,
        };
        if let Some((socket, peer, place)) = accepted {
            let (router, watcher) = (router.clone(), graceful.watcher());
            connections.spawn(async move {
                serve_one(socket, peer, router, options, watcher).await;
                drop(place);
            });
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

/// The next connection, once there is a place for it; `None` when there was none after all.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((socket, peer)) => Some((socket, peer, place)),
        Err(error) if is_the_peers(&error) => None,
        Err(error) => {
            warn!(%error, "a connection cannot be accepted");
            sleep(REST).await;
            None
        }
    }
}

fn is_the_peers(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

async fn serve_one(
    socket: TcpStream,
    peer: SocketAddr,
    router: Router,
    options: ConnectionOptions,
    watcher: Watcher,
) {
    // Answers are small, and somebody waits for each.
    let _ = socket.set_nodelay(true);
    let Ok(Ok(is_http2)) = timeout(options.head_patience, speaks_http2(&socket)).await else {
        debug!(%peer, "a connection that says nothing is closed");
        return;
    };
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().call(request)
    });
    let builder = builder(is_http2, options.head_patience);
    let socket = TokioIo::new(Patient::new(socket, options.write_patience));
    let connection = builder.serve_connection_with_upgrades(socket, service);
    if let Err(error) = watcher.watch(connection).await {
        debug!(%peer, %error, "a connection ended");
    }
}

fn builder(is_http2: bool, head_patience: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(head_patience)
        .max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PING_EVERY)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(HEAD_BYTES).unwrap_or(u32::MAX))
        .enable_connect_protocol();
    if is_http2 {
        builder.http2_only()
    } else {
        builder.http1_only()
    }
}

/// Looks at what a connection begins with. The library would look too, and wait for ever.
async fn speaks_http2(socket: &TcpStream) -> io::Result<bool> {
    let mut seen = [0; PREFACE.len()];
    loop {
        let length = socket.peek(&mut seen).await?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if !PREFACE.starts_with(&seen[..length]) {
            return Ok(false);
        }
        if length == PREFACE.len() {
            return Ok(true);
        }
        sleep(PART_POLL).await;
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const LONG: Duration = Duration::from_secs(20);
    /// More than the machine takes on its way.
    const LONG_ANSWER: usize = 64 << 20;

    /// Serves `hello`; dropping the set ends it.
    async fn start(most: usize, head_patience: Duration) -> (SocketAddr, JoinSet<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = Router::new()
            .route("/", get(|| async { "hello" }))
            .route("/long", get(|| async { vec![b'x'; LONG_ANSWER] }));
        let options = ConnectionOptions {
            most,
            head_patience,
            write_patience: Duration::from_millis(200),
        };
        let mut serving = JoinSet::new();
        serving.spawn(serve(listener, router, options, CancellationToken::new()));
        (address, serving)
    }

    async fn said(address: SocketAddr, text: &[u8]) -> TcpStream {
        let mut socket = TcpStream::connect(address).await.expect("connected");
        socket.write_all(text).await.expect("written");
        socket
    }

    async fn some(socket: &mut TcpStream) -> Vec<u8> {
        let mut seen = vec![0; 1000];
        let length = timeout(LONG, socket.read(&mut seen))
            .await
            .expect("in time");
        seen.truncate(length.unwrap_or_default());
        seen
    }

    #[tokio::test]
    async fn a_connection_without_the_head_of_a_request_is_closed() {
        let (address, _serving) = start(10, Duration::from_millis(200)).await;
        for text in [
            &b""[..],
            b"G",
            b"PRI * HTTP",
            b"GET / HTTP/1.1\r\nhost: x\r\n",
            b"GET / HTTP/1.1\r\nhost: x\r\n\r\n",
        ] {
            let mut socket = said(address, text).await;
            let mut all = Vec::new();
            let closed = timeout(LONG, socket.read_to_end(&mut all)).await;
            assert!(closed.is_ok(), "{text:?} is still open");
        }
    }

    #[tokio::test]
    async fn one_that_does_not_read_gives_its_place_back() {
        let (address, _serving) = start(1, LONG).await;
        let _never_reads = said(address, b"GET /long HTTP/1.1\r\nhost: x\r\n\r\n").await;
        let mut next = said(address, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert!(some(&mut next).await.starts_with(b"HTTP/1.1 200"));
    }

    #[tokio::test]
    async fn both_versions_are_spoken() {
        let (address, _serving) = start(10, LONG).await;
        let mut first = said(address, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        let answer = some(&mut first).await;
        assert!(String::from_utf8_lossy(&answer).ends_with("hello"));
        let mut second = said(address, PREFACE).await;
        // A frame of settings: its type is the fourth byte (RFC 9113, section 6.5).
        second
            .write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0])
            .await
            .expect("written");
        assert_eq!(some(&mut second).await.get(3), Some(&4));
    }

    #[tokio::test]
    async fn one_more_than_there_are_places_for_waits() {
        let (address, _serving) = start(2, LONG).await;
        let first = said(address, b"GET / HTTP/1.1\r\n").await;
        let _second = said(address, b"GET / HTTP/1.1\r\n").await;
        let mut third = said(address, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        let early = timeout(Duration::from_millis(200), third.readable()).await;
        assert!(early.is_err(), "answered without a place");
        drop(first);
        assert!(some(&mut third).await.starts_with(b"HTTP/1.1 200"));
    }
}

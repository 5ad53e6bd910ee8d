//! Listening sockets, with an error that says which setting moves a busy port.

use std::net::SocketAddr;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::connections::{self, ConnectionOptions};

/// Why a socket cannot be listened on.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Somebody else has the port.
    #[error("{address} is in use; set {setting} to another port")]
    Busy {
        /// Address asked for.
        address: String,
        /// Setting that moves it.
        setting: &'static str,
    },
    /// Anything else.
    #[error("cannot listen on {address} ({setting}): {source}")]
    Other {
        /// Address asked for.
        address: String,
        /// Setting of its port.
        setting: &'static str,
        /// Why.
        source: std::io::Error,
    },
}

/// A socket that is listened on and not served yet: connections wait.
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    options: ConnectionOptions,
}

impl Listener {
    /// Listens. Port 0 picks a free one.
    pub async fn bind(host: &str, port: u16, setting: &'static str) -> Result<Self, ListenError> {
        let address = format!("{host}:{port}");
        let bound = async {
            let socket = TcpListener::bind((host, port)).await?;
            let address = socket.local_addr()?;
            Ok(Self {
                socket,
                address,
                options: ConnectionOptions::default(),
            })
        };
        bound
            .await
            .map_err(|source: std::io::Error| match source.kind() {
                std::io::ErrorKind::AddrInUse => ListenError::Busy { address, setting },
                _ => ListenError::Other {
                    address,
                    setting,
                    source,
                },
            })
    }

    /// The address listened on, with its real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves at most this many connections at once; 1000 where nothing is said.
    #[must_use]
    pub fn at_most(mut self, connections: usize) -> Self {
        self.options.most = connections;
        self
    }

    /// Serves until told to stop, then until open requests are answered.
    pub async fn serve(self, router: Router, stop: CancellationToken) -> std::io::Result<()> {
        connections::serve(self.socket, router, self.options, stop).await;
        Ok(())
    }
}

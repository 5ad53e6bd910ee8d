//! Runs the MQTT consumer while this process holds the lease, and stands by otherwise.
//!
//! Only the holder connects to the broker. On taking over it first reads the newest stamp, so that its own are above
//! those of whoever held before. When the lease is lost, or another takes over at the broker, it drops everything at
//! once: what is queued for the log, what is in flight, the connection. Then it rests, so that two that cannot agree
//! do not throw each other out without pause, and stands by again.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use connector_domain::clock::Clock;
use connector_domain::port::{DeviceInbox, Lease, LinkError, LogError, RecordLog};
use connector_domain::stamp::Stamp;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::{MqttConsumer, Options, Ports, Status};
use crate::backoff::Backoff;

/// How long to wait before asking for the lease again; who did not hold it has nothing to rest from.
const PAUSE: Duration = Duration::from_secs(1);

/// What each holder does first.
#[async_trait]
pub trait Opening: Send + Sync {
    /// The newest stamp that any holder gave, see [`super::newest_stamp`].
    async fn newest_stamp(&self) -> anyhow::Result<Stamp>;

    /// Starts to connect to the broker, with our session there.
    fn connect(&self) -> anyhow::Result<Arc<dyn DeviceInbox>>;
}

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct HolderOptions {
    /// Of the consumer itself.
    pub consumer: Options,
    /// How long to stay away after losing the lease or the session.
    pub rest: Duration,
}

/// What it works with.
#[derive(Clone)]
pub struct HolderPorts {
    /// Who may connect; `None` where there is nobody else.
    pub lease: Option<Arc<dyn Lease>>,
    /// How a holder begins.
    pub opening: Arc<dyn Opening>,
    /// Where records go.
    pub log: Arc<dyn RecordLog>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Holds, or stands by.
pub struct Holder {
    options: HolderOptions,
    ports: HolderPorts,
    status: Status,
}

/// Why holding ended.
enum End {
    Shutdown,
    /// It was not held: the asking ended, and asking again may help.
    Lapsed(String),
    LeaseLost,
    TakenOver,
    Refused(String),
}

impl Holder {
    /// Ready to run.
    pub fn new(options: HolderOptions, ports: HolderPorts) -> Self {
        Self {
            status: Status::new(ports.lease.clone()),
            options,
            ports,
        }
    }

    /// Tells how this process stands.
    pub fn status(&self) -> Status {
        self.status.clone()
    }

    /// Runs until `shutdown`, then finishes what is in flight, disconnects and gives the lease up.
    pub async fn run(self, shutdown: CancellationToken) -> anyhow::Result<()> {
        loop {
            let end = tokio::select! {
                biased;
                () = shutdown.cancelled() => End::Shutdown,
                acquired = self.acquire() => match acquired {
                    Ok(()) => self.hold(&shutdown).await,
                    Err(LogError::Unavailable(reason)) => End::Lapsed(reason),
                    Err(error) => End::Refused(error.to_string()),
                },
            };
            let rest = self.let_go(end);
            if let Some(lease) = &self.ports.lease {
                lease.release().await;
            }
            let Some(rest) = rest else {
                return Ok(());
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(rest) => {}
            }
        }
    }

    async fn acquire(&self) -> Result<(), LogError> {
        match &self.ports.lease {
            Some(lease) => lease.acquire().await,
            None => Ok(()),
        }
    }

    async fn lost(&self) {
        match &self.ports.lease {
            Some(lease) => lease.lost().await,
            None => std::future::pending().await,
        }
    }

    async fn hold(&self, shutdown: &CancellationToken) -> End {
        self.status.opens();
        let newest = tokio::select! {
            biased;
            () = shutdown.cancelled() => return End::Shutdown,
            () = self.lost() => return End::LeaseLost,
            newest = self.newest_stamp() => newest,
        };
        let inbox = match self.ports.opening.connect() {
            Ok(inbox) => inbox,
            Err(error) => return End::Refused(format!("{error:#}")),
        };
        info!("holding the lease: connecting to the mqtt broker");
        self.status.holds(inbox.clone());
        let consumer = MqttConsumer::new(
            self.options.consumer.clone(),
            Ports {
                inbox: inbox.clone(),
                log: self.ports.log.clone(),
                clock: self.ports.clock.clone(),
            },
            newest,
        );
        let end = tokio::select! {
            biased;
            // What is in flight ends with the consumer, which is dropped here.
            () = self.lost() => End::LeaseLost,
            ended = consumer.run(shutdown.clone()) => end_of(ended),
        };
        if !matches!(end, End::Shutdown) {
            self.ports.log.purge();
        }
        inbox.close().await;
        end
    }

    /// Asks until it is told: without it stamps could start too low, and what devices say would count as a replay.
    async fn newest_stamp(&self) -> Stamp {
        let (mut backoff, never) = (Backoff::new(), CancellationToken::new());
        loop {
            match self.ports.opening.newest_stamp().await {
                Ok(newest) => return newest,
                Err(error) => {
                    warn!(
                        error = format!("{error:#}"),
                        "the newest stamp cannot be read yet"
                    );
                }
            }
            backoff.wait(&never).await;
        }
    }

    /// How long to rest before going on; `None` at the end.
    fn let_go(&self, end: End) -> Option<Duration> {
        let rest = self.options.rest;
        let (reason, problem) = match end {
            End::Shutdown => {
                self.status.let_go(None);
                return None;
            }
            End::Lapsed(reason) => {
                info!(reason, "the lease is asked for anew");
                self.status.let_go(None);
                return Some(rest.min(PAUSE));
            }
            End::LeaseLost => {
                warn!(?rest, "the lease is lost: standing by");
                ("lease", None)
            }
            End::TakenOver => {
                warn!(
                    ?rest,
                    "another took over at the mqtt broker, under our client id: standing by"
                );
                ("session", None)
            }
            End::Refused(problem) => {
                error!(error = problem, ?rest, "this process cannot hold the lease");
                ("refused", Some(problem))
            }
        };
        metrics::counter!("connector_mqtt_holder_losses_total", "reason" => reason).increment(1);
        self.status.let_go(problem);
        Some(rest)
    }
}

fn end_of(ended: Result<(), LinkError>) -> End {
    match ended {
        Ok(()) | Err(LinkError::Closed) => End::Shutdown,
        Err(LinkError::TakenOver) => End::TakenOver,
        Err(error @ LinkError::Refused(_)) => End::Refused(error.to_string()),
    }
}

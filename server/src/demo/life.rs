//! The life of one device of a demonstration: it comes, goes and comes again.

use std::future::pending;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use connector_device::{Device, Identity, Quiet, Report, Stop};
use tokio::sync::mpsc::{self, Sender};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::habit::Habit;
use super::host::Host;
use super::pace::{Pace, drawn};

/// Where devices connect, and what their topics begin with.
#[derive(Clone)]
pub(super) struct Broker {
    host: String,
    port: u16,
    topic_prefix: String,
}

impl Broker {
    pub(super) fn new(address: SocketAddr, topic_prefix: &str) -> Self {
        Self {
            host: address.ip().to_string(),
            port: address.port(),
            topic_prefix: topic_prefix.to_owned(),
        }
    }
}

/// What a device needs to live.
pub(super) struct Life {
    identity: Identity,
    host: Host,
    broker: Broker,
    pace: Pace,
}

impl Life {
    pub(super) fn new(identity: Identity, host: Host, broker: Broker, pace: Pace) -> Self {
        Self {
            identity,
            host,
            broker,
            pace,
        }
    }

    /// Lives until stopped, from `arrival` on.
    pub(super) async fn run(self, arrival: Duration, stop: CancellationToken) {
        let mut away = arrival;
        while stop.run_until_cancelled(sleep(away)).await.is_some() {
            self.visit(&stop).await;
            away = drawn(&self.pace.away);
        }
    }

    /// From when it comes to when it goes.
    async fn visit(&self, stop: &CancellationToken) {
        let (sender, reports) = mpsc::channel(1);
        let end = Stop::default();
        let mut device = pin!(self.device().reporting(reports).run(end.clone()));
        tokio::select! {
            () = &mut device => return,
            () = self.talk(sender) => return,
            () = self.until_it_goes() => self.host.habit().go(&end),
            () = stop.cancelled() => end.clean.cancel(),
        }
        device.await;
    }

    fn device(&self) -> Device<Quiet> {
        let Broker {
            host,
            port,
            topic_prefix,
        } = &self.broker;
        let (identity, profile) = (self.identity.clone(), self.host.profile());
        Device::new(identity, profile, topic_prefix, host, *port, Quiet)
    }

    async fn until_it_goes(&self) {
        match self.host.habit() {
            Habit::Stays => pending().await,
            Habit::LosesLink | Habit::TakesLeave => sleep(drawn(&self.pace.there)).await,
        }
    }

    /// Tells its news, for as long as somebody listens.
    async fn talk(&self, reports: Sender<Report>) {
        let Some(news) = self.host.news() else {
            return pending().await;
        };
        loop {
            sleep(drawn(&self.pace.news)).await;
            if reports.send(news.report()).await.is_err() {
                return;
            }
        }
    }
}

//! The life of a simulated device.

use std::pin::pin;
use std::time::Duration;

use rumqttc::{AsyncClient, ConnectionError, Event, EventLoop, Outgoing, Packet, Publish, QoS};
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::answer::{Reaction, to_command, to_data};
use crate::identity::{Identity, Profile};
use crate::link::{self, Topics};
use crate::report::{self, Report};
use crate::status;

const FIRST_RETRY: Duration = Duration::from_millis(200);
const LAST_RETRY: Duration = Duration::from_secs(10);
const GOODBYE: Duration = Duration::from_secs(5);

/// How a device ends.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    /// Cancelled: it says that it goes offline and disconnects.
    pub clean: CancellationToken,
    /// Cancelled: the link drops without a word, so that the broker publishes its last will.
    pub abrupt: CancellationToken,
}

/// Is told what happens to a device.
pub trait Observer: Send + Sync {
    /// It is connected, subscribed, and its online message is acknowledged by the broker.
    fn online(&self, client_id: &str);
    /// Its link is gone, with the reason.
    fn link_lost(&self, client_id: &str, reason: &str);
    /// A message came for it, on one of its topics.
    fn received(&self, client_id: &str, topic: &str, payload: &[u8]);
}

/// Looks away.
pub struct Quiet;

impl Observer for Quiet {
    fn online(&self, _client_id: &str) {}
    fn link_lost(&self, _client_id: &str, _reason: &str) {}
    fn received(&self, _client_id: &str, _topic: &str, _payload: &[u8]) {}
}

/// A simulated device.
pub struct Device<O> {
    identity: Identity,
    profile: Profile,
    topics: Topics,
    host: String,
    port: u16,
    observer: O,
    reports: Option<Receiver<Report>>,
}

/// Why a connection ended.
enum Ended {
    Lost,
    ToldToStay(Option<u64>),
    Stopped,
}

impl<O: Observer> Device<O> {
    /// A device that will connect to `host:port`.
    pub fn new(
        identity: Identity,
        profile: Profile,
        topic_prefix: &str,
        host: &str,
        port: u16,
        observer: O,
    ) -> Self {
        let topics = Topics::of(topic_prefix, &identity.client_id);
        Self {
            identity,
            profile,
            topics,
            host: host.to_owned(),
            port,
            observer,
            reports: None,
        }
    }

    /// It sends what comes from here, while it is online.
    #[must_use]
    pub fn reporting(self, reports: Receiver<Report>) -> Self {
        Self {
            reports: Some(reports),
            ..self
        }
    }

    /// Lives until stopped; connects again, ever more slowly, when the link is lost.
    pub async fn run(mut self, stop: Stop) {
        let mut retry = FIRST_RETRY;
        loop {
            let started = Instant::now();
            let wait = match self.connection(&stop).await {
                Ended::Stopped => return,
                Ended::ToldToStay(None) => Duration::MAX,
                Ended::ToldToStay(Some(seconds)) => Duration::from_secs(seconds),
                Ended::Lost => retry,
            };
            retry = if started.elapsed() > LAST_RETRY {
                FIRST_RETRY
            } else {
                (retry * 2).min(LAST_RETRY)
            };
            tokio::select! {
                () = sleep(wait) => {}
                () = stop.clean.cancelled() => return,
                () = stop.abrupt.cancelled() => return,
            }
        }
    }

    /// One connection, from its opening to its end.
    async fn connection(&mut self, stop: &Stop) -> Ended {
        let (client, mut events) = link::open(&self.identity, &self.host, self.port, &self.topics);
        let mut online_packet = None;
        loop {
            // 0 stands for acknowledged.
            let is_online = online_packet == Some(0);
            let event = tokio::select! {
                event = self.event(&client, &mut events, is_online) => event,
                () = stop.clean.cancelled() => {
                    self.say_goodbye(&client, &mut events).await;
                    return Ended::Stopped;
                }
                () = stop.abrupt.cancelled() => return Ended::Stopped,
            };
            match event {
                Ok(Event::Incoming(Packet::ConnAck(_))) => self.introduce(&client),
                Ok(Event::Outgoing(Outgoing::Publish(packet)))
                    if packet != 0 && online_packet.is_none() =>
                {
                    online_packet = Some(packet);
                }
                Ok(Event::Incoming(Packet::PubAck(ack))) if online_packet == Some(ack.pkid) => {
                    online_packet = Some(0);
                    self.observer.online(&self.identity.client_id);
                }
                Ok(Event::Incoming(Packet::Publish(publish))) => {
                    if let Some(delay) = self.react(&client, &publish) {
                        self.leave(&client, &mut events).await;
                        return Ended::ToldToStay(delay);
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    self.observer
                        .link_lost(&self.identity.client_id, &error.to_string());
                    return Ended::Lost;
                }
            }
        }
    }

    /// What happens next on the link. Reports go out meanwhile, without letting go of a poll that has begun: half of what
    /// it does would be lost.
    async fn event(
        &mut self,
        client: &AsyncClient,
        events: &mut EventLoop,
        is_online: bool,
    ) -> Result<Event, ConnectionError> {
        let mut polling = pin!(events.poll());
        loop {
            let report = tokio::select! {
                event = &mut polling => return event,
                report = report::next(&mut self.reports), if is_online => report,
            };
            self.publish(client, &self.topics.data_out, report.payload());
        }
    }

    fn introduce(&self, client: &AsyncClient) {
        let introduced = link::greet(client, &self.topics).and_then(|()| {
            client.try_publish(
                &self.topics.control_out,
                QoS::AtLeastOnce,
                false,
                status::online(&self.profile),
            )
        });
        if let Err(error) = introduced {
            warn!(client.id = self.identity.client_id, %error, "a device cannot introduce itself");
        }
    }

    /// Handles a message; `Some` when it says to drop the link.
    #[allow(
        clippy::option_option,
        reason = "outer: drop the link; inner: come back after so many seconds, or stay away"
    )]
    fn react(&self, client: &AsyncClient, publish: &Publish) -> Option<Option<u64>> {
        self.observer
            .received(&self.identity.client_id, &publish.topic, &publish.payload);
        let reaction = if publish.topic == self.topics.control_in {
            to_command(&publish.payload)
        } else {
            to_data(&publish.payload, |name| {
                self.profile.dispatchers.contains_key(name)
            })
        };
        let (topic, payload) = match reaction {
            Reaction::Event(payload) => (&self.topics.control_out, payload),
            Reaction::Data(payload) => (&self.topics.data_out, payload),
            Reaction::DropLink(delay) => return Some(delay),
            Reaction::Ignore(why) => {
                debug!(
                    client.id = self.identity.client_id,
                    why, "a device ignores a message"
                );
                return None;
            }
        };
        self.publish(client, topic, payload);
        None
    }

    fn publish(&self, client: &AsyncClient, topic: &str, payload: Vec<u8>) {
        if let Err(error) = client.try_publish(topic, QoS::AtLeastOnce, false, payload) {
            warn!(client.id = self.identity.client_id, %error, "a device cannot speak");
        }
    }

    async fn say_goodbye(&self, client: &AsyncClient, events: &mut EventLoop) {
        let said = client.try_publish(
            &self.topics.control_out,
            QoS::AtLeastOnce,
            false,
            status::offline(&self.profile),
        );
        if said.is_ok() {
            let acknowledged = async {
                let mut packet = None;
                while let Ok(event) = events.poll().await {
                    match event {
                        Event::Outgoing(Outgoing::Publish(id)) => packet = Some(id),
                        Event::Incoming(Packet::PubAck(ack)) if packet == Some(ack.pkid) => return,
                        _ => {}
                    }
                }
            };
            let _ = timeout(GOODBYE, acknowledged).await;
        }
        self.leave(client, events).await;
    }

    /// A clean DISCONNECT: the broker drops the last will.
    async fn leave(&self, client: &AsyncClient, events: &mut EventLoop) {
        if client.try_disconnect().is_err() {
            return;
        }
        let deadline = Instant::now() + GOODBYE;
        loop {
            tokio::select! {
                event = events.poll() => match event {
                    Ok(Event::Outgoing(Outgoing::Disconnect)) | Err(_) => return,
                    Ok(_) => {}
                },
                () = sleep_until(deadline) => return,
            }
        }
    }
}

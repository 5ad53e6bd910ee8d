//! The life of one device: links, one after the other, and what is said on each.

use std::sync::Arc;
use std::time::Duration;

use connector_device::Identity;
use rumqttc::{Packet, PubAck, Publish, QoS};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tracing::debug;

use crate::fleet::{Member, Shared, Wish};
use crate::incoming::{self, Wanted};
use crate::link::{Link, LinkError, Topics};
use crate::memory::{Kind, Truth};
use crate::window::{Meaning, Window};
use crate::words::{Words, pong};

const FIRST_RETRY: Duration = Duration::from_millis(200);

/// How long after a sign of life of ours something must have come.
const PING_PATIENCE: Duration = Duration::from_secs(10);

/// One device.
pub(crate) struct Device {
    shared: Arc<Shared>,
    member: Arc<Member>,
    identity: Identity,
    /// Whether its first word on a new link is a status.
    repeats_status: bool,
    topics: Topics,
    words: Words,
    window: Window,
    wish: watch::Receiver<Wish>,
    speech: watch::Receiver<bool>,
}

/// Whether a link goes on.
#[derive(PartialEq, Eq)]
enum Next {
    Stay,
    Leave,
}

impl Device {
    pub(crate) fn new(
        shared: Arc<Shared>,
        member: Arc<Member>,
        identity: Identity,
        repeats_status: bool,
        wish: watch::Receiver<Wish>,
        speech: watch::Receiver<bool>,
    ) -> Self {
        let client_id = &identity.client_id;
        let topics = Topics::of(&shared.options.topic_prefix, client_id);
        let words = Words::of(client_id, shared.options.data_bytes, &shared.options.run);
        Self {
            shared,
            member,
            identity,
            repeats_status,
            topics,
            words,
            window: Window::default(),
            wish,
            speech,
        }
    }

    /// Connects, speaks, and connects again, ever more slowly while that fails.
    pub(crate) async fn live(mut self) {
        let mut retry = FIRST_RETRY;
        loop {
            self.until_needed().await;
            match self.open().await {
                Ok(link) => {
                    retry = FIRST_RETRY;
                    if let Err(error) = self.use_link(link).await {
                        self.lost(&error);
                    }
                }
                Err(error) => {
                    debug!(client.id = self.member.client_id(), %error, "a link does not open");
                    self.member.memory().fail(error.to_string());
                }
            }
            if !self.wish().is_satisfied_by(self.member.memory().truth) {
                sleep(retry.mul_f64(1.0 + fastrand::f64())).await;
                retry = (retry * 2).min(self.shared.options.longest_retry);
            }
        }
    }

    fn wish(&self) -> Wish {
        *self.wish.borrow()
    }

    /// Waits while it is what it should be, without a link.
    async fn until_needed(&mut self) {
        while self.wish().is_satisfied_by(self.member.memory().truth) {
            changed(&mut self.wish).await;
        }
    }

    async fn open(&self) -> Result<Link, LinkError> {
        let options = &self.shared.options;
        let _turn = self.shared.handshakes.acquire().await;
        let began = Instant::now();
        let opening = Link::open(&self.identity, options, &self.topics, &self.words);
        let link = timeout(options.patience, opening)
            .await
            .unwrap_or(Err(LinkError::Silent))?;
        self.shared.openings.record(began.elapsed());
        Ok(link)
    }

    fn lost(&self, error: &LinkError) {
        debug!(client.id = self.member.client_id(), %error, "a link is lost");
        let mut memory = self.member.memory();
        memory.truth = Truth::Unsettled;
        memory.links_lost.push(self.shared.started.elapsed());
        memory.problem = Some(error.to_string());
    }

    /// One link, to its end: as wished, or by an error.
    async fn use_link(&mut self, mut link: Link) -> Result<(), LinkError> {
        self.member.memory().truth = Truth::Unsettled;
        self.introduce(&mut link).await?;
        let mut next_word = Instant::now() + self.shared.period.mul_f64(fastrand::f64());
        let mut heard = Instant::now();
        let (mut pinged, mut said_goodbye) = (false, false);
        loop {
            match self.wish() {
                Wish::Vanished if self.member.memory().truth == Truth::Online => {
                    drop(link);
                    self.member.memory().truth = Truth::Vanished;
                    return Ok(());
                }
                Wish::Gone if self.window.is_empty() && !said_goodbye => {
                    said_goodbye = true;
                    self.say_goodbye(&mut link).await?;
                }
                _ => {}
            }
            let silence = heard
                + self.shared.options.keep_alive
                + if pinged {
                    PING_PATIENCE
                } else {
                    Duration::ZERO
                };
            let speaks = self.may_speak() && !said_goodbye;
            tokio::select! {
                packet = link.next() => {
                    (heard, pinged) = (Instant::now(), false);
                    if self.take(packet?, &mut link).await? == Next::Leave {
                        return self.leave(link).await;
                    }
                }
                () = sleep_until(next_word), if speaks => {
                    self.say(&mut link, self.next_kind()).await?;
                    // Late words are not made up for: that would be a burst.
                    next_word = (next_word + self.shared.period).max(Instant::now());
                }
                () = sleep_until(silence) => {
                    if pinged {
                        return Err(LinkError::Silent);
                    }
                    pinged = true;
                    link.send(Packet::PingReq).await?;
                }
                () = changed(&mut self.wish) => {}
                () = changed(&mut self.speech) => {}
            }
        }
    }

    /// First what the broker may have missed, then a word of today.
    async fn introduce(&mut self, link: &mut Link) -> Result<(), LinkError> {
        let packet_id = self.window.packet_id();
        link.greet(&self.topics, packet_id).await?;
        for publish in self.window.again() {
            link.send(Packet::Publish(publish)).await?;
        }
        let is_first = self.member.memory().count() == 0;
        let kind = if is_first || self.repeats_status {
            Kind::Status
        } else {
            Kind::Data
        };
        self.say(link, kind).await
    }

    fn may_speak(&self) -> bool {
        *self.speech.borrow()
            && self.wish() == Wish::Present
            && self.window.len() < self.shared.options.window
    }

    fn next_kind(&self) -> Kind {
        let next = self.member.memory().count().wrapping_add(1);
        if next.is_multiple_of(self.shared.options.status_every.max(1)) {
            Kind::Status
        } else {
            Kind::Data
        }
    }

    async fn say(&mut self, link: &mut Link, kind: Kind) -> Result<(), LinkError> {
        let number = self.member.memory().say(kind);
        let (topic, payload) = match kind {
            Kind::Status => (&self.topics.control_out, self.words.status(number)),
            Kind::Data => (&self.topics.data_out, self.words.data(number, "")),
        };
        let publish = self.window.push(topic, payload, Meaning::Number(number));
        link.send(Packet::Publish(publish)).await
    }

    async fn say_goodbye(&mut self, link: &mut Link) -> Result<(), LinkError> {
        let payload = self.words.goodbye(self.member.memory().count());
        let topic = &self.topics.control_out;
        let publish = self.window.push(topic, payload, Meaning::Goodbye);
        link.send(Packet::Publish(publish)).await
    }

    /// What the broker sent.
    async fn take(&mut self, packet: Packet, link: &mut Link) -> Result<Next, LinkError> {
        match packet {
            Packet::PubAck(ack) => Ok(self.acknowledged(ack.pkid)),
            Packet::Publish(publish) => {
                if publish.qos == QoS::AtLeastOnce {
                    link.send(Packet::PubAck(PubAck::new(publish.pkid))).await?;
                }
                self.answer(&publish, link).await?;
                Ok(Next::Stay)
            }
            Packet::Disconnect => Err(LinkError::Ended),
            _ => Ok(Next::Stay),
        }
    }

    fn acknowledged(&mut self, packet_id: u16) -> Next {
        let Some(acknowledged) = self.window.acknowledge(packet_id) else {
            return Next::Stay;
        };
        let now = self.shared.started.elapsed();
        match acknowledged.meaning {
            Meaning::Number(number) => {
                self.shared.latencies.record(acknowledged.since.elapsed());
                let mut memory = self.member.memory();
                memory.acknowledge(number, now);
                memory.truth = Truth::Online;
                Next::Stay
            }
            Meaning::Goodbye => {
                self.member.memory().last_acknowledged = Some(now);
                Next::Leave
            }
            Meaning::Pong => Next::Stay,
        }
    }

    async fn leave(&mut self, link: Link) -> Result<(), LinkError> {
        // Whether the DISCONNECT arrives or not: a will after a clean offline changes nothing.
        self.member.memory().truth = Truth::Gone;
        link.leave().await.or(Ok(()))
    }

    async fn answer(&mut self, publish: &Publish, link: &mut Link) -> Result<(), LinkError> {
        let Some(incoming) = incoming::read(&publish.payload) else {
            return Ok(());
        };
        let id = incoming.message_id;
        let is_new = self
            .member
            .memory()
            .receive(&id, self.shared.started.elapsed());
        match incoming.wanted {
            Wanted::Pong => {
                let topic = &self.topics.control_out;
                let publish = self.window.push(topic, pong(&id), Meaning::Pong);
                link.send(Packet::Publish(publish)).await
            }
            Wanted::Echo if is_new => {
                let number = {
                    let mut memory = self.member.memory();
                    let number = memory.say(Kind::Data);
                    if let Some(received) = memory.received.get_mut(&id) {
                        received.answer = Some(number);
                    }
                    number
                };
                let (topic, payload) = (&self.topics.data_out, self.words.data(number, &id));
                let publish = self.window.push(topic, payload, Meaning::Number(number));
                link.send(Packet::Publish(publish)).await
            }
            Wanted::Echo | Wanted::Nothing => Ok(()),
        }
    }
}

/// Waits for a change; for ever once nobody can make one.
async fn changed<T>(receiver: &mut watch::Receiver<T>) {
    if receiver.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

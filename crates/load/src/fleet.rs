//! The fleet, and what its owner may tell it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use connector_device::Identity;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::device::Device;
use crate::latency::Latencies;
use crate::memory::{Memory, Truth};
use crate::options::Options;

/// What a device is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wish {
    /// Connected, as well as it can.
    #[default]
    Present,
    /// Away, after a clean offline.
    Gone,
    /// Away without a word.
    Vanished,
}

impl Wish {
    /// Whether a device that is so need do nothing.
    pub(crate) fn is_satisfied_by(self, truth: Truth) -> bool {
        matches!(
            (self, truth),
            (Self::Gone, Truth::Gone) | (Self::Vanished, Truth::Vanished)
        )
    }
}

/// One device of the fleet, seen from outside.
pub struct Member {
    client_id: String,
    memory: Mutex<Memory>,
}

impl Member {
    /// Its client id.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// What it remembers. It waits while this is held.
    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What all devices share.
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) period: Duration,
    pub(crate) started: Instant,
    pub(crate) latencies: Latencies,
    pub(crate) openings: Latencies,
    pub(crate) handshakes: Semaphore,
}

/// A running fleet. Dropping it cuts every link.
pub struct Fleet {
    shared: Arc<Shared>,
    members: Vec<Arc<Member>>,
    wishes: Vec<watch::Sender<Wish>>,
    speech: watch::Sender<bool>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Fleet {
    /// Starts to connect one device per identity; each says that it is online, and nothing more until told to
    /// [`speak`](Self::speak). One task per device, on the runtime this is called in.
    pub fn start(options: Options, identities: Vec<Identity>) -> Self {
        let shared = Arc::new(Shared {
            period: options.period(identities.len()),
            started: Instant::now(),
            latencies: Latencies::new(),
            openings: Latencies::new(),
            handshakes: Semaphore::new(options.handshakes.max(1)),
            options,
        });
        let (speech, hears_speech) = watch::channel(false);
        let mut this = Self {
            shared,
            members: Vec::with_capacity(identities.len()),
            wishes: Vec::with_capacity(identities.len()),
            speech,
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        for identity in identities {
            this.add(identity, hears_speech.clone());
        }
        this.tasks.close();
        this
    }

    fn add(&mut self, identity: Identity, speech: watch::Receiver<bool>) {
        let member = Arc::new(Member {
            client_id: identity.client_id.clone(),
            memory: Mutex::default(),
        });
        let (wish, hears_wish) = watch::channel(Wish::default());
        let every = self.shared.options.silent_return_every;
        let is_silent = every > 0 && self.members.len() % every == every - 1;
        let device = Device::new(
            self.shared.clone(),
            member.clone(),
            identity,
            !is_silent,
            hears_wish,
            speech,
        );
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            let _ = stop.run_until_cancelled(Box::pin(device.live())).await;
        });
        self.members.push(member);
        self.wishes.push(wish);
    }

    /// The devices, in the order of the identities.
    pub fn members(&self) -> &[Arc<Member>] {
        &self.members
    }

    /// Lets every device speak at its rate, or keep quiet. One that is quiet still says a word on each new link.
    pub fn speak(&self, speak: bool) {
        self.speech.send_replace(speak);
    }

    /// Tells one device what to be; it takes a while.
    pub fn wish(&self, index: usize, wish: Wish) {
        if let Some(sender) = self.wishes.get(index) {
            sender.send_replace(wish);
        }
    }

    /// What one device is to be.
    pub fn wished(&self, index: usize) -> Wish {
        self.wishes
            .get(index)
            .map_or(Wish::default(), |wish| *wish.borrow())
    }

    /// The devices that are not as they were told to be, or of which something said is not acknowledged.
    pub fn unsettled(&self) -> Vec<&Member> {
        let members = self.members.iter().enumerate();
        members
            .filter(|(index, member)| {
                let memory = member.memory();
                match (self.wished(*index), memory.truth) {
                    (Wish::Present, Truth::Online) => !memory.is_settled(),
                    // What it had under way when it vanished is settled when it comes back.
                    (wish, truth) => !wish.is_satisfied_by(truth),
                }
            })
            .map(|(_, member)| member.as_ref())
            .collect()
    }

    /// Time since the start: what the memories count in.
    pub fn elapsed(&self) -> Duration {
        self.shared.started.elapsed()
    }

    /// How long the broker takes to acknowledge.
    pub fn latencies(&self) -> &Latencies {
        &self.shared.latencies
    }

    /// How long links take to open: TCP, TLS and the broker's consent.
    pub fn openings(&self) -> &Latencies {
        &self.shared.openings
    }

    /// Cuts every link.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

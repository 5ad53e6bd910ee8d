//! The course of a test: devices connect, speak and are spoken to, come to rest, and leave.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use connector_device::Identity;
use connector_domain::clock::{Clock, System};
use connector_load::{Fleet, Options, Truth, Wish};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::load::Load;
use super::presence::{self, Presence};
use super::report::{Latencies, Report};
use super::round_trips::{self, RoundTrips};
use super::voice::Voice;
use crate::tools::api::client::Client;
use crate::tools::api::failure::Failure;
use crate::tools::api::watch::Watch;
use crate::tools::signal::until_signal;

/// How often anything is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How long devices may take to connect: this, and a second for each so many of them.
const CONNECT: Duration = Duration::from_secs(20);
const CONNECTS_PER_SECOND: u64 = 50;
/// How long what was said and sent may take to arrive.
const SETTLE: Duration = Duration::from_secs(20);
/// How long devices may take to leave.
const LEAVE: Duration = Duration::from_secs(10);

/// A test and what it has seen.
pub(super) struct Test<'a> {
    load: &'a Load,
    client: Option<&'a Client>,
    voice: &'a Voice,
    presence: Presence,
    round_trips: RoundTrips,
    /// Somebody wants it to end.
    halt: CancellationToken,
    /// Why it cannot go on.
    broken: Mutex<Option<Failure>>,
}

/// What the API tells, from before the first device speaks.
struct Watches<'a> {
    presence: Watch<'a, presence::Variables>,
    messages: Watch<'a, round_trips::Variables>,
}

impl<'a> Test<'a> {
    /// Nothing begins yet. Without a client the API is left out.
    pub(super) fn new(load: &'a Load, client: Option<&'a Client>, voice: &'a Voice) -> Self {
        Self {
            load,
            client,
            voice,
            presence: Presence::default(),
            round_trips: RoundTrips::default(),
            halt: CancellationToken::new(),
            broken: Mutex::default(),
        }
    }

    /// Runs it to its end, or to a signal. Fails where it cannot begin.
    pub(super) async fn run(
        self,
        options: Options,
        identities: Vec<Identity>,
    ) -> Result<Report, Failure> {
        let run = options.run.clone();
        let watches = match self.client {
            Some(client) => Some(Watches {
                presence: Presence::watch(client, &run).await?,
                messages: RoundTrips::watch(client).await?,
            }),
            None => None,
        };
        let fleet = Fleet::start(options, identities);
        let over = CancellationToken::new();
        let course = async {
            let report = self.course(&fleet, &run).await;
            over.cancel();
            report
        };
        let (report, ..) = tokio::join!(
            course,
            over.run_until_cancelled(self.listen(watches, &fleet, &run)),
            over.run_until_cancelled(self.obey_signals()),
        );
        fleet.stop().await;
        report
    }

    async fn course(&self, fleet: &Fleet, run: &str) -> Result<Report, Failure> {
        let connects = self.connect(fleet).await?;
        let mut report = Report::new(run, fleet.members().len());
        report.latencies.connect = connects;
        report.latencies.arrival = self.presence.latencies.take();
        let _ = fleet.latencies().take();
        let before = said(fleet);
        report.began = System.now();
        report.seconds = self.speak(fleet).await.as_secs_f64();
        report.spoken = said(fleet) - before;
        self.settle(fleet).await;
        report.latencies = Latencies {
            puback: fleet.latencies().take(),
            status: self.presence.latencies.take(),
            accepted: self.round_trips.accepted.take(),
            received: self.round_trips.received.take(),
            responded: self.round_trips.responded.take(),
            ..report.latencies
        };
        report.interrupted = self.halt.is_cancelled();
        report.read_fleet(fleet);
        if self.client.is_some() {
            report.read_presence(&self.presence, fleet);
            report.read_messages(&self.round_trips.book());
        }
        report.broken = self.broken().take();
        self.leave(fleet).await;
        Ok(report)
    }

    /// Waits until every device is connected, and the API has told so.
    async fn connect(&self, fleet: &Fleet) -> Result<connector_load::Summary, Failure> {
        let devices = fleet.members().len() as u64;
        let patience = CONNECT + Duration::from_secs(devices / CONNECTS_PER_SECOND);
        let mut counting = self.voice.count("connected", devices);
        self.wait(patience, || {
            counting.reach(count(fleet, Truth::Online));
            fleet.unsettled().is_empty() && self.is_told(fleet)
        })
        .await;
        drop(counting);
        let connected = count(fleet, Truth::Online);
        self.voice
            .remark(&format!("{connected} of {devices} devices are connected"));
        if connected > 0 || self.halt.is_cancelled() {
            return Ok(fleet.openings().take());
        }
        let mut problems = fleet.members().iter();
        let problem = problems.find_map(|member| member.memory().problem.clone());
        let problem = problem.unwrap_or_else(|| "nothing answers".to_owned());
        Err(Failure::Unreachable(format!(
            "no device connects within {patience:?}: {problem}"
        )))
    }

    /// Lets devices speak, and sends them messages; how long that was.
    async fn speak(&self, fleet: &Fleet) -> Duration {
        let (load, before, began) = (self.load, said(fleet), Instant::now());
        let stop = CancellationToken::new();
        fleet.speak(true);
        let speaking = async {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "for a bar"
            )]
            let expected = (load.rate * load.duration.as_secs_f64()) as u64;
            let mut counting = self.voice.count("said", expected);
            self.wait(load.duration, || {
                counting.reach(said(fleet) - before);
                false
            })
            .await;
            fleet.speak(false);
            stop.cancel();
            began.elapsed()
        };
        let sending = async {
            if let Some(client) = self.client {
                let trips = &self.round_trips;
                trips.send(client, fleet, load.send_rate, &stop).await;
            }
        };
        tokio::join!(speaking, sending).0
    }

    /// Waits until everything said is acknowledged and told, and everything sent is answered.
    async fn settle(&self, fleet: &Fleet) {
        self.wait(SETTLE, || {
            fleet.unsettled().is_empty()
                && self.is_told(fleet)
                && self.round_trips.book().pending.is_empty()
        })
        .await;
    }

    fn is_told(&self, fleet: &Fleet) -> bool {
        self.client.is_none() || self.presence.untold(fleet) == 0
    }

    /// Lets every device say that it goes. What does not manage to leaves a last will.
    async fn leave(&self, fleet: &Fleet) {
        for index in 0..fleet.members().len() {
            fleet.wish(index, Wish::Gone);
        }
        let mut counting = self.voice.count("gone", fleet.members().len() as u64);
        let deadline = Instant::now() + LEAVE;
        while !fleet.unsettled().is_empty() && Instant::now() < deadline {
            counting.reach(count(fleet, Truth::Gone));
            sleep(LOOK).await;
        }
    }

    /// Looks until something is so, the time is over or somebody wants an end.
    async fn wait(&self, patience: Duration, mut is_so: impl FnMut() -> bool) {
        let looking = async {
            let deadline = Instant::now() + patience;
            while !is_so() && Instant::now() < deadline {
                let left = deadline.saturating_duration_since(Instant::now());
                sleep(LOOK.min(left)).await;
            }
        };
        let _ = self.halt.run_until_cancelled(looking).await;
    }

    async fn listen(&self, watches: Option<Watches<'_>>, fleet: &Fleet, run: &str) {
        let Some(Watches { presence, messages }) = watches else {
            return;
        };
        tokio::join!(
            self.break_with(self.presence.follow(presence, run)),
            self.break_with(self.round_trips.follow(messages, fleet)),
        );
    }

    async fn break_with(&self, failure: impl Future<Output = Failure>) {
        let failure = failure.await;
        self.broken().get_or_insert(failure);
        self.halt.cancel();
    }

    /// The first ends it in order, the second at once.
    async fn obey_signals(&self) {
        if until_signal().await.is_ok() {
            self.voice.remark("ending; again to end at once");
            self.halt.cancel();
            let _ = until_signal().await;
            std::process::exit(130);
        }
    }

    fn broken(&self) -> std::sync::MutexGuard<'_, Option<Failure>> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many devices are so.
fn count(fleet: &Fleet, truth: Truth) -> u64 {
    let members = fleet.members().iter();
    members
        .filter(|member| member.memory().truth == truth)
        .count() as u64
}

/// How much the fleet has said.
fn said(fleet: &Fleet) -> u64 {
    let members = fleet.members().iter();
    members
        .map(|member| u64::from(member.memory().count()))
        .sum()
}

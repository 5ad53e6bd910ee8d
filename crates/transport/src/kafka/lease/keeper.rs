//! The thread that keeps the membership, and what it knows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use connector_domain::port::LogError;
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance};
use rdkafka::error::KafkaError;
use tokio::sync::watch;
use tracing::{error, info, warn};

use super::super::context::Context;
use super::super::failure::log_error;
use super::super::renewal::Renewal;
use super::super::settings::Settings;
use super::LeaseOptions;

/// Longest wait for a word of the group, and so for being told to leave.
const MOMENT: Duration = Duration::from_millis(50);

/// Longest time that a holder may take to end what it does under the lease.
const LINGER: Duration = Duration::from_secs(10);

/// For logs and metrics.
const NAME: &str = "lease";

/// How we stand with the lease.
#[derive(Debug, Clone)]
pub(super) enum Standing {
    /// The group has not decided.
    Waiting,
    /// Another holds it.
    Standby,
    /// It is ours.
    Held,
    /// We do not ask for it any more.
    Over(End),
}

/// Why the asking ended.
#[derive(Debug, Clone)]
pub(super) enum End {
    /// Asking again may help.
    Lapsed(String),
    /// An operator has to act.
    Refused(String),
}

impl Standing {
    /// Every value of the label `state`.
    const STATES: [&str; 4] = ["waiting", "standby", "held", "over"];

    fn as_str(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Standby => "standby",
            Self::Held => "held",
            Self::Over(_) => "over",
        }
    }

    /// One of the states is 1, the others are 0.
    fn measure(&self) {
        for state in Self::STATES {
            let is_this = u8::from(state == self.as_str());
            metrics::gauge!("connector_lease_state", "state" => state).set(is_this);
        }
    }
}

impl From<End> for LogError {
    fn from(end: End) -> Self {
        match end {
            End::Lapsed(reason) => Self::Unavailable(reason),
            End::Refused(reason) => Self::Refused(reason),
        }
    }
}

/// A membership of the group, kept until it is told to leave or dropped.
pub(super) struct Keeper {
    standing: watch::Receiver<Standing>,
    stop: Arc<AtomicBool>,
}

impl Keeper {
    pub(super) fn start(settings: &Settings, options: &LeaseOptions) -> Result<Self, LogError> {
        let (sender, standing) = watch::channel(Standing::Waiting);
        Standing::Waiting.measure();
        let sender = Arc::new(sender);
        let mut renewal = Renewal::new(NAME, settings);
        let consumer = consumer(settings, options, sender.clone())?;
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, patience) = (stop.clone(), options.session_timeout);
        let named = thread::Builder::new().name("kafka-lease".to_owned());
        named
            .spawn(move || {
                let held = || matches!(*sender.borrow(), Standing::Held);
                let (end, linger) = keep(&consumer, &stopped, patience, &mut renewal, held);
                let over = Standing::Over(end);
                over.measure();
                sender.send_replace(over);
                linger.until_stopped(&consumer, &stopped);
                // Leaves the group. Only then nobody holds `sender` any more, which is how `leave` knows.
                drop(consumer);
            })
            .map_err(|error| LogError::Unavailable(error.to_string()))?;
        Ok(Self { standing, stop })
    }

    pub(super) fn standing(&self) -> watch::Receiver<Standing> {
        self.standing.clone()
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(*self.standing.borrow(), Standing::Over(_))
    }

    pub(super) fn is_standby(&self) -> bool {
        matches!(*self.standing.borrow(), Standing::Standby)
    }

    /// Waits until the group knows.
    pub(super) async fn leave(mut self) {
        self.stop.store(true, Ordering::Release);
        while self.standing.changed().await.is_ok() {}
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
    }
}

fn consumer(
    settings: &Settings,
    options: &LeaseOptions,
    standing: Arc<watch::Sender<Standing>>,
) -> Result<BaseConsumer<LeaseContext>, LogError> {
    let session = options.session_timeout.as_millis().to_string();
    let heartbeat = (options.session_timeout / 10).as_millis().to_string();
    let mut own = vec![("enable.auto.commit", "false")];
    // In the newer protocol the brokers decide these (KIP-848), and the client refuses them.
    if settings
        .properties
        .get("group.protocol")
        .is_none_or(|protocol| protocol != "consumer")
    {
        own.extend([
            // The holder keeps it when others come and go.
            ("partition.assignment.strategy", "cooperative-sticky"),
            ("session.timeout.ms", session.as_str()),
            ("heartbeat.interval.ms", heartbeat.as_str()),
        ]);
    }
    let context = LeaseContext {
        client: Context::named(NAME),
        standing,
    };
    let consumer: BaseConsumer<LeaseContext> = settings
        .consumer_config(&options.topic, &own)
        .create_with_context(context)
        .map_err(|error| log_error(&error))?;
    consumer
        .subscribe(&[&options.topic])
        .map_err(|error| log_error(&error))?;
    Ok(consumer)
}

/// How long a membership is kept after its end was told.
enum Linger {
    /// It is worth nothing.
    No,
    /// Nobody else is to have the lease while its holder ends what it does.
    UntilStopped,
}

impl Linger {
    fn until_stopped(self, consumer: &BaseConsumer<LeaseContext>, stop: &AtomicBool) {
        let until = Instant::now() + LINGER;
        while matches!(self, Self::UntilStopped)
            && !stop.load(Ordering::Acquire)
            && Instant::now() < until
        {
            // What comes is of no interest any more.
            drop(consumer.poll(MOMENT));
        }
    }
}

/// Polls until told to stop, or until the membership is worth nothing, or there are new certificates: the lease is asked
/// for anew with them, which whoever stands by may win. The holder leaves time for those who stand by to have the new ones
/// first, so that it changes hands once.
fn keep(
    consumer: &BaseConsumer<LeaseContext>,
    stop: &AtomicBool,
    patience: Duration,
    renewal: &mut Renewal,
    is_held: impl Fn() -> bool,
) -> (End, Linger) {
    let mut polled = Instant::now();
    let mut renew_at: Option<Instant> = None;
    while !stop.load(Ordering::Acquire) {
        if renewal.is_due().is_some() {
            let others = if is_held() {
                renewal.look_every() * 2
            } else {
                Duration::ZERO
            };
            renew_at = Some(Instant::now() + others);
        }
        if renew_at.is_some_and(|renew_at| Instant::now() >= renew_at) {
            let reason = "the certificates towards kafka have changed".to_owned();
            return (End::Lapsed(reason), Linger::UntilStopped);
        }
        let result = consumer.poll(MOMENT);
        // The process was paused: others may hold it since, before the group tells us.
        if polled.elapsed() >= patience {
            warn!("this process did not run for longer than its lease lasts");
            let reason = "the process did not run for too long".to_owned();
            return (End::Lapsed(reason), Linger::No);
        }
        polled = Instant::now();
        if let Some(Err(error)) = result
            && let LogError::Refused(reason) = log_error(&error)
        {
            return (End::Refused(reason), Linger::No);
        }
    }
    let reason = "the lease is given up".to_owned();
    (End::Lapsed(reason), Linger::No)
}

/// Context of the consumer: turns what the group says into how we stand.
struct LeaseContext {
    client: Context,
    standing: Arc<watch::Sender<Standing>>,
}

impl ClientContext for LeaseContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, text: &str) {
        self.client.log(level, facility, text);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.client.error(error, reason);
    }
}

impl LeaseContext {
    /// Nothing new was assigned: a holder keeps what it has.
    fn stand_by(&self) {
        if matches!(*self.standing.borrow(), Standing::Waiting) {
            self.stand(Standing::Standby);
        }
    }

    /// What is over stays over, whatever the group still says while we leave it.
    fn stand(&self, now: Standing) {
        self.standing.send_if_modified(|standing| {
            let goes_on = !matches!(standing, Standing::Over(_));
            if goes_on {
                *standing = now;
                standing.measure();
            }
            goes_on
        });
    }
}

impl ConsumerContext for LeaseContext {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        match rebalance {
            Rebalance::Assign(partitions) if partitions.count() > 0 => self.stand(Standing::Held),
            Rebalance::Revoke(partitions) if partitions.count() > 0 => {
                info!("the group took the lease away");
                self.stand(Standing::Waiting);
            }
            // It comes with every round of the group, whether something changed or not.
            Rebalance::Assign(_) => self.stand_by(),
            Rebalance::Revoke(_) => {}
            Rebalance::Error(error) => {
                error!(%error, "the group of the lease cannot be balanced");
                self.stand(Standing::Waiting);
            }
        }
    }
}

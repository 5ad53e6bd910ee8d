//! Watches over the Kafka clients of a role: a consumer that silently stopped and a client that failed for good look
//! like having nothing to do. Readiness is told by [`ConsumerCheck`], liveness where only a restart helps.

mod lag;
mod stall;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use connector_consumers::kafka_consumer::Pulse;
use connector_domain::port::{LogEnds, RecordConsumer};
use connector_transport::kafka::{GroupConsumer, Producer, Vitals};
use tokio::time::{Instant, sleep};
use tracing::debug;

use self::lag::Lag;
use self::stall::Stalls;
use crate::http::Check;
use crate::lifecycle::{Lifecycle, Stage};

/// How often it looks.
const EVERY: Duration = Duration::from_secs(5);

/// A polling thread that does not go round for so long hangs. It may wait a moment for its reader, and 2 s per seek.
const SILENT: Duration = Duration::from_mins(1);

/// A reader that does not come round for so long hangs. What is away, or slow, answers with an error long before.
const HANGING: Duration = Duration::from_mins(15);

/// Watches over a member of a group and its reader.
pub fn watch_consumer(consumer: Arc<GroupConsumer>, reader: Pulse, lifecycle: &Lifecycle) {
    let (liveness, stop) = (lifecycle.liveness(), lifecycle.stop_of(Stage::Work));
    lifecycle.spawn(Stage::Work, "kafka watchdog", async move {
        let answer = Mutex::new(None);
        // Beside it, since it may take minutes to be told that the log is away.
        let asking = async {
            loop {
                sleep(EVERY).await;
                let ends = ends(consumer.as_ref()).await;
                *answer.lock().unwrap_or_else(PoisonError::into_inner) = ends;
            }
        };
        let looking = async {
            let (mut stalls, mut lag) = (Stalls::default(), Lag::default());
            loop {
                sleep(EVERY).await;
                let ends = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
                let vitals = consumer.vitals();
                measure(&vitals);
                if let Some(ends) = &ends {
                    lag.measure(ends);
                    stalls.look(&vitals, ends, Instant::now());
                }
                let problem = stopped(&vitals)
                    .or_else(|| hangs(&reader))
                    .or_else(|| stalls.problem(Instant::now()));
                liveness.tell("kafka consumer", problem);
            }
        };
        let watching = async { tokio::join!(asking, looking) };
        stop.run_until_cancelled(watching).await;
        Ok(())
    });
}

/// Watches over a producer: one whose sequence of records is broken refuses everything from then on.
pub fn watch_producer(producer: Arc<Producer>, lifecycle: &Lifecycle) {
    watch("kafka producer", lifecycle, move || producer.fatal_error());
}

/// Tells, time and again, what is wrong with a part that only a restart mends.
fn watch(
    part: &'static str,
    lifecycle: &Lifecycle,
    problem: impl Fn() -> Option<String> + Send + Sync + 'static,
) {
    let (liveness, stop) = (lifecycle.liveness(), lifecycle.stop_of(Stage::Links));
    lifecycle.spawn(Stage::Links, part, async move {
        let watching = async {
            loop {
                sleep(EVERY).await;
                liveness.tell(part, problem());
            }
        };
        stop.run_until_cancelled(watching).await;
        Ok(())
    });
}

/// The consumer is in its group and goes round.
pub struct ConsumerCheck(pub Arc<GroupConsumer>);

#[async_trait]
impl Check for ConsumerCheck {
    fn name(&self) -> &'static str {
        "consumer-group"
    }

    async fn check(&self) -> Result<(), String> {
        let vitals = self.0.vitals();
        if let Some(problem) = stopped(&vitals) {
            return Err(problem);
        }
        if !vitals.is_member {
            return Err("not a member of the consumer group".to_owned());
        }
        Ok(())
    }
}

/// `None` while the log does not say.
async fn ends(consumer: &GroupConsumer) -> Option<LogEnds> {
    match consumer.ends().await {
        Ok(ends) => Some(ends),
        Err(error) => {
            debug!(%error, "the ends of the ingress topics are not known");
            None
        }
    }
}

/// Why a consumer does not poll any more.
fn stopped(vitals: &Vitals) -> Option<String> {
    if let Some(reason) = &vitals.fatal {
        return Some(reason.clone());
    }
    let seconds = vitals.poll_age.as_secs();
    (vitals.poll_age >= SILENT).then(|| format!("no poll for {seconds} s"))
}

fn hangs(reader: &Pulse) -> Option<String> {
    let age = reader.age();
    let seconds = age.as_secs();
    (age >= HANGING).then(|| format!("the batch at hand has taken {seconds} s"))
}

#[allow(clippy::cast_precision_loss, reason = "a gauge needs no more")]
fn measure(vitals: &Vitals) {
    metrics::gauge!("connector_consumer_last_poll_age_seconds").set(vitals.poll_age.as_secs_f64());
    metrics::gauge!("connector_consumer_member").set(u8::from(vitals.is_member));
    metrics::gauge!("connector_consumer_paused").set(u8::from(vitals.is_paused));
    metrics::gauge!("connector_consumer_queued").set(vitals.queued as f64);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    fn fine() -> Vitals {
        Vitals {
            poll_age: Duration::ZERO,
            queued: 0,
            is_full: false,
            is_paused: false,
            waiting: BTreeSet::new(),
            is_member: true,
            fatal: None,
        }
    }

    #[test]
    fn a_thread_that_hangs_and_a_client_that_failed_for_good_have_stopped() {
        assert_eq!(stopped(&fine()), None);
        let waits_for_its_database = Vitals {
            queued: 10_000,
            is_full: true,
            is_paused: true,
            ..fine()
        };
        assert_eq!(stopped(&waits_for_its_database), None);
        let hangs = Vitals {
            poll_age: SILENT,
            ..fine()
        };
        assert_eq!(stopped(&hangs).as_deref(), Some("no poll for 60 s"));
        let fenced = Vitals {
            fatal: Some("Fenced".to_owned()),
            ..fine()
        };
        assert_eq!(stopped(&fenced).as_deref(), Some("Fenced"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_part_that_failed_for_good_is_told_and_one_that_recovered_is_not() {
        let lifecycle = Lifecycle::new(Duration::from_secs(1));
        let failed = Arc::new(AtomicBool::new(false));
        let fatal = failed.clone();
        watch("part", &lifecycle, move || {
            fatal.load(Ordering::SeqCst).then(|| "fenced".to_owned())
        });
        let told = async || {
            sleep(2 * EVERY).await;
            lifecycle.liveness().problems().get("part").cloned()
        };
        assert_eq!(told().await, None);
        failed.store(true, Ordering::SeqCst);
        assert_eq!(told().await.as_deref(), Some("fenced"));
        failed.store(false, Ordering::SeqCst);
        assert_eq!(told().await, None);
    }
}

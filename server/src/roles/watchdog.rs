//! Watches over the Kafka clients of a role: a consumer that silently stopped and a client that failed for good look
//! like having nothing to do. Readiness is told by [`ConsumerCheck`], liveness where only a restart helps.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use connector_domain::port::{LogEnds, RecordConsumer};
use connector_transport::kafka::{GroupConsumer, Producer, Vitals};
use tracing::debug;

use crate::http::Check;
use crate::lifecycle::{Lifecycle, Stage};

/// How often it looks.
const EVERY: Duration = Duration::from_secs(5);

/// A polling thread that does not go round for so long hangs. It may wait 10 s for its reader, and 2 s per seek.
const SILENT: Duration = Duration::from_mins(1);

/// Records are there, the log answers, and none has come in for so long.
const STUCK: Duration = Duration::from_mins(1);

/// Watches over a member of a group.
pub fn watch_consumer(consumer: Arc<GroupConsumer>, topics: Vec<String>, lifecycle: &Lifecycle) {
    let (liveness, stop) = (lifecycle.liveness(), lifecycle.stop_of(Stage::Work));
    lifecycle.spawn(Stage::Work, "kafka watchdog", async move {
        let watching = async {
            loop {
                tokio::time::sleep(EVERY).await;
                let lag = lag(consumer.as_ref(), &topics).await;
                let vitals = consumer.vitals();
                measure(&vitals);
                liveness.tell("kafka consumer", stopped(&vitals, lag));
            }
        };
        stop.run_until_cancelled(watching).await;
        Ok(())
    });
}

/// Watches over a producer: one whose sequence of records is broken refuses everything from then on.
pub fn watch_producer(producer: Arc<Producer>, lifecycle: &Lifecycle) {
    let (liveness, stop) = (lifecycle.liveness(), lifecycle.stop_of(Stage::Links));
    lifecycle.spawn(Stage::Links, "kafka producer watchdog", async move {
        let watching = async {
            loop {
                tokio::time::sleep(EVERY).await;
                liveness.tell("kafka producer", producer.fatal_error());
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
        if let Some(problem) = stopped(&vitals, 0) {
            return Err(problem);
        }
        if !vitals.is_member {
            return Err("not a member of the consumer group".to_owned());
        }
        Ok(())
    }
}

/// Records that are there and not given out, over all our partitions; 0 while the log does not say.
async fn lag(consumer: &GroupConsumer, topics: &[String]) -> i64 {
    match consumer.ends().await {
        Ok(ends) => {
            measure_lag(&ends, topics);
            let each = ends.partitions.iter().map(|(_, _, end, next)| end - next);
            each.filter(|lag| *lag > 0).sum()
        }
        Err(error) => {
            debug!(%error, "the lag is not known");
            0
        }
    }
}

/// Why a consumer will not go on by itself.
fn stopped(vitals: &Vitals, lag: i64) -> Option<String> {
    if let Some(reason) = &vitals.fatal {
        return Some(reason.clone());
    }
    if vitals.poll_age >= SILENT {
        let seconds = vitals.poll_age.as_secs();
        return Some(format!("no poll for {seconds} s"));
    }
    if vitals.is_member && lag > 0 && !vitals.is_waiting && vitals.record_age >= STUCK {
        let seconds = vitals.record_age.as_secs();
        return Some(format!(
            "{lag} records are there and none came in for {seconds} s"
        ));
    }
    None
}

fn measure(vitals: &Vitals) {
    metrics::gauge!("connector_consumer_last_poll_age_seconds").set(vitals.poll_age.as_secs_f64());
    metrics::gauge!("connector_consumer_member").set(u8::from(vitals.is_member));
}

#[allow(clippy::cast_precision_loss, reason = "a gauge needs no more")]
fn measure_lag(ends: &LogEnds, topics: &[String]) {
    for topic in topics {
        let ours = ends.partitions.iter().filter(|(of, ..)| of == topic);
        let lag: i64 = ours.map(|(_, _, end, next)| (end - next).max(0)).sum();
        metrics::gauge!("connector_consumer_lag", "topic" => topic.clone()).set(lag as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fine() -> Vitals {
        Vitals {
            poll_age: Duration::ZERO,
            record_age: Duration::from_hours(1),
            is_waiting: false,
            is_member: true,
            fatal: None,
        }
    }

    #[test]
    fn a_consumer_is_restarted_only_when_that_helps() {
        assert_eq!(stopped(&fine(), 0), None, "nothing to do");
        let slow_reader = Vitals {
            is_waiting: true,
            ..fine()
        };
        assert_eq!(stopped(&slow_reader, 5), None, "the database is slow");
        let outside = Vitals {
            is_member: false,
            ..fine()
        };
        assert_eq!(stopped(&outside, 5), None, "others have the partitions");
        let recent = Vitals {
            record_age: STUCK / 2,
            ..fine()
        };
        assert_eq!(stopped(&recent, 5), None, "it is catching up");

        assert!(stopped(&fine(), 5).is_some_and(|problem| problem.contains("5 records")));
        let hangs = Vitals {
            poll_age: SILENT,
            ..slow_reader
        };
        assert!(stopped(&hangs, 0).is_some_and(|problem| problem.contains("60 s")));
        let fenced = Vitals {
            fatal: Some("Fenced".to_owned()),
            ..recent
        };
        assert_eq!(stopped(&fenced, 0).as_deref(), Some("Fenced"));
    }
}

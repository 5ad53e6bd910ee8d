//! A right that one process holds.

use std::sync::Arc;
use std::time::Duration;

use connector_domain::port::{Lease, LogError};
use connector_transport::embedded::EmbeddedKafka;
use connector_transport::kafka::{GroupLease, LeaseOptions};
use tokio::time::timeout;

use crate::kafka_log::settings;

const TOPIC: &str = "lease";

/// A group forms after 3 s here, and after a leave only when the session would be over.
const PATIENCE: Duration = Duration::from_secs(30);

fn lease(kafka: &EmbeddedKafka, topic: &str) -> Arc<GroupLease> {
    let options = LeaseOptions {
        topic: topic.to_owned(),
        session_timeout: Duration::from_secs(6),
    };
    Arc::new(GroupLease::new(&settings(kafka), options))
}

async fn acquire(lease: &GroupLease) {
    timeout(PATIENCE, lease.acquire())
        .await
        .expect("in time")
        .expect("no error");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_holds_it_until_it_gives_it_up_whoever_comes() {
    let kafka = EmbeddedKafka::start(&[(TOPIC, 1)]).unwrap();
    let (first, second) = (lease(&kafka, TOPIC), lease(&kafka, TOPIC));
    acquire(&first).await;
    // By then the group has balanced with the other.
    let stands_by = async {
        while !second.is_held_by_another() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        _ = second.acquire() => panic!("two hold it"),
        () = first.lost() => panic!("it was taken from its holder"),
        known = timeout(PATIENCE, stands_by) => known.expect("it learns that another holds it"),
    }
    assert!(!first.is_held_by_another());
    let (taken, lost) = tokio::join!(
        timeout(PATIENCE, second.acquire()),
        timeout(PATIENCE, async {
            first.release().await;
            first.lost().await;
        })
    );
    taken.expect("in time").expect("no error");
    lost.expect("at once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_that_is_missing_or_has_several_partitions_is_refused() {
    let kafka = EmbeddedKafka::start(&[(TOPIC, 1), ("wide", 2)]).unwrap();
    lease(&kafka, TOPIC).verify().await.unwrap();
    let refused = lease(&kafka, "wide").verify().await;
    assert!(
        matches!(&refused, Err(LogError::Refused(reason)) if reason.contains("one partition, not 2")),
        "{refused:?}"
    );
}

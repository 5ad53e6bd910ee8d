//! What a role waits for before it starts.

use std::time::Duration;

use connector_domain::port::LogError;
use connector_transport::embedded::EmbeddedKafka;
use connector_transport::kafka::{Patience, Settings, await_topics};
use rdkafka::mocking::MockCluster;
use tokio::time::{sleep, timeout};

use crate::kafka_log::{NOBODY, settings};

const TOPIC: &str = "ingress";
const PATIENCE: Duration = Duration::from_secs(30);

/// Short for what is missing, long for what is away.
fn patience() -> Patience {
    Patience {
        away: PATIENCE,
        missing: Duration::from_millis(700),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_topic_that_stays_missing_is_named() {
    let kafka = EmbeddedKafka::start(&[(TOPIC, 3)]).unwrap();
    let topics = ["nowhere", TOPIC, "neither"];
    let settings = settings(&kafka);
    let waited = await_topics(&settings, &topics, patience());
    match timeout(PATIENCE, waited).await.unwrap() {
        Err(LogError::Refused(reason)) => {
            assert_eq!(reason, "2 topics do not exist: nowhere, neither");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_that_is_made_meanwhile_is_found() {
    let cluster = MockCluster::new(1).unwrap();
    let settings = Settings::new(cluster.bootstrap_servers(), "test");
    let patience = Patience {
        missing: PATIENCE,
        ..patience()
    };
    let waiting = await_topics(&settings, &[TOPIC], patience);
    let making = async {
        sleep(Duration::from_millis(600)).await;
        cluster.create_topic(TOPIC, 2, 1).unwrap();
    };
    let (waited, ()) = tokio::join!(timeout(PATIENCE, waiting), making);
    assert_eq!(waited.unwrap().unwrap()[TOPIC], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_starts_meanwhile_is_found() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(TOPIC, 2, 1).unwrap();
    cluster.broker_down(1).unwrap();
    let settings = Settings::new(cluster.bootstrap_servers(), "test");
    let waiting = await_topics(&settings, &[TOPIC], patience());
    let starting = async {
        sleep(Duration::from_secs(1)).await;
        cluster.broker_up(1).unwrap();
    };
    let (waited, ()) = tokio::join!(timeout(PATIENCE, waiting), starting);
    assert_eq!(waited.unwrap().unwrap()[TOPIC], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_gives_up_says_why_the_log_is_not_reached() {
    let patience = Patience {
        away: Duration::from_secs(1),
        ..patience()
    };
    let settings = Settings::new(NOBODY, "test");
    let waited = await_topics(&settings, &[TOPIC], patience);
    match timeout(PATIENCE, waited).await.unwrap() {
        Err(LogError::Unavailable(reason)) => assert!(reason.contains("refused"), "{reason}"),
        other => panic!("{other:?}"),
    }
}

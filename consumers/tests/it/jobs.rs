//! What a crash left of messages.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_consumers::jobs::{MessageJobs, Options, Ports};
use connector_domain::message::{MessageState, SEND_LEASE};
use connector_domain::port::{DevicePublisher, PublishOutcome};
use connector_domain::scope::IngestScope;
use connector_domain::wire::TopicPrefix;
use connector_outbox::Outbox;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::fake::{Stage, eventually};
use crate::kafka::{message, sent};

/// A broker that acknowledges everything.
struct Broker;

#[async_trait]
impl DevicePublisher for Broker {
    async fn publish(
        &self,
        _topic: &str,
        _payload: Bytes,
        _deadline: Duration,
        _late: Box<dyn FnOnce(PublishOutcome) + Send>,
    ) -> PublishOutcome {
        PublishOutcome::Acknowledged
    }

    fn is_connected(&self) -> bool {
        true
    }
}

/// Runs the jobs on a stage until dropped.
fn start(stage: &Stage) -> JoinSet<anyhow::Result<()>> {
    let outbox = Outbox::new(
        connector_outbox::Options {
            topic_prefix: TopicPrefix::parse("redhat/insights").expect("valid"),
            events_topic: "message-events".to_owned(),
            confirmation_wait: Duration::from_secs(1),
        },
        connector_outbox::Ports {
            messages: Arc::new(stage.store.memory.clone()),
            audit: Arc::new(stage.store.memory.clone()),
            blocks: Arc::new(stage.store.memory.clone()),
            blocking: Arc::new(stage.store.memory.clone()),
            publisher: Arc::new(Broker),
            log: Arc::new(stage.log.clone()),
            clock: stage.clock.clone(),
        },
    );
    let options = Options {
        every: Duration::from_millis(10),
        untold_after: Duration::from_secs(5),
        limit: 100,
    };
    let ports = Ports {
        messages: stage.store.clone(),
        outbox,
        clock: stage.clock.clone(),
        scope: IngestScope::issue(),
    };
    let mut running = JoinSet::new();
    running.spawn(MessageJobs::new(options, ports).run(CancellationToken::new()));
    running
}

fn told(stage: &Stage) -> Vec<(i64, String)> {
    let step = |event: &serde_json::Value| {
        let data = &event["data"];
        let entered = data["message"]["state"].as_str().expect("text");
        (data["seq"].as_i64().expect("a number"), entered.to_owned())
    };
    stage.log.json("message-events").iter().map(step).collect()
}

#[tokio::test]
async fn a_message_whose_sender_crashed_is_told_and_sent() {
    let stage = Stage::set();
    let message_id = sent(&stage, 1).await;
    let _running = start(&stage);
    stage.clock.advance(SEND_LEASE + Duration::from_secs(1));
    eventually("both steps are told", || told(&stage).len() == 2).await;
    assert_eq!(
        told(&stage),
        [(1, "QUEUED".to_owned()), (2, "PUBLISHED".to_owned())]
    );
    let message = message(&stage, message_id).await;
    assert_eq!(message.state, MessageState::Published);
    assert!(message.redelivered);
}

#[tokio::test]
async fn a_message_whose_time_ran_out_expires_even_after_an_outage() {
    let stage = Stage::set();
    let message_id = sent(&stage, 1).await;
    stage.store.set_away(true);
    let _running = start(&stage);
    stage.clock.advance(Duration::from_hours(2));
    eventually("it is tried again", || {
        stage.store.attempts_while_away() >= 2
    })
    .await;
    stage.store.set_away(false);
    eventually("the end is told", || {
        told(&stage).contains(&(2, "EXPIRED".to_owned()))
    })
    .await;
    assert_eq!(
        message(&stage, message_id).await.state,
        MessageState::Expired
    );
}

//! Publishing to devices: what is said about each publish, and that none is sent twice.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use connector_domain::port::{DeviceInbox, DevicePublisher, PublishOutcome};
use connector_transport::mqtt::{Inbox, InboxOptions, Protocol, Publisher};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::link_broker::{API, LinkBroker, PATIENCE, eventually, publisher};
use crate::scripted_broker::{ScriptedBroker, Session};

const TOPIC: &str = "redhat/insights/host-1/data/in";
const MOMENT: Duration = Duration::from_millis(50);

/// Publishes meanwhile.
fn send(publisher: &Arc<Publisher>, text: &str, deadline: Duration) -> JoinHandle<PublishOutcome> {
    let (publisher, payload) = (publisher.clone(), Bytes::copy_from_slice(text.as_bytes()));
    TaskTracker::new().spawn(async move {
        publisher
            .publish(TOPIC, payload, deadline, Box::new(|_| {}))
            .await
    })
}

async fn outcome(sending: JoinHandle<PublishOutcome>) -> PublishOutcome {
    timeout(PATIENCE / 2, sending)
        .await
        .expect("an outcome in time")
        .unwrap()
}

async fn connected(properties: &[u8]) -> (ScriptedBroker, Session, Arc<Publisher>) {
    let mut broker = ScriptedBroker::start().await;
    let publisher = Arc::new(publisher(&broker.settings(API)));
    let mut session = broker.accept().await;
    session.welcome(properties).await;
    eventually("it is connected", || publisher.is_connected()).await;
    (broker, session, publisher)
}

async fn a_publish_reaches_a_device(protocol: Protocol) {
    let broker = LinkBroker::start().await;
    let options = InboxOptions {
        filters: vec![TOPIC.to_owned()],
        hand_off: 8,
        session_expiry: Duration::ZERO,
    };
    let (tasks, shutdown) = (TaskTracker::new(), CancellationToken::new());
    let device = Inbox::start(&broker.device("host-1"), options, &tasks, &shutdown).unwrap();
    eventually("the device listens", || device.is_connected()).await;
    let mut settings = broker.service(API, broker.service_addr().port());
    settings.protocol = protocol;
    let publisher = Arc::new(publisher(&settings));
    eventually("it is connected", || publisher.is_connected()).await;

    assert_eq!(
        outcome(send(&publisher, "hello", PATIENCE)).await,
        PublishOutcome::Acknowledged
    );
    let delivery = timeout(PATIENCE, device.next()).await.unwrap().unwrap();
    assert_eq!(delivery.payload, Bytes::from("hello"));

    publisher.close().await;
    assert_eq!(
        outcome(send(&publisher, "bye", PATIENCE)).await,
        PublishOutcome::NotSent
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publish_reaches_a_device_over_mqtt_5() {
    a_publish_reaches_a_device(Protocol::V5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publish_reaches_a_device_over_mqtt_311() {
    a_publish_reaches_a_device(Protocol::V311).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_brokers_reason_is_the_outcome() {
    let (_broker, mut session, publisher) = connected(&[]).await;
    let expected = [
        (0x00, PublishOutcome::Acknowledged),
        (0x10, PublishOutcome::NoMatchingSubscribers),
        (0x87, PublishOutcome::Refused("NotAuthorized".to_owned())),
    ];
    for (reason, expected) in expected {
        let sending = send(&publisher, "x", PATIENCE);
        let written = session.publish().await;
        session.answer(written.packet_id, reason).await;
        assert_eq!(outcome(sending).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_connection_nothing_is_sent_then_or_later() {
    let mut broker = ScriptedBroker::start().await;
    let publisher = Arc::new(publisher(&broker.settings(API)));
    assert_eq!(
        outcome(send(&publisher, "early", PATIENCE)).await,
        PublishOutcome::NotSent
    );
    let mut session = broker.accept().await;
    session.welcome(&[]).await;
    eventually("it is connected", || publisher.is_connected()).await;
    let _sending = send(&publisher, "in time", PATIENCE);
    assert_eq!(session.publish().await.payload, "in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wire_cut_before_the_answer_is_unconfirmed_at_once_and_never_sent_again() {
    // The broker takes two at a time: the third waits.
    let (mut broker, mut session, publisher) = connected(&[0x21, 0, 2]).await;
    let sent = [
        send(&publisher, "lost", PATIENCE),
        send(&publisher, "lost", PATIENCE),
    ];
    for _ in 0..2 {
        assert_eq!(session.publish().await.payload, "lost");
    }
    let queued = send(&publisher, "queued", PATIENCE);
    drop(session);
    for sending in sent {
        assert_eq!(outcome(sending).await, PublishOutcome::Unconfirmed);
    }
    assert_eq!(outcome(queued).await, PublishOutcome::NotSent);

    let mut session = broker.accept().await;
    session.welcome(&[0x21, 0, 2]).await;
    eventually("it is connected", || publisher.is_connected()).await;
    let sending = send(&publisher, "new", PATIENCE);
    let written = session.publish().await;
    assert_eq!((written.payload.as_str(), written.repeated), ("new", false));
    session.answer(written.packet_id, 0).await;
    assert_eq!(outcome(sending).await, PublishOutcome::Acknowledged);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_after_the_deadline_is_told_late() {
    let (_broker, mut session, publisher) = connected(&[]).await;
    let (tell, told) = oneshot::channel();
    let late = Box::new(move |outcome| tell.send(outcome).unwrap());
    let first = publisher
        .publish(TOPIC, Bytes::from("x"), MOMENT, late)
        .await;
    assert_eq!(first, PublishOutcome::Unconfirmed);
    let written = session.publish().await;
    session.answer(written.packet_id, 0).await;
    let told = timeout(PATIENCE, told).await.unwrap().unwrap();
    assert_eq!(told, PublishOutcome::Acknowledged);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_its_turn_past_its_deadline_is_never_sent() {
    let (_broker, mut session, publisher) = connected(&[0x21, 0, 1]).await;
    let first = send(&publisher, "first", PATIENCE);
    let written = session.publish().await;
    assert_eq!(
        outcome(send(&publisher, "second", MOMENT)).await,
        PublishOutcome::NotSent
    );
    let third = send(&publisher, "third", PATIENCE);
    session.answer(written.packet_id, 0).await;
    assert_eq!(outcome(first).await, PublishOutcome::Acknowledged);
    let written = session.publish().await;
    assert_eq!(written.payload, "third");
    session.answer(written.packet_id, 0).await;
    assert_eq!(outcome(third).await, PublishOutcome::Acknowledged);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_broker_would_not_take_is_refused_and_the_connection_stays() {
    let (_broker, mut session, publisher) = connected(&[0x27, 0, 0, 4, 0]).await;
    let refused = outcome(send(&publisher, &"x".repeat(1024), PATIENCE)).await;
    assert!(matches!(refused, PublishOutcome::Refused(_)), "{refused:?}");
    let wildcard = publisher
        .publish("a/+", Bytes::new(), PATIENCE, Box::new(|_| {}))
        .await;
    assert!(
        matches!(wildcard, PublishOutcome::Refused(_)),
        "{wildcard:?}"
    );
    let _sending = send(&publisher, &"y".repeat(900), PATIENCE);
    assert_eq!(session.publish().await.payload.len(), 900);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_all_get_their_answer() {
    let broker = LinkBroker::start().await;
    let publisher = Arc::new(publisher(
        &broker.service(API, broker.service_addr().port()),
    ));
    eventually("it is connected", || publisher.is_connected()).await;
    let mut sending = JoinSet::new();
    for number in 0..300 {
        let publisher = publisher.clone();
        sending.spawn(async move {
            let payload = Bytes::from(number.to_string());
            publisher
                .publish(TOPIC, payload, PATIENCE, Box::new(|_| {}))
                .await
        });
    }
    let outcomes = timeout(PATIENCE, sending.join_all()).await.unwrap();
    let answered = [
        PublishOutcome::Acknowledged,
        PublishOutcome::NoMatchingSubscribers,
    ];
    assert!(
        outcomes.iter().all(|outcome| answered.contains(outcome)),
        "{outcomes:?}"
    );
}

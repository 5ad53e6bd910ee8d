//! What devices publish, taken from a real broker.

use std::time::Duration;

use bytes::Bytes;
use connector_domain::port::{Delivery, DeviceInbox, DevicePublisher, LinkError, PublishOutcome};
use connector_transport::mqtt::{Inbox, Protocol, Publisher};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::link_broker::{CONSUMER, LinkBroker, PATIENCE, Wire, eventually, inbox, publisher};
use crate::scripted_broker::ScriptedBroker;

async fn next(inbox: &Inbox) -> Delivery {
    timeout(PATIENCE, inbox.next())
        .await
        .expect("a delivery in time")
        .unwrap()
}

async fn next_text(inbox: &Inbox) -> String {
    let delivery = next(inbox).await;
    inbox.acknowledge(delivery.receipt);
    text(&delivery)
}

fn text(delivery: &Delivery) -> String {
    String::from_utf8(delivery.payload.to_vec()).unwrap()
}

async fn subscribed(inbox: &Inbox) {
    eventually("the inbox is subscribed", || inbox.is_connected()).await;
}

/// A device that is connected.
async fn device(broker: &LinkBroker) -> Publisher {
    let device = publisher(&broker.device("host-1"));
    eventually("the device is connected", || device.is_connected()).await;
    device
}

async fn say(device: &Publisher, text: &str) {
    let payload = Bytes::copy_from_slice(text.as_bytes());
    let topic = "redhat/insights/host-1/control/out";
    let outcome = device
        .publish(topic, payload, PATIENCE, Box::new(|_| {}))
        .await;
    assert_eq!(outcome, PublishOutcome::Acknowledged);
}

async fn what_is_acknowledged_does_not_come_again_after_the_consumer_was_away(protocol: Protocol) {
    let broker = LinkBroker::start().await;
    let mut settings = broker.service(CONSUMER, broker.service_addr().port());
    settings.protocol = protocol;
    let first = inbox(&settings, 8);
    subscribed(&first).await;
    let device = device(&broker).await;
    say(&device, "one").await;
    say(&device, "two").await;
    assert_eq!(next_text(&first).await, "one");
    let unacknowledged = next(&first).await;
    assert_eq!(text(&unacknowledged), "two");
    assert_eq!(unacknowledged.topic, "redhat/insights/host-1/control/out");
    first.close().await;
    assert!(matches!(first.next().await, Err(LinkError::Closed)));
    say(&device, "three").await;

    let second = inbox(&settings, 8);
    assert_eq!(next_text(&second).await, "two");
    assert_eq!(next_text(&second).await, "three");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_acknowledged_does_not_come_again_over_mqtt_5() {
    what_is_acknowledged_does_not_come_again_after_the_consumer_was_away(Protocol::V5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_acknowledged_does_not_come_again_over_mqtt_311() {
    what_is_acknowledged_does_not_come_again_after_the_consumer_was_away(Protocol::V311).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_acknowledged_comes_again_and_a_receipt_of_a_lost_connection_is_worth_nothing()
{
    let broker = LinkBroker::start().await;
    let wire = Wire::to(broker.service_addr()).await;
    let inbox = inbox(&broker.service(CONSUMER, wire.port), 8);
    subscribed(&inbox).await;
    let device = device(&broker).await;
    say(&device, "one").await;
    let first = next(&inbox).await;

    wire.cut();
    let again = next(&inbox).await;
    assert_eq!(
        (text(&again), again.receipt.generation),
        ("one".to_owned(), 2)
    );
    inbox.acknowledge(first.receipt);
    // Once this is heard, whatever the receipt made us write has been read by the broker.
    say(&device, "two").await;
    assert_eq!(text(&next(&inbox).await), "two");

    wire.cut();
    let once_more = next(&inbox).await;
    assert_eq!(
        (text(&once_more), once_more.receipt.generation),
        ("one".to_owned(), 3)
    );
    inbox.acknowledge(once_more.receipt);
    assert_eq!(next_text(&inbox).await, "two");
    say(&device, "three").await;
    assert_eq!(next_text(&inbox).await, "three");
}

/// The broker itself would deliver 128 over MQTT 3.1.1.
async fn no_more_are_out_than_the_hand_off_takes(protocol: Protocol) {
    let broker = LinkBroker::start().await;
    let mut settings = broker.service(CONSUMER, broker.service_addr().port());
    settings.protocol = protocol;
    let inbox = inbox(&settings, 2);
    subscribed(&inbox).await;
    let device = device(&broker).await;
    for text in ["one", "two", "three", "four"] {
        say(&device, text).await;
    }
    let (one, two) = (next(&inbox).await, next(&inbox).await);
    let none = timeout(Duration::from_millis(300), inbox.next()).await;
    assert!(none.is_err(), "{none:?}");

    // The broker hears of the second only after the first.
    inbox.acknowledge(two.receipt);
    inbox.acknowledge(one.receipt);
    assert_eq!(next_text(&inbox).await, "three");
    assert_eq!(next_text(&inbox).await, "four");
    assert!(inbox.is_connected());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_are_out_than_the_hand_off_takes_over_mqtt_5() {
    no_more_are_out_than_the_hand_off_takes(Protocol::V5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_are_out_than_the_hand_off_takes_over_mqtt_311() {
    no_more_are_out_than_the_hand_off_takes(Protocol::V311).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_subscription_is_told_and_tried_again() {
    let mut broker = ScriptedBroker::start().await;
    let inbox = inbox(&broker.settings(CONSUMER), 8);
    let mut session = broker.accept().await;
    session.welcome(&[]).await;
    session.refuse_subscription().await;
    let told = timeout(PATIENCE, inbox.next()).await.unwrap();
    assert!(matches!(told, Err(LinkError::Refused(_))), "{told:?}");
    assert!(!inbox.is_connected());

    let mut session = broker.accept().await;
    session.welcome(&[]).await;
    session.grant_subscription().await;
    subscribed(&inbox).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_with_an_authority_of_somebody_else_is_refused() {
    let (broker, other) = (LinkBroker::start().await, LinkBroker::start().await);
    let settings = broker.service(CONSUMER, other.service_addr().port());
    let told = timeout(PATIENCE, inbox(&settings, 8).next()).await.unwrap();
    assert!(matches!(told, Err(LinkError::Refused(_))), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_acknowledges_on_its_own_connection_only() {
    let mut broker = ScriptedBroker::start().await;
    let inbox = inbox(&broker.settings(CONSUMER), 8);
    let mut session = broker.accept().await;
    session.welcome(&[]).await;
    session.grant_subscription().await;
    session.deliver(7).await;
    let lost = next(&inbox).await.receipt;
    drop(session);

    let mut session = broker.accept().await;
    session.welcome(&[]).await;
    session.grant_subscription().await;
    session.deliver(6).await;
    session.deliver(7).await;
    let ours = next(&inbox).await.receipt;
    assert_eq!(next(&inbox).await.receipt.number, 2);
    inbox.acknowledge(ours);
    inbox.acknowledge(lost);
    inbox.close().await;
    assert_eq!(session.acknowledged().await, 6);
    session.left().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_broker_retained_is_acknowledged_in_its_turn_and_not_delivered() {
    let mut broker = ScriptedBroker::start().await;
    let inbox = inbox(&broker.settings(CONSUMER), 8);
    let mut session = broker.accept().await;
    session.welcome(&[]).await;
    session.grant_subscription().await;
    session.deliver_retained(1).await;
    session.deliver(2).await;
    session.deliver_retained(3).await;
    session.deliver(4).await;
    assert_eq!(session.acknowledged().await, 1);
    let (second, fourth) = (next(&inbox).await.receipt, next(&inbox).await.receipt);
    assert_eq!((second.number, fourth.number), (2, 4));
    inbox.acknowledge(second);
    inbox.acknowledge(fourth);
    for packet_id in [2, 3, 4] {
        assert_eq!(session.acknowledged().await, packet_id);
    }
}

/// As Mosquitto 2.0.11 does, once it has more out than there are packet ids.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_packet_id_that_comes_twice_stands_for_two_deliveries() {
    let mut broker = ScriptedBroker::start().await;
    let inbox = inbox(&broker.settings(CONSUMER), 8);
    let mut session = broker.accept().await;
    session.welcome(&[]).await;
    session.grant_subscription().await;
    session.deliver_bytes(5, 1).await;
    session.deliver_bytes(6, 2).await;
    session.deliver_bytes(5, 3).await;
    let deliveries = [next(&inbox).await, next(&inbox).await, next(&inbox).await];
    assert_eq!(
        deliveries.each_ref().map(|delivery| delivery.payload.len()),
        [1, 2, 3]
    );
    // The last is durable first: nothing is to be acknowledged under its packet id, for that means the first to the broker.
    for delivery in deliveries.iter().rev() {
        inbox.acknowledge(delivery.receipt);
    }
    for packet_id in [5, 6, 5] {
        assert_eq!(session.acknowledged().await, packet_id);
    }
}

/// The answer to a ping waits behind all that the broker has written before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_delivers_is_alive_though_it_has_not_answered_a_ping() {
    let mut broker = ScriptedBroker::start().await;
    let mut settings = broker.settings(CONSUMER);
    settings.keep_alive = Duration::from_secs(5);
    let inbox = inbox(&settings, 8);
    let mut session = broker.accept().await;
    session.welcome(&[]).await;
    session.grant_subscription().await;
    session.pinged().await;
    session.deliver(1).await;
    session.pinged().await;
    session.deliver(2).await;
    let (first, second) = (next(&inbox).await.receipt, next(&inbox).await.receipt);
    assert_eq!((first.generation, second.generation), (1, 1));
    assert!(inbox.is_connected());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_delivers_more_than_fits_is_not_read_until_some_is_taken() {
    const MANY: u16 = 600;
    const BYTES: usize = 200_000;
    let mut broker = ScriptedBroker::start().await;
    let inbox = inbox(&broker.settings(CONSUMER), 8);
    let mut session = broker.accept().await;
    session.welcome(&[]).await;
    session.grant_subscription().await;
    let (count, written) = watch::channel(0);
    let mut writer = JoinSet::new();
    writer.spawn(async move {
        for packet_id in 1..=MANY {
            session.deliver_bytes(packet_id, BYTES).await;
            count.send_replace(packet_id);
        }
        session
    });
    eventually("64 MiB are written", || *written.borrow() > 335).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    // What fits, and what the sockets hold.
    let most = *written.borrow();
    assert!(most < MANY, "{most} were written");

    for number in 1..=u64::from(MANY) {
        let delivery = next(&inbox).await;
        assert_eq!(
            (delivery.receipt.number, delivery.payload.len()),
            (number, BYTES)
        );
        inbox.acknowledge(delivery.receipt);
    }
    let mut session = writer.join_next().await.unwrap().unwrap();
    for packet_id in 1..=MANY {
        assert_eq!(session.acknowledged().await, packet_id);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_taken_over_is_told_and_does_not_connect_again() {
    let mut broker = ScriptedBroker::start().await;
    let inbox = inbox(&broker.settings(CONSUMER), 8);
    let mut session = broker.accept().await;
    session.welcome(&[]).await;
    session.grant_subscription().await;
    subscribed(&inbox).await;
    session.deliver(1).await;
    session.take_over().await;
    eventually("it is thrown out", || !inbox.is_connected()).await;
    for _ in 0..2 {
        let told = timeout(PATIENCE, inbox.next()).await.unwrap();
        assert!(matches!(told, Err(LinkError::TakenOver)), "{told:?}");
    }
    assert!(!broker.is_asked_within(Duration::from_millis(500)).await);
    timeout(PATIENCE, inbox.close()).await.expect("it closes");
}

/// The embedded broker gives no reason: each throws the other out, until one is sure.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_with_one_client_id_one_stays() {
    let broker = LinkBroker::start().await;
    let settings = broker.service(CONSUMER, broker.service_addr().port());
    let first = inbox(&settings, 8);
    subscribed(&first).await;
    let second = inbox(&settings, 8);
    let (told, stays) = tokio::select! {
        told = first.next() => (told, &second),
        told = second.next() => (told, &first),
        () = tokio::time::sleep(PATIENCE) => panic!("they never agree"),
    };
    assert!(matches!(told, Err(LinkError::TakenOver)), "{told:?}");
    subscribed(stays).await;
}

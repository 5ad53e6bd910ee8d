//! What reaches whom, how often, and in which order.

use std::num::NonZeroU16;
use std::time::{Duration, Instant};

use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{LastWill, PubAckReason};
use tokio::time::timeout;

use crate::support::{Client, Client311, TestBroker, control_in, control_out};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn devices_of_both_protocol_versions_and_services_exchange_messages() {
    let broker = TestBroker::start().await;
    let (mut consumer, mut api) = (broker.consumer().await, broker.api().await);
    let mut device = broker.device("d5").await;
    let mut device_311 =
        Client311::connect("d3", broker.device_port(), broker.device_tls("d3"), None)
            .await
            .unwrap();
    device.subscribe(&control_in("d5")).await.unwrap();
    device_311.subscribe(&control_in("d3")).await;

    device.publish(&control_out("d5"), "up 5").await;
    assert_eq!(consumer.text().await, "up 5");
    device_311.publish(&control_out("d3"), "up 3").await;
    assert_eq!(consumer.text().await, "up 3");
    assert_eq!(
        api.publish(&control_in("d5"), "down 5").await,
        PubAckReason::Success
    );
    assert_eq!(device.text().await, "down 5");
    assert_eq!(
        api.publish(&control_in("d3"), "down 3").await,
        PubAckReason::Success
    );
    assert_eq!(&device_311.message().await.payload[..], b"down 3");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_will_of_a_device_that_vanishes_arrives_within_a_second() {
    let broker = TestBroker::start().await;
    let mut consumer = broker.consumer().await;
    let will = LastWill::new(control_out("d1"), "gone", QoS::AtLeastOnce, false, None);
    let device = Client::connect(
        "d1",
        broker.device_port(),
        broker.device_tls("d1"),
        |options| {
            options.set_last_will(will);
        },
    )
    .await
    .unwrap();
    let will_311 = rumqttc::LastWill::new(
        control_out("d2"),
        "gone too",
        rumqttc::QoS::AtLeastOnce,
        false,
    );
    let device_311 = Client311::connect(
        "d2",
        broker.device_port(),
        broker.device_tls("d2"),
        Some(will_311),
    )
    .await
    .unwrap();

    let vanished = Instant::now();
    drop(device);
    assert_eq!(consumer.text().await, "gone");
    drop(device_311);
    assert_eq!(consumer.text().await, "gone too");
    assert!(
        vanished.elapsed() < Duration::from_secs(1),
        "{:?}",
        vanished.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_connection_of_a_device_takes_over_from_the_first() {
    let broker = TestBroker::start().await;
    let mut first = broker.device("d1").await;
    let mut second = broker.device("d1").await;
    second.subscribe(&control_in("d1")).await.unwrap();

    first.closed().await;
    broker.api().await.publish(&control_in("d1"), "hello").await;
    assert_eq!(second.text().await, "hello");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_persistent_session_resumes_with_the_unacknowledged_then_the_buffered_in_order() {
    let broker = TestBroker::start().await;
    let mut device = broker.device("d1").await;
    let mut consumer = broker.consumer().await;
    for number in 0..10 {
        device.publish(&control_out("d1"), number.to_string()).await;
    }
    for number in 0..10 {
        let message = consumer.message().await;
        assert_eq!(message.payload, number.to_string());
        if number < 4 {
            consumer.acknowledge(&message).await;
        }
    }
    // Leaving is dealt with after the acknowledgements.
    consumer.leave().await;
    for number in 10..300 {
        device.publish(&control_out("d1"), number.to_string()).await;
    }

    let mut consumer = broker.consumer().await;
    assert!(consumer.session_present);
    for number in 4..300 {
        let message = consumer.message().await;
        assert_eq!(message.payload, number.to_string());
        assert!(message.dup || number >= 10, "{number} was delivered before");
        consumer.acknowledge(&message).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn withheld_acknowledgements_stop_delivery_at_the_receive_maximum() {
    let broker =
        TestBroker::start_with(|options| options.max_inflight = NonZeroU16::new(4).unwrap()).await;
    let (mut consumer, mut device) = (broker.consumer().await, broker.device("d1").await);
    assert_eq!(consumer.receive_maximum, Some(4));
    for number in 0..8 {
        device.publish(&control_out("d1"), number.to_string()).await;
    }

    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(consumer.message().await);
    }
    consumer.subscribe(&control_out("+")).await.unwrap();
    assert_eq!(
        consumer.message_now(),
        None,
        "a fifth message before an acknowledgement"
    );
    for message in &held {
        consumer.acknowledge(message).await;
    }
    for number in 4..8 {
        let message = consumer.message().await;
        assert_eq!(
            (message.payload.as_ref(), message.dup),
            (number.to_string().as_bytes(), false)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_consumer_that_keeps_breaking_off_misses_nothing_and_sees_every_device_in_order() {
    const DEVICES: usize = 8;
    const MESSAGES: usize = 250;
    let broker = TestBroker::start().await;
    let mut consumer = broker.consumer().await;
    let mut publishers = tokio::task::JoinSet::new();
    for device in 0..DEVICES {
        let name = format!("d{device}");
        let mut client = broker.device(&name).await;
        publishers.spawn(async move {
            for number in 0..MESSAGES {
                assert_eq!(
                    client
                        .publish(&control_out(&name), number.to_string())
                        .await,
                    PubAckReason::Success
                );
            }
            client
        });
    }

    let mut next = [0; DEVICES];
    let mut received = 0_u64;
    while next.iter().any(|count| *count < MESSAGES) {
        let message = consumer.message().await;
        let topic = String::from_utf8(message.topic.to_vec()).unwrap();
        let device: usize = topic
            .trim_start_matches("redhat/insights/d")
            .split('/')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let number: usize = std::str::from_utf8(&message.payload)
            .unwrap()
            .parse()
            .unwrap();
        assert!(
            number <= next[device],
            "device {device}: {number} came before {}",
            next[device]
        );
        next[device] = next[device].max(number + 1);
        received += 1;
        if received.is_multiple_of(37) {
            // Unacknowledged, and with a full connection: the broker is in the middle of writing.
            drop(consumer);
            // Some attempts to come back are given up half-way.
            let patience = Duration::from_micros(received * 7 % 5000);
            let _ = timeout(patience, broker.consumer()).await;
            consumer = broker.consumer().await;
            assert!(consumer.session_present);
        } else {
            consumer.acknowledge(&message).await;
        }
    }
    while let Some(client) = publishers.join_next().await {
        client.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_packet_over_the_limit_is_refused_and_harms_nobody_else() {
    let broker = TestBroker::start_with(|options| options.max_packet_size = 16 * 1024).await;
    let (mut consumer, mut bystander) = (broker.consumer().await, broker.device("d2").await);
    let mut device = Client311::connect("d1", broker.device_port(), broker.device_tls("d1"), None)
        .await
        .unwrap();

    assert!(
        !device
            .publish(&control_out("d1"), vec![b'x'; 17 * 1024])
            .await
    );

    bystander.publish(&control_out("d2"), "fine").await;
    assert_eq!(consumer.text().await, "fine");
    let mut device = Client311::connect("d1", broker.device_port(), broker.device_tls("d1"), None)
        .await
        .unwrap();
    let largest = 16 * 1024 - 2 - control_out("d1").len() - 2;
    assert!(
        device
            .publish(&control_out("d1"), vec![b'x'; largest])
            .await
    );
    assert_eq!(consumer.text().await.len(), largest);
}
